package slack

import (
	"context"

	"github.com/aws/aws-lambda-go/events"

	"duly/shared/chat"
	"duly/shared/handler/trigger"
	"duly/shared/o2c"
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
	if e.Kind == chat.LinkShared {
		if err := d.unfold(ctx, e, body); err != nil {
			return d.failed(ctx, "a link", err) // Slack tries again
		}
	}
	if e.Kind == chat.FileShared {
		if err := d.takeFile(ctx, e, body); err != nil {
			return d.failed(ctx, "a file", err) // Slack tries again
		}
	}
	if e.Kind == chat.HomeOpened && !d.drawn.lately(e.User, d.Now()) {
		if err := d.home(ctx, e.User); err != nil {
			return d.failed(ctx, "the Home", err) // Slack tries again
		}
	}
	return done()
}

// unfold shows what stands behind links that a colleague pasted; a stranger's stay as they are.
func (d desk) unfold(ctx context.Context, e chat.Event, body []byte) error {
	who, known, err := d.roll.Person(ctx, e.User)
	if err != nil || !known {
		return nil
	}
	for _, url := range e.Links {
		stamp := o2c.Stamp{At: d.Now(), Actor: "slack:" + who.ID, Cause: o2c.Name("sl", string(body))}
		if err := d.Cycle.UnfoldLink(ctx, stamp, e.At, url); err != nil {
			return err
		}
	}
	return nil
}

// takeFile has a file read as a bank file that somebody shared who may match money; anybody else's is left alone.
func (d desk) takeFile(ctx context.Context, e chat.Event, body []byte) error {
	who, known, err := d.roll.Person(ctx, e.User)
	row, _ := chat.ActionOf(chat.ActCashMatch)
	if err != nil || !known || !row.May(who.Role, false) || e.File == "" {
		return err
	}
	return d.Cycle.TakeRoomFile(ctx, o2c.Stamp{At: d.Now(), Actor: "slack:" + who.ID, Cause: o2c.Name("sl", string(body))}, e.File)
}

// home draws somebody's Home as things stand.
func (d desk) home(ctx context.Context, user string) error {
	who, known, err := d.roll.Person(ctx, user)
	if err != nil || !known {
		return d.Views.Publish(ctx, user, d.voice.Stranger())
	}
	work, err := d.Cycle.Workday(ctx, d.Now(), who)
	if err != nil {
		return err
	}
	trained, _, err := d.Cycle.Tour(ctx, user)
	if err != nil {
		return err
	}
	mine, err := d.Cycle.PersonalOf(ctx, user)
	if err != nil {
		return err
	}
	cost, err := d.Cycle.CostSoFar(ctx, d.Now())
	if err != nil {
		return err
	}
	extras := chat.HomeExtras{Views: mine.Views, Cost: &cost}
	if err := d.Views.Publish(ctx, user, d.speaking(ctx, user).voice.Home(who, work, trained, d.Now(), d.Live, extras)); err != nil {
		return err
	}
	d.drawn.note(user, d.Now())
	return nil
}

// redraw draws the Home anew after something was done in it; who pressed is not told when that fails, because the next
// look at it draws it.
func (d desk) redraw(ctx context.Context, user string) {
	if err := d.home(ctx, user); err != nil {
		d.log(ctx, "the Home after a press", err)
	}
}

// showView opens the answer to a command as a modal.
func (d desk) showView(ctx context.Context, p press) error {
	r, err := ref(p)
	if err != nil {
		return err
	}
	word, object, _ := words(r.ID)
	m, _ := d.answer(ctx, word, ask{Who: p.Who, Stamp: p.Stamp, Object: object})
	return d.Views.Open(ctx, p.TriggerID, d.voice.View(m))
}
