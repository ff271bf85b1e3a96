package stack

import (
	"encoding/json"

	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"

	"duly/functions"
)

const (
	// A failed batch means that the table could not be reached; a failing effect is not a failed batch. The sweeper
	// finds what is given up here, so retries are bounded and never hold a shard for the stream's whole day.
	streamRetriesMax    = 20
	streamAgeSecondsMax = 6 * 3600
)

// newStreamSource wakes a function for new items of one kind. A changed item never wakes it, so marking an effect
// cannot start it again.
func newStreamSource(r *resources, f deployed) {
	if f.Stream == "" {
		return
	}
	awslambda.NewCfnEventSourceMapping(r.stack, new(f.id+"StreamSource"), &awslambda.CfnEventSourceMappingProps{
		FunctionName:     f.lambda.FunctionName(),
		EventSourceArn:   r.table.TableStreamArn(),
		StartingPosition: new("TRIM_HORIZON"),
		FilterCriteria: &awslambda.CfnEventSourceMapping_FilterCriteriaProperty{
			Filters: []any{&awslambda.CfnEventSourceMapping_FilterProperty{Pattern: new(insertsOf(f.Stream))}},
		},
		BatchSize:                  new(float64(f.BatchMax)),
		BisectBatchOnFunctionError: true,
		FunctionResponseTypes:      &[]*string{new("ReportBatchItemFailures")},
		MaximumRetryAttempts:       new(float64(streamRetriesMax)),
		MaximumRecordAgeInSeconds:  new(float64(streamAgeSecondsMax)),
		// A queue receives the batch's position only, never its items: no personal data leaves the table.
		DestinationConfig: &awslambda.CfnEventSourceMapping_DestinationConfigProperty{
			OnFailure: &awslambda.CfnEventSourceMapping_OnFailureProperty{Destination: r.queues.deadTriggers.QueueArn()},
		},
	})
}

func insertsOf(kind string) string {
	pattern, err := json.Marshal(map[string]any{
		"eventName": []string{"INSERT"},
		"dynamodb": map[string]any{
			"NewImage": map[string]any{functions.AttributeKind: map[string]any{"S": []string{kind}}},
		},
	})
	if err != nil {
		panic(err) // strings always marshal
	}
	return string(pattern)
}
