package statute_test

import (
	"errors"
	"math/big"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/money"
	"duly/shared/o2c/statute"
)

func day(s string) calendar.Date {
	d, err := calendar.Parse(s)
	if err != nil {
		panic(err)
	}
	return d
}

func cents(n int64) money.Amount { return money.Of(n, "EUR") }

func lawOf(t testing.TB, country string) statute.Law {
	t.Helper()
	l, ok := statute.LawOf(country)
	if !ok {
		t.Fatal("no law of", country)
	}
	return l
}

// The computations below were made by hand, with a calculator.
func TestClaim(t *testing.T) {
	noticed := func(d string) func(*statute.Debt) {
		return func(x *statute.Debt) { x.Notices = append(x.Notices, statute.Notice{On: day(d)}) }
	}
	received := func(d string) func(*statute.Debt) {
		return func(x *statute.Debt) { x.Notices = append(x.Notices, statute.Notice{ReceivedOn: day(d)}) }
	}
	paid := func(d string, n int64) func(*statute.Debt) {
		return func(x *statute.Debt) {
			x.Payments = append(x.Payments, statute.Payment{On: day(d), Amount: cents(n)})
		}
	}
	principalFirst := func(x *statute.Debt) { x.Payments[0].Principal = &x.Payments[0].Amount }
	noDeduction := func(x *statute.Debt) { x.TaxOnCosts = decimal.NewFromInt(21) }
	for name, tt := range map[string]struct {
		country               string
		regime                statute.Regime
		principal             int64
		due, asOf             string
		with                  []func(*statute.Debt)
		open, interest, costs int64
		extrapolated          bool
	}{
		// 15 days at 10.5: 4.32, 15 days at 12: 4.93; 40 without notice (L13)
		"a change of rate": {"NL", statute.Commercial, 100000, "2023-06-15", "2023-07-15", nil, 100000, 925, 4000, false},
		// 182 days at 12.5: 623.29, 184 at 12.25: 617.53, then 31 on 11240.82 at 11.15: 106.45; a leap year counts 366 ÷ 365
		"interest on interest": {"NL", statute.Commercial, 1000000, "2023-12-31", "2025-01-31", nil, 1000000, 134727, 4000, false},
		// the same debt in Germany bears simple interest: 629.27 at 12.62, 623.58 at 12.37, 95.72 at 11.27
		"no interest on interest in Germany": {"DE", statute.Commercial, 1000000, "2023-12-31", "2025-01-31", nil, 1000000, 62927 + 62358 + 9572, 4000, false},
		// 30 days: 9.16; 500 − 40 − 9.16 = 450.84 off the principal; 29 days on 549.16: 4.86 (L18)
		"costs, interest, principal": {"NL", statute.Commercial, 100000, "2025-01-31", "2025-03-31", []func(*statute.Debt){paid("2025-03-02", 50000)}, 54916, 486, 0, false},
		// without the statutory claim the same payment leaves 500, and 29 days on it: 4.43
		"principal first":        {"NL", statute.Commercial, 100000, "2025-01-31", "2025-03-31", []func(*statute.Debt){paid("2025-03-02", 50000), principalFirst}, 50000, 916 + 443, 4000, false},
		"paid in time":           {"NL", statute.Commercial, 100000, "2025-01-31", "2025-03-31", []func(*statute.Debt){paid("2025-01-31", 100000)}, 0, 0, 0, false},
		"on the due date itself": {"NL", statute.Commercial, 100000, "2025-01-31", "2025-01-31", nil, 100000, 0, 0, false},
		// 15 % of 1000 = 150 in all after notice
		"the scale after notice":                             {"NL", statute.Commercial, 100000, "2025-01-31", "2025-02-10", []func(*statute.Debt){noticed("2025-02-05")}, 100000, 305, 15000, false},
		"a small debt has the least":                         {"NL", statute.Commercial, 10000, "2025-01-31", "2025-02-10", []func(*statute.Debt){noticed("2025-02-05")}, 10000, 31, 4000, false},
		"a consumer without a letter owes no costs (row 62)": {"NL", statute.Consumer, 100000, "2025-01-31", "2025-03-31", nil, 100000, 970, 0, false},
		// received on 10 February: 14 days are 11 to 24; costs from the 25th (L11)
		"a consumer on the last of the 14 days":   {"NL", statute.Consumer, 100000, "2025-01-31", "2025-02-24", []func(*statute.Debt){received("2025-02-10")}, 100000, 395, 0, false},
		"a consumer the day after":                {"NL", statute.Consumer, 100000, "2025-01-31", "2025-02-25", []func(*statute.Debt){received("2025-02-10")}, 100000, 395 + 16, 15000, false},
		"a consumer who pays within the 14 days":  {"NL", statute.Consumer, 100000, "2025-01-31", "2025-03-31", []func(*statute.Debt){received("2025-02-10"), paid("2025-02-20", 100329)}, 0, 0, 0, false},
		"costs with the VAT of who cannot deduct": {"NL", statute.Consumer, 100000, "2025-01-31", "2025-02-25", []func(*statute.Debt){received("2025-02-10"), noDeduction}, 100000, 411, 18150, false},
		"past the last verified rate":             {"NL", statute.Commercial, 100000, "2026-06-30", "2026-07-10", nil, 100000, 278, 4000, true},
		"a computed rate":                         {"NL", statute.Consumer, 100000, "2025-12-31", "2026-01-10", nil, 100000, 110, 0, true},
	} {
		t.Run(name, func(t *testing.T) {
			d := statute.Debt{Principal: cents(tt.principal), DueOn: day(tt.due), Regime: tt.regime}
			for _, change := range tt.with {
				change(&d)
			}
			c, err := lawOf(t, tt.country).Compute(d, day(tt.asOf))
			if err != nil {
				t.Fatal(err)
			}
			if c.Principal != cents(tt.open) || c.Interest != cents(tt.interest) || c.Costs != cents(tt.costs) || c.Extrapolated != tt.extrapolated {
				t.Errorf("principal %s, interest %s, costs %s, extrapolated %v; want %s, %s, %s, %v", c.Principal, c.Interest, c.Costs, c.Extrapolated, cents(tt.open), cents(tt.interest), cents(tt.costs), tt.extrapolated)
				for _, r := range c.Sheet {
					t.Logf("%s %s–%s %3d d %5s %% of %12s = %12s %s", r.Kind, r.From, r.To, r.Days, r.Rate, r.Base, r.Amount, r.Rule)
				}
			}
		})
	}
}

