package api

import (
	"testing"

	"duly/shared/o2c"
)

// chairs is an order of ten chairs at 5.00 and three of something that does not
// divide, with tax, shipped and invoiced.
func (p *program) chairs(customer, externalID string) (id, number string) {
	p.t.Helper()
	o := p.post("/v1/orders", map[string]any{
		"customer_id": customer, "external_id": externalID, "currency": "EUR",
		"lines": []any{
			map[string]any{"sku": "CHAIR", "name": "Chair", "quantity": 10, "unit_price": eur(500), "tax_rate": "21"},
			map[string]any{"sku": "BREAD", "name": "Bread", "quantity": 3, "unit_price": eur(333), "discount": eur(99), "tax_rate": "9"},
		},
	}).is(201)
	id = o.text("id")
	p.post("/v1/orders/"+id+"/shipments", nil).is(201)
	p.Settle(p.t)
	return id, p.get("/v1/orders/" + id).text("invoices.0")
}

func (p *program) pay(number string, cents int64) {
	p.t.Helper()
	in := o2c.MoneyIn{Gateway: "stripe", Ref: "pi_" + number, InvoiceID: p.invoice(number).ID, Amount: testMoney(cents), At: p.Now()}
	if err := p.Cycle.HandlePayment(ctx, p.Now(), "evt_"+number, in); err != nil {
		p.t.Fatal(err)
	}
}

// TestCap_14_APartOfALineCreditsExactlyThat: 3 × 5.00 is 15.00 and its tax, on
// an open invoice; the rest of it is paid and the order closes.
func TestCap_14_APartOfALineCreditsExactlyThat(t *testing.T) {
	p := newProgram(t)
	c := p.customer("Acme BV", nil)
	id, number := p.chairs(c, "1")
	total := p.invoice(number).Total.Minor // 50.00 + 10.50 + 9.00 + 0.81
	if total != 7_031 {
		t.Fatalf("total %d", total)
	}
	path := "/v1/invoices/" + number
	note := p.post(path+"/credit-notes", map[string]any{"reason": "scratched", "lines": []any{map[string]any{"sku": "CHAIR", "quantity": 3}}}).is(201)
	note.want(map[string]any{
		"number": "CN2026-0001", "invoice": number, "net.amount": 1_500, "tax.amount": 315, "total.amount": 1_815, "rounding.amount": 0,
		"lines.0.quantity": 3, "lines.0.unit_price.amount": 500, "taxes.0.rate": "21", "taxes.0.base.amount": 1_500,
	})
	p.get(path).want(map[string]any{"status": "issued", "open.amount": total - 1_815, "credited.amount": 1_815, "credit_notes.0": "CN2026-0001"})
	p.get("/v1/customers/" + c).want(map[string]any{"exposure.receivable.amount": total - 1_815})
	balances(t, p, "").want(map[string]int64{"receivable": total - 1_815, "revenue": -4_400, "vat": -816})
	p.pay(number, total-1_815)
	p.get(path).want(map[string]any{"status": "paid", "open.amount": 0})
	p.get("/v1/orders/" + id).want(map[string]any{"status": "closed"})
	p.verified()
}

// TestCap_14_SeveralNotesNeverExceedTheInvoice: one loaf after another, whose
// price does not divide by three, then all that is left.
func TestCap_14_SeveralNotesNeverExceedTheInvoice(t *testing.T) {
	p := newProgram(t)
	id, number := p.chairs(p.customer("Acme BV", nil), "1")
	total, credited := p.invoice(number).Total.Minor, int64(0)
	path := "/v1/invoices/" + number + "/credit-notes"
	for _, body := range []map[string]any{
		{"lines": []any{map[string]any{"n": 2, "quantity": 1}}},
		{"lines": []any{map[string]any{"n": 2, "quantity": 1}, map[string]any{"n": 1, "quantity": 1, "unit_price": eur(7)}}},
		{"lines": []any{map[string]any{"sku": "BREAD"}}},
		{},
	} {
		credited += minor(t, p.post(path, body).is(201).at("total"))
	}
	if credited != total {
		t.Errorf("%d of %d credited", credited, total)
	}
	p.get("/v1/invoices/" + number).want(map[string]any{"status": "credited", "open.amount": 0, "credited.amount": total})
	p.post(path, map[string]any{"lines": []any{map[string]any{"n": 1, "quantity": 1}}}).refused(422, "DULY-3001", "/lines")
	p.post(path, nil).is(201).want(map[string]any{"number": "CN2026-0004"})
	p.get("/v1/orders/" + id).want(map[string]any{"status": "closed"})
	balances(t, p, "").want(map[string]int64{"receivable": 0, "revenue": 0, "vat": 0})
	p.verified()
}

