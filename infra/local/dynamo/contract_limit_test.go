package dynamo_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/smithy-go"
)

// TestNumbers writes a number and reads it back in its one form.
func TestNumbers(t *testing.T) {
	nines := strings.Repeat("9", 38)
	checks := []struct{ given, want, code string }{
		{"0", "0", ""},
		{"-0", "0", ""},
		{"007.50", "7.5", ""},
		{"1E+2", "100", ""},
		{"+1", "", validation},
		{"1E2", "100", ""},
		{"1.5e-3", "0.0015", ""},
		{".5", "0.5", ""},
		{"-12.30", "-12.3", ""},
		{"12345678901234567890123456789012345678", "12345678901234567890123456789012345678", ""},
		{"0." + nines, "0." + nines, ""},
		{nines + "000", nines + "000", ""},
		{"1E125", "1" + strings.Repeat("0", 125), ""},
		{"1E-130", "0." + strings.Repeat("0", 129) + "1", ""},
		{"-9.9E125", "-99" + strings.Repeat("0", 124), ""},
		{"123456789012345678901234567890123456789", "", validation},
		{"1E126", "", validation},
		{"-1E126", "", validation},
		{"1E-131", "", validation},
		{"1E999999999999999999", "", validation},
		{"abc", "", validation},
		{"", "", validation},
		{"1.2.3", "", validation},
		{"1E", "", validation},
		{"--1", "", validation},
		{"NaN", "", validation},
		{"Infinity", "", validation},
	}
	forEachStore(t, func(t *testing.T, s *store) {
		for _, check := range checks {
			t.Run(check.given, func(t *testing.T) {
				_, err := s.db.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &s.table, Item: at("number", "n", row{"n": num(check.given)})})
				wantCode(t, err, check.code)
				if check.code == "" {
					want(t, show(s.get(t, "number", "n")["n"]), check.want)
				}
			})
		}
	})
}

// TestSums: arithmetic is exact to 38 digits and refuses what it cannot hold.
func TestSums(t *testing.T) {
	checks := []struct{ n, plus, want, code string }{
		{"0.1", "0.2", "0.3", ""},
		{"12345678901234567890123456789012345678", "1", "12345678901234567890123456789012345679", ""},
		{"99999999999999999999999999999999999999", "1", "1" + strings.Repeat("0", 38), ""},
		{"99999999999999999999999999999999999998", "0.1", "", validation},
		{"1E100", "-1E100", "0", ""},
		{"1.10", "-0.1", "1", ""},
		{"-0.05", "0.02", "-0.03", ""},
		{"9E125", "9E125", "", validation},
		{"1E60", "1", "", validation},
	}
	forEachStore(t, func(t *testing.T, s *store) {
		for _, check := range checks {
			t.Run(check.n+"+"+check.plus, func(t *testing.T) {
				s.put(t, at("sum", "n", row{"n": num(check.n)}))
				after, err := s.update(t, key("sum", "n"), "SET n = n + :d", "", row{":d": num(check.plus)}, nil)
				wantCode(t, err, check.code)
				if check.code == "" {
					want(t, show(after["n"]), check.want)
				}
			})
		}
	})
}

// TestItemRefusals: rows that cannot be stored.
func TestItemRefusals(t *testing.T) {
	nested := func(levels int) value {
		v := str("core")
		for range levels {
			v = list(v)
		}
		return v
	}
	checks := []struct {
		name string
		item row
		code string
	}{
		{"exactly 400 KB", at("size", "a", row{"b": str(strings.Repeat("x", 400<<10-len("pksksizeab")))}), ""},
		{"one byte more than 400 KB", at("size", "a", row{"b": str(strings.Repeat("x", 400<<10-len("pksksizeab")+1))}), validation},
		{"empty partition key", key("", "a"), validation},
		{"empty sort key", key("a", ""), validation},
		{"sort key left out", row{"pk": str("a")}, validation},
		{"sort key of the wrong type", row{"pk": str("a"), "sk": num("1")}, validation},
		{"partition key of 2048 bytes", key(strings.Repeat("p", 2048), "a"), ""},
		{"partition key of 2049 bytes", key(strings.Repeat("p", 2049), "a"), validation},
		{"sort key of 1024 bytes", key("a", strings.Repeat("s", 1024)), ""},
		{"sort key of 1025 bytes", key("a", strings.Repeat("s", 1025)), validation},
		{"empty string elsewhere", at("a", "b", row{"s": str("")}), ""},
		{"empty set", at("a", "b", row{"s": set()}), validation},
		{"set with a member twice", at("a", "b", row{"s": set("x", "x")}), validation},
		{"number set with a value twice", at("a", "b", row{"s": numset("1", "1.0")}), validation},
		{"32 levels", at("a", "b", row{"l": nested(32)}), ""},
		{"33 levels", at("a", "b", row{"l": nested(33)}), validation},
	}
	forEachStore(t, func(t *testing.T, s *store) {
		for _, check := range checks {
			t.Run(check.name, func(t *testing.T) {
				_, err := s.db.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &s.table, Item: check.item})
				wantCode(t, err, check.code)
			})
		}
		t.Run("an update that outgrows 400 KB", func(t *testing.T) {
			s.put(t, at("grown", "a", row{"b": str(strings.Repeat("x", 300<<10))}))
			_, err := s.update(t, key("grown", "a"), "SET c = :c", "", row{":c": str(strings.Repeat("y", 200<<10))}, nil)
			wantCode(t, err, validation)
		})
	})
}

