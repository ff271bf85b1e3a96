package api

import (
	"strings"
	"testing"

	papers "duly/shared/document"
	"duly/shared/o2c"
	"duly/shared/testkit"
)

// TestCap_38_APublicBodyGetsXRechnung: an invoice to a German public body waits
// for its Leitweg-ID, whose check digits are held to; then it is XRechnung, in the
// mail beside the paper.
func TestCap_38_APublicBodyGetsXRechnung(t *testing.T) {
	p := newProgram(t)
	bremen := map[string]any{"street": "Rudolf-Hilferding-Platz 1", "postal_code": "28195", "city": "Bremen", "country": "DE"}
	c := p.customer("Freie Hansestadt Bremen", map[string]any{"kind": "public_body", "language": "de", "address": bremen, "emails": []string{"rechnung@bremen.example"}})
	order := sale(c, "1", 20_000)
	order["lines"].([]any)[0].(map[string]any)["tax_rate"] = "19"
	o := p.post("/v1/orders", order).is(201).text("id")
	p.post("/v1/orders/"+o+"/shipments", nil).is(201)
	p.Settle(t)
	draft := p.get("/v1/invoices?status=draft").want(map[string]any{"items.0.missing.0": "the customer's buyer reference (Leitweg-ID)", "items.0.number": ""}).text("items.0.id")
	if cards := testkit.CardsOf[o2c.DraftCard](p.Desk); len(cards) != 1 {
		t.Errorf("%d cards tell of the draft", len(cards))
	}

	p.ask("PATCH", "/v1/customers/"+c, map[string]any{"buyer_reference": "04011000-1234512345-07"}, nil).refused(422, "DULY-3001", "")
	p.ask("PATCH", "/v1/customers/"+c, map[string]any{"buyer_reference": " 04011000-1234512345-06 "}, nil).is(200).want(map[string]any{"buyer_reference": "04011000-1234512345-06"})
	p.post("/v1/invoices/"+draft+"/issue", nil).is(200)
	p.Settle(t)
	number := p.get("/v1/orders/" + o).text("invoices.0")
	raw, err := papers.Papers{}.InvoiceUBL(p.invoice(number))
	if err != nil {
		t.Fatal(err)
	}
	ubl := string(raw)
	for _, want := range []string{
		"#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0</cbc:CustomizationID>", "<cbc:BuyerReference>04011000-1234512345-06<",
		`<cbc:EndpointID schemeID="0204">04011000-1234512345-06<`, "<cbc:Telephone>", "<cbc:ElectronicMail>",
	} {
		if !strings.Contains(ubl, want) {
			t.Errorf("no %s in\n%s", want, ubl)
		}
	}
	attached := ""
	for _, m := range p.Desk.Letters {
		for _, a := range m.Attachments {
			attached += a.Name + " "
		}
	}
	if !strings.Contains(attached, ".xml") {
		t.Errorf("attached were %q", attached)
	}
	p.verified()
}

// TestCap_38_AShopSaysTheLeitwegID: a wrong one never loses the order, and one
// that is said later completes a customer who had none.
func TestCap_38_AShopSaysTheLeitwegID(t *testing.T) {
	p := newProgram(t)
	named := func(id, reference string) string {
		body := sale("", id, 10_000)
		delete(body, "customer_id")
		body["customer"] = map[string]any{"name": "Bundesamt", "kind": "public_body", "email": "amt@bund.example", "buyer_reference": reference, "address": map[string]any{"street": "Am Platz 1", "postal_code": "10115", "city": "Berlin", "country": "DE"}}
		return p.post("/v1/orders", body).is(201).text("customer_id")
	}
	c := named("1", "991-03730-18")
	p.get("/v1/customers/" + c).want(map[string]any{"buyer_reference": ""})
	if again := named("2", "991-03730-19"); again != c {
		t.Fatal(again, c)
	}
	p.get("/v1/customers/" + c).want(map[string]any{"buyer_reference": "991-03730-19"})
}
