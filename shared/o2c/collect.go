package o2c

import (
	"context"
	"errors"
	"fmt"

	"duly/shared/o2c/fault"
	"duly/shared/o2c/fulfilment"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/money"
	"duly/shared/o2c/order"
	"duly/shared/o2c/party"
)

// collects reports whether what leaves of an order waits for the invoice of its
// period. What was paid or secured before is invoiced by itself: its invoice says
// that nothing, or less, is to be paid.
func collects(o *order.Order, cust *party.Customer) bool {
	on := cust.Data().InvoiceOn
	return (on == party.InvoiceWeekly || on == party.InvoiceMonthly) && o.Data().PaidAtShop == nil && o.Data().Deposit == nil
}

// collectionsMax bounds how many invoices a customer's period may take.
const collectionsMax = 50

// collect puts what left on the customer's invoice of the period: one for what
// may stand together, in one currency and under one VAT and term. Credit counts
// it as confirmed and not yet invoiced until then, by the invoice and no longer
// by the order: so issuing takes one commit, however many orders it bills.
func (c *Cycle) collect(ctx context.Context, tx *Tx, o *order.Order, cust *party.Customer, data invoice.Data, rounding money.Amount) (*invoice.Invoice, error) {
	until := invoice.PeriodEnd(cust.Data().InvoiceOn, data.SuppliedOn)
	rows := make([]order.BilledLine, 0, len(data.Lines))
	for _, l := range data.Lines {
		rows = append(rows, order.BilledLine{Line: order.Line{TaxRate: l.TaxRate, Category: l.Category}, Net: l.Net})
	}
	before := o.Data()
	del := invoice.Supply{
		OrderID: o.ID(), OrderNo: before.Number, PONumber: before.PONumber, ShipmentID: data.ShipmentID, On: data.SuppliedOn, ShipTo: data.ShipTo,
		Total: order.Billing{Lines: rows}.Total().Plus(rounding),
	}
	o.Bill(del.Total)
	del.Held = before.InBooks(before.Committed).Minus(before.InBooks(o.Data().Committed))
	for n := 1; n <= collectionsMax; n++ {
		id := Name("i", "collected", data.CustomerID, until.String(), data.Currency, data.TaxedIn, data.ShipTo.Country, string(data.TermsKind), fmt.Sprint(data.TermsDays), fmt.Sprint(n))
		inv, err := find[invoice.Invoice](ctx, tx, id)
		if err != nil {
			return nil, err
		}
		if inv == nil {
			fresh := data
			fresh.ID, fresh.Lines, fresh.Rounding = id, nil, rounding.Zero()
			inv = invoice.NewCollection(fresh, until)
			inv.Look(until.AddDays(1).Start(c.Policy.Zone))
		}
		if !inv.Collecting() || !inv.HasRoom(len(data.Lines)) {
			continue
		}
		if err := inv.Collect(del, data.Lines); err != nil {
			return nil, refused(err)
		}
		o.Drafted(inv.ID())
		return inv, tx.Save(inv, Fact{Type: "invoice.collected", Data: del})
	}
	return nil, fault.New(fault.Refused, "The period has too many invoices", "{name} has {n} until {date}", "invoice on shipment instead").Keyed("collect.too_many").With("name", before.CustomerName, "n", collectionsMax, "date", until)
}

// ownBill takes an order's deliveries out of a collection that is not issued
// yet, into a draft of their own: what is to be credited has to be issued first,
// and the customer's other orders wait for the end of their period.
func (c *Cycle) ownBill(ctx context.Context, tx *Tx, orderID, invoiceID string) (string, error) {
	inv, err := get[invoice.Invoice](ctx, tx, invoiceID)
	if err != nil || !inv.Collecting() {
		return invoiceID, err
	}
	own := inv.TakeOut(Name("i", orderID, "out of", invoiceID, inv.Data().CreatedAt.String(), fmt.Sprint(tx.Version(inv))), orderID, tx.At())
	if own == nil {
		return invoiceID, nil
	}
	o, err := get[order.Order](ctx, tx, orderID)
	if err != nil {
		return "", err
	}
	o.Rebill(invoiceID, own.ID())
	if len(inv.Data().Supplies) == 0 {
		err = inv.Void()
	}
	return own.ID(), errors.Join(err,
		tx.Save(inv, Fact{Type: "invoice.taken_out", Data: map[string]string{"order": orderID, "invoice": own.ID()}}),
		tx.Save(own, Fact{Type: "invoice.drafted", Data: map[string]any{"order": orderID, "total": own.Data().Total}}),
		c.rebillShipments(ctx, tx, own.Data()), tx.Save(o))
}

