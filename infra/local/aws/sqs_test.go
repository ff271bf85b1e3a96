package aws_test

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"duly/infra/local/aws"
)

func queues(t *testing.T, c *clock, file string) (*aws.SQS, *sqs.Client) {
	t.Helper()
	s := must(aws.NewSQS(aws.SQSOptions{Now: c.now, File: file, Queues: []aws.Queue{
		{Name: "inbox", Visibility: time.Minute, MaxReceive: 3, DeadLetter: "inbox-dead"}, {Name: "inbox-dead"},
	}}))
	return s, sqs.NewFromConfig(account(t, s))
}

func TestSendReceiveDelete(t *testing.T) {
	c := newClock()
	s, client := queues(t, c, "")
	url := sdk.String(aws.QueueURL(base, "inbox"))
	sent, err := client.SendMessage(t.Context(), &sqs.SendMessageInput{QueueUrl: url, MessageBody: sdk.String(`{"body":"€"}`),
		MessageAttributes: map[string]types.MessageAttributeValue{"endpoint": {DataType: sdk.String("String"), StringValue: sdk.String("demo")}}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.SendMessage(t.Context(), &sqs.SendMessageInput{QueueUrl: url, MessageBody: sdk.String("later"), DelaySeconds: 60}); err != nil {
		t.Fatal(err)
	}
	receive := func() []types.Message {
		out, err := client.ReceiveMessage(t.Context(), &sqs.ReceiveMessageInput{QueueUrl: url, MaxNumberOfMessages: 10,
			MessageAttributeNames: []string{"All"}, MessageSystemAttributeNames: []types.MessageSystemAttributeName{"All"}})
		if err != nil {
			t.Fatal(err)
		}
		return out.Messages
	}
	got := receive()
	if len(got) != 1 || *got[0].MessageId != *sent.MessageId || *got[0].Body != `{"body":"€"}` ||
		*got[0].MessageAttributes["endpoint"].StringValue != "demo" || got[0].Attributes["ApproximateReceiveCount"] != "1" {
		t.Fatalf("%+v", got)
	}
	if again := receive(); len(again) != 0 {
		t.Errorf("a hidden message was received: %+v", again)
	}
	if at, ok := s.NextVisible("inbox"); !ok || !at.Equal(c.at.Add(time.Minute)) {
		t.Errorf("next at %v", at)
	}
	state, err := client.GetQueueAttributes(t.Context(), &sqs.GetQueueAttributesInput{QueueUrl: url})
	if err != nil || state.Attributes["ApproximateNumberOfMessagesNotVisible"] != "2" {
		t.Errorf("%+v %v", state, err)
	}
	if _, err := client.DeleteMessage(t.Context(), &sqs.DeleteMessageInput{QueueUrl: url, ReceiptHandle: got[0].ReceiptHandle}); err != nil {
		t.Fatal(err)
	}
	c.advance(time.Minute)
	if got := receive(); len(got) != 1 || *got[0].Body != "later" {
		t.Errorf("%+v", got)
	}
}

func TestSQSRefuses(t *testing.T) {
	_, client := queues(t, newClock(), "")
	send := func(queue, body string) error {
		_, err := client.SendMessage(t.Context(), &sqs.SendMessageInput{QueueUrl: sdk.String(aws.QueueURL(base, queue)), MessageBody: &body})
		return err
	}
	var missing *types.QueueDoesNotExist
	if err := send("nowhere", "x"); !errors.As(err, &missing) {
		t.Errorf("unknown queue: %v", err)
	}
	if err := send("inbox", strings.Repeat("x", 1<<20+1)); code(err) != "InvalidParameterValue" {
		t.Errorf("too large: %v", err)
	}
	if err := send("inbox", ""); code(err) != "MissingParameter" {
		t.Errorf("empty: %v", err)
	}
}

func TestWhatIsNotDeletedShowsAgainAndIsGivenUp(t *testing.T) {
	c := newClock()
	s, client := queues(t, c, "")
	url := sdk.String(aws.QueueURL(base, "inbox"))
	for _, body := range []string{"a", "bad", "c"} {
		if _, err := client.SendMessage(t.Context(), &sqs.SendMessageInput{QueueUrl: url, MessageBody: &body}); err != nil {
			t.Fatal(err)
		}
	}
	for tries, want := range []int{3, 1, 1, 0} {
		out := must(client.ReceiveMessage(t.Context(), &sqs.ReceiveMessageInput{QueueUrl: url, MaxNumberOfMessages: 10}))
		if len(out.Messages) != want {
			t.Fatalf("try %d: %d messages", tries+1, len(out.Messages))
		}
		for _, m := range out.Messages {
			if *m.Body != "bad" {
				must(client.DeleteMessage(t.Context(), &sqs.DeleteMessageInput{QueueUrl: url, ReceiptHandle: m.ReceiptHandle}))
			}
		}
		c.advance(time.Minute)
	}
	if len(s.Messages("inbox")) != 0 || len(s.Messages("inbox-dead")) != 1 {
		t.Errorf("after three receipts: %d wait, %d dead", len(s.Messages("inbox")), len(s.Messages("inbox-dead")))
	}
	if moved, err := s.Redrive("inbox-dead", "inbox"); err != nil || moved != 1 || len(s.Messages("inbox")) != 1 {
		t.Errorf("redrove %d", moved)
	}
}

func TestQueuesSurviveARestart(t *testing.T) {
	c, file := newClock(), filepath.Join(t.TempDir(), "queues.json")
	_, client := queues(t, c, file)
	if _, err := client.SendMessage(t.Context(), &sqs.SendMessageInput{QueueUrl: sdk.String(aws.QueueURL(base, "inbox")), MessageBody: sdk.String("kept")}); err != nil {
		t.Fatal(err)
	}
	again, _ := queues(t, c, file)
	if m := again.Messages("inbox"); len(m) != 1 || m[0].Body != "kept" {
		t.Errorf("%+v", m)
	}
}