// TestEachLatePartHasItsCosts: two parts of one debt, computed by hand. Each that is
// late has the fixed sum of its own (CJEU 1 December 2022, C-370/21; § 288(5) second
// sentence BGB: "Abschlagszahlung oder sonstige Ratenzahlung"; s. 3(1) of the Late
// Payment of Commercial Debts (Interest) Act 1998: the whole or any part of the price
// is a qualifying debt). The Dutch scale is of all that notices spoke of (article
// 6:96(7) BW adds it up), and the fixed sums are in it (6:96(4): "ten minste 40 euro").
func TestEachLatePartHasItsCosts(t *testing.T) {
	sent := func(days ...string) (all []statute.Notice) {
		for _, d := range days {
			all = append(all, statute.Notice{On: day(d)})
		}
		return all
	}
	letters := []statute.Notice{
		{On: day("2025-02-07"), ReceivedOn: day("2025-02-10"), Costs: cents(15000)}, // 15 % of 1,000
		{On: day("2025-03-20"), ReceivedOn: day("2025-03-22"), Costs: cents(15000)}, // 300 of 2,000, less 150
	}
	for name, tt := range map[string]struct {
		country       string
		regime        statute.Regime
		first, second int64 // due 2025-01-31 and 2025-02-28
		asOf          string
		notices       []statute.Notice
		paid          string // the second part, on this day
		costs         int64
	}{
		"Germany, one late":                        {"DE", statute.Commercial, 100000, 100000, "2025-02-28", nil, "", 4000},
		"Germany, both late":                       {"DE", statute.Commercial, 100000, 100000, "2025-03-01", nil, "", 8000},
		"Germany, the second in time":              {"DE", statute.Commercial, 100000, 100000, "2025-03-31", nil, "2025-02-28", 4000},
		"Germany, the second a day late":           {"DE", statute.Commercial, 100000, 100000, "2025-03-31", nil, "2025-03-01", 8000},
		"a notice changes nothing in Germany":      {"DE", statute.Commercial, 100000, 100000, "2025-03-31", sent("2025-03-10"), "", 8000},
		"Britain, by the size of each":             {"GB", statute.Commercial, 99999, 100000, "2025-03-01", nil, "", 4000 + 7000},
		"the Netherlands without notice":           {"NL", statute.Commercial, 100000, 100000, "2025-03-31", nil, "", 8000},
		"a notice of the first":                    {"NL", statute.Commercial, 100000, 100000, "2025-02-28", sent("2025-02-05"), "", 15000},
		"and the second late":                      {"NL", statute.Commercial, 100000, 100000, "2025-03-01", sent("2025-02-05"), "", 15000 + 4000},
		"a notice of both: 15 % of 2,000":          {"NL", statute.Commercial, 100000, 100000, "2025-03-11", sent("2025-03-10"), "", 30000},
		"the day of the second notice":             {"NL", statute.Commercial, 100000, 100000, "2025-03-10", sent("2025-02-05", "2025-03-10"), "", 19000},
		"the day after it":                         {"NL", statute.Commercial, 100000, 100000, "2025-03-11", sent("2025-02-05", "2025-03-10"), "", 30000},
		"a third says nothing new":                 {"NL", statute.Commercial, 100000, 100000, "2025-04-30", sent("2025-02-05", "2025-03-10", "2025-04-10"), "", 30000},
		"a notice of the due day is of the first":  {"NL", statute.Commercial, 100000, 100000, "2025-03-31", sent("2025-02-28"), "", 15000 + 4000},
		"2,000 and 1,000: 375 and 10 % of the 500": {"NL", statute.Commercial, 200000, 100000, "2025-03-11", sent("2025-02-05", "2025-03-10"), "", 42500},
		"at least 40 each":                         {"NL", statute.Commercial, 10000, 10000, "2025-03-31", sent("2025-02-05", "2025-03-10"), "", 8000},
		"the second paid in time":                  {"NL", statute.Commercial, 100000, 100000, "2025-03-31", sent("2025-02-05", "2025-03-10"), "2025-02-28", 15000},
		"a consumer: the first letter alone":       {"NL", statute.Consumer, 100000, 100000, "2025-04-05", letters, "", 15000},
		"a consumer: after both":                   {"NL", statute.Consumer, 100000, 100000, "2025-04-06", letters, "", 30000},
		"a consumer: only the second valid":        {"NL", statute.Consumer, 100000, 100000, "2025-04-06", letters[1:], "", 15000}, // no more than it named
	} {
		t.Run(name, func(t *testing.T) {
			l := lawOf(t, tt.country)
			of := func(n int64) money.Amount { return money.Of(n, l.Currency) }
			d := statute.Debt{Principal: of(tt.first), DueOn: day("2025-01-31"), Regime: tt.regime, Later: []statute.Later{{DueOn: day("2025-02-28"), Amount: of(tt.second)}}, Notices: tt.notices}
			if tt.paid != "" { // the books set it off against the principal; the first part is the older
				d.Principal, d.Later[0].Amount = of(tt.first), of(tt.second)
				all := of(tt.first + tt.second)
				d.Payments = []statute.Payment{{On: day(tt.paid), Amount: all, Principal: &all}}
			}
			c, err := l.Compute(d, day(tt.asOf))
			if err != nil {
				t.Fatal(err)
			}
			if c.Costs != of(tt.costs) {
				t.Errorf("costs %s, want %s", c.Costs, of(tt.costs))
				for _, r := range c.Sheet {
					t.Logf("%s %s–%s %5s %% of %12s = %12s %s", r.Kind, r.From, r.To, r.Rate, r.Base, r.Amount, r.Rule)
				}
			}
		})
	}
}

