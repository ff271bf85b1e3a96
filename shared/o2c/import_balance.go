package o2c

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/ledger"
	"duly/shared/o2c/money"
)

// OpeningBalance is a row of the old package's trial balance, or the balance of
// one of its customers.
type OpeningBalance struct {
	Account  string // code or role in our chart, or the accountant's code
	Customer string // its number there; the row is compared and not booked
	On       calendar.Date
	Amount   money.Amount // debit positive
}

// broughtBalance is an account's balance that was brought forward.
type broughtBalance struct{ data broughtBalanceData }

type broughtBalanceData struct {
	Account string       `json:"account"` // code
	Amount  money.Amount `json:"amount"`
	Batch   string       `json:"batch"`
	N       int          `json:"n"` // times it was brought forward
	Undone  bool         `json:"undone,omitempty"`
}

// Kind and ID make it a document.
func (b *broughtBalance) Kind() string { return "balance" }
func (b *broughtBalance) ID() string   { return b.data.Account }

// MarshalJSON and UnmarshalJSON are the store's door.
func (b *broughtBalance) MarshalJSON() ([]byte, error)   { return json.Marshal(b.data) }
func (b *broughtBalance) UnmarshalJSON(raw []byte) error { return json.Unmarshal(raw, &b.data) }

func (b *broughtBalance) cause() string {
	return fmt.Sprintf("brought/%s/%d", b.data.Account, b.data.N)
}

// elsewhere says of accounts that have documents behind them where their opening
// balance comes from.
var elsewhere = map[string]string{
	ledger.Unapplied: "bring customers' credits as rows with a negative amount: duly import open-invoices", ledger.Deposits: "let deposits run out in the old package, or bring them as credits",
	ledger.Chargebacks: "enter chargebacks when the card network decides", ledger.Refunds: "let refunds under way arrive first", ledger.Suspense: "explain these bank lines in the old package first",
	ledger.Opening: "leave the row out: it is what the others are booked against", ledger.BadDebtVAT: "reclaim this VAT in the old package",
	ledger.Position: "leave the row out: it belongs to foreign money, which begins at zero",
}

// importBalance looks at a row of a trial balance, or brings it forward. What
// customers owe is compared with their open items, and the bank's balance comes
// with its first statement.
func (c *Cycle) importBalance(ctx context.Context, s Stamp, d *JobData, item ImportItem) (int, error) {
	row := *item.Balance
	became := importSame
	err := c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		became = importSame
		if row.Customer != "" {
			return c.sameDebtor(ctx, tx, row)
		}
		account, ok := c.accountNamed(row.Account)
		switch {
		case !ok:
			return fault.Bad("/account", "the chart has no such account", "write a code or a role of the chart, or enter your own code in duly.yaml: accounting.accounts")
		case account.Role == ledger.Receivable:
			return c.sameDebt(ctx, tx, broughtAll, row.Amount)
		case account.Role == ledger.Bank:
			return nil
		case strings.HasPrefix(account.Role, ledger.Gateway("")):
			return fault.Bad("/account", "money under way at a payment gateway has payments behind it", "wait for its payout in the old package")
		case elsewhere[account.Role] != "":
			return fault.Bad("/account", "the account has documents behind it", elsewhere[account.Role])
		}
		var err error
		became, err = c.bringBalance(ctx, tx, d, account, row)
		return err
	})
	return became, err
}

// accountNamed finds an account by our code or role, or by the accountant's code.
func (c *Cycle) accountNamed(name string) (ledger.Account, bool) {
	for _, a := range ledger.Chart() {
		if name == a.Code || name == a.Role || name == c.Policy.Accounting.Accounts[a.Role] {
			return a, true
		}
	}
	return ledger.Account{}, false
}

// sameDebtor compares a customer's balance with what was brought forward.
func (c *Cycle) sameDebtor(ctx context.Context, tx *Tx, row OpeningBalance) error {
	keys, err := tx.Resolve(ctx, Alias{Space: spaceCustomer, Value: importEndpoint + ":id:" + row.Customer})
	if err != nil {
		return err
	}
	if keys[0].IsZero() {
		return fault.Bad("/customer", "nobody has this number", "import the customers first: duly import customers")
	}
	return c.sameDebt(ctx, tx, keys[0].ID, row.Amount)
}

func (c *Cycle) sameDebt(ctx context.Context, tx *Tx, of string, want money.Amount) error {
	counter, err := tx.Counter(ctx, broughtKey(of))
	if err != nil {
		return err
	}
	if got := money.Of(counter.Values[countBrought], c.Policy.Currency); got != want {
		return fault.Bad("/amount", fmt.Sprintf("the old package says %s, the open items that were brought forward come to %s", want, got), "find the row that is missing or too much, and import the open items again")
	}
	return nil
}

func (c *Cycle) bringBalance(ctx context.Context, tx *Tx, d *JobData, account ledger.Account, row OpeningBalance) (int, error) {
	b, err := find[broughtBalance](ctx, tx, account.Code)
	if err != nil {
		return 0, err
	}
	if b == nil {
		b = &broughtBalance{data: broughtBalanceData{Account: account.Code, Undone: true}}
	}
	if !b.data.Undone {
		if b.data.Amount != row.Amount {
			return 0, fault.Bad("/account", "it was brought forward before, with "+b.data.Amount.String(), "undo that import first: duly import undo "+b.data.Batch)
		}
		return importSame, nil
	}
	if !d.Applying || row.Amount.IsZero() {
		return importNew, nil
	}
	b.data = broughtBalanceData{Account: account.Code, Amount: row.Amount, Batch: d.ID, N: b.data.N + 1}
	for _, l := range batchLinks(d.ID, account.Code, KeyOf(b), false) {
		tx.Link(l)
	}
	return importNew, errors.Join(
		tx.Save(b, Fact{Type: "balance.brought_forward", Data: b.data}),
		c.post(tx, b.cause(), "Brought forward: "+account.Name, row.On, ledger.BalanceBrought(account.Code, row.Amount)...),
	)
}

// withdrawBalance takes a balance back that was brought forward.
func (c *Cycle) withdrawBalance(tx *Tx, b *broughtBalance) error {
	b.data.Undone = true
	return errors.Join(
		tx.Save(b, Fact{Type: "balance.withdrawn", Data: b.data}),
		c.post(tx, b.cause()+"/undone", "Taken back: opening balance of "+b.data.Account, calendar.Date{}, ledger.BalanceBrought(b.data.Account, b.data.Amount.Neg())...),
	)
}

// sums reports what a trial balance is off by; rows of single customers are not
// part of it.
func sums(rows []ImportItem) (off money.Amount, has bool) {
	rows = slices.DeleteFunc(slices.Clone(rows), func(i ImportItem) bool { return i.Balance == nil || i.Balance.Customer != "" })
	for i, item := range rows {
		if i == 0 {
			off = item.Balance.Amount.Zero()
		}
		off = off.Plus(item.Balance.Amount)
	}
	return off, len(rows) > 0
}
