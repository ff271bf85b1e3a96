package page

import (
	"fmt"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"

	"duly/shared/o2c"
	"duly/shared/o2c/cash"
	"duly/shared/o2c/ledger"
	"duly/shared/text"
)

// mayMatch is the row of the action table that lets somebody bring bank files and see to money.
const mayMatch = "cash.match"

// bankAccepts are the kinds of file that the dialogue of a browser offers; any other may be chosen too.
const bankAccepts = ".xml,.sta,.940,.mt940,.txt,.ofx,.csv,.zip"

// MoneyWords say in the reader's language why money belongs somewhere, what money is that is no customer's, and what is wrong
// with a payout.
type MoneyWords struct {
	Because func(why string) string
	Kind    func(name string) string
	Broken  func(code string) string // why a payout does not add up; "" when there are no words
}

// bankUpload is the form that brings a bank file. It needs no script.
func (f teamFrame) bankUpload(mebibytes int) g.Node {
	if !f.may(mayMatch, "") {
		return nil
	}
	return h.Section(h.H2(f.say("web.file.title")),
		h.Form(h.Class("filter"), h.Method("post"), h.Action("/cash/files"), h.EncType("multipart/form-data"), f.hidden("back", f.here()), f.hidden("once", f.Once),
			h.Div(h.Class("file"), f.field("file", f.Say("web.file.label"), h.Name("file"), h.Type("file"), h.Required(), h.Accept(bankAccepts), h.Aria("describedby", "file-hint"))),
			h.Button(h.Type("submit"), f.say("web.file.send"))),
		h.P(h.ID("file-hint"), h.Class("hint"), f.say("web.file.hint", "N", mebibytes)))
}

// BankFile renders what a bank file did, or how far it is.
func (t *Team) BankFile(d o2c.JobData, at TeamVisit) []byte {
	f := t.frame(at, "web.file.result")
	state := h.P(h.Class("done"), h.Role("status"), f.say("web.file.done"))
	switch {
	case d.Status == o2c.JobFailed:
		state = h.Div(h.Class("problem"), h.Role("alert"), h.H2(f.say("web.file.refused")), h.P(g.Text(d.Problem)))
	case !d.Finished():
		state = h.P(h.Role("status"), f.say("web.file.running", "N", d.Next, "All", d.Rows), g.Text(" "), h.A(h.Href(f.here()), f.say("web.file.again")))
	case d.New == 0:
		state = h.P(h.Class("done"), h.Role("status"), f.say("web.file.known"))
	}
	count := func(key string, n int) g.Node { return f.sum(f.Say(key), fmt.Sprint(n), "") }
	return f.document(
		h.P(h.Strong(g.Text(text.Plain(d.Name))), h.Span(h.Class("soft"), g.Text(" · "+f.moment(d.CreatedAt)+" · "+f.by(d.By)))),
		state,
		g.If(d.Status != o2c.JobFailed, h.Dl(h.Class("sums"),
			count("web.file.lines", d.Rows), count("web.file.new", d.New), count("web.file.matched", d.Applied), count("web.file.unmatched", d.Unmatched), count("web.file.booked", max(0, d.New-d.Applied-d.Unmatched)))),
		h.P(h.A(h.Href("/cash?show="+o2c.CashLines), f.say("web.file.to_lines")), g.Text(" · "), h.A(h.Href("/cash?show="+o2c.CashLines+"&state="+o2c.LineAsks), f.say("web.file.to_asks"))))
}

// BankLines renders the list of bank lines; its filter is a plain GET.
func (t *Team) BankLines(v o2c.CashView, lines o2c.LineList, say MoneyWords, at TeamVisit) []byte {
	f := t.frame(at, "web.cash")
	rows := make([]record, 0, len(lines.Lines))
	for _, l := range lines.Lines {
		rows = append(rows, f.bankLine(l, say))
	}
	q := at.Query
	state := func(s string) string {
		if s == "" {
			return f.Say("web.any")
		}
		return f.word("web.line.", s)
	}
	columns := []string{f.Say("web.date"), f.Say("web.other_party"), "#" + f.Say("web.amount"), f.Say("web.status"), f.Say("web.line.why")}
	return f.document(f.cashHead(v, o2c.CashLines),
		h.Form(h.Class("filter"), h.Method("get"), h.Action("/cash"), h.Role("search"), f.hidden("show", o2c.CashLines),
			h.Div(f.field("text", f.Say("web.line.text"), h.Name("text"), h.Type("search"), h.Value(q.Get("text")), h.MaxLength("100"))),
			h.Div(f.choice("state", "state", f.Say("web.status"), q.Get("state"), append([]string{""}, o2c.LineStates()...), state)),
			h.Div(f.field("from", f.Say("web.from"), h.Name("from"), h.Type("date"), h.Value(q.Get("from")))),
			h.Div(f.field("to", f.Say("web.to"), h.Name("to"), h.Type("date"), h.Value(q.Get("to")))),
			h.Button(h.Type("submit"), f.say("web.find"))),
		g.If(len(rows) == 0, h.P(f.say("web.nothing_found"))),
		g.If(len(rows) > 0, f.table(f.Say("web.cash."+o2c.CashLines), columns, rows)), f.more(lines.Next, lines.Looked),
		g.If(f.may(mayMatch, ""), h.P(h.A(h.Href("/cash?show="+o2c.CashBank), f.say("web.file.title")))))
}

