package dunning

import (
	"encoding/json"
	"time"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/life"
	"duly/shared/o2c/money"
)

// The statuses of a payment plan.
const (
	PlanProposed = "proposed" // asked for; a person decides
	PlanActive   = "active"   // its instalments stand in for the due date
	PlanDeclined = "declined"
	PlanKept     = "kept"   // all of it was paid
	PlanBroken   = "broken" // an instalment did not come: all that is open is due
)

// PlanLife is the transition table of a payment plan.
var PlanLife = life.Table{
	{From: PlanProposed, Verb: "agree", To: PlanActive},
	{From: PlanProposed, Verb: "decline", To: PlanDeclined},
	{From: PlanActive, Verb: "keep", To: PlanKept},
	{From: PlanActive, Verb: "break", To: PlanBroken},
}

// The calendar of a plan: when an instalment is announced, when one that did not
// come is asked for, and when the plan ends over it; days before and after its
// date. PartsMax is how many instalments a plan has at the most.
const (
	NoticeDays  = 3
	MissedDays  = 3
	DefaultDays = 10
	PartsMax    = 12
)

// Instalment is one part of a plan.
type Instalment struct {
	On     calendar.Date `json:"on"`
	Amount money.Amount  `json:"amount"`
}

// PlanData is what a payment plan is made of.
type PlanData struct {
	ID         string        `json:"id"`
	InvoiceID  string        `json:"invoice_id"`
	Number     string        `json:"invoice"`
	CustomerID string        `json:"customer_id"`
	Total      money.Amount  `json:"total"`
	Parts      []Instalment  `json:"parts"`
	Text       string        `json:"text,omitempty"` // the customer's own words
	By         string        `json:"by"`             // who asked for it
	Status     string        `json:"status"`
	AskedAt    time.Time     `json:"asked_at"`
	DecidedBy  string        `json:"decided_by,omitempty"`
	DecidedAt  time.Time     `json:"decided_at,omitzero"`
	Answer     string        `json:"answer,omitempty"`   // why it was declined
	OpenThen   money.Amount  `json:"open_then,omitzero"` // what the invoice had open when it began
	Noticed    int           `json:"noticed,omitempty"`  // instalments that were announced
	Missed     int           `json:"missed,omitempty"`   // instalments that were asked for
	LookAt     time.Time     `json:"look_at,omitzero"`   // when it is looked at next
	EndedOn    calendar.Date `json:"ended_on,omitzero"`
}

// Plan lets a customer pay an invoice in instalments. While it is kept, nobody
// asks for more than the instalments that are due.
type Plan struct{ data PlanData }

// Schedule cuts a total into equal instalments, the first on a day and the
// others a month apart each; the first ones take the cents that are left over.
func Schedule(total money.Amount, parts int, first calendar.Date) ([]Instalment, error) {
	if parts < 2 || parts > PartsMax || !total.IsPositive() || total.Minor < int64(parts) {
		return nil, fault.Breaks("plan.parts", "{total} cannot be paid in {n} instalments; 2 to {most} are possible", "total", total, "n", parts, "most", PartsMax)
	}
	weights := make([]int64, parts)
	for i := range weights {
		weights[i] = 1
	}
	all := make([]Instalment, parts)
	for i, amount := range total.Split(weights...) {
		all[i] = Instalment{On: first.AddMonths(i), Amount: amount}
	}
	return all, nil
}

// NewPlan proposes a plan over what is open; its instalments come in order and
// add up to it.
func NewPlan(d PlanData, today calendar.Date) (*Plan, error) {
	if len(d.Parts) < 2 || len(d.Parts) > PartsMax {
		return nil, fault.Breaks("plan.count", "a plan has 2 to {most} instalments", "most", PartsMax)
	}
	sum, last := d.Total.Zero(), today
	for _, p := range d.Parts {
		if err := money.Same(p.Amount, sum); err != nil || !p.Amount.IsPositive() {
			return nil, fault.Breaks("plan.amount", "an instalment of {amount} cannot be", "amount", p.Amount)
		}
		if p.On.Before(last) || p.On.DaysSince(today) > 366 {
			return nil, fault.Breaks("plan.date", "the instalment of {date} is out of order, in the past, or more than a year away", "date", p.On)
		}
		sum, last = sum.Plus(p.Amount), p.On
	}
	if sum != d.Total {
		return nil, fault.Breaks("plan.sum", "the instalments add up to {sum} and not to {total}", "sum", sum, "total", d.Total)
	}
	d.Status = PlanProposed
	return &Plan{data: d}, nil
}

// Data is a copy; its slices are not for writing.
func (p *Plan) Data() PlanData { return p.data }