func TestUnitedKingdomsFixedSums(t *testing.T) {
	for principal, want := range map[int64]int64{99999: 4000, 100000: 7000, 999999: 7000, 1000000: 10000} {
		c, err := lawOf(t, "GB").Compute(statute.Debt{Principal: money.Of(principal, "GBP"), DueOn: day("2025-01-31"), Regime: statute.Commercial}, day("2025-02-01"))
		if err != nil || c.Costs != money.Of(want, "GBP") {
			t.Errorf("%d: %s, want %d (%v)", principal, c.Costs, want, err)
		}
	}
}

// TestUnitedKingdomsRateIsThatOfTheFirstDay: 8 above the base rate before the day
// on which interest starts to run (SI 2002/1675), whatever the rate does later.
// 366 days on 1,000.00 at 13.25: 132.86, and one more: 0.36.
func TestUnitedKingdomsRateIsThatOfTheFirstDay(t *testing.T) {
	c, err := lawOf(t, "GB").Compute(statute.Debt{Principal: money.Of(100000, "GBP"), DueOn: day("2023-12-31"), Regime: statute.Commercial}, day("2025-01-01"))
	if err != nil || c.Extrapolated || c.Interest != money.Of(13322, "GBP") {
		t.Errorf("%s, extrapolated %v (%v): %+v", c.Interest, c.Extrapolated, err, c.Sheet)
	}
}

