package document

import (
	"fmt"

	"duly/shared/o2c"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/statute"
	"duly/shared/text"
)

// The columns of a claim's computation: the days and the rule on the left, four
// figures on the right.
const (
	claimDays   = 100.0
	claimRate   = 120.0
	claimBase   = 155.0
	claimAmount = rightEdge
	claimRule   = 70.0 // width of the rule's text
)

// ClaimPDF prints a claim step by step: each row is a stretch of days at one rate
// on one base, a cost, or a payment.
func (papers Papers) ClaimPDF(v o2c.ClaimSheetView) ([]byte, error) {
	w, d, k := text.In(v.Language), v.View.Invoice, v.View.Claim
	p := &invoicePaper{words: w, name: w.Say("pdf.claim"), d: invoice.Data{
		Number: d.Number, Seller: v.Seller, Buyer: invoice.Buyer{Name: plain(d.Buyer.Name), Address: d.Buyer.Address, Language: v.Language},
	}}
	p.sheet = newSheet(papers.Look, w, p.title(), plain(v.Seller.Name), k.AsOf)
	p.letterhead()
	p.window()
	p.facts([][2]string{
		{"pdf.claim.invoice", plain(d.Number)}, {"pdf.claim.due", p.date(d.DueOn)}, {"pdf.claim.as_of", p.date(k.AsOf)},
		{"pdf.claim.lapses", p.date(v.View.Lapses)}, {"pdf.claim.verified", p.date(k.VerifiedUntil)},
	})
	y := p.claimHead(112)
	y = p.claimLine(claimRow{days: w.Say("pdf.claim.total_of_invoice"), amount: p.money(d.Total)}, y)
	if credited := d.Credited(); credited.IsPositive() {
		y = p.claimLine(claimRow{days: w.Say("pdf.claim.credited"), amount: p.money(credited.Neg())}, y)
	}
	for _, r := range k.Sheet {
		y = p.claimLine(p.claimRow(r), y)
	}
	p.claimClose(v, y)
	p.pages()
	out, err := p.bytes()
	if err != nil {
		return nil, fmt.Errorf("render the claim on invoice %s: %w", d.Number, err)
	}
	return out, nil
}

// claimRow is one printed row.
type claimRow struct{ days, rule, count, rate, base, amount string }

func (p *invoicePaper) claimRow(r statute.SheetRow) claimRow {
	row := claimRow{rule: plain(r.Rule), amount: p.money(r.Amount), days: p.words.Say("pdf.claim.row."+r.Kind, "Date", p.date(r.From))}
	if r.Kind == statute.InterestRow {
		row.days = p.date(r.From) + " – " + p.date(r.To)
		row.count = fmt.Sprint(r.Days)
	}
	if r.Extrapolated {
		row.rule += " " + p.words.Say("pdf.claim.assumed")
	}
	if !r.Rate.IsZero() {
		row.rate, row.base = p.words.Percent(r.Rate.String()), p.money(r.Base)
	}
	return row
}

func (p *invoicePaper) claimHead(y float64) float64 {
	p.font("B", 8)
	p.ink(grey)
	p.at(leftEdge, y, p.words.Say("pdf.claim.what"))
	p.to(claimDays, y, p.words.Say("pdf.claim.days"))
	p.to(claimRate, y, p.words.Say("pdf.claim.rate"))
	p.to(claimBase, y, p.words.Say("pdf.claim.base"))
	p.to(claimAmount, y, p.words.Say("pdf.claim.amount"))
	p.stroke(black, 0.35)
	p.rule(leftEdge, rightEdge, y+1.8)
	p.stroke(pale, 0.2)
	return y + 3.6
}

func (p *invoicePaper) claimLine(r claimRow, y float64) float64 {
	high := lineHeight + lineGap
	if r.rule != "" {
		high += lineHeight - 0.8
	}
	if y+high > bottomEdge {
		y = p.claimHead(p.follow())
	}
	base := y + 3.4
	p.ink(black)
	p.font("", 9)
	p.at(leftEdge, base, p.clip(r.days, claimRule))
	p.to(claimDays, base, r.count)
	p.to(claimRate, base, r.rate)
	p.to(claimBase, base, r.base)
	p.to(claimAmount, base, r.amount)
	if r.rule != "" {
		p.ink(grey)
		p.font("", 7.5)
		p.at(leftEdge, base+lineHeight-0.8, p.clip(r.rule, rightEdge-leftEdge-30))
	}
	y += high
	p.rule(leftEdge, rightEdge, y-lineGap/2-0.9)
	return y
}

// claimClose is the claim in four figures, how it was computed, and what it is
// not.
func (p *invoicePaper) claimClose(v o2c.ClaimSheetView, y float64) {
	k := v.View.Claim
	y = p.room(y, 50) + 6
	for _, part := range []struct {
		key, amount, style string
	}{
		{"pdf.claim.principal", p.money(k.Principal), ""}, {"pdf.claim.interest", p.money(k.Interest), ""}, {"pdf.claim.costs", p.money(k.Costs), ""}, {"pdf.claim.total", p.money(k.Total), "B"},
	} {
		p.ink(black)
		p.font(part.style, 10)
		p.at(claimRate-10, y, p.words.Say(part.key))
		p.to(claimAmount, y, part.amount)
		y += 5.4
	}
	y += 4
	p.font("", 8)
	p.ink(grey)
	said := []string{p.words.Say("pdf.claim.formula"), p.words.Say("pdf.claim.disclaimer", "Country", v.View.Country, "Date", p.date(k.VerifiedUntil))}
	if k.Extrapolated {
		said = append(said, p.words.Say("pdf.claim.extrapolated", "Date", p.date(k.VerifiedUntil)))
	}
	for _, sentence := range said {
		for _, line := range p.wrap(sentence, rightEdge-leftEdge) {
			y = p.room(y, 4.4)
			p.at(leftEdge, y, line)
			y += 4.4
		}
	}
}
