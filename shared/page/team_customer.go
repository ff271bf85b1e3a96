package page

import (
	"fmt"
	"strings"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"

	"duly/shared/o2c"
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/dunning"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/money"
	"duly/shared/text"
)

// Customers renders the list of customers.
func (t *Team) Customers(v o2c.CustomerList, at TeamVisit) []byte {
	f := t.frame(at, "web.customers")
	rows := make([]record, 0, len(v.Rows))
	for _, r := range v.Rows {
		limit := f.Say("web.unlimited")
		if r.Exposure.Limit != nil {
			limit = f.amount(*r.Exposure.Limit)
		}
		rows = append(rows, f.row(f.customer(r.Customer.ID, r.Customer.Name), figure(f.amount(r.Exposure.Open)), f.hot(r.Exposure.Overdue, ""), figure(limit),
			tag(g.Text(f.owner(r.Customer.Owner)))))
	}
	return f.document(
		h.Form(h.Class("filter"), h.Method("get"), h.Action("/customers"), h.Role("search"),
			h.Div(f.field("q", f.Say("web.find_customer"), h.Name("q"), h.Type("search"), h.Value(at.Query.Get("q")), h.MaxLength("100"))),
			h.Button(h.Type("submit"), f.say("web.find"))),
		g.If(len(rows) == 0, h.P(f.say("web.nothing_found"))),
		g.If(len(rows) > 0, f.table(f.title, []string{f.Say("web.customer"), "#" + f.Say("web.open"), "#" + f.Say("web.overdue"), "#" + f.Say("web.limit"), f.Say("web.owner")}, rows)),
		f.more(v.Next, v.Looked), f.saved())
}

// hot is an amount that is bad news unless it is nothing; its word says so too.
func (f teamFrame) hot(a money.Amount, more string) field {
	if !a.IsPositive() {
		return figure(f.amount(a))
	}
	return field{class: "n", said: g.Group{h.Span(h.Class("late"), g.Text(f.amount(a)+more))}}
}

func (f teamFrame) owner(id string) string {
	if id == "" {
		return ""
	}
	return f.by("slack:" + strings.TrimPrefix(id, "slack:"))
}

// customerPage is one customer.
type customerPage struct {
	teamFrame
	o2c.TeamCustomer
}

// Customer renders one customer: what is open, what may be done, and all that
// happened.
func (t *Team) Customer(v o2c.TeamCustomer, at TeamVisit) []byte {
	p := customerPage{t.frame(at, ""), v}
	p.title = text.Plain(v.Customer.Name)
	return p.document(p.sums(), p.about(), p.open(), p.acts(), p.happened())
}

func (p customerPage) sums() g.Node {
	x := p.Exposure
	limit := p.Say("web.unlimited")
	if x.Limit != nil {
		limit = p.amount(*x.Limit)
	}
	oldest := ""
	if x.Oldest > 0 {
		oldest = p.Say("web.oldest") + " " + p.Count("web.days", x.Oldest)
	}
	return h.Dl(h.Class("sums"),
		p.sum(p.Say("web.open"), p.amount(x.Open), ""), p.sum(p.Say("web.overdue"), p.amount(x.Overdue), oldest),
		p.sum(p.Say("web.confirmed"), p.amount(x.Confirmed), ""), p.sum(p.Say("web.limit"), limit, ""))
}

// about is how the customer is reached, and what holds just now.
func (p customerPage) about() g.Node {
	c := p.TeamCustomer.Customer
	row := func(name string, value ...g.Node) g.Node {
		return g.Group{h.Dt(g.Text(name)), h.Dd(value...)}
	}
	return h.Dl(h.Class("facts"),
		g.If(len(c.Emails) > 0, row(p.Say("web.mail"), g.Map(c.Emails, func(e string) g.Node { return g.Group{mailTo(e), g.Text(" ")} }))),
		g.If(c.Phone != "", row(p.Say("web.phone"), h.A(href(phone(c.Phone)), g.Text(c.Phone)))),
		g.If(c.Owner != "", row(p.Say("web.owner"), g.Text(p.by("slack:"+strings.TrimPrefix(c.Owner, "slack:"))))),
		g.If(p.Owner != "", row(p.Say("web.case_owner"), g.Text(p.by("slack:"+p.Owner)))),
		g.If(!p.Hold.IsZero() && !p.Hold.Before(p.Today), row(p.Say("web.letters_rest"), g.Text(strings.TrimSuffix(p.day(p.Hold)+" · "+p.HoldWhy, " · ")))),
		g.If(!p.CallBy.IsZero(), row(p.Say("web.call_by"), g.Text(p.day(p.CallBy)))),
		g.Iff(c.Stopped != nil, func() g.Node { return row(p.Say("web.stopped"), g.Text(p.by(c.Stopped.By)+": "+c.Stopped.Why)) }))
}

func (p customerPage) open() g.Node {
	rows := make([]record, 0, len(p.Open))
	for _, d := range p.Open[:min(len(p.Open), openShown)] {
		rows = append(rows, p.row(p.invoice(d.Number), figure(p.amount(d.Open)), p.due(d, p.Today), tag(g.Text(p.state(d, p.Today)))))
	}
	if len(p.Open) > openShown {
		rows = append(rows, p.row(h.A(h.Href("/invoices?status=open&customer="+p.TeamCustomer.Customer.ID), p.say("web.more"))))
	}
	return p.few("web.open_invoices", rows, p.Say("web.invoice"), "#"+p.Say("web.open"), p.Say("web.due"), p.Say("web.status"))
}

// openShown is how many open invoices a customer's page lists.
const openShown = 50

