package document

import (
	"fmt"
	"strings"

	"duly/shared/o2c/invoice"
	"duly/shared/o2c/party"
	"duly/shared/text"
)

// InvoicePDF renders an issued invoice or credit note from its legal content
// alone, so that the copy of today equals the original. The link is the
// customer's page of it; without one the document asks for no payment, as when
// everything was paid beforehand.
func (Papers) InvoicePDF(d invoice.Data, link string) ([]byte, error) {
	p := &invoicePaper{d: d, link: link, words: text.In(d.Buyer.Language)}
	p.name = p.words.Say("pdf." + d.Nature())
	p.sheet = newSheet(p.words, p.title(), plain(d.Seller.Name), d.IssuedOn)
	p.letterhead()
	p.window()
	p.particulars()
	y := p.lines(112)
	y = p.totals(y)
	p.payment(y)
	p.pages()
	file, err := facturX(d)
	if err != nil {
		return nil, err
	}
	out, err := p.enclosing(file)
	if err != nil {
		return nil, fmt.Errorf("render %s %s: %w", d.Type, d.Number, err)
	}
	return out, nil
}

// invoicePaper is one invoice on its way to paper.
type invoicePaper struct {
	*sheet
	d     invoice.Data
	link  string
	words text.Words
	name  string // "Invoice"
}

func (p *invoicePaper) title() string { return p.name + " " + p.d.Number }

func (p *invoicePaper) credit() bool { return p.d.Type == invoice.CreditNotes }

// letterhead is the seller with the numbers the law wants (article 226 (3), (5)
// of directive 2006/112/EC; article 27 of the Dutch Handelsregisterwet).
func (p *invoicePaper) letterhead() {
	s := p.d.Seller
	p.font("B", 15)
	p.ink(black)
	p.at(leftEdge, 23, p.clip(plain(s.Name), 95))
	p.font("", 8)
	p.ink(grey)
	y := 19.0
	for _, line := range []string{
		plain(s.Address.Street),
		plain(s.Address.PostalCode + " " + s.Address.City),
		p.labelled("pdf.vat_id", s.VATID),
		p.labelled("pdf.kvk", s.KVK),
		plain(s.Phone),
		plain(s.Email),
	} {
		if line != "" {
			p.at(columnRight, y, p.clip(line, rightEdge-columnRight))
			y += 4
		}
	}
}

func (p *invoicePaper) labelled(key, value string) string {
	if value == "" {
		return ""
	}
	return p.words.Say(key) + " " + plain(value)
}

// windowWidth is the width of the address window's text.
const windowWidth = 82.0

// columnRight is where the right column of the head begins.
const columnRight = 130.0

// window is what shows through the window of the envelope: the sender on one
// line and the customer below.
func (p *invoicePaper) window() {
	s, b := p.d.Seller, p.d.Buyer
	p.font("", 6.5)
	p.ink(grey)
	p.at(leftEdge, 51, p.clip(strings.Join([]string{plain(s.Name), plain(s.Address.Street), plain(s.Address.PostalCode + " " + s.Address.City)}, " · "), windowWidth))
	p.rule(leftEdge, leftEdge+windowWidth, 52.2)
	p.ink(black)
	p.font("", 10)
	y := 60.0
	for _, line := range p.recipient(b, s.Address.Country) {
		p.at(leftEdge, y, line)
		y += 4.9
	}
	p.rule(6, 9, 105) // where the sheet is folded
	p.rule(6, 9, 210)
}

func (p *invoicePaper) recipient(b invoice.Buyer, home string) []string {
	place := []string{plain(b.Address.Street), plain(b.Address.PostalCode + " " + b.Address.City)}
	if b.Address.Country != home {
		place = append(place, strings.ToUpper(p.country(b.Address)))
	}
	name := p.wrap(plain(b.Name), windowWidth)
	lines := name[:min(len(name), 3)] // as many as the window shows
	for _, line := range place {
		lines = append(lines, p.clip(line, windowWidth))
	}
	return lines
}

