package chat

import (
	"strconv"
	"time"

	"duly/shared/o2c"
)

// retro is the look back at a month, a line for each thing that it teaches.
func (v Voice) retro(c o2c.NoticeCard) Message {
	n := c.Notice
	n.Detail = v.month(n.Detail)
	title, what := v.Say("news.retro.title", v.aboutNews(n)...), v.mark("news.retro", v.aboutNews(n)...)
	lines := listed(v, n.Parts, listMax, func(part o2c.Notice) markup { return v.mark("bullet", "text", v.news(part)) })
	return message(title+": "+v.news(n), header(title), section(join("\n", what, lines)), notes(v.mark("notice.at", "time", c.At)))
}

// month is "March 2026" of "2026-03"; what is no month stays.
func (v Voice) month(iso string) string {
	m, err := time.Parse("2006-01", iso)
	if err != nil {
		return iso
	}
	return v.formats.Say("month."+strconv.Itoa(int(m.Month()))) + " " + strconv.Itoa(m.Year())
}
