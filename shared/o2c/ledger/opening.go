package ledger

import "duly/shared/o2c/money"

// BroughtForward books an invoice that was open in another package on the day of
// the move: Dr receivable, Cr opening balance. Revenue and VAT were booked there.
// One that is taken back comes with a negative amount.
func BroughtForward(invoiceID string, open money.Amount) []Leg {
	return []Leg{leg(Receivable, open, invoiceID), leg(Opening, open.Neg(), "")}
}

// CreditBrought books what a customer had to his credit there: Dr opening
// balance, Cr unapplied.
func CreditBrought(receiptID string, amount money.Amount) []Leg {
	return []Leg{leg(Opening, amount, ""), leg(Unapplied, amount.Neg(), receiptID)}
}

// BalanceBrought books the balance of an account, debit positive, against the
// opening balance. One that is taken back comes with the opposite amount.
func BalanceBrought(account string, amount money.Amount) []Leg {
	return []Leg{{Account: account, Amount: amount}, leg(Opening, amount.Neg(), "")}
}
