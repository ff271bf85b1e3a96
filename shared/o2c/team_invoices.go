package o2c

import (
	"cmp"
	"context"
	"slices"
	"time"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/delivery"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/invoice"
)

// InvoiceFilter is what the team's list of invoices is narrowed down to.
type InvoiceFilter struct {
	Customer string // id
	Status   string // one of InvoiceStatuses; "": any
	From, To calendar.Date
	Limit    int // documents are read so many at a time, until a page has as many or more, less than twice
	After    string
}

// StatusOpen and StatusOverdue are derived: money is open, or open after its due
// date.
const (
	StatusOpen    = "open"
	StatusOverdue = "overdue"
	statusNote    = "credit_note"
)

// InvoiceStatuses lists what the list of invoices can be narrowed down to.
func InvoiceStatuses() []string {
	return []string{StatusOpen, StatusOverdue, invoice.Draft, invoice.Paid, invoice.Credited, invoice.WrittenOff, statusNote}
}

// InvoiceList is a page of documents, newest first.
type InvoiceList struct {
	Invoices []invoice.Data
	Next     string
	Looked   int // documents that were looked at
}

// teamLooks bounds what one request looks at: what fits a filter may be far back.
const teamLooks = 200

// TeamInvoices lists invoices and credit notes that fit a filter. It looks at so
// many documents at most and says where to go on.
func (c *Cycle) TeamInvoices(ctx context.Context, at time.Time, f InvoiceFilter) (InvoiceList, error) {
	var v InvoiceList
	if f.Status != "" && !slices.Contains(InvoiceStatuses(), f.Status) {
		return v, fault.Bad("/status", "there is no status {id}", "choose one from the list").Keyed("list.state").With("id", f.Status)
	}
	if f.Customer != "" {
		return c.invoicesOf(ctx, at, f)
	}
	q := Query{Kind: "invoice", Limit: f.Limit, After: f.After}
	if !f.From.IsZero() {
		q.From = f.From.Start(c.Policy.Zone).UTC().Format(time.RFC3339)
	}
	if !f.To.IsZero() {
		q.To = f.To.AddDays(1).Start(c.Policy.Zone).UTC().Format(time.RFC3339)
	}
	for {
		page, err := c.Store.List(ctx, q)
		if err != nil {
			return v, err
		}
		for _, s := range page.Items {
			inv, err := restore[invoice.Invoice](s)
			if err != nil {
				return v, err
			}
			v.Looked++
			if f.fits(inv, c.today(at)) {
				v.Invoices = append(v.Invoices, inv.Data())
			}
		}
		v.Next, q.After = page.Next, page.Next
		if v.Next == "" || v.Looked >= teamLooks || len(v.Invoices) >= f.Limit {
			return v, nil
		}
	}
}

// invoicesOf lists the issued invoices of one customer by what hangs under it, the
// newest day first: neither credit notes nor drafts do.
func (c *Cycle) invoicesOf(ctx context.Context, at time.Time, f InvoiceFilter) (InvoiceList, error) {
	var v InvoiceList
	tx := NewTx(c.Store)
	var all []Link
	for _, name := range []string{linkOpen, linkSettled} {
		some, err := tx.Links(ctx, Key{Kind: "customer", ID: f.Customer}, name)
		if err != nil {
			return v, err
		}
		all = append(all, some...)
	}
	place := func(l Link) string { return l.Sort + "#" + l.To.ID }
	slices.SortFunc(all, func(a, b Link) int { return cmp.Compare(place(b), place(a)) })
	if f.After != "" {
		all = slices.DeleteFunc(all, func(l Link) bool { return place(l) >= f.After })
	}
	some := all[:min(len(all), teamLooks)]
	keys := make([]Key, len(some))
	for i, l := range some {
		keys[i] = l.To
	}
	if err := tx.Fetch(ctx, keys...); err != nil {
		return v, err
	}
	for i, k := range keys {
		inv, err := get[invoice.Invoice](ctx, tx, k.ID)
		if err != nil {
			return v, err
		}
		v.Looked++
		if d := inv.Data(); f.fits(inv, c.today(at)) && (f.From.IsZero() || !d.IssuedOn.Before(f.From)) && (f.To.IsZero() || !d.IssuedOn.After(f.To)) && !slices.ContainsFunc(v.Invoices, func(o invoice.Data) bool { return o.ID == d.ID }) {
			v.Invoices = append(v.Invoices, d)
		}
		if len(v.Invoices) == f.Limit || i == len(keys)-1 {
			if i+1 < len(all) {
				v.Next = place(some[i])
			}
			return v, nil
		}
	}
	return v, nil
}

func (f InvoiceFilter) fits(inv *invoice.Invoice, today calendar.Date) bool {
	d := inv.Data()
	if f.Customer != "" && d.CustomerID != f.Customer {
		return false
	}
	switch f.Status {
	case "":
		return true
	case StatusOpen:
		return inv.Collectable()
	case StatusOverdue:
		return inv.Overdue(today)
	case statusNote:
		return inv.IsCreditNote()
	}
	return d.Status == f.Status && !inv.IsCreditNote()
}

// TeamInvoice is one document as the team sees it.
type TeamInvoice struct {
	Invoice    invoice.Data
	Today      calendar.Date
	URL        string // the customer's address of it; "" for a draft
	Deliveries []delivery.Data
	Trail      []Happened
}

// TeamInvoice reads one invoice or credit note by its number, or a draft by its
// id, with all that happened to it.
func (c *Cycle) TeamInvoice(ctx context.Context, at time.Time, name string) (TeamInvoice, error) {
	d, err := c.InvoiceByNumber(ctx, name)
	if fault.Is(err, fault.NotFound) {
		inv, byID := Read[invoice.Invoice](ctx, c, name)
		if byID != nil {
			return TeamInvoice{}, err
		}
		d, err = inv.Data(), nil
	}
	v := TeamInvoice{Invoice: d, Today: c.today(at)}
	if err != nil {
		return v, err
	}
	if d.Number != "" {
		if v.URL, err = c.InvoiceURL(d); err != nil {
			return v, err
		}
	}
	if v.Deliveries, err = c.DeliveriesOf(ctx, d.ID); err != nil {
		return v, err
	}
	v.Trail, err = c.trail(ctx, Key{Kind: "invoice", ID: d.ID}, d.Number, anyFact)
	newestFirst(v.Trail)
	return v, err
}
