package o2c

import (
	"context"
	"errors"
	"strings"
	"time"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/dunning"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/money"
)

// PromiseInput is a customer's word, given on our page or told to a colleague.
type PromiseInput struct {
	InvoiceID string
	Amount    *money.Amount // nil: all that is open
	Date      calendar.Date
	By        string
}

// actorPortal begins the actor of what a customer did on its page.
const actorPortal = "portal:"

// RecordPromise writes a promise down: letters about the invoice pause until
// its date and the grace have passed; the due date stays.
func (c *Cycle) RecordPromise(ctx context.Context, s Stamp, in PromiseInput) (dunning.PromiseData, error) {
	var made dunning.PromiseData
	err := c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		inv, err := get[invoice.Invoice](ctx, tx, in.InvoiceID)
		if err != nil {
			return err
		}
		d := inv.Data()
		if strings.HasPrefix(d.Dunning.PausedBy, pausedByPlan) {
			return fault.New(fault.Refused, "It is paid in instalments", "invoice {number} has a payment plan", "pay its instalments").Keyed("promise.plan").With("number", d.Number)
		}
		if !inv.Collectable() {
			return fault.New(fault.Refused, "There is nothing to promise", "invoice {number} has nothing open", "").Keyed("promise.nothing").With("number", d.Number)
		}
		if strings.HasPrefix(s.Actor, actorPortal) {
			if d.Dunning.Promises > 0 { // a promise pauses mails once per invoice (ux.md §3.2)
				return fault.New(fault.Refused, "A date was promised before", "invoice {number} has had its promise", "call us, we will find a way").Keyed("promise.before").With("number", d.Number)
			}
			inv.Promised()
		}
		amount := d.Open
		if in.Amount != nil {
			amount = *in.Amount
		}
		if err := money.Same(amount, d.Open); err != nil || !amount.IsPositive() || amount.Cmp(d.Open) > 0 {
			return fault.Bad("/amount", "{amount} is not a part of {open}", "promise at most what is open").Keyed("promise.part").With("amount", amount, "open", d.Open)
		}
		p, err := dunning.NewPromise(dunning.PromiseData{
			ID: Name("p", d.ID, in.Date.String(), s.At.UTC().Format(time.RFC3339Nano)), InvoiceID: d.ID, Number: d.Number, CustomerID: d.CustomerID, Amount: amount, OpenThen: d.Open,
			Date: in.Date, By: in.By, MadeAt: s.At, JudgeAt: in.Date.AddDays(dunning.GraceDays + 1).Start(c.Policy.Zone),
		}, c.today(s.At))
		if err != nil {
			return fault.By("/date", err, "choose an earlier date")
		}
		made = p.Data()
		if err := c.acknowledged(ctx, tx, inv, "promised "+amount.String()+" for "+in.Date.String()); err != nil {
			return err
		}
		inv.Pause("promise " + p.ID())
		k, err := c.caseOf(ctx, tx, d.CustomerID)
		if err != nil {
			return err
		}
		k.data.Promise = p.ID()
		customer := Key{Kind: "customer", ID: d.CustomerID}
		return errors.Join(
			tx.Save(p, Fact{Type: "promise.made", Data: made}),
			tx.Save(inv, Fact{Type: "dunning.paused", Data: map[string]string{"by": "promise", "until": in.Date.AddDays(dunning.GraceDays).String()}}),
			tx.Save(k),
			c.refreshCard(tx, "invoice", KeyOf(inv)),
			tx.ask(doReply, KeyOf(inv), replyArgs{Purpose: "invoice", Case: &CaseLine{What: LinePromised, By: c.sayer(in.By), Amount: amount, Numbers: []string{d.Number}, Date: in.Date}}),
			c.showCard(tx, "overdue", customer),
		)
	})
	return made, err
}

// judgePromises ends the promises whose date and grace have passed: kept when
// the promised money came, else broken, and letters go on where they stopped.
func (c *Cycle) judgePromises(ctx context.Context, at time.Time) (judged int, err error) {
	return c.eachDue(ctx, dunning.PromiseQueue, at, func(id string) error { return c.judgePromise(ctx, at, id) })
}

func (c *Cycle) judgePromise(ctx context.Context, at time.Time, id string) error {
	return c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(Stamp{At: at, Actor: "system:dunning"})
		p, err := get[dunning.Promise](ctx, tx, id)
		if err != nil || p.Data().Status != dunning.PromiseOpen || at.Before(p.Data().JudgeAt) {
			return err
		}
		inv, err := get[invoice.Invoice](ctx, tx, p.Data().InvoiceID)
		if err != nil {
			return err
		}
		if err := p.Judge(inv.Open()); err != nil {
			return refused(err)
		}
		did := map[string]int64{didKeep: 1}
		if p.Data().Status == dunning.PromiseBroken {
			did = map[string]int64{didBreak: 1}
		}
		if err := c.remember(ctx, tx, p.Data().CustomerID, p.Data().Date, did); err != nil {
			return err
		}
		facts := []Fact{{Type: "promise." + p.Data().Status, Data: p.Data()}}
		if inv.Data().Dunning.PausedBy == "promise "+p.ID() {
			inv.Pause("")
			if err := c.planNext(ctx, tx, inv); err != nil {
				return err
			}
		}
		return errors.Join(
			tx.Save(p, facts...), tx.Save(inv, Fact{Type: "dunning.resumed", Data: map[string]string{"after": "promise " + p.Data().Status}}),
			c.refreshCard(tx, "overdue", Key{Kind: "customer", ID: p.Data().CustomerID}),
		)
	})
}
