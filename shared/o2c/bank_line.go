package o2c

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/cash"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/ledger"
	"duly/shared/o2c/money"
)

// LineQueue is where bank lines stand that nobody has explained, the oldest first.
const LineQueue = "bankline"

// BankLineData is a bank line as it was told first, and what it turned out to be.
type BankLineData struct {
	ID          string       `json:"id"`
	Entry       cash.Entry   `json:"entry"`
	At          time.Time    `json:"at"`
	Unexplained money.Amount `json:"unexplained,omitzero"` // booked on the suspense account
	Booked      *LineBooking `json:"booked,omitempty"`     // nil: a customer's, a payout's, or not explained
	Bookings    int          `json:"bookings,omitempty"`   // ever made
	Home        Key          `json:"home,omitzero"`        // the payout or the refund that it is the bank's side of
}

// LineBooking is what a bank line was said to be.
type LineBooking struct {
	Kind   string        `json:"kind"` // a row of cash/kinds.json
	Role   string        `json:"role"` // of the account it was booked to
	By     string        `json:"by"`
	On     calendar.Date `json:"on"`
	Why    string        `json:"why,omitempty"`
	Taught bool          `json:"taught,omitempty"` // the kind was learnt from it: undone, it is forgotten

	// Of a line that gave a customer's money back.
	ReceiptID string `json:"receipt_id,omitempty"` // whose
	RefundID  string `json:"refund_id,omitempty"`
}

// bankLine is one line of a bank's statement; it has its key's name as id.
type bankLine struct{ data BankLineData }

// Kind and ID make the line a document.
func (l *bankLine) Kind() string { return "bankline" }
func (l *bankLine) ID() string   { return l.data.ID }

// ListKey lists lines by the day on which the bank booked them.
func (l *bankLine) ListKey() string { return l.data.Entry.BookedOn.String() }

// Due puts a line that nobody has explained into the queue.
func (l *bankLine) Due() (string, time.Time) {
	if l.data.Unexplained.IsZero() {
		return LineQueue, time.Time{}
	}
	return LineQueue, l.data.At
}

// MarshalJSON and UnmarshalJSON are the store's door.
func (l *bankLine) MarshalJSON() ([]byte, error) { return json.Marshal(l.data) }
func (l *bankLine) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &l.data) }

// belongsTo records the payout or the refund that a line is the bank's side of.
func (l *bankLine) belongsTo(tx *Tx, home Key) error {
	l.data.Home = home
	return tx.Save(l)
}

// byHouse books without a person: what the policy or an earlier choice says.
const byHouse = "system:reconcile"

// moneyOut books a line that took money away: as what it was learnt to be, as a charge of our bank, or as unexplained,
// which asks a person.
func (c *Cycle) moneyOut(ctx context.Context, tx *Tx, line *bankLine) error {
	e := line.data.Entry
	if e.Amount.IsZero() {
		return nil
	}
	line.data.Unexplained = e.Amount
	if err := c.post(tx, Name("be", e.Key), "Bank: "+e.Text, e.ValueOn, ledger.Unexplained(e.Amount, e.Key)...); err != nil {
		return err
	}
	kind, ok, err := c.learntKind(ctx, tx, e.IBAN, e.Name, e.Amount)
	if err != nil {
		return err
	}
	why := "as learnt from an earlier line"
	if !ok && e.Fee && money.Same(e.Amount, c.Policy.Cash.OwnFees) == nil && e.Amount.Abs().Cmp(c.Policy.Cash.OwnFees) <= 0 {
		kind, ok = cash.KindOf(cash.BankFee, e.Amount)
		why = "the bank says that it charges it"
	}
	if ok {
		return c.bookAs(tx, line, LineBooking{Kind: kind.Name, Role: kind.Account, By: byHouse, On: c.today(tx.At()), Why: why})
	}
	return errors.Join(
		tx.Save(line, Fact{Type: "bank.unexplained", Data: map[string]any{"amount": e.Amount, "name": e.Name, "text": e.Text}}),
		c.showCard(tx, "bankline", KeyOf(line)),
	)
}

// bookAs books a line from suspense to where it belongs.
func (c *Cycle) bookAs(tx *Tx, line *bankLine, b LineBooking) error {
	e := line.data.Entry
	line.data.Bookings++
	line.data.Booked, line.data.Unexplained = &b, e.Amount.Zero()
	return errors.Join(
		tx.Save(line, Fact{Type: "bank.explained", Data: map[string]any{"amount": e.Amount, "name": e.Name, "kind": b.Kind, "why": b.Why}}),
		c.post(tx, fmt.Sprintf("%s/kind/%d", line.ID(), line.data.Bookings), "Bank: "+cmp.Or(e.Text, e.Name, b.Kind), e.ValueOn, ledger.Explained(b.Role, e.Amount, e.Key)...),
	)
}

