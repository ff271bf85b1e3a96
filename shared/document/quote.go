package document

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"duly/shared/o2c"
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/party"
	"duly/shared/o2c/quote"
	"duly/shared/text"
)

// QuotePDF renders a sent quote with the general terms that would hold, so that
// whoever accepts has both in hand. The link is the customer's page of it.
func (papers Papers) QuotePDF(d quote.Data, terms quote.TermsData, link string) ([]byte, error) {
	p := newQuotePaper(papers.Look, "pdf.quote", d, terms, d.IssuedOn)
	p.link = link
	p.head([][2]string{
		{"pdf.quote_number", d.Number}, {"pdf.version", versionOf(d.Version)}, {"pdf.quoted_on", p.date(d.IssuedOn)}, {"pdf.valid_until", p.date(d.ValidUntil)},
		{"pdf.terms", p.words.Count("pdf.days", d.TermsDays)}, {"pdf.your_vat_id", plain(d.Buyer.VATID)},
	})
	y := p.said(112, d.Subject)
	y = p.totals(p.lines(y))
	y = p.advance(p.period(y))
	y = p.said(y+3, d.Note)
	p.acceptBox(p.room(y, acceptHigh+4) + 4)
	p.general(bottomEdge)
	p.pages()
	return p.finished("quote")
}

// ContractPDF renders what was agreed: the purchase agreement, what it is for,
// the evidence of its acceptance, and the general terms of that day.
func (papers Papers) ContractPDF(k quote.ContractData, d quote.Data, terms quote.TermsData, zone *time.Location) ([]byte, error) {
	p := newQuotePaper(papers.Look, "pdf.contract", d, terms, k.AcceptedOn)
	end := ""
	if !k.EndOn.IsZero() {
		end = p.date(k.EndOn)
	}
	p.head([][2]string{
		{"pdf.quote_number", k.Number}, {"pdf.version", versionOf(k.Version)}, {"pdf.agreed_on", p.date(k.AcceptedOn)}, {"pdf.start", p.date(k.StartOn)}, {"pdf.end", end},
		{"pdf.terms", p.words.Count("pdf.days", k.TermsDays)}, {"pdf.your_vat_id", plain(d.Buyer.VATID)},
	})
	y := p.clauses(110, quote.Clauses(terms.Agreement, p.values(k)))
	y = p.totals(p.lines(p.room(y+4, 40)))
	y = p.advance(y)
	p.general(p.evidence(p.room(y, evidenceHigh+4)+4, k, zone))
	p.pages()
	return p.finished("contract")
}

// quotePaper is a quote or contract on its way to paper: an invoice's sheet with
// other facts.
type quotePaper struct {
	*invoicePaper
	q     quote.Data
	terms quote.TermsData
}

func newQuotePaper(look o2c.Look, name string, d quote.Data, terms quote.TermsData, on calendar.Date) quotePaper {
	w := text.In(d.Buyer.Language)
	p := quotePaper{q: d, terms: terms, invoicePaper: &invoicePaper{words: w, name: w.Say(name), d: sheetOf(d, on)}}
	p.sheet = newSheet(look, w, p.title(), plain(d.Seller.Name), on)
	return p
}

// sheetOf is the quote as an invoice's sheet shows it.
func sheetOf(d quote.Data, on calendar.Date) invoice.Data {
	s := invoice.Data{
		Type: invoice.Quotes, Number: d.Number, IssuedOn: on, Seller: d.Seller, Currency: d.Currency, Taxes: d.Taxes, Net: d.Net, Tax: d.Tax,
		Rounding: d.Total.Minus(d.Net).Minus(d.Tax), Total: d.Total, TermsDays: d.TermsDays,
		Buyer: invoice.Buyer{Name: d.Buyer.Name, Kind: d.Buyer.Kind, Address: d.Buyer.Address, VATID: d.Buyer.VATID, KVK: d.Buyer.KVK, Language: d.Buyer.Language},
	}
	for _, l := range d.Lines {
		s.Lines = append(s.Lines, invoice.Line{N: l.N, SKU: l.SKU, Name: l.Name, Quantity: l.Quantity, UnitPrice: l.UnitPrice, Net: l.Net, TaxRate: l.TaxRate, Category: l.Category, Overall: l.Overall})
	}
	return s
}

