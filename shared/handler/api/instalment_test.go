package api

import (
	"strings"
	"testing"
	"time"

	paper "duly/shared/document"
)

// TestCap_44_InstalmentsFromTheStart: 30 % at once, 40 % after 30 days, 30 % after
// 60 of 1,210.00: each part is dunned, aged, foretold and claimed on its own date,
// in one invoice.
func TestCap_44_InstalmentsFromTheStart(t *testing.T) {
	c := newCreditor(t)
	c.Outbox.Papers = paper.Papers{}
	c.handler = newProgramWith(t, c.World, paper.Papers{}).handler
	split := []any{map[string]any{"percent": 30, "days": 0}, map[string]any{"percent": 40, "days": 30}, map[string]any{"percent": 30, "days": 60}}
	acme := c.customer("Acme BV", map[string]any{"language": "en", "instalments": split})
	c.get("/v1/customers/" + acme).want(map[string]any{"terms": 60, "instalments.1.percent": 40})
	number := c.owes(acme, "1", 100_000, "21") // issued on Monday 5 January 2026
	c.get("/v1/invoices/" + number).want(map[string]any{
		"due_on": "2026-01-05", "overdue": false, "instalments.0.amount": eur(36_300), "instalments.1.amount": eur(48_400), "instalments.1.due_on": "2026-02-04", "instalments.2.amount": eur(36_300),
		"instalments.2.due_on": "2026-03-06", "instalments.2.open": eur(36_300),
	})
	said := "Please pay in 3 instalments: €363.00 by 5 January 2026; €484.00 by 4 February 2026; €363.00 by 6 March 2026."
	for _, form := range []string{"ubl", "cii"} {
		doc := string(c.ask("GET", "/v1/invoices/"+number+"/"+form, nil, nil).is(200).raw)
		if !strings.Contains(strings.ReplaceAll(doc, "\u00a0", " "), said) {
			t.Errorf("%s does not say the terms (BT-20)", form)
		}
		if !strings.Contains(doc, "2026-01-05") && !strings.Contains(doc, "20260105") {
			t.Errorf("%s does not say the first due date (BT-9)", form)
		}
	}
	c.verified()

	c.mornings(2026, 1, 9) // the friendly word, on its third day
	letter := strings.ReplaceAll(c.lastReminder(), "\u00a0", " ")
	for _, want := range []string{number + ", instalment 1 of 3", "€363.00", "5 January 2026"} {
		if !strings.Contains(letter, want) {
			t.Errorf("the letter does not say %q:\n%s", want, letter)
		}
	}
	if strings.Contains(letter, "€1,210.00") {
		t.Errorf("the letter asks for what is not due:\n%s", letter)
	}
	forecast, err := c.Cycle.Forecast(ctx, c.today())
	if err != nil {
		t.Fatal(err)
	}
	weeks := 0
	for _, w := range forecast.Weeks {
		if w.Likely > 0 {
			weeks++
		}
	}
	if weeks < 2 {
		t.Errorf("the forecast has all of it in %d week", weeks)
	}
	c.claim(number, "2026-01-20").want(map[string]any{"principal": eur(36_300)})
	// from 6 January on 363.00, from 5 February on 847.00: 30 and 5 days at 10.15 %
	c.claim(number, "2026-02-09").want(map[string]any{"principal": eur(84_700), "interest": eur(303 + 118)})

	c.pays(number, 36_300)
	c.get("/v1/invoices/" + number).want(map[string]any{"open": eur(84_700), "overdue": false, "instalments.0.open": eur(0), "instalments.1.open": eur(48_400), "dunning.next_step": "nudge", "dunning.next_on": "2026-01-30"})
	c.get("/v1/customers/" + acme).want(map[string]any{"exposure.receivable": eur(84_700)})
	c.verified()
	steps := len(c.invoice(number).Dunning.Sent)
	c.mornings(2026, 1, 28)
	if got := len(c.invoice(number).Dunning.Sent); got != steps {
		t.Fatalf("%d steps before the second is due", got-steps)
	}
	c.mornings(2026, 2, 10)
	if got := c.climbed(number); got != "nudge friendly" {
		t.Fatalf("the second instalment climbed %q: %+v", got, c.invoice(number).Dunning.Sent)
	}
	if letter := strings.ReplaceAll(c.lastReminder(), "\u00a0", " "); !strings.Contains(letter, "instalment 2 of 3") || !strings.Contains(letter, "€484.00") {
		t.Errorf("the second letter:\n%s", letter)
	}
	c.get("/v1/invoices/" + number).want(map[string]any{"overdue": true})

	c.pays(number, 84_700) // all that is left
	c.get("/v1/invoices/" + number).want(map[string]any{"status": "paid", "instalments.2.open": eur(0)})
	receipts := c.get("/v1/receipts")
	c.ask("DELETE", "/v1/receipts/"+receipts.text("items.0.id")+"/applications/1", nil, nil).is(200)
	c.get("/v1/invoices/" + number).want(map[string]any{"open": eur(84_700), "overdue": true})
	c.verified()
	c.Advance(time.Hour)

	c.ask("PATCH", "/v1/customers/"+acme, map[string]any{"instalments": []any{map[string]any{"percent": 50, "days": 0}, map[string]any{"percent": 40, "days": 30}}}, nil).refused(422, "DULY-3001", "")
	c.ask("PATCH", "/v1/customers/"+acme, map[string]any{"instalments": []any{map[string]any{"percent": 50, "days": 0}, map[string]any{"percent": 50, "days": 90}}}, nil).refused(422, "DULY-3001", "/terms")
}

