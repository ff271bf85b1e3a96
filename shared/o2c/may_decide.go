package o2c

import (
	"context"
	"errors"
	"slices"

	"duly/shared/o2c/credit"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/order"
	"duly/shared/o2c/party"
)

// question is what a decision on credit looks at.
type question struct {
	req    *credit.Request
	about  order.Data   // the order, or the one that a quote would become
	order  *order.Order // nil: it is about a quote
	cust   *party.Customer
	people []Person
}

// question reads what is asked about an order, or about a quote.
func (c *Cycle) question(ctx context.Context, tx *Tx, orderID string) (question, error) {
	var q question
	err := tx.Fetch(ctx, Key{Kind: "credit", ID: orderID}, Key{Kind: "order", ID: orderID}, Key{Kind: "team", ID: teamID})
	if err != nil {
		return q, err
	}
	if q.req, err = get[credit.Request](ctx, tx, orderID); err != nil {
		return q, err
	}
	if q.order, err = find[order.Order](ctx, tx, orderID); err != nil {
		return q, err
	}
	if q.about, err = c.inQuestion(ctx, tx, orderID); err != nil {
		return q, err
	}
	id := q.about.CustomerID
	if err = tx.Gather(ctx, Wanted{Documents: []Key{{Kind: "customer", ID: id}}, Counters: []Key{exposureKey(id)}}); err != nil {
		return q, err
	}
	if q.cust, err = get[party.Customer](ctx, tx, id); err != nil {
		return q, err
	}
	q.people, err = c.people(ctx, tx)
	return q, err
}

// mayDecide looks at who decides, in the transaction that decides: the role of
// today, and that nobody decides on their own customer or their own request.
func (c *Cycle) mayDecide(tx *Tx, id string, q question) (Person, error) {
	who, _ := personIn(q.people, id, c.today(tx.At()))
	rule := credit.Rule("")
	switch {
	case !who.Decides():
		rule = credit.RuleRole
	case c.Policy.Approval.Solo:
	case owns(who, q.cust.Data()):
		rule = credit.RuleOwnCustomer
	case q.req.Data().RequestedBy == "slack:"+id:
		rule = credit.RuleOwnRequest
	}
	if rule == "" {
		return who, nil
	}
	return who, c.notAllowed(tx, rule, who, q)
}

func (c *Cycle) notAllowed(tx *Tx, rule credit.Rule, who Person, q question) error {
	no := &credit.NotAllowed{Rule: rule, Role: string(who.Role), Amount: q.req.Data().Amount}
	for _, p := range c.deciders(tx, q) {
		if p.ID != who.ID {
			no.Ask = append(no.Ask, p.Name)
		}
	}
	return fault.New(fault.Forbidden, "This is not yours to decide", "{why}", "").Keyed("decide.not_yours").With("why", no.Error()).Because(no)
}

// owns reports whether a colleague looks after a customer.
func owns(who Person, d party.Data) bool {
	return d.Owner != "" && slices.Contains([]string{who.ID, "slack:" + who.ID, who.Name}, d.Owner)
}

// deciders are those who may decide on a request today: approvers first, admins
// after them.
func (c *Cycle) deciders(tx *Tx, q question) []Person {
	var some []Person
	for _, role := range []Role{Approver, Admin} {
		for _, p := range present(q.people, c.today(tx.At())) {
			free := c.Policy.Approval.Solo || !owns(p, q.cust.Data()) && q.req.Data().RequestedBy != "slack:"+p.ID
			if p.Role == role && free {
				some = append(some, p)
			}
		}
	}
	return some
}

// needsTwo reports whether one approval is not enough: the order exceeds what
// the house, or the approver, decides alone.
func (c *Cycle) needsTwo(r credit.RequestData, who Person) bool {
	if c.Policy.Approval.Solo {
		return false
	}
	return r.TwoPeople || who.Limit != nil && r.Decision.Input.Amount.Cmp(*who.Limit) > 0
}

// denialData is how often people pressed what they may not.
type denialData struct {
	OrderID string `json:"order_id"`
	Times   int    `json:"times"`
}

// denial keeps the trail of refused presses apart from the request, whose version
// the cards carry: a press that changes nothing must not make them stale.
type denial struct{ Data denialData }

// Kind and ID make the denial a document.
func (d *denial) Kind() string { return "denial" }
func (d *denial) ID() string   { return d.Data.OrderID }

// noteDenial records who was refused and why (row 26 of the failure catalogue).
func (c *Cycle) noteDenial(ctx context.Context, s Stamp, a CreditAnswer, cause error) error {
	var no *credit.NotAllowed
	if !errors.As(cause, &no) {
		return cause
	}
	err := c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(Stamp{At: s.At, Actor: s.Actor, Cause: s.Cause})
		d, err := find[denial](ctx, tx, a.OrderID)
		if err != nil {
			return err
		}
		if d == nil {
			d = &denial{Data: denialData{OrderID: a.OrderID}}
		}
		d.Data.Times++
		return tx.Save(d, Fact{Type: "credit.denied", Data: map[string]string{"order": a.OrderID, "user": a.By.ID, "role": no.Role, "rule": string(no.Rule), "verdict": string(a.Verdict)}})
	})
	return errors.Join(cause, err)
}
