package dynamo_test

import (
	"context"
	"encoding/json"
	"errors"
	"hash/crc32"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"duly/infra/local/dynamo"
)

// call speaks the protocol by hand.
func call(t *testing.T, client *http.Client, url, operation, body string) (status int, answer map[string]any) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Amz-Target", "DynamoDB_20120810."+operation)
	response, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	if sum := response.Header.Get("X-Amz-Crc32"); sum != "" && sum != strconv.FormatUint(uint64(crc32.ChecksumIEEE(raw)), 10) {
		t.Error("the checksum does not fit the answer")
	}
	if err := json.Unmarshal(raw, &answer); err != nil {
		t.Fatalf("%s: %v", raw, err)
	}
	return response.StatusCode, answer
}

// TestLoudRefusals: what the engine does not honour is named, never ignored.
func TestLoudRefusals(t *testing.T) {
	s := openStore(t, dynamo.Options{Now: atNoon})
	client := &http.Client{Transport: s.engine.Transport()}
	item := `"TableName":"` + s.table + `","Item":{"pk":{"S":"a"},"sk":{"S":"b"}}`
	checks := []struct{ name, operation, body, code, message string }{
		{"operation", "ExecuteStatement", `{}`, "UnknownOperationException", `operation "ExecuteStatement" is not served`},
		{"parameter", "PutItem", `{` + item + `,"Expected":{}}`, validation, "parameter Expected is not supported"},
		{"parameter of another operation", "PutItem", `{` + item + `,"UpdateExpression":"REMOVE a"}`, validation, "parameter UpdateExpression is not supported"},
		{"parameter in a transaction", "TransactWriteItems", `{"TransactItems":[{"Put":{` + item + `,"ReturnValues":"ALL_OLD"}}]}`, validation, "parameter ReturnValues is not supported"},
		{"operation in a transaction", "TransactWriteItems", `{"TransactItems":[{"Get":{}}]}`, validation, "parameter Get is not supported"},
		{"parameter of a table", "CreateTable", `{"TableName":"abc","LocalSecondaryIndexes":[]}`, validation, "parameter LocalSecondaryIndexes is not supported"},
		{"parameter of an altered table", "UpdateTable", `{"TableName":"abc","BillingMode":"PROVISIONED"}`, validation, "parameter BillingMode is not supported"},
		{"not JSON", "PutItem", `{"TableName"`, "SerializationException", "byte 12"},
		{"not an object", "PutItem", `[]`, "SerializationException", "expected '{'"},
		{"something after the end", "PutItem", `{` + item + `} {}`, "SerializationException", "expected the end"},
		{"unknown type", "PutItem", `{"TableName":"abc","Item":{"pk":{"X":"a"}}}`, "SerializationException", "unknown attribute type X"},
		{"number as a number", "PutItem", `{"TableName":"abc","Item":{"pk":{"N":1}}}`, "SerializationException", "expected '\"'"},
		{"two types", "PutItem", `{"TableName":"abc","Item":{"pk":{"S":"a","N":"1"}}}`, validation, "more than one datatypes"},
		{"no type", "PutItem", `{"TableName":"abc","Item":{"pk":{}}}`, validation, "Supplied AttributeValue is empty"},
		{"not UTF-8", "PutItem", `{"TableName":"abc","Item":{"pk":{"S":"` + "\xff" + `"}}}`, "SerializationException", "not UTF-8"},
		{"nested too deep to read", "PutItem", `{"TableName":"abc","Item":{"pk":` + strings.Repeat(`{"L":[`, 100000), validation, "Nesting Levels have exceeded"},
	}
	for _, check := range checks {
		t.Run(check.name, func(t *testing.T) {
			status, answer := call(t, client, "http://in.process", check.operation, check.body)
			kind, _ := answer["__type"].(string)
			message, _ := answer["message"].(string)
			if status != http.StatusBadRequest || !strings.HasSuffix(kind, "#"+check.code) || !strings.Contains(message, check.message) {
				t.Errorf("answered %d %s %q, want %s %q", status, kind, message, check.code, check.message)
			}
		})
	}
}

