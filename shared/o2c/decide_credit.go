package o2c

import (
	"context"
	"errors"
	"strings"
	"time"

	"duly/shared/o2c/credit"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/money"
	"duly/shared/o2c/order"
	"duly/shared/o2c/party"
)

// CreditAnswer is a colleague's decision on an order, or on a quote to be sent.
type CreditAnswer struct {
	OrderID    string         // or the quote's
	By         Person         // the id counts: role and limit are read again
	Verdict    credit.Verdict // Approve or Decline
	Conditions credit.Conditions
	Reason     string
	KeepStock  bool  // of a refusal: the stock stays held until its deadline
	Version    int64 // of the request that the card showed; 0: any
}

// DecideCredit records a colleague's decision and acts on it. Role, limits,
// version, amount and headroom are looked at again in the transaction that
// confirms, so of two people who press at once exactly one decides. Where two
// people must agree, the first approval alone changes nothing but the card.
func (c *Cycle) DecideCredit(ctx context.Context, s Stamp, a CreditAnswer) (credit.RequestData, error) {
	var after credit.RequestData
	err := c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		q, err := c.question(ctx, tx, a.OrderID)
		if err != nil {
			return err
		}
		who, err := c.mayDecide(tx, a.By.ID, q)
		if err != nil {
			return err
		}
		if a.Version != 0 && a.Version != tx.Version(q.req) && q.req.Data().Status == credit.Pending {
			return errStaleCard
		}
		err = c.decide(ctx, tx, a, q, who)
		after = q.req.Data()
		return err
	})
	if fault.Is(err, fault.Forbidden) {
		err = c.noteDenial(ctx, s, a, err)
	}
	return after, err
}

var errStaleCard = fault.New(fault.Stale, "The order changed since this card was drawn", "nothing was decided", "look at the card again")

func (c *Cycle) decide(ctx context.Context, tx *Tx, a CreditAnswer, q question, who Person) error {
	yes := credit.Approval{By: "slack:" + who.ID, Name: who.Name, For: who.For, At: tx.At(), Conditions: a.Conditions, Reason: a.Reason}
	if a.Verdict == credit.Approve {
		r := q.req.Data()
		if r.First != nil && r.First.By != yes.By && a.Conditions.IsZero() {
			yes.Conditions = r.First.Conditions // agreeing is agreeing on what was asked for
		}
		if pointer, err := yes.Conditions.Check(r.Amount, c.limit(q.cust.Data()), tx.At()); err != nil {
			return fault.By(pointer, err, "mend the condition")
		}
		extends := r.Status == credit.Approved && q.about.ShipMost != nil && a.Conditions.IsZero()
		if c.needsTwo(r, who) && (r.Status == credit.Pending || extends) && !q.req.Seconds(yes.By, yes.Conditions) {
			return c.firstOfTwo(tx, q, who, yes)
		}
		if extends {
			return c.extend(ctx, tx, q, yes)
		}
	}
	if q.order == nil || q.order.Status() != order.Received {
		return c.answer(ctx, tx, q, a, yes, &credit.Undo{})
	}
	undo := undoOf(q)
	if err := c.answer(ctx, tx, q, a, yes, &undo); err != nil {
		return err
	}
	return c.allowUndo(tx, q, undo)
}

// answer writes an answer down and does what it asks for.
func (c *Cycle) answer(ctx context.Context, tx *Tx, q question, a CreditAnswer, by credit.Approval, undo *credit.Undo) error {
	if err := q.req.Answer(a.Verdict, by); err != nil {
		return c.alreadyDecided(err)
	}
	q.req.Keep(a.KeepStock && a.Verdict == credit.Decline)
	verb, follow := "approved", c.approve
	if a.Verdict == credit.Decline {
		verb, follow = "declined", c.refuse
	}
	if q.order == nil {
		follow = c.followQuote
	}
	if err := tx.Save(q.req, Fact{Type: "credit." + verb, Data: q.req.Data()}); err != nil {
		return err
	}
	if err := follow(ctx, tx, q, undo); err != nil {
		return err
	}
	return c.showCard(tx, "credit", KeyOf(q.req))
}

// firstOfTwo records the first of two approvals.
func (c *Cycle) firstOfTwo(tx *Tx, q question, who Person, yes credit.Approval) error {
	if first := q.req.Data().First; first != nil && first.By == yes.By && first.Conditions.Equal(yes.Conditions) {
		return c.notAllowed(tx, credit.RuleSamePerson, who, q)
	}
	if err := q.req.Agree(yes); err != nil {
		return c.alreadyDecided(err)
	}
	return errors.Join(
		tx.Save(q.req, Fact{Type: "credit.first_approved", Data: yes}),
		c.showCard(tx, "credit", KeyOf(q.req)))
}

