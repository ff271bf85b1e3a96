package o2c

import (
	"context"
	"errors"
	"slices"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/delivery"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/order"
)

// What may be wrong on our side before the first letter about an invoice: nobody
// is reminded of what he never got.
const (
	DoubtUndelivered = "undelivered" // the invoice reached none of its recipients
	DoubtPONumber    = "po_number"   // the customer wants its own number on it
	DoubtTerms       = "terms"       // more days are agreed than the invoice gives
	DoubtNotShipped  = "not_shipped" // not all of the goods have left
	DoubtNotArrived  = "not_arrived" // they are expected later
	DoubtQuestion    = "question"    // the customer wrote about the order
	DoubtHeld        = "held"        // we hold money of the customer without a home, and the letter has legal effect
)

// PausedByCheck pauses an invoice until a colleague has looked at the doubts, or
// they are gone.
const PausedByCheck = "check"

// check looks at the invoices whose first letter, or one with legal effect, is
// due: what is doubtful waits for a colleague, and what no longer is goes on by
// itself.
func (c *Cycle) check(ctx context.Context, tx *Tx, f *dunningFile, today calendar.Date) error {
	looked := 0
	for _, a := range f.open {
		waits := a.inv.Data().Dunning.PausedBy == PausedByCheck
		due := slices.DeleteFunc(f.dueTurns(c, a, today), func(t turn) bool { return t.step.Before() })
		if len(due) == 0 || !a.amount.IsPositive() || !waits && !a.speaks() || looked == stepsMax {
			continue
		}
		if !waits && !legal(due) && !first(a.inv.Data(), f) {
			continue
		}
		looked++
		doubts, err := c.doubts(ctx, tx, f, a, today)
		if err != nil {
			return err
		}
		switch {
		case len(doubts) > 0 && !waits:
			a.inv.Pause(PausedByCheck)
			if err := c.askHome(ctx, tx, doubts, f.held); err != nil {
				return err
			}
			err = c.changed(tx, a.inv, Fact{Type: "dunning.doubted", Data: map[string]any{"doubts": doubts}}, c.showCard)
		case len(doubts) == 0 && waits:
			a.inv.Pause("")
			err = c.changed(tx, a.inv, Fact{Type: "dunning.resumed", Data: map[string]string{"after": PausedByCheck}}, c.refreshCard)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// legal reports whether a letter with legal effect is among the steps.
func legal(all []turn) bool {
	return slices.ContainsFunc(all, func(t turn) bool { return t.step.Legal() })
}

func (c *Cycle) changed(tx *Tx, inv *invoice.Invoice, f Fact, card func(*Tx, string, Key) error) error {
	if err := tx.Save(inv, f); err != nil {
		return err
	}
	return card(tx, "check", KeyOf(inv))
}

// first reports whether nobody has reminded of the invoice after its due date,
// and nobody has said that all is well with it.
func first(d invoice.Data, f *dunningFile) bool {
	return !d.Dunning.Checked && !slices.ContainsFunc(d.Dunning.Sent, func(s invoice.Sent) bool {
		at := f.ladder.Level(s.Step)
		return !s.Skipped && (at < 0 || !f.ladder.Steps[at].Before())
	})
}

// doubts are what may be wrong with an invoice on our side, and with the sum that
// a letter with legal effect would name.
func (c *Cycle) doubts(ctx context.Context, tx *Tx, f *dunningFile, a owed, today calendar.Date) ([]string, error) {
	d := a.inv.Data()
	var doubts []string
	if legal(f.dueTurns(c, a, today)) && len(f.held) > 0 {
		doubts = append(doubts, DoubtHeld)
	}
	if !first(d, f) {
		return doubts, nil
	}
	add := func(code string, holds bool) {
		if holds {
			doubts = append(doubts, code)
		}
	}
	lost, err := c.undelivered(ctx, tx, d.ID)
	if err != nil {
		return nil, err
	}
	cust := f.cust.Data()
	add(DoubtUndelivered, lost)
	add(DoubtPONumber, cust.PORequired && d.PONumber == "")
	add(DoubtTerms, cust.TermsDays != nil && *cust.TermsDays > d.TermsDays)
	o, err := find[order.Order](ctx, tx, d.OrderID)
	if err != nil || o == nil {
		return doubts, err
	}
	ord := o.Data()
	waiting := d.Ahead && slices.Contains([]string{order.Received, order.Confirmed, order.PartShipped}, ord.Status)
	add(DoubtNotShipped, waiting)
	add(DoubtNotArrived, !waiting && ord.DeliverOn.After(today))
	add(DoubtQuestion, len(ord.Corrections) > 0)
	return doubts, nil
}

// undelivered reports whether every way in which an invoice was sent has failed.
func (c *Cycle) undelivered(ctx context.Context, tx *Tx, invoiceID string) (bool, error) {
	links, err := tx.Links(ctx, Key{Kind: "invoice", ID: invoiceID}, linkDelivery)
	if err != nil {
		return false, err
	}
	some := false
	for _, l := range links {
		d, err := find[delivery.Delivery](ctx, tx, l.To.ID)
		if err != nil {
			return false, err
		}
		if d == nil || d.Data().Status == delivery.Replaced {
			continue
		}
		if !d.Data().Open() {
			return false, nil
		}
		some = true
	}
	return some, nil
}

// Checked says that an invoice is as it should be: its letters go on.
func (c *Cycle) Checked(ctx context.Context, s Stamp, invoiceID string) error {
	return c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		inv, err := get[invoice.Invoice](ctx, tx, invoiceID)
		if err != nil {
			return err
		}
		if inv.Data().Dunning.PausedBy != PausedByCheck {
			return fault.New(fault.Refused, "Nothing is in doubt about {number} any more. Nothing changed.", "", "").Keyed("check.over").With("number", inv.Number())
		}
		f, err := c.fileOf(ctx, tx, inv.Data().CustomerID)
		if err != nil {
			return err
		}
		doubts, err := c.doubts(ctx, tx, f, f.of(inv), c.today(tx.At()))
		if err != nil {
			return err
		}
		if slices.Contains(doubts, DoubtHeld) { // no word makes a wrong sum right
			why, err := c.unsettled(ctx, tx, inv.Data().CustomerID)
			return errors.Join(why, err)
		}
		inv.Pause("")
		inv.Check()
		if err := c.planNext(ctx, tx, inv); err != nil {
			return err
		}
		return c.changed(tx, inv, Fact{Type: "dunning.checked", Data: map[string]string{"number": inv.Number()}}, c.refreshCard)
	})
}

// CheckCard asks what is right before the first letter about an invoice.
type CheckCard struct {
	Invoice invoice.Data
	Doubts  []string // none: it is settled
	Held    []Held   // money without a home, of a letter with legal effect
}

func (CheckCard) card() {}

func checkCard(ctx context.Context, o *Outbox, e Effect, _ cardArgs) (Card, error) {
	tx := NewTx(o.Cycle.Store)
	tx.By(Stamp{At: o.Now(), Actor: "system:outbox"})
	inv, err := get[invoice.Invoice](ctx, tx, e.Subject.ID)
	if err != nil {
		return nil, err
	}
	card := CheckCard{Invoice: inv.Data()}
	if inv.Data().Dunning.PausedBy != PausedByCheck {
		return card, nil
	}
	f, err := o.Cycle.fileOf(ctx, tx, inv.Data().CustomerID)
	if err != nil {
		return nil, err
	}
	card.Doubts, err = o.Cycle.doubts(ctx, tx, f, f.of(inv), o.Cycle.today(o.Now()))
	if slices.Contains(card.Doubts, DoubtHeld) {
		card.Held = f.held
	}
	return card, err
}
