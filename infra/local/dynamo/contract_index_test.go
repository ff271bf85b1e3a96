package dynamo_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

func onIndex(name string) func(*dynamodb.QueryInput) {
	return func(q *dynamodb.QueryInput) { q.IndexName = &name }
}

// indexed shows the sort keys of one partition of the index "everything".
func (s *store) indexed(t *testing.T, group string) string {
	t.Helper()
	answer := must[*dynamodb.QueryOutput](t)(s.query(t, "#g = :g", row{":g": str(group)}, onIndex("everything"), func(q *dynamodb.QueryInput) {
		q.ExpressionAttributeNames = map[string]string{"#g": "group"}
	}))
	return sortKeys(answer.Items)
}

func TestSparseIndex(t *testing.T) {
	forEachStore(t, func(t *testing.T, s *store) {
		follows := func(what, open, paid string) {
			t.Helper()
			s.eventually(t, what+": open "+open+", paid "+paid, func() string {
				return what + ": open " + s.indexed(t, "OPEN") + ", paid " + s.indexed(t, "PAID")
			})
		}
		s.put(t, at("sparse", "a", row{"group": str("OPEN"), "rank": str("1")}))
		s.put(t, at("sparse", "b", row{"group": str("OPEN"), "rank": str("0")}))
		s.put(t, key("sparse", "c"))
		s.put(t, at("sparse", "d", row{"group": str("OPEN")})) // half a key is no key
		follows("after puts", "b a", "")
		names := map[string]string{"#g": "group"}
		must[row](t)(s.update(t, key("sparse", "a"), "SET #g = :v", "", row{":v": str("PAID")}, names))
		follows("after a move", "b", "a")
		must[row](t)(s.update(t, key("sparse", "b"), "REMOVE #g", "", nil, names))
		follows("after a removal of the attribute", "", "a")
		must[row](t)(s.update(t, key("sparse", "d"), "SET #r = :v", "", row{":v": str("9")}, map[string]string{"#r": "rank"}))
		follows("after the key became whole", "d", "a")
		must[*dynamodb.DeleteItemOutput](t)(s.db.DeleteItem(t.Context(), &dynamodb.DeleteItemInput{TableName: &s.table, Key: key("sparse", "a")}))
		follows("after a delete", "d", "")
	})
}

func TestIndexProjections(t *testing.T) {
	forEachStore(t, func(t *testing.T, s *store) {
		s.put(t, at("projected", "a", row{"queue": str("due"), "due": num("5"), "amount": num("99"), "secret": str("x"), "group": str("g"), "rank": str("r")}))
		for index, wanted := range map[string]string{
			"keys":       `{pk:"projected" queue:"due" sk:"a"}`,
			"some":       `{amount:99 due:5 pk:"projected" queue:"due" sk:"a"}`,
			"everything": `{amount:99 due:5 group:"g" pk:"projected" queue:"due" rank:"r" secret:"x" sk:"a"}`,
		} {
			t.Run(index, func(t *testing.T) {
				s.eventually(t, wanted, func() string {
					answer := must[*dynamodb.ScanOutput](t)(s.db.Scan(t.Context(), &dynamodb.ScanInput{TableName: &s.table, IndexName: &index}))
					if len(answer.Items) != 1 {
						return fmt.Sprintf("%d items", len(answer.Items))
					}
					return show(answer.Items[0])
				})
			})
		}
		// The projected amount must follow although the index keys stay.
		must[row](t)(s.update(t, key("projected", "a"), "SET amount = :v", "", row{":v": num("100")}, nil))
		s.eventually(t, "100", func() string {
			answer := must[*dynamodb.QueryOutput](t)(s.query(t, "queue = :q AND due < :d", row{":q": str("due"), ":d": num("10")}, onIndex("some")))
			return show(answer.Items[0]["amount"])
		})
	})
}

// TestNumericSortKey: -5 before 2 before 10 before 1e3, and pages cut through equal keys.
func TestNumericSortKey(t *testing.T) {
	forEachStore(t, func(t *testing.T, s *store) {
		for i, n := range []string{"10", "-5", "1e3", "2", "2", "2.0", "-50", "0.5", "-0.5", "0"} {
			s.put(t, at("ranked", fmt.Sprint(i), row{"queue": str("ranked"), "due": num(n)}))
		}
		s.eventually(t, "-50 -5 -0.5 0 0.5 2 2 2 10 1000", func() string {
			var seen []string
			for from, first := (row)(nil), true; first || from != nil; first = false {
				answer := must[*dynamodb.QueryOutput](t)(s.query(t, "queue = :q", row{":q": str("ranked")}, onIndex("some"), func(q *dynamodb.QueryInput) {
					q.Limit, q.ExclusiveStartKey = aws.Int32(2), from
				}))
				for _, r := range answer.Items {
					seen = append(seen, show(r["due"]))
				}
				if from = answer.LastEvaluatedKey; from != nil && len(from) != 4 {
					t.Fatalf("the last key of an index holds index key and primary key, got %s", show(from))
				}
			}
			return strings.Join(seen, " ")
		})
	})
}

func TestIndexRefusals(t *testing.T) {
	forEachStore(t, func(t *testing.T, s *store) {
		put := func(r row) error {
			_, err := s.db.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &s.table, Item: r})
			return err
		}
		t.Run("key of the wrong type", func(t *testing.T) {
			wantCode(t, put(at("x", "y", row{"queue": str("q"), "due": str("soon")})), validation)
		})
		t.Run("empty key", func(t *testing.T) {
			wantCode(t, put(at("x", "y", row{"group": str(""), "rank": str("r")})), validation)
		})
		t.Run("consistent read", func(t *testing.T) {
			_, err := s.query(t, "queue = :q", row{":q": str("q")}, onIndex("keys"), func(q *dynamodb.QueryInput) { q.ConsistentRead = aws.Bool(true) })
			wantCode(t, err, validation)
		})
		t.Run("attribute that is not projected", func(t *testing.T) {
			_, err := s.query(t, "queue = :q", row{":q": str("q")}, onIndex("keys"), func(q *dynamodb.QueryInput) { q.ProjectionExpression = aws.String("secret") })
			wantCode(t, err, validation)
		})
		t.Run("ALL_ATTRIBUTES of an index without them", func(t *testing.T) {
			_, err := s.query(t, "queue = :q", row{":q": str("q")}, onIndex("keys"), func(q *dynamodb.QueryInput) { q.Select = types.SelectAllAttributes })
			wantCode(t, err, validation)
		})
	})
}
