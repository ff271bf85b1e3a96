package invoice

import (
	"github.com/shopspring/decimal"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/money"
	"duly/shared/o2c/party"
	"duly/shared/o2c/statute"
)

// Discount is what the customer may take off for paying early (BT-20 says it in
// words). It is frozen at issue.
type Discount struct {
	Percent decimal.Decimal `json:"percent"`
	Days    int             `json:"days"`
	Until   calendar.Date   `json:"until"` // the last day of value on which it may be taken
	Tax     string          `json:"tax"`   // party.DiscountTax…
}

// Offers puts the customer's terms of paying early on a draft; Issue dates them.
// A deposit and a credit note have none.
func (i *Invoice) Offers(terms *party.Discount) {
	if terms == nil || i.data.Advance != nil || i.IsCreditNote() || !terms.Percent.IsPositive() {
		return
	}
	i.data.Discount = &Discount{Percent: terms.Percent, Days: terms.Days, Tax: terms.Tax}
}

// FullDiscount is what paying early takes off the whole document: a percentage of
// the total when the tax falls with the price, else of the net amount.
func (d Data) FullDiscount() money.Amount {
	if d.Discount == nil {
		return d.Total.Zero()
	}
	base := d.Net
	if d.Discount.Tax == party.DiscountTaxIncluded {
		base = d.Total
	}
	return base.Percent(d.Discount.Percent)
}

// DiscountOn is the discount that may still be taken by a payment of a day of
// value. What credit notes took off the document takes as much off the discount.
func (d Data) DiscountOn(on calendar.Date) money.Amount {
	full := d.FullDiscount()
	if d.Discount == nil || on.After(d.Discount.Until) || !d.Total.IsPositive() {
		return full.Zero()
	}
	if credited := d.Credited(); credited.IsPositive() {
		full = full.Minus(full.Times(credited.Decimal().DivRound(d.Total.Decimal(), 18)))
	}
	if !d.DiscountTaken.IsZero() {
		full = full.Minus(d.DiscountTaken)
	}
	if full.IsNegative() {
		return full.Zero()
	}
	return full
}

// DiscountTax is the tax within a discount that was taken: where the tax falls
// with the price, the discount is spread over the rates as the total is (article
// 90 of directive 2006/112/EC).
func (d Data) DiscountTax(taken money.Amount) money.Amount {
	tax := taken.Zero()
	if d.Discount == nil || d.Discount.Tax != party.DiscountTaxIncluded || len(d.Taxes) == 0 {
		return tax
	}
	weights := make([]int64, len(d.Taxes))
	for i, t := range d.Taxes {
		weights[i] = t.Base.Plus(t.Tax).Minor
	}
	for i, share := range taken.Split(weights...) {
		tax = tax.Plus(share.Minus(statute.NetOf(share, d.Taxes[i].Rate)))
	}
	return tax
}

// TakeDiscount records what was taken; an undone payment gives it back with a
// minus.
func (i *Invoice) TakeDiscount(amount money.Amount) {
	if amount.IsZero() {
		return
	}
	taken := amount
	if !i.data.DiscountTaken.IsZero() {
		taken = taken.Plus(i.data.DiscountTaken)
	}
	if i.data.DiscountTaken = taken; taken.IsZero() {
		i.data.DiscountTaken = money.Amount{}
	}
}
