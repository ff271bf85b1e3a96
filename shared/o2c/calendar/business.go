package calendar

import (
	"time"

	"github.com/rickar/cal/v2"
	"github.com/rickar/cal/v2/at"
	"github.com/rickar/cal/v2/be"
	"github.com/rickar/cal/v2/de"
	"github.com/rickar/cal/v2/fr"
	"github.com/rickar/cal/v2/gb"
	"github.com/rickar/cal/v2/lu"
	"github.com/rickar/cal/v2/nl"
)

// Business knows the working days of one country: Monday to Friday without
// public holidays.
type Business struct{ days *cal.BusinessCalendar }

// Netherlands is the Dutch calendar. Good Friday is not a public holiday there
// and Liberation Day is one in lustrum years only (CAO practice), so neither is
// taken from the library's list as it stands.
func Netherlands() Business {
	c := cal.NewBusinessCalendar()
	c.AddHoliday(nl.Nieuwjaar, nl.TweedePaasdag, nl.Koningsdag, nl.Hemelvaart, nl.TweedePinksterDag, nl.EersteKerstdag, nl.TweedeKerstdag, lustrum())
	return Business{days: c}
}

// Of is the calendar of a country, by its ISO 3166-1 code: the days off of the
// whole country, not of its parts. Where none is known, Monday to Friday work.
func Of(country string) Business {
	c := cal.NewBusinessCalendar()
	switch country {
	case "NL":
		return Netherlands()
	case "BE":
		c.AddHoliday(be.Holidays...)
	case "DE":
		c.AddHoliday(de.Holidays...)
	case "FR":
		c.AddHoliday(fr.Holidays...)
	case "GB":
		c.AddHoliday(gb.Holidays...)
	case "LU":
		c.AddHoliday(lu.Holidays...)
	case "AT":
		c.AddHoliday(at.Holidays...)
	}
	return Business{days: c}
}

// lustrum is Liberation Day (5 May) in the years that most collective
// agreements make it a day off: every fifth year.
func lustrum() *cal.Holiday {
	return &cal.Holiday{Name: "Bevrijdingsdag", Month: time.May, Day: 5, Func: func(h *cal.Holiday, year int) time.Time {
		if year%5 != 0 {
			return time.Time{}
		}
		return time.Date(year, h.Month, h.Day, 0, 0, 0, 0, time.UTC)
	}}
}

// Works reports whether the date is a working day.
func (b Business) Works(d Date) bool { return b.days.IsWorkday(d.utc()) }

// Next is the date itself when it is a working day, else the first one after.
func (b Business) Next(d Date) Date {
	for !b.Works(d) {
		d = d.AddDays(1)
	}
	return d
}

// Add is the date n working days later, n at least 1.
func (b Business) Add(d Date, n int) Date {
	for ; n > 0; n-- {
		d = b.Next(d.AddDays(1))
	}
	return d
}