// TestCollectionCosts: the examples of L12.
func TestCollectionCosts(t *testing.T) {
	for principal, want := range map[int64]int64{100_00: 40_00, 1_000_00: 150_00, 2_500_00: 375_00, 5_000_00: 625_00, 10_000_00: 875_00, 200_000_00: 2_775_00, 1_000_000_00: 6_775_00, 5_000_000_00: 6_775_00} {
		if got := lawOf(t, "NL").CollectionCosts(statute.Consumer, cents(principal), decimal.Zero); got != cents(want) {
			t.Errorf("%s: %s, want %s", cents(principal), got, cents(want))
		}
	}
}

func TestClaimRefusals(t *testing.T) {
	d := statute.Debt{Principal: cents(100), DueOn: day("2026-01-31"), Regime: statute.Commercial}
	if _, err := lawOf(t, "NL").Compute(d, day("2026-01-30")); !errors.Is(err, statute.ErrPrevious) {
		t.Error(err)
	}
	if _, err := lawOf(t, "GB").Compute(d, day("2026-02-28")); !errors.Is(err, statute.ErrCurrency) {
		t.Error(err)
	}
}

func TestLimitation(t *testing.T) {
	nl, de, gb := lawOf(t, "NL"), lawOf(t, "DE").LimitationOf(statute.Commercial, true), lawOf(t, "GB").LimitationOf(statute.Consumer, true)
	five, two := nl.LimitationOf(statute.Commercial, true), nl.LimitationOf(statute.Consumer, true)
	at := func(on, kind string) statute.Interruption { return statute.Interruption{On: day(on), Kind: kind} }
	for name, tt := range map[string]struct{ got, want calendar.Date }{
		"five years":                          {five.Ends(day("2024-02-29")), day("2029-02-28")},
		"goods to a consumer":                 {two.Ends(day("2024-03-01")), day("2026-03-01")},
		"services to a consumer":              {nl.LimitationOf(statute.Consumer, false).Ends(day("2024-03-01")), day("2029-03-01")},
		"letters start it again":              {five.Ends(day("2020-01-31"), at("2023-05-01", statute.ByLetter), at("2021-01-01", statute.ByLetter)), day("2028-05-01")},
		"a letter too late does not":          {two.Ends(day("2020-01-31"), at("2022-02-01", statute.ByLetter)), day("2022-01-31")},
		"a part payment does, in time":        {two.Ends(day("2020-01-31"), at("2021-12-01", statute.ByPartPayment)), day("2023-12-01")},
		"one after the other":                 {two.Ends(day("2020-01-31"), at("2023-11-01", statute.ByLetter), at("2021-12-01", statute.ByAcknowledgement)), day("2025-11-01")},
		"what nobody knows does not":          {five.Ends(day("2020-01-31"), at("2023-05-01", "a wish")), day("2025-01-31")},
		"from the year's end in Germany":      {de.Ends(day("2024-02-29")), day("2027-12-31")},
		"where a letter is of no avail":       {de.Ends(day("2024-02-29"), at("2026-01-01", statute.ByLetter)), day("2027-12-31")},
		"a promise counts from its day there": {de.Ends(day("2024-02-29"), at("2026-05-01", statute.ByAcknowledgement)), day("2029-05-01")},
		"six years in the United Kingdom":     {gb.Ends(day("2024-02-29"), at("2026-01-01", statute.ByLetter)), day("2030-02-28")},
	} {
		if tt.got != tt.want {
			t.Errorf("%s: %s, want %s", name, tt.got, tt.want)
		}
	}
}

