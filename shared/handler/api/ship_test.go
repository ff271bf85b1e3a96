package api

import (
	"strings"
	"testing"

	"duly/shared/o2c"
	"duly/shared/o2c/order"
	"duly/shared/testkit"
)

// ordered takes an order of so many chairs at 33.33 with 21 % tax.
func (p *program) ordered(customer, externalID string, units int, more map[string]any) answered {
	p.t.Helper()
	body := map[string]any{
		"customer_id": customer, "external_id": externalID, "currency": "EUR",
		"lines": []any{map[string]any{"sku": "CHAIR", "name": "Chair", "quantity": units, "unit_price": eur(3_333), "tax_rate": "21"}},
	}
	for k, v := range more {
		body[k] = v
	}
	return p.post("/v1/orders", body).is(201)
}

func (p *program) shipping(order string, units int) answered {
	return p.post("/v1/orders/"+order+"/shipments", map[string]any{"lines": []any{map[string]any{"sku": "CHAIR", "quantity": units}}})
}

// TestCap_28_WhatLeftIsInvoiced: three shipments, three invoices of what each of
// them carried, and the last takes the remainder to the order's total.
func TestCap_28_WhatLeftIsInvoiced(t *testing.T) {
	p := newProgram(t)
	c := p.customer("Acme BV", nil)
	o := p.ordered(c, "1", 7, map[string]any{"total": eur(28_836 + 2), "shipping": map[string]any{"price": eur(500), "tax_rate": "21"}}) // 2 cents more than the lines give
	id := o.text("id")
	total, sum := minor(t, o.at("total")), int64(0)
	for i, units := range []int{2, 4, 1} {
		p.shipping(id, units).is(201)
		p.Settle(t)
		now := p.get("/v1/orders/" + id)
		inv := p.get("/v1/invoices/" + now.text("invoices."+itoa(i)))
		inv.want(map[string]any{"lines.0.quantity": units, "lines.0.net.amount": units * 3_333})
		if services := inv.len("lines"); (services == 2) != (i == 0) {
			t.Errorf("invoice %d has %d lines: services go with the first", i+1, services)
		}
		sum += minor(t, inv.at("total"))
		now.want(map[string]any{"status": []string{order.PartShipped, order.PartShipped, order.Shipped}[i], "lines.0.shipped": []int{2, 6, 7}[i]})
	}
	if sum != total {
		t.Errorf("the invoices add up to %d, the order is %d", sum, total)
	}
	p.get("/v1/customers/" + c).want(map[string]any{"exposure.receivable.amount": total, "exposure.confirmed.amount": 0})
	p.verified()
}

// TestCap_29_NothingLeavesWhileAHoldIsOpen, and the refusal says which and until
// when.
func TestCap_29_NothingLeavesWhileAHoldIsOpen(t *testing.T) {
	p := newProgram(t)
	c := p.customer("Acme BV", map[string]any{"credit_limit": eur(10_000)})
	o := p.ordered(c, "1", 7, nil)
	o.want(map[string]any{"status": "received", "holds.0": "credit"})
	a := p.post("/v1/orders/"+o.text("id")+"/shipments", nil)
	if a.status != 409 && a.status != 422 || !strings.Contains(a.text("detail"), "credit (until a colleague approves it)") {
		t.Fatalf("%d %s", a.status, a.raw)
	}
	p.Settle(t)
	p.get("/v1/orders/" + o.text("id")).want(map[string]any{"status": "received", "lines.0.shipped": 0})
	p.post("/v1/orders/"+o.text("id")+"/credit-decision", map[string]any{"decision": "approve", "reason": "known for years", "as_user": "U04APPROVE"}).is(200)
	p.post("/v1/orders/"+o.text("id")+"/shipments", nil).is(201)
	p.Settle(t)
	p.get("/v1/orders/" + o.text("id")).want(map[string]any{"status": "shipped"})
	p.verified()
}

