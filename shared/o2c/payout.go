package o2c

import (
	"context"
	"encoding/json"
	"errors"
	"strings"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/cash"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/ledger"
)

// spacePayout is the space of the words by which a bank line names a payout.
const spacePayout = "payout"

// payoutPaid asks for a payout to be read: the function that the gateway calls
// has no key to the gateway's API, the outbox has.
func (c *Cycle) payoutPaid(ctx context.Context, s Stamp, ev PayoutPaid) error {
	return c.once(ctx, s, func(ctx context.Context, tx *Tx) error {
		e := Effect{Name: Name("e", doPayout, ev.Gateway, ev.ID), Does: doPayout, Rank: RankPay, Subject: Key{Kind: "payout", ID: Name("po", ev.Gateway, ev.ID)}}
		if known, err := find[Effect](ctx, tx, e.Name); err != nil || known != nil {
			return err
		}
		args, err := json.Marshal(ev)
		if err != nil {
			return err
		}
		e.Args = args
		return tx.Do(e)
	})
}

// performPayout reads what a payout is made of and books its fees; the transfer
// itself is booked when the bank line comes.
func performPayout(ctx context.Context, o *Outbox, e Effect) (func(context.Context, *Tx) error, error) {
	var ev PayoutPaid
	if err := json.Unmarshal(e.Args, &ev); err != nil {
		return nil, Permanent("The payout cannot be read", "its arguments are damaged", "tell us", err)
	}
	facts, err := o.Cycle.Pay.Payout(ctx, ev.ID)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, tx *Tx) error { return o.Cycle.announce(ctx, tx, e.Subject.ID, ev, facts) }, nil
}

func (c *Cycle) announce(ctx context.Context, tx *Tx, id string, ev PayoutPaid, facts PayoutFacts) error {
	if known, err := find[cash.Payout](ctx, tx, id); err != nil || known != nil {
		return err
	}
	p := cash.NewPayout(cash.PayoutData{
		ID: id, Gateway: ev.Gateway, Charges: facts.Charges, Fees: facts.Fees, Refunds: facts.Refunds, Net: facts.Net,
		Reference: facts.Reference, ArrivesOn: calendar.On(facts.ArrivesAt, c.Policy.Zone), At: tx.At(),
	})
	if err := tx.Save(p, Fact{Type: "payout.announced", Data: p.Data()}); err != nil {
		return err
	}
	tx.Name(Alias{Space: spacePayout, Value: cash.Squash(facts.Reference)}, KeyOf(p))
	if p.Data().Problem != "" {
		return c.showCard(tx, "payout", KeyOf(p))
	}
	if facts.Fees.IsZero() {
		return nil
	}
	return c.post(tx, id+"/fees", "Fees of payout "+ev.ID, p.Data().ArrivesOn, ledger.GatewayFees(ledger.Gateway(ev.Gateway), facts.Fees)...)
}

// payoutFailed records that the bank sent a transfer back. Nothing is booked:
// when it had landed, the bank's own line takes it back, and the money goes out
// again as a part of a later payout.
func (c *Cycle) payoutFailed(ctx context.Context, s Stamp, ev PayoutFailed) error {
	return c.once(ctx, s, func(ctx context.Context, tx *Tx) error {
		p, err := find[cash.Payout](ctx, tx, Name("po", ev.Gateway, ev.ID))
		if err != nil {
			return err
		}
		if p == nil {
			return fault.New(fault.Unavailable, "The message is ahead of its payout", "payout "+ev.ID+" is not known yet", "send it again later")
		}
		p.Fail(ev.At)
		return errors.Join(
			tx.Save(p, Fact{Type: "payout.failed", Data: ev}),
			c.tell(tx, KeyOf(p), "A payout failed", ev.Amount.String()+" ("+ev.ID+") did not reach the bank account; the money is back at "+ev.Gateway+". Check the bank account there; it goes out again with the next payout."),
		)
	})
}

// landPayout books the bank line of a payout and reports whether it was one.
func (c *Cycle) landPayout(ctx context.Context, tx *Tx, e cash.Entry) (bool, error) {
	names := []Alias{{Space: spacePayout, Value: cash.Squash(e.Reference)}, {Space: spacePayout, Value: cash.Squash(e.Text)}}
	for _, word := range strings.Fields(e.Reference + " " + e.Text + " " + e.EndToEnd) {
		if len(names) < 20 {
			names = append(names, Alias{Space: spacePayout, Value: cash.Squash(word)})
		}
	}
	keys, err := tx.Resolve(ctx, names...)
	if err != nil {
		return false, err
	}
	for _, key := range keys {
		if key.IsZero() {
			continue
		}
		p, err := get[cash.Payout](ctx, tx, key.ID)
		if err != nil {
			return false, err
		}
		if p.SendBack(e.Key, e.Amount) == nil {
			return true, errors.Join(
				tx.Save(p, Fact{Type: "payout.sent_back", Data: p.Data()}),
				c.post(tx, p.ID()+"/sent_back", "Payout "+p.Data().Reference+" sent back", e.ValueOn, ledger.PayoutLanded(ledger.Gateway(p.Data().Gateway), e.Amount)...),
			)
		}
		if p.Land(e.Key, e.Amount) != nil {
			continue // another amount, or landed before: money to be explained
		}
		return true, errors.Join(
			tx.Save(p, Fact{Type: "payout.landed", Data: p.Data()}),
			c.post(tx, p.ID()+"/landed", "Payout "+p.Data().Reference, e.ValueOn, ledger.PayoutLanded(ledger.Gateway(p.Data().Gateway), e.Amount)...),
		)
	}
	return false, nil
}