func (f teamFrame) bankLine(l o2c.TeamLine, say MoneyWords) record {
	e := l.Line.Entry
	who := text.Plain(e.Name)
	if who == "" {
		who = f.Say("web.line.nobody")
	}
	said := text.Plain(e.Reference + " " + e.Text)
	return f.row(g.Text(f.day(e.BookedOn)),
		tag(g.Text(who), g.If(said != "", g.Group{h.Br(), h.Span(h.Class("soft"), g.Text(said))})),
		figure(f.amount(e.Amount)), tag(g.Text(f.word("web.line.", l.State))), tag(f.whereTo(l, say)...))
}

// whereTo says with what a line was matched and why, or where it may belong.
func (f teamFrame) whereTo(l o2c.TeamLine, say MoneyWords) []g.Node {
	var all []g.Node
	add := func(nodes ...g.Node) { all = append(all, h.Div(nodes...)) }
	if r := l.Receipt; r != nil {
		f.receiptWent(*r, say, add)
	}
	if p := l.Payout; p != nil {
		add(h.A(h.Href("/cash/payouts/"+p.ID), g.Text(p.Gateway+" "+text.Plain(p.Reference))), g.Text(": "+f.proof(*p)))
	}
	if r := l.Refund; r != nil {
		add(g.Text(text.Plain(r.Name)), g.Text(": "+say.Because(r.Reason)))
	} else if b := l.Line.Booked; b != nil {
		add(g.Text(say.Kind(b.Kind)+" · "+ledger.Code(b.Role)), g.If(b.Why != "", g.Text(": "+say.Because(b.Why))), h.Span(h.Class("soft"), g.Text(" · "+f.by(b.By))))
	}
	for i, c := range l.Candidates {
		add(g.Text(fmt.Sprintf("%d. ", i+1)), f.invoice(c.Number), g.Text(" "+text.Plain(c.Customer)+" · "+f.Say("web.line.score", "N", c.Score)+": "+say.Because(c.Why)))
	}
	for i, r := range l.Refunds {
		add(g.Text(fmt.Sprintf("%d. ", i+1) + text.Plain(r.Number) + " · " + f.Say("web.line.score", "N", r.Score) + ": " + say.Because(r.Why)))
	}
	if l.State == o2c.LineAsks {
		purpose, subject := l.Card()
		if len(l.Candidates)+len(l.Refunds) == 0 {
			add(f.say("web.line.no_candidates"))
		}
		add(h.A(h.Href("/cash/cards/"+purpose+"/"+subject.ID), f.say("web.line.card")))
	}
	return all
}

// receiptWent says where money that came in went.
func (f teamFrame) receiptWent(r cash.ReceiptData, say MoneyWords, add func(...g.Node)) {
	for _, a := range r.Applications {
		if !a.Undone {
			add(f.invoice(a.Number), g.Text(" "+f.amount(a.Amount)+": "+say.Because(a.Why)))
		}
	}
	for _, b := range r.Bookings {
		if !b.Undone {
			add(g.Text(say.Kind(b.Kind) + " · " + ledger.Code(b.Role) + " " + f.amount(b.Amount) + ": " + say.Because(b.Why)))
		}
	}
	if r.Refunded.IsPositive() {
		add(f.say("web.line.gave_back", "Amount", f.amount(r.Refunded)))
	}
	if r.Unapplied.IsPositive() && (r.Kept || r.Unapplied != r.Amount) {
		add(f.say("web.line.left", "Amount", f.amount(r.Unapplied)))
	}
}
