package o2c

import (
	"context"
	"errors"
	"slices"
	"time"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/dunning"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/money"
)

// letterHours reports whether letters may go out: in working hours of a working
// day.
func (c *Cycle) letterHours(at time.Time) bool {
	today := c.today(at)
	return c.Policy.Days.Works(today) && !at.Before(today.At(letterHour, 0, c.Policy.Zone)) && at.Before(today.At(letterClose, 0, c.Policy.Zone))
}

// stepsMax is how many steps one commit takes at the most, two rows each; the
// customer's other invoices have theirs with the next letter.
const stepsMax = 40

// taking is a step that is about to be taken for an invoice, or for one of its
// instalments.
type taking struct {
	owed
	turn
}

// remind writes one customer one letter with everything that is open, when a
// step of an open invoice is due and nothing speaks against it. In safe mode
// letters wait for a colleague's press, and calls alone are asked for.
func (c *Cycle) remind(ctx context.Context, at time.Time, customerID string, safe bool) (sent bool, err error) {
	err = c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(Stamp{At: at, Actor: "system:dunning"})
		sent = false
		f, err := c.fileOf(ctx, tx, customerID)
		if err != nil {
			return err
		}
		today := c.today(at)
		if err := c.check(ctx, tx, f, today); err != nil {
			return err
		}
		due := f.due(c, today)
		if safe {
			due = slices.DeleteFunc(due, func(t taking) bool { return !t.step.Calls() })
		}
		if len(due) == 0 {
			return c.replan(tx, f, today)
		}
		sent, err = c.takeSteps(ctx, tx, f, due, today)
		return err
	})
	return sent, err
}

// due are the steps that may be taken today, one for each invoice or instalment.
func (f *dunningFile) due(c *Cycle, today calendar.Date) []taking {
	if f.k.held(today) {
		return nil
	}
	worth := f.worth(c, today)
	soon := f.k.tooSoon(today, f.ladder.MinGapDays)
	var due []taking
	for _, a := range f.open {
		if !worth[a.amount.Currency] {
			continue
		}
		for _, t := range f.stepsToday(c, a, today) {
			if soon && !t.step.Calls() {
				continue
			}
			if due = append(due, taking{a, t}); len(due) == stepsMax {
				return due
			}
		}
	}
	return due
}

// replan puts invoices whose step cannot be taken today behind what stands in
// its way, so that they do not come up on every tick.
func (c *Cycle) replan(tx *Tx, f *dunningFile, today calendar.Date) error {
	moved := 0
	for _, a := range f.open {
		d := a.inv.Data()
		if d.DunAt.IsZero() || d.DunAt.After(tx.At()) || moved == stepsMax {
			continue
		}
		if d.Dunning.PausedBy == PausedByCheck && len(f.held) > 0 {
			continue // it is looked at on each tick, and goes out once the money has its home
		}
		moved++
		c.plan(a.inv, f.ladder, a.amount, today)
		d = a.inv.Data()
		if d.Dunning.NextStep != "" && !d.Dunning.NextOn.After(today) {
			next := c.Policy.Days.Next(f.notBefore(today))
			a.inv.Plan(d.Dunning.NextStep, d.Dunning.NextOn, next.At(letterHour, 0, c.Policy.Zone))
		}
		if err := tx.Save(a.inv); err != nil {
			return err
		}
	}
	return nil
}

// notBefore is the first day on which a step that cannot be taken today is
// looked at again.
func (f *dunningFile) notBefore(today calendar.Date) calendar.Date {
	next := today.AddDays(1)
	if last := f.k.data.LastLetter; !last.IsZero() && last.AddDays(f.ladder.MinGapDays).After(next) {
		next = last.AddDays(f.ladder.MinGapDays)
	}
	if hold := f.k.data.HoldUntil; !hold.IsZero() && hold.AddDays(1).After(next) {
		next = hold.AddDays(1)
	}
	return next
}

// takeSteps takes the due steps: calls become a colleague's task, of the others
// one letter is written, at the highest of them and about all that is open.
func (c *Cycle) takeSteps(ctx context.Context, tx *Tx, f *dunningFile, due []taking, today calendar.Date) (sent bool, err error) {
	highest := -1
	var letter, calls []taking
	for _, t := range due {
		t.inv.Remind(t.step.Code, today, t.part)
		c.plan(t.inv, f.ladder, t.amount, today)
		fact := Fact{Type: "dunning.step_taken", Data: map[string]any{"step": t.step.Code, "number": t.inv.Number(), "open": t.amount}}
		if err := tx.Save(t.inv, fact); err != nil {
			return false, err
		}
		if t.step.Calls() {
			calls = append(calls, t)
			continue
		}
		highest = max(highest, f.ladder.Level(t.step.Code))
		letter = append(letter, t)
	}
	f.list(due)
	if len(calls) > 0 {
		f.k.data.CallBy = c.Policy.Days.Add(today, 1)
	}
	if len(letter) > 0 {
		f.k.data.LastLetter = today
	}
	return len(letter) > 0, errors.Join(c.shown(tx, f, due, today), c.lines(tx, f, highest, letter, calls), c.askLetter(ctx, tx, f, highest, letter, today))
}

