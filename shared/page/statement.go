package page

import (
	"duly/shared/o2c"
	"duly/shared/o2c/invoice"
)

// statementPage is the page of all that a customer has open.
type statementPage struct {
	frame
	o2c.StatementPageView
}

// Statement renders the page of all that a customer has open.
func (p *Pages) Statement(v o2c.StatementPageView, at Visit) ([]byte, error) {
	f := p.frame(at, v.Customer.Language, v.Seller)
	f.Title = f.Say("page.statement_title")
	return p.render("statement.html", statementPage{frame: f, StatementPageView: v})
}

// Late says how many days an invoice is late.
func (p statementPage) Late(d invoice.Data) string {
	days := p.Today.DaysSince(d.DueOn)
	if days <= 0 {
		return p.Say("mail.not_due")
	}
	return p.Count("page.late", days)
}

// Foreign reports whether an invoice is in another currency than the total.
func (p statementPage) Foreign() bool {
	for _, i := range p.Invoices {
		if i.Invoice.Currency != p.Total.Currency {
			return true
		}
	}
	return false
}
