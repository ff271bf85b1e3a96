package stripewebhook_test

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"duly/infra/local/loopback"
	"duly/infra/local/stripe"
	"duly/shared/handler/trigger"
	"duly/shared/o2c"
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/cash"
	"duly/shared/o2c/dunning"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/party"
	"duly/shared/testkit"
)

// dueNow lets the days pass up to the morning of the day on which an invoice is
// collected.
func (p *purse) dueNow(d invoice.Data) {
	p.t.Helper()
	for p.charge(d).Status == o2c.ChargePlanned && p.World.Now().Before(p.charge(d).On.At(3, 0, p.Cycle.Policy.Zone)) {
		p.Advance(6 * time.Hour)
		p.settle()
	}
	for p.World.Now().Before(p.charge(d).On.At(10, 0, p.Cycle.Policy.Zone)) {
		p.Advance(time.Hour)
	}
}

func (p *purse) wakes() {
	p.t.Helper()
	if err := p.tick.Tick(context.Background(), trigger.Tick{Schedule: "dunning"}); err != nil {
		p.t.Fatal(err)
	}
}

// taken counts the payments that Stripe took without the customer, whose own was
// on the first days.
func (p *purse) taken(d invoice.Data) int {
	n := 0
	for _, e := range p.stripe.Events() {
		if e.Type == "payment_intent.succeeded" && e.CreatedAt.After(d.IssuedOn.At(0, 0, time.UTC).AddDate(0, 0, 7)) {
			n++
		}
	}
	return n
}

// TestCap_58_MessagesTwiceAndInAnyOrder end alike: one receipt, one try, for a
// card and for a debit that fails and then succeeds.
func TestCap_58_MessagesTwiceAndInAnyOrder(t *testing.T) {
	for _, method := range []string{stripe.Card, stripe.SEPADebit} {
		p := openPurse(t)
		p.keeps(p.invoice, stripe.PayRequest{Method: method})
		p.days(5)
		second := p.bills()
		p.answers("insufficient_funds", "succeed")
		heard := []request{}
		for range 4 * 55 {
			p.wakes()
			p.stripe.Tick(context.Background(), p.World.Now())
			p.Settle(t)
			p.stripe.Tick(context.Background(), p.World.Now())
			heard = append(heard, p.sent...)
			slices.Reverse(p.sent)
			for _, r := range append(slices.Clone(p.sent), p.sent...) { // the newest first, then all again
				p.post(t, p.Handler, r)
			}
			p.sent = nil
			p.Settle(t)
			p.Advance(6 * time.Hour)
		}
		before := len(testkit.Listed[cash.Receipt](t, p.World, "receipt"))
		for _, r := range heard {
			p.post(t, p.Handler, p.signed(t, r.body))
		}
		p.Settle(t)
		k := p.charge(second)
		if len(k.Tries) != 2 || k.Tries[0].Status != o2c.TryFailed || k.Tries[1].Status != o2c.TryTaken || p.now(second).Status != invoice.Paid || p.collected(second) != 1 || len(testkit.Listed[cash.Receipt](t, p.World, "receipt")) != before || before != 2 {
			t.Errorf("%s: %v, %s, %d receipts", method, p.tries(second), p.now(second).Status, before)
		}
	}
}

// TestCap_58_AnAnswerThatIsLost after the money was taken: the next attempt finds
// the payment and takes none again, whether the answer was lost, or Stripe said
// 500 after it had done it.
func TestCap_58_AnAnswerThatIsLost(t *testing.T) {
	for _, how := range []string{loopback.Lost, stripe.Fail500After, loopback.Fail500, loopback.Throttle} {
		t.Run(how, func(t *testing.T) {
			p := openPurse(t)
			p.keeps(p.invoice, stripe.PayRequest{Method: stripe.Card})
			second := p.bills()
			p.dueNow(second)
			if err := p.stripe.Fail(how, p.World.Now().Add(3*time.Minute)); err != nil {
				t.Fatal(err)
			}
			p.wakes()
			p.Settle(t) // Stripe's messages wait too
			p.sent = nil
			for range 40 {
				p.Advance(time.Minute)
				p.Settle(t)
			}
			if n := p.taken(second); n != 1 {
				t.Fatalf("taken %d times", n)
			}
			told, err := p.gateway.Missed(context.Background(), p.World.Now().AddDate(0, 0, -2))
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range told { // what the webhook lost, the poller finds
				if err := p.Cycle.HandlePayment(context.Background(), p.World.Now(), "poll-"+m.ID, m.Event); err != nil {
					t.Fatal(err)
				}
			}
			p.Settle(t)
			if k := p.charge(second); len(k.Tries) != 1 || k.Status != o2c.ChargeDone || p.now(second).Status != invoice.Paid {
				t.Errorf("%v, %s", p.tries(second), p.now(second).Status)
			}
		})
	}
}

