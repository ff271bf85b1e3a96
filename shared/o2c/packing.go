package o2c

import (
	"context"
	"fmt"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/fulfilment"
	"duly/shared/o2c/order"
	"duly/shared/o2c/party"
)

// PackingSlipView is what lies in a parcel: what is in it and what is not, and
// no price, because the parcel may be a present.
type PackingSlipView struct {
	Seller   party.Seller
	Language string
	Customer string
	ShipTo   party.Address
	Number   string // of the order
	PONumber string // the customer's own
	Parcel   int    // 1, 2, 3 …
	On       calendar.Date
	Carrier  string
	Tracking string
	Lines    []PackingLine
	Note     string // of the customer
}

// PackingLine is one line of a packing slip.
type PackingLine struct {
	SKU      string
	Name     string
	Quantity int64 // in this parcel
	Ordered  int64
	ToCome   int64 // in later ones
}

// PackingSlip reads what lies in a parcel of an order: the nth that left, or for
// 0 the next one, with what is in stock for it.
func (c *Cycle) PackingSlip(ctx context.Context, orderID string, nth int, on calendar.Date) (PackingSlipView, error) {
	tx := NewTx(c.Store)
	o, err := get[order.Order](ctx, tx, orderID)
	if err != nil {
		return PackingSlipView{}, err
	}
	d := o.Data()
	cust, err := get[party.Customer](ctx, tx, d.CustomerID)
	if err != nil {
		return PackingSlipView{}, err
	}
	v := PackingSlipView{
		Seller: c.Policy.Seller, Language: cust.Data().Language, Customer: d.CustomerName, ShipTo: shipTo(d, cust.Data()),
		Number: d.Number, PONumber: d.PONumber, Parcel: nth, On: on, Note: d.Note,
	}
	if nth == 0 {
		v.Parcel = len(d.Shipments) + 1
		return v, v.packNext(d)
	}
	shipments, err := c.ShipmentsOf(ctx, d)
	if err != nil {
		return v, err
	}
	if nth > len(shipments) {
		return v, fault.Missing("parcel", fmt.Sprint(nth))
	}
	v.packed(d, shipments, nth)
	v.On = c.today(shipments[nth-1].ShippedAt)
	return v, nil
}

// packNext lists what may leave now.
func (v *PackingSlipView) packNext(d order.Data) error {
	for _, l := range d.Lines {
		if l.Service || l.Left() == 0 {
			continue
		}
		v.Lines = append(v.Lines, PackingLine{SKU: l.SKU, Name: l.Name, Quantity: max(0, l.Left()-l.Backordered()), Ordered: l.Quantity, ToCome: l.Backordered()})
	}
	if len(v.Lines) == 0 || (d.Status != order.Confirmed && d.Status != order.PartShipped) {
		return fault.New(fault.Refused, "There is nothing to pack", "order {number} is {status}", "ask for the slip of a parcel that left, by its number").Keyed("packing.nothing").With("number", d.Number, "status", d.Status)
	}
	return nil
}

// PackOrder records that the next parcel of an order is ready to leave. Whoever
// packs says so: a packing slip that was read proves nothing.
func (c *Cycle) PackOrder(ctx context.Context, s Stamp, orderID string) error {
	return c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		o, err := get[order.Order](ctx, tx, orderID)
		if err != nil {
			return err
		}
		before := o.Data().PackedAt
		if err := o.Pack(tx.At()); err != nil {
			return refused(err)
		}
		if o.Data().PackedAt.Equal(before) {
			return nil
		}
		return tx.Save(o, Fact{Type: "order.packed", Data: map[string]any{"parcel": len(o.Data().Shipments) + 1}})
	})
}

// packed lists what left in the nth parcel, and what came or comes in others.
func (v *PackingSlipView) packed(d order.Data, all []fulfilment.ShipmentData, nth int) {
	this := all[nth-1]
	v.ShipTo, v.Carrier, v.Tracking = this.ShipTo, this.Carrier, this.Tracking
	sent := map[int]int64{}
	for _, s := range all[:nth] {
		for _, l := range s.Lines {
			sent[l.Line] += l.Quantity
		}
	}
	for _, l := range this.Lines {
		line := PackingLine{SKU: l.SKU, Name: l.Name, Quantity: l.Quantity, Ordered: l.Quantity}
		if l.Line <= len(d.Lines) {
			of := d.Lines[l.Line-1]
			line.Ordered, line.ToCome = of.Quantity, max(0, of.Quantity-of.Cut-sent[l.Line])
		}
		v.Lines = append(v.Lines, line)
	}
}

// teamContact stands for the colleagues, who may open a customer's page of an
// order without the customer's own link.
const teamContact = "team"

// slipURL is where colleagues find the packing slip of an order's next parcel.
func (o *Outbox) slipURL(ctx context.Context, orderID string) (string, error) {
	scope := orderScope(orderID, teamContact)
	token, err := o.Cycle.Links.Token(scope)
	if err != nil {
		return "", err
	}
	err = o.Cycle.Store.Update(ctx, func(_ context.Context, tx *Tx) error {
		tx.By(Stamp{At: o.Now(), Actor: "system:outbox"})
		return o.Cycle.grant(tx, scope)
	})
	return o.Cycle.Policy.URL(LinkOrder, token) + "/packing-slip", err
}
