package o2c

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/dunning"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/money"
)

// PlanInput is a wish to pay in instalments: of the customer on its page, of a
// colleague or of a program.
type PlanInput struct {
	InvoiceID string
	Parts     int                  // equal instalments, a month apart; or
	Schedule  []dunning.Instalment // the instalments themselves
	First     calendar.Date        // of the first equal one; zero: in a week
	Text      string
	By        string
	Agreed    bool // who asks may agree to it too
}

// PartsAsked is how many instalments a customer may ask for on its page; a
// colleague may agree to more.
const PartsAsked = 6

// planStarts is in how many days the first instalment is proposed.
const planStarts = 7

// AskPlan proposes a payment plan over what may be asked for of an invoice, or
// agrees on it at once. A proposal holds letters back for three days, so that
// somebody can decide.
func (c *Cycle) AskPlan(ctx context.Context, s Stamp, in PlanInput) (dunning.PlanData, error) {
	var made dunning.PlanData
	words := strings.TrimSpace(strings.ToValidUTF8(in.Text, ""))
	if utf8.RuneCountInString(words) > dunning.DisputeWords {
		return made, fault.Bad("/text", "the text is too long", "write up to 1000 characters").Keyed("plan.text")
	}
	err := c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		inv, err := get[invoice.Invoice](ctx, tx, in.InvoiceID)
		if err != nil {
			return err
		}
		d := inv.Data()
		if err := planPossible(d, strings.HasPrefix(s.Actor, actorPortal)); err != nil {
			return err
		}
		plan, err := c.draftPlan(s, d, in, words)
		if err != nil {
			return err
		}
		inv.Planned(plan.ID())
		if err := errors.Join(tx.Save(plan), tx.Save(inv)); err != nil {
			return err
		}
		if in.Agreed {
			if err := c.startPlan(ctx, tx, plan, inv); err != nil {
				return err
			}
		}
		made = plan.Data()
		facts := []Fact{{Type: "plan.proposed", Data: made}}
		if in.Agreed {
			facts = append(facts, Fact{Type: "plan.agreed", Data: made})
		}
		if err := errors.Join(tx.Save(plan, facts...), tx.Save(inv, Fact{Type: "dunning.planned", Data: map[string]string{"plan": made.ID, "status": made.Status}})); err != nil {
			return err
		}
		if !in.Agreed {
			if err := c.restCase(ctx, tx, d.CustomerID, c.Policy.Days.Add(c.today(s.At), HoldDays), "asked for a payment plan"); err != nil {
				return err
			}
		}
		return c.showPlan(tx, plan, inv)
	})
	return made, err
}

// planPossible says why an invoice cannot have a plan now.
func planPossible(d invoice.Data, customer bool) error {
	switch {
	case d.Type != invoice.Invoices || !d.Demandable().IsPositive():
		return fault.New(fault.Refused, "There is nothing to pay in instalments", "invoice {number} has nothing open that is not disputed", "").Keyed("plan.nothing").With("number", d.Number)
	case strings.HasPrefix(d.Dunning.PausedBy, pausedByPlan):
		return fault.New(fault.Refused, "There is a plan already", "invoice {number} is being paid in instalments", "let that one end first").Keyed("plan.already").With("number", d.Number)
	case customer && d.Dunning.PlanID != "": // each request holds letters back
		return fault.New(fault.Refused, "Instalments were asked for before", "invoice {number} has had its answer, or waits for it", "call us, we will find a way").Keyed("plan.before").With("number", d.Number)
	}
	return nil
}

func (c *Cycle) draftPlan(s Stamp, d invoice.Data, in PlanInput, words string) (*dunning.Plan, error) {
	today, parts := c.today(s.At), in.Schedule
	if len(parts) == 0 {
		first := in.First
		if first.IsZero() {
			first = c.Policy.Days.Next(today.AddDays(planStarts))
		}
		var err error
		if parts, err = dunning.Schedule(d.Demandable(), in.Parts, first); err != nil {
			return nil, fault.By("/parts", err, "choose another number of instalments")
		}
	}
	plan, err := dunning.NewPlan(dunning.PlanData{
		ID: Name("pl", d.ID, s.At.UTC().Format(time.RFC3339Nano)), InvoiceID: d.ID, Number: d.Number, CustomerID: d.CustomerID, Total: d.Demandable(),
		Parts: parts, Text: words, By: in.By, AskedAt: s.At.UTC(),
	}, today)
	if err != nil {
		return nil, fault.By("/instalments", err, "mend the instalments")
	}
	return plan, nil
}

