package o2c

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"duly/shared/o2c/cash"
	"duly/shared/o2c/delivery"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/order"
	"duly/shared/o2c/party"
	"duly/shared/o2c/quote"
)

// MailNews is what became of a mail or an e-invoice after it was handed over.
type MailNews struct {
	Effect string // the tag it was sent with; "": Submission names it
	// Submission is the id that the access point gave the document.
	Submission string
	Recipient  string
	Permanent  bool // of a bounce: the mailbox is not there, and will not be
	delivery.News
}

// HearMail takes in what became of a mail: its delivery says so, a dead mailbox
// is closed, and what came back goes to another address of the customer by
// itself, else to the team. Told again, nothing changes.
func (c *Cycle) HearMail(ctx context.Context, at time.Time, n MailNews) error {
	return c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		n, err := submitted(ctx, tx, n)
		if err != nil || n.Effect == "" {
			return err
		}
		tx.By(Stamp{At: at, Actor: "system:feedback", Cause: n.Effect})
		if err := c.hearOfNotice(ctx, tx, n.Effect, n.Verb); err != nil {
			return err
		}
		d, fresh, err := c.deliveryFor(ctx, tx, n)
		if err != nil || d == nil {
			return err
		}
		if !d.Hear(n.News, at) {
			return nil
		}
		if fresh {
			if n.Verb == "deliver" && !c.markLost(ctx, tx, n.Effect) {
				return nil // of what is not recorded, only failures are
			}
			err = c.recordDelivery(tx, d, d.Data().Status)
		} else {
			err = tx.Save(d, Fact{Type: "delivery." + d.Data().Status, Data: d.Data()})
		}
		if err != nil || n.Verb == "deliver" {
			return errors.Join(err, c.refreshCard(tx, "delivery", KeyOf(d)))
		}
		return c.cameBack(ctx, tx, d, n)
	})
}

// markLost reports whether a mail that arrived is still to be sent as far as we
// know: its answer was lost, and nobody must send it again.
func (c *Cycle) markLost(ctx context.Context, tx *Tx, effect string) bool {
	e, err := find[Effect](ctx, tx, effect)
	return err == nil && e != nil && e.Status == EffectPending
}

// spaceSubmission is the space of names under which an access point's ids find
// what was handed to it.
const spaceSubmission = "epost"

// submitted finds the effect that handed a document to the access point; none, of
// what others sent under the same account.
func submitted(ctx context.Context, tx *Tx, n MailNews) (MailNews, error) {
	if n.Effect != "" {
		return n, nil
	}
	keys, err := tx.Resolve(ctx, Alias{Space: spaceSubmission, Value: n.Submission})
	if err == nil && len(keys) > 0 {
		n.Effect = keys[0].ID
	}
	return n, err
}

// cameBack is what follows from a mail or e-invoice that came back.
func (c *Cycle) cameBack(ctx context.Context, tx *Tx, d *delivery.Delivery, n MailNews) error {
	data := d.Data()
	if data.Channel == delivery.Mail && (n.Permanent || n.Verb == "complain") {
		box, err := find[delivery.Mailbox](ctx, tx, mailboxID(data.To))
		if err != nil {
			return err
		}
		if box == nil {
			box = delivery.NewMailbox(mailboxID(data.To), data.To)
		}
		box.Close(data.Status, n.News, tx.At())
		if err := tx.Save(box, Fact{Type: "mailbox.closed", Data: box.Data()}); err != nil {
			return err
		}
	}
	if n.Verb == "bounce" && data.CustomerID != "" && repeatable(data) {
		cust, err := get[party.Customer](ctx, tx, data.CustomerID)
		if err != nil {
			return err
		}
		other, err := c.otherMailbox(ctx, tx, cust.Data(), data.To)
		if err != nil {
			return err
		}
		if other != "" { // once more to who has it is better than to nobody
			if err := c.sendAgain(tx, d, delivery.Mail, other, "system:feedback"); err != nil {
				return err
			}
		}
	}
	return c.showCard(tx, "delivery", KeyOf(d))
}

// deliveryFor is the delivery that news is about. Of what is not recorded as it
// leaves, such as a confirmation, one is made of its effect; nil when neither is
// known any more.
func (c *Cycle) deliveryFor(ctx context.Context, tx *Tx, n MailNews) (d *delivery.Delivery, fresh bool, err error) {
	d, err = find[delivery.Delivery](ctx, tx, n.Effect)
	if err != nil || d != nil {
		return d, false, err
	}
	e, err := find[Effect](ctx, tx, n.Effect)
	if err != nil || e == nil {
		return nil, false, err
	}
	about, err := c.aboutEffect(ctx, tx, *e)
	if err != nil {
		return nil, false, err
	}
	about.To = n.Recipient
	return delivery.New(of(*e, about), delivery.Sent, tx.At()), true, nil
}

