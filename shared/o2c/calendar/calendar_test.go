package calendar

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func date(t testing.TB, s string) Date {
	t.Helper()
	d, err := Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestMonthsKeepToTheirEnd(t *testing.T) {
	for _, tc := range []struct {
		from   string
		months int
		want   string
	}{
		{"2026-01-31", 1, "2026-02-28"}, {"2024-01-31", 1, "2024-02-29"}, {"2026-01-31", 3, "2026-04-30"}, {"2026-12-15", 1, "2027-01-15"}, {"2026-03-31", -1, "2026-02-28"},
	} {
		if got := date(t, tc.from).AddMonths(tc.months); got.String() != tc.want {
			t.Errorf("%s + %d months = %s, want %s", tc.from, tc.months, got, tc.want)
		}
	}
	if got := date(t, "2024-02-10").EndOfMonth().String(); got != "2024-02-29" {
		t.Errorf("end of February 2024 is %s", got)
	}
}

func TestDutchWorkingDays(t *testing.T) {
	days := Netherlands()
	for text, want := range map[string]bool{
		"2026-01-01": false, // New Year
		"2026-04-03": true,  // Good Friday is no public holiday
		"2026-04-06": false, // Easter Monday
		"2026-04-27": false, // King's Day
		"2026-05-05": true,  // Liberation Day counts in lustrum years
		"2025-05-05": false,
		"2026-05-14": false, // Ascension
		"2026-05-25": false, // Whit Monday
		"2026-12-25": false, "2026-12-26": false, "2026-01-03": false, "2026-01-05": true,
	} {
		if got := days.Works(date(t, text)); got != want {
			t.Errorf("%s works: %v, want %v", text, got, want)
		}
	}
	if got := days.Next(date(t, "2026-12-25")).String(); got != "2026-12-28" {
		t.Errorf("after Christmas comes %s", got)
	}
	if got := days.Add(date(t, "2026-04-02"), 2).String(); got != "2026-04-07" {
		t.Errorf("two working days after Maundy Thursday is %s", got)
	}
}

func TestDatesAreCivilInEveryZone(t *testing.T) {
	zones := []string{"Europe/Amsterdam", "Pacific/Auckland", "Pacific/Pago_Pago", "America/Sao_Paulo", "Asia/Beirut", "Africa/Cairo", "America/Havana"}
	rapid.Check(t, func(t *rapid.T) {
		zone, err := time.LoadLocation(rapid.SampledFrom(zones).Draw(t, "zone"))
		if err != nil {
			t.Fatal(err)
		}
		d := On(time.Date(2016, 1, 1, 12, 0, 0, 0, time.UTC), time.UTC).AddDays(rapid.IntRange(0, 4000).Draw(t, "days"))
		start := d.Start(zone)
		if On(start, zone) != d || On(start.Add(-time.Nanosecond), zone) == d {
			t.Fatalf("%s in %s starts at %s", d, zone, start)
		}
		n := rapid.IntRange(-800, 800).Draw(t, "n")
		if d.AddDays(n).DaysSince(d) != n {
			t.Fatalf("%s + %d days = %s", d, n, d.AddDays(n))
		}
	})
}
