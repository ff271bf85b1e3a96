package dynamo_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"duly/infra/local/dynamo"
)

func TestTables(t *testing.T) {
	forEachStore(t, func(t *testing.T, s *store) {
		t.Run("describe", func(t *testing.T) {
			table := must[*dynamodb.DescribeTableOutput](t)(s.db.DescribeTable(t.Context(), &dynamodb.DescribeTableInput{TableName: &s.table})).Table
			if len(table.GlobalSecondaryIndexes) != 3 || table.TableArn == nil || table.ItemCount == nil || table.LatestStreamArn == nil {
				t.Errorf("incomplete: %+v", table)
			}
		})
		t.Run("list", func(t *testing.T) {
			var names []string
			pages := dynamodb.NewListTablesPaginator(s.db, &dynamodb.ListTablesInput{})
			for pages.HasMorePages() {
				names = append(names, must[*dynamodb.ListTablesOutput](t)(pages.NextPage(t.Context())).TableNames...)
			}
			if !slices.Contains(names, s.table) {
				t.Errorf("%s is not among %v", s.table, names)
			}
		})
		t.Run("a name is taken once", func(t *testing.T) {
			_, err := s.db.CreateTable(t.Context(), &dynamodb.CreateTableInput{
				TableName: &s.table, BillingMode: types.BillingModePayPerRequest, KeySchema: keySchema("pk"),
				AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("pk"), AttributeType: types.ScalarAttributeTypeS}},
			})
			wantCode(t, err, "ResourceInUseException")
		})
		t.Run("key attributes need a type", func(t *testing.T) {
			_, err := s.db.CreateTable(t.Context(), &dynamodb.CreateTableInput{
				TableName: aws.String("untyped"), BillingMode: types.BillingModePayPerRequest, KeySchema: keySchema("pk", "sk"),
				AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("pk"), AttributeType: types.ScalarAttributeTypeS}},
			})
			wantCode(t, err, validation)
		})
		t.Run("describe what is not there", func(t *testing.T) {
			_, err := s.db.DescribeTable(t.Context(), &dynamodb.DescribeTableInput{TableName: aws.String("nope")})
			wantCode(t, err, "ResourceNotFoundException")
		})
	})
}

// TestNewIndexIsFilled: a store from an older version gains an index with what
// it already holds, and loses one.
func TestNewIndexIsFilled(t *testing.T) {
	forEachStore(t, func(t *testing.T, s *store) {
		for i := range 5 {
			s.put(t, at("filled", fmt.Sprint(i), row{"cents": num(fmt.Sprint(i % 2))}))
		}
		s.put(t, at("filled", "other type", row{"cents": str("1")}))
		s.put(t, key("filled", "without"))
		must[*dynamodb.UpdateTableOutput](t)(s.db.UpdateTable(t.Context(), &dynamodb.UpdateTableInput{
			TableName:            &s.table,
			AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("cents"), AttributeType: types.ScalarAttributeTypeN}},
			GlobalSecondaryIndexUpdates: []types.GlobalSecondaryIndexUpdate{{Create: &types.CreateGlobalSecondaryIndexAction{
				IndexName: aws.String("byCents"), KeySchema: keySchema("cents"), Projection: &types.Projection{ProjectionType: types.ProjectionTypeKeysOnly},
			}}},
		}))
		s.eventually(t, "0 2 4", func() string {
			answer, err := s.query(t, "cents = :c", row{":c": num("0")}, onIndex("byCents"))
			if err != nil {
				return err.Error()
			}
			return sortKeys(answer.Items)
		})
		if s.engine == nil {
			return // the service takes minutes to delete an index
		}
		must[*dynamodb.UpdateTableOutput](t)(s.db.UpdateTable(t.Context(), &dynamodb.UpdateTableInput{
			TableName:                   &s.table,
			GlobalSecondaryIndexUpdates: []types.GlobalSecondaryIndexUpdate{{Delete: &types.DeleteGlobalSecondaryIndexAction{IndexName: aws.String("byCents")}}},
		}))
		_, err := s.query(t, "cents = :c", row{":c": num("0")}, onIndex("byCents"))
		wantCode(t, err, validation)
	})
}

