package o2c

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/cash"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/ledger"
	"duly/shared/o2c/money"
	"duly/shared/o2c/party"
	"duly/shared/o2c/recovery"
	"duly/shared/o2c/statute"
)

// ClaimView is the claim on one invoice at a day, with what decides on it.
type ClaimView struct {
	Invoice invoice.Data
	Claim   statute.Claim
	File    *recovery.Data // nil: nothing of legal effect has happened yet
	Lapses  calendar.Date  // the last day of the claim's life
	Rule    string         // by which it lapses
	Country string         // whose law it is
}

// ClaimSheetView is what the printed computation shows.
type ClaimSheetView struct {
	View     ClaimView
	Seller   party.Seller
	Language string
}

// ClaimOn is what the law of the seller's country gives on an invoice at the end
// of a day, step by step. What credit notes took back was never owed; payments
// count on their value date, as the books set them off.
func (c *Cycle) ClaimOn(ctx context.Context, d invoice.Data, asOf calendar.Date) (ClaimView, error) {
	if d.Type != invoice.Invoices || d.DueOn.IsZero() {
		return ClaimView{}, fault.New(fault.Refused, "No claim can be computed", "the document is not an issued invoice", "name an issued invoice").Keyed("claim.none")
	}
	if asOf.Before(d.DueOn) {
		return ClaimView{}, fault.Bad("/as_of", "a day before {date}, when the invoice was due", "ask for that day or a later one").Keyed("claim.before_due").With("date", d.DueOn)
	}
	tx := NewTx(c.Store)
	f, err := find[recovery.File](ctx, tx, d.ID)
	if err != nil {
		return ClaimView{}, err
	}
	return c.claimView(ctx, tx, d, f, asOf)
}

func (c *Cycle) claimView(ctx context.Context, tx *Tx, d invoice.Data, f *recovery.File, asOf calendar.Date) (ClaimView, error) {
	law, err := c.law(ctx, tx)
	if err != nil {
		return ClaimView{}, err
	}
	v := ClaimView{Invoice: d, Country: law.Country}
	if v.Claim, err = c.claimIn(ctx, tx, d, f, asOf); err != nil {
		return v, err
	}
	regime, goods := regimeOf(d.Buyer.Kind), true
	var clock []statute.Interruption
	if f != nil {
		known := f.Data()
		v.File, clock, goods = &known, known.Clock, known.Goods
	}
	life := law.LimitationOf(regime, goods)
	v.Lapses, v.Rule = life.Ends(d.DueOn, clock...), life.Rule
	return v, nil
}

// claimIn computes a claim inside a transaction.
func (c *Cycle) claimIn(ctx context.Context, tx *Tx, d invoice.Data, f *recovery.File, asOf calendar.Date) (statute.Claim, error) {
	law, err := c.law(ctx, tx)
	if err != nil {
		return statute.Claim{}, err
	}
	debt, err := c.debtOf(ctx, tx, d, f, asOf)
	if err != nil {
		return statute.Claim{}, err
	}
	claim, err := law.Compute(debt, asOf)
	if err != nil {
		return claim, fault.New(fault.Refused, "No claim can be computed", err.Error(), "compute it by hand").Keyed("claim.law").Because(err)
	}
	return claim, nil
}

// debtOf is an invoice as the law looks at it on a day.
func (c *Cycle) debtOf(ctx context.Context, tx *Tx, d invoice.Data, f *recovery.File, asOf calendar.Date) (debt statute.Debt, err error) {
	debt = statute.Debt{DueOn: d.DueOn, Regime: regimeOf(d.Buyer.Kind)}
	if f != nil {
		debt = f.Data().Debt()
	}
	debt.Principal = d.Total.Minus(d.Credited())
	for i, p := range d.Standing(debt.Principal) { // each instalment bears interest from its own day
		if i == 0 {
			debt.Principal, debt.DueOn = p.Amount, p.On
		} else if p.On.Before(asOf) {
			debt.Later = append(debt.Later, statute.Later{DueOn: p.On, Amount: p.Amount})
		}
	}
	if debt.Regime == statute.Consumer {
		debt.TaxOnCosts = c.Policy.Recovery.TaxOnCosts
	}
	debt.Payments, err = c.paymentsOn(ctx, tx, d, asOf)
	return debt, err
}

// regimeOf tells enterprises from consumers. Legal persons of every kind are
// enterprises here (article 6:119a(1) BW).
func regimeOf(kind party.Kind) statute.Regime {
	if kind == party.Consumer {
		return statute.Consumer
	}
	return statute.Commercial
}

