package chat

import (
	"strings"

	"github.com/slack-go/slack"

	"duly/shared/o2c"
	"duly/shared/o2c/recovery"
	"duly/shared/o2c/statute"
)

// claim is M10: what the law gives on an unpaid invoice, and its way to an agency, to the write-off and to the VAT's
// return. One card, edited as it goes.
func (v Voice) claim(c o2c.ClaimCard) Message {
	d, k := c.View.Invoice, c.View.Claim
	about := []any{"number", d.Number, "customer", named(d.Buyer.Name), "amount", k.Total, "date", k.AsOf}
	state := v.claimState(c)
	text := "claim.text"
	if !k.Total.IsPositive() {
		text = "claim.text.settled"
	}
	return message(v.Say(text, about...),
		header(v.Say("claim.title", about...)),
		fields(v.mark("claim.principal", "amount", k.Principal, "due", d.DueOn), v.mark("claim.interest", "amount", k.Interest),
			v.mark("claim.costs", "amount", k.Costs), v.mark("claim.total", "amount", k.Total)),
		some(state),
		some(v.checklist(c)),
		notes(v.claimFigures(c), v.claimLife(c), v.claimForgiven(c)),
		v.claimActions(c))
}

// claimFigures says how sure the figures are, and that they are no advice.
func (v Voice) claimFigures(c o2c.ClaimCard) markup {
	key := "claim.verified"
	if c.View.Claim.Extrapolated {
		key = "claim.extrapolated"
	}
	return join(" ", v.mark(key, "date", c.View.Claim.VerifiedUntil, "country", c.View.Country), v.mark("claim.disclaimer"))
}

func (v Voice) claimLife(c o2c.ClaimCard) markup {
	life := v.mark("claim.lapses", "date", c.View.Lapses, "rule", c.View.Rule)
	if f := c.View.File; f != nil && len(f.Clock) > 0 {
		last := f.Clock[len(f.Clock)-1]
		life = join(" · ", life, v.mark("claim.interrupted", "date", last.On, "kind", v.known("clock.", last.Kind)))
	}
	if c.SheetURL != "" {
		life = join(" · ", life, markup("<"+c.SheetURL+"|"+escape(v.Say("claim.sheet"))+">"))
	}
	return life
}

func (v Voice) claimForgiven(c o2c.ClaimCard) markup {
	if c.View.File == nil {
		return ""
	}
	var said []markup
	for _, g := range c.View.File.Forgiven {
		said = append(said, v.mark("claim.part."+g.Part, "why", noted(g.Rule)))
	}
	return join("\n", said...)
}

// claimState is where the claim is on its way.
func (v Voice) claimState(c o2c.ClaimCard) markup {
	f := c.View.File
	if f == nil {
		return ""
	}
	return join("\n", v.letterState(*f), v.handOverState(c), v.writeOffState(*f), v.reliefState(c), v.lastStepOf(*f))
}

func (v Voice) letterState(f recovery.Data) markup {
	if len(f.Letters) == 0 {
		if f.Regime == statute.Consumer && f.HandOver.Status == recovery.NotProposed && f.WriteOff.Status == "" {
			return v.mark("claim.letter.none")
		}
		return ""
	}
	l := f.Letters[len(f.Letters)-1]
	kind := v.known("letter.", l.Kind)
	switch {
	case l.Bounced:
		return v.mark("claim.letter.bounced", "kind", kind, "date", l.SentOn)
	case l.Presumed:
		return v.mark("claim.letter.presumed", "kind", kind, "date", l.SentOn, "arrived", l.Arrived)
	case l.Arrived.IsZero():
		return v.mark("claim.letter.sent", "kind", kind, "date", l.SentOn)
	}
	return v.mark("claim.letter.arrived", "kind", kind, "date", l.SentOn, "arrived", l.Arrived)
}

func (v Voice) handOverState(c o2c.ClaimCard) markup {
	h := c.View.File.HandOver
	about := []any{"agency", named(h.Agency.Name), "name", named(v.people(h.ProposedBy)), "amount", h.Claim, "why", noted(h.Why), "time", v.moment(h.EndedAt), "by", named(v.people(h.EndedBy))}
	switch h.Status {
	case recovery.Proposed:
		said := v.mark("handover.proposed", about...)
		if n := len(h.Approvals); n > 0 {
			said = join(" ", said, v.mark("handover.approved_by", "names", named(v.approvers(h)), "n", c.Needed-n))
		} else {
			said = join(" ", said, v.mark("handover.waits", "n", c.Needed))
		}
		return said
	case recovery.HandedOver:
		said := v.mark("handover.done", append(about, "time", v.moment(h.HandedAt), "names", named(v.approvers(h)))...)
		if h.Head != "" {
			said = join("\n", said, v.mark("handover.sealed", "head", h.Head[:12]))
		}
		return said
	case recovery.Recalled:
		return v.mark("handover.recalled", about...)
	case recovery.Aborted:
		return v.mark("handover.aborted", about...)
	case recovery.Ended:
		return v.mark("handover.ended", append(about, "collected", h.Result.Collected, "fee", h.Result.Fee)...)
	}
	return ""
}

