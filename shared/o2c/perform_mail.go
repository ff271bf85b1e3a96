package o2c

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/delivery"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/fulfilment"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/order"
	"duly/shared/o2c/party"
	"duly/shared/o2c/statute"
)

// letterArgs name a letter: its template, its reader, and what it is about.
type letterArgs struct {
	Template string   `json:"template"`
	To       string   `json:"to"`
	Language string   `json:"language"`
	Order    string   `json:"order,omitempty"`
	Invoices []string `json:"invoices,omitempty"` // open ones, by due date
	Deposit  string   `json:"deposit,omitempty"`  // the invoice of one that is not paid
	Shipment string   `json:"shipment,omitempty"`
	Tracking string   `json:"tracking,omitempty"` // so that a number that comes later makes another letter

	On      calendar.Date `json:"on,omitzero"`       // of a reminder: the day of its step,
	Receipt string        `json:"receipt,omitempty"` // that is thanked for

	Step  string   `json:"step,omitempty"`  // the step
	About []string `json:"about,omitempty"` // and the invoices that it is taken for
}

// mailOrder asks for a letter about an order. The outbox grants the customer's
// link to it, as it alone of those that confirm orders has the link keys.
func (c *Cycle) mailOrder(tx *Tx, o *order.Order, cust *party.Customer, template string) error {
	return tx.ask(doLetter, KeyOf(o), letterArgs{Template: template, To: cust.Email(), Language: cust.Data().Language, Order: o.ID()})
}

func orderScope(orderID, email string) Scope {
	return Scope{Page: LinkOrder, Subject: Key{Kind: "order", ID: orderID}, Contact: email}
}

// performInvoice renders a legal document once, keeps it, and brings it to one
// recipient.
func performInvoice(ctx context.Context, o *Outbox, e Effect) (func(context.Context, *Tx) error, error) {
	inv, err := get[invoice.Invoice](ctx, NewTx(o.Cycle.Store), e.Subject.ID)
	if err != nil {
		return nil, err
	}
	var way invoiceArgs
	if err := json.Unmarshal(e.Args, &way); err != nil {
		return nil, damaged("The document cannot be sent", err)
	}
	d := inv.Data()
	if inv.IsCreditNote() {
		if err := o.grantNote(ctx, d); err != nil {
			return nil, err
		}
	}
	pdf, url, err := o.paper(ctx, d)
	if err != nil {
		return nil, err
	}
	switch way.Channel {
	case delivery.Post:
		about := of(e, aboutDocument(d))
		about.Channel, about.To = delivery.Post, d.Buyer.Name+", "+oneLine(d.Buyer.Address)
		return o.stays(about, delivery.Waiting, "", ""), nil
	case delivery.Peppol:
		return o.peppol(ctx, e, d)
	}
	way.To = cmp.Or(way.To, d.Buyer.Email)
	return o.mailDocument(ctx, e, inv, way, pdf, url)
}

// mailDocument mails a legal document.
func (o *Outbox) mailDocument(ctx context.Context, e Effect, inv *invoice.Invoice, way invoiceArgs, pdf []byte, url string) (func(context.Context, *Tx) error, error) {
	d := inv.Data()
	template := LetterInvoice
	switch {
	case inv.IsCreditNote():
		template = LetterCreditNote
	case d.Advance != nil:
		template = LetterDeposit
	}
	view := o.aboutInvoice(d, url, way.To)
	view.Paid = !inv.Collectable() && !inv.IsCreditNote()
	if err := o.addCollecting(ctx, &view, d); err != nil {
		return nil, err
	}
	subject, text, html, err := o.Papers.Letter(template, d.Buyer.Language, view)
	if err != nil {
		return nil, fmt.Errorf("write the letter of invoice %s: %w", d.Number, err)
	}
	l := Letter{To: way.To, Subject: subject, Text: text, HTML: html, Attachments: []Attachment{{Name: d.Number + ".pdf", ContentType: "application/pdf", Content: pdf}}}
	if way.UBL {
		ubl, err := o.Papers.InvoiceUBL(d)
		if err != nil {
			return nil, fmt.Errorf("attach the e-invoice of %s: %w", d.Number, err)
		}
		l.Attachments = append(l.Attachments, Attachment{Name: d.Number + ".xml", ContentType: "application/xml", Content: ubl})
	}
	return o.mail(ctx, e, l, aboutDocument(d))
}

// oneLine is an address as it stands on one line.
func oneLine(a party.Address) string {
	return a.Street + ", " + strings.TrimSpace(a.PostalCode+" "+a.City) + ", " + a.Country
}

