package cash

import (
	"github.com/shopspring/decimal"

	"duly/shared/o2c/money"
)

// Rules are the house's rules of matching (cash in duly.yaml).
type Rules struct {
	AutoScore int             // of 100: what a proposal needs to be applied by itself
	ItemsMax  int             // open items that one transfer may pay without naming them
	Short     Tolerance       // a payment that is short by no more settles the item
	Over      Tolerance       // what a payment is over by no more is kept as a difference
	FeeMax    money.Amount    // charges of banks on the way, of money from outside SEPA
	OwnFees   money.Amount    // what our own bank charges up to this much is booked by itself
	TakenMax  decimal.Decimal // percent of what is open: a payment in time that lacks no more beyond the discount took it, and too much of it
}

// Strict are the rules for money whose amount we asked for: a payment page takes
// what its payer chose, so that nothing is short by accident.
func (r Rules) Strict() Rules {
	r.Short, r.Over, r.FeeMax = Tolerance{}, Tolerance{}, money.Amount{}
	return r
}

// Tolerance is how small a difference has to be: at most the amount and, unless
// that is zero, at most the percentage of what is open. A percentage is written
// as people say it, 0.5 for half a percent, and never as a fraction.
type Tolerance struct {
	Amount  money.Amount
	Percent decimal.Decimal
}

// Covers reports whether a difference is within the tolerance.
func (t Tolerance) Covers(difference, of money.Amount) bool {
	if money.Same(t.Amount, difference, of) != nil || !difference.IsPositive() || difference.Cmp(t.Amount) > 0 {
		return false
	}
	// Not rounded: half a cent more than the percentage is more.
	return t.Percent.IsZero() || difference.Decimal().Mul(decimal.NewFromInt(100)).LessThanOrEqual(of.Decimal().Mul(t.Percent))
}

// Fit is how an amount fits the items that it is given to.
type Fit int

// The fits, the best first.
const (
	Exact      Fit = iota // to the cent
	Discounted            // less an early-payment discount
	Tolerated             // short within the tolerance
	Charged               // short by what banks may have charged on the way
	Over                  // more than is open
	Overtaken             // less more discount than there is: the excess stays open
	Short                 // a part
)

// Part is what one open item gets of a receipt.
type Part struct {
	Item       OpenItem
	Amount     money.Amount // of the receipt
	Discount   money.Amount // taken for paying early
	Difference money.Amount // given up within the tolerance
	Charge     money.Amount // given up because a bank on the way took it
}

// Settles is what the part takes off the item.
func (p Part) Settles() money.Amount {
	return p.Amount.Plus(p.Discount).Plus(p.Difference).Plus(p.Charge)
}

// Allotment is a receipt given to items, in their order.
type Allotment struct {
	Parts []Part
	Rest  money.Amount // without a home
	Kept  bool         // the rest is so small that it is kept as a difference
	Fit   Fit
}

// Allot gives an amount to open items, the first first. Discounts are those
// that the items offer on the day of value; what is short beyond them is a
// tolerated difference, a bank's charge, or stays open on the last item.
func (r Rules) Allot(amount money.Amount, foreign bool, items []OpenItem) Allotment {
	total, offered := amount.Zero(), amount.Zero()
	for _, item := range items {
		total, offered = total.Plus(item.Open), offered.Plus(item.offer())
	}
	gap := total.Minus(amount)
	if !gap.IsPositive() {
		a := Allotment{Parts: fill(amount, amount.Zero(), items), Rest: gap.Neg()}
		if a.Rest.IsPositive() {
			a.Fit, a.Kept = Over, r.Over.Covers(a.Rest, total)
		}
		return a
	}
	beyond := gap.Minus(offered)
	taken := Allotment{Parts: fill(amount, money.Min(gap, offered), items), Rest: amount.Zero()}
	last := len(taken.Parts) - 1
	whole := last == len(items)-1 // the money reaches every item
	switch {
	case !beyond.IsPositive():
		taken.Fit = Discounted
	case whole && r.Short.Covers(beyond, total):
		taken.Fit, taken.Parts[last].Difference = Tolerated, beyond
	case whole && foreign && (Tolerance{Amount: r.FeeMax}).Covers(beyond, total):
		taken.Fit, taken.Parts[last].Charge = Charged, beyond
	case whole && offered.IsPositive() && beyond.Cmp(total.Percent(r.TakenMax)) <= 0:
		taken.Fit = Overtaken
	default:
		taken = Allotment{Parts: fill(amount, amount.Zero(), items), Rest: amount.Zero(), Fit: Short}
	}
	return taken
}

// fill gives items their money in order, with the discounts that were taken.
func fill(amount, discounts money.Amount, items []OpenItem) []Part {
	var parts []Part
	for _, item := range items {
		p := Part{Item: item, Discount: money.Min(discounts, item.offer()), Difference: amount.Zero(), Charge: amount.Zero()}
		p.Amount = money.Min(amount, item.Open.Minus(p.Discount))
		if !p.Amount.IsPositive() {
			break
		}
		amount, discounts = amount.Minus(p.Amount), discounts.Minus(p.Discount)
		parts = append(parts, p)
	}
	return parts
}