// TestOnASocket: the same engine behind a server, with the checksum that SDKs verify.
func TestOnASocket(t *testing.T) {
	s := openStore(t, dynamo.Options{Now: atNoon})
	server := httptest.NewServer(s.engine)
	defer server.Close()
	s.put(t, at("socket", "a", row{"v": str("in process, \"quoted\", <b>, \u2028")}))
	remote := newStore(server.URL, server.Client())
	remote.table = s.table
	want(t, show(remote.get(t, "socket", "a")["v"]), show(str("in process, \"quoted\", <b>, \u2028")))
	status, answer := call(t, server.Client(), server.URL, "Nope", "{}")
	if status != http.StatusBadRequest || answer["message"] == "" {
		t.Errorf("answered %d %v", status, answer)
	}
}

func TestTransportHonoursTheContext(t *testing.T) {
	s := openStore(t, dynamo.Options{Now: atNoon})
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := s.db.PutItem(cancelled, &dynamodb.PutItemInput{TableName: &s.table, Item: key("cancelled", "a")})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("answered %v", err)
	}
	want(t, show(s.get(t, "cancelled", "a")), "{}")
}

func TestOpenRefusals(t *testing.T) {
	path := filepath.Join(t.TempDir(), "duly.db")
	first, err := dynamo.Open(dynamo.Options{Path: path, Now: atNoon})
	if err != nil {
		t.Fatal(err)
	}
	refused := func(name, sentence string, o dynamo.Options) {
		t.Run(name, func(t *testing.T) {
			_, err := dynamo.Open(o)
			if err == nil || !strings.Contains(err.Error(), sentence) {
				t.Errorf("answered %v, want %q", err, sentence)
			}
		})
	}
	refused("a file in use", "is in use — another process holds its lock — stop that process", dynamo.Options{Path: path, Now: atNoon})
	refused("no clock", "engine has no clock", dynamo.Options{})
	refused("lag on a file", "engine cannot lag on a file", dynamo.Options{Path: path, Now: atNoon, IndexLag: func() int { return 1 }})
	refused("a directory", "cannot be opened", dynamo.Options{Path: t.TempDir(), Now: atNoon})
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestReopen: everything is there again, tables, rows, indexes, tokens and the
// stream's sequence numbers.
func TestReopen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "duly.db")
	engine, err := dynamo.Open(dynamo.Options{Path: path, Now: atNoon})
	if err != nil {
		t.Fatal(err)
	}
	s := newStore("http://in.process", &http.Client{Transport: engine.Transport()})
	s.engine = engine
	must[*dynamodb.CreateTableOutput](t)(s.db.CreateTable(t.Context(), &dynamodb.CreateTableInput{
		TableName: &s.table, BillingMode: types.BillingModePayPerRequest, KeySchema: keySchema("pk", "sk"),
		AttributeDefinitions: []types.AttributeDefinition{
			{AttributeName: aws.String("pk"), AttributeType: types.ScalarAttributeTypeS}, {AttributeName: aws.String("sk"), AttributeType: types.ScalarAttributeTypeS},
			{AttributeName: aws.String("group"), AttributeType: types.ScalarAttributeTypeS}, {AttributeName: aws.String("rank"), AttributeType: types.ScalarAttributeTypeS},
		},
		GlobalSecondaryIndexes: []types.GlobalSecondaryIndex{{
			IndexName: aws.String("everything"), KeySchema: keySchema("group", "rank"), Projection: &types.Projection{ProjectionType: types.ProjectionTypeAll},
		}},
		StreamSpecification: &types.StreamSpecification{StreamEnabled: aws.Bool(true), StreamViewType: types.StreamViewTypeKeysOnly},
	}))
	add := s.updating(at("kept", "a", nil), "ADD n :one", "", row{":one": num("1")})
	wantCode(t, s.transact(t, "token", add), "")
	s.put(t, at("kept", "b", row{"group": str("G"), "rank": str("1")}))
	if err := engine.Close(); err != nil {
		t.Fatal(err)
	}

	engine, err = dynamo.Open(dynamo.Options{Path: path, Now: atNoon})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = engine.Close() }()
	reopened := newStore("http://in.process", &http.Client{Transport: engine.Transport()})
	reopened.engine, reopened.table = engine, s.table
	wantCode(t, reopened.transact(t, "token", add), "")
	want(t, show(reopened.get(t, "kept", "a")["n"]), "1")
	want(t, reopened.indexed(t, "G"), "b")
	reopened.put(t, key("kept", "c"))
	all := records(t, reopened, 0)
	if len(all) != 3 || all[2].Sequence != 3 || strings.Contains(string(all[2].JSON), "Image") {
		t.Errorf("stream: %v", all)
	}
}
