package o2c

import (
	"context"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/exchange"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/money"
	"duly/shared/o2c/order"
)

// ratesBack is how many days a rate is looked for before the day it is wanted
// for: none is published at weekends and holidays.
const ratesBack = 10

// exchangeRate is the rate of a currency into that of the books on a day: the
// newest imported one of the days before it, else of what ships with the policy;
// nil for the books' own.
func (c *Cycle) exchangeRate(ctx context.Context, tx *Tx, currency string, on calendar.Date) (*money.Rate, error) {
	books := c.Policy.Currency
	if currency == books {
		return nil, nil
	}
	rate, err := c.rateOn(ctx, tx, currency, on)
	if err == nil && rate == nil {
		err = fault.Bad("/currency", "there is no rate of {currency} on {date} or before", "import the European Central Bank's rates (POST /v1/rates), or send the order in {books}").Keyed("rate.none").With("currency", currency, "date", on, "books", books)
	}
	return rate, err
}

// rateOn is the newest rate of a currency that is known on a day; nil when there
// is none.
func (c *Cycle) rateOn(ctx context.Context, tx *Tx, currency string, on calendar.Date) (*money.Rate, error) {
	keys := make([]Key, ratesBack)
	for i := range keys {
		keys[i] = Key{Kind: (&exchange.Sheet{}).Kind(), ID: on.AddDays(-i).String()}
	}
	if err := tx.Fetch(ctx, keys...); err != nil {
		return nil, err
	}
	sheets := c.Policy.Rates
	for i := len(keys) - 1; i >= 0; i-- { // the newest first in the end
		sheet, err := find[exchange.Sheet](ctx, tx, keys[i].ID)
		if err != nil {
			return nil, err
		}
		if sheet != nil {
			sheets = append([]*exchange.Sheet{sheet}, sheets...)
		}
	}
	for _, s := range sheets {
		if rate, ok := s.Rate(currency, c.Policy.Currency); ok && !s.Data().On.After(on) {
			return &rate, nil
		}
	}
	return nil, nil
}

// orderedOn is the day whose rate holds for an order: the one it was placed on,
// and never one that is still to come.
func (c *Cycle) orderedOn(in order.Incoming, tx *Tx) calendar.Date {
	today := c.today(tx.At())
	if in.PlacedAt.IsZero() || c.today(in.PlacedAt).After(today) {
		return today
	}
	return c.today(in.PlacedAt)
}

// ImportRates keeps sheets of rates; one that is known already stays as it is,
// because orders were counted by it.
func (c *Cycle) ImportRates(ctx context.Context, s Stamp, sheets []*exchange.Sheet) (imported int, err error) {
	for start := 0; start < len(sheets); start += ratesMax {
		part, added := sheets[start:min(start+ratesMax, len(sheets))], 0
		err := c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
			tx.By(s)
			added = 0
			keys := make([]Key, len(part))
			for i, sheet := range part {
				keys[i] = KeyOf(sheet)
			}
			if err := tx.Fetch(ctx, keys...); err != nil {
				return err
			}
			for _, sheet := range part {
				known, err := find[exchange.Sheet](ctx, tx, sheet.ID())
				if err != nil {
					return err
				}
				if known != nil {
					continue
				}
				added++
				if err := tx.Save(sheet, Fact{Type: "rates.imported", Data: map[string]any{"on": sheet.Data().On, "source": sheet.Data().Source}}); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return imported, err
		}
		imported += added
	}
	return imported, nil
}

// ratesMax is how many sheets one commit keeps, two rows each.
const ratesMax = 40

// inBooks refuses a currency that the books are not kept in.
func (c *Cycle) inBooks(what, currency string) error {
	if currency == c.Policy.Currency {
		return nil
	}
	return fault.Bad("/currency", "{what} is in {currency} and the books are kept in {books}", "send it in {books}").Keyed("currency.books").With("what", what, "currency", currency, "books", c.Policy.Currency)
}
