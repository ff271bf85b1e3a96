package o2c

import (
	"context"

	"github.com/shopspring/decimal"

	"duly/shared/o2c/cash"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/ledger"
	"duly/shared/o2c/money"
)

// valued tells what an application of money or to an invoice in another currency
// is worth in the books on its day of value. The rate is the published one:
// nothing is converted silently.
func (c *Cycle) valued(ctx context.Context, tx *Tx, r cash.ReceiptData, d invoice.Data, a cash.Application) (cash.Application, error) {
	books := c.Policy.Currency
	if a.Amount.Currency != d.Currency && (a.Settled.IsZero() || a.Settled.Currency != d.Currency) {
		return a, fault.Bad("/amount", "{amount} is no amount of an invoice in {currency}", "apply it to an invoice in its currency, or say how much of the invoice it settles").Keyed("foreign.currency").With("amount", a.Amount, "currency", d.Currency)
	}
	if a.Amount.Currency == books {
		a.Worth = a.Amount
		return a, nil
	}
	rate, err := c.exchangeRate(ctx, tx, a.Amount.Currency, r.ValueOn)
	if err != nil {
		return a, err
	}
	a.Worth = rate.In(a.Amount)
	return a, nil
}

// hasRate reports whether money can be valued in the books; what cannot asks a
// person, who imports the rates first.
func (c *Cycle) hasRate(ctx context.Context, tx *Tx, r cash.ReceiptData) bool {
	_, err := c.exchangeRate(ctx, tx, r.Amount.Currency, r.ValueOn)
	return err == nil
}

// abroad reports whether an application crosses currencies.
func (c *Cycle) abroad(d invoice.Data, a cash.Application) bool {
	return d.Foreign() || a.Amount.Currency != c.Policy.Currency
}

// legs book an application. d is the invoice with all of what the application
// settles still open, so that what the receivable loses adds up to what was
// booked, however the invoice is cut.
func (c *Cycle) legs(receiptID string, d invoice.Data, a cash.Application) []ledger.Leg {
	if !c.abroad(d, a) {
		return applicationLegs(receiptID, a)
	}
	zero := money.Of(0, c.Policy.Currency)
	inBooks := func(part money.Amount) money.Amount {
		if part.IsZero() {
			return zero
		}
		return d.InBooks(part)
	}
	x := ledger.Exchange{
		Given: a.Amount, Worth: a.Worth, Released: d.Releases(a.Settles()), Discount: inBooks(a.Discount), Tax: inBooks(a.DiscountTax),
		Difference: inBooks(a.Difference), Charge: inBooks(a.Charge),
	}
	return ledger.AppliedAbroad(receiptID, a.InvoiceID, x)
}

// reversed books the same the other way round.
func reversed(legs []ledger.Leg) []ledger.Leg {
	for i := range legs {
		legs[i].Amount = legs[i].Amount.Neg()
	}
	return legs
}

// rateSlack is how far, in percent, a bank's own rate may be from the published
// one for a payment to be all of an invoice in another currency.
const rateSlack = 5

// acrossCurrencies says what of a receipt goes to an invoice in another currency on a
// person's word, and what of the invoice it settles: all of it, when the payment
// is worth that but for the bank's rate.
func (c *Cycle) acrossCurrencies(ctx context.Context, tx *Tx, r cash.ReceiptData, open money.Amount) (given, settled money.Amount, err error) {
	books := c.Policy.Currency
	foreign := open.Currency
	if open.Currency == books {
		foreign = r.Unapplied.Currency
	} else if r.Unapplied.Currency != books {
		return given, settled, fault.Bad("/invoice", "{amount} is in neither the invoice's currency nor {books}", "apply it to an invoice in {currency}").Keyed("foreign.neither").With("amount", r.Unapplied, "books", books, "currency", r.Unapplied.Currency)
	}
	rate, err := c.exchangeRate(ctx, tx, foreign, r.ValueOn)
	if err != nil {
		return given, settled, err
	}
	per := rate.Per // of the foreign currency in the books'
	if open.Currency != books {
		per = decimal.NewFromInt(1).DivRound(per, 18)
	}
	value, err := money.Round(r.Unapplied.Decimal().Mul(per), open.Currency)
	if err != nil {
		return given, settled, fault.By("/amount", err, "apply a smaller amount")
	}
	slack := open.Percent(decimal.NewFromInt(rateSlack))
	switch {
	case value.Cmp(open.Minus(slack)) < 0:
		return r.Unapplied, value, nil
	case value.Cmp(open.Plus(slack)) > 0:
		given, err = money.Round(open.Decimal().DivRound(per, 18), r.Unapplied.Currency)
		return money.Min(given, r.Unapplied), open, err
	}
	return r.Unapplied, open, nil
}

// inOriginal is a receipt as its payer sent it, where the bank says that it was
// in another currency: invoices in that currency are matched by it.
func inOriginal(r cash.ReceiptData) (cash.ReceiptData, bool) {
	if r.Original.IsZero() || r.Original.Currency == r.Amount.Currency || r.Unapplied != r.Amount {
		return r, false
	}
	r.Amount, r.Unapplied = r.Original, r.Original
	return r, true
}

// exchanged turns what was allotted in the payer's currency into shares of what
// arrived; the shares add up to it.
func exchanged(r cash.ReceiptData, a cash.Allotment) []cash.Application {
	weights := make([]int64, 0, len(a.Parts)+1)
	for _, p := range a.Parts {
		weights = append(weights, p.Amount.Minor)
	}
	shares := r.Unapplied.Split(append(weights, a.Rest.Minor)...)
	var given []cash.Application
	for i, p := range a.Parts {
		given = append(given, cash.Application{
			InvoiceID: p.Item.ID, Amount: shares[i], Settled: p.Amount, Discount: p.Discount, Difference: p.Difference, Charge: p.Charge,
		})
	}
	return given
}

// giveAbroad gives a receipt to one invoice in another currency.
func (c *Cycle) giveAbroad(ctx context.Context, tx *Tx, r *cash.Receipt, items []cash.OpenItem, why string) error {
	if len(items) > 1 {
		return fault.Bad("/invoice", "money in {currency} goes to one invoice in {other} at a time", "split it").Keyed("foreign.one").With("currency", r.Unapplied().Currency, "other", items[0].Open.Currency)
	}
	inv, err := get[invoice.Invoice](ctx, tx, items[0].ID)
	if err != nil {
		return err
	}
	given, settled, err := c.acrossCurrencies(ctx, tx, r.Data(), inv.Open())
	if err != nil {
		return err
	}
	return c.applyPart(ctx, tx, r, inv, cash.Application{Amount: given, Settled: settled, Why: why})
}
