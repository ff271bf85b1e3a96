package dynamo_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

func (s *store) batchWrite(t testing.TB, requests ...types.WriteRequest) error {
	t.Helper()
	answer, err := s.db.BatchWriteItem(t.Context(), &dynamodb.BatchWriteItemInput{RequestItems: map[string][]types.WriteRequest{s.table: requests}})
	if err == nil && len(answer.UnprocessedItems) > 0 {
		t.Errorf("left unprocessed: %v", answer.UnprocessedItems)
	}
	return err
}

func (s *store) batchGet(t testing.TB, keys ...row) (*dynamodb.BatchGetItemOutput, error) {
	t.Helper()
	return s.db.BatchGetItem(t.Context(), &dynamodb.BatchGetItemInput{RequestItems: map[string]types.KeysAndAttributes{
		s.table: {Keys: keys, ProjectionExpression: aws.String("sk"), ConsistentRead: aws.Bool(true)},
	}})
}

func batchPut(r row) types.WriteRequest {
	return types.WriteRequest{PutRequest: &types.PutRequest{Item: r}}
}

func batchDelete(k row) types.WriteRequest {
	return types.WriteRequest{DeleteRequest: &types.DeleteRequest{Key: k}}
}

func TestBatches(t *testing.T) {
	forEachStore(t, func(t *testing.T, s *store) {
		var puts []types.WriteRequest
		var keys []row
		for i := range 25 {
			k := key("batch", fmt.Sprintf("%02d", i))
			puts, keys = append(puts, batchPut(k)), append(keys, k)
		}
		wantCode(t, s.batchWrite(t, puts...), "")
		answer := must[*dynamodb.BatchGetItemOutput](t)(s.batchGet(t, append(keys, key("batch", "absent"))...))
		if got := answer.Responses[s.table]; len(got) != 25 || len(got[0]) != 1 {
			t.Errorf("read %d rows back, the first %s", len(got), show(got[0]))
		}
		wantCode(t, s.batchWrite(t, batchDelete(keys[0]), batchPut(at("batch", "01", row{"v": num("2")}))), "")
		want(t, show(s.get(t, "batch", "00"))+show(s.get(t, "batch", "01")["v"]), "{}2")

		t.Run("26 writes", func(t *testing.T) {
			wantCode(t, s.batchWrite(t, append(puts, batchPut(key("batch", "x")))...), validation)
		})
		t.Run("one item twice", func(t *testing.T) {
			wantCode(t, s.batchWrite(t, batchPut(keys[0]), batchDelete(keys[0])), validation)
		})
		t.Run("one key twice", func(t *testing.T) {
			_, err := s.batchGet(t, keys[0], keys[0])
			wantCode(t, err, validation)
		})
		t.Run("101 keys", func(t *testing.T) {
			var many []row
			for i := range 101 {
				many = append(many, key("many", fmt.Sprint(i)))
			}
			_, err := s.batchGet(t, many...)
			wantCode(t, err, validation)
		})
		t.Run("nothing asked", func(t *testing.T) {
			_, err := s.db.BatchGetItem(t.Context(), &dynamodb.BatchGetItemInput{RequestItems: map[string]types.KeysAndAttributes{}})
			wantCode(t, err, validation)
			_, err = s.db.BatchWriteItem(t.Context(), &dynamodb.BatchWriteItemInput{RequestItems: map[string][]types.WriteRequest{}})
			wantCode(t, err, validation)
		})
	})
}

// TestBatchGetStopsAt16MB: the rest comes back as unprocessed keys, which can be asked again.
func TestBatchGetStopsAt16MB(t *testing.T) {
	forEachStore(t, func(t *testing.T, s *store) {
		big := row{"b": str(strings.Repeat("y", 390<<10))}
		left := map[string]types.KeysAndAttributes{s.table: {}}
		for i := range 44 {
			s.put(t, at("sixteen", fmt.Sprint(i), big))
			keys := left[s.table]
			keys.Keys = append(keys.Keys, key("sixteen", fmt.Sprint(i)))
			left[s.table] = keys
		}
		seen, calls := 0, 0
		for ; len(left) > 0; calls++ {
			answer := must[*dynamodb.BatchGetItemOutput](t)(s.db.BatchGetItem(t.Context(), &dynamodb.BatchGetItemInput{RequestItems: left}))
			if size := len(answer.Responses[s.table]) * 390 << 10; size > 16<<20 {
				t.Fatalf("one answer holds %d bytes", size)
			}
			seen += len(answer.Responses[s.table])
			left = answer.UnprocessedKeys
		}
		if seen != 44 || calls < 2 {
			t.Errorf("%d rows in %d calls", seen, calls)
		}
	})
}
