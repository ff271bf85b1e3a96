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
	"duly/shared/o2c/money"
	"duly/shared/o2c/party"
	"duly/shared/o2c/recovery"
	"duly/shared/o2c/statute"
)

// doNotice sends a letter with legal effect.
const doNotice = "mail.notice"

// LetterFourteenDays is the consumer's letter of article 6:96(6) BW; the formal
// notice and the last letter are rungs of the ladder.
const LetterFourteenDays = "reminder_fourteen_day"

// noticeArgs name a letter with legal effect: its recovery files know it by Ref.
type noticeArgs struct {
	Template string   `json:"template"`
	Kind     string   `json:"kind"`
	Step     string   `json:"step,omitempty"` // of the ladder; "": a colleague or a program asked for it
	Ref      string   `json:"ref"`
	To       string   `json:"to"`
	Language string   `json:"language"`
	Invoices []string `json:"invoices"` // by due date

	On    calendar.Date `json:"on"`
	PayBy calendar.Date `json:"pay_by,omitzero"`
}

// noticeDays is how long a letter that a colleague sends gives.
const noticeDays = 14

// LetterClaim is one invoice's claim in a letter.
type LetterClaim struct {
	Number    string
	Principal money.Amount
	Interest  money.Amount
	Costs     money.Amount
	Total     money.Amount
}

// SendNotice sends a letter with legal effect now. A consumer's covers all that is
// overdue: several debts are demanded in one letter, and their sums are added up
// for the costs (article 6:96(7) BW).
func (c *Cycle) SendNotice(ctx context.Context, s Stamp, invoiceID, kind string) error {
	return c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		lead, err := get[invoice.Invoice](ctx, tx, invoiceID)
		if err != nil {
			return err
		}
		today := c.today(tx.At())
		if !lead.Overdue(today) || disputedNow(lead.Data()) {
			return fault.New(fault.Refused, "The letter cannot be sent", "invoice {number} is not overdue, or it is disputed", "wait until it is due").Keyed("notice.not_overdue").With("number", lead.Number())
		}
		consumer := regimeOf(lead.Data().Buyer.Kind) == statute.Consumer
		if consumer != (kind == recovery.FourteenDays) {
			return fault.Bad("/kind", "a {kind} letter is not for {party}", "consumers get the 14-day letter, enterprises a formal notice").Keyed("notice.kind").With("kind", kind, "party", string(lead.Data().Buyer.Kind))
		}
		cust, err := get[party.Customer](ctx, tx, lead.Data().CustomerID)
		if err != nil {
			return err
		}
		if cust.Email() == "" {
			return fault.New(fault.Incomplete, "The letter cannot be sent", "{name} has no mail address", "add one").Keyed("notice.no_address").With("name", cust.Data().Name)
		}
		about := []*invoice.Invoice{lead}
		if consumer {
			if about, err = c.overdueOf(ctx, tx, cust.ID(), today); err != nil {
				return err
			}
		}
		ids := make([]string, len(about))
		for i, inv := range about {
			ids[i] = inv.ID()
		}
		if why, err := c.unsettled(ctx, tx, cust.ID(), ids...); err != nil || why != nil {
			return errors.Join(why, err)
		}
		asked, err := c.notify(ctx, tx, noticeArgs{Kind: kind, PayBy: today.AddDays(noticeDays)}, cust, about)
		if err == nil && !asked {
			err = fault.New(fault.Refused, "The letter went out today already. Nothing changed.", "", "").Keyed("notice.today")
		}
		return err
	})
}

// overdueOf are a customer's overdue invoices that nobody disputes and no valid
// letter named before.
func (c *Cycle) overdueOf(ctx context.Context, tx *Tx, customerID string, today calendar.Date) ([]*invoice.Invoice, error) {
	open, err := c.openInvoices(ctx, tx, customerID)
	if err != nil {
		return nil, err
	}
	var late []*invoice.Invoice
	for _, inv := range open {
		if !inv.Overdue(today) || disputedNow(inv.Data()) || inv.Data().Advance != nil {
			continue
		}
		f, err := c.filed(ctx, tx, inv)
		if err != nil {
			return nil, err
		}
		if namedBy(inv.Data(), f, recovery.FourteenDays, today).IsPositive() {
			late = append(late, inv)
		}
	}
	if len(late) == 0 {
		return nil, fault.New(fault.Refused, "There is nothing to write about", "a valid letter names every overdue invoice already", "wait for its days").Keyed("notice.nothing")
	}
	return late, nil
}

// namedBy is what a letter of a day names of an invoice: what is late; in a
// consumer's, what no valid letter named before.
func namedBy(d invoice.Data, f *recovery.File, kind string, today calendar.Date) money.Amount {
	if before, written := lastLetter(f, kind); written {
		return d.Since(before.SentOn, today)
	}
	return d.Late(today)
}

// lastLetter is the consumer's letter that another one follows.
func lastLetter(f *recovery.File, kind string) (recovery.Letter, bool) {
	if f == nil || kind != recovery.FourteenDays {
		return recovery.Letter{}, false
	}
	return f.Data().Letter(recovery.FourteenDays)
}

