package page

import (
	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"

	"duly/shared/o2c"
	"duly/shared/o2c/invoice"
	"duly/shared/text"
)

// statementPage is the page of all that a customer has open.
type statementPage struct {
	frame
	o2c.StatementPageView
}

// Statement renders the page of all that a customer has open.
func (p *Pages) Statement(v o2c.StatementPageView, at Visit) []byte {
	s := statementPage{frame: newFrame(at, v.Customer.Language, v.Seller), StatementPageView: v}
	s.title = s.Say("page.statement_title")
	return s.document(h.P(g.Text(text.Plain(v.Customer.Name))), s.open())
}

// open is the invoices, and what they come to.
func (p statementPage) open() g.Node {
	if len(p.Invoices) == 0 {
		return h.P(h.Class("done"), p.said("page.nothing_open"))
	}
	var sums g.Group
	if !p.foreign() {
		sums = g.Group{total(2, p.Say("page.total"), p.amount(p.Total))}
	}
	return wide(h.Aria("label", p.title), []string{p.Say("mail.col.invoice"), p.Say("mail.col.due"), p.Say("mail.col.open")}, g.Map(p.Invoices, p.item), sums)
}

func (p statementPage) item(i o2c.InvoiceLink) g.Node {
	return row(link(i.URL, i.Invoice.Number),
		h.Td(h.Class("soft"), g.Text(p.near(i.Invoice.DueOn)), h.Br(), h.Span(h.Class("hint"), g.Text(p.late(i.Invoice)))),
		cell(p.amount(i.Invoice.Open)))
}

// late says how many days an invoice is late.
func (p statementPage) late(d invoice.Data) string {
	days := p.Today.DaysSince(d.DueOn)
	if days <= 0 {
		return p.Say("mail.not_due")
	}
	return p.Count("page.late", days)
}

// foreign reports whether an invoice is in another currency than the total.
func (p statementPage) foreign() bool {
	for _, i := range p.Invoices {
		if i.Invoice.Currency != p.Total.Currency {
			return true
		}
	}
	return false
}
