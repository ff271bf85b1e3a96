package sim

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"duly/infra/local/bank"
	"duly/infra/local/loopback"
	"duly/infra/local/stripe"
	boot "duly/shared/boot/webhook"
	"duly/shared/pay"
	"duly/shared/signature"
)

// providerHost is where the loopback Stripe answers.
const providerHost = "api.stripe.test"

// provider is the loopback Stripe, the way to it and from it, and what it took
// by its own account.
type provider struct {
	world    *world
	server   *stripe.Server
	gateway  *pay.Gateway
	taken    map[string]bool  // events whose webhook was answered with 2xx
	known    map[string]bool  // events that were seen
	charges  map[string]int64 // by payment intent, in minor units
	back     map[string]int64 // what went back of them
	withheld map[string]int64 // what a dispute holds of them, undecided
	paidOut  []stripe.Payout
	armed    time.Time
}

func newProvider(w *world) *provider {
	p := &provider{
		world: w, taken: map[string]bool{}, known: map[string]bool{}, charges: map[string]int64{}, back: map[string]int64{}, withheld: map[string]int64{},
	}
	p.server = stripe.New(stripe.Options{Now: func() time.Time { return w.now }, Seed: int64(w.seed), WebhookSecret: secretStripe, BaseURL: "https://pay.example", Deliver: p.deliver})
	p.gateway = pay.New(pay.Options{Key: "sk_test_simulated", URL: "http://" + providerHost, HTTP: &http.Client{Transport: wireToProvider{p}}})
	return p
}

// wireToProvider carries the functions' calls to Stripe.
type wireToProvider struct{ *provider }

// RoundTrip is one call.
func (t wireToProvider) RoundTrip(r *http.Request) (answer *http.Response, err error) {
	lost := t.world.desk.call("stripe "+r.Method+" "+r.URL.Path, func() error {
		answer, err = loopback.Transport{providerHost: t.server}.RoundTrip(r)
		t.arm()
		return err
	})
	if lost != nil {
		return nil, lost
	}
	return answer, nil
}

// arm wakes Stripe when something of its own is due: a debit settles, a page
// expires, a webhook is tried again.
func (p *provider) arm() {
	due, some := p.server.NextDue()
	if !some || (!p.armed.IsZero() && !due.Before(p.armed)) {
		return
	}
	p.armed = due
	p.world.at(due, "Stripe wakes", func() {
		if p.armed.After(due) {
			return
		}
		p.armed = time.Time{}
		p.server.Tick(context.Background(), p.world.now)
		p.arm()
	})
}

// deliver is one attempt of Stripe to tell us something. It reports success
// only once an attempt was answered with 2xx, so that Stripe keeps to its own
// patience: nine attempts in three days, then the poller must find it.
func (p *provider) deliver(_ context.Context, _ http.Header, body []byte) (int, error) {
	w := p.world
	var e struct {
		ID, Type string
		Data     struct{ Object json.RawMessage }
	}
	w.must(json.Unmarshal(body, &e))
	if p.taken[e.ID] {
		return http.StatusOK, nil
	}
	if !p.known[e.ID] {
		p.known[e.ID] = true
		p.account(e.Type, e.Data.Object)
	}
	w.send(&delivery{what: "stripe tells " + e.Type + " " + e.ID, to: "stripe-webhook", attempts: 1, back: []time.Duration{time.Minute},
		call: func(ctx context.Context, env *environment) error {
			return answered(env.handler.HTTP(ctx, p.request(body)))
		},
		taken: func() { p.taken[e.ID] = true },
	})
	return 0, errNoAnswer
}

// request is the webhook, signed now.
func (p *provider) request(body []byte) events.APIGatewayV2HTTPRequest {
	return p.world.posted("/webhooks/stripe", body, func() (http.Header, error) {
		return signature.Sign(signature.Stripe, "", body, p.world.now, p.world.vault.newest(boot.StripeSecret("")))
	})
}

// account writes down what came in and went back, by Stripe's account.
func (p *provider) account(kind string, raw []byte) {
	var o struct {
		Intent   string `json:"payment_intent"`
		Amount   int64  `json:"amount"`
		Refunded int64  `json:"amount_refunded"`
		Status   string `json:"status"`
		Metadata struct{ Number string }
	}
	p.world.must(json.Unmarshal(raw, &o))
	switch kind {
	case "charge.succeeded":
		p.charges[o.Intent] = o.Amount
		p.world.customers.bills[o.Metadata.Number].named += o.Amount
	case "charge.refunded":
		p.back[o.Intent] = o.Refunded
	case "charge.dispute.created": // the bank takes it at once
		p.withheld[o.Intent] += o.Amount
	case "charge.dispute.closed":
		p.withheld[o.Intent] -= o.Amount
		if o.Status == "lost" { // it is gone for good
			p.back[o.Intent] += o.Amount
		}
	}
}