// notify records a letter in the file of each invoice that it is about, and asks
// for its sending; false when it went out on the same day before.
func (c *Cycle) notify(ctx context.Context, tx *Tx, args noticeArgs, cust *party.Customer, about []*invoice.Invoice) (bool, error) {
	today := c.today(tx.At())
	args.Template, args.To, args.Language, args.On = "reminder_"+args.Kind, cust.Email(), cust.Data().Language, today
	args.Ref = Name("n", args.Kind, cust.ID(), today.String())
	shares, err := c.letterCosts(ctx, tx, args.Kind, about)
	if err != nil {
		return false, err
	}
	for i, inv := range about {
		f, err := c.file(ctx, tx, inv)
		if err != nil {
			return false, err
		}
		letter := recovery.Letter{Kind: args.Kind, SentOn: today, To: args.To, Language: args.Language, Costs: shares[i], Ref: args.Ref}
		if !f.Send(letter) {
			return false, nil
		}
		args.Invoices = append(args.Invoices, inv.ID())
		if err := errors.Join(tx.Save(f, Fact{Type: "letter.asked", Data: letter}), tx.Save(inv)); err != nil {
			return false, err
		}
	}
	return true, tx.ask(doNotice, KeyOf(cust), args)
}

// serveNotice writes the letter of a rung with legal effect about the invoices that
// reached it; false when the rung has none, or nothing of it may be demanded.
func (c *Cycle) serveNotice(ctx context.Context, tx *Tx, f *dunningFile, step dunning.Step, due []taking, today calendar.Date) (bool, error) {
	if !slices.Contains([]string{dunning.FourteenDay, dunning.Formal, dunning.Last}, step.Kind) || f.cust.Email() == "" {
		return false, nil
	}
	if consumer := regimeOf(f.cust.Data().Kind) == statute.Consumer; consumer != (step.Kind == dunning.FourteenDay) {
		return false, nil
	}
	var about []*invoice.Invoice
	for _, t := range due {
		if t.step.Kind != step.Kind || disputedNow(t.inv.Data()) || t.inv.Data().Currency != c.Policy.Currency || slices.Contains(about, t.inv) {
			continue
		}
		file, err := c.filed(ctx, tx, t.inv)
		if err != nil {
			return false, err
		}
		if namedBy(t.inv.Data(), file, step.Kind, today).IsPositive() {
			about = append(about, t.inv)
		}
	}
	if len(about) == 0 {
		return false, nil
	}
	if step.Kind == dunning.FourteenDay {
		costs, err := c.letterCosts(ctx, tx, step.Kind, about)
		if err != nil || !slices.ContainsFunc(costs, money.Amount.IsPositive) {
			return false, err // a later instalment that adds no costs needs no such letter
		}
	}
	payBy := calendar.Date{}
	if step.PayWithin > 0 {
		payBy = c.Policy.Days.Next(today.AddDays(step.PayWithin))
	}
	_, err := c.notify(ctx, tx, noticeArgs{Kind: step.Kind, Step: step.Code, PayBy: payBy}, f.cust, about)
	return true, err
}

// hearOfNotice is what the mail service tells of a letter with legal effect.
func (c *Cycle) hearOfNotice(ctx context.Context, tx *Tx, effect, verb string) error {
	e, err := find[Effect](ctx, tx, effect)
	if err != nil || e == nil || e.Does != doNotice {
		return err
	}
	var args noticeArgs
	if err := json.Unmarshal(e.Args, &args); err != nil {
		return err
	}
	return c.noticeNews(ctx, tx, args, verb)
}

// noticeNews lets a letter's days count from its receipt; one that came back, or
// never left, has no effect.
func (c *Cycle) noticeNews(ctx context.Context, tx *Tx, args noticeArgs, verb string) error {
	for _, id := range args.Invoices {
		f, err := find[recovery.File](ctx, tx, id)
		if err != nil || f == nil || !f.Arrive(args.Ref, c.today(tx.At()), verb != "deliver") {
			return err
		}
		if verb == "deliver" && args.Kind == recovery.FourteenDays {
			f.Raise(c.today(tx.At()).AddDays(fourteenDays + 1))
		}
		if err := tx.Save(f, Fact{Type: "letter." + verb, Data: args}); err != nil {
			return err
		}
		if err := c.refreshCard(tx, "claim", Key{Kind: "invoice", ID: id}); err != nil {
			return err
		}
	}
	return nil
}

// fourteenDays is how long a consumer's letter gives.
const fourteenDays = 14

