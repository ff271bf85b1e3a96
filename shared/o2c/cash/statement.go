package cash

import (
	"github.com/shopspring/decimal"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/money"
)

// Statement is what a bank says happened on one account, as the files of any
// format tell it. It is evidence, so it is read and kept, never changed.
type Statement struct {
	ID       string        // the bank's
	Account  string        // IBAN, or the bank's own number, without spaces
	Currency string        // of the account, and so of all amounts here
	From     calendar.Date // first and last day, by the bank's calendar
	To       calendar.Date
	Opening  money.Amount // booked balances; negative = overdrawn
	Closing  money.Amount
	Entries  []Entry
	Format   string // of the file: entries of one format are known again in it, and hardly in another
	Unproven bool   // the file tells no balances: what is new is taken as it stands
	Advice   bool   // it tells of entries that a statement will bring, and is not booked
}

// Entry is one movement on the account.
type Entry struct {
	// Key is the same whenever the same movement is told again, in whatever file:
	// what has a known key is a repetition. Parts of a batch that the bank opened
	// have the batch's key with "/1", "/2", … behind it.
	Key       string
	BookedOn  calendar.Date
	ValueOn   calendar.Date
	Amount    money.Amount // positive = money in
	Original  money.Amount `json:",omitzero"` // what the payer sent in another currency, where the bank changed it
	Reference string       // the structured creditor reference: ISO 11649 "RF…", or a national one
	Text      string       // what the payer wrote, else what the bank wrote
	Name      string       // of the other party
	IBAN      string       // of the other party, or its account's number where that has no IBAN
	EndToEnd  string       // the payer's id of the payment
	Fee       bool         `json:",omitempty"` // the bank says that it charges it for itself
	Reversal  bool         // takes an earlier movement back, like a returned direct debit
}

// Check refuses a statement that cannot be right: amounts in another currency,
// or opening balance + entries ≠ closing balance (features row 69). Nothing of
// such a statement may be booked, because a line is missing, doubled or misread
// and nobody knows which.
func (s Statement) Check() error {
	for _, balance := range []money.Amount{s.Opening, s.Closing} {
		if balance.Currency != s.Currency {
			return fault.Breaks("bank.balance_currency", "a balance is in {currency}, the account in {other}", "currency", balance.Currency, "other", s.Currency)
		}
	}
	sum := decimal.NewFromInt(s.Opening.Minor) // cannot overflow, whatever the bank writes
	for i, e := range s.Entries {
		if e.Amount.Currency != s.Currency {
			return fault.Breaks("bank.entry_currency", "entry {n} is in {currency}, the account in {other}", "n", i+1, "currency", e.Amount.Currency, "other", s.Currency)
		}
		sum = sum.Add(decimal.NewFromInt(e.Amount.Minor))
	}
	if missing := decimal.NewFromInt(s.Closing.Minor).Sub(sum); !missing.IsZero() {
		digits := money.Digits(s.Currency)
		reached, gap := sum.Shift(-digits).StringFixed(digits), missing.Shift(-digits).StringFixed(digits)
		return fault.Breaks("bank.sum", "it opens with {opening}, its {n} entries make that {sum}, but it closes with {closing}: {gap} is missing",
			"opening", s.Opening, "n", len(s.Entries), "sum", reached, "closing", s.Closing, "gap", gap, "reached", reached+" "+s.Currency, "difference", gap+" "+s.Currency)
	}
	return nil
}
