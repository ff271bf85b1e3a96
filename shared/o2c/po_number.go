package o2c

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/mail"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"duly/shared/o2c/fault"
	"duly/shared/o2c/invoice"
)

// The letters with a document that the customer asked for on its page.
const (
	LetterCopy    = "invoice_copy"    // with the order number that was told after issue
	LetterForward = "invoice_forward" // to a colleague of the customer
)

// poMax is how long a customer's own order number may be.
const poMax = 50

// doCopy renders a copy of an invoice and mails it; doForward mails the document
// as it is.
const (
	doCopy    = "mail.copy"
	doForward = "mail.forward"
)

// GivePONumber takes the customer's own order number, told after the invoice was
// issued. The legal document stays what it is; a copy with the number on it is
// made and mailed.
func (c *Cycle) GivePONumber(ctx context.Context, s Stamp, invoiceID, number string) error {
	number = strings.TrimSpace(strings.ToValidUTF8(number, ""))
	if number == "" || utf8.RuneCountInString(number) > poMax || strings.ContainsFunc(number, unicode.IsControl) {
		return fault.Bad("/po_number", "there is no number, or it is longer than 50 characters", "write your order number").Keyed("po.size")
	}
	return c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		inv, err := get[invoice.Invoice](ctx, tx, invoiceID)
		if err != nil {
			return err
		}
		d := inv.Data()
		if d.Number == "" || inv.IsCreditNote() {
			return fault.New(fault.Refused, "This takes no order number", "only an issued invoice does", "").Keyed("po.draft")
		}
		if d.PONumber == number || d.BuyerPO == number {
			return nil
		}
		inv.TellPONumber(number)
		told := tx.Save(inv, Fact{Type: "invoice.po_number_told", Data: map[string]string{"po_number": number, "by": s.Actor}})
		if d.BroughtForward() {
			return errors.Join(told, c.threadLine(tx, d, CaseLine{What: LinePOElsewhere, By: c.sayer(s.Actor), Numbers: []string{d.Number}, Note: number}))
		}
		return errors.Join(
			told,
			tx.ask(doCopy, KeyOf(inv), map[string]string{"po_number": number}),
			c.threadLine(tx, d, CaseLine{What: LinePONumber, By: c.sayer(s.Actor), Numbers: []string{d.Number}, Note: number}),
		)
	})
}

// threadLine is one line below the cards of an invoice and of its customer's
// case, whichever of them stand.
func (c *Cycle) threadLine(tx *Tx, d invoice.Data, said CaseLine) error {
	return errors.Join(
		tx.ask(doReply, Key{Kind: "invoice", ID: d.ID}, replyArgs{Purpose: "invoice", Case: &said}),
		tx.ask(doReply, Key{Kind: "customer", ID: d.CustomerID}, replyArgs{Purpose: "overdue", Case: &said}),
	)
}

// CopyName is under which name the copy of an invoice with the customer's later
// order number is kept.
func CopyName(d invoice.Data) string {
	return fmt.Sprintf("copies/%04d/%s-%s.pdf", d.IssuedOn.Year, d.Number, Name("po", d.BuyerPO))
}

// performCopy renders the copy once, keeps it and mails it.
func performCopy(ctx context.Context, o *Outbox, e Effect) (func(context.Context, *Tx) error, error) {
	inv, err := get[invoice.Invoice](ctx, NewTx(o.Cycle.Store), e.Subject.ID)
	if err != nil {
		return nil, err
	}
	d := inv.Data()
	url, err := o.Cycle.InvoiceURL(d)
	if err != nil {
		return nil, err
	}
	pdf, err := o.Papers.InvoicePDF(inv.Copy(), url)
	if err != nil {
		return nil, fmt.Errorf("render the copy of invoice %s: %w", d.Number, err)
	}
	if err := o.Files.Put(ctx, CopyName(d), "application/pdf", pdf, o.Cycle.keepsUntil(d)); err != nil || d.Buyer.Email == "" {
		return nil, err
	}
	return o.sendInvoice(ctx, e, d, LetterCopy, d.Buyer.Email, url, pdf)
}

// sendInvoice mails a document with a letter.
func (o *Outbox) sendInvoice(ctx context.Context, e Effect, d invoice.Data, template, to, url string, pdf []byte) (func(context.Context, *Tx) error, error) {
	view := o.aboutInvoice(d, url, to)
	view.Amount, view.PONumber = d.Open, d.BuyerPO
	subject, text, html, err := o.Papers.Letter(template, d.Buyer.Language, view)
	if err != nil {
		return nil, fmt.Errorf("write the letter %s of invoice %s: %w", template, d.Number, err)
	}
	about := aboutDocument(d)
	about.What = template
	return o.mail(ctx, e, Letter{
		To: to, Subject: subject, Text: text, HTML: html, Attachments: []Attachment{{Name: d.Number + ".pdf", ContentType: "application/pdf", Content: pdf}},
	}, about)
}