// paymentsOn are the parts of receipts that settle an invoice or its claim and
// had come by a day, as its trail tells them; what was undone since was never
// paid.
func (c *Cycle) paymentsOn(ctx context.Context, tx *Tx, d invoice.Data, until calendar.Date) ([]statute.Payment, error) {
	keys, err := c.receiptsOf(ctx, tx, d)
	if err != nil {
		return nil, err
	}
	if err := tx.Fetch(ctx, keys...); err != nil {
		return nil, err
	}
	var payments []statute.Payment
	for _, k := range keys {
		r, err := get[cash.Receipt](ctx, tx, k.ID)
		if err != nil {
			return nil, err
		}
		whole, principal := settled(r.Data(), d)
		if whole.IsPositive() && !r.Data().ValueOn.After(until) {
			payments = append(payments, statute.Payment{On: r.Data().ValueOn, Amount: whole, Principal: &principal})
		}
	}
	return payments, nil
}

// receiptsOf are the receipts that an invoice's trail names, this transaction's
// part of it included; what its credit notes left is no payment.
func (c *Cycle) receiptsOf(ctx context.Context, tx *Tx, d invoice.Data) ([]Key, error) {
	of := Key{Kind: "invoice", ID: d.ID}
	trail, err := c.Store.Events(ctx, of)
	if err != nil {
		return nil, err
	}
	if i, staged := tx.saves[of]; staged {
		trail = append(trail, tx.plan.Saves[i].Events...)
	}
	var keys []Key
	seen := map[string]bool{}
	for _, e := range trail {
		var told struct{ Receipt string }
		if json.Unmarshal(e.Data, &told) != nil || told.Receipt == "" || seen[told.Receipt] || ofItsNotes(d, told.Receipt) {
			continue
		}
		seen[told.Receipt] = true
		keys = append(keys, Key{Kind: "receipt", ID: told.Receipt})
	}
	return keys, nil
}

// settled is what a receipt pays now of an invoice and its claim, and of the
// invoice alone.
func settled(r cash.ReceiptData, d invoice.Data) (whole, principal money.Amount) {
	whole, principal = d.Total.Zero(), d.Total.Zero()
	for _, a := range r.Applications {
		if a.InvoiceID != d.ID || a.Undone {
			continue
		}
		whole = whole.Plus(a.Settles())
		if a.Part == "" {
			principal = principal.Plus(a.Settles())
		}
	}
	return whole, principal
}

// owed is what money of a day may be applied to: what the invoice has open, what
// of it was written off, and the costs and interest of a claim that is raised.
func (c *Cycle) owed(ctx context.Context, tx *Tx, inv *invoice.Invoice, on calendar.Date) (money.Amount, error) {
	d := inv.Data()
	if inv.IsCreditNote() {
		return d.Open.Zero(), nil
	}
	sum := d.Open.Plus(d.Lost())
	f, err := c.filed(ctx, tx, inv)
	if err != nil || f == nil || !f.Data().Raised(on) || on.Before(d.DueOn) {
		return sum, err
	}
	claim, err := c.claimIn(ctx, tx, d, f, on)
	return sum.Plus(claim.Costs).Plus(claim.Interest), err
}

// applyPart applies money to an invoice and, where its claim is raised, to the
// costs and the interest first.
func (c *Cycle) applyPart(ctx context.Context, tx *Tx, r *cash.Receipt, inv *invoice.Invoice, a cash.Application) error {
	open, whole := inv.Open(), a.Amount
	var err error
	if a.Amount, err = c.takeClaim(ctx, tx, r, inv, whole); err != nil {
		return err
	}
	if a.Amount.IsPositive() || a.Amount == whole {
		if err := c.applyPrincipal(ctx, tx, r, inv, a); err != nil {
			return err
		}
	}
	return c.afterMoney(ctx, tx, inv, open, whole, r.Data().ValueOn)
}

