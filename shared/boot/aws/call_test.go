package aws

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	dynamo "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	events "github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/aws/aws-sdk-go-v2/service/sesv2"
	mail "github.com/aws/aws-sdk-go-v2/service/sesv2/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	queue "github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"
)

// asked is what a service sees of a request.
type asked struct {
	Method, URL, Type, Target, Token, Scope string
	Body                                    any
}

// record notes what clients ask of a service that answers {}.
type record struct{ seen []asked }

func (s *record) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	raw, _ := io.ReadAll(r.Body)
	var body any
	_ = json.Unmarshal(raw, &body)
	scope := regexp.MustCompile(`Credential=id/[0-9]{8}/(\S+),`).FindStringSubmatch(r.Header.Get("Authorization"))
	s.seen = append(s.seen, asked{r.Method, r.URL.String(), r.Header.Get("Content-Type"), r.Header.Get("X-Amz-Target"), r.Header.Get("X-Amz-Security-Token"), strings.Join(scope[1:], ""), body})
	_, _ = w.Write([]byte(`{}`))
}

func configured(client *http.Client) sdk.Config {
	return sdk.Config{Region: "eu-west-1", Credentials: credentials.NewStaticCredentialsProvider("id", "secret", "token"), HTTPClient: client}
}

// into sends every request to one handler, wherever it goes.
type into struct{ http.Handler }

func (h into) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result(), nil
}

func named(service Operation, operation string) Operation {
	service.Target += "." + operation
	return service
}

// The SDK's clients are the referees of our requests, and of where they go.
func TestAsksAsTheSDKDoes(t *testing.T) {
	at := time.UnixMilli(1767600000123)
	for name, row := range map[string]struct {
		op     Operation
		in     any
		theirs func(sdk.Config) error
	}{
		"rows": {named(Table, "TransactWriteItems"), map[string]any{"ClientRequestToken": "once", "TransactItems": []any{map[string]any{"Put": map[string]any{"TableName": "duly", "Item": map[string]any{"pk": map[string]any{"S": "a"}, "n": map[string]any{"N": "1"}}}}}}, func(c sdk.Config) error {
			_, err := dynamodb.NewFromConfig(c).TransactWriteItems(t.Context(), &dynamodb.TransactWriteItemsInput{ClientRequestToken: sdk.String("once"), TransactItems: []dynamo.TransactWriteItem{{Put: &dynamo.Put{
				TableName: sdk.String("duly"), Item: map[string]dynamo.AttributeValue{"pk": &dynamo.AttributeValueMemberS{Value: "a"}, "n": &dynamo.AttributeValueMemberN{Value: "1"}},
			}}}})
			return err
		}},
		"parameter": {GetParameter, map[string]any{"Name": "/duly/x", "WithDecryption": true}, func(c sdk.Config) error {
			_, err := ssm.NewFromConfig(c).GetParameter(t.Context(), &ssm.GetParameterInput{Name: sdk.String("/duly/x"), WithDecryption: sdk.Bool(true)})
			return err
		}},
		"events": {PutEvents, map[string]any{"Entries": []any{map[string]any{"EventBusName": "duly", "Time": 1767600000.123}}}, func(c sdk.Config) error {
			_, err := eventbridge.NewFromConfig(c).PutEvents(t.Context(), &eventbridge.PutEventsInput{Entries: []events.PutEventsRequestEntry{{EventBusName: sdk.String("duly"), Time: &at}}})
			return err
		}},
		"message": {named(SQS, "SendMessage"), map[string]any{"QueueUrl": "https://sqs.eu-west-1.amazonaws.com/1/duly", "MessageBody": "€"}, func(c sdk.Config) error {
			_, err := sqs.NewFromConfig(c, func(o *sqs.Options) { o.DisableMessageChecksumValidation = true }).SendMessage(t.Context(), &sqs.SendMessageInput{QueueUrl: sdk.String("https://sqs.eu-west-1.amazonaws.com/1/duly"), MessageBody: sdk.String("€")})
			return err
		}},
		"take": {named(SQS, "ReceiveMessage"), map[string]any{"QueueUrl": "https://sqs.eu-west-1.amazonaws.com/1/duly", "MaxNumberOfMessages": 10, "MessageSystemAttributeNames": []string{"ApproximateReceiveCount"}}, func(c sdk.Config) error {
			_, err := sqs.NewFromConfig(c, func(o *sqs.Options) { o.DisableMessageChecksumValidation = true }).ReceiveMessage(t.Context(), &sqs.ReceiveMessageInput{QueueUrl: sdk.String("https://sqs.eu-west-1.amazonaws.com/1/duly"), MaxNumberOfMessages: 10, MessageSystemAttributeNames: []queue.MessageSystemAttributeName{"ApproximateReceiveCount"}})
			return err
		}},
		"mail": {SendEmail, map[string]any{"FromEmailAddress": "a@b.example", "Content": map[string]any{"Raw": map[string]any{"Data": []byte("x")}}, "EmailTags": []any{map[string]any{"Name": "n", "Value": "v"}}}, func(c sdk.Config) error {
			_, err := sesv2.NewFromConfig(c).SendEmail(t.Context(), &sesv2.SendEmailInput{FromEmailAddress: sdk.String("a@b.example"), Content: &mail.EmailContent{Raw: &mail.RawMessage{Data: []byte("x")}}, EmailTags: []mail.MessageTag{{Name: sdk.String("n"), Value: sdk.String("v")}}})
			return err
		}},
	} {
		t.Run(name, func(t *testing.T) {
			service := &record{}
			client := &http.Client{Transport: into{service}}
			var out struct{}
			if err := NewCall(configured(client), row.op, client, Patience{}).Do(t.Context(), row.in, &out); err != nil {
				t.Fatal(err)
			}
			if err := row.theirs(configured(client)); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(service.seen[1], service.seen[0]); diff != "" {
				t.Errorf("ours (+) differs from the SDK's (-):\n%s", diff)
			}
		})
	}
}

