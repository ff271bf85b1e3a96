package o2c

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"duly/shared/o2c/cash"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/ledger"
	"duly/shared/o2c/money"
	"duly/shared/o2c/order"
)

// takeShopMoney books what the shop's gateway took for the order: a receipt
// that waits for the order's invoices. The message says what was paid in all,
// more is the part of it that is new. Credit lets go of an order that is paid.
func (c *Cycle) takeShopMoney(ctx context.Context, tx *Tx, o *order.Order, p order.Payment, more money.Amount) error {
	d := o.Data()
	if err := c.inBooks("the payment", p.Amount.Currency); err != nil {
		return err
	}
	if p.Amount.Currency != d.Currency {
		return fault.Bad("/paid_at_shop", "the payment is in {currency}, the order in {other}", "look at the shop").Keyed("shop.refund_currency").With("currency", p.Amount.Currency, "other", d.Currency)
	}
	id := shopReceiptID(o.ID())
	if len(d.ShopReceipts) > 0 { // named by the sum, so that the same news is the same receipt
		id = Name("r", "shop", o.ID(), p.Amount.String())
	}
	r, err := cash.NewReceipt(cash.ReceiptData{
		ID: id, Source: p.Gateway, Account: ledger.Gateway(p.Gateway), Ref: p.Reference, Amount: more, CustomerID: d.CustomerID,
		Payer: d.CustomerName, Text: "Order " + d.Number, Method: "shop", ValueOn: c.today(tx.At()), ReceivedAt: tx.At(),
	})
	if err != nil {
		return fault.By("/paid_at_shop", err, "send the amount that was paid")
	}
	if freed := o.PayAtShop(p, id); freed.IsPositive() {
		if err := c.uncommit(ctx, tx, d.CustomerID, d.InBooks(freed)); err != nil {
			return err
		}
	}
	return errors.Join(
		tx.Save(o), tx.Save(r, Fact{Type: "receipt.received", Data: r.Data()}),
		c.post(tx, id, fmt.Sprintf("Order %s paid at the shop", d.Number), r.Data().ValueOn, ledger.Received(r.Data().Account, more, id)...),
	)
}

// shopReceiptID is the id of the first receipt of an order's money from the
// shop.
func shopReceiptID(orderID string) string { return Name("r", "shop", orderID) }

// shopReceipts is all that the shop's gateway took for the order.
func (c *Cycle) shopReceipts(ctx context.Context, tx *Tx, o *order.Order) ([]*cash.Receipt, error) {
	ids := o.Data().ShopReceipts
	keys := make([]Key, len(ids))
	for i, id := range ids {
		keys[i] = Key{Kind: "receipt", ID: id}
	}
	if err := tx.Fetch(ctx, keys...); err != nil {
		return nil, err
	}
	all := make([]*cash.Receipt, len(ids))
	for i, id := range ids {
		r, err := get[cash.Receipt](ctx, tx, id)
		if err != nil {
			return nil, err
		}
		all[i] = r
	}
	return all, nil
}

// notesMoney is what credit notes on the order's invoices left to the customer.
func (c *Cycle) notesMoney(ctx context.Context, tx *Tx, o *order.Order) ([]*cash.Receipt, error) {
	var all []*cash.Receipt
	for _, id := range o.Data().Invoices {
		inv, err := get[invoice.Invoice](ctx, tx, id)
		if err != nil {
			return nil, err
		}
		for _, n := range inv.Data().Notes {
			r, err := find[cash.Receipt](ctx, tx, onAccountID(n.ID))
			if err != nil {
				return nil, err
			}
			if r != nil {
				all = append(all, r)
			}
		}
	}
	return all, nil
}

// strand asks the team about the money of the shop that an ended order leaves
// behind: no invoice will take it, a person refunds it or keeps it.
func (c *Cycle) strand(ctx context.Context, tx *Tx, o *order.Order) error {
	if !slices.Contains([]string{order.Cancelled, order.Declined, order.Closed}, o.Status()) {
		return nil
	}
	receipts, err := c.shopReceipts(ctx, tx, o)
	if err != nil {
		return err
	}
	for _, r := range receipts {
		if d := r.Data(); d.Kept || d.Stranded || !d.Unapplied.IsPositive() {
			continue
		}
		r.Strand()
		if err := errors.Join(
			tx.Save(r, Fact{Type: "receipt.stranded", Data: map[string]string{"order": o.ID(), "status": o.Status()}}),
			c.showCard(tx, "cash", KeyOf(r)),
		); err != nil {
			return err
		}
	}
	return nil
}
