package o2c

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"duly/shared/o2c/fault"
	"duly/shared/o2c/fulfilment"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/order"
	"duly/shared/o2c/party"
)

// Ship records goods gone: shipment, stock, the draft of their invoice and the
// effect that issues it, in one commit. A shipment that a channel names twice
// is one.
func (c *Cycle) Ship(ctx context.Context, s Stamp, orderID string, said order.IncomingShipment) (fulfilment.ShipmentData, error) {
	var gone fulfilment.ShipmentData
	err := c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		var o order.Order
		if err := tx.Get(ctx, orderID, &o); err != nil {
			return err
		}
		shipment, err := c.ship(ctx, tx, &o, said)
		if err == nil {
			gone = shipment.Data()
		}
		return err
	})
	return gone, err
}

func (c *Cycle) ship(ctx context.Context, tx *Tx, o *order.Order, said order.IncomingShipment) (*fulfilment.Shipment, error) {
	nth := len(o.Data().Shipments) + 1
	id := shipmentID(o.ID(), said)
	if said.ExternalID == "" {
		id = Name("sh", o.ID(), fmt.Sprint(nth))
	}
	known, err := find[fulfilment.Shipment](ctx, tx, id)
	if err != nil {
		return nil, err
	}
	if known != nil {
		return known, c.follow(ctx, tx, o, known, said)
	}
	if err := unheld(o.Data()); err != nil {
		return nil, err
	}
	tolerance := c.tolerance(o.Data())
	plan, err := o.Plan(said.Lines, tolerance)
	if err != nil {
		return nil, fault.By("/lines", err, "ship what is left")
	}
	if plan, err = o.Within(plan, len(said.Lines) > 0, tolerance); err != nil {
		return nil, fault.New(fault.Held, "Order "+o.Data().Number+" is approved in part", err.Error(), "approve the rest, or ship less").Breaking(err).Because(err)
	}
	if err := c.takeOut(ctx, tx, o, plan); err != nil {
		return nil, err
	}
	packed := o.Data().PackedAt
	bill, err := o.Ship(id, plan, tolerance)
	if err != nil {
		return nil, refused(err)
	}
	if err := c.settleAnswer(ctx, tx, o.ID()); err != nil {
		return nil, err
	}
	cust, err := get[party.Customer](ctx, tx, o.Data().CustomerID)
	if err != nil {
		return nil, err
	}
	gone := fulfilment.ShipmentData{
		ID: id, OrderID: o.ID(), N: nth, Lines: carried(o.Data(), plan), ShipTo: shipTo(o.Data(), cust.Data()),
		Carrier: said.Carrier, Tracking: said.Tracking, Link: said.Link, PackedAt: packed, ShippedAt: tx.At(),
	}
	gone.InvoiceID = o.Data().BilledAhead
	if len(bill.Lines) > 0 { // else it is all above the order, and free
		draft, err := c.draft(ctx, tx, o, cust, id, bill)
		if err != nil {
			return nil, err
		}
		gone.InvoiceID = draft.ID()
	}
	shipment := fulfilment.NewShipment(gone)
	if err := c.left(ctx, tx, o, bill, plan, shipment); err != nil {
		return nil, err
	}
	if bill.Last {
		if err := c.endBills(ctx, tx, o, "less was delivered than was invoiced before"); err != nil {
			return nil, err
		}
	}
	if gone.InvoiceID != "" && gone.InvoiceID == o.Data().BilledAhead {
		if err := c.closeIfPaid(ctx, tx, o); err != nil {
			return nil, err
		}
	}
	return shipment, errors.Join(c.follow(ctx, tx, o, shipment, said), c.tellShipped(tx, o, cust, shipment), c.settleLater(tx, o))
}

// left stages a shipment and its order; a rest that does not come, because the
// tolerance closed the order, gives its stock and credit back.
func (c *Cycle) left(ctx context.Context, tx *Tx, o *order.Order, bill order.Billing, plan []order.Shipping, shipment *fulfilment.Shipment) error {
	if bill.Cut {
		if err := c.release(ctx, tx, o); err != nil {
			return err
		}
		was := o.Data()
		o.GiveUp()
		if freed := was.InBooks(was.Committed).Minus(was.InBooks(o.Data().Committed)); freed.IsPositive() {
			if err := c.uncommit(ctx, tx, was.CustomerID, freed); err != nil {
				return err
			}
		}
	}
	return errors.Join(
		tx.Save(shipment, Fact{Type: "goods.shipped", Data: shipment.Data()}),
		tx.Save(o, Fact{Type: "order." + o.Status(), Data: map[string]any{"shipment": shipment.ID(), "lines": plan, "rest_cut": bill.Cut}}),
		c.publish(tx, KeyOf(shipment)),
	)
}

