package document

import (
	"fmt"
	"strconv"

	"duly/shared/o2c"
	"duly/shared/o2c/invoice"
	"duly/shared/text"
)

// The columns of a packing slip: a box to tick, the text, and three figures.
const (
	packBox     = leftEdge
	packText    = leftEdge + 8
	packWidth   = 92.0
	packHere    = 150.0
	packOrdered = 170.0
)

// PackingSlip renders what lies in a parcel, without prices, for the packer who
// ticks it and the customer who checks it.
func (papers Papers) PackingSlip(v o2c.PackingSlipView) ([]byte, error) {
	w := text.In(v.Language)
	p := &invoicePaper{words: w, name: w.Say("pdf.packing_slip"), d: invoice.Data{
		Number: plain(v.Number), Seller: v.Seller, Buyer: invoice.Buyer{Name: v.Customer, Address: v.ShipTo, Language: v.Language},
	}}
	p.sheet = newSheet(papers.Look, w, p.title(), plain(v.Seller.Name), v.On)
	p.letterhead()
	p.window()
	p.facts([][2]string{
		{"pdf.order", plain(v.Number)}, {"pdf.po_number", plain(v.PONumber)}, {"pdf.parcel", strconv.Itoa(v.Parcel)}, {"pdf.packed_on", p.date(v.On)},
		{"mail.pair.carrier", plain(v.Carrier)}, {"mail.pair.tracking", plain(v.Tracking)},
	})
	y := p.packHead(112)
	for _, l := range v.Lines {
		y = p.packLine(l, y)
	}
	p.packClose(v, y)
	p.pages()
	out, err := p.bytes()
	if err != nil {
		return nil, fmt.Errorf("render the packing slip of order %s: %w", v.Number, err)
	}
	return out, nil
}

func (p *invoicePaper) packHead(y float64) float64 {
	p.font("B", 8)
	p.ink(grey)
	p.at(packText, y, p.words.Say("pdf.description"))
	p.to(packHere, y, p.words.Say("pdf.quantity"))
	p.to(packOrdered, y, p.words.Say("pdf.ordered"))
	p.to(rightEdge, y, p.words.Say("pdf.to_come"))
	p.stroke(black, 0.35)
	p.rule(leftEdge, rightEdge, y+1.8)
	p.stroke(pale, 0.2)
	return y + 3.6
}

func (p *invoicePaper) packLine(l o2c.PackingLine, y float64) float64 {
	p.font("", 10)
	parts := p.wrap(plain(l.Name), packWidth)
	parts = parts[:min(len(parts), partsMax)]
	high := float64(len(parts))*(lineHeight+0.4) + lineGap
	if l.SKU != "" {
		high += lineHeight - 0.6
	}
	if y+high > bottomEdge {
		y = p.packHead(p.follow())
	}
	base := y + 3.4
	p.stroke(grey, 0.3)
	p.pdf.Rect(packBox, base-3.2, 3.8, 3.8, "D")
	p.stroke(pale, 0.2)
	p.ink(black)
	p.font("B", 10)
	p.to(packHere, base, strconv.FormatInt(l.Quantity, 10))
	p.font("", 10)
	p.ink(grey)
	p.to(packOrdered, base, strconv.FormatInt(l.Ordered, 10))
	if l.ToCome > 0 {
		p.to(rightEdge, base, strconv.FormatInt(l.ToCome, 10))
	}
	p.ink(black)
	for _, part := range parts {
		p.at(packText, base, part)
		base += lineHeight + 0.4
	}
	if l.SKU != "" {
		p.ink(grey)
		p.font("", 8)
		p.at(packText, base-0.6, p.clip(plain(l.SKU), packWidth))
	}
	y += high
	p.rule(leftEdge, rightEdge, y-lineGap/2-0.9)
	return y
}

// packClose is the customer's own note and whom to tell what is wrong.
func (p *invoicePaper) packClose(v o2c.PackingSlipView, y float64) {
	y = p.room(y, 24) + 8
	p.font("", 9)
	p.ink(black)
	if note := plain(v.Note); note != "" {
		for _, line := range p.wrap(p.words.Say("pdf.note")+" "+note, rightEdge-leftEdge) {
			y = p.room(y, 5)
			p.at(leftEdge, y, line)
			y += 5
		}
		y += 2
	}
	contact := plain(v.Seller.Email)
	if contact == "" {
		contact = plain(v.Seller.Phone)
	}
	if contact != "" {
		p.ink(grey)
		p.at(leftEdge, y, p.words.Say("pdf.packing_check", "Contact", contact))
	}
}
