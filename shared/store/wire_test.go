package store

import (
	"bytes"
	"encoding/json"
	"reflect"
	"testing"
	"unicode/utf8"
)

// alike is a request of every kind of row, with texts that need care.
func alike(word string) transactWrite {
	value := item{text(":v", word), number(":n", -7)}
	return transactWrite{
		TransactItems: []action{
			{Put: &row{TableName: "t", Item: item{text("pk", word), text("empty", ""), number("n", 42)}}},
			{Put: &row{TableName: "t", Item: item{text("pk", "p")}, ConditionExpression: "#a = :v", ReturnValuesOnConditionCheckFailure: old, ExpressionAttributeNames: placeholders{{"#b", "b"}, {"#a", word}}, ExpressionAttributeValues: value}},
			{Update: &row{TableName: word, Key: item{text("pk", "p"), text("sk", "s")}, UpdateExpression: "ADD n :n", ExpressionAttributeValues: value}},
			{ConditionCheck: &row{TableName: "t", Key: item{text("pk", "p")}, ConditionExpression: "attribute_exists(pk)"}},
		},
		ClientRequestToken: word,
	}
}

func FuzzRequestIsWhatEncodingJSONWrites(f *testing.F) {
	for _, word := range []string{"", "plain", `{"a":"b\n"}`, "\x00\x1f\t\"\\/<>&", "Grüße \u2028 €", "no \xff UTF-8 \xed\xa0\x80", "𝄞"} {
		f.Add(word)
	}
	f.Fuzz(func(t *testing.T, word string) {
		for _, capacity := range []string{"", "TOTAL"} {
			in := alike(word)
			in.ReturnConsumedCapacity = capacity
			sameJSON(t, in.AppendJSON(nil), reflected(in))
			keys := []item{in.TransactItems[0].Put.Item, in.TransactItems[2].Update.Key}
			want := map[string]any{"RequestItems": map[string]any{word: map[string]any{"ConsistentRead": true, "Keys": []any{reflectedItem(keys[0]), reflectedItem(keys[1])}}}}
			if capacity != "" {
				want["ReturnConsumedCapacity"] = capacity
			}
			sameJSON(t, batchGet{word, keys, capacity}.AppendJSON(nil), want)
		}
	})
}

func sameJSON(t *testing.T, own []byte, in any) {
	t.Helper()
	marshalled, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	var want, got any
	if err := json.Unmarshal(marshalled, &want); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(own, &got); err != nil {
		t.Fatalf("%v\n%s", err, own)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("wrote\n%s\nencoding/json writes\n%s", own, marshalled)
	}
}

// reflected is a request in maps, of which package json knows how to write them.
func reflected(in transactWrite) map[string]any {
	var actions []any
	for _, a := range in.TransactItems {
		for kind, r := range map[string]*row{"Put": a.Put, "Update": a.Update, "ConditionCheck": a.ConditionCheck} {
			if r == nil {
				continue
			}
			one := map[string]any{"TableName": r.TableName}
			for name, it := range map[string]item{"Item": r.Item, "Key": r.Key, "ExpressionAttributeValues": r.ExpressionAttributeValues} {
				if it != nil {
					one[name] = reflectedItem(it)
				}
			}
			for name, text := range map[string]string{"UpdateExpression": r.UpdateExpression, "ConditionExpression": r.ConditionExpression, "ReturnValuesOnConditionCheckFailure": r.ReturnValuesOnConditionCheckFailure} {
				if text != "" {
					one[name] = text
				}
			}
			if names := map[string]string{}; r.ExpressionAttributeNames != nil {
				for _, p := range r.ExpressionAttributeNames {
					names[p.as] = p.name
				}
				one["ExpressionAttributeNames"] = names
			}
			actions = append(actions, map[string]any{kind: one})
		}
	}
	out := map[string]any{"TransactItems": actions, "ClientRequestToken": in.ClientRequestToken}
	if in.ReturnConsumedCapacity != "" {
		out["ReturnConsumedCapacity"] = in.ReturnConsumedCapacity
	}
	return out
}

func reflectedItem(it item) map[string]map[string]string {
	out := map[string]map[string]string{}
	for _, a := range it {
		out[a.name] = map[string]string{map[bool]string{false: "S", true: "N"}[a.number]: a.value}
	}
	return out
}

// FuzzRowIsWhatEncodingJSONReads holds the reader of rows against package json:
// of what is no row it may say so, but never something else. A row it reads.
func FuzzRowIsWhatEncodingJSONReads(f *testing.F) {
	for _, row := range []string{
		`{}`, `null`, `{"pk":{"S":"order#o_1"},"ver":{"N":"3"}}`, ` { "body" : { "S" : "{\"a\":\"b\\n\"}" } , "n" : {"N":"-1"} } `,
		`{"a":{"S":"\ud834\udd1e \u20ac \/"},"\u0062":{"S":""}}`, `{"a":{"\u0053":"x"}}`, `{"b":{"BOOL":true},"m":{"M":{"x":{"L":[{"S":"}"},{"NULL":true}]}}},"s":{"SS":["a","b"]},"z":{"S":"z"}}`,
		`{"a":{}}`, `{"a":1}`, `{"a":{"S":"x","N":"1"}}`, `{"a":{"S":null}}`, `{"a":{"S":1}}`, `[]`, `"a"`, `{"a":[]}`, `{"a":{"S":{"b":1}}}`,
	} {
		f.Add(row)
	}
	f.Fuzz(func(t *testing.T, row string) {
		var it item
		err := json.Unmarshal([]byte(row), &it)
		if doubled([]byte(row)) {
			return
		}
		if err != nil {
			if isRow([]byte(row)) {
				t.Errorf("refused: %v", err)
			}
			return
		}
		var read map[string]map[string]any
		if err := json.Unmarshal([]byte(row), &read); err != nil {
			t.Fatalf("read %v, package json says %v", it, err)
		}
		want := map[string]map[string]string{}
		for name, v := range read {
			for _, kind := range []string{"S", "N"} {
				if text, ok := v[kind].(string); ok {
					want[name] = map[string]string{kind: text}
				}
			}
		}
		if got := reflectedItem(it); utf8.ValidString(row) && !reflect.DeepEqual(got, want) {
			t.Errorf("read %v, package json reads %v", got, want)
		}
	})
}

// isRow reports whether a text is what DynamoDB says of a row of ours.
func isRow(text []byte) bool {
	var read map[string]map[string]*string
	if json.Unmarshal(text, &read) != nil {
		return false
	}
	for _, v := range read {
		s, n := v["S"], v["N"]
		if len(v) != 1 || s == nil && n == nil {
			return false
		}
	}
	return true
}

// doubled reports whether an object, or one right inside it, has a name twice:
// of such readers make what they like, and DynamoDB writes none.
func doubled(object []byte) bool {
	d := json.NewDecoder(bytes.NewReader(object))
	if open, _ := d.Token(); open != json.Delim('{') {
		return false
	}
	for had := map[json.Token]bool{}; d.More(); {
		name, _ := d.Token()
		var value json.RawMessage
		if d.Decode(&value) != nil || had[name] || doubled(value) {
			return true
		}
		had[name] = true
	}
	return false
}
