package chat

import (
	"strings"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"duly/shared/o2c"
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/dunning"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/kpi"
	"duly/shared/o2c/money"
	"duly/shared/o2c/party"
	"duly/shared/text"
)

// What commands that do something, and commands about figures, are answered with.

// Late is an answer about who is late.
type Late struct {
	Key   string       // what was asked for: "me", "days" or "top"
	Days  int          // more than so many
	Sum   money.Amount // of all who are late; zero: not told
	All   []o2c.Debtor
	Whole bool // All is everybody
}

// OverdueOf answers with who is late.
func (v Voice) OverdueOf(l Late) Message {
	about := []any{"n", len(l.All), "days", l.Days, "amount", l.Sum}
	if len(l.All) == 0 {
		return v.answer("command.overdue.none."+l.Key, about...)
	}
	var more markup
	if !l.Whole {
		more = v.mark("command.overdue.more", "example", "overdue >60d")
	}
	return message(bareText(v.Say("command.overdue."+l.Key, about...)),
		section(v.mark("command.overdue."+l.Key, about...)),
		section(listed(v, l.All, overdueListMax, v.debtor)),
		notes(more))
}

// overdueListMax is how many late customers one list shows.
const overdueListMax = 20

// debtor is a line about one customer who is late.
func (v Voice) debtor(d o2c.Debtor) markup {
	owner := markup("")
	if d.Owner != "" {
		owner = v.mark("owner", "name", named(v.people("slack:"+d.Owner)))
	}
	return join(" · ", v.mark("command.overdue.line", "customer", named(d.Name), "amount", d.Overdue, "days", v.count("days", d.Oldest)), owner)
}

// FiguresAnswer answers with the figures of today.
func (v Voice) FiguresAnswer(today o2c.TodaysFigures) Message {
	m := v.digest(today.DigestCard)
	m.Blocks = blocks(section(v.mark("command.kpi")), v.figures(today.DigestCard), v.ageing(today.Ageing), notes(v.trend(today), v.falling(today)))
	return m
}

// trend is the DSO with the word for how it moves.
func (v Voice) trend(t o2c.TodaysFigures) markup {
	if t.Trend == "" {
		return ""
	}
	return v.mark("trend."+t.Trend, "days", v.formats.Decimal(t.DSO), "before", v.formats.Decimal(t.Before))
}

// falling is what falls due until the week is over.
func (v Voice) falling(t o2c.TodaysFigures) markup {
	return v.mark("home.expected", "amount", t.Expected, "until", t.Until)
}

// MonthAnswer answers with the figures of a period.
func (v Voice) MonthAnswer(m o2c.Measures) Message {
	fact := func(key string, f kpi.Figure, places int32) markup {
		said := "–"
		if f.OK {
			said = v.formats.Decimal(f.Value.StringFixed(places))
		}
		return v.mark("command.month."+key, "n", said)
	}
	about := []any{"from", m.From, "to", m.To}
	return message(bareText(v.Say("command.month", about...)),
		section(v.mark("command.month", about...)),
		fields(
			v.mark("command.month.sold", "amount", m.End.Sold(m.From, m.To)), v.mark("command.month.open", "amount", m.End.Receivable()),
			fact("best", m.BestDSO, 1), fact("delinquent", m.Delinquent, 1), fact("cei", m.Effectiveness, 1), fact("late", m.Late, 1),
			fact("collection", m.Collection, 1), fact("accuracy", m.Accuracy, 1), fact("processing", m.Processing, 1), fact("kept", m.Kept, 0)),
		notes(v.mark("command.month.risk", "amount", m.AtRisk), fact("deciding", m.Deciding, 1)))
}

// ForecastAnswer answers with what comes in, week by week, as a table in type of one width: an answer to a command or in a
// form has no second try without Slack's own table.
func (v Voice) ForecastAnswer(f kpi.ForecastData) Message {
	if f.Open == 0 || len(f.Weeks) == 0 {
		return v.answer("command.forecast.none")
	}
	worth := func(minor int64) money.Amount { return money.Of(minor, f.Currency) }
	last := f.Weeks[len(f.Weeks)-1]
	about := []any{"amount", worth(f.Open), "likely", worth(last.LikelySum), "date", last.To}
	rows := [][]string{{v.Say("command.forecast.week"), v.Say("command.forecast.low"), v.Say("command.forecast.likely"), v.Say("command.forecast.high")}}
	for _, w := range f.Weeks {
		rows = append(rows, []string{v.formats.Short(text.Day(w.To)), v.spell(worth(w.LowSum)), v.spell(worth(w.LikelySum)), v.spell(worth(w.HighSum))})
	}
	return message(v.Say("command.forecast.text", about...),
		section(v.mark("command.forecast", about...)),
		section(grid(rows)),
		notes(v.mark("command.forecast.later", "amount", worth(f.Later))))
}

