package o2c

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/cash"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/ledger"
	"duly/shared/o2c/money"
)

// StatementResult is what an import did.
type StatementResult struct {
	ID        string `json:"id"`
	Account   string `json:"account"`
	Entries   int    `json:"entries"`
	New       int    `json:"new"`
	Applied   int    `json:"applied"`          // receipts that found their open item, payouts that landed
	Unmatched int    `json:"unmatched"`        // receipts that ask a person
	Replay    bool   `json:"replay"`           // nothing was new
	Advice    bool   `json:"advice,omitempty"` // it was kept to explain a statement that is to come, and not booked
}

// statementData is a statement that was imported.
type statementData struct {
	StatementResult
	From    calendar.Date `json:"from"`
	To      calendar.Date `json:"to"`
	Opening money.Amount  `json:"opening"`
	Closing money.Amount  `json:"closing"`
	At      time.Time     `json:"at"`
}

// imported is an imported statement.
type imported struct{ data statementData }

// Kind, ID and ListKey make it a document.
func (i *imported) Kind() string    { return "statement" }
func (i *imported) ID() string      { return i.data.ID }
func (i *imported) ListKey() string { return i.data.To.String() }

// MarshalJSON and UnmarshalJSON are the store's door.
func (i *imported) MarshalJSON() ([]byte, error) { return json.Marshal(i.data) }
func (i *imported) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &i.data) }

// accountData is how far the statements of one bank account reach.
type accountData struct {
	IBAN       string        `json:"iban"`
	From       calendar.Date `json:"from,omitzero"` // where the first began, with the opening balance
	To         calendar.Date `json:"to"`
	Closing    money.Amount  `json:"closing"`
	Format     string        `json:"format,omitempty"` // of the newest file
	Quiet      calendar.Date `json:"quiet,omitzero"`   // from here on no file had an entry; zero: not known
	ImportedAt time.Time     `json:"imported_at"`
}

// bankAccount is one account of ours; it has its IBAN as id.
type bankAccount struct{ data accountData }

// Kind, ID and ListKey make the account a document.
func (a *bankAccount) Kind() string    { return "bankaccount" }
func (a *bankAccount) ID() string      { return a.data.IBAN }
func (a *bankAccount) ListKey() string { return a.data.IBAN }

// MarshalJSON and UnmarshalJSON are the store's door.
func (a *bankAccount) MarshalJSON() ([]byte, error) { return json.Marshal(a.data) }
func (a *bankAccount) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &a.data) }

// ImportStatement books what a bank says, entry by entry, each once by its key: a statement that comes twice, overlaps another or
// was cut off by a crash changes nothing that is known. A statement that does
// not add up is refused whole.
func (c *Cycle) ImportStatement(ctx context.Context, s Stamp, st cash.Statement) (StatementResult, error) {
	r, _, err := c.importFrom(ctx, s, st, StatementResult{}, 0, func(int, StatementResult) (bool, error) { return true, nil })
	return r, err
}

// importFrom goes on with a statement of which so many lines are booked, as far as going says after each run of lines. It
// gives how many are booked then, and what became of all of them.
func (c *Cycle) importFrom(ctx context.Context, s Stamp, st cash.Statement, result StatementResult, done int, going func(int, StatementResult) (bool, error)) (StatementResult, int, error) {
	if st.Advice {
		r, err := c.advise(ctx, s, st)
		return r, len(st.Entries), err
	}
	if err := st.Check(); err != nil && !st.Unproven {
		return result, done, fault.By("/", err, "ask the bank for the file again")
	}
	result.ID, result.Account, result.Entries = Name("st", st.Account, st.From.String(), st.To.String(), st.ID), st.Account, len(st.Entries)
	if err := c.openAccount(ctx, s, st); err != nil {
		return result, done, err
	}
	for done < len(st.Entries) {
		outcomes, err := c.bookRun(ctx, s, st, st.Entries[done:min(done+runMax, len(st.Entries))])
		for _, o := range outcomes {
			result.count(o)
		}
		if done += len(outcomes); err != nil {
			return result, done, err
		}
		if on, err := going(done, result); err != nil || !on {
			return result, done, err
		}
	}
	result.Replay = result.New == 0
	return result, done, c.closeAccount(ctx, s, st, result)
}

// outcome is what became of a bank line.
type outcome int

const (
	known outcome = iota
	applied
	unmatched
	explained // booked, with nothing left to ask
)

func (r *StatementResult) count(o outcome) {
	if o != known {
		r.New++
	}
	switch o {
	case applied:
		r.Applied++
	case unmatched:
		r.Unmatched++
	}
}

