package slack

import (
	"context"

	"github.com/aws/aws-lambda-go/events"

	"duly/shared/chat"
	"duly/shared/handler/trigger"
	"duly/shared/o2c"
	"duly/shared/o2c/kpi"
)

// event answers Slack's check of the address, and draws the Home of whoever opens it.
func (d desk) event(ctx context.Context, body []byte) events.APIGatewayV2HTTPResponse {
	e, err := chat.ReadEvent(body)
	if err != nil {
		return d.failed(ctx, "an event", err)
	}
	if e.Kind == chat.Verification {
		return trigger.Text(200, e.Challenge)
	}
	if !d.serves(e.Team, e.App, "") {
		return unproven()
	}
	if e.Kind == chat.HomeOpened {
		if err := d.home(ctx, e.User); err != nil {
			return d.failed(ctx, "the Home", err) // Slack tries again
		}
	}
	return done()
}

func (d desk) home(ctx context.Context, user string) error {
	who, known, err := d.person(ctx, user)
	if err != nil || !known {
		return d.Views.Publish(ctx, user, d.voice.Stranger())
	}
	figures, err := d.figures(ctx)
	if err != nil {
		return err
	}
	return d.Views.Publish(ctx, user, d.voice.Home(who, figures, d.Now()))
}

// figures are those of today.
func (d desk) figures(ctx context.Context) (o2c.DigestCard, error) {
	f, err := d.Cycle.Figures(ctx)
	if err != nil {
		return o2c.DigestCard{}, err
	}
	today := d.today()
	card := o2c.DigestCard{
		Date: today.String(), Receivable: f.Receivable(), Overdue: f.Overdue(today), DSO: kpi.Days(f.DSO(today)),
		Decisions: f.Waiting(), Promises: f.PromisesOn(today), Unexplained: f.Unexplained(), Solo: d.Cycle.Policy.Approval.Solo,
	}
	for _, b := range f.Ageing(today) {
		card.Ageing = append(card.Ageing, o2c.Bucket(b))
	}
	return card, nil
}