// aboutEffect is what a mail was about, and whose it was.
func (c *Cycle) aboutEffect(ctx context.Context, tx *Tx, e Effect) (delivery.Data, error) {
	switch e.Subject.Kind {
	case "invoice":
		inv, err := get[invoice.Invoice](ctx, tx, e.Subject.ID)
		if err != nil {
			return delivery.Data{}, err
		}
		d := aboutDocument(inv.Data())
		if e.Does == doLetter {
			d.What = templateOf(e)
		}
		return d, nil
	case "quote":
		q, err := get[quote.Quote](ctx, tx, e.Subject.ID)
		if err != nil {
			return delivery.Data{}, err
		}
		return delivery.Data{What: templateOf(e), Numbers: []string{q.Data().Number}, CustomerID: q.Data().CustomerID, Customer: q.Data().Buyer.Name}, nil
	}
	var args letterArgs
	if err := json.Unmarshal(e.Args, &args); err != nil {
		return delivery.Data{}, err
	}
	if len(args.Invoices) > 0 {
		return c.aboutReminder(ctx, tx, e.Subject.ID, args)
	}
	if args.Receipt != "" {
		return c.aboutThanks(ctx, tx, args)
	}
	o, err := find[order.Order](ctx, tx, args.Order)
	if err != nil || o == nil {
		return delivery.Data{What: args.Template}, err
	}
	return delivery.Data{What: args.Template, Numbers: []string{o.Data().Number}, CustomerID: o.Data().CustomerID, Customer: o.Data().CustomerName}, nil
}

// aboutReminder is a letter about what a customer has open.
func (c *Cycle) aboutReminder(ctx context.Context, tx *Tx, customerID string, args letterArgs) (delivery.Data, error) {
	d := delivery.Data{What: args.Template, Invoices: args.Invoices, CustomerID: customerID}
	for _, id := range args.Invoices {
		inv, err := get[invoice.Invoice](ctx, tx, id)
		if err != nil {
			return d, err
		}
		d.Numbers, d.Customer = append(d.Numbers, inv.Data().Number), inv.Data().Buyer.Name
	}
	return d, nil
}

// aboutThanks is a word of thanks for what a receipt settled.
func (c *Cycle) aboutThanks(ctx context.Context, tx *Tx, args letterArgs) (delivery.Data, error) {
	d := delivery.Data{What: args.Template}
	r, err := get[cash.Receipt](ctx, tx, args.Receipt)
	if err != nil {
		return d, err
	}
	for _, a := range r.Data().Applications {
		if a.Undone {
			continue
		}
		inv, err := get[invoice.Invoice](ctx, tx, a.InvoiceID)
		if err != nil {
			return d, err
		}
		d.Numbers, d.CustomerID, d.Customer = append(d.Numbers, a.Number), inv.Data().CustomerID, inv.Data().Buyer.Name
	}
	return d, nil
}

func templateOf(e Effect) string {
	var args struct {
		Template string `json:"template"`
	}
	if json.Unmarshal(e.Args, &args) != nil {
		return e.Does
	}
	return args.Template
}

// repeatable reports whether a delivery can be sent again as it was, to another
// address: what is about money is worth it, and says who its reader is.
func repeatable(d delivery.Data) bool {
	return d.Does == doInvoice || d.Does == doLetter && len(d.Invoices) > 0
}

// sendAgain asks for the same to another address or by another channel.
func (c *Cycle) sendAgain(tx *Tx, d *delivery.Delivery, channel, to, by string) error {
	data := d.Data()
	args := map[string]json.RawMessage{}
	if len(data.Args) > 0 {
		if err := json.Unmarshal(data.Args, &args); err != nil {
			return damaged("The letter cannot be sent again", err)
		}
	}
	raw, err := json.Marshal(to)
	if err != nil {
		return err
	}
	if args["to"] = raw; data.Does == doInvoice {
		if args["channel"], err = json.Marshal(channel); err != nil {
			return err
		}
	}
	if err := d.Replace(to, by, tx.At()); err != nil {
		return refused(err)
	}
	if err := tx.Save(d, Fact{Type: "delivery.replaced", Data: d.Data()}); err != nil {
		return err
	}
	kind, id, _ := strings.Cut(data.About, ":")
	return tx.ask(data.Does, Key{Kind: kind, ID: id}, args)
}

