package stripewebhook_test

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"duly/infra/local/stripe"
	dunningtick "duly/shared/handler/dunning"
	"duly/shared/handler/portal"
	"duly/shared/handler/trigger"
	"duly/shared/o2c"
	"duly/shared/o2c/cash"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/order"
	"duly/shared/page"
	"duly/shared/testkit"
)

// purse is a till whose customer may let us collect: its page, the calendar and
// the loopback Stripe on one clock.
type purse struct {
	*till
	t      *testing.T
	portal trigger.Handler
	tick   trigger.Handler
	orders int
}

func openPurse(t *testing.T) *purse {
	t.Helper()
	k := open(t)
	k.Cycle.Policy.Collecting = o2c.CollectingPolicy{Offer: true, NoticeDays: 3, RetryDays: []int{1, 2, 4, 6, 8, 11, 14}}
	k.Cycle.Policy.Freshness = 0
	pages := page.New(page.Options{Brand: "iDEAL | Wero", CheckoutOrigin: "http://stripe.invalid", Seller: k.Cycle.Policy.Seller})
	return &purse{
		till: k, t: t, orders: 1,
		portal: portal.New(portal.Deps{Cycle: k.Cycle, Pages: pages, Files: k.Desk, Slips: k.Desk, Now: k.World.Now, Log: testkit.Silent()}),
		tick:   dunningtick.New(dunningtick.Deps{Cycle: k.Cycle, Now: k.World.Now, Log: testkit.Silent()}),
	}
}

// visit asks for a page of an invoice, or presses a button of it.
func (p *purse) visit(d invoice.Data, method, verb string, form url.Values) (int, string, string) {
	p.t.Helper()
	address, err := p.Cycle.InvoiceURL(d)
	if err != nil {
		p.t.Fatal(err)
	}
	u, err := url.Parse(address)
	if err != nil {
		p.t.Fatal(err)
	}
	answer := p.ask(method, u.Path+verb, form)
	return answer.StatusCode, answer.Headers["location"], answer.Body
}