// versionOf is the version where there was another before it.
func versionOf(n int) string {
	if n < 2 {
		return ""
	}
	return strconv.Itoa(n)
}

func (p quotePaper) head(rows [][2]string) {
	p.letterhead()
	p.window()
	p.facts(rows)
}

// saidLines is how many lines of a sentence of the seller's are shown.
const saidLines = 12

// said writes a sentence of the seller's own and returns where it ends.
func (p quotePaper) said(y float64, sentence string) float64 {
	if sentence == "" {
		return y
	}
	p.font("", 9.5)
	lines := p.wrap(plain(sentence), rightEdge-leftEdge)
	lines = lines[:min(len(lines), saidLines)]
	y = p.room(y, float64(len(lines))*4.6+4)
	p.ink(black)
	for _, l := range lines {
		p.font("", 9.5)
		p.at(leftEdge, y, l)
		y += 4.6
	}
	return y + 3
}

// period is how long what is offered would run.
func (p quotePaper) period(y float64) float64 {
	if p.q.Period == nil {
		return y
	}
	return p.said(y+3, p.words.Say("pdf.period", "Start", p.date(p.q.Period.StartOn), "End", p.date(p.q.Period.EndOn), "Notice", p.date(p.q.Period.NoticeOn())))
}

// advance is what is to be paid before delivery.
func (p quotePaper) advance(y float64) float64 {
	if !p.q.Upfront.IsPositive() {
		return y
	}
	return p.said(y+3, p.words.Say("pdf.upfront", "Amount", p.money(p.q.Upfront)))
}

const acceptHigh = 50.0

// acceptBox says until when the quote holds and how it is accepted, on our page
// or on paper.
func (p quotePaper) acceptBox(y float64) {
	p.fill(wash)
	p.pdf.Rect(leftEdge, y, rightEdge-leftEdge, acceptHigh, "F")
	x := leftEdge + boxPadding
	p.font("B", 10)
	p.ink(black)
	p.at(x, y+8, p.words.Say("pdf.accept_until", "Date", p.date(p.q.ValidUntil)))
	p.online(x, y+14, "pdf.accept_online")
	p.font("", 8)
	p.ink(grey)
	base := y + 24.5
	for _, l := range p.wrap(p.words.Say("pdf.accept_paper", "Email", plain(p.q.Seller.Email)), rightEdge-leftEdge-2*boxPadding) {
		p.at(x, base, l)
		base += 3.8
	}
	sign := p.words.Say("pdf.accept_sign")
	p.at(x, y+acceptHigh-6, sign)
	p.stroke(grey, 0.2)
	p.rule(x+p.width(sign)+3, rightEdge-boxPadding, y+acceptHigh-6)
	p.stroke(pale, 0.2)
}

const evidenceHigh = 45.0