// TestRelief: a year after the due date, at once on bankruptcy (L21).
func TestRelief(t *testing.T) {
	none := calendar.Date{}
	for name, tt := range map[string]struct {
		country       string
		due, bankrupt calendar.Date
		want          calendar.Date
	}{
		"a year":                       {"NL", day("2026-03-31"), none, day("2027-03-31")},
		"a leap day":                   {"NL", day("2024-02-29"), none, day("2025-02-28")},
		"bankrupt before":              {"NL", day("2026-03-31"), day("2026-06-01"), day("2026-06-01")},
		"bankrupt later":               {"NL", day("2026-03-31"), day("2027-06-01"), day("2027-03-31")},
		"no date in Germany":           {"DE", day("2026-03-31"), none, none},
		"insolvency there":             {"DE", day("2026-03-31"), day("2026-06-01"), day("2026-06-01")},
		"half a year, bankrupt or not": {"GB", day("2026-03-31"), day("2026-04-01"), day("2026-09-30")},
	} {
		on, ok := lawOf(t, tt.country).Relief.On(tt.due, tt.bankrupt)
		if on != tt.want || ok == tt.want.IsZero() {
			t.Errorf("%s: %s %v, want %s", name, on, ok, tt.want)
		}
	}
}

// TestEnteredRates: a rate that an admin read moves the day until which figures
// are verified, and stands in for what the product assumed.
func TestEnteredRates(t *testing.T) {
	l := lawOf(t, "NL")
	e := statute.EnteredRate{Regime: statute.Commercial, From: day("2026-07-01"), Until: day("2026-12-31"), Percent: decimal.RequireFromString("10.4"), Source: "Staatscourant 2026"}
	if err := l.Check(e); err != nil {
		t.Fatal(err)
	}
	d := statute.Debt{Principal: cents(100000), DueOn: day("2026-06-30"), Regime: statute.Commercial}
	c, err := l.With(e).Compute(d, day("2026-07-30")) // 30 days at 10.4: 8.55
	if err != nil || c.Interest != cents(855) || c.Extrapolated || c.VerifiedUntil != e.Until {
		t.Errorf("%s, extrapolated %v until %s (%v)", c.Interest, c.Extrapolated, c.VerifiedUntil, err)
	}
	if before, _ := l.Compute(d, day("2026-07-30")); !before.Extrapolated || !before.Sheet[0].Extrapolated {
		t.Error("the shipped law has changed")
	}
	corrected := e
	corrected.From, corrected.Until = day("2026-01-01"), day("2026-06-30")
	if c, _ = l.With(corrected).Compute(d, day("2026-07-30")); !c.Extrapolated || !c.Sheet[0].Rate.Equal(e.Percent) {
		t.Errorf("%+v", c.Sheet)
	}
	for name, change := range map[string]func(*statute.EnteredRate){
		"no source":      func(e *statute.EnteredRate) { e.Source = "" },
		"a slip":         func(e *statute.EnteredRate) { e.Percent = decimal.NewFromInt(104) },
		"backwards":      func(e *statute.EnteredRate) { e.Until = day("2026-06-30") },
		"a gap before":   func(e *statute.EnteredRate) { e.From, e.Until = day("2027-07-01"), day("2027-12-31") },
		"another regime": func(e *statute.EnteredRate) { e.Regime = "friendly" },
	} {
		wrong := e
		change(&wrong)
		if l.Check(wrong) == nil {
			t.Errorf("%s is taken", name)
		}
	}
}

