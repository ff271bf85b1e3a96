package dynamo_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

func TestKeyConditions(t *testing.T) {
	checks := []struct {
		name      string
		condition string
		values    row
		backward  bool
		want      string
	}{
		{"whole partition in order", "pk = :p", row{}, false, "INV#1 INV#10 INV#2 ORDER#2 PAY#1"},
		{"backward", "pk = :p", row{}, true, "PAY#1 ORDER#2 INV#2 INV#10 INV#1"},
		{"begins_with", "pk = :p AND begins_with(sk, :s)", row{":s": str("INV#")}, false, "INV#1 INV#10 INV#2"},
		{"begins_with backward", "pk = :p AND begins_with(sk, :s)", row{":s": str("INV#")}, true, "INV#2 INV#10 INV#1"},
		{"equal", "pk = :p AND sk = :s", row{":s": str("INV#1")}, false, "INV#1"},
		{"less", "pk = :p AND sk < :s", row{":s": str("INV#2")}, false, "INV#1 INV#10"},
		{"at most", "pk = :p AND sk <= :s", row{":s": str("INV#2")}, false, "INV#1 INV#10 INV#2"},
		{"greater", "pk = :p AND sk > :s", row{":s": str("INV#2")}, false, "ORDER#2 PAY#1"},
		{"at least", "pk = :p AND sk >= :s", row{":s": str("INV#2")}, false, "INV#2 ORDER#2 PAY#1"},
		{"between, backward", "pk = :p AND sk BETWEEN :s AND :e", row{":s": str("INV#2"), ":e": str("ORDER#2")}, true, "ORDER#2 INV#2"},
		{"conditions in the other order", "sk = :s AND pk = :p", row{":s": str("PAY#1")}, false, "PAY#1"},
		{"parentheses", "(pk = :p) AND (sk = :s)", row{":s": str("PAY#1")}, false, "PAY#1"},
		{"nothing there", "pk = :p AND sk > :s", row{":s": str("ZZZ")}, false, ""},
		{"nothing there, backward", "pk = :p AND sk < :s", row{":s": str("A")}, true, ""},
	}
	forEachStore(t, func(t *testing.T, s *store) {
		for _, sk := range []string{"ORDER#2", "INV#1", "INV#10", "INV#2", "PAY#1"} {
			s.put(t, key("q", sk))
		}
		s.put(t, key("p", "before the partition"))
		s.put(t, key("q2", "after the partition"))
		for _, check := range checks {
			t.Run(check.name, func(t *testing.T) {
				check.values[":p"] = str("q")
				answer := must[*dynamodb.QueryOutput](t)(s.query(t, check.condition, check.values, func(q *dynamodb.QueryInput) { q.ScanIndexForward = aws.Bool(!check.backward) }))
				want(t, sortKeys(answer.Items), check.want)
			})
		}
	})
}

// TestSortKeysOrderAsBytes: UTF-8 order, and a zero byte sorts before everything.
func TestSortKeysOrderAsBytes(t *testing.T) {
	forEachStore(t, func(t *testing.T, s *store) {
		for _, sk := range []string{"é", "a", "Z", "a\x00b", "a\x00", "ab", "a\x01"} {
			s.put(t, key("bytes", sk))
		}
		answer := must[*dynamodb.QueryOutput](t)(s.query(t, "pk = :p", row{":p": str("bytes")}))
		want(t, fmt.Sprintf("%q", sortKeys(answer.Items)), `"Z a a\x00 a\x00b a\x01 ab é"`)
	})
}

