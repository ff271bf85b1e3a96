package dynamo

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

const (
	payPerRequest = "PAY_PER_REQUEST"
	provisioned   = "PROVISIONED"
)

// tableRequest is the request of the operations that take a table's name and nothing else.
type tableRequest struct {
	TableName *string
}

func (q *tableRequest) check() error { return checkTableName(q.TableName) }

// decodeStrictly fills a request and refuses parameters it does not know, since
// ignoring one would let something pass here that means more in AWS.
func decodeStrictly(body string, request any) error {
	decoder := json.NewDecoder(strings.NewReader(body))
	decoder.DisallowUnknownFields()
	err := decoder.Decode(request)
	if err == nil {
		return nil
	}
	if _, parameter, unknown := strings.Cut(err.Error(), "json: unknown field "); unknown {
		return unsupportedParameter(strings.Trim(parameter, `"`))
	}
	return refuse(codeSerialization, "request body is not what the protocol says — %v — send JSON 1.0 as the SDK does", err)
}

// readStrictly fills the request of an operation on tables and checks it.
func readStrictly(body string, q interface{ check() error }) error {
	if err := decodeStrictly(body, q); err != nil {
		return err
	}
	return q.check()
}

func unsupportedParameter(name string) error {
	return invalid("parameter %s is not supported — the embedded engine honours only what the product uses — leave it out, or run against AWS", name)
}

type createTableRequest struct {
	TableName              *string
	AttributeDefinitions   []attributeDefinition
	KeySchema              []keyElement
	BillingMode            string
	ProvisionedThroughput  *throughput
	GlobalSecondaryIndexes []indexRequest
	StreamSpecification    *streamSpecification
}

type indexRequest struct {
	IndexName             string
	KeySchema             []keyElement
	Projection            projection
	ProvisionedThroughput *throughput
}

type tableReply struct {
	TableDescription tableDescription
}

func (e *Engine) createTable(body string) (any, error) {
	var q createTableRequest
	if err := readStrictly(body, &q); err != nil {
		return nil, err
	}
	t, err := q.table(e)
	if err != nil {
		return nil, err
	}
	e.schema.Lock()
	defer e.schema.Unlock()
	if e.tables[t.Name] != nil {
		return nil, refuse(codeInUse, "Table already exists: %s", t.Name)
	}
	if err := e.replaceTable(t, nil); err != nil {
		return nil, err
	}
	return e.tableReply(t, "ACTIVE")
}

// table builds the definition that a checked request describes.
func (q *createTableRequest) table(e *Engine) (*table, error) {
	t := &table{
		Name:      *q.TableName,
		Key:       schemaOf(q.KeySchema),
		Types:     map[string]string{},
		Billing:   billing{Mode: provisioned},
		CreatedAt: e.now().UTC(),
	}
	if q.BillingMode != "" {
		t.Billing.Mode = q.BillingMode
	}
	if p := q.ProvisionedThroughput; p != nil {
		t.Billing.Read, t.Billing.Write = p.ReadCapacityUnits, p.WriteCapacityUnits
	}
	for _, definition := range q.AttributeDefinitions {
		t.Types[definition.AttributeName] = definition.AttributeType
	}
	for _, ix := range q.GlobalSecondaryIndexes {
		if t.index(ix.IndexName) != nil {
			return nil, invalid("One or more parameter values were invalid: Duplicate index name: %s", ix.IndexName)
		}
		t.Indexes = append(t.Indexes, ix.index())
	}
	if s := q.StreamSpecification; s != nil && s.StreamEnabled {
		t.StreamView = s.StreamViewType
		t.StreamLabel = t.CreatedAt.Format("2006-01-02T15:04:05.000")
	}
	return t.derive(), t.checkAttributes()
}

func schemaOf(elements []keyElement) keySchema {
	var k keySchema
	for _, element := range elements {
		if element.KeyType == "HASH" {
			k.Hash = element.AttributeName
		} else {
			k.Sort = element.AttributeName
		}
	}
	return k
}

