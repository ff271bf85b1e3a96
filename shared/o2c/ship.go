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
	id := shipmentID(o.ID(), said)
	if said.ExternalID == "" {
		id = Name("sh", o.ID(), fmt.Sprint(len(o.Data().Shipments)+1))
	}
	var known fulfilment.Shipment
	if ok, err := tx.Find(ctx, id, &known); err != nil || ok {
		return &known, err
	}
	if holds := o.Data().Holds; len(holds) > 0 {
		return nil, fault.New(fault.Held, "Order "+o.Data().Number+" cannot be shipped yet", "it is on hold: "+strings.Join(holds, ", "), "decide the hold first")
	}
	if err := c.invoiceable(o.Data()); err != nil {
		return nil, err
	}
	plan, err := o.Plan(said.Lines)
	if err != nil {
		return nil, fault.Bad("/lines", err.Error(), "ship what is left")
	}
	if err := c.takeOut(ctx, tx, o, plan); err != nil {
		return nil, err
	}
	bill, err := o.Ship(id, plan)
	if err != nil {
		return nil, refused(err)
	}
	draft, err := c.draft(ctx, tx, o, id, bill)
	if err != nil {
		return nil, err
	}
	shipment := fulfilment.NewShipment(fulfilment.ShipmentData{
		ID: id, OrderID: o.ID(), Lines: carried(o.Data(), plan), Carrier: said.Carrier, Tracking: said.Tracking, ShippedAt: tx.At(), InvoiceID: draft.ID(),
	})
	if err := tx.Save(shipment, Fact{Type: "goods.shipped", Data: shipment.Data()}); err != nil {
		return nil, err
	}
	if err := tx.Save(o, Fact{Type: "order." + o.Status(), Data: map[string]any{"shipment": id, "lines": plan}}); err != nil {
		return nil, err
	}
	return shipment, errors.Join(c.publish(tx, KeyOf(shipment)), c.settleLater(tx, o))
}

func carried(o order.Data, plan []order.Shipping) []fulfilment.Carried {
	lines := make([]fulfilment.Carried, len(plan))
	for i, s := range plan {
		l := o.Lines[s.N-1]
		lines[i] = fulfilment.Carried{Line: l.N, SKU: l.SKU, Name: l.Name, Quantity: s.Quantity}
	}
	return lines
}

// draft makes the invoice of what was shipped and asks for its number.
func (c *Cycle) draft(ctx context.Context, tx *Tx, o *order.Order, shipmentID string, bill order.Billing) (*invoice.Invoice, error) {
	var cust party.Customer
	if err := tx.Get(ctx, o.Data().CustomerID, &cust); err != nil {
		return nil, err
	}
	d := o.Data()
	lines := make([]invoice.Line, len(bill.Lines))
	for i, b := range bill.Lines {
		lines[i] = invoice.Line{
			N: i + 1, OrderLine: b.Line.N, SKU: b.Line.SKU, Name: b.Line.Name, Quantity: b.Quantity,
			UnitPrice: b.Line.UnitPrice, Net: b.Net, TaxRate: b.Line.TaxRate, Category: b.Line.Category,
		}
	}
	data := invoice.Data{
		ID: Name("i", o.ID(), shipmentID), OrderID: o.ID(), OrderNo: d.Number, ShipmentID: shipmentID, PONumber: d.PONumber, CustomerID: d.CustomerID,
		Buyer: buyer(cust.Data(), cust.Email()), Currency: d.Currency, Lines: lines, Rounding: bill.Rounding,
		SuppliedOn: c.today(tx.At()), TermsDays: d.TermsDays, CreatedAt: tx.At(),
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
	if err := tx.ask(doIssue, KeyOf(inv), nil); err != nil || !bill.Last {
		return inv, err
	}
	return inv, c.endDeposit(ctx, tx, o, "less was delivered than was paid for")
}

// buyer is the customer as a document shows it.
func buyer(d party.Data, email string) invoice.Buyer {
	return invoice.Buyer{Name: d.Name, Kind: d.Kind, Address: d.Address, VATID: d.VATID, KVK: d.KVK, Email: email, Language: d.Language}
}
