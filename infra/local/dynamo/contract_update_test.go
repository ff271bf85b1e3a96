package dynamo_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

const validation = "ValidationException"

// TestUpdates applies one expression to one row per line; want leaves out the key.
func TestUpdates(t *testing.T) {
	checks := []struct {
		name   string
		before row
		update string
		values row
		names  map[string]string
		want   string
		code   string
	}{
		{name: "SET on a row that is not there creates it", update: "SET a = :v", values: row{":v": num("1")}, want: "{a:1}"},
		{name: "no expression creates the bare row", want: "{}"},
		{name: "if_not_exists counts from a start", update: "SET n = if_not_exists(n, :zero) + :five", values: row{":zero": num("0"), ":five": num("5")}, want: "{n:5}"},
		{name: "if_not_exists keeps what is there", before: row{"n": num("3")}, update: "SET n = if_not_exists(n, :zero) + :five", values: row{":zero": num("0"), ":five": num("5")}, want: "{n:8}"},
		{name: "subtraction is exact", before: row{"n": num("5")}, update: "SET n = n - :v", values: row{":v": num("7.25")}, want: "{n:-2.25}"},
		{name: "attribute plus attribute", before: row{"a": num("0.1"), "b": num("0.2")}, update: "SET c = a + b", want: "{a:0.1 b:0.2 c:0.3}"},
		{name: "list_append to nothing yet", update: "SET l = list_append(if_not_exists(l, :none), :x)", values: row{":none": list(), ":x": list(str("1"))}, want: `{l:["1"]}`},
		{name: "list_append in front", before: row{"l": list(str("1"))}, update: "SET l = list_append(:x, l)", values: row{":x": list(str("0"))}, want: `{l:["0" "1"]}`},
		{name: "ADD to a number that is not there", update: "ADD n :v", values: row{":v": num("5")}, want: "{n:5}"},
		{name: "ADD a negative number", before: row{"n": num("5")}, update: "ADD n :v", values: row{":v": num("-6")}, want: "{n:-1}"},
		{name: "ADD to a set", before: row{"s": set("a", "b")}, update: "ADD s :v", values: row{":v": set("b", "c")}, want: "{s:<a b c>}"},
		{name: "ADD inside a map", before: row{"m": object(row{"n": num("1")})}, update: "ADD m.n :v", values: row{":v": num("1")}, want: "{m:{n:2}}"},
		{name: "DELETE from a set", before: row{"s": set("a", "b")}, update: "DELETE s :v", values: row{":v": set("b", "x")}, want: "{s:<a>}"},
		{name: "DELETE of the last member removes the set", before: row{"s": set("a")}, update: "DELETE s :v", values: row{":v": set("a")}, want: "{}"},
		{name: "DELETE from nothing", update: "DELETE s :v", values: row{":v": set("a")}, want: "{}"},
		{name: "REMOVE an attribute and one that is not there", before: row{"a": num("1"), "b": num("2")}, update: "REMOVE a, zz", want: "{b:2}"},
		{name: "REMOVE list elements by their old indexes", before: row{"l": list(num("0"), num("1"), num("2"), num("3"))}, update: "REMOVE l[1], l[2]", want: "{l:[0 3]}"},
		{name: "REMOVE a list element past the end", before: row{"l": list(num("0"))}, update: "REMOVE l[5]", want: "{l:[0]}"},
		{name: "all four sections at once", before: row{"s": set("a"), "x": num("1"), "y": num("1")}, update: "SET y = :one ADD n :one DELETE s :b REMOVE x", values: row{":one": num("1"), ":b": set("b")}, want: "{n:1 s:<a> y:1}"},
		{name: "SET inside a map", before: row{"m": object(row{})}, update: "SET m.address = :v", values: row{":v": object(row{"city": str("Oslo")})}, want: `{m:{address:{city:"Oslo"}}}`},
		{name: "SET a list element", before: row{"l": list(num("0"), num("1"))}, update: "SET l[1] = :v", values: row{":v": num("9")}, want: "{l:[0 9]}"},
		{name: "SET past a list's end appends in order", before: row{"l": list(num("0"))}, update: "SET l[9] = :b, l[7] = :a", values: row{":a": num("1"), ":b": num("2")}, want: "{l:[0 1 2]}"},
		{name: "SET deep inside", before: row{"a": object(row{"b": list(num("0"), object(row{"c": str("deep")}))})}, update: "SET #a.#b[1].#c = :v", values: row{":v": str("deeper")}, names: map[string]string{"#a": "a", "#b": "b", "#c": "c"}, want: `{a:{b:[0 {c:"deeper"}]}}`},
		{name: "right-hand sides see the old row", before: row{"x": num("1"), "y": num("2")}, update: "SET x = y, y = x", want: "{x:2 y:1}"},
		{name: "SET reads what REMOVE removes", before: row{"former": num("1")}, update: "SET fresh = former REMOVE former", want: "{fresh:1}"},
		{name: "SET to every type", update: "SET a=:a, b=:b, c=:c, d=:d, e=:e", values: row{":a": null(), ":b": boolean(true), ":c": bin("\x00"), ":d": numset("2", "1.0"), ":e": list(object(row{}))}, want: `{a:null b:true c:b"\x00" d:<1 2> e:[{}]}`},

		{name: "overlapping paths", update: "SET a.b = :v, a = :v", values: row{":v": num("1")}, code: validation},
		{name: "a path as map and as list", before: row{"a": object(row{})}, update: "SET a.b = :v, a[0] = :v", values: row{":v": num("1")}, code: validation},
		{name: "parent that is not there", update: "SET nope.b = :v", values: row{":v": num("1")}, code: validation},
		{name: "index into a map", before: row{"m": object(row{})}, update: "SET m[0] = :v", values: row{":v": num("1")}, code: validation},
		{name: "part of the key", update: "SET pk = :v", values: row{":v": str("other")}, code: validation},
		{name: "REMOVE part of the key", update: "REMOVE sk", code: validation},
		{name: "operand that is not there", update: "SET n = n + :v", values: row{":v": num("1")}, code: validation},
		{name: "arithmetic on a string", before: row{"n": str("1")}, update: "SET n = n + :v", values: row{":v": num("1")}, code: validation},
		{name: "ADD of another type", before: row{"n": str("1")}, update: "ADD n :v", values: row{":v": num("1")}, code: validation},
		{name: "ADD a string", update: "ADD n :v", values: row{":v": str("1")}, code: validation},
		{name: "DELETE a number", update: "DELETE n :v", values: row{":v": num("1")}, code: validation},
		{name: "list_append to a number", before: row{"l": num("1")}, update: "SET l = list_append(l, :v)", values: row{":v": list()}, code: validation},
		{name: "a section twice", update: "SET a = :v SET b = :v", values: row{":v": num("1")}, code: validation},
		{name: "index key of the wrong type", update: "SET due = :v", values: row{":v": str("soon")}, code: validation},
	}
	forEachStore(t, func(t *testing.T, s *store) {
		for _, check := range checks {
			t.Run(check.name, func(t *testing.T) {
				k := key("update", check.name)
				if check.before != nil {
					s.put(t, at("update", check.name, check.before))
				}
				after, err := s.update(t, k, check.update, "", check.values, check.names)
				wantCode(t, err, check.code)
				if check.code != "" {
					return
				}
				for name := range k {
					delete(after, name)
				}
				want(t, show(after), check.want)
			})
		}
	})
}

