package api

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"duly/shared/o2c"
	"duly/shared/o2c/money"
)

func TestCustomers(t *testing.T) {
	p := newProgram(t)
	c := p.post("/v1/customers", customerExample).is(201)
	c.want(map[string]any{
		"name": "Bakkerij Vos", "kind": "company", "emails.0": "inkoop@bakkerijvos.example", "language": "nl", "address.city": "Amsterdam", "addresses.0.type": "billing",
		"vat_id": "NL004495445B01", "kvk": "12345678", "terms": 14, "credit_limit.amount": 500_000, "exposure.total.amount": 0, "exposure.headroom.amount": 500_000,
	})
	path := "/v1/customers/" + c.text("id")
	p.ask("PATCH", path, map[string]any{"name": "Vos & Zn", "terms": nil, "credit_limit": nil, "blocked": true, "owner": "U02SALES", "email": "vos@vos.example"}, nil).is(200).
		want(map[string]any{"name": "Vos & Zn", "terms": 30, "credit_limit": nil, "exposure.headroom": nil, "blocked": true, "owner": "U02SALES", "kvk": "12345678", "emails.0": "vos@vos.example"})
	p.get(path).want(map[string]any{"name": "Vos & Zn", "credit_limit": nil, "id": c.text("id")})
	p.post("/v1/customers", map[string]any{"name": "Guest", "addresses": []any{map[string]any{"type": "billing", "city": "Delft"}}}).is(201).
		want(map[string]any{"kind": "consumer", "credit_limit.amount": 1_000_000, "address.city": "Delft", "terms": 30})
	if got := p.get("/v1/customers"); got.len("items") != 2 || got.text("next") != "" || got.text("items.0.name") != "Guest" && got.text("items.1.name") != "Guest" {
		t.Errorf("list %s", got.raw)
	}
	p.post("/v1/customers", map[string]any{"kind": "company"}).refused(422, "DULY-3001", "/name")
	p.post("/v1/customers", map[string]any{"name": "x", "kind": "robot"}).refused(422, "DULY-3001", "/kind")
	p.post("/v1/customers", map[string]any{"name": "x", "surprise": 1}).refused(422, "DULY-3001", "/surprise")
	p.post("/v1/customers", map[string]any{"name": "x", "credit_limit": map[string]any{"amount": 1, "currency": "USD"}}).refused(422, "DULY-3001", "/credit_limit/currency")
	p.post("/v1/customers", map[string]any{"name": "x", "credit_limit": map[string]any{"amount": "1", "currency": "EUR"}}).refused(422, "DULY-3001", "/credit_limit/amount")
	p.post("/v1/customers", map[string]any{"name": "x", "emails": []string{"not an address"}}).refused(422, "DULY-3001", "")
	p.post("/v1/customers", `{"name": `).refused(400, "DULY-2003", "")
	p.ask("PATCH", "/v1/customers/c_none", map[string]any{"name": "x"}, nil).refused(404, "DULY-3002", "")
	p.ask("GET", "/v1/customers/c_none", nil, nil).refused(404, "DULY-3002", "")
}

func TestProducts(t *testing.T) {
	p := newProgram(t)
	p.post("/v1/products", productExample).is(201).want(map[string]any{"sku": "FLOUR-25", "price.amount": 2190, "vat_class": "reduced", "stock": 40, "reorder_point": 10})
	p.post("/v1/products", map[string]any{"sku": "IDEA"}).is(201).want(map[string]any{"stock": nil, "price.amount": 0, "price.currency": "EUR"})
	p.post("/v1/orders", orderExample).is(201) // holds 12
	p.ask("PATCH", "/v1/products/FLOUR-25", map[string]any{"name": "Flour", "stock": 20, "reorder_point": 0}, nil).is(200).
		want(map[string]any{"name": "Flour", "price.amount": 2190, "stock": 20, "reserved": 12, "available": 8, "reorder_point": 0})
	p.get("/v1/products/FLOUR-25").want(map[string]any{"stock": 20})
	if got := p.get("/v1/products").len("items"); got != 2 {
		t.Errorf("%d products", got)
	}
	p.post("/v1/products", productExample).refused(409, "DULY-3003", "")
	p.post("/v1/products", map[string]any{"name": "x"}).refused(422, "DULY-3001", "/sku")
	p.post("/v1/products", map[string]any{"sku": "x", "price": map[string]any{"amount": 1, "currency": "USD"}}).refused(422, "DULY-3001", "/price")
	p.ask("PATCH", "/v1/products/FLOUR-25", map[string]any{"stock": 1}, nil).refused(422, "DULY-3001", "/stock")
	p.ask("GET", "/v1/products/NONE", nil, nil).refused(404, "DULY-3002", "")
}

