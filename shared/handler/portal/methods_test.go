package portal

import (
	"net/http"
	"testing"
	"time"

	"duly/infra/local/loopback"
	"duly/infra/local/stripe"
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/cash"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/order"
	"duly/shared/pay"
	"duly/shared/testkit"
)

// TestCap_45_EveryWayToPayOnOnePage: the customer's page offers iDEAL | Wero, card and SEPA debit behind one button, and the
// transfer with its reference and code beside it; each of them settles the invoice.
func TestCap_45_EveryWayToPayOnOnePage(t *testing.T) {
	for _, method := range []string{"ideal", "card", "sepa_debit", "transfer"} {
		t.Run(method, func(t *testing.T) {
			d := open(t)
			server := stripe.New(stripe.Options{Now: d.Now, SecretKey: "sk_test_1", BaseURL: "http://stripe.invalid"})
			d.Cycle.Pay = pay.New(pay.Options{Key: "sk_test_1", URL: "http://stripe.invalid", HTTP: &http.Client{Transport: loopback.Transport{"stripe.invalid": server}}})
			doc, path, _ := d.sold()
			seller := d.Cycle.Policy.Seller
			d.wants("the page", d.get(path), 200, "Pay €1,210.00", "iDEAL | Wero · card · SEPA direct debit", invoice.Grouped(seller.IBAN), doc.Reference[:4], "<svg")
			if method == "transfer" {
				d.transfer(doc)
			} else {
				d.press(server, path, method)
			}
			d.wants("paid", d.get(path), 200, "Paid on ", "Thank you.")
			receipts := testkit.Listed[cash.Receipt](t, d.World, "receipt")
			want := map[string]string{"transfer": "bank"}[method]
			if want == "" {
				want = "clearing:stripe"
			}
			if len(receipts) != 1 || receipts[0].Data().Account != want || receipts[0].Data().Method != method {
				t.Errorf("%d receipts: %+v", len(receipts), receipts[0].Data())
			}
		})
	}
}

// press presses Pay, pays by the method, and hears what Stripe says of it.
func (d door) press(server *stripe.Server, path, method string) {
	d.t.Helper()
	if r := d.post(path+"/pay", nil); r.StatusCode != http.StatusSeeOther {
		d.t.Fatalf("pay: %d", r.StatusCode)
	}
	all := server.Sessions()
	if _, err := server.Pay(d.t.Context(), all[0].ID, stripe.PayRequest{Method: method, SettlesAfter: map[string]string{"sepa_debit": "4d"}[method]}); err != nil {
		d.t.Fatal(err)
	}
	if method == "sepa_debit" {
		d.wants("under way", d.get(path), 200)
		d.Advance(5 * 24 * time.Hour)
		server.Tick(d.t.Context(), d.Now())
	}
	told, err := d.Cycle.Pay.(*pay.Gateway).Missed(d.t.Context(), d.Now().AddDate(0, 0, -7))
	if err != nil {
		d.t.Fatal(err)
	}
	for _, m := range told {
		if err := d.Cycle.HandlePayment(d.t.Context(), d.Now(), pay.Seen(m.ID), m.Event); err != nil {
			d.t.Fatal(err)
		}
	}
	d.Settle(d.t)
}

// transfer pays by bank, with the reference of the page.
func (d door) transfer(doc invoice.Data) {
	d.t.Helper()
	d.statement(cash.Entry{Key: "e-1", Amount: doc.Total, Name: doc.Buyer.Name, Reference: doc.Reference})
}

func (d door) statement(entries ...cash.Entry) {
	d.t.Helper()
	on := calendar.On(d.Now(), d.Cycle.Policy.Zone)
	sum := testkit.EUR(0)
	for i := range entries {
		entries[i].BookedOn, entries[i].ValueOn = on, on
		sum = sum.Plus(entries[i].Amount)
	}
	_, err := d.Cycle.ImportStatement(d.t.Context(), d.Stamp("bank"), cash.Statement{
		ID: "s-1", Account: d.Cycle.Policy.Seller.IBAN, Currency: "EUR", From: on, To: on, Opening: testkit.EUR(0), Closing: sum, Entries: entries,
	})
	if err != nil {
		d.t.Fatal(err)
	}
	d.Settle(d.t)
}

// TestCap_45_AtTheCounter: what was paid by PIN or in cash sits on an account of its own until the terminal's line, or the
// deposit of the takings, closes it; nothing is left to explain.
func TestCap_45_AtTheCounter(t *testing.T) {
	d := open(t)
	for _, gateway := range []string{"pin", "cash"} {
		in := testkit.Order(gateway, 10_000, d.Now())
		in.PaidAtShop = &order.Payment{Gateway: gateway, Reference: "till 1"}
		taken, err := d.Cycle.HandleShop(t.Context(), d.Arrive(order.Create, in))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.Cycle.Ship(t.Context(), d.Stamp("api:test"), taken.OrderID, order.IncomingShipment{}); err != nil {
			t.Fatal(err)
		}
		d.Settle(t)
	}
	d.books(map[string]int64{"clearing:pin": 24_200, "clearing:cash": 24_200, "receivable": 0})
	d.statement(
		cash.Entry{Key: "e-1", Amount: testkit.EUR(24_200), Name: "CCV Group BV", Text: "PIN 05-01"},
		cash.Entry{Key: "e-2", Amount: testkit.EUR(20_000), Text: "Geldstorting filiaal Rotterdam"})
	d.books(map[string]int64{"clearing:pin": 0, "clearing:cash": 4_200, "bank": 44_200, "unapplied": 0, "suspense": 0})
	f, err := d.Cycle.Figures(t.Context())
	if err != nil || !f.Unexplained().IsZero() {
		t.Errorf("unexplained: %s, %v", f.Unexplained(), err)
	}
	if report, err := d.Cycle.Verify(t.Context()); err != nil || !report.OK() {
		t.Errorf("verify: %v\n%s", err, report)
	}
}

// books are the balances of some accounts, by role.
func (d door) books(want map[string]int64) {
	d.t.Helper()
	rows, err := d.Cycle.TrialBalance(d.t.Context(), calendar.Date{})
	if err != nil {
		d.t.Fatal(err)
	}
	got := map[string]int64{}
	for _, r := range rows {
		got[r.Role] = r.Balance.Minor
	}
	for role, minor := range want {
		if got[role] != minor {
			d.t.Errorf("%s is %d, want %d", role, got[role], minor)
		}
	}
}
