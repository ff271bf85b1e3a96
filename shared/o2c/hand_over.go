package o2c

import (
	"context"
	"errors"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/money"
	"duly/shared/o2c/recovery"
	"duly/shared/o2c/statute"
)

// pausedByAgency says that an agency writes the letters, not we.
const pausedByAgency = "agency"

// LegalCheck is one line of the checklist of a hand-over.
type LegalCheck struct {
	Code string // of the words that say it
	OK   bool
	Must bool // without it there is no hand-over
	Text string
}

// The codes of the checklist.
const (
	CheckOpen      = "open"      // money is open and overdue
	CheckLetter    = "letter"    // a consumer got a valid letter and let its days pass
	CheckRegister  = "register"  // the agency may collect from natural persons (Wki)
	CheckDispute   = "dispute"   // nothing of it is disputed
	CheckNotice    = "notice"    // an enterprise got a formal notice
	CheckDelivered = "delivered" // delivery is proven
	CheckAlive     = "alive"     // the claim has not lapsed
	CheckHeld      = "held"      // we hold no money of the customer without a home
)

// handOverChecks looks at what the law and good sense ask before an agency is
// given a claim.
func (c *Cycle) handOverChecks(v ClaimView, agency recovery.Agency, held []Held, today calendar.Date) []LegalCheck {
	d, f := v.Invoice, recovery.Data{}
	if v.File != nil {
		f = *v.File
	}
	checks := []LegalCheck{{Code: CheckOpen, Must: true, OK: d.Open.IsPositive() && today.After(d.DueOn), Text: d.Open.String()}}
	if f.Regime == statute.Consumer {
		letter, ok := f.Letter(recovery.FourteenDays)
		over := ok && today.After(letter.Arrived.AddDays(14))
		check := LegalCheck{Code: CheckLetter, Must: true, OK: over}
		if ok {
			check.Text = letter.Arrived.AddDays(14).String()
		}
		checks = append(checks, check)
	} else {
		letter, ok := f.Letter(recovery.Formal, recovery.Last)
		check := LegalCheck{Code: CheckNotice, OK: ok}
		if ok {
			check.Text = letter.SentOn.String()
		}
		checks = append(checks, check)
	}
	home := LegalCheck{Code: CheckHeld, Must: true, OK: len(held) == 0}
	if !home.OK {
		home.Text = sumsOf(held)[0].String()
	}
	return append(checks, home,
		LegalCheck{Code: CheckRegister, Must: f.Natural, OK: agency.Register != "" || !f.Natural, Text: agency.Register},
		LegalCheck{Code: CheckDispute, Must: true, OK: !disputedNow(d), Text: d.Disputed().String()},
		LegalCheck{Code: CheckDelivered, OK: d.ShipmentID != ""},
		LegalCheck{Code: CheckAlive, Must: true, OK: !today.After(v.Lapses), Text: v.Lapses.String()},
	)
}

// disputedNow reports whether a part of an invoice is disputed.
func disputedNow(d invoice.Data) bool { return d.Disputed().IsPositive() }

func noHandOver(why, do string) *fault.Error {
	return fault.New(fault.Refused, "The claim cannot be handed over", why, do)
}

// refuseUnlawful names the first check that must hold and does not.
func refuseUnlawful(checks []LegalCheck) error {
	why := map[string]*fault.Error{
		CheckOpen:     noHandOver("nothing of it is overdue", "").Keyed("handover.open"),
		CheckLetter:   noHandOver("the consumer has had no valid 14-day letter whose days are over (article 6:96(6) BW)", "send the letter and wait for its days").Keyed("handover.letter"),
		CheckRegister: noHandOver("the agency has no number in the Wki register, and the debtor is a natural person", "write the agency's register number in duly.yaml, or choose a registered one").Keyed("handover.register"),
		CheckDispute:  noHandOver("it is disputed", "decide the dispute first").Keyed("handover.dispute"),
		CheckAlive:    noHandOver("the claim has lapsed", "write it off").Keyed("handover.lapsed"),
		CheckHeld:     noHandOver("we hold money of the customer that has no home, so that the claim would be too high", "apply the money or pay it back first").Keyed("handover.held"),
	}
	for _, k := range checks {
		if k.Must && !k.OK {
			return why[k.Code]
		}
	}
	return nil
}

