package o2c

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/order"
	"duly/shared/o2c/party"
	"duly/shared/o2c/recovery"
	"duly/shared/o2c/statute"
)

// RecoveryPolicy is how the house claims what the law gives it.
type RecoveryPolicy struct {
	TaxOnCosts decimal.Decimal   // percent that a consumer's costs bear, because we cannot deduct VAT; 0: we can
	VATPeriod  string            // of our VAT returns: "month", "quarter" or "year"
	Agencies   []recovery.Agency // that may be asked to collect
}

// Agency finds one by its name.
func (p RecoveryPolicy) Agency(name string) (recovery.Agency, bool) {
	for _, a := range p.Agencies {
		if a.Name == name || name == "" && len(p.Agencies) == 1 {
			return a, true
		}
	}
	return recovery.Agency{}, false
}

// filed gives an invoice's recovery file; nil when none is open.
func (c *Cycle) filed(ctx context.Context, tx *Tx, inv *invoice.Invoice) (*recovery.File, error) {
	if !inv.Data().Dunning.Filed {
		return nil, nil
	}
	return find[recovery.File](ctx, tx, inv.ID())
}

// file gives an invoice's recovery file, and opens it the first time.
func (c *Cycle) file(ctx context.Context, tx *Tx, inv *invoice.Invoice) (*recovery.File, error) {
	f, err := c.filed(ctx, tx, inv)
	if err != nil || f != nil {
		return f, err
	}
	d := inv.Data()
	if d.Type != invoice.Invoices || d.Number == "" || d.Advance != nil {
		return nil, fault.New(fault.Refused, "There is no claim", "only an issued invoice of what was delivered has one", "name such an invoice").Keyed("recovery.none")
	}
	goods, err := c.soldGoods(ctx, tx, d)
	if err != nil {
		return nil, err
	}
	f = recovery.Open(recovery.Data{
		InvoiceID: d.ID, Number: d.Number, CustomerID: d.CustomerID, Customer: d.Buyer.Name, Regime: regimeOf(d.Buyer.Kind),
		Natural: d.Buyer.Kind == party.Consumer || d.Buyer.Kind == party.SoleTrader, Goods: goods, DueOn: d.DueOn, OpenedAt: tx.At(),
	})
	if err := c.awaitRelief(f, d); err != nil {
		return nil, refused(err)
	}
	inv.File()
	return f, errors.Join(tx.Save(inv), tx.Save(f, Fact{Type: "recovery.opened", Data: map[string]any{"invoice": d.Number, "regime": f.Data().Regime}}))
}

// soldGoods reports whether an invoice is of goods, which may have a limitation
// of their own; an order that is not there any more is taken for goods, the
// shorter life.
func (c *Cycle) soldGoods(ctx context.Context, tx *Tx, d invoice.Data) (bool, error) {
	o, err := find[order.Order](ctx, tx, d.OrderID)
	if err != nil || o == nil {
		return true, err
	}
	for _, l := range o.Data().Lines {
		if !l.Service {
			return true, nil
		}
	}
	return false, nil
}

// changeFile changes one invoice's file, opening it if need be, and redraws its
// card.
func (c *Cycle) changeFile(ctx context.Context, s Stamp, invoiceID string, change func(context.Context, *Tx, *invoice.Invoice, *recovery.File) (Fact, error)) error {
	return c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		inv, err := get[invoice.Invoice](ctx, tx, invoiceID)
		if err != nil {
			return err
		}
		f, err := c.file(ctx, tx, inv)
		if err != nil {
			return err
		}
		fact, err := change(ctx, tx, inv, f)
		if err != nil {
			return err
		}
		return errors.Join(tx.Save(f, fact), c.showCard(tx, "claim", KeyOf(inv)))
	})
}

// lawData is what admins added to a country's law.
type lawData struct {
	Country string         `json:"country"`
	Rates   []enteredEntry `json:"rates"`
}

type enteredEntry struct {
	statute.EnteredRate
	By string    `json:"by"`
	At time.Time `json:"at"`
}

// lawBook is that as a document; it has the country's code as its id.
type lawBook struct{ Data lawData }

// Kind and ID make the book a document.
func (b *lawBook) Kind() string { return "law" }
func (b *lawBook) ID() string   { return b.Data.Country }

// law is the law of the seller's country with the rates that were entered.
func (c *Cycle) law(ctx context.Context, tx *Tx) (statute.Law, error) {
	l, ok := statute.LawOf(c.Policy.Country)
	if !ok {
		return l, fault.New(fault.Refused, "No claim can be computed", "the law of {country} is not in the product", "ask for interest and costs by your own contract").Keyed("recovery.law").With("country", c.Policy.Country)
	}
	b, err := find[lawBook](ctx, tx, l.Country)
	if err != nil || b == nil {
		return l, err
	}
	rates := make([]statute.EnteredRate, len(b.Data.Rates))
	for i, r := range b.Data.Rates {
		rates[i] = r.EnteredRate
	}
	return l.With(rates...), nil
}

// Law is the law that claims are computed by now.
func (c *Cycle) Law(ctx context.Context) (statute.Law, error) { return c.law(ctx, NewTx(c.Store)) }

// EnterRate adds a rate of interest that an admin read in a source; claims of
// every day are computed with it from then on.
func (c *Cycle) EnterRate(ctx context.Context, s Stamp, r statute.EnteredRate) (statute.Law, error) {
	var after statute.Law
	err := c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		l, err := c.law(ctx, tx)
		if err != nil {
			return err
		}
		if r.Until.IsZero() {
			r.Until = halfYearEnd(r.From)
		}
		if err := l.Check(r); err != nil {
			return fault.By("/from", err, "look at the rates that are known (GET /v1/law), and send the source you read")
		}
		b, err := find[lawBook](ctx, tx, l.Country)
		if err != nil {
			return err
		}
		if b == nil {
			b = &lawBook{Data: lawData{Country: l.Country}}
		}
		b.Data.Rates = append(b.Data.Rates, enteredEntry{EnteredRate: r, By: s.Actor, At: s.At})
		after = l.With(r)
		return tx.Save(b, Fact{Type: "law.rate_entered", Data: r})
	})
	return after, err
}

// halfYearEnd is the last day of the half-year that a day lies in: rates of
// interest are fixed by half-years (article 6:120 BW, § 247 BGB).
func halfYearEnd(d calendar.Date) calendar.Date {
	if d.Month <= time.June {
		return calendar.Date{Year: d.Year, Month: time.June, Day: 30}
	}
	return calendar.Date{Year: d.Year, Month: time.December, Day: 31}
}

// vatPeriod names the VAT return that a day belongs in.
func (p RecoveryPolicy) vatPeriod(d calendar.Date) string {
	switch p.VATPeriod {
	case "month":
		return fmt.Sprintf("%04d-%02d", d.Year, int(d.Month))
	case "year":
		return fmt.Sprintf("%04d", d.Year)
	}
	return fmt.Sprintf("%04d-Q%d", d.Year, (int(d.Month)+2)/3)
}
