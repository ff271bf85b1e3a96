package page

import (
	"strconv"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"

	"duly/shared/o2c/dunning"
	"duly/shared/text"
)

// More keys of page.error, for what a customer answers to an invoice. Each is
// the id of the field at fault.
const (
	SaidDisputed = "disputed" // no part of what is open
	SaidWrong    = "wrong"    // nothing says what is wrong
	SaidPO       = "po_number"
	SaidParts    = "parts"
	SaidEmail    = "email"
	SaidScore    = "score"
)

// DoneForwarded says that a colleague gets the invoice.
const DoneForwarded = "forwarded"

// answers are the ways to answer an invoice beside paying it.
func (p invoicePage) answers() g.Node {
	if p.credit() || p.Waits {
		return nil
	}
	forms := g.Group{p.poNumber(), p.forward()}
	if p.Most.IsPositive() {
		forms = g.Group{p.dispute(), p.instalments(), p.poNumber(), p.forward()}
	}
	return h.Section(h.Aria("labelledby", "else"), h.H2(h.ID("else"), p.said("page.else")), forms)
}

// answer is one of them: closed until it is wanted, open when something was
// wrong with it, or when a link of a mail leads to it.
func (p invoicePage) answer(id, title string, fields []string, form g.Node) g.Node {
	open := false
	for _, f := range fields {
		open = open || p.at == f
	}
	return h.Details(h.ID(id), g.If(open, g.Attr("open")), h.Summary(g.Text(title)), form)
}

// disputed is what became of what the customer said was wrong.
func (p invoicePage) disputed() g.Node {
	if p.Dispute == nil {
		return nil
	}
	d := p.Dispute
	switch d.Status {
	case dunning.DisputeAccepted:
		return note(p.Say("page.dispute_accepted", "Amount", p.amount(d.Accepted), "Number", d.CreditNote))
	case dunning.DisputeRejected:
		return g.If(p.Invoice.Open.IsPositive(), note(p.Say("page.dispute_rejected", "Amount", p.amount(d.Amount), "Answer", text.Plain(d.Answer))))
	}
	said := p.Say("page.disputed", "Date", p.full(p.DisputedOn), "Amount", p.amount(d.Amount), "By", p.full(d.AnswerBy))
	if p.Payable.IsPositive() {
		said += " " + p.Say("page.disputed_rest", "Amount", p.amount(p.Invoice.Demandable()))
	}
	return note(said)
}

// dispute is the form for what is wrong, while nothing is being looked into.
func (p invoicePage) dispute() g.Node {
	if p.Dispute != nil && (p.Dispute.Status == dunning.DisputeOpen || p.Invoice.Dunning.Disputes >= dunning.DisputesMax) {
		return nil
	}
	reasons := g.Group{h.Option(h.Value(""), g.Text("—"))}
	for _, r := range dunning.DisputeReasons() {
		reasons = append(reasons, h.Option(h.Value(r), p.said("page.dispute."+r)))
	}
	most := p.Say("page.dispute_hint", "Most", p.amount(p.Most), "Example", p.example())
	return p.answer("dispute", p.Say("page.dispute"), []string{SaidDisputed, SaidWrong},
		p.form("dispute",
			p.labelled("wrong", p.Say("page.dispute_reason"), "", func(about ...g.Node) g.Node {
				return h.Select(h.ID("wrong"), h.Name("reason"), h.Required(), g.Group(about), reasons)
			}),
			p.labelled("disputed", p.Say("page.dispute_amount", "Currency", p.Invoice.Currency), most+" "+p.Say("page.dispute_all"), func(about ...g.Node) g.Node {
				return h.Input(h.ID("disputed"), h.Name("other"), h.Type("text"), g.Attr("inputmode", "decimal"), h.AutoComplete("off"), g.Group(about))
			}),
			p.labelled("words", p.Say("page.dispute_text"), p.Say("page.dispute_text_hint"), func(about ...g.Node) g.Node {
				return h.Textarea(h.ID("words"), h.Name("text"), h.Rows("4"), h.MaxLength(strconv.Itoa(dunning.DisputeWords)), g.Group(about))
			}),
			h.Button(h.Type("submit"), h.Class("second"), p.said("page.dispute_button"))))
}

// labelled is any control with its label, its hint and what was wrong with it.
func (f frame) labelled(id, label, hint string, control func(about ...g.Node) g.Node) g.Node {
	wrong, about := f.at == id, ""
	if hint != "" {
		about = id + "-hint"
	}
	if wrong {
		about += " " + id + "-wrong"
	}
	return g.Group{
		h.Label(h.For(id), g.Text(label)),
		g.If(hint != "", h.P(h.Class("hint"), h.ID(id+"-hint"), g.Text(hint))),
		g.If(wrong, h.P(h.Class("wrong"), h.ID(id+"-wrong"), g.Text(f.problem))),
		control(g.If(about != "", h.Aria("describedby", about)), g.If(wrong, h.Aria("invalid", "true"))),
	}
}
