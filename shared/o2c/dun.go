package o2c

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/dunning"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/party"
)

// letterHour is when the day's letters go out, in the seller's zone (ux.md §3.3:
// working days from 09:00 to 11:00).
const letterHour = 9

// planNext plans the invoice's next step of the ladder, after the customer's
// last letter.
func (c *Cycle) planNext(inv *invoice.Invoice, lastLetter calendar.Date) {
	d := inv.Data()
	taken := make([]dunning.Taken, len(d.Dunning.Sent))
	for i, s := range d.Dunning.Sent {
		taken[i] = dunning.Taken{Step: s.Step, On: s.On}
	}
	step, on, ok := c.Policy.Ladder.Next(d.DueOn, taken, lastLetter, c.Policy.Days)
	if !ok {
		inv.Plan("", calendar.Date{}, time.Time{})
		return
	}
	inv.Plan(step.Code, on, on.At(letterHour, 0, c.Policy.Zone))
}

// lastLetter is when the invoice's customer was last written to about it.
func lastLetter(d invoice.Data) calendar.Date {
	if n := len(d.Dunning.Sent); n > 0 {
		return d.Dunning.Sent[n-1].On
	}
	return calendar.Date{}
}

// caseData is all that runs against one customer.
type caseData struct {
	CustomerID string        `json:"customer_id"`
	LastLetter calendar.Date `json:"last_letter,omitzero"`
	HoldUntil  calendar.Date `json:"hold_until,omitzero"` // no letter up to and including this day
	HoldWhy    string        `json:"hold_why,omitempty"`
	Owner      string        `json:"owner,omitempty"`   // the colleague who took it
	Promise    string        `json:"promise,omitempty"` // the newest
}

// dunningCase is the case of one customer; it has the customer's id.
type dunningCase struct{ data caseData }

// Kind and ID make the case a document.
func (k *dunningCase) Kind() string { return "case" }
func (k *dunningCase) ID() string   { return k.data.CustomerID }

// MarshalJSON and UnmarshalJSON are the store's door.
func (k *dunningCase) MarshalJSON() ([]byte, error) { return json.Marshal(k.data) }
func (k *dunningCase) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &k.data) }

func (c *Cycle) caseOf(ctx context.Context, tx *Tx, customerID string) (*dunningCase, error) {
	k, err := find[dunningCase](ctx, tx, customerID)
	if err == nil && k == nil {
		k = &dunningCase{data: caseData{CustomerID: customerID}}
	}
	return k, err
}

// DunningReport is what one tick did.
type DunningReport struct {
	Letters  int `json:"letters"`
	Promises int `json:"promises"` // judged
	Released int `json:"released"` // orders whose stock went back
	Asked    int `json:"asked"`    // orders of which news waits for too long
	Deposits int `json:"deposits"` // steps of unpaid deposits
	Held     int `json:"held"`     // customers whose letters wait for newer bank data
	Disputes int `json:"disputes"` // whose answer is due

	Quotes QuoteTick `json:"quotes"`
}

// RunDunning does all that is due as of an instant: promises are judged, stock
// of undecided orders goes back, questions about credit are tended, quotes end, and each customer with a due step gets one
// letter. It stops when the budget is used up; the next tick goes on, and any
// number of ticks converge on the same letters.
func (c *Cycle) RunDunning(ctx context.Context, at time.Time, budget func() bool) (DunningReport, error) {
	var r DunningReport
	var failed failures
	var err error
	r.Promises, err = c.judgePromises(ctx, at)
	failed.note(err)
	r.Disputes, err = c.remindDisputes(ctx, at)
	failed.note(err)
	r.Released, err = c.TendCredit(ctx, at)
	failed.note(err)
	r.Asked, err = c.AskAboutNews(ctx, at)
	failed.note(err)
	r.Quotes, err = c.RunQuotes(ctx, at)
	failed.note(err)
	if failed.hopeless() || !c.Policy.Days.Works(c.today(at)) || at.Before(c.today(at).At(letterHour, 0, c.Policy.Zone)) {
		return r, failed.err() // letters wait for a working morning
	}
	fresh, err := c.bankIsFresh(ctx, at)
	if err != nil {
		return r, err
	}
	if fresh { // what was paid by transfer must be known before an order ends
		r.Deposits, err = c.runDeposits(ctx, at)
		failed.note(err)
	}
	seen := map[string]bool{}
	page := Page{}
	for budget() && !failed.hopeless() {
		page, err = c.Store.List(ctx, Query{Queue: invoice.Queue, Until: at, After: page.Next})
		if err != nil {
			return r, err
		}
		for _, s := range page.Items {
			inv, err := restore[invoice.Invoice](s)
			if err != nil {
				failed.note(err)
				continue
			}
			customer := inv.Data().CustomerID
			if seen[customer] {
				continue
			}
			seen[customer] = true
			failed.note(c.remindOne(ctx, at, customer, fresh, &r))
		}
		if page.Next == "" {
			break
		}
	}
	return r, failed.err()
}

