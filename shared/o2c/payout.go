package o2c

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"strings"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/cash"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/ledger"
	"duly/shared/o2c/money"
)

// spacePayout is the space of the words by which a bank line names a payout.
const spacePayout = "payout"

// referenceMin is how long a word must be to name a payout: a batch that is
// called 12 is found by its amount.
const referenceMin = 6

// PayoutID is the id of a payout by what its gateway calls it.
func PayoutID(gateway, id string) string { return Name("po", gateway, id) }

// payoutPaid asks for a payout to be read: the function that the gateway calls
// has no key to the gateway's API, the outbox has.
func (c *Cycle) payoutPaid(ctx context.Context, s Stamp, ev PayoutPaid) error {
	return c.once(ctx, s, func(ctx context.Context, tx *Tx) error {
		e := Effect{Name: Name("e", doPayout, ev.Gateway, ev.ID), Does: doPayout, Rank: RankPay, Subject: Key{Kind: "payout", ID: PayoutID(ev.Gateway, ev.ID)}}
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
		return nil, damaged("The payout cannot be read", err)
	}
	facts, err := o.Cycle.Pay.Payout(ctx, ev.ID)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, tx *Tx) error { return o.Cycle.announce(ctx, tx, ev.Gateway, ev.ID, facts) }, nil
}

// Settle takes in what a gateway's settlement file says of its payouts, each in
// a commit of its own and once. It reports how many were news.
func (c *Cycle) Settle(ctx context.Context, s Stamp, gateway string, payouts []PayoutFacts) (fresh int, err error) {
	for _, facts := range payouts {
		if err := c.inBooks("payout "+facts.ID, facts.Net.Currency); err != nil {
			return fresh, err
		}
		known := false
		err := c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
			tx.By(s)
			p, err := find[cash.Payout](ctx, tx, PayoutID(gateway, facts.ID))
			if known = p != nil; err != nil || known {
				return err
			}
			return c.announce(ctx, tx, gateway, facts.ID, facts)
		})
		if err != nil {
			return fresh, err
		}
		if !known {
			fresh++
		}
	}
	return fresh, nil
}

// announce records a payout with its parts, links them to the books, books the
// fees, and finds the bank line if that was faster.
func (c *Cycle) announce(ctx context.Context, tx *Tx, gateway, id string, facts PayoutFacts) error {
	key := Key{Kind: "payout", ID: PayoutID(gateway, id)}
	if known, err := find[cash.Payout](ctx, tx, key.ID); err != nil || known != nil {
		return err
	}
	p := cash.NewPayout(cash.PayoutData{
		ID: key.ID, Gateway: gateway, Charges: facts.Charges, Fees: facts.Fees, Refunds: facts.Refunds, Disputes: facts.Disputes, Adjustments: facts.Adjustments,
		KeptBack: facts.KeptBack, Net: facts.Net, Reference: facts.Reference, ArrivesOn: calendar.On(facts.ArrivesAt, c.Policy.Zone), At: tx.At(),
		Destination: facts.Destination,
	})
	if err := c.watchPayoutAccount(ctx, tx, p, facts); err != nil {
		return err
	}
	if err := c.linkParts(ctx, tx, gateway, facts.Parts); err != nil {
		return err
	}
	pages := 0
	for start := 0; start < len(facts.Parts); start += cash.PageSize {
		page := cash.NewPartsPage(key.ID, pages, facts.Parts[start:min(start+cash.PageSize, len(facts.Parts))])
		if err := tx.Save(page); err != nil {
			return err
		}
		pages++
	}
	p.Paged(len(facts.Parts), pages)
	if err := c.adopt(ctx, tx, p); err != nil {
		return err
	}
	if err := c.prove(ctx, tx, p, facts.Parts); err != nil {
		return err
	}
	if err := tx.Save(p, Fact{Type: "payout.announced", Data: p.Data()}); err != nil {
		return err
	}
	if ref := cash.Squash(facts.Reference); len(ref) >= referenceMin {
		tx.Name(Alias{Space: spacePayout, Value: ref}, key)
	}
	if facts.Fees.IsZero() {
		return nil
	}
	return c.post(tx, key.ID+"/fees", "Fees of payout "+id, p.Data().ArrivesOn, ledger.GatewayFees(ledger.Gateway(gateway), facts.Fees)...)
}