// ask sends the portal a request as API Gateway passes it on.
func (p *purse) ask(method, path string, form url.Values) events.APIGatewayV2HTTPResponse {
	p.t.Helper()
	r, err := http.NewRequestWithContext(context.Background(), method, "https://duly.example"+path, nil)
	if err != nil {
		p.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, err := p.portal.HTTP(context.Background(), trigger.Request(r, []byte(form.Encode())))
	if err != nil {
		p.t.Fatal(err)
	}
	return answer
}

// settle carries what Stripe says to the function and performs what follows,
// until nothing more happens.
func (p *purse) settle() {
	p.t.Helper()
	for again := true; again; {
		p.stripe.Tick(context.Background(), p.World.Now())
		said := p.sent
		p.sent = nil
		for _, r := range said {
			if status := p.post(p.t, p.Handler, r); status != http.StatusOK {
				p.t.Fatalf("the function answers %d", status)
			}
		}
		p.Settle(p.t)
		again = len(p.sent) > 0 || len(said) > 0
	}
}

// keeps has the customer pay an invoice, tick the box, and pay as told.
func (p *purse) keeps(d invoice.Data, how stripe.PayRequest) {
	p.t.Helper()
	status, _, _ := p.visit(d, http.MethodPost, "/pay", url.Values{"keep": {"yes"}})
	if status != http.StatusSeeOther {
		p.t.Fatalf("pay: %d", status)
	}
	if _, err := p.stripe.Pay(context.Background(), p.stripe.Sessions()[0].ID, how); err != nil {
		p.t.Fatal(err)
	}
	p.settle()
}

// bills issues another invoice of 242.00 to the customer.
func (p *purse) bills() invoice.Data {
	p.t.Helper()
	p.orders++
	ctx := context.Background()
	taken, err := p.Cycle.HandleShop(ctx, p.Arrive(order.Create, testkit.Order(string(rune('0'+p.orders)), 10_000, p.World.Now())))
	if err != nil {
		p.t.Fatal(err)
	}
	if _, err := p.Cycle.Ship(ctx, p.Stamp("slack:U02SALES"), taken.OrderID, order.IncomingShipment{}); err != nil {
		p.t.Fatal(err)
	}
	p.settle()
	for _, inv := range testkit.Listed[invoice.Invoice](p.t, p.World, "invoice") {
		if inv.Data().OrderID == taken.OrderID {
			return inv.Data()
		}
	}
	p.t.Fatal("no invoice")
	return invoice.Data{}
}

// days lets days pass: the calendar wakes up in the morning, at noon, in the
// evening and at night.
func (p *purse) days(n int) {
	p.t.Helper()
	for range n * 4 {
		if err := p.tick.Tick(context.Background(), trigger.Tick{Schedule: "dunning"}); err != nil {
			p.t.Fatal(err)
		}
		p.settle()
		p.Advance(6 * time.Hour)
	}
}

func (p *purse) now(d invoice.Data) invoice.Data {
	p.t.Helper()
	inv, err := o2c.Read[invoice.Invoice](context.Background(), p.Cycle, d.ID)
	if err != nil {
		p.t.Fatal(err)
	}
	return inv.Data()
}

func (p *purse) mandate(customer string) o2c.MandateData {
	p.t.Helper()
	m, err := o2c.Read[o2c.Mandate](context.Background(), p.Cycle, customer)
	if err != nil {
		p.t.Fatal(err)
	}
	return m.Data()
}

func (p *purse) charge(d invoice.Data) o2c.ChargeData {
	p.t.Helper()
	k, err := o2c.Read[o2c.Charge](context.Background(), p.Cycle, d.ID)
	if err != nil {
		p.t.Fatal(err)
	}
	return k.Data()
}

// answers has the bank of what is kept answer the next payments so.
func (p *purse) answers(all ...string) {
	p.t.Helper()
	if err := p.stripe.Change(context.Background(), p.stripe.Methods()[0].ID, stripe.KeptRequest{Answers: all}); err != nil {
		p.t.Fatal(err)
	}
}

// letters are the mails of a template.
func (p *purse) letters(template string) []testkit.View {
	var some []testkit.View
	for _, v := range p.Desk.Views {
		if v.Template == template {
			some = append(some, v)
		}
	}
	return some
}

func (p *purse) tries(d invoice.Data) (said []string) {
	for _, t := range p.charge(d).Tries {
		said = append(said, t.On.String()+" "+t.Status+" "+t.Code)
	}
	return said
}

// intents are the payments that Stripe was asked for about an invoice without
// the customer.
func (p *purse) collected(d invoice.Data) int {
	n := 0
	for _, r := range testkit.Listed[cash.Receipt](p.t, p.World, "receipt") {
		for _, a := range r.Data().Applications {
			if a.InvoiceID == d.ID && !a.Undone {
				n++
			}
		}
	}
	return n
}

// TestCap_58_AnInvoiceIsCollectedOnItsDay from the card that the customer let us
// keep: nothing without the tick; with it the next invoice says when and from
// what, is collected on its due date, once, and no letter goes out.
func TestCap_58_AnInvoiceIsCollectedOnItsDay(t *testing.T) {
	for _, method := range []string{stripe.Card, stripe.SEPADebit, stripe.IDEAL} {
		t.Run(method, func(t *testing.T) {
			p := openPurse(t)
			first := p.invoice
			_, _, html := p.visit(first, http.MethodGet, "", nil)
			if !strings.Contains(html, `name="keep" type="checkbox" value="yes"`) || strings.Contains(html, "checked") {
				t.Fatal("the box is not there, or ticked beforehand")
			}
			p.keeps(first, stripe.PayRequest{Method: method})
			p.days(5)
			if got := p.now(first); got.Status != invoice.Paid {
				t.Fatalf("the first is %s", got.Status)
			}
			m := p.mandate(first.CustomerID)
			kind := map[string]string{stripe.Card: "card"}[method]
			if kind == "" {
				kind = "sepa_debit"
			}
			if m.Status != o2c.MandateActive || m.Method.Kind != kind || m.Method.Last4 == "" || m.Consent.By != first.Buyer.Email || !strings.Contains(m.Consent.Text, "stop at any time") || m.Consent.Page != "invoice" || (kind == "sepa_debit") != (m.Method.Mandate != "") {
				t.Fatalf("%+v", m)
			}
			second := p.bills()
			told := p.letters(o2c.LetterInvoice)
			if last := told[len(told)-1]; last.CollectOn != p.Cycle.Policy.Days.Next(second.DueOn) || last.Method.Last4 != m.Method.Last4 {
				t.Fatalf("the mail says %s from %+v", last.CollectOn, last.Method)
			}
			if _, _, html := p.visit(second, http.MethodGet, "", nil); !strings.Contains(html, "We collect this invoice on") || !strings.Contains(html, "Stop collecting") || strings.Contains(html, `name="keep" type="checkbox"`) {
				t.Fatal("the page does not say so")
			}
			p.days(45)
			if got := p.now(second); got.Status != invoice.Paid || p.collected(second) != 1 || got.PausedBy() != "" || len(got.Dunning.Sent) != 0 {
				t.Fatalf("%s, %d times, paused by %q, sent %v: %v", got.Status, p.collected(second), got.PausedBy(), got.Dunning.Sent, p.tries(second))
			}
			if k := p.charge(second); len(k.Tries) != 1 || k.Status != o2c.ChargeDone || k.Tries[0].On != p.Cycle.Policy.Days.Next(second.DueOn) {
				t.Errorf("%+v", k)
			}
		})
	}
}

// TestCap_58_ASoftFailureIsTriedAgain on working days, eight times in two weeks;
// then the ladder goes on. One that succeeds in between ends it.
func TestCap_58_ASoftFailureIsTriedAgain(t *testing.T) {
	p := openPurse(t)
	p.keeps(p.invoice, stripe.PayRequest{Method: stripe.Card})
	second := p.bills()
	p.answers(slices.Repeat([]string{"insufficient_funds"}, 8)...)
	p.days(60)
	k := p.charge(second)
	if len(k.Tries) != 8 || k.Status != o2c.ChargeEnded || k.Why != "funds" {
		t.Fatalf("%+v", p.tries(second))
	}
	for i, try := range k.Tries {
		if !p.Cycle.Policy.Days.Works(try.On) || i > 0 && !try.On.After(k.Tries[i-1].On) || try.On.DaysSince(k.Tries[0].On) > 16 {
			t.Errorf("try %d on %s", i+1, try.On)
		}
	}
	if got := p.now(second); len(got.Dunning.Sent) == 0 || got.Dunning.Sent[0].On.Before(k.Tries[7].On) || got.PausedBy() != "" {
		t.Errorf("the ladder: %+v", got.Dunning)
	}
	if mails := p.letters(o2c.LetterChargeFailed); len(mails) != 2 || mails[0].Again.IsZero() || !mails[1].Again.IsZero() || mails[0].Why != "funds" {
		t.Errorf("%d mails", len(mails))
	}
}

// TestCap_58_ATryThatSucceedsEndsIt: two that fail, one that brings the money.
func TestCap_58_ATryThatSucceedsEndsIt(t *testing.T) {
	p := openPurse(t)
	p.keeps(p.invoice, stripe.PayRequest{Method: stripe.Card})
	second := p.bills()
	p.answers("insufficient_funds", "processing_error", "succeed")
	p.days(45)
	if k := p.charge(second); len(k.Tries) != 3 || k.Status != o2c.ChargeDone || p.now(second).Status != invoice.Paid || len(p.now(second).Dunning.Sent) != 0 {
		t.Errorf("%v, %+v", p.tries(second), p.now(second).Dunning)
	}
}

// TestCap_58_AHardDeclineIsNeverTriedAgain, and nothing else is collected from
// that card: the customer is told in plain words, the team by a line.
func TestCap_58_AHardDeclineIsNeverTriedAgain(t *testing.T) {
	for code, want := range map[string]struct {
		why   string
		spent bool
	}{"stolen_card": {"bank", true}, "authentication_required": {"confirm", false}, "expired_card": {"expired", true}} {
		t.Run(code, func(t *testing.T) {
			p := openPurse(t)
			p.keeps(p.invoice, stripe.PayRequest{Method: stripe.Card})
			second := p.bills()
			p.answers(code)
			p.days(50)
			k := p.charge(second)
			if len(k.Tries) != 1 || k.Status != o2c.ChargeEnded || k.Why != want.why || p.now(second).PausedBy() != "" || len(p.now(second).Dunning.Sent) == 0 {
				t.Fatalf("%v, %+v", p.tries(second), p.now(second).Dunning)
			}
			mails := p.letters(o2c.LetterChargeFailed)
			if len(mails) != 1 || mails[0].Why != want.why || mails[0].PayURL == "" || len(p.Desk.News("charge_ended")) != 1 {
				t.Errorf("%d mails, %d notices", len(mails), len(p.Desk.News("charge_ended")))
			}
			if dead := p.mandate(second.CustomerID).Dead != ""; dead != want.spent {
				t.Errorf("the method is dead: %t", dead)
			}
		})
	}
}

// TestCap_58_ADebitThatFailsLate: SEPA says after four days that it failed; the
// invoice was never settled, is tried again, and comes in.
func TestCap_58_ADebitThatFailsLate(t *testing.T) {
	p := openPurse(t)
	p.keeps(p.invoice, stripe.PayRequest{Method: stripe.SEPADebit})
	p.days(5)
	second := p.bills()
	p.answers("insufficient_funds", "succeed")
	p.days(50)
	k := p.charge(second)
	if len(k.Tries) != 2 || k.Status != o2c.ChargeDone || p.now(second).Status != invoice.Paid {
		t.Fatalf("%v", p.tries(second))
	}
	if gap := k.Tries[1].On.DaysSince(k.Tries[0].On); gap < 4 {
		t.Errorf("tried again after %d days, while the first was under way", gap)
	}
	third := p.bills()
	p.answers("debit_not_authorized")
	p.days(50)
	if k := p.charge(third); len(k.Tries) != 1 || k.Why != "withdrawn" || p.mandate(third.CustomerID).Dead == "" {
		t.Errorf("%v %s", p.tries(third), k.Why)
	}
}

// TestCap_58_OnePressStopsIt, on the page and without a script: what is announced
// is not collected, Stripe forgets the method, and the page says so.
func TestCap_58_OnePressStopsIt(t *testing.T) {
	p := openPurse(t)
	p.keeps(p.invoice, stripe.PayRequest{Method: stripe.Card})
	second := p.bills()
	status, to, _ := p.visit(second, http.MethodPost, "/stop-collecting", nil)
	if status != http.StatusSeeOther || !strings.Contains(to, "done=stopped") {
		t.Fatalf("%d %s", status, to)
	}
	p.settle()
	if m := p.mandate(second.CustomerID); m.Status != o2c.MandateStopped || m.StoppedBy != "portal:"+second.Buyer.Email {
		t.Errorf("%+v", m)
	}
	if kept := p.stripe.Methods()[0]; kept.Customer != "" {
		t.Error("Stripe has it still")
	}
	if _, _, html := p.visit(second, http.MethodGet, "?done=stopped", nil); !strings.Contains(html, "We collect nothing from you any more") || strings.Contains(html, "Stop collecting") {
		t.Error("the page says something else")
	}
	p.days(40)
	if got := p.now(second); got.Status == invoice.Paid || got.PausedBy() != "" || len(got.Dunning.Sent) == 0 || len(p.charge(second).Tries) != 0 {
		t.Errorf("%s, %+v", got.Status, got.Dunning)
	}
	if status, to, _ := p.visit(second, http.MethodPost, "/stop-collecting", nil); status != http.StatusSeeOther || !strings.Contains(to, "said=refused") {
		t.Errorf("again: %d %s", status, to)
	}
}

// TestCap_58_ACardThatExpires is noticed a month before: the customer gets a mail
// with a link to give another one, which takes its place; one that the network
// replaces by itself is taken over.
func TestCap_58_ACardThatExpires(t *testing.T) {
	p := openPurse(t)
	p.keeps(p.invoice, stripe.PayRequest{Method: stripe.Card, Expires: "2026-03"})
	customer := p.invoice.CustomerID
	p.days(70) // from 5 January
	mails := p.letters(o2c.LetterCardExpires)
	if len(mails) != 1 || mails[0].Today.Month != time.March && mails[0].Today.Month != time.February || mails[0].Method.Expires() != "2026-03" {
		t.Fatalf("%d mails", len(mails))
	}
	if err := p.stripe.Change(context.Background(), p.stripe.Methods()[0].ID, stripe.KeptRequest{Last4: "5556", Expires: "2030-01"}); err != nil {
		t.Fatal(err)
	}
	p.settle()
	if m := p.mandate(customer); m.Method.Last4 != "5556" || m.Method.Expires() != "2030-01" {
		t.Fatalf("%+v", m.Method)
	}
	status, _, _ := p.visit(p.invoice, http.MethodPost, "/renew", url.Values{"keep": {"yes"}})
	if status != http.StatusSeeOther {
		t.Fatalf("renew: %d", status)
	}
	old := p.stripe.Methods()[0].ID
	if _, err := p.stripe.Pay(context.Background(), p.stripe.Sessions()[0].ID, stripe.PayRequest{Method: stripe.SEPADebit}); err != nil {
		t.Fatal(err)
	}
	p.settle()

	if m := p.mandate(customer); m.Method.Kind != "sepa_debit" || m.Method.Mandate == "" || m.Method.ID == old || m.Consent.Page != "renewal" {
		t.Fatalf("%+v", m)
	}
	for _, kept := range p.stripe.Methods() {
		if (kept.Customer == "") != (kept.ID == old) {
			t.Errorf("%+v", kept)
		}
	}
}
