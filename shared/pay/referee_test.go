package pay

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"duly/infra/local/loopback"
	local "duly/infra/local/stripe"
	"duly/shared/o2c"
)

var mock = flag.String("stripe-mock", "", "address of Stripe's own mock, whose verdict on each of our requests is asked again")

// heardRequest is one request of ours as it went out.
type heardRequest struct{ method, path, query, body, kind string }

// ear passes requests on and remembers them.
type ear struct {
	to    http.RoundTripper
	heard []heardRequest
}

// RoundTrip implements http.RoundTripper.
func (e *ear) RoundTrip(req *http.Request) (*http.Response, error) {
	var body []byte
	if req.Body != nil {
		var err error
		if body, err = io.ReadAll(req.Body); err != nil {
			return nil, err
		}
		req.Body = io.NopCloser(bytes.NewReader(body))
	}
	e.heard = append(e.heard, heardRequest{req.Method, req.URL.Path, req.URL.RawQuery, string(body), req.Header.Get("Content-Type")})
	return e.to.RoundTrip(req)
}

const verdicts = "testdata/requests.txt"

// TestStripesOwnMockTakesEveryRequest that we make: stripe-mock holds requests against Stripe's OpenAPI description. It is
// a program of its own, so its verdict is kept with each request to the byte; a request that changes has none until
// `make stripe-check` asks again.
func TestStripesOwnMockTakesEveryRequest(t *testing.T) {
	e := &ear{}
	now := time.Date(2026, 1, 20, 10, 0, 0, 0, time.UTC)
	server := local.New(local.Options{Now: func() time.Time { return now }, Seed: 42, SecretKey: "sk_test_desk", BaseURL: "http://stripe.invalid"})
	e.to = loopback.Transport{"stripe.invalid": server}
	g := New(Options{Key: "sk_test_desk", URL: "http://stripe.invalid", HTTP: &http.Client{Transport: e}})
	ctx := t.Context()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	page, err := g.Checkout(ctx, request(124000))
	must(err)
	must(g.Expire(ctx, page.SessionID))
	again := request(124000)
	again.IdempotencyKey, again.Language, again.Email = "duly-i_1-2", "de", ""
	page, err = g.Checkout(ctx, again)
	must(err)
	paid, err := server.Pay(ctx, page.SessionID, local.PayRequest{Method: local.IDEAL})
	must(err)
	refund := o2c.RefundRequest{RefundID: "rf_1", Payment: paid.PaymentIntent, IdempotencyKey: "duly-rf_1", Amount: request(2500).Amount}
	_, err = g.Refund(ctx, refund)
	must(err)
	_, _, err = g.FindRefund(ctx, refund)
	must(err)
	payout, err := server.Payout(ctx, "eur")
	must(err)
	_, err = g.Payout(ctx, payout.ID)
	must(err)
	_, err = g.Missed(ctx, now.Add(-time.Hour))
	must(err)
	must(wallet(t, g, server, now))
	e.heard = append(e.heard, heardRequest{method: "GET", path: "/v1/balance"}, heardRequest{method: "GET", path: "/v1/webhook_endpoints", query: "limit=100"}) // of the go-live list
	var said strings.Builder
	for _, r := range e.heard {
		verdict := "200"
		if *mock != "" {
			verdict = ask(t, *mock, r)
		}
		fmt.Fprintf(&said, "%s %s %s %s -> %s\n", r.method, r.path, plain(t, r.query), plain(t, r.body), verdict)
	}
	if *mock != "" && *update {
		must(os.WriteFile(verdicts, []byte(said.String()), 0o600))
	}
	kept, err := os.ReadFile(verdicts)
	must(err)
	if string(kept) != said.String() {
		t.Errorf("a request changed, and Stripe's mock has not judged it: make stripe-check\nkept\n%s\nnow\n%s", kept, said.String())
	}
}

// wallet makes each request about kept methods.
func wallet(t *testing.T, g *Gateway, server *local.Server, now time.Time) error {
	t.Helper()
	ctx := t.Context()
	keep := request(124000)
	keep.IdempotencyKey, keep.Keep, keep.KeepFor = "duly-i_1-3", "k_1", "c_1"
	page, err := g.Checkout(ctx, keep)
	if err != nil {
		return err
	}
	if _, err = server.Pay(ctx, page.SessionID, local.PayRequest{Method: local.Card}); err != nil {
		return err
	}
	kept := server.Methods()[0]
	keep.IdempotencyKey, keep.Owner = "duly-i_1-4", kept.Customer
	_, again := g.Checkout(ctx, keep)
	_, given := g.Setup(ctx, keep)
	ask := o2c.ChargeRequest{IdempotencyKey: "duly-charge-i_2-1-1", Owner: kept.Customer, Method: kept.ID, Kind: "card", InvoiceID: "i_2", Number: "2026-0043", TryID: "i_2-1", Amount: request(5000).Amount, Since: now}
	made, err := g.Charge(ctx, ask)
	found, there, looked := g.FindCharge(ctx, ask)
	if !there || found != made {
		t.Errorf("made %+v, found %+v", made, found)
	}
	_, read := g.Kept(ctx, kept.ID)
	return errors.Join(again, given, err, looked, read, g.Detach(ctx, kept.ID))
}

// plain spells a form so that people can read it, in its order.
func plain(t *testing.T, form string) string {
	t.Helper()
	if form == "" {
		return "-"
	}
	text, err := url.QueryUnescape(form)
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(text, " ", "_")
}

// ask gives the mock's status, and its words where it refuses.
func ask(t *testing.T, at string, r heardRequest) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), r.method, at+r.path+"?"+r.query, strings.NewReader(r.body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer sk_test_123")
	req.Header.Set("Content-Type", r.kind)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	if res.StatusCode != http.StatusOK {
		t.Errorf("%s %s: %d %s", r.method, r.path, res.StatusCode, raw)
	}
	return fmt.Sprint(res.StatusCode)
}
