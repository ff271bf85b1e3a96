package webhook

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/events"
)

// triesMax is how often the inbox brings a message back before a person is
// asked, with the inbox's minute between two tries: time enough for an outage,
// and for what a message was ahead of.
const triesMax = 8

// reserve is what a batch leaves of the function's time, so that it is answered
// for as far as it came.
const reserve = time.Second

// queue takes what the inbox brings back and reports those alone that failed
// again (row 12).
func (d *door) queue(ctx context.Context, batch events.SQSEvent) (events.SQSEventResponse, error) {
	if deadline, ok := ctx.Deadline(); ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, deadline.Add(-reserve))
		defer cancel()
	}
	var out events.SQSEventResponse
	for _, record := range batch.Records {
		if err := d.again(ctx, record); err != nil {
			d.Log.WarnContext(ctx, "later: the message stays in the inbox", "message", record.MessageId, "err", err)
			out.BatchItemFailures = append(out.BatchItemFailures, events.SQSBatchItemFailure{ItemIdentifier: record.MessageId})
		}
	}
	return out, nil
}

// again acts on a message that was put aside. One that fails and fails is for a
// person; only what cannot even be parked stays.
func (d *door) again(ctx context.Context, record events.SQSMessage) error {
	var m Message
	if err := json.Unmarshal([]byte(record.Body), &m); err != nil {
		return err // nobody but this function writes here: the dead letters show it
	}
	err := d.act(ctx, m)
	tries, _ := strconv.Atoi(record.Attributes["ApproximateReceiveCount"])
	if err == nil || tries < triesMax || ctx.Err() != nil {
		return err
	}
	return d.park(ctx, m, err)
}

func (m Message) encode() string {
	out, err := json.Marshal(m)
	if err != nil {
		panic("webhook: " + err.Error()) // texts, bytes and a time
	}
	return string(out)
}

// headersKept are the headers worth keeping, by how their names begin, and
// those among them that are not: a signature is as good as the body's author.
var (
	headersKept   = []string{"Content-Type", "User-Agent", "X-Shopify-", "X-Wc-", "Webhook-Id", "Webhook-Timestamp"}
	headersSecret = []string{"hmac", "signature"}
)

// headerMax bounds one header that is kept.
const headerMax = 300

func kept(header http.Header) map[string]string {
	out := map[string]string{}
	for name := range header {
		value := header.Get(name)
		if begins(name, headersKept) && !contains(strings.ToLower(name), headersSecret) && len(value) <= headerMax {
			out[name] = value
		}
	}
	return out
}

func begins(s string, prefixes []string) bool {
	for _, p := range prefixes {
		if strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
}

func contains(s string, parts []string) bool {
	for _, p := range parts {
		if strings.Contains(s, p) {
			return true
		}
	}
	return false
}
