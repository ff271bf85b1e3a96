package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/smithy-go"
)

// Table is the table's shape, as CreateTable takes it.
type Table struct {
	TableName              string
	BillingMode            string
	KeySchema              []KeyPart
	AttributeDefinitions   []AttributeDefinition
	GlobalSecondaryIndexes []Index
	StreamSpecification    Stream
}

// KeyPart is one of a key's attributes: its HASH or its RANGE.
type KeyPart struct{ AttributeName, KeyType string }

// AttributeDefinition is a key's attribute with its type.
type AttributeDefinition struct{ AttributeName, AttributeType string }

// Index is a global secondary index.
type Index struct {
	IndexName  string
	KeySchema  []KeyPart
	Projection struct{ ProjectionType string }
}

// Stream says what the table's stream shows.
type Stream struct {
	StreamEnabled  bool
	StreamViewType string
}

// Definition is the shape of our table. The local runtime and the tests create it
// from here; the stack's template is compared with it.
func Definition(table string) Table {
	keys := func(hash, sort string) []KeyPart { return []KeyPart{{hash, "HASH"}, {sort, "RANGE"}} }
	index := func(name, hash, sort string) Index {
		ix := Index{IndexName: name, KeySchema: keys(hash, sort)}
		ix.Projection.ProjectionType = "KEYS_ONLY"
		return ix
	}
	t := Table{
		TableName: table, BillingMode: "PAY_PER_REQUEST", KeySchema: keys(attrPK, attrSK),
		GlobalSecondaryIndexes: []Index{index(indexDue, attrDuePK, attrDueSK), index(indexList, attrListPK, attrListSK)},
		StreamSpecification:    Stream{StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES"},
	}
	for _, name := range []string{attrPK, attrSK, attrDuePK, attrDueSK, attrListPK, attrListSK} {
		t.AttributeDefinitions = append(t.AttributeDefinitions, AttributeDefinition{name, "S"})
	}
	return t
}

// TimeToLive is the part of the definition that DynamoDB takes in a call of its own.
type TimeToLive struct {
	TableName               string
	TimeToLiveSpecification struct {
		AttributeName string
		Enabled       bool
	}
}

// Expiry says which attribute lets items expire.
func Expiry(table string) TimeToLive {
	t := TimeToLive{TableName: table}
	t.TimeToLiveSpecification.AttributeName, t.TimeToLiveSpecification.Enabled = attrTTL, true
	return t
}

// CreateTable makes the table unless it is there, for the embedded engine. In
// AWS the stack makes it.
func CreateTable(ctx context.Context, api API, table string) error {
	err := api.Ask(ctx, "CreateTable", Definition(table), &struct{}{})
	var refused smithy.APIError
	if errors.As(err, &refused) && refused.ErrorCode() == "ResourceInUseException" {
		return nil
	}
	if err != nil {
		return fmt.Errorf("create table %s: %w", table, err)
	}
	if err := api.Ask(ctx, "UpdateTimeToLive", Expiry(table), &struct{}{}); err != nil {
		return fmt.Errorf("let items of table %s expire: %w", table, err)
	}
	return nil
}
