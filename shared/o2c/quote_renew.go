package o2c

import (
	"cmp"
	"context"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/order"
	"duly/shared/o2c/quote"
)

// Renewal asks for the same offer again: of a quote to another day, of a
// contract for a next period.
type Renewal struct {
	ID         string // of the new quote
	QuoteID    string // what is offered again; or
	ContractID string // the contract that ends
	StartOn    calendar.Date
	EndOn      calendar.Date
	ValidUntil calendar.Date
}

// NextPeriod is a period as long as the contract's, from the day after its end.
func (c *Cycle) NextPeriod(ctx context.Context, k quote.ContractData) (quote.Period, error) {
	q, err := Read[quote.Quote](ctx, c, k.QuoteID)
	if err != nil {
		return quote.Period{}, err
	}
	start := k.EndOn.AddDays(1)
	next := quote.Period{StartOn: start, EndOn: start.AddDays(k.EndOn.DaysSince(k.StartOn))}
	if months := wholeMonths(k.StartOn, start); months > 0 { // a year is a year, leap or not
		next.EndOn = start.AddMonths(months).AddDays(-1)
	}
	if p := q.Data().Period; p != nil {
		next.NoticeDays = p.NoticeDays
	}
	return next, nil
}

// wholeMonths is how many months lie between two days of the same number; 0 when
// they have not the same.
func wholeMonths(from, to calendar.Date) int {
	months := (to.Year-from.Year)*12 + int(to.Month-from.Month)
	if from.AddMonths(months) != to {
		return 0
	}
	return months
}

// Renew drafts the offer again, at the prices of the old one and the customer's
// terms of today.
func (c *Cycle) Renew(ctx context.Context, s Stamp, r Renewal) (quote.Data, error) {
	old := r.QuoteID
	if r.ContractID != "" {
		k, err := Read[quote.Contract](ctx, c, r.ContractID)
		if err != nil {
			return quote.Data{}, err
		}
		old = k.Data().QuoteID
	}
	q, err := Read[quote.Quote](ctx, c, old)
	if err != nil {
		return quote.Data{}, err
	}
	d := q.Data()
	in := QuoteInput{
		ID: r.ID, Renews: cmp.Or(r.ContractID, d.Renews), Buyer: order.Buyer{CustomerID: d.CustomerID}, Currency: d.Currency, PricesIncludeTax: d.PricesIncludeTax,
		Lines: offeredLines(d), ValidUntil: r.ValidUntil, Subject: d.Subject, Note: d.Note, Period: d.Period,
	}
	if d.Period != nil && !r.StartOn.IsZero() {
		in.Period = &quote.Period{StartOn: r.StartOn, EndOn: r.EndOn, NoticeDays: d.Period.NoticeDays}
	}
	return c.DraftQuote(ctx, s, in)
}

// offeredLines are the lines as they were offered.
func offeredLines(d quote.Data) []order.IncomingLine {
	lines := make([]order.IncomingLine, len(d.Lines))
	for i, l := range d.Lines {
		lines[i] = order.IncomingLine{
			SKU: l.SKU, Name: l.Name, Quantity: l.Quantity, UnitPrice: l.Price, Discount: l.Discount, TaxRate: l.TaxRate, Category: l.Category, Service: l.Service, Overall: l.Overall, Charge: l.Charge, ChargeFor: l.ChargeFor,
		}
	}
	return lines
}
