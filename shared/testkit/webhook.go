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

	"duly/shared/handler/trigger"
	"duly/shared/handler/webhook"
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
	Messages []webhook.Kept
	taken    int // of them, by the tick that runs
	Down     bool
}

// Put keeps a message.
func (b *Tray) Put(_ context.Context, message string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.Down {
		return fault.New(fault.Unavailable, "The inbox does not answer", "it is down", "")
	}
	b.Messages = append(b.Messages, webhook.Kept{Receipt: fmt.Sprintf("m%d", len(b.Messages)+1), Message: message})
	return nil
}

// Take gives all messages once in a tick.
func (b *Tray) Take(context.Context) ([]webhook.Kept, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	batch := slices.Clone(b.Messages[b.taken:])
	for i := range batch {
		batch[i].Tries++
	}
	copy(b.Messages[b.taken:], batch)
	b.taken = len(b.Messages)
	return batch, nil
}

// Done forgets a message.
func (b *Tray) Done(_ context.Context, k webhook.Kept) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.Messages = slices.DeleteFunc(b.Messages, func(m webhook.Kept) bool { return m.Receipt == k.Receipt })
	b.taken--
	return nil
}

// Redeliver lets a tick drain the tray, and tells what failed and stays.
func (b *Tray) Redeliver(ctx context.Context, t testing.TB, h trigger.Handler) (failed []string) {
	t.Helper()
	b.taken = 0
	if err := h.Tick(ctx, trigger.Tick{Schedule: "inbox"}); err != nil {
		t.Fatal(err)
	}
	for _, m := range b.Messages {
		failed = append(failed, m.Receipt)
	}
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