// ProposeHandOver asks to give a claim to an agency. Two different approvers
// decide; an approver's proposal is the first of their words.
func (c *Cycle) ProposeHandOver(ctx context.Context, s Stamp, invoiceID, agency, note string, who Person) error {
	a, ok := c.Policy.Recovery.Agency(agency)
	if !ok {
		return fault.Bad("/agency", "duly.yaml names no agency {agency}", "choose one of recovery.agencies").Keyed("agency.unknown").With("agency", agency)
	}
	return c.changeFile(ctx, s, invoiceID, func(ctx context.Context, tx *Tx, inv *invoice.Invoice, f *recovery.File) (Fact, error) {
		if err := c.lawfulNow(ctx, tx, inv, f, a); err != nil {
			return Fact{}, err
		}
		if err := f.Propose(a, note, s.Actor, who.Decides(), tx.At()); err != nil {
			return Fact{}, refused(err)
		}
		return Fact{Type: "hand_over.proposed", Data: map[string]any{"agency": a, "note": note, "open": inv.Open()}}, nil
	})
}

func (c *Cycle) lawfulNow(ctx context.Context, tx *Tx, inv *invoice.Invoice, f *recovery.File, a recovery.Agency) error {
	today := c.today(tx.At())
	v, err := c.claimView(ctx, tx, inv.Data(), f, latestDay(today, inv.Data().DueOn))
	if err != nil {
		return err
	}
	held, err := c.heldOf(ctx, tx, inv.Data().CustomerID)
	if err != nil {
		return err
	}
	return refuseUnlawful(c.handOverChecks(v, a, held, today))
}

// approvalsNeeded is how many different approvers hand a claim over.
func (c *Cycle) approvalsNeeded() int {
	if c.Policy.Approval.Solo {
		return 1
	}
	return 2
}

// ApproveHandOver is one approver's word. With the second, the claim leaves: it is
// raised, our own letters end, and the dossier is made and sent.
func (c *Cycle) ApproveHandOver(ctx context.Context, s Stamp, invoiceID string, who Person) error {
	return c.changeFile(ctx, s, invoiceID, func(ctx context.Context, tx *Tx, inv *invoice.Invoice, f *recovery.File) (Fact, error) {
		h := f.Data().HandOver
		switch {
		case h.Status == recovery.HandedOver:
			return Fact{}, fault.New(fault.Refused, "Already handed over to {agency} at {time}. Nothing changed.", "", "").Keyed("handover.done").With("agency", h.Agency.Name, "time", h.HandedAt.In(c.Policy.Zone).Format("15:04"))
		case h.Status != recovery.Proposed:
			return Fact{}, fault.New(fault.Refused, "No hand-over is proposed now. Nothing changed.", "", "").Keyed("handover.none")
		case !who.Decides():
			return Fact{}, fault.New(fault.Forbidden, "Only approvers hand claims over", "you are {role}", "ask an approver").Keyed("handover.role").With("role", string(who.Role))
		}
		if err := c.lawfulNow(ctx, tx, inv, f, h.Agency); err != nil {
			return Fact{}, err
		}
		enough, err := f.Approve(s.Actor, c.approvalsNeeded(), tx.At())
		var again *recovery.Again
		if errors.As(err, &again) {
			return Fact{}, fault.New(fault.Refused, "You have approved already. Another approver must agree. Nothing changed.", "", "").Keyed("handover.twice")
		}
		if err != nil {
			return Fact{}, refused(err)
		}
		fact := Fact{Type: "hand_over.approved", Data: map[string]any{"by": s.Actor, "of": c.approvalsNeeded()}}
		if !enough {
			return fact, nil
		}
		return fact, c.leave(ctx, tx, inv, f)
	})
}

// leave hands the claim over.
func (c *Cycle) leave(ctx context.Context, tx *Tx, inv *invoice.Invoice, f *recovery.File) error {
	today := c.today(tx.At())
	f.Raise(today)
	claim, err := c.claimIn(ctx, tx, inv.Data(), f, today)
	if err != nil {
		return err
	}
	if err := f.Leave(claim.Total, dossierName(inv.Data(), len(f.Data().Former)+1), tx.At()); err != nil {
		return refused(err)
	}
	inv.Pause(pausedByAgency)
	return errors.Join(
		tx.Save(inv, Fact{Type: "invoice.handed_over", Data: map[string]any{"agency": f.Data().HandOver.Agency.Name, "claim": claim.Total}}),
		tx.ask(doDossier, KeyOf(inv), nil),
		c.refreshCard(tx, "invoice", KeyOf(inv)), c.refreshCard(tx, "overdue", Key{Kind: "customer", ID: inv.Data().CustomerID}), c.publish(tx, KeyOf(inv)),
	)
}