// pages: I5, presses on the pay button, however many and however close, leave
// one page that can be paid, an hour later at the latest; the outbox closes the
// others, unless it has been kept from it.
func (p *provider) pages(b *bill, urls []string) {
	open := 0
	for _, s := range p.server.Sessions() {
		if s.ClientReferenceID == p.world.oracle.invoiceID(b.number) && s.Status == "open" {
			open++
		}
	}
	if open > 1 && p.world.faults.gentle() {
		p.world.breaks("I5: %d payment pages of invoice %s are open after %d presses", open, b.number, len(urls))
	}
}

// pay is a customer on the payment page.
func (p *provider) pay(b *bill, url string) {
	w, way := p.world, b.purpose.pays
	page := url[strings.LastIndexByte(url, '/')+1:]
	request := stripe.PayRequest{Method: stripe.IDEAL}
	if way.way == byDebit || way.way == byDebitThatFails {
		request.Method = stripe.SEPADebit
	}
	if way.way == byDebitThatFails && !b.bounced {
		b.bounced, request.Outcome = true, "fail"
		w.after(6*day, "the customer pays "+b.number+" again", func() { w.customers.click(b, 0) })
	}
	at := slices.IndexFunc(p.server.Sessions(), func(s stripe.Session) bool { return s.ID == page })
	if at < 0 || p.server.Sessions()[at].Status != "open" {
		w.after(time.Minute, "the page of "+b.number+" was closed", func() { w.customers.click(b, 0) })
		return
	}
	done, err := p.server.Pay(context.Background(), page, request)
	w.must(err)
	p.arm()
	if way.back > 0 {
		w.after(way.back+7*day, "money of "+b.number+" goes back", func() { p.giveBack(b, done.PaymentIntent) })
		if !way.lost {
			w.after(way.back+8*day, "more of "+b.number+" goes back", func() { p.giveBack(b, done.PaymentIntent) })
		}
	}
}

// giveBack is a refund in Stripe's dashboard, or a chargeback that is lost.
func (p *provider) giveBack(b *bill, intent string) {
	w, took := p.world, p.charges[intent]-p.back[intent]
	if took == 0 {
		return // the debit failed, or all went back
	}
	var err error
	if b.purpose.pays.lost {
		_, err = p.server.Chargeback(context.Background(), stripe.ChargebackRequest{PaymentIntent: intent, Outcome: pick(&w.faults.chance, "lost", "lost", "won"), ClosesAfter: "5d"})
	} else {
		_, err = p.server.Refund(context.Background(), intent, max(1, took/int64(1+w.faults.chance.below(3))))
	}
	w.must(err)
	b.returned = true
	p.arm()
}

// payOut is Stripe's transfer of what it holds; its bank line comes two days
// later.
func (p *provider) payOut() {
	w := p.world
	out, err := p.server.Payout(context.Background(), "eur")
	if err != nil {
		return // nothing to pay out
	}
	p.paidOut = append(p.paidOut, out)
	p.arm()
	w.after(2*day, "the payout "+out.ID+" arrives", func() {
		w.teller.book(bank.Entry{Amount: out.Amount, Name: "Stripe Technology Europe Ltd", IBAN: "DE89370400440532013000", Text: out.Reference})
	})
}

// begin pays out every so often, the last time early enough to arrive.
func (p *provider) begin(every time.Duration) {
	for at := every; p.world.now.Add(at + 3*day).Before(p.world.horizon); at += every {
		p.world.after(at, "Stripe pays out", p.payOut)
	}
}

// judge compares Stripe's account with our books.
func (p *provider) judge(receipts map[string]*receiptFacts) {
	w, clearing, fees := p.world, int64(0), int64(0)
	for _, intent := range slices.Sorted(maps.Keys(p.charges)) {
		took, back := p.charges[intent], p.back[intent]
		clearing += took - back - p.withheld[intent]
		if r := receipts["stripe "+intent]; r == nil || r.Amount.Minor != took || r.back != back {
			w.breaks("I6: payment %s of %d, %d of it given back, is not in the books as such: %s", intent, took, back, describe(r))
		}
	}
	for _, out := range p.paidOut {
		clearing -= out.Fees + out.Amount
		fees += out.Fees
	}
	w.oracle.compare("clearing:stripe", clearing, "Stripe")
	w.oracle.compare("fees", fees, "what Stripe kept")
}

func describe(r *receiptFacts) string {
	if r == nil {
		return "nothing is"
	}
	return fmt.Sprintf("%d, %d given back", r.Amount.Minor, r.back)
}
