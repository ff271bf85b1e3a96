package document

import (
	"strconv"

	"rsc.io/qr"

	"duly/shared/o2c/invoice"
	"duly/shared/o2c/money"
)

const (
	boxHeight  = 47.0
	boxPadding = 6.0
	codeWidth  = 32.0 // with its quiet zone; a phone reads modules of 0.6 mm at arm's length
)

// payment is how to pay: by transfer, by a banking app, or on the customer's
// page. A credit note says what becomes of its amount instead.
func (p *invoicePaper) payment(y float64) {
	switch {
	case p.credit():
		p.closing(y, "pdf.credited", "pdf.view")
	case p.link == "" || !p.d.Total.IsPositive():
		p.closing(y, "pdf.settled", "pdf.view")
	default:
		rows := len(p.d.Instalments)
		top := p.room(y, boxHeight+4+float64(rows)*partHeight) + 4
		p.paymentBox(top)
		p.instalments(top + boxHeight + 6)
	}
}

// partHeight is that of a line which names an instalment.
const partHeight = 4.6

// instalments are the due dates of an invoice that has several; the box above
// them is about the first.
func (p *invoicePaper) instalments(y float64) {
	p.ink(black)
	for i, part := range p.d.Instalments {
		p.font("", 9)
		p.at(leftEdge, y, strconv.Itoa(i+1)+"/"+strconv.Itoa(len(p.d.Instalments))+" ("+strconv.Itoa(part.Percent)+" %): "+
			p.words.Say("pdf.pay_part", "Amount", p.money(part.Amount), "Date", p.date(part.On)))
		y += partHeight
	}
}

// first is what is to be paid first: all of it, or the first instalment.
func first(d invoice.Data) money.Amount {
	if len(d.Instalments) > 0 {
		return d.Instalments[0].Amount
	}
	return d.Total
}

func (p *invoicePaper) closing(y float64, sentence, link string) {
	y = p.room(y, 20) + 8
	p.font("", 9)
	p.ink(black)
	p.at(leftEdge, y, p.words.Say(sentence))
	if p.link != "" {
		p.online(leftEdge, y+5, link)
	}
}

func (p *invoicePaper) paymentBox(y float64) {
	d := p.d
	p.fill(wash)
	p.pdf.Rect(leftEdge, y, rightEdge-leftEdge, boxHeight, "F")
	x, base := leftEdge+boxPadding, y+8
	p.font("B", 10)
	p.ink(black)
	p.at(x, base, p.words.Say("pdf.pay_by", "Amount", p.money(first(d)), "Date", p.date(d.DueOn)))
	base += 6.6
	for _, row := range [][2]string{
		{p.words.Say("pdf.holder"), plain(d.Seller.Name)}, {"IBAN", invoice.Grouped(d.Seller.IBAN)}, {"BIC", plain(d.Seller.BIC)},
		{p.words.Say("pdf.reference"), invoice.Grouped(d.Reference)},
	} {
		if row[1] == "" {
			continue
		}
		p.font("", 8)
		p.ink(grey)
		p.at(x, base, row[0])
		p.font("", 9.5)
		p.ink(black)
		p.at(x+34, base, p.clip(row[1], 70))
		base += 5.2
	}
	p.online(x, base+1.6, "pdf.online")
	p.code(y)
}

// code draws the QR code for banking apps at the right of the box; where the
// guideline has none the box does without.
func (p *invoicePaper) code(y float64) {
	payload, ok := invoice.TransferCode(p.d.Seller, first(p.d), p.d.Reference)
	if !ok {
		return
	}
	c, err := qr.Encode(payload, qr.M) // level M by the guideline
	if err != nil {
		return
	}
	x := rightEdge - boxPadding - codeWidth
	top := y + 4
	p.pdf.SetFillColor(255, 255, 255)
	p.pdf.Rect(x, top, codeWidth, codeWidth, "F")
	p.pdf.SetFillColor(0, 0, 0)
	module := codeWidth / float64(c.Size+2*quiet)
	for row := range c.Size {
		for col := 0; col < c.Size; col++ {
			run := col
			for c.Black(run, row) {
				run++
			}
			if run > col { // one bar for neighbours: fewer bytes, and no hairlines between them
				p.pdf.Rect(x+float64(col+quiet)*module, top+float64(row+quiet)*module, float64(run-col)*module, module, "F")
				col = run
			}
		}
	}
	p.font("", 7)
	p.ink(grey)
	caption := p.words.Say("pdf.scan")
	p.at(x+(codeWidth-p.width(caption))/2, top+codeWidth+3.4, caption)
}

// quiet is the white margin of a QR code in modules (ISO/IEC 18004).
const quiet = 4

// online is the customer's page under its name, and in full for who has it on
// paper.
func (p *invoicePaper) online(x, y float64, key string) {
	p.font("B", 9)
	p.ink(p.accent)
	p.sheet.link(x, y, p.words.Say(key), p.link)
	p.font("", 6.5)
	p.ink(grey)
	for i, part := range p.wrap(plain(p.link), widthLink) {
		p.at(x, y+3.6+float64(i)*2.9, part)
	}
}

// widthLink leaves room for the code beside it.
const widthLink = 112.0
