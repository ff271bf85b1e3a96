package slack

import (
	"context"

	"duly/shared/chat"
	"duly/shared/o2c"
	"duly/shared/o2c/cash"
	"duly/shared/o2c/ledger"
)

// payout reads a payout that does not add up; whoever presses late is told that it was explained.
func (d desk) payout(ctx context.Context, id string) (cash.PayoutData, error) {
	p, err := o2c.Read[cash.Payout](ctx, d.Cycle, id)
	if err != nil {
		return cash.PayoutData{}, err
	}
	data := p.Data()
	if data.Explained != "" || data.Code == "" {
		return data, chat.Told(d.voice.PayoutSettled())
	}
	return data, nil
}

func (d desk) takePayout(ctx context.Context, p press) error {
	b, err := ref(p)
	if err != nil {
		return err
	}
	if _, err := d.payout(ctx, b.ID); err != nil {
		return err
	}
	return d.Cycle.TakePayout(ctx, p.Stamp, b.ID)
}

func (d desk) openExplainPayout(ctx context.Context, p press) error {
	b, err := ref(p)
	if err != nil {
		return err
	}
	data, err := d.payout(ctx, b.ID)
	if err != nil {
		return err
	}
	return d.Views.Open(ctx, p.TriggerID, d.voice.ExplainPayout(about(p, b), data))
}

// explainPayout books the gap where the person says, or leaves it.
func (d desk) explainPayout(ctx context.Context, p press) (chat.Errors, error) {
	if _, err := d.payout(ctx, p.Place.ID); err != nil {
		return nil, err
	}
	x := o2c.PayoutExplanation{Why: p.Fields[chat.FieldReason]}
	if role := p.Fields[chat.FieldAccount]; role != chat.GapStays {
		x.Account = ledger.Code(role)
	}
	return nil, d.Cycle.ExplainPayout(ctx, p.Stamp, p.Place.ID, x)
}
