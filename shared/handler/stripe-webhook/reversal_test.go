package stripewebhook_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"duly/infra/local/bank"
	"duly/infra/local/stripe"
	"duly/shared/o2c"
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/cash"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/ledger"
	"duly/shared/testkit"
)

// books are the balances of some accounts, by role.
func (k *till) books(t testing.TB, want map[string]int64) {
	t.Helper()
	rows, err := k.Cycle.TrialBalance(context.Background(), calendar.Date{})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]int64{}
	for _, r := range rows {
		got[r.Role] = r.Balance.Minor
	}
	for role, minor := range want {
		if got[role] != minor {
			t.Errorf("%s is %d, want %d", role, got[role], minor)
		}
	}
}

// lands books an amount at our bank and delivers its statement.
func (k *till) lands(t testing.TB, amount int64, reference string) {
	t.Helper()
	if k.bank == nil {
		k.bank = bank.New(bank.Account{IBAN: k.Cycle.Policy.Seller.IBAN, Owner: "Duly", Zone: k.Cycle.Policy.Zone})
	}
	if _, err := k.bank.Book(k.Now(), []bank.Entry{{Amount: amount, Name: "Stripe", Reference: reference}}); err != nil {
		t.Fatal(err)
	}
	k.reads(t, k.bank)
}

// tied verifies every invariant.
func (k *till) tied(t testing.TB) {
	t.Helper()
	k.Settle(t)
	if report, err := k.Cycle.Verify(context.Background()); err != nil || !report.OK() {
		t.Errorf("verify: %v\n%s", err, report)
	}
}

// dispute is Stripe's message about a chargeback of the payment.
func (k *till) dispute(t testing.TB, event, intent, kind, status string, amount int64, at time.Time) request {
	t.Helper()
	body := fmt.Sprintf(`{"id":%q,"object":"event","created":%d,"livemode":false,"type":%q,"data":{"object":{"id":"du_1","object":"dispute","payment_intent":%q,"amount":%d,"currency":"eur","status":%q,"reason":"fraudulent","evidence_details":{"due_by":%d}}}}`,
		event, at.Unix(), kind, intent, amount, status, at.Add(7*24*time.Hour).Unix())
	return k.signed(t, []byte(body))
}

// TestCap_77_Disputes: a part that is lost keeps the rest, all that is lost
// opens the invoice again, one that is won leaves everything as it was. While
// it is open the network has the money, and the books say so.
func TestCap_77_Disputes(t *testing.T) {
	for _, c := range []struct {
		outcome         string
		amount          int64
		kept, open      int64
		status          string
		refunded, clear int64
	}{
		{"lost", 1_200, 3_000, 1_200, invoice.PartPaid, 1_200, 3_000},
		{"lost", 0, 0, 4_200, invoice.Issued, 4_200, 0},
		{"won", 0, 4_200, 0, invoice.Paid, 0, 4_200},
	} {
		k := open42(t)
		s := k.pays(t, stripe.PayRequest{Method: "card"})
		k.deliver(t)
		ask := stripe.ChargebackRequest{PaymentIntent: s.PaymentIntent, Amount: c.amount}
		if _, err := k.stripe.Chargeback(context.Background(), ask); err != nil {
			t.Fatal(err)
		}
		k.deliver(t)
		held := c.amount
		if held == 0 {
			held = 4_200
		}
		k.books(t, map[string]int64{ledger.Chargebacks: held, ledger.ClearingStripe: 4_200 - held, ledger.Receivable: 0})
		k.tied(t)
		ask.Outcome = c.outcome
		if _, err := k.stripe.Chargeback(context.Background(), ask); err != nil {
			t.Fatal(err)
		}
		k.deliver(t)
		if b, r := k.bill(t), k.receipts(t)[0].Data(); b.Status != c.status || b.Open != testkit.EUR(c.open) || r.Refunded != testkit.EUR(c.refunded) || r.Amount.Minus(r.Refunded) != testkit.EUR(c.kept) {
			t.Errorf("%s %d: invoice %s, %s open, %s went back", c.outcome, c.amount, b.Status, b.Open, r.Refunded)
		}
		k.books(t, map[string]int64{ledger.Chargebacks: 0, ledger.ClearingStripe: c.clear, ledger.Receivable: c.open, ledger.Unapplied: 0})
		k.tied(t)
	}
}

// hears is a house that was paid and then heard what was sent in a sequence, each message twice.
func hears(t *testing.T, payment, sent []request, sequence []int) *till {
	t.Helper()
	k := open42(t)
	k.sent = slices.Clone(payment)
	k.deliver(t)
	for _, i := range sequence {
		k.sent = append(k.sent, sent[i], sent[i])
	}
	k.deliver(t)
	return k
}

