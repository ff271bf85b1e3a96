package o2c

import (
	"context"

	"duly/shared/o2c/cash"
	"duly/shared/o2c/party"
)

// teach remembers under which account and name a customer pays, because a person
// said so. It reports whether that is news.
func (c *Cycle) teach(ctx context.Context, tx *Tx, r cash.ReceiptData, customerID string) (bool, error) {
	if r.Source != "bank" || customerID == "" {
		return false, nil
	}
	cust, err := get[party.Customer](ctx, tx, customerID)
	if err != nil {
		return false, err
	}
	name := r.Payer
	if cash.PlainName(name) == cash.PlainName(cust.Data().Name) {
		name = ""
	}
	news := false
	for _, l := range remitterLinks(r.IBAN, name, customerID) {
		known, err := tx.Links(ctx, l.Parent, l.Name)
		if err != nil {
			return false, err
		}
		if !hasLink(known, l) {
			tx.Link(l)
			news = true
		}
	}
	return news, nil
}

func hasLink(all []Link, l Link) bool {
	for _, known := range all {
		if known.To == l.To {
			return true
		}
	}
	return false
}

// unteach forgets what was learnt from a choice that was undone.
func (c *Cycle) unteach(ctx context.Context, tx *Tx, r cash.ReceiptData, customerID string) error {
	cust, err := get[party.Customer](ctx, tx, customerID)
	if err != nil {
		return err
	}
	name := r.Payer
	if cash.PlainName(name) == cash.PlainName(cust.Data().Name) {
		name = ""
	}
	for _, l := range remitterLinks(r.IBAN, name, customerID) {
		tx.Unlink(l)
	}
	return nil
}
