package o2c

import (
	"context"
	"errors"
	"slices"

	"duly/shared/o2c/cash"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/ledger"
	"duly/shared/o2c/money"
	"duly/shared/o2c/order"
)

// linkParts finds the receipt behind each part, the invoices that it settled and
// whose it was, and what the books have otherwise than the gateway (features
// row 76).
func (c *Cycle) linkParts(ctx context.Context, tx *Tx, gateway string, parts []cash.Movement) error {
	for part := range slices.Chunk(parts, 100) {
		if err := c.linkSome(ctx, tx, gateway, part); err != nil {
			return err
		}
	}
	return nil
}

func (c *Cycle) linkSome(ctx context.Context, tx *Tx, gateway string, parts []cash.Movement) error {
	var keys []Key
	for _, p := range parts {
		if p.Ref != "" {
			keys = append(keys, Key{Kind: "receipt", ID: ReceiptID(gateway, p.Ref)})
		}
	}
	if err := tx.Fetch(ctx, keys...); err != nil {
		return err
	}
	for i := range parts {
		r, err := c.receiptBehind(ctx, tx, gateway, parts[i])
		if err != nil {
			return err
		}
		if err := c.linkPart(ctx, tx, gateway, &parts[i], r); err != nil {
			return err
		}
	}
	return nil
}

// receiptBehind finds the money that a part is about: by the gateway's id of the
// payment, which our own pages told, else by the shop's order.
func (c *Cycle) receiptBehind(ctx context.Context, tx *Tx, gateway string, p cash.Movement) (*cash.Receipt, error) {
	if p.Ref != "" {
		if r, err := find[cash.Receipt](ctx, tx, ReceiptID(gateway, p.Ref)); err != nil || r != nil {
			return r, err
		}
	}
	if p.Order == "" || len(c.Policy.Shops) == 0 {
		return nil, nil
	}
	var names []Alias
	for _, s := range c.Policy.Shops {
		names = append(names, Alias{Space: spaceOrder, Value: s.Endpoint + ":" + p.Order})
	}
	keys, err := tx.Resolve(ctx, names...)
	if err != nil {
		return nil, err
	}
	for _, k := range keys {
		if k.IsZero() {
			continue
		}
		if r, err := c.shopReceiptFor(ctx, tx, k.ID, gateway, p); err != nil || r != nil {
			return r, err
		}
	}
	return nil, nil
}

// shopReceiptFor picks among the receipts of an order the one of the part's
// amount, else the first that the gateway took.
func (c *Cycle) shopReceiptFor(ctx context.Context, tx *Tx, orderID, gateway string, p cash.Movement) (*cash.Receipt, error) {
	o, err := get[order.Order](ctx, tx, orderID)
	if err != nil {
		return nil, err
	}
	receipts, err := c.shopReceipts(ctx, tx, o)
	if err != nil {
		return nil, err
	}
	var first *cash.Receipt
	for _, r := range receipts {
		if r.Data().Account != ledger.Gateway(gateway) {
			continue
		}
		if r.Data().Amount == p.Amount {
			return r, nil
		}
		if first == nil {
			first = r
		}
	}
	return first, nil
}

// linkPart writes down what the books know of a part.
func (c *Cycle) linkPart(ctx context.Context, tx *Tx, gateway string, p *cash.Movement, r *cash.Receipt) error {
	nothing := p.Amount.Zero()
	p.Booked, p.ReceiptID, p.Invoices, p.Customer = nil, "", nil, ""
	if r != nil {
		d := r.Data()
		p.ReceiptID, p.Customer = d.ID, payer(d)
		for _, a := range d.Applications {
			if !slices.Contains(p.Invoices, a.Number) && (!a.Undone || a.Returned) {
				p.Invoices = append(p.Invoices, a.Number)
			}
		}
	}
	switch {
	case p.Kind == cash.MovementFee:
	case p.Kind == cash.MovementPayout:
		failed, err := find[cash.Payout](ctx, tx, PayoutID(gateway, p.Ref))
		if err != nil {
			return err
		}
		if failed == nil || failed.Data().Net != p.Amount {
			p.Booked = &nothing
		}
	case r == nil:
		p.Booked = &nothing
	case p.Kind == cash.MovementCharge:
		if booked := r.Data().Amount; booked != p.Amount {
			p.Booked = &booked
		}
	case p.Amount.IsNegative() && r.Data().Left.Plus(r.Data().Held).Plus(p.Amount).IsNegative():
		p.Booked = &nothing // it went back at the gateway, and we have not heard of it
	}
	return nil
}

