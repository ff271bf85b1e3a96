package o2c

import (
	"context"
	"errors"

	"duly/shared/o2c/fault"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/money"
	"duly/shared/o2c/party"
)

// SetLimit gives a customer a credit limit of its own, or none of its own (nil). Who decides on credit may, up to what
// they decide on alone, and not for a customer that they look after (ux.md §2.3).
func (c *Cycle) SetLimit(ctx context.Context, s Stamp, by Person, customerID string, limit *money.Amount) (party.Data, error) {
	const what = "The limit was not changed"
	if !by.Decides() {
		return party.Data{}, fault.New(fault.Forbidden, what, "only approvers set limits, and you are {role}", "ask an approver").Keyed("limit.role").With("role", by.Role)
	}
	cust, err := Read[party.Customer](ctx, c, customerID)
	if err != nil {
		return party.Data{}, err
	}
	if owns(by, cust.Data()) && !c.Policy.Approval.Solo {
		return party.Data{}, fault.New(fault.Forbidden, what, "you look after this customer", "ask another approver").Keyed("limit.own")
	}
	if limit != nil && by.Limit != nil && limit.Cmp(*by.Limit) > 0 {
		return party.Data{}, fault.New(fault.Forbidden, what, "{limit} is more than the {most} that you decide on alone", "ask an approver with a higher limit").Keyed("limit.above").With("limit", limit, "most", by.Limit)
	}
	return c.AmendCustomer(ctx, s, customerID, func(d *party.Data) { d.CreditLimit = limit })
}

// SendAgain brings an issued document to its recipients once more.
func (c *Cycle) SendAgain(ctx context.Context, s Stamp, invoiceID string) error {
	return c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		inv, err := get[invoice.Invoice](ctx, tx, invoiceID)
		if err != nil {
			return err
		}
		if inv.Number() == "" {
			return fault.New(fault.Refused, "It is not sent", "it is a draft", "complete it first").Keyed("send.draft")
		}
		cust, err := get[party.Customer](ctx, tx, inv.Data().CustomerID)
		if err != nil {
			return err
		}
		return errors.Join(tx.Save(inv, Fact{Type: "invoice.sent_again", Data: map[string]string{"by": s.Actor}}), c.dispatchDocument(tx, cust, inv.Data()))
	})
}