// takeClaim sets a payment off against the costs and the interest of a claim that
// is raised, in this order (article 6:44 BW), opens again what was written off,
// and gives what is left for the invoice itself.
func (c *Cycle) takeClaim(ctx context.Context, tx *Tx, r *cash.Receipt, inv *invoice.Invoice, amount money.Amount) (money.Amount, error) {
	d, on := inv.Data(), r.Data().ValueOn
	f, err := c.filed(ctx, tx, inv)
	if err != nil || ofItsNotes(d, r.ID()) || money.Same(amount, r.Unapplied(), d.Open) != nil {
		return amount, err
	}
	if f != nil && f.Data().Raised(on) && !on.Before(d.DueOn) {
		claim, err := c.claimIn(ctx, tx, d, f, on)
		if err != nil {
			return amount, err
		}
		shares := claim.Allocate(amount)
		if err := errors.Join(
			c.takePart(tx, r, d, statute.CostsPart, shares.Costs), c.takePart(tx, r, d, statute.InterestPart, shares.Interest),
		); err != nil {
			return amount, err
		}
		if taken := shares.Costs.Plus(shares.Interest); taken.IsPositive() {
			amount = amount.Minus(taken)
			fact := Fact{Type: "claim.paid", Data: map[string]any{"receipt": r.ID(), "costs": shares.Costs, "interest": shares.Interest, "principal": shares.Principal}}
			if err := tx.Save(inv, fact); err != nil {
				return amount, err
			}
		}
	}
	if more := money.Min(amount.Minus(inv.Open()), d.Lost()); more.IsPositive() {
		return amount, c.reinstate(ctx, tx, inv, more)
	}
	return amount, nil
}

func partRole(part string) string {
	if part == statute.CostsPart {
		return ledger.ClaimCosts
	}
	return ledger.ClaimInterest
}

func (c *Cycle) takePart(tx *Tx, r *cash.Receipt, d invoice.Data, part string, amount money.Amount) error {
	if !amount.IsPositive() {
		return nil
	}
	a, err := r.Apply(cash.Application{
		Part: part, InvoiceID: d.ID, Number: d.Number, Amount: amount, On: c.today(tx.At()), Why: "the law sets payments off against costs, then interest, then principal",
	})
	if err != nil {
		return fault.By("/amount", err, "apply at most what is left")
	}
	return errors.Join(
		tx.Save(r, Fact{Type: "receipt.applied", Data: a}),
		c.post(tx, appliedName(r, a), "Payment of the "+part+" of "+d.Number, r.Data().ValueOn, ledger.ClaimPaid(partRole(part), r.ID(), d.ID, amount)...),
	)
}

// undoClaim takes back what a receipt paid of the costs and interest of an
// invoice's claim, as its part of the invoice is undone.
func (c *Cycle) undoClaim(tx *Tx, r *cash.Receipt, inv *invoice.Invoice) error {
	back := inv.Open().Zero()
	for _, a := range r.Data().Applications {
		if a.Undone || a.Part == "" || a.InvoiceID != inv.ID() {
			continue
		}
		undone, err := r.Undo(a.N)
		if err != nil {
			return refused(err)
		}
		back = back.Plus(undone.Amount)
		if err := c.post(tx, appliedName(r, a)+"/undo", "Payment of the "+a.Part+" of "+a.Number+" taken back", c.today(tx.At()), ledger.ClaimPaid(partRole(a.Part), r.ID(), inv.ID(), a.Amount.Neg())...); err != nil {
			return err
		}
		if err := tx.Save(r, Fact{Type: "receipt.unapplied", Data: undone}); err != nil {
			return err
		}
	}
	if back.IsZero() {
		return nil
	}
	return tx.Save(inv, Fact{Type: "claim.unpaid", Data: map[string]any{"receipt": r.ID(), "amount": back}})
}

// undoPart takes back a part of a claim that a receipt paid, when the application
// is of one; with it goes the other.
func (c *Cycle) undoPart(ctx context.Context, tx *Tx, r *cash.Receipt, n int) (cash.Application, error) {
	all := r.Data().Applications
	if n < 1 || n > len(all) || all[n-1].Part == "" || all[n-1].Undone {
		return cash.Application{}, nil
	}
	a := all[n-1]
	inv, err := get[invoice.Invoice](ctx, tx, a.InvoiceID)
	if err != nil {
		return a, err
	}
	return a, c.undoClaim(tx, r, inv)
}

// appliedName names the booking of an application.
func appliedName(r *cash.Receipt, a cash.Application) string {
	return r.ID() + "/" + strconv.Itoa(a.N)
}

// addOwed puts an invoice among the items over all that is owed of it: its claim
// may be raised, or it was written off.
func (s *search) addOwed(inv *invoice.Invoice, owed money.Amount) {
	if owed == inv.Open() {
		s.add(inv)
		return
	}
	item := s.c.openItem(inv.Data(), s.r.ValueOn)
	item.Open = owed
	s.items = append(s.items, item)
}
