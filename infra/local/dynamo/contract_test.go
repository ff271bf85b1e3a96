package dynamo_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"
	"github.com/aws/smithy-go"

	"duly/infra/local/dynamo"
)

// The contract is what the product relies on, asked through the SDK. It runs
// over both page stores and, when DYNAMODB_ENDPOINT is set, over that endpoint
// too, for instance the real service.

type (
	value = types.AttributeValue
	row   = map[string]value
)

// store is one implementation under the contract, with one table.
type store struct {
	db      *dynamodb.Client
	streams *dynamodbstreams.Client
	engine  *dynamo.Engine // nil when it is an endpoint
	table   string
}

// noon is when the engine's clock stands in tests.
var noon = time.Date(2026, 1, 5, 12, 0, 0, 0, time.UTC)

func atNoon() time.Time { return noon }

// forEachStore runs one group of the contract over every store.
func forEachStore(t *testing.T, group func(t *testing.T, s *store)) {
	t.Run("memory", func(t *testing.T) { group(t, openStore(t, dynamo.Options{Now: atNoon})) })
	t.Run("file", func(t *testing.T) {
		group(t, openStore(t, dynamo.Options{Path: filepath.Join(t.TempDir(), "duly.db"), Now: atNoon}))
	})
	if endpoint := os.Getenv("DYNAMODB_ENDPOINT"); endpoint != "" {
		t.Run("endpoint", func(t *testing.T) {
			s := newStore(endpoint, http.DefaultClient)
			s.createTable(t)
			group(t, s)
		})
	}
}

func openStore(t testing.TB, o dynamo.Options) *store {
	t.Helper()
	engine, err := dynamo.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := engine.Close(); err != nil {
			t.Error(err)
		}
	})
	s := newStore("http://in.process", &http.Client{Transport: engine.Transport()})
	s.engine = engine
	s.createTable(t)
	return s
}

func newStore(endpoint string, client *http.Client) *store {
	login := credentials.NewStaticCredentialsProvider("local", "local", "")
	return &store{
		db: dynamodb.New(dynamodb.Options{
			Region: "us-east-1", BaseEndpoint: &endpoint, Credentials: login, HTTPClient: client, RetryMaxAttempts: 1,
		}),
		streams: dynamodbstreams.New(dynamodbstreams.Options{
			Region: "us-east-1", BaseEndpoint: &endpoint, Credentials: login, HTTPClient: client, RetryMaxAttempts: 1,
		}),
		table: fmt.Sprintf("contract-%d", time.Now().UnixNano()),
	}
}

// contractTable has a composite key, one index of each projection, and a stream.
func contractTable(name string) *dynamodb.CreateTableInput {
	text, number := types.ScalarAttributeTypeS, types.ScalarAttributeTypeN
	return &dynamodb.CreateTableInput{
		TableName:   &name,
		BillingMode: types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{
			{AttributeName: aws.String("pk"), AttributeType: text}, {AttributeName: aws.String("sk"), AttributeType: text},
			{AttributeName: aws.String("group"), AttributeType: text}, {AttributeName: aws.String("rank"), AttributeType: text},
			{AttributeName: aws.String("queue"), AttributeType: text}, {AttributeName: aws.String("due"), AttributeType: number},
		},
		KeySchema: keySchema("pk", "sk"),
		GlobalSecondaryIndexes: []types.GlobalSecondaryIndex{
			{IndexName: aws.String("everything"), KeySchema: keySchema("group", "rank"), Projection: &types.Projection{ProjectionType: types.ProjectionTypeAll}},
			{IndexName: aws.String("some"), KeySchema: keySchema("queue", "due"), Projection: &types.Projection{ProjectionType: types.ProjectionTypeInclude, NonKeyAttributes: []string{"amount"}}},
			{IndexName: aws.String("keys"), KeySchema: keySchema("queue"), Projection: &types.Projection{ProjectionType: types.ProjectionTypeKeysOnly}},
		},
		StreamSpecification: &types.StreamSpecification{StreamEnabled: aws.Bool(true), StreamViewType: types.StreamViewTypeNewAndOldImages},
	}
}

func (s *store) createTable(t testing.TB) {
	t.Helper()
	_, err := s.db.CreateTable(t.Context(), contractTable(s.table))
	if err != nil {
		t.Fatal(err)
	}
	// The service needs a while; the engine's table is active at once.
	waiter := dynamodb.NewTableExistsWaiter(s.db)
	if err := waiter.Wait(t.Context(), &dynamodb.DescribeTableInput{TableName: &s.table}, 2*time.Minute); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_, err := s.db.DeleteTable(context.Background(), &dynamodb.DeleteTableInput{TableName: &s.table})
		if err != nil {
			t.Error(err)
		}
	})
}

func keySchema(names ...string) []types.KeySchemaElement {
	elements := []types.KeySchemaElement{{AttributeName: &names[0], KeyType: types.KeyTypeHash}}
	if len(names) > 1 {
		elements = append(elements, types.KeySchemaElement{AttributeName: &names[1], KeyType: types.KeyTypeRange})
	}
	return elements
}

