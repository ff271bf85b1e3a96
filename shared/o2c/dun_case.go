package o2c

import (
	"context"
	"encoding/json"
	"errors"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/fault"
)

// caseData is all that runs against one customer.
type caseData struct {
	CustomerID string        `json:"customer_id"`
	LastLetter calendar.Date `json:"last_letter,omitzero"`
	HoldUntil  calendar.Date `json:"hold_until,omitzero"` // no letter up to and including this day
	HoldWhy    string        `json:"hold_why,omitempty"`
	Owner      string        `json:"owner,omitempty"`   // the colleague who took it
	Promise    string        `json:"promise,omitempty"` // the newest
	CallBy     calendar.Date `json:"call_by,omitzero"`  // a colleague is to call until then
}

// dunningCase is the case of one customer; it has the customer's id.
type dunningCase struct{ data caseData }

// Kind and ID make the case a document.
func (k *dunningCase) Kind() string { return "case" }
func (k *dunningCase) ID() string   { return k.data.CustomerID }

// MarshalJSON and UnmarshalJSON are the store's door.
func (k *dunningCase) MarshalJSON() ([]byte, error) { return json.Marshal(k.data) }
func (k *dunningCase) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &k.data) }

func (c *Cycle) caseOf(ctx context.Context, tx *Tx, customerID string) (*dunningCase, error) {
	k, err := find[dunningCase](ctx, tx, customerID)
	if err == nil && k == nil {
		k = &dunningCase{data: caseData{CustomerID: customerID}}
	}
	return k, err
}

// HoldCustomer keeps letters back up to and including a day.
func (c *Cycle) HoldCustomer(ctx context.Context, s Stamp, customerID string, until calendar.Date, reason string) error {
	return c.changeCase(ctx, s, customerID, func(k *dunningCase) (Fact, error) {
		k.data.HoldUntil, k.data.HoldWhy = until, reason
		return Fact{Type: "dunning.held", Data: map[string]any{"until": until, "reason": reason}}, nil
	})
}

// TakeCase makes a colleague the owner of a customer's case, unless another has
// taken it.
func (c *Cycle) TakeCase(ctx context.Context, s Stamp, customerID string, who Person) error {
	return c.changeCase(ctx, s, customerID, func(k *dunningCase) (Fact, error) {
		if k.data.Owner != "" && k.data.Owner != who.ID {
			return Fact{}, fault.New(fault.Refused, c.Policy.NameOf("slack:"+k.data.Owner)+" has taken it already. Nothing changed.", "", "")
		}
		k.data.Owner = who.ID
		return Fact{Type: "dunning.taken", Data: map[string]string{"owner": who.ID}}, nil
	})
}

func (c *Cycle) changeCase(ctx context.Context, s Stamp, customerID string, change func(*dunningCase) (Fact, error)) error {
	return c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		k, err := c.caseOf(ctx, tx, customerID)
		if err != nil {
			return err
		}
		fact, err := change(k)
		if err != nil {
			return err
		}
		return errors.Join(tx.Save(k, fact), c.showCard(tx, "overdue", Key{Kind: "customer", ID: customerID}))
	})
}
