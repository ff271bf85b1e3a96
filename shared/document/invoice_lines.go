package document

import (
	"cmp"
	"slices"
	"strconv"

	"duly/shared/o2c/invoice"
	"duly/shared/o2c/money"
	"duly/shared/o2c/statute"
	"duly/shared/text"
)

// The columns of the lines: where the text begins, and where figures end.
const (
	columnText     = leftEdge
	widthText      = 76.0
	columnQuantity = 118.0
	columnPrice    = 144.0
	columnVAT      = 159.0
	columnAmount   = rightEdge
)

const (
	lineHeight = 4.4
	lineGap    = 2.6
	partsMax   = 20 // of one description: a line stays on one page
)

// lines writes the table from y on, over as many pages as it needs, and
// returns where it ends.
func (p *invoicePaper) lines(y float64) float64 {
	y = p.tableHead(y)
	supply := 0
	for _, l := range p.d.Items() {
		if l.Supply != supply {
			supply = l.Supply
			y = p.supplyHead(y, supply)
		}
		p.font("", 9)
		parts := p.wrap(plain(p.called(l)), widthText)
		parts = parts[:min(len(parts), partsMax)]
		high := float64(len(parts))*lineHeight + lineGap
		if l.SKU != "" {
			high += lineHeight - 0.6
		}
		high += float64(len(p.beside(l))) * (lineHeight - 0.6)
		if y+high > bottomEdge {
			y = p.tableHead(p.follow())
		}
		p.line(l, parts, y)
		y += high
		p.rule(leftEdge, rightEdge, y-lineGap/2-0.9)
	}
	return y
}

// supplyHead begins what a collective invoice bills of one supply: it stays
// on the page of its first line.
func (p *invoicePaper) supplyHead(y float64, n int) float64 {
	if n == 0 || n > len(p.d.Supplies) {
		return y
	}
	if y+4*lineHeight > bottomEdge {
		y = p.tableHead(p.follow())
	}
	p.font("B", 8.5)
	p.ink(black)
	p.at(columnText, y+3.4, p.clip(supplyLine(p.words, p.d, n), rightEdge-leftEdge))
	return y + lineHeight + 1.6
}

// supplyLine names one of the deliveries of a collective invoice: the day of
// its supply and its order (article 226 (7) of directive 2006/112/EC).
func supplyLine(w text.Words, d invoice.Data, n int) string {
	del, key := d.Supplies[n-1], "pdf.delivery"
	if del.PONumber != "" {
		key = "pdf.delivery_po"
	}
	return w.Say(key, "Date", w.Date(text.Day(del.On)), "Order", plain(del.OrderNo), "PO", plain(del.PONumber))
}

func (p *invoicePaper) line(l invoice.Line, parts []string, y float64) {
	base := y + 3
	p.ink(black)
	p.font("", 9)
	p.to(columnQuantity, base, strconv.FormatInt(l.Quantity, 10))
	p.to(columnPrice, base, p.money(listed(l)))
	p.to(columnVAT, base, p.words.Percent(l.TaxRate.String()))
	p.to(columnAmount, base, p.money(l.Net))
	for _, part := range parts {
		p.at(columnText, base, part)
		base += lineHeight
	}
	if l.SKU != "" {
		p.ink(grey)
		p.font("", 7.5)
		p.at(columnText, base-0.6, p.clip(plain(l.SKU), widthText))
		base += lineHeight - 0.6
	}
	for _, said := range p.beside(l) {
		p.ink(grey)
		p.font("", 7.5)
		p.at(columnText, base-0.6, p.clip(said, widthText))
		base += lineHeight - 0.6
	}
}

// beside is what stands below a line: its discount, and what is charged on it.
func (p *invoicePaper) beside(l invoice.Line) []string {
	var said []string
	if off := l.Allowance(); off.IsPositive() {
		said = append(said, p.words.Say("pdf.discount")+" "+p.money(off.Neg()))
	}
	if on := l.Charged(); on.IsPositive() {
		said = append(said, cmp.Or(plain(l.ChargeFor), p.words.Say("pdf.surcharge"))+" "+p.money(on))
	}
	return said
}

// overall are the discounts and surcharges of the whole document, below the sum
// of its lines.
func (p *invoicePaper) overall() [][2]string {
	all := p.d.Overall()
	if len(all) == 0 {
		return nil
	}
	sum, _, _ := p.d.Gross()
	rows := [][2]string{{p.words.Say("pdf.lines_sum"), p.money(sum)}}
	for _, l := range all {
		name := plain(l.Name)
		if len(p.d.Taxes) > 1 {
			name += " (" + p.words.Say("pdf.vat") + " " + p.words.Percent(l.TaxRate.String()) + ")"
		}
		p.font("", 9)
		rows = append(rows, [2]string{p.clip(name, widthOverall), p.money(l.Net)})
	}
	return rows
}

// widthOverall is the room of a discount's reason.
const widthOverall = 120.0

// listed is the price of a unit as the paper shows it: before the discount that
// stands below it.
func listed(l invoice.Line) money.Amount {
	if price, err := money.Round(l.Price(), l.Net.Currency); err == nil && (l.Allowance().IsPositive() || l.Charged().IsPositive()) {
		return price
	}
	return l.UnitPrice
}

