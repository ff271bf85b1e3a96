package ledger

import "duly/shared/o2c/money"

func leg(role string, amount money.Amount, of string) Leg {
	return Leg{Account: Code(role), Amount: amount, Of: of}
}

// Issued books an invoice: Dr receivable, Cr revenue and VAT, with the rounding
// to the total that prevails. A credit note comes with negative amounts.
func Issued(invoiceID string, net, tax, rounding money.Amount) []Leg {
	return []Leg{
		leg(Receivable, net.Plus(tax).Plus(rounding), invoiceID),
		leg(Revenue, net.Neg(), ""),
		leg(VAT, tax.Neg(), ""),
		leg(Rounding, rounding.Neg(), ""),
	}
}

// Advanced books a deposit invoice: Dr receivable, Cr deposits and VAT, which is
// due with the advance (article 65 of directive 2006/112/EC). The net amount is
// owed in goods until a final invoice earns it. A credit note on the deposit
// comes with negative amounts and an id of its own.
func Advanced(documentID, depositID string, net, tax, rounding money.Amount) []Leg {
	return []Leg{
		leg(Receivable, net.Plus(tax).Plus(rounding), documentID),
		leg(Deposits, net.Neg(), depositID),
		leg(VAT, tax.Neg(), ""),
		leg(Rounding, rounding.Neg(), ""),
	}
}

// Earned adds to a final invoice's entry what it takes off a deposit, net of
// tax: Dr deposits, Cr revenue.
func Earned(depositID string, net money.Amount) []Leg {
	return []Leg{leg(Deposits, net, depositID), leg(Revenue, net.Neg(), "")}
}

// Received books money that came into an account and has no home yet:
// Dr the account, Cr unapplied.
func Received(account string, amount money.Amount, receiptID string) []Leg {
	return []Leg{leg(account, amount, ""), leg(Unapplied, amount.Neg(), receiptID)}
}

// Applied books an application: Dr unapplied, Cr receivable. An undone one
// comes with a negative amount.
func Applied(receiptID, invoiceID string, amount money.Amount) []Leg {
	return []Leg{leg(Unapplied, amount, receiptID), leg(Receivable, amount.Neg(), invoiceID)}
}

// Credited books a credit note against the invoice it refers to: both are open
// items of the receivable account, which the note's entry has lowered already,
// so that only the assignment moves.
func Credited(noteID, invoiceID string, amount money.Amount) []Leg {
	return []Leg{leg(Receivable, amount, noteID), leg(Receivable, amount.Neg(), invoiceID)}
}

// CreditOnAccount turns the part of a credit note that found nothing open into
// the customer's unapplied money: Dr receivable, Cr unapplied.
func CreditOnAccount(noteID, receiptID string, amount money.Amount) []Leg {
	return []Leg{leg(Receivable, amount, noteID), leg(Unapplied, amount.Neg(), receiptID)}
}

// PaidBack books money that left through an account: Dr unapplied, Cr account.
func PaidBack(account string, amount money.Amount, receiptID string) []Leg {
	return []Leg{leg(Unapplied, amount, receiptID), leg(account, amount.Neg(), "")}
}

// Withheld books what a card network holds while a chargeback is open: Dr
// chargebacks, Cr the account. What it lets go of, whoever won, comes with a
// negative amount.
func Withheld(account string, amount money.Amount, receiptID string) []Leg {
	return []Leg{leg(Chargebacks, amount, receiptID), leg(account, amount.Neg(), "")}
}

// GatewayFees books what a gateway kept: Dr fees, Cr clearing.
func GatewayFees(account string, fees money.Amount) []Leg {
	return []Leg{leg(Fees, fees, ""), leg(account, fees.Neg(), "")}
}

// PayoutLanded books a payout's bank line: Dr bank, Cr clearing. One that the
// bank sent back comes with a negative amount.
func PayoutLanded(account string, net money.Amount) []Leg {
	return []Leg{leg(Bank, net, ""), leg(account, net.Neg(), "")}
}

// GapExplained books what a payout brought more than expected, or with a minus
// less, on the account that a person named: Dr clearing, Cr the account.
func GapExplained(clearing, account string, gap money.Amount, payoutID string) []Leg {
	return []Leg{leg(clearing, gap, ""), {Account: account, Amount: gap.Neg(), Of: payoutID}}
}

// BankOpened books the balance that the first statement begins with.
func BankOpened(amount money.Amount) []Leg {
	return []Leg{leg(Bank, amount, ""), leg(Opening, amount.Neg(), "")}
}

// Unexplained books a bank line that nobody has explained yet, so that the
// bank account equals the statement: Dr or Cr bank against suspense.
func Unexplained(amount money.Amount, entryKey string) []Leg {
	return []Leg{leg(Bank, amount, ""), leg(Suspense, amount.Neg(), entryKey)}
}

// RepaidByHand books a bank line that gave a customer's money back, from suspense: Dr unapplied, Cr suspense. The amount is
// the line's, below zero.
func RepaidByHand(receiptID string, amount money.Amount, entryKey string) []Leg {
	return []Leg{leg(Suspense, amount, entryKey), leg(Unapplied, amount.Neg(), receiptID)}
}

// Explained books what a bank line turned out to be, from suspense to the account of that role.
func Explained(role string, amount money.Amount, entryKey string) []Leg {
	return []Leg{leg(Suspense, amount, entryKey), leg(role, amount.Neg(), entryKey)}
}
