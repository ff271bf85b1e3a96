package o2c

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/money"
)

// announceHour is from when on, on a working day, the team sees what goes out
// the next working morning.
const announceHour = 16

// outlookMax bounds the letters that one card shows; the others go out like
// them.
const outlookMax = 40

// Coming is a letter or call that is planned for a customer.
type Coming struct {
	CustomerID string         `json:"customer_id"`
	Customer   string         `json:"customer"`
	Step       string         `json:"step"` // the highest
	Calls      bool           `json:"calls,omitempty"`
	Numbers    []string       `json:"numbers"` // of the invoices whose step it is
	Totals     []money.Amount `json:"totals"`
	Status     string         `json:"status,omitempty"` // one of the Coming… statuses; "": it is to come
	By         string         `json:"by,omitempty"`     // who decided otherwise
}

// What became of a planned letter.
const (
	ComingSkipped = "skipped" // a colleague left it out
	ComingHeld    = "held"    // the customer rests
	ComingCalled  = "called"  // a call takes its place
	ComingSent    = "sent"    // it has gone out
	ComingSettled = "settled" // paid, promised or disputed meanwhile
	ComingWaits   = "waits"   // for a press, as safe mode is on
)

// outlook is what is planned for one morning; it has the day as its id. In safe mode there is one, which is lifted to the
// next morning each afternoon: letters that wait are not told of anew every day.
type outlook struct {
	On   calendar.Date `json:"on"`
	All  []Coming      `json:"all"`
	More int           `json:"more,omitempty"`
	Safe string        `json:"safe,omitempty"` // the id that it has in safe mode
	Over bool          `json:"over,omitempty"` // its letters have gone out, and its card says so
}

// Kind and ID make the outlook a document; Expires lets it be forgotten.
func (l *outlook) Kind() string       { return "outlook" }
func (l *outlook) ID() string         { return cmp.Or(l.Safe, l.On.String()) }
func (l *outlook) Expires() time.Time { return l.On.Start(time.UTC).Add(Remembered) }

// nextMorning is the working day on which what is due next goes out: today while
// letters go out or will, else the next one.
func (c *Cycle) nextMorning(at time.Time) calendar.Date {
	today := c.today(at)
	if !at.Before(today.At(announceHour, 0, c.Policy.Zone)) {
		today = today.AddDays(1)
	}
	return c.Policy.Days.Next(today)
}

// foretell shows the team, in the afternoon of a working day, the letters of the
// next working morning; once for each morning.
func (c *Cycle) foretell(ctx context.Context, at time.Time) error {
	if today := c.today(at); !c.Policy.Days.Works(today) || at.Before(today.At(announceHour, 0, c.Policy.Zone)) {
		return nil
	}
	on := c.nextMorning(at)
	safe, err := c.SafeMode(ctx)
	if err != nil {
		return err
	}
	id := cmp.Or(safe.outlook(), on.String())
	if known, err := find[outlook](ctx, NewTx(c.Store), id); err != nil || known != nil && known.On == on {
		return err
	}
	next, err := c.lookAhead(ctx, at, on)
	if err != nil {
		return err
	}
	next.Safe = safe.outlook()
	return c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(Stamp{At: at, Actor: "system:dunning"})
		known, err := find[outlook](ctx, tx, id)
		if err != nil || known != nil && known.On == on {
			return err
		}
		if known == nil {
			known = &outlook{}
		}
		*known = *next
		if err := tx.Save(known); err != nil {
			return err
		}
		if len(known.All) == 0 {
			return c.refreshCard(tx, "letters", KeyOf(known))
		}
		return c.showCard(tx, "letters", KeyOf(known))
	})
}

// conclude has the card of this morning's letters drawn once more when they have gone out: its buttons go.
func (c *Cycle) conclude(ctx context.Context, at time.Time) error {
	today := c.today(at).String()
	if known, err := find[outlook](ctx, NewTx(c.Store), today); err != nil || known == nil || known.Over {
		return err
	}
	return c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(Stamp{At: at, Actor: "system:dunning"})
		next, err := get[outlook](ctx, tx, today)
		if err != nil {
			return err
		}
		next.Over = true
		return errors.Join(tx.Save(next), c.refreshCard(tx, "letters", KeyOf(next)))
	})
}

