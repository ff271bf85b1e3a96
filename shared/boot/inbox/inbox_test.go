package inbox

import (
	"net/http/httptest"
	"testing"
	"time"

	loopback "duly/infra/local/aws"
	"duly/shared/o2c/fault"
)

func TestPut(t *testing.T) {
	now := time.Unix(1767600000, 0)
	queues, err := loopback.NewSQS(loopback.SQSOptions{Now: func() time.Time { return now }, Queues: []loopback.Queue{{Name: "order-webhook", Visibility: time.Minute}}})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(queues)
	t.Cleanup(server.Close)
	for name, value := range map[string]string{
		"INBOX": loopback.QueueURL(server.URL, "order-webhook"), "AWS_ENDPOINT_URL_SQS": server.URL, "AWS_REGION": "eu-west-1",
		"AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "secret",
	} {
		t.Setenv(name, value)
	}
	q, err := FromEnvironment()
	if err != nil {
		t.Fatal(err)
	}
	if err := q.Put(t.Context(), `{"body":"€"}`); err != nil {
		t.Fatal(err)
	}
	if m := queues.Messages("order-webhook"); len(m) != 1 || m[0].Body != `{"body":"€"}` {
		t.Errorf("%+v", m)
	}
	t.Setenv("INBOX", loopback.QueueURL(server.URL, "gone"))
	if q, err = FromEnvironment(); err != nil {
		t.Fatal(err)
	}
	if err := q.Put(t.Context(), "x"); !fault.Is(err, fault.Unavailable) {
		t.Errorf("%v", err)
	}
	t.Setenv("INBOX", "")
	if _, err := FromEnvironment(); !fault.Is(err, fault.Config) {
		t.Errorf("%v", err)
	}
}
