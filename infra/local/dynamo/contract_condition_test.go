package dynamo_test

import (
	"errors"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

const conditionFailed = "ConditionalCheckFailedException"

// TestConditions asks one condition of one row per line.
func TestConditions(t *testing.T) {
	invoice := row{
		"invoice_no": str("INV-17"), "rest": num("10"), "amount": num("12.50"), "one": num("1.0"), "state": str("open"),
		"tags": set("x", "y"), "days": numset("1", "14"), "parts": list(str("p"), num("3")), "digest": bin("\x00\xff"),
		"party": object(row{"name": str("Ada"), "addresses": list(object(row{"city": str("Delft")}))}), "paid": boolean(false), "note": null(),
	}
	checks := []struct {
		name      string
		condition string
		values    row
		names     map[string]string
		holds     bool
	}{
		{"attribute_exists", "attribute_exists(pk)", nil, nil, true},
		{"attribute_exists of nothing", "attribute_exists(absent)", nil, nil, false},
		{"attribute_exists inside a map", "attribute_exists(party.addresses[0].city)", nil, nil, true},
		{"attribute_exists past a list's end", "attribute_exists(party.addresses[1])", nil, nil, false},
		{"attribute_not_exists", "attribute_not_exists(absent)", nil, nil, true},
		{"attribute_not_exists of something", "attribute_not_exists(pk)", nil, nil, false},
		{"attribute_type", "attribute_type(amount, :t)", row{":t": str("N")}, nil, true},
		{"attribute_type of another type", "attribute_type(amount, :t)", row{":t": str("S")}, nil, false},
		{"attribute_type of NULL", "attribute_type(note, :t)", row{":t": str("NULL")}, nil, true},
		{"begins_with", "begins_with(invoice_no, :p)", row{":p": str("INV")}, nil, true},
		{"begins_with the wrong start", "begins_with(invoice_no, :p)", row{":p": str("NV")}, nil, false},
		{"begins_with bytes", "begins_with(digest, :p)", row{":p": bin("\x00")}, nil, true},
		{"contains in a string", "contains(invoice_no, :p)", row{":p": str("V-1")}, nil, true},
		{"contains in a string set", "contains(tags, :p)", row{":p": str("y")}, nil, true},
		{"contains in a number set, by value", "contains(days, :p)", row{":p": num("14.0")}, nil, true},
		{"contains in a set, wrong type", "contains(days, :p)", row{":p": str("14")}, nil, false},
		{"contains in a list", "contains(parts, :p)", row{":p": num("3")}, nil, true},
		{"contains in a list, not there", "contains(parts, :p)", row{":p": num("4")}, nil, false},
		{"size of a string", "size(invoice_no) = :n", row{":n": num("6")}, nil, true},
		{"size of a binary", "size(digest) = :n", row{":n": num("2")}, nil, true},
		{"size of a set", "size(tags) > :n", row{":n": num("1")}, nil, true},
		{"size of a list", "size(parts) <= :n", row{":n": num("2")}, nil, true},
		{"size of a map", "size(party) = :n", row{":n": num("2")}, nil, true},
		{"size of a number has no answer", "size(amount) > :n", row{":n": num("0")}, nil, false},
		{"equal", "#s = :s", row{":s": str("open")}, map[string]string{"#s": "state"}, true},
		{"not equal", "paid <> :t", row{":t": boolean(true)}, nil, true},
		{"nothing is not equal to anything", "absent <> :t", row{":t": boolean(true)}, nil, true},
		{"nothing is equal to nothing", "absent = absent2", nil, nil, false},
		{"numbers compare as numbers", "rest > :nine", row{":nine": num("9")}, nil, true},
		{"numbers have one form", "one = :one", row{":one": num("1")}, nil, true},
		{"attribute with attribute", "rest < amount", nil, nil, true},
		{"a string is not less than a number", "invoice_no < amount", nil, nil, false},
		{"equal lists", "parts = :l", row{":l": list(str("p"), num("3.0"))}, nil, true},
		{"equal maps", "party.addresses[0] = :m", row{":m": object(row{"city": str("Delft")})}, nil, true},
		{"equal sets in any order", "tags = :t", row{":t": set("y", "x")}, nil, true},
		{"BETWEEN has both bounds", "rest BETWEEN :a AND :b", row{":a": num("1"), ":b": num("10")}, nil, true},
		{"BETWEEN outside", "rest BETWEEN :a AND :b", row{":a": num("11"), ":b": num("12")}, nil, false},
		{"IN", "#s IN (:a, :b)", row{":a": str("paid"), ":b": str("open")}, map[string]string{"#s": "state"}, true},
		{"IN without it", "#s IN (:a)", row{":a": str("paid")}, map[string]string{"#s": "state"}, false},
		{"NOT", "NOT paid = :t", row{":t": boolean(true)}, nil, true},
		{"AND binds tighter than OR", "paid = :t AND paid = :f OR paid = :f", row{":t": boolean(true), ":f": boolean(false)}, nil, true},
		{"parentheses bind tightest", "paid = :t AND (paid = :f OR paid = :f)", row{":t": boolean(true), ":f": boolean(false)}, nil, false},
		{"keywords in any case", "paid = :f and not paid = :t", row{":t": boolean(true), ":f": boolean(false)}, nil, true},
		{"nested path by names", "#p.#a[0].#c = :c", row{":c": str("Delft")}, map[string]string{"#p": "party", "#a": "addresses", "#c": "city"}, true},
		{"a name with a dot is one name", "attribute_exists(#d)", nil, map[string]string{"#d": "party.name"}, false},
	}
	forEachStore(t, func(t *testing.T, s *store) {
		s.put(t, at("conditions", "row", invoice))
		for _, check := range checks {
			t.Run(check.name, func(t *testing.T) {
				failure := ""
				if !check.holds {
					failure = conditionFailed
				}
				_, err := s.update(t, key("conditions", "row"), "REMOVE nothing", check.condition, check.values, check.names)
				wantCode(t, err, failure)
			})
		}
	})
}

func TestInsertOnce(t *testing.T) {
	forEachStore(t, func(t *testing.T, s *store) {
		insert := func() error {
			_, err := s.db.PutItem(t.Context(), &dynamodb.PutItemInput{
				TableName: &s.table, Item: key("once", "a"), ConditionExpression: aws.String("attribute_not_exists(pk)"),
			})
			return err
		}
		wantCode(t, insert(), "")
		wantCode(t, insert(), conditionFailed)
	})
}

func TestConditionOnARowThatIsNotThere(t *testing.T) {
	forEachStore(t, func(t *testing.T, s *store) {
		_, err := s.update(t, key("absent", "a"), "REMOVE nothing", "attribute_exists(pk)", nil, nil)
		wantCode(t, err, conditionFailed)
		_, err = s.db.DeleteItem(t.Context(), &dynamodb.DeleteItemInput{
			TableName: &s.table, Key: key("absent", "a"), ConditionExpression: aws.String("attribute_exists(pk)"),
		})
		wantCode(t, err, conditionFailed)
		want(t, show(s.get(t, "absent", "a")), "{}")
	})
}

// TestFailedConditionShowsTheRow: ReturnValuesOnConditionCheckFailure saves the
// caller a read to see why it lost.
func TestFailedConditionShowsTheRow(t *testing.T) {
	forEachStore(t, func(t *testing.T, s *store) {
		s.put(t, at("shown", "a", row{"v": num("7")}))
		allOld := types.ReturnValuesOnConditionCheckFailureAllOld
		condition, values := aws.String("v = :w"), row{":w": num("2")}
		attempts := map[string]func() error{
			"put": func() error {
				_, err := s.db.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &s.table, Item: key("shown", "a"),
					ConditionExpression: condition, ExpressionAttributeValues: values, ReturnValuesOnConditionCheckFailure: allOld})
				return err
			},
			"update": func() error {
				_, err := s.db.UpdateItem(t.Context(), &dynamodb.UpdateItemInput{TableName: &s.table, Key: key("shown", "a"), UpdateExpression: aws.String("REMOVE v"),
					ConditionExpression: condition, ExpressionAttributeValues: values, ReturnValuesOnConditionCheckFailure: allOld})
				return err
			},
			"delete": func() error {
				_, err := s.db.DeleteItem(t.Context(), &dynamodb.DeleteItemInput{TableName: &s.table, Key: key("shown", "a"),
					ConditionExpression: condition, ExpressionAttributeValues: values, ReturnValuesOnConditionCheckFailure: allOld})
				return err
			},
		}
		for name, attempt := range attempts {
			t.Run(name, func(t *testing.T) {
				var failed *types.ConditionalCheckFailedException
				if err := attempt(); !errors.As(err, &failed) {
					t.Fatalf("answered %v", err)
				}
				want(t, show(failed.Item), `{pk:"shown" sk:"a" v:7}`)
			})
		}
	})
}