// called is what a line is for: of a deposit, and of what takes one off, in the
// customer's language.
func (p *invoicePaper) called(l invoice.Line) string {
	if a := p.d.Advance; a != nil {
		return p.words.Say("pdf."+a.Nature()+"_line", "Percent", p.words.Percent(a.Percent.String()), "Order", p.d.OrderNo)
	}
	for _, before := range p.d.Preceding {
		if l.Advance == before.Number {
			return p.words.Say("pdf.less_deposit", "Number", before.Number, "Date", p.date(before.IssuedOn))
		}
	}
	return l.Name
}

// tableHead names the columns, on every page.
func (p *invoicePaper) tableHead(y float64) float64 {
	p.font("B", 8)
	p.ink(grey)
	p.at(columnText, y, p.words.Say("pdf.description"))
	p.to(columnQuantity, y, p.words.Say("pdf.quantity"))
	p.to(columnPrice, y, p.words.Say("pdf.unit_price"))
	p.to(columnVAT, y, p.words.Say("pdf.vat"))
	p.to(columnAmount, y, p.words.Say("pdf.amount"))
	p.stroke(black, 0.35)
	p.rule(leftEdge, rightEdge, y+1.8)
	p.stroke(pale, 0.2)
	return y + 3.6
}

// follow begins another page, which says what it belongs to.
func (p *invoicePaper) follow() float64 {
	p.page()
	p.font("", 8)
	p.ink(grey)
	p.at(leftEdge, headerLine, p.clip(plain(p.d.Seller.Name), 100))
	p.to(rightEdge, headerLine, p.title())
	return followTop
}

// room begins another page unless high millimetres are left.
func (p *invoicePaper) room(y, high float64) float64 {
	if y+high <= bottomEdge {
		return y
	}
	return p.follow()
}

// totals writes the sums and what the law wants said about the tax, and returns
// where they end. They stay together.
func (p *invoicePaper) totals(y float64) float64 {
	d := p.d
	rows := append(p.overall(), [2]string{p.words.Say("pdf.net"), p.money(d.Net)})
	for _, t := range d.Taxes {
		if t.Category == statute.NotSubject || d.Seller.SmallBusiness { // a rate of nothing would say that there is one
			continue
		}
		rows = append(rows, [2]string{p.words.Say("pdf.tax", "Rate", p.words.Percent(t.Rate.String()), "Base", p.money(t.Base)), p.money(t.Tax)})
	}
	if !d.Rounding.IsZero() { // BT-114
		rows = append(rows, [2]string{p.words.Say("pdf.rounding"), p.money(d.Rounding)})
	}
	notes := append(p.taxNotes(), p.taxInBooks()...)
	if p.d.Advance != nil && !p.credit() {
		notes = append(notes, p.wrap(p.words.Say("pdf.deposit_note"), rightEdge-leftEdge)...)
	}
	y = p.room(y, float64(len(rows))*5+12+float64(len(notes))*4.5) + 4
	for _, row := range rows {
		p.font("", 9)
		p.ink(grey)
		p.to(columnVAT, y, row[0])
		p.ink(black)
		p.to(columnAmount, y, row[1])
		y += 5
	}
	p.stroke(black, 0.35)
	p.rule(columnQuantity-6, rightEdge, y-2.6)
	p.stroke(pale, 0.2)
	y += 2.6
	p.font("B", 11)
	p.to(columnVAT, y, p.words.Say("pdf.total"))
	p.to(columnAmount, y, p.money(d.Total))
	y += 6
	p.font("", 8)
	p.ink(grey)
	for _, note := range notes {
		p.at(leftEdge, y+1, note)
		y += 4.5
	}
	return y
}

// taxNotes says why a rate is zero: "reverse charge" or the article that
// exempts (article 226 (11) and (11a) of directive 2006/112/EC).
func (p *invoicePaper) taxNotes() []string {
	var notes []string
	p.font("", 8)
	for _, c := range []statute.Category{statute.ReverseCharge, statute.IntraEU, statute.Export, statute.Exempt, statute.NotSubject} {
		if slices.ContainsFunc(p.d.Taxes, func(t statute.Tax) bool { return t.Category == c }) {
			notes = append(notes, p.wrap(p.words.Say("pdf.vat_"+p.reason(c)), rightEdge-leftEdge)...)
		}
	}
	return notes
}

// taxInBooks says the tax in the currency that it is owed in, per rate, with the
// rate of exchange (article 230 of directive 2006/112/EC; L1).
func (p *invoicePaper) taxInBooks() []string {
	d := p.d
	if !d.Foreign() || d.Tax.IsZero() {
		return nil
	}
	p.font("", 8)
	var notes []string
	for _, t := range d.Taxes {
		notes = append(notes, p.wrap(p.words.Say("pdf.tax_in_books", "Rate", p.words.Percent(t.Rate.String()), "Base", p.money(d.InBooks(t.Base)), "Tax", p.money(d.InBooks(t.Tax))), rightEdge-leftEdge)...)
	}
	return append(notes, p.wrap(p.words.Say("pdf.exchange_rate", "From", d.Currency, "Per", p.words.Decimal(d.Rate.Per.String()), "To", d.BooksCurrency, "Source", d.Rate.Source, "Date", p.date(d.Rate.On)), rightEdge-leftEdge)...)
}

// reason names the text that says why a category bears no tax.
func (p *invoicePaper) reason(c statute.Category) string {
	if c == statute.Exempt && p.d.Seller.SmallBusiness {
		return "small"
	}
	return string(c)
}
