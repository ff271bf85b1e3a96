package o2c

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/cash"
	"duly/shared/o2c/invoice"
)

// performCharge asks the provider for one try, once: its answer may be lost
// after the money was taken, so that every attempt but the first looks for the
// payment before it asks again. What does not hold any more since the try was
// decided is not sent.
func performCharge(ctx context.Context, o *Outbox, e Effect) (func(context.Context, *Tx) error, error) {
	var args struct {
		Try string `json:"try"`
	}
	if err := json.Unmarshal(e.Args, &args); err != nil {
		return nil, damaged("The invoice cannot be collected", err)
	}
	c, tx := o.Cycle, NewTx(o.Cycle.Store)
	tx.By(Stamp{At: o.Now(), Actor: "system:outbox"})
	k, err := get[Charge](ctx, tx, e.Subject.ID)
	if err != nil {
		return nil, err
	}
	t := k.try(args.Try, "")
	if t == nil || t.Status != TryAsked {
		return nil, nil // its message was here before
	}
	inv, err := get[invoice.Invoice](ctx, tx, e.Subject.ID)
	if err != nil {
		return nil, err
	}
	m, err := find[Mandate](ctx, tx, k.data.CustomerID)
	if err != nil || m == nil {
		return nil, err
	}
	ask := ChargeRequest{
		IdempotencyKey: fmt.Sprintf("duly-charge-%s-%d", t.ID, k.data.Spent+1), Owner: m.data.Owner, Method: t.Method, Kind: m.data.Method.Kind,
		InvoiceID: inv.ID(), Number: inv.Number(), TryID: t.ID, Amount: t.Amount, Since: t.At,
	}
	var made ChargeMade
	var found bool
	if e.Attempts > 1 {
		if made, found, err = c.Pay.FindCharge(ctx, ask); err != nil {
			return nil, err
		}
	}
	if !found {
		amount, why, err := c.collectable(ctx, tx, inv, m)
		if err != nil {
			return nil, err
		}
		if why != "" || amount.Cmp(t.Amount) < 0 || m.data.Method.ID != t.Method {
			return func(ctx context.Context, tx *Tx) error { return c.dropTry(ctx, tx, e.Subject.ID, args.Try) }, nil
		}
		if made, err = c.Pay.Charge(ctx, ask); errors.Is(err, ErrKeySpent) {
			err = errors.Join(err, c.spendChargeKey(ctx, Stamp{At: o.Now(), Actor: "system:outbox"}, e.Subject.ID))
		}
		if err != nil {
			return nil, err
		}
	}
	return func(ctx context.Context, tx *Tx) error {
		return c.chargeAnswered(ctx, tx, e.Subject.ID, args.Try, made)
	}, nil
}

// chargeGaveUp: the provider does not take the request at all.
func chargeGaveUp(ctx context.Context, o *Outbox, tx *Tx, e Effect) error {
	k, err := get[Charge](ctx, tx, e.Subject.ID)
	if err != nil || k.data.Status != ChargeUnder {
		return err
	}
	inv, err := get[invoice.Invoice](ctx, tx, e.Subject.ID)
	if err != nil {
		return err
	}
	if n := len(k.data.Tries) - 1; n >= 0 && k.data.Tries[n].Status == TryAsked {
		k.data.Tries[n].Status = TryDropped
	}
	return o.Cycle.endCharge(ctx, tx, k, inv, WhyRefused)
}

// dropTry takes a try back that was never sent: the next look decides anew.
func (c *Cycle) dropTry(ctx context.Context, tx *Tx, invoiceID, tryID string) error {
	k, err := get[Charge](ctx, tx, invoiceID)
	if err != nil {
		return err
	}
	t := k.try(tryID, "")
	if t == nil || t.Status != TryAsked {
		return nil
	}
	t.Status = TryDropped
	k.data.Status, k.data.NextAt = ChargeWaits, tx.At()
	return tx.Save(k, Fact{Type: "charge.dropped", Data: *t})
}

func (c *Cycle) spendChargeKey(ctx context.Context, s Stamp, invoiceID string) error {
	return c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		k, err := get[Charge](ctx, tx, invoiceID)
		if err != nil {
			return err
		}
		k.data.Spent++
		return tx.Save(k)
	})
}

