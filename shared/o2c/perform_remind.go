package o2c

import (
	"context"
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/invoice"
	"errors"
	"slices"

	"duly/shared/o2c/dunning"
)

// inTime reports whether a reminder that was held up should still go out: not
// when a newer one to the customer says it all, when a colleague keeps letters
// back meanwhile, and not outside the hours of a working day.
func (o *Outbox) inTime(ctx context.Context, customerID string, args letterArgs) (bool, error) {
	k, err := o.Cycle.caseOf(ctx, NewTx(o.Cycle.Store), customerID)
	if err != nil {
		return false, err
	}
	now, today := o.Now(), o.Cycle.today(o.Now())
	if !args.On.IsZero() && (args.On.Before(k.data.LastLetter) || k.held(today)) {
		return false, nil
	}
	if o.Cycle.letterHours(now) {
		return true, o.oneADay(k, args.Step)
	}
	morning := today
	if !now.Before(today.At(letterClose, 0, o.Cycle.Policy.Zone)) {
		morning = today.AddDays(1)
	}
	return false, o.onMorning(morning, "no letters outside the hours of a working day")
}

// oneADay puts the letter of a step off that was held up until a day on which
// another one left.
func (o *Outbox) oneADay(k *dunningCase, step string) error {
	if today := o.Cycle.today(o.Now()); step != "" && k.data.SentOn == today {
		return o.onMorning(today.AddDays(1), "another letter to the customer has left today")
	}
	return nil
}

func (o *Outbox) onMorning(from calendar.Date, why string) error {
	next := o.Cycle.Policy.Days.Next(from).At(letterHour, 0, o.Cycle.Policy.Zone)
	return &Later{After: next.Sub(o.Now()), Cause: errors.New(why)}
}

// letterLeft notes on a customer's case that a letter has left.
func (c *Cycle) letterLeft(ctx context.Context, tx *Tx, customerID string) error {
	k, err := c.caseOf(ctx, tx, customerID)
	if err != nil {
		return err
	}
	k.data.SentOn = c.today(tx.At())
	return tx.Save(k)
}

// aboutOpen is a letter about what a customer has open, as it stands when the
// letter is sent: what was paid, promised or disputed meanwhile is left out, and
// without any of the invoices whose step it was there is no letter.
func (o *Outbox) aboutOpen(ctx context.Context, customerID string, args letterArgs) (*LetterView, error) {
	tx := NewTx(o.Cycle.Store)
	tx.By(Stamp{At: o.Now(), Actor: "system:outbox"})
	f, err := o.Cycle.fileOf(ctx, tx, customerID)
	if err != nil {
		return nil, err
	}
	all := slices.DeleteFunc(slices.Clone(f.open), func(a owed) bool {
		return !a.speaks() || !slices.Contains(args.Invoices, a.inv.ID())
	})
	if len(all) == 0 || !concerns(all, args.About) {
		return nil, nil
	}
	oldest := all[0].inv.Data()
	url, err := o.Cycle.InvoiceURL(oldest)
	if err != nil {
		return nil, err
	}
	view := o.aboutInvoice(oldest, url, args.To) // the oldest leads the letter
	if err := o.payTo(ctx, tx, &view); err != nil {
		return nil, err
	}
	view.Netted, view.Customer = f.netted, f.cust.Data().Name
	view.Greet(f.cust.Data().Kind, f.cust.Email(), args.To)
	for _, a := range all {
		d := a.inv.Data()
		if url, err = o.Cycle.InvoiceURL(d); err != nil {
			return nil, err
		}
		for _, course := range f.parts(a, args, view.Today) {
			view.Items = append(view.Items, o.item(d, course, view.Today, url))
			view.Totals = addTo(view.Totals, course.Amount)
		}
	}
	if len(view.Items) == 0 {
		return nil, nil
	}
	view.Amount, view.DueOn, view.DaysLate = view.Totals[0], view.Items[0].DueOn, view.Items[0].DaysLate
	return &view, o.addStep(ctx, &view, f, args)
}

// item is one invoice in a letter, or one instalment of it.
func (o *Outbox) item(d invoice.Data, course invoice.Course, today calendar.Date, url string) LetterItem {
	return LetterItem{Number: d.Number, DueOn: course.On, Open: course.Amount, DaysLate: today.DaysSince(course.On), URL: url, Turn: course.N, Of: len(d.Instalments)}
}

// addStep adds what the step of the ladder says: until when to pay, who signs,
// and the page with all that is open.
func (o *Outbox) addStep(ctx context.Context, view *LetterView, f *dunningFile, args letterArgs) error {
	step, ok := o.Cycle.Policy.Rung(args.Step)
	if ok && step.PayWithin > 0 {
		view.PayBy = o.Cycle.Policy.Days.Next(view.Today.AddDays(step.PayWithin))
	}
	if step.Kind == dunning.Personal {
		view.Signer = o.Cycle.signer(f)
	}
	url, err := o.statementURL(ctx, f.cust.ID(), args.To)
	if err != nil {
		return err
	}
	if view.StatementURL = url; view.Invoices() > 1 {
		view.PayURL, view.PromiseURL, view.DisputeURL, view.StatementURL = url, "", "", "" // one link for all of it
	}
	return nil
}

// statementURL is the contact's link to the customer's statement, granted where
// it was not: the address may be newer than the invoices.
func (o *Outbox) statementURL(ctx context.Context, customerID, contact string) (string, error) {
	scope := StatementScope(customerID, contact)
	token, err := o.Cycle.Links.Token(scope)
	if err != nil {
		return "", err
	}
	known, err := o.Cycle.Store.Resolve(ctx, tokenAlias(LinkStatement, token))
	if err == nil && known[0].IsZero() {
		err = o.Cycle.Store.Update(ctx, func(_ context.Context, tx *Tx) error {
			tx.By(Stamp{At: o.Now(), Actor: "system:outbox"})
			return o.Cycle.grant(tx, scope)
		})
	}
	return o.Cycle.Policy.URL(LinkStatement, token), err
}

// signer is the colleague who looks after the case, or the customer, or else
// the first who collects; "" when nobody does.
func (c *Cycle) signer(f *dunningFile) string {
	for _, id := range []string{f.k.data.Owner, personID(f.cust.Data().Owner)} {
		if p, ok := c.Policy.Person(id); ok && id != "" {
			return p.Name
		}
	}
	for _, p := range c.Policy.People {
		if p.Role == Collector {
			return p.Name
		}
	}
	return ""
}
