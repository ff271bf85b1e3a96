package api

import (
	"slices"
	"strings"
	"testing"
	"time"

	paper "duly/shared/document"
	"duly/shared/o2c/calendar"
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
	sent := c.invoice(number).Courses()[0].Sent
	codes := make([]string, len(sent))
	for i, s := range sent {
		codes[i] = s.Step
	}
	return strings.Join(codes, " ")
}

// TestCap_44_ANoticeNamesWhatIsLate: sent on the day on which the next instalment
// falls due it names what is late alone, and the scale is of that: 15 % of 484.00. The
// next one has its own 40.00 from the day after.
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
	c.claim(number, "2026-03-07").want(map[string]any{"principal": eur(121_000), "costs": eur(7_260 + 4_000)})
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

// TestCap_44_EachInstalmentHasItsOwnCourse: nothing comes. The first half climbs the
// whole ladder from its own due date, 5 January, and the second from 6 March; no two
// letters go out within three days, and nobody is asked again in a friendly tone
// for what he had the last word about.
func TestCap_44_EachInstalmentHasItsOwnCourse(t *testing.T) {
	c := newCreditor(t)
	c.Outbox.Papers = paper.Papers{}
	split := []any{map[string]any{"percent": 50, "days": 0}, map[string]any{"percent": 50, "days": 60}}
	number := c.owes(c.customer("Acme BV", map[string]any{"language": "en", "instalments": split}), "1", 100_000, "21")
	c.mornings(2026, 5, 30)
	courses := c.invoice(number).Courses()
	if len(courses) != 2 || len(courses[0].Sent) != 5 || len(courses[1].Sent) != 5 {
		t.Fatalf("the courses: %+v", courses)
	}
	var last calendar.Date
	for i, s := range c.invoice(number).Dunning.Sent {
		rung, _ := c.Cycle.Policy.Rung(s.Step)
		if s.On.Before(s.Part.AddDays(rung.Day)) || i > 0 && s.On.DaysSince(last) < c.Cycle.Policy.Ladder.MinGapDays {
			t.Errorf("%s of %s on %s, the letter before on %s", s.Step, s.Part, s.On, last)
		}
		last = s.On
	}
	said := func(subject string) string {
		for _, l := range slices.Backward(c.Desk.Letters) {
			if strings.Contains(l.Subject, subject) {
				return strings.ReplaceAll(l.Text, "\u00a0", " ")
			}
		}
		t.Fatalf("no letter %q", subject)
		return ""
	}
	for subject, want := range map[string]string{"Did you miss this?": "instalment 2 of 2", "10 days overdue": "instalment 2 of 2"} {
		if letter := said(subject); !strings.Contains(letter, want) || !strings.Contains(letter, "€605.00") || strings.Contains(letter, "€1,210.00") {
			t.Errorf("%s: not of the second alone:\n%s", subject, letter)
		}
	}
	if letter := said("Formal notice"); !strings.Contains(letter, "€1,210.00") || !strings.Contains(letter, "instalment 1 of 2") {
		t.Errorf("the notice of 7 April does not name all that is late:\n%s", letter)
	}
	// 15 % of 605.00 after the notice of 4 February; of 1,210.00 after that of 7 April
	c.claim(number, "2026-03-06").want(map[string]any{"principal": eur(60_500), "costs": eur(9_075)})
	c.claim(number, "2026-03-07").want(map[string]any{"costs": eur(9_075 + 4_000)})
	c.claim(number, "2026-04-08").want(map[string]any{"principal": eur(121_000), "costs": eur(18_150)})
	c.verified()
}

// TestCap_62_ALaterInstalmentHasALetterOfItsOwn: a consumer's letter names what is
// late by then, and a later one what fell due since: 15 % of 500.00 each, the second
// by the sum of both.
func TestCap_62_ALaterInstalmentHasALetterOfItsOwn(t *testing.T) {
	c := newCreditor(t)
	c.Outbox.Papers = paper.Papers{}
	split := []any{map[string]any{"percent": 50, "days": 0}, map[string]any{"percent": 50, "days": 30}}
	number := c.owes(c.customer("Jo Doe", map[string]any{"kind": "consumer", "language": "en", "instalments": split}), "1", 100_000, "0")
	c.mornings(2026, 3, 4)
	var letters []string
	for _, l := range c.Desk.Letters {
		if len(l.Attachments) > 0 && strings.HasPrefix(l.Attachments[0].Name, "claim-") {
			letters = append(letters, strings.ReplaceAll(l.Text, "\u00a0", " "))
		}
	}
	if len(letters) != 2 {
		t.Fatalf("%d letters with legal effect: %+v", len(letters), c.invoice(number).Dunning.Sent)
	}
	for i, want := range []string{"instalment 1 of 2", "instalment 2 of 2"} {
		if !strings.Contains(letters[i], want) || !strings.Contains(letters[i], "€500.00") || !strings.Contains(letters[i], "€75.00") {
			t.Errorf("letter %d does not speak of %s, 500.00 and 75.00:\n%s", i+1, want, letters[i])
		}
	}
	c.claim(number, "2026-03-04").want(map[string]any{"costs": eur(7_500)})
	c.claim(number, "2026-04-01").want(map[string]any{"costs": eur(15_000)})
	c.verified()
}

// TestCap_51_ForeignInvoicesAreMeasuredInTheBooks: 1,200.00 dollars were 1,000.00
// euros, more than the 900.00 above which a colleague calls; 1,000.00 were 833.33.
func TestCap_51_ForeignInvoicesAreMeasuredInTheBooks(t *testing.T) {
	c := newCreditor(t)
	for i := range c.Cycle.Policy.Ladder.Steps {
		if s := &c.Cycle.Policy.Ladder.Steps[i]; s.Calls() {
			s.Above = map[string]int64{"EUR": 90_000}
		}
	}
	c.ask("POST", "/v1/rates", "Date,USD,\n2026-01-02,1.2,\n", lines{"Content-Type", "text/csv"}).is(201)
	steps := func(customer, id string, cents int64) string {
		o := c.post("/v1/orders", saleIn(customer, id, cents, "USD")).is(201)
		c.post("/v1/orders/"+o.text("id")+"/shipments", nil).is(201)
		c.Settle(t)
		return c.get("/v1/orders/" + o.text("id")).text("invoices.0")
	}
	large := steps(c.customer("Acme Inc", map[string]any{"language": "en"}), "1", 120_000)
	small := steps(c.customer("Beta Inc", map[string]any{"language": "en"}), "2", 100_000)
	c.mornings(2026, 2, 12) // the eighth day after the due date
	if a, b := c.climbed(large), c.climbed(small); !strings.HasSuffix(a, "friendly call") || !strings.HasSuffix(b, "friendly") {
		t.Errorf("%q and %q", a, b)
	}
}