// TestCap_30_TheCarrierIsInTheMailAndTheProofIsKept.
func TestCap_30_TheCarrierIsInTheMailAndTheProofIsKept(t *testing.T) {
	p := newProgram(t)
	id := p.ordered(p.customer("Acme BV", nil), "1", 2, nil).text("id")
	gone := p.post("/v1/orders/"+id+"/shipments", map[string]any{"tracking": "3SDULY123456789"}).is(201)
	link := "https://jouw.postnl.nl/track-and-trace/3SDULY123456789-NL-1012JS"
	gone.want(map[string]any{"carrier": "PostNL", "tracking": "3SDULY123456789", "tracking_url": link, "delivery": nil, "n": 1})
	p.Settle(t)
	mailed := 0
	for _, l := range p.Desk.Letters {
		if strings.HasPrefix(l.Subject, "shipped") {
			mailed++
			if !strings.Contains(l.Text, "PostNL 3SDULY123456789 "+link) {
				t.Errorf("the mail says %s", l.Text)
			}
		}
	}
	if mailed != 1 {
		t.Errorf("%d mails about the parcel", mailed)
	}
	path := "/v1/orders/" + id + "/shipments/" + gone.text("id") + "/delivery"
	p.post(path, map[string]any{"delivered_at": "2026-01-05T08:30:00Z", "name": "J. Jansen", "evidence": "GetSignature"}).is(201).want(map[string]any{
		"delivery.delivered_at": "2026-01-05T08:30:00Z", "delivery.name": "J. Jansen", "delivery.said_by": "program",
	})
	p.post(path, map[string]any{"name": "Somebody else"}).is(201).want(map[string]any{"delivery.name": "J. Jansen"})
	p.get("/v1/orders/" + id).want(map[string]any{"shipments.0.delivery.name": "J. Jansen", "shipments.0.delivery.evidence": "GetSignature"})
	trail, err := p.Cycle.Store.Events(ctx, o2c.Key{Kind: "shipment", ID: gone.text("id")})
	if err != nil || len(trail) != 2 || trail[1].Type != "goods.delivered" {
		t.Errorf("the trail has %d events, %v", len(trail), err)
	}
	p.post("/v1/orders/o_other/shipments/"+gone.text("id")+"/delivery", nil).refused(404, "DULY-3002", "")
	p.post(path, map[string]any{"delivered_at": "2027-01-05T08:30:00Z"}).refused(422, "DULY-3001", "/delivered_at")
	p.verified()
}

// TestCap_30_AShopsCarrierSaysDelivered: the tracking number comes later and is
// mailed then; the carrier's "delivered" is kept once.
func TestCap_30_AShopsCarrierSaysDelivered(t *testing.T) {
	p := newProgram(t)
	in := testkit.Order("1", 1_000, p.Now())
	taken, err := p.Cycle.HandleShop(ctx, p.Arrive(order.Create, in))
	if err != nil {
		t.Fatal(err)
	}
	for i, said := range []order.IncomingShipment{
		{ExternalID: "f1", Carrier: "DHL Express", Link: "https://shop.example/track"},
		{ExternalID: "f1", Carrier: "DHL Express", Tracking: "1234567890"},
		{ExternalID: "f1", Tracking: "1234567890", Delivered: &order.IncomingDelivery{At: p.Now(), Evidence: "delivered"}},
		{ExternalID: "f1", Tracking: "1234567890", Delivered: &order.IncomingDelivery{At: p.Now()}},
	} {
		a := p.Arrive(order.Fulfil, in)
		a.Seen, a.Message.Order.Parcels = "seen"+itoa(i), []order.IncomingShipment{said}
		if _, err := p.Cycle.HandleShop(ctx, a); err != nil {
			t.Fatal(err)
		}
		p.Settle(t)
	}
	o := p.get("/v1/orders/" + taken.OrderID)
	o.want(map[string]any{
		"status": "shipped", "shipments.0.carrier": "DHL", "shipments.0.delivery.said_by": "shop", "shipments.0.delivery.evidence": "delivered",
		"shipments.0.tracking_url": "https://www.dhl.com/global-en/home/tracking.html?tracking-id=1234567890",
	})
	mails := 0
	for _, l := range p.Desk.Letters {
		if strings.HasPrefix(l.Subject, "shipped") {
			mails++
		}
	}
	if o.len("shipments") != 1 || mails != 2 {
		t.Errorf("%d shipments, %d mails", o.len("shipments"), mails)
	}
	p.verified()
}