// AbortHandOver ends a proposal before the claim leaves.
func (c *Cycle) AbortHandOver(ctx context.Context, s Stamp, invoiceID, why string) error {
	return c.changeFile(ctx, s, invoiceID, func(_ context.Context, tx *Tx, _ *invoice.Invoice, f *recovery.File) (Fact, error) {
		if f.Data().HandOver.Status != recovery.Proposed {
			return Fact{}, fault.New(fault.Refused, "No hand-over is proposed now. Nothing changed.", "", "").Keyed("handover.none")
		}
		return Fact{Type: "hand_over.aborted", Data: map[string]string{"why": why}}, f.Stop("abort", s.Actor, why, tx.At())
	})
}

// RecallHandOver takes a claim back from its agency.
func (c *Cycle) RecallHandOver(ctx context.Context, s Stamp, invoiceID, why string) error {
	return c.changeFile(ctx, s, invoiceID, func(_ context.Context, tx *Tx, inv *invoice.Invoice, f *recovery.File) (Fact, error) {
		if !f.Data().Out() {
			return Fact{}, fault.New(fault.Refused, "No agency has the claim now. Nothing changed.", "", "").Keyed("handover.nobody")
		}
		return Fact{Type: "hand_over.recalled", Data: map[string]string{"why": why}}, c.callBack(tx, inv, f, s.Actor, why)
	})
}

// callBack tells the agency to stop, once, and our own letters may go on.
func (c *Cycle) callBack(tx *Tx, inv *invoice.Invoice, f *recovery.File, by, why string) error {
	if err := f.Stop("recall", by, why, tx.At()); err != nil {
		return refused(err)
	}
	return errors.Join(
		c.unpauseAgency(tx, inv), tx.Save(f),
		tx.ask(doAgency, KeyOf(inv), agencyArgs{Template: LetterAgencyRecall, Why: why}),
	)
}

// unpauseAgency ends the pause that a hand-over made.
func (c *Cycle) unpauseAgency(tx *Tx, inv *invoice.Invoice) error {
	if inv.Data().Dunning.PausedBy != pausedByAgency {
		return nil
	}
	inv.Pause("")
	return tx.Save(inv, Fact{Type: "dunning.resumed", Data: map[string]string{"after": pausedByAgency}})
}

// afterMoney is what a payment, or its going back, does to an invoice's file: it
// acknowledges the debt, keeps the VAT in step, and takes the claim back from the
// agency once the customer has paid us what was open, with one notice (row 70 of
// the failure catalogue). A smaller part is told to the agency, which goes on.
func (c *Cycle) afterMoney(ctx context.Context, tx *Tx, inv *invoice.Invoice, openBefore, paid money.Amount, on calendar.Date) error {
	f, err := c.filed(ctx, tx, inv)
	if err != nil || f == nil {
		return err
	}
	if paid.IsPositive() && inv.Open().IsPositive() {
		f.Interrupt(statute.Interruption{On: on, Kind: statute.ByPartPayment, Note: paid.String()})
	}
	err = c.followRelief(tx, inv, f)
	if h := f.Data().HandOver; err == nil && paid.IsPositive() {
		all := inv.Open().IsZero() || money.Same(paid, openBefore) == nil && paid.Cmp(openBefore) >= 0
		switch {
		case h.Status == recovery.HandedOver && all:
			err = errors.Join(tx.Save(f, Fact{Type: "hand_over.recalled", Data: map[string]any{"why": "paid", "amount": paid}}), c.callBack(tx, inv, f, "system:payment", "the customer paid "+paid.String()))
		case h.Status == recovery.HandedOver:
			err = tx.ask(doAgency, KeyOf(inv), agencyArgs{Template: LetterAgencyPayment, Why: paid.String(), On: on})
		case h.Status == recovery.Proposed && all:
			err = errors.Join(f.Stop("abort", "system:payment", "the customer paid "+paid.String(), tx.At()), tx.Save(f, Fact{Type: "hand_over.aborted", Data: map[string]string{"why": "paid"}}))
		}
	}
	if err == nil && f.Data().WriteOff.Status == recovery.Asked && inv.Open().IsZero() {
		err = f.Decide("refuse", "system:payment", inv.Open().Zero(), tx.At())
	}
	return errors.Join(err, tx.Save(f), c.refreshCard(tx, "claim", KeyOf(inv)))
}
