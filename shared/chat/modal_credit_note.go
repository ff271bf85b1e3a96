package chat

import (
	"strconv"

	"github.com/slack-go/slack"

	"duly/shared/o2c/invoice"
)

// The answers to what became of the goods of a credit note.
const (
	GoodsKept   = "kept"   // nothing came back
	GoodsBack   = "back"   // back on the shelf
	GoodsBroken = "broken" // back, and not to be sold again
)

// CreditNote is the form that credits a part of an invoice, or all of it. It proposes no quantity: what is not typed is not
// credited.
func (v Voice) CreditNote(about Meta, d invoice.Data) Modal {
	all := []slack.Block{section(v.mark("modal.credit_note.of", "number", d.Number, "customer", named(d.Buyer.Name), "amount", d.Total, "open", d.Open))}
	lines := creditable(d)
	for _, l := range lines[:min(len(lines), unitLinesMax)] {
		units, net := d.Left(l.N)
		all = append(all, v.units(l.N, markup(v.Say("credit_note.units", "name", named(l.Name), "left", units, "net", net)), ""))
	}
	if len(lines) > unitLinesMax {
		all = append(all, notes(v.mark("ship.more", "n", len(lines)-unitLinesMax)))
	}
	var goods []*slack.OptionBlockObject
	for _, value := range []string{GoodsKept, GoodsBack, GoodsBroken} {
		goods = append(goods, slack.NewOptionBlockObject(value, plain(v.Say("goods."+value), optionTextMax), nil))
	}
	what := slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, nil, FieldGoods, goods...)
	what.InitialOption = goods[0]
	return v.form(ActInvoiceCredit, "modal.credit_note", "button.credit", about,
		append(all, v.input(FieldGoods, false, what), v.sentences(FieldReason, true), notes(v.mark("modal.credit_note.what")))...)
}

// creditable are the lines of which anything is left.
func creditable(d invoice.Data) []invoice.Line {
	var lines []invoice.Line
	for _, l := range d.Lines {
		if units, _ := d.Left(l.N); units > 0 && (!l.Overall || l.Net.IsPositive()) {
			lines = append(lines, l)
		}
	}
	return lines
}

// Crediting reads the form: how many of each line, and what became of the goods.
func (v Voice) Crediting(f Fields, d invoice.Data) (lines []invoice.Taking, goods string, errs Errors) {
	errs = Errors{}
	some := creditable(d)
	some = some[:min(len(some), unitLinesMax)]
	for _, l := range some {
		left, _ := d.Left(l.N)
		if units := v.typedUnits(f, l.N, left, errs); units > 0 {
			lines = append(lines, invoice.Taking{N: l.N, Quantity: units})
		}
	}
	if len(lines) == 0 && len(errs) == 0 && len(some) > 0 {
		errs[FieldLine+strconv.Itoa(some[0].N)] = v.Say("error.no_units")
	}
	return lines, f[FieldGoods], errs
}
