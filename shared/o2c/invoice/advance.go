package invoice

import (
	"fmt"
	"slices"

	"github.com/shopspring/decimal"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/money"
	"duly/shared/o2c/statute"
)

// Advance marks an advance payment invoice, a deposit: it asks for money before
// the supply, and its tax is due with it (articles 65 and 220(1)(4) of directive
// 2006/112/EC; in the Netherlands article 13 Wet OB 1968). It is numbered as
// every invoice. Each of its lines is the deposit on the goods of one rate.
type Advance struct {
	Percent decimal.Decimal `json:"percent"` // of the order's total; 100: all of it
}

// DepositQueue is where deposits wait for their reminder and their end: they
// are not dunned, nothing was delivered for them.
const DepositQueue = "deposit"

// The steps of a deposit that is not paid.
const (
	DepositReminder = "deposit_reminder"
	DepositEnd      = "deposit_end"
)

// Netted is what a later invoice took off a deposit.
type Netted struct {
	InvoiceID string       `json:"invoice_id"`
	Amount    money.Amount `json:"amount"` // tax included
	Lines     []NettedLine `json:"lines"`
}

// NettedLine is what was taken off one line of a deposit invoice.
type NettedLine struct {
	N   int          `json:"n"` // the deposit invoice's line
	Net money.Amount `json:"net"`
}

// Preceding is a deposit invoice that this invoice takes into account (BG-3).
type Preceding struct {
	ID       string        `json:"id"`
	Number   string        `json:"number"`    // BT-25
	IssuedOn calendar.Date `json:"issued_on"` // BT-26
	Amount   money.Amount  `json:"amount"`    // taken off here, tax included
	Earned   money.Amount  `json:"earned"`    // taken off here, net of tax, as the books took the deposit
}

// TypeCode is the document's type by UNTDID 1001 (BT-3).
func (d Data) TypeCode() string {
	switch {
	case d.Type == CreditNotes:
		return "381"
	case d.Advance != nil:
		return "386"
	}
	return "380"
}

// Nature is what people call it: "deposit" or, when all is paid before the
// supply, "prepayment".
func (a Advance) Nature() string {
	if a.Percent.Equal(decimal.NewFromInt(100)) {
		return "prepayment"
	}
	return "deposit"
}

// Nature is what people call the document: "invoice", "credit_note", "deposit"
// or "prepayment".
func (d Data) Nature() string {
	if d.Type == CreditNotes || d.Advance == nil {
		return d.Type
	}
	return d.Advance.Nature()
}

// NewAdvance drafts the deposit invoice over an amount of an order: the same
// percentage of the taxable amount of each rate, so that the tax on it is the
// tax on the goods that it is paid for. What rounding leaves is BT-114.
func NewAdvance(d Data, percent decimal.Decimal, amount money.Amount, order []statute.Tax) *Invoice {
	d.Advance = &Advance{Percent: percent}
	add := func(row statute.Tax, net money.Amount) {
		d.Lines = append(d.Lines, Line{
			N: len(d.Lines) + 1, Name: fmt.Sprintf("Deposit of %s %% on order %s", percent, d.OrderNo), Quantity: 1,
			UnitPrice: net, Net: net, TaxRate: row.Rate, Category: row.Category,
		})
	}
	for _, row := range order {
		if net := row.Base.Percent(percent); net.IsPositive() {
			add(row, net)
		}
	}
	if len(d.Lines) == 0 && len(order) > 0 { // a cent on many rates: the largest stands for all
		most := slices.MaxFunc(order, func(a, b statute.Tax) int { return a.Base.Cmp(b.Base) })
		add(most, statute.NetOf(amount, most.Rate))
	}
	net, tax := statute.Totals(statute.Breakdown(taxableOf(d.Lines)))
	d.Rounding = amount.Minus(net).Minus(tax)
	return NewDraft(d, taxableOf(d.Lines))
}

func taxableOf(lines []Line) []statute.Taxable {
	rows := make([]statute.Taxable, len(lines))
	for i, l := range lines {
		rows[i] = statute.Taxable{Net: l.Net, Category: l.Category, Rate: l.TaxRate}
	}
	return rows
}

