package page

import (
	"cmp"
	"fmt"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"

	"duly/shared/o2c"
	"duly/shared/o2c/cash"
	"duly/shared/text"
)

// tabs are the lists of a page; one is shown.
func (f teamFrame) tabs(prefix, shown string, all ...string) g.Node {
	return h.Div(h.Class("tabs"), h.Nav(h.Aria("label", f.title), h.Ul(g.Map(all, func(list string) g.Node {
		return h.Li(h.A(h.Href(f.Path+"?show="+list), g.If(list == shown, h.Aria("current", "true")), f.say(prefix+list)))
	}))))
}

// cashHead is what every list of the page of money begins with.
func (f teamFrame) cashHead(v o2c.CashView, list string) g.Node {
	return g.Group{
		h.Dl(h.Class("sums"), f.sum(f.Say("web.unexplained"), f.amount(v.Unexplained), f.Say("web.unexplained_what"))),
		f.tabs("web.cash.", list, o2c.CashUnapplied, o2c.CashPayouts, o2c.CashBank, o2c.CashLines),
	}
}

// Cash renders one list of the page of money; a file of at most so many mebibytes can be sent from that of the bank's days.
func (t *Team) Cash(v o2c.CashView, list string, mebibytes int, at TeamVisit) []byte {
	f := t.frame(at, "web.cash")
	head := f.cashHead(v, list)
	var rows []record
	var columns []string
	switch list {
	case o2c.CashPayouts:
		columns = []string{f.Say("web.payout"), f.Say("web.date"), "#" + f.Say("web.charges"), "#" + f.Say("web.fees"), "#" + f.Say("web.paid_out"), "#" + f.Say("web.at_bank"), f.Say("web.proof")}
		for _, p := range v.Payouts {
			rows = append(rows, f.payout(p))
		}
	case o2c.CashBank:
		columns = []string{f.Say("web.bank_day"), f.Say("web.account"), "#" + f.Say("web.entries"), "#" + f.Say("web.applied"), "#" + f.Say("web.unmatched"), "#" + f.Say("web.closing")}
		for _, b := range v.BankDays {
			days := f.day(b.From)
			if b.To != b.From {
				days += " – " + f.day(b.To)
			}
			rows = append(rows, f.row(g.Text(days), tag(g.Text(b.Account)), figure(fmt.Sprint(b.Entries)), figure(fmt.Sprint(b.Applied)), figure(fmt.Sprint(b.Unmatched)), figure(f.amount(b.Closing))))
		}
	default:
		columns = []string{f.Say("web.payer"), f.Say("web.date"), "#" + f.Say("web.amount"), "#" + f.Say("web.unapplied"), f.Say("web.reference"), f.Say("web.status")}
		for _, r := range v.Unapplied {
			rows = append(rows, f.receipt(r))
		}
	}
	return f.document(head, g.Iff(list == o2c.CashBank, func() g.Node { return f.bankUpload(mebibytes) }), g.If(len(rows) == 0, h.P(f.say("web.none"))), g.If(len(rows) > 0, f.table(f.Say("web.cash."+list), columns, rows)), f.more(v.Next, 0),
		g.If(list == o2c.CashUnapplied, h.P(h.Class("hint"), f.say("web.match_in_slack"))))
}

func (f teamFrame) receipt(r cash.ReceiptData) record {
	who := g.Node(g.Text(text.Plain(r.Payer)))
	if r.Payer == "" {
		who = g.Text(r.Source)
	}
	state := f.Say("web.looks_for_home")
	if r.Kept {
		state = f.Say("web.kept")
	}
	return f.row(g.Group{who, g.If(r.CustomerID != "", g.Group{h.Br(), h.A(h.Href("/customers/"+r.CustomerID), f.say("web.customer"))})},
		tag(g.Text(f.day(r.ValueOn))), figure(f.amount(r.Amount)), figure(f.amount(r.Unapplied)), tag(g.Text(text.Plain(r.Reference+" "+r.Text))), tag(g.Text(state)))
}

func (f teamFrame) payout(p cash.PayoutData) record {
	landed := figure("")
	if p.Landed != nil {
		landed = figure(f.amount(*p.Landed))
	}
	return f.row(g.Group{h.A(h.Href("/cash/payouts/"+p.ID), g.Text(p.Gateway+" "+text.Plain(p.Reference)))}, tag(g.Text(f.moment(p.At))),
		figure(f.amount(p.Charges)), figure(f.amount(p.Fees)), figure(f.amount(p.Net)), landed, tag(g.Text(f.proof(p))))
}

// proof says in words whether a payout adds up.
func (f teamFrame) proof(p cash.PayoutData) string {
	switch {
	case !p.FailedAt.IsZero():
		return f.Say("web.payout_failed")
	case !p.Gap.IsZero() && p.Explained != "":
		return f.Say("web.gap_explained", "Amount", f.amount(p.Gap))
	case !p.Gap.IsZero():
		return f.Say("web.gap", "Amount", f.amount(p.Gap))
	case p.Landed == nil:
		return f.Say("web.under_way")
	}
	return f.Say("web.adds_up")
}

// Payout renders one payout with what it is made of; why it does not add up is said in words where there are some.
func (t *Team) Payout(p cash.PayoutData, parts []cash.Movement, say MoneyWords, at TeamVisit) []byte {
	f := t.frame(at, "")
	f.title = f.Say("web.payout") + " " + p.Gateway + " " + text.Plain(p.Reference)
	landed := f.Say("web.under_way")
	if p.Landed != nil {
		landed = f.amount(*p.Landed)
	}
	rows := make([]record, 0, len(parts))
	for _, m := range parts[:min(len(parts), linesShown)] {
		docs := g.Map(m.Invoices, func(n string) g.Node { return g.Group{f.invoice(n), g.Text(" ")} })
		rows = append(rows, f.row(g.Text(f.word("web.movement.", m.Kind)), tag(g.Text(text.Plain(m.Customer+" "+m.Order)), g.Text(" "), docs), figure(f.amount(m.Amount)), figure(f.amount(m.Fee))))
	}
	if len(parts) > linesShown {
		rows = append(rows, f.row(f.say("web.more_lines", "N", len(parts)-linesShown)))
	}
	return f.document(
		h.Dl(h.Class("sums"), f.sum(f.Say("web.charges"), f.amount(p.Charges), ""), f.sum(f.Say("web.fees"), f.amount(p.Fees), ""), f.sum(f.Say("web.refunds"), f.amount(p.Refunds), ""),
			f.sum(f.Say("web.paid_out"), f.amount(p.Net), ""), f.sum(f.Say("web.at_bank"), landed, f.proof(p))),
		g.If(p.Problem != "", h.P(h.Strong(f.say("web.why")), g.Text(": "+text.Plain(cmp.Or(say.Broken(p.Code), p.Problem))))),
		g.If(p.Explained != "", h.P(h.Strong(g.Text(f.by(p.ExplainedBy))), g.Text(": "+text.Plain(say.Because(p.Explained))))),
		f.few("web.made_of", rows, f.Say("web.what"), f.Say("web.customer"), "#"+f.Say("web.amount"), "#"+f.Say("web.fees")))
}
