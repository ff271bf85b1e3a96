package document

import (
	"strconv"
	"strings"

	"duly/shared/o2c"
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
	switch {
	case v.Prepaid:
		payment = w.Say("mail.pay.done")
	case v.TermsDays == 0:
		payment = w.Say("mail.pay.at_once")
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
