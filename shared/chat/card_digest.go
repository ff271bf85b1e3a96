package chat

import (
	"strings"

	"github.com/slack-go/slack"

	"duly/shared/o2c"
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/money"
)

// digest is the one message of the morning: what needs somebody, then the figures.
func (v Voice) digest(c o2c.DigestCard) Message {
	about := []any{"date", v.dated(c.Date), "decisions", v.count("digest.decisions", c.Decisions), "promises", v.count("digest.promises", c.Promises), "receivable", c.Receivable, "overdue", c.Overdue}
	return message(v.Say("digest.text", about...),
		header(v.Say("digest.title", about...)),
		section(v.mark("digest.work", about...)),
		v.figures(c),
		v.ageing(c.Ageing),
		notes(v.low(c.Low), v.verified(c.Verified), v.alone(c.Solo)))
}

// low counts the products that have to be bought.
func (v Voice) low(n int) markup {
	if n == 0 {
		return ""
	}
	return markup(escape(v.count("digest.low", n)))
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
	dso := c.DSO
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