// tellShipped tells the customer what left and how to follow it, and the team's
// card what is left to do.
func (c *Cycle) tellShipped(tx *Tx, o *order.Order, cust *party.Customer, shipment *fulfilment.Shipment) error {
	if err := c.refreshCard(tx, "ship", KeyOf(o)); err != nil {
		return err
	}
	if !c.Policy.Shipping.TrackingMail || cust.Email() == "" {
		return nil
	}
	return tx.ask(doLetter, KeyOf(shipment), letterArgs{
		Template: LetterShipped, To: cust.Email(), Language: cust.Data().Language, Order: o.ID(), Shipment: shipment.ID(), Tracking: shipment.Data().Tracking,
	})
}

// unheld refuses to ship what is on hold, and says what each hold waits for.
func unheld(d order.Data) error {
	if len(d.Holds) == 0 {
		return nil
	}
	waits := make([]string, len(d.Holds))
	for i, h := range d.Holds {
		if waits[i] = h; holdUntil[h] != "" {
			waits[i] += " (until " + holdUntil[h] + ")"
		}
	}
	return fault.New(fault.Held, "Order {number} cannot be shipped yet", "it is on hold: {holds}", "wait for that, or see to it now").Keyed("ship.hold").With("number", d.Number, "holds", strings.Join(waits, ", "))
}

// holdUntil is what takes a hold away.
var holdUntil = map[string]string{
	order.CreditHold:    "a colleague approves it",
	order.ExceptionHold: "a colleague has looked at what does not fit",
	order.DepositHold:   "its deposit is paid",
	"stop_supply":       "supply to the customer is released",
}

// shipTo is where an order goes: its own address, else the customer's.
func shipTo(d order.Data, cust party.Data) party.Address {
	if d.ShipTo.Street == "" && d.ShipTo.PostalCode == "" {
		return cust.Address
	}
	return d.ShipTo
}

func carried(o order.Data, plan []order.Shipping) []fulfilment.Carried {
	lines := make([]fulfilment.Carried, len(plan))
	for i, s := range plan {
		l := o.Lines[s.N-1]
		lines[i] = fulfilment.Carried{Line: l.N, SKU: l.SKU, Name: l.Name, Quantity: s.Quantity}
	}
	return lines
}

// draft makes the invoice of what was shipped, or of all of an order before
// anything is (shipmentID is "" then), and asks for its number.
func (c *Cycle) draft(ctx context.Context, tx *Tx, o *order.Order, cust *party.Customer, shipmentID string, bill order.Billing) (*invoice.Invoice, error) {
	d := o.Data()
	data := invoice.Data{
		ID: Name("i", o.ID(), shipmentID), OrderID: o.ID(), OrderNo: d.Number, ShipmentID: shipmentID, PONumber: d.PONumber, CustomerID: d.CustomerID,
		Buyer: buyer(cust.Data(), cust.Email()), Currency: d.Currency, Lines: linesOf(bill), Rounding: bill.Rounding,
		TermsDays: d.TermsDays, TermsKind: d.TermsKind, Instalments: invoice.Divided(d.Instalments), RollsIn: c.Policy.RollsIn(), CreatedAt: tx.At(), Ahead: shipmentID == "",
		ShipTo: shipTo(d, cust.Data()), TaxedIn: c.taxedIn(d, cust.Data()),
	}
	if data.Ahead { // an earlier one may have been taken back
		data.ID = Name("i", o.ID(), "ahead", fmt.Sprint(len(d.Invoices)+1))
	} else {
		data.SuppliedOn = c.today(tx.At())
	}
	if !data.Ahead && collects(o, cust) {
		return c.collect(ctx, tx, o, cust, data, bill.Rounding)
	}
	rows, err := c.netDeposit(ctx, tx, o, bill, &data)
	if err != nil {
		return nil, err
	}
	inv := invoice.NewDraft(data, rows)
	o.Drafted(inv.ID())
	if err := tx.Save(inv, Fact{Type: "invoice.drafted", Data: map[string]any{"order": o.ID(), "total": inv.Data().Total}}); err != nil {
		return nil, err
	}
	return inv, tx.ask(doIssue, KeyOf(inv), nil)
}

// linesOf are the lines of the invoice of what is billed.
func linesOf(bill order.Billing) []invoice.Line {
	lines := make([]invoice.Line, len(bill.Lines))
	for i, b := range bill.Lines {
		lines[i] = invoice.Line{
			N: i + 1, OrderLine: b.Line.N, SKU: b.Line.SKU, Name: b.Line.Name, Quantity: b.Quantity,
			UnitPrice: b.Line.UnitPrice, ListPrice: b.Line.ListPrice, Net: b.Net, TaxRate: b.Line.TaxRate, Category: b.Line.Category,
			Charge: b.Line.Charge, ChargeFor: b.Line.ChargeFor, Overall: b.Line.Overall,
		}
	}
	return lines
}

// buyer is the customer as a document shows it.
func buyer(d party.Data, email string) invoice.Buyer {
	return invoice.Buyer{Name: d.Name, Kind: d.Kind, Address: d.Address, VATID: d.VATID, KVK: d.KVK, Reference: d.BuyerReference, Email: email, Language: d.Language}
}
