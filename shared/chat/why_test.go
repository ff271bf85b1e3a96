package chat

import (
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/cash"
)

// TestReasonsAreSaidInEveryLanguage: each sentence by which money is matched has words in every language, with its amounts
// and numbers in them, and English says what is kept.
func TestReasonsAreSaidInEveryLanguage(t *testing.T) {
	rules := cash.Rules{AutoScore: 80, ItemsMax: 5, Short: cash.Tolerance{Amount: eur(5)}, Over: cash.Tolerance{Amount: eur(5)}, FeeMax: eur(1_500), TakenMax: decimal.NewFromInt(10)}
	item := func(n int, customer string, open, offer int64) cash.OpenItem {
		number := "2026-000" + string(rune('0'+n))
		return cash.OpenItem{ID: number, Number: number, Reference: "RF" + number, Buyer: "Buyer " + customer, CustomerID: customer, Open: eur(open), Offer: eur(offer), DueOn: calendar.Date{Year: 2026, Month: 2, Day: n}}
	}
	book := cash.NewBook([]cash.OpenItem{item(1, "a", 10_000, 0), item(2, "a", 15_000, 0), item(3, "b", 100_000, 2_000)}, cash.Alias{Account: "NL01", CustomerID: "a"}, cash.Alias{Name: cash.PlainName("Somebody"), CustomerID: "a"})
	named := func(n string) []cash.Named { return []cash.Named{{Value: n, Checked: true}} }
	seen := map[string]bool{}
	for _, r := range []cash.Remittance{
		{Amount: eur(10_000), Named: named("2026-0001")}, {Amount: eur(25_000), Account: "NL01"}, {Amount: eur(4_000), Payer: "Buyer a"}, {Amount: eur(10_000), Payer: "Somebody"},
		{Amount: eur(98_000), Named: named("2026-0003")}, {Amount: eur(95_000), Named: named("2026-0003")}, {Amount: eur(9_999), Account: "NL01"}, {Amount: eur(11_000), Named: named("2026-0001")},
		{Amount: eur(9_000), Foreign: true, Named: named("2026-0001")}, {Amount: eur(10_000), CustomerID: "a"}, {Amount: eur(10_000), Payer: "Buyers a"},
	} {
		for _, p := range book.Propose(r, rules) {
			for _, clause := range strings.Split(p.Why, "; ") {
				seen[clause] = true
			}
		}
	}
	for _, fixed := range []string{
		"paid at the shop with order SO-1", "credited by 2026-0004", "matched by Noor", "not from a customer", "as learnt from an earlier line", "the amount is exactly what is left of 2026-0004",
		"the law sets payments off against costs, then interest, then principal", "set off anew: a part of the claim was forgiven",
	} {
		seen[fixed] = true
	}
	for clause := range seen {
		for _, language := range []string{"nl", "de", "fr"} {
			if said := NewVoice(policy(language)).Because(clause); said == clause || strings.ContainsAny(said, "{}") {
				t.Errorf("%s: %q is said as %q", language, clause, said)
			}
		}
	}
	if len(seen) < 20 {
		t.Errorf("only %d reasons were heard of", len(seen))
	}
	de := NewVoice(policy("de"))
	for why, want := range map[string]string{
		"the transfer names 2026-0003; 9.00 EUR is more than what is open on 2 invoices":                                     "die Überweisung nennt 2026-0003; 9,00 € mehr als das, was auf 2 Rechnungen offen ist",
		"more discount was taken than the 20.00 EUR that there is, 30.00 EUR stays open":                                     "es wurde mehr Skonto gezogen als die 20,00 €, die es gibt; 30,00 € bleiben offen",
		"the amount is exactly what is open less the early-payment discount of 20.00 EUR; the payer has the customer's name": "der Betrag ist genau das, was offen ist, weniger das Skonto von 20,00 €; der Zahler trägt den Namen des Kunden",
		"she said so on the phone":   "she said so on the phone",
		"matched by {name} <b>x</b>": "zugeordnet von {name} <b>x</b>",
	} {
		if got := strings.ReplaceAll(de.Because(why), "\u00a0", " "); got != want {
			t.Errorf("%q\nis said as %q\nwant      %q", why, got, want)
		}
	}
}