// Agree lets the plan count from now on.
func (p *Plan) Agree(by string, at time.Time, openNow money.Amount) error {
	if openNow.Cmp(p.data.Total) < 0 {
		return fault.Breaks("plan.open", "{open} is open and the plan is over {total}", "open", openNow, "total", p.data.Total)
	}
	p.data.OpenThen = openNow
	return p.decide("agree", by, at)
}

// Decline refuses it, with a reason for the customer.
func (p *Plan) Decline(by, answer string, at time.Time) error {
	p.data.Answer = answer
	return p.decide("decline", by, at)
}

func (p *Plan) decide(verb, by string, at time.Time) error {
	next, err := PlanLife.Next(p.data.Status, verb)
	if err != nil {
		return err
	}
	p.data.Status, p.data.DecidedBy, p.data.DecidedAt = next, by, at.UTC()
	return nil
}

// Unpaid is the first instalment that is not covered by what was paid since the
// plan began, and what is missing of it; none is left when n is all of them.
func (d PlanData) Unpaid(openNow money.Amount) (n int, missing money.Amount) {
	paid := d.OpenThen.Minus(openNow)
	for i, part := range d.Parts {
		if paid.Cmp(part.Amount) < 0 {
			return i, part.Amount.Minus(paid)
		}
		paid = paid.Minus(part.Amount)
	}
	return len(d.Parts), d.Total.Zero()
}

// Asked is what may be asked for on a day: every instalment that is due and not
// covered, or else the next one.
func (d PlanData) Asked(openNow money.Amount, today calendar.Date) money.Amount {
	n, sum := d.Unpaid(openNow)
	for i := n + 1; i < len(d.Parts) && !d.Parts[i].On.After(today); i++ {
		sum = sum.Plus(d.Parts[i].Amount)
	}
	return money.Min(sum, openNow)
}

// Duty is what a plan asks for on a day.
type Duty string

// The duties of a plan.
const (
	Nothing Duty = ""
	Notice  Duty = "notice" // an instalment comes
	Missing Duty = "missed" // one did not come
	Keep    Duty = "keep"   // all was paid
	Break   Duty = "break"  // it did not come for too long
)

// Duty says what the plan asks for on a day, and of which instalment.
func (p *Plan) Duty(openNow money.Amount, today calendar.Date) (Duty, int) {
	d := p.data
	n, _ := d.Unpaid(openNow)
	switch {
	case d.Status != PlanActive:
		return Nothing, n
	case n == len(d.Parts) || openNow.IsZero():
		return Keep, n
	}
	on := d.Parts[n].On
	switch {
	case !today.Before(on.AddDays(DefaultDays)):
		return Break, n
	case !today.Before(on.AddDays(MissedDays)) && d.Missed <= n:
		return Missing, n
	case !today.Before(on.AddDays(-NoticeDays)) && d.Noticed <= n:
		return Notice, n
	}
	return Nothing, n
}

// Done records that a duty was done.
func (p *Plan) Done(duty Duty, n int, today calendar.Date) error {
	switch duty {
	case Notice:
		p.data.Noticed = n + 1
	case Missing:
		p.data.Missed, p.data.Noticed = n+1, max(p.data.Noticed, n+1)
	case Keep, Break:
		next, err := PlanLife.Next(p.data.Status, string(duty))
		if err != nil {
			return err
		}
		p.data.Status, p.data.EndedOn = next, today
	}
	return nil
}

// Next is the day on which the plan is looked at again.
func (p *Plan) Next(openNow money.Amount) calendar.Date {
	n, _ := p.data.Unpaid(openNow)
	if n == len(p.data.Parts) {
		return calendar.Date{}
	}
	on := p.data.Parts[n].On
	switch {
	case p.data.Missed > n:
		return on.AddDays(DefaultDays)
	case p.data.Noticed > n:
		return on.AddDays(MissedDays)
	}
	return on.AddDays(-NoticeDays)
}

// LookAt sets the instant at which it is looked at next; zero: never again.
func (p *Plan) LookAt(at time.Time) { p.data.LookAt = at }

// Kind, ID and ListKey make the plan a document.
func (p *Plan) Kind() string    { return "plan" }
func (p *Plan) ID() string      { return p.data.ID }
func (p *Plan) ListKey() string { return p.data.AskedAt.UTC().Format(time.RFC3339Nano) }

// PlanQueue is where active plans wait for their next day.
const PlanQueue = "plan"

// Due is when an active plan is looked at.
func (p *Plan) Due() (string, time.Time) {
	if p.data.Status != PlanActive {
		return PlanQueue, time.Time{}
	}
	return PlanQueue, p.data.LookAt
}

// MarshalJSON and UnmarshalJSON are the store's door.
func (p *Plan) MarshalJSON() ([]byte, error) { return json.Marshal(p.data) }
func (p *Plan) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &p.data) }
