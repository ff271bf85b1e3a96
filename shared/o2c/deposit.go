package o2c

import (
	"context"
	"errors"
	"fmt"

	"github.com/shopspring/decimal"

	"duly/shared/o2c/cash"
	"duly/shared/o2c/credit"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/ledger"
	"duly/shared/o2c/money"
	"duly/shared/o2c/order"
	"duly/shared/o2c/party"
	"duly/shared/o2c/statute"
)

// askUpfront asks for what the conditions of an approval want paid before
// anything leaves. A deposit from before the order was decided anew stands if it
// is enough, or was paid; else the new one takes its place.
func (c *Cycle) askUpfront(ctx context.Context, tx *Tx, o *order.Order, cust *party.Customer, with credit.Conditions) error {
	percent, amount := with.DepositPercent, with.Upfront(o.Data().Total)
	if with.PrepayAll {
		percent = decimal.NewFromInt(100)
	}
	if old := o.Data().Deposit; old != nil {
		if amount.Cmp(old.Amount) <= 0 && (amount.IsPositive() || !o.Held(order.DepositHold)) {
			return nil
		}
		if err := c.withdrawDeposit(ctx, tx, o, "credit was decided anew"); err != nil {
			return err
		}
	}
	return c.askDeposit(ctx, tx, o, cust, percent, amount)
}

// withdrawBills takes back what was invoiced before anything left, of an order
// that goes back before its decision.
func (c *Cycle) withdrawBills(ctx context.Context, tx *Tx, o *order.Order, why string) error {
	if err := c.withdrawDeposit(ctx, tx, o, why); err != nil || o.Data().BilledAhead == "" {
		return err
	}
	if err := c.endAhead(ctx, tx, o, why); err != nil {
		return err
	}
	o.Ahead("")
	return tx.Save(o)
}

// withdrawDeposit takes a deposit back that its living order does not need any
// more.
func (c *Cycle) withdrawDeposit(ctx context.Context, tx *Tx, o *order.Order, why string) error {
	if o.Data().Deposit == nil {
		return nil
	}
	if err := c.endDeposit(ctx, tx, o, why); err != nil {
		return err
	}
	before := o.Data()
	if again := o.WithdrawDeposit(); again.IsPositive() {
		after := o.Data()
		if err := c.uncommit(ctx, tx, after.CustomerID, before.InBooks(before.Committed).Minus(after.InBooks(after.Committed))); err != nil {
			return err
		}
	}
	return tx.Save(o, Fact{Type: "order.deposit_withdrawn", Data: map[string]string{"reason": why}})
}

// askDeposit holds an order until an invoice of its own over the amount is paid.
// An order whose money the shop has waits for nothing.
func (c *Cycle) askDeposit(ctx context.Context, tx *Tx, o *order.Order, cust *party.Customer, percent decimal.Decimal, amount money.Amount) error {
	if !amount.IsPositive() || o.Prepaid() {
		return nil
	}
	d := o.Data()
	id := Name("i", o.ID(), "deposit", fmt.Sprint(len(d.Invoices)+1))
	inv := invoice.NewAdvance(invoice.Data{
		ID: id, OrderID: o.ID(), OrderNo: d.Number, PONumber: d.PONumber, CustomerID: d.CustomerID, Buyer: buyer(cust.Data(), cust.Email()),
		Currency: d.Currency, TermsDays: c.Policy.Deposit.Days, CreatedAt: tx.At(), ShipTo: shipTo(d, cust.Data()), TaxedIn: c.taxedIn(d, cust.Data()),
	}, percent, amount, d.Taxes)
	o.AskDeposit(order.Deposit{Percent: percent, Amount: amount, InvoiceID: id})
	return errors.Join(
		tx.Save(inv, Fact{Type: "invoice.drafted", Data: map[string]any{"order": o.ID(), "total": inv.Data().Total}}),
		tx.Save(o, Fact{Type: "order.deposit_asked", Data: o.Data().Deposit}),
		tx.ask(doIssue, KeyOf(inv), nil),
	)
}

// depositPaid lets an order go whose deposit has come in.
func (c *Cycle) depositPaid(ctx context.Context, tx *Tx, d invoice.Data) error {
	o, err := c.secured(ctx, tx, d)
	if err != nil || o == nil || !o.DepositPaid() {
		return err
	}
	return errors.Join(
		tx.Save(o, Fact{Type: "order.deposit_paid", Data: map[string]any{"invoice": d.Number, "amount": d.Total}}),
		c.refreshCard(tx, "credit", Key{Kind: "credit", ID: o.ID()}),
		c.publish(tx, KeyOf(o)),
	)
}

// depositBack holds an order again whose deposit went back before all of it had
// left, and gives the customer its time to pay anew.
func (c *Cycle) depositBack(ctx context.Context, tx *Tx, inv *invoice.Invoice) error {
	o, err := c.secured(ctx, tx, inv.Data())
	if err != nil || o == nil || !o.DepositBack() {
		return err
	}
	c.planDeposit(inv, c.today(tx.At()).AddDays(c.Policy.Deposit.Days))
	return errors.Join(
		tx.Save(inv),
		tx.Save(o, Fact{Type: "order.deposit_back", Data: map[string]any{"invoice": inv.Number(), "open": inv.Open()}}),
		c.refreshCard(tx, "credit", Key{Kind: "credit", ID: o.ID()}),
		c.publish(tx, KeyOf(o)),
	)
}

