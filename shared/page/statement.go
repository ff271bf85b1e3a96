package page

import (
	"bytes"
	"encoding/csv"
	"slices"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"

	"duly/shared/o2c"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/money"
	"duly/shared/text"
)

// statementPage is the page of all that a customer has open.
type statementPage struct {
	frame
	o2c.StatementPageView
	brand    string
	returned bool // from the payment page, maybe before its news
}

// Statement renders the page of all that a customer has open, and of what it
// paid last.
func (p *Pages) Statement(v o2c.StatementPageView, at Visit) []byte {
	s := statementPage{frame: p.frame(at, v.Customer.Language, v.Seller), StatementPageView: v, brand: p.opt.Brand}
	s.title = s.Say("page.statement_title")
	s.returned = at.Returned && len(v.Dues) > 0 && at.Said == ""
	if slices.Contains([]string{SaidLater, SaidRefused}, at.Said) {
		s.at, s.problem = at.Said, s.Say("page.error."+at.Said)
	}
	return s.document(
		h.P(g.Text(text.Plain(v.Customer.Name)), h.Br(), h.Span(h.Class("hint"), s.said("page.statement_of", "Date", s.full(v.Today)))),
		g.If(s.returned, note(s.Say("page.returned"))), s.collectDone(at.Done), s.pay(), s.open(), s.collecting(s.Collect, false), s.settled(),
		g.If(len(v.Invoices)+len(v.Settled) > 0, h.P(h.A(h.Class("file"), href(s.path+"/csv?lang="+s.Language()), s.said("page.statement_download")))))
}

// pay is one button per currency, over all that is overdue, or else open.
func (p statementPage) pay() g.Node {
	if p.brand == "" || len(p.Dues) == 0 {
		return nil
	}
	var forms g.Group
	for i, due := range p.Dues {
		key, class := "page.pay_open", h.Class("second")
		if due.Overdue {
			key = "page.pay_overdue"
		}
		if i == 0 {
			class = nil
		}
		forms = append(forms, h.Form(h.Method("post"), h.Action(p.action("pay")),
			h.Input(h.Type("hidden"), h.Name("currency"), h.Value(due.Amount.Currency)),
			h.Button(h.Type("submit"), class, p.said(key, "Amount", p.amount(due.Amount))), g.If(i == 0, p.keep(p.Collect, p.Seller.Name))))
	}
	return g.Group{forms, hint(p.Say("page.methods", "Brand", p.brand)), hint(p.Say("page.statement_hint"))}
}

// open is the invoices, and what they come to.
func (p statementPage) open() g.Node {
	if len(p.Invoices) == 0 {
		return h.P(h.Class("done"), p.said("page.nothing_open"))
	}
	sums := g.Group{}
	for _, sum := range p.Totals {
		sums = append(sums, total(2, p.Say("page.total"), p.amount(sum)))
	}
	return wide(h.Aria("label", p.title), []string{p.Say("mail.col.invoice"), p.Say("mail.col.due"), p.Say("mail.col.open")}, g.Map(p.Invoices, p.item), sums)
}

// settled is what was paid or credited last.
func (p statementPage) settled() g.Node {
	if len(p.Settled) == 0 {
		return nil
	}
	return h.Section(h.H2(h.ID("settled"), p.said("page.statement_paid")),
		wide(h.Aria("labelledby", "settled"), []string{p.Say("mail.col.invoice"), p.Say("page.col.paid"), p.Say("page.col.total")}, g.Map(p.Settled, func(i o2c.InvoiceLink) g.Node {
			on := p.Say("page.step.settled")
			if i.Invoice.Status == invoice.Paid && !i.Invoice.PaidOn.IsZero() {
				on = p.near(i.Invoice.PaidOn)
			}
			return row(link(i.URL, i.Invoice.Number), h.Td(h.Class("soft"), g.Text(on)), cell(p.amount(i.Invoice.Total)))
		}), nil))
}

// StatementCSV is the statement for a spreadsheet: dates as 2026-12-04, amounts
// with the reader's decimal sign. No text of it begins a formula.
func (p *Pages) StatementCSV(v o2c.StatementPageView, at Visit) []byte {
	f := p.frame(at, v.Customer.Language, v.Seller)
	var out bytes.Buffer
	out.WriteString("\ufeff") // spreadsheets read UTF-8 by it
	w := csv.NewWriter(&out)
	w.Comma = ';'
	digits := func(a money.Amount) string { return f.Decimal(a.Decimal().StringFixed(money.Digits(a.Currency))) }
	_ = w.Write([]string{f.Say("mail.col.invoice"), f.Say("page.col.issued"), f.Say("mail.col.due"), f.Say("page.col.total"), f.Say("mail.col.open"), f.Say("page.col.paid"), f.Say("page.amount"), f.Say("pdf.reference")})
	for _, i := range slices.Concat(v.Invoices, v.Settled) { // a buffer takes everything
		d := i.Invoice
		paid := ""
		if !d.PaidOn.IsZero() {
			paid = d.PaidOn.String()
		}
		_ = w.Write([]string{text.Plain(d.Number), d.IssuedOn.String(), d.DueOn.String(), digits(d.Total), digits(d.Open), paid, d.Currency, d.Reference})
	}
	w.Flush()
	return out.Bytes()
}

func (p statementPage) item(i o2c.InvoiceLink) g.Node {
	return row(link(i.URL, i.Invoice.Number),
		h.Td(h.Class("soft"), g.Text(p.near(i.Invoice.DueOn)), h.Br(), h.Span(h.Class("hint"), g.Text(p.late(i.Invoice)))),
		h.Td(g.Text(p.amount(i.Invoice.Open)), g.If(i.Invoice.Disputed().IsPositive(), g.Group{h.Br(), h.Span(h.Class("hint"), p.said("page.of_it_disputed", "Amount", p.amount(i.Invoice.Disputed())))})))
}

// late says how many days an invoice is late.
func (p statementPage) late(d invoice.Data) string {
	days := p.Today.DaysSince(d.DueOn)
	if days <= 0 {
		return p.Say("mail.not_due")
	}
	return p.Count("page.late", days)
}