func (c *Cycle) remindOne(ctx context.Context, at time.Time, customerID string, fresh bool, r *DunningReport) error {
	if !fresh {
		r.Held++
		return nil
	}
	sent, err := c.remind(ctx, at, customerID)
	if sent {
		r.Letters++
	}
	return err
}

// failures gathers what went wrong with single documents, so that one of them
// never keeps the others from their turn.
type failures struct{ found []error }

func (f *failures) note(err error) {
	if err != nil {
		f.found = append(f.found, err)
	}
}

// hopeless reports whether the table itself is away: going on would fail too.
func (f *failures) hopeless() bool {
	return slices.ContainsFunc(f.found, func(err error) bool { return fault.Is(err, fault.Unavailable) })
}

func (f *failures) err() error { return errors.Join(f.found...) }

// remind writes one customer one letter with everything that is open, when a
// step of an open invoice is due and nothing speaks against it.
func (c *Cycle) remind(ctx context.Context, at time.Time, customerID string) (sent bool, err error) {
	err = c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(Stamp{At: at, Actor: "system:dunning"})
		sent = false
		k, err := c.caseOf(ctx, tx, customerID)
		if err != nil {
			return err
		}
		open, err := c.openInvoices(ctx, tx, customerID)
		if err != nil {
			return err
		}
		settling, err := c.settling(ctx, tx, open)
		if err != nil {
			return err
		}
		today := c.today(at)
		due := slices.DeleteFunc(slices.Clone(open), func(inv *invoice.Invoice) bool {
			return settling[inv.ID()] || !c.stepIsDue(inv, k, today)
		})
		if len(due) == 0 {
			return c.replan(tx, open, k, today)
		}
		sent = true
		return c.writeLetter(ctx, tx, k, open, due[:min(len(due), stepsMax)], today)
	})
	return sent, err
}

// stepsMax is how many steps one commit takes at the most, two rows each; the
// customer's other invoices have theirs with the next letter.
const stepsMax = 40

// settlesWithin is how long a payment that is under way is believed in: a SEPA
// debit settles or fails within 14 days.
const settlesWithin = 14 * 24 * time.Hour

// settling tells the open invoices whose rest is under way already.
func (c *Cycle) settling(ctx context.Context, tx *Tx, open []*invoice.Invoice) (map[string]bool, error) {
	keys := make([]Key, len(open))
	for i, inv := range open {
		keys[i] = Key{Kind: "checkout", ID: inv.ID()}
	}
	if err := tx.Fetch(ctx, keys...); err != nil {
		return nil, err
	}
	covered := map[string]bool{}
	for _, inv := range open {
		k, err := find[checkout](ctx, tx, inv.ID())
		if err != nil {
			return nil, err
		}
		if k == nil {
			continue
		}
		sum := inv.Open().Zero()
		for _, p := range k.data.Pending {
			if p.Amount.Currency == sum.Currency && tx.At().Sub(p.Since) < settlesWithin {
				sum = sum.Plus(p.Amount)
			}
		}
		covered[inv.ID()] = sum.Cmp(inv.Data().Demandable()) >= 0
	}
	return covered, nil
}

func (c *Cycle) stepIsDue(inv *invoice.Invoice, k *dunningCase, today calendar.Date) bool {
	d := inv.Data()
	if d.Dunning.NextStep == "" || d.Dunning.NextOn.After(today) || d.PausedBy() != "" || !d.Demandable().IsPositive() {
		return false
	}
	if !k.data.HoldUntil.IsZero() && !today.After(k.data.HoldUntil) {
		return false
	}
	last := k.data.LastLetter
	return last.IsZero() || !today.Before(last.AddDays(c.Policy.Ladder.MinGapDays))
}

