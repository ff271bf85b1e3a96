package slack

import (
	"context"

	"duly/shared/chat"
	"duly/shared/o2c"
	"duly/shared/o2c/fault"
)

// scored answers the month's question. What was pressed goes to the ballot
// without who pressed; the thanks say who without what.
func scored(score int) func(desk, context.Context, press) error {
	return func(d desk, ctx context.Context, p press) error {
		ref, ok := chat.ParseRef(p.Value)
		if !ok {
			return fault.Missing("question", p.Value)
		}
		first, err := d.Cycle.AnswerQuestion(ctx, p.Stamp.At, ref.ID, p.Who.ID, score)
		if err != nil {
			return err
		}
		said := "question.thanks"
		if !first {
			said = "question.already"
		}
		return d.Cycle.Whisper(ctx, o2c.Stamp{At: p.Stamp.At, Actor: "system:question", Cause: p.Stamp.Cause}, p.Place.Channel, p.User, d.voice.Say(said))
	}
}