// lookAhead gathers what comes up on a morning. Customers beyond the card's room
// are only counted: each stands for itself on its own card.
func (c *Cycle) lookAhead(ctx context.Context, at time.Time, on calendar.Date) (*outlook, error) {
	next := &outlook{On: on}
	seen := map[string]bool{}
	page := Page{}
	for {
		var err error
		page, err = c.Store.List(ctx, Query{Queue: invoice.Queue, Until: on.At(letterHour, 0, c.Policy.Zone), After: page.Next})
		if err != nil {
			return nil, err
		}
		for _, s := range page.Items {
			inv, err := restore[invoice.Invoice](s)
			if err != nil {
				return nil, err
			}
			customer := inv.Data().CustomerID
			if seen[customer] {
				continue
			}
			seen[customer] = true
			if len(next.All) == outlookMax {
				next.More++
				continue
			}
			coming, err := c.coming(ctx, at, customer, on)
			if err != nil {
				return nil, err
			}
			if coming != nil {
				next.All = append(next.All, *coming)
			}
		}
		if page.Next == "" {
			slices.SortStableFunc(next.All, func(a, b Coming) int { return cmp.Compare(b.Totals[0].Minor, a.Totals[0].Minor) }) // the most money first
			return next, nil
		}
	}
}

// coming is what is planned for a customer on a day, nil when it is nothing.
func (c *Cycle) coming(ctx context.Context, at time.Time, customerID string, on calendar.Date) (*Coming, error) {
	tx := NewTx(c.Store)
	if morning := on.At(letterHour, 0, c.Policy.Zone); morning.After(at) {
		at = morning // what will be late by then
	}
	tx.By(Stamp{At: at, Actor: "system:dunning"})
	f, err := c.fileOf(ctx, tx, customerID)
	if err != nil {
		return nil, err
	}
	due := f.due(c, on)
	if len(due) == 0 {
		return nil, nil
	}
	next := Coming{CustomerID: customerID, Customer: f.cust.Data().Name, Calls: true}
	highest := -1
	next.Numbers = numbersOf(due)
	for _, t := range due {
		next.Calls = next.Calls && t.step.Calls()
		if level := f.ladder.Level(t.step.Code); level > highest {
			highest, next.Step = level, t.step.Code
		}
	}
	for i, t := range due {
		if i == 0 || due[i-1].inv != t.inv {
			next.Totals = addTo(next.Totals, f.askedBy(next.Step, t, on))
		}
	}
	return &next, nil
}

// askedBy is what a letter of a step will ask for of an invoice whose turn it is.
func (f *dunningFile) askedBy(step string, t taking, on calendar.Date) money.Amount {
	if t.step.Before() {
		return t.amount
	}
	sum := t.amount.Zero()
	for _, course := range f.parts(t.owed, letterArgs{Step: step, On: on}, on) {
		sum = sum.Plus(course.Amount)
	}
	return sum
}

// SkipLetter leaves a customer's coming steps out: the ladder goes on with the
// next ones, not before that morning is over.
func (c *Cycle) SkipLetter(ctx context.Context, s Stamp, customerID string) error {
	return c.ahead(ctx, s, customerID, ComingSkipped, func(tx *Tx, f *dunningFile, due []taking, on calendar.Date) error {
		for _, t := range due {
			t.inv.Skip(t.step.Code, c.today(s.At), t.part)
			c.plan(t.inv, f.ladder, t.amount, c.today(s.At))
			if err := tx.Save(t.inv, Fact{Type: "dunning.step_skipped", Data: map[string]any{"step": t.step.Code, "number": t.inv.Number(), "open": t.amount}}); err != nil {
				return err
			}
		}
		if f.k.data.HoldUntil.Before(on) {
			f.k.data.HoldUntil, f.k.data.HoldWhy = on, ""
		}
		return c.caseChanged(tx, f.k, &CaseLine{What: LineSkipped, By: s.Actor, Code: due[len(due)-1].step.Code, Numbers: numbersOf(due)})
	})
}

// CallInstead makes a colleague's call of a customer's coming letter.
func (c *Cycle) CallInstead(ctx context.Context, s Stamp, customerID string) error {
	return c.ahead(ctx, s, customerID, ComingCalled, func(tx *Tx, f *dunningFile, due []taking, on calendar.Date) error {
		for _, t := range due {
			t.inv.Skip(t.step.Code, c.today(s.At), t.part)
			c.plan(t.inv, f.ladder, t.amount, c.today(s.At))
			if err := tx.Save(t.inv, Fact{Type: "dunning.called_instead", Data: map[string]any{"step": t.step.Code, "number": t.inv.Number(), "open": t.amount}}); err != nil {
				return err
			}
		}
		f.k.data.CallBy = on
		if until := on.AddDays(f.ladder.MinGapDays - 1); f.k.data.HoldUntil.Before(until) { // the call has its time
			f.k.data.HoldUntil, f.k.data.HoldWhy = until, ""
		}
		return c.caseChanged(tx, f.k, &CaseLine{What: LineInstead, By: s.Actor, Date: on, Numbers: numbersOf(due)})
	})
}

