package api

import (
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"duly/shared/o2c"
)

// units is an order of some units of one SKU without tax.
func units(customer, externalID, sku string, n int64, more map[string]any) map[string]any {
	body := map[string]any{
		"customer_id": customer, "external_id": externalID, "currency": "EUR",
		"lines": []any{map[string]any{"sku": sku, "quantity": n, "unit_price": eur(100), "tax_rate": "0"}},
	}
	for k, v := range more {
		body[k] = v
	}
	return body
}

func (p *program) shelf(sku string) o2c.Shelf {
	p.t.Helper()
	shelves, err := p.Cycle.Shelves(ctx, sku)
	if err != nil {
		p.t.Fatal(err)
	}
	return shelves[0]
}

// TestCap_27_WhatIsNotThereIsBackOrdered: an order holds what is free when it is
// confirmed, waits for the rest, and holds nothing once it has ended.
func TestCap_27_WhatIsNotThereIsBackOrdered(t *testing.T) {
	p := newProgram(t)
	c := p.customer("Acme BV", nil)
	p.post("/v1/products", map[string]any{"sku": "CHAIR", "stock": 5}).is(201)
	first := p.post("/v1/orders", units(c, "1", "CHAIR", 3, nil)).is(201).want(map[string]any{"status": "confirmed", "lines.0.reserved": 3, "lines.0.backordered": 0})
	second := p.post("/v1/orders", units(c, "2", "CHAIR", 4, nil)).is(201).want(map[string]any{"status": "confirmed", "lines.0.reserved": 2, "lines.0.backordered": 2})
	p.get("/v1/products/CHAIR").want(map[string]any{"stock": 5, "reserved": 5, "available": 0, "backordered": 2})
	p.post("/v1/orders/"+second.text("id")+"/shipments", map[string]any{"lines": []any{map[string]any{"sku": "CHAIR", "quantity": 3}}}).refused(409, "DULY-3007", "")
	p.verified()
	p.post("/v1/orders/"+first.text("id")+"/cancel", nil).is(200).want(map[string]any{"lines.0.reserved": 0, "lines.0.backordered": 0})
	p.Settle(t)
	p.get("/v1/orders/" + second.text("id")).want(map[string]any{"lines.0.reserved": 4, "lines.0.backordered": 0})
	p.get("/v1/products/CHAIR").want(map[string]any{"stock": 5, "reserved": 4, "available": 1, "backordered": 0})
	p.post("/v1/orders/"+second.text("id")+"/shipments", nil).is(201)
	p.get("/v1/products/CHAIR").want(map[string]any{"stock": 1, "reserved": 0, "available": 1})
	p.verified()
}

// TestCap_27_ArrivalsServeWhoWasPromisedFirst: however stock comes, the earliest
// promise goes first, then the earliest order; who comes now does not go before
// who waits.
func TestCap_27_ArrivalsServeWhoWasPromisedFirst(t *testing.T) {
	p := newProgram(t)
	c := p.customer("Acme BV", nil)
	p.post("/v1/products", map[string]any{"sku": "CHAIR", "stock": 0}).is(201)
	ids := map[string]string{}
	for _, o := range []struct{ id, promised string }{{"late", "2026-02-01"}, {"none", ""}, {"soon", "2026-01-10"}, {"next", "2026-01-20"}} {
		more := map[string]any{}
		if o.promised != "" {
			more["deliver_on"] = o.promised
		}
		ids[o.id] = p.post("/v1/orders", units(c, o.id, "CHAIR", 2, more)).is(201).want(map[string]any{"lines.0.backordered": 2}).text("id")
		p.Advance(time.Minute)
	}
	held := func(want map[string]int) {
		t.Helper()
		p.Settle(t)
		for id, n := range want {
			p.get("/v1/orders/" + ids[id]).want(map[string]any{"lines.0.reserved": n, "lines.0.backordered": 2 - n})
		}
	}
	once := lines{"Idempotency-Key", "dn-1"}
	p.ask("POST", "/v1/products/CHAIR/receipts", map[string]any{"quantity": 3, "reference": "DN-1"}, once).is(201).want(map[string]any{"stock": 3})
	p.ask("POST", "/v1/products/CHAIR/receipts", map[string]any{"quantity": 3, "reference": "DN-1"}, once).is(201).want(map[string]any{"stock": 3})
	ids["new"] = p.post("/v1/orders", units(c, "new", "CHAIR", 2, nil)).is(201).want(map[string]any{"lines.0.reserved": 0, "lines.0.backordered": 2}).text("id")
	held(map[string]int{"soon": 2, "next": 1, "late": 0, "none": 0, "new": 0})
	p.ask("PATCH", "/v1/products/CHAIR", map[string]any{"stock": 8}, nil).is(200)
	held(map[string]int{"soon": 2, "next": 2, "late": 2, "none": 2, "new": 0})
	p.post("/v1/products/CHAIR/receipts", map[string]any{"quantity": 9}).is(201)
	held(map[string]int{"new": 2})
	p.get("/v1/products/CHAIR").want(map[string]any{"stock": 17, "reserved": 10, "available": 7, "backordered": 0})
	p.post("/v1/products/CHAIR/receipts", map[string]any{"quantity": 0}).refused(422, "DULY-3001", "/quantity")
	p.post("/v1/products/NONE/receipts", map[string]any{"quantity": 1}).refused(404, "DULY-3002", "")
	p.verified()
}

