package dynamo

import (
	"bytes"
	"encoding/json"
	"testing"
	"time"
)

// fuzzItem is a row with every type for expressions to work on.
const fuzzItem = `{"a":{"S":"text"},"b":{"N":"-12.5"},"c":{"L":[{"N":"1"},{"M":{"d":{"SS":["x","y"]}}},{"BOOL":true}]},
	"m":{"M":{"x":{"N":"1"},"y":{"NULL":true}}},"s":{"NS":["1","2"]},"t":{"BS":["AAE="]},"z":{"B":"AP8="}}`

const fuzzValues = `{":n":{"N":"3"},":s":{"S":"te"},":l":{"L":[]},":ss":{"SS":["x"]},":ns":{"NS":["2","3"]},":t":{"S":"N"},":b":{"B":"AA=="}}`

func readItem(t testing.TB, text string) item {
	t.Helper()
	r := &jsonReader{data: text}
	it := r.item(0)
	r.end()
	if r.err != nil || r.wrong != nil {
		t.Fatal(r.err, r.wrong)
	}
	return it
}

func fuzzPlaceholders(t testing.TB) *placeholders {
	return newPlaceholders(readItem(t, `{"#a":{"S":"a"},"#c":{"S":"c"},"#m":{"S":"m"}}`), readItem(t, fuzzValues))
}

// FuzzCondition: no expression brings parser or evaluator down, and evaluating
// twice gives the same answer.
func FuzzCondition(f *testing.F) {
	for _, seed := range []string{
		"attribute_exists(a) AND NOT contains(c, :n)", "b BETWEEN :n AND :n OR a IN (:s, :t)", "(#c[1].d = :ss)", "size(#m) >= size(a)",
		"begins_with(a, :s) and attribute_type(b, :t)", "m.x <> m.y", "contains(s, :n) or contains(z, :b)", "((a = :s))", "#a.#c[0][1]", "NOT NOT a<b",
	} {
		f.Add(seed)
	}
	it := readItem(f, fuzzItem)
	f.Fuzz(func(t *testing.T, source string) {
		c, err := parseCondition("ConditionExpression", source, fuzzPlaceholders(t))
		if err != nil {
			return
		}
		paths(c)
		if first, second := c.holds(it), c.holds(it); first != second {
			t.Error("a condition changed its mind")
		}
		c.holds(nil)
	})
}

// FuzzUpdate: an update either is refused or gives an item that stores and
// reads back as itself, and never changes the item it began with.
func FuzzUpdate(f *testing.F) {
	for _, seed := range []string{
		"SET a = :n, c[0] = b + :n REMOVE m.x", "ADD s :ns, b :n DELETE s :ns", "SET c = list_append(c, :l)", "SET #m.#a = if_not_exists(q, :s)",
		"REMOVE c[0], c[1].d, c[2]", "SET c[7] = :n, c[9] = :s", "DELETE c[1].d :ss", "SET x = (b - :n)", "set m.x=m.y remove m.y",
	} {
		f.Add(seed)
	}
	before := readItem(f, fuzzItem)
	stored := before.encode()
	f.Fuzz(func(t *testing.T, source string) {
		actions, err := parseUpdate(source, fuzzPlaceholders(t))
		if err != nil {
			return
		}
		after, err := applyActions(before, actions)
		if !bytes.Equal(before.encode(), stored) {
			t.Fatal("the update changed the old item")
		}
		if err != nil {
			return
		}
		again, err := decodeItem(after.encode())
		if err != nil || !again.equal(after) {
			t.Fatalf("stored %v, read %v (%v)", after, again, err)
		}
	})
}

// FuzzProjection: what a projection selects is part of the item.
func FuzzProjection(f *testing.F) {
	for _, seed := range []string{"a", "c[1].d, c[0], m", "#m.x, #c[2]", "c[1]", "a, a"} {
		f.Add(seed)
	}
	it := readItem(f, fuzzItem)
	f.Fuzz(func(t *testing.T, source string) {
		wanted, err := parseProjection(source, fuzzPlaceholders(t))
		if err != nil {
			return
		}
		if selected := selectPaths(it, wanted); selected.size() > it.size() {
			t.Errorf("selected %v", selected)
		}
	})
}

