package page

import (
	"fmt"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"

	"duly/shared/o2c"
	"duly/shared/o2c/kpi"
	"duly/shared/o2c/money"
	"duly/shared/text"
)

// The rows of the team's action table that pages ask about.
const (
	mayApprove = "credit.approve"
	mayReject  = "credit.reject"
	mayCall    = "overdue.call"
	mayPromise = "overdue.promise"
	mayDispute = "overdue.dispute"
	mayRetry   = "invoice.retry"
)

// todayPage is the team's first page.
type todayPage struct {
	teamFrame
	o2c.TodayView
	asked string
	why   func(o2c.CreditWait) string
}

// Today renders the team's first page; asked names the questions that stand in the room, and why says in words why a
// question on credit is asked.
func (t *Team) Today(v o2c.TodayView, asked string, why func(o2c.CreditWait) string, at TeamVisit) []byte {
	p := todayPage{t.frame(at, "web.today_title", "Date", text.In(at.Lang).Date(text.Day(v.Today))), v, asked, why}
	return p.document(p.sums(), p.decisions(), p.elsewhere(), p.late(), h.Div(h.Class("two"), p.promises(), p.disputes()), h.Div(h.Class("two"), p.ageing(), p.sold()), p.expected(), p.books(), p.saved())
}

func (p todayPage) sums() g.Node {
	f, counted := p.Figures, kpi.Days(p.Figures.CountBack(p.Today))
	return h.Dl(h.Class("sums"),
		p.sum(p.Say("web.receivable"), p.amount(f.Receivable()), ""),
		p.sum(p.Say("web.overdue"), p.amount(f.Overdue(p.Today)), ""),
		p.sum(p.Say("web.unexplained"), p.amount(f.Unexplained()), p.Say("web.unexplained_what")),
		p.sum(p.Say("web.dso"), p.Decimal(kpi.Days(f.DSO(p.Today))), p.Say("web.dso_what")),
		p.sum(p.Say("web.count_back"), p.Decimal(counted), p.Say("web.count_back_what")))
}

// decisions are the questions on credit that wait for a person.
func (p todayPage) decisions() g.Node {
	if len(p.Credits) == 0 {
		return h.Section(h.H2(p.say("web.decisions")), h.P(h.Class("soft"), p.say("web.none")))
	}
	rows := make([]record, 0, len(p.Credits))
	for _, c := range p.Credits {
		o := c.Order
		rows = append(rows, p.row(g.Group{g.Text(o.Number), h.Br(), p.customer(o.CustomerID, o.CustomerName)},
			figure(p.amount(c.Request.Amount)),
			tag(g.Text(p.why(c)), h.Br(), h.Span(h.Class("soft"), g.Text(p.moment(c.Request.AskedAt)))),
			tag(p.decide(c))))
	}
	return h.Section(h.H2(p.say("web.decisions")),
		p.table(p.Say("web.decisions"), []string{p.Say("web.order"), "#" + p.Say("web.amount"), p.Say("web.why"), p.Say("web.answer")}, rows))
}

// decide are the two answers that need no form of their own; conditions are given
// in Slack.
func (p todayPage) decide(c o2c.CreditWait) g.Node {
	version := p.hidden("version", fmt.Sprint(c.Version))
	id := "why-" + c.Order.ID
	both := g.Group{
		g.If(p.may(mayApprove, ""), p.form("/credit/"+c.Order.ID+"/approve", version, h.Button(h.Type("submit"), h.Aria("label", p.Say("web.approve_order", "Order", c.Order.Number)), p.say("web.approve")))),
		g.If(p.may(mayReject, ""), h.Details(h.Summary(p.say("web.decline")),
			p.form("/credit/"+c.Order.ID+"/decline", version, p.field(id, p.Say("web.reason"), h.Name("reason"), h.Required(), h.MaxLength("300")),
				h.Button(h.Type("submit"), h.Class("second"), p.say("web.decline_now"))))),
	}
	if !p.may(mayApprove, "") && !p.may(mayReject, "") {
		return h.Span(h.Class("soft"), p.say("web.approvers"))
	}
	return h.Div(h.Class("do"), both)
}

// elsewhere are the questions that are answered in Slack.
func (p todayPage) elsewhere() g.Node {
	if p.asked == "" {
		return nil
	}
	return h.Section(h.H2(p.say("web.asked")), h.P(g.Text(p.asked)), h.P(h.Class("soft"), p.say("web.asked_what")))
}

func (p todayPage) late() g.Node {
	if len(p.Late) == 0 {
		return h.Section(h.H2(p.say("web.late")), h.P(h.Class("soft"), p.say("web.none")))
	}
	rows := make([]record, 0, len(p.Late))
	for _, l := range p.Late {
		rows = append(rows, p.row(p.customer(l.CustomerID, l.Name), p.hot(l.Overdue, ""), figure(fmt.Sprint(l.Invoices)), figure(p.Count("web.days", l.Oldest)), tag(g.Text(p.owner(l.Owner)))))
	}
	return h.Section(h.H2(p.say("web.late")),
		p.table(p.Say("web.late"), []string{p.Say("web.customer"), "#" + p.Say("web.overdue"), "#" + p.Say("web.invoices"), "#" + p.Say("web.oldest"), p.Say("web.owner")}, rows),
		h.P(h.A(h.Href("/invoices?status=overdue"), p.say("web.all_overdue"))))
}

