package store

import (
	"bytes"
	"encoding/json"
	"reflect"
	"testing"
)

// alike is a request of every kind of row, with texts that need care.
func alike(word string) transactWrite {
	value := item{":v": text(word), ":n": number(-7)}
	return transactWrite{
		TransactItems: []action{
			{Put: &row{TableName: "t", Item: item{"pk": text(word), "empty": text(""), "n": number(42)}}},
			{Put: &row{TableName: "t", Item: item{"pk": text("p")}, ConditionExpression: "#a = :v", ReturnValuesOnConditionCheckFailure: old, ExpressionAttributeNames: map[string]string{"#b": "b", "#a": word}, ExpressionAttributeValues: value}},
			{Update: &row{TableName: word, Key: item{"pk": text("p"), "sk": text("s")}, UpdateExpression: "ADD n :n", ExpressionAttributeValues: value}},
			{ConditionCheck: &row{TableName: "t", Key: item{"pk": text("p")}, ConditionExpression: "attribute_exists(pk)"}},
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
			reflected, err := json.Marshal(in)
			if err != nil {
				t.Fatal(err)
			}
			own := in.AppendJSON(nil)
			var want, got any
			if err := json.Unmarshal(reflected, &want); err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal(own, &got); err != nil {
				t.Fatalf("%v\n%s", err, own)
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("wrote\n%s\nencoding/json writes\n%s", own, reflected)
			}
			if again := in.AppendJSON(nil); !bytes.Equal(again, own) {
				t.Errorf("wrote\n%s\nand then\n%s", own, again)
			}
		}
	})
}