// payoutFailed records that the bank sent a transfer back. Nothing is booked:
// when it had landed, the bank's own line takes it back, and the money goes out
// again as a part of a later payout.
func (c *Cycle) payoutFailed(ctx context.Context, s Stamp, ev PayoutFailed) error {
	return c.once(ctx, s, func(ctx context.Context, tx *Tx) error {
		p, err := find[cash.Payout](ctx, tx, PayoutID(ev.Gateway, ev.ID))
		if err != nil {
			return err
		}
		if p == nil {
			return fault.New(fault.Unavailable, "The message is ahead of its payout", "payout "+ev.ID+" is not known yet", "send it again later")
		}
		p.Fail(ev.At)
		return errors.Join(
			tx.Save(p, Fact{Type: "payout.failed", Data: ev}),
			c.tell(tx, KeyOf(p), Notice{Key: "payout_failed", ID: ev.ID, Amount: ev.Amount}),
		)
	})
}

// landPayout books the bank line of a payout and gives its key if it was one: it
// names the payout, or it comes from a gateway.
func (c *Cycle) landPayout(ctx context.Context, tx *Tx, e cash.Entry) (Key, error) {
	keys, err := tx.Resolve(ctx, payoutNames(e)...)
	if err != nil {
		return Key{}, err
	}
	for _, key := range keys {
		if key.IsZero() {
			continue
		}
		p, err := get[cash.Payout](ctx, tx, key.ID)
		if err != nil {
			return Key{}, err
		}
		if p.SendBack(e.Key, e.Amount) == nil {
			return key, errors.Join(
				tx.Save(p, Fact{Type: "payout.sent_back", Data: p.Data()}),
				c.post(tx, p.ID()+"/sent_back", "Payout "+p.Data().Reference+" sent back", e.ValueOn, ledger.PayoutLanded(ledger.Gateway(p.Data().Gateway), e.Amount)...),
			)
		}
		if !p.Arrived() && money.Same(e.Amount, p.Data().Net) == nil {
			return key, c.land(ctx, tx, p, e)
		}
	}
	return c.landUnnamed(ctx, tx, e)
}

// land books the line of a payout, of whatever amount it is: what it is short
// stays on the clearing account, and a person is asked (row 68).
func (c *Cycle) land(ctx context.Context, tx *Tx, p *cash.Payout, e cash.Entry) error {
	if err := p.Land(e.Key, e.Amount); err != nil {
		return fault.By("/entries", err, "look at the statement")
	}
	parts, err := c.partsOf(ctx, tx, p.Data())
	if err != nil {
		return err
	}
	if err := c.linkParts(ctx, tx, p.Data().Gateway, parts); err != nil { // again: what was late may have come
		return err
	}
	if err := c.prove(ctx, tx, p, parts); err != nil {
		return err
	}
	return errors.Join(
		tx.Save(p, Fact{Type: "payout.landed", Data: p.Data()}),
		c.post(tx, p.ID()+"/landed", "Payout "+p.Data().Reference, e.ValueOn, ledger.PayoutLanded(ledger.Gateway(p.Data().Gateway), e.Amount)...),
	)
}

// The bank line of a payout may come so many days beside the day that the
// gateway announced, and is looked for among so many payouts.
const (
	arrivalDays = 7
	payoutsSeen = 60
)

