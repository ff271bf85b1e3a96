package kpi

import (
	"testing"

	"pgregory.net/rapid"

	"duly/shared/o2c/calendar"
)

var wednesday = calendar.Date{Year: 2026, Month: 1, Day: 7}

func TestHabitsAreQuartilesOfTheNewestPayments(t *testing.T) {
	var paid []Paid
	for i := range 30 { // ten old ones, 100 days late, then twenty from 1 to 20 days late
		days := 100
		if i >= 10 {
			days = i - 9
		}
		paid = append(paid, Paid{Customer: "a", On: wednesday.AddDays(i), Days: days})
	}
	paid = append(paid, Paid{Customer: "b", On: wednesday, Days: 40}, Paid{Customer: "b", On: wednesday, Days: 50})
	h := LearnHabits(paid)
	if got := h.Of("a"); got != (Habit{Early: 5, Likely: 10, Late: 15, Payments: 20}) {
		t.Errorf("a pays %+v", got)
	}
	if got := h.Of("b"); got.Payments != 0 || got != h.Of("nobody") {
		t.Errorf("two payments are no habit: %+v", got)
	}
	if got := LearnHabits(nil).Of("a"); got != (Habit{}) {
		t.Errorf("without payments the due date counts: %+v", got)
	}
}

func TestPredictedDays(t *testing.T) {
	habits := LearnHabits([]Paid{{"a", wednesday, 7}, {"a", wednesday, 7}, {"a", wednesday, 14}, {"a", wednesday, 21}})
	for name, test := range map[string]struct {
		owed             Owed
		low, likely, top int // weeks
	}{
		"due and late as always": {Owed{Customer: "a", Due: wednesday.AddDays(7), Open: 100}, 3, 2, 2},
		"promised":               {Owed{Customer: "a", Due: wednesday.AddDays(-30), Promised: wednesday.AddDays(2), Open: 100}, 1, 0, 0},
		"a promise that passed":  {Owed{Customer: "a", Due: wednesday.AddDays(-60), Promised: wednesday.AddDays(-2), Open: 100}, ForecastWeeks, 8, 0},
		"far away":               {Owed{Customer: "a", Due: wednesday.AddDays(400), Open: 100}, ForecastWeeks, ForecastWeeks, ForecastWeeks},
	} {
		f := Predict(wednesday, "EUR", []Owed{test.owed}, habits)
		for i, w := range f.Weeks {
			want := [3]int64{}
			for k, week := range []int{test.low, test.likely, test.top} {
				if i >= week {
					want[k] = 100
				}
			}
			if got := [3]int64{w.LowSum, w.LikelySum, w.HighSum}; got != want {
				t.Errorf("%s: week %d is %v, want %v", name, i, got, want)
			}
		}
	}
}

// TestAForecastLosesNothing: what is expected in its weeks and later is what is
// open, and the band never crosses itself.
func TestAForecastLosesNothing(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		day := rapid.Map(rapid.IntRange(-200, 200), wednesday.AddDays)
		var owed []Owed
		var paid []Paid
		for range rapid.IntRange(0, 20).Draw(r, "items") {
			who := rapid.SampledFrom([]string{"a", "b", "c"}).Draw(r, "who")
			o := Owed{Customer: who, Due: day.Draw(r, "due"), Open: rapid.Int64Range(1, 1_000_000).Draw(r, "open")}
			if rapid.Bool().Draw(r, "promised") {
				o.Promised = day.Draw(r, "promise")
			}
			owed = append(owed, o)
			paid = append(paid, Paid{Customer: who, On: day.Draw(r, "paid"), Days: rapid.IntRange(-30, 90).Draw(r, "late")})
		}
		f := Predict(wednesday, "EUR", owed, LearnHabits(paid))
		var open, told int64
		for _, o := range owed {
			open += o.Open
		}
		for _, w := range f.Weeks {
			told += w.Likely
			if w.LowSum > w.LikelySum || w.LikelySum > w.HighSum || w.LikelySum != told {
				r.Fatalf("%+v", w)
			}
		}
		if f.Open != open || told+f.Later != open {
			r.Fatalf("%d is open, %d and %d are told of", open, told, f.Later)
		}
	})
}
