package o2c

import (
	"cmp"
	"context"
	"slices"
	"time"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/money"
	"duly/shared/o2c/party"
)

// StatementPageView is what the customer's statement shows: all that is open,
// and what was settled last.
type StatementPageView struct {
	Customer party.Data
	Seller   party.Seller
	Today    calendar.Date
	Invoices []InvoiceLink // open, by due date
	Settled  []InvoiceLink // the newest first
	Totals   []money.Amount
	Dues     []Due // what may be paid at once, by currency
	Collect  CollectView
}

// settledShown is how many settled invoices a statement shows.
const settledShown = 50

// linkSettled is the name of the links from a customer to its invoices of which
// nothing is open any more, by their day of issue.
const linkSettled = "settled"

func settledLink(d invoice.Data) Link {
	return Link{Parent: Key{Kind: "customer", ID: d.CustomerID}, Name: linkSettled, Sort: d.IssuedOn.String(), To: Key{Kind: "invoice", ID: d.ID}}
}

// StatementPage reads the page behind a statement's token. It changes nothing.
func (c *Cycle) StatementPage(ctx context.Context, at time.Time, token string) (StatementPageView, error) {
	key, err := c.OpenLink(ctx, LinkStatement, token)
	if err != nil {
		return StatementPageView{}, err
	}
	tx := NewTx(c.Store)
	cust, err := get[party.Customer](ctx, tx, key.ID)
	if err != nil {
		return StatementPageView{}, err
	}
	open, err := c.openInvoices(ctx, tx, key.ID)
	if err != nil {
		return StatementPageView{}, err
	}
	slices.SortStableFunc(open, func(a, b *invoice.Invoice) int {
		x, y := a.Data(), b.Data()
		return cmp.Or(cmp.Compare(x.DueOn.String(), y.DueOn.String()), cmp.Compare(x.Number, y.Number))
	})
	ours, err := c.seller(ctx, tx, at)
	if err != nil {
		return StatementPageView{}, err
	}
	v := StatementPageView{Customer: cust.Data(), Seller: ours, Today: c.today(at)}
	for _, inv := range open {
		url, err := c.InvoiceURL(inv.Data())
		if err != nil {
			return StatementPageView{}, err
		}
		v.Invoices, v.Totals = append(v.Invoices, InvoiceLink{Invoice: inv.Data(), URL: url}), addTo(v.Totals, inv.Open())
	}
	if v.Dues, err = c.duesOf(ctx, tx, open, v.Today); err != nil {
		return StatementPageView{}, err
	}
	if v.Collect, err = c.chargeView(ctx, tx, invoice.Data{CustomerID: key.ID}); err != nil {
		return StatementPageView{}, err
	}
	return v, c.addSettled(ctx, tx, &v)
}

// addSettled adds the invoices that were settled last. One that opened again
// stands among the open ones.
func (c *Cycle) addSettled(ctx context.Context, tx *Tx, v *StatementPageView) error {
	links, err := tx.Links(ctx, Key{Kind: "customer", ID: v.Customer.ID}, linkSettled)
	if err != nil {
		return err
	}
	links = links[max(0, len(links)-settledShown):]
	keys := make([]Key, len(links))
	for i, l := range links {
		keys[i] = l.To
	}
	if err := tx.Fetch(ctx, keys...); err != nil {
		return err
	}
	for i := len(keys) - 1; i >= 0; i-- {
		inv, err := get[invoice.Invoice](ctx, tx, keys[i].ID)
		if err != nil {
			return err
		}
		if inv.Collectable() {
			continue
		}
		url, err := c.InvoiceURL(inv.Data())
		if err != nil {
			return err
		}
		v.Settled = append(v.Settled, InvoiceLink{Invoice: inv.Data(), URL: url})
	}
	return nil
}
