package o2c

import (
	"context"
	"encoding/json"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/cash"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/money"
	"duly/shared/o2c/party"
	"duly/shared/o2c/statute"
)

// ClaimOn is what the law of the seller's country gives on an invoice at the end
// of a day, step by step. What credit notes took back was never owed; payments
// count on their value date, against the principal, as the books have them.
func (c *Cycle) ClaimOn(ctx context.Context, d invoice.Data, asOf calendar.Date) (statute.Claim, error) {
	law, ok := statute.LawOf(c.Policy.Country)
	if !ok {
		return statute.Claim{}, fault.New(fault.Refused, "No claim can be computed", "the law of "+c.Policy.Country+" is not in the product", "ask for interest and costs by your own contract")
	}
	if d.Type != invoice.Invoices || d.DueOn.IsZero() {
		return statute.Claim{}, fault.New(fault.Refused, "No claim can be computed", "the document is not an issued invoice", "name an issued invoice")
	}
	if asOf.Before(d.DueOn) {
		return statute.Claim{}, fault.Bad("/as_of", "a day before "+d.DueOn.String()+", when the invoice was due", "ask for that day or a later one")
	}
	payments, err := c.paymentsOn(ctx, d, asOf)
	if err != nil {
		return statute.Claim{}, err
	}
	debt := statute.Debt{Principal: d.Total.Minus(d.Credited()), DueOn: d.DueOn, Regime: regimeOf(d.Buyer.Kind), Payments: payments, PrincipalFirst: true}
	claim, err := law.Compute(debt, asOf)
	if err != nil {
		return claim, fault.New(fault.Refused, "No claim can be computed", err.Error(), "compute it by hand").Because(err)
	}
	return claim, nil
}

// regimeOf tells enterprises from consumers. Legal persons of every kind are
// enterprises here (article 6:119a(1) BW).
func regimeOf(kind party.Kind) statute.Regime {
	if kind == party.Consumer {
		return statute.Consumer
	}
	return statute.Commercial
}

// paymentsOn are the parts of receipts that settle an invoice and had come by a
// day, as its trail tells them; what was undone since was never paid.
func (c *Cycle) paymentsOn(ctx context.Context, d invoice.Data, until calendar.Date) ([]statute.Payment, error) {
	trail, err := c.Store.Events(ctx, Key{Kind: "invoice", ID: d.ID})
	if err != nil {
		return nil, err
	}
	var keys []Key
	for _, e := range trail {
		var told struct{ Receipt string }
		if json.Unmarshal(e.Data, &told) == nil && told.Receipt != "" {
			keys = append(keys, Key{Kind: "receipt", ID: told.Receipt})
		}
	}
	tx := NewTx(c.Store)
	if err := tx.Fetch(ctx, keys...); err != nil {
		return nil, err
	}
	var payments []statute.Payment
	seen := map[string]bool{}
	for _, k := range keys {
		if seen[k.ID] || ofItsNotes(d, k.ID) {
			continue
		}
		seen[k.ID] = true
		r, err := get[cash.Receipt](ctx, tx, k.ID)
		if err != nil {
			return nil, err
		}
		if amount := settled(r.Data(), d); amount.IsPositive() && !r.Data().ValueOn.After(until) {
			payments = append(payments, statute.Payment{On: r.Data().ValueOn, Amount: amount})
		}
	}
	return payments, nil
}

// settled is what a receipt pays of an invoice now.
func settled(r cash.ReceiptData, d invoice.Data) money.Amount {
	sum := d.Total.Zero()
	for _, a := range r.Applications {
		if a.InvoiceID == d.ID && !a.Undone {
			sum = sum.Plus(a.Settles())
		}
	}
	return sum
}
