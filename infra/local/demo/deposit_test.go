package demo

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// v1 asks the API with the demo's key, and demands a status.
func (p place) v1(method, path string, body any, status int) object {
	p.t.Helper()
	got, out := p.call(method, "/v1"+path, body, "Authorization", "Bearer "+p.runtime.Secrets.APIKey)
	if got != status {
		p.t.Fatalf("%s %s answered %d, want %d: %v", method, path, got, status, out)
	}
	return out
}

func euros(cents int64) object { return object{"amount": cents, "currency": "EUR"} }

func cents(v any) int64 { return int64(v.(object)["amount"].(float64)) }

// buyer is a customer with a limit.
func (p place) buyer(limit int64) string {
	p.t.Helper()
	return p.v1(http.MethodPost, "/customers", object{
		"name": "Bakkerij Vos", "kind": "company", "emails": []string{"vos@vos.example"}, "language": "nl", "credit_limit": euros(limit),
		"address": object{"street": "Dorpsstraat 7", "postal_code": "1234 CD", "city": "Heeze", "country": "NL"},
	}, http.StatusCreated)["id"].(string)
}

// orders is an order of ten pieces that are worth 100.00 together, tax included.
func (p place) orders(customer, id string) string {
	p.t.Helper()
	return p.v1(http.MethodPost, "/orders", object{
		"customer_id": customer, "external_id": id, "currency": "EUR", "prices_include_tax": true, "total": euros(10_000),
		"lines": []object{{"sku": "MUG-" + id, "name": "Mug", "quantity": 10, "unit_price": euros(1_000), "tax_rate": "21"}},
	}, http.StatusCreated)["id"].(string)
}

func (p place) decided(order string, conditions object) {
	p.t.Helper()
	p.v1(http.MethodPost, "/orders/"+order+"/credit-decision", object{"decision": "approve_with", "conditions": conditions, "as_user": "U04APPROVE", "reason": "they are new here"}, http.StatusOK)
}

func (p place) order(id string) object {
	p.t.Helper()
	return p.v1(http.MethodGet, "/orders/"+id, nil, http.StatusOK)
}

// link is the customer's own address of an invoice, which stands in the newest
// mail about it too.
func (p place) link(number string) string {
	p.t.Helper()
	link := p.v1(http.MethodGet, "/invoices/"+number, nil, http.StatusOK)["portal_url"].(string)
	if !strings.Contains(fmt.Sprint(p.items("/demo/mail")), link) {
		p.t.Errorf("no mail has %s", link)
	}
	return link
}

// checkout presses Pay on the page of an invoice and gives the session.
func (p place) checkout(number string) string {
	p.t.Helper()
	if status, _, h := p.raw(http.MethodPost, strings.TrimPrefix(p.link(number), p.base)+"/pay", url.Values{}); status != http.StatusSeeOther {
		p.t.Fatalf("Pay leads to %d %s", status, h.Get("Location"))
	}
	return p.items("/demo/stripe/sessions")[0].(object)["id"].(string)
}

func (p place) pays(number string, how object) {
	p.t.Helper()
	if status, out := p.call(http.MethodPost, "/demo/stripe/sessions/"+p.checkout(number)+"/pay", how); status != http.StatusOK {
		p.t.Fatalf("paying answered %d %v", status, out)
	}
}

// said is the newest card of a channel that holds a word.
func (p place) said(channel, word string) string {
	p.t.Helper()
	for _, m := range p.items("/demo/slack/messages") {
		if m := m.(object); m["channel"] == p.runtime.Policy.Channel(channel) && strings.Contains(fmt.Sprint(m), word) {
			return fmt.Sprint(m)
		}
	}
	p.t.Fatalf("no card in %s says %s", channel, word)
	return ""
}

func (p place) wants(what string, text string, words ...string) {
	p.t.Helper()
	for _, w := range words {
		if !strings.Contains(text, w) {
			p.t.Errorf("%s lacks %q: %s", what, w, text)
		}
	}
}