// rebillShipments tells shipments which invoice bills them now.
func (c *Cycle) rebillShipments(ctx context.Context, tx *Tx, d invoice.Data) error {
	for _, del := range d.Supplies {
		s, err := find[fulfilment.Shipment](ctx, tx, del.ShipmentID)
		if err != nil {
			return err
		}
		if s != nil {
			s.BilledBy(d.ID)
			if err := tx.Save(s); err != nil {
				return err
			}
		}
	}
	return nil
}

// billOrder moves what an invoice bills out of what counts as confirmed: it gives
// the order, nil when it bills several, and what credit lets go of, in minor
// units of the books' currency.
func (c *Cycle) billOrder(ctx context.Context, tx *Tx, d invoice.Data) (*order.Order, int64, error) {
	held, collected := d.HeldCredit()
	if d.Collective() {
		return nil, held, nil
	}
	o, err := get[order.Order](ctx, tx, d.OrderID)
	if err != nil || collected {
		return o, held, err
	}
	before := o.Data()
	o.Bill(d.Total)
	if o.Secures(d.ID) {
		o.DepositBilled(d.Total)
		if err := c.refreshCard(tx, "credit", Key{Kind: "credit", ID: o.ID()}); err != nil {
			return nil, 0, err
		}
	}
	return o, before.InBooks(before.Committed).Minus(before.InBooks(o.Data().Committed)).Minor, tx.Save(o)
}

// doSpread lets a collective invoice count for each of its orders.
const doSpread = "invoice.spread"

// performSpread goes through the orders of a collective invoice, one commit each,
// after it was issued and after it was settled: what the shop took for an order
// is applied, what was taken back is credited, and an order whose last invoice is
// settled is closed.
func performSpread(ctx context.Context, o *Outbox, e Effect) (func(context.Context, *Tx) error, error) {
	c := o.Cycle
	inv, err := Read[invoice.Invoice](ctx, c, e.Subject.ID)
	if err != nil {
		return nil, err
	}
	for _, id := range inv.Data().Orders() {
		err := c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
			tx.By(Stamp{At: o.Now(), Actor: "system:outbox", Cause: e.Name})
			return c.spread(ctx, tx, id, e.Subject.ID)
		})
		if err != nil {
			return nil, err
		}
	}
	return nil, nil
}

func (c *Cycle) spread(ctx context.Context, tx *Tx, orderID, invoiceID string) error {
	if err := tx.Fetch(ctx, Key{Kind: "order", ID: orderID}, Key{Kind: "invoice", ID: invoiceID}); err != nil {
		return err
	}
	o, err := get[order.Order](ctx, tx, orderID)
	if err != nil {
		return err
	}
	if o.Data().TakenBack || len(o.Uncredited()) > 0 {
		err = c.settle(ctx, tx, orderID, invoiceID)
	} else {
		err = c.applyShopMoney(ctx, tx, o)
	}
	if err != nil {
		return err
	}
	inv, err := get[invoice.Invoice](ctx, tx, invoiceID)
	if err != nil || !ended(inv) {
		return err
	}
	return c.closeOrderOf(ctx, tx, orderID, inv.Data())
}

// spreadLater asks for that.
func (c *Cycle) spreadLater(tx *Tx, d invoice.Data, why string) error {
	return tx.ask(doSpread, Key{Kind: "invoice", ID: d.ID}, map[string]string{"after": why})
}
