package o2c

import (
	"context"
	"errors"

	"duly/shared/o2c/cash"
)

// watchPayoutAccount tells the team when a gateway pays out to another account
// than before. Nobody can be kept from changing it at the gateway, so it has to
// be noticed with the first payout that goes there; the first account ever seen
// is noted silently. The payout itself goes on to wait for its bank line.
func (c *Cycle) watchPayoutAccount(ctx context.Context, tx *Tx, p *cash.Payout, facts PayoutFacts) error {
	if facts.Destination == "" { // a settlement file does not say
		return nil
	}
	d := cash.PayoutAccountData{
		ID: Name("pa", p.Data().Gateway, facts.Net.Currency), Gateway: p.Data().Gateway, Currency: facts.Net.Currency, Destination: facts.Destination,
		Payout: facts.ID, Amount: facts.Net, ArrivesOn: p.Data().ArrivesOn, MadeAt: facts.MadeAt,
	}
	known, err := find[cash.PayoutAccount](ctx, tx, d.ID)
	if err != nil {
		return err
	}
	if known == nil {
		return tx.Save(cash.FirstPayoutAccount(d), Fact{Type: "payout_account.noted", Data: d})
	}
	last := known.Data()
	if !known.Take(d) {
		return tx.Save(known)
	}
	d.Was = last.Destination
	return errors.Join(
		tx.Save(known, Fact{Type: "payout_account.changed", Data: d}),
		c.tell(tx, KeyOf(p), Notice{Key: "payout_moved", Number: d.Payout, Amount: d.Amount, Until: d.ArrivesOn, ID: d.Destination, Name: last.Destination, Detail: last.Payout, Other: last.Amount, From: last.ArrivesOn}),
	)
}
