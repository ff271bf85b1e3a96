package ledger

import "duly/shared/o2c/money"

// Discounted books an early-payment discount: Dr discounts and, where the tax
// falls with the price (article 90 of directive 2006/112/EC), Dr VAT, Cr
// receivable. A discount that is taken back comes with negative amounts.
func Discounted(invoiceID string, discount, tax money.Amount) []Leg {
	return []Leg{
		leg(Discounts, discount.Minus(tax), ""),
		leg(VAT, tax, ""),
		leg(Receivable, discount.Neg(), invoiceID),
	}
}

// GivenUp books what a payment was short of and nobody asks for: a payment
// difference, or the charge of a bank on the way. Dr the account, Cr receivable.
func GivenUp(role, invoiceID string, amount money.Amount) []Leg {
	return []Leg{leg(role, amount, ""), leg(Receivable, amount.Neg(), invoiceID)}
}

// Assigned books money in that is no customer's: Dr unapplied, Cr the account.
func Assigned(role, receiptID string, amount money.Amount) []Leg {
	return []Leg{leg(Unapplied, amount, receiptID), leg(role, amount.Neg(), "")}
}