// pausedByPlan begins what pauses an invoice that is paid in instalments.
const pausedByPlan = "plan "

// startPlan lets an agreed plan stand in for the due date.
func (c *Cycle) startPlan(ctx context.Context, tx *Tx, plan *dunning.Plan, inv *invoice.Invoice) error {
	if err := plan.Agree(tx.stamp.Actor, tx.At(), inv.Data().Demandable()); err != nil {
		return fault.New(fault.Refused, "The plan does not fit any more", "{why}", "decline it and make a new one").Keyed("plan.stale").With("why", err.Error()).Because(err)
	}
	inv.Pause(pausedByPlan + plan.ID())
	c.lookAgain(plan, inv.Data().Demandable())
	return errors.Join(
		c.mailAbout(tx, inv.Data(), aboutArgs{Template: LetterPlanAgreed, Plan: plan.ID(), Amount: plan.Data().Total}),
		c.closeCheckout(ctx, tx, inv.ID()),
	)
}

// lookAgain sets when the plan is looked at next: on a working morning.
func (c *Cycle) lookAgain(plan *dunning.Plan, open money.Amount) {
	next := plan.Next(open)
	if next.IsZero() {
		next = plan.Data().Parts[len(plan.Data().Parts)-1].On
	}
	plan.LookAt(c.Policy.Days.Next(next).At(letterHour, 0, c.Policy.Zone))
}

// PlanChange is what a colleague decides about a proposed plan. Other
// instalments than the proposed ones take their place.
type PlanChange struct {
	PlanID  string
	Parts   int
	First   calendar.Date
	Decline bool
	Answer  string // to the customer, of a plan that is declined
}

// DecidePlan agrees to a proposed plan, as it is or changed, or declines it.
func (c *Cycle) DecidePlan(ctx context.Context, s Stamp, ch PlanChange) (dunning.PlanData, error) {
	var after dunning.PlanData
	err := c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		plan, err := get[dunning.Plan](ctx, tx, ch.PlanID)
		if err != nil {
			return err
		}
		d := plan.Data()
		if d.Status != dunning.PlanProposed {
			return fault.New(fault.Refused, "This plan is decided", "it is {verdict}, by {name}", "nothing changed").Keyed("plan.decided").With("verdict", d.Status, "name", c.Policy.NameOf(d.DecidedBy))
		}
		if err := tx.Fetch(ctx, Key{Kind: "invoice", ID: d.InvoiceID}, Key{Kind: "checkout", ID: d.InvoiceID}); err != nil {
			return err
		}
		inv, err := get[invoice.Invoice](ctx, tx, d.InvoiceID)
		if err != nil {
			return err
		}
		if ch.Parts > 0 {
			if plan, err = c.changedPlan(s, inv.Data(), d, ch); err != nil {
				return err
			}
		}
		if err := tx.Save(plan); err != nil {
			return err
		}
		if err := c.decidePlan(ctx, tx, plan, inv, ch); err != nil {
			return err
		}
		after = plan.Data()
		fact := "plan.agreed"
		if ch.Decline {
			fact = "plan.declined"
		}
		return errors.Join(tx.Save(plan, Fact{Type: fact, Data: after}), tx.Save(inv, Fact{Type: "dunning.planned", Data: map[string]string{"plan": after.ID, "status": after.Status}}), c.showPlan(tx, plan, inv))
	})
	return after, err
}

func (c *Cycle) decidePlan(ctx context.Context, tx *Tx, plan *dunning.Plan, inv *invoice.Invoice, ch PlanChange) error {
	if !ch.Decline {
		return c.startPlan(ctx, tx, plan, inv)
	}
	answer := strings.TrimSpace(ch.Answer)
	if answer == "" || utf8.RuneCountInString(answer) > dunning.DisputeWords {
		return fault.Bad("/reason", "the customer is to be told why", "write a sentence or two").Keyed("reason.customer")
	}
	if err := plan.Decline(tx.stamp.Actor, answer, tx.At()); err != nil {
		return refused(err)
	}
	return c.mailAbout(tx, inv.Data(), aboutArgs{Template: LetterPlanDeclined, Note: answer})
}