// TestCap_58_KilledBetweenIntentAndRecord: the performer dies after Stripe took
// the money and before it wrote so; whoever comes after its lease finds it.
func TestCap_58_KilledBetweenIntentAndRecord(t *testing.T) {
	p := openPurse(t)
	p.keeps(p.invoice, stripe.PayRequest{Method: stripe.Card})
	second := p.bills()
	p.dueNow(second)
	p.wakes()
	ctx, kill := context.WithCancel(context.Background())
	real := p.Cycle.Pay
	p.Cycle.Pay = killer{Payments: real, kill: kill}
	_, _ = p.Outbox.Sweep(ctx)
	p.Cycle.Pay = real
	if n := p.taken(second); n != 1 || p.charge(second).Tries[0].Status != o2c.TryAsked {
		t.Fatalf("taken %d times: %v", n, p.tries(second))
	}
	p.Advance(5 * time.Minute)
	p.Settle(t) // before any message of Stripe's
	if n := p.taken(second); n != 1 || p.charge(second).Tries[0].Status != o2c.TryUnder {
		t.Errorf("taken %d times: %v", n, p.tries(second))
	}
	p.settle()
	if p.now(second).Status != invoice.Paid {
		t.Errorf("it is %s", p.now(second).Status)
	}
}

// killer takes the money and dies.
type killer struct {
	o2c.Payments
	kill func()
}

func (k killer) Charge(ctx context.Context, r o2c.ChargeRequest) (o2c.ChargeMade, error) {
	_, _ = k.Payments.Charge(ctx, r)
	k.kill()
	return o2c.ChargeMade{}, context.Canceled
}

// TestCap_58_PaidByTransferBetweenTwoTries: nothing is collected after it, and
// the customer hears of no other try.
func TestCap_58_PaidByTransferBetweenTwoTries(t *testing.T) {
	p := openPurse(t)
	p.keeps(p.invoice, stripe.PayRequest{Method: stripe.Card})
	second := p.bills()
	p.answers("insufficient_funds", "succeed")
	p.dueNow(second)
	p.wakes()
	p.settle()
	if p.charge(second).Status != o2c.ChargeWaits {
		t.Fatalf("%v", p.tries(second))
	}
	on := calendar.On(p.World.Now(), p.Cycle.Policy.Zone)
	_, err := p.Cycle.ImportStatement(context.Background(), p.Stamp("bank"), cash.Statement{
		ID: "s-1", Account: p.Cycle.Policy.Seller.IBAN, Currency: "EUR", From: on, To: on, Opening: testkit.EUR(0), Closing: second.Total,
		Entries: []cash.Entry{{Key: "e-1", Amount: second.Total, Name: second.Buyer.Name, Reference: second.Reference, BookedOn: on, ValueOn: on}},
	})
	if err != nil {
		t.Fatal(err)
	}
	p.days(10)
	if k := p.charge(second); len(k.Tries) != 1 || k.Status != o2c.ChargeDone || k.Why != o2c.WhyPaid || p.taken(second) != 0 || p.collected(second) != 1 {
		t.Errorf("%v, %s, taken %d times", p.tries(second), k.Why, p.taken(second))
	}
}

