package dunning

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"duly/shared/o2c/calendar"
)

var ladder = Ladder{MinGapDays: 3, Steps: []Step{{Code: "friendly", Day: 3}, {Code: "firm", Day: 10}, {Code: "final", Day: 30}}}

// TestTheLadderIsClimbedInOrder: whenever somebody looks, the steps come one by
// one, in order, on working days, never before their day and never closer than
// the gap.
func TestTheLadderIsClimbedInOrder(t *testing.T) {
	days := calendar.Netherlands()
	rapid.Check(t, func(t *rapid.T) {
		due := calendar.Date{Year: 2026, Month: time.January, Day: 1}.AddDays(rapid.IntRange(0, 700).Draw(t, "due"))
		today := due
		var taken []Taken
		var last calendar.Date
		for range 200 {
			today = today.AddDays(rapid.IntRange(0, 9).Draw(t, "days"))
			step, on, ok := ladder.Next(due, taken, last, days)
			if !ok {
				break
			}
			if on.After(today) {
				continue
			}
			today = days.Next(today)
			if want := ladder.Steps[len(taken)]; step != want || today.Before(due.AddDays(want.Day)) {
				t.Fatalf("%s on %s, due %s", step.Code, today, due)
			}
			if !last.IsZero() && today.DaysSince(last) < ladder.MinGapDays {
				t.Fatalf("%d days after the last letter", today.DaysSince(last))
			}
			taken, last = append(taken, Taken{Step: step.Code, On: today}), today
		}
		if len(taken) != len(ladder.Steps) {
			t.Fatalf("%d steps taken", len(taken))
		}
	})
}

func TestPromisesReachTwoWeeksAhead(t *testing.T) {
	today := calendar.Date{Year: 2026, Month: time.January, Day: 5}
	for days, want := range map[int]bool{-1: false, 0: true, 14: true, 15: false} {
		if _, err := NewPromise(PromiseData{Date: today.AddDays(days)}, today); (err == nil) != want {
			t.Errorf("a promise for in %d days: %v", days, err)
		}
	}
}
