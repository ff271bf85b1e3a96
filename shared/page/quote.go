package page

import (
	"slices"
	"strconv"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"

	"duly/shared/o2c"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/quote"
	"duly/shared/text"
)

// More keys of page.error, for the page of a quote.
const (
	SaidName    = "name"    // nobody is named who accepts
	SaidAgree   = "agree"   // the box is not ticked
	SaidChanged = "changed" // another version took its place
	SaidSoon    = "soon"    // its document is not kept yet
)

// quotePage is the page of a quote.
type quotePage struct {
	frame
	o2c.QuotePageView
}

// Quote renders the page of a quote.
func (p *Pages) Quote(v o2c.QuotePageView, at Visit) []byte {
	q := quotePage{frame: p.frame(at, v.Quote.Buyer.Language, v.Quote.Seller), QuotePageView: v}
	q.title = q.Say("page.quote", "Number", v.Quote.Number)
	if slices.Contains([]string{SaidName, SaidAgree, SaidChanged, SaidSoon, SaidRefused}, at.Said) {
		q.at, q.problem = at.Said, q.Say("page.error."+at.Said)
	}
	return q.document(q.state(), q.subject(), q.papers(), q.accept(), q.lines(), q.evidence(), q.decline())
}

// open reports whether the quote can be answered.
func (p quotePage) open() bool {
	return p.Quote.Status == quote.Sent && !p.Over && p.Quote.Document.Hash != ""
}

// state is what is offered and until when, or what came of it.
func (p quotePage) state() g.Node {
	d := p.Quote
	switch {
	case d.Status == quote.Accepted:
		return g.Group{h.P(h.Class("done"), p.said("page.quote.accepted", "Date", p.full(p.Contract.AcceptedOn), "Name", text.Plain(d.Acceptance.Name))),
			g.If(p.OrderURL != "", h.P(link(p.OrderURL, p.Say("page.quote.order"))))}
	case d.Status == quote.Declined:
		return note(p.Say("page.quote.declined"))
	case p.Over:
		return note(p.Say("page.quote.expired", "Date", p.full(d.ValidUntil)))
	case d.Status == quote.Draft:
		return note(p.Say("page.quote.revising"))
	}
	return g.Group{
		h.P(h.Class("sum"), h.Strong(g.Text(p.amount(d.Total))), g.Text(" "+p.Say("page.quote.until", "Date", p.full(d.ValidUntil)))),
		hint(p.Say("page.quote.terms", "Days", p.Count("pdf.days", d.TermsDays))),
		g.If(d.Upfront.IsPositive(), note(p.Say("pdf.upfront", "Amount", p.amount(d.Upfront)))),
	}
}

// subject is what the quote is about, in the seller's words.
func (p quotePage) subject() g.Node {
	var all g.Group
	for _, said := range []string{p.Quote.Subject, p.Quote.Note} {
		if said != "" {
			all = append(all, h.P(g.Text(text.Plain(said))))
		}
	}
	if d := p.Quote.Period; d != nil {
		all = append(all, h.P(p.said("pdf.period", "Start", p.full(d.StartOn), "End", p.full(d.EndOn), "Notice", p.full(d.NoticeOn()))))
	}
	return all
}

// papers are the documents to read.
func (p quotePage) papers() g.Node {
	file := func(path, key string) g.Node { return h.P(h.A(h.Class("file"), href(p.path+path), p.said(key))) }
	return g.Group{
		g.If(p.Quote.Document.Hash != "" && p.Quote.Status != quote.Draft, file("/pdf", "page.quote.pdf")),
		g.If(p.Contract != nil && p.Contract.Document.Hash != "", file("/contract", "page.quote.contract")),
	}
}