// evidence is who accepted what, when and from where, with the hashes that prove
// it; it returns where that ends.
func (p quotePaper) evidence(y float64, k quote.ContractData, zone *time.Location) float64 {
	a := k.Acceptance
	p.fill(wash)
	p.pdf.Rect(leftEdge, y, rightEdge-leftEdge, evidenceHigh, "F")
	x, base := leftEdge+boxPadding, y+7.5
	p.font("B", 10)
	p.ink(black)
	p.at(x, base, p.clip(p.words.Say("pdf.accepted_by", "Name", plain(a.Name)), rightEdge-leftEdge-2*boxPadding))
	base += 6
	at := a.At.In(zone)
	for _, row := range [][2]string{
		{"pdf.accepted_at", p.date(calendar.On(a.At, zone)) + ", " + at.Format("15:04:05 MST")},
		{"pdf.accepted_from", plain(a.IP) + " · " + plain(a.Contact)},
		{"pdf.accepted_document", a.Document},
		{"pdf.accepted_terms", k.Terms.Version + " · " + k.Terms.Hash},
		{"pdf.contract_hash", k.Hash},
	} {
		p.font("", 8)
		p.ink(grey)
		p.at(x, base, p.words.Say(row[0]))
		p.font("", 7.5)
		p.ink(black)
		p.at(x+44, base, p.clip(row[1], rightEdge-leftEdge-2*boxPadding-44))
		base += 5
	}
	p.font("", 7)
	p.ink(grey)
	for _, l := range p.wrap(p.words.Say("pdf.hashes"), rightEdge-leftEdge-2*boxPadding) {
		p.at(x, base, l)
		base += 3.2
	}
	return y + evidenceHigh
}

// generalFrom is how far down a page the general terms may begin.
const generalFrom = 100.0

// general are the general terms, below y or from a new page on.
func (p quotePaper) general(y float64) {
	if y += 10; y > generalFrom {
		y = p.follow()
	}
	p.font("B", 13)
	p.ink(black)
	p.at(leftEdge, y+4, p.words.Say("pdf.general", "Version", p.terms.Version))
	p.clauses(y+13, quote.Clauses(p.terms.General, map[string]string{"Seller": plain(p.q.Seller.Name), "TermsVersion": p.terms.Version}))
}

// clauses writes headings and paragraphs from y on and returns where they end. A
// heading stays with the first lines below it.
func (p quotePaper) clauses(y float64, all []quote.Clause) float64 {
	for _, c := range all {
		y = p.room(y, 14)
		p.font("B", 9)
		p.ink(black)
		p.at(leftEdge, y, p.clip(c.Heading, rightEdge-leftEdge))
		y += 4.6
		for _, said := range c.Paragraphs {
			p.font("", 8.5)
			for _, l := range p.wrap(said, rightEdge-leftEdge) {
				y = p.room(y, 4.2)
				p.font("", 8.5)
				p.ink(black)
				p.at(leftEdge, y, l)
				y += 4.2
			}
		}
		y += 2.2
	}
	return y
}

// values are what the agreement's placeholders stand for, in the language of its
// text.
func (p quotePaper) values(k quote.ContractData) map[string]string {
	w := text.In(p.terms.Language)
	day := func(d calendar.Date) string {
		if d.IsZero() {
			return ""
		}
		return w.Date(text.Day(d))
	}
	subject := k.Subject
	if subject == "" {
		subject = p.q.Lines[0].Name
	}
	return map[string]string{
		"Seller": plain(p.q.Seller.Name), "SellerAddress": oneLine(p.q.Seller.Address), "SellerKVK": p.q.Seller.KVK, "SellerVAT": p.q.Seller.VATID,
		"Buyer": plain(p.q.Buyer.Name), "BuyerAddress": oneLine(p.q.Buyer.Address), "Number": k.Number, "Version": strconv.Itoa(k.Version), "Subject": plain(subject),
		"Date": day(k.AcceptedOn), "Net": w.Money(p.q.Net.Minor, p.q.Net.Currency), "Total": w.Money(k.Total.Minor, k.Total.Currency),
		"TermsDays": strconv.Itoa(k.TermsDays), "TermsVersion": k.Terms.Version, "Start": day(k.StartOn), "End": day(k.EndOn), "Notice": day(k.NoticeOn),
	}
}

func oneLine(a party.Address) string {
	return plain(strings.Join(nonEmpty(a.Street, strings.TrimSpace(a.PostalCode+" "+a.City)), ", "))
}

func (p quotePaper) finished(what string) ([]byte, error) {
	out, err := p.bytes()
	if err != nil {
		return nil, fmt.Errorf("render %s %s: %w", what, p.q.Number, err)
	}
	return out, nil
}
