package o2c

import (
	"context"
	"slices"
	"strings"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/cash"
	"duly/shared/o2c/fault"
)

// The states of a bank line, as the team's page sorts them.
const (
	LineAsks    = "asks"    // a person has to say where it belongs
	LineMatched = "matched" // it paid open items
	LineKept    = "kept"    // it stands on the customer's account
	LineBooked  = "booked"  // it was no customer's
	LinePayout  = "payout"  // a gateway's payout
	LineRefund  = "refund"  // it gave a customer's money back, or came back itself
)

// LineStates lists what the list of bank lines can be narrowed down to.
func LineStates() []string {
	return []string{LineAsks, LineMatched, LineKept, LineBooked, LinePayout, LineRefund}
}

// TeamLine is a bank line with what became of it.
type TeamLine struct {
	Line       BankLineData
	State      string
	Receipt    *cash.ReceiptData // of money that came in
	Payout     *cash.PayoutData
	Refund     *cash.RefundData
	Candidates []Candidate // of money that came in and asks
	Refunds    []Repayment // of money that left and asks
}

// Card is the card of the team's room that asks about the line: its row of the card table, and what it is about.
func (l TeamLine) Card() (purpose string, subject Key) {
	if l.Receipt != nil {
		return "cash", Key{Kind: "receipt", ID: l.Receipt.ID}
	}
	return "bankline", Key{Kind: "bankline", ID: l.Line.ID}
}

// LineFilter is what the team's list of bank lines is narrowed down to.
type LineFilter struct {
	State    string // one of LineStates; "": any
	Text     string // of the other party, its account, the reference or what was written
	From, To calendar.Date
	After    string
}

// LineList is a page of bank lines, the newest day first.
type LineList struct {
	Lines  []TeamLine
	Next   string
	Looked int
}

// linePage is how many bank lines a page has, and less than twice as many: each that asks is matched anew.
const linePage = 25

// TeamLines lists bank lines that fit a filter. It looks at so many at most and says where to go on.
func (c *Cycle) TeamLines(ctx context.Context, f LineFilter) (LineList, error) {
	var v LineList
	if f.State != "" && !slices.Contains(LineStates(), f.State) {
		return v, fault.Bad("/state", "there is no state {id}", "choose one from the list").Keyed("list.state").With("id", f.State)
	}
	q := Query{Kind: "bankline", Limit: linePage, After: f.After}
	if !f.From.IsZero() {
		q.From = f.From.String()
	}
	if !f.To.IsZero() {
		q.To = f.To.AddDays(1).String()
	}
	for {
		page, err := c.Store.List(ctx, q)
		if err != nil {
			return v, err
		}
		some, err := c.linesOf(ctx, page.Items, f)
		if err != nil {
			return v, err
		}
		v.Lines = append(v.Lines, some...)
		v.Looked += len(page.Items)
		v.Next, q.After = page.Next, page.Next
		if v.Next == "" || v.Looked >= teamLooks || len(v.Lines) >= linePage {
			return v, nil
		}
	}
}

// linesOf are the lines of a page that fit, with what became of them.
func (c *Cycle) linesOf(ctx context.Context, stored []Stored, f LineFilter) ([]TeamLine, error) {
	tx := NewTx(c.Store)
	var all []TeamLine
	var keys []Key
	for _, s := range stored {
		l, err := restore[bankLine](s)
		if err != nil {
			return nil, err
		}
		if !f.says(l.data.Entry) {
			continue
		}
		all = append(all, TeamLine{Line: l.data})
		keys = append(keys, l.data.home())
	}
	if err := tx.Fetch(ctx, slices.DeleteFunc(keys, Key.IsZero)...); err != nil {
		return nil, err
	}
	var fit []TeamLine
	for _, l := range all {
		if err := c.turnedOut(ctx, tx, &l); err != nil {
			return nil, err
		}
		if f.State == "" || f.State == l.State {
			fit = append(fit, l)
		}
	}
	return fit, nil
}