// TestExpressionRefusals: expressions that no row can satisfy.
func TestExpressionRefusals(t *testing.T) {
	one := row{":v": num("1")}
	deep := strings.Repeat("NOT ", 301) + "attribute_exists(a)"
	checks := []struct {
		name, update, condition string
		values                  row
		names                   map[string]string
		message                 string
	}{
		{"syntax error", "SET a = = :v", "", one, nil, `Invalid UpdateExpression: Syntax error; token: "=", near: "= = :v"`},
		{"open parenthesis", "", "attribute_not_exists(pk", nil, nil, `Invalid ConditionExpression: Syntax error; token: "<EOF>", near: "pk"`},
		{"nonsense character", "", "pk = $", nil, nil, `Invalid ConditionExpression: Syntax error; token: "$", near: "= $"`},
		{"empty expression", "", " ", nil, nil, "Invalid ConditionExpression: The expression can not be empty;"},
		{"unknown function", "", "starts_with(pk, :v)", one, nil, "Invalid ConditionExpression: Invalid function name; function: starts_with"},
		{"function of updates in a condition", "", "if_not_exists(a, :v) = :v", one, nil, "Invalid ConditionExpression: The function is not allowed in a condition expression; function: if_not_exists"},
		{"too few operands", "", "begins_with(a)", nil, nil, "Invalid ConditionExpression: Incorrect number of operands for operator or function; operator or function: begins_with, number of operands: 1"},
		{"path demanded", "", "attribute_exists(:v)", one, nil, "Invalid ConditionExpression: Operator or function requires a document path; operator or function: attribute_exists"},
		{"unknown type", "", "attribute_type(a, :v)", row{":v": str("X")}, nil, "Invalid ConditionExpression: Invalid attribute type name found; type: X, valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}"},
		{"redundant parentheses", "", "((a = :v))", one, nil, "Invalid ConditionExpression: The expression has redundant parentheses;"},
		{"too many operators", "", deep, nil, nil, "Invalid ConditionExpression: The expression contains too many operators; operator count: 301"},
		{"unused value", "SET a = :v", "", row{":v": num("1"), ":unused": num("2")}, nil, "Value provided in ExpressionAttributeValues unused in expressions: keys: {:unused}"},
		{"unused name", "SET a = :v", "", one, map[string]string{"#unused": "u"}, "Value provided in ExpressionAttributeNames unused in expressions: keys: {#unused}"},
		{"undefined value", "SET a = :nope", "", nil, nil, "Invalid UpdateExpression: An expression attribute value used in expression is not defined; attribute value: :nope"},
		{"undefined name", "SET #nope = :v", "", one, nil, "Invalid UpdateExpression: An expression attribute name used in the document path is not defined; attribute name: #nope"},
		{"reserved word", "SET status = :v", "", one, nil, "Invalid UpdateExpression: Attribute name is a reserved keyword; reserved keyword: status"},
		{"reserved word inside a path", "SET a.total = :v", "", one, nil, "Invalid UpdateExpression: Attribute name is a reserved keyword; reserved keyword: total"},
		{"values without an expression", "", "", one, nil, "ExpressionAttributeValues can only be specified when using expressions: UpdateExpression and ConditionExpression are null"},
	}
	forEachStore(t, func(t *testing.T, s *store) {
		for _, check := range checks {
			t.Run(check.name, func(t *testing.T) {
				_, err := s.update(t, key("refused", "a"), check.update, check.condition, check.values, check.names)
				wantCode(t, err, validation)
				var failure smithy.APIError
				if errors.As(err, &failure) && s.engine != nil {
					want(t, failure.ErrorMessage(), check.message)
				}
			})
		}
	})
}

func TestRequestRefusals(t *testing.T) {
	forEachStore(t, func(t *testing.T, s *store) {
		t.Run("unknown table", func(t *testing.T) {
			_, err := s.db.GetItem(t.Context(), &dynamodb.GetItemInput{TableName: aws.String("nope"), Key: key("a", "b")})
			wantCode(t, err, "ResourceNotFoundException")
		})
		t.Run("key with another attribute", func(t *testing.T) {
			_, err := s.db.GetItem(t.Context(), &dynamodb.GetItemInput{TableName: &s.table, Key: at("a", "b", row{"x": num("1")})})
			wantCode(t, err, validation)
		})
		t.Run("half a key", func(t *testing.T) {
			_, err := s.db.GetItem(t.Context(), &dynamodb.GetItemInput{TableName: &s.table, Key: row{"pk": str("a")}})
			wantCode(t, err, validation)
		})
		t.Run("name of a table that cannot be", func(t *testing.T) {
			_, err := s.db.GetItem(t.Context(), &dynamodb.GetItemInput{TableName: aws.String("no!"), Key: key("a", "b")})
			wantCode(t, err, validation)
		})
	})
}
