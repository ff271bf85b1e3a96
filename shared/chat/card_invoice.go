package chat

import (
	"strings"

	"github.com/slack-go/slack"

	"duly/shared/o2c"
	"duly/shared/o2c/invoice"
)

// invoice reports an invoice on its way to paid.
func (v Voice) invoice(c o2c.InvoiceCard) Message {
	d := c.Invoice
	about := []any{"number", d.Number, "customer", named(d.Buyer.Name), "amount", d.Total}
	if d.Type == invoice.CreditNotes {
		return message(v.Say("credit_note.text", about...),
			header(v.Say("credit_note.title", about...)),
			fields(v.mark("invoice.refers", "number", d.Refers), v.issued(d)))
	}
	sentence := v.Say("invoice.text", append(about, "status", v.known("invoice.status.", d.Status), "open", d.Open)...)
	return message(sentence,
		header(v.Say("invoice.title", about...)),
		fields(
			v.mark("invoice.status", "status", v.known("invoice.status.", d.Status)),
			v.mark("invoice.open", "amount", d.Open),
			v.mark("invoice.due", "date", d.DueOn),
			v.issued(d),
			v.credited(d)),
		notes(v.ordered(d), v.collectsOn(c)),
		v.invoiceButtons(c))
}

// issuedOn is a day's line in the channel, above the invoices in its thread.
func (v Voice) issuedOn(c o2c.IssuedCard) Message {
	return message(v.Say("issued.text", "date", c.On), section(v.mark("issued.body", "date", c.On)))
}

// credited is what credit notes took back so far.
func (v Voice) credited(d invoice.Data) markup {
	if len(d.Notes) == 0 {
		return ""
	}
	numbers := make([]string, len(d.Notes))
	for i, n := range d.Notes {
		numbers[i] = n.Number
	}
	return v.mark("invoice.credited", "amount", d.Credited(), "numbers", strings.Join(numbers, ", "))
}

func (v Voice) issued(d invoice.Data) markup { return v.mark("invoice.issued", "date", d.IssuedOn) }

func (v Voice) ordered(d invoice.Data) markup {
	if d.OrderNo == "" {
		return ""
	}
	return v.mark("invoice.order", "order", named(d.OrderNo))
}

// invoiceButtons offers the customer's link while there is something to pay, and a credit note while there is something to
// credit. The link itself is not in the text of the card: whoever may have it presses, and is shown it alone.
func (v Voice) invoiceButtons(c o2c.InvoiceCard) slack.Block {
	var buttons []*slack.ButtonBlockElement
	if c.PayURL != "" && c.Invoice.Open.IsPositive() {
		buttons = append(buttons, button(ActInvoiceCopyLink, v.Say("button.copy_link"), Ref{ID: c.Invoice.ID}.String()), opens(v, c.PayURL))
	}
	if c.Invoice.Status != invoice.WrittenOff && !c.Invoice.Exhausted() {
		buttons = append(buttons, button(ActInvoiceCredit, v.Say("button.credit_note"), Ref{ID: c.Invoice.ID}.String()))
	}
	if c.Collect.Method != nil && c.Invoice.Open.IsPositive() {
		buttons = append(buttons, button(ActStopCollecting, v.Say("button.stop_collecting"), Ref{ID: c.Invoice.CustomerID}.String()))
	}
	return actions(buttons...)
}

// collectsOn is when an invoice is collected, and from what.
func (v Voice) collectsOn(c o2c.InvoiceCard) markup {
	if c.Collect.On.IsZero() || c.Collect.Method == nil || !c.Invoice.Open.IsPositive() {
		return ""
	}
	return v.mark("invoice.collects", "method", named(c.Collect.Method.Shown()), "date", c.Collect.On)
}

// opens is a button that opens a page; a page whose address is too long for Slack has none.
func opens(v Voice, url string) *slack.ButtonBlockElement {
	if len(url) > urlMax {
		return nil
	}
	return button(ActInvoiceOpen, v.Say("button.open"), "").WithURL(url)
}
