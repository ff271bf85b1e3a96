package webhook

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"duly/shared/handler/trigger"
)

// triesMax is how often a message of the inbox is tried before a person is asked,
// with five minutes between two tries: time enough for an outage, and for what a
// message was ahead of.
const triesMax = 8

// reserve is what a tick leaves of the function's time, so that what it did is
// taken out of the inbox.
const reserve = time.Second

// emptyMax is after how many empty looks in a row the inbox counts as empty: SQS
// asks some of its machines only.
const emptyMax = 2

// tick drains the inbox until it is empty or the time is used up; what fails again
// shows again (row 12).
func (d *door) tick(ctx context.Context, _ trigger.Tick) error {
	within := ctx
	if deadline, ok := ctx.Deadline(); ok {
		var cancel context.CancelFunc
		within, cancel = context.WithDeadline(ctx, deadline.Add(-reserve))
		defer cancel()
	}
	for empty := 0; empty < emptyMax && within.Err() == nil; {
		batch, err := d.Inbox.Take(within)
		if err != nil {
			return err
		}
		if len(batch) == 0 {
			empty++
		}
		for _, k := range batch {
			if err := d.again(within, k); err != nil {
				d.Log.WarnContext(ctx, "later: the message stays in the inbox", "err", err)
				continue
			}
			if err := d.Inbox.Done(ctx, k); err != nil {
				return err
			}
		}
	}
	return nil
}

// again acts on a message that was put aside. One that fails and fails is for a
// person; only what cannot even be parked stays.
func (d *door) again(ctx context.Context, k Kept) error {
	var m Message
	if err := json.Unmarshal([]byte(k.Message), &m); err != nil {
		return err // nobody but this function writes here: the dead letters show it
	}
	err := d.act(ctx, m)
	if err == nil || k.Tries < triesMax || ctx.Err() != nil {
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