func (v Voice) approvers(h recovery.HandOver) string {
	names := make([]string, len(h.Approvals))
	for i, a := range h.Approvals {
		names[i] = v.people(a.By)
	}
	return strings.Join(names, ", ")
}

func (v Voice) writeOffState(f recovery.Data) markup {
	w := f.WriteOff
	about := []any{"name", named(v.people(w.AskedBy)), "by", named(v.people(w.By)), "why", noted(w.Reason), "amount", w.Amount}
	switch w.Status {
	case recovery.Asked, recovery.Refused:
		return v.mark("writeoff."+w.Status, about...)
	case recovery.WrittenOff:
		if w.Back.IsPositive() {
			return v.mark("writeoff.came", append(about, "back", w.Back)...)
		}
		return v.mark("writeoff.written_off", about...)
	}
	return ""
}

func (v Voice) reliefState(c o2c.ClaimCard) markup {
	r := c.View.File.Relief
	switch r.Status {
	case recovery.ReliefWaits:
		return v.mark("relief.waits", "amount", c.Relief, "date", r.On)
	case recovery.ReliefDue:
		return v.mark("relief.due", "amount", c.Relief, "period", r.Period, "rule", r.Rule)
	case recovery.ReliefClaimed:
		return v.mark("relief.claimed", "amount", r.Tax, "period", r.Period)
	case recovery.ReliefRepaid:
		return v.mark("relief.repaid", "period", r.Period)
	}
	return ""
}

func (v Voice) lastStepOf(f recovery.Data) markup {
	if len(f.Steps) == 0 {
		return ""
	}
	s := f.Steps[len(f.Steps)-1]
	return v.mark("claim.step", "kind", v.known("recovery.step.", s.Kind), "date", s.On, "status", noted(s.Status), "costs", s.Costs)
}

// checklist shows what the law asks before the hand-over, ticked or not.
func (v Voice) checklist(c o2c.ClaimCard) markup {
	var lines []markup
	for _, k := range c.Checks {
		box := markup("✗ ")
		if k.OK {
			box = "✓ "
		} else if !k.Must {
			box = "– "
		}
		lines = append(lines, box+v.mark("check."+k.Code, "text", k.Text))
	}
	return join("\n", lines...)
}

// claimActions are what can be done now.
func (v Voice) claimActions(c o2c.ClaimCard) slack.Block {
	d, f := c.View.Invoice, recovery.Data{}
	if c.View.File != nil {
		f = *c.View.File
	}
	ref := Ref{ID: d.ID}.String()
	var buttons []slack.BlockElement
	add := func(b *slack.ButtonBlockElement) { buttons = append(buttons, b) }
	say := func(action, label string) *slack.ButtonBlockElement { return button(action, v.Say(label), ref) }
	switch {
	case f.HandOver.Status == recovery.Proposed:
		add(primary(say(ActHandOverApprove, "button.approve")))
		add(say(ActHandOverAbort, "button.abort"))
	case f.Out():
		add(say(ActHandOverRecall, "button.recall"))
	case d.Open.IsPositive():
		add(say(ActHandOverPropose, "button.agency"))
	}
	switch {
	case f.WriteOff.Status == recovery.Asked:
		add(say(ActWriteOffApprove, "button.write_off_approve"))
		add(say(ActWriteOffRefuse, "button.write_off_refuse"))
	case d.Open.IsPositive() && !f.Out() && f.HandOver.Status != recovery.Proposed:
		add(say(ActWriteOffAsk, "button.write_off"))
	}
	if f.Relief.Status == recovery.ReliefDue {
		add(primary(say(ActReliefClaim, "button.relief")))
	}
	if len(buttons) == 0 && !c.View.Claim.Total.IsPositive() {
		return nil
	}
	entries := []entry{{ActClaimSheet, "button.claim_sheet"}, {ActClaimRecord, "button.record_step"}}
	if c.View.Claim.Interest.IsPositive() || c.View.Claim.Costs.IsPositive() {
		entries = append(entries, entry{ActClaimForgive, "button.forgive"})
	}
	if d.Open.IsPositive() && !f.Out() {
		entries = append(entries, entry{ActClaimLetter, "button.claim_letter"})
	}
	return row(append(buttons, v.menu(ActClaimMore, ref, entries...))...)
}
