package invoice

import (
	"slices"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/money"
)

// Instalment is a part of the invoice with a due date of its own. DueOn
// of the invoice is that of the first (BT-9: "for partial payments it states the
// first net due date"); the others stand in the terms (BT-20).
type Instalment struct {
	calendar.Share
	On     calendar.Date `json:"on,omitzero"`
	Amount money.Amount  `json:"amount,omitzero"`
}

// Divided gives a draft its instalments.
func Divided(all []calendar.Share) []Instalment {
	var parts []Instalment
	for _, s := range all {
		parts = append(parts, Instalment{Share: s})
	}
	return parts
}

// divide sets the instalments' dates and amounts, which make the whole.
func (d *Data) divide(on calendar.Date) {
	if len(d.Instalments) == 0 || d.Type != Invoices || d.Advance != nil || !d.Total.IsPositive() {
		d.Instalments = nil
		return
	}
	weights := make([]int64, len(d.Instalments))
	for i, p := range d.Instalments {
		weights[i] = int64(p.Percent)
	}
	parts := make([]Instalment, len(d.Instalments))
	for i, amount := range d.Total.Split(weights...) {
		due := on.AddDays(d.Instalments[i].Days)
		if d.RollsIn != "" {
			due = calendar.Of(d.RollsIn).Next(due)
		}
		parts[i] = Instalment{Share: d.Instalments[i].Share, On: due, Amount: amount}
	}
	d.Instalments, d.DueOn = parts, parts[0].On
}

// Standing are the parts that are open when so much of the invoice is, each with
// what is left of it; what was paid or credited covers the earliest first. An
// invoice without instalments is one part.
func (d Data) Standing(open money.Amount) []Instalment {
	if len(d.Instalments) == 0 {
		if open.IsZero() {
			return nil
		}
		return []Instalment{{On: d.DueOn, Amount: open}}
	}
	covered := d.Total.Minus(open)
	var left []Instalment
	for _, p := range d.Instalments {
		gone := money.Min(covered, p.Amount)
		covered = covered.Minus(gone)
		if p.Amount = p.Amount.Minus(gone); p.Amount.IsPositive() {
			left = append(left, p)
		}
	}
	return left
}

// NextDue is when the earliest part that is open is or was due; the invoice's own
// due date when nothing is open.
func (d Data) NextDue() calendar.Date {
	if len(d.Instalments) > 0 {
		if left := d.Standing(d.Open); len(left) > 0 {
			return left[0].On
		}
	}
	return d.DueOn
}

// Asked is what may be asked for on a day: every open part that is due by then,
// or else the next one. Of an invoice without instalments it is all of it.
func (d Data) Asked(today calendar.Date) money.Amount {
	if len(d.Instalments) == 0 {
		return d.Open
	}
	sum := d.Open.Zero()
	for i, p := range d.Standing(d.Open) {
		if i == 0 || !p.On.After(today) {
			sum = sum.Plus(p.Amount)
		}
	}
	return sum
}

// Late is what a letter may ask for on a day: every open part whose day is over, or
// else the next one; what is due today is not late.
func (d Data) Late(today calendar.Date) money.Amount { return d.Asked(today.AddDays(-1)) }

// Turn is which instalment is asked for next, from 1, and of how many; 0 when
// there is none.
func (d Data) Turn() (n, of int) {
	left := len(d.Instalments)
	if left > 0 {
		left = len(d.Standing(d.Open))
	}
	if left == 0 {
		return 0, 0
	}
	return len(d.Instalments) - left + 1, len(d.Instalments)
}

// Course is how far an open part of an invoice has come on the ladder of
// reminders: each instalment climbs it on its own, from its own due date.
type Course struct {
	Instalment
	N      int           // which instalment it is, from 1; 0: the invoice has none
	Sent   []Sent        // the steps that were taken for it
	Last   calendar.Date // of the newest letter about another part
	Behind bool          // an earlier part is open
}

// Part names the course among those of its invoice.
func (c Course) Part() calendar.Date {
	if c.N == 0 {
		return calendar.Date{}
	}
	return c.On
}

// Took reports whether a step was taken for the part on a day.
func (c Course) Took(step string, on calendar.Date) bool {
	return slices.ContainsFunc(c.Sent, func(s Sent) bool { return s.Step == step && s.On == on && !s.Skipped })
}

// Courses are those of the open parts, the earliest first; of what has none, that
// of the whole.
func (d Data) Courses() []Course {
	if len(d.Instalments) == 0 {
		return []Course{{Instalment: Instalment{On: d.DueOn, Amount: d.Open}, Sent: d.Dunning.Sent}}
	}
	left := d.Standing(d.Open)
	all := make([]Course, len(left))
	for i, p := range left {
		all[i] = Course{Instalment: p, N: len(d.Instalments) - len(left) + i + 1, Behind: i > 0}
		for _, s := range d.Dunning.Sent {
			if s.Part == p.On {
				all[i].Sent = append(all[i].Sent, s)
			} else if !s.Skipped && s.On.After(all[i].Last) {
				all[i].Last = s.On
			}
		}
	}
	return all
}

// Since is what of the parts that are late on a day fell due from another day on:
// what a letter of that day did not speak of.
func (d Data) Since(from, today calendar.Date) money.Amount {
	sum := d.Open.Zero()
	for _, p := range d.Standing(d.Open) {
		if !p.On.Before(from) && p.On.Before(today) {
			sum = sum.Plus(p.Amount)
		}
	}
	return sum
}

// PartsInBooks is what each part that stands open is worth in the currency of the
// books; together they are what the whole is.
func (d Data) PartsInBooks(open money.Amount) []Instalment {
	left := d.Standing(open)
	if len(left) < 2 {
		for i := range left {
			left[i].Amount = d.InBooks(left[i].Amount)
		}
		return left
	}
	weights := make([]int64, len(left))
	for i, p := range left {
		weights[i] = p.Amount.Minor
	}
	for i, amount := range d.InBooks(open).Split(weights...) {
		left[i].Amount = amount
	}
	return left
}

// Aged are the parts of an invoice of which so much was open in the currency of
// the books; none when it has no instalments.
func (d Data) Aged(open money.Amount) []Instalment {
	if len(d.Instalments) == 0 {
		return nil
	}
	weights := make([]int64, len(d.Instalments))
	for i, p := range d.Instalments {
		weights[i] = p.Amount.Minor
	}
	booked := d
	booked.Total, booked.Instalments = d.InBooks(d.Total), make([]Instalment, len(d.Instalments))
	for i, amount := range booked.Total.Split(weights...) {
		booked.Instalments[i] = Instalment{On: d.Instalments[i].On, Amount: amount}
	}
	return booked.Standing(open)
}