func (p place) verified() {
	p.t.Helper()
	p.items("/demo/mail") // answers when everything has come to rest
	if report, err := p.runtime.Cycle.Verify(context.Background()); err != nil || !report.OK() {
		p.t.Errorf("verify: %v\n%s", err, report)
	}
}

// page is a customer's page behind a link of a mail.
func (p place) page(link string) string {
	p.t.Helper()
	status, raw, _ := p.raw(http.MethodGet, strings.TrimPrefix(link, p.base), nil)
	if status != http.StatusOK {
		p.t.Fatalf("%s answered %d", link, status)
	}
	return string(raw)
}

// TestCap_20_ApproveWithADepositAndStripeReleasesIt: the approval issues the
// deposit's own invoice and link, the order waits, and Stripe's event alone lets
// it go, which card, page and API say.
func TestCap_20_ApproveWithADepositAndStripeReleasesIt(t *testing.T) {
	p := open(t)
	id := p.orders(p.buyer(5_000), "1")
	p.decided(id, object{"deposit_percent": "30"})
	o := p.order(id)
	p.wants("the order", fmt.Sprint(o["holds"], o["status"], o["deposit"]), "deposit", "confirmed", "waiting", "2026-0001", "3000")
	p.wants("the card", p.said("credit", "Credit approval ·"), "Approved by Mira", "Waiting for the deposit: €30.00 of invoice 2026-0001")
	p.wants("the page", p.page(p.link("2026-0001")), "Aanbetalingsfactuur 2026-0001", "wordt verzonden zodra dit is betaald", "30,00")
	if status, out := p.call(http.MethodPost, "/demo/clock", object{"advance": "15m"}); status != http.StatusOK { // the approval can be undone until then
		t.Fatalf("%d %v", status, out)
	}
	mail := p.items("/demo/mail")
	p.wants("the mails", fmt.Sprint(mail), "Graag vooraf betalen", "2026-0001.pdf", "zodra uw vooruitbetaling")
	p.pays("2026-0001", object{"method": "ideal"})
	o = p.order(id)
	if holds := o["holds"].([]any); len(holds) != 0 || o["deposit"].(object)["status"] != "paid" {
		t.Errorf("after the payment: holds %v, deposit %v", holds, o["deposit"])
	}
	p.wants("the card", p.said("credit", "Credit approval ·"), "The deposit of €30.00 was paid", "may be shipped")
	p.v1(http.MethodPost, "/orders/"+id+"/shipments", nil, http.StatusCreated)
	p.verified()
}

// TestCap_29_NothingLeavesBeforeCreditAndDeposit: neither hold lets goods go; the
// payment event releases, a debit that fails later holds again.
func TestCap_29_NothingLeavesBeforeCreditAndDeposit(t *testing.T) {
	p := open(t)
	id := p.orders(p.buyer(5_000), "1")
	refused := func(why string) {
		t.Helper()
		out := p.v1(http.MethodPost, "/orders/"+id+"/shipments", nil, http.StatusConflict)
		p.wants("the refusal", fmt.Sprint(out), "DULY-3007", why)
	}
	refused("credit")
	p.decided(id, object{"deposit_percent": "50"})
	refused("deposit")
	p.pays("2026-0001", object{"method": "sepa_debit", "settles_after": "4d"})
	refused("deposit") // under way is not paid
	if status, out := p.call(http.MethodPost, "/demo/clock", object{"advance": "5d"}); status != http.StatusOK {
		t.Fatalf("%d %v", status, out)
	}
	if o := p.order(id); len(o["holds"].([]any)) != 0 {
		t.Fatalf("the debit settled and the order is held: %v", o["holds"])
	}
	refunds := object{"payment_intent": p.runtime.Stripe.Sessions()[0].PaymentIntent, "amount": 100}
	if status, out := p.call(http.MethodPost, "/demo/stripe/refunds", refunds); status >= 300 {
		t.Fatalf("the refund answered %d %v", status, out)
	}
	refused("deposit")
	p.wants("the card", p.said("credit", "Credit approval ·"), "Waiting for the deposit: €1.00 of invoice 2026-0001")
	p.pays("2026-0001", object{"method": "card"})
	p.v1(http.MethodPost, "/orders/"+id+"/shipments", nil, http.StatusCreated)
	p.verified()
}