// TestFC_09_DisputeMessagesInAnyOrder: whichever comes first, and however often,
// the latest decision holds.
func TestFC_09_DisputeMessagesInAnyOrder(t *testing.T) {
	first := open42(t)
	s := first.pays(t, stripe.PayRequest{Method: "card"})
	payment := first.sent
	at := first.Now()
	sent := []request{
		first.dispute(t, "evt_d1", s.PaymentIntent, "charge.dispute.created", "needs_response", 4_200, at),
		first.dispute(t, "evt_d2", s.PaymentIntent, "charge.dispute.funds_withdrawn", "needs_response", 4_200, at),
		first.dispute(t, "evt_d3", s.PaymentIntent, "charge.dispute.closed", "lost", 4_200, at.Add(time.Hour)),
		first.dispute(t, "evt_d4", s.PaymentIntent, "charge.dispute.closed", "won", 4_200, at.Add(2*time.Hour)),
	}
	permute(len(sent), func(sequence []int) {
		for last, want := range map[int]string{3: invoice.Issued, 4: invoice.Paid} {
			k := hears(t, payment, sent[:last], slices.DeleteFunc(slices.Clone(sequence), func(i int) bool { return i >= last }))
			if b := k.bill(t); b.Status != want {
				t.Errorf("%v of %d: invoice %s", sequence, last, b.Status)
			}
			k.books(t, map[string]int64{ledger.Chargebacks: 0, ledger.Unapplied: 0})
		}
	})
}

// TestFC_09_APartIsLostInAnyOrder: of a chargeback about a part, whichever message comes first, what was lost is open again and
// the rest stays paid; while the refund of another part comes in between.
func TestFC_09_APartIsLostInAnyOrder(t *testing.T) {
	first := open42(t)
	s := first.pays(t, stripe.PayRequest{Method: "card"})
	payment := first.sent
	at := first.Now()
	sent := []request{
		first.dispute(t, "evt_d1", s.PaymentIntent, "charge.dispute.created", "needs_response", 1_200, at),
		first.dispute(t, "evt_d2", s.PaymentIntent, "charge.dispute.funds_withdrawn", "needs_response", 1_200, at),
		first.dispute(t, "evt_d3", s.PaymentIntent, "charge.dispute.closed", "lost", 1_200, at.Add(time.Hour)),
	}
	first.sent = nil
	if _, err := first.stripe.Refund(context.Background(), s.PaymentIntent, 500); err != nil {
		t.Fatal(err)
	}
	sent = append(sent, first.sent...)
	if len(sent) > 6 {
		t.Fatalf("%d messages", len(sent))
	}
	permute(len(sent), func(sequence []int) {
		k := hears(t, payment, sent, sequence)
		if b := k.bill(t); b.Status != invoice.PartPaid || b.Open != testkit.EUR(1_700) {
			t.Errorf("%v: invoice %s, %s open", sequence, b.Status, b.Open)
		}
		k.books(t, map[string]int64{ledger.Chargebacks: 0, ledger.Unapplied: 0, ledger.ClearingStripe: 2_500, ledger.Receivable: 1_700})
	})
}

// TestFC_64_WonAfterLost: what a network gives back after all settles the
// invoice again, on the day on which it does.
func TestFC_64_WonAfterLost(t *testing.T) {
	k := open42(t)
	s := k.pays(t, stripe.PayRequest{Method: "card"})
	k.deliver(t)
	lost := k.Now()
	k.sent = []request{k.dispute(t, "evt_d1", s.PaymentIntent, "charge.dispute.closed", "lost", 4_200, lost)}
	k.deliver(t)
	k.tied(t)
	before, err := k.Cycle.TrialBalance(context.Background(), calendar.On(lost, k.Cycle.Policy.Zone))
	if err != nil {
		t.Fatal(err)
	}
	k.Advance(40 * 24 * time.Hour)
	k.sent = []request{k.dispute(t, "evt_d2", s.PaymentIntent, "charge.dispute.closed", "won", 4_200, k.Now())}
	k.deliver(t)
	if b := k.bill(t); b.Status != invoice.Paid {
		t.Errorf("invoice %s, %s open", b.Status, b.Open)
	}
	after, err := k.Cycle.TrialBalance(context.Background(), calendar.On(lost, k.Cycle.Policy.Zone))
	if err != nil || !slices.Equal(before, after) {
		t.Errorf("the past changed: %v, %v\n%v", err, before, after)
	}
	k.books(t, map[string]int64{ledger.ClearingStripe: 4_200, ledger.Receivable: 0, ledger.Unapplied: 0})
	k.tied(t)
}

