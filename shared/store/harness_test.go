package store

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"duly/infra/local/dynamo"
	"duly/shared/boot/aws"
	"duly/shared/o2c"
)

const testTable = "duly-test"

var day = time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)

// bench is one table on the embedded engine with a wire that can be disturbed.
type bench struct {
	api   API
	wire  *wire
	meter *tally
}

func newBench(t testing.TB) *bench {
	t.Helper()
	return openBench(t, dynamo.Options{Now: func() time.Time { return day }})
}

func newDurableBench(t testing.TB) *bench {
	t.Helper()
	return openBench(t, dynamo.Options{Path: filepath.Join(t.TempDir(), "table.db"), Sync: true, Now: func() time.Time { return day }})
}

func openBench(t testing.TB, o dynamo.Options) *bench {
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
	b := &bench{wire: &wire{next: engine.Transport()}, meter: &tally{}}
	at := sdk.Config{Region: "eu-west-1", BaseEndpoint: sdk.String("http://dynamo.invalid"), Credentials: credentials.NewStaticCredentialsProvider("id", "secret", "")}
	b.api = aws.NewCall(at, aws.Table, &http.Client{Transport: b.wire}, aws.Patience{Tries: 1})
	if err := CreateTable(context.Background(), b.api, testTable); err != nil {
		t.Fatal(err)
	}
	return b
}

// store opens one more store on the table, as one more Lambda environment
// would. Its pauses take no time.
func (b *bench) store(instance string) *Store {
	return New(b.api, testTable, Options{
		Instance: instance, Observe: b.meter.add,
		Sleep: func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
	})
}

// patient is a store that really waits, for tests in which writers compete.
func (b *bench) patient(instance string) *Store {
	return New(b.api, testTable, Options{Instance: instance, Observe: b.meter.add})
}

// tally counts requests and capacity units.
type tally struct {
	mu          sync.Mutex
	requests    map[string]int
	read, write float64
}

func (m *tally) add(op string, read, write float64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.requests == nil {
		m.requests = map[string]int{}
	}
	m.requests[op]++
	m.read += read
	m.write += write
}

// wire carries requests to the engine and does to them what disturb says.
type wire struct {
	next    http.RoundTripper
	mu      sync.Mutex
	disturb func(op string) disturbance
	sent    []string // operations, in order
	bodies  []string // of the same
}

// disturbance is what happens to one request.
type disturbance struct {
	before  error  // fails before the engine sees it
	after   error  // the engine carried it out, the answer is lost
	status  int    // answered by this status and body instead of the engine
	body    string //
	deliver bool   // with status: the engine carried it out all the same
	then    func() // happens after the engine carried it out
	first   func() // happens before the engine sees it
}

func (w *wire) set(f func(op string) disturbance) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.disturb, w.sent, w.bodies = f, nil, nil
}

// once disturbs the nth request of an operation, counted from 1.
func (w *wire) once(op string, nth int, d disturbance) {
	n := 0
	w.set(func(is string) disturbance {
		if is == op {
			if n++; n == nth {
				return d
			}
		}
		return disturbance{}
	})
}

func (w *wire) operations() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]string(nil), w.sent...)
}

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	_, op, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	w.mu.Lock()
	w.sent, w.bodies = append(w.sent, op), append(w.bodies, string(body))
	var d disturbance
	if w.disturb != nil {
		d = w.disturb(op)
	}
	w.mu.Unlock()
	if d.first != nil {
		d.first()
	}
	if d.before != nil {
		return nil, d.before
	}
	if d.status != 0 && !d.deliver {
		return reply(r, d.status, d.body), nil
	}
	res, err := w.next.RoundTrip(r)
	if d.then != nil {
		d.then()
	}
	if err == nil && d.after != nil {
		res.Body.Close()
		return nil, d.after
	}
	if err == nil && d.status != 0 {
		res.Body.Close()
		return reply(r, d.status, d.body), nil
	}
	return res, err
}

func reply(r *http.Request, status int, body string) *http.Response {
	return &http.Response{
		StatusCode: status, Status: http.StatusText(status), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: r,
		Header: http.Header{"Content-Type": {"application/x-amz-json-1.0"}}, Body: io.NopCloser(bytes.NewBufferString(body)),
	}
}

func apiError(code string) string {
	return fmt.Sprintf(`{"__type":"com.amazonaws.dynamodb.v20120810#%s","message":"as told by the test"}`, code)
}

// memo is a document of the tests: listed, scheduled and expiring as told.
type memo struct {
	K      string    `json:"kind"`
	Name   string    `json:"id"`
	N      int64     `json:"n"`
	Text   string    `json:"text,omitempty"`
	Queue  string    `json:"queue,omitempty"`
	DueAt  time.Time `json:"due_at,omitzero"`
	Listed string    `json:"listed,omitempty"`
	End    time.Time `json:"end,omitzero"`
}

func (m *memo) Kind() string             { return m.K }
func (m *memo) ID() string               { return m.Name }
func (m *memo) Due() (string, time.Time) { return m.Queue, m.DueAt }
func (m *memo) ListKey() string          { return m.Listed }
func (m *memo) Expires() time.Time       { return m.End }

func order(id string) *memo { return &memo{K: "order", Name: id} }

func orderKey(id string) o2c.Key { return o2c.Key{Kind: "order", ID: id} }

func by(at time.Time) o2c.Stamp { return o2c.Stamp{At: at, Actor: "system:test"} }

func fact(what string) o2c.Fact { return o2c.Fact{Type: what, Data: map[string]string{"what": what}} }

// save creates or replaces a document in a use case of its own.
func save(t testing.TB, s *Store, m *memo, facts ...o2c.Fact) {
	t.Helper()
	err := s.Update(context.Background(), func(ctx context.Context, tx *o2c.Tx) error {
		tx.By(by(day))
		if err := tx.Fetch(ctx, o2c.KeyOf(m)); err != nil {
			return err
		}
		return tx.Save(m, facts...)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func load(t testing.TB, s *Store, k o2c.Key) (o2c.Stored, memo) {
	t.Helper()
	found, err := s.Load(context.Background(), k)
	if err != nil {
		t.Fatal(err)
	}
	var m memo
	if found[0].Body != nil {
		if err := json.Unmarshal(found[0].Body, &m); err != nil {
			t.Fatal(err)
		}
	}
	return found[0], m
}

func count(t testing.TB, s *Store, k o2c.Key) map[string]int64 {
	t.Helper()
	found, err := s.Count(context.Background(), k)
	if err != nil {
		t.Fatal(err)
	}
	return found[0].Values
}