// forwardsData is to whom a customer had an invoice sent.
type forwardsData struct {
	InvoiceID string    `json:"invoice_id"`
	To        []forward `json:"to"`
}

type forward struct {
	Email string    `json:"email"`
	At    time.Time `json:"at"`
}

// forwards are an invoice's; it has the invoice's id.
type forwards struct{ data forwardsData }

// Kind and ID make it a document.
func (f *forwards) Kind() string { return "forwards" }
func (f *forwards) ID() string   { return f.data.InvoiceID }

// MarshalJSON and UnmarshalJSON are the store's door.
func (f *forwards) MarshalJSON() ([]byte, error) { return json.Marshal(f.data) }
func (f *forwards) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &f.data) }

// forwardsMax is to how many addresses a customer may have one invoice sent: our
// mail must not serve whoever finds a link to write to strangers.
const forwardsMax = 5

// ForwardInvoice mails an invoice to a colleague of the customer, with a link of
// its own. The same address again is told so once.
func (c *Cycle) ForwardInvoice(ctx context.Context, s Stamp, invoiceID, email string) error {
	address, err := mail.ParseAddress(strings.TrimSpace(email))
	if err != nil || len(address.Address) > 254 || address.Name != "" {
		return fault.Bad("/email", "it is no mail address", "write one like finance@example.com").Keyed("email.not")
	}
	to := strings.ToLower(address.Address)
	return c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		if err := tx.Fetch(ctx, Key{Kind: "invoice", ID: invoiceID}, Key{Kind: "forwards", ID: invoiceID}); err != nil {
			return err
		}
		inv, err := get[invoice.Invoice](ctx, tx, invoiceID)
		if err != nil {
			return err
		}
		f, err := find[forwards](ctx, tx, invoiceID)
		if err != nil {
			return err
		}
		if f == nil {
			f = &forwards{data: forwardsData{InvoiceID: invoiceID}}
		}
		if slices.ContainsFunc(f.data.To, func(one forward) bool { return one.Email == to }) {
			return nil
		}
		if len(f.data.To) >= forwardsMax || inv.Number() == "" {
			return fault.New(fault.Refused, "It was sent to enough people", "invoice {number} went to {n} addresses", "forward the mail yourself").Keyed("forward.enough").With("number", inv.Number(), "n", len(f.data.To))
		}
		f.data.To = append(f.data.To, forward{Email: to, At: s.At.UTC()})
		return errors.Join(
			tx.Save(f, Fact{Type: "invoice.forwarded", Data: map[string]string{"to": to}}),
			tx.ask(doForward, KeyOf(inv), map[string]string{"to": to}),
			c.threadLine(tx, inv.Data(), CaseLine{What: LineForwarded, By: c.sayer(s.Actor), Numbers: []string{inv.Number()}, Note: to}),
		)
	})
}

// performForward mails the document with a link that is the colleague's own.
func performForward(ctx context.Context, o *Outbox, e Effect) (func(context.Context, *Tx) error, error) {
	var args struct {
		To string `json:"to"`
	}
	if err := json.Unmarshal(e.Args, &args); err != nil {
		return nil, damaged("The invoice cannot be forwarded", err)
	}
	inv, err := get[invoice.Invoice](ctx, NewTx(o.Cycle.Store), e.Subject.ID)
	if err != nil {
		return nil, err
	}
	d := inv.Data()
	scope := Scope{Page: LinkInvoice, Subject: KeyOf(inv), Contact: args.To}
	token, err := o.Cycle.Links.Token(scope)
	if err != nil {
		return nil, err
	}
	err = o.Cycle.Store.Update(ctx, func(_ context.Context, tx *Tx) error {
		tx.By(Stamp{At: o.Now(), Actor: "system:outbox"})
		return o.Cycle.grant(tx, scope)
	})
	if err != nil {
		return nil, err
	}
	name := PaperName(d)
	if d.BuyerPO != "" {
		name = CopyName(d)
	}
	pdf, err := o.Files.Get(ctx, name)
	if fault.Is(err, fault.NotFound) {
		pdf, _, err = o.paper(ctx, d)
	}
	if err != nil {
		return nil, err
	}
	return o.sendInvoice(ctx, e, d, LetterForward, args.To, o.Cycle.Policy.URL(LinkInvoice, token), pdf)
}