// landUnnamed books a line of a gateway that names no payout of ours: it is the
// one payout of that amount that is awaited, or one of which the gateway has not
// told yet.
func (c *Cycle) landUnnamed(ctx context.Context, tx *Tx, e cash.Entry) (Key, error) {
	gateway := cash.GatewayOf(cmp.Or(strings.TrimSpace(e.Name), e.Text)) // a deposit of cash names nobody
	if gateway == "" || e.Amount.IsZero() {
		return Key{}, nil
	}
	all, err := c.payoutsOf(ctx, tx, gateway)
	if err != nil {
		return Key{}, err
	}
	var fits []*cash.Payout
	for _, p := range all {
		d := p.Data()
		if !p.Arrived() && d.Net == e.Amount && near(e.ValueOn, d.ArrivesOn) {
			fits = append(fits, p)
		}
	}
	if len(fits) == 1 {
		return KeyOf(fits[0]), c.land(ctx, tx, fits[0], e)
	}
	d := cash.PayoutData{
		ID: PayoutID(gateway, e.Key), Gateway: gateway, Net: e.Amount, Reference: strings.TrimSpace(e.Reference + " " + e.Text),
		ArrivesOn: e.ValueOn, EntryKey: e.Key, At: tx.At(),
	}
	text := "Payout of " + gateway + ", not settled yet"
	if cash.Bare(gateway) {
		d.Explained, text = "what was taken at the counter, brought to the bank", "Takings: "+gateway
	}
	p := cash.Unlisted(d)
	return KeyOf(p), errors.Join(
		tx.Save(p, Fact{Type: "payout.unlisted", Data: p.Data()}),
		c.post(tx, p.ID()+"/landed", text, e.ValueOn, ledger.PayoutLanded(ledger.Gateway(gateway), e.Amount)...),
	)
}

// payoutNames are the words of a bank line that may name a payout.
func payoutNames(e cash.Entry) []Alias {
	names := []Alias{{Space: spacePayout, Value: cash.Squash(e.Reference)}, {Space: spacePayout, Value: cash.Squash(e.Text)}}
	for _, word := range strings.Fields(e.Reference + " " + e.Text + " " + e.EndToEnd) {
		if len(names) < 20 {
			names = append(names, Alias{Space: spacePayout, Value: cash.Squash(word)})
		}
	}
	return names
}

func near(a, b calendar.Date) bool {
	days := a.DaysSince(b)
	return -arrivalDays <= days && days <= arrivalDays
}

// adopt gives a payout the bank line that came before the gateway told of it.
func (c *Cycle) adopt(ctx context.Context, tx *Tx, p *cash.Payout) error {
	all, err := c.payoutsOf(ctx, tx, p.Data().Gateway)
	if err != nil {
		return err
	}
	var fits *cash.Payout
	for _, other := range all {
		d := other.Data()
		if !d.Unlisted || d.AdoptedBy != "" || d.Net.Currency != p.Data().Net.Currency {
			continue
		}
		if ref := cash.Squash(p.Data().Reference); ref != "" && strings.Contains(cash.Squash(d.Reference), ref) {
			fits = other // it names it, whatever its amount
			break
		}
		if fits == nil && d.Net == p.Data().Net && near(d.ArrivesOn, p.Data().ArrivesOn) {
			fits = other
		}
	}
	if fits == nil {
		return nil
	}
	if err := p.Adopt(fits); err != nil {
		return refused(err)
	}
	return tx.Save(fits, Fact{Type: "payout.listed", Data: map[string]string{"payout": p.ID()}})
}

// payoutsOf are the newest payouts of a gateway, read for a change.
func (c *Cycle) payoutsOf(ctx context.Context, tx *Tx, gateway string) ([]*cash.Payout, error) {
	page, err := c.Store.List(ctx, Query{Kind: "payout", Limit: payoutsSeen})
	if err != nil {
		return nil, err
	}
	var keys []Key
	for _, s := range page.Items {
		p, err := restore[cash.Payout](s)
		if err != nil {
			return nil, err
		}
		if p.Data().Gateway == gateway {
			keys = append(keys, s.Key)
		}
	}
	if err := tx.Fetch(ctx, keys...); err != nil {
		return nil, err
	}
	all := make([]*cash.Payout, 0, len(keys))
	for _, k := range keys {
		p, err := get[cash.Payout](ctx, tx, k.ID)
		if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	return all, nil
}