// TestTimeToLive: a sweep deletes what expired and tells the stream who did it.
func TestTimeToLive(t *testing.T) {
	forEachStore(t, func(t *testing.T, s *store) {
		hour := func(hours int) row {
			return row{"ttl": num(fmt.Sprint(noon.Add(time.Duration(hours) * time.Hour).Unix()))}
		}
		s.put(t, at("ttl", "expired before it was switched on", hour(-1)))
		must[*dynamodb.UpdateTimeToLiveOutput](t)(s.db.UpdateTimeToLive(t.Context(), &dynamodb.UpdateTimeToLiveInput{
			TableName: &s.table, TimeToLiveSpecification: &types.TimeToLiveSpecification{AttributeName: aws.String("ttl"), Enabled: aws.Bool(true)},
		}))
		described := must[*dynamodb.DescribeTimeToLiveOutput](t)(s.db.DescribeTimeToLive(t.Context(), &dynamodb.DescribeTimeToLiveInput{TableName: &s.table}))
		if status := described.TimeToLiveDescription.TimeToLiveStatus; !strings.HasPrefix(string(status), "ENABL") {
			t.Errorf("status %s", status)
		}
		if s.engine == nil {
			return // the service deletes within days
		}
		s.put(t, at("ttl", "a", hour(-1)))
		s.put(t, at("ttl", "b now", hour(0)))
		s.put(t, at("ttl", "c later", hour(1)))
		s.put(t, at("ttl", "d six years ago", hour(-6*366*24)))
		s.put(t, at("ttl", "e not a number", row{"ttl": str("1")}))
		s.put(t, at("ttl", "f renewed", hour(-1)))
		s.put(t, at("ttl", "f renewed", hour(1)))
		s.put(t, at("ttl", "g indexed", row{"ttl": num("1700000000"), "group": str("TTL"), "rank": str("1")}))
		before := records(t, s, 0)
		swept := must[int](t)(s.engine.Sweep(noon))
		answer := must[*dynamodb.QueryOutput](t)(s.query(t, "pk = :p", row{":p": str("ttl")}))
		want(t, fmt.Sprintf("%d swept, left: %s, indexed: %s", swept, sortKeys(answer.Items), s.indexed(t, "TTL")),
			"3 swept, left: b now c later d six years ago e not a number f renewed, indexed: ")
		for _, record := range records(t, s, before[len(before)-1].Sequence) {
			if record.EventName != "REMOVE" || !strings.Contains(string(record.JSON), `"principalId":"dynamodb.amazonaws.com"`) {
				t.Errorf("unexpected record %s", record.JSON)
			}
		}
		if again := must[int](t)(s.engine.Sweep(noon)); again != 0 {
			t.Errorf("a second sweep deleted %d rows", again)
		}
	})
}

func records(t *testing.T, s *store, after uint64) []dynamo.Record {
	t.Helper()
	return must[[]dynamo.Record](t)(s.engine.Records(s.table, after, 1000))
}