// prove holds a payout against the books and asks a person about a gap; one that
// has closed meanwhile is told on the card that stands.
func (c *Cycle) prove(ctx context.Context, tx *Tx, p *cash.Payout, parts []cash.Movement) error {
	strayed := p.Data().Net.Zero()
	var strays, outside []cash.Movement
	for _, part := range parts {
		if part.Booked != nil {
			strayed, strays = strayed.Plus(part.Stray()), append(strays, part)
			continue
		}
		outside = append(outside, part.Absent())
	}
	before := p.Data().Problem
	p.Prove(strayed, strays[:min(len(strays), causesShown)], nil)
	if p.Data().Problem == "" {
		if before != "" {
			return c.refreshCard(tx, "payout", KeyOf(p))
		}
		return nil
	}
	waiting, err := c.notPaidOut(ctx, tx, p.Data().Gateway, parts)
	if err != nil {
		return err
	}
	p.Prove(strayed, strays[:min(len(strays), causesShown)], append(waiting, outside...))
	return c.showCard(tx, "payout", KeyOf(p))
}

// causesShown bounds what a payout remembers of the movements that break it.
const causesShown = 20

// partsOf reads the parts of a payout.
func (c *Cycle) partsOf(ctx context.Context, tx *Tx, d cash.PayoutData) ([]cash.Movement, error) {
	var all []cash.Movement
	for n := range d.Pages {
		page, err := get[cash.PartsPage](ctx, tx, cash.PartsID(d.ID, n))
		if err != nil {
			return nil, err
		}
		all = append(all, page.Parts()...)
	}
	return all, nil
}

// PayoutParts reads the parts of a payout.
func (c *Cycle) PayoutParts(ctx context.Context, d cash.PayoutData) ([]cash.Movement, error) {
	return c.partsOf(ctx, NewTx(c.Store), d)
}

// receiptsSeen bounds among how many receipts the cause of a gap is looked for.
const receiptsSeen = 300

// notPaidOut are the newest movements on a gateway's clearing account that no
// payout has: what a payout may have left out of its own list.
func (c *Cycle) notPaidOut(ctx context.Context, tx *Tx, gateway string, parts []cash.Movement) ([]cash.Movement, error) {
	out := map[string]bool{}
	for _, p := range parts {
		out[p.ReceiptID] = true
	}
	payouts, err := c.payoutsOf(ctx, tx, gateway)
	if err != nil {
		return nil, err
	}
	for _, p := range payouts[:min(len(payouts), 10)] {
		earlier, err := c.partsOf(ctx, tx, p.Data())
		if err != nil {
			return nil, err
		}
		for _, p := range earlier {
			out[p.ReceiptID] = true
		}
	}
	page, err := c.Store.List(ctx, Query{Kind: "receipt", Limit: receiptsSeen})
	if err != nil {
		return nil, err
	}
	var all []cash.Movement
	for _, s := range page.Items {
		r, err := restore[cash.Receipt](s)
		if err != nil {
			return nil, err
		}
		if d := r.Data(); d.Account == ledger.Gateway(gateway) && !out[d.ID] {
			p := cash.Movement{Kind: cash.MovementCharge, Amount: d.Amount.Minus(d.Left), Fee: d.Amount.Zero(), Ref: d.Ref}
			if err := c.linkPart(ctx, tx, gateway, &p, r); err != nil {
				return nil, err
			}
			p.Booked = nil
			all = append(all, p)
		}
	}
	return all, nil
}

// TakePayout gives a payout that does not add up to a colleague.
func (c *Cycle) TakePayout(ctx context.Context, s Stamp, id string) error {
	return c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		p, err := get[cash.Payout](ctx, tx, id)
		if err != nil {
			return err
		}
		p.Take(s.Actor)
		return errors.Join(tx.Save(p, Fact{Type: "payout.taken", Data: map[string]string{"by": s.Actor}}), c.refreshCard(tx, "payout", KeyOf(p)))
	})
}

// PayoutExplanation is what a person found about a payout that does not add up.
type PayoutExplanation struct {
	Why     string
	Account string // code of the account that the gap belongs on; "": it stays on the clearing account, where it will close by itself
}

// ExplainPayout closes the gap of a payout as a person says: it is booked to the
// account that the person names, or left where it is. Nothing does that by
// itself (row 68).
func (c *Cycle) ExplainPayout(ctx context.Context, s Stamp, id string, x PayoutExplanation) error {
	return c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		p, err := get[cash.Payout](ctx, tx, id)
		if err != nil {
			return err
		}
		gap := p.Data().Gap
		if err := p.Explain(x.Why, s.Actor, x.Account); err != nil {
			return refused(err)
		}
		if err := errors.Join(
			tx.Save(p, Fact{Type: "payout.explained", Data: map[string]any{"gap": gap, "account": x.Account, "why": x.Why}}),
			c.refreshCard(tx, "payout", KeyOf(p)),
		); err != nil || x.Account == "" || gap.IsZero() {
			return err
		}
		a, ok := ledger.AccountOf(x.Account)
		if !ok || a.Role == ledger.Receivable || a.Role == ledger.Bank || money.Same(gap, p.Data().Net) != nil {
			return fault.Bad("/account", "account {account} cannot take it", "name an account of costs or revenue").Keyed("account.cannot").With("account", x.Account)
		}
		return c.post(tx, p.ID()+"/explained", "Payout "+p.Data().Reference+": "+x.Why, c.today(tx.At()), ledger.GapExplained(ledger.Gateway(p.Data().Gateway), a.Code, gap, p.ID())...)
	})
}
