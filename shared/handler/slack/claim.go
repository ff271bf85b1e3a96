package slack

import (
	"context"

	"duly/shared/chat"
	"duly/shared/o2c"
	"duly/shared/o2c/invoice"
)

// claim reads the claim that a button refers to, as of today.
func (d desk) claim(ctx context.Context, p press) (o2c.ClaimView, chat.Ref, error) {
	r, err := ref(p)
	if err != nil {
		return o2c.ClaimView{}, r, err
	}
	inv, err := o2c.Read[invoice.Invoice](ctx, d.Cycle, r.ID)
	if err != nil {
		return o2c.ClaimView{}, r, err
	}
	v, err := d.claimNow(ctx, inv.Data())
	return v, r, err
}

func (d desk) claimNow(ctx context.Context, inv invoice.Data) (o2c.ClaimView, error) {
	asOf := d.today()
	if asOf.Before(inv.DueOn) {
		asOf = inv.DueOn
	}
	return d.Cycle.ClaimOn(ctx, inv, asOf)
}

// claimForm opens one of the forms about a claim.
func (d desk) claimForm(ctx context.Context, p press, form func(chat.Meta, o2c.ClaimView) chat.Modal) error {
	v, r, err := d.claim(ctx, p)
	if err != nil {
		return err
	}
	return d.Views.Open(ctx, p.TriggerID, form(about(p, r), v))
}

func (d desk) openHandOver(ctx context.Context, p press) error {
	var names []string
	for _, a := range d.Cycle.Policy.Recovery.Agencies {
		names = append(names, a.Name)
	}
	if len(names) == 0 {
		return chat.Told(d.voice.Say("handover.no_agency"))
	}
	return d.claimForm(ctx, p, func(m chat.Meta, v o2c.ClaimView) chat.Modal { return d.voice.HandOver(m, v, names) })
}

func (d desk) proposeHandOver(ctx context.Context, p press) (chat.Errors, error) {
	return nil, d.Cycle.ProposeHandOver(ctx, p.Stamp, p.Place.ID, p.Fields[chat.FieldAgency], p.Fields[chat.FieldNote], p.Who)
}

func (d desk) approveHandOver(ctx context.Context, p press) error {
	r, err := ref(p)
	if err != nil {
		return err
	}
	return d.Cycle.ApproveHandOver(ctx, p.Stamp, r.ID, p.Who)
}

func (d desk) abortHandOver(ctx context.Context, p press) error {
	r, err := ref(p)
	if err != nil {
		return err
	}
	return d.Cycle.AbortHandOver(ctx, p.Stamp, r.ID, "")
}

func (d desk) openRecall(ctx context.Context, p press) error {
	return d.claimForm(ctx, p, d.voice.Recall)
}

func (d desk) recallHandOver(ctx context.Context, p press) (chat.Errors, error) {
	return nil, d.Cycle.RecallHandOver(ctx, p.Stamp, p.Place.ID, p.Fields[chat.FieldReason])
}

func (d desk) openWriteOff(ctx context.Context, p press) error {
	return d.claimForm(ctx, p, d.voice.WriteOff)
}

func (d desk) askWriteOff(ctx context.Context, p press) (chat.Errors, error) {
	return nil, d.Cycle.AskWriteOff(ctx, p.Stamp, p.Place.ID, p.Fields[chat.FieldReason], p.Who)
}

func (d desk) approveWriteOff(ctx context.Context, p press) error {
	return d.decideWriteOff(ctx, p, true)
}

func (d desk) refuseWriteOff(ctx context.Context, p press) error {
	return d.decideWriteOff(ctx, p, false)
}

func (d desk) decideWriteOff(ctx context.Context, p press, granted bool) error {
	r, err := ref(p)
	if err != nil {
		return err
	}
	return d.Cycle.DecideWriteOff(ctx, p.Stamp, r.ID, granted, p.Who)
}

func (d desk) claimRelief(ctx context.Context, p press) error {
	r, err := ref(p)
	if err != nil {
		return err
	}
	return d.Cycle.ClaimRelief(ctx, p.Stamp, r.ID)
}

// showSheet shows the computation to whoever pressed.
func (d desk) showSheet(ctx context.Context, p press) error {
	return d.claimForm(ctx, p, func(_ chat.Meta, v o2c.ClaimView) chat.Modal { return d.voice.ClaimSheet(v) })
}

func (d desk) openForgive(ctx context.Context, p press) error {
	return d.claimForm(ctx, p, d.voice.Forgive)
}

func (d desk) forgive(ctx context.Context, p press) (chat.Errors, error) {
	return nil, d.Cycle.Forgive(ctx, p.Stamp, p.Place.ID, p.Fields[chat.FieldPart], p.Fields[chat.FieldReason])
}

func (d desk) openClaimLetter(ctx context.Context, p press) error {
	return d.claimForm(ctx, p, d.voice.ClaimLetter)
}

func (d desk) claimLetter(ctx context.Context, p press) (chat.Errors, error) {
	return nil, d.Cycle.SendNotice(ctx, p.Stamp, p.Place.ID, p.Fields[chat.FieldKind])
}

func (d desk) openRecord(ctx context.Context, p press) error {
	return d.claimForm(ctx, p, func(m chat.Meta, v o2c.ClaimView) chat.Modal { return d.voice.RecordStep(m, v, d.today()) })
}

func (d desk) record(ctx context.Context, p press) (chat.Errors, error) {
	inv, err := o2c.Read[invoice.Invoice](ctx, d.Cycle, p.Place.ID)
	if err != nil {
		return nil, err
	}
	step, result, wrong := d.voice.Recorded(p.Fields, inv.Data().Currency)
	if len(wrong) > 0 {
		return wrong, nil
	}
	return nil, d.Cycle.RecordStep(ctx, p.Stamp, inv.ID(), step, result)
}

// claimOf answers "/duly claim 2026-0042" with the computation, and puts the claim's card into the room.
func (d desk) claimOf(ctx context.Context, a ask) (chat.Message, error) {
	inv, err := d.Cycle.InvoiceByNumber(ctx, bare(a.Object))
	if err != nil {
		return chat.Message{}, err
	}
	v, err := d.claimNow(ctx, inv)
	if err != nil {
		return chat.Message{}, err
	}
	if inv.Open.IsPositive() && v.Claim.AsOf.After(inv.DueOn) {
		if err := d.Cycle.ShowClaim(ctx, o2c.Stamp{At: d.Now(), Actor: "system:slack"}, inv.ID); err != nil {
			return chat.Message{}, err
		}
	}
	return d.voice.ClaimAnswer(v), nil
}

// claimsMax is how many claims of one customer come into the room at once.
const claimsMax = 10

// showClaims puts the claim's card of each overdue invoice of a customer into the room, from where it goes to an agency.
func (d desk) showClaims(ctx context.Context, p press) error {
	c, _, err := d.customer(ctx, p)
	if err != nil {
		return err
	}
	open, err := d.Cycle.OpenOf(ctx, c.ID)
	if err != nil {
		return err
	}
	shown := 0
	for _, inv := range open {
		if shown == claimsMax || !d.today().After(inv.DueOn) || inv.Advance != nil {
			continue
		}
		stamp := p.Stamp
		stamp.Once = ""
		if err := d.Cycle.ShowClaim(ctx, stamp, inv.ID); err != nil {
			return err
		}
		shown++
	}
	if shown == 0 {
		return chat.Told(d.voice.NothingOpen(c.Name))
	}
	return nil
}