// country is the name of a country in the customer's language, or its code when
// the catalogue has none.
func (p *invoicePaper) country(a party.Address) string {
	key := "country." + a.Country
	if name := p.words.Say(key); name != key {
		return name
	}
	return plain(a.Country)
}

// particulars are the number, the dates and the references, then the title.
func (p *invoicePaper) particulars() {
	d := p.d
	due, supplied := p.date(d.DueOn), p.date(d.SuppliedOn)
	if p.credit() || d.Total.IsZero() {
		due = "" // nothing is to be paid
	}
	if d.SuppliedOn.IsZero() {
		supplied = ""
	}
	period := ""
	if d.SuppliedFrom.Before(d.SuppliedOn) && !d.SuppliedFrom.IsZero() {
		supplied = "" // in short: a particular of the law is not cut off, and a period never reaches over a month's end
		period = fmt.Sprintf("%s – %s %d", p.words.Short(text.Day(d.SuppliedFrom)), p.words.Short(text.Day(d.SuppliedOn)), d.SuppliedOn.Year)
	}
	added := ""
	if d.IsCopy() {
		added = p.words.Say("pdf.copy_what")
	}
	p.facts([][2]string{
		{"pdf.copy", added}, {"pdf.number", d.Number}, {"pdf.issued_on", p.date(d.IssuedOn)}, {"pdf.due_on", due}, {"pdf.supplied_on", supplied}, {"pdf.supplied_period", period},
		{"pdf.corrects", d.Refers}, {"pdf.order", plain(d.OrderNo)}, {"pdf.po_number", plain(d.PONumber)}, {referred(d.Buyer.Reference), plain(d.Buyer.Reference)}, {"pdf.your_vat_id", plain(d.Buyer.VATID)},
	})
}

// referred names the buyer's reference.
func referred(reference string) string {
	if party.IsLeitwegID(reference) {
		return "pdf.leitweg_id"
	}
	return "pdf.buyer_reference"
}

// facts writes what the rows name at the right of the head, then the title.
func (p *invoicePaper) facts(rows [][2]string) {
	y := 51.0
	for _, row := range rows {
		if row[1] == "" {
			continue
		}
		p.font("", 8)
		p.ink(grey)
		label := p.words.Say(row[0])
		p.at(columnRight, y, label)
		room := max(36, rightEdge-columnRight-p.width(label)-2)
		p.font("", 9)
		if p.width(row[1]) > room {
			p.font("", 7) // a Leitweg-ID has up to 46 characters
		}
		p.ink(black)
		p.to(rightEdge, y, p.clip(row[1], room))
		y += 5
	}
	p.font("B", 17)
	p.at(leftEdge, 102, p.clip(p.title(), rightEdge-leftEdge))
}

// pages numbers the pages, once it is known how many there are.
func (p *invoicePaper) pages() {
	s := p.d.Seller
	company := strings.Join(nonEmpty(plain(s.Name), p.labelled("pdf.vat_id", s.VATID), p.labelled("pdf.kvk", s.KVK), grouped("IBAN ", s.IBAN)), " · ")
	count := p.pdf.PageCount()
	for n := 1; n <= count; n++ {
		p.pdf.SetPage(n)
		p.family = ""
		p.stroke(pale, 0.2)
		p.rule(leftEdge, rightEdge, 280)
		p.font("", 7.5)
		p.ink(grey)
		page := p.words.Say("pdf.page", "N", n, "Of", count)
		p.to(rightEdge, 284.5, page)
		p.at(leftEdge, 284.5, p.clip(company, rightEdge-leftEdge-p.width(page)-4))
	}
}

func grouped(label, s string) string {
	if s == "" {
		return ""
	}
	return label + invoice.Grouped(s)
}

func nonEmpty(all ...string) []string {
	var some []string
	for _, s := range all {
		if s != "" {
			some = append(some, s)
		}
	}
	return some
}
