package statute

import (
	_ "embed"
	"slices"

	"duly/shared/o2c/lazy"

	"github.com/shopspring/decimal"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/party"
)

// InvoiceLaw is what the seller's country asks of its invoices beyond what every
// member state asks (directive 2006/112/EC, articles 217 to 240).
type InvoiceLaw struct {
	Country         string          `json:"country"`          // "": those that the table does not name
	Register        bool            `json:"register"`         // the number in the trade register stands on every document
	SimplifiedBelow decimal.Decimal `json:"simplified_below"` // euros, tax included: below it the customer need not be named
	IssueByDay      int             `json:"issue_by_day"`     // of the month after the supply; the last day
	KeepYears       int             `json:"keep_years"`       // from the end of the year
	KeepYearsLong   int             `json:"keep_years_long"`  // of what the One Stop Shop covers, and of immovable property
	Structured      []Mandate       `json:"structured"`
	Source          string          `json:"source"`
}

// Mandate says who must be sent e-invoices, from a day on, when seller and
// customer are of the same country.
type Mandate struct {
	From   calendar.Date `json:"from"`
	To     []party.Kind  `json:"to"`
	Source string        `json:"source"`
}

//go:embed invoice_law.json
var invoiceLawTable []byte

// invoiceLaws is the table; a test keeps it whole.
var invoiceLaws = lazy.JSON[struct {
	Laws []InvoiceLaw `json:"laws"`
}]("statute: invoice_law.json", invoiceLawTable)

// InvoiceLawOf is the law of a seller's country; the directive's own where the
// table does not know the country.
func InvoiceLawOf(country string) InvoiceLaw {
	laws := invoiceLaws().Laws
	i := slices.IndexFunc(laws, func(l InvoiceLaw) bool { return l.Country == country })
	return laws[max(0, i)]
}

// IssueBy is the last day on which the invoice of a supply may be issued
// (article 222; in the Netherlands article 34g Wet OB 1968).
func (l InvoiceLaw) IssueBy(supplied calendar.Date) calendar.Date {
	next := calendar.Date{Year: supplied.Year, Month: supplied.Month, Day: 1}.AddMonths(1)
	return next.AddDays(l.IssueByDay - 1)
}

// MustBeStructured reports whether a customer must be sent an e-invoice, which a
// PDF is not.
func (l InvoiceLaw) MustBeStructured(to party.Kind, country string, on calendar.Date) bool {
	return country == l.Country && slices.ContainsFunc(l.Structured, func(m Mandate) bool {
		return !on.Before(m.From) && slices.Contains(m.To, to)
	})
}
