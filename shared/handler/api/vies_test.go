package api

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"duly/infra/local/loopback"
	register "duly/infra/local/vies"
	"duly/shared/o2c"
	"duly/shared/testkit"
	"duly/shared/vies"
)

// asking is a program that can ask VIES, whose other end is on this machine.
func asking(t *testing.T) (*program, *register.Server) {
	p, s := newProgram(t), &register.Server{}
	p.Outbox.VIES = vies.Register{URL: "http://vies.local", HTTP: &http.Client{Transport: loopback.Transport{"vies.local": s}}}
	return p, s
}

const brussels = "BE0411905847"

// abroad is a customer in Brussels who is invoiced without VAT, and what was sold
// to it.
func (p *program) abroad(id string) string {
	p.t.Helper()
	c := p.customer("Delhaize "+id, map[string]any{"address": map[string]any{"street": "Osseghemstraat 53", "postal_code": "1080", "city": "Brussel", "country": "BE"}, "vat_id": brussels, "emails": []string{id + "@delhaize.example"}})
	p.Settle(p.t)
	return p.soldAbroad(c, id)
}

func (p *program) soldAbroad(c, id string) string {
	p.t.Helper()
	o := p.post("/v1/orders", sale(c, id, 20_000)).is(201).text("id")
	p.post("/v1/orders/"+o+"/shipments", nil).is(201)
	p.Settle(p.t)
	return o
}

func (p *program) noticed(key string) (n int) {
	for _, c := range testkit.CardsOf[o2c.NoticeCard](p.Desk) {
		if c.Notice.Key == key {
			n++
		}
	}
	return n
}

// TestCap_36: VIES is asked about a VAT id of another member state when it is new
// and when the answer is old; its consultation number stands on the invoice as
// evidence. Who cannot be asked holds no order up.
func TestCap_36_VATIdsAreAskedAbout(t *testing.T) {
	p, s := asking(t)
	s.Know(brussels, register.Trader{Valid: true, Name: "DELHAIZE"})
	o := p.abroad("1")
	number := p.get("/v1/orders/" + o).text("invoices.0")
	p.get("/v1/invoices/" + number).want(map[string]any{"vat_check.status": "valid", "vat_check.consultation": "WAPIAAAA00000001", "taxes.0.category": "K"})
	c := p.get("/v1/orders/" + o).text("customer_id")
	p.soldAbroad(c, "2")
	if n := len(s.Asked()); n != 1 {
		t.Errorf("asked %d times", n)
	}
	p.Advance(31 * 24 * time.Hour)
	p.soldAbroad(c, "3")
	if n := len(s.Asked()); n != 2 || p.noticed("vat_unconfirmed") != 0 {
		t.Errorf("asked %d times; told %d", n, p.noticed("vat_unconfirmed"))
	}
	p.customer("At home BV", map[string]any{"vat_id": "NL004495445B01"})
	p.Settle(t)
	if n := len(s.Asked()); n != 2 {
		t.Error("our own member state's ids are asked about")
	}
	p.verified()
}

// TestCap_36: what VIES does not confirm is issued with a word to the team, or
// waits for the answer, as the policy says; what it refuses is not issued.
func TestCap_36_WhatIsNotConfirmed(t *testing.T) {
	p, _ := asking(t) // the member state does not answer
	o := p.abroad("1")
	p.get("/v1/invoices/" + p.get("/v1/orders/"+o).text("invoices.0")).want(map[string]any{"vat_check.status": "unverified", "vat_check.consultation": ""})
	if p.noticed("vat_unconfirmed") != 1 {
		t.Errorf("the team was told %d times", p.noticed("vat_unconfirmed"))
	}
	p.verified()

	p, s := asking(t)
	p.Cycle.Policy.VIES.Hold = true
	o = p.abroad("1")
	cards := testkit.CardsOf[o2c.DraftCard](p.Desk)
	if len(cards) == 0 || !strings.Contains(strings.Join(cards[len(cards)-1].Invoice.Missing, ";"), "VIES has confirmed ("+brussels+")") {
		t.Fatalf("the draft does not wait: %+v", cards)
	}
	s.Know(brussels, register.Trader{Valid: true})
	p.Advance(5 * time.Hour)
	if _, err := p.Cycle.RunDunning(ctx, p.Now(), func() bool { return true }); err != nil {
		t.Fatal(err)
	}
	p.Settle(t)
	p.get("/v1/invoices/" + p.get("/v1/orders/"+o).text("invoices.0")).want(map[string]any{"vat_check.status": "valid", "status": "issued"})
	p.verified()

	p, s = asking(t)
	s.Know(brussels, register.Trader{})
	p.abroad("1")
	cards = testkit.CardsOf[o2c.DraftCard](p.Desk)
	if len(cards) == 0 || !strings.Contains(strings.Join(cards[len(cards)-1].Invoice.Missing, ";"), "a VAT id that VIES knows") || p.noticed("vat_invalid") != 1 {
		t.Errorf("an id that is none: %d cards, told %d", len(cards), p.noticed("vat_invalid"))
	}
	p.verified()
}

// TestCap_36_AnUnansweredIdIsAskedAgain: nobody could say anything of a new
// customer's VAT id; the calendar asks again until somebody can, before any order
// or draft wants to know, and not for ever.
func TestCap_36_AnUnansweredIdIsAskedAgain(t *testing.T) {
	p, s := asking(t)
	p.customer("Delhaize", map[string]any{"address": map[string]any{"street": "Osseghemstraat 53", "postal_code": "1080", "city": "Brussel", "country": "BE"}, "vat_id": brussels, "emails": []string{"ap@delhaize.example"}})
	p.Settle(t)
	hours := func(n int) {
		t.Helper()
		for range n {
			p.Advance(time.Hour)
			if _, err := p.Cycle.RunDunning(ctx, p.Now(), func() bool { return true }); err != nil {
				t.Fatal(err)
			}
			p.Settle(t)
		}
	}
	hours(9)
	if n := len(s.Asked()); n != 3 { // at once, after four hours and after eight
		t.Errorf("asked %d times in nine hours", n)
	}
	s.Know(brussels, register.Trader{Valid: true})
	hours(24)
	if n := len(s.Asked()); n != 4 {
		t.Errorf("asked %d times, an answer included", n)
	}
	if v, err := p.Cycle.VATCheck(ctx, brussels); err != nil || v == nil || v.Status != "valid" || v.Consultation == "" {
		t.Errorf("%+v %v", v, err)
	}
	p.verified()

	p, s = asking(t)
	p.customer("Nobody", map[string]any{"address": map[string]any{"street": "Osseghemstraat 53", "postal_code": "1080", "city": "Brussel", "country": "BE"}, "vat_id": brussels, "emails": []string{"ap@delhaize.example"}})
	p.Settle(t)
	hours(9 * 24)
	if n := len(s.Asked()); n < 40 || n > 44 {
		t.Errorf("asked %d times in nine days", n)
	}
}
