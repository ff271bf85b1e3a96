package stripewebhook_test

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"duly/infra/local/bank"
	"duly/infra/local/stripe"
	bankfile "duly/shared/bank"
	"duly/shared/o2c"
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/cash"
	"duly/shared/o2c/exchange"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/ledger"
	"duly/shared/o2c/order"
	"duly/shared/testkit"
)

// payout is the one payout that is known.
func (k *till) payout(t testing.TB) cash.PayoutData {
	t.Helper()
	all := testkit.Listed[cash.Payout](t, k.World, "payout")
	if len(all) != 1 {
		t.Fatalf("%d payouts", len(all))
	}
	return all[0].Data()
}

// unexplained is the daily figure.
func (k *till) unexplained(t testing.TB) int64 {
	t.Helper()
	k.Settle(t)
	f, err := k.Cycle.Figures(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return f.Unexplained().Minor
}

// paysOut pays all out and delivers what Stripe says of it.
func (k *till) paysOut(t testing.TB) stripe.Payout {
	t.Helper()
	out, err := k.stripe.Payout(context.Background(), "")
	if err != nil {
		t.Fatal(err)
	}
	k.deliver(t)
	return out
}

// TestCap_76_ThreeWayProof: charges − fees − refunds ± chargebacks = payout =
// bank line, each leg with its invoice and customer, and nothing is left under
// way.
func TestCap_76_ThreeWayProof(t *testing.T) {
	k := open42(t)
	s := k.pays(t, stripe.PayRequest{Method: "card"})
	k.deliver(t)
	ctx := context.Background()
	if _, err := k.stripe.Refund(ctx, s.PaymentIntent, 500); err != nil {
		t.Fatal(err)
	}
	k.deliver(t)
	if _, err := k.stripe.Chargeback(ctx, stripe.ChargebackRequest{PaymentIntent: s.PaymentIntent, Amount: 300, Outcome: "lost"}); err != nil {
		t.Fatal(err)
	}
	k.deliver(t)
	out := k.paysOut(t)
	d := k.payout(t)
	if d.Charges != testkit.EUR(4_200) || d.Refunds != testkit.EUR(500) || d.Disputes != testkit.EUR(-300) || d.Expected != testkit.EUR(out.Amount) || d.Code != "" {
		t.Errorf("%+v", d)
	}
	parts, err := k.Cycle.PayoutParts(ctx, d)
	if err != nil || len(parts) != 3 {
		t.Fatalf("%d parts, %v", len(parts), err)
	}
	for _, p := range parts {
		if p.ReceiptID == "" || !slices.Contains(p.Invoices, k.invoice.Number) || p.Booked != nil {
			t.Errorf("%+v", p)
		}
	}
	k.lands(t, out.Amount, out.Reference)
	k.books(t, map[string]int64{ledger.ClearingStripe: 0, ledger.Bank: out.Amount, ledger.Fees: out.Fees, ledger.Chargebacks: 0, ledger.Receivable: 800})
	if n := k.unexplained(t); n != 0 {
		t.Errorf("%d unexplained", n)
	}
	k.tied(t)
}

// TestCap_76_APayoutByHand takes a part of the balance; the rest stays there.
func TestCap_76_APayoutByHand(t *testing.T) {
	k := open42(t)
	k.pays(t, stripe.PayRequest{Method: "ideal"})
	k.deliver(t)
	k.Advance(time.Minute)
	out, err := k.stripe.PayoutByHand(context.Background(), "", 1_000)
	if err != nil {
		t.Fatal(err)
	}
	k.deliver(t)
	if d := k.payout(t); d.Code != "" || d.Charges != testkit.EUR(4_200) || d.KeptBack.Minor != 4_200-d.Fees.Minor-1_000 {
		t.Errorf("%+v", d)
	}
	k.lands(t, 1_000, out.Reference)
	k.books(t, map[string]int64{ledger.Bank: 1_000, ledger.ClearingStripe: 4_200 - k.payout(t).Fees.Minor - 1_000})
	k.tied(t)
}

// TestFC_68_ABreakNamesWhatExplainsIt and books nothing to make it fit.
func TestFC_68_ABreakNamesWhatExplainsIt(t *testing.T) {
	k := open42(t)
	k.pays(t, stripe.PayRequest{Method: "card"})
	k.deliver(t)
	k.stripe.SkewPayout(-1)
	out := k.paysOut(t)
	d := k.payout(t)
	if d.Code != cash.WhyListing || d.Gap != testkit.EUR(-1) || len(d.Causes) != 0 {
		t.Errorf("%+v", d)
	}
	if cards := testkit.CardsOf[o2c.PayoutCard](k.Desk); len(cards) != 1 || cards[0].Payout.Gap != testkit.EUR(-1) {
		t.Errorf("cards %+v", cards)
	}
	if n := k.unexplained(t); n != 1 {
		t.Errorf("%d unexplained", n)
	}
	k.lands(t, out.Amount, out.Reference)
	k.books(t, map[string]int64{ledger.ClearingStripe: 1, ledger.Suspense: 0, ledger.Bank: out.Amount})
	if err := k.Cycle.ExplainPayout(context.Background(), k.Stamp("slack:U06"), d.ID, o2c.PayoutExplanation{Why: "Stripe rounded", Account: ledger.Code(ledger.Rounding)}); err != nil {
		t.Fatal(err)
	}
	if n := k.unexplained(t); n != 0 {
		t.Errorf("%d unexplained after a person explained it", n)
	}
	k.books(t, map[string]int64{ledger.ClearingStripe: 0, ledger.Rounding: 1})
	k.tied(t)
}

// TestFC_68_MoneyThatTheBooksHaveNot: a charge at Stripe that is not ours, and a
// bank that says another amount, are found and named.
func TestFC_68_MoneyThatTheBooksHaveNot(t *testing.T) {
	k := open42(t)
	k.pays(t, stripe.PayRequest{Method: "card"}) // and its webhooks are lost
	k.sent = nil
	out := k.paysOut(t)
	d := k.payout(t)
	if d.Code != cash.WhyBooks || d.Gap != testkit.EUR(4_200) || len(d.Causes) != 1 || d.Causes[0].Kind != cash.MovementCharge {
		t.Fatalf("%+v", d)
	}
	told, err := k.gateway.Missed(context.Background(), k.Now().Add(-time.Hour)) // the poller finds what no webhook brought
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range told {
		if err := k.Cycle.HandlePayment(context.Background(), k.Now(), m.ID, m.Event); err != nil {
			t.Fatal(err)
		}
	}
	k.lands(t, out.Amount-100, out.Reference)
	d = k.payout(t)
	if d.Code != cash.WhyBank || d.Gap != testkit.EUR(-100) || d.Landed == nil || *d.Landed != testkit.EUR(out.Amount-100) {
		t.Errorf("%+v", d)
	}
	k.books(t, map[string]int64{ledger.ClearingStripe: 100})
	if n := k.unexplained(t); n != 100 {
		t.Errorf("%d unexplained", n)
	}
	k.tied(t)
}

// TestFC_68_TheBankBeforeTheGateway: a line of a gateway that names no payout
// waits for its settlement and is explained by it.
func TestFC_68_TheBankBeforeTheGateway(t *testing.T) {
	k := open42(t)
	k.pays(t, stripe.PayRequest{Method: "card"})
	k.deliver(t)
	out, err := k.stripe.Payout(context.Background(), "")
	if err != nil {
		t.Fatal(err)
	}
	late := k.sent
	k.sent = nil
	k.lands(t, out.Amount, "PAYMENT 0815")
	if n := k.unexplained(t); n != out.Amount {
		t.Errorf("%d unexplained while Stripe has told nothing", n)
	}
	k.sent = late
	k.deliver(t)
	if n := k.unexplained(t); n != 0 {
		t.Errorf("%d unexplained", n)
	}
	k.books(t, map[string]int64{ledger.ClearingStripe: 0, ledger.Bank: out.Amount, ledger.Unapplied: 0})
	if r := k.receipts(t); len(r) != 1 {
		t.Errorf("%d receipts: %v", len(r), fmt.Sprint(r))
	}
	k.tied(t)
}

// TestCap_76_APayoutBelowZero: what a chargeback takes after all was paid out, Stripe collects from the bank account; the
// payout and its line are below zero, and nothing is left unexplained, whichever comes first.
func TestCap_76_APayoutBelowZero(t *testing.T) {
	for _, bankFirst := range []bool{false, true} {
		k := open42(t)
		s := k.pays(t, stripe.PayRequest{Method: "card"})
		k.deliver(t)
		first := k.paysOut(t)
		k.lands(t, first.Amount, first.Reference)
		ctx := context.Background()
		if _, err := k.stripe.Chargeback(ctx, stripe.ChargebackRequest{PaymentIntent: s.PaymentIntent, Amount: 1_200, Outcome: "lost"}); err != nil {
			t.Fatal(err)
		}
		k.deliver(t)
		second, err := k.stripe.Payout(ctx, "")
		if err != nil || second.Amount >= 0 {
			t.Fatalf("%+v %v", second, err)
		}
		if bankFirst {
			k.lands(t, second.Amount, second.Reference)
			k.deliver(t)
		} else {
			k.deliver(t)
			k.lands(t, second.Amount, second.Reference)
		}
		k.books(t, map[string]int64{ledger.ClearingStripe: 0, ledger.Bank: first.Amount + second.Amount, ledger.Chargebacks: 0, ledger.Suspense: 0, ledger.Receivable: 1_200})
		if n := k.unexplained(t); n != 0 {
			t.Errorf("bank first %v: %d unexplained", bankFirst, n)
		}
		k.tied(t)
	}
}

// TestCap_76_PayoutsInTwoCurrencies: dollars and euros are paid out apart, each to a bank account of its currency; each adds up
// by itself, whichever message and whichever bank line comes first, and nothing is left under way in either.
func TestCap_76_PayoutsInTwoCurrencies(t *testing.T) {
	for _, turned := range []bool{false, true} {
		k := openWith(t, func(w *testkit.World) order.Incoming {
			sheet, err := exchange.NewSheet(exchange.SheetData{On: calendar.On(w.Now(), w.Cycle.Policy.Zone), Base: "EUR", Source: "a test", Per: map[string]decimal.Decimal{"USD": decimal.RequireFromString("1.25")}})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := w.Cycle.ImportRates(context.Background(), w.Stamp("api:test"), []*exchange.Sheet{sheet}); err != nil {
				t.Fatal(err)
			}
			in := testkit.Order("1", 3_471, w.Now())
			in.Currency, in.Lines[0].Quantity = "USD", 1
			return in
		})
		ctx := context.Background()
		dollars := k.invoice
		k.pays(t, stripe.PayRequest{Method: "card"})
		k.deliver(t)
		in := testkit.Order("2", 3_471, k.World.Now())
		in.Lines[0].Quantity = 1
		taken, err := k.Cycle.HandleShop(ctx, k.Arrive(order.Create, in))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := k.Cycle.Ship(ctx, k.Stamp("slack:U02SALES"), taken.OrderID, order.IncomingShipment{}); err != nil {
			t.Fatal(err)
		}
		k.Settle(t)
		euros := k.billOf(t, taken.OrderID)
		k.invoice = euros
		page, err := k.gateway.Checkout(ctx, o2c.CheckoutRequest{IdempotencyKey: "k2", InvoiceID: euros.ID, Number: euros.Number, Amount: euros.Total, ReturnURL: "https://duly.example/i/x"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := k.stripe.Pay(ctx, page.SessionID, stripe.PayRequest{Method: "ideal"}); err != nil {
			t.Fatal(err)
		}
		k.deliver(t)
		var outs []stripe.Payout
		for _, code := range []string{"usd", "eur"} {
			out, err := k.stripe.Payout(ctx, code)
			if err != nil {
				t.Fatal(err)
			}
			outs = append(outs, out)
		}
		if turned {
			slices.Reverse(k.sent)
			slices.Reverse(outs)
		}
		k.deliver(t)
		for _, out := range outs {
			k.landsIn(t, strings.ToUpper(out.Currency), out.Amount, out.Reference)
		}
		for _, p := range testkit.Listed[cash.Payout](t, k.World, "payout") {
			if d := p.Data(); d.Code != "" || d.Landed == nil || *d.Landed != d.Net {
				t.Errorf("%+v", d)
			}
		}
		balance, err := k.Cycle.TrialBalance(ctx, calendar.On(k.Now(), k.Cycle.Policy.Zone))
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range balance {
			if r := row.Account.Role; (r == ledger.ClearingStripe || r == ledger.Receivable || r == ledger.Suspense) && !row.Balance.IsZero() {
				t.Errorf("%s is %s", r, row.Balance)
			}
		}
		for _, id := range []string{dollars.ID, euros.ID} {
			if inv, err := o2c.Read[invoice.Invoice](ctx, k.Cycle, id); err != nil || inv.Status() != invoice.Paid {
				t.Errorf("%s: %v", id, err)
			}
		}
		if n := k.unexplained(t); n != 0 {
			t.Errorf("%d unexplained", n)
		}
		k.tied(t)
	}
}

// billOf is the invoice of an order.
func (k *till) billOf(t testing.TB, orderID string) invoice.Data {
	t.Helper()
	o, err := o2c.Read[order.Order](context.Background(), k.Cycle, orderID)
	if err != nil {
		t.Fatal(err)
	}
	inv, err := o2c.Read[invoice.Invoice](context.Background(), k.Cycle, o.Data().Invoices[0])
	if err != nil {
		t.Fatal(err)
	}
	return inv.Data()
}

// landsIn books an amount at our bank's account of a currency.
func (k *till) landsIn(t testing.TB, currency string, amount int64, reference string) {
	t.Helper()
	iban := map[string]string{"EUR": k.Cycle.Policy.Seller.IBAN, "USD": "NL02RABO0123456789"}[currency]
	ours := bank.New(bank.Account{IBAN: iban, Currency: currency, Owner: "Duly", Zone: k.Cycle.Policy.Zone})
	if _, err := ours.Book(k.Now(), []bank.Entry{{Amount: amount, Name: "Stripe", Reference: reference}}); err != nil {
		t.Fatal(err)
	}
	k.reads(t, ours)
}

// reads imports a bank's next statement.
func (k *till) reads(t testing.TB, from *bank.Bank) {
	t.Helper()
	file, err := from.Next(k.Now())
	if err != nil {
		t.Fatal(err)
	}
	statements, err := bankfile.Read(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	for _, st := range statements {
		if _, err := k.Cycle.ImportStatement(context.Background(), k.Stamp("bank"), st); err != nil {
			t.Fatal(err)
		}
	}
	k.Settle(t)
}
