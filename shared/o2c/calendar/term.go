package calendar

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
