package kpi

import (
	"math/rand/v2"
	"testing"

	"duly/shared/o2c/calendar"
)

// sale is an invoice, and when it was paid in the end.
type sale struct {
	Owed
	issued, paid calendar.Date
}

// firstSale is the Monday with which the played years begin.
var firstSale = calendar.Date{Year: 2026, Month: 1, Day: 5}

// sell gives an invoice of a day, payable in 30 days and paid so many days late.
func sell(chance *rand.Rand, day, customer int, late float64) sale {
	due := firstSale.AddDays(day + 30)
	return sale{Owed{Customer: string(rune('A' + customer)), Due: due, Open: 10_000 + chance.Int64N(400_000)}, firstSale.AddDays(day), due.AddDays(int(late))}
}

// forecast says on the Monday of a week, from what was known then, what the week that begins so many weeks later brings, and
// tells what it brought.
func forecast(sales []sale, week, ahead int) (said, came int64) {
	today := firstSale.AddDays(7 * week)
	var owed []Owed
	var paid []Paid
	for _, s := range sales {
		switch {
		case !s.issued.Before(today):
		case s.paid.Before(today):
			paid = append(paid, Paid{Customer: s.Customer, On: s.paid, Days: s.paid.DaysSince(s.Due)})
		default:
			owed = append(owed, s.Owed)
			if s.paid.DaysSince(today)/7 == ahead {
				came += s.Open
			}
		}
	}
	return Predict(today, "EUR", owed, LearnHabits(paid)).Weeks[ahead].Likely, came
}

// backtest forecasts the weeks of a year from what was known on each Monday, and holds each against what came: 60 payers, each
// with a usual lateness of its own, around it a spread, and now and then an invoice that takes months.
func backtest(seed uint64) (bias, off float64) {
	chance := rand.New(rand.NewPCG(seed, 1))
	var sales []sale
	usual := make([]float64, 60)
	for i := range usual {
		usual[i] = chance.NormFloat64()*8 + 4
	}
	for day := range 560 {
		for range chance.IntN(4) {
			who := chance.IntN(len(usual))
			days := usual[who] + chance.ExpFloat64()*6 - 3
			if chance.IntN(12) == 0 {
				days += 15 + chance.ExpFloat64()*40
			}
			sales = append(sales, sell(chance, day, who, days))
		}
	}
	var all, missed, abs int64
	for week := 20; week < 72; week++ {
		said, came := forecast(sales, week, 0)
		all, missed, abs = all+came, missed+came-said, abs+max(came-said, said-came)
	}
	return 100 * float64(missed) / float64(all), 100 * float64(abs) / float64(all)
}

// TestCap_83_WhatHardlyComesIsNotNextWeeks: in houses of eight payers with few invoices, some of which never come, a guess of
// seven days for whatever is later than nearly all before it had 70 % of the money of the week after next come from there,
// when 5 % did, and was off by 111 %.
func TestCap_83_WhatHardlyComesIsNotNextWeeks(t *testing.T) {
	var came, said, off int64
	for seed := range uint64(10) {
		chance := rand.New(rand.NewPCG(seed, 2))
		var sales []sale
		for day := range 420 {
			if chance.IntN(3) > 0 {
				continue
			}
			days := 4 + chance.ExpFloat64()*6
			switch n := chance.IntN(100); {
			case n == 0:
				days = 5000
			case n < 9:
				days += 15 + chance.ExpFloat64()*40
			}
			sales = append(sales, sell(chance, day, chance.IntN(8), days))
		}
		for week := 8; week < 52; week++ {
			likely, next := forecast(sales, week, 1)
			came, said, off = came+next, said+likely, off+max(next-likely, likely-next)
		}
	}
	if bias, missed := 100*(said-came)/came, 100*off/came; bias > 40 || missed > 75 {
		t.Errorf("the week after next: %d %% too much, off by %d %%", bias, missed)
	}
}

// TestCap_83_WhatIsLateAlreadyComesAfterAsLongAsItsLikes: a guess of seven days for all of it was 20 to 26 % too low for the
// next week in these worlds, and off by 29 to 36 %.
func TestCap_83_WhatIsLateAlreadyComesAfterAsLongAsItsLikes(t *testing.T) {
	var sum float64
	for seed := range uint64(5) {
		bias, off := backtest(seed)
		if sum += bias; bias < -5 || bias > 17 || off > 31 {
			t.Errorf("seed %d: %.1f %% more came than was said, off by %.1f %%", seed, bias, off)
		}
	}
	if sum/5 > 11 {
		t.Errorf("%.1f %% more came than was said, of five years", sum/5)
	}
	late := func(customer string, days ...int) (all []Paid) {
		for i, d := range days {
			all = append(all, Paid{Customer: customer, On: calendar.Date{Year: 2026, Month: 1, Day: 1 + i}, Days: d})
		}
		return all
	}
	h := LearnHabits(append(late("slow", 20, 30, 32, 40), late("quick", 0, 0, 1, 2)...))
	for _, c := range []struct {
		customer   string
		late, want int
	}{{"slow", 25, 7}, {"quick", 25, 7}, {"slow", 19, 11}, {"quick", 0, 20}, {"slow", 39, 39}, {"slow", 600, 600}} {
		if got := h.rest(c.customer, c.late).Likely; got != c.want {
			t.Errorf("%s, %d days late: %d more days, want %d", c.customer, c.late, got, c.want)
		}
	}
}
