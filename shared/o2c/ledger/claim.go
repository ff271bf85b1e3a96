package ledger

import "duly/shared/o2c/money"

// ClaimPaid books money for the costs or the interest of a claim, which are
// damages and bear no VAT: Dr unapplied, Cr what was charged. One that is undone
// comes with a negative amount.
func ClaimPaid(role, receiptID, invoiceID string, amount money.Amount) []Leg {
	return []Leg{leg(Unapplied, amount, receiptID), leg(role, amount.Neg(), invoiceID)}
}

// WrittenOff books what is given up of an invoice: Dr bad debts for the net
// part, Dr VAT on bad debts for the tax that the law gives back one day, Cr
// receivable. What comes all the same is booked back with negative amounts.
func WrittenOff(invoiceID string, amount, tax money.Amount) []Leg {
	return []Leg{leg(BadDebts, amount.Minus(tax), ""), leg(BadDebtVAT, tax, invoiceID), leg(Receivable, amount.Neg(), invoiceID)}
}

// Relieved books VAT that is reclaimed because nobody paid it: Dr VAT, Cr VAT on
// bad debts. VAT that is due again, because the customer paid, comes negative.
func Relieved(invoiceID string, tax money.Amount) []Leg {
	return []Leg{leg(VAT, tax, invoiceID), leg(BadDebtVAT, tax.Neg(), invoiceID)}
}
