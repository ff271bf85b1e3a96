package web

import (
	"bytes"
	"strings"
	"testing"

	"duly/infra/local/bank"
	"duly/shared/o2c"
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/invoice"
)

// TestCap_69_ARefusedFileSaysWhyInTheColleaguesLanguage, with its figures; so do a refused form, a message that nobody
// understood, and what a file did that was too long to wait for.
func TestCap_69_ARefusedFileSaysWhyInTheColleaguesLanguage(t *testing.T) {
	h := open(t)
	sold, err := o2c.Read[invoice.Invoice](t.Context(), h.Cycle, h.sold("1", 50_000))
	if err != nil {
		t.Fatal(err)
	}
	file := h.statement(bank.Entry{Amount: 60_500, Name: "Acme BV"})
	wrong := bytes.Replace(file, []byte(">605.00<"), []byte(">606.00<"), 1)
	unknown := fault.Bad("/lines", "the order has no lines", "send them").Keyed("order.no_lines")
	if err := h.Cycle.Park(t.Context(), h.Now(), o2c.ParkedData{
		Function: "order-webhook", Endpoint: "demo-shopify", Topic: "orders/create", Body: []byte(`{}`), Problem: unknown.Error(), Reason: fault.ReasonOf(unknown),
	}); err != nil {
		t.Fatal(err)
	}
	for lang, want := range map[string]struct{ sum, cut, unread, past, role, lines string }{
		"nl": {"Het verschil is € 1,00.", "Het bankbestand is als geheel geweigerd", "Het bankbestand is niet te lezen", "2 januari 2026 ligt niet tussen vandaag en", "Je rol laat dit niet toe", "Er staan geen regels in."},
		"de": {"Die Differenz ist 1,00 €.", "Die Bankdatei wurde als Ganzes abgelehnt", "Die Bankdatei ist nicht lesbar", "Der 2. Januar 2026 liegt nicht zwischen heute und dem", "Ihre Rolle erlaubt das nicht", "Es stehen keine Positionen darin."},
		"fr": {"L’écart est de 1,00 €.", "Le fichier bancaire a été refusé en entier", "Le fichier bancaire n’est pas lisible", "Le 2 janvier 2026 n’est pas entre aujourd’hui et le", "Votre rôle ne le permet pas", "Il n’y a pas de lignes."},
	} {
		b := h.signedIn(joost).in(lang)
		b.wants(lang+": a wrong sum", b.upload("day.xml", wrong, "back", "/cash?show=bank"), 400, want.sum)
		b.wants(lang+": a cut file", b.upload("day.xml", file[:len(file)*2/3], "back", "/cash?show=bank"), 400, want.cut)
		b.wants(lang+": no bank's file", b.upload("day.xml", []byte("hello"), "back", "/cash?show=bank"), 400, want.unread)
		past := b.post("/invoices/"+sold.ID()+"/promise", "date", calendar.Date{Year: 2026, Month: 1, Day: 2}.String(), "back", "/invoices/"+sold.ID())
		b.wants(lang+": a promise in the past", past, 422, want.past)
		b.wants(lang+": a viewer", h.signedIn(vera).in(lang).upload("day.xml", file), 403, want.role)
		parked := b.get("/deliveries?show=parked")
		b.wants(lang+": a message that nobody understood", parked, 200, want.lines)
		if strings.Contains(past.Body+parked.Body, "is not between") || strings.Contains(parked.Body, "the order has no lines") {
			t.Errorf("%s: English is shown", lang)
		}
	}
}
