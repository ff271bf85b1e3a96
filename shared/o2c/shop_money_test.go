package o2c_test

import (
	"testing"
	"time"

	"duly/shared/o2c"
	"duly/shared/o2c/cash"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/ledger"
	"duly/shared/o2c/money"
	"duly/shared/o2c/order"
	"duly/shared/testkit"
)

// paid is what the shop's gateway took in all.
func paid(cents int64) *order.Payment {
	return &order.Payment{Gateway: "mollie", Reference: "tr_1", Amount: testkit.EUR(cents)}
}

func tellShop(t *testing.T, w *testkit.World, verb order.Verb, in order.Incoming) o2c.Taken {
	t.Helper()
	a := w.Arrive(verb, in)
	if p := in.PaidAtShop; p != nil {
		a.Seen = o2c.Name(a.Seen, p.Amount.String()) // another body
	}
	taken, err := w.Cycle.HandleShop(ctx, a)
	if err != nil {
		t.Fatal(err)
	}
	return taken
}

// unexplained is what the digest says of money without a home, and how many
// cards ask about it.
func unexplained(t *testing.T, w *testkit.World) (money.Amount, int) {
	t.Helper()
	w.Settle(t)
	f, err := w.Cycle.Figures(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return f.Unexplained(), len(testkit.CardsOf[o2c.CashCard](w.Desk))
}

// TestMoneyOfTheShopIsNeverLost: a payment with the updated_at that was known,
// and the rest of a part payment, were dropped.
func TestMoneyOfTheShopIsNeverLost(t *testing.T) {
	w := testkit.NewWorld(t)
	in := testkit.Order("1", 400_000, w.Now()) // 9680.00, above the ceiling
	id := take(t, w, in).OrderID
	for i, cents := range []int64{300_000, 968_000, 300_000, 968_000} { // the same second, a late message, the news twice
		in.PaidAtShop = paid(cents)
		want := order.Confirmed
		if i == 0 {
			want = order.Received
		}
		if got := tellShop(t, w, order.Paid, in); got.Status != want {
			t.Fatalf("after %s the order is %s", in.PaidAtShop.Amount, got.Status)
		}
	}
	o := readOrder(t, w, id)
	if len(o.ShopReceipts) != 2 || o.PaidAtShop.Amount != testkit.EUR(968_000) || !o.Committed.IsZero() {
		t.Fatalf("receipts %v, paid %v, committed %s", o.ShopReceipts, o.PaidAtShop, o.Committed)
	}
	compareBalances(t, w, map[string]int64{ledger.Gateway("mollie"): 968_000, ledger.Unapplied: -968_000})
	if _, err := w.Cycle.Ship(ctx, w.Stamp("api:t"), id, order.IncomingShipment{}); err != nil {
		t.Fatal(err)
	}
	w.Settle(t)
	if inv := onlyInvoice(t, w); inv.Status != invoice.Paid || inv.Prepaid != inv.Total {
		t.Errorf("the invoice is %s, %s of it prepaid", inv.Status, inv.Prepaid)
	}
	compareBalances(t, w, map[string]int64{ledger.Receivable: 0, ledger.Unapplied: 0})
	if sum, cards := unexplained(t, w); !sum.IsZero() || cards != 0 {
		t.Errorf("%s unexplained, %d cards", sum, cards)
	}
	sound(t, w)
}

// TestMoreMoneyOfTheShopFreesCredit: the rest is paid after the confirmation.
func TestMoreMoneyOfTheShopFreesCredit(t *testing.T) {
	w := testkit.NewWorld(t)
	in := testkit.Order("1", 10_000, w.Now()) // 242.00
	in.PaidAtShop = paid(10_000)
	id := take(t, w, in).OrderID
	if o := readOrder(t, w, id); o.Committed != testkit.EUR(24_200) {
		t.Fatalf("committed %s", o.Committed)
	}
	in.PaidAtShop = paid(24_200)
	tellShop(t, w, order.Paid, in)
	if o := readOrder(t, w, id); !o.Committed.IsZero() {
		t.Errorf("committed %s", o.Committed)
	}
	sound(t, w)
}

// TestMoneyOfAnEndedOrderIsAskedAbout: money of the shop for an order that is
// cancelled or declined had no card and stood in no figure.
func TestMoneyOfAnEndedOrderIsAskedAbout(t *testing.T) {
	for name, tell := range map[string]func(*testing.T, *testkit.World, order.Incoming){
		"paid, then cancelled": func(t *testing.T, w *testkit.World, in order.Incoming) {
			in.PaidAtShop = paid(24_200)
			take(t, w, in)
			if sum, cards := unexplained(t, w); !sum.IsZero() || cards != 0 {
				t.Errorf("%s unexplained before the end, %d cards", sum, cards)
			}
			tellShop(t, w, order.Cancel, in)
		},
		"cancelled, then paid": func(t *testing.T, w *testkit.World, in order.Incoming) {
			take(t, w, in)
			tellShop(t, w, order.Cancel, in)
			in.PaidAtShop = paid(24_200)
			tellShop(t, w, order.Paid, in)
		},
		"paid with the cancellation": func(t *testing.T, w *testkit.World, in order.Incoming) {
			take(t, w, in)
			in.PaidAtShop = paid(24_200)
			tellShop(t, w, order.Cancel, in)
		},
		"cancelled before it came": func(t *testing.T, w *testkit.World, in order.Incoming) {
			in.PaidAtShop = paid(24_200)
			tellShop(t, w, order.Cancel, in)
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := testkit.NewWorld(t)
			tell(t, w, testkit.Order("1", 10_000, w.Now()))
			if sum, cards := unexplained(t, w); sum != testkit.EUR(24_200) || cards != 1 {
				t.Errorf("%s unexplained, %d cards", sum, cards)
			}
			receipts, err := o2c.ListOf[cash.Receipt](ctx, w.Cycle, 10, "")
			if err != nil || len(receipts.Items) != 1 || receipts.Items[0].Unapplied() != testkit.EUR(24_200) {
				t.Errorf("%+v, %v", receipts.Items, err)
			}
			sound(t, w)
		})
	}
}

