package backup

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"

	"duly/shared/o2c"
	"duly/shared/store"
)

// Ages counts the documents of a table by kind and version.
type Ages map[string]map[int64]int

// Migrate rewrites the documents that an older release wrote, which every reader
// would lift for itself: it only ends the lifting. Without apply nothing is
// written. What somebody changes meanwhile is left to its next reader.
func Migrate(ctx context.Context, at Place, shapes store.Shapes, apply bool) (ages Ages, rewritten int, err error) {
	ages = Ages{}
	ask := map[string]any{"TableName": at.Table, "ConsistentRead": true}
	for {
		var page struct {
			Items            []map[string]value
			LastEvaluatedKey json.RawMessage
		}
		if err := at.API.Ask(ctx, "Scan", ask, &page); err != nil {
			return ages, rewritten, fmt.Errorf("read the table %s: %w", at.Table, err)
		}
		for _, it := range page.Items {
			if it["sk"].S != "doc" {
				continue
			}
			did, err := lift(ctx, at, shapes, it, ages, apply)
			if err != nil {
				return ages, rewritten, err
			}
			rewritten += did
		}
		if page.LastEvaluatedKey == nil {
			return ages, rewritten, nil
		}
		ask["ExclusiveStartKey"] = page.LastEvaluatedKey
	}
}

// value is an attribute as DynamoDB spells it.
type value struct {
	S string `json:",omitempty"`
	N string `json:",omitempty"`
}

func lift(ctx context.Context, at Place, shapes store.Shapes, it map[string]value, ages Ages, apply bool) (int, error) {
	key := o2c.Key{Kind: it["kind"].S, ID: it["id"].S}
	version, err := strconv.ParseInt(it["v"].N, 10, 64)
	if err != nil {
		version = 1
	}
	if ages[key.Kind] == nil {
		ages[key.Kind] = map[int64]int{}
	}
	ages[key.Kind][version]++
	body, err := shapes.Read(key, version, json.RawMessage(it["body"].S))
	if err != nil || version >= shapes.Of(key.Kind) {
		return 0, err
	}
	if !apply {
		return 1, nil
	}
	return 1, at.API.Ask(ctx, "UpdateItem", map[string]any{
		"TableName": at.Table, "Key": map[string]value{"pk": it["pk"], "sk": it["sk"]},
		"UpdateExpression": "SET #body = :body, #v = :v", "ConditionExpression": "#ver = :ver",
		"ExpressionAttributeNames":  map[string]string{"#body": "body", "#v": "v", "#ver": "ver"},
		"ExpressionAttributeValues": map[string]value{":body": {S: string(body)}, ":v": {N: strconv.FormatInt(shapes.Of(key.Kind), 10)}, ":ver": it["ver"]},
	}, &struct{}{})
}
