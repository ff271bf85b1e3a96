package local

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"duly/functions"
	"duly/shared/handler/trigger"
	"duly/shared/o2c"
	"duly/shared/o2c/fulfilment"
)

var monday = time.Date(2026, 1, 5, 8, 0, 0, 0, time.UTC)

func openRuntime(t *testing.T, o Options) *Runtime {
	t.Helper()
	o.BaseURL, o.Start, o.Seed = "http://127.0.0.1:8700", monday, 42
	r, err := Open(o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestEveryFunctionOfTheManifestIsThereWithItsTriggers(t *testing.T) {
	r := openRuntime(t, Options{Manual: true})
	defer r.Close()
	for _, f := range functions.All() {
		h, ok := r.handlers[f.Name]
		switch {
		case !ok:
			t.Errorf("function %s is not built", f.Name)
		case len(f.Routes) > 0 && h.HTTP == nil:
			t.Errorf("function %s has routes and answers no request", f.Name)
		case len(f.Schedules) > 0 && h.Tick == nil:
			t.Errorf("function %s has schedules and no tick", f.Name)
		case f.Inbox && len(f.Schedules) != 1:
			t.Errorf("function %s has an inbox and no schedule that drains it", f.Name)
		case f.Stream != "" && h.Stream == nil:
			t.Errorf("function %s has a stream and does not read it", f.Name)
		case f.MailNews && h.News == nil:
			t.Errorf("function %s asks for mail news and does not read it", f.Name)
		}
	}
	if len(r.handlers) != len(functions.All()) {
		t.Errorf("%d functions are built, the manifest has %d", len(r.handlers), len(functions.All()))
	}
}

func TestTheMoreSpecificRouteWinsAndOversizeIsRefused(t *testing.T) {
	r := openRuntime(t, Options{Manual: true})
	defer r.Close()
	req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, "http://127.0.0.1:8700/webhooks/stripe", nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, p := r.routes.Handler(req); p != "POST /webhooks/stripe" {
		t.Errorf("Stripe's route is served by %q", p)
	}
	large := bytes.Repeat([]byte("x"), trigger.BodyMax+1)
	status, reply, err := r.Post(context.Background(), "/webhooks/demo-shopify", http.Header{}, large)
	if err != nil || status != http.StatusRequestEntityTooLarge || !strings.Contains(string(reply), "DULY-2002") {
		t.Errorf("an oversized body was answered %d %s (%v)", status, reply, err)
	}
	status, reply, err = r.Post(context.Background(), "/v1/orders", http.Header{}, large)
	if err != nil || status != http.StatusRequestEntityTooLarge || !strings.Contains(string(reply), `"code":"DULY-2002"`) {
		t.Errorf("a program's oversized body was answered %d %s (%v)", status, reply, err)
	}
	status, _, err = r.Post(context.Background(), "/webhooks/demo-shopify", http.Header{}, bytes.Repeat(large, 30))
	if err != nil || status != http.StatusRequestEntityTooLarge {
		t.Errorf("a body that no gateway lets through was answered %d (%v)", status, err)
	}
	answer := httptest.NewRecorder()
	r.ServeHTTP(answer, httptest.NewRequestWithContext(context.Background(), http.MethodPut, "/v1/orders", nil))
	if answer.Code != http.StatusUnauthorized || !strings.Contains(answer.Body.String(), `"code":"DULY-`) {
		t.Errorf("a method of no route was answered %d %s", answer.Code, answer.Body)
	}
}

// An advance does not wait for the disk at every commit; it is there when the
// advance returns, and so is what anybody was answered meanwhile.
func TestAnAdvanceIsDurableWhenItReturns(t *testing.T) {
	r := openRuntime(t, Options{Dir: t.TempDir(), Sync: true})
	defer r.Close()
	before := r.Engine.Stats()
	if err := r.Advance(context.Background(), 48*time.Hour); err != nil {
		t.Fatal(err)
	}
	moved := r.Engine.Stats()
	if commits, syncs := moved.Commits-before.Commits, moved.Syncs-before.Syncs; commits < 48 || syncs != 0 {
		t.Errorf("%d commits, %d of them alone", commits, syncs)
	}
	if err := r.Engine.Flush(); err != nil { // nothing is left to do
		t.Error(err)
	}
	if err := r.Settle(context.Background()); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Cycle.SaveProduct(context.Background(), o2c.Stamp{At: r.Clock.Now(), Actor: "system:test"}, fulfilment.ProductData{SKU: "TIN", Name: "Tin"}, nil); err != nil {
		t.Fatal(err)
	}
	if after := r.Engine.Stats(); after.Syncs-moved.Syncs != after.Commits-moved.Commits || after.Commits == moved.Commits {
		t.Errorf("%d commits, %d synced", after.Commits-moved.Commits, after.Syncs-moved.Syncs)
	}
}

func TestTimeNeverGoesBackOverARestart(t *testing.T) {
	dir := t.TempDir()
	r := openRuntime(t, Options{Dir: dir})
	if err := r.Advance(context.Background(), 40*24*time.Hour); err != nil {
		t.Fatal(err)
	}
	before := r.Clock.Now()
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	again := openRuntime(t, Options{Dir: dir})
	defer again.Close()
	if now := again.Clock.Now(); now.Before(before) || again.Fresh() {
		t.Errorf("it was %s, it is %s; fresh: %t", before, now, again.Fresh())
	}
}

func TestAStateIsOpenOnce(t *testing.T) {
	dir := t.TempDir()
	r := openRuntime(t, Options{Dir: dir})
	defer r.Close()
	_, err := Open(Options{Dir: dir, BaseURL: "http://127.0.0.1:8700"})
	if err == nil || !strings.Contains(err.Error(), "DULY-1202") {
		t.Errorf("a second runtime opened the state: %v", err)
	}
}

func TestSecretsFollowFromTheSeed(t *testing.T) {
	a, b := openRuntime(t, Options{Manual: true}), openRuntime(t, Options{Manual: true})
	defer a.Close()
	defer b.Close()
	if a.Secrets.APIKey != b.Secrets.APIKey || a.Secrets.Shops["demo-generic"] != b.Secrets.Shops["demo-generic"] {
		t.Error("the same seed gave other secrets")
	}
	if other := deriveSecrets(43, a.Policy); other.APIKey == a.Secrets.APIKey || other.SlackSigning == a.Secrets.SlackSigning {
		t.Error("another seed gave the same secrets")
	}
}

func TestAdvanceFiresSchedulesInOrderAndFeedsTheBank(t *testing.T) {
	r := openRuntime(t, Options{Manual: true})
	defer r.Close()
	if err := r.Advance(context.Background(), 7*24*time.Hour); err != nil {
		t.Fatal(err)
	}
	files := r.Files.List(intakeBucket, functions.PrefixBank)
	if len(files) != 5 { // Epiphany is no holiday of TARGET: Tuesday to Friday, and Monday
		t.Errorf("the bank delivered %d statements in a week", len(files))
	}
}

// TestAdvanceForgetsWhatTheServiceForgets: stream records live for a day, and a
// state of months does not keep them.
func TestAdvanceForgetsWhatTheServiceForgets(t *testing.T) {
	r := openRuntime(t, Options{Manual: true})
	defer r.Close()
	oldest := func() uint64 {
		t.Helper()
		if err := r.Advance(context.Background(), 3*24*time.Hour); err != nil {
			t.Fatal(err)
		}
		records, err := r.Engine.Records(Table, 0, 1)
		if err != nil || len(records) != 1 {
			t.Fatal(records, err)
		}
		return records[0].Sequence
	}
	if first, then := oldest(), oldest(); first < 2 || then <= first {
		t.Errorf("the oldest record is %d after three days, %d after six", first, then)
	}
}
