package o2c

import (
	"context"

	"duly/shared/o2c/fault"
	"duly/shared/o2c/party"
)

// restate carries what a change of a customer means for credit over to the
// counters: its limit, the group of companies that it belongs to, and that
// group's limit. before is the customer as it was; empty for a new one.
func (c *Cycle) restate(ctx context.Context, tx *Tx, cust *party.Customer, before party.Data) error {
	d := cust.Data()
	if d.Group != before.Group {
		if err := c.changeGroup(ctx, tx, d, before.Group); err != nil {
			return err
		}
	}
	if err := c.setLimit(ctx, tx, cust); err != nil {
		return err
	}
	if d.Group == d.ID {
		return setGroupLimit(ctx, tx, d.ID, d.GroupLimit)
	}
	return nil
}

// changeGroup moves a customer between groups. The customer at the head of a
// group belongs to it too; a group within a group there is none.
func (c *Cycle) changeGroup(ctx context.Context, tx *Tx, d party.Data, from string) error {
	if d.ID == from {
		return fault.Bad("/group", "the customer is the head of its group", "take its members out first, and leave the head as it is").Keyed("group.head")
	}
	if d.Group == "" || d.Group == d.ID {
		return c.joinGroup(ctx, tx, d, from)
	}
	head, err := find[party.Customer](ctx, tx, d.Group)
	if err != nil {
		return err
	}
	if head == nil {
		return fault.Bad("/group", "there is no customer {id}", "send the id of the customer at the head of the group").Keyed("group.unknown").With("id", d.Group)
	}
	was := head.Data()
	if was.Group != "" && was.Group != was.ID {
		return fault.Bad("/group", "{name} is in the group of {group} itself", "send that id").Keyed("group.member").With("name", was.Name, "group", was.Group)
	}
	if was.Group == "" {
		if err := head.Amend(func(h *party.Data) { h.Group = h.ID }); err != nil {
			return fault.By("/group", err, "complete "+was.Name+" first")
		}
		if err := c.joinGroup(ctx, tx, head.Data(), ""); err != nil {
			return err
		}
		if err := tx.Save(head, Fact{Type: "customer.amended", Data: head.Data()}); err != nil {
			return err
		}
	}
	return c.joinGroup(ctx, tx, d, from)
}
