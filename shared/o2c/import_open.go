package o2c

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/shopspring/decimal"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/cash"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/ledger"
	"duly/shared/o2c/money"
	"duly/shared/o2c/party"
)

// OpenItem is an open invoice of the package that was used before, or, with a
// negative original, what a customer has to his credit there.
type OpenItem struct {
	Number   string
	Customer string // its number there, as its import named it
	OrderNo  string
	IssuedOn calendar.Date
	DueOn    calendar.Date
	Original money.Amount // with tax
	Credited money.Amount
	Paid     money.Amount
	Tax      money.Amount
	Rate     *decimal.Decimal // percent
}

// Open is what is left of it; negative for a credit.
func (i OpenItem) Open() money.Amount { return i.Original.Minus(i.Credited).Minus(i.Paid) }

// controlled holds a file of open items against its control total: nothing of a
// list that is not whole is written.
func (d *JobData) controlled(file ImportFile) {
	if off, has := sums(file.Items); has && !off.IsZero() {
		d.wrong(RowError{Row: 1, Column: file.Columns["amount"], Value: off.String(), Why: "debit and credit differ by that", Do: "export the trial balance whole, with every account"})
	}
	if d.Control == nil || len(file.Items) == 0 {
		return
	}
	sum := d.Control.Zero()
	for _, item := range file.Items {
		sum = sum.Plus(item.Open.Open())
	}
	if off := sum.Minus(*d.Control); !off.IsZero() {
		d.wrong(RowError{
			Row: 1, Column: file.Columns["open"], Value: sum.String(), Why: fmt.Sprintf("the open amounts come to %s, the control total is %s: %s too much or too little", sum, *d.Control, off),
			Do: "export the open items and the total on the same day, or give the right total",
		})
	}
}

// spaceBrought is where what was brought forward is added up, by customer and in
// all, so that the old package's balances can be held against it at any time.
const (
	spaceBrought = "brought-forward"
	broughtAll   = "all"
	countBrought = "open"
)

func broughtKey(of string) Key { return Key{Kind: spaceBrought, ID: of} }

// linkBatch hangs what an import brought under its job; linkHeld what of it waits
// for its release.
const (
	linkBatch = "brought"
	linkHeld  = "held"
)

func batchLinks(batch, number string, of Key, held bool) []Link {
	job := Key{Kind: "job", ID: batch}
	links := []Link{{Parent: job, Name: linkBatch, Sort: number, To: of}}
	if held {
		links = append(links, Link{Parent: job, Name: linkHeld, Sort: number, To: of})
	}
	return links
}

// broughtID is the id of an invoice that was brought forward: the same however
// often its list is imported.
func broughtID(number string) string { return Name("i", importEndpoint, number) }

// importOpen looks at an open item, or brings it forward.
func (c *Cycle) importOpen(ctx context.Context, s Stamp, d *JobData, item ImportItem) (int, error) {
	it := *item.Open
	became := importSame
	err := c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		became = importSame
		names := []Alias{{Space: spaceCustomer, Value: importEndpoint + ":id:" + it.Customer}, {Space: spaceInvoice, Value: it.Number}, {Space: spaceReference, Value: invoice.Reference(it.Number)}}
		keys, err := tx.Resolve(ctx, names...)
		if err != nil {
			return err
		}
		if keys[0].IsZero() {
			return fault.Bad("/customer", "nobody has this number", "import the customers first: duly import customers")
		}
		cust, err := get[party.Customer](ctx, tx, keys[0].ID)
		if err != nil {
			return err
		}
		if it.Original.IsNegative() {
			became, err = c.bringCredit(ctx, tx, d, cust, it)
			return err
		}
		for _, k := range keys[1:] {
			if !k.IsZero() && k.ID != broughtID(it.Number) {
				return fault.Bad("/invoice", "an invoice of this number is here already", "leave the row out")
			}
		}
		became, err = c.bringInvoice(ctx, tx, d, cust, it, names[1:], keys[1:])
		return err
	})
	return became, err
}

func (c *Cycle) bringInvoice(ctx context.Context, tx *Tx, d *JobData, cust *party.Customer, it OpenItem, names []Alias, keys []Key) (int, error) {
	known, err := find[invoice.Invoice](ctx, tx, broughtID(it.Number))
	if err != nil {
		return 0, err
	}
	inv, err := invoice.BringForward(invoice.Brought{
		Batch: d.ID, At: tx.At(), ID: broughtID(it.Number), Number: it.Number, Customer: cust.ID(), OrderNo: it.OrderNo, Buyer: buyer(cust.Data(), cust.Email()),
		IssuedOn: it.IssuedOn, DueOn: it.DueOn, Original: it.Original, Credited: it.Credited, Paid: it.Paid, Tax: it.Tax, Rate: it.Rate,
	})
	if err != nil {
		return 0, fault.By("/open", err, "mend the row")
	}
	if known != nil && known.Status() != invoice.Void {
		return importSame, sameItem(known.Data(), inv.Data())
	}
	if err := c.notOurs(it); err != nil || !d.Applying {
		return importNew, err
	}
	for i, k := range keys {
		if k.IsZero() {
			tx.Name(names[i], KeyOf(inv))
		}
	}
	data := inv.Data()
	for _, l := range batchLinks(d.ID, it.Number, KeyOf(inv), true) {
		tx.Link(l)
	}
	hangOpen(tx, data)
	return importNew, errors.Join(
		tx.Save(inv, Fact{Type: "invoice.brought_forward", Data: data}),
		c.post(tx, data.ID+"/"+d.ID, "Brought forward: invoice "+data.Number+" to "+data.Buyer.Name, data.IssuedOn, ledger.BroughtForward(data.ID, data.Open)...),
		c.moveOpen(ctx, tx, data, data.Open, data.Open.Zero(), data.Open), c.bring(ctx, tx, cust.ID(), data.Open),
	)
}

