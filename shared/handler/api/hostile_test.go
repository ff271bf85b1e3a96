package api

import (
	"math"
	"strings"
	"testing"
)

// TestFC_59 sends amounts and quantities that no order has; each is refused with
// its reason, and none is our defect.
func TestFC_59_OverflowingNegativeAndHugeQuantitiesAreRefused(t *testing.T) {
	p := newProgram(t)
	c := p.customer("Acme BV", map[string]any{"credit_limit": nil})
	line := func(quantity, cents, rate any) map[string]any {
		return map[string]any{"sku": "X", "name": "X", "quantity": quantity, "unit_price": map[string]any{"amount": cents, "currency": "EUR"}, "tax_rate": rate}
	}
	for name, lines := range map[string][]any{
		"zero":             {line(0, 100, "21")},
		"negative":         {line(-1, 100, "21")},
		"huge":             {line(1_000_001, 100, "21")},
		"fraction":         {line(1.5, 100, "21")},
		"largest":          {line(math.MaxInt64, math.MaxInt64, "21")},
		"one overflow":     {line(1_000_000, math.MaxInt64/2, "21")},
		"sum overflows":    {line(1, math.MaxInt64/2, "0"), line(1, math.MaxInt64/2, "0"), line(1, math.MaxInt64/2, "0")},
		"tax overflows":    {line(1, math.MaxInt64-1, "21")},
		"beyond int64":     {line(1, 1e30, "21")},
		"negative price":   {line(1, -100, "21")},
		"negative rate":    {line(1, 100, "-1")},
		"rate above 100":   {line(1, 100, "101")},
		"rate of nonsense": {line(1, 100, "many")},
	} {
		body := sale(c, name, 1)
		body["lines"] = lines
		a := p.post("/v1/orders", body)
		if a.status != 422 || a.text("code") != "DULY-3001" || a.text("errors.0.pointer") == "" {
			t.Errorf("%s: answered %d %s", name, a.status, a.raw)
		}
	}
	total := sale(c, "total", 100)
	total["total"] = map[string]any{"amount": math.MaxInt64, "currency": "EUR"}
	if a := p.post("/v1/orders", total); a.status != 422 && a.text("credit.decision") != "refer" {
		t.Errorf("total: answered %d %s", a.status, a.raw)
	}
	p.post("/v1/orders", sale(c, "sound", 100)).is(201)
	if strings.Contains(p.log.String(), "broke") {
		t.Errorf("a defect: %s", p.log)
	}
	p.verified()
}

// TestAmountsOfOtherRoutesAreBounded in the same way.
func TestAmountsOfOtherRoutesAreBounded(t *testing.T) {
	p := newProgram(t)
	huge := map[string]any{"amount": math.MaxInt64, "currency": "EUR"}
	c := p.customer("Acme BV", map[string]any{"credit_limit": huge})
	p.post("/v1/orders", sale(c, "1", 100)).is(201).want(map[string]any{"credit.decision": "approve"})
	p.ask("PATCH", "/v1/customers/"+c, map[string]any{"credit_limit": eur(-1)}, nil).refused(422, "DULY-3001", "")
	number := p.invoiced(c, "2", 100)
	p.post("/v1/invoices/"+number+"/promises", map[string]any{"date": "2026-01-06", "amount": huge}).refused(422, "DULY-3001", "/amount")
	p.post("/v1/invoices/"+number+"/promises", map[string]any{"date": "2026-01-06", "amount": map[string]any{"amount": 1, "currency": "USD"}}).refused(422, "DULY-3001", "/amount")
	p.post("/v1/products", map[string]any{"sku": "X", "stock": -1}).refused(422, "DULY-3001", "/stock")
	p.verified()
}