// TestFC_63_RefundsThatFail: a refund that did not arrive is taken back in the
// books, whichever message is first; a later one counts on its own.
func TestFC_63_RefundsThatFail(t *testing.T) {
	k := open42(t)
	s := k.pays(t, stripe.PayRequest{Method: "ideal"})
	k.deliver(t)
	refund, err := k.stripe.Refund(context.Background(), s.PaymentIntent, 2_000)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := k.stripe.FailRefund(context.Background(), refund.ID); err != nil {
		t.Fatal(err)
	}
	sent := slices.Clone(k.sent)
	permute(len(sent), func(sequence []int) {
		k := open42(t)
		k.sent = nil
		k.pays(t, stripe.PayRequest{Method: "ideal"})
		k.deliver(t)
		for _, i := range sequence {
			k.sent = append(k.sent, sent[i])
		}
		k.deliver(t)
		if b := k.bill(t); b.Status != invoice.Paid || len(k.parked(t)) != 0 {
			t.Errorf("%v: invoice %s, %d parked", sequence, b.Status, len(k.parked(t)))
		}
		k.books(t, map[string]int64{ledger.ClearingStripe: 4_200})
	})
	k.deliver(t)
	k.Advance(time.Hour)
	if _, err := k.stripe.Refund(context.Background(), s.PaymentIntent, 500); err != nil {
		t.Fatal(err)
	}
	k.deliver(t)
	if b := k.bill(t); b.Open != testkit.EUR(500) {
		t.Errorf("%s open after the second refund", b.Open)
	}
	k.books(t, map[string]int64{ledger.ClearingStripe: 3_700, ledger.Receivable: 500})
	k.tied(t)
	if notices := testkit.CardsOf[o2c.NoticeCard](k.Desk); !slices.ContainsFunc(notices, func(n o2c.NoticeCard) bool { return n.Notice.Key == "refund_failed" }) {
		t.Errorf("nobody was told: %+v", notices)
	}
}

// TestFC_63_NoMoreGoesBackThanCame, whatever a provider says.
func TestFC_63_NoMoreGoesBackThanCame(t *testing.T) {
	k := open42(t)
	s := k.pays(t, stripe.PayRequest{Method: "ideal"})
	k.deliver(t)
	back := fmt.Sprintf(`{"id":"evt_b","object":"event","created":%d,"livemode":false,"type":"charge.refunded","data":{"object":{"id":"ch_1","payment_intent":%q,"amount_refunded":9000,"currency":"eur"}}}`, k.Now().Unix(), s.PaymentIntent)
	k.sent = []request{k.signed(t, []byte(back))}
	k.deliver(t)
	if r := k.receipts(t)[0].Data(); r.Refunded != testkit.EUR(4_200) || k.bill(t).Open != testkit.EUR(4_200) {
		t.Errorf("%s went back, %s open", r.Refunded, k.bill(t).Open)
	}
	k.tied(t)
}

// TestFC_06_ThePaymentBeforeItsPage: the payment comes first and names nothing
// that we know; its page's message, or the poller, counts nothing twice.
func TestFC_06_ThePaymentBeforeItsPage(t *testing.T) {
	k := open42(t)
	k.pays(t, stripe.PayRequest{Method: "ideal"})
	slices.SortStableFunc(k.sent, func(a, b request) int {
		rank := map[string]int{"payment_intent.succeeded": -1, "checkout.session.completed": 1}
		return rank[typeOf(a)] - rank[typeOf(b)]
	})
	for _, r := range k.sent {
		k.sent = []request{r}
		k.deliver(t)
		if typeOf(r) == "payment_intent.succeeded" && (len(k.receipts(t)) != 1 || k.bill(t).Status != invoice.Paid) {
			t.Errorf("after the payment: %d receipts, invoice %s", len(k.receipts(t)), k.bill(t).Status)
		}
	}
	stranger := fmt.Sprintf(`{"id":"evt_s","object":"event","created":%d,"livemode":false,"type":"payment_intent.succeeded","data":{"object":{"id":"pi_stranger","amount":700,"amount_received":700,"currency":"eur","metadata":{"invoice":"i_not_yet"}}}}`, k.Now().Unix())
	k.sent = []request{k.signed(t, []byte(stranger))}
	k.deliver(t)
	if r := testkit.Listed[cash.Receipt](t, k.World, "receipt"); len(r) != 2 || k.bill(t).Open != testkit.EUR(0) {
		t.Errorf("%d receipts", len(r))
	}
	k.books(t, map[string]int64{ledger.ClearingStripe: 4_900, ledger.Unapplied: -700})
	k.tied(t)
}

// TestFC_68_AFailedPayoutGoesOutAgain: its money is a part of a later payout,
// and the bank's own line takes it back.
func TestFC_68_AFailedPayoutGoesOutAgain(t *testing.T) {
	k := open42(t)
	k.pays(t, stripe.PayRequest{Method: "card"})
	k.deliver(t)
	first, err := k.stripe.Payout(context.Background(), "")
	if err != nil {
		t.Fatal(err)
	}
	k.deliver(t)
	k.lands(t, first.Amount, first.Reference)
	k.books(t, map[string]int64{ledger.Bank: first.Amount, ledger.ClearingStripe: 0})
	if err := k.stripe.FailPayout(context.Background(), first.ID); err != nil {
		t.Fatal(err)
	}
	k.deliver(t)
	k.lands(t, -first.Amount, first.Reference)
	k.books(t, map[string]int64{ledger.Bank: 0, ledger.ClearingStripe: first.Amount})
	second, err := k.stripe.Payout(context.Background(), "")
	if err != nil {
		t.Fatal(err)
	}
	k.deliver(t)
	k.lands(t, second.Amount, second.Reference)
	k.books(t, map[string]int64{ledger.Bank: first.Amount, ledger.ClearingStripe: 0, ledger.Suspense: 0})
	k.tied(t)
}