// SendLetter writes a customer's coming letter at once, within the hours of a
// working day.
func (c *Cycle) SendLetter(ctx context.Context, s Stamp, customerID string) error {
	if !c.letterHours(s.At) {
		return fault.New(fault.Refused, "No letter goes out now", "letters go out from 9 to 18 on working days", "it goes out the next working morning by itself").Keyed("letter.hours")
	}
	return c.ahead(ctx, s, customerID, ComingSent, func(tx *Tx, f *dunningFile, due []taking, _ calendar.Date) error {
		_, err := c.takeSteps(ctx, tx, f, due, c.today(s.At))
		return err
	})
}

// SendLetters writes all letters of a morning's card at once that still wait, each customer's in a commit of its own. One
// that cannot go keeps none of the others; pressed again, it goes on with what is left.
func (c *Cycle) SendLetters(ctx context.Context, s Stamp, id string) (sent int, err error) {
	next, err := get[outlook](ctx, NewTx(c.Store), id)
	if err != nil {
		return 0, err
	}
	var failed failures
	for _, one := range next.All {
		if one.Status != "" || one.Calls || failed.hopeless() || ctx.Err() != nil {
			continue
		}
		if err := c.SendLetter(ctx, s, one.CustomerID); err != nil {
			failed.note(err)
			continue
		}
		sent++
	}
	return sent, failed.err()
}

// ahead decides on what is planned for a customer next, and notes it on the
// card of that morning.
func (c *Cycle) ahead(ctx context.Context, s Stamp, customerID, status string, decide func(*Tx, *dunningFile, []taking, calendar.Date) error) error {
	on := c.nextMorning(s.At)
	return c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		f, err := c.fileOf(ctx, tx, customerID)
		if err != nil {
			return err
		}
		due := f.due(c, on)
		if len(due) == 0 {
			return fault.New(fault.Refused, "Nothing is planned for {name} any more. Nothing changed.", "", "").Keyed("letter.unplanned").With("name", f.cust.Data().Name)
		}
		if err := decide(tx, f, due, on); err != nil {
			return err
		}
		return c.foreseen(ctx, tx, customerID, on, status)
	})
}

// foreseen notes on a morning's card what became of a customer's letter.
func (c *Cycle) foreseen(ctx context.Context, tx *Tx, customerID string, on calendar.Date, status string) error {
	safe, err := find[safeMode](ctx, tx, safeModeID)
	if err != nil {
		return err
	}
	id := on.String()
	if safe != nil {
		id = cmp.Or(safe.data.outlook(), id)
	}
	next, err := find[outlook](ctx, tx, id)
	if err != nil || next == nil {
		return err
	}
	for i := range next.All {
		if next.All[i].CustomerID == customerID {
			next.All[i].Status, next.All[i].By = status, tx.stamp.Actor
		}
	}
	return errors.Join(tx.Save(next), c.refreshCard(tx, "letters", KeyOf(next)))
}

func numbersOf(due []taking) []string {
	var numbers []string
	for _, t := range due {
		if !slices.Contains(numbers, t.inv.Number()) { // several instalments may have a step at once
			numbers = append(numbers, t.inv.Number())
		}
	}
	return numbers
}

// LettersCard is what goes out on a morning, and may still be decided otherwise.
type LettersCard struct {
	ID   string // of the outlook
	On   calendar.Date
	All  []Coming
	More int
	Over bool // the morning has begun
	Safe bool // safe mode: none of them goes out without a press
}

func (LettersCard) card() {}

func lettersCard(ctx context.Context, o *Outbox, e Effect, _ cardArgs) (Card, error) {
	next, err := get[outlook](ctx, NewTx(o.Cycle.Store), e.Subject.ID)
	if err != nil {
		return nil, err
	}
	card := LettersCard{ID: next.ID(), On: next.On, All: next.All, More: next.More, Over: !o.Now().Before(next.On.At(letterHour, 0, o.Cycle.Policy.Zone))}
	safe, err := o.Cycle.SafeMode(ctx)
	if err != nil {
		return nil, err
	}
	card.Safe, card.Over = safe.On && next.Safe != "", card.Over && !safe.On
	for i, one := range card.All {
		if one.Status != "" {
			continue
		}
		if safe.On && next.Safe == "" { // it was foretold before the mode, whose own card asks for it
			card.All[i].Status = ComingWaits
			continue
		}
		still, err := o.Cycle.coming(ctx, o.Now(), one.CustomerID, next.On)
		switch {
		case err != nil:
			return nil, err
		case still == nil && card.Over:
			card.All[i].Status = ComingSent
		case still == nil:
			card.All[i].Status = ComingSettled
		default:
			card.All[i].Totals, card.All[i].Numbers = still.Totals, still.Numbers
		}
	}
	return card, nil
}