// grantNote makes the customer's link to a credit note, which may have been
// issued where the link keys are not.
func (o *Outbox) grantNote(ctx context.Context, d invoice.Data) error {
	return o.Cycle.Store.Update(ctx, func(_ context.Context, tx *Tx) error {
		tx.By(Stamp{At: o.Now(), Actor: "system:outbox"})
		return o.Cycle.grant(tx, invoiceScope(d))
	})
}

// PaperName is under which name a legal document is kept.
func PaperName(d invoice.Data) string {
	return fmt.Sprintf("%ss/%04d/%s.pdf", d.Type, d.IssuedOn.Year, d.Number)
}

// EInvoiceName is under which name its e-invoice is kept.
func EInvoiceName(d invoice.Data) string {
	return strings.TrimSuffix(PaperName(d), ".pdf") + ".xml"
}

// paper is the document as it was first rendered, and its reader's link.
func (o *Outbox) paper(ctx context.Context, d invoice.Data) (pdf []byte, url string, err error) {
	if d.BroughtForward() {
		return nil, "", Permanent("Invoice "+d.Number+" has no paper here", "another package issued it and keeps its paper", "send it from there", nil).Keyed("paper.elsewhere", d.Number)
	}
	if url, err = o.Cycle.InvoiceURL(d); err != nil {
		return nil, "", err
	}
	asks := url
	if d.Prepaid.Cmp(d.Total) >= 0 { // frozen at issue, so that the bytes never change
		asks = ""
	}
	if pdf, err = o.Papers.InvoicePDF(d, asks); err != nil {
		return nil, "", fmt.Errorf("render invoice %s: %w", d.Number, err)
	}
	if err := o.Files.Put(ctx, PaperName(d), "application/pdf", pdf, o.Cycle.keepsUntil(d)); err != nil {
		return nil, "", err
	}
	return pdf, url, o.keepEInvoice(ctx, d)
}

// keepEInvoice keeps the e-invoice beside the paper. A buyer who cannot be
// reached by one has the paper alone.
func (o *Outbox) keepEInvoice(ctx context.Context, d invoice.Data) error {
	ubl, err := o.Papers.InvoiceUBL(d)
	if fault.Is(err, fault.Incomplete) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("render the e-invoice of %s: %w", d.Number, err)
	}
	return o.Files.Put(ctx, EInvoiceName(d), "application/xml", ubl, o.Cycle.keepsUntil(d))
}

// aboutInvoice is what a letter to an address says about an invoice.
func (o *Outbox) aboutInvoice(d invoice.Data, url, to string) LetterView {
	today := o.Cycle.today(o.Now())
	view := LetterView{
		Seller: o.Cycle.Policy.Seller, Customer: d.Buyer.Name, Language: d.Buyer.Language, Today: today, Number: d.Number, OrderNumber: d.OrderNo, Corrects: d.Refers,
		Amount: d.Total, DueOn: d.NextDue(), DaysLate: today.DaysSince(d.NextDue()), PayURL: url, PromiseURL: url + "#promise", DisputeURL: url + "#dispute",
		Reference: d.Reference, IBAN: cmp.Or(d.Seller.IBAN, o.Cycle.Policy.Seller.IBAN),
	}
	view.Greet(d.Buyer.Kind, d.Buyer.Email, to)
	if len(d.Instalments) > 0 && d.Open.IsPositive() {
		view.Amount = d.Asked(today)
		for _, p := range d.Instalments {
			view.Terms = append(view.Terms, LetterInstalmentLine{On: p.On, Amount: p.Amount})
		}
	}
	view.Tax, view.Total, view.Parts = d.Tax, d.Total, len(d.Instalments)
	for _, l := range d.Lines {
		line := LetterLine{Name: l.Name, SKU: l.SKU, Quantity: l.Quantity, Net: l.Net, Overall: l.Overall, Less: l.Advance}
		for _, p := range d.Preceding {
			if p.Number == l.Advance {
				line.LessOn = p.IssuedOn
			}
		}
		view.list(line)
	}
	if d.Advance != nil {
		view.PromiseURL, view.DisputeURL = "", "" // nothing was delivered: there is nothing to promise, or to complain about
	}
	return view
}

