package chat

import (
	"github.com/slack-go/slack"

	"duly/shared/o2c"
)

// scores are the buttons of the month's question, from 1 on.
var scores = [o2c.ScoreMax]string{ActScore1, ActScore2, ActScore3, ActScore4, ActScore5}

// question asks the colleagues how the month was: a press is an answer, and nobody sees whose.
func (v Voice) question(c o2c.QuestionCard) Message {
	buttons := make([]*slack.ButtonBlockElement, len(scores))
	for i, action := range scores {
		buttons[i] = button(action, v.Say("question.score", "n", i+1), Ref{ID: c.ID}.String())
	}
	about := []any{"date", c.Month.EndOfMonth()}
	return message(v.Say("question.title", about...),
		header(v.Say("question.title", about...)),
		section(v.mark("question.what", about...)),
		actions(buttons...),
		notes(markup(escape(v.count("question.answers", c.Answers))), v.mark("question.kept")))
}