// replan puts invoices whose step cannot be taken today behind what stands in
// its way, so that they do not come up on every tick.
func (c *Cycle) replan(tx *Tx, open []*invoice.Invoice, k *dunningCase, today calendar.Date) error {
	moved := 0
	for _, inv := range open {
		d := inv.Data()
		if d.Dunning.NextStep == "" || d.Dunning.NextOn.After(today) || d.DunAt.After(tx.At()) || moved == stepsMax {
			continue
		}
		moved++
		next := today.AddDays(1)
		if gap := k.data.LastLetter.AddDays(c.Policy.Ladder.MinGapDays); !k.data.LastLetter.IsZero() && gap.After(next) {
			next = gap
		}
		if hold := k.data.HoldUntil.AddDays(1); !k.data.HoldUntil.IsZero() && hold.After(next) {
			next = hold
		}
		next = c.Policy.Days.Next(next)
		inv.Plan(d.Dunning.NextStep, d.Dunning.NextOn, next.At(letterHour, 0, c.Policy.Zone))
		if err := tx.Save(inv); err != nil {
			return err
		}
	}
	return nil
}

// writeLetter takes the due steps: the letter is at the highest of them and
// lists all that is open.
func (c *Cycle) writeLetter(ctx context.Context, tx *Tx, k *dunningCase, open, due []*invoice.Invoice, today calendar.Date) error {
	cust, err := get[party.Customer](ctx, tx, k.ID())
	if err != nil {
		return err
	}
	highest := 0
	k.data.LastLetter = today
	for _, inv := range due {
		step := inv.Data().Dunning.NextStep
		highest = max(highest, slices.IndexFunc(c.Policy.Ladder.Steps, func(s dunning.Step) bool { return s.Code == step }))
		inv.Remind(step, today)
		c.planNext(inv, today)
		if err := tx.Save(inv, Fact{Type: "dunning.step_taken", Data: map[string]any{"step": step, "number": inv.Number(), "open": inv.Open()}}); err != nil {
			return err
		}
	}
	if err := tx.Save(k); err != nil {
		return err
	}
	items := make([]string, len(open))
	for i, inv := range open {
		items[i] = inv.ID()
	}
	step := c.Policy.Ladder.Steps[highest]
	if cust.Email() != "" { // the address of today: a mended one is used at once
		args := letterArgs{Template: "reminder_" + step.Code, To: cust.Email(), Invoices: items, Language: cust.Data().Language, On: today}
		if err := tx.ask(doLetter, KeyOf(cust), args); err != nil {
			return err
		}
	}
	return c.showCard(tx, "overdue", KeyOf(cust)) // whom no mail reaches, a colleague calls
}

// openInvoices reads a customer's open invoices, by due date.
func (c *Cycle) openInvoices(ctx context.Context, tx *Tx, customerID string) ([]*invoice.Invoice, error) {
	links, err := tx.Links(ctx, Key{Kind: "customer", ID: customerID}, linkOpen)
	if err != nil {
		return nil, err
	}
	keys := make([]Key, len(links))
	for i, l := range links {
		keys[i] = l.To
	}
	if err := tx.Fetch(ctx, keys...); err != nil {
		return nil, err
	}
	open := make([]*invoice.Invoice, 0, len(keys))
	for _, key := range keys {
		inv, err := get[invoice.Invoice](ctx, tx, key.ID)
		if err != nil {
			return nil, err
		}
		if inv.Collectable() {
			open = append(open, inv)
		}
	}
	return open, nil
}

// HoldCustomer keeps letters back up to and including a day.
func (c *Cycle) HoldCustomer(ctx context.Context, s Stamp, customerID string, until calendar.Date, reason string) error {
	return c.changeCase(ctx, s, customerID, func(k *dunningCase) (Fact, error) {
		k.data.HoldUntil, k.data.HoldWhy = until, reason
		return Fact{Type: "dunning.held", Data: map[string]any{"until": until, "reason": reason}}, nil
	})
}

// TakeCase makes a colleague the owner of a customer's case, unless another has
// taken it.
func (c *Cycle) TakeCase(ctx context.Context, s Stamp, customerID string, who Person) error {
	return c.changeCase(ctx, s, customerID, func(k *dunningCase) (Fact, error) {
		if k.data.Owner != "" && k.data.Owner != who.ID {
			return Fact{}, fault.New(fault.Refused, c.Policy.NameOf("slack:"+k.data.Owner)+" has taken it already. Nothing changed.", "", "")
		}
		k.data.Owner = who.ID
		return Fact{Type: "dunning.taken", Data: map[string]string{"owner": who.ID}}, nil
	})
}

func (c *Cycle) changeCase(ctx context.Context, s Stamp, customerID string, change func(*dunningCase) (Fact, error)) error {
	return c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		k, err := c.caseOf(ctx, tx, customerID)
		if err != nil {
			return err
		}
		fact, err := change(k)
		if err != nil {
			return err
		}
		return errors.Join(tx.Save(k, fact), c.showCard(tx, "overdue", Key{Kind: "customer", ID: customerID}))
	})
}
