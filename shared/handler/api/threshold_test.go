package api

import (
	"strings"
	"testing"
	"time"
)

// TestCap_51_EachCurrencyHasItsThreshold: with 150.00 EUR and 100.00 USD to be
// worth a letter, 149.00 EUR is not dunned and 120.00 USD is; what comes to it in
// the same currency counts together.
func TestCap_51_EachCurrencyHasItsThreshold(t *testing.T) {
	c := newCreditor(t)
	c.ask("POST", "/v1/rates", "Date,USD,\n2026-01-05,1.2,\n", lines{"Content-Type", "text/csv"}).is(201)
	c.Cycle.Policy.Ladder.Minimum = map[string]int64{"EUR": 15_000, "USD": 10_000}
	owes := func(customer, id string, cents int64, currency string) string {
		made := c.post("/v1/orders", saleIn(customer, id, cents, currency)).is(201)
		c.post("/v1/orders/"+made.text("id")+"/shipments", nil).is(201)
		c.Settle(t)
		return c.get("/v1/orders/" + made.text("id")).text("invoices.0")
	}
	little, much := c.customer("Little BV", nil), c.customer("Much Inc", nil)
	small, large := owes(little, "1", 14_900, "EUR"), owes(much, "2", 12_000, "USD")
	below := owes(c.customer("Below Inc", nil), "3", 9_999, "USD")
	c.mornings(2026, 2, 10)
	reminded := func(number string) (all string) {
		for _, s := range c.invoice(number).Dunning.Sent {
			all += " " + s.Step
		}
		return strings.TrimSpace(all)
	}
	for number, want := range map[string]string{small: "", large: "nudge friendly", below: ""} {
		if got := reminded(number); got != want {
			t.Errorf("%s: %q, want %q", c.invoice(number).Open, got, want)
		}
	}
	letter := c.Desk.Letters[len(c.Desk.Letters)-1]
	for i := len(c.Desk.Letters) - 1; !strings.HasPrefix(letter.Subject, "reminder_friendly"); i-- {
		letter = c.Desk.Letters[i]
	}
	if !strings.Contains(letter.Text, "120.00 USD") {
		t.Errorf("the letter says %s", letter.Text)
	}
	c.Advance(time.Hour)
	owes(little, "4", 100, "EUR") // a euro more
	c.mornings(2026, 3, 20)
	if got := reminded(small); !strings.HasPrefix(got, "friendly") {
		t.Errorf("together 150.00: %q", got)
	}
	c.verified()
}
