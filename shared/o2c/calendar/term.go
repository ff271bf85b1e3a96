package calendar

import "duly/shared/o2c/fault"

// TermKind is how days to pay are counted.
type TermKind string

// The kinds of terms.
const (
	Net            TermKind = ""         // so many days after the invoice
	EndOfMonthPlus TermKind = "eom_plus" // so many days after the end of the invoice's month
	DaysEndOfMonth TermKind = "days_eom" // so many days after the invoice, and then the end of that month
)

// TermKinds lists them.
func TermKinds() []TermKind { return []TermKind{Net, EndOfMonthPlus, DaysEndOfMonth} }

// Term is when an invoice falls due.
type Term struct {
	Kind TermKind
	Days int
}

// Due is the last day on which an invoice of a day is paid in time.
func (t Term) Due(issued Date) Date {
	switch t.Kind {
	case EndOfMonthPlus:
		return issued.EndOfMonth().AddDays(t.Days)
	case DaysEndOfMonth:
		return issued.AddDays(t.Days).EndOfMonth()
	}
	return issued.AddDays(t.Days)
}

// Longest is the most days that the term gives, whatever the day of the invoice:
// what the law's limits are asked about.
func (t Term) Longest() int {
	if t.Kind == Net {
		return t.Days
	}
	return t.Days + 30
}

// Share is one of several due dates of an invoice: so many percent of it, so many
// days after it.
type Share struct {
	Percent int `json:"percent"`
	Days    int `json:"days"`
}

// SharesMax is how many due dates an invoice has at the most.
const SharesMax = 12

// CheckShares says what is wrong with instalments: they come in the order of
// their days and make the whole. None at all are right.
func CheckShares(all []Share) error {
	if len(all) == 0 {
		return nil
	}
	if len(all) < 2 || len(all) > SharesMax {
		return fault.Breaks("share.count", "{n} instalments; from 2 to {most} are possible", "n", len(all), "most", SharesMax)
	}
	sum, last := 0, -1
	for _, s := range all {
		if s.Percent < 1 || s.Days <= last || s.Days > 366 {
			return fault.Breaks("share.one", "an instalment of {percent} % after {n} days; each is at least 1 %, later than the one before, within a year", "percent", s.Percent, "n", s.Days)
		}
		sum, last = sum+s.Percent, s.Days
	}
	if sum != 100 {
		return fault.Breaks("share.sum", "the instalments make {percent} %; they make 100", "percent", sum)
	}
	return nil
}
