package chat

import (
	"strconv"
	"strings"

	"duly/shared/o2c"
)

// numbersMax is how many order numbers a card names.
const numbersMax = 12

// shop is M13 for a shop whose webhooks failed to come: what stopped, since when, and what it means for customers.
func (v Voice) shop(c o2c.ShopCard) Message {
	d := c.Lapse
	about := []any{"endpoint", named(d.Endpoint), "n", d.Count, "time", d.Heard, "problem", noted(v.Cause(d.Reason, d.Problem))}
	heard := v.mark("lapse.heard.never")
	if !d.Heard.IsZero() {
		heard = v.mark("lapse.heard", about...)
	}
	var skipped, fetched, lost, switched, problem markup
	if len(d.Missing) > 0 {
		skipped = v.mark("lapse.skipped", "numbers", v.some(spelled(d.Missing), len(d.Missing)))
	}
	if d.Count > 0 {
		fetched = v.mark("lapse.fetched", "n", d.Count, "numbers", v.some(d.Fetched, d.Count))
	}
	if len(d.Lost) > 0 {
		lost = v.mark("lapse.lost", "numbers", v.some(spelled(d.Lost), len(d.Lost)))
	}
	if len(d.SwitchedOn) > 0 {
		switched = v.mark("lapse.switched", "topics", named(strings.Join(d.SwitchedOn, ", ")))
	}
	if d.Problem != "" && d.Problem != o2c.LapseDumb {
		problem = v.mark("lapse.problem", about...)
	}
	return message(v.Say("lapse.text."+lapseState(d), about...),
		header(v.Say("lapse.title."+d.Cause, about...)),
		fields(heard, skipped, fetched),
		section(v.outlook(d)),
		notes(problem, lost, switched))
}

// lapseState is how the sentence about a lapse ends.
func lapseState(d o2c.LapseData) string {
	switch {
	case d.Problem == o2c.LapseDumb && d.ClosedAt.IsZero():
		return "dumb"
	case d.Problem != "" && d.ClosedAt.IsZero():
		return "problem"
	case d.Cause == o2c.LapseGap:
		return "gap"
	case !d.ClosedAt.IsZero():
		return "closed"
	}
	return "open"
}

// outlook is what goes on now.
func (v Voice) outlook(d o2c.LapseData) markup {
	switch {
	case !d.ClosedAt.IsZero() && d.Cause == o2c.LapseGap:
		return v.mark("lapse.closed.gap", "time", d.ClosedAt)
	case !d.ClosedAt.IsZero():
		return v.mark("lapse.closed", "time", d.ClosedAt)
	case d.Problem == o2c.LapseDumb:
		return v.mark("lapse.dumb")
	case d.Read:
		return v.mark("lapse.goes_on")
	}
	return v.mark("lapse.reading")
}

// some names the first of many.
func (v Voice) some(all []string, count int) string {
	said := named(strings.Join(all[:min(len(all), numbersMax)], ", "))
	if count > numbersMax {
		said += " " + v.Say("more", "n", count-min(len(all), numbersMax))
	}
	return said
}

func spelled(numbers []int64) []string {
	out := make([]string, len(numbers))
	for i, n := range numbers {
		out[i] = strconv.FormatInt(n, 10)
	}
	return out
}
