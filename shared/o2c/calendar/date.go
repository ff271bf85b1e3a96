// Package calendar owns civil dates: days as people see them in the seller's
// zone, their arithmetic, and which of them are working days. It does not own
// clocks: every instant comes in as an argument.
package calendar

import (
	"fmt"
	"time"

	"duly/shared/o2c/fault"
)

// Date is a civil date. The zero Date is no date.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// On is the date of an instant in a zone.
func On(at time.Time, zone *time.Location) Date {
	y, m, d := at.In(zone).Date()
	return Date{y, m, d}
}

// Parse reads "2026-12-04".
func Parse(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return Date{}, fault.Breaks("date.form", `date "{typed}" is not of the form 2026-12-04`, "typed", s)
	}
	return On(t, time.UTC), nil
}

func (d Date) utc() time.Time { return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC) }

// Start is the first instant of the date in a zone. Where the clock skips
// midnight it is the instant the clock skips to.
func (d Date) Start(zone *time.Location) time.Time {
	t := time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, zone)
	if On(t, zone) != d { // the day begins after midnight there
		t = time.Date(d.Year, d.Month, d.Day, 12, 0, 0, 0, zone)
		for On(t.Add(-time.Minute), zone) == d {
			t = t.Add(-time.Minute)
		}
	}
	return t
}

// At is a wall-clock time on the date in a zone.
func (d Date) At(hour, minute int, zone *time.Location) time.Time {
	return time.Date(d.Year, d.Month, d.Day, hour, minute, 0, 0, zone)
}

// AddDays is the date n days later.
func (d Date) AddDays(n int) Date { return On(d.utc().AddDate(0, 0, n), time.UTC) }

// AddMonths is the same day n months later, or that month's last day when it
// is shorter.
func (d Date) AddMonths(n int) Date {
	first := time.Date(d.Year, d.Month+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	return Date{first.Year(), first.Month(), min(d.Day, last)}
}

// EndOfMonth is the last day of the date's month.
func (d Date) EndOfMonth() Date { return Date{d.Year, d.Month, 1}.AddMonths(1).AddDays(-1) }

// DaysSince is the number of days from an earlier date to this one.
func (d Date) DaysSince(e Date) int { return int(d.utc().Sub(e.utc()) / (24 * time.Hour)) }

// Before and After compare dates.
func (d Date) Before(e Date) bool { return d.utc().Before(e.utc()) }
func (d Date) After(e Date) bool  { return e.Before(d) }

// Compare is -1, 0 or 1, for sorting.
func (d Date) Compare(e Date) int { return d.utc().Compare(e.utc()) }

// IsZero reports whether there is no date.
func (d Date) IsZero() bool { return d == Date{} }

// Weekday is the day of the week.
func (d Date) Weekday() time.Weekday { return d.utc().Weekday() }

// String is "2026-12-04"; no date is "".
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day)
}

// MarshalText writes "2026-12-04", or nothing for no date.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (d *Date) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*d = Date{}
		return nil
	}
	var err error
	*d, err = Parse(string(b))
	return err
}