// TestCap_41_TheFinalInvoiceTakesTheDepositOff: 10 of 100, then 90, in one
// shipment and in three; tax and books are those of the order.
func TestCap_41_TheFinalInvoiceTakesTheDepositOff(t *testing.T) {
	for name, shipments := range map[string][]int{"at once": {10}, "in three": {3, 3, 4}} {
		t.Run(name, func(t *testing.T) {
			p := open(t)
			id := p.orders(p.buyer(5_000), "1")
			p.decided(id, object{"deposit_percent": "10"})
			deposit := p.v1(http.MethodGet, "/invoices/2026-0001", nil, http.StatusOK)
			if cents(deposit["total"]) != 1_000 || deposit["type_code"] != "386" || deposit["type"] != "deposit" {
				t.Fatalf("the deposit is %v", deposit)
			}
			p.pays("2026-0001", object{"method": "ideal"})
			var billed int64
			net, tax := cents(deposit["net"]), cents(deposit["tax"])
			for _, units := range shipments {
				p.v1(http.MethodPost, "/orders/"+id+"/shipments", object{"lines": []object{{"sku": "MUG-1", "quantity": units}}}, http.StatusCreated)
				numbers := p.order(id)["invoices"].([]any)
				number := numbers[len(numbers)-1].(string)
				inv := p.v1(http.MethodGet, "/invoices/"+number, nil, http.StatusOK)
				before := inv["preceding"].([]any)[0].(object)
				if inv["type_code"] != "380" || before["number"] != "2026-0001" || before["issued_on"] != deposit["issued_on"] {
					t.Errorf("invoice %s: %v after %v", number, inv["type_code"], before)
				}
				billed, net, tax = billed+cents(inv["total"]), net+cents(inv["net"]), tax+cents(inv["tax"])
				p.pays(number, object{"method": "ideal"})
			}
			if billed != 9_000 || net != 8_264 || tax < 1_734 || tax > 1_738 {
				t.Errorf("10.00, then %d; net %d, tax %d", billed, net, tax)
			}
			if o := p.order(id); o["status"] != "closed" {
				t.Errorf("the order is %v", o["status"])
			}
			for _, a := range p.v1(http.MethodGet, "/ledger/trial-balance", nil, http.StatusOK)["accounts"].([]any) {
				switch a := a.(object); a["role"] {
				case "deposits", "receivable":
					if cents(a["balance"]) != 0 {
						t.Errorf("%s stands at %v", a["role"], a["balance"])
					}
				case "vat":
					if got := -cents(a["balance"]); got != tax {
						t.Errorf("tax is booked as %d, invoiced %d", got, tax)
					}
				}
			}
			p.verified()
		})
	}
}

// TestADepositThatNeverComesEndsItsOrder: a reminder, then the end, and the
// customer is told each time.
func TestADepositThatNeverComesEndsItsOrder(t *testing.T) {
	p := open(t)
	id := p.orders(p.buyer(0), "1") // no credit: the money is asked for without a person
	if o := p.order(id); fmt.Sprint(o["holds"]) != "[deposit]" || cents(o["deposit"].(object)["amount"]) != 10_000 {
		t.Fatalf("%v", o)
	}
	if status, out := p.call(http.MethodPost, "/demo/clock", object{"advance": "6d"}); status != http.StatusOK {
		t.Fatalf("%d %v", status, out)
	}
	p.wants("the mails", fmt.Sprint(p.items("/demo/mail")), "wacht op betaling")
	if status, out := p.call(http.MethodPost, "/demo/clock", object{"advance": "5d"}); status != http.StatusOK {
		t.Fatalf("%d %v", status, out)
	}
	if o := p.order(id); o["status"] != "cancelled" {
		t.Errorf("the order is %v", o["status"])
	}
	p.wants("the mails", fmt.Sprint(p.items("/demo/mail")), "is geannuleerd", "CN2026-0001")
	p.said("exceptions", "An order ended without its deposit")
	p.verified()
}