// What may pass is tried again, as often as asked; a last word is a last word, and says whose.
func TestTriesAgain(t *testing.T) {
	for name, row := range map[string]struct {
		status       int
		header, body string
		tries, want  int
		code         string
		final        bool
	}{
		"server": {500, "", "", 0, 3, "", false}, "slow down": {400, "", `{"__type":"com.amazonaws#ThrottlingException"}`, 0, 3, "ThrottlingException", false},
		"once": {500, "", "", 1, 1, "", false}, "no": {400, "MessageRejected:http://internal", `{"message":"not verified"}`, 0, 1, "MessageRejected", true},
	} {
		t.Run(name, func(t *testing.T) {
			times := 0
			client := &http.Client{Transport: into{http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				times++
				w.Header().Set("X-Amzn-Errortype", row.header)
				w.WriteHeader(row.status)
				_, _ = io.WriteString(w, row.body)
			})}}
			c := NewCall(configured(client), SendEmail, client, Patience{Tries: row.tries})
			c.again = retry.NewStandard(func(o *retry.StandardOptions) {
				o.MaxAttempts = c.again.MaxAttempts()
				o.Backoff = retry.BackoffDelayerFunc(func(int, error) (time.Duration, error) { return 0, nil })
			})
			err := c.Do(t.Context(), struct{}{}, &struct{}{})
			var api smithy.APIError
			if !errors.As(err, &api) || api.ErrorCode() != row.code || c.Final(err) != row.final || times != row.want {
				t.Errorf("%v, final %v, %d times", err, c.Final(err), times)
			}
		})
	}
}

// An answer that was damaged on the way is none: DynamoDB sends the checksum of each.
func TestAnswersAreWhole(t *testing.T) {
	for sum, whole := range map[string]bool{"2745614147": true, "1": false} { // CRC-32 of {}
		client := &http.Client{Transport: into{http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X-Amz-Crc32", sum)
			_, _ = io.WriteString(w, "{}")
		})}}
		err := NewCall(configured(client), Table, client, Patience{Tries: 1}).Ask(t.Context(), "Query", struct{}{}, &struct{}{})
		if (err == nil) != whole {
			t.Errorf("sum %s: %v", sum, err)
		}
	}
}

func TestGoesWhereTheEnvironmentSays(t *testing.T) {
	service := &record{}
	client := &http.Client{Transport: into{service}}
	t.Setenv("AWS_ENDPOINT_URL_SESV2", "http://127.0.0.1:1/aws/")
	if err := NewCall(configured(client), SendEmail, client, Patience{}).Do(t.Context(), struct{}{}, &struct{}{}); err != nil {
		t.Fatal(err)
	}
	if got := service.seen[0].URL; got != "http://127.0.0.1:1/aws/v2/email/outbound-emails" {
		t.Errorf("went to %s", got)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := NewCall(configured(nil), SendEmail, nil, Patience{}).Do(ctx, struct{}{}, &struct{}{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