// TestForgivenAndAwarded: 30 days at 10.15 on 1,000.00: 8.34; then nothing more
// grows, and the court's 75.00 stay.
func TestForgivenAndAwarded(t *testing.T) {
	d := statute.Debt{
		Principal: cents(100000), DueOn: day("2026-01-01"), Regime: statute.Commercial,
		Awarded:  []statute.Charge{{On: day("2026-02-10"), Amount: cents(7500), Rule: "judgment"}},
		Forgiven: []statute.Forgiven{{On: day("2026-01-31"), Part: statute.InterestPart}, {On: day("2026-01-31"), Part: statute.CostsPart}},
	}
	c, err := lawOf(t, "NL").Compute(d, day("2026-03-01"))
	if err != nil || c.Interest != cents(0) || c.Costs != cents(7500) || c.Total != cents(107500) {
		t.Fatalf("%+v (%v)", c, err)
	}
	gone := cents(0)
	for _, r := range c.Sheet {
		if r.Kind == statute.ForgivenRow {
			gone = gone.Plus(r.Amount)
		}
	}
	if gone != cents(-834-4000) {
		t.Errorf("forgiven %s", gone)
	}
}

// TestAllocate: costs, interest, principal, and what is too much (L18).
func TestAllocate(t *testing.T) {
	c := statute.Claim{Costs: cents(4000), Interest: cents(916), Principal: cents(100000)}
	for paid, want := range map[int64][4]int64{3000: {3000}, 4500: {4000, 500}, 50000: {4000, 916, 45084}, 200000: {4000, 916, 100000, 95084}} {
		s := c.Allocate(cents(paid))
		if got := [4]int64{s.Costs.Minor, s.Interest.Minor, s.Principal.Minor, s.Rest.Minor}; got != want {
			t.Errorf("%d: %v, want %v", paid, got, want)
		}
	}
}

// TestClaimAgreesWithADayByDayReckoning holds the sheet against another way to
// compute it: every day by itself, in exact fractions, without rounding. Each
// row may differ by half a cent.
func TestClaimAgreesWithADayByDayReckoning(t *testing.T) {
	l := lawOf(t, "NL")
	rapid.Check(t, func(t *rapid.T) {
		regime := rapid.SampledFrom([]statute.Regime{statute.Commercial, statute.Consumer}).Draw(t, "regime")
		due := day("2016-01-01").AddDays(rapid.IntRange(0, 3600).Draw(t, "due"))
		asOf := due.AddDays(rapid.IntRange(0, 1500).Draw(t, "days"))
		d := statute.Debt{Principal: cents(rapid.Int64Range(1, 1e9).Draw(t, "principal")), DueOn: due, Regime: regime}
		rate := map[calendar.Date]decimal.Decimal{}
		for _, r := range l.Interest[regime].Rates {
			rate[r.From] = r.Percent
		}
		var current decimal.Decimal
		for x := day("2015-01-01"); x.Before(due.AddDays(1)); x = x.AddDays(1) {
			if p, ok := rate[x]; ok {
				current = p
			}
		}
		base := new(big.Rat).SetInt64(d.Principal.Minor)
		interest, year := new(big.Rat), new(big.Rat)
		anniversary := 1
		for x := due.AddDays(1); !x.After(asOf); x = x.AddDays(1) {
			if p, ok := rate[x]; ok {
				current = p
			}
			one := new(big.Rat).Mul(base, current.Rat())
			year.Add(year, one.Quo(one, big.NewRat(36500, 1)))
			if x == due.AddMonths(12*anniversary) {
				anniversary++
				interest.Add(interest, year)
				base.Add(base, year)
				year = new(big.Rat)
			}
		}
		interest.Add(interest, year)
		c, err := l.Compute(d, asOf)
		if err != nil {
			t.Fatal(err)
		}
		exact, _ := interest.Float64()
		if off := float64(c.Interest.Minor) - exact; off > float64(len(c.Sheet)) || -off > float64(len(c.Sheet)) {
			t.Fatalf("interest %s, day by day %.3f cents, in %d rows", c.Interest, exact, len(c.Sheet))
		}
	})
}

