package api

import (
	"testing"
	"time"

	"duly/shared/o2c"
)

// payOn lets an invoice be paid after some days.
func (p *program) payOn(number string, cents int64, after time.Duration) {
	p.t.Helper()
	p.Advance(after)
	in := o2c.MoneyIn{Gateway: "stripe", Ref: "pi_" + number, InvoiceID: p.invoice(number).ID, Amount: testMoney(cents), At: p.Now()}
	if err := p.Cycle.HandlePayment(ctx, p.Now(), in.Ref, in); err != nil {
		p.t.Fatal(err)
	}
	p.Settle(p.t)
}

const days24 = 24 * time.Hour

// TestCap_80_FiguresOfReceivables, each computed by hand. On 5 January 1000.00,
// 600.00 and 400.00 are invoiced, net 30 days, due on 4 February. 1000.00 is
// paid on 25 January, 600.00 on 14 February, ten days late, 400.00 never. On
// 14 February another 500.00 are invoiced.
func TestCap_80_FiguresOfReceivables(t *testing.T) {
	p := newProgram(t)
	c := p.customer("Acme BV", map[string]any{"terms": 30})
	a, b := p.invoiced(c, "A", 100_000), p.invoiced(c, "B", 60_000)
	p.invoiced(c, "C", 40_000)
	p.payOn(a, 100_000, 20*days24)
	p.payOn(b, 60_000, 20*days24)
	p.invoiced(c, "D", 50_000)

	got := p.get("/v1/kpis?from=2026-01-01&to=2026-03-01")
	got.want(map[string]any{
		"receivable.amount": 90_000, "overdue.amount": 40_000, "sold.amount": 250_000,
		"dso":                      "21.6", // 900 ÷ 2500 × 60 days
		"dso_count_back":           "55.2", // back to 5 January are 55 days; of its 2000.00 it takes 400.00: 55.2
		"dso_best_possible":        "12.0", // 500 ÷ 2500 × 60
		"average_days_delinquent":  "9.6",  // 21.6 − 12.0
		"collection_effectiveness": "80.0", // (0 + 2500 − 900) ÷ (0 + 2500 − 500)
		"at_risk.amount":           0, "at_risk_percent": "0.0",
		"collection_days": "27.5", // (1000 × 20 + 600 × 40) ÷ 1600
		"days_late":       "3.8",  // 600 × 10 ÷ 1600 = 3.75
		"promises_kept":   nil,
	})
	// Four months later what is left is at risk; the figures of March are the same as in March.
	p.Advance(120 * days24)
	p.get("/v1/kpis?from=2026-04-01&to=2026-06-30").want(map[string]any{
		"at_risk.amount": 90_000, "at_risk_percent": "100.0", "dso": nil, "collection_days": nil, "collection_effectiveness": "0.0",
	})
	again := p.get("/v1/kpis?from=2026-01-01&to=2026-03-01")
	if string(again.raw) != string(got.raw) {
		t.Errorf("the past changed:\n%s\n%s", got.raw, again.raw)
	}
}

// TestCap_82_TheThreeFiguresOfTheSeed: order processing time, invoice accuracy
// and payment collection time, by hand.
func TestCap_82_TheThreeFiguresOfTheSeed(t *testing.T) {
	p := newProgram(t)
	c := p.customer("Acme BV", map[string]any{"terms": 30})
	for id, wait := range map[string]time.Duration{"A": 6 * time.Hour, "B": 30 * time.Hour} {
		o := p.post("/v1/orders", sale(c, id, 50_000)).is(201).text("id")
		p.Advance(wait)
		p.post("/v1/orders/"+o+"/shipments", nil).is(201)
		p.Settle(t)
	}
	p.get("/v1/kpis?from=2026-01-01&to=2026-01-31").want(map[string]any{"order_processing_hours": "18.0"}) // (6 + 30) ÷ 2
	p.payOn("2026-0002", 50_000, 10*days24)
	p.get("/v1/kpis?from=2026-01-01&to=2026-01-31").want(map[string]any{"collection_days": "10.0", "days_late": "0.0"})
	p.post("/v1/invoices/2026-0001/credit-notes", map[string]any{"reason": "never came"}).is(201)
	p.Settle(t)
	p.get("/v1/kpis?from=2026-01-01&to=2026-01-31").want(map[string]any{"invoice_accuracy": "50.0", "credit_decision_hours": nil})
	p.get("/v1/kpis?from=2026-02-01&to=2026-02-28").want(map[string]any{"invoice_accuracy": nil, "order_processing_hours": nil})
}
