package dynamo_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"duly/infra/local/dynamo"
)

func (s *store) putting(r row, condition string) types.TransactWriteItem {
	return types.TransactWriteItem{Put: &types.Put{TableName: &s.table, Item: r, ConditionExpression: optional(condition)}}
}

func (s *store) updating(k row, update, condition string, values row) types.TransactWriteItem {
	return types.TransactWriteItem{Update: &types.Update{
		TableName: &s.table, Key: k, UpdateExpression: &update, ConditionExpression: optional(condition), ExpressionAttributeValues: values,
	}}
}

func (s *store) deleting(k row) types.TransactWriteItem {
	return types.TransactWriteItem{Delete: &types.Delete{TableName: &s.table, Key: k}}
}

func (s *store) checking(k row, condition string, values row) types.TransactWriteItem {
	return types.TransactWriteItem{ConditionCheck: &types.ConditionCheck{
		TableName: &s.table, Key: k, ConditionExpression: &condition, ExpressionAttributeValues: values,
	}}
}

func (s *store) transact(t testing.TB, token string, items ...types.TransactWriteItem) error {
	t.Helper()
	_, err := s.db.TransactWriteItems(t.Context(), &dynamodb.TransactWriteItemsInput{TransactItems: items, ClientRequestToken: optional(token)})
	return err
}

func TestTransactionCommits(t *testing.T) {
	forEachStore(t, func(t *testing.T, s *store) {
		s.put(t, at("tx", "updated", row{"n": num("1")}))
		s.put(t, key("tx", "deleted"))
		s.put(t, at("tx", "checked", row{"ok": boolean(true)}))
		err := s.transact(t, "",
			s.putting(at("tx", "new", row{"group": str("TX"), "rank": str("1")}), "attribute_not_exists(pk)"),
			s.updating(key("tx", "updated"), "SET n = n + :one", "n = :one", row{":one": num("1")}),
			s.deleting(key("tx", "deleted")),
			s.checking(key("tx", "checked"), "ok = :t", row{":t": boolean(true)}))
		wantCode(t, err, "")
		answer := must[*dynamodb.QueryOutput](t)(s.query(t, "pk = :p", row{":p": str("tx")}))
		want(t, sortKeys(answer.Items), "checked new updated")
		want(t, show(answer.Items[2]["n"]), "2")
		s.eventually(t, "new", func() string { return s.indexed(t, "TX") })
	})
}

func TestTransactionIsAllOrNothing(t *testing.T) {
	forEachStore(t, func(t *testing.T, s *store) {
		s.put(t, at("all", "taken", row{"v": num("7")}))
		s.put(t, at("all", "row", row{"v": num("1")}))
		taken := s.putting(key("all", "taken"), "attribute_not_exists(pk)")
		taken.Put.ReturnValuesOnConditionCheckFailure = types.ReturnValuesOnConditionCheckFailureAllOld
		err := s.transact(t, "",
			s.putting(key("all", "first"), ""),
			s.updating(key("all", "row"), "SET v = :v", "", row{":v": num("99")}),
			taken,
			s.checking(key("all", "absent"), "attribute_exists(pk)", nil),
			s.putting(key("all", "last"), ""))
		want(t, cancelCodes(err), "None None ConditionalCheckFailed ConditionalCheckFailed None")
		var cancelled *types.TransactionCanceledException
		if errors.As(err, &cancelled) {
			want(t, show(cancelled.CancellationReasons[2].Item), `{pk:"all" sk:"taken" v:7}`)
			want(t, show(cancelled.CancellationReasons[3].Item), "{}")
			want(t, cancelled.ErrorMessage(), "Transaction cancelled, please refer cancellation reasons for specific reasons [None, None, ConditionalCheckFailed, ConditionalCheckFailed, None]")
		}
		answer := must[*dynamodb.QueryOutput](t)(s.query(t, "pk = :p", row{":p": str("all")}))
		want(t, sortKeys(answer.Items), "row taken")
		want(t, show(answer.Items[0]["v"]), "1")
	})
}

func TestTransactionCancelledByAnInvalidOperation(t *testing.T) {
	forEachStore(t, func(t *testing.T, s *store) {
		s.put(t, key("cancelled", "row"))
		for _, check := range []struct {
			name string
			item types.TransactWriteItem
		}{
			{"operand that is not there", s.updating(key("cancelled", "row"), "SET q = absent + :one", "", row{":one": num("1")})},
			{"key of the wrong shape", s.deleting(row{"pk": str("cancelled")})},
			{"index key of the wrong type", s.putting(at("cancelled", "row", row{"due": str("soon")}), "")},
		} {
			t.Run(check.name, func(t *testing.T) {
				want(t, cancelCodes(s.transact(t, "", s.putting(key("cancelled", "other"), ""), check.item)), "None ValidationError")
				want(t, show(s.get(t, "cancelled", "other")), "{}")
			})
		}
	})
}