func TestOrders(t *testing.T) {
	p := newProgram(t)
	c := p.customer("Acme BV", nil)
	o := p.post("/v1/orders", sale(c, "A-1", 10_000)).is(201)
	o.want(map[string]any{"customer_id": c, "customer_name": "Acme BV", "status": "confirmed", "credit.exposure.amount": 10_000, "credit.limit.amount": 1_000_000, "terms": 30})
	id := o.text("id")
	if again := p.post("/v1/orders", sale(c, "A-1", 10_000)).is(201); again.text("id") != id {
		t.Error("the same order is another")
	}
	p.post("/v1/orders", sale(c, "A-1", 20_000)).refused(409, "DULY-3003", "")
	p.post("/v1/orders", sale("c_none", "A-2", 1)).refused(422, "DULY-3001", "/customer_id")
	p.post("/v1/orders", map[string]any{"external_id": "A-3", "currency": "EUR", "lines": []any{}, "customer_id": c}).refused(422, "DULY-3001", "/lines")
	bad := sale(c, "A-4", 100)
	bad["lines"].([]any)[0].(map[string]any)["quantity"] = 0
	p.post("/v1/orders", bad).refused(422, "DULY-3001", "/lines/0/quantity")
	dollars := sale(c, "A-5", 100)
	dollars["currency"], dollars["lines"].([]any)[0].(map[string]any)["unit_price"] = "KWD", map[string]any{"amount": 1, "currency": "KWD"} // the ECB publishes no rate of it
	p.post("/v1/orders", dollars).refused(422, "DULY-3001", "/currency")
	nobody := sale("", "A-6", 100)
	p.post("/v1/orders", nobody).refused(422, "DULY-3001", "/customer")
	p.post("/v1/orders", "{").refused(400, "DULY-2003", "")
	p.post("/v1/orders", map[string]any{"test": true}).refused(422, "DULY-3001", "/test")
	p.ask("GET", "/v1/orders/o_none", nil, nil).refused(404, "DULY-3002", "")

	p.post("/v1/orders/"+id+"/shipments", map[string]any{"lines": []any{map[string]any{"sku": "NONE", "quantity": 1}}}).refused(422, "DULY-3001", "/lines")
	p.post("/v1/orders/o_none/shipments", nil).refused(404, "DULY-3002", "")
	p.post("/v1/orders/"+id+"/cancel", map[string]any{"reason": "ordered twice"}).is(200).want(map[string]any{"status": "cancelled", "credit.status": "void"})
	p.post("/v1/orders/"+id+"/cancel", nil).is(200).want(map[string]any{"status": "cancelled"})
	p.post("/v1/orders/"+id+"/shipments", nil).refused(409, "DULY-3003", "")
	p.get("/v1/customers/" + c).want(map[string]any{"exposure.total.amount": 0})

	other := p.post("/v1/orders", sale(c, "A-7", 5_000)).is(201).text("id")
	p.post("/v1/orders/"+other+"/shipments", map[string]any{}).is(201)
	p.post("/v1/orders/"+other+"/cancel", nil).refused(409, "DULY-3003", "")
	p.get("/v1/orders?status=cancelled").want(map[string]any{"items.0.id": id})
	if got := p.get("/v1/orders?customer=" + c + "&status=shipped"); got.len("items") != 1 || got.text("items.0.id") != other {
		t.Errorf("filtered %s", got.raw)
	}
	p.verified()
}

// TestAnOrderOfFewWords is all that an order needs.
func TestAnOrderOfFewWords(t *testing.T) {
	p := newProgram(t)
	p.post("/v1/orders", map[string]any{
		"customer": map[string]any{"name": "Acme BV", "emails": []string{"finance@acme.example"}},
		"lines":    []any{map[string]any{"name": "Advice", "quantity": "2", "unit_price": eur(5_000), "tax_rate": 21}},
	}).is(201).want(map[string]any{"currency": "EUR", "total.amount": 12_100, "lines.0.sku": "", "lines.0.tax_rate": "21", "customer_name": "Acme BV", "status": "confirmed"})
	p.get("/v1/customers").want(map[string]any{"items.0.emails.0": "finance@acme.example"})
}

