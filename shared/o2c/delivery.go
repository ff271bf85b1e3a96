package o2c

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"duly/shared/o2c/delivery"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/party"
)

// invoiceArgs say how a legal document goes to one recipient. None at all: by
// mail to the address that the document shows, the PDF alone.
type invoiceArgs struct {
	Channel string `json:"channel,omitempty"` // "" is mail
	To      string `json:"to,omitempty"`
	UBL     bool   `json:"ubl,omitempty"` // attached
}

// recipientsMax bounds how many mailboxes get one document.
const recipientsMax = 3

// ways is how a document goes to its customer, one for each recipient. One
// whom no mail reaches gets it on paper.
func ways(cust party.Data, d invoice.Data) []invoiceArgs {
	ubl := cust.EInvoice == party.EInvoiceUBL || d.XRechnung() // whoever wants XRechnung takes no PDF alone
	switch {
	case cust.InvoiceBy == party.InvoiceByPeppol:
		return []invoiceArgs{{Channel: delivery.Peppol}}
	case cust.InvoiceBy == party.InvoiceByPost, len(cust.InvoiceTo) == 0 && d.Buyer.Email == "":
		return []invoiceArgs{{Channel: delivery.Post}}
	case len(cust.InvoiceTo) == 0:
		return []invoiceArgs{{UBL: ubl}}
	}
	var all []invoiceArgs
	for _, to := range cust.InvoiceTo[:min(len(cust.InvoiceTo), recipientsMax)] {
		all = append(all, invoiceArgs{To: to, UBL: ubl})
	}
	return all
}

// dispatchDocument asks for a legal document to go to each of its recipients.
func (c *Cycle) dispatchDocument(tx *Tx, cust *party.Customer, d invoice.Data) error {
	for _, way := range ways(cust.Data(), d) {
		var args any = way
		if way == (invoiceArgs{}) {
			args = nil
		}
		if err := tx.ask(doInvoice, Key{Kind: "invoice", ID: d.ID}, args); err != nil {
			return err
		}
	}
	return nil
}

// linkDelivery is the name of the links from a legal document to its deliveries,
// in the order in which they were sent.
const linkDelivery = "delivery"

// linkedMax bounds under how many documents a letter about many is found.
const linkedMax = 20

// aboutDocument is the delivery of a legal document, before it leaves.
func aboutDocument(d invoice.Data) delivery.Data {
	return delivery.Data{What: d.Nature(), Invoices: []string{d.ID}, Numbers: []string{d.Number}, CustomerID: d.CustomerID, Customer: d.Buyer.Name}
}

// of completes a delivery with the effect that sends it.
func of(e Effect, d delivery.Data) delivery.Data {
	d.ID, d.Does, d.About, d.Channel = e.Name, e.Does, e.Subject.String(), cmp.Or(d.Channel, delivery.Mail)
	if string(e.Args) != "null" {
		d.Args = e.Args
	}
	return d
}

// recordDelivery stages a delivery that is not there yet, with its links.
func (c *Cycle) recordDelivery(tx *Tx, made *delivery.Delivery, fact string) error {
	d := made.Data()
	for _, id := range d.Invoices[:min(len(d.Invoices), linkedMax)] {
		tx.Link(Link{Parent: Key{Kind: "invoice", ID: id}, Name: linkDelivery, Sort: d.ChangedAt.Format(time.RFC3339Nano) + "/" + d.ID, To: KeyOf(made)})
	}
	return tx.Save(made, Fact{Type: "delivery." + fact, Data: d})
}

// mail sends a letter about documents, keeps what was sent, and records its
// delivery. Nothing is sent to a mailbox of which it is known that nothing
// arrives there: it goes to another of the customer's, or to the team.
func (o *Outbox) mail(ctx context.Context, e Effect, l Letter, d delivery.Data) (func(context.Context, *Tx) error, error) {
	d = of(e, d)
	if e.Attempts > 1 { // an answer may have been lost: what the service tells of the tag decides, not we
		known, err := find[delivery.Delivery](ctx, NewTx(o.Cycle.Store), d.ID)
		if err != nil || known != nil && known.Data().Status == delivery.Delivered {
			return func(context.Context, *Tx) error { return nil }, err
		}
	}
	to, closed, err := o.openMailbox(ctx, d.CustomerID, l.To)
	if err != nil {
		return nil, err
	}
	if d.To = cmp.Or(to, l.To); to == "" {
		return o.stays(d, delivery.Failed, closed.Code, closed.Reason), nil
	}
	l.To, l.Tag = to, e.Name
	kept, err := o.keepLetter(ctx, l)
	if err != nil {
		return nil, err
	}
	id, err := o.Mail.Send(ctx, l)
	if fault.Is(err, fault.Refused) {
		return o.unsent(d, err), nil
	}
	if err != nil {
		return nil, err
	}
	return o.away(d, id, kept), nil
}

// away records what was handed over. News of it may have come before.
func (o *Outbox) away(d delivery.Data, messageID, kept string) func(context.Context, *Tx) error {
	return func(ctx context.Context, tx *Tx) error {
		known, err := find[delivery.Delivery](ctx, tx, d.ID)
		if err != nil {
			return err
		}
		if known != nil {
			known.Away(messageID, kept)
			return tx.Save(known, Fact{Type: "delivery.sent", Data: known.Data()})
		}
		made := delivery.New(d, delivery.Sent, tx.At())
		made.Away(messageID, kept)
		return o.Cycle.recordDelivery(tx, made, "sent")
	}
}