// accept is the form for the yes: a name and a tick, for the document that the
// page shows.
func (p quotePage) accept() g.Node {
	if !p.open() {
		return nil
	}
	d := p.Quote
	return h.Section(h.Aria("labelledby", "accept"),
		h.H2(h.ID("accept"), p.said("page.quote.accept")),
		h.Form(h.Method("post"), h.Action(p.action("accept")),
			h.Input(h.Type("hidden"), h.Name("document"), h.Value(d.Document.Hash)),
			p.field("name", p.Say("page.quote.name"), p.Say("page.quote.name_hint", "Customer", text.Plain(d.Buyer.Name)),
				h.Name("name"), h.Type("text"), h.AutoComplete("name"), h.MaxLength("200")),
			g.If(p.at == SaidAgree, h.P(h.Class("wrong"), h.ID("agree-wrong"), g.Text(p.problem))),
			h.Div(h.Class("tick"),
				h.Input(h.ID("agree"), h.Name("agree"), h.Type("checkbox"), h.Value("1"), h.Required(),
					g.If(p.at == SaidAgree, g.Group{h.Aria("invalid", "true"), h.Aria("describedby", "agree-wrong")})),
				h.Label(h.For("agree"), p.said("page.quote.agree", "Version", d.Terms.Version))),
			h.Button(h.Type("submit"), p.said("page.quote.accept_button", "Amount", p.amount(d.Total))),
			hint(p.Say("page.quote.kept"))))
}

// lines is what is offered, and its sums.
func (p quotePage) lines() g.Node {
	d := p.Quote
	sheet := invoicePage{frame: p.frame}
	sums := append(sheet.overall(asInvoice(d)), sum(3, p.Say("pdf.net"), p.amount(d.Net)))
	for _, t := range d.Taxes {
		sums = append(sums, sheet.tax(t))
	}
	sums = append(sums, total(3, p.Say("pdf.total"), p.amount(d.Total)))
	columns := []string{p.Say("pdf.description"), p.Say("pdf.quantity"), p.Say("pdf.vat"), p.Say("pdf.amount")}
	return h.Section(h.H2(h.ID("lines"), p.said("page.lines")), wide(h.Aria("labelledby", "lines"), columns, g.Map(slices.DeleteFunc(slices.Clone(d.Lines), func(l quote.Line) bool { return l.Overall }), p.line), sums))
}

// asInvoice is what of a quote its discounts and surcharges are shown by.
func asInvoice(d quote.Data) invoice.Data {
	out := invoice.Data{Net: d.Net, Taxes: d.Taxes}
	for _, l := range d.Lines {
		out.Lines = append(out.Lines, invoice.Line{Name: l.Name, Net: l.Net, TaxRate: l.TaxRate, Overall: l.Overall})
	}
	return out
}

func (p quotePage) line(l quote.Line) g.Node {
	return row(g.Text(text.Plain(l.Name)), cell(strconv.FormatInt(l.Quantity, 10)), cell(p.Percent(l.TaxRate.String())), cell(p.amount(l.Net)))
}

// evidence is what proves the agreement to both.
func (p quotePage) evidence() g.Node {
	a := p.Quote.Acceptance
	if a == nil {
		return nil
	}
	print := func(key, hash string) g.Node {
		return g.If(hash != "", g.Group{h.Dt(p.said(key)), h.Dd(h.Class("print"), g.Text(hash))})
	}
	return h.Section(h.Dl(print("page.quote.fingerprint", a.Document), print("page.quote.contract_print", p.Contract.Document.Hash)))
}

// decline is the form for the no.
func (p quotePage) decline() g.Node {
	if !p.open() {
		return nil
	}
	return h.Details(
		h.Summary(p.said("page.quote.decline")),
		h.Form(h.Method("post"), h.Action(p.action("decline")),
			h.Label(h.For("reason"), p.said("page.quote.decline_reason")),
			h.P(h.Class("hint"), h.ID("reason-hint"), p.said("page.quote.decline_hint")),
			h.Textarea(h.ID("reason"), h.Name("reason"), h.Rows("3"), h.MaxLength("1000"), h.Aria("describedby", "reason-hint")),
			h.Button(h.Type("submit"), h.Class("second"), p.said("page.quote.decline_button"))))
}