func TestAnOrderWithoutAnIdIsNewEachTime(t *testing.T) {
	p := newProgram(t)
	c := p.customer("Acme BV", nil)
	body := sale(c, "", 1_000)
	delete(body, "external_id")
	first := p.post("/v1/orders", body).is(201).text("id")
	p.Advance(time.Second)
	if second := p.post("/v1/orders", body).is(201).text("id"); second == first {
		t.Error("two orders became one")
	}
	named := lines{"Idempotency-Key", "k1"}
	third := p.ask("POST", "/v1/orders", body, named).is(201)
	p.Advance(time.Second)
	if again := p.ask("POST", "/v1/orders", body, named).is(201); string(again.raw) != string(third.raw) {
		t.Error("one named order became two")
	}
	if got := p.get("/v1/orders").len("items"); got != 3 {
		t.Errorf("%d orders", got)
	}
}

func TestCreditDecision(t *testing.T) {
	p := newProgram(t)
	c := p.customer("Acme BV", nil)
	refer := func(id string) (path string) {
		o := p.post("/v1/orders", sale(c, id, 300_000)).is(201)
		o.want(map[string]any{"status": "received", "holds.0": "credit", "credit.decision": "refer", "credit.status": "pending", "credit.reasons.0.code": "above_auto_approve", "credit.decided_by": nil})
		return "/v1/orders/" + o.text("id") + "/credit-decision"
	}
	path := refer("B-1")
	p.post(path, map[string]any{"decision": "approve", "as_user": "U02SALES"}).refused(403, "DULY-3005", "")
	p.post(path, map[string]any{"decision": "approve", "as_user": "U99"}).refused(422, "DULY-3001", "/as_user")
	p.post(path, map[string]any{"decision": "approve"}).refused(422, "DULY-3001", "/as_user")
	p.post(path, map[string]any{"decision": "maybe", "as_user": "U04APPROVE"}).refused(422, "DULY-3001", "/decision")
	p.post(path, map[string]any{"decision": "approve_with", "as_user": "U04APPROVE"}).refused(422, "DULY-3001", "/conditions")
	p.post("/v1/orders/o_none/credit-decision", decisionExample).refused(404, "DULY-3002", "")
	p.post(strings.Replace(path, "credit-decision", "shipments", 1), nil).refused(409, "DULY-3007", "")
	p.post(path, decisionExample).is(200).want(map[string]any{
		"status": "confirmed", "holds": "[]", "terms": 14, "credit.status": "approved", "credit.decided_by": "slack:U04APPROVE", "credit.conditions.terms": 14, "credit.reason": "Known for years", "credit.decision": "refer",
	})
	second := p.post(path, map[string]any{"decision": "decline", "as_user": "U05APPROVE"})
	second.refused(409, "DULY-3003", "")
	if !strings.Contains(second.text("title"), "Already approved by Mira") {
		t.Errorf("title %s", second.text("title"))
	}
	p.post(refer("B-2"), map[string]any{"decision": "decline", "as_user": "U05APPROVE", "reason": "too much"}).is(200).
		want(map[string]any{"status": "declined", "credit.status": "declined"})
	p.verified()
}

func TestInvoices(t *testing.T) {
	p := newProgram(t)
	c := p.customer("Acme BV", nil)
	number := p.invoiced(c, "C-1", 10_000)
	p.invoiced(p.customer("Other BV", map[string]any{"terms": 60}), "C-2", 20_000)
	if got := p.get("/v1/invoices?customer=" + c); got.len("items") != 1 || got.text("items.0.number") != number {
		t.Errorf("by customer %s", got.raw)
	}
	p.Advance(40 * 24 * time.Hour)
	if got := p.get("/v1/invoices?overdue=true"); got.len("items") != 1 || got.text("items.0.overdue") != "true" {
		t.Errorf("overdue %s", got.raw)
	}
	if got := p.get("/v1/invoices?overdue=false&status=issued"); got.len("items") != 1 || got.text("items.0.number") != "2026-0002" {
		t.Errorf("not overdue %s", got.raw)
	}
	if got := p.get("/v1/invoices?status=paid").len("items"); got != 0 {
		t.Errorf("%d paid", got)
	}
	p.ask("GET", "/v1/invoices?status=lost", nil, nil).refused(422, "DULY-3001", "")
	p.ask("GET", "/v1/invoices/2026-9999", nil, nil).refused(404, "DULY-3002", "")
	p.ask("GET", "/v1/invoices/2026-9999/pdf", nil, nil).refused(404, "DULY-3002", "")
	p.get("/v1/invoices/" + p.invoice(number).ID).want(map[string]any{"number": number})
}

