package o2c

import (
	"context"
	"slices"

	"duly/shared/o2c/fault"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/money"
	"duly/shared/o2c/order"
	"duly/shared/o2c/statute"
)

// giveBack records what the shop gave back of an order: the money leaves what
// its gateway took, and what was given back for goods that had left is credited.
// All of the money back is the end of the order.
func (c *Cycle) giveBack(ctx context.Context, tx *Tx, o *order.Order, in order.IncomingRefund) error {
	if o.Knows(in) {
		return nil
	}
	if in.Amount.Currency != "" && in.Amount.Currency != o.Data().Currency {
		return fault.Bad("/refund", "the refund is in {currency}, the order in {other}", "look at the shop").Keyed("shop.refund_currency").With("currency", in.Amount.Currency, "other", o.Data().Currency)
	}
	o.GiveBack(in)
	if err := tx.Save(o, Fact{Type: "order.refunded", Data: in}); err != nil {
		return err
	}
	if err := c.payBack(ctx, tx, o); err != nil {
		return err
	}
	if o.Back().Cmp(o.Data().Total) >= 0 {
		return c.withdrawAs(ctx, tx, o, refundedWhole)
	}
	return c.settleLater(tx, o)
}

// refundedWhole is why an order ends of which all the money went back.
const refundedWhole = "refunded in the shop"

// payBack takes what was given back off what the shop's gateway took, the newest
// payment first. What the gateway has not taken yet waits for its payment; a
// refund by bank comes with its bank line.
func (c *Cycle) payBack(ctx context.Context, tx *Tx, o *order.Order) error {
	if !o.Owed().IsPositive() {
		return nil
	}
	receipts, err := c.shopReceipts(ctx, tx, o)
	if err != nil {
		return err
	}
	for _, r := range slices.Backward(receipts) {
		d := r.Data()
		part := money.Min(o.Owed(), d.Amount.Minus(d.Refunded))
		if !part.IsPositive() {
			continue
		}
		o.Book(part)
		if err := tx.Save(o); err != nil {
			return err
		}
		r.GiveBack(r.Gone().Plus(part), tx.At())
		if err := c.settleReversals(ctx, tx, r, "refunded in the shop: "+o.Data().Number); err != nil {
			return err
		}
	}
	return c.applyShopMoney(ctx, tx, o)
}

// settleLater asks for the credit notes that a refund or a cancellation calls
// for, once there is an invoice.
func (c *Cycle) settleLater(tx *Tx, o *order.Order) error {
	d := o.Data()
	if len(d.Invoices) == 0 || (!d.TakenBack && len(o.Uncredited()) == 0) {
		return nil
	}
	return tx.ask(doSettle, KeyOf(o), nil)
}

// performSettle credits what a shop took back, an invoice a commit: a draft is
// issued first, as only what is issued can be credited. It runs in the outbox,
// which alone of those that hear of refunds may grant customers their links.
func performSettle(ctx context.Context, o *Outbox, e Effect) (func(context.Context, *Tx) error, error) {
	c := o.Cycle
	sold, err := Read[order.Order](ctx, c, e.Subject.ID)
	if err != nil {
		return nil, err
	}
	for _, id := range sold.Data().Invoices {
		err := c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
			tx.By(Stamp{At: o.Now(), Actor: "system:outbox", Cause: e.Name})
			return c.settle(ctx, tx, sold.ID(), id)
		})
		if err != nil {
			return nil, err
		}
	}
	return nil, nil
}

// settle credits one invoice of an order as far as the shop took it back.
func (c *Cycle) settle(ctx context.Context, tx *Tx, orderID, invoiceID string) error {
	invoiceID, err := c.ownBill(ctx, tx, orderID, invoiceID)
	if err != nil {
		return err
	}
	if err := c.issue(ctx, tx, invoiceID); err != nil {
		return err
	}
	inv, err := get[invoice.Invoice](ctx, tx, invoiceID)
	if err != nil || inv.Status() == invoice.Draft {
		return err // it lacks something: whoever completes it asks again
	}
	o, err := get[order.Order](ctx, tx, orderID)
	if err != nil {
		return err
	}
	if err := tx.Save(o); err != nil { // from here on this is the order: crediting may close it
		return err
	}
	if o.Data().TakenBack || o.Back().Cmp(o.Data().Total) >= 0 {
		err = c.takeBackWhole(ctx, tx, o, inv)
	} else {
		err = c.takeBackPart(ctx, tx, o, inv)
	}
	if err != nil {
		return err
	}
	return c.applyShopMoney(ctx, tx, o)
}

// takeBackWhole credits what is left of an invoice of an order that was undone.
func (c *Cycle) takeBackWhole(ctx context.Context, tx *Tx, o *order.Order, inv *invoice.Invoice) error {
	for _, r := range o.Uncredited() {
		o.Credited(r.ExternalID, nil, money.Amount{}, true)
	}
	d := inv.Data()
	if err := tx.Save(o); err != nil || d.Exhausted() || !d.Total.IsPositive() {
		return err
	}
	r := CreditRequest{InvoiceID: inv.ID(), Reason: "taken back in the shop"}
	if d.Collective() {
		if r.Lines = d.AllLeftOf(o.ID()); len(r.Lines) == 0 {
			return nil
		}
	}
	_, err := c.credit(ctx, tx, r)
	return err
}

