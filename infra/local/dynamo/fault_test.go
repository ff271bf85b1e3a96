package dynamo_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"duly/infra/local/dynamo"
)

// TestFaults: each failure that callers must survive, and whether the write happened.
func TestFaults(t *testing.T) {
	var fault dynamo.Fault
	var asked []string
	s := openStore(t, dynamo.Options{Now: atNoon, Fault: func(operation string, write bool) dynamo.Fault {
		if write {
			operation += "!"
		}
		asked = append(asked, operation)
		return fault
	}})
	put := func(sk string) error {
		_, err := s.db.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &s.table, Item: key("fault", sk)})
		return err
	}
	transact := func(sk string) error {
		return s.transact(t, "", s.putting(key("fault", sk), ""), s.checking(key("fault", "absent"), "attribute_not_exists(pk)", nil))
	}
	get := func(sk string) error {
		_, err := s.db.GetItem(t.Context(), &dynamodb.GetItemInput{TableName: &s.table, Key: key("fault", sk)})
		return err
	}
	checks := []struct {
		name     string
		fault    dynamo.Fault
		run      func(string) error
		code     string
		happened bool
	}{
		{"throttled put", dynamo.Fault{Refuse: dynamo.Throttled}, put, "ProvisionedThroughputExceededException", false},
		{"throttled read", dynamo.Fault{Refuse: dynamo.Throttled}, get, "ProvisionedThroughputExceededException", false},
		{"conflicting put", dynamo.Fault{Refuse: dynamo.Conflict}, put, "TransactionConflictException", false},
		{"conflicting transaction", dynamo.Fault{Refuse: dynamo.Conflict}, transact, "TransactionConflict None", false},
		{"unavailable", dynamo.Fault{Refuse: dynamo.Unavailable}, transact, "InternalServerError", false},
		{"lost answer of a put", dynamo.Fault{LoseAnswer: true}, put, "InternalServerError", true},
		{"lost answer of a transaction", dynamo.Fault{LoseAnswer: true}, transact, "InternalServerError", true},
		{"nothing wrong", dynamo.Fault{}, transact, "", true},
	}
	for _, check := range checks {
		t.Run(check.name, func(t *testing.T) {
			fault = check.fault
			want(t, cancelCodes(check.run(check.name)), check.code)
			fault = dynamo.Fault{}
			if happened := len(s.get(t, "fault", check.name)) > 0; happened != check.happened {
				t.Errorf("happened: %v", happened)
			}
		})
	}
	t.Run("asked with name and kind", func(t *testing.T) {
		asked = nil
		wantCode(t, put("asked"), "")
		wantCode(t, get("asked"), "")
		want(t, strings.Join(asked, " "), "PutItem! GetItem")
	})
}

// TestIndexLag: an index does not see the last writes, and never goes back.
func TestIndexLag(t *testing.T) {
	behind := 0
	s := openStore(t, dynamo.Options{Now: atNoon, IndexLag: func() int { return behind }})
	put := func(sk string) { s.put(t, at("lag", sk, row{"group": str("G"), "rank": str(sk)})) }
	sees := func(lag int, rows string) {
		t.Helper()
		behind = lag
		want(t, s.indexed(t, "G"), rows)
	}
	put("1")
	put("2")
	put("3")
	s.put(t, key("lag", "not indexed"))
	sees(5, "")
	sees(2, "1")
	sees(3, "1")
	must[row](t)(s.update(t, key("lag", "1"), "REMOVE #g", "", nil, map[string]string{"#g": "group"}))
	sees(1, "1 2 3")
	sees(0, "2 3")
	want(t, show(s.get(t, "lag", "1")["group"]), "nothing")
}