// due is the day, and in words how late it is.
func (f teamFrame) due(d invoice.Data, today calendar.Date) field {
	late := today.DaysSince(d.DueOn)
	if d.DueOn.IsZero() || late <= 0 || !d.Open.IsPositive() {
		return tag(g.Text(f.day(d.DueOn)))
	}
	return tag(g.Text(f.day(d.DueOn)), h.Br(), h.Span(h.Class("late"), g.Text(f.Count("web.days_late", late))))
}

// state is a document's status, and what holds letters back.
func (f teamFrame) state(d invoice.Data, today calendar.Date) string {
	said := f.word("web.status.", d.Status)
	switch {
	case d.Disputed().IsPositive():
		said += " · " + f.Say("web.disputed")
	case strings.HasPrefix(d.Dunning.PausedBy, "promise"):
		said += " · " + f.Say("web.promised")
	case strings.HasPrefix(d.Dunning.PausedBy, "plan"):
		said += " · " + f.Say("web.planned")
	case d.Dunning.PausedBy == o2c.PausedByCharge:
		said += " · " + f.Say("web.collecting")
	}
	return said
}

// acts are what a colleague may do about the customer here.
func (p customerPage) acts() g.Node {
	c := p.TeamCustomer.Customer
	if !p.may(mayCall, c.Owner) {
		return nil
	}
	return h.Section(h.H2(p.say("web.do")),
		h.Details(h.Summary(p.say("web.log_call")),
			p.form("/customers/"+c.ID+"/call",
				p.choice("outcome", "outcome", p.Say("web.call_outcome"), "", o2c.CallOutcomes(), func(o string) string { return p.word("web.call.", o) }),
				h.Label(h.For("note"), p.say("web.note")), h.Textarea(h.ID("note"), h.Name("note"), h.Rows("3"), h.MaxLength("1000")),
				p.field("again", p.Say("web.call_again"), h.Name("again"), h.Type("date"), g.Attr("min", p.Today.String())),
				h.Button(h.Type("submit"), p.say("web.write_down")))),
		g.If(len(p.Open) > 0 && p.may(mayPromise, c.Owner), h.P(h.Class("hint"), p.say("web.promise_hint"))))
}

func (p customerPage) happened() g.Node {
	return h.Section(h.H2(p.say("web.timeline")), p.timeline(p.Timeline, true), p.more(p.Next, 0))
}

// timeline lists what happened, newest first.
func (f teamFrame) timeline(all []o2c.Happened, linked bool) g.Node {
	if len(all) == 0 {
		return h.P(h.Class("soft"), f.say("web.none"))
	}
	return h.Ol(h.Class("time"), g.Map(all, func(e o2c.Happened) g.Node {
		about := g.Text(e.About)
		if linked && e.Of.Kind == "invoice" && e.About != "" {
			about = f.invoice(e.About)
		}
		return h.Li(
			h.P(h.Class("soft"), h.Time(g.Attr("datetime", e.At.UTC().Format("2006-01-02T15:04:05Z")), g.Text(f.moment(e.At)))),
			h.P(h.Strong(g.Text(f.word("web.event.", e.Type))), g.Text(" "), about, g.Text(f.detail(e)), h.Br(), h.Span(h.Class("soft"), g.Text(f.by(e.Actor)))))
	}))
}

// detail is the rest of a line: how much, until when, how, and in whose words.
func (f teamFrame) detail(e o2c.Happened) string {
	var parts []string
	if e.Amount != nil {
		parts = append(parts, f.amount(*e.Amount))
	}
	if e.Code != "" {
		prefix := "web.step."
		if strings.HasPrefix(e.Type, "dunning.called") {
			prefix = "web.call."
		}
		parts = append(parts, f.word(prefix, e.Code))
	}
	if !e.Date.IsZero() {
		parts = append(parts, f.day(e.Date))
	}
	if e.Note != "" {
		parts = append(parts, "“"+text.Plain(e.Note)+"”")
	}
	if len(parts) == 0 {
		return ""
	}
	return " · " + strings.Join(parts, " · ")
}

// promise and dispute are the forms about one invoice.
func (f teamFrame) promise(d invoice.Data, today calendar.Date) g.Node {
	return h.Details(h.Summary(f.say("web.promise_note")),
		f.form("/invoices/"+d.ID+"/promise",
			f.field("date", f.Say("web.promised_for"), h.Name("date"), h.Type("date"), h.Required(), g.Attr("min", today.String()), g.Attr("max", today.AddDays(dunning.MaxDays).String())),
			f.field("promised", f.Say("web.amount_part", "Currency", d.Currency), h.Name("amount"), h.Type("text"), g.Attr("inputmode", "decimal"), h.AutoComplete("off")),
			h.P(h.Class("hint"), f.say("web.amount_hint", "Amount", f.amount(d.Open))),
			h.Button(h.Type("submit"), f.say("web.write_down"))))
}

func (f teamFrame) dispute(d invoice.Data) g.Node {
	return h.Details(h.Summary(f.say("web.dispute_note")),
		f.form("/invoices/"+d.ID+"/dispute",
			f.choice("reason", "reason", f.Say("web.reason"), "", dunning.DisputeReasons(), func(r string) string { return f.word("page.dispute.", r) }),
			f.field("disputed", f.Say("web.amount_part", "Currency", d.Currency), h.Name("amount"), h.Type("text"), g.Attr("inputmode", "decimal"), h.AutoComplete("off")),
			h.P(h.Class("hint"), f.say("web.amount_hint", "Amount", f.amount(d.Open))),
			h.Label(h.For("text"), f.say("web.note")), h.Textarea(h.ID("text"), h.Name("text"), h.Rows("3"), h.MaxLength(fmt.Sprint(dunning.DisputeWords))),
			h.Button(h.Type("submit"), f.say("web.write_down"))))
}
