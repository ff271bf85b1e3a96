package o2c

import (
	"context"
	"fmt"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/credit"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/ledger"
	"duly/shared/o2c/money"
	"duly/shared/o2c/order"
)

// restore makes a document of what the store read.
func restore[D any, P document[D]](s Stored) (P, error) {
	doc := P(new(D))
	if err := fill(doc, s.Body); err != nil {
		return nil, fmt.Errorf("restore %s: %w", s.Key, err)
	}
	return doc, nil
}

// Read gives one document, as it stands now.
func Read[D any, P document[D]](ctx context.Context, c *Cycle, id string) (P, error) {
	return get[D, P](ctx, NewTx(c.Store), id)
}

// Listing is one page of documents of one kind, newest first.
type Listing[D any] struct {
	Items []*D
	Next  string
}

// ListOf reads a page of the documents of a kind.
func ListOf[D any, P document[D]](ctx context.Context, c *Cycle, limit int, after string) (Listing[D], error) {
	page, err := c.Store.List(ctx, Query{Kind: P(new(D)).Kind(), Limit: limit, After: after})
	if err != nil {
		return Listing[D]{}, err
	}
	out := Listing[D]{Items: make([]*D, 0, len(page.Items)), Next: page.Next}
	for _, s := range page.Items {
		doc, err := restore[D, P](s)
		if err != nil {
			return out, err
		}
		out.Items = append(out.Items, (*D)(doc))
	}
	return out, nil
}

// OrderView is an order with what was decided about it.
type OrderView struct {
	Order  order.Data
	Credit *credit.RequestData
}

// OrderWithCredit reads an order and its credit request; a quote that is to be
// sent is read as the order that it would become.
func (c *Cycle) OrderWithCredit(ctx context.Context, id string) (OrderView, error) {
	tx := NewTx(c.Store)
	if err := tx.Fetch(ctx, Key{Kind: "order", ID: id}, Key{Kind: "credit", ID: id}); err != nil {
		return OrderView{}, err
	}
	o, err := c.inQuestion(ctx, tx, id)
	if err != nil {
		return OrderView{}, err
	}
	view := OrderView{Order: o}
	req, err := find[credit.Request](ctx, tx, id)
	if err == nil && req != nil {
		d := req.Data()
		view.Credit = &d
	}
	return view, err
}

// InvoiceByNumber finds an issued document by its number.
func (c *Cycle) InvoiceByNumber(ctx context.Context, number string) (invoice.Data, error) {
	keys, err := c.Store.Resolve(ctx, Alias{Space: spaceInvoice, Value: number})
	if err != nil {
		return invoice.Data{}, err
	}
	if keys[0].IsZero() {
		return invoice.Data{}, fault.Missing("invoice", number)
	}
	inv, err := Read[invoice.Invoice](ctx, c, keys[0].ID)
	if err != nil {
		return invoice.Data{}, err
	}
	return inv.Data(), nil
}

// OrderByNumber finds an order by the number that people say, in any channel.
func (c *Cycle) OrderByNumber(ctx context.Context, number string) (order.Data, error) {
	var names []Alias
	for _, channel := range []string{"api", channelQuote, ChannelSlack, importEndpoint} {
		names = append(names, Alias{Space: spaceOrder, Value: channel + ":" + number})
	}
	for _, s := range c.Policy.Shops {
		names = append(names, Alias{Space: spaceOrder, Value: s.Endpoint + ":" + number})
	}
	keys, err := c.Store.Resolve(ctx, names...)
	if err != nil {
		return order.Data{}, err
	}
	for _, k := range keys {
		if !k.IsZero() {
			o, err := Read[order.Order](ctx, c, k.ID)
			if err != nil {
				return order.Data{}, err
			}
			return o.Data(), nil
		}
	}
	return order.Data{}, fault.Missing("order", number)
}

// OpenOf lists what a customer has open, by due date.
func (c *Cycle) OpenOf(ctx context.Context, customerID string) ([]invoice.Data, error) {
	open, err := c.openInvoices(ctx, NewTx(c.Store), customerID)
	if err != nil {
		return nil, err
	}
	out := make([]invoice.Data, len(open))
	for i, inv := range open {
		out[i] = inv.Data()
	}
	return out, nil
}

// Entries reads the bookings of the days from … to, both included, newest
// first; a zero day is no bound.
func (c *Cycle) Entries(ctx context.Context, from, to calendar.Date) ([]ledger.EntryData, error) {
	q := Query{Kind: "entry", From: from.String(), Limit: 1000}
	if !to.IsZero() {
		q.To = to.AddDays(1).String()
	}
	var all []ledger.EntryData
	for {
		page, err := c.Store.List(ctx, q)
		if err != nil {
			return nil, err
		}
		for _, s := range page.Items {
			e, err := restore[ledger.Entry](s)
			if err != nil {
				return nil, err
			}
			all = append(all, e.Data())
		}
		if q.After = page.Next; q.After == "" {
			return all, nil
		}
	}
}

// TrialBalance is the books as of a date: only what was booked by then counts,
// so that a past balance never changes.
func (c *Cycle) TrialBalance(ctx context.Context, asOf calendar.Date) ([]ledger.Balance, error) {
	entries, err := c.Entries(ctx, calendar.Date{}, asOf)
	if err != nil {
		return nil, err
	}
	return ledger.TrialBalance(entries), nil
}

// OpenItems is what each document had open as of a date, by the receivable
// account: it equals the account's balance at any past date.
func (c *Cycle) OpenItems(ctx context.Context, asOf calendar.Date) (map[string]money.Amount, error) {
	entries, err := c.Entries(ctx, calendar.Date{}, asOf)
	if err != nil {
		return nil, err
	}
	return openIn(entries), nil
}

func openIn(entries []ledger.EntryData) map[string]money.Amount {
	open := map[string]money.Amount{}
	for _, e := range entries {
		for _, l := range e.Legs {
			if l.Account != ledger.Code(ledger.Receivable) {
				continue
			}
			if open[l.Of] = open[l.Of].Plus(l.Amount); open[l.Of].IsZero() {
				delete(open, l.Of)
			}
		}
	}
	return open
}
