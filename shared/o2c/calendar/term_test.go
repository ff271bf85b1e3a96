package calendar

import "testing"

// TestFC_35_TermsFallDueAtTheMonthsEnd: vectors of public accounting packages and the ends of
// months, leap years among them.
func TestFC_35_TermsFallDueAtTheMonthsEnd(t *testing.T) {
	for _, tc := range []struct {
		kind         TermKind
		days         int
		issued, want string
	}{
		{Net, 30, "2016-01-22", "2016-02-21"},
		{Net, 0, "2016-02-29", "2016-02-29"},
		{Net, 30, "2026-12-05", "2027-01-04"},
		{DaysEndOfMonth, 30, "2016-01-22", "2016-02-29"},
		{DaysEndOfMonth, 30, "2017-01-22", "2017-02-28"},
		{DaysEndOfMonth, 30, "2016-01-31", "2016-03-31"},
		{DaysEndOfMonth, 30, "2026-01-01", "2026-01-31"},
		{DaysEndOfMonth, 0, "2024-02-01", "2024-02-29"},
		{DaysEndOfMonth, 60, "2026-11-15", "2027-01-31"},
		{EndOfMonthPlus, 30, "2016-01-22", "2016-03-01"},
		{EndOfMonthPlus, 30, "2017-01-22", "2017-03-02"},
		{EndOfMonthPlus, 14, "2024-02-10", "2024-03-14"},
		{EndOfMonthPlus, 0, "2023-02-10", "2023-02-28"},
		{EndOfMonthPlus, 30, "2026-12-31", "2027-01-30"},
	} {
		term := Term{Kind: tc.kind, Days: tc.days}
		got := term.Due(date(t, tc.issued))
		if got.String() != tc.want {
			t.Errorf("%q %d days from %s falls due on %s, want %s", tc.kind, tc.days, tc.issued, got, tc.want)
		}
		if n := got.DaysSince(date(t, tc.issued)); n > term.Longest() {
			t.Errorf("%q %d days gave %d, more than the longest %d", tc.kind, tc.days, n, term.Longest())
		}
	}
}

// TestWorkingDaysElsewhere: each country has its own days off.
func TestWorkingDaysElsewhere(t *testing.T) {
	for _, tc := range []struct {
		country, day string
		works        bool
	}{
		{"DE", "2026-10-03", false}, {"DE", "2026-05-01", false}, {"DE", "2026-04-27", true},
		{"FR", "2026-07-14", false}, {"FR", "2026-04-27", true}, {"BE", "2026-07-21", false}, {"BE", "2026-05-05", true},
		{"NL", "2026-04-27", false}, {"NL", "2026-07-14", true}, {"GB", "2026-12-28", false}, {"XX", "2026-04-27", true}, {"XX", "2026-04-25", false},
	} {
		if got := Of(tc.country).Works(date(t, tc.day)); got != tc.works {
			t.Errorf("%s works on %s: %v", tc.country, tc.day, got)
		}
	}
}
