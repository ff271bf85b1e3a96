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
	noticed := func(d string) func(*statute.Debt) { return func(x *statute.Debt) { x.NoticedOn = day(d) } }
	received := func(d string) func(*statute.Debt) { return func(x *statute.Debt) { x.LetterReceivedOn = day(d) } }
	paid := func(d string, n int64) func(*statute.Debt) {
		return func(x *statute.Debt) {
			x.Payments = append(x.Payments, statute.Payment{On: day(d), Amount: cents(n)})
		}
	}
	principalFirst := func(x *statute.Debt) { x.PrincipalFirst = true }
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
	nl, de := lawOf(t, "NL").Limitation, lawOf(t, "DE").Limitation
	for name, tt := range map[string]struct{ got, want calendar.Date }{
		"five years":                     {nl["default"].Ends(day("2024-02-29")), day("2029-02-28")},
		"goods to a consumer":            {nl["consumer_goods"].Ends(day("2024-03-01")), day("2026-03-01")},
		"a reminder starts it again":     {nl["default"].Ends(day("2020-01-31"), day("2023-05-01"), day("2021-01-01")), day("2028-05-01")},
		"a reminder too late does not":   {nl["consumer_goods"].Ends(day("2020-01-31"), day("2022-02-01")), day("2022-01-31")},
		"from the year's end in Germany": {de["default"].Ends(day("2024-02-29")), day("2027-12-31")},
	} {
		if tt.got != tt.want {
			t.Errorf("%s: %s, want %s", name, tt.got, tt.want)
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
		d := statute.Debt{Principal: cents(rapid.Int64Range(1, 1e8).Draw(t, "principal")), DueOn: due, Regime: statute.Commercial, PrincipalFirst: rapid.Bool().Draw(t, "first")}
		if rapid.Bool().Draw(t, "noticed") {
			d.NoticedOn = due.AddDays(rapid.IntRange(-5, 200).Draw(t, "notice"))
		}
		for range rapid.IntRange(0, 4).Draw(t, "payments") {
			d.Payments = append(d.Payments, statute.Payment{On: due.AddDays(rapid.IntRange(-20, 700).Draw(t, "on")), Amount: cents(rapid.Int64Range(1, 5e7).Draw(t, "amount"))})
		}
		c, err := l.Compute(d, due.AddDays(rapid.IntRange(0, 800).Draw(t, "as of")))
		if err != nil {
			t.Fatal(err)
		}
		sum := d.Principal
		for _, r := range c.Sheet {
			sum = sum.Plus(r.Amount)
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
	d := statute.Debt{Principal: cents(1234567), DueOn: day("2022-01-31"), Regime: statute.Commercial, NoticedOn: day("2022-03-01"),
		Payments: []statute.Payment{{On: day("2023-02-01"), Amount: cents(100000)}, {On: day("2024-02-01"), Amount: cents(100000)}}}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := l.Compute(d, day("2026-03-31")); err != nil {
			b.Fatal(err)
		}
	}
}
