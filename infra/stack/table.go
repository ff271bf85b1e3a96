package stack

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsdynamodb"

	"duly/functions"
)

// The ceiling of what a flood can cost in the table. 2,000 write units a second are some 40 whole orders a second,
// far beyond one small business; at list price an hour of writing at the ceiling is about 5 dollars.
const (
	readUnitsPerSecondMax  = 4000
	writeUnitsPerSecondMax = 2000
)

type table = awsdynamodb.Table

func newTable(stack awscdk.Stack) table {
	t := awsdynamodb.NewTable(stack, new("Table"), &awsdynamodb.TableProps{
		PartitionKey: text(functions.KeyPartition),
		SortKey:      text(functions.KeySort),
		BillingMode:  awsdynamodb.BillingMode_PAY_PER_REQUEST,
		PointInTimeRecoverySpecification: &awsdynamodb.PointInTimeRecoverySpecification{
			PointInTimeRecoveryEnabled: new(true),
		},
		Encryption:           awsdynamodb.TableEncryption_AWS_MANAGED,
		Stream:               awsdynamodb.StreamViewType_NEW_AND_OLD_IMAGES,
		TimeToLiveAttribute:  new(functions.AttributeTTL),
		MaxReadRequestUnits:  new(float64(readUnitsPerSecondMax)),
		MaxWriteRequestUnits: new(float64(writeUnitsPerSecondMax)),
		DeletionProtection:   new(true),
		RemovalPolicy:        awscdk.RemovalPolicy_RETAIN,
	})
	for _, index := range []string{functions.IndexDue, functions.IndexList} {
		t.AddGlobalSecondaryIndex(&awsdynamodb.GlobalSecondaryIndexProps{
			IndexName:            new(index),
			PartitionKey:         text(index + functions.SuffixIndexPK),
			SortKey:              text(index + functions.SuffixIndexSK),
			ProjectionType:       awsdynamodb.ProjectionType_KEYS_ONLY,
			MaxReadRequestUnits:  new(float64(readUnitsPerSecondMax)),
			MaxWriteRequestUnits: new(float64(writeUnitsPerSecondMax)),
		})
	}
	return t
}

func text(name string) *awsdynamodb.Attribute {
	return &awsdynamodb.Attribute{Name: new(name), Type: awsdynamodb.AttributeType_STRING}
}