func TestTransactionRefusals(t *testing.T) {
	forEachStore(t, func(t *testing.T, s *store) {
		hundred := func(n int) []types.TransactWriteItem {
			items := make([]types.TransactWriteItem, n)
			for i := range items {
				items[i] = s.putting(key("hundred", fmt.Sprintf("%03d", i)), "")
			}
			return items
		}
		big := row{"b": str(strings.Repeat("x", 390<<10))}
		var large []types.TransactWriteItem
		for i := range 11 {
			large = append(large, s.putting(at("large", fmt.Sprint(i), big), ""))
		}
		for _, check := range []struct {
			name  string
			items []types.TransactWriteItem
			code  string
		}{
			{"100 operations", hundred(100), ""},
			{"101 operations", hundred(101), validation},
			{"no operation", []types.TransactWriteItem{}, validation},
			{"one item twice", []types.TransactWriteItem{s.putting(key("twice", "a"), ""), s.deleting(key("twice", "a"))}, validation},
			{"more than 4 MB", large, validation},
			{"a syntax error", []types.TransactWriteItem{s.putting(key("syntax", "a"), "attribute_not_exists(pk")}, validation},
			{"an unknown table", []types.TransactWriteItem{{Delete: &types.Delete{TableName: aws.String("nope"), Key: key("a", "b")}}}, "ResourceNotFoundException"},
		} {
			t.Run(check.name, func(t *testing.T) { wantCode(t, s.transact(t, "", check.items...), check.code) })
		}
	})
}

func TestRequestToken(t *testing.T) {
	forEachStore(t, func(t *testing.T, s *store) {
		add := s.updating(key("token", "a"), "ADD n :one SET m = :m, o = :o, p = :one", "", row{":one": num("1"), ":m": str("m"), ":o": object(row{"x": num("1"), "y": num("2")})})
		// The SDK writes maps in any order, so a repeat is not the same bytes.
		for range 5 {
			wantCode(t, s.transact(t, "token-1", add), "")
		}
		want(t, show(s.get(t, "token", "a")["n"]), "1")
		wantCode(t, s.transact(t, "token-1", s.putting(key("token", "b"), "")), "IdempotentParameterMismatchException")
		want(t, show(s.get(t, "token", "b")), "{}")
		t.Run("a cancelled transaction leaves its token free", func(t *testing.T) {
			blocked := s.putting(key("token", "c"), "attribute_exists(pk)")
			want(t, cancelCodes(s.transact(t, "token-2", blocked)), "ConditionalCheckFailed")
			s.put(t, key("token", "c"))
			wantCode(t, s.transact(t, "token-2", blocked), "")
		})
	})
}

// TestRequestTokenAges: after ten minutes a token means nothing any more.
func TestRequestTokenAges(t *testing.T) {
	now := noon
	s := openStore(t, dynamo.Options{Now: func() time.Time { return now }})
	add := s.updating(key("token", "a"), "ADD n :one", "", row{":one": num("1")})
	for _, step := range []struct {
		after time.Duration
		want  string
	}{{0, "1"}, {9 * time.Minute, "1"}, {2 * time.Minute, "2"}, {time.Minute, "2"}} {
		now = now.Add(step.after)
		wantCode(t, s.transact(t, "token", add), "")
		want(t, show(s.get(t, "token", "a")["n"]), step.want)
	}
}

func TestTransactGet(t *testing.T) {
	forEachStore(t, func(t *testing.T, s *store) {
		s.put(t, at("tget", "a", row{"x": num("1"), "y": num("2")}))
		read := func(gets ...types.Get) (string, error) {
			input := &dynamodb.TransactGetItemsInput{}
			for i := range gets {
				gets[i].TableName = &s.table
				input.TransactItems = append(input.TransactItems, types.TransactGetItem{Get: &gets[i]})
			}
			answer, err := s.db.TransactGetItems(t.Context(), input)
			if err != nil {
				return "", err
			}
			var shown []string
			for _, response := range answer.Responses {
				shown = append(shown, show(response.Item))
			}
			return strings.Join(shown, " "), nil
		}
		got, err := read(types.Get{Key: key("tget", "a"), ProjectionExpression: aws.String("y")}, types.Get{Key: key("tget", "absent")})
		wantCode(t, err, "")
		want(t, got, "{y:2} {}")
		_, err = read(types.Get{Key: key("tget", "a")}, types.Get{Key: key("tget", "a")})
		wantCode(t, err, validation)
		_, err = read(types.Get{Key: key("tget", "a")}, types.Get{Key: row{"pk": str("tget")}})
		want(t, cancelCodes(err), "None ValidationError")
	})
}
