package stripewebhook_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"duly/infra/local/loopback"
	"duly/infra/local/stripe"
	"duly/shared/o2c"
	"duly/shared/o2c/cash"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/ledger"
	"duly/shared/testkit"
)

// paidTwice is a till whose customer paid 42.00 twice, and the receipt that has
// no home.
func paidTwice(t *testing.T) (*till, string) {
	t.Helper()
	k := open42(t)
	var last stripe.Session
	for _, key := range []string{"first", "second"} {
		page, err := k.gateway.Checkout(t.Context(), o2c.CheckoutRequest{IdempotencyKey: key, InvoiceID: k.invoice.ID, Number: k.invoice.Number, Amount: k.invoice.Total, ReturnURL: "https://duly.example/i/x"})
		if err != nil {
			t.Fatal(err)
		}
		if last, err = k.stripe.Pay(t.Context(), page.SessionID, stripe.PayRequest{Method: "card"}); err != nil {
			t.Fatal(err)
		}
		k.deliver(t)
	}
	k.books(t, map[string]int64{ledger.ClearingStripe: 8_400, ledger.Unapplied: -4_200, ledger.Receivable: 0})
	return k, o2c.ReceiptID("stripe", last.PaymentIntent)
}

// refund asks for one of so many cents.
func (k *till) refund(t *testing.T, receipt string, cents int64) cash.RefundData {
	t.Helper()
	amount := testkit.EUR(cents)
	d, err := k.Cycle.AskRefund(t.Context(), k.Stamp("slack:U02JOOST"), o2c.RefundAsk{ReceiptID: receipt, Amount: &amount, Reason: "paid twice"})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// hears performs what is due and gives what Stripe sent about it.
func (k *till) hears(t *testing.T) []request {
	t.Helper()
	k.Settle(t)
	k.stripe.Tick(t.Context(), k.Now())
	return slices.Clone(k.sent)
}

func (k *till) refunds(t *testing.T) []cash.RefundData {
	t.Helper()
	var all []cash.RefundData
	for _, f := range testkit.Listed[cash.Refund](t, k.World, "refund") {
		all = append(all, f.Data())
	}
	return all
}

// TestFC_63_ARefundThatWeMake: it leaves what has no home when it is approved,
// and Stripe's balance when Stripe says so, in whatever order it says it and
// however often; a failure brings all of it back.
func TestFC_63_ARefundThatWeMake(t *testing.T) {
	first, receipt := paidTwice(t)
	first.refund(t, receipt, 4_200)
	first.books(t, map[string]int64{ledger.ClearingStripe: 8_400, ledger.Unapplied: 0, ledger.Refunds: -4_200})
	made := first.hears(t)
	first.tied(t)
	made = append(made, made[0])
	permute(len(made), func(sequence []int) {
		k, receipt := paidTwice(t)
		k.refund(t, receipt, 4_200)
		k.hears(t)
		k.sent = nil
		for _, i := range sequence {
			k.sent = append(k.sent, made[i])
		}
		k.deliver(t)
		k.books(t, map[string]int64{ledger.ClearingStripe: 4_200, ledger.Unapplied: 0, ledger.Refunds: 0})
		if got := k.refunds(t); len(got) != 1 || got[0].Status != cash.RefundPaid || k.bill(t).Status != invoice.Paid {
			t.Errorf("%v: %+v, invoice %s", sequence, got, k.bill(t).Status)
		}
		k.tied(t)
	})
	if _, err := first.stripe.FailRefund(t.Context(), first.refunds(t)[0].GatewayRef); err != nil {
		t.Fatal(err)
	}
	failed := slices.Clone(first.sent)
	permute(min(len(failed), 5), func(sequence []int) {
		k, receipt := paidTwice(t)
		k.refund(t, receipt, 4_200)
		k.hears(t)
		k.sent = nil
		for _, i := range sequence {
			k.sent = append(k.sent, failed[i])
		}
		k.deliver(t)
		k.books(t, map[string]int64{ledger.ClearingStripe: 8_400, ledger.Unapplied: -4_200, ledger.Refunds: 0})
		if got := k.refunds(t); got[0].Status != cash.RefundFailed {
			t.Errorf("%v: %+v", sequence, got)
		}
		k.tied(t)
	})
}

// TestFC_63_BesideOneInTheDashboard: what somebody gives back at Stripe itself is
// booked beside our own, never instead of it.
func TestFC_63_BesideOneInTheDashboard(t *testing.T) {
	k, receipt := paidTwice(t)
	intent := k.receipt(t, receipt).Ref
	k.refund(t, receipt, 1_000)
	if _, err := k.stripe.Refund(t.Context(), intent, 700); err != nil {
		t.Fatal(err)
	}
	k.hears(t)
	k.deliver(t)
	k.books(t, map[string]int64{ledger.ClearingStripe: 6_700, ledger.Unapplied: -2_500, ledger.Refunds: 0})
	k.tied(t)
	amount := testkit.EUR(2_501)
	for name, ask := range map[string]o2c.RefundAsk{
		"more than is left":  {ReceiptID: receipt, Amount: &amount, Reason: "x"},
		"to another account": {ReceiptID: receipt, IBAN: "NL91ABNA0417164300", Reason: "x"},
	} {
		if _, err := k.Cycle.AskRefund(t.Context(), k.Stamp("slack:U02JOOST"), ask); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func (k *till) receipt(t *testing.T, id string) cash.ReceiptData {
	t.Helper()
	r, err := o2c.Read[cash.Receipt](t.Context(), k.Cycle, id)
	if err != nil {
		t.Fatal(err)
	}
	return r.Data()
}

// TestFC_48_ARefundWhoseAnswerIsLost: whatever becomes of Stripe's answers, the
// money goes back once.
func TestFC_48_ARefundWhoseAnswerIsLost(t *testing.T) {
	for _, how := range []string{loopback.Fail500, stripe.Fail500After, loopback.Lost, loopback.Timeout, loopback.Throttle} {
		t.Run(how, func(t *testing.T) {
			k, receipt := paidTwice(t)
			k.refund(t, receipt, 4_200)
			if err := k.stripe.Fail(how, k.Now().Add(3*time.Minute)); err != nil {
				t.Fatal(err)
			}
			for range 8 { // the sweeps of an hour and a half
				k.hears(t)
				k.deliver(t)
				k.Advance(12 * time.Minute)
			}
			k.deliver(t)
			if got := k.refunds(t); got[0].Status != cash.RefundPaid {
				t.Errorf("%+v", got)
			}
			k.books(t, map[string]int64{ledger.ClearingStripe: 4_200, ledger.Unapplied: 0, ledger.Refunds: 0})
			k.tied(t)
		})
	}
}

// TestFC_63_ARefundThatStripeRefuses: the money has no home again, and a card
// says why.
func TestFC_63_ARefundThatStripeRefuses(t *testing.T) {
	k, receipt := paidTwice(t)
	if _, err := k.stripe.Chargeback(context.Background(), stripe.ChargebackRequest{PaymentIntent: k.receipt(t, receipt).Ref}); err != nil {
		t.Fatal(err)
	}
	k.refund(t, receipt, 4_200)
	k.Settle(t)
	k.books(t, map[string]int64{ledger.Unapplied: -4_200, ledger.Refunds: 0})
	if got := k.refunds(t); got[0].Status != cash.RefundFailed {
		t.Errorf("%+v", got)
	}
	if len(k.Desk.News("failed.refund")) == 0 {
		t.Error("nobody was told")
	}
	k.deliver(t)
	k.tied(t)
	cards := testkit.CardsOf[o2c.CashCard](k.Desk)
	if last := cards[len(cards)-1]; last.Settled || last.Refund == nil || last.Refund.Status != cash.RefundFailed {
		t.Errorf("the card says %+v", last)
	}
}

// TestFC_63_ACreditNotesMoneyGoesBackTheWayItCame: an invoice that was paid at Stripe in two payments is credited in part,
// and what the note left is given back there, over both as far as each reaches; the invoice stays settled, by the rest of
// the payments and the note.
func TestFC_63_ACreditNotesMoneyGoesBackTheWayItCame(t *testing.T) {
	k := open42(t)
	for i, cents := range []int64{1_200, 3_000} {
		page, err := k.gateway.Checkout(t.Context(), o2c.CheckoutRequest{IdempotencyKey: string(rune('a' + i)), InvoiceID: k.invoice.ID, Number: k.invoice.Number, Amount: testkit.EUR(cents), ReturnURL: "https://duly.example/i/x"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := k.stripe.Pay(t.Context(), page.SessionID, stripe.PayRequest{Method: "card"}); err != nil {
			t.Fatal(err)
		}
		k.deliver(t)
	}
	if k.bill(t).Status != invoice.Paid {
		t.Fatalf("the invoice is %s", k.bill(t).Status)
	}
	note, err := k.Cycle.IssueCreditNote(t.Context(), k.Stamp("slack:U02JOOST"), o2c.CreditRequest{InvoiceID: k.invoice.ID, Reason: "returned"})
	if err != nil {
		t.Fatal(err)
	}
	k.Settle(t)
	k.books(t, map[string]int64{ledger.ClearingStripe: 4_200, ledger.Unapplied: -4_200, ledger.Receivable: 0})
	onAccount := o2c.ReceiptID("credit_note", note.ID)
	amount := testkit.EUR(3_500)
	if _, err := k.Cycle.AskRefund(t.Context(), k.Stamp("slack:U02JOOST"), o2c.RefundAsk{ReceiptID: onAccount, Amount: &amount, Reason: "returned"}); err != nil {
		t.Fatal(err)
	}
	k.hears(t)
	k.deliver(t)
	k.Settle(t)
	k.books(t, map[string]int64{ledger.ClearingStripe: 700, ledger.Unapplied: -700, ledger.Receivable: 0, ledger.Refunds: 0})
	var took []int64
	for _, f := range k.refunds(t) {
		if f.Gateway != cash.Stripe || f.Status != cash.RefundPaid || f.Elsewhere {
			t.Errorf("%+v", f)
		}
		took = append(took, f.Amount.Minor)
	}
	slices.Sort(took)
	if !slices.Equal(took, []int64{500, 3_000}) && !slices.Equal(took, []int64{1_200, 2_300}) {
		t.Errorf("it went back as %v", took)
	}
	if inv, err := o2c.Read[invoice.Invoice](t.Context(), k.Cycle, k.invoice.ID); err != nil || !inv.Open().IsZero() {
		t.Errorf("%s with %s open, %v", inv.Status(), inv.Open(), err)
	}
	k.tied(t)
}
