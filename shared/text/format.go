package text

import (
	"strconv"
	"strings"
	"time"

	"duly/shared/currency"
)

// Money spells minor units of a currency as the language does, by CLDR:
// "€1,240.00" in English, "€ 1.240,00" in Dutch, "1.240,00 €" in German and
// "1 240,00 €" in French. The blanks in it do not break (U+00A0, U+202F).
func Money(minor int64, code, lang string) string { return currency.Format(minor, code, lang) }

// Money spells minor units of a currency; see the function of that name.
func (w Words) Money(minor int64, code string) string { return Money(minor, code, w.lang) }

// Percent spells a decimal such as "21" or "5.5" as a percentage.
func (w Words) Percent(decimal string) string {
	return w.Say("format.percent", "Number", w.Decimal(decimal))
}

// Decimal spells a decimal with the language's point, without separators of
// thousands, as people type it: "1240,00".
func (w Words) Decimal(decimal string) string {
	return strings.Replace(decimal, ".", w.Say("format.decimal"), 1)
}

// Day is a civil date. Its fields are those of the cycle's calendar.Date, which
// converts to it.
type Day struct {
	Year  int
	Month time.Month
	Day   int
}

// Date spells a date in full: "4 December 2026".
func (w Words) Date(d Day) string {
	return w.Say("format.date", "Day", w.ordinal(d), "Month", w.Say("month."+strconv.Itoa(int(d.Month))), "Year", d.Year)
}

// Short spells a date that is near: "4 Dec".
func (w Words) Short(d Day) string {
	return w.Say("format.short", "Day", w.ordinal(d), "Month", w.Say("month_short."+strconv.Itoa(int(d.Month))))
}

// Weekday spells a date that is near with its day: "Fri 4 Dec".
func (w Words) Weekday(d Day) string {
	day := time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC).Weekday()
	return w.Say("weekday_short."+strconv.Itoa(int(day))) + " " + w.Short(d)
}

// ordinal is the day of the month as the language writes it: "4", "4." or, for
// the first alone, "1er".
func (w Words) ordinal(d Day) string {
	if d.Day == 1 {
		return w.Say("format.first")
	}
	return w.Say("format.day", "Day", d.Day)
}
