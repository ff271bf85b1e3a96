package dynamo

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"
)

// table is a table's definition. Definitions are read once at opening and kept;
// a changed definition replaces the old one, it is never modified in place.
type table struct {
	Name         string
	Key          keySchema
	Types        map[string]string // type letter of every key attribute
	Indexes      []index           `json:",omitempty"`
	Billing      billing
	StreamView   string `json:",omitempty"` // empty: no stream
	StreamLabel  string `json:",omitempty"`
	TTLAttribute string `json:",omitempty"` // empty: rows do not expire
	CreatedAt    time.Time

	// What follows from the definition, see derive.
	itemSpace, streamSpace, expirySpace string
}

// derive spares every operation to put together what follows from the definition.
func (t *table) derive() *table {
	t.itemSpace = "items/" + t.Name
	t.streamSpace = streamPrefix + t.Name
	t.expirySpace = "expiry/" + t.Name
	for i := range t.Indexes {
		ix := &t.Indexes[i]
		ix.space = "index/" + t.Name + "/" + ix.Name
		ix.projected = slices.Concat(t.Key.names(), ix.Key.names(), ix.Include)
		slices.Sort(ix.projected)
		ix.projected = slices.Compact(ix.projected)
	}
	return t
}

// billing is kept only to be described: the engine does not throttle.
type billing struct {
	Mode  string // PAY_PER_REQUEST or PROVISIONED
	Read  int    `json:",omitempty"`
	Write int    `json:",omitempty"`
}

func (t *table) kindOf(attribute string) kind { return kindOf(t.Types[attribute]) }

func (t *table) arn() string { return arnPrefix + t.Name }

func (t *table) streamARN() string { return t.arn() + "/stream/" + t.StreamLabel }

// Tables live in the account that AWS uses in its own examples of local stacks.
const (
	region    = "us-east-1"
	arnPrefix = "arn:aws:dynamodb:" + region + ":000000000000:table/"
)

func (t *table) index(name string) *index {
	for i := range t.Indexes {
		if t.Indexes[i].Name == name {
			return &t.Indexes[i]
		}
	}
	return nil
}

// clone is a copy whose indexes and types can be changed.
func (t *table) clone() *table {
	c := *t
	c.Indexes = slices.Clone(t.Indexes)
	c.Types = maps.Clone(t.Types)
	return &c
}

func (t *table) save(w writer) error {
	definition, err := json.Marshal(t)
	if err != nil {
		return err
	}
	return w.put(tableSpace, []byte(t.Name), definition)
}

// loadTables reads all definitions.
func loadTables(p pages) (map[string]*table, error) {
	tables := map[string]*table{}
	err := p.view(func(r reader) error {
		c := r.cursor(tableSpace)
		for name, definition := c.seek(nil); name != nil; name, definition = c.next() {
			t := &table{}
			if err := json.Unmarshal(definition, t); err != nil {
				return fmt.Errorf("definition of table %s cannot be read — %w — restore a backup", name, err)
			}
			tables[t.Name] = t.derive()
		}
		return nil
	})
	return tables, err
}

// table finds a definition. The caller holds the schema lock, so the table
// stays as it is until the operation ends.
func (e *Engine) table(name string) (*table, error) {
	if t := e.tables[name]; t != nil {
		return t, nil
	}
	return nil, refuse(codeNotFound, "Requested resource not found")
}

// named is table in the words of the operations on tables.
func (e *Engine) named(name string) (*table, error) {
	t, err := e.table(name)
	if err != nil {
		err = refuse(codeNotFound, "Requested resource not found: Table: %s not found", name)
	}
	return t, err
}

// tableDescription is what CreateTable, DescribeTable and their kin answer.
type tableDescription struct {
	TableName              string
	TableStatus            string
	TableArn               string
	TableId                string
	CreationDateTime       float64 // seconds since 1970, with a fraction: the protocol's timestamp
	ItemCount              int
	TableSizeBytes         int
	AttributeDefinitions   []attributeDefinition
	KeySchema              []keyElement
	BillingModeSummary     *billingModeSummary `json:",omitempty"`
	ProvisionedThroughput  throughput
	GlobalSecondaryIndexes []indexDescription   `json:",omitempty"`
	StreamSpecification    *streamSpecification `json:",omitempty"`
	LatestStreamArn        string               `json:",omitempty"`
	LatestStreamLabel      string               `json:",omitempty"`
}

type indexDescription struct {
	IndexName             string
	IndexArn              string
	IndexStatus           string
	KeySchema             []keyElement
	Projection            projection
	ProvisionedThroughput throughput
	ItemCount             int
	IndexSizeBytes        int
}

type attributeDefinition struct{ AttributeName, AttributeType string }

type keyElement struct{ AttributeName, KeyType string }

type projection struct {
	ProjectionType   string
	NonKeyAttributes []string `json:",omitempty"`
}

type throughput struct {
	NumberOfDecreasesToday int `json:",omitempty"`
	ReadCapacityUnits      int
	WriteCapacityUnits     int
}

type billingModeSummary struct{ BillingMode string }

type streamSpecification struct {
	StreamEnabled  bool
	StreamViewType string `json:",omitempty"`
}

func (k keySchema) describe() []keyElement {
	elements := []keyElement{{k.Hash, "HASH"}}
	if k.Sort != "" {
		elements = append(elements, keyElement{k.Sort, "RANGE"})
	}
	return elements
}

// describe counts items as it goes; the real service's counts lag by hours, so
// nobody may depend on them for more than a look.
func (t *table) describe(r reader, status string) tableDescription {
	provisioned := throughput{ReadCapacityUnits: t.Billing.Read, WriteCapacityUnits: t.Billing.Write}
	d := tableDescription{
		TableName:             t.Name,
		TableStatus:           status,
		TableArn:              t.arn(),
		TableId:               "00000000-0000-0000-0000-000000000000",
		CreationDateTime:      seconds(t.CreatedAt),
		KeySchema:             t.Key.describe(),
		ProvisionedThroughput: provisioned,
	}
	d.ItemCount, d.TableSizeBytes = measure(r, t.itemSpace)
	for _, name := range slices.Sorted(maps.Keys(t.Types)) {
		d.AttributeDefinitions = append(d.AttributeDefinitions, attributeDefinition{name, t.Types[name]})
	}
	if t.Billing.Mode == payPerRequest {
		d.BillingModeSummary = &billingModeSummary{payPerRequest}
	}
	for i := range t.Indexes {
		ix := &t.Indexes[i]
		entry := indexDescription{
			IndexName:             ix.Name,
			IndexArn:              t.arn() + "/index/" + ix.Name,
			IndexStatus:           status,
			KeySchema:             ix.Key.describe(),
			Projection:            projection{ix.Projection, ix.Include},
			ProvisionedThroughput: provisioned,
		}
		entry.ItemCount, entry.IndexSizeBytes = measure(r, ix.space)
		d.GlobalSecondaryIndexes = append(d.GlobalSecondaryIndexes, entry)
	}
	if t.StreamView != "" {
		d.StreamSpecification = &streamSpecification{true, t.StreamView}
		d.LatestStreamArn, d.LatestStreamLabel = t.streamARN(), t.StreamLabel
	}
	return d
}

// measure counts the entries of a space and their stored bytes.
func measure(r reader, space string) (entries, bytes int) {
	c := r.cursor(space)
	for k, v := c.seek(nil); k != nil; k, v = c.next() {
		entries++
		bytes += len(v)
	}
	return entries, bytes
}

// seconds is the protocol's timestamp.
func seconds(at time.Time) float64 { return float64(at.UnixMilli()) / 1000 }
