package document

import (
	"bytes"
	"fmt"
	"strings"

	"codeberg.org/go-pdf/fpdf"

	"duly/shared/o2c"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/party"
	"duly/shared/text"
)

// InvoicePDF renders an issued invoice or credit note from its legal content
// alone, so that the copy of today equals the original. The link is the
// customer's page of it; without one the document asks for no payment, as when
// everything was paid beforehand.
func (papers Papers) InvoicePDF(d invoice.Data, link string) ([]byte, error) {
	p := &invoicePaper{d: d, link: link, words: text.In(d.Buyer.Language)}
	p.name = p.words.Say("pdf." + d.Nature())
	p.sheet = newSheet(papers.Look, p.words, p.title(), plain(d.Seller.Name), d.IssuedOn)
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
	s, name := p.d.Seller, ""
	if p.logo() {
		name = plain(s.Name)
	} else {
		p.font("B", 15)
		p.ink(black)
		p.at(leftEdge, 23, p.clip(plain(s.Name), 95))
	}
	p.font("", 8)
	p.ink(grey)
	y := 19.0
	for _, line := range []string{
		name,
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

// The room of a logo, in millimetres.
const logoLeft, logoTop, logoWide, logoHigh = leftEdge, 14.0, 62.0, 22.0

// logo draws the house's and reports whether there is one. It stays at the top
// of its room: what is below belongs to the envelope.
func (p *invoicePaper) logo() bool {
	if !p.look.HasLogo() {
		return false
	}
	kind := fpdf.ImageOptions{ImageType: p.look.Kind}
	p.pdf.RegisterImageOptionsReader("logo", kind, bytes.NewReader(p.look.Logo))
	w, h := fit(p.look.Width, p.look.Height, logoWide, logoHigh)
	p.pdf.ImageOptions("logo", logoLeft, logoTop, w, h, false, kind, 0, "")
	return true
}

func (p *invoicePaper) labelled(key, value string) string {
	if value == "" {
		return ""
	}
	return p.words.Say(key) + " " + plain(value)
}

// columnRight is where the right column of the head begins.
const columnRight = 130.0

// window is where the address shows through the envelope, in millimetres from
// the sheet's upper left corner: base lines of the sender's line and of the first
// of six lines, and where the facts stand beside it.
type window struct {
	left, width           float64
	sender                float64 // 0: the window shows the address alone
	first, step           float64
	factsLeft, factsRight float64
}

// windowAtLeft is the address field of DIN 5008 form B: 20 mm from the left and
// 45 mm from the top, 85 × 45 mm, of which the last 27.3 are the address and the
// line above is the sender's. Dutch and Belgian envelopes with their window at
// the left show the same.
var windowAtLeft = window{left: leftEdge, width: 78, sender: 61, first: 66.9, step: 4.4, factsLeft: columnRight, factsRight: rightEdge}

// windowAtRight is that of French envelopes: 85 × 33 mm, 110 mm from the left and
// 55 mm from the top (edics.fr, "Rédiger vos adresses", after the rules of La
// Poste), and of Dutch ones with their window at the right.
var windowAtRight = window{left: 112, width: 78, first: 60, step: 4.7, factsLeft: leftEdge, factsRight: 100}

// windowOf is where envelopes have their window: as the house says, else as they
// are sold in its country.
func windowOf(look o2c.Look, country string) window {
	if look.Window == o2c.WindowRight || look.Window == "" && country == "FR" {
		return windowAtRight
	}
	return windowAtLeft
}

func (p *invoicePaper) envelope() window { return windowOf(p.look, p.d.Seller.Address.Country) }

// window is what shows through the window of the envelope: the sender on one
// line and the customer below.
func (p *invoicePaper) window() {
	s, at := p.d.Seller, p.envelope()
	if at.sender > 0 {
		p.font("", 6.5)
		p.ink(grey)
		p.at(at.left, at.sender, p.clip(strings.Join([]string{plain(s.Name), plain(s.Address.Street), plain(s.Address.PostalCode + " " + s.Address.City)}, " · "), at.width))
		p.rule(at.left, at.left+at.width, at.sender+1.1)
	}
	p.ink(black)
	p.font("", 10)
	y := at.first
	for _, line := range p.recipient(p.d.Buyer, s.Address.Country) {
		p.at(at.left, y, line)
		y += at.step
	}
	p.rule(6, 9, 105) // where the sheet is folded
	p.rule(6, 9, 210)
}

func (p *invoicePaper) recipient(b invoice.Buyer, home string) []string {
	wide := p.envelope().width
	place := []string{plain(b.Address.Street), plain(b.Address.PostalCode + " " + b.Address.City)}
	if b.Address.Country != home {
		place = append(place, strings.ToUpper(p.country(b.Address)))
	}
	name := p.wrap(plain(b.Name), wide)
	lines := name[:min(len(name), 3)] // as many as the window shows
	for _, line := range place {
		lines = append(lines, p.clip(line, wide))
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
	y, at := 51.0, p.envelope()
	for _, row := range rows {
		if row[1] == "" {
			continue
		}
		p.font("", 8)
		p.ink(grey)
		label := p.words.Say(row[0])
		p.at(at.factsLeft, y, label)
		room := max(36, at.factsRight-at.factsLeft-p.width(label)-2)
		p.font("", 9)
		if p.width(row[1]) > room {
			p.font("", 7) // a Leitweg-ID has up to 46 characters
		}
		p.ink(black)
		p.to(at.factsRight, y, p.clip(row[1], room))
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