// TestCap_14_AfterPaymentItIsTheCustomersMoney: a part that came back of a paid
// invoice is kept for the customer, and given back when the payment is.
func TestCap_14_AfterPaymentItIsTheCustomersMoney(t *testing.T) {
	p := newProgram(t)
	c := p.customer("Acme BV", nil)
	_, number := p.chairs(c, "1")
	total := p.invoice(number).Total.Minor
	p.pay(number, total)
	for range 2 {
		p.post("/v1/invoices/"+number+"/credit-notes", map[string]any{"lines": []any{map[string]any{"n": 1, "quantity": 3}}}).is(201)
	}
	p.get("/v1/invoices/" + number).want(map[string]any{"status": "paid", "open.amount": 0, "credited.amount": 3_630})
	if _, credit := p.onAccount(c); credit != 3_630 {
		t.Errorf("%d on account", credit)
	}
	balances(t, p, "").want(map[string]int64{"receivable": 0, "unapplied": -3_630, "clearing:stripe": total})
	back := o2c.MoneyBack{Gateway: "stripe", Ref: "pi_" + number, Total: testMoney(3_630), At: p.Now()}
	if err := p.Cycle.HandlePayment(ctx, p.Now(), "evt_back", back); err != nil {
		t.Fatal(err)
	}
	p.get("/v1/invoices/" + number).want(map[string]any{"status": "paid", "open.amount": 0})
	balances(t, p, "").want(map[string]int64{"receivable": 0, "unapplied": 0, "clearing:stripe": total - 3_630})
	p.verified()
}

// TestCap_14_GoodsThatCameBack are credited exactly, put on the shelf when they
// may be sold again, and never more than the customer has.
func TestCap_14_GoodsThatCameBack(t *testing.T) {
	p := newProgram(t)
	p.post("/v1/products", map[string]any{"sku": "CHAIR", "name": "Chair", "price": eur(500), "stock": 10}).is(201)
	id, number := p.chairs(p.customer("Acme BV", nil), "1")
	path := "/v1/orders/" + id + "/returns"
	back := p.post(path, map[string]any{"lines": []any{map[string]any{"sku": "CHAIR", "quantity": 3}}, "restock": true, "reason": "wrong size"}).is(201)
	back.want(map[string]any{"lines.0.quantity": 3, "restocked": true, "credit_notes.0": "CN2026-0001", "reason": "wrong size"})
	p.get("/v1/credit-notes/CN2026-0001").want(map[string]any{"net.amount": 1_500, "total.amount": 1_815, "invoice": number})
	p.get("/v1/products/CHAIR").want(map[string]any{"stock": 3})
	p.post(path, map[string]any{"lines": []any{map[string]any{"sku": "CHAIR", "quantity": 2}}}).is(201) // broken
	p.get("/v1/products/CHAIR").want(map[string]any{"stock": 3})
	p.post(path, map[string]any{"lines": []any{map[string]any{"sku": "CHAIR", "quantity": 6}}}).refused(422, "DULY-3001", "/lines")
	// one is replaced, and credited without a return before it comes back
	p.post("/v1/invoices/"+number+"/credit-notes", map[string]any{"lines": []any{map[string]any{"sku": "CHAIR", "quantity": 5}}}).is(201)
	p.post(path, map[string]any{"lines": []any{map[string]any{"n": 1, "quantity": 5}}, "restock": true}).is(201).want(map[string]any{"credit_notes": "[]"})
	p.post(path, nil).is(201).want(map[string]any{"lines.0.sku": "BREAD", "lines.0.quantity": 3})
	p.post(path, nil).refused(422, "DULY-3001", "/lines")
	p.get("/v1/orders/" + id).want(map[string]any{"status": "closed", "lines.0.returned": 10, "returns.0.id": back.text("id")})
	p.get("/v1/invoices/" + number).want(map[string]any{"status": "credited", "open.amount": 0})
	p.get("/v1/products/CHAIR").want(map[string]any{"stock": 8})
	balances(t, p, "").want(map[string]int64{"receivable": 0, "revenue": 0, "vat": 0})
	p.verified()
}

// TestAReturnAheadOfItsInvoice issues the invoice first.
func TestAReturnAheadOfItsInvoice(t *testing.T) {
	p := newProgram(t)
	id := p.ordered(p.customer("Acme BV", nil), "1", 5, nil).text("id")
	p.shipping(id, 5).is(201)
	p.post("/v1/orders/"+id+"/returns", map[string]any{"lines": []any{map[string]any{"sku": "CHAIR", "quantity": 2}}}).is(201).want(map[string]any{"credit_notes.0": "CN2026-0001"})
	p.Settle(t)
	p.get("/v1/invoices/2026-0001").want(map[string]any{"status": "issued", "credited.amount": 8_066})
	p.verified()
}

// TestAReturnOverSeveralInvoices credits each of them for what it carried.
func TestAReturnOverSeveralInvoices(t *testing.T) {
	p := newProgram(t)
	id := p.ordered(p.customer("Acme BV", nil), "1", 5, nil).text("id")
	for _, units := range []int{2, 3} {
		p.shipping(id, units).is(201)
		p.Settle(t)
	}
	p.post("/v1/orders/"+id+"/returns", map[string]any{"lines": []any{map[string]any{"sku": "CHAIR", "quantity": 4}}}).is(201).want(map[string]any{"credit_notes.0": "CN2026-0001", "credit_notes.1": "CN2026-0002"})
	p.get("/v1/invoices/2026-0001").want(map[string]any{"status": "credited"})
	p.get("/v1/credit-notes/CN2026-0002").want(map[string]any{"lines.0.quantity": 2, "invoice": "2026-0002"})
	keep := p.post("/v1/orders/"+id+"/returns", map[string]any{"credit": false}).is(201)
	keep.want(map[string]any{"lines.0.quantity": 1, "credit_notes": "[]"})
	p.verified()
}