func TestDraftsAreSeenAndHaveNoPaper(t *testing.T) {
	p := newProgram(t)
	o := p.post("/v1/orders", map[string]any{"external_id": "D-1", "currency": "EUR", "customer": map[string]any{"name": "Nowhere BV"}, "lines": sale("", "", 20_000)["lines"]}).is(201)
	p.post("/v1/orders/"+o.text("id")+"/shipments", nil).is(201)
	p.Settle(t)
	o = p.get("/v1/orders/" + o.text("id"))
	o.want(map[string]any{"invoices": "[]"})
	draft := "/v1/invoices/" + o.text("invoice_ids.0")
	p.get(draft).want(map[string]any{"status": "draft", "number": "", "missing.0": "the customer's address", "portal_url": nil, "documents": "[]", "issued_on": nil})
	p.ask("GET", draft+"/pdf", nil, nil).refused(409, "DULY-3003", "")
	p.post(draft+"/credit-notes", nil).refused(409, "DULY-3003", "")
}

func TestAPaperThatNobodyWasSent(t *testing.T) {
	p := newProgram(t)
	c := p.post("/v1/customers", map[string]any{"name": "Acme BV", "address": dam}).is(201).text("id")
	number := p.invoiced(c, "E-1", 10_000)
	if pdf := p.get("/v1/invoices/" + number + "/pdf"); !strings.HasPrefix(string(pdf.raw), number) {
		t.Errorf("pdf %q", pdf.raw)
	}
}

func TestPromises(t *testing.T) {
	p := newProgram(t)
	number := p.invoiced(p.customer("Acme BV", nil), "F-1", 10_000)
	path := "/v1/invoices/" + number + "/promises"
	p.post(path, map[string]any{"date": "2026-01-12", "by": "Eline Vos"}).is(201).want(map[string]any{"invoice": number, "amount.amount": 10_000, "date": "2026-01-12", "status": "open", "by": "Eline Vos"})
	p.get("/v1/invoices/" + number).want(map[string]any{"dunning.paused_by": "promise"})
	p.post(path, map[string]any{"date": "2026-03-01"}).refused(422, "DULY-3001", "/date")
	p.post(path, map[string]any{"date": "12-01-2026"}).refused(422, "DULY-3001", "/date")
	p.post(path, map[string]any{"date": "2026-01-12", "amount": eur(10_001)}).refused(422, "DULY-3001", "/amount")
	p.post(path, map[string]any{}).refused(422, "DULY-3001", "/date")
	p.post("/v1/invoices/2026-9999/promises", map[string]any{"date": "2026-01-12"}).refused(404, "DULY-3002", "")
}

func TestReceiptsFindTheirHome(t *testing.T) {
	p := newProgram(t)
	c := p.customer("Acme BV", nil)
	one, two := p.invoiced(c, "G-1", 10_000), p.invoiced(c, "G-2", 5_000)
	in := o2c.MoneyIn{Gateway: "stripe", Ref: "pi_1", Amount: testMoney(12_000), Method: "ideal", Payer: "Acme BV", At: p.Now()}
	if err := p.Cycle.HandlePayment(ctx, p.Now(), "evt_1", in); err != nil {
		t.Fatal(err)
	}
	list := p.get("/v1/unapplied")
	list.want(map[string]any{"items.0.unapplied.amount": 12_000, "items.0.source": "stripe", "items.0.method": "ideal"})
	path := "/v1/receipts/" + list.text("items.0.id")
	p.post(path+"/applications", map[string]any{"invoice": one, "amount": eur(4_000)}).is(201).
		want(map[string]any{"unapplied.amount": 8_000, "applications.0.n": 1, "applications.0.invoice": one, "applications.0.amount.amount": 4_000, "customer_id": c})
	p.get("/v1/invoices/" + one).want(map[string]any{"status": "part_paid", "open.amount": 6_000})
	p.post(path+"/applications", map[string]any{"invoice": two}).is(201).want(map[string]any{"unapplied.amount": 3_000})
	p.get("/v1/invoices/" + two).want(map[string]any{"status": "paid", "open.amount": 0, "paid_on": "2026-01-05"})
	p.ask("DELETE", path+"/applications/2", nil, nil).is(200).want(map[string]any{"unapplied.amount": 8_000, "applications.1.undone": true})
	p.get("/v1/invoices/" + two).want(map[string]any{"status": "issued", "open.amount": 5_000, "paid_on": nil})
	p.ask("DELETE", path+"/applications/2", nil, nil).refused(409, "DULY-3003", "")
	p.ask("DELETE", path+"/applications/9", nil, nil).refused(409, "DULY-3003", "")
	p.post(path+"/applications", map[string]any{"invoice": one, "amount": eur(6_001)}).refused(422, "DULY-3001", "/amount")
	p.post(path+"/applications", map[string]any{"invoice": "2026-9999"}).refused(404, "DULY-3002", "")
	p.post("/v1/receipts/r_none/applications", map[string]any{"invoice": one}).refused(404, "DULY-3002", "")
	p.get(path).want(map[string]any{"unapplied.amount": 8_000})
	if got := p.get("/v1/receipts?customer=" + c).len("items"); got != 1 {
		t.Errorf("%d receipts", got)
	}
	p.verified()
}

