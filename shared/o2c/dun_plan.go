package o2c

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/dunning"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/money"
	"duly/shared/o2c/party"
)

// Letters go out in these hours of a working day, in the seller's zone: from
// 09:00 (ux.md §3.3), and not in the evening of a day whose morning was missed.
const (
	letterHour  = 9
	letterClose = 18
)

// ProfileNone is the dunning profile of a customer who gets no reminders at all.
const ProfileNone = "none"

// ladderConsumers is the name of the ladder of customers who are consumers.
const ladderConsumers = "consumer"

// LadderOf is the ladder that a customer climbs: the one of its own profile,
// else of its segment, else the consumers', else the house's. A customer who is
// left out climbs one without rungs.
func (p *Policy) LadderOf(d party.Data) dunning.Ladder {
	if d.DunningProfile == ProfileNone {
		return dunning.Ladder{Name: ProfileNone, MinGapDays: p.Ladder.MinGapDays}
	}
	names := []string{d.DunningProfile, d.Segment}
	if d.Kind == party.Consumer {
		names = append(names, ladderConsumers)
	}
	for _, name := range names {
		if l, ok := p.Ladders[name]; ok && name != "" {
			return l
		}
	}
	return p.Ladder
}

// Rung is the step behind a code, in whichever ladder has it.
func (p *Policy) Rung(code string) (dunning.Step, bool) {
	for _, l := range p.allLadders() {
		if at := l.Level(code); at >= 0 {
			return l.Steps[at], true
		}
	}
	return dunning.Step{}, false
}

func (p *Policy) allLadders() []dunning.Ladder {
	all := []dunning.Ladder{p.Ladder}
	for _, name := range slices.Sorted(maps.Keys(p.Ladders)) {
		all = append(all, p.Ladders[name])
	}
	return all
}

// planNext plans the invoice's next step of its customer's ladder.
func (c *Cycle) planNext(ctx context.Context, tx *Tx, inv *invoice.Invoice) error {
	cust, err := get[party.Customer](ctx, tx, inv.Data().CustomerID)
	if err != nil {
		return err
	}
	c.plan(inv, c.Policy.LadderOf(cust.Data()), inv.Data().Late(c.today(tx.At())), c.today(tx.At()))
	return nil
}

// plan writes down which step comes next and when it is looked at. An invoice
// without one is looked at again after a while: its customer's profile, or the
// amount, may have changed.
func (c *Cycle) plan(inv *invoice.Invoice, l dunning.Ladder, asked money.Amount, today calendar.Date) {
	next := c.turns(inv.Data(), l, asked, today)
	switch {
	case len(next) > 0:
		inv.Plan(next[0].step.Code, next[0].on, next[0].on.At(letterHour, 0, c.Policy.Zone))
	case len(l.Steps) == 0:
		inv.Plan("", calendar.Date{}, c.Policy.Days.Next(today.AddDays(restDays)).At(letterHour, 0, c.Policy.Zone))
	default:
		inv.Plan("", calendar.Date{}, time.Time{})
	}
}

// restDays is after how many days an invoice is looked at again for which
// nothing is planned as yet.
const restDays = 7

// turn is the next step of an invoice, or of one of its instalments.
type turn struct {
	step dunning.Step
	part calendar.Date // see invoice.Course
	on   calendar.Date
}

// turns are the next steps of an invoice's open parts, the earliest first.
func (c *Cycle) turns(d invoice.Data, l dunning.Ladder, asked money.Amount, today calendar.Date) []turn {
	var all []turn
	for _, course := range d.Courses() {
		if step, on, ok := l.Next(standing(d, course, asked, today), c.Policy.Days); ok {
			all = append(all, turn{step, course.Part(), on})
		}
	}
	slices.SortStableFunc(all, func(a, b turn) int { return a.on.Compare(b.on) })
	return all
}

// standing is what of a part of an invoice decides on its next step. Once it is
// late, it is asked for together with what is late of the others.
func standing(d invoice.Data, course invoice.Course, asked money.Amount, today calendar.Date) dunning.Standing {
	if course.N > 0 {
		asked = asked.Plus(d.Late(latestDay(today, course.On.AddDays(1))).Minus(d.Late(today)))
	}
	s := dunning.Standing{
		IssuedOn: d.IssuedOn, DueOn: course.On, Asked: asked, InBooks: d.InBooks(asked), Today: today,
		LastLetter: course.Last, Behind: course.Behind, Taken: make([]dunning.Taken, len(course.Sent)),
	}
	for i, sent := range course.Sent {
		s.Taken[i] = dunning.Taken{Step: sent.Step, On: sent.On, Skipped: sent.Skipped}
	}
	return s
}

// knownProfile refuses a dunning profile that no ladder has.
func (c *Cycle) knownProfile(name string) error {
	if _, ok := c.Policy.Ladders[name]; ok || name == "" || name == ProfileNone {
		return nil
	}
	known := append(slices.Sorted(maps.Keys(c.Policy.Ladders)), ProfileNone)
	return fault.Bad("/dunning_profile", "{name} is no ladder of the policy", "write one of {names}, or nothing").Keyed("ladder.unknown").With("name", name, "names", strings.Join(known, ", "))
}

// changeLadder plans a customer's open invoices anew, on the ladder that it
// climbs now. What is beyond one commit is looked at when it is due.
func (c *Cycle) changeLadder(ctx context.Context, tx *Tx, customerID string) error {
	f, err := c.fileOf(ctx, tx, customerID)
	if err != nil {
		return err
	}
	for _, a := range f.open[:min(len(f.open), stepsMax)] {
		c.plan(a.inv, f.ladder, a.amount, c.today(tx.At()))
		if err := tx.Save(a.inv); err != nil {
			return err
		}
	}
	return nil
}