// Values, short.
func str(text string) value    { return &types.AttributeValueMemberS{Value: text} }
func num(text string) value    { return &types.AttributeValueMemberN{Value: text} }
func boolean(truth bool) value { return &types.AttributeValueMemberBOOL{Value: truth} }
func bin(raw string) value     { return &types.AttributeValueMemberB{Value: []byte(raw)} }
func null() value              { return &types.AttributeValueMemberNULL{Value: true} }
func list(v ...value) value    { return &types.AttributeValueMemberL{Value: v} }
func object(fields row) value  { return &types.AttributeValueMemberM{Value: fields} }
func set(v ...string) value    { return &types.AttributeValueMemberSS{Value: v} }
func numset(v ...string) value { return &types.AttributeValueMemberNS{Value: v} }

func key(pk, sk string) row { return row{"pk": str(pk), "sk": str(sk)} }

// at is a row with a key and some attributes.
func at(pk, sk string, attributes row) row {
	r := key(pk, sk)
	for name, v := range attributes {
		r[name] = v
	}
	return r
}

// show writes a value compactly, with sorted names, so that tests compare text.
func show(v any) string {
	switch v := v.(type) {
	case row:
		var fields []string
		for name, field := range v {
			fields = append(fields, name+":"+show(field))
		}
		slices.Sort(fields)
		return "{" + strings.Join(fields, " ") + "}"
	case *types.AttributeValueMemberS:
		return fmt.Sprintf("%q", v.Value)
	case *types.AttributeValueMemberN:
		return v.Value
	case *types.AttributeValueMemberB:
		return fmt.Sprintf("b%q", v.Value)
	case *types.AttributeValueMemberBOOL:
		return fmt.Sprint(v.Value)
	case *types.AttributeValueMemberNULL:
		return "null"
	case *types.AttributeValueMemberL:
		var elements []string
		for _, element := range v.Value {
			elements = append(elements, show(element))
		}
		return "[" + strings.Join(elements, " ") + "]"
	case *types.AttributeValueMemberM:
		return show(v.Value)
	case *types.AttributeValueMemberSS:
		return showSet(v.Value)
	case *types.AttributeValueMemberNS:
		return showSet(v.Value)
	case nil:
		return "nothing"
	}
	return fmt.Sprintf("%T", v)
}

func showSet(members []string) string {
	members = slices.Clone(members)
	slices.Sort(members)
	return "<" + strings.Join(members, " ") + ">"
}

// code is an error's code as the service names it; empty for no error.
func code(err error) string {
	var failure smithy.APIError
	switch {
	case err == nil:
		return ""
	case errors.As(err, &failure):
		return failure.ErrorCode()
	}
	return "not an answer: " + err.Error()
}

// cancelCodes lists the reasons of a cancelled transaction.
func cancelCodes(err error) string {
	var cancelled *types.TransactionCanceledException
	if !errors.As(err, &cancelled) {
		return code(err)
	}
	var codes []string
	for _, reason := range cancelled.CancellationReasons {
		codes = append(codes, aws.ToString(reason.Code))
	}
	return strings.Join(codes, " ")
}

func wantCode(t *testing.T, err error, want string) {
	t.Helper()
	if got := code(err); got != want {
		t.Errorf("answered %q, want %q (%v)", got, want, err)
	}
}

func want(t *testing.T, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func must[T any](t testing.TB) func(v T, err error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func optional(expression string) *string {
	if expression == "" {
		return nil
	}
	return &expression
}

// put stores a row, which must succeed.
func (s *store) put(t testing.TB, r row) {
	t.Helper()
	if _, err := s.db.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &s.table, Item: r}); err != nil {
		t.Fatal(err)
	}
}

func (s *store) get(t testing.TB, pk, sk string) row {
	t.Helper()
	answer, err := s.db.GetItem(t.Context(), &dynamodb.GetItemInput{TableName: &s.table, Key: key(pk, sk), ConsistentRead: aws.Bool(true)})
	if err != nil {
		t.Fatal(err)
	}
	return answer.Item
}

// update runs an UpdateItem that returns the whole new row.
func (s *store) update(t testing.TB, k row, update, condition string, values row, names map[string]string) (row, error) {
	t.Helper()
	answer, err := s.db.UpdateItem(t.Context(), &dynamodb.UpdateItemInput{
		TableName: &s.table, Key: k, UpdateExpression: optional(update), ConditionExpression: optional(condition),
		ExpressionAttributeValues: values, ExpressionAttributeNames: names, ReturnValues: types.ReturnValueAllNew,
	})
	if err != nil {
		return nil, err
	}
	return answer.Attributes, nil
}

// query runs a Query on the table; change adjusts it.
func (s *store) query(t testing.TB, condition string, values row, change ...func(*dynamodb.QueryInput)) (*dynamodb.QueryOutput, error) {
	t.Helper()
	input := &dynamodb.QueryInput{TableName: &s.table, KeyConditionExpression: &condition, ExpressionAttributeValues: values}
	for _, adjust := range change {
		adjust(input)
	}
	return s.db.Query(t.Context(), input)
}

// eventually repeats a read until it shows what is wanted: the indexes of the
// real service follow with a delay, those of the engine do not.
func (s *store) eventually(t *testing.T, want string, read func() string) {
	t.Helper()
	got := read()
	for try := 0; got != want && s.engine == nil && try < 50; try++ {
		time.Sleep(200 * time.Millisecond)
		got = read()
	}
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// sortKeys lists the sort keys of rows.
func sortKeys(rows []row) string {
	var keys []string
	for _, r := range rows {
		if sk, ok := r["sk"].(*types.AttributeValueMemberS); ok {
			keys = append(keys, sk.Value)
		}
	}
	return strings.Join(keys, " ")
}