// lastReminder is the text of the newest reminder.
func (c *creditor) lastReminder() string {
	c.t.Helper()
	for i := len(c.Desk.Letters) - 1; i >= 0; i-- {
		if l := c.Desk.Letters[i]; !strings.Contains(l.Subject, "Invoice") || strings.Contains(l.Subject, "miss") || strings.Contains(l.Subject, "Reminder") {
			return l.Subject + "\n" + l.Text
		}
	}
	c.t.Fatal("no reminder")
	return ""
}

// climbed are the steps of the instalment that is asked for now.
func (c *creditor) climbed(number string) string {
	c.t.Helper()
	sent, _ := c.invoice(number).Climbed()
	codes := make([]string, len(sent))
	for i, s := range sent {
		codes[i] = s.Step
	}
	return strings.Join(codes, " ")
}

// TestCap_44_ANoticeNamesWhatIsLate: sent on the day on which the next instalment
// falls due it names what is late alone, and the scale is of that: 15 % of 484.00.
func TestCap_44_ANoticeNamesWhatIsLate(t *testing.T) {
	c := newCreditor(t)
	c.Outbox.Papers = paper.Papers{}
	split := []any{map[string]any{"percent": 40, "days": 30}, map[string]any{"percent": 60, "days": 60}}
	number := c.owes(c.customer("Acme BV", map[string]any{"language": "en", "instalments": split}), "1", 100_000, "21")
	c.until(2026, 3, 6)
	c.act(number, "claim/letters", map[string]any{"kind": "formal"}).is(200)
	letter := strings.ReplaceAll(c.Desk.Letters[len(c.Desk.Letters)-1].Text, "\u00a0", " ")
	if !strings.Contains(letter, "€484.00") || strings.Contains(letter, "€1,210.00") {
		t.Errorf("the notice names another sum:\n%s", letter)
	}
	c.claim(number, "2026-03-06").want(map[string]any{"principal": eur(48_400), "costs": eur(4_000)})
	c.claim(number, "2026-03-07").want(map[string]any{"principal": eur(121_000), "costs": eur(7_260)})
	c.verified()
}

// TestCap_44_AnOrderHasInstalmentsOfItsOwn, which the law bounds like the
// customer's; credit notes and a write-off leave the books and what is due when in
// step.
func TestCap_44_AnOrderHasInstalmentsOfItsOwn(t *testing.T) {
	c := newCreditor(t)
	acme := c.customer("Acme BV", map[string]any{"credit_limit": eur(5_000_000)})
	billed := func(id string, split ...map[string]any) answered {
		o := sale(acme, id, 100_000)
		o["instalments"] = split
		made := c.post("/v1/orders", o)
		if made.status != 201 {
			return made
		}
		c.post("/v1/orders/"+made.text("id")+"/shipments", nil).is(201)
		c.Settle(t)
		return c.get("/v1/invoices/" + c.get("/v1/orders/"+made.text("id")).text("invoices.0"))
	}
	half := func(days int) map[string]any { return map[string]any{"percent": 50, "days": days} }
	first := billed("1", half(0), half(45)).want(map[string]any{"instalments.0.amount": eur(50_000), "instalments.1.due_on": "2026-02-19"})
	billed("2", half(0), half(90)).refused(422, "DULY-3001", "/instalments")
	billed("3", half(10), half(5)).refused(422, "DULY-3001", "/instalments")
	c.get("/v1/customers/" + acme).want(map[string]any{"terms": 30})
	number := first.text("number")

	c.act(number, "credit-notes", map[string]any{"lines": []any{map[string]any{"n": 1, "quantity": 1, "unit_price": eur(20_000)}}}).is(201)
	c.verified()
	c.pays(number, 40_000)
	c.verified()
	c.until(2026, 6, 1)
	c.act(number, "write-off", map[string]any{"reason": "dissolved", "as_user": mira}).is(200)
	c.act(number, "write-off", map[string]any{"as_user": bram}).is(200)
	c.verified()
	c.pays(number, 10_000)
	c.verified()
}