// extend approves the rest of an order that was approved in part.
func (c *Cycle) extend(ctx context.Context, tx *Tx, q question, yes credit.Approval) error {
	if err := q.req.Extend(yes); err != nil {
		return c.alreadyDecided(err)
	}
	x, err := c.exposureOf(ctx, tx, q.cust.Data())
	if err != nil {
		return err
	}
	x.move(tx, moved{confirmed: q.order.Data().InBooks(q.order.Unlimit()).Minor}, false)
	return errors.Join(
		tx.Save(q.req, Fact{Type: "credit.approved", Data: q.req.Data()}),
		tx.Save(q.order, Fact{Type: "order.rest_approved", Data: map[string]any{"total": q.order.Data().Total}}),
		c.showCard(tx, "credit", KeyOf(q.req)))
}

// approve lets the order go on under the conditions.
func (c *Cycle) approve(ctx context.Context, tx *Tx, q question, undo *credit.Undo) error {
	r, o := q.req.Data(), q.order
	if r.Conditions.TermsDays > 0 {
		o.Terms(r.Conditions.TermsDays)
	}
	if o.Limitless(); !r.Conditions.PartAmount.IsZero() {
		o.Limit(r.Conditions.PartAmount)
	}
	if to := r.Conditions.RaiseLimitTo; !to.IsZero() {
		undo.Raised, undo.Limit = true, q.cust.Data().CreditLimit
		if err := c.giveLimit(ctx, tx, q.cust, &to, o.ID()); err != nil {
			return err
		}
	}
	x, err := c.exposureOf(ctx, tx, q.cust.Data())
	if err != nil {
		return err
	}
	// An explicit approval may exceed the limit: no guard on the headroom.
	return c.confirm(ctx, tx, o, q.cust, x, false)
}

// giveLimit sets a customer's own limit, nil for the house's.
func (c *Cycle) giveLimit(ctx context.Context, tx *Tx, cust *party.Customer, to *money.Amount, orderID string) error {
	before := c.limit(cust.Data())
	if err := cust.Amend(func(d *party.Data) { d.CreditLimit = to }); err != nil {
		return fault.By("/conditions/raise_limit_to", err, "write another amount")
	}
	return errors.Join(
		tx.Save(cust, Fact{Type: "customer.limit_changed", Data: map[string]any{"from": before, "to": c.limit(cust.Data()), "order": orderID}}),
		c.setLimit(ctx, tx, cust))
}

// refuse ends the order; of one of which a part has left, what is left.
func (c *Cycle) refuse(ctx context.Context, tx *Tx, q question, _ *credit.Undo) error {
	r, o := q.req.Data(), q.order
	held := o.Reservations()
	if err := c.decline(ctx, tx, o, r.Reason); err != nil {
		return err
	}
	if r.KeepStock {
		if err := c.keep(ctx, tx, o, held); err != nil {
			return err
		}
	}
	if q.cust.Email() == "" || o.Status() != order.Declined {
		return nil
	}
	return c.mailOrder(tx, o, q.cust, LetterDeclined)
}

// alreadyDecided is the sentence for whoever presses second.
func (c *Cycle) alreadyDecided(err error) error {
	var done *credit.Answered
	if !errors.As(err, &done) {
		return refused(err)
	}
	what := strings.ToUpper(done.Status[:1]) + done.Status[1:]
	f := fault.New(fault.Refused, "Already {status} by {name} at {time}. Nothing changed.", "", "").Keyed("credit.answered").With("status", done.Status, "name", c.Policy.NameOf(done.By), "time", done.At.In(c.Policy.Zone).Format("15:04"))
	if done.Status == credit.Void {
		f.What = what + ": the order was changed or cancelled. Nothing changed."
	}
	return f.Because(err)
}

// SnoozeTime is how long one press keeps reminders quiet.
const SnoozeTime = 4 * time.Hour

// SnoozeCredit keeps the reminders about a request quiet for SnoozeTime.
func (c *Cycle) SnoozeCredit(ctx context.Context, s Stamp, a CreditAnswer) (until time.Time, err error) {
	until = s.At.Add(SnoozeTime)
	err = c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		q, err := c.question(ctx, tx, a.OrderID)
		if err != nil {
			return err
		}
		who, err := c.mayDecide(tx, a.By.ID, q)
		if err != nil {
			return err
		}
		if err := q.req.Snooze("slack:"+who.ID, until); err != nil {
			return c.alreadyDecided(err)
		}
		return errors.Join(
			tx.Save(q.req, Fact{Type: "credit.snoozed", Data: map[string]any{"until": until}}),
			c.refreshCard(tx, "credit", KeyOf(q.req)))
	})
	return until, err
}