// sameItem refuses to change what was brought forward before.
func sameItem(known, said invoice.Data) error {
	f, g := known.Forward, said.Forward
	if f == nil || known.CustomerID != said.CustomerID || known.IssuedOn != said.IssuedOn || known.DueOn != said.DueOn || f.Original != g.Original || f.Credited != g.Credited || f.Paid != g.Paid {
		return fault.Bad("/invoice", "it was brought forward before, with other dates or amounts", "undo that import first: duly import undo "+known.Forward.Batch)
	}
	return nil
}

// notOurs refuses a number that a series of ours will come to: it could not be
// given a second time.
func (c *Cycle) notOurs(it OpenItem) error {
	for _, docType := range []string{invoice.Invoices, invoice.CreditNotes} {
		series := c.Policy.Numbers.Series(docType, it.IssuedOn)
		rest, ours := strings.CutPrefix(it.Number, series.Number(0)[:len(series.Number(0))-4])
		var n int64
		if _, err := fmt.Sscanf(rest, "%d", &n); ours && err == nil && series.Number(n) == it.Number && n > series.Last() {
			return fault.Bad("/invoice", "numbers that Duly gives itself will come to it", fmt.Sprintf("let them begin later in duly.yaml: numbers.%s.start: { year: %d, number: %d }, or give them another prefix", docType, it.IssuedOn.Year, n+1))
		}
	}
	return nil
}

// bringCredit brings forward what a customer has to his credit, as unapplied
// money that a person can match.
func (c *Cycle) bringCredit(ctx context.Context, tx *Tx, d *JobData, cust *party.Customer, it OpenItem) (int, error) {
	amount := it.Open().Neg()
	id := ReceiptID(importEndpoint, it.Number)
	r, err := find[cash.Receipt](ctx, tx, id)
	if err != nil {
		return 0, err
	}
	text := "Brought forward: credit " + it.Number + " of " + cust.Data().Name
	if r != nil {
		back, n := withdrawn(r)
		switch {
		case r.Data().Amount != amount || r.Data().CustomerID != cust.ID():
			return 0, fault.Bad("/invoice", "a credit of this number was brought forward before, of "+r.Data().Amount.String(), "give it another number")
		case !back:
			return importSame, nil
		case !d.Applying:
			return importNew, nil
		}
		if _, err := r.Unbook(n); err != nil {
			return 0, refused(err)
		}
	} else if r, err = cash.NewReceipt(cash.ReceiptData{
		ID: id, Source: importEndpoint, Account: ledger.Bank, Ref: it.Number, Amount: amount, Payer: cust.Data().Name, Text: text, Method: "brought_forward", ValueOn: it.IssuedOn, ReceivedAt: tx.At(),
	}); err != nil {
		return 0, fault.By("/open", err, "mend the row")
	}
	if !d.Applying {
		return importNew, nil
	}
	r.Keep(cust.ID())
	c.hangUnapplied(tx, r)
	for _, l := range batchLinks(d.ID, it.Number, KeyOf(r), false) {
		tx.Link(l)
	}
	return importNew, errors.Join(
		tx.Save(r, Fact{Type: "receipt.brought_forward", Data: r.Data()}),
		c.post(tx, id+"/"+d.ID, text, it.IssuedOn, ledger.CreditBrought(id, amount)...), c.bring(ctx, tx, cust.ID(), amount.Neg()),
	)
}

// withdrawn reports whether a credit's import was undone, and by which booking.
func withdrawn(r *cash.Receipt) (bool, int) {
	for _, b := range r.Data().Bookings {
		if b.Role == ledger.Opening && !b.Undone {
			return true, b.N
		}
	}
	return false, 0
}

// bring adds to what was brought forward of a customer and in all.
func (c *Cycle) bring(ctx context.Context, tx *Tx, customerID string, by money.Amount) error {
	for _, key := range []Key{broughtKey(customerID), broughtKey(broughtAll)} {
		if _, err := tx.Counter(ctx, key); err != nil {
			return err
		}
		tx.Adjust(Adjust{Key: key, Add: map[string]int64{countBrought: by.Minor}})
	}
	return nil
}
