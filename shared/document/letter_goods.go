package document

import (
	"strconv"
	"strings"

	"duly/shared/o2c"
	"duly/shared/o2c/money"
	"duly/shared/text"
)

// parcel has the carrier's page as its button and the order's beside it; goods
// that nobody can follow have the order's alone.
func (l *letter) parcel(v o2c.LetterView, w text.Words) {
	order := action{Label: w.Say("mail.link.order"), URL: v.OrderURL}
	if l.Button.URL == "" {
		l.Button = order
		return
	}
	if order.URL != "" {
		l.Links = []action{order}
	}
}

// parcelTable is what left, without prices: the parcel may be a present.
func parcelTable(lines []o2c.LetterLine, w text.Words) table {
	t := table{Head: []string{w.Say("mail.col.description"), w.Say("mail.col.quantity")}}
	for _, l := range lines[:min(len(lines), goodsMax)] {
		t.Rows = append(t.Rows, []cell{{Text: plain(l.Name)}, {Text: strconv.FormatInt(l.Quantity, 10)}})
	}
	if len(lines) > goodsMax {
		t.Rows = append(t.Rows, []cell{{Text: "…"}, {}})
	}
	return t
}

// travels is who brings the parcel, and what does not come with it.
func travels(v o2c.LetterView, w text.Words) [][2]string {
	tracking := plain(v.Tracking)
	if strings.HasPrefix(tracking, "https://") {
		tracking = "" // it is the button
	}
	var rest []string
	for _, l := range v.Rest[:min(len(v.Rest), goodsMax)] {
		rest = append(rest, strconv.FormatInt(l.Quantity, 10)+" × "+plain(l.Name))
	}
	if len(v.Rest) > goodsMax {
		rest = append(rest, "…")
	}
	return said(w, [2]string{"carrier", plain(v.Carrier)}, [2]string{"tracking", tracking}, [2]string{"rest", strings.Join(rest, ", ")})
}

// confirmedTerms is what a confirmation promises, and what it asks.
func confirmedTerms(v o2c.LetterView, w text.Words) [][2]string {
	delivery := ""
	if !v.DeliverOn.IsZero() {
		delivery = w.Date(text.Day(v.DeliverOn))
	}
	payment := w.Count("mail.pay.terms", v.TermsDays)
	if v.TermsDays == 0 {
		payment = w.Say("mail.pay.at_once")
	}
	switch {
	case v.Prepaid:
		payment = w.Say("mail.pay.done")
	case v.Deposit.IsPositive() && v.Deposit == v.Amount:
		payment = w.Say("mail.pay.ahead")
	case v.Deposit.IsPositive():
		payment = w.Say("mail.pay.part_ahead", "Deposit", amount(v.Deposit, w), "Rest", payment)
	case v.Parts > 1:
		payment = w.Say("mail.pay.parts", "Parts", v.Parts, "Rest", payment)
	}
	return said(w, [2]string{"delivery", delivery}, [2]string{"payment", payment})
}

// said names the values that there are.
func said(w text.Words, pairs ...[2]string) [][2]string {
	var out [][2]string
	for _, p := range pairs {
		if p[1] != "" {
			out = append(out, [2]string{w.Say("mail.pair." + p[0]), p[1]})
		}
	}
	return out
}

// instalmentTable is when which part of an invoice is to be paid.
func instalmentTable(parts []o2c.LetterInstalmentLine, w text.Words) table {
	t := table{Head: []string{w.Say("mail.col.instalment"), w.Say("mail.col.on"), w.Say("mail.col.amount")}}
	for i, p := range parts {
		t.Rows = append(t.Rows, []cell{{Text: strconv.Itoa(i + 1)}, {Text: w.Date(text.Day(p.On)), Tight: true}, {Text: amount(p.Amount, w), Tight: true}})
	}
	return t
}

// goodsMax is how many lines a letter lists; the document has them all.
const goodsMax = 30

func goodsTable(v o2c.LetterView, w text.Words) table {
	lines := v.Lines
	if len(lines) == 0 {
		return table{}
	}
	t := table{Head: []string{w.Say("mail.col.description"), w.Say("mail.col.quantity"), w.Say("mail.col.net")}}
	for _, l := range lines[:min(len(lines), goodsMax)] {
		quantity := strconv.FormatInt(l.Quantity, 10)
		if l.Overall {
			quantity = ""
		}
		t.Rows = append(t.Rows, []cell{{Text: plain(named(l, w))}, {Text: quantity}, {Text: amount(l.Net, w), Tight: true}})
	}
	if len(lines) > goodsMax {
		t.Rows = append(t.Rows, []cell{{Text: "…"}, {}, {}})
	}
	for _, sum := range []struct {
		name   string
		amount money.Amount
	}{{"tax", v.Tax}, {"total", v.Total}} {
		if !sum.amount.IsZero() { // a customer abroad pays no tax
			t.Rows = append(t.Rows, []cell{{Text: w.Say("mail.sum." + sum.name)}, {}, {Text: amount(sum.amount, w), Tight: true}})
		}
	}
	return t
}

// asks is the first line of an invoice's mail: what to pay by when.
func asks(v o2c.LetterView) string {
	switch {
	case v.DaysLate > 0: // it is sent again
		return "late"
	case len(v.Terms) > 0 && v.Terms[0].On == v.DueOn:
		return "invoice_parts"
	}
	return "invoice"
}
