package page

import (
	"fmt"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"

	"duly/shared/o2c"
	"duly/shared/o2c/delivery"
	"duly/shared/o2c/invoice"
	"duly/shared/text"
)

// Invoices renders the list of invoices; its filter is a plain GET.
func (t *Team) Invoices(v o2c.InvoiceList, at TeamVisit, today o2c.TodayView) []byte {
	f := t.frame(at, "web.invoices")
	rows := make([]record, 0, len(v.Invoices))
	for _, d := range v.Invoices {
		open := figure(f.amount(d.Open))
		if d.Type == invoice.CreditNotes {
			open = figure("")
		}
		rows = append(rows, f.row(f.document1(d), tag(f.customer(d.CustomerID, d.Buyer.Name)), figure(f.amount(d.Total)), open,
			tag(g.Text(f.day(d.IssuedOn))), f.due(d, today.Today), tag(g.Text(f.state(d, today.Today)))))
	}
	q := at.Query
	say := func(s string) string {
		if s == "" {
			return f.Say("web.any")
		}
		return f.word("web.status.", s)
	}
	return f.document(
		h.Form(h.Class("filter"), h.Method("get"), h.Action("/invoices"), h.Role("search"),
			g.If(q.Get("customer") != "", f.hidden("customer", q.Get("customer"))),
			h.Div(f.field("number", f.Say("web.number"), h.Name("number"), h.Type("search"), h.Value(q.Get("number")), h.MaxLength("60"))),
			h.Div(f.choice("status", "status", f.Say("web.status"), q.Get("status"), append([]string{""}, o2c.InvoiceStatuses()...), say)),
			h.Div(f.field("from", f.Say("web.from"), h.Name("from"), h.Type("date"), h.Value(q.Get("from")))),
			h.Div(f.field("to", f.Say("web.to"), h.Name("to"), h.Type("date"), h.Value(q.Get("to")))),
			h.Button(h.Type("submit"), f.say("web.find"))),
		g.If(len(rows) == 0, h.P(f.say("web.nothing_found"))),
		g.If(len(rows) > 0, f.table(f.title, []string{f.Say("web.invoice"), f.Say("web.customer"), "#" + f.Say("web.total"), "#" + f.Say("web.open"), f.Say("web.issued"), f.Say("web.due"), f.Say("web.status")}, rows)),
		f.more(v.Next, v.Looked), f.saved())
}

// document1 leads to one document by its number, or to a draft by its id.
func (f teamFrame) document1(d invoice.Data) g.Node {
	if d.Number == "" {
		return h.A(h.Href("/invoices/"+d.ID), g.Text(f.Say("web.status.draft")+" "+text.Plain(d.OrderNo)))
	}
	return f.invoice(d.Number)
}

// invoiceTeamPage is one invoice.
type invoiceTeamPage struct {
	teamFrame
	o2c.TeamInvoice
}

// Invoice renders one document.
func (t *Team) Invoice(v o2c.TeamInvoice, at TeamVisit) []byte {
	d := v.Invoice
	p := invoiceTeamPage{t.frame(at, ""), v}
	p.title = p.Say("page."+d.Nature(), "Number", d.Number)
	if d.Number == "" {
		p.title = p.Say("web.status.draft") + " · " + text.Plain(d.OrderNo)
	}
	return p.document(p.sums(), p.about(), p.acts(), p.lines(), p.sent(), h.Section(h.H2(p.say("web.timeline")), p.timeline(v.Trail, false)))
}

func (p invoiceTeamPage) sums() g.Node {
	d := p.TeamInvoice.Invoice
	return h.Dl(h.Class("sums"), p.sum(p.Say("web.total"), p.amount(d.Total), ""), p.sum(p.Say("web.open"), p.amount(d.Open), p.state(d, p.Today)), p.sum(p.Say("web.due"), p.day(d.DueOn), p.lateness(d)))
}

func (p invoiceTeamPage) lateness(d invoice.Data) string {
	if late := p.Today.DaysSince(d.DueOn); late > 0 && d.Open.IsPositive() && !d.DueOn.IsZero() {
		return p.Count("web.days_late", late)
	}
	return ""
}

