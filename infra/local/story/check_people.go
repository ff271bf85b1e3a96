package story

import (
	"strings"
	"time"

	"duly/shared/o2c/calendar"
)

// checkLetters looks at reminders: whom, when, how often.
func (p *player) checkLetters(o *outcome, s state) {
	perDay, sundays, twice := map[string]int{}, 0, 0
	taken := map[string]bool{}
	for _, f := range p.teller.facts {
		if f.Type != "dunning.step_taken" {
			continue
		}
		day := calendar.On(f.At, p.Policy.Zone)
		if !p.Policy.Days.Works(day) {
			sundays++
		}
		key := f.Of.ID + string(f.Data)
		if taken[key] {
			twice++
		}
		taken[key] = true
	}
	for _, m := range p.Mail.Mails() {
		if reminds(m.Subject) {
			perDay[strings.Join(m.To, ",")+m.At.In(p.Policy.Zone).Format(time.DateOnly)]++
		}
	}
	worst := 0
	for _, n := range perDay {
		worst = max(worst, n)
	}
	o.must("no step of the ladder is taken twice", twice == 0, "%d are", twice)
	o.must("no reminder on a weekend or holiday", sundays == 0, "%d are", sundays)
	o.must("at most one reminder per customer and day", worst <= 1, "%d on one day", worst)
	o.must("reminders were sent", o.reminders > 0, "none")
	o.must("a promise was kept and one was broken", o.kept > 0 && o.broken > 0, "%d kept, %d broken", o.kept, o.broken)
}

// checkRoom looks at what the team saw.
func (p *player) checkRoom(o *outcome) {
	violations := p.Slack.Violations()
	first := ""
	if len(violations) > 0 {
		first = violations[0].Message
	}
	o.must("no Slack payload breaks a limit", len(violations) == 0, "%d do, the first: %s", len(violations), first)
	silent, digests, astray := 0, map[calendar.Date]int{}, 0
	for _, m := range p.Slack.Messages() {
		if m.Text == "" {
			silent++
		}
		if m.Channel == p.Policy.Channel("digest") && m.PostedAt.In(p.Policy.Zone).Format("15:04") == "08:30" {
			day := calendar.On(m.PostedAt, p.Policy.Zone)
			if digests[day]++; digests[day] > 1 || !p.Policy.Days.Works(day) {
				astray++
			}
		}
	}
	o.must("every Slack message has a text", silent == 0, "%d have none", silent)
	o.must("the digest comes on working days, once", astray == 0 && len(digests) > 0, "%d of %d are astray", astray, len(digests))
	failed := 0
	for _, f := range p.teller.facts {
		if f.Type == "effect.failed" {
			failed++
		}
	}
	o.must("no effect was given up", failed == 0, "%d were", failed)
}
