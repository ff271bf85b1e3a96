package api

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"duly/shared/handler/digest"
	"duly/shared/handler/trigger"
	"duly/shared/o2c"
	"duly/shared/testkit"
)

// TestAMonthInRetrospect: four orders were asked about for their amount alone,
// approved after a day and paid in time; the rule is called needless, and the
// proposal's evidence is the past decided again. Where the policy wants it the
// team reads it once, on the first working day after the month.
func TestAMonthInRetrospect(t *testing.T) {
	p := newProgram(t)
	who := p.customer("Acme BV", map[string]any{"credit_limit": nil})
	for n := range 4 {
		o := p.post("/v1/orders", sale(who, fmt.Sprint(n), 300_000+int64(n)*10_000)).is(201)
		p.Advance(24 * time.Hour)
		p.post("/v1/orders/"+o.text("id")+"/credit-decision", map[string]any{"decision": "approve", "reason": "We know them.", "as_user": "U04APPROVE"}).is(200)
		p.post("/v1/orders/"+o.text("id")+"/shipments", nil).is(201)
		p.Settle(t)
		number := p.get("/v1/orders/" + o.text("id")).text("invoices.0")
		p.paid(number, 300_000+int64(n)*10_000)
	}
	p.get("/v1/retro?month=2026-01").want(map[string]any{
		"from": "2026-01-01", "to": "2026-01-31", "rules.0.code": "above_auto_approve", "rules.0.asked": 4, "rules.0.needless": 4, "rules.0.lost": 0,
		"policies.0.decisions": 4, "policies.0.asked": 4, "policies.0.hours": "24.0",
		"proposal.key": "credit.auto_approve", "proposal.from.amount": 250_000, "proposal.to.amount": 320_000, "proposal.freed": 3, "proposal.freed_sum.amount": 930_000, "proposal.waited_hours": "72.0", "proposal.lost": 0,
	})
	if quiet := p.get("/v1/retro?month=2025-06"); quiet.body["proposal"] != nil || quiet.text("summary") != "Nothing happened that teaches anything." {
		t.Errorf("%s", quiet.raw)
	}
	p.ask("GET", "/v1/retro?month=January", nil, nil).is(422)

	morning := digest.New(digest.Deps{Cycle: p.Cycle, Now: p.Now, Seals: p.Desk})
	told := func() (n int) {
		for range 2 {
			if err := morning.Tick(ctx, trigger.Tick{Schedule: "digest"}); err != nil {
				t.Fatal(err)
			}
		}
		p.Settle(t)
		for _, said := range p.Desk.News("retro") {
			if said.Detail == "2026-01" && slices.ContainsFunc(said.Parts, func(part o2c.Notice) bool {
				return part.Key == "retro.proposal" && part.ID == "credit.auto_approve" && part.Amount == testkit.EUR(250_000) && part.Other == testkit.EUR(320_000)
			}) {
				n++
			}
		}
		return n
	}
	p.Advance(time.Date(2026, 2, 2, 8, 0, 0, 0, time.UTC).Sub(p.Now()))
	if n := told(); n != 0 {
		t.Errorf("%d told unasked", n)
	}
	p.Cycle.Policy.Room.Retro = true
	if n := told(); n != 1 {
		for _, c := range testkit.CardsOf[o2c.NoticeCard](p.Desk) {
			t.Log(c.Title, c.Text)
		}
		t.Errorf("told %d times", n)
	}
}