// TestSheetAddsUp: what is claimed is what the sheet shows, and no payment takes
// more than was open.
func TestSheetAddsUp(t *testing.T) {
	l := lawOf(t, "NL")
	rapid.Check(t, func(t *rapid.T) {
		due := day("2022-01-01").AddDays(rapid.IntRange(0, 900).Draw(t, "due"))
		d := statute.Debt{Principal: cents(rapid.Int64Range(1, 1e8).Draw(t, "principal")), DueOn: due, Regime: statute.Commercial}
		if rapid.Bool().Draw(t, "noticed") {
			d.Notices = []statute.Notice{{On: due.AddDays(rapid.IntRange(-5, 200).Draw(t, "notice"))}}
		}
		for i := range rapid.IntRange(0, 3).Draw(t, "later parts") {
			d.Later = append(d.Later, statute.Later{DueOn: due.AddDays(rapid.IntRange(30*i, 30*i+29).Draw(t, "later")), Amount: cents(rapid.Int64Range(1, 1e7).Draw(t, "part"))})
		}
		if len(d.Notices) > 0 && rapid.Bool().Draw(t, "again") {
			d.Notices = append(d.Notices, statute.Notice{On: d.Notices[0].On.AddDays(rapid.IntRange(1, 200).Draw(t, "second notice"))})
		}
		for range rapid.IntRange(0, 4).Draw(t, "payments") {
			p := statute.Payment{On: due.AddDays(rapid.IntRange(-20, 700).Draw(t, "on")), Amount: cents(rapid.Int64Range(1, 5e7).Draw(t, "amount"))}
			if rapid.Bool().Draw(t, "booked") {
				part := cents(rapid.Int64Range(0, p.Amount.Minor).Draw(t, "principal's part"))
				p.Principal = &part
			}
			d.Payments = append(d.Payments, p)
		}
		if rapid.Bool().Draw(t, "awarded") {
			d.Awarded = []statute.Charge{{On: due.AddDays(rapid.IntRange(1, 400).Draw(t, "judged")), Amount: cents(7500), Rule: "judgment"}}
		}
		for _, part := range []string{statute.InterestPart, statute.CostsPart} {
			if rapid.Bool().Draw(t, "forgiven "+part) {
				d.Forgiven = append(d.Forgiven, statute.Forgiven{On: due.AddDays(rapid.IntRange(0, 500).Draw(t, "forgiven on")), Part: part, Rule: "by choice"})
			}
		}
		c, err := l.Compute(d, due.AddDays(rapid.IntRange(0, 800).Draw(t, "as of")))
		if err != nil {
			t.Fatal(err)
		}
		sum := d.Principal
		for _, r := range c.Sheet {
			sum = sum.Plus(r.Amount)
			for _, f := range d.Forgiven {
				if r.Kind == f.Part && r.From.After(f.On) && r.Rule != "judgment" {
					t.Fatalf("%s of %s grew again: %+v", f.Part, f.On, r)
				}
			}
			if r.Kind == statute.InterestRow && (r.Days != r.To.DaysSince(r.From)+1 || !strings.HasPrefix(r.Rule, "6:119a")) {
				t.Fatalf("row %+v", r)
			}
		}
		if sum != c.Total || c.Principal.IsNegative() || c.Interest.IsNegative() || c.Costs.IsNegative() {
			t.Fatalf("sheet gives %s, claim %s = %s + %s + %s", sum, c.Total, c.Principal, c.Interest, c.Costs)
		}
	})
}

func TestLawsAreWhole(t *testing.T) {
	for _, country := range []string{"NL", "DE", "GB"} {
		l := lawOf(t, country)
		for regime, s := range l.Interest {
			if s.Rule == "" || len(s.Rates) == 0 || s.VerifiedUntil.IsZero() {
				t.Errorf("%s %s: no rule, no rates or no day of verification", country, regime)
			}
			for i, r := range s.Rates {
				if r.Source == "" || !r.Percent.IsPositive() || i > 0 && !s.Rates[i-1].From.Before(r.From) {
					t.Errorf("%s %s: rate %d (%s) has no source, is not positive or is out of order", country, regime, i, r.From)
				}
			}
		}
	}
}

func BenchmarkClaim(b *testing.B) {
	l := lawOf(b, "NL")
	d := statute.Debt{Principal: cents(1234567), DueOn: day("2022-01-31"), Regime: statute.Commercial, Notices: []statute.Notice{{On: day("2022-03-01")}},
		Payments: []statute.Payment{{On: day("2023-02-01"), Amount: cents(100000)}, {On: day("2024-02-01"), Amount: cents(100000)}}}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := l.Compute(d, day("2026-03-31")); err != nil {
			b.Fatal(err)
		}
	}
}