// TestCap_58_WithdrawnWhileADebitIsUnderWay: what the bank carries out already
// comes in; when it fails, nothing is tried again and the ladder goes on.
func TestCap_58_WithdrawnWhileADebitIsUnderWay(t *testing.T) {
	for _, says := range []string{"succeed", "insufficient_funds"} {
		t.Run(says, func(t *testing.T) {
			p := openPurse(t)
			p.keeps(p.invoice, stripe.PayRequest{Method: stripe.SEPADebit})
			p.days(5)
			second := p.bills()
			p.answers(says, "succeed")
			p.dueNow(second)
			p.wakes()
			p.settle()
			if _, _, html := p.visit(second, http.MethodGet, "", nil); !strings.Contains(html, "payment being confirmed by your bank") {
				t.Fatal("the page does not say that it is under way")
			}
			p.visit(second, http.MethodPost, "/stop-collecting", nil)
			p.days(30)
			got, k := p.now(second), p.charge(second)
			if paid := got.Status == invoice.Paid; paid != (says == "succeed") || len(k.Tries) != 1 || got.PausedBy() != "" || paid == (len(got.Dunning.Sent) > 0) {
				t.Errorf("%s, %v, %+v", got.Status, p.tries(second), got.Dunning)
			}
		})
	}
}

// TestCap_58_NothingOfWhatSpeaksAgainstIt: no try while the customer promised a
// day, disputes a part, pays in instalments, or rests; and one that was decided
// before is not sent.
func TestCap_58_NothingOfWhatSpeaksAgainstIt(t *testing.T) {
	ctx := context.Background()
	for name, speak := range map[string]func(p *purse, d invoice.Data) error{
		"dispute": func(p *purse, d invoice.Data) error {
			part := testkit.EUR(1000)
			_, err := p.Cycle.OpenDispute(ctx, p.Stamp("portal:x"), o2c.DisputeInput{InvoiceID: d.ID, Amount: &part, Reason: dunning.WrongPrice, By: "portal:x"})
			return err
		},
		"promise": func(p *purse, d invoice.Data) error {
			_, err := p.Cycle.RecordPromise(ctx, p.Stamp("portal:x"), o2c.PromiseInput{InvoiceID: d.ID, Date: calendar.On(p.World.Now(), p.Cycle.Policy.Zone).AddDays(12), By: "portal:x"})
			return err
		},
		"plan": func(p *purse, d invoice.Data) error {
			_, err := p.Cycle.AskPlan(ctx, p.Stamp("slack:U03COLLECT"), o2c.PlanInput{InvoiceID: d.ID, Parts: 3, By: "slack:U03COLLECT", Agreed: true})
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := openPurse(t)
			p.keeps(p.invoice, stripe.PayRequest{Method: stripe.Card})
			second := p.bills()
			p.dueNow(second)
			p.wakes() // the try is decided
			if err := speak(p, second); err != nil {
				t.Fatal(err)
			}
			p.settle()
			p.days(6)
			if n := p.taken(second); n != 0 || p.charge(second).Tries[0].Status != o2c.TryDropped {
				t.Errorf("taken %d times: %v", n, p.tries(second))
			}
		})
	}
}

// TestCap_58_AChargebackEndsIt: who has the bank take a collection back is not
// collected from again.
func TestCap_58_AChargebackEndsIt(t *testing.T) {
	p := openPurse(t)
	p.keeps(p.invoice, stripe.PayRequest{Method: stripe.SEPADebit})
	p.days(5)
	second := p.bills()
	p.days(45)
	if p.now(second).Status != invoice.Paid {
		t.Fatal("not collected")
	}
	if _, err := p.stripe.Chargeback(context.Background(), stripe.ChargebackRequest{PaymentIntent: p.charge(second).Tries[0].Ref, Amount: second.Total.Minor}); err != nil {
		t.Fatal(err)
	}
	p.settle()
	if m := p.mandate(second.CustomerID); m.Status != o2c.MandateStopped || m.StoppedBy != "stripe" {
		t.Errorf("%+v", m)
	}
	p.days(20)
	if k := p.charge(second); len(k.Tries) != 1 {
		t.Errorf("%v", p.tries(second))
	}
}

