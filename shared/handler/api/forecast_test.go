package api

import (
	"fmt"
	"testing"
	"time"

	"duly/shared/handler/digest"
	"duly/shared/handler/dunning"
	"duly/shared/handler/trigger"
)

// TestCap_83_WhatWillComeByHowEachPayerPays: two payers with the same terms are
// expected when they usually pay; a promise moves one of them; each Monday's
// forecast is held against what came.
func TestCap_83_WhatWillComeByHowEachPayerPays(t *testing.T) {
	p := newProgram(t)
	morning := digest.New(digest.Deps{Cycle: p.Cycle, Now: p.Now, Seals: p.Desk})
	prompt, slow := p.customer("Prompt BV", map[string]any{"credit_limit": nil, "terms": 14}), p.customer("Slow BV", map[string]any{"credit_limit": nil, "terms": 14})
	n := 0
	sell := func(who string, cents int64) string {
		n++
		return p.invoiced(who, fmt.Sprint(n), cents)
	}
	for range 4 { // the prompt one pays on the day, the slow one three weeks later
		a, b := sell(prompt, 10_000), sell(slow, 10_000)
		p.Advance(14 * 24 * time.Hour)
		p.paid(a, 10_000)
		p.Advance(21 * 24 * time.Hour)
		p.paid(b, 10_000)
	}
	sell(prompt, 30_000)
	late := sell(slow, 50_000)
	if err := morning.Tick(ctx, trigger.Tick{Schedule: "digest"}); err != nil {
		t.Fatal(err)
	}
	f := p.get("/v1/forecast") // a Monday: due in two weeks
	f.want(map[string]any{"open.amount": 80_000, "weeks.1.likely.amount": 0, "weeks.2.likely.amount": 30_000, "weeks.5.likely.amount": 50_000, "weeks.12.likely_sum.amount": 80_000, "weeks.12.low_sum.amount": 80_000, "later.amount": 0, "error.weeks": 0})
	if f.len("weeks") != 13 {
		t.Errorf("%d weeks", f.len("weeks"))
	}

	promised := p.Now().AddDate(0, 0, 8).Format("2006-01-02")
	p.post("/v1/invoices/"+late+"/promises", map[string]any{"date": promised}).is(201)
	p.get("/v1/forecast").want(map[string]any{"weeks.1.likely.amount": 50_000, "weeks.5.likely.amount": 0})

	p.Advance(3 * 24 * time.Hour)
	p.paid(late, 50_000) // in the very first week, when nothing was expected
	for range 5 {
		p.Advance(7 * 24 * time.Hour)
		for range 2 { // twice a morning is once
			if err := morning.Tick(ctx, trigger.Tick{Schedule: "digest"}); err != nil {
				t.Fatal(err)
			}
		}
	}
	p.get("/v1/forecast").want(map[string]any{"error.weeks": 5, "error.next_week": "100.0", "error.bias": "100.0"})
}

// TestStepsAreJudgedByWhatCameAfterThem: two letters to two customers, one of
// whom pays four days on.
func TestStepsAreJudgedByWhatCameAfterThem(t *testing.T) {
	p := newProgram(t)
	p.Cycle.Policy.Freshness = 0
	calendar := dunning.New(dunning.Deps{Cycle: p.Cycle, Now: p.Now, Log: logTo(p.log)})
	a, b := p.customer("Acme BV", map[string]any{"emails": []string{"a@a.example"}}), p.customer("Beta BV", map[string]any{"emails": []string{"b@b.example"}})
	number := p.invoiced(a, "1", 10_000)
	p.invoiced(b, "2", 10_000)
	for day := 0; len(p.invoice(number).Dunning.Sent) == 0 && day < 60; day++ {
		p.Advance(24 * time.Hour)
		if err := calendar.Tick(ctx, trigger.Tick{Schedule: "dunning"}); err != nil {
			t.Fatal(err)
		}
		p.Settle(t)
	}
	p.Advance(4 * 24 * time.Hour)
	p.paid(number, 10_000)
	p.get("/v1/step-effectiveness").want(map[string]any{"steps.0.sent": 2, "steps.0.paid_after": 1, "steps.0.percent": "50.0", "steps.0.median_days": "4"})
	p.get("/v1/step-effectiveness?from=2025-01-01&to=2025-12-31").want(map[string]any{"steps": "[]"})
	p.ask("GET", "/v1/step-effectiveness?from=soon", nil, nil).is(422)
}
