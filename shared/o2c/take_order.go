package o2c

import (
	"cmp"
	"context"
	"errors"
	"time"

	"duly/shared/o2c/credit"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/life"
	"duly/shared/o2c/order"
	"duly/shared/o2c/party"
)

// Arrival is one translated message of a shop or another channel.
type Arrival struct {
	At       time.Time
	Endpoint string // "demo-shopify", "api"
	Platform string
	Seen     string // hash of endpoint, topic and body: delivery ids are unsigned
	Actor    string // who acts, when it is not the shop itself
	Message  order.Message
}

func (a Arrival) stamp() Stamp {
	return Stamp{At: a.At, Actor: cmp.Or(a.Actor, "shop:"+a.Endpoint), Cause: a.Seen}
}

// Taken is what became of a message.
type Taken struct {
	OrderID   string
	Number    string
	Status    string
	Duplicate bool
}

// OrderID is the id of a channel's order: the same however often and in
// whatever order its messages arrive.
func OrderID(endpoint, externalID string) string { return Name("o", endpoint, externalID) }

// HandleShop acts on one message of a channel, once.
func (c *Cycle) HandleShop(ctx context.Context, a Arrival) (Taken, error) {
	t := Taken{OrderID: OrderID(a.Endpoint, a.Message.Order.ExternalID)}
	switch a.Message.Verb {
	case order.Create, order.Update, order.Paid, order.Cancel, order.Fulfil, order.Refund:
	case order.Stock:
		return Taken{Status: string(a.Message.Verb)}, c.hearLevels(ctx, a)
	case order.Look:
		return Taken{Status: string(a.Message.Verb)}, c.lookLater(ctx, a)
	default:
		return Taken{Status: string(a.Message.Verb)}, nil
	}
	err := c.hear(ctx, a, &t)
	if errors.Is(err, ErrSeen) {
		t.Duplicate = true
		return t, c.describe(ctx, &t)
	}
	return t, err
}

// describe fills in what is known of an order that came before.
func (c *Cycle) describe(ctx context.Context, t *Taken) error {
	tx := NewTx(c.Store)
	var o order.Order
	if ok, err := tx.Find(ctx, t.OrderID, &o); err != nil || !ok {
		return err
	}
	t.Number, t.Status = o.Data().Number, o.Status()
	return nil
}

// firstLook is all that can be named before anything is read, in one request:
// the order, the names its buyer may have, the customer that a first order would
// make of him, who nearly always is the one that the names lead to, and the stock
// of its goods.
func firstLook(a Arrival, orderID string) Wanted {
	in := a.Message.Order
	told := []Key{{Kind: "order", ID: orderID}, {Kind: "news", ID: orderID}}
	if !a.Message.Whole() {
		return Wanted{Documents: told}
	}
	w := footing(cmp.Or(in.Buyer.CustomerID, customerID(a.Endpoint, orderID, in.Buyer)))
	w.Documents = append(w.Documents, told...)
	w.Names = []Alias{orderName(a)}
	if in.Buyer.CustomerID == "" {
		w.Names = append(w.Names, aliases(a.Endpoint, in.Buyer)...)
		w.Names = append(w.Names, hintNames(hints(party.Data{Name: in.Buyer.DisplayName(), Emails: []string{in.Buyer.Email}, Address: in.Buyer.Address}))...)
	}
	for _, l := range in.Lines {
		if !l.Service && l.SKU != "" {
			w.Counters = append(w.Counters, stockKey(l.SKU))
		}
	}
	return w
}

func orderName(a Arrival) Alias {
	return Alias{Space: spaceOrder, Value: a.Endpoint + ":" + cmp.Or(a.Message.Order.Number, a.Message.Order.ExternalID)}
}

// newOrder accepts an order: customer, credit, stock and what follows, in one
// commit. One that was cancelled already is kept without a decision.
func (c *Cycle) newOrder(ctx context.Context, tx *Tx, a Arrival, cancelled bool) (*order.Order, error) {
	in := a.Message.Order
	id := OrderID(a.Endpoint, in.ExternalID)
	cust, err := c.customerFor(ctx, tx, a.Endpoint, id, in.Buyer, orderName(a))
	if err != nil {
		return nil, err
	}
	if in, err = c.fill(ctx, tx, in, cust.Data()); err != nil {
		return nil, err
	}
	rate, err := c.exchangeRate(ctx, tx, in.Currency, c.orderedOn(in, tx))
	if err != nil {
		return nil, err
	}
	parts, err := c.dividedBy(in, cust.Data())
	if err != nil {
		return nil, err
	}
	o, err := order.Take(in, order.Intake{
		ID: id, Source: order.Source{Endpoint: a.Endpoint, Platform: a.Platform},
		CustomerID: cust.ID(), TermsDays: c.terms(parts), TermsKind: cust.Data().TermsKind, Parts: parts.Instalments, Rate: rate, At: a.At,
		Terms: c.textsFor(cust.Data()),
	})
	var odd *order.Inconsistent
	if err != nil && !errors.As(err, &odd) {
		return nil, fault.By("/total", err, "mend the order and send it again")
	}
	o.Seen(o.Data())
	if err := tx.Save(o, Fact{Type: "order.received", Data: o.Data()}); err != nil {
		return nil, err
	}
	if p := o.Data().PaidAtShop; p != nil && !p.Amount.IsZero() {
		if err := c.takeShopMoney(ctx, tx, o, *p, p.Amount); err != nil {
			return nil, err
		}
	}
	if cancelled { // before we ever saw it
		return o, nil
	}
	return o, c.decideOrder(ctx, tx, o, cust, odd)
}

