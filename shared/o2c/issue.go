package o2c

import (
	"context"
	"errors"
	"fmt"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/money"
	"duly/shared/o2c/order"
	"duly/shared/o2c/party"
)

// The spaces of names under which documents are found again.
const (
	spaceInvoice   = "invoice-number"
	spaceReference = "reference" // ISO 11649
)

// IssueMax is how many drafts one commit issues at the most: each takes up to
// 27 of the hundred operations that a transaction may have, when its order was
// paid at the shop.
const IssueMax = 3

// performIssue gives a draft its number, books it and asks for its mail. A draft
// that lacks a legal particular stays a draft with a card and spends no number;
// what is issued already stays.
func performIssue(_ context.Context, o *Outbox, e Effect) (func(context.Context, *Tx) error, error) {
	return func(ctx context.Context, tx *Tx) error { return o.Cycle.issue(ctx, tx, e.Subject.ID) }, nil
}

func (c *Cycle) issue(ctx context.Context, tx *Tx, id string) error {
	inv, err := get[invoice.Invoice](ctx, tx, id)
	if err != nil || inv.Status() != invoice.Draft || c.stillCollects(tx, inv) {
		return err
	}
	series, err := c.seriesFor(ctx, tx, inv.Data().Type)
	if err != nil {
		return err
	}
	today := c.today(tx.At())
	dated := series.Dated(today)
	if err := errors.Join(c.convert(ctx, tx, inv, dated), c.freshen(ctx, tx, inv)); err != nil {
		return err
	}
	ours, err := c.seller(ctx, tx, tx.At())
	if err != nil {
		return err
	}
	inv.Prepare(ours, dated)
	if missing := inv.Lacks(c.unconfirmed(tx, inv)); len(missing) > 0 {
		c.warnLater(tx, inv)
		return errors.Join(tx.Save(inv, Fact{Type: "invoice.incomplete", Data: missing}), c.showCard(tx, "draft", KeyOf(inv)))
	}
	if err := c.prepay(ctx, tx, inv); err != nil {
		return err
	}
	warned := !inv.Data().LookAt.IsZero()
	number, on := series.Draw(today)
	cust, err := get[party.Customer](ctx, tx, inv.Data().CustomerID)
	if err != nil {
		return err
	}
	inv.Offers(cust.Data().Discount)
	if err := inv.Issue(series.ID(), number, on); err != nil {
		return refused(err)
	}
	if warned {
		if err := errors.Join(tx.Save(inv), c.refreshCard(tx, "deadline", KeyOf(inv))); err != nil {
			return err
		}
	}
	inv.LinkedUnder(c.Links.Newest())
	if inv.Data().Advance != nil {
		c.planDeposit(inv, inv.Data().DueOn)
	} else if err := errors.Join(c.planNext(ctx, tx, inv), c.planCharge(ctx, tx, inv)); err != nil {
		return err
	}
	if err := errors.Join(tx.Save(inv, Fact{Type: "invoice.issued", Data: inv.Data()}), tx.Save(series)); err != nil {
		return err
	}
	return c.afterIssue(ctx, tx, inv)
}

// seriesFor finds the series that a document of today is numbered in, or starts
// it.
func (c *Cycle) seriesFor(ctx context.Context, tx *Tx, docType string) (*invoice.Series, error) {
	fresh := c.Policy.Numbers.Series(docType, c.today(tx.At()))
	series, err := find[invoice.Series](ctx, tx, fresh.ID())
	if err == nil && series == nil {
		series = fresh
	}
	return series, err
}

// convert gives a draft the rate of its date, when it is in another currency
// than the books.
func (c *Cycle) convert(ctx context.Context, tx *Tx, inv *invoice.Invoice, on calendar.Date) error {
	currency := inv.Data().Currency
	if currency == c.Policy.Currency {
		inv.Convert(c.Policy.Currency, nil)
		return nil
	}
	rate, err := c.rateOn(ctx, tx, currency, on)
	inv.Convert(c.Policy.Currency, rate)
	return err
}

// freshen gives a draft its customer and the customer's number of the order as
// they are now: between shipment and issue somebody may have mended them.
func (c *Cycle) freshen(ctx context.Context, tx *Tx, inv *invoice.Invoice) error {
	d := inv.Data()
	keys := []Key{{Kind: "customer", ID: d.CustomerID}, payeeKey(), {Kind: "mandate", ID: d.CustomerID}, {Kind: "order", ID: d.OrderID}}
	if d.Collective() {
		keys = keys[:3] // each delivery keeps what its order said
	}
	if err := tx.Fetch(ctx, keys...); err != nil {
		return err
	}
	cust, err := get[party.Customer](ctx, tx, d.CustomerID)
	if err != nil {
		return err
	}
	if d.Collective() {
		return errors.Join(inv.Amend(buyer(cust.Data(), cust.Email()), d.PONumber, d.ShipTo), c.verifyBuyer(ctx, tx, inv, cust.Data()))
	}
	o, err := get[order.Order](ctx, tx, d.OrderID)
	if err != nil {
		return err
	}
	if err := inv.Amend(buyer(cust.Data(), cust.Email()), o.Data().PONumber, shipTo(o.Data(), cust.Data())); err != nil {
		return refused(err)
	}
	return c.verifyBuyer(ctx, tx, inv, cust.Data())
}

