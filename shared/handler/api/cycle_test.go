package api

import (
	"testing"
)

// TestOneOrderThroughHTTPAlone runs the whole cycle as a program would.
func TestOneOrderThroughHTTPAlone(t *testing.T) {
	p := newProgram(t)
	p.post("/v1/products", productExample).is(201).want(map[string]any{"stock": 40, "available": 40})
	o := p.post("/v1/orders", orderExample).is(201)
	// 12 × 21.90 = 262.80 + 9 % = 23.65; 8 × 17.45 = 139.60 + 21 % = 29.32
	o.want(map[string]any{
		"status": "confirmed", "total.amount": 45_537, "source": "api", "platform": "api", "external_id": "SO-1001", "number": "SO-1001",
		"credit.decision": "approve", "credit.status": "approved", "credit.decided_by": "policy", "credit.policy_version": "2026-01", "credit.reasons.0.code": "within_limit",
		"lines.0.sku": "FLOUR-25", "lines.0.quantity": 12, "lines.0.unit_price.amount": 2_190, "lines.0.tax_rate": "9", "lines.0.reserved": 12, "holds": "[]", "shipments": "[]", "invoices": "[]",
	})
	id := o.text("id")
	s := p.post("/v1/orders/"+id+"/shipments", shipmentExample).is(201)
	s.want(map[string]any{"order_id": id, "lines.0.quantity": 5, "carrier": "PostNL", "invoice": nil})
	p.Settle(t)
	p.get("/v1/orders/" + id).want(map[string]any{"status": "part_shipped", "invoices.0": "2026-0001", "shipments.0.invoice": "2026-0001"})
	p.post("/v1/orders/"+id+"/shipments", nil).is(201)
	p.Settle(t)
	p.get("/v1/orders/" + id).want(map[string]any{"status": "shipped", "invoices": "[2026-0001 2026-0002]"})
	inv := p.get("/v1/invoices/2026-0001")
	inv.want(map[string]any{
		"number": "2026-0001", "status": "issued", "total.amount": 11_936, "open.amount": 11_936, "currency": "EUR", "issued_on": "2026-01-05", "due_on": "2026-02-04",
		"order_id": id, "customer_id": o.text("customer_id"), "lines.0.quantity": 5, "taxes.0.rate": "9", "dunning.next_step": "nudge", "dunning.next_on": "2026-01-30", "dunning.paused_by": nil,
		"documents.0.type": "pdf", "documents.0.url": "/v1/invoices/2026-0001/pdf", "overdue": false,
	})
	if url := inv.text("portal_url"); len(url) < len("https://duly.example/i/")+34 || url[:23] != "https://duly.example/i/" {
		t.Errorf("portal_url %s", url)
	}
	pdf := p.get("/v1/invoices/2026-0001/pdf")
	if pdf.header["content-type"] != "application/pdf" || len(pdf.raw) == 0 {
		t.Errorf("pdf %v %q", pdf.header, pdf.raw)
	}
	p.verified()
}