func (f LineFilter) says(e cash.Entry) bool {
	if f.Text == "" {
		return true
	}
	said := strings.ToLower(strings.Join([]string{e.Name, e.IBAN, e.Reference, e.Text, e.EndToEnd, e.Amount.String()}, " "))
	return strings.Contains(said, strings.ToLower(f.Text))
}

// home is the document that says what a line is; none: the line says it itself.
func (l BankLineData) home() Key {
	switch {
	case !l.Home.IsZero():
		return l.Home
	case l.Entry.Amount.IsPositive():
		return Key{Kind: "receipt", ID: ReceiptID("bank", l.Entry.Key)}
	case l.Booked != nil && l.Booked.RefundID != "":
		return Key{Kind: "refund", ID: l.Booked.RefundID}
	}
	return Key{}
}

// turnedOut says what became of a line.
func (c *Cycle) turnedOut(ctx context.Context, tx *Tx, l *TeamLine) (err error) {
	switch home := l.Line.home(); home.Kind {
	case "payout":
		p, err := get[cash.Payout](ctx, tx, home.ID)
		if err != nil {
			return err
		}
		d := p.Data()
		l.State, l.Payout = LinePayout, &d
		return nil
	case "refund":
		f, err := get[cash.Refund](ctx, tx, home.ID)
		if err != nil {
			return err
		}
		d := f.Data()
		l.State, l.Refund = LineRefund, &d
		return nil
	case "receipt":
		r, err := find[cash.Receipt](ctx, tx, home.ID)
		if err != nil || r == nil { // before the release that wrote where a payout's line belongs
			l.State = LinePayout
			return err
		}
		return c.receiptOf(ctx, l, r.Data())
	}
	l.State = LineBooked
	if l.Line.Unexplained.IsNegative() {
		l.State = LineAsks
		l.Refunds, err = c.repayments(ctx, NewTx(c.Store), l.Line.Entry)
	}
	return err
}

// receiptOf says what became of money that came in.
func (c *Cycle) receiptOf(ctx context.Context, l *TeamLine, d cash.ReceiptData) (err error) {
	l.Receipt = &d
	switch {
	case d.Unapplied.IsPositive() && !d.Kept:
		l.State = LineAsks
		l.Candidates, err = c.Candidates(ctx, d)
	case d.Unapplied.IsPositive():
		l.State = LineKept
	case slices.ContainsFunc(d.Applications, func(a cash.Application) bool { return !a.Undone }):
		l.State = LineMatched
	case d.Refunded.IsPositive():
		l.State = LineRefund
	default:
		l.State = LineBooked
	}
	return err
}

// CardPlace is where a card of the team's room stands; fault.NotFound before it was posted.
func (c *Cycle) CardPlace(ctx context.Context, purpose string, subject Key) (Place, error) {
	p, err := Read[posted](ctx, c, purpose+":"+subject.String())
	if err == nil && p.data.Place.TS == "" {
		err = fault.Missing("card", purpose)
	}
	if err != nil {
		return Place{}, err
	}
	return p.data.Place, nil
}

// ImportPageFile books the statements of a file that a colleague sent from the team's page, and keeps what came of it as a
// job that is done. A statement that is refused leaves those before it booked; each is told once.
func (c *Cycle) ImportPageFile(ctx context.Context, s Stamp, id, name string, told []cash.Statement) (JobData, error) {
	d := JobData{ID: id, Kind: ImportBank, Name: name, Apply: true, Status: JobDone, By: s.Actor, CreatedAt: s.At, EndedAt: s.At}
	for _, st := range told {
		r, err := c.ImportStatement(ctx, Stamp{At: s.At, Actor: s.Actor, Cause: s.Cause}, st)
		if err != nil {
			return d, err
		}
		d.Rows, d.New, d.Applied, d.Unmatched = d.Rows+r.Entries, d.New+r.New, d.Applied+r.Applied, d.Unmatched+r.Unmatched
		d.Statements++
	}
	d.Items, d.Next, d.Same = d.Rows, d.Rows, d.Rows-d.New
	return d, c.keepNewJob(ctx, s, &d)
}
