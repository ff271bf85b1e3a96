package slack

import (
	"context"
	"strconv"
	"strings"

	"duly/shared/chat"
	"duly/shared/o2c"
	"duly/shared/o2c/calendar"
)

// topMax bounds how many late customers an answer lists.
const topMax = 20

// overdue lists who is late: all of them by amount, "me" one's own, ">30d" those so late, "top 10" so many.
func (d desk) overdue(ctx context.Context, a ask) (chat.Message, error) {
	today, err := d.Cycle.Today(ctx, d.Now())
	if err != nil {
		return chat.Message{}, err
	}
	said := strings.ToLower(strings.ReplaceAll(a.Object, " ", ""))
	if said == "me" {
		all, whole, err := d.Cycle.Debtors(ctx, d.Now(), 1, topMax, func(one o2c.Debtor) bool { return one.Owner == a.Who.ID })
		return d.voice.OverdueOf(chat.Late{Key: "me", All: all, Whole: whole}), err
	}
	if after, ok := strings.CutPrefix(said, ">"); ok {
		days, ok := chat.ReadDays(after)
		if !ok {
			if days, err = strconv.Atoi(after); err != nil || days < 0 || days > 3650 {
				return d.voice.Needs("overdue >30d"), nil
			}
		}
		all, whole, err := d.Cycle.Debtors(ctx, d.Now(), days+1, topMax, nil)
		return d.voice.OverdueOf(chat.Late{Key: "days", Days: days, All: all, Whole: whole}), err
	}
	most := 10
	if n, ok := strings.CutPrefix(said, "top"); ok && n != "" {
		if most, err = strconv.Atoi(n); err != nil || most < 1 {
			return d.voice.Needs("overdue top 10"), nil
		}
	} else if said != "" && !ok {
		return d.voice.Needs("overdue >30d"), nil
	}
	all, err := d.Cycle.TopDebtors(ctx, d.Now(), min(most, topMax))
	return d.voice.OverdueOf(chat.Late{Key: "top", Sum: today.Overdue, All: all, Whole: true}), err
}

// kpi answers with the figures of today, or with those of a month.
func (d desk) kpi(ctx context.Context, a ask) (chat.Message, error) {
	if a.Object == "" {
		figures, err := d.Cycle.Today(ctx, d.Now())
		return d.voice.FiguresAnswer(figures), err
	}
	first, ok := chat.ReadMonth(a.Object, d.today())
	if !ok {
		return d.voice.Needs("kpi " + d.today().AddMonths(-1).String()[:7]), nil
	}
	last := first.EndOfMonth()
	if last.After(d.today()) {
		last = d.today()
	}
	if first.After(d.today()) {
		return d.voice.Needs("kpi " + d.today().AddMonths(-1).String()[:7]), nil
	}
	m, err := d.Cycle.Measure(ctx, first, last)
	if err != nil {
		return chat.Message{}, err
	}
	return d.voice.MonthAnswer(m), nil
}

// week is the report of the week that ended, which the room gets on Mondays where the house wants it.
func (d desk) week(ctx context.Context, _ ask) (chat.Message, error) {
	card, err := d.Cycle.WeekReport(ctx, calendar.On(d.Now(), d.Cycle.Policy.Zone))
	return d.voice.Week(card), err
}

// forecast answers with what comes in, week by week.
func (d desk) forecast(ctx context.Context, _ ask) (chat.Message, error) {
	f, err := d.Cycle.Forecast(ctx, d.today())
	return d.voice.ForecastAnswer(f), err
}

// matchesMax is how much money without a home an answer shows: each takes up to seven blocks of fifty.
const matchesMax = 3

// matches shows the oldest money that has no home, with the buttons of its card.
func (d desk) matches(ctx context.Context, a ask) (chat.Message, error) {
	if err := d.may(ctx, a.Who, chat.ActCashMatch, ""); err != nil {
		return chat.Message{}, err
	}
	today, err := d.Cycle.Today(ctx, d.Now())
	if err != nil {
		return chat.Message{}, err
	}
	waiting, err := d.Cycle.Homeless(ctx, d.Now(), matchesMax)
	if err != nil {
		return chat.Message{}, err
	}
	cards := make([]o2c.CashCard, len(waiting))
	for i, r := range waiting {
		cards[i].Receipt = r
		if cards[i].Candidates, err = d.Cycle.Candidates(ctx, r); err != nil {
			return chat.Message{}, err
		}
	}
	lines, _, err := d.Cycle.UnexplainedLines(ctx, matchesMax, "")
	if err != nil {
		return chat.Message{}, err
	}
	left := make([]o2c.BankLineCard, len(lines))
	for i, l := range lines {
		if left[i], err = d.Cycle.AskOfLine(ctx, l); err != nil {
			return chat.Message{}, err
		}
	}
	return d.voice.MatchAnswer(today.Unexplained, cards, left), nil
}

// moveClock moves the demo's clock.
func (d desk) moveClock(_ context.Context, a ask) (chat.Message, error) {
	days, ok := chat.ReadDays(a.Object)
	switch {
	case d.Advance == nil:
		return d.voice.NoClock(), nil
	case !ok:
		return d.voice.Needs("clock +7d"), nil
	}
	d.Advance(days)
	return d.voice.ClockMoves(days), nil
}
