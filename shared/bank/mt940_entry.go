package bank

import (
	"fmt"
	"strings"

	"duly/shared/o2c/lazy"

	"duly/shared/o2c/calendar"
)

// The line of an entry: value date, entry date, direction (R: takes an entry back, E: expected), third letter of the currency,
// amount, type, the customer's reference, the bank's behind "//".
var mt940EntryForm = lazy.Pattern(`^(\d{6})(\d{4})? ?([RE]?[CD])([A-Z])?([0-9]+[,.][0-9]*|[0-9]+)([NFS][A-Z0-9]{3})?(.*)$`)

var ibanForm = lazy.Pattern(`^[A-Z]{2}\d{2}[A-Z]{4}[A-Z0-9]{7,26}$`)

// entry reads one field 61.
func (s *mt940Statement) entry(f mt940Field, count *int) error {
	if !s.opened {
		return refuse(f.line, "file.balance", "an entry stands before the opening balance; the statement has no opening balance (:60F:)")
	}
	m := mt940EntryForm().FindStringSubmatch(f.first())
	if m == nil {
		return refuse(f.line, "file.entry", "entry {problem} is not of the form 2501310131C1234,56NTRFREFERENCE//BANK", "problem", ":61:"+clean(f.first(), 60))
	}
	if m[3][0] == 'E' {
		return nil // expected: it did not move the booked balance
	}
	value, ok := mt940Day(m[1])
	if !ok {
		return refuse(f.line, "file.day", "{typed} is no day", "typed", m[1])
	}
	booked, ok := bookedOn(value, m[2])
	if !ok {
		return refuse(f.line, "file.day", "{typed} is no day of a month", "typed", m[2])
	}
	amount, problem := mt940Amount(m[5], s.told.Opening.Currency)
	if problem != "" {
		return refuse(f.line, "file.entry", "entry: {problem}", "problem", problem)
	}
	if m[3] == "D" || m[3] == "RC" { // a credit taken back is money out
		amount = amount.Neg()
	}
	if *count++; *count > EntriesMax {
		return tooManyEntries(f.line)
	}
	ours, theirs, _ := strings.Cut(m[7], "//")
	e := movement{ref: meaningful(theirs), on: booked}
	e.Amount, e.ValueOn, e.BookedOn = amount, value, booked
	e.Reversal = m[3][0] == 'R' || m[6] == "NRTI"
	e.Fee = amount.IsNegative() && (m[6] == "NCHG" || m[6] == "NCOM") // SWIFT: charges and other expenses, commission
	e.EndToEnd = meaningful(ours)
	// The supplementary line is the bank's to use: Rabobank puts the other account there.
	switch more := clean(strings.Join(f.lines[1:], " "), textCharsMax); {
	case ibanForm().MatchString(compact(more)):
		e.IBAN = compact(more)
	case !strings.HasPrefix(more, "/TRCD/"): // ING's code of the kind of entry
		e.Text = more
	}
	s.told.movements = append(s.told.movements, e)
	s.detail = &s.told.movements[len(s.told.movements)-1]
	return nil
}

// bookedOn is the day of the booking, which the entry gives without a year: the one nearest to its value date.
func bookedOn(value calendar.Date, monthDay string) (calendar.Date, bool) {
	if monthDay == "" {
		return value, true
	}
	best, found := calendar.Date{}, false
	for year := value.Year - 1; year <= value.Year+1; year++ {
		d, err := calendar.Parse(fmt.Sprintf("%d-%s-%s", year, monthDay[:2], monthDay[2:]))
		if err == nil && (!found || apart(d, value) < apart(best, value)) {
			best, found = d, true
		}
	}
	return best, found
}

func apart(a, b calendar.Date) int {
	if n := a.DaysSince(b); n > 0 {
		return n
	}
	return b.DaysSince(a)
}

// meaningful is a reference, or nothing when it stands for nothing: placeholders, the codes that say "see field 86", zeros.
func meaningful(ref string) string {
	ref = clean(ref, nameCharsMax)
	switch strings.TrimSuffix(strings.ToUpper(ref), "+") {
	case "NONREF", "EREF", "PREF", "MARF", "KREF", "":
		return ""
	}
	if strings.Trim(ref, "0") == "" {
		return ""
	}
	return ref
}