// performLetter writes and sends a letter about an order or about what a
// customer has open. What was paid since the letter was asked for is left out;
// a reminder of nothing is not sent.
func performLetter(ctx context.Context, o *Outbox, e Effect) (func(context.Context, *Tx) error, error) {
	var args letterArgs
	if err := json.Unmarshal(e.Args, &args); err != nil {
		return nil, damaged("The letter cannot be written", err)
	}
	about := o.aboutOrder
	switch {
	case args.Deposit != "":
		about = o.aboutDeposit
	case args.Receipt != "":
		about = o.aboutReceipt
	}
	if len(args.Invoices) > 0 {
		about = func(ctx context.Context, args letterArgs) (*LetterView, error) {
			return o.aboutOpen(ctx, e.Subject.ID, args)
		}
		if send, err := o.inTime(ctx, e.Subject.ID, args); err != nil || !send {
			return nil, err
		}
	}
	view, err := about(ctx, args)
	if err != nil || view == nil {
		return nil, err
	}
	subject, text, html, err := o.Papers.Letter(args.Template, args.Language, *view)
	if err != nil {
		return nil, fmt.Errorf("write the letter %s: %w", args.Template, err)
	}
	l := Letter{Tag: e.Name, To: args.To, Subject: subject, Text: text, HTML: html}
	if len(args.Invoices) == 0 && args.Deposit == "" {
		return nil, o.write(ctx, l)
	}
	d, err := o.Cycle.aboutEffect(ctx, NewTx(o.Cycle.Store), e)
	if err != nil {
		return nil, err
	}
	gone, err := o.mail(ctx, e, l, d)
	if err != nil || args.Step == "" {
		return gone, err
	}
	return func(ctx context.Context, tx *Tx) error {
		return errors.Join(gone(ctx, tx), o.Cycle.letterLeft(ctx, tx, e.Subject.ID))
	}, nil
}

// write sends a letter of which no delivery is recorded unless it comes back.
// To a mailbox that is known to be closed it is not sent.
func (o *Outbox) write(ctx context.Context, l Letter) error {
	to, _, err := o.openMailbox(ctx, "", l.To)
	if err != nil || to == "" {
		return err
	}
	_, err = o.Mail.Send(ctx, l)
	return err
}

func (o *Outbox) aboutOrder(ctx context.Context, args letterArgs) (*LetterView, error) {
	ord, err := get[order.Order](ctx, NewTx(o.Cycle.Store), args.Order)
	if err != nil {
		return nil, err
	}
	cust, err := get[party.Customer](ctx, NewTx(o.Cycle.Store), ord.Data().CustomerID)
	if err != nil {
		return nil, err
	}
	scope := orderScope(args.Order, args.To)
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
	d := ord.Data()
	view := &LetterView{
		Seller: o.Cycle.Policy.Seller, Customer: d.CustomerName, Language: args.Language, Today: o.Cycle.today(o.Now()),
		OrderNumber: d.Number, Amount: d.Total, OrderURL: o.Cycle.Policy.URL(LinkOrder, token),
		DeliverOn: d.DeliverOn, TermsDays: d.TermsDays, Prepaid: ord.Prepaid(), Parts: len(d.Instalments), Total: d.Total,
	}
	view.Greet(cust.Data().Kind, cust.Email(), args.To)
	_, view.Tax = statute.Totals(d.Taxes)
	if args.Shipment != "" {
		return view, o.addParcel(ctx, view, d, args)
	}
	if d.Deposit != nil {
		view.Deposit = d.Deposit.Amount
	}
	for _, l := range d.Lines {
		view.list(LetterLine{Name: l.Name, SKU: l.SKU, Quantity: l.Quantity, Net: l.Net, Overall: l.Overall})
	}
	return view, nil
}

// aboutDeposit is a letter about a deposit; of one that came in meanwhile there
// is none.
func (o *Outbox) aboutDeposit(ctx context.Context, args letterArgs) (*LetterView, error) {
	inv, err := get[invoice.Invoice](ctx, NewTx(o.Cycle.Store), args.Deposit)
	if err != nil || !inv.Collectable() {
		return nil, err
	}
	url, err := o.Cycle.InvoiceURL(inv.Data())
	if err != nil {
		return nil, err
	}
	view := o.aboutInvoice(inv.Data(), url, args.To)
	view.Amount = inv.Open()
	return &view, o.payTo(ctx, NewTx(o.Cycle.Store), &view)
}

// addParcel adds what left in a shipment, how it is followed, and what of the
// order is still to come.
func (o *Outbox) addParcel(ctx context.Context, view *LetterView, d order.Data, args letterArgs) error {
	s, err := get[fulfilment.Shipment](ctx, NewTx(o.Cycle.Store), args.Shipment)
	if err != nil {
		return err
	}
	gone := s.Data()
	view.Carrier, view.Tracking, view.TrackURL = gone.Carrier, gone.Tracking, gone.TrackingURL(args.Language)
	for _, l := range gone.Lines {
		view.Lines = append(view.Lines, LetterLine{Name: l.Name, SKU: l.SKU, Quantity: l.Quantity})
	}
	for _, l := range d.Lines {
		if !l.Service && l.Left() > 0 && d.Status == order.PartShipped {
			view.Rest = append(view.Rest, LetterLine{Name: l.Name, SKU: l.SKU, Quantity: l.Left()})
		}
	}
	return nil
}