func testMoney(cents int64) money.Amount { return money.Of(cents, "EUR") }

func TestEventsAndParked(t *testing.T) {
	p := newProgram(t)
	c := p.customer("Acme BV", nil)
	list := p.get("/v1/events")
	list.want(map[string]any{"items.0.type": "customer.created", "items.0.actor": "api:test", "items.0.subject": "customer:" + c, "items.0.seq": 1, "items.0.data.name": "Acme BV"})
	if strings.Contains(string(list.raw), secret) {
		t.Error("an event holds the key")
	}
	if err := p.Cycle.Park(ctx, p.Now(), o2c.ParkedData{Function: "order-webhook", Endpoint: "demo-generic", Topic: "odd", Body: []byte(`{"odd":1}`), Problem: "nobody knows it"}); err != nil {
		t.Fatal(err)
	}
	parked := p.get("/v1/parked")
	parked.want(map[string]any{"items.0.problem": "nobody knows it", "items.0.replayed_at": nil, "items.0.body": `{"odd":1}`})
	p.post("/v1/parked/"+parked.text("items.0.id")+"/replay", nil).is(200).want(map[string]any{"replayed_at": "2026-01-05T09:00:00Z"})
	if len(p.parked) != 1 || string(p.parked[0].Body) != `{"odd":1}` {
		t.Errorf("replayed %v", p.parked)
	}
	p.post("/v1/parked/pk_none/replay", nil).refused(404, "DULY-3002", "")
}

// TestPagesMeet walks lists page by page, with and without a filter, and sees
// everything once, newest first.
func TestPagesMeet(t *testing.T) {
	p := newProgram(t)
	c := p.customer("Acme BV", map[string]any{"credit_limit": nil})
	other := p.customer("Other BV", map[string]any{"credit_limit": nil})
	var want []string
	for i := range 23 {
		p.Advance(time.Second)
		who := c
		if i%3 == 0 {
			who = other
		}
		id := p.post("/v1/orders", sale(who, fmt.Sprintf("H-%d", i), 100)).is(201).text("id")
		if who == c {
			want = append([]string{id}, want...)
		}
	}
	for _, limit := range []int{1, 4, 15, 100} {
		var got []string
		after := ""
		for range 50 {
			list := p.get(fmt.Sprintf("/v1/orders?customer=%s&limit=%d&after=%s", c, limit, after))
			if list.len("items") > limit {
				t.Fatalf("%d items, at most %d", list.len("items"), limit)
			}
			for i := range list.len("items") {
				got = append(got, list.text(fmt.Sprintf("items.%d.id", i)))
			}
			if after = list.text("next"); after == "" {
				break
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("limit %d: got %d orders %v, want %v", limit, len(got), got, want)
		}
	}
	for _, bad := range []string{"x", "x.y", ".-1", "e30.0", strings.Repeat("A", 5000) + ".0"} {
		p.ask("GET", "/v1/orders?after="+bad, nil, nil).refused(422, "DULY-3001", "/after")
	}
	p.ask("GET", "/v1/orders?limit=0", nil, nil).refused(422, "DULY-3001", "")
}