func TestConsumedCapacity(t *testing.T) {
	kilobytes := func(n int) value { return str(strings.Repeat("x", n<<10)) }
	forEachStore(t, func(t *testing.T, s *store) {
		consumed := func(c *types.ConsumedCapacity) string {
			if c == nil {
				return "none"
			}
			shown := fmt.Sprint(aws.ToFloat64(c.CapacityUnits))
			if c.Table != nil {
				shown += fmt.Sprintf(" table %v", aws.ToFloat64(c.Table.CapacityUnits))
			}
			for _, index := range []string{"everything", "some", "keys"} {
				if units, used := c.GlobalSecondaryIndexes[index]; used {
					shown += fmt.Sprintf(" %s %v", index, aws.ToFloat64(units.CapacityUnits))
				}
			}
			return shown
		}
		put := func(r row, mode types.ReturnConsumedCapacity) string {
			answer := must[*dynamodb.PutItemOutput](t)(s.db.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &s.table, Item: r, ReturnConsumedCapacity: mode}))
			return consumed(answer.ConsumedCapacity)
		}
		get := func(sk string, consistent bool) string {
			answer := must[*dynamodb.GetItemOutput](t)(s.db.GetItem(t.Context(), &dynamodb.GetItemInput{
				TableName: &s.table, Key: key("units", sk), ConsistentRead: &consistent, ReturnConsumedCapacity: types.ReturnConsumedCapacityTotal,
			}))
			return consumed(answer.ConsumedCapacity)
		}
		indexed := row{"b": kilobytes(2), "group": str("g"), "rank": str("r"), "queue": str("q"), "due": num("1")}
		moved := row{"b": kilobytes(2), "group": str("h"), "rank": str("r"), "queue": str("q"), "due": num("1")}
		for _, check := range []struct{ name, got, want string }{
			{"nothing asked", put(key("units", "a"), types.ReturnConsumedCapacityNone), "none"},
			{"put below a kilobyte", put(key("units", "a"), types.ReturnConsumedCapacityTotal), "1"},
			{"put of three kilobytes", put(at("units", "a", row{"b": str(strings.Repeat("x", 3000))}), types.ReturnConsumedCapacityTotal), "3"},
			{"put of less over more", put(key("units", "a"), types.ReturnConsumedCapacityTotal), "3"},
			{"put with three indexes", put(at("units", "i", indexed), types.ReturnConsumedCapacityIndexes), "8 table 3 everything 3 some 1 keys 1"},
			{"the same again touches no index", put(at("units", "i", indexed), types.ReturnConsumedCapacityIndexes), "3 table 3"},
			{"a moved entry is deleted and written", put(at("units", "i", moved), types.ReturnConsumedCapacityIndexes), "9 table 3 everything 6"},
			{"get, consistent", get("i", true), "1"},
			{"get, eventually consistent", get("i", false), "0.5"},
			{"get of nothing", get("absent", true), "1"},
			{"put of nine kilobytes", put(at("units", "n", row{"b": kilobytes(9)}), types.ReturnConsumedCapacityTotal), "10"},
			{"get of nine kilobytes", get("n", true), "3"},
		} {
			t.Run(check.name, func(t *testing.T) { want(t, check.got, check.want) })
		}
		t.Run("a transaction counts twice", func(t *testing.T) {
			answer := must[*dynamodb.TransactWriteItemsOutput](t)(s.db.TransactWriteItems(t.Context(), &dynamodb.TransactWriteItemsInput{
				ReturnConsumedCapacity: types.ReturnConsumedCapacityTotal,
				TransactItems: []types.TransactWriteItem{
					s.putting(at("units", "t1", row{"b": kilobytes(1)}), ""), s.putting(key("units", "t2"), ""), s.checking(key("units", "a"), "attribute_exists(pk)", nil),
				},
			}))
			want(t, consumed(&answer.ConsumedCapacity[0]), "8")
		})
		t.Run("a transaction that is repeated counts as a read", func(t *testing.T) {
			var counted []string
			for range 2 {
				answer := must[*dynamodb.TransactWriteItemsOutput](t)(s.db.TransactWriteItems(t.Context(), &dynamodb.TransactWriteItemsInput{
					ReturnConsumedCapacity: types.ReturnConsumedCapacityTotal, ClientRequestToken: aws.String("units-1"),
					TransactItems: []types.TransactWriteItem{s.putting(at("units", "t3", row{"b": kilobytes(3)}), ""), s.putting(at("units", "t4", row{"b": kilobytes(9)}), "")},
				}))
				c := answer.ConsumedCapacity[0]
				counted = append(counted, fmt.Sprintf("%v read %v written", aws.ToFloat64(c.ReadCapacityUnits), aws.ToFloat64(c.WriteCapacityUnits)))
			}
			want(t, strings.Join(counted, ", "), "0 read 28 written, 8 read 0 written")
		})
		t.Run("a query adds up before it rounds", func(t *testing.T) {
			answer := must[*dynamodb.QueryOutput](t)(s.query(t, "pk = :p AND sk < :s", row{":p": str("units"), ":s": str("t")}, func(q *dynamodb.QueryInput) {
				q.ReturnConsumedCapacity, q.ConsistentRead = types.ReturnConsumedCapacityTotal, aws.Bool(true)
			}))
			want(t, fmt.Sprintf("%d rows %s", answer.Count, consumed(answer.ConsumedCapacity)), "3 rows 3")
		})
	})
}