// Redeliver is what a colleague does about what came back.
type Redeliver struct {
	DeliveryID string
	Address    string // a mended one; "": the same again
	ByMail     bool   // an e-invoice that was refused goes as a PDF by mail
	By         Person
}

// Resend sends what did not arrive once more: to a mended address, which the
// customer has from then on, to the same again, or as a PDF by mail. The
// mailbox it goes to is open again, because a person says so.
func (c *Cycle) Resend(ctx context.Context, s Stamp, r Redeliver) error {
	return c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		d, err := get[delivery.Delivery](ctx, tx, r.DeliveryID)
		if err != nil {
			return err
		}
		data := d.Data()
		if !data.Open() {
			return fault.New(fault.Refused, "It was seen to already", "it is {letter} by now", "look at the card again").Keyed("delivery.seen").With("letter", data.Status)
		}
		channel, to := data.Channel, data.To
		if r.ByMail {
			channel, to = delivery.Mail, ""
		}
		if r.Address != "" {
			channel, to = delivery.Mail, r.Address
			if err := c.mendAddress(ctx, tx, data, r.Address); err != nil {
				return err
			}
		}
		if channel == delivery.Mail && to == "" {
			if to, err = c.mailOf(ctx, tx, data.CustomerID); err != nil {
				return err
			}
		}
		if channel == delivery.Mail {
			if err := c.reopenMailbox(ctx, tx, to); err != nil {
				return err
			}
		}
		if !repeatable(data) { // the address was mended; the letter had its day
			if err := d.Replace(to, s.Actor, tx.At()); err != nil {
				return refused(err)
			}
			err = tx.Save(d, Fact{Type: "delivery.replaced", Data: d.Data()})
		} else {
			err = c.sendAgain(tx, d, channel, to, s.Actor)
		}
		return errors.Join(err, c.refreshCard(tx, "delivery", KeyOf(d)))
	})
}

// mailOf is where a customer's mail goes.
func (c *Cycle) mailOf(ctx context.Context, tx *Tx, customerID string) (string, error) {
	cust, err := get[party.Customer](ctx, tx, customerID)
	if err != nil {
		return "", err
	}
	if cust.Email() == "" {
		return "", fault.New(fault.Incomplete, "It cannot go by mail", "no e-mail address of {name} is known", "press Fix address and enter one").Keyed("delivery.no_address").With("name", cust.Data().Name)
	}
	return cust.Email(), nil
}

// mendAddress gives the customer the new address in the place of the one that
// failed; the others stay.
func (c *Cycle) mendAddress(ctx context.Context, tx *Tx, d delivery.Data, address string) error {
	if d.CustomerID == "" {
		return fault.New(fault.Incomplete, "The address cannot be mended", "the letter was to no customer", "write to the reader yourself").Keyed("delivery.no_customer")
	}
	cust, err := get[party.Customer](ctx, tx, d.CustomerID)
	if err != nil {
		return err
	}
	err = cust.Amend(func(p *party.Data) {
		p.InvoiceTo = swapped(p.InvoiceTo, d.To, address)
		if mended := swapped(p.Emails, d.To, address); len(mended) > 0 {
			p.Emails = mended
		} else {
			p.Emails = []string{address}
		}
	})
	if err != nil {
		return fault.Bad("/email", "“{address}” is no e-mail address", "write it like finance@company.example").Keyed("email.bad").With("address", address)
	}
	return tx.Save(cust, Fact{Type: "customer.amended", Data: cust.Data()})
}

// swapped is a list with one address in the place of another.
func swapped(all []string, old, fresh string) []string {
	var out []string
	for _, a := range all {
		if strings.EqualFold(a, old) {
			a = fresh
		}
		out = append(out, a)
	}
	return out
}

func (c *Cycle) reopenMailbox(ctx context.Context, tx *Tx, address string) error {
	box, err := find[delivery.Mailbox](ctx, tx, mailboxID(address))
	if err != nil || box == nil || box.Data().Closed == "" {
		return err
	}
	box.Reopen(tx.stamp.Actor, tx.At())
	return tx.Save(box, Fact{Type: "mailbox.reopened", Data: box.Data()})
}

// Post records that a colleague has put a document into the post.
func (c *Cycle) Post(ctx context.Context, s Stamp, deliveryID string) error {
	return c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		d, err := get[delivery.Delivery](ctx, tx, deliveryID)
		if err != nil {
			return err
		}
		if err := d.Posted(s.Actor, tx.At()); err != nil {
			return refused(err)
		}
		return errors.Join(tx.Save(d, Fact{Type: "delivery.posted", Data: d.Data()}), c.refreshCard(tx, "delivery", KeyOf(d)))
	})
}
