package dunning

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/money"
)

var ladder = Ladder{MinGapDays: 3, Steps: []Step{
	{Code: "nudge", Kind: Nudge, Day: -5}, {Code: "friendly", Kind: Friendly, Day: 3}, {Code: "call", Kind: Call, Day: 7, Above: map[string]int64{"EUR": 100_000}},
	{Code: "firm", Kind: Firm, Day: 10}, {Code: "formal", Kind: Formal, Day: 30},
}}

// TestTheLadderIsClimbedInOrder: whenever somebody looks, the steps come one by
// one, in order, on working days, never before their day and never closer than
// the gap; but for the word before the due date and the call about large
// amounts, none is left out.
// TestForeignAmountsAreMeasuredInTheBooks: a limit of the policy for the currency
// counts as it is; any other currency is measured by what it is worth in the books.
func TestForeignAmountsAreMeasuredInTheBooks(t *testing.T) {
	days := calendar.Of("NL")
	due := calendar.Date{Year: 2026, Month: 1, Day: 30}
	next := func(above map[string]int64, asked, inBooks money.Amount) string {
		l := Ladder{Steps: []Step{{Code: "call", Day: 7, Kind: Call, Above: above}, {Code: "firm", Day: 10, Kind: Firm}}}
		step, _, _ := l.Next(Standing{DueOn: due, Today: due.AddDays(1), Asked: asked, InBooks: inBooks}, days)
		return step.Code
	}
	eur, both := map[string]int64{"EUR": 250_000}, map[string]int64{"EUR": 250_000, "USD": 400_000}
	for name, tt := range map[string]struct {
		above map[string]int64
		usd   int64
		eur   int64
		want  string
	}{
		"3,000 dollars are 2,500 euros":           {eur, 300_000, 250_000, "firm"},
		"a cent more":                             {eur, 300_002, 250_001, "call"},
		"the policy says dollars":                 {both, 300_002, 250_001, "firm"},
		"and more of them":                        {both, 400_001, 333_334, "call"},
		"nothing said is no bound":                {nil, 1, 1, "call"},
		"a limit in a currency that nobody asked": {map[string]int64{"CHF": 1_000_000}, 1, 1, "call"},
	} {
		if got := next(tt.above, money.Of(tt.usd, "USD"), money.Of(tt.eur, "EUR")); got != tt.want {
			t.Errorf("%s: %s, want %s", name, got, tt.want)
		}
	}
}

func TestTheLadderIsClimbedInOrder(t *testing.T) {
	days := calendar.Netherlands()
	rapid.Check(t, func(t *rapid.T) {
		s := Standing{IssuedOn: calendar.Date{Year: 2026, Month: time.January, Day: 1}.AddDays(rapid.IntRange(0, 700).Draw(t, "issued"))}
		s.DueOn = s.IssuedOn.AddDays(rapid.SampledFrom([]int{0, 7, 30}).Draw(t, "terms"))
		s.Asked = money.Of(rapid.Int64Range(1, 200_000).Draw(t, "asked"), "EUR")
		s.Today = s.IssuedOn
		for range 200 {
			s.Today = s.Today.AddDays(rapid.IntRange(0, 9).Draw(t, "days"))
			step, on, ok := ladder.Next(s, days)
			if !ok {
				break
			}
			if on.After(s.Today) {
				continue
			}
			if s.Today = days.Next(s.Today); step.Before() && !s.Today.Before(s.DueOn) {
				continue
			}
			climbed(t, s, step)
			s.Taken = append(s.Taken, Taken{Step: step.Code, On: s.Today})
			s.LastLetter = s.Today
		}
		mustHave := map[string]bool{"friendly": true, "firm": true, "formal": true, "call": s.Asked.Minor > 100_000}
		for _, taken := range s.Taken {
			delete(mustHave, taken.Step)
		}
		for code, must := range mustHave {
			if must {
				t.Fatalf("%s was left out: %v", code, s.Taken)
			}
		}
	})
}

func climbed(t *rapid.T, s Standing, step Step) {
	if s.Today.Before(s.DueOn.AddDays(step.Day)) || step.Calls() && s.Asked.Minor <= 100_000 {
		t.Fatalf("%s on %s, due %s, %s", step.Code, s.Today, s.DueOn, s.Asked)
	}
	if step.Before() && s.Today.DaysSince(s.IssuedOn) < ladder.MinGapDays {
		t.Fatalf("%s %d days after the invoice", step.Code, s.Today.DaysSince(s.IssuedOn))
	}
	if n := len(s.Taken); n > 0 && (s.Today.DaysSince(s.Taken[n-1].On) < ladder.MinGapDays || ladder.Level(step.Code) <= ladder.Level(s.Taken[n-1].Step)) {
		t.Fatalf("%s on %s after %v", step.Code, s.Today, s.Taken)
	}
}

// TestALadderMayBeChanged: who changes ladders goes on at the height that was
// reached.
func TestALadderMayBeChanged(t *testing.T) {
	due := calendar.Date{Year: 2026, Month: time.March, Day: 2}
	other := Ladder{MinGapDays: 3, Steps: []Step{{Code: "call", Day: 5}, {Code: "personal", Day: 15}, {Code: "last", Day: 60}}}
	for _, tc := range []struct {
		name, want string
		taken      []Taken
	}{
		{"nothing taken", "call", nil},
		{"friendly at 3", "call", []Taken{{Step: "friendly", On: due.AddDays(3)}}},
		{"firm at 10", "personal", []Taken{{Step: "friendly", On: due.AddDays(3)}, {Step: "firm", On: due.AddDays(10)}}},
		{"formal at 30", "last", []Taken{{Step: "formal", On: due.AddDays(30)}}},
		{"beyond its end", "", []Taken{{Step: "formal", On: due.AddDays(70)}}},
	} {
		step, _, _ := other.Next(Standing{IssuedOn: due.AddDays(-30), DueOn: due, Asked: money.Of(1, "EUR"), Taken: tc.taken, Today: due.AddDays(31)}, calendar.Netherlands())
		if step.Code != tc.want {
			t.Errorf("%s: next is %q, want %q", tc.name, step.Code, tc.want)
		}
	}
}

func TestPromisesReachTwoWeeksAhead(t *testing.T) {
	today := calendar.Date{Year: 2026, Month: time.January, Day: 5}
	for days, want := range map[int]bool{-1: false, 0: true, 14: true, 15: false} {
		if _, err := NewPromise(PromiseData{Date: today.AddDays(days)}, today); (err == nil) != want {
			t.Errorf("a promise for in %d days: %v", days, err)
		}
	}
}
