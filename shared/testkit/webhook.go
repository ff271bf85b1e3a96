package testkit

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"duly/shared/handler/trigger"
	"duly/shared/o2c"
	"duly/shared/o2c/fault"
	"duly/shared/store"
)

// Silent is a log that nobody reads.
func Silent() *slog.Logger { return slog.New(slog.DiscardHandler) }

// Post sends a message to a function as API Gateway passes it on.
func Post(ctx context.Context, t testing.TB, h trigger.Handler, path string, header http.Header, body []byte) (status int, text string) {
	t.Helper()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "https://duly.example"+path, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header = header
	out, err := h.HTTP(ctx, trigger.Request(r, body))
	if err != nil {
		t.Fatal(err)
	}
	return out.StatusCode, out.Body
}

// Disturbed is the world's cycle over another connection to the same table, to
// which disturb does what it likes; nothing waits between two attempts.
func (w *World) Disturbed(instance string, disturb func(next http.RoundTripper, r *http.Request) (*http.Response, error)) *o2c.Cycle {
	next := w.Engine.Transport()
	wire := roundTripper(func(r *http.Request) (*http.Response, error) { return disturb(next, r) })
	c := *w.Cycle
	c.Store = store.New(API(wire), Table, store.Options{Instance: instance, Sleep: func(ctx context.Context, _ time.Duration) error { return ctx.Err() }})
	return &c
}

type roundTripper func(*http.Request) (*http.Response, error)

// RoundTrip calls the function.
func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// Locker holds signing secrets by endpoint; Next are those that reading anew
// gives, and Reads counts how often that happened.
type Locker struct {
	Now   map[string][]string
	Next  map[string][]string
	Reads int
}

// Active gives the secrets as they were last read.
func (l *Locker) Active(_ context.Context, endpoint string) ([]string, error) {
	if len(l.Now[endpoint]) == 0 {
		return nil, fault.New(fault.Config, "No signature can be verified", "there is no secret", "")
	}
	return l.Now[endpoint], nil
}

// Renewed reads them anew.
func (l *Locker) Renewed(_ context.Context, endpoint string) ([]string, bool, error) {
	l.Reads++
	if next, ok := l.Next[endpoint]; ok {
		l.Now[endpoint] = next
	}
	return l.Now[endpoint], true, nil
}

// Tray is a function's inbox: what is put there comes back when told, and Down
// makes it fail.
type Tray struct {
	mu       sync.Mutex
	Messages []events.SQSMessage
	Down     bool
}

// Put keeps a message.
func (b *Tray) Put(_ context.Context, message string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.Down {
		return fault.New(fault.Unavailable, "The inbox does not answer", "it is down", "")
	}
	b.Messages = append(b.Messages, events.SQSMessage{MessageId: fmt.Sprintf("m%d", len(b.Messages)+1), Body: message, EventSource: "aws:sqs", Attributes: map[string]string{}})
	return nil
}

// Redeliver brings all messages back as one batch, which drops those that are
// not reported as failed, and tells which are.
func (b *Tray) Redeliver(ctx context.Context, t testing.TB, h trigger.Handler) (failed []string) {
	t.Helper()
	for i := range b.Messages {
		n := 0
		_, _ = fmt.Sscan(b.Messages[i].Attributes["ApproximateReceiveCount"], &n)
		b.Messages[i].Attributes["ApproximateReceiveCount"] = fmt.Sprint(n + 1)
	}
	out, err := h.Queue(ctx, events.SQSEvent{Records: b.Messages})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range out.BatchItemFailures {
		failed = append(failed, f.ItemIdentifier)
	}
	b.Messages = slices.DeleteFunc(b.Messages, func(m events.SQSMessage) bool { return !slices.Contains(failed, m.MessageId) })
	return failed
}

// Listed reads all documents of a kind.
func Listed[D any, P interface {
	*D
	UnmarshalJSON([]byte) error
}](t testing.TB, w *World, kind string) []P {
	t.Helper()
	page, err := w.Cycle.Store.List(context.Background(), o2c.Query{Kind: kind})
	if err != nil {
		t.Fatal(err)
	}
	var all []P
	for _, item := range page.Items {
		doc := P(new(D))
		if err := doc.UnmarshalJSON(item.Body); err != nil {
			t.Fatal(err)
		}
		all = append(all, doc)
	}
	return all
}
