package chat

import (
	"strings"

	"duly/shared/o2c"
)

// whyMax is how much of somebody else's words a notice shows, in characters.
const whyMax = 1000

// notice is news for the team.
func (v Voice) notice(c o2c.NoticeCard) Message {
	if c.Notice.Key == "retro" {
		return v.retro(c)
	}
	if n := c.Notice; n.Key != "" {
		c.Title, c.Text = v.Say("news."+n.Key+".title", v.aboutNews(n)...), v.news(n)
		if strings.HasPrefix(n.Key, "failed.") {
			c.Title, c.Text = v.Say("news."+n.Key), v.Say("news.failed", "why", v.Cause(n.Reason, n.Why))
		}
	}
	about := []any{"title", noted(c.Title), "text", clip(clean(c.Text), sectionMax/2)}
	return message(v.Say("notice.text", about...),
		header(v.Say("notice.title", about...)),
		section(v.mark("notice.body", about...)),
		notes(v.mark("notice.at", "time", c.At)))
}

// newsLine is news in the thread of the card that it is about.
func (v Voice) newsLine(n o2c.Notice) Message {
	return Message{Text: clipEscaped(escape(v.news(n)), messageTextMax)}
}

// news says it, and the sentences that follow.
func (v Voice) news(n o2c.Notice) string {
	said := []string{v.Say("news."+n.Key, v.aboutNews(n)...)}
	for _, part := range n.Parts {
		said = append(said, v.news(part))
	}
	return strings.Join(said, " ")
}

func (v Voice) aboutNews(n o2c.Notice) []any {
	if strings.HasPrefix(n.Key, "retro.") {
		n.Detail = v.formats.Decimal(n.Detail) // a figure
	}
	if n.Key == "retro.rule" {
		n.ID = v.known("rule.", n.ID)
	}
	why := v.whyOf(n.Why)
	if n.Reason.Code != "" {
		why = v.Cause(n.Reason, n.Why)
	}
	return []any{
		"name", named(n.Name), "number", named(n.Number), "id", named(n.ID), "detail", noted(n.Detail),
		"amount", n.Amount, "other", n.Other, "from", n.From, "until", n.Until, "count", n.Count, "of", n.Of,
		"status", v.known("order.", n.Code), "step", v.known("step.", n.Code),
		"why", why, "score", n.Score, "most", o2c.ScoreMax,
	}
}

// whyOf says a reason of ours in the team's words, also one that ends in what
// it is about; anybody else's stays as it is.
func (v Voice) whyOf(why string) string {
	ours, rest, more := strings.Cut(why, ": ")
	said, ok := v.words()["because."+ours]
	if !ok {
		return clip(clean(why), whyMax)
	}
	if more {
		said += ": " + clip(clean(rest), whyMax)
	}
	return said
}