func (q *indexRequest) index() index {
	include := slices.Clone(q.Projection.NonKeyAttributes)
	slices.Sort(include)
	return index{Name: q.IndexName, Key: schemaOf(q.KeySchema), Projection: q.Projection.ProjectionType, Include: include}
}

// replaceTable saves a definition, with whatever must be written together with
// it, and makes it the current one. The caller holds the schema lock.
func (e *Engine) replaceTable(t *table, also func(writer) error) error {
	if err := e.settle(0); err != nil {
		return err
	}
	err := e.commit(changeFuncs{
		decision: func(reader) error { return nil },
		application: func(w writer) error {
			if also != nil {
				if err := also(w); err != nil {
					return err
				}
			}
			return t.save(w)
		},
	})
	if err == nil {
		e.tables[t.Name] = t
	}
	return err
}

func (e *Engine) tableReply(t *table, status string) (reply tableReply, err error) {
	err = e.pages.view(func(r reader) error {
		reply.TableDescription = t.describe(r, status)
		return nil
	})
	return reply, err
}

func (e *Engine) describeTable(body string) (any, error) {
	var reply struct{ Table tableDescription }
	err := e.withNamedTable(body, func(t *table) error {
		described, err := e.tableReply(t, "ACTIVE")
		reply.Table = described.TableDescription
		return err
	})
	return reply, err
}

// withNamedTable serves the operations whose only parameter is a table's name.
func (e *Engine) withNamedTable(body string, use func(*table) error) error {
	var q tableRequest
	if err := readStrictly(body, &q); err != nil {
		return err
	}
	e.schema.RLock()
	defer e.schema.RUnlock()
	t, err := e.named(*q.TableName)
	if err != nil {
		return err
	}
	return use(t)
}

func (e *Engine) deleteTable(body string) (any, error) {
	var q tableRequest
	if err := readStrictly(body, &q); err != nil {
		return nil, err
	}
	e.schema.Lock()
	defer e.schema.Unlock()
	t, err := e.named(*q.TableName)
	if err != nil {
		return nil, err
	}
	reply, err := e.tableReply(t, "DELETING")
	if err != nil {
		return nil, err
	}
	if err := e.settle(0); err != nil {
		return nil, err
	}
	spaces := []string{t.itemSpace, t.streamSpace, t.expirySpace}
	for i := range t.Indexes {
		spaces = append(spaces, t.Indexes[i].space)
	}
	err = e.commit(changeFuncs{
		decision: func(reader) error { return nil },
		application: func(w writer) error {
			for _, space := range spaces {
				if err := w.drop(space); err != nil {
					return err
				}
			}
			return w.remove(tableSpace, []byte(t.Name))
		},
	})
	if err == nil {
		delete(e.tables, t.Name)
	}
	return reply, err
}

func (e *Engine) listTables(body string) (any, error) {
	var q struct {
		ExclusiveStartTableName string
		Limit                   *int
	}
	if err := decodeStrictly(body, &q); err != nil {
		return nil, err
	}
	const pageMax = 100
	limit := pageMax
	if q.Limit != nil {
		limit = *q.Limit
	}
	var c constraints
	c.between("limit", limit, 1, pageMax)
	if err := c.err(); err != nil {
		return nil, err
	}
	e.schema.RLock()
	defer e.schema.RUnlock()
	var reply struct {
		TableNames             []string
		LastEvaluatedTableName string `json:",omitempty"`
	}
	reply.TableNames = []string{}
	for _, name := range slices.Sorted(maps.Keys(e.tables)) {
		if name <= q.ExclusiveStartTableName {
			continue
		}
		if len(reply.TableNames) == limit {
			reply.LastEvaluatedTableName = reply.TableNames[limit-1]
			break
		}
		reply.TableNames = append(reply.TableNames, name)
	}
	return reply, nil
}
