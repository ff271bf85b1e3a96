package api

import (
	"testing"
	"time"
)

// TestInvoicesInAnotherCurrency: an order in dollars is shipped and invoiced in
// dollars; the books take it at the rate of the invoice's date, its tax stands on
// it in euros, and credit notes on it lead the books to nothing, to the cent.
func TestInvoicesInAnotherCurrency(t *testing.T) {
	p := newProgram(t)
	asText := lines{"Content-Type", "text/csv"}
	p.ask("POST", "/v1/rates", "Date,USD,\n2026-01-05,1.2,\n", asText).is(201)
	c := p.customer("Acme Inc", map[string]any{"credit_limit": eur(500_000)})
	sold := saleIn(c, "1", 33_333, "USD")
	sold["lines"].([]any)[0].(map[string]any)["quantity"] = 3
	sold["lines"].([]any)[0].(map[string]any)["tax_rate"] = "21"
	o := p.post("/v1/orders", sold).is(201).want(map[string]any{"credit.decision": "approve", "total.amount": 120_999})
	p.Advance(24 * time.Hour)
	p.ask("POST", "/v1/rates", "Date,USD,\n2026-01-06,1.25,\n", asText).is(201)
	p.post("/v1/orders/"+o.text("id")+"/shipments", nil).is(201)
	p.Settle(t)
	p.get("/v1/invoices/2026-0001").want(map[string]any{
		"currency": "USD", "total.amount": 120_999, "tax.amount": 21_000, "tax.currency": "USD", "in_books.rate": "0.8", "in_books.rate_on": "2026-01-06",
		"in_books.tax.amount": 16_800, "in_books.tax.currency": "EUR", "in_books.net.amount": 79_999, "in_books.total.amount": 96_799,
	})
	p.get("/v1/customers/" + c).want(map[string]any{"exposure.receivable.amount": 96_799, "exposure.receivable.currency": "EUR", "exposure.confirmed.amount": 0})
	p.verified()

	for range 3 { // a third each time, at the invoice's rate
		p.post("/v1/invoices/2026-0001/credit-notes", map[string]any{"lines": []any{map[string]any{"n": 1, "quantity": 1}}}).is(201)
		p.verified()
	}
	p.get("/v1/invoices/2026-0001").want(map[string]any{"status": "credited", "open.amount": 0, "in_books.open.amount": 0})
	p.get("/v1/customers/" + c).want(map[string]any{"exposure.receivable.amount": 0})
}

// TestAnInvoiceWaitsForItsRate: without a rate there is no tax in euros, so that
// the invoice waits, spends no number and says what to import.
func TestAnInvoiceWaitsForItsRate(t *testing.T) {
	p := newProgram(t)
	c := p.customer("Acme Inc", nil)
	p.ask("POST", "/v1/rates", "Date,KWD,\n2026-01-05,0.35,\n", lines{"Content-Type", "text/csv"}).is(201)
	o := p.post("/v1/orders", saleIn(c, "1", 12_345, "KWD")).is(201)
	p.Advance(30 * 24 * time.Hour) // no rate is that fresh
	p.post("/v1/orders/"+o.text("id")+"/shipments", nil).is(201)
	p.Settle(t)
	draft := p.get("/v1/invoices?status=draft").want(map[string]any{"items.0.missing.0": "an exchange rate (KWD)", "items.0.number": ""}).text("items.0.id")
	today := p.Now().Format(time.DateOnly)
	p.ask("POST", "/v1/rates", "Date,KWD,\n"+today+",0.35,\n", lines{"Content-Type", "text/csv"}).is(201)
	p.post("/v1/invoices/"+draft+"/issue", nil).is(200)
	p.Settle(t)
	p.get("/v1/invoices/2026-0001").want(map[string]any{"currency": "KWD", "total.amount": 12_345, "in_books.total.amount": 3_527})
	p.verified()
}
