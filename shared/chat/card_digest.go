package chat

import (
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"duly/shared/o2c"
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/money"
	"duly/shared/text"
)

// digest is the one message of the morning: what needs somebody, then the figures, then who owes most.
func (v Voice) digest(c o2c.DigestCard) Message {
	about := []any{"date", v.dated(c.Date), "receivable", c.Receivable, "overdue", c.Overdue, "expected", c.Expected, "unexplained", c.Unexplained}
	var asks []string
	var bold markup
	besides, kinds := v.askedBesides(c.Asked)
	for _, part := range []string{v.unlessNone("digest.decisions", c.Decisions), v.unlessNone("digest.promises", c.Promises), v.unlessNone("digest.besides", besides)} {
		if part != "" {
			asks, bold = append(asks, part), join(", ", bold, v.mark("digest.ask", "what", part))
		}
	}
	asked := bold
	if bold == "" || !c.Expected.IsZero() {
		asked = join(", ", bold, v.mark("digest.expected", about...))
	}
	open := v.Say("digest.open", about...)
	if len(asks) > 0 {
		open = strings.Join(asks, ", ") + ". " + open
	}
	with := func(top slack.Block) []slack.Block {
		return blocks(
			header(v.Say("digest.title", about...)),
			section(asked),
			v.besides(kinds),
			v.figures(c),
			v.madeOf(c.MadeOf),
			v.ageing(c.Ageing),
			top,
			notes(v.low(c.Low), v.verified(c.Verified), v.alone(c.Solo)))
	}
	m := message(open, with(v.topTable(c.Top))...)
	if len(c.Top) > 0 {
		m.Simpler = [][]slack.Block{m.Blocks, with(v.topLines(c.Top))} // as many forms as the charts of the week have
	}
	return m
}

// weekly is the week in two charts, a table and words; where Slack knows no charts, in text.
func (v Voice) weekly(c o2c.WeeklyCard) Message {
	about := []any{"date", v.dated(c.Date), "days", v.formats.Decimal(c.DSO), "receivable", c.Receivable, "overdue", c.Overdue}
	head := []slack.Block{header(v.Say("weekly.title", about...)), section(join("\n", v.mark("weekly.words", about...), v.trend(c.TodaysFigures), v.falling(c.TodaysFigures)))}
	names, amounts := make([]string, len(c.Ageing)), make([]money.Amount, len(c.Ageing))
	for i, b := range c.Ageing {
		names[i], amounts[i] = v.known("bucket.", b.Name), b.Amount
	}
	unit := c.Receivable.Currency
	charts := []slack.Block{
		newGraph("bar", v.Say("weekly.ageing"), unit).series(v.Say("weekly.open"), names, amounts),
		v.cashLine(c.Weeks, unit),
	}
	drawn := section(join("\n", v.mark("weekly.lines"), listed(v, c.Weeks, listMax, func(w o2c.WeekLine) markup {
		if w.Expected == nil {
			return v.mark("weekly.line_cash", "from", v.formats.Short(text.Day(w.From)), "cash", w.Cash)
		}
		return v.mark("weekly.line", "from", v.formats.Short(text.Day(w.From)), "cash", w.Cash, "expected", *w.Expected)
	})))
	all := func(parts ...[]slack.Block) []slack.Block { return blocks(slices.Concat(parts...)...) }
	m := message(v.Say("weekly.text", about...), all(head, charts, []slack.Block{v.topTable(c.Top)})...)
	m.Simpler = [][]slack.Block{
		all(head, []slack.Block{v.ageing(c.Ageing), drawn, v.topTable(c.Top)}),
		all(head, []slack.Block{v.ageing(c.Ageing), drawn, v.topLines(c.Top)}),
	}
	return m
}

// Week is the answer to a question after the week: in text, since a modal knows no charts.
func (v Voice) Week(c o2c.WeeklyCard) Message {
	m := v.weekly(c)
	return Message{Text: m.Text, Blocks: m.Simpler[len(m.Simpler)-1]}
}