// takeBackPart credits what refunds were for, as far as it stands on this
// invoice: the units that came back, and money that is more than they cost, or
// was given back for no goods at all, as a cut of the price.
func (c *Cycle) takeBackPart(ctx context.Context, tx *Tx, o *order.Order, inv *invoice.Invoice) error {
	for _, r := range o.Uncredited() {
		asked, units := returnedOn(inv.Data(), o.Data(), r)
		var total *money.Amount
		if len(asked) == 0 {
			if asked, total = allowanceOf(inv.Data(), r.Allowance(), o.ID()); len(asked) == 0 {
				continue
			}
		}
		note, err := c.credit(ctx, tx, CreditRequest{InvoiceID: inv.ID(), Lines: asked, Total: total, Reason: "refunded in the shop"})
		if err != nil {
			return err
		}
		o.Credited(r.ExternalID, units, note.Data().Total, false)
		if err := tx.Save(o); err != nil {
			return err
		}
		if again := o.Refund(r.ExternalID); len(units) > 0 && len(again.Returned()) > 0 && again.Allowance().IsPositive() {
			return c.takeBackPart(ctx, tx, o, inv) // and the rest of the money
		}
	}
	return nil
}

// returnedOn finds the units of a refund on an invoice, and says how many of
// each of its lines those are.
func returnedOn(inv invoice.Data, o order.Data, r order.Refunded) (asked []invoice.Taking, units []int64) {
	units = make([]int64, len(r.Lines))
	left := make([]int64, len(inv.Lines))
	for i, l := range inv.Lines {
		left[i], _ = inv.Left(l.N)
	}
	for k, back := range r.Lines {
		want := back.Quantity - back.Credited
		for i, l := range inv.Lines {
			n := min(want, left[i])
			if inv.OrderOf(l) != o.ID || back.Unshipped || n <= 0 || !back.Names(o.Lines[l.OrderLine-1]) {
				continue
			}
			want, left[i], units[k] = want-n, left[i]-n, units[k]+n
			asked = addTaking(asked, l.N, n)
		}
	}
	if len(asked) == 0 {
		return nil, nil
	}
	return asked, units
}

func addTaking(asked []invoice.Taking, n int, units int64) []invoice.Taking {
	for i := range asked {
		if asked[i].N == n {
			asked[i].Quantity += units
			return asked
		}
	}
	return append(asked, invoice.Taking{N: n, Quantity: units})
}

// allowanceOf spreads money that was given back for no goods over the tax rates
// of an invoice, by what is left of each; of a rate its dearest line carries it.
// With an order, only what the invoice bills of that order is cut.
func allowanceOf(inv invoice.Data, most money.Amount, orderID string) ([]invoice.Taking, *money.Amount) {
	total := money.Min(most, inv.Total.Minus(inv.Credited()))
	if !total.IsPositive() {
		return nil, nil
	}
	var dearest []invoice.Line // one of each rate, with what is left of the rate in Net
	var room []money.Amount
	for _, l := range inv.Lines {
		_, net := inv.Left(l.N)
		if l.Overall && net.IsNegative() && (orderID == "" || inv.OrderOf(l) == orderID) { // the other lines are worth so much less
			if i := slices.IndexFunc(dearest, func(d invoice.Line) bool { return d.Category == l.Category && d.TaxRate.Equal(l.TaxRate) }); i >= 0 {
				room[i] = room[i].Plus(net)
			}
			continue
		}
		if !net.IsPositive() || orderID != "" && inv.OrderOf(l) != orderID {
			continue
		}
		i := slices.IndexFunc(dearest, func(d invoice.Line) bool { return d.Category == l.Category && d.TaxRate.Equal(l.TaxRate) })
		if i < 0 {
			dearest, room = append(dearest, l), append(room, net)
			dearest[len(dearest)-1].Net = net
			continue
		}
		room[i] = room[i].Plus(net)
		if net.Cmp(dearest[i].Net) > 0 {
			dearest[i].N, dearest[i].Net = l.N, net
		}
	}
	return spreadOver(dearest, room, total)
}

// spreadOver cuts each line by its rate's share of a total with tax. What a line
// cannot carry is left for a person, who sees it on the order.
func spreadOver(lines []invoice.Line, room []money.Amount, total money.Amount) ([]invoice.Taking, *money.Amount) {
	if len(lines) == 0 {
		return nil, nil
	}
	weights := make([]int64, len(lines))
	for i, l := range lines {
		weights[i] = room[i].Plus(room[i].Percent(l.TaxRate)).Minor
	}
	var asked []invoice.Taking
	for i, part := range total.Split(weights...) {
		cut := money.Min(statute.NetOf(part, lines[i].TaxRate), lines[i].Net)
		if cut.IsPositive() {
			asked = append(asked, invoice.Taking{N: lines[i].N, Quantity: 1, UnitPrice: &cut})
		}
	}
	return asked, &total
}
