package page

import (
	"fmt"
	"html/template"
	"slices"
	"strings"

	"rsc.io/qr"

	"duly/shared/o2c"
	"duly/shared/o2c/dunning"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/money"
)

// The keys of page.error, and the field each belongs to.
const (
	SaidAmount  = "amount"  // no amount, or more than is open
	SaidDate    = "date"    // no date, or one too far ahead
	SaidLater   = "later"   // the payment provider does not answer
	SaidRefused = "refused" // the document's state does not allow it any more
)

// invoicePage is the page of an invoice or credit note.
type invoicePage struct {
	frame
	o2c.InvoicePageView
	Brand    string
	Returned bool // from the payment page, maybe before its news: the customer should not pay twice
}

// Invoice renders the page of an invoice or credit note.
func (p *Pages) Invoice(v o2c.InvoicePageView, at Visit) ([]byte, error) {
	f := p.frame(at, v.Invoice.Buyer.Language, v.Invoice.Seller)
	f.Title = f.Say("page."+v.Invoice.Type, "Number", v.Invoice.Number)
	page := invoicePage{frame: f, InvoicePageView: v, Brand: p.opt.Brand, Returned: at.Returned && v.Payable.IsPositive() && at.Said == ""}
	if slices.Contains([]string{SaidAmount, SaidDate, SaidLater, SaidRefused}, at.Said) {
		page.At, page.Problem = at.Said, f.Say("page.error."+at.Said, "Most", f.Amount(v.Payable), "Example", page.Example(), "Until", f.Full(v.PromiseUntil))
	}
	return p.render("invoice.html", page)
}

// Credit reports whether the page is of a credit note.
func (p invoicePage) Credit() bool { return p.Invoice.Type == invoice.CreditNotes }

// Due says when the invoice is or was due, seen from today.
func (p invoicePage) Due() string {
	date := p.Near(p.Invoice.DueOn)
	switch days := p.Invoice.DueOn.DaysSince(p.Today); {
	case days > 0:
		return p.Count("page.due_in", days, "Date", date)
	case days < 0:
		return p.Count("page.due_ago", -days, "Date", date)
	}
	return p.Say("page.due_today", "Date", date)
}

// Partly reports whether a part of the invoice was paid before.
func (p invoicePage) Partly() bool {
	return p.Invoice.Open.IsPositive() && p.Invoice.Open.Cmp(p.Invoice.Total) < 0
}

// Done is the sentence under which an invoice without anything open stands.
func (p invoicePage) Done() string {
	switch d := p.Invoice; {
	case p.Credit():
		return p.Say("page.corrects", "Number", d.Refers)
	case d.Open.IsPositive():
		return ""
	case d.Status == invoice.Credited:
		return p.Say("page.credited")
	case d.Status == invoice.Paid && !d.PaidOn.IsZero():
		return p.Say("page.paid_on", "Date", p.Full(d.PaidOn))
	}
	return p.Say("page.settled")
}

// Example is an amount as the reader writes it, such as "100,00".
func (p invoicePage) Example() string {
	digits := int(money.Digits(p.Invoice.Currency))
	if digits == 0 {
		return "100"
	}
	return "100" + p.Say("format.decimal") + strings.Repeat("0", digits)
}

// MayPromise reports whether a promise is offered: money is open and none
// pauses the letters yet.
func (p invoicePage) MayPromise() bool { return p.Payable.IsPositive() && p.Promise == nil }

// Quiet is the first day on which a letter may go out after the promise.
func (p invoicePage) Quiet() string {
	return p.Full(p.Promise.Date.AddDays(dunning.GraceDays))
}

// IBAN and Reference are spelled in groups of four.
func (p invoicePage) IBAN() string      { return invoice.Grouped(p.Invoice.Seller.IBAN) }
func (p invoicePage) Reference() string { return invoice.Grouped(p.Invoice.Reference) }

// Rate spells a VAT rate.
func (p invoicePage) Rate(t interface{ String() string }) string { return p.Percent(t.String()) }

// DocumentURL is the address of the PDF.
func (p invoicePage) DocumentURL() string { return p.Path + "/pdf" }

// Code is the QR code for banking apps as a drawing; nothing where there is
// none.
func (p invoicePage) Code() template.HTML {
	if p.TransferCode == "" {
		return ""
	}
	c, err := qr.Encode(p.TransferCode, qr.M) // level M by EPC069-12
	if err != nil {
		return ""
	}
	const quiet = 4 // modules of white around it (ISO/IEC 18004)
	var path strings.Builder
	for y := range c.Size {
		for x := 0; x < c.Size; x++ {
			run := x
			for c.Black(run, y) {
				run++
			}
			if run > x {
				fmt.Fprintf(&path, "M%d %dh%dv1h-%dz", x+quiet, y+quiet, run-x, run-x)
				x = run
			}
		}
	}
	side := c.Size + 2*quiet
	return template.HTML(fmt.Sprintf( // #nosec G203 -- numbers, and a label that is escaped
		`<svg class="code" viewBox="0 0 %d %d" role="img" aria-label="%s" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h%dv%dh-%dz"/><path d="%s"/></svg>`,
		side, side, template.HTMLEscapeString(p.Say("page.code")), side, side, side, path.String()))
}