// forecastsMin is how many weeks with a forecast make a line.
const forecastsMin = 2

// cashLine is what came in against what the forecast had expected, of the weeks that had one; where too few had, what came
// in alone. All rows of a chart have a point for each label, so a week without a forecast has no place beside the others.
func (v Voice) cashLine(all []o2c.WeekLine, unit string) graph {
	foreseen := slices.DeleteFunc(slices.Clone(all), func(w o2c.WeekLine) bool { return w.Expected == nil })
	compared := len(foreseen) >= forecastsMin
	if compared {
		all = foreseen
	}
	var weeks []string
	var cash, expected []money.Amount
	for _, w := range all {
		weeks, cash = append(weeks, v.formats.Short(text.Day(w.From))), append(cash, w.Cash)
		if compared {
			expected = append(expected, *w.Expected)
		}
	}
	if !compared {
		return newGraph("line", v.Say("weekly.cash_alone"), unit).series(v.Say("weekly.came"), weeks, cash)
	}
	return newGraph("line", v.Say("weekly.cash"), unit).series(v.Say("weekly.came"), weeks, cash).series(v.Say("weekly.expected"), weeks, expected)
}

// unlessNone is a count that is worth a word: none is not.
func (v Voice) unlessNone(key string, n int) string {
	if n == 0 {
		return ""
	}
	return v.count(key, n)
}

// low counts the products that have to be bought.
func (v Voice) low(n int) markup {
	return markup(escape(v.unlessNone("digest.low", n)))
}

// verified says what the nightly check of the books found.
func (v Voice) verified(d *o2c.VerifiedData) markup {
	switch {
	case d == nil:
		return ""
	case d.Broken > 0:
		return v.mark("digest.broken", "n", d.Broken, "time", d.At)
	}
	return v.mark("digest.verified", "checks", d.Checks, "n", d.Looked, "time", d.At)
}

// alone says aloud that nobody looks over the deciders' shoulders.
func (v Voice) alone(solo bool) markup {
	if !solo {
		return ""
	}
	return v.mark("digest.solo")
}

// figures are the numbers of the day, for the digest and for everybody's Home.
func (v Voice) figures(c o2c.DigestCard) slack.Block {
	dso := v.formats.Decimal(c.DSO)
	if dso == "" {
		dso = "–"
	}
	return fields(
		v.mark("digest.receivable", "amount", c.Receivable),
		v.mark("digest.overdue", "amount", c.Overdue),
		v.mark("digest.dso", "days", dso),
		v.mark("digest.unexplained", "amount", c.Unexplained))
}

func (v Voice) dated(day string) any {
	if d, err := calendar.Parse(day); err == nil {
		return d
	}
	return day
}

// barMax is the length of the longest bar.
const barMax = 12

// ageing is a bar per bucket, from zero, as text: it stands in messages and in Home alike, and each bar says its figure.
func (v Voice) ageing(buckets []o2c.Bucket) slack.Block {
	var most money.Amount
	for _, b := range buckets {
		if b.Amount.Minor > most.Minor {
			most = b.Amount
		}
	}
	if len(buckets) == 0 {
		return nil
	}
	return section(listed(v, buckets, listMax, func(b o2c.Bucket) markup {
		return v.mark("digest.bar", "name", v.known("bucket.", b.Name), "bar", bar(b.Amount, most), "amount", b.Amount, "n", b.Count)
	}))
}

// bar is as long as the amount's share of the largest; a little shows as a little.
func bar(amount, most money.Amount) string {
	if !amount.IsPositive() || !most.IsPositive() {
		return "▏"
	}
	share := amount.Decimal().Shift(2).DivRound(most.Decimal(), 0).IntPart() // percent
	return strings.Repeat("▇", max(1, int(share)*barMax/100))
}
