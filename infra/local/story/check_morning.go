package story

import (
	"context"
	"fmt"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/ledger"
	"duly/shared/o2c/money"
)

// compare holds, once a day, what people see in the morning against the books: Home and the morning message (the figures of
// today), the first of the team's pages, the list of late customers, and the trial balance, to the cent.
func (p *player) compare(ctx context.Context) error {
	today := p.today()
	if p.compared == today {
		return nil
	}
	p.compared, p.mornings = today, p.mornings+1
	home, err := p.Cycle.Today(ctx, p.Clock.Now())
	if err != nil {
		return err
	}
	page, err := p.Cycle.TeamToday(ctx, p.Clock.Now())
	if err != nil {
		return err
	}
	balances, err := p.Cycle.TrialBalance(ctx, today)
	if err != nil {
		return err
	}
	debtors, whole, err := p.Cycle.Debtors(ctx, p.Clock.Now(), 1, 1000, nil)
	if err != nil {
		return err
	}
	books, aged, late := home.Receivable.Zero(), home.Receivable.Zero(), home.Receivable.Zero()
	for _, b := range balances {
		if b.Code == ledger.Code(ledger.Receivable) && b.Currency == books.Currency {
			books = books.Plus(b.Balance)
		}
	}
	for _, b := range home.Ageing {
		aged = aged.Plus(b.Amount)
	}
	for _, d := range debtors {
		late = late.Plus(d.Overdue)
	}
	p.disagree(today, "the books", home.Receivable, books)
	p.disagree(today, "the ageing", home.Receivable, aged)
	p.disagree(today, "the team's page", home.Receivable, page.Figures.Receivable())
	p.disagree(today, "what the team's page says is late", home.Overdue, page.Figures.Overdue(today))
	p.disagree(today, "what the team's page has no home for", home.Unexplained, page.Figures.Unexplained())
	if whole {
		p.disagree(today, "the late customers", home.Overdue, late)
	}
	return nil
}

func (p *player) disagree(on calendar.Date, what string, home, other money.Amount) {
	if home != other && p.apart == nil {
		p.apart = fmt.Errorf("on %s Home says %s, %s %s", on, home, what, other)
	}
}