func (p todayPage) promises() g.Node {
	rows := make([]record, 0, len(p.Promises))
	for _, d := range p.Promises {
		rows = append(rows, p.row(p.invoice(d.Number), figure(p.amount(d.Amount)), tag(g.Text(p.day(d.Date)))))
	}
	return p.few("web.promises", rows, p.Say("web.invoice"), "#"+p.Say("web.amount"), p.Say("web.promised_for"))
}

func (p todayPage) disputes() g.Node {
	rows := make([]record, 0, len(p.Disputes))
	for _, d := range p.Disputes {
		rows = append(rows, p.row(p.invoice(d.Number), figure(p.amount(d.Amount)), tag(g.Text(p.word("page.dispute.", d.Reason))), tag(g.Text(p.day(d.AnswerBy)))))
	}
	return p.few("web.disputes", rows, p.Say("web.invoice"), "#"+p.Say("web.amount"), p.Say("web.reason"), p.Say("web.answer_by"))
}

// few is a short list, or the word that there is nothing.
func (f teamFrame) few(key string, rows []record, columns ...string) g.Node {
	if len(rows) == 0 {
		return h.Section(h.H2(f.say(key)), h.P(h.Class("soft"), f.say("web.none")))
	}
	return h.Section(h.H2(f.say(key)), f.table(f.Say(key), columns, rows))
}

func (p todayPage) ageing() g.Node {
	return p.chart(p.Say("web.ageing"), p.Say("web.lateness"), "/csv/ageing", p.ageingBars(), true)
}

func (p todayPage) ageingBars() []bar {
	var bars []bar
	for i, b := range p.Figures.Ageing(p.Today) {
		bars = append(bars, bar{p.word("web.bucket.", b.Name), b.Amount, b.Count, i > 0})
	}
	return bars
}

func (p todayPage) sold() g.Node {
	return p.chart(p.Say("web.sold"), p.Say("web.week_from"), "/csv/sold", p.soldBars(), false)
}

// soldWeeks are the weeks that the chart of invoices shows.
const soldWeeks = 12

func (p todayPage) soldBars() []bar {
	var bars []bar
	for w := soldWeeks - 1; w >= 0; w-- {
		from := p.Today.AddDays(-7*w - 6)
		bars = append(bars, bar{name: p.Short(text.Day(from)), amount: p.Figures.Sold(from, from.AddDays(6))})
	}
	return bars
}

// expected is what the newest forecast says of each week.
func (p todayPage) expected() g.Node {
	if p.Expected == nil {
		return nil
	}
	return p.chart(p.Say("web.forecast", "Date", p.day(p.Expected.On)), p.Say("web.week_from"), "/csv/forecast", p.expectedBars(), false)
}

func (p todayPage) expectedBars() []bar {
	var bars []bar
	for _, w := range p.Expected.Weeks {
		bars = append(bars, bar{name: p.Short(text.Day(w.From)), amount: money.Of(w.Likely, p.Expected.Currency)})
	}
	return bars
}

// books says when the books were last held against what they are made of.
func (p todayPage) books() g.Node {
	if p.Verified == nil {
		return nil
	}
	said := "web.books_ok"
	if p.Verified.Broken > 0 {
		said = "web.books_broken"
	}
	return h.P(h.Class("hint"), p.say(said, "Time", p.moment(p.Verified.At)))
}

// customer and invoice lead to their pages.
func (f teamFrame) customer(id, name string) g.Node {
	return h.A(h.Href("/customers/"+id), g.Text(text.Plain(name)))
}

func (f teamFrame) invoice(number string) g.Node {
	return h.A(h.Href("/invoices/"+number), g.Text(number))
}

// Line is a row of a file beside a chart.
type Line struct {
	Name   string
	Amount money.Amount
	Count  int
}

// Lines are what one of the charts shows, for a file; ok is false for a chart that
// there is not.
func (t *Team) Lines(chart string, v o2c.TodayView, lang string) (all []Line, ok bool) {
	p := todayPage{teamFrame: t.frame(TeamVisit{Lang: lang}, ""), TodayView: v}
	var bars []bar
	switch chart {
	case "ageing":
		bars = p.ageingBars()
	case "sold":
		bars = p.soldBars()
	case "forecast":
		if v.Expected != nil {
			bars = p.expectedBars()
		}
	}
	if bars == nil {
		return nil, false
	}
	all = make([]Line, len(bars))
	for i, b := range bars {
		all[i] = Line{b.name, b.amount, b.count}
	}
	return all, true
}