// secured is the order that an invoice is the deposit of, or nil.
func (c *Cycle) secured(ctx context.Context, tx *Tx, d invoice.Data) (*order.Order, error) {
	if d.Advance == nil || d.Type != invoice.Invoices {
		return nil, nil
	}
	o, err := get[order.Order](ctx, tx, d.OrderID)
	if err != nil || !o.Secures(d.ID) {
		return nil, err
	}
	return o, nil
}

// netDeposit takes the part's share of the order's deposit off the draft of its
// invoice.
func (c *Cycle) netDeposit(ctx context.Context, tx *Tx, o *order.Order, bill order.Billing, draft *invoice.Data) ([]statute.Taxable, error) {
	rows := bill.Taxable()
	deposit, err := c.depositOf(ctx, tx, o)
	if err != nil || deposit == nil || !deposit.Data().AdvanceLeft().IsPositive() {
		return rows, err
	}
	net, tax := statute.Totals(statute.Breakdown(rows))
	part := invoice.Part{Lines: rows, Rest: o.Rest(), Total: net.Plus(tax).Plus(bill.Rounding), RestTotal: o.Data().Total.Minus(o.Data().Invoiced)}
	if bill.Last {
		part.Rest, part.RestTotal = nil, part.Total.Zero()
	}
	lines, preceding := deposit.Net(draft.ID, part)
	for _, l := range lines {
		l.N = len(draft.Lines) + 1
		draft.Lines = append(draft.Lines, l)
		rows = append(rows, statute.Taxable{Net: l.Net, Category: l.Category, Rate: l.TaxRate})
	}
	net, tax = statute.Totals(statute.Breakdown(rows))
	draft.Rounding = part.Total.Minus(preceding.Amount).Minus(net).Minus(tax)
	draft.Preceding = append(draft.Preceding, preceding)
	return rows, tx.Save(deposit, Fact{Type: "deposit.taken_off", Data: preceding})
}

// depositOf is the order's deposit invoice, once it is issued; nil when there is
// none, or it was credited.
func (c *Cycle) depositOf(ctx context.Context, tx *Tx, o *order.Order) (*invoice.Invoice, error) {
	d := o.Data().Deposit
	if d == nil {
		return nil, nil
	}
	inv, err := get[invoice.Invoice](ctx, tx, d.InvoiceID)
	if err != nil || inv.Number() == "" || inv.Status() == invoice.Credited {
		return nil, err
	}
	return inv, nil
}

// endBills settles what was invoiced before anything left of an order that ends.
func (c *Cycle) endBills(ctx context.Context, tx *Tx, o *order.Order, why string) error {
	return errors.Join(c.endDeposit(ctx, tx, o, why), c.endAhead(ctx, tx, o, why))
}

// endDeposit settles the deposit of an order that ends: a draft is dropped, what
// no invoice took off is credited, and what was paid of that is the customer's
// money again, about which a person is asked.
func (c *Cycle) endDeposit(ctx context.Context, tx *Tx, o *order.Order, why string) error {
	d := o.Data().Deposit
	if d == nil {
		return nil
	}
	o.DepositPaid() // nothing waits for it any more
	inv, err := get[invoice.Invoice](ctx, tx, d.InvoiceID)
	if err != nil {
		return err
	}
	if inv.Status() == invoice.Draft {
		return c.voidDraft(tx, inv, why)
	}
	if inv.Number() == "" || inv.Status() == invoice.Credited || !inv.Data().AdvanceLeft().IsPositive() {
		return nil
	}
	return c.takeBackNote(ctx, tx, inv, nil, why)
}

// takeBackNote credits an invoice that was made before anything left, all that
// is left of it or the units named. What was paid of that asks a person.
func (c *Cycle) takeBackNote(ctx context.Context, tx *Tx, inv *invoice.Invoice, back []invoice.Taking, why string) error {
	note, taken, err := inv.CreditNote(NoteID(inv.Data(), ""), back, tx.At())
	if err != nil {
		return refused(err)
	}
	if err := c.issueNote(ctx, tx, inv, note, taken, why); err != nil {
		return err
	}
	r, err := find[cash.Receipt](ctx, tx, onAccountID(note.ID()))
	if err != nil || r == nil {
		return err
	}
	r.Release() // nobody decided yet whether it goes back or is kept
	r.Strand()
	return errors.Join(
		tx.Save(r, Fact{Type: "receipt.stranded", Data: map[string]string{"order": inv.Data().OrderID, "invoice": inv.Number()}}),
		c.showCard(tx, "cash", KeyOf(r)),
	)
}

// legsOf is what an invoice books: a deposit is owed in goods until a later
// invoice earns it.
func legsOf(d invoice.Data) []ledger.Leg {
	b := d.Books()
	if d.Advance != nil {
		return taxedIn(d, ledger.Advanced(d.ID, d.ID, b.Net, b.Tax, b.Rounding))
	}
	legs := ledger.Issued(d.ID, b.Net, b.Tax, b.Rounding)
	for _, p := range d.Preceding {
		legs = append(legs, ledger.Earned(p.ID, p.Earned)...)
	}
	return taxedIn(d, legs)
}

// taxedIn books the tax of a document where it is owed: under the One Stop Shop
// to other member states.
func taxedIn(d invoice.Data, legs []ledger.Leg) []ledger.Leg {
	for i := range legs {
		if d.TaxedIn != "" && legs[i].Account == ledger.Code(ledger.VAT) {
			legs[i].Account = ledger.Code(ledger.VATOneStop)
		}
	}
	return legs
}