// TestCap_58_WhatIsKeptIsTheCustomersToKnow: the access export has the consent
// and the collections, and an erasure detaches the method.
func TestCap_58_WhatIsKeptIsTheCustomersToKnow(t *testing.T) {
	p := openPurse(t)
	p.keeps(p.invoice, stripe.PayRequest{Method: stripe.Card})
	second := p.bills()
	p.days(45)
	about, err := p.Cycle.Subject(context.Background(), second.CustomerID)
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string]int{}
	for _, d := range about.Documents {
		kinds[d.Key.Kind]++
	}
	if kinds["mandate"] != 1 || kinds["charge"] != 1 {
		t.Errorf("%v", kinds)
	}
	proof, err := p.Cycle.EraseCustomer(context.Background(), p.Stamp("slack:U04APPROVE"), second.CustomerID, "asked by mail")
	if err != nil {
		t.Fatal(err)
	}
	p.settle()
	kept := false
	for _, k := range proof.Kept {
		kept = kept || strings.HasPrefix(k.Of, "mandate")
	}
	if !kept || p.stripe.Methods()[0].Customer != "" || p.mandate(second.CustomerID).Status != o2c.MandateStopped {
		t.Errorf("kept %t, %+v", kept, p.stripe.Methods()[0])
	}
}

// TestCap_58_OnTheStatementToo: the box stands there, keeps what all is paid
// with, and one press stops it.
func TestCap_58_OnTheStatementToo(t *testing.T) {
	p := openPurse(t)
	token, err := p.Cycle.Links.Token(o2c.StatementScope(p.invoice.CustomerID, p.invoice.Buyer.Email))
	if err != nil {
		t.Fatal(err)
	}
	at := p.ask(http.MethodPost, "/s/"+token+"/pay", url.Values{"keep": {"yes"}, "currency": {"EUR"}})
	if at.StatusCode != http.StatusSeeOther {
		t.Fatal(at.StatusCode)
	}
	if _, err := p.stripe.Pay(context.Background(), p.stripe.Sessions()[0].ID, stripe.PayRequest{Method: stripe.IDEAL}); err != nil {
		t.Fatal(err)
	}
	p.settle()
	if m := p.mandate(p.invoice.CustomerID); m.Status != o2c.MandateActive || m.Consent.Page != "statement" || m.Method.Last4 != "5264" {
		t.Fatalf("%+v", m)
	}
	if html := p.ask(http.MethodGet, "/s/"+token, nil).Body; !strings.Contains(html, "Stop collecting") || strings.Contains(html, `name="keep"`) {
		t.Error("the statement does not say so")
	}
	p.ask(http.MethodPost, "/s/"+token+"/stop-collecting", url.Values{})
	p.settle()
	if m := p.mandate(p.invoice.CustomerID); m.Status != o2c.MandateStopped {
		t.Errorf("%+v", m)
	}
}

// TestCap_58_EachInstalmentOnItsDay: of an invoice with several due dates each
// part is collected on its own, and announced before.
func TestCap_58_EachInstalmentOnItsDay(t *testing.T) {
	p := openPurse(t)
	p.keeps(p.invoice, stripe.PayRequest{Method: stripe.Card})
	_, err := p.Cycle.AmendCustomer(t.Context(), p.Stamp("api:t"), p.invoice.CustomerID, func(c *party.Data) {
		c.Instalments = []calendar.Share{{Percent: 50, Days: 10}, {Percent: 50, Days: 40}}
	})
	if err != nil {
		t.Fatal(err)
	}
	second := p.bills()
	p.days(20)
	if got := p.now(second); got.Open != testkit.EUR(12_100) || p.charge(second).Status != o2c.ChargePlanned || len(p.letters(o2c.LetterChargeAnnounced)) != 1 {
		t.Fatalf("open %s: %v, %s, %d letters", got.Open, p.tries(second), p.charge(second).Status, len(p.letters(o2c.LetterChargeAnnounced)))
	}
	p.days(30)
	if got := p.now(second); got.Status != invoice.Paid || len(p.charge(second).Tries) != 2 || len(got.Dunning.Sent) != 0 {
		t.Errorf("%s: %v, %+v", got.Status, p.tries(second), got.Dunning)
	}
}
