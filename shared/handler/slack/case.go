package slack

import (
	"context"

	"duly/shared/chat"
	"duly/shared/o2c"
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/party"
)

func (d desk) openCall(ctx context.Context, p press) error {
	c, r, err := d.customer(ctx, p)
	if err != nil {
		return err
	}
	return d.Views.Open(ctx, p.TriggerID, d.voice.Call(about(p, r), c.Name, c.Phone))
}

func (d desk) call(ctx context.Context, p press) (chat.Errors, error) {
	in, wrong := d.voice.Called(p.Fields)
	if len(wrong) > 0 {
		return wrong, nil
	}
	if _, err := o2c.Read[party.Customer](ctx, d.Cycle, p.Place.ID); err != nil {
		return nil, err
	}
	in.CustomerID = p.Place.ID
	return nil, d.Cycle.LogCall(ctx, p.Stamp, p.Who, in)
}

// pauseDays is how long a pause the form proposes.
const pauseDays = 14

func (d desk) openPause(ctx context.Context, p press) error {
	c, r, err := d.customer(ctx, p)
	if err != nil {
		return err
	}
	return d.Views.Open(ctx, p.TriggerID, d.voice.Pause(about(p, r), c.Name, d.today().AddDays(pauseDays)))
}

func (d desk) pause(ctx context.Context, p press) (chat.Errors, error) {
	until, wrong := d.voice.Paused(p.Fields, d.today())
	if len(wrong) > 0 {
		return wrong, nil
	}
	if _, err := o2c.Read[party.Customer](ctx, d.Cycle, p.Place.ID); err != nil {
		return nil, err
	}
	return nil, d.Cycle.HoldCustomer(ctx, p.Stamp, p.Place.ID, until, p.Fields[chat.FieldReason])
}

func (d desk) goOn(ctx context.Context, p press) error {
	c, _, err := d.customer(ctx, p)
	if err != nil {
		return err
	}
	return d.Cycle.HoldCustomer(ctx, p.Stamp, c.ID, calendar.Date{}, "")
}

func (d desk) openStop(ctx context.Context, p press) error {
	c, r, err := d.customer(ctx, p)
	if err != nil {
		return err
	}
	return d.Views.Open(ctx, p.TriggerID, d.voice.Stop(about(p, r), c.Name))
}

func (d desk) stop(ctx context.Context, p press) (chat.Errors, error) {
	return nil, d.Cycle.StopSupply(ctx, p.Stamp, p.Place.ID, p.Who, p.Fields[chat.FieldReason])
}

func (d desk) approveStop(ctx context.Context, p press) error {
	c, _, err := d.customer(ctx, p)
	if err != nil {
		return err
	}
	return d.Cycle.StopSupply(ctx, p.Stamp, c.ID, p.Who, "")
}

func (d desk) supply(ctx context.Context, p press) error {
	c, _, err := d.customer(ctx, p)
	if err != nil {
		return err
	}
	return d.Cycle.ResumeSupply(ctx, p.Stamp, c.ID)
}

// stopCollecting ends what a customer allowed, when it asks a colleague to.
func (d desk) stopCollecting(ctx context.Context, p press) error {
	c, _, err := d.customer(ctx, p)
	if err != nil {
		return err
	}
	return d.Cycle.StopCollecting(ctx, p.Stamp, c.ID)
}

func (d desk) checked(ctx context.Context, p press) error {
	r, err := ref(p)
	if err != nil {
		return err
	}
	return d.Cycle.Checked(ctx, p.Stamp, r.ID)
}

// coming acts on a letter that is planned for a customer.
func coming(act func(*o2c.Cycle, context.Context, o2c.Stamp, string) error) func(desk, context.Context, press) error {
	return func(d desk, ctx context.Context, p press) error {
		c, _, err := d.customer(ctx, p)
		if err != nil {
			return err
		}
		return act(d.Cycle, ctx, p.Stamp, c.ID)
	}
}
