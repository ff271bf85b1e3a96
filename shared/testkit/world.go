// Package testkit owns what tests share: a world with a clock that stands
// still, the real store on the embedded engine, and an observer that counts
// what leaves. It does not own assertions about any one feature.
package testkit

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"

	"duly/infra/local/dynamo"
	"duly/shared/boot/aws"
	"duly/shared/boot/config"
	"duly/shared/boot/dulyfile"
	"duly/shared/export"
	"duly/shared/o2c"
	"duly/shared/report"
	"duly/shared/store"
)

// Table is the name of the world's table.
const Table = "duly-test"

// start is when every world begins: a Monday morning in the seller's zone.
var start = time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)

// World is one company with an empty table, and everything that leaves it in
// sight.
type World struct {
	Engine *dynamo.Engine
	Cycle  *o2c.Cycle
	Outbox *o2c.Outbox
	Desk   *Desk
	Meter  *Meter // of a world in memory
	now    time.Time
	folded string // event ids before this one are in the figures
}

// NewWorld opens a world in memory on the policy that ships with the product.
func NewWorld(t testing.TB) *World {
	t.Helper()
	m := &Meter{}
	w := openWorld(t, dynamo.Options{}, m.Add)
	w.Meter = m
	return w
}

// NewDurableWorld opens a world on disk, where a commit is answered once it is
// synced: what the demo runs on, where nobody counts requests.
func NewDurableWorld(t testing.TB) *World {
	t.Helper()
	return openWorld(t, dynamo.Options{Path: filepath.Join(t.TempDir(), "duly.db"), Sync: true}, nil)
}

func openWorld(t testing.TB, o dynamo.Options, observe func(op string, read, write float64)) *World {
	t.Helper()
	policy, err := dulyfile.Load(config.Demo())
	if err != nil {
		t.Fatal(err)
	}
	policy.BaseURL = "https://duly.example"
	// A house that gave each purpose its own channel, so that tests see what goes where.
	policy.Channels = map[string]string{"credit": "C01CREDIT", "collections": "C02COLLECT", "exceptions": "C03EXCEPT", "digest": "C04DIGEST"}
	w := &World{Desk: NewDesk(), now: start}
	o.Now = w.Now
	engine, err := dynamo.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := engine.Close(); err != nil {
			t.Error(err)
		}
	})
	w.Engine = engine
	api := API(engine.Transport())
	if err := store.CreateTable(context.Background(), api, Table); err != nil {
		t.Fatal(err)
	}
	table := store.New(api, Table, store.Options{Instance: "world", Observe: observe})
	w.Cycle = &o2c.Cycle{Store: table, Policy: policy, Links: LinkKeys(), Pay: w.Desk, Sandboxes: table}
	agency, err := report.NewOffline()
	if err != nil {
		t.Fatal(err)
	}
	w.Outbox = &o2c.Outbox{Cycle: w.Cycle, Mail: w.Desk, Chat: w.Desk, Direct: w.Desk.Direct, Files: w.Desk, Papers: w.Desk, Bus: w.Desk, Hooks: w.Desk, Reports: agency, Exports: export.Exporter{}, Now: w.Now}
	return w
}

// API asks an engine in process.
func API(wire http.RoundTripper) store.API {
	return aws.NewCall(sdk.Config{BaseEndpoint: sdk.String("http://dynamo.invalid")}, aws.Table, &http.Client{Transport: wire}, aws.Patience{Tries: 1})
}

// LinkKeys are the test's link secrets.
func LinkKeys() o2c.LinkKeys {
	return o2c.LinkKeys{{ID: "t1", Secret: []byte("a link key for tests, 32 bytes..")}}
}

// Now is the world's clock, which stands still until it is moved.
func (w *World) Now() time.Time { return w.now }

// Advance moves the clock.
func (w *World) Advance(d time.Duration) { w.now = w.now.Add(d) }

// Stamp is a change by an actor, now.
func (w *World) Stamp(actor string) o2c.Stamp { return o2c.Stamp{At: w.now, Actor: actor} }

// Settle performs every effect that is due, until none is left, and folds what
// happened into the figures.
func (w *World) Settle(t testing.TB) {
	t.Helper()
	for range 50 {
		n, err := w.Outbox.Sweep(context.Background())
		if err != nil {
			t.Fatal(fmt.Errorf("sweep: %w", err))
		}
		trained, err := w.Outbox.SweepTraining(context.Background())
		if err != nil {
			t.Fatal(fmt.Errorf("sweep the sandboxes: %w", err))
		}
		if n+trained == 0 {
			w.fold(t)
			return
		}
	}
	t.Fatal("effects beget effects without end")
}

func (w *World) fold(t testing.TB) {
	q := o2c.Query{Kind: "event", Limit: 40, From: w.folded}
	w.folded = w.now.UTC().Format("20060102T150405") // events' ids begin with their time
	for {
		page, err := w.Cycle.Store.List(context.Background(), q)
		if err != nil {
			t.Fatal(err)
		}
		var of []o2c.Key
		for _, s := range page.Items {
			var e o2c.Event
			if err := json.Unmarshal(s.Body, &e); err != nil {
				t.Fatal(err)
			}
			if !slices.Contains(of, e.Of) {
				of = append(of, e.Of)
			}
		}
		if err := w.Cycle.Fold(context.Background(), w.now, of...); err != nil {
			t.Fatal(err)
		}
		if q.After = page.Next; q.After == "" {
			return
		}
	}
}

// Meter counts requests to the table by operation.
type Meter struct {
	Reads, Writes int
	mu            sync.Mutex
}

// Add is the store's observer.
func (m *Meter) Add(_ string, read, write float64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if read > 0 {
		m.Reads++
	}
	if write > 0 {
		m.Writes++
	}
}
