package slack

import (
	"context"

	"duly/shared/chat"
	"duly/shared/o2c"
)

// openSettings shows an admin what can be set in Slack, as it holds now.
func (d desk) openSettings(ctx context.Context, p press) error {
	return d.showSettings(ctx, p.TriggerID, p.Who)
}

func (d desk) showSettings(ctx context.Context, triggerID string, who o2c.Person) error {
	if err := d.may(ctx, who, chat.ActSettings, ""); err != nil {
		return err
	}
	now, set, err := d.Cycle.Settings(ctx)
	if err != nil {
		return err
	}
	return d.Views.Open(ctx, triggerID, d.voice.Settings(now, set))
}

// saveSettings takes the form.
func (d desk) saveSettings(ctx context.Context, p press) (chat.Errors, error) {
	chosen, wrong := d.voice.Chosen(p.Fields)
	if len(wrong) > 0 {
		return wrong, nil
	}
	return nil, d.Cycle.Override(ctx, p.Stamp, p.Who, chosen)
}

// aboutSettings is for whoever types more than the word.
func (d desk) aboutSettings(ctx context.Context, a ask) (chat.Message, error) {
	if a.Object == "me" {
		return chat.Message{}, d.showPersonal(ctx, a.Trigger, a.Who)
	}
	return d.voice.HelpOn(chat.Topic{Word: "settings", Examples: []string{"settings", "settings me"}}), nil
}