// TestCap_27_StrictStockAsksAboutUnknownSKUs: an SKU that is not kept ships
// freely, unless the house says that there is no such thing.
func TestCap_27_StrictStockAsksAboutUnknownSKUs(t *testing.T) {
	p := newProgram(t)
	c := p.customer("Acme BV", nil)
	p.post("/v1/orders", units(c, "1", "IDEA", 2, nil)).is(201).want(map[string]any{"status": "confirmed", "lines.0.reserved": 0, "lines.0.backordered": 0})
	p.Cycle.Policy.StrictStock = true
	p.post("/v1/products", map[string]any{"sku": "CHAIR", "stock": 5}).is(201)
	p.post("/v1/orders", units(c, "2", "CHAIR", 2, nil)).is(201).want(map[string]any{"status": "confirmed"})
	o := p.post("/v1/orders", units(c, "3", "IDEA", 2, nil)).is(201)
	o.want(map[string]any{"status": "received", "credit.decision": "refer", "credit.reasons.1.code": "unknown_sku", "credit.reasons.1.numbers.skus": "IDEA"})
	p.verified()
}

// TestCap_27_AHotSKUIsNeverOversold: 64 programs order the last ten at once, by
// the real handler; ten get one, nobody gets what is not there, and the others
// wait for theirs.
func TestCap_27_AHotSKUIsNeverOversold(t *testing.T) {
	const orders, stock = 64, 10
	p := newProgram(t)
	c := p.customer("Acme BV", map[string]any{"credit_limit": nil})
	p.post("/v1/products", map[string]any{"sku": "HOT", "stock": stock, "reorder_point": 3}).is(201)
	var reserved, backordered int64
	var tries int
	var mu sync.Mutex
	var all sync.WaitGroup
	for i := range orders {
		all.Go(func() {
			for {
				a := p.ask("POST", "/v1/orders", units(c, fmt.Sprint(i), "HOT", 1, nil), nil)
				mu.Lock()
				tries++
				if a.status == http.StatusCreated {
					if a.text("lines.0.reserved") == "1" {
						reserved++
					}
					if a.text("lines.0.backordered") == "1" {
						backordered++
					}
				}
				mu.Unlock()
				if a.status != http.StatusConflict && a.status < 500 { // they may be told to come again
					return
				}
			}
		})
	}
	all.Wait()
	if reserved != stock || backordered != orders-stock {
		t.Errorf("%d hold one of %d, %d wait", reserved, stock, backordered)
	}
	if got := p.shelf("HOT"); got != (o2c.Shelf{Tracked: true, OnHand: stock, Reserved: stock, Backordered: orders - stock}) {
		t.Errorf("the shelf is %+v", got)
	}
	t.Logf("%d orders took %d requests", orders, tries)
	alerts, err := o2c.ListOf[o2c.Alert](ctx, p.Cycle, 100, "")
	if err != nil {
		t.Fatal(err)
	}
	p.verified()
	if alerts, err = o2c.ListOf[o2c.Alert](ctx, p.Cycle, 100, ""); err != nil || len(alerts.Items) != 1 {
		t.Errorf("%d alerts of one fall, %v", len(alerts.Items), err)
	}
	p.post("/v1/products/HOT/receipts", map[string]any{"quantity": orders}).is(201)
	p.verified()
	if got := p.shelf("HOT"); got != (o2c.Shelf{Tracked: true, OnHand: stock + orders, Reserved: orders, Available: stock}) {
		t.Errorf("the shelf is %+v", got)
	}
}

// TestFC_45_OrdersOfHundredsOfLines: an order of 200 and one of 500 lines, with
// names as long as they come, are taken, confirmed, shipped and invoiced.
func TestFC_45_OrdersOfHundredsOfLines(t *testing.T) {
	for _, n := range []int{200, 500} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			p := newProgram(t)
			c := p.customer("Acme BV", map[string]any{"credit_limit": nil})
			var goods []any
			for i := range n {
				sku := fmt.Sprintf("SKU-%03d", i)
				p.post("/v1/products", map[string]any{"sku": sku, "stock": i % 3}).is(201)
				name := fmt.Sprintf("%03d %0*d", i, 240000/n-250, 0)
				goods = append(goods, map[string]any{"sku": sku, "name": name[:min(len(name), 250)], "quantity": 1, "unit_price": eur(1), "tax_rate": "21"})
			}
			body := map[string]any{"customer_id": c, "external_id": "wide", "currency": "EUR", "lines": goods}
			p.Meter.Reads, p.Meter.Writes = 0, 0
			began := time.Now()
			o := p.post("/v1/orders", body).is(201).want(map[string]any{"status": "received", "holds.0": "stock"})
			took, writes := time.Since(began), p.Meter.Writes
			p.Settle(t)
			t.Logf("%d lines: accepted in %s with %d writes, %d writes in all", n, took.Round(time.Millisecond), writes, p.Meter.Writes)
			path := "/v1/orders/" + o.text("id")
			got := p.get(path).want(map[string]any{"status": "confirmed", "lines.0.backordered": 1, "lines.1.reserved": 1})
			if got.len("holds") != 0 {
				t.Errorf("holds %v", got.at("holds"))
			}
			var there []any
			for i := range n {
				if i%3 == 0 {
					p.post("/v1/products/"+fmt.Sprintf("SKU-%03d", i)+"/receipts", map[string]any{"quantity": 2}).is(201)
				}
			}
			p.Settle(t)
			p.post(path+"/shipments", map[string]any{"lines": there}).is(201)
			p.Settle(t)
			p.get(path).want(map[string]any{"status": "shipped", "total.amount": int64(n) + (int64(n)*21+50)/100})
			if p.get(path).len("invoices") != 1 {
				t.Error("the order has no invoice")
			}
			p.verified()
		})
	}
}