// spaceOrder is the space of order numbers as people say them, each behind its
// channel; a number that a channel gives twice names the first order.
const spaceOrder = "order-number"

// decideOrder asks the policy and acts on its verdict.
func (c *Cycle) decideOrder(ctx context.Context, tx *Tx, o *order.Order, cust *party.Customer, odd *order.Inconsistent) error {
	x, err := c.exposureOf(ctx, tx, cust.Data())
	if err != nil {
		return err
	}
	in, err := c.creditInput(ctx, tx, cust.Data(), asked(o.Data()), x)
	if err != nil {
		return err
	}
	if odd != nil {
		in.Mismatch = &credit.Mismatch{Said: odd.Said, Lines: odd.Lines}
	}
	if in.Strangers, err = c.strangers(ctx, tx, o.Data()); err != nil {
		return err
	}
	d := c.Policy.Credit.Decide(in)
	held := tx.At().Add(time.Duration(c.Policy.Credit.StockHours) * time.Hour)
	req := credit.Ask(o.ID(), cust.ID(), d, tx.At(), held)
	if d.Verdict == credit.Refer {
		c.await(tx, req, requester(tx))
	}
	if err := tx.Save(req, Fact{Type: "credit." + fact(d.Verdict), Data: d}); err != nil {
		return err
	}
	if err := c.wantReport(tx, in, cust, o.ID()); err != nil {
		return err
	}
	switch d.Verdict {
	case credit.Approve:
		return c.confirm(ctx, tx, o, cust, x, !d.PrepayAll)
	case credit.Decline:
		return c.decline(ctx, tx, o, "the policy declines")
	}
	o.Hold(order.CreditHold)
	if err := c.reserve(ctx, tx, o); err != nil {
		return err
	}
	if err := tx.Save(o); err != nil {
		return err
	}
	if odd != nil { // less a question of credit than of what was meant
		return tx.ask(doCard, KeyOf(req), cardArgs{Purpose: "credit", Channel: "exceptions"})
	}
	return c.showCard(tx, "credit", KeyOf(req))
}

// asked is the order as credit looks at it: of one that was shipped in part and
// grew since, what was added; the rest is decided.
func asked(d order.Data) order.Data {
	if d.Growth.IsPositive() {
		d.Total = d.Growth
	}
	return d
}

func fact(v credit.Verdict) string {
	return map[credit.Verdict]string{credit.Approve: "approved", credit.Refer: "referred", credit.Decline: "declined"}[v]
}

// confirm accepts an order: its amount counts against the limit in the same
// commit, its stock is held, its customer is told. Where its goods are too many
// for one commit, it is accepted now and confirmed with the last of them.
func (c *Cycle) confirm(ctx context.Context, tx *Tx, o *order.Order, cust *party.Customer, x exposure, guard bool) error {
	large, err := c.large(ctx, tx, o)
	if err != nil {
		return err
	}
	before, orders := o.Data().Committed, int64(1)
	if o.Begun() { // what was added to it
		large, orders = false, 0
	}
	take := o.Confirm
	if large {
		take = o.Accept
	}
	if err := take(); err != nil {
		return refused(err)
	}
	x.move(tx, moved{confirmed: o.Data().InBooks(o.Data().Committed).Minor - o.Data().InBooks(before).Minor, orders: orders}, guard && !o.Prepaid())
	o.Release(order.ExceptionHold)
	if large {
		return errors.Join(tx.Save(o, Fact{Type: "order.accepted", Data: map[string]any{"total": o.Data().Total}}), c.reserveLater(tx, o, 1))
	}
	if err := c.reserve(ctx, tx, o); err != nil {
		return err
	}
	return c.confirmed(ctx, tx, o, cust)
}

// confirmed is what follows once an order is confirmed and its stock is held.
func (c *Cycle) confirmed(ctx context.Context, tx *Tx, o *order.Order, cust *party.Customer) error {
	c.expect(tx, o)
	if err := tx.Save(o, Fact{Type: "order.confirmed", Data: o.Data()}); err != nil {
		return err
	}
	if err := c.publish(tx, KeyOf(o)); err != nil {
		return err
	}
	if cust.Email() != "" {
		if err := c.mailOrder(tx, o, cust, "confirmation"); err != nil {
			return err
		}
	}
	if err := c.billConfirmed(ctx, tx, o, cust); err != nil {
		return err
	}
	if err := c.askToShip(tx, o); err != nil {
		return err
	}
	if o.Short() {
		if err := c.showCard(tx, "stock", KeyOf(o)); err != nil {
			return err
		}
	}
	return c.catchUpLater(ctx, tx, o)
}

// decline refuses an order and gives its stock back. Of one that was shipped in
// part, what is left will not come.
func (c *Cycle) decline(ctx context.Context, tx *Tx, o *order.Order, why string) error {
	if o.Begun() {
		return c.cut(ctx, tx, o, why)
	}
	if err := c.release(ctx, tx, o); err != nil {
		return err
	}
	if err := o.Decline(); err != nil {
		return refused(err)
	}
	return errors.Join(tx.Save(o, Fact{Type: "order.declined", Data: map[string]string{"reason": why}}), c.strand(ctx, tx, o))
}

// refused turns a noun's refusal into a failure for people.
func refused(err error) error {
	no := fault.New(fault.Refused, "That is not possible now", err.Error(), "look at the current state").Keyed("refused").Breaking(err)
	var status *life.Refused
	if errors.As(err, &status) {
		return no.Keyed("life").With("status", status.From)
	}
	return no
}