// TestCap_31_NineOfTenCloseTheOrder at a tolerance of 90 %: the rest does not
// come, is not invoiced, and holds neither stock nor credit.
func TestCap_31_NineOfTenCloseTheOrder(t *testing.T) {
	for _, tt := range []struct {
		name, closeAt  string
		first, shipped int
		status         string
	}{
		{"exactly", "100", 9, 9, "part_shipped"},
		{"90 %, 9 of 10", "90", 9, 9, "shipped"},
		{"90 %, 8 of 10", "90", 8, 8, "part_shipped"},
		{"90 %, in two parts", "90", 5, 9, "shipped"},
		{"85.5 %, 9 of 10", "85.5", 9, 9, "shipped"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := newProgram(t)
			p.post("/v1/products", map[string]any{"sku": "CHAIR", "name": "Chair", "price": eur(3_333), "stock": 20}).is(201)
			c := p.customer("Acme BV", nil)
			id := p.ordered(c, "1", 10, map[string]any{"tolerance": map[string]any{"close_at": tt.closeAt}}).text("id")
			p.shipping(id, tt.first).is(201)
			if tt.shipped > tt.first {
				p.shipping(id, tt.shipped-tt.first).is(201)
			}
			p.Settle(t)
			o := p.get("/v1/orders/" + id).want(map[string]any{"status": tt.status, "lines.0.shipped": tt.shipped})
			p.get("/v1/products/CHAIR").want(map[string]any{"stock": 20 - tt.shipped})
			if tt.status != "shipped" {
				p.verified()
				return
			}
			o.want(map[string]any{"lines.0.cut": 10 - tt.shipped, "lines.0.reserved": 0, "lines.0.backordered": 0})
			p.get("/v1/customers/" + c).want(map[string]any{"exposure.confirmed.amount": 0})
			p.shipping(id, 1).is(422)
			var net int64
			for i := range o.len("invoices") {
				inv := p.get("/v1/invoices/" + o.text("invoices."+itoa(i)))
				net += minor(t, inv.at("net"))
				p.pay(inv.text("number"), minor(t, inv.at("total")))
			}
			if net != int64(tt.shipped)*3_333 {
				t.Errorf("%d invoiced", net)
			}
			p.get("/v1/orders/" + id).want(map[string]any{"status": "closed"})
			p.verified()
		})
	}
}

// TestCap_31_MoreThanOrdered is accepted within the tolerance, and invoiced when
// the order says so.
func TestCap_31_MoreThanOrdered(t *testing.T) {
	for _, tt := range []struct {
		name      string
		tolerance map[string]any
		units     int
		billed    int // 0: refused
	}{
		{"none", nil, 11, 0},
		{"110 %, a gift", map[string]any{"accept_up_to": "110"}, 11, 10},
		{"110 %, invoiced", map[string]any{"accept_up_to": "110", "invoice_over": true}, 11, 11},
		{"110 %, two more", map[string]any{"accept_up_to": "110", "invoice_over": true}, 12, 0},
		{"109.9 %", map[string]any{"accept_up_to": "109.9"}, 11, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := newProgram(t)
			more := map[string]any{}
			if tt.tolerance != nil {
				more["tolerance"] = tt.tolerance
			}
			id := p.ordered(p.customer("Acme BV", nil), "1", 10, more).text("id")
			a := p.shipping(id, tt.units)
			if tt.billed == 0 {
				a.refused(422, "DULY-3001", "/lines")
				return
			}
			a.is(201).want(map[string]any{"lines.0.quantity": tt.units})
			p.Settle(t)
			o := p.get("/v1/orders/" + id).want(map[string]any{"status": "shipped", "lines.0.shipped": tt.units})
			p.get("/v1/invoices/" + o.text("invoices.0")).want(map[string]any{"lines.0.quantity": tt.billed, "net.amount": tt.billed * 3_333})
			p.verified()
		})
	}
	p := newProgram(t)
	p.post("/v1/orders", map[string]any{"external_id": "x", "currency": "EUR", "tolerance": map[string]any{"close_at": "0"}, "customer": map[string]any{"name": "A"}, "lines": []any{}}).is(422)
}