// changedPlan is the proposed plan with other instalments.
func (c *Cycle) changedPlan(s Stamp, inv invoice.Data, d dunning.PlanData, ch PlanChange) (*dunning.Plan, error) {
	parts, err := dunning.Schedule(inv.Demandable(), ch.Parts, ch.First)
	if err != nil {
		return nil, fault.By("/parts", err, "choose another number of instalments")
	}
	d.Parts, d.Total = parts, inv.Demandable()
	plan, err := dunning.NewPlan(d, c.today(s.At))
	if err != nil {
		return nil, fault.By("/date", err, "choose another first day")
	}
	return plan, nil
}

func (c *Cycle) showPlan(tx *Tx, plan *dunning.Plan, inv *invoice.Invoice) error {
	return errors.Join(
		c.showCard(tx, "plan", KeyOf(plan)),
		c.refreshCard(tx, "invoice", KeyOf(inv)),
		c.refreshCard(tx, "overdue", Key{Kind: "customer", ID: inv.Data().CustomerID}),
	)
}

// tendPlans does what active plans ask for: instalments are announced and asked
// for, and a plan ends when it was kept or broken. While bank data is old nobody
// is said to have missed anything.
func (c *Cycle) tendPlans(ctx context.Context, at time.Time) (int, error) {
	today := c.today(at)
	if !c.Policy.Days.Works(today) || at.Before(today.At(letterHour, 0, c.Policy.Zone)) {
		return 0, nil
	}
	if fresh, err := c.bankIsFresh(ctx, at); err != nil || !fresh {
		return 0, err
	}
	return c.eachDue(ctx, dunning.PlanQueue, at, func(id string) error {
		return c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
			tx.By(Stamp{At: at, Actor: "system:dunning"})
			return c.tendPlan(ctx, tx, id)
		})
	})
}

func (c *Cycle) tendPlan(ctx context.Context, tx *Tx, id string) error {
	plan, err := get[dunning.Plan](ctx, tx, id)
	if err != nil || plan.Data().Status != dunning.PlanActive || tx.At().Before(plan.Data().LookAt) {
		return err
	}
	inv, err := get[invoice.Invoice](ctx, tx, plan.Data().InvoiceID)
	if err != nil {
		return err
	}
	k, err := c.checkoutOf(ctx, tx, inv.ID())
	if err != nil {
		return err
	}
	open := inv.Data().Demandable()
	expected := open.Minus(money.Min(open, k.underWay(open.Currency))) // what is being confirmed counts as paid
	today := c.today(tx.At())
	duty, n := plan.Duty(expected, today)
	if duty == dunning.Keep && open.IsPositive() {
		duty = dunning.Nothing // its last money is under way
	}
	if err := plan.Done(duty, n, today); err != nil {
		return refused(err)
	}
	c.lookAgain(plan, expected)
	if !plan.Data().LookAt.After(tx.At()) {
		plan.LookAt(c.Policy.Days.Next(today.AddDays(1)).At(letterHour, 0, c.Policy.Zone))
	}
	if duty == dunning.Keep || duty == dunning.Break {
		return c.endPlan(ctx, tx, plan, inv, n)
	}
	if err := tx.Save(plan, planFact(duty, plan.Data(), n)...); err != nil || duty == dunning.Nothing {
		return err
	}
	part := plan.Data().Parts[n]
	_, missing := plan.Data().Unpaid(expected)
	template := LetterInstalment
	if duty == dunning.Missing {
		template = LetterInstalmentMissed
	}
	return errors.Join(
		c.mailAbout(tx, inv.Data(), aboutArgs{Template: template, Plan: plan.ID(), Amount: missing, On: part.On}),
		c.showCard(tx, "plan", KeyOf(plan)),
	)
}