// LineAsk is what a person says that a bank line, or money without a home, is.
type LineAsk struct {
	ID     string // of the line, or of the receipt
	Kind   string // a row of cash/kinds.json, or the role of its account
	Why    string
	Always bool // book all of this other party so from now on
}

// ExplainLine books a line that took money away as what a person says it is.
func (c *Cycle) ExplainLine(ctx context.Context, s Stamp, ask LineAsk) (BankLineData, error) {
	var after BankLineData
	err := c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		line, err := get[bankLine](ctx, tx, ask.ID)
		if err != nil {
			return err
		}
		e := line.data.Entry
		if line.data.Unexplained.IsZero() {
			return errExplained()
		}
		kind, ok := cash.KindOf(ask.Kind, e.Amount)
		if !ok {
			return fault.Bad("/kind", `money that leaves the bank cannot be called "{kind}"`, "choose one of the list").Keyed("bankline.kind").With("kind", ask.Kind)
		}
		b := LineBooking{Kind: kind.Name, Role: kind.Account, By: s.Actor, On: c.today(tx.At()), Why: ask.Why}
		if ask.Always {
			if b.Taught, err = c.teachKind(ctx, tx, e.IBAN, e.Name, kind.Name, e.Amount); err != nil {
				return err
			}
		}
		if err := c.bookAs(tx, line, b); err != nil {
			return err
		}
		after = line.data
		return c.refreshCard(tx, "bankline", KeyOf(line))
	})
	return after, err
}

// UndoLine takes an explanation back, and what was learnt from it: the line asks again.
func (c *Cycle) UndoLine(ctx context.Context, s Stamp, id string) (BankLineData, error) {
	var after BankLineData
	err := c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		line, err := get[bankLine](ctx, tx, id)
		if err != nil {
			return err
		}
		b, e := line.data.Booked, line.data.Entry
		if b == nil {
			return fault.New(fault.Refused, "There is nothing to undo", "nobody said what the bank line is", "look at its card").Keyed("bankline.undo")
		}
		if b.Taught {
			c.unteachKind(tx, e.IBAN, e.Name, b.Kind, e.Amount)
		}
		line.data.Booked, line.data.Unexplained = nil, e.Amount
		after = line.data
		legs := ledger.Explained(b.Role, e.Amount, e.Key)
		if b.RefundID != "" {
			legs = ledger.RepaidByHand(b.ReceiptID, e.Amount, e.Key)
			if err := c.unrepaid(ctx, tx, *b, e.Amount); err != nil {
				return err
			}
		}
		return errors.Join(
			tx.Save(line, Fact{Type: "bank.unexplained", Data: map[string]any{"amount": e.Amount, "name": e.Name, "text": e.Text, "was": b.Kind}}),
			c.post(tx, fmt.Sprintf("%s/kind/%d/undo", line.ID(), line.data.Bookings), "Bank: "+cmp.Or(e.Text, e.Name)+" taken back", c.today(tx.At()), reversed(legs)...),
			c.showCard(tx, "bankline", KeyOf(line)),
		)
	})
	return after, err
}

// UnexplainedLines lists bank lines that nobody has explained, the oldest first.
func (c *Cycle) UnexplainedLines(ctx context.Context, most int, after string) ([]BankLineData, string, error) {
	page, err := c.Store.List(ctx, Query{Queue: LineQueue, Until: farOff, Limit: most, After: after})
	if err != nil {
		return nil, "", err
	}
	all := make([]BankLineData, 0, len(page.Items))
	for _, s := range page.Items {
		l, err := restore[bankLine](s)
		if err != nil {
			return nil, "", err
		}
		all = append(all, l.data)
	}
	return all, page.Next, nil
}

// BankLine reads one line.
func (c *Cycle) BankLine(ctx context.Context, id string) (BankLineData, error) {
	l, err := Read[bankLine](ctx, c, id)
	if err != nil {
		return BankLineData{}, err
	}
	return l.data, nil
}

// BankLineCard asks what a line is that took money away (M6).
type BankLineCard struct {
	Line    BankLineData
	By      string      // who explained it, by name
	Refunds []Repayment // whose money it may have given back
}

func (BankLineCard) card() {}

func bankLineCard(ctx context.Context, o *Outbox, e Effect, _ cardArgs) (Card, error) {
	l, err := Read[bankLine](ctx, o.Cycle, e.Subject.ID)
	if err != nil {
		return nil, err
	}
	return o.Cycle.AskOfLine(ctx, l.data)
}

// AskOfLine is what is asked about a line, or what was answered.
func (c *Cycle) AskOfLine(ctx context.Context, l BankLineData) (BankLineCard, error) {
	card := BankLineCard{Line: l}
	var err error
	if b := l.Booked; b != nil {
		card.By = c.Policy.NameOf(b.By)
	} else if l.Unexplained.IsNegative() {
		card.Refunds, err = c.repayments(ctx, NewTx(c.Store), l.Entry)
	}
	return card, err
}