// openAccount books the balance that an account's first statement begins with,
// and reports a statement that does not follow the last one. One that begins
// earlier is refused: its lines are in that opening balance already.
func (c *Cycle) openAccount(ctx context.Context, s Stamp, st cash.Statement) error {
	return c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		a, err := find[bankAccount](ctx, tx, st.Account)
		if err != nil {
			return err
		}
		if a == nil {
			a = &bankAccount{data: accountData{IBAN: st.Account, From: st.From, Closing: st.Opening, Format: st.Format, ImportedAt: s.At}}
			if err := tx.Save(a, Fact{Type: "bank.opened", Data: a.data}); err != nil || st.Opening.IsZero() {
				return err
			}
			return c.post(tx, "opening/"+st.Account, "Opening balance of "+st.Account, st.From, ledger.BankOpened(st.Opening)...)
		}
		if st.From.Before(a.data.From) {
			return fault.Bad("/from", "it begins on {from}, but the first statement of {account} began on {first} and its opening balance holds all that was before", "import only what is newer").Keyed("bank.earlier").With("from", st.From, "account", st.Account, "first", a.data.From)
		}
		if a.data.Format != "" && st.Format != "" && a.data.Format != st.Format && !st.From.After(a.data.To) && (a.data.Quiet.IsZero() || st.From.Before(a.data.Quiet)) {
			return fault.Bad("/format", "up to {until} the account was imported from {before} files, and the bank names the same entries otherwise in {now}", "go on with {same}, or begin with the day after {after}").Keyed("bank.format").With("until", a.data.To, "before", a.data.Format, "now", st.Format, "same", a.data.Format, "after", a.data.To)
		}
		if st.Unproven || !st.From.After(a.data.To) || st.Opening == a.data.Closing {
			return nil
		}
		a.data.ImportedAt = s.At
		return errors.Join(
			tx.Save(a, Fact{Type: "bank.gap", Data: map[string]any{"closing": a.data.Closing, "opening": st.Opening}}),
			c.tell(tx, KeyOf(a), Notice{Key: "statement_gap", ID: st.Account, Amount: a.data.Closing, Until: a.data.To, Other: st.Opening, From: st.From}),
		)
	})
}

// closeAccount records how far the statements reach.
func (c *Cycle) closeAccount(ctx context.Context, s Stamp, st cash.Statement, r StatementResult) error {
	return c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		a, err := get[bankAccount](ctx, tx, st.Account)
		if err != nil {
			return err
		}
		switch {
		case len(st.Entries) > 0:
			a.data.Quiet = calendar.Date{}
		case a.data.Quiet.IsZero() && (a.data.To.IsZero() || st.From.After(a.data.To)):
			a.data.Quiet = st.From
		}
		a.data.ImportedAt, a.data.Format = s.At, st.Format
		if !st.To.Before(a.data.To) {
			a.data.To = st.To
			if !st.Unproven {
				a.data.Closing = st.Closing
			}
		}
		if err := tx.Save(a); err != nil {
			return err
		}
		if old, err := find[imported](ctx, tx, r.ID); err != nil || old != nil {
			return err
		}
		doc := &imported{data: statementData{StatementResult: r, From: st.From, To: st.To, Opening: st.Opening, Closing: st.Closing, At: s.At}}
		return tx.Save(doc, Fact{Type: "statement.imported", Data: doc.data})
	})
}

// bookEntry books one bank line, once for ever: its key names a document. A
// batch that was booked whole is not booked again in parts, nor the other way
// round, and parts that an advice told stand in for a batch that the statement
// keeps closed.
func (c *Cycle) bookEntry(ctx context.Context, s Stamp, st cash.Statement, e cash.Entry) (outcome, error) {
	parts, err := c.advised(ctx, e)
	if err != nil {
		return known, err
	}
	result := known
	for _, part := range parts {
		got, err := c.bookLine(ctx, s, st, part)
		if err != nil {
			return known, err
		}
		result = max(result, got)
	}
	return result, nil
}

func (c *Cycle) bookLine(ctx context.Context, s Stamp, st cash.Statement, e cash.Entry) (outcome, error) {
	result := known
	err := c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		var err error
		result, err = c.bookLineIn(ctx, tx, st, e)
		return err
	})
	return result, err
}

func (c *Cycle) bookLineIn(ctx context.Context, tx *Tx, st cash.Statement, e cash.Entry) (outcome, error) {
	line := &bankLine{data: BankLineData{ID: Name("bl", e.Key), Entry: e, At: tx.At()}}
	for _, key := range sameLine(e.Key) {
		if before, err := find[bankLine](ctx, tx, Name("bl", key)); err != nil || before != nil {
			return known, err
		}
	}
	if err := errors.Join(tx.Save(line), c.addLine(ctx, tx, st, e)); err != nil {
		return known, err
	}
	return c.explain(ctx, tx, line)
}

// sameLine are the keys under which a line may be known: its own, that of the
// batch that it is a part of, and that of its first part.
func sameLine(key string) []string {
	if batch, _, part := strings.Cut(key, "/"); part {
		return []string{key, batch}
	}
	return []string{key, key + "/1"}
}

