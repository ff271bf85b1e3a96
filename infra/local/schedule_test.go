package local

import (
	"testing"
	"time"

	"duly/functions"
)

func TestExpressionsFireAsEventBridgeSchedulerDoes(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Amsterdam")
	if err != nil {
		t.Fatal(err)
	}
	at := func(text string) time.Time {
		when, err := time.ParseInLocation("2006-01-02 15:04", text, zone)
		if err != nil {
			t.Fatal(err)
		}
		return when
	}
	for _, c := range []struct {
		name, expression, after string
		want                    []string
	}{
		{"a rate counts from its start", "rate(5 minutes)", "2026-01-05 09:02", []string{"2026-01-05 09:05", "2026-01-05 09:10"}},
		{"a rate of one", "rate(1 hour)", "2026-01-05 09:00", []string{"2026-01-05 10:00", "2026-01-05 11:00"}},
		{"working days only", "cron(30 8 ? * MON-FRI *)", "2026-01-09 08:30", []string{"2026-01-12 08:30", "2026-01-13 08:30"}},
		{"spring forward keeps the wall clock", "cron(30 8 * * ? *)", "2026-03-28 08:30", []string{"2026-03-29 08:30", "2026-03-30 08:30"}},
		{"lists and steps", "cron(0/30 8,17 1 * ? *)", "2026-01-05 09:00", []string{"2026-02-01 08:00", "2026-02-01 08:30", "2026-02-01 17:00"}},
		{"one year", "cron(0 0 1 1 ? 2028)", "2026-01-05 09:00", []string{"2028-01-01 00:00"}},
	} {
		e, err := parseExpression(c.expression, zone.String(), at("2026-01-05 09:00"))
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		now := at(c.after)
		for _, want := range c.want {
			now = e.after(now)
			if !now.Equal(at(want)) {
				t.Errorf("%s: fires %s, want %s", c.name, now.In(zone), want)
			}
		}
	}
}

func TestExpressionsThatSayNothingAreRefused(t *testing.T) {
	for _, text := range []string{"", "rate(0 minutes)", "rate(5 fortnights)", "cron(1 2 3)", "cron(99 8 ? * MON *)", "cron(0 8 ? * NOWHEN *)", "at(2026-01-05T00:00:00)"} {
		if _, err := parseExpression(text, "Europe/Amsterdam", time.Now()); err == nil {
			t.Errorf("%q was taken", text)
		}
	}
}

func TestManifestSchedulesArePlanned(t *testing.T) {
	now := time.Date(2026, 1, 5, 8, 0, 0, 0, time.UTC)
	plan, err := newCalendar(now)
	if err != nil {
		t.Fatal(err)
	}
	names := 0
	for _, f := range functions.All() {
		if !f.Inbox { // drained as soon as something shows in it
			names += len(f.Schedules)
		}
	}
	if len(plan) != names {
		t.Errorf("%d of %d schedules are planned", len(plan), names)
	}
	last := time.Time{}
	for range 500 {
		next := plan.next()
		if !next.After(now) {
			t.Fatalf("the next is %s, it is %s already", next, now)
		}
		now = next
		for _, p := range plan.due(now) {
			if p.next.Before(last) {
				t.Fatalf("%s fires at %s, after something of %s", p.schedule.Name, p.next, last)
			}
			last = p.next
		}
	}
}