// TestADeclinedOrderThatWasPaidIsAskedAbout: part of it was paid, credit for
// the rest is declined.
func TestADeclinedOrderThatWasPaidIsAskedAbout(t *testing.T) {
	w := testkit.NewWorld(t)
	in := testkit.Order("1", 400_000, w.Now())
	in.PaidAtShop = paid(100_000)
	id := take(t, w, in).OrderID
	mira, _ := w.Cycle.Policy.Person("U04APPROVE")
	if _, err := w.Cycle.DecideCredit(ctx, w.Stamp("slack:U04APPROVE"), o2c.CreditAnswer{OrderID: id, By: mira, Verdict: "decline", Reason: "no"}); err != nil {
		t.Fatal(err)
	}
	in.PaidAtShop = paid(968_000) // and the rest comes after all
	tellShop(t, w, order.Paid, in)
	if sum, cards := unexplained(t, w); sum != testkit.EUR(968_000) || cards != 2 {
		t.Errorf("%s unexplained, %d cards", sum, cards)
	}
	sound(t, w)
}

// TestTheRestOfAPartShippedOrderIsCut: a cancellation in the shop left the
// stock and the credit of the rest held for ever.
func TestTheRestOfAPartShippedOrderIsCut(t *testing.T) {
	for name, tc := range map[string]struct {
		paidBefore *order.Payment
		status     string
		left       int64 // of the shop's money
	}{
		"on account":      {nil, order.Shipped, 0},
		"paid beforehand": {paid(24_200), order.Closed, 12_100},
	} {
		t.Run(name, func(t *testing.T) {
			w := testkit.NewWorld(t)
			stocked(t, w, "CHAIR", 10)
			in := testkit.Order("1", 10_000, w.Now())
			in.PaidAtShop = tc.paidBefore
			id := take(t, w, in).OrderID
			if _, err := w.Cycle.Ship(ctx, w.Stamp("api:t"), id, order.IncomingShipment{Lines: []order.ShippedLine{{SKU: "CHAIR", Quantity: 1}}}); err != nil {
				t.Fatal(err)
			}
			w.Settle(t)
			in.UpdatedAt = in.UpdatedAt.Add(time.Hour)
			if got := tellShop(t, w, order.Cancel, in); got.Status != tc.status {
				t.Errorf("the order is %s", got.Status)
			}
			onShelf(t, w, "CHAIR", o2c.Shelf{Tracked: true, OnHand: 9, Available: 9})
			if o := readOrder(t, w, id); !o.Committed.IsZero() {
				t.Errorf("committed %s", o.Committed)
			}
			if sum, _ := unexplained(t, w); sum != testkit.EUR(tc.left) {
				t.Errorf("%s unexplained", sum)
			}
			if notices := testkit.CardsOf[o2c.NoticeCard](w.Desk); len(notices) != 1 || notices[0].Notice.Key != "rest_cancelled" {
				t.Errorf("the team was told %+v", notices)
			}
			if tc.paidBefore == nil {
				pay(t, w, onlyInvoice(t, w), "pi_1", testkit.EUR(12_100))
				if o := readOrder(t, w, id); o.Status != order.Closed {
					t.Errorf("paid, the order is %s", o.Status)
				}
			}
			sound(t, w)
		})
	}
}
