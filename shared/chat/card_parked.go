package chat

import "duly/shared/o2c"

// parked is M13: a message that is authentic but that nobody here understands. It says first that nothing is lost.
func (v Voice) parked(c o2c.ParkedCard) Message {
	p := c.Parked
	about := []any{"endpoint", named(p.Endpoint), "topic", named(p.Topic)}
	if !p.Replayed.IsZero() {
		about = append(about, "time", p.Replayed)
		return message(v.Say("parked.replayed", about...), section(v.mark("parked.replayed", about...)))
	}
	return message(v.Say("parked.text", about...),
		header(v.Say("parked.title", about...)),
		section(v.mark("parked.kept")),
		fields(v.mark("parked.topic", "topic", named(p.Topic)), v.mark("parked.at", "time", p.At)),
		notes(v.mark("parked.problem", "problem", noted(v.Cause(p.Reason, p.Problem)))),
		notes(v.mark("parked.id", "id", p.ID)))
}
