package o2c

import (
	"context"
	"errors"
	"time"

	"duly/shared/o2c/credit"
	"duly/shared/o2c/order"
)

// TendCredit does what is due about requests as of an instant: the stock of
// undecided orders goes back, a backup is called, a question that nobody answers
// ends as the policy says, an approval that nothing came of expires. It reports
// how many orders gave stock back. Any number of ticks converge on the same.
func (c *Cycle) TendCredit(ctx context.Context, at time.Time) (released int, err error) {
	_, err = c.eachDue(ctx, credit.Queue, at, func(id string) error {
		let, err := c.tend(ctx, at, id)
		if let {
			released++
		}
		return err
	})
	return released, err
}

// eachDue does something about all that is due in a queue, page after page, and
// counts what succeeded. One failure does not keep the others from their turn.
func (c *Cycle) eachDue(ctx context.Context, queue string, at time.Time, do func(id string) error) (done int, err error) {
	var failed failures
	page := Page{}
	for !failed.hopeless() {
		if page, err = c.Store.List(ctx, Query{Queue: queue, Until: at, After: page.Next}); err != nil {
			return done, errors.Join(failed.err(), err)
		}
		for _, s := range page.Items {
			if err := do(s.Key.ID); err != nil {
				failed.note(err)
				continue
			}
			done++
		}
		if page.Next == "" {
			break
		}
	}
	return done, failed.err()
}

// tend does all that is due about one request.
func (c *Cycle) tend(ctx context.Context, at time.Time, orderID string) (released bool, err error) {
	err = c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(Stamp{At: at, Actor: "system:dunning"})
		released = false
		q, err := c.question(ctx, tx, orderID)
		if err != nil {
			return err
		}
		if q.req.Expired(at) {
			return c.expire(ctx, tx, q)
		}
		if q.req.EndDue(at) && c.Policy.Approval.EndRejects {
			return c.giveUp(ctx, tx, q)
		}
		if q.req.BackupDue(at) {
			if err := c.callBackup(tx, q); err != nil {
				return err
			}
		}
		if q.req.EndDue(at) {
			if err := c.endOnHold(tx, q); err != nil {
				return err
			}
		}
		if q.req.StockExpired(at) {
			released = true
			return c.letGo(ctx, tx, q)
		}
		return nil
	})
	return released, err
}

// letGo gives the stock of an undecided order back; the question stays open.
func (c *Cycle) letGo(ctx context.Context, tx *Tx, q question) error {
	q.req.LetGo()
	if q.order == nil {
		return tx.Save(q.req)
	}
	if err := c.release(ctx, tx, q.order); err != nil {
		return err
	}
	return errors.Join(
		tx.Save(q.order, Fact{Type: "order.stock_released", Data: map[string]string{"reason": "no decision in time"}}), tx.Save(q.req),
		c.refreshCard(tx, "credit", KeyOf(q.req)))
}

// backupMax bounds how many colleagues one call mentions.
const backupMax = 3

// callBackup mentions those who may decide in the card's thread.
func (c *Cycle) callBackup(tx *Tx, q question) error {
	q.req.CalledBackup()
	var ids []string
	for _, p := range c.deciders(tx, q) {
		if len(ids) < backupMax {
			ids = append(ids, p.ID)
		}
	}
	return errors.Join(
		tx.Save(q.req, Fact{Type: "credit.backup_called", Data: map[string]any{"people": ids}}),
		c.say(tx, q, LineBackup, ids),
		c.refreshCard(tx, "credit", KeyOf(q.req)))
}

// endOnHold stops asking; the order stays on hold and can still be decided.
func (c *Cycle) endOnHold(tx *Tx, q question) error {
	q.req.OnHold(tx.At())
	return errors.Join(
		tx.Save(q.req, Fact{Type: "credit.unanswered", Data: map[string]string{"ends": "hold"}}),
		c.say(tx, q, LineEndedHold, nil),
		c.refreshCard(tx, "credit", KeyOf(q.req)))
}

// giveUp refuses an order that nobody decided on in time.
func (c *Cycle) giveUp(ctx context.Context, tx *Tx, q question) error {
	a := CreditAnswer{OrderID: q.req.ID(), Verdict: credit.Decline, Reason: "nobody decided in time"}
	if err := c.answer(ctx, tx, q, a, credit.Approval{By: "policy", At: tx.At(), Reason: a.Reason}, &credit.Undo{}); err != nil {
		return err
	}
	return c.say(tx, q, LineEndedReject, nil)
}

// expire asks anew about an order whose approval ran out before anything left.
// One that went on in time keeps it: goods have left, or its deposit came in.
func (c *Cycle) expire(ctx context.Context, tx *Tx, q question) error {
	if q.order == nil {
		q.req.Kept()
		return tx.Save(q.req)
	}
	paid := q.about.Deposit != nil && !q.order.Held(order.DepositHold)
	if q.order.Status() != order.Confirmed || q.order.Begun() || paid {
		q.req.Kept()
		return tx.Save(q.req)
	}
	if err := c.withdrawBills(ctx, tx, q.order, "the approval expired"); err != nil {
		return err
	}
	d, err := c.reconsider(ctx, tx, q.order, q.cust)
	if err != nil {
		return err
	}
	who := q.req.Data().DecidedBy
	if err := c.askAgain(ctx, tx, q.order, q.req, d, "expired"); err != nil {
		return err
	}
	return c.say(tx, q, LineExpired, []string{who})
}
