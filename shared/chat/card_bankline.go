package chat

import (
	"github.com/slack-go/slack"

	"duly/shared/o2c"
	"duly/shared/o2c/ledger"
)

// bankLine is M6 for money that left the bank: what was it? Explained, it says as what it is booked, and how to take that
// back.
func (v Voice) bankLine(c o2c.BankLineCard) Message {
	e := c.Line.Entry
	about := []any{"amount", e.Amount.Abs(), "name", v.orNobody(e.Name)}
	ref := Ref{ID: c.Line.ID}.String()
	if b := c.Line.Booked; b != nil {
		about = append(about, "kind", v.kind(b.Kind), "account", ledger.Code(b.Role), "by", named(c.By))
		s := section(v.mark("bankline.explained", about...))
		s.Accessory = slack.NewAccessory(button(ActBankUndo, v.Say("button.undo_match"), ref))
		var learnt, why markup
		if b.Taught {
			learnt = v.mark("bankline.learnt", "name", v.orNobody(e.Name))
		}
		if b.Why != "" {
			why = v.mark("cash.said", "text", noted(v.Because(b.Why)))
		}
		all := []slack.Block{s}
		if both := join(" · ", why, learnt); both != "" {
			all = append(all, notes(both))
		}
		return message(v.Say("bankline.explained", about...), all...)
	}
	var account, said markup
	if n := len(e.IBAN); n > 4 {
		account = v.mark("cash.account", "last", e.IBAN[n-4:])
	}
	if e.Text != "" {
		said = v.mark("cash.said", "text", noted(e.Text))
	}
	all := []slack.Block{
		header(v.Say("bankline.title", about...)),
		fields(v.mark("cash.on", "date", e.ValueOn), v.mark("bankline.to", "name", v.orNobody(e.Name)), account, said),
	}
	for i, r := range c.Refunds[:min(len(c.Refunds), candidatesMax)] {
		s := section(v.mark("bankline.refund", "n", i+1, "number", named(r.Number), "left", r.Left, "score", r.Score, "why", noted(v.Because(r.Why))))
		s.Accessory = slack.NewAccessory(button(ActBankRefund, v.Say("button.gave_back", "n", i+1), Repay{LineID: c.Line.ID, ReceiptID: r.ReceiptID}.String()))
		all = append(all, s)
	}
	return message(v.Say("bankline.text", about...), append(all,
		notes(v.mark("bankline.what")),
		actions(primary(button(ActBankExplain, v.Say("button.explain_line"), ref))))...)
}

// madeOf is what the unexplained money consists of.
func (v Voice) madeOf(parts []o2c.UnexplainedPart) slack.Block {
	if len(parts) == 0 {
		return nil
	}
	return section(join("\n", v.mark("made_of"), listed(v, parts, listMax, func(p o2c.UnexplainedPart) markup {
		if p.Count == 0 {
			return v.mark("made_of."+p.What, "amount", p.Amount)
		}
		return v.mark("made_of."+p.What, "amount", p.Amount, "n", p.Count, "name", v.orNobody(p.Name), "date", p.Oldest)
	})))
}
