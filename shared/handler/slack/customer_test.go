package slack

import (
	"strings"
	"testing"
	"time"

	"duly/shared/o2c"
	"duly/shared/o2c/money"
	"duly/shared/o2c/order"
	"duly/shared/o2c/party"
	"duly/shared/testkit"
)

// from is an order that somebody placed in a shop.
func (r *room) from(endpoint, id string, change func(*order.Buyer)) order.Data {
	r.t.Helper()
	in := testkit.Order(id, 10_000, r.Now())
	in.Buyer.KVK, in.Buyer.ExternalID = "", endpoint+"-1"
	change(&in.Buyer)
	a := r.Arrive(order.Create, in)
	a.Endpoint, a.Seen = endpoint, o2c.Name("seen", endpoint, id)
	taken, err := r.Cycle.HandleShop(r.t.Context(), a)
	if err != nil {
		r.t.Fatal(err)
	}
	r.Settle(r.t)
	o, err := o2c.Read[order.Order](r.t.Context(), r.Cycle, taken.OrderID)
	if err != nil {
		r.t.Fatal(err)
	}
	return o.Data()
}

func nothing(*order.Buyer) {}

func (r *room) customer(id string) party.Data {
	r.t.Helper()
	c, err := o2c.Read[party.Customer](r.t.Context(), r.Cycle, id)
	if err != nil {
		r.t.Fatal(err)
	}
	return c.Data()
}

// TestWhoTheCustomerIs: the same mail address in two shops makes nobody one, but asks. A person joins them: both names
// lead to one customer, whose exposure counts both, and what was ordered before stays where it was. Separated, each is
// itself again.
func TestWhoTheCustomerIs(t *testing.T) {
	r := open(t)
	first := r.from("demo-shopify", "1", nothing)
	r.Advance(time.Minute)
	second := r.from("demo-woocommerce", "2", nothing)
	if first.CustomerID == second.CustomerID {
		t.Fatal("joined by a mail address")
	}
	card := r.card("C03EXCEPT")
	if !strings.Contains(card.Text, "Are Acme BV and Acme BV the same customer? They have in common: the mail address finance@acme.example, name and postal code.") {
		t.Fatalf("the card says %s", card.Text)
	}
	r.press(vera, card, "customer.same", "")
	if r.customer(second.CustomerID).JoinedInto != "" {
		t.Error("a viewer joined two customers")
	}
	r.press(lena, card, "customer.same", "")
	joined := r.customer(second.CustomerID)
	if joined.JoinedInto != first.CustomerID || !strings.Contains(r.card("C03EXCEPT").Text, "Lena said that") {
		t.Errorf("%+v; the card says %s", joined, r.card("C03EXCEPT").Text)
	}
	// What either has open counts against the one limit, to the cent: the third order takes it as far as it goes.
	total := first.Total.Minor + second.Total.Minor
	whole := money.Of(total+first.Total.Minor, "EUR")
	if _, err := r.Cycle.AmendCustomer(t.Context(), r.Stamp("api:test"), first.CustomerID, func(d *party.Data) { d.CreditLimit = &whole }); err != nil {
		t.Fatal(err)
	}
	if x, err := r.Cycle.Exposures(t.Context(), r.Now(), r.customer(first.CustomerID)); err != nil || x[0].Confirmed.Minor != total || x[0].Payer.Orders != 2 {
		t.Errorf("at stake with both: %+v (%v), want %d", x, err, total)
	}
	third := r.from("demo-woocommerce", "3", nothing)
	if third.Status != order.Confirmed {
		t.Errorf("the order that just fits is %s", third.Status)
	}
	less := money.Of(whole.Minor+first.Total.Minor-1, "EUR")
	if _, err := r.Cycle.AmendCustomer(t.Context(), r.Stamp("api:test"), first.CustomerID, func(d *party.Data) { d.CreditLimit = &less }); err != nil {
		t.Fatal(err)
	}
	if beyond := r.from("demo-woocommerce", "3b", nothing); beyond.Status != order.Received {
		t.Errorf("an order a cent beyond the limit of both is %s", beyond.Status)
	}
	if third.CustomerID != first.CustomerID {
		t.Error("the other name does not lead to the customer")
	}
	r.replay(joost, card, "customer.same", o2c.Name("lk", first.CustomerID, second.CustomerID), 1) // from a window that still asks
	if told := strings.Join(r.whispers(joost), " "); !strings.Contains(told, "Already answered by Lena at 10:01. Nothing changed.") {
		t.Errorf("Joost was told %q", told)
	}
	view, err := r.Cycle.OrderWithCredit(t.Context(), third.ID)
	if err != nil || view.Credit.Decision.Input.Confirmed.Minor != first.Total.Minor+second.Total.Minor {
		t.Errorf("the exposure of a joined customer: %+v %v", view.Credit, err)
	}
	o, err := o2c.Read[order.Order](t.Context(), r.Cycle, second.ID)
	if err != nil || o.Data().CustomerID != second.CustomerID {
		t.Errorf("an order moved: %+v %v", o.Data(), err)
	}
	r.press(joost, r.card("C03EXCEPT"), "customer.different", "")
	if fourth := r.from("demo-woocommerce", "4", nothing); fourth.CustomerID != second.CustomerID {
		t.Error("they are not separated")
	}
	report, err := r.Cycle.Verify(t.Context())
	if err != nil || !report.OK() {
		t.Errorf("%+v %v", report, err)
	}
	r.noViolations()
}

// TestRegisterNumbersJoin: an equal number that passes its check is enough; one that does not, or that speaks against what
// is known, joins nobody.
func TestRegisterNumbersJoin(t *testing.T) {
	r := open(t)
	other := func(n string) func(*order.Buyer) {
		return func(b *order.Buyer) {
			b.KVK, b.Email, b.Company, b.Address.PostalCode = n, "x"+n+"@other.example", "Other "+n, "9999 ZZ"
		}
	}
	a := r.from("demo-shopify", "1", other("12345678"))
	if b := r.from("demo-woocommerce", "2", other("1234 5678")); b.CustomerID != a.CustomerID {
		t.Error("two customers with one number")
	}
	odd := r.from("demo-generic", "3", other("1234"))
	again := r.from("demo-generic", "4", func(b *order.Buyer) { other("12345678")(b) }) // the shop's own customer names a number now
	if odd.CustomerID == a.CustomerID || again.CustomerID != a.CustomerID || r.customer(odd.CustomerID).JoinedInto != "" {
		t.Errorf("%s %s %s", a.CustomerID, odd.CustomerID, again.CustomerID)
	}
	guest := r.from("demo-generic", "5", func(b *order.Buyer) { b.ExternalID, b.Email, b.Company = "", "guest@mail.example", "" })
	late := r.from("demo-generic", "6", func(b *order.Buyer) { b.ExternalID, b.Email, b.KVK = "", "guest@mail.example", "12345678" })
	if r.customer(guest.CustomerID).Kind != party.Consumer || r.customer(guest.CustomerID).JoinedInto != a.CustomerID || late.CustomerID != a.CustomerID {
		t.Errorf("a guest who names its register number: %+v", r.customer(guest.CustomerID))
	}
}