// grid is a table in type of one width: the first column begins on the left, the others end on the right.
func grid(rows [][]string) markup {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	var all strings.Builder
	all.WriteString("```")
	for _, row := range rows {
		all.WriteString("\n")
		for i, cell := range row {
			gap := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
			if i == 0 {
				all.WriteString(escape(cell) + gap)
				continue
			}
			all.WriteString("  " + gap + escape(cell))
		}
	}
	all.WriteString("\n```")
	return markup(all.String())
}

// MatchAnswer shows money without a home, and money that left without a reason, with the buttons of their cards; sum is all
// there is.
func (v Voice) MatchAnswer(sum money.Amount, cards []o2c.CashCard, lines []o2c.BankLineCard) Message {
	if len(cards)+len(lines) == 0 {
		return v.answer("command.match.none")
	}
	all := []slack.Block{section(v.mark("command.match", "amount", sum))}
	for _, c := range cards {
		all = append(all, v.cash(c).Blocks...)
	}
	for _, l := range lines {
		all = append(all, v.bankLine(l).Blocks...)
	}
	return message(bareText(v.Say("command.match", "amount", sum)), all...)
}

// PromiseDone, DisputeDone, RestDone and LimitDone say what was done.
func (v Voice) PromiseDone(p dunning.PromiseData) Message {
	return v.answer("command.promise", "number", p.Number, "amount", p.Amount, "date", p.Date, "until", p.Date.AddDays(dunning.GraceDays))
}

// DisputeDone says that the disputed part is not asked for until somebody decides.
func (v Voice) DisputeDone(d dunning.DisputeData, inv invoice.Data) Message {
	return v.answer("command.dispute", "number", inv.Number, "amount", d.Amount, "customer", named(inv.Buyer.Name))
}

// RestDone says until when no letter goes out.
func (v Voice) RestDone(customer string, until calendar.Date) Message {
	return v.answer("command.snooze", "customer", named(customer), "until", until)
}

// RestTooLong is for a rest that nobody may give by command; an empty message is none.
func (v Voice) RestTooLong(until, today calendar.Date) Message {
	if ahead := until.DaysSince(today); ahead < 1 || ahead > snoozeMax {
		return v.answer("error.snooze", "from", today.AddDays(1), "to", today.AddDays(snoozeMax))
	}
	return Message{}
}

// LimitDone says what the limit is and what it was.
func (v Voice) LimitDone(c party.Data, before *money.Amount) Message {
	spell := func(a *money.Amount) markup {
		if a == nil {
			return v.mark("command.credit.default")
		}
		return markup(escape(v.spell(*a)))
	}
	return v.answer("command.credit", "customer", named(c.Name), "limit", spell(c.CreditLimit), "before", spell(before))
}

// SentAgain, LinkComes and LinkText are about a document and the customer's link to it.
func (v Voice) SentAgain(d invoice.Data) Message {
	return v.answer("command.sent_again", "number", d.Number, "customer", named(d.Buyer.Name))
}

// LinkComes says that the link is on its way.
func (v Voice) LinkComes(d invoice.Data) Message {
	return v.answer("command.link_comes", "number", d.Number)
}

// LinkText stands before the link.
func (v Voice) LinkText(d invoice.Data, page string) string {
	if page != "" {
		return v.Say("command.link.pdf", "number", d.Number)
	}
	return v.Say("modal.pay_link.text", "number", d.Number)
}

// NoDay is for what is no day, Misread for what is no amount.
func (v Voice) NoDay(said string) Message { return v.answer("command.no_day", "typed", named(said)) }

// Misread says how an amount is written.
func (v Voice) Misread(m Misread) Message { return v.answer(m.Key, m.Pairs...) }

// NoClock is for a clock that nobody moves, ClockMoves for the demo's.
func (v Voice) NoClock() Message { return v.answer("command.clock.none") }

// ClockMoves says how far the demo's clock moves.
func (v Voice) ClockMoves(days int) Message {
	return v.answer("command.clock", "days", v.count("days", days))
}
