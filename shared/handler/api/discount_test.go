package api

import (
	"testing"
	"time"

	"duly/infra/local/bank"
	"duly/shared/o2c/invoice"
)

// offered is a till with one invoice over 1,000.00 net and 21 percent of tax, on
// which 2 percent may be taken within 10 days.
func offered(t *testing.T, tax string) (w *till, number string) {
	w = newTill(t)
	c := w.customer("Acme BV", map[string]any{"discount": map[string]any{"percent": "2", "days": 10, "tax": tax}})
	sold := sale(c, "1", 100_000)
	sold["lines"].([]any)[0].(map[string]any)["tax_rate"] = "21"
	o := w.post("/v1/orders", sold).is(201)
	w.post("/v1/orders/"+o.text("id")+"/shipments", nil).is(201)
	w.Settle(t)
	return w, w.get("/v1/orders/" + o.text("id")).text("invoices.0")
}

// TestCap_74: the discount follows the day of value, and the tax its mode.
func TestCap_74_EarlyPaymentDiscountByDayOfValue(t *testing.T) {
	for name, tt := range map[string]struct {
		tax       string
		days      int
		paid      int64
		open      int64
		discounts int64 // net
		vat       int64
	}{
		"tax falls with the price, day 10": {"included", 10, 118_580, 0, 2_000, -20_580},
		"tax stays, day 10":                {"excluded", 10, 119_000, 0, 2_000, -21_000},
		"day 11: short by the discount":    {"included", 11, 118_580, 2_420, 0, -21_000},
		"in time and in full":              {"included", 3, 121_000, 0, 0, -21_000},
		"a part takes none":                {"included", 3, 60_000, 61_000, 0, -21_000},
		"row 75: 5 instead of 2 percent":   {"excluded", 3, 116_000, 3_000, 2_000, -21_000},
	} {
		t.Run(name, func(t *testing.T) {
			w, number := offered(t, tt.tax)
			w.Advance(time.Duration(tt.days) * 24 * time.Hour)
			w.transfers(bank.Entry{Amount: tt.paid, Reference: w.reference(number), Name: "Acme BV"}).want(map[string]any{"applied": 1})
			status := invoice.Paid
			if tt.open > 0 {
				status = invoice.PartPaid
			}
			w.stands(number, status, tt.open)
			balances(t, w.program, "").want(map[string]int64{"receivable": tt.open, "discounts": tt.discounts, "vat": tt.vat, "unapplied": 0})
			w.verified()
			id := w.get("/v1/receipts").text("items.0.id")
			w.ask("DELETE", "/v1/receipts/"+id+"/applications/1", nil, nil).is(200)
			w.stands(number, invoice.Issued, 121_000)
			balances(t, w.program, "").want(map[string]int64{"receivable": 121_000, "discounts": 0, "vat": -21_000, "unapplied": -tt.paid})
			w.verified()
		})
	}
}

// TestCap_75: what was taken beyond the discount stays open, and is not
// discounted once more when it is paid in time.
func TestCap_75_TooMuchDiscountLeavesTheRestOpen(t *testing.T) {
	w, number := offered(t, "excluded")
	w.transfers(bank.Entry{Amount: 116_000, Reference: w.reference(number), Name: "Acme BV"}) // 50.00 off instead of 20.00
	w.stands(number, invoice.PartPaid, 3_000)
	a := w.get("/v1/receipts").want(map[string]any{"items.0.applications.0.discount.amount": 2_000, "items.0.applications.0.settled.amount": 118_000})
	if why := a.text("items.0.applications.0.why"); why == "" {
		t.Error("it does not say why")
	}
	w.transfers(bank.Entry{Amount: 3_000, Reference: w.reference(number), Name: "Acme BV"})
	w.stands(number, invoice.Paid, 0)
	balances(t, w.program, "").want(map[string]int64{"receivable": 0, "discounts": 2_000, "unapplied": 0})
	w.verified()
}
