package chat

import "duly/shared/o2c"

// notice is a plain sentence for the team.
func (v Voice) notice(c o2c.NoticeCard) Message {
	if n := c.Notice; n.Key != "" {
		about := []any{"name", named(n.Name), "number", named(n.Number), "id", named(n.ID), "amount", n.Amount, "why", noted(n.Why), "score", n.Score, "most", o2c.ScoreMax}
		c.Title, c.Text = v.Say("news."+n.Key+".title", about...), v.Say("news."+n.Key, about...)
	}
	about := []any{"title", noted(c.Title), "text", clip(clean(c.Text), sectionMax/2)}
	return message(v.Say("notice.text", about...),
		header(v.Say("notice.title", about...)),
		section(v.mark("notice.body", about...)),
		notes(v.mark("notice.at", "time", c.At)))
}