// TestCap_33_InvoicedOnShipmentOnOrderOrPrepaid: the customer's method decides
// when the invoice goes out, and what a cancellation of the rest gives back.
func TestCap_33_InvoicedOnShipmentOnOrderOrPrepaid(t *testing.T) {
	p := open(t)
	begun := func(method, id string) (order string, invoices int) {
		t.Helper()
		c := p.buyer(100_000)
		if method != "" {
			p.v1(http.MethodPatch, "/customers/"+c, object{"invoice_on": method}, http.StatusOK)
		}
		order = p.orders(c, id)
		return order, len(p.order(order)["invoices"].([]any))
	}
	last := func(order string) object {
		t.Helper()
		numbers := p.order(order)["invoices"].([]any)
		return p.v1(http.MethodGet, "/invoices/"+numbers[len(numbers)-1].(string), nil, http.StatusOK)
	}
	ship := func(order, id string, units, status int) {
		t.Helper()
		p.v1(http.MethodPost, "/orders/"+order+"/shipments", object{"lines": []object{{"sku": "MUG-" + id, "quantity": units}}}, status)
	}

	shipment, n := begun("", "1")
	ship(shipment, "1", 4, http.StatusCreated)
	if inv := last(shipment); n != 0 || cents(inv["total"]) != 4_000 || inv["type"] != "invoice" {
		t.Errorf("on shipment: %d before, then %v", n, inv)
	}

	ahead, n := begun("order", "2")
	inv := last(ahead)
	if n != 1 || cents(inv["total"]) != 10_000 || inv["type"] != "invoice" || fmt.Sprint(p.order(ahead)["holds"]) != "[]" {
		t.Errorf("on order: %d invoices, %v", n, inv)
	}
	ship(ahead, "2", 4, http.StatusCreated)
	if o := p.order(ahead); len(o["invoices"].([]any)) != 1 {
		t.Errorf("a shipment made another invoice: %v", o["invoices"])
	}
	p.pays(inv["number"].(string), object{"method": "ideal"})
	p.v1(http.MethodPost, "/orders/"+ahead+"/cancel", object{"reason": "no more mugs"}, http.StatusOK)
	if inv = last(ahead); cents(inv["credited"]) != 5_999 || inv["status"] != "paid" {
		t.Errorf("six of ten did not leave: credited %v, %v", inv["credited"], inv["status"])
	}
	p.said("collections", "59.99") // a person decides what becomes of the money
	whole, _ := begun("order", "3")
	p.pays(last(whole)["number"].(string), object{"method": "ideal"})
	ship(whole, "3", 10, http.StatusCreated)
	if o := p.order(whole); o["status"] != "closed" {
		t.Errorf("paid and shipped, the order is %v", o["status"])
	}

	prepaid, n := begun("prepaid", "4")
	if inv = last(prepaid); n != 1 || inv["type"] != "prepayment" || cents(inv["total"]) != 10_000 {
		t.Errorf("prepaid: %d invoices, %v", n, inv)
	}
	ship(prepaid, "4", 10, http.StatusConflict)
	p.pays(inv["number"].(string), object{"method": "ideal"})
	ship(prepaid, "4", 10, http.StatusCreated)
	if o := p.order(prepaid); o["status"] != "closed" || cents(last(prepaid)["total"]) != 0 {
		t.Errorf("prepaid and shipped, the order is %v", o["status"])
	}
	p.verified()
}
