package o2c

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"duly/shared/o2c/credit"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/order"
	"duly/shared/o2c/party"
)

// CreditAnswer is a colleague's decision on an order, or on a quote to be sent.
type CreditAnswer struct {
	OrderID    string // or the quote's
	By         Person
	Verdict    credit.Verdict // Approve or Decline
	Conditions credit.Conditions
	Reason     string
	Version    int64 // of the request that the card showed; 0: any
}

// DecideCredit records a colleague's decision and acts on it. Role, version,
// amount and headroom are looked at again in the transaction that confirms, so
// of two people who press at once exactly one decides.
func (c *Cycle) DecideCredit(ctx context.Context, s Stamp, a CreditAnswer) (credit.RequestData, error) {
	var after credit.RequestData
	err := c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		if err := tx.Fetch(ctx, Key{Kind: "credit", ID: a.OrderID}, Key{Kind: "order", ID: a.OrderID}); err != nil {
			return err
		}
		req, err := get[credit.Request](ctx, tx, a.OrderID)
		if err != nil {
			return err
		}
		if err := c.mayDecide(a); err != nil {
			return err
		}
		if a.Version != 0 && a.Version != tx.Version(req) && req.Data().Status == credit.Pending {
			return fault.New(fault.Stale, "The order changed since this card was drawn", "nothing was decided", "look at the card again")
		}
		err = c.decide(ctx, tx, a, req)
		after = req.Data()
		return err
	})
	return after, err
}

// mayDecide asks for a role, and for terms that the law allows.
func (c *Cycle) mayDecide(a CreditAnswer) error {
	if a.By.Role != Approver && a.By.Role != Admin {
		return fault.New(fault.Forbidden, "Only approvers can approve credit", "you are "+string(a.By.Role), "ask "+strings.Join(c.approvers(), " or "))
	}
	if d := a.Conditions.TermsDays; d < 0 || d > 60 {
		return fault.Bad("/conditions/terms", fmt.Sprintf("terms of %d days", d), "write a whole number from 1 to 60 (directive 2011/7/EU, article 3(5))")
	}
	return nil
}

func (c *Cycle) approvers() []string {
	var names []string
	for _, p := range c.Policy.People {
		if p.Role == Approver || p.Role == Admin {
			names = append(names, p.Name)
		}
	}
	return names
}

func (c *Cycle) decide(ctx context.Context, tx *Tx, a CreditAnswer, req *credit.Request) error {
	var err error
	verb, actor := "approved", "slack:"+a.By.ID
	if a.Verdict == credit.Approve {
		err = req.Approve(actor, tx.At(), a.Conditions, a.Reason)
	} else {
		verb, err = "declined", req.Decline(actor, tx.At(), a.Reason)
	}
	if err != nil {
		return c.alreadyDecided(err)
	}
	if err := tx.Save(req, Fact{Type: "credit." + verb, Data: req.Data()}); err != nil {
		return err
	}
	follow := c.followOrder
	if req.Data().Subject == channelQuote {
		follow = c.followQuote
	}
	if err := follow(ctx, tx, a); err != nil {
		return err
	}
	return c.showCard(tx, "credit", KeyOf(req))
}

// followOrder does what a decision on an order's credit asks for.
func (c *Cycle) followOrder(ctx context.Context, tx *Tx, a CreditAnswer) error {
	o, err := get[order.Order](ctx, tx, a.OrderID)
	if err != nil {
		return err
	}
	cust, err := get[party.Customer](ctx, tx, o.Data().CustomerID)
	if err != nil {
		return err
	}
	x, err := c.exposureOf(ctx, tx, cust.Data())
	if err != nil {
		return err
	}
	if a.Verdict != credit.Approve {
		if err = c.decline(ctx, tx, o, a.Reason); err == nil && cust.Email() != "" {
			err = c.mailOrder(tx, o, cust, "declined")
		}
		return err
	}
	if a.Conditions.TermsDays > 0 {
		o.Terms(a.Conditions.TermsDays)
	}
	// An explicit approval may exceed the limit: no guard on the headroom.
	if err := c.confirm(ctx, tx, o, cust, x, false); err != nil {
		return err
	}
	return c.askUpfront(ctx, tx, o, cust, a.Conditions)
}

// alreadyDecided is the sentence for whoever presses second.
func (c *Cycle) alreadyDecided(err error) error {
	var done *credit.Answered
	if !errors.As(err, &done) {
		return refused(err)
	}
	what := strings.ToUpper(done.Status[:1]) + done.Status[1:]
	f := fault.New(fault.Refused, fmt.Sprintf("Already %s by %s at %s. Nothing changed.", done.Status, c.Policy.NameOf(done.By), done.At.In(c.Policy.Zone).Format("15:04")), "", "")
	if done.Status == credit.Void {
		f.What = what + ": the order was changed or cancelled. Nothing changed."
	}
	return f.Because(err)
}

// LetGoOfStock gives the stock of undecided orders back whose deadline has
// passed; the question stays open.
func (c *Cycle) LetGoOfStock(ctx context.Context, at time.Time) (int, error) {
	return c.eachDue(ctx, credit.Queue, at, func(id string) error { return c.letGo(ctx, at, id) })
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

func (c *Cycle) letGo(ctx context.Context, at time.Time, orderID string) error {
	return c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(Stamp{At: at, Actor: "system:dunning"})
		var req credit.Request
		var o order.Order
		if err := errors.Join(tx.Get(ctx, orderID, &req), tx.Get(ctx, orderID, &o)); err != nil {
			return err
		}
		if !req.StockExpired(at) {
			return nil
		}
		req.LetGo()
		if err := c.release(ctx, tx, &o); err != nil {
			return err
		}
		if err := errors.Join(tx.Save(&o, Fact{Type: "order.stock_released", Data: map[string]string{"reason": "no decision in time"}}), tx.Save(&req)); err != nil {
			return err
		}
		return c.refreshCard(tx, "credit", KeyOf(&req))
	})
}