func TestReturnValues(t *testing.T) {
	forEachStore(t, func(t *testing.T, s *store) {
		for _, check := range []struct {
			returned types.ReturnValue
			want     string
		}{
			{types.ReturnValueNone, "{}"},
			{types.ReturnValueAllOld, `{a:1 b:2 m:{x:1 y:2} pk:"returned" sk:"UPDATE"}`},
			{types.ReturnValueAllNew, `{a:2 b:2 m:{x:9 y:2} pk:"returned" sk:"UPDATE"}`},
			{types.ReturnValueUpdatedOld, "{a:1 m:{x:1}}"},
			{types.ReturnValueUpdatedNew, "{a:2 m:{x:9}}"},
		} {
			t.Run(string(check.returned), func(t *testing.T) {
				s.put(t, at("returned", "UPDATE", row{"a": num("1"), "b": num("2"), "m": object(row{"x": num("1"), "y": num("2")})}))
				answer := must[*dynamodb.UpdateItemOutput](t)(s.db.UpdateItem(t.Context(), &dynamodb.UpdateItemInput{
					TableName: &s.table, Key: key("returned", "UPDATE"), UpdateExpression: aws.String("SET a = :two, m.x = :nine"),
					ExpressionAttributeValues: row{":two": num("2"), ":nine": num("9")}, ReturnValues: check.returned,
				}))
				want(t, show(answer.Attributes), check.want)
			})
		}
		t.Run("PutItem ALL_OLD", func(t *testing.T) {
			s.put(t, at("returned", "PUT", row{"v": num("1")}))
			answer := must[*dynamodb.PutItemOutput](t)(s.db.PutItem(t.Context(), &dynamodb.PutItemInput{
				TableName: &s.table, Item: key("returned", "PUT"), ReturnValues: types.ReturnValueAllOld,
			}))
			want(t, show(answer.Attributes), `{pk:"returned" sk:"PUT" v:1}`)
		})
		t.Run("DeleteItem ALL_OLD", func(t *testing.T) {
			s.put(t, at("returned", "DELETE", row{"v": num("3")}))
			answer := must[*dynamodb.DeleteItemOutput](t)(s.db.DeleteItem(t.Context(), &dynamodb.DeleteItemInput{
				TableName: &s.table, Key: key("returned", "DELETE"), ReturnValues: types.ReturnValueAllOld,
			}))
			want(t, show(answer.Attributes), `{pk:"returned" sk:"DELETE" v:3}`)
			want(t, show(s.get(t, "returned", "DELETE")), "{}")
		})
		t.Run("PutItem ALL_NEW is refused", func(t *testing.T) {
			_, err := s.db.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &s.table, Item: key("returned", "PUT"), ReturnValues: types.ReturnValueAllNew})
			wantCode(t, err, validation)
		})
	})
}