// Part is what one invoice of an order bills before the deposit, and what will
// be billed after it.
type Part struct {
	Lines, Rest      []statute.Taxable
	Total, RestTotal money.Amount // tax and rounding included
}

// Net takes a part's share off the deposit, as negative lines of the part's
// invoice: the deposit invoice has charged its tax already, and a tax that
// stands on two invoices is owed twice (article 203 of directive 2006/112/EC),
// which a mere prepaid amount (BT-113) would bring about.
//
// The share is proportional, rate by rate, and not "first come": so the base and
// the tax of no rate ever fall below zero, whatever leaves first, the security
// covers the goods that are still to leave as much as those that left, and what
// is left when the rest is cancelled is the deposit on the rest. The last part
// takes the remainder, at most what it bills.
func (i *Invoice) Net(invoiceID string, p Part) (lines []Line, preceding Preceding) {
	var taken []NettedLine
	earned := i.data.InBooks(i.data.Net.Zero())
	for _, l := range i.data.Lines {
		_, left := i.data.Left(l.N)
		part, rest := onRate(p.Lines, l), onRate(p.Rest, l)
		net := shareOf(left, part, rest)
		if net.IsZero() {
			continue
		}
		taken = append(taken, NettedLine{N: l.N, Net: net})
		earned = earned.Plus(i.data.InBooks(left)).Minus(i.data.InBooks(left.Minus(net)))
		lines = append(lines, Line{
			Name: "Less deposit invoice " + i.data.Number, Advance: i.data.Number, Quantity: -1,
			UnitPrice: net, Net: net.Neg(), TaxRate: l.TaxRate, Category: l.Category,
		})
	}
	net, tax := statute.Totals(statute.Breakdown(append(slices.Clone(p.Lines), taxableOf(lines)...)))
	left := i.data.AdvanceLeft()
	amount := p.Total.Minus(net).Minus(tax) // without a rounding of its own,
	amount = most(amount, left.Minus(p.RestTotal))
	amount = most(money.Min(amount, money.Min(left, p.Total)), left.Zero()) // but never more than there is
	i.data.Netted = append(slices.Clone(i.data.Netted), Netted{InvoiceID: invoiceID, Amount: amount, Lines: taken})
	return lines, Preceding{ID: i.data.ID, Number: i.data.Number, IssuedOn: i.data.IssuedOn, Amount: amount, Earned: earned}
}

// shareOf is the part's share of what is left: at most the part itself.
func shareOf(left, part, rest money.Amount) money.Amount {
	if !left.IsPositive() || !part.IsPositive() {
		return left.Zero()
	}
	if !rest.IsPositive() {
		return money.Min(left, part)
	}
	whole := part.Plus(rest)
	return money.Min(part, left.Times(part.Decimal().DivRound(whole.Decimal(), 18)))
}

func onRate(rows []statute.Taxable, like Line) money.Amount {
	sum := like.Net.Zero()
	for _, r := range rows {
		if r.Category == like.Category && r.Rate.Equal(like.TaxRate) {
			sum = sum.Plus(r.Net)
		}
	}
	return sum
}

func most(a, b money.Amount) money.Amount {
	if a.Cmp(b) < 0 {
		return b
	}
	return a
}

// leftOf is what of a deposit's line no invoice has taken off yet.
func (d Data) leftOf(l Line) money.Amount {
	left := l.Net
	for _, n := range d.Netted {
		for _, t := range n.Lines {
			if t.N == l.N {
				left = left.Minus(t.Net)
			}
		}
	}
	return left
}

// nettedAmount is what invoices took off a deposit, tax included.
func (d Data) nettedAmount() money.Amount {
	sum := d.Total.Zero()
	for _, n := range d.Netted {
		sum = sum.Plus(n.Amount)
	}
	return sum
}

// AdvanceLeft is what of a deposit neither an invoice took off nor a credit note
// took back, tax included.
func (d Data) AdvanceLeft() money.Amount {
	return d.Total.Minus(d.nettedAmount()).Minus(d.Credited())
}

// TakenOff is what the invoice takes off for deposits, tax included.
func (d Data) TakenOff() money.Amount {
	sum := d.Total.Zero()
	for _, p := range d.Preceding {
		sum = sum.Plus(p.Amount)
	}
	return sum
}
