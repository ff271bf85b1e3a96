package chat

import (
	"strconv"
	"strings"
	"time"

	"duly/shared/o2c/calendar"
	"duly/shared/text"
)

// ReadDay reads a day as people write it, in any of our languages and with the day before the month: "12 dec",
// "12 december 2026", "12-12", "2026-12-12", "morgen", "friday", "3d", "+2w". A day without a year, and a weekday, is the
// next one to come. ok is false for what is no day.
func ReadDay(said string, today calendar.Date) (day calendar.Date, ok bool) {
	said = strings.ToLower(strings.Join(strings.Fields(strings.ReplaceAll(said, ",", " ")), " "))
	if d, err := calendar.Parse(said); err == nil {
		return d, true
	}
	if n, ok := ReadDays(said); ok {
		return today.AddDays(n), true
	}
	switch said {
	case "today", "vandaag", "heute", "aujourd'hui", "aujourd’hui":
		return today, true
	case "tomorrow", "morgen", "demain":
		return today.AddDays(1), true
	}
	if d, ok := nextWeekday(said, today); ok {
		return d, true
	}
	return calendarDay(said, today)
}

// daysMax bounds a span in days.
const daysMax = 366

// ReadDays reads a span of days: "3d", "+3 days", "2w".
func ReadDays(said string) (n int, ok bool) {
	said = strings.TrimPrefix(strings.ToLower(strings.ReplaceAll(said, " ", "")), "+")
	digits := strings.TrimRight(said, "abcdefghijklmnopqrstuvwxyz")
	each := map[string]int{"d": 1, "day": 1, "days": 1, "dag": 1, "dagen": 1, "tag": 1, "tage": 1, "j": 1, "jour": 1, "jours": 1,
		"w": 7, "week": 7, "weeks": 7, "weken": 7, "woche": 7, "wochen": 7, "semaine": 7, "semaines": 7}[said[len(digits):]]
	n, err := strconv.Atoi(digits)
	if err != nil || each == 0 || n < 1 || n*each > daysMax {
		return 0, false
	}
	return n * each, true
}

// weekdays are the days by name, from Sunday.
var weekdays = [7][]string{
	{"sunday", "zondag", "sonntag", "dimanche"}, {"monday", "maandag", "montag", "lundi"}, {"tuesday", "dinsdag", "dienstag", "mardi"},
	{"wednesday", "woensdag", "mittwoch", "mercredi"}, {"thursday", "donderdag", "donnerstag", "jeudi"},
	{"friday", "vrijdag", "freitag", "vendredi"}, {"saturday", "zaterdag", "samstag", "samedi"},
}

func nextWeekday(said string, today calendar.Date) (calendar.Date, bool) {
	for n := 1; n <= 7; n++ {
		d := today.AddDays(n)
		for _, name := range weekdays[d.Weekday()] {
			if said == name || len(said) == 3 && strings.HasPrefix(name, said) {
				return d, true
			}
		}
	}
	return calendar.Date{}, false
}

// calendarDay reads day, month and, if it is said, year.
func calendarDay(said string, today calendar.Date) (calendar.Date, bool) {
	parts := strings.FieldsFunc(said, func(r rune) bool { return strings.ContainsRune(" -/.", r) })
	if len(parts) < 2 || len(parts) > 3 {
		return calendar.Date{}, false
	}
	number, err := strconv.Atoi(strings.TrimRight(parts[0], "abcdefghijklmnopqrstuvwxyz"))
	month := monthOf(parts[1])
	if err != nil || month == 0 {
		return calendar.Date{}, false
	}
	year := today.Year
	if len(parts) == 3 {
		if year, err = strconv.Atoi(parts[2]); err != nil {
			return calendar.Date{}, false
		}
		if year < 100 {
			year += 2000
		}
	}
	day, ok := dated(year, month, number)
	if ok && len(parts) == 2 && day.Before(today) {
		return dated(year+1, month, number)
	}
	return day, ok
}

func dated(year int, month time.Month, day int) (calendar.Date, bool) {
	d := calendar.Date{Year: year, Month: month, Day: day}
	return d, d.AddDays(0) == d // 31 February is no day
}

// monthOf reads a month by its number or the beginning of its name, at least three letters; 0: it is none, or two.
func monthOf(said string) time.Month {
	if n, err := strconv.Atoi(said); err == nil && n >= 1 && n <= 12 {
		return time.Month(n)
	}
	if len([]rune(said)) < 3 {
		return 0
	}
	for _, language := range text.Languages() {
		for n := 1; n <= 12; n++ {
			name := strings.ToLower(text.In(language).Say("month." + strconv.Itoa(n)))
			short := strings.TrimRight(strings.ToLower(text.In(language).Say("month_short."+strconv.Itoa(n))), ".")
			if said == name || said == short || strings.HasPrefix(name, said) && !strings.HasPrefix("juillet", said) {
				return time.Month(n)
			}
		}
	}
	if said == "juil" || said == "juill" {
		return time.July
	}
	return 0
}

// ReadMonth reads a month: "2026-01", "january 2026", "jan"; without a year it is the last one that began.
func ReadMonth(said string, today calendar.Date) (first calendar.Date, ok bool) {
	said = strings.ToLower(strings.TrimSpace(said))
	if d, err := calendar.Parse(said + "-01"); err == nil {
		return d, true
	}
	name, year, given := strings.Cut(said, " ")
	month := monthOf(name)
	if month == 0 {
		return calendar.Date{}, false
	}
	first = calendar.Date{Year: today.Year, Month: month, Day: 1}
	if given {
		n, err := strconv.Atoi(year)
		if err != nil || n < 2000 || n > 9999 {
			return calendar.Date{}, false
		}
		first.Year = n
	} else if first.After(today) {
		first.Year--
	}
	return first, true
}