func planFact(duty dunning.Duty, d dunning.PlanData, n int) []Fact {
	if duty == dunning.Nothing {
		return nil
	}
	return []Fact{{Type: "plan." + string(duty), Data: map[string]any{"plan": d.ID, "invoice": d.Number, "instalment": n + 1, "on": d.Parts[min(n, len(d.Parts)-1)].On}}}
}

// endPlan ends a plan: kept, or broken, and then the whole invoice is due again
// and letters go on where they stopped.
func (c *Cycle) endPlan(ctx context.Context, tx *Tx, plan *dunning.Plan, inv *invoice.Invoice, n int) error {
	d := plan.Data()
	did, end := map[string]int64{didKeep: 1}, "plan.completed"
	if d.Status == dunning.PlanBroken {
		did, end = map[string]int64{didBreak: 1}, "plan.broken"
	}
	if inv.Data().Dunning.PausedBy == pausedByPlan+d.ID {
		inv.Pause("")
		if err := c.planNext(ctx, tx, inv); err != nil {
			return err
		}
	}
	if err := errors.Join(
		tx.Save(plan, Fact{Type: end, Data: d}),
		tx.Save(inv, Fact{Type: "dunning.resumed", Data: map[string]string{"after": "plan " + d.Status}}),
		c.remember(ctx, tx, d.CustomerID, c.today(tx.At()), did),
		c.showPlan(tx, plan, inv),
	); err != nil || d.Status == dunning.PlanKept {
		return err
	}
	return c.mailAbout(tx, inv.Data(), aboutArgs{Template: LetterPlanBroken, Plan: d.ID, On: d.Parts[n].On})
}

// HoldDays is for how many working days letters wait for an answer of ours.
const HoldDays = 3

// restCase keeps a customer's letters back up to and including a day; a longer
// rest stays.
func (c *Cycle) restCase(ctx context.Context, tx *Tx, customerID string, until calendar.Date, why string) error {
	k, err := c.caseOf(ctx, tx, customerID)
	if err != nil || until.Before(k.data.HoldUntil) {
		return err
	}
	k.data.HoldUntil, k.data.HoldWhy = until, why
	return tx.Save(k, Fact{Type: "dunning.held", Data: map[string]any{"until": until, "reason": why}})
}

// PlanOf reads the newest plan of an invoice; nil when there was none.
func (c *Cycle) PlanOf(ctx context.Context, invoiceID string) (*dunning.PlanData, error) {
	tx := NewTx(c.Store)
	inv, err := get[invoice.Invoice](ctx, tx, invoiceID)
	if err != nil {
		return nil, err
	}
	return planOf(ctx, tx, inv.Data())
}

func planOf(ctx context.Context, tx *Tx, d invoice.Data) (*dunning.PlanData, error) {
	if d.Dunning.PlanID == "" {
		return nil, nil
	}
	plan, err := get[dunning.Plan](ctx, tx, d.Dunning.PlanID)
	if err != nil {
		return nil, fmt.Errorf("plan of invoice %s: %w", d.Number, err)
	}
	made := plan.Data()
	return &made, nil
}

// PlanCard asks about a payment plan and follows it (M5).
type PlanCard struct {
	Plan     dunning.PlanData
	Customer string
	Invoice  invoice.Data
	By       string // who asked, by name or address
	Decider  string
	Next     int // the first instalment that is not paid
}

func (PlanCard) card() {}

func planCard(ctx context.Context, o *Outbox, e Effect, _ cardArgs) (Card, error) {
	tx := NewTx(o.Cycle.Store)
	plan, err := get[dunning.Plan](ctx, tx, e.Subject.ID)
	if err != nil {
		return nil, err
	}
	d := plan.Data()
	inv, err := get[invoice.Invoice](ctx, tx, d.InvoiceID)
	if err != nil {
		return nil, err
	}
	card := PlanCard{Plan: d, Customer: inv.Data().Buyer.Name, Invoice: inv.Data(), By: o.Cycle.sayer(d.By)}
	if d.DecidedBy != "" {
		card.Decider = o.Cycle.Policy.NameOf(d.DecidedBy)
	}
	if d.Status != dunning.PlanProposed && d.Status != dunning.PlanDeclined {
		card.Next, _ = d.Unpaid(inv.Data().Demandable())
	}
	return card, nil
}