// letterCosts are the shares of the invoices in the sum of costs that a
// consumer's letter names; other letters name none of their own. Of an invoice of
// which a letter spoke before it is what its later instalments add.
func (c *Cycle) letterCosts(ctx context.Context, tx *Tx, kind string, about []*invoice.Invoice) ([]money.Amount, error) {
	shares, sum := make([]money.Amount, len(about)), about[0].Open().Zero()
	for i := range shares {
		shares[i] = sum
	}
	if kind != recovery.FourteenDays {
		return shares, nil
	}
	law, err := c.law(ctx, tx)
	if err != nil {
		return nil, err
	}
	var first []int // that no letter spoke of before
	for i, inv := range about {
		f, err := c.filed(ctx, tx, inv)
		if err != nil {
			return nil, err
		}
		if _, again := lastLetter(f, kind); !again {
			first, sum = append(first, i), sum.Plus(inv.Data().Late(c.today(tx.At())))
		} else if shares[i], err = c.addedCosts(ctx, tx, law, inv.Data(), f); err != nil {
			return nil, err
		}
	}
	costs := law.CollectionCosts(statute.Consumer, sum, c.Policy.Recovery.TaxOnCosts)
	before, named := sum.Zero(), sum.Zero()
	for _, i := range first { // by running sums, so that the shares make the whole
		before = before.Plus(about[i].Data().Late(c.today(tx.At())))
		upTo := costs.Times(before.Decimal().DivRound(sum.Decimal(), 18))
		shares[i], named = upTo.Minus(named), upTo
	}
	return shares, nil
}

// addedCosts are what another letter to a consumer of today would add to the costs
// of an invoice of which one spoke before.
func (c *Cycle) addedCosts(ctx context.Context, tx *Tx, law statute.Law, d invoice.Data, f *recovery.File) (money.Amount, error) {
	today := c.today(tx.At())
	due := today.AddDays(fourteenDays + 1)
	debt, err := c.debtOf(ctx, tx, d, f, due)
	if err != nil {
		return d.Open.Zero(), err
	}
	without, err := law.Compute(debt, due)
	if err != nil {
		return d.Open.Zero(), err
	}
	fresh := namedBy(d, f, recovery.FourteenDays, today)
	most := law.CollectionCosts(statute.Consumer, fresh, c.Policy.Recovery.TaxOnCosts)
	debt.Notices = append(slices.Clone(debt.Notices), statute.Notice{On: today, ReceivedOn: today, Costs: most})
	with, err := law.Compute(debt, due)
	return with.Costs.Minus(without.Costs), err
}

// noticeSent records what went out. Until somebody confirms the receipt, the law
// presumes it for the second day of delivery (HR 2016-11-25).
func (c *Cycle) noticeSent(ctx context.Context, tx *Tx, args noticeArgs, name, hash string) error {
	for _, id := range args.Invoices {
		inv, err := get[invoice.Invoice](ctx, tx, id)
		if err != nil {
			return err
		}
		f, err := get[recovery.File](ctx, tx, id)
		if err != nil {
			return err
		}
		today := c.today(tx.At())
		f.Sent(args.Ref, name, hash, today, c.presumed(today))
		f.Interrupt(statute.Interruption{On: today, Kind: statute.ByLetter, Note: args.Kind})
		if args.Kind == recovery.Last {
			f.Raise(today)
		}
		if letter, ok := f.Data().Letter(recovery.FourteenDays); ok && args.Kind == recovery.FourteenDays {
			f.Raise(letter.Arrived.AddDays(fourteenDays + 1)) // the day after the fourteen
		}
		if err := errors.Join(tx.Save(f, Fact{Type: "letter.sent", Data: args}), c.showCard(tx, "claim", KeyOf(inv))); err != nil {
			return err
		}
	}
	return nil
}

// presumed is the day on which a letter sent on a day is taken for received: the
// second day of delivery after it; Sundays, Mondays and holidays are none.
func (c *Cycle) presumed(sent calendar.Date) calendar.Date {
	day := sent
	for n := 0; n < 2; {
		day = day.AddDays(1)
		holiday := !c.Policy.Days.Works(day) && day.Weekday() != time.Saturday && day.Weekday() != time.Sunday
		if day.Weekday() != time.Sunday && day.Weekday() != time.Monday && !holiday {
			n++
		}
	}
	return day
}

// NoticeArrived records the receipt of a letter that a colleague or the mail
// service confirms, or that it came back; with it move the days that it gives.
func (c *Cycle) NoticeArrived(ctx context.Context, s Stamp, invoiceID, ref string, on calendar.Date, bounced bool) error {
	return c.changeFile(ctx, s, invoiceID, func(_ context.Context, tx *Tx, _ *invoice.Invoice, f *recovery.File) (Fact, error) {
		if ref == "" && len(f.Data().Letters) > 0 {
			ref = f.Data().Letters[len(f.Data().Letters)-1].Ref
		}
		if on.IsZero() {
			on = c.today(tx.At())
		}
		if on.After(c.today(tx.At())) || !f.Arrive(ref, on, bounced) {
			return Fact{}, fault.Bad("/letter", "no such letter was sent", "look at the letters of the claim").Keyed("notice.unknown")
		}
		fact := "letter.arrived"
		if bounced {
			fact = "letter.bounced"
		}
		return Fact{Type: fact, Data: map[string]any{"ref": ref, "on": on}}, nil
	})
}