func (p invoiceTeamPage) about() g.Node {
	d := p.TeamInvoice.Invoice
	row := func(name string, value ...g.Node) g.Node { return g.Group{h.Dt(g.Text(name)), h.Dd(value...)} }
	next := ""
	if d.Dunning.NextStep != "" && d.Open.IsPositive() {
		next = p.word("web.step.", d.Dunning.NextStep) + " · " + p.day(d.Dunning.NextOn)
	}
	return h.Dl(h.Class("facts"),
		row(p.Say("web.customer"), p.customer(d.CustomerID, d.Buyer.Name)),
		g.If(d.OrderNo != "", row(p.Say("web.order"), g.Text(text.Plain(d.OrderNo)))),
		g.If(!d.IssuedOn.IsZero(), row(p.Say("web.issued"), g.Text(p.day(d.IssuedOn)))),
		g.If(next != "", row(p.Say("web.next_letter"), g.Text(next))),
		g.If(p.URL != "", row(p.Say("web.customer_page"), h.A(href(p.URL), p.say("web.open_customer_page")))),
		g.If(d.Number != "", row(p.Say("web.paper"), h.A(h.Href("/invoices/"+d.Number+"/pdf"), g.Text("PDF")))))
}

// acts are what a colleague may do about the document here.
func (p invoiceTeamPage) acts() g.Node {
	d := p.TeamInvoice.Invoice
	switch {
	case d.Number == "" && p.may(mayRetry, ""):
		return h.Section(h.H2(p.say("web.do")),
			g.If(len(d.Missing) > 0, h.P(g.Text(p.Say("web.missing")), g.Text(" "), g.Map(d.Missing, func(m string) g.Node { return g.Text(m + "; ") }))),
			p.form("/invoices/"+d.ID+"/retry", h.Button(h.Type("submit"), p.say("web.retry"))))
	case d.Number == "" || !d.Open.IsPositive() || d.Type == invoice.CreditNotes:
		return nil
	case !p.may(mayPromise, "") && !p.may(mayDispute, ""):
		return nil
	}
	return h.Section(h.H2(p.say("web.do")), g.If(p.may(mayPromise, ""), p.promise(d, p.Today)), g.If(p.may(mayDispute, "") && !d.Disputed().IsPositive(), p.dispute(d)))
}

func (p invoiceTeamPage) lines() g.Node {
	d := p.TeamInvoice.Invoice
	rows := make([]record, 0, len(d.Lines))
	for _, l := range d.Lines[:min(len(d.Lines), linesShown)] {
		rows = append(rows, p.row(g.Text(text.Plain(l.Name)), figure(fmt.Sprint(l.Quantity)), figure(p.amount(l.UnitPrice)), figure(p.amount(l.Net)), figure(p.Percent(l.TaxRate.String()))))
	}
	if len(d.Lines) > linesShown {
		rows = append(rows, p.row(p.say("web.more_lines", "N", len(d.Lines)-linesShown)))
	}
	foot := func(name, amount string) g.Node {
		return h.Tr(h.Role("row"), h.Th(h.Scope("row"), h.Role("rowheader"), h.ColSpan("3"), g.Text(name)), h.Td(h.Role("cell"), h.Class("n"), g.Text(amount)), h.Td(h.Role("cell")))
	}
	return h.Section(h.H2(p.say("web.lines")), p.table(p.Say("web.lines"), []string{p.Say("web.line"), "#" + p.Say("web.quantity"), "#" + p.Say("web.price"), "#" + p.Say("web.net"), "#" + p.Say("web.tax")}, rows,
		foot(p.Say("web.net"), p.amount(d.Net)), foot(p.Say("web.tax"), p.amount(d.Tax)), foot(p.Say("web.total"), p.amount(d.Total))))
}

// linesShown bounds the lines of one page.
const linesShown = 200

// sent lists the letters and where they are.
func (p invoiceTeamPage) sent() g.Node {
	rows := make([]record, 0, len(p.Deliveries))
	for _, d := range p.Deliveries {
		rows = append(rows, p.delivery(d))
	}
	return p.few("web.letters", rows, p.Say("web.letter"), p.Say("web.recipient"), p.Say("web.status"), p.Say("web.date"))
}

func (f teamFrame) delivery(d delivery.Data) record {
	said := f.word("web.sent.", d.Status)
	if d.Reason != "" {
		said += ": " + text.Plain(d.Reason)
	}
	return f.row(g.Text(f.word("web.letter.", d.What)), tag(g.Text(text.Plain(d.To))), tag(g.Text(said)), tag(g.Text(f.moment(d.ChangedAt))))
}