// FuzzKeyCondition: a range never has its end before its beginning, unless it is empty by its bounds.
func FuzzKeyCondition(f *testing.F) {
	for _, seed := range []string{"a = :s", "a = :s AND b > :n", "a = :s AND b BETWEEN :n AND :n", "b <= :n AND a = :t", "a = :s AND begins_with(b, :n)"} {
		f.Add(seed)
	}
	table := &table{Name: "fuzz", Key: keySchema{"a", "b"}, Types: map[string]string{"a": "S", "b": "N"}}
	f.Fuzz(func(t *testing.T, source string) {
		keys, err := parseKeyCondition(table, table.Key, source, fuzzPlaceholders(t))
		if err == nil && keys.high != nil && bytes.Compare(keys.low, keys.high) > 0 {
			t.Errorf("from %x to %x", keys.low, keys.high)
		}
	})
}

// FuzzItem: what can be read from JSON writes back to JSON that reads the same,
// and its stored form likewise.
func FuzzItem(f *testing.F) {
	f.Add([]byte(fuzzItem))
	f.Add([]byte(`{"a":{"S":"\u00e9\n\"\\ \ud83d\ude00"},"b":{"M":{}},"c":null}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		r := &jsonReader{data: string(body)}
		it := r.item(0)
		r.end()
		if r.err != nil || r.wrong != nil {
			return
		}
		written, err := json.Marshal(it)
		if err != nil {
			t.Fatal(err)
		}
		if again := readItem(t, string(written)); !again.equal(it) {
			t.Fatalf("%s reads as %v, not %v", written, again, it)
		}
		if len(it.encode()) != it.storedSize() {
			t.Fatalf("%v stores in %d bytes, not %d", it, len(it.encode()), it.storedSize())
		}
		if stored, err := decodeItem(it.encode()); err != nil || !stored.equal(it) {
			t.Fatalf("stored %v, read %v (%v)", it, stored, err)
		}
		it.size()
	})
}

// FuzzStoredItem: damaged pages are reported, they bring nothing down.
func FuzzStoredItem(f *testing.F) {
	f.Add(readItem(f, fuzzItem).encode())
	f.Add([]byte("\x01\x00\x02\x00")) // a number without digits
	f.Fuzz(func(t *testing.T, stored []byte) {
		it, err := decodeItem(stored)
		if err == nil {
			it.encode()
		}
	})
}

// FuzzRequest: no body brings an operation down, whatever it asks.
func FuzzRequest(f *testing.F) {
	f.Add("PutItem", []byte(`{"TableName":"fuzz","Item":`+fuzzItem+`}`))
	f.Add("UpdateItem", []byte(`{"TableName":"fuzz","Key":{"a":{"S":"x"}},"UpdateExpression":"SET b = :v","ExpressionAttributeValues":{":v":{"N":"1"}}}`))
	f.Add("Query", []byte(`{"TableName":"fuzz","KeyConditionExpression":"a = :v","ExpressionAttributeValues":{":v":{"S":"1"}},"Limit":1,"ScanIndexForward":false}`))
	f.Add("Scan", []byte(`{"TableName":"fuzz","Segment":0,"TotalSegments":1,"ExclusiveStartKey":{"a":{"S":"x"}}}`))
	f.Add("TransactWriteItems", []byte(`{"TransactItems":[{"Delete":{"TableName":"fuzz","Key":{"a":{"S":"x"}}}}],"ClientRequestToken":"t"}`))
	f.Add("BatchGetItem", []byte(`{"RequestItems":{"fuzz":{"Keys":[{"a":{"S":"x"}}]}}}`))
	f.Add("BatchWriteItem", []byte(`{"RequestItems":{"fuzz":[{"PutRequest":{"Item":{"a":{"S":"x"}}}}]}}`))
	f.Add("CreateTable", []byte(`{"TableName":"other","KeySchema":[{"AttributeName":"a","KeyType":"HASH"}],"AttributeDefinitions":[{"AttributeName":"a","AttributeType":"S"}],"BillingMode":"PAY_PER_REQUEST"}`))
	f.Fuzz(func(t *testing.T, operation string, body []byte) {
		e, err := Open(Options{Now: func() time.Time { return time.Unix(1767614400, 0) }})
		if err != nil {
			t.Fatal(err)
		}
		e.answer("CreateTable", `{"TableName":"fuzz","KeySchema":[{"AttributeName":"a","KeyType":"HASH"}],"AttributeDefinitions":[{"AttributeName":"a","AttributeType":"S"}],"BillingMode":"PAY_PER_REQUEST"}`)
		status, answer := e.answer(operation, string(body))
		if !json.Valid(answer) || status == 500 {
			t.Errorf("answered %d %s", status, answer)
		}
	})
}