func TestPaging(t *testing.T) {
	forEachStore(t, func(t *testing.T, s *store) {
		for i := range 5 {
			s.put(t, at("paged", fmt.Sprint(i), row{"n": num(fmt.Sprint(i))}))
		}
		for _, backward := range []bool{false, true} {
			t.Run(fmt.Sprintf("backward %v", backward), func(t *testing.T) {
				var seen, pages []string
				var from row
				for {
					answer := must[*dynamodb.QueryOutput](t)(s.query(t, "pk = :p", row{":p": str("paged")}, func(q *dynamodb.QueryInput) {
						q.Limit, q.ExclusiveStartKey, q.ScanIndexForward = aws.Int32(2), from, aws.Bool(!backward)
					}))
					seen = append(seen, strings.Fields(sortKeys(answer.Items))...)
					pages = append(pages, fmt.Sprint(answer.Count))
					if from = answer.LastEvaluatedKey; from == nil {
						break
					}
				}
				if backward {
					slices.Reverse(seen)
				}
				want(t, strings.Join(seen, ""), "01234")
				want(t, strings.Join(pages, "+"), "2+2+1")
			})
		}
		t.Run("a limit met at the end still gives a key", func(t *testing.T) {
			answer := must[*dynamodb.QueryOutput](t)(s.query(t, "pk = :p", row{":p": str("paged")}, func(q *dynamodb.QueryInput) { q.Limit = aws.Int32(5) }))
			want(t, show(answer.LastEvaluatedKey), `{pk:"paged" sk:"4"}`)
		})
		t.Run("the limit counts before the filter", func(t *testing.T) {
			answer := must[*dynamodb.QueryOutput](t)(s.query(t, "pk = :p", row{":p": str("paged"), ":n": num("2")}, func(q *dynamodb.QueryInput) {
				q.Limit, q.FilterExpression = aws.Int32(3), aws.String("n >= :n")
			}))
			want(t, fmt.Sprintf("%d of %d, next %s", answer.Count, answer.ScannedCount, show(answer.LastEvaluatedKey)), `1 of 3, next {pk:"paged" sk:"2"}`)
		})
		t.Run("a start key of another partition is refused", func(t *testing.T) {
			_, err := s.query(t, "pk = :p", row{":p": str("paged")}, func(q *dynamodb.QueryInput) { q.ExclusiveStartKey = key("other", "1") })
			wantCode(t, err, validation)
		})
		t.Run("a start key of the wrong shape is refused", func(t *testing.T) {
			_, err := s.query(t, "pk = :p", row{":p": str("paged")}, func(q *dynamodb.QueryInput) { q.ExclusiveStartKey = row{"pk": str("paged")} })
			wantCode(t, err, validation)
		})
	})
}

func TestPageOfOneMegabyte(t *testing.T) {
	forEachStore(t, func(t *testing.T, s *store) {
		big := str(strings.Repeat("x", 200<<10))
		for i := range 12 {
			s.put(t, at("big", fmt.Sprintf("%02d", i), row{"b": big}))
		}
		total, pages := 0, 0
		for from := (row)(nil); pages == 0 || from != nil; pages++ {
			answer := must[*dynamodb.QueryOutput](t)(s.query(t, "pk = :p", row{":p": str("big")}, func(q *dynamodb.QueryInput) { q.ExclusiveStartKey = from }))
			if answer.Count > 6 {
				t.Fatalf("one page holds %d items of 200 KB", answer.Count)
			}
			total += int(answer.Count)
			from = answer.LastEvaluatedKey
		}
		if total != 12 || pages < 2 {
			t.Errorf("%d items in %d pages", total, pages)
		}
	})
}

