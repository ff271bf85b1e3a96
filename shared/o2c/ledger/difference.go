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

// Exchange is an application that crosses currencies. Given is in the receipt's
// currency, everything else in that of the books.
type Exchange struct {
	Given      money.Amount
	Worth      money.Amount // on the day of value
	Released   money.Amount // of the receivable
	Discount   money.Amount
	Tax        money.Amount // of the discount
	Difference money.Amount
	Charge     money.Amount
}

// AppliedAbroad books an application that crosses currencies: Dr unapplied, Cr
// receivable, and what the money is worth more or less than the receivable was
// booked at goes to the exchange differences, once. Foreign money passes through
// the currency position, so that each currency balances by itself.
func AppliedAbroad(receiptID, invoiceID string, x Exchange) []Leg {
	legs := []Leg{leg(Unapplied, x.Given, receiptID)}
	if x.Given.Currency != x.Worth.Currency {
		legs = append(legs, leg(Position, x.Given.Neg(), ""), leg(Position, x.Worth, ""))
	}
	result := x.Released.Minus(x.Worth).Minus(x.Discount).Minus(x.Difference).Minus(x.Charge) // a loss is a debit
	return append(legs,
		leg(Receivable, x.Released.Neg(), invoiceID),
		leg(Discounts, x.Discount.Minus(x.Tax), ""), leg(VAT, x.Tax, ""),
		leg(Differences, x.Difference, ""), leg(Charges, x.Charge, ""),
		leg(ExchangeResult, result, invoiceID),
	)
}

// RefundApproved books a refund that will leave: Dr unapplied, Cr
// refunds under way.
func RefundApproved(receiptID, refundID string, amount money.Amount) []Leg {
	return []Leg{leg(Unapplied, amount, receiptID), leg(Refunds, amount.Neg(), refundID)}
}

// RefundLeft books that the gateway took it off our balance: Dr refunds under
// way, Cr its account.
func RefundLeft(account, refundID string, amount money.Amount) []Leg {
	return []Leg{leg(Refunds, amount, refundID), leg(account, amount.Neg(), "")}
}

// RefundPaid books its bank line: Dr refunds under way, Cr bank.
func RefundPaid(refundID string, amount money.Amount) []Leg {
	return []Leg{leg(Refunds, amount, refundID), leg(Bank, amount.Neg(), "")}
}

// RefundReturned books a refund that came back: Dr bank, Cr unapplied.
func RefundReturned(receiptID string, amount money.Amount) []Leg {
	return []Leg{leg(Bank, amount, ""), leg(Unapplied, amount.Neg(), receiptID)}
}
