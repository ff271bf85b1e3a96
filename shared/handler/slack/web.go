package slack

import (
	"context"

	"duly/shared/chat"
	"duly/shared/o2c"
)

// showWeb mints a colleague's link to the team's pages and shows it at once: it is good for a minute.
func (d desk) showWeb(ctx context.Context, triggerID string, who o2c.Person) error {
	return d.showPage(ctx, triggerID, who, "")
}

// showPage is the same for one of the pages.
func (d desk) showPage(ctx context.Context, triggerID string, who o2c.Person, to string) error {
	url, err := d.Cycle.SignInLink(ctx, o2c.Stamp{At: d.Now(), Actor: "slack:" + who.ID, Cause: triggerID}, who.ID, to)
	if err != nil {
		return err
	}
	return d.Views.Open(ctx, triggerID, d.voice.WebLink(who, url))
}

func (d desk) openWeb(ctx context.Context, p press) error { return d.showWeb(ctx, p.TriggerID, p.Who) }

// openView opens a view that the colleague saved; the page itself says when there is no such filter any more.
func (d desk) openView(ctx context.Context, p press) error {
	r, err := ref(p)
	if err != nil {
		return err
	}
	return d.showPage(ctx, p.TriggerID, p.Who, r.ID)
}

// aboutWeb is for whoever types more than the word.
func (d desk) aboutWeb(context.Context, ask) (chat.Message, error) {
	return d.voice.HelpOn(chat.Topic{Word: "dashboard", Examples: []string{"dashboard"}}), nil
}
