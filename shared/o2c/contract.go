package o2c

import (
	"context"
	"errors"
	"time"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/quote"
)

// linkContract is the name of the links from a customer to its contracts that
// run for a time, sorted by their end.
const linkContract = "contract"

// registerContract hangs a contract that runs for a time under its customer.
func (c *Cycle) registerContract(tx *Tx, k *quote.Contract) {
	if d := k.Data(); !d.EndOn.IsZero() {
		tx.Link(Link{Parent: Key{Kind: "customer", ID: d.CustomerID}, Name: linkContract, Sort: d.EndOn.String(), To: KeyOf(k)})
	}
}

// runningContract is the customer's contract in force today, the one that ends
// last; nil when none is.
func (c *Cycle) runningContract(ctx context.Context, tx *Tx, customerID string) (*quote.Contract, error) {
	links, err := tx.Links(ctx, Key{Kind: "customer", ID: customerID}, linkContract)
	if err != nil {
		return nil, err
	}
	today := c.today(tx.At())
	for i := len(links) - 1; i >= 0; i-- {
		k, err := get[quote.Contract](ctx, tx, links[i].To.ID)
		if err != nil || k.Running(today) {
			return k, err
		}
	}
	return nil, nil
}

// warnContractAt is when the team is told that a contract's notice day comes:
// on a working morning so many days before it.
func (c *Cycle) warnContractAt(d quote.Data, today calendar.Date) time.Time {
	if d.Period == nil {
		return time.Time{}
	}
	on := d.Period.NoticeOn().AddDays(-c.Policy.Quotes.WarnDays)
	if on.Before(today) {
		on = today
	}
	return c.Policy.Days.Next(on).At(letterHour, 0, c.Policy.Zone)
}

// warnContract tells the team once that a contract's notice day comes (M11).
func (c *Cycle) warnContract(ctx context.Context, at time.Time, id string, r *QuoteTick) error {
	warned := false
	err := c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		warned = false
		tx.By(Stamp{At: at, Actor: "system:dunning"})
		k, err := get[quote.Contract](ctx, tx, id)
		if err != nil {
			return err
		}
		if d := k.Data(); d.WarnAt.IsZero() || at.Before(d.WarnAt) {
			return nil
		}
		warned = true
		k.Warned(at)
		return errors.Join(tx.Save(k, Fact{Type: "contract.ending", Data: map[string]string{"end_on": k.Data().EndOn.String(), "notice_on": k.Data().NoticeOn.String()}}), c.showCard(tx, "contract", KeyOf(k)))
	})
	if err == nil && warned {
		r.Warned++
	}
	return err
}

// followContract records on a contract the quote that would follow it.
func (c *Cycle) followContract(ctx context.Context, tx *Tx, q *quote.Quote) error {
	d := q.Data()
	if d.Renews == "" {
		return nil
	}
	k, err := find[quote.Contract](ctx, tx, d.Renews)
	if err != nil {
		return err
	}
	if k == nil || k.Data().CustomerID != d.CustomerID {
		return fault.Bad("/renews", "there is no contract {number} of this customer", "leave it out").Keyed("contract.unknown").With("number", d.Renews)
	}
	if err := k.Renewed(d.ID); err != nil {
		return refused(err)
	}
	return errors.Join(tx.Save(k, Fact{Type: "contract.renewed", Data: map[string]string{"quote": d.Number}}), c.refreshCard(tx, "contract", KeyOf(k)))
}

// RemindCustomer writes to the customer about a quote that waits for its answer,
// or about a contract that ends, because a colleague wants it.
func (c *Cycle) RemindCustomer(ctx context.Context, s Stamp, about Key) error {
	return c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		if about.Kind == "quote" {
			q, err := get[quote.Quote](ctx, tx, about.ID)
			if err != nil {
				return err
			}
			if q.Status() != quote.Sent || q.Over(s.At) {
				return fault.New(fault.Refused, "There is nothing to remind of", "quote {number} is {status}", "look at the card again").Keyed("quote.remind").With("number", q.Data().Number, "status", q.Status())
			}
			return c.remindOfQuote(tx, q, "")
		}
		k, err := get[quote.Contract](ctx, tx, about.ID)
		if err != nil {
			return err
		}
		k.Reminded()
		return errors.Join(
			tx.Save(k, Fact{Type: "contract.reminded", Data: map[string]any{"n": k.Data().Reminders}}),
			tx.ask(doQuoteMail, Key{Kind: "quote", ID: k.Data().QuoteID}, quoteMailArgs{Template: LetterContractEnds}),
			c.showCard(tx, "contract", KeyOf(k)),
		)
	})
}