// list puts what a step was taken for on the customer's card, from where it
// goes once nothing is late any more.
func (f *dunningFile) list(due []taking) {
	stands := func(id string) bool {
		return slices.ContainsFunc(f.open, func(a owed) bool { return a.inv.ID() == id })
	}
	if !slices.ContainsFunc(f.k.data.Listed, stands) {
		f.k.data.Listed = nil // all of it was settled: a new case begins
	}
	for _, t := range due {
		if !t.step.Before() && !slices.Contains(f.k.data.Listed, t.inv.ID()) && len(f.k.data.Listed) < stepsMax {
			f.k.data.Listed = append(f.k.data.Listed, t.inv.ID())
		}
	}
}

// shown saves the case and shows it to the team, which need not see a word
// before the due date.
func (c *Cycle) shown(tx *Tx, f *dunningFile, due []taking, today calendar.Date) error {
	if err := tx.Save(f.k); err != nil {
		return err
	}
	late := slices.ContainsFunc(due, func(t taking) bool { return !t.step.Before() })
	if !late && f.cust.Email() != "" {
		return c.refreshCard(tx, "overdue", KeyOf(f.cust))
	}
	return c.showCard(tx, "overdue", KeyOf(f.cust))
}

// lines tells in the card's thread what went out.
func (c *Cycle) lines(tx *Tx, f *dunningFile, highest int, letter, calls []taking) error {
	if len(calls) > 0 {
		if err := c.caseSays(tx, f.cust.ID(), CaseLine{What: LineCallDue, Date: f.k.data.CallBy, Numbers: numbersOf(calls)}); err != nil {
			return err
		}
	}
	if len(letter) == 0 {
		return nil
	}
	return c.caseSays(tx, f.cust.ID(), CaseLine{What: LineStep, Code: f.ladder.Steps[highest].Code, Numbers: numbersOf(letter), Note: f.cust.Email()})
}

// askLetter asks for the letter; whom no mail reaches, a colleague calls.
func (c *Cycle) askLetter(ctx context.Context, tx *Tx, f *dunningFile, highest int, letter []taking, today calendar.Date) error {
	if f.cust.Email() == "" || len(letter) == 0 {
		return nil
	}
	step := f.ladder.Steps[highest]
	if served, err := c.serveNotice(ctx, tx, f, step, letter, today); err != nil || served {
		return err
	}
	kind := step.Kind
	if kind == dunning.FourteenDay {
		kind = dunning.Firm // that letter names costs; without any it is a reminder
	}
	args := letterArgs{
		Template: "reminder_" + kind, Step: step.Code, To: f.cust.Email(), Language: f.cust.Data().Language, // the address of today: a mended one is used at once
		On: today,
	}
	for _, t := range letter {
		if !slices.Contains(args.About, t.inv.ID()) {
			args.About = append(args.About, t.inv.ID())
		}
	}
	for _, a := range f.open {
		if slices.Contains(args.About, a.inv.ID()) || a.speaks() && len(f.parts(a, args, today)) > 0 {
			args.Invoices = append(args.Invoices, a.inv.ID())
		}
	}
	return tx.ask(doLetter, KeyOf(f.cust), args)
}

// parts are what a letter asks for of an invoice, by its instalments where it has
// some: what is late, or else the next of them, as far as it fits the letter. What
// is covered or disputed is taken off the earliest.
func (f *dunningFile) parts(a owed, args letterArgs, today calendar.Date) []invoice.Course {
	d := a.inv.Data()
	off := d.Late(today).Minus(a.amount)
	var all []invoice.Course
	for _, course := range d.Courses() {
		if course.Behind && !course.On.Before(today) {
			break
		}
		less := money.Min(off, course.Amount)
		course.Amount, off = course.Amount.Minus(less), off.Minus(less)
		if course.Amount.IsPositive() && (course.Took(args.Step, args.On) || f.fits(course, args, today)) {
			all = append(all, course)
		}
	}
	return all
}

// fits reports whether a letter may list an invoice, or an instalment, whose step
// it is not: a word before the due date is about that alone, nobody is written to
// in an earlier tone about what he was warned of, and a last day is given once, for
// what is late.
func (f *dunningFile) fits(course invoice.Course, args letterArgs, today calendar.Date) bool {
	reached, level := -1, f.ladder.Level(args.Step)
	for _, s := range course.Sent {
		if !s.Skipped {
			reached = max(reached, f.ladder.Level(s.Step))
		}
	}
	switch {
	case level < 0: // the customer climbs another ladder since
		return true
	case f.ladder.Steps[level].Before():
		return false
	case f.ladder.Steps[level].PayWithin > 0:
		return reached < level && today.After(course.On)
	}
	return reached <= level
}

// concerns reports whether what a letter was asked for about is still asked for.
func concerns(all []owed, about []string) bool {
	return slices.ContainsFunc(all, func(a owed) bool { return slices.Contains(about, a.inv.ID()) })
}