// chargeAnswered records what the provider said to a try. Its messages may have
// said so before.
func (c *Cycle) chargeAnswered(ctx context.Context, tx *Tx, invoiceID, tryID string, made ChargeMade) error {
	k, err := get[Charge](ctx, tx, invoiceID)
	if err != nil {
		return err
	}
	t := k.try(tryID, "")
	if t == nil || t.Status != TryAsked {
		return nil
	}
	t.Ref = made.Ref
	if made.Decline.Then != "" {
		return c.tryFailed(ctx, tx, k, t, made.Decline)
	}
	t.Status = TryUnder
	if err := tx.Save(k, Fact{Type: "charge.under_way", Data: *t}); err != nil || !made.Pending {
		return err
	}
	checkout, err := c.checkoutOf(ctx, tx, invoiceID)
	if err != nil {
		return err
	}
	if known, err := find[cash.Receipt](ctx, tx, ReceiptID(cash.Stripe, made.Ref)); err != nil || known != nil {
		return err
	}
	checkout.settled(made.Ref)
	checkout.data.Pending = append(checkout.data.Pending, Pending{Ref: made.Ref, Amount: t.Amount, Method: "sepa_debit", Since: tx.At()})
	return tx.Save(checkout)
}

// tryOf is the try that a message of the provider speaks of; nil when the payment
// was none of ours.
func tryOf(ctx context.Context, tx *Tx, invoiceID, tryID, ref string) (*Charge, *ChargeTry, error) {
	if tryID == "" {
		return nil, nil, nil
	}
	k, err := find[Charge](ctx, tx, invoiceID)
	if err != nil || k == nil {
		return nil, nil, err
	}
	return k, k.try(tryID, ref), nil
}

// chargeTaken: the money of a try came. What is left of the invoice's terms is
// collected on its own day.
func (c *Cycle) chargeTaken(ctx context.Context, tx *Tx, invoiceID, tryID, ref string) error {
	k, t, err := tryOf(ctx, tx, invoiceID, tryID, ref)
	if err != nil || t == nil || t.Status == TryTaken {
		return err
	}
	t.Status, t.Ref, t.Code = TryTaken, ref, ""
	inv, err := get[invoice.Invoice](ctx, tx, invoiceID)
	if err != nil {
		return err
	}
	fact := Fact{Type: "charge.taken", Data: *t}
	if next := inv.Data().NextDue(); inv.Collectable() && len(inv.Data().Instalments) > 0 && next.After(c.today(tx.At())) {
		return errors.Join(tx.Save(k, fact), c.announceCharge(tx, inv, k, next), c.mailAbout(tx, inv.Data(), aboutArgs{Template: LetterChargeAnnounced}))
	}
	if err := tx.Save(k, fact); err != nil {
		return err
	}
	return c.endCharge(ctx, tx, k, inv, WhyPaid)
}

// chargeTakenBack stops collecting from who has its bank take a collection back:
// it says that it did not allow it.
func (c *Cycle) chargeTakenBack(ctx context.Context, tx *Tx, ev Chargeback, paid cash.ReceiptData) error {
	if ev.Status == "won" {
		return nil
	}
	for _, a := range paid.Applications {
		k, err := find[Charge](ctx, tx, a.InvoiceID)
		if err != nil {
			return err
		}
		if k == nil || k.try("", ev.Ref) == nil {
			continue
		}
		m, err := find[Mandate](ctx, tx, k.data.CustomerID)
		if err != nil || m == nil || m.data.Status != MandateActive {
			return err
		}
		return c.stopMandate(ctx, tx, m, ev.Gateway, true)
	}
	return nil
}

// tryIsOver reports whether a payment that is said to be under way was a try
// whose end is known already: messages come in any order.
func (c *Cycle) tryIsOver(ctx context.Context, tx *Tx, ev MoneyPending) (bool, error) {
	k, t, err := tryOf(ctx, tx, ev.InvoiceID, ev.Try, ev.Ref)
	if err != nil || t == nil {
		return false, err
	}
	if t.Status != TryAsked {
		return t.Status != TryUnder, nil
	}
	t.Status, t.Ref = TryUnder, ev.Ref
	return false, tx.Save(k, Fact{Type: "charge.under_way", Data: *t})
}

// chargeFailed hears of a try that failed by message; false when the payment was
// no try of ours.
func (c *Cycle) chargeFailed(ctx context.Context, tx *Tx, ev MoneyFailed) (bool, error) {
	k, t, err := tryOf(ctx, tx, ev.InvoiceID, ev.Try, ev.Ref)
	if err != nil || t == nil {
		return false, err
	}
	t.Ref = ev.Ref
	return true, c.tryFailed(ctx, tx, k, t, ev.Decline)
}

