package local

import (
	"context"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// Delivery is one request that a sender posted to the product.
type Delivery struct {
	ID       int
	At       time.Time // virtual
	Function string
	Path     string
	Header   http.Header
	Body     []byte
	Status   int // 0 while it is being handled
	Reply    []byte
	Took     time.Duration // by the machine's clock
	Notes    []string      // what the function logged, such as why a signature failed
}

// The journal keeps so many deliveries and so much of each body.
const (
	journalMax     = 400
	journalBodyMax = 32 << 10
)

// journal remembers the newest deliveries, for the pages.
type journal struct {
	mu      sync.Mutex
	count   int
	entries []*Delivery
}

// open begins a delivery; what is logged under the context is noted on it.
// Requests of people's browsers and programs are no deliveries.
func (j *journal) open(ctx context.Context, at time.Time, function string, req *http.Request, body []byte) (context.Context, *entry) {
	if req.Method != http.MethodPost || !(strings.HasPrefix(req.URL.Path, "/webhooks/") || strings.HasPrefix(req.URL.Path, "/slack/")) {
		return ctx, nil
	}
	d := &Delivery{At: at, Function: function, Path: req.URL.Path, Header: req.Header.Clone(), Body: body[:min(len(body), journalBodyMax)]}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.count++
	d.ID = j.count
	j.entries = append(j.entries, d)
	if len(j.entries) > journalMax {
		j.entries = slices.Delete(j.entries, 0, len(j.entries)-journalMax)
	}
	e := &entry{journal: j, delivery: d, began: time.Now()}
	return context.WithValue(ctx, entryKey{}, e), e
}

// Deliveries lists what came in, newest first.
func (r *Runtime) Deliveries() []Delivery {
	r.journal.mu.Lock()
	defer r.journal.mu.Unlock()
	out := make([]Delivery, 0, len(r.journal.entries))
	for _, d := range slices.Backward(r.journal.entries) {
		c := *d
		c.Notes = slices.Clone(d.Notes)
		out = append(out, c)
	}
	return out
}

// entry is a delivery being handled; nil is one that is not journalled.
type entry struct {
	journal  *journal
	delivery *Delivery
	began    time.Time
}

type entryKey struct{}

func (e *entry) close(status int, reply []byte) {
	if e == nil {
		return
	}
	e.journal.mu.Lock()
	defer e.journal.mu.Unlock()
	e.delivery.Status, e.delivery.Took = status, time.Since(e.began)
	e.delivery.Reply = reply[:min(len(reply), journalBodyMax)]
}

func (e *entry) note(text string) {
	e.journal.mu.Lock()
	defer e.journal.mu.Unlock()
	e.delivery.Notes = append(e.delivery.Notes, text)
}

// tee is a log handler that also notes on the delivery what is logged under its
// context.
type tee struct{ slog.Handler }

func (j *journal) tee(next slog.Handler) slog.Handler { return tee{next} }

// Enabled hears warnings always, whatever the log shows.
func (t tee) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn || t.Handler.Enabled(ctx, level)
}

// Handle notes and passes on.
func (t tee) Handle(ctx context.Context, record slog.Record) error {
	if e, ok := ctx.Value(entryKey{}).(*entry); ok {
		text := record.Message
		record.Attrs(func(a slog.Attr) bool {
			text += " " + a.Key + "=" + a.Value.String()
			return true
		})
		e.note(text)
	}
	if !t.Handler.Enabled(ctx, record.Level) {
		return nil
	}
	return t.Handler.Handle(ctx, record)
}

// WithAttrs and WithGroup keep the tee.
func (t tee) WithAttrs(attrs []slog.Attr) slog.Handler { return tee{t.Handler.WithAttrs(attrs)} }
func (t tee) WithGroup(name string) slog.Handler       { return tee{t.Handler.WithGroup(name)} }