// unsent records what failed before it left, and asks the team.
func (o *Outbox) unsent(d delivery.Data, why error) func(context.Context, *Tx) error {
	d.Failure = fault.ReasonOf(why)
	return o.stays(d, delivery.Failed, "", fault.Of(why).Error())
}

// stays records what did not arrive or leave, and asks the team.
func (o *Outbox) stays(d delivery.Data, status, code, reason string) func(context.Context, *Tx) error {
	d.Code, d.Reason = code, reason
	return func(ctx context.Context, tx *Tx) error {
		known, err := find[delivery.Delivery](ctx, tx, d.ID)
		if err != nil || known != nil {
			return err
		}
		made := delivery.New(d, status, tx.At())
		return errors.Join(o.Cycle.recordDelivery(tx, made, status), o.Cycle.showCard(tx, "delivery", KeyOf(made)))
	}
}

// keptLetter is a letter as the archive keeps it.
type keptLetter struct {
	To          string       `json:"to"`
	Subject     string       `json:"subject"`
	Text        string       `json:"text"`
	HTML        string       `json:"html"`
	Attachments []attachment `json:"attachments,omitempty"`
}

// attachment names a file of a letter; its content is kept by itself.
type attachment struct {
	Name   string `json:"name"`
	SHA256 string `json:"sha256"`
}

// keepLetter puts a letter into the archive before it leaves, under a name that
// says its content: a second attempt on another day may say something else.
func (o *Outbox) keepLetter(ctx context.Context, l Letter) (name string, err error) {
	kept := keptLetter{To: l.To, Subject: l.Subject, Text: l.Text, HTML: l.HTML}
	for _, a := range l.Attachments {
		sum := sha256.Sum256(a.Content)
		kept.Attachments = append(kept.Attachments, attachment{Name: a.Name, SHA256: hex.EncodeToString(sum[:])})
	}
	raw, err := json.Marshal(kept)
	if err != nil {
		return "", fmt.Errorf("keep the letter %s: %w", l.Tag, err)
	}
	sum := sha256.Sum256(raw)
	year := o.Cycle.today(o.Now()).Year
	name = fmt.Sprintf("mails/%04d/%s-%s.json", year, l.Tag, hex.EncodeToString(sum[:6]))
	return name, o.Files.Put(ctx, name, "application/json", raw, keptUntil(year, o.Cycle.keptYears()))
}

func mailboxID(address string) string { return Name("mb", strings.ToLower(address)) }

// openMailbox is where a letter to an address goes: there, or to another of the
// customer's addresses when that one is closed; "" when all are, with why.
func (o *Outbox) openMailbox(ctx context.Context, customerID, address string) (to string, closed delivery.MailboxData, err error) {
	tx := NewTx(o.Cycle.Store)
	if closed, err = o.Cycle.closedBox(ctx, tx, address); err != nil || closed.Closed == "" {
		return address, closed, err
	}
	if customerID == "" {
		return "", closed, nil
	}
	cust, err := get[party.Customer](ctx, tx, customerID)
	if err != nil {
		return "", closed, err
	}
	to, err = o.Cycle.otherMailbox(ctx, tx, cust.Data(), address)
	return to, closed, err
}

// closedBox is what is known against an address; nothing when mail goes there.
func (c *Cycle) closedBox(ctx context.Context, tx *Tx, address string) (delivery.MailboxData, error) {
	box, err := find[delivery.Mailbox](ctx, tx, mailboxID(address))
	if err != nil || box == nil {
		return delivery.MailboxData{}, err
	}
	return box.Data(), nil
}

// otherMailbox is another address of a customer to which mail goes; "" when
// there is none.
func (c *Cycle) otherMailbox(ctx context.Context, tx *Tx, d party.Data, than string) (string, error) {
	for _, address := range slices.Concat(d.InvoiceTo, d.Emails) {
		if strings.EqualFold(address, than) {
			continue
		}
		if box, err := c.closedBox(ctx, tx, address); err != nil || box.Closed == "" {
			return address, err
		}
	}
	return "", nil
}

// DeliveriesOf reads how a legal document went to its recipients, oldest first.
func (c *Cycle) DeliveriesOf(ctx context.Context, invoiceID string) ([]delivery.Data, error) {
	links, err := c.Store.Links(ctx, Key{Kind: "invoice", ID: invoiceID}, linkDelivery)
	if err != nil {
		return nil, err
	}
	tx := NewTx(c.Store)
	keys := make([]Key, len(links))
	for i, l := range links {
		keys[i] = l.To
	}
	if err := tx.Fetch(ctx, keys...); err != nil {
		return nil, err
	}
	all := make([]delivery.Data, len(keys))
	for i, k := range keys {
		d, err := get[delivery.Delivery](ctx, tx, k.ID)
		if err != nil {
			return nil, err
		}
		all[i] = d.Data()
	}
	return all, nil
}

func deliveryCard(ctx context.Context, o *Outbox, e Effect, _ cardArgs) (Card, error) {
	tx := NewTx(o.Cycle.Store)
	d, err := get[delivery.Delivery](ctx, tx, e.Subject.ID)
	if err != nil {
		return nil, err
	}
	card := DeliveryCard{Delivery: d.Data(), By: o.Cycle.Policy.NameOf(d.Data().By)}
	if d.Data().Channel == delivery.Post && len(d.Data().Invoices) > 0 {
		inv, err := get[invoice.Invoice](ctx, tx, d.Data().Invoices[0])
		if err != nil {
			return nil, err
		}
		url, err := o.Cycle.InvoiceURL(inv.Data())
		if err != nil {
			return nil, err
		}
		card.PDF = url + "/pdf"
	}
	return card, nil
}