// prepay puts on an invoice what the shop's gateway took for its order.
func (c *Cycle) prepay(ctx context.Context, tx *Tx, inv *invoice.Invoice) error {
	if inv.IsCreditNote() || inv.Data().Collective() {
		return nil
	}
	o, err := get[order.Order](ctx, tx, inv.Data().OrderID)
	if err != nil {
		return err
	}
	receipts, err := c.shopReceipts(ctx, tx, o)
	if err != nil {
		return err
	}
	left := inv.Data().Total.Zero()
	for _, r := range receipts {
		left = left.Plus(r.Unapplied())
	}
	inv.Prepay(money.Min(left, inv.Data().Total))
	return nil
}

// afterIssue is all that follows from an issued invoice: its names, its place
// among the open items, credit, the books, the customer's link and mail.
func (c *Cycle) afterIssue(ctx context.Context, tx *Tx, inv *invoice.Invoice) error {
	d := inv.Data()
	tx.Name(Alias{Space: spaceInvoice, Value: d.Number}, KeyOf(inv))
	tx.Name(Alias{Space: spaceReference, Value: d.Reference}, KeyOf(inv))
	if err := errors.Join(
		c.grant(tx, invoiceScope(d)),
		c.grant(tx, StatementScope(d.CustomerID, d.Buyer.Email)),
	); err != nil {
		return err
	}
	if err := c.post(tx, d.ID, narrative("Invoice "+d.Number+" to "+d.Buyer.Name, d), d.SuppliedOn, legsOf(d)...); err != nil && !d.Total.IsZero() {
		return err
	}
	cust, err := get[party.Customer](ctx, tx, d.CustomerID)
	if err != nil {
		return err
	}
	o, released, err := c.billOrder(ctx, tx, d)
	if err != nil {
		return err
	}
	x, err := c.exposureOf(ctx, tx, cust.Data())
	if err != nil {
		return err
	}
	x.move(tx, moved{open: d.InBooks(d.Total).Minor, dues: duesMoved(inv.Data(), d.Total.Zero(), d.Total), confirmed: -released}, false)
	if err := c.hang(ctx, tx, d); err != nil {
		return err
	}
	if err := c.dispatchDocument(tx, cust, d); err != nil {
		return err
	}
	if o == nil {
		err = c.spreadLater(tx, d, "issued")
	} else {
		err = c.applyShopMoney(ctx, tx, o)
	}
	if err != nil {
		return err
	}
	return errors.Join(c.toldUnconfirmed(tx, inv), c.showCard(tx, "invoice", KeyOf(inv)), c.refreshCard(tx, "draft", KeyOf(inv)), c.publish(tx, KeyOf(inv)))
}

// narrative explains the booking of a document in another currency than the
// books'.
func narrative(what string, d invoice.Data) string {
	if d.Rate == nil {
		return what
	}
	return fmt.Sprintf("%s: %s at %s (%s, %s)", what, d.Total, d.Rate.Per, d.Rate.Source, d.Rate.On)
}

// hang puts an issued invoice among the open items; one over nothing is paid at
// issue and may be the last that its order waited for.
func (c *Cycle) hang(ctx context.Context, tx *Tx, d invoice.Data) error {
	if d.Status == invoice.Paid {
		return c.closeOrder(ctx, tx, d)
	}
	hangOpen(tx, d)
	return nil
}

// linkOpen is the name of the links from a customer to its open invoices, sorted
// by due date.
const linkOpen = "open"

// openLink hangs an open invoice under its customer, by due date.
func openLink(d invoice.Data) Link {
	return Link{Parent: Key{Kind: "customer", ID: d.CustomerID}, Name: linkOpen, Sort: d.DueOn.String(), To: Key{Kind: "invoice", ID: d.ID}}
}

// RetryDraft tries to issue a draft again, once what it lacked is there.
func (c *Cycle) RetryDraft(ctx context.Context, s Stamp, invoiceID string) error {
	return c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		inv, err := get[invoice.Invoice](ctx, tx, invoiceID)
		if err != nil {
			return err
		}
		if inv.Status() != invoice.Draft {
			return fault.New(fault.Refused, "There is nothing to issue", "invoice {number} is {status}", "look at it").Keyed("issue.nothing").With("number", inv.Number(), "status", inv.Status())
		}
		if inv.Collecting() { // a colleague ends the period early
			inv.Close()
		}
		if err := errors.Join(tx.Save(inv, Fact{Type: "invoice.retried", Data: inv.Data().Missing}), tx.ask(doIssue, KeyOf(inv), nil)); err != nil || inv.Data().Collective() {
			return err
		}
		o, err := get[order.Order](ctx, tx, inv.Data().OrderID)
		if err != nil {
			return err
		}
		return c.settleLater(tx, o)
	})
}