func TestProjectionAndSelect(t *testing.T) {
	forEachStore(t, func(t *testing.T, s *store) {
		s.put(t, at("projected", "a", row{"m": object(row{"x": num("1"), "y": num("2")}), "l": list(num("1"), object(row{"z": num("3")}), num("4"))}))
		for _, check := range []struct{ projection, want string }{
			{"m.y, l[1]", "{l:[{z:3}] m:{y:2}}"},
			{"l[2], l[0]", "{l:[1 4]}"},
			{"l[1].z", "{l:[{z:3}]}"},
			{"absent", "{}"},
			{"m", "{m:{x:1 y:2}}"},
		} {
			t.Run(check.projection, func(t *testing.T) {
				answer := must[*dynamodb.GetItemOutput](t)(s.db.GetItem(t.Context(), &dynamodb.GetItemInput{TableName: &s.table, Key: key("projected", "a"), ProjectionExpression: &check.projection}))
				want(t, show(answer.Item), check.want)
			})
		}
		t.Run("COUNT", func(t *testing.T) {
			answer := must[*dynamodb.QueryOutput](t)(s.query(t, "pk = :p", row{":p": str("projected")}, func(q *dynamodb.QueryInput) { q.Select = types.SelectCount }))
			want(t, fmt.Sprintf("%d, %d items", answer.Count, len(answer.Items)), "1, 0 items")
		})
	})
}

func TestQueryRefusals(t *testing.T) {
	checks := []struct {
		name      string
		condition string
		values    row
		change    func(*dynamodb.QueryInput)
	}{
		{"no equality on the partition key", "begins_with(pk, :p)", row{":p": str("q")}, nil},
		{"partition key left out", "sk = :p", row{":p": str("q")}, nil},
		{"another attribute", "pk = :p AND other = :p", row{":p": str("q")}, nil},
		{"OR", "pk = :p OR pk = :p", row{":p": str("q")}, nil},
		{"unequal", "pk = :p AND sk <> :p", row{":p": str("q")}, nil},
		{"value of the wrong type", "pk = :p", row{":p": num("1")}, nil},
		{"empty value", "pk = :p", row{":p": str("")}, nil},
		{"bounds the wrong way round", "pk = :p AND sk BETWEEN :b AND :a", row{":p": str("q"), ":a": str("1"), ":b": str("2")}, nil},
		{"limit of zero", "pk = :p", row{":p": str("q")}, func(q *dynamodb.QueryInput) { q.Limit = aws.Int32(0) }},
		{"index that is not there", "pk = :p", row{":p": str("q")}, func(q *dynamodb.QueryInput) { q.IndexName = aws.String("nope") }},
		{"filter on a key attribute", "pk = :p", row{":p": str("q")}, func(q *dynamodb.QueryInput) { q.FilterExpression = aws.String("sk = :p") }},
	}
	forEachStore(t, func(t *testing.T, s *store) {
		for _, check := range checks {
			t.Run(check.name, func(t *testing.T) {
				change := check.change
				if change == nil {
					change = func(*dynamodb.QueryInput) {}
				}
				_, err := s.query(t, check.condition, check.values, change)
				wantCode(t, err, validation)
			})
		}
	})
}

// TestScan walks the table in parallel segments: every row once.
func TestScan(t *testing.T) {
	forEachStore(t, func(t *testing.T, s *store) {
		for i := range 30 {
			s.put(t, at(fmt.Sprintf("scan%d", i/3), fmt.Sprint(i), row{"even": boolean(i%2 == 0)}))
		}
		var seen []string
		const segments = 3
		for segment := range int32(segments) {
			for from, first := (row)(nil), true; first || from != nil; first = false {
				answer := must[*dynamodb.ScanOutput](t)(s.db.Scan(t.Context(), &dynamodb.ScanInput{
					TableName: &s.table, Segment: &segment, TotalSegments: aws.Int32(segments), Limit: aws.Int32(4), ExclusiveStartKey: from,
					FilterExpression: aws.String("even = :t"), ExpressionAttributeValues: row{":t": boolean(true)}, ProjectionExpression: aws.String("sk"),
				}))
				for _, r := range answer.Items {
					seen = append(seen, show(r))
				}
				from = answer.LastEvaluatedKey
			}
		}
		slices.Sort(seen)
		if distinct := len(slices.Compact(slices.Clone(seen))); len(seen) != 15 || distinct != 15 {
			t.Errorf("saw %d rows, %d of them distinct, want 15", len(seen), distinct)
		}
	})
}