// tryFailed does what the reason asks for: never again, the customer must act,
// or another try, as long as there is one.
func (c *Cycle) tryFailed(ctx context.Context, tx *Tx, k *Charge, t *ChargeTry, d Decline) error {
	if t.Status == TryFailed {
		return nil
	}
	t.Status, t.Code = TryFailed, d.Code
	inv, err := get[invoice.Invoice](ctx, tx, k.data.InvoiceID)
	if err != nil {
		return err
	}
	m, err := find[Mandate](ctx, tx, k.data.CustomerID)
	if err != nil {
		return err
	}
	if m != nil && d.Spoils && m.data.Method.ID == t.Method && m.data.Dead == "" {
		m.data.Dead = d.Code
		if err := tx.Save(m, Fact{Type: "mandate.method_died", Data: map[string]any{"code": d.Code}}); err != nil {
			return err
		}
	}
	fact := Fact{Type: "charge.failed", Data: map[string]any{"try": *t, "then": d.Then, "code": d.Code}}
	if !inv.Collectable() { // paid otherwise meanwhile
		return errors.Join(tx.Save(k, fact), c.endCharge(ctx, tx, k, inv, WhyPaid))
	}
	about := aboutArgs{Template: LetterChargeFailed, Amount: t.Amount, Reason: d.Why}
	if m != nil {
		about.Method = m.data.Method
	}
	line := CaseLine{What: LineChargeFailed, Code: d.Why, Numbers: []string{inv.Number()}, Amount: t.Amount}
	next := c.nextTry(k, t.On, c.today(tx.At()))
	if d.Then == DeclineAgain && !next.IsZero() && m.Usable() {
		k.data.Status, k.data.NextAt = ChargeWaits, next.At(letterHour, 0, c.Policy.Zone)
		line.What, line.Date, about.Again = LineChargeAgain, next, next
		inv.Pause(PausedByCharge)
		err := errors.Join(tx.Save(inv), tx.Save(k, fact), c.chargeSays(tx, inv, line))
		if err == nil && k.failures() == 1 { // the customer hears of the first and of the last
			err = c.mailAbout(tx, inv.Data(), about)
		}
		return err
	}
	if err := tx.Save(k, fact); err != nil {
		return err
	}
	if err := c.endCharge(ctx, tx, k, inv, d.Why); err != nil {
		return err
	}
	return errors.Join(c.mailAbout(tx, inv.Data(), about), c.chargeSays(tx, inv, line),
		c.tellOnce(ctx, tx, Name("charge", t.ID), KeyOf(inv), Notice{Key: "charge_ended", Number: inv.Number(), Name: inv.Data().Buyer.Name, Amount: t.Amount, Why: "charge." + d.Why}))
}

// chargeSays writes a line below the customer's card and below the invoice's.
func (c *Cycle) chargeSays(tx *Tx, inv *invoice.Invoice, line CaseLine) error {
	return errors.Join(c.caseSays(tx, inv.Data().CustomerID, line), tx.ask(doReply, KeyOf(inv), replyArgs{Purpose: "invoice", Case: &line}), c.refreshCard(tx, "invoice", KeyOf(inv)))
}

// failures counts the tries that failed since the collection was announced.
func (k *Charge) failures() int {
	n := 0
	for _, t := range k.data.Tries {
		if t.Status == TryFailed && !t.On.Before(k.data.On) {
			n++
		}
	}
	return n
}

// nextTry is the day of the next try, after what was tried since the collection
// was announced; zero when there is none any more. It is a working day, later
// than today.
func (c *Cycle) nextTry(k *Charge, last, today calendar.Date) calendar.Date {
	first := last
	for _, t := range k.data.Tries {
		if t.Status != TryDropped && !t.On.Before(k.data.On) && t.On.Before(first) {
			first = t.On
		}
	}
	if k.failures() > len(c.Policy.Collecting.RetryDays) {
		return calendar.Date{}
	}
	for _, days := range c.Policy.Collecting.RetryDays {
		if on := c.Policy.Days.Next(first.AddDays(days)); on.After(today) && on.After(last) {
			return on
		}
	}
	return calendar.Date{}
}

// chargeView is how far the collecting of an invoice is, for its reader.
func (c *Cycle) chargeView(ctx context.Context, tx *Tx, d invoice.Data) (CollectView, error) {
	var v CollectView
	m, err := find[Mandate](ctx, tx, d.CustomerID)
	if err != nil {
		return v, err
	}
	v.Offer, v.Days = c.Policy.Collecting.Offer && c.Pay != nil, c.Policy.Collecting.NoticeDays
	if m != nil && m.data.Status == MandateActive {
		v.Method, v.Usable = &m.data.Method, m.Usable()
	}
	k, err := find[Charge](ctx, tx, d.ID)
	if err != nil || k == nil || !k.data.Open() || d.Dunning.PausedBy != PausedByCharge {
		return v, err
	}
	switch k.data.Status {
	case ChargePlanned, ChargeWaits:
		v.On = c.today(k.data.NextAt)
		v.Again = k.data.Status == ChargeWaits && k.failures() > 0
	}
	return v, nil
}

// CollectView is what a page or mail says of collecting.
type CollectView struct {
	Offer  bool          // the customer may let us keep what it pays with
	Days   int           // of notice
	Method *KeptMethod   // that is kept; nil: none
	Usable bool          // it is collected from
	On     calendar.Date // the day on which this invoice is collected; zero: it is not
	Again  bool          // after a try that failed
}