// addLine adds a line to the balance of an account whose files tell none.
func (c *Cycle) addLine(ctx context.Context, tx *Tx, st cash.Statement, e cash.Entry) error {
	if !st.Unproven {
		return nil
	}
	a, err := get[bankAccount](ctx, tx, st.Account)
	if err != nil {
		return err
	}
	a.data.Closing = a.data.Closing.Plus(e.Amount)
	return tx.Save(a)
}

// explain finds out what a new bank line is: a payout, money that left, or a
// receipt.
func (c *Cycle) explain(ctx context.Context, tx *Tx, line *bankLine) (outcome, error) {
	e := line.data.Entry
	if home, err := c.landPayout(ctx, tx, e); err != nil || !home.IsZero() {
		return applied, errors.Join(err, line.belongsTo(tx, home))
	}
	if home, err := c.landRefund(ctx, tx, e); err != nil || !home.IsZero() {
		return explained, errors.Join(err, line.belongsTo(tx, home))
	}
	if repaid, err := c.landRepayment(ctx, tx, line); err != nil || repaid {
		return explained, err
	}
	if !e.Amount.IsPositive() {
		return explained, c.moneyOut(ctx, tx, line)
	}
	r, err := cash.NewReceipt(cash.ReceiptData{
		ID: ReceiptID("bank", e.Key), Source: "bank", Account: ledger.Bank, Ref: e.Key, Amount: e.Amount, Payer: e.Name, IBAN: e.IBAN,
		Reference: e.Reference, Text: e.Text, Method: "transfer", ValueOn: e.ValueOn, Original: e.Original, ReceivedAt: tx.At(),
	})
	if err != nil {
		return known, fault.By("/entries", err, "look at the statement")
	}
	if err := c.match(ctx, tx, r); err != nil {
		return known, err
	}
	switch d := r.Data(); {
	case len(d.Bookings) > 0:
		return explained, nil
	case len(d.Applications) == 0:
		return unmatched, nil
	}
	return applied, nil
}

// match books money that came in and applies it where it certainly belongs. What
// is left asks a person.
func (c *Cycle) match(ctx context.Context, tx *Tx, r *cash.Receipt) error {
	if err := c.takeIn(tx, r); err != nil {
		return err
	}
	best, ok, found, err := c.certain(ctx, tx, r.Data())
	if err != nil {
		return err
	}
	if ok && c.hasRate(ctx, tx, r.Data()) {
		for _, part := range best.Parts {
			if err := c.settleCheckout(ctx, tx, part.Item.ID, r.Data()); err != nil {
				return err
			}
		}
		if err := c.give(ctx, tx, r, best.Allotment, best.Why); err != nil {
			return err
		}
	} else if owner := found.owner(); owner != "" {
		r.Belongs(owner)
	} else if known, err := c.bookLearnt(ctx, tx, r); err != nil || known {
		return err
	}
	return c.askWhere(tx, r)
}

// certain is the one place where money certainly belongs: as it arrived, else as
// its payer sent it.
func (c *Cycle) certain(ctx context.Context, tx *Tx, r cash.ReceiptData) (cash.Proposal, bool, *search, error) {
	all, found, err := c.proposals(ctx, tx, r)
	if err != nil {
		return cash.Proposal{}, false, nil, err
	}
	if best, ok := cash.Certain(all, c.Policy.Cash); ok {
		return best, true, found, nil
	}
	sent, abroad := inOriginal(r)
	if !abroad {
		return cash.Proposal{}, false, found, nil
	}
	if all, _, err = c.proposals(ctx, tx, sent); err != nil {
		return cash.Proposal{}, false, nil, err
	}
	best, ok := cash.Certain(all, c.Policy.Cash)
	return best, ok, found, nil
}

// bankIsFresh reports whether the newest bank data is young enough for letters;
// if not, the team is told, once a day.
func (c *Cycle) bankIsFresh(ctx context.Context, at time.Time) (bool, error) {
	if c.Policy.Freshness == 0 {
		return true, nil
	}
	tx := NewTx(c.Store)
	ours, err := c.seller(ctx, tx, at)
	if err != nil {
		return false, err
	}
	a, err := find[bankAccount](ctx, tx, ours.IBAN)
	if written := c.Policy.Seller.IBAN; err == nil && written != ours.IBAN { // money comes to both while customers learn of another
		var other *bankAccount
		if other, err = find[bankAccount](ctx, tx, written); other != nil && (a == nil || other.data.ImportedAt.After(a.data.ImportedAt)) {
			a = other
		}
	}
	if err != nil || (a != nil && at.Sub(a.data.ImportedAt) <= c.Policy.Freshness) {
		return err == nil, err
	}
	if a == nil {
		a = &bankAccount{}
	}
	said := Notice{Key: "bank_none"}
	if !a.data.ImportedAt.IsZero() {
		said = Notice{Key: "bank_old", From: c.today(a.data.ImportedAt)}
	}
	return false, c.Report(ctx, at, said)
}
