package o2c

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/cash"
	"duly/shared/o2c/dunning"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/kpi"
	"duly/shared/o2c/money"
)

// Forecast says what will come in the next thirteen weeks of what is open, by
// due dates, by how late each payer usually is, and by promises. Disputed parts
// and what two people gave up are left out.
func (c *Cycle) Forecast(ctx context.Context, today calendar.Date) (kpi.ForecastData, error) {
	all, err := everyOne[invoice.Invoice](ctx, c)
	if err != nil {
		return kpi.ForecastData{}, err
	}
	promised, err := c.promisedDays(ctx)
	if err != nil {
		return kpi.ForecastData{}, err
	}
	var owed []kpi.Owed
	var paid []kpi.Paid
	for _, inv := range all {
		d := inv.Data()
		switch {
		case inv.IsCreditNote() || d.Number == "":
		case !d.PaidOn.IsZero() && !d.DueOn.IsZero():
			paid = append(paid, kpi.Paid{Customer: d.CustomerID, On: d.PaidOn, Days: d.PaidOn.DaysSince(d.DueOn)})
		case d.Demandable().IsPositive():
			rest := d.InBooks(d.Demandable()).Minor
			for _, p := range d.PartsInBooks(d.Open) { // what is disputed is of the last
				part := min(rest, p.Amount.Minor)
				if rest -= part; part > 0 {
					owed = append(owed, kpi.Owed{Customer: d.CustomerID, Due: p.On, Promised: promised[d.ID], Open: part})
				}
			}
		}
	}
	return kpi.Predict(today, c.Policy.Currency, owed, kpi.LearnHabits(paid)), nil
}

// promisedDays are the days of the open promises, by invoice.
func (c *Cycle) promisedDays(ctx context.Context) (map[string]calendar.Date, error) {
	all, err := everyOne[dunning.Promise](ctx, c)
	days := map[string]calendar.Date{}
	for _, p := range all {
		if d := p.Data(); d.Status == dunning.PromiseOpen {
			days[d.InvoiceID] = d.Date
		}
	}
	return days, err
}

// TrackForecast keeps the forecast of each week and writes into those before it
// what came in the week that is over, once a week.
func (c *Cycle) TrackForecast(ctx context.Context, at time.Time) error {
	today := c.today(at)
	before, err := ListOf[kpi.Forecast](ctx, c, kpi.ForecastWeeks+1, "")
	if err != nil {
		return err
	}
	monday := kpi.Monday(today)
	if len(before.Items) > 0 && !before.Items[0].Data().On.Before(monday) {
		return nil
	}
	said, err := c.Forecast(ctx, today)
	if err != nil {
		return err
	}
	receipts, err := everyOne[cash.Receipt](ctx, c)
	if err != nil {
		return err
	}
	came := make([]map[calendar.Date]int64, len(before.Items))
	read := NewTx(c.Store)
	for i, f := range before.Items {
		if came[i], err = cameSince(ctx, read, receipts, f.Data()); err != nil {
			return err
		}
	}
	return c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(Stamp{At: at, Actor: "system:digest"})
		known, err := find[kpi.Forecast](ctx, tx, said.On.String())
		if err != nil || known != nil {
			return err
		}
		for i, f := range before.Items {
			f, err := get[kpi.Forecast](ctx, tx, f.ID())
			if err != nil {
				return err
			}
			for _, w := range f.Data().Weeks {
				if w.To.Before(today) {
					f.Came(w.From, came[i][w.From])
				}
			}
			if err := tx.Save(f); err != nil {
				return err
			}
		}
		return tx.Save(kpi.KeepForecast(said))
	})
}

// cameSince is what was paid, per week of a forecast, of invoices that were
// there when it was made.
func cameSince(ctx context.Context, tx *Tx, receipts []*cash.Receipt, f kpi.ForecastData) (map[calendar.Date]int64, error) {
	came := map[calendar.Date]int64{}
	for _, r := range receipts {
		for _, a := range r.Data().Applications {
			if a.Undone || a.Part != "" || a.On.Before(f.On) {
				continue
			}
			at := slices.IndexFunc(f.Weeks, func(w kpi.Week) bool { return !a.On.Before(w.From) && !a.On.After(w.To) })
			if at < 0 {
				continue
			}
			inv, err := find[invoice.Invoice](ctx, tx, a.InvoiceID)
			if err != nil {
				return nil, err
			}
			if inv != nil && inv.Data().IssuedOn.Before(f.On) {
				came[f.Weeks[at].From] += inv.Data().InBooks(a.Settles()).Minor
			}
		}
	}
	return came, nil
}

// addExpected adds to each week what the last forecast before its end that
// foresaw the whole of it had expected: its Monday's, as a rule.
func (c *Cycle) addExpected(ctx context.Context, weeks []WeekLine) error {
	kept, err := ListOf[kpi.Forecast](ctx, c, len(weeks)+2, "") // the newest first
	for i := range weeks {
		for _, f := range kept.Items {
			d := f.Data()
			at := slices.IndexFunc(d.Weeks, func(w kpi.Week) bool { return w.From == weeks[i].From })
			if at >= 0 && weeks[i].Expected == nil {
				weeks[i].Expected = &money.Amount{Currency: d.Currency, Minor: d.Weeks[at].Likely}
			}
		}
	}
	return err
}

// ForecastMiss is how far the kept forecasts were off.
func (c *Cycle) ForecastMiss(ctx context.Context) (kpi.Miss, error) {
	kept, err := ListOf[kpi.Forecast](ctx, c, 2*kpi.ForecastWeeks, "")
	var all []kpi.ForecastData
	for _, f := range kept.Items {
		all = append(all, f.Data())
	}
	return kpi.Judge(all), err
}

// StepEffect is what came after one step of the ladder.
type StepEffect struct {
	Step    string
	Sent    int             // letters and calls of the step, in the period
	Paid    int             // of them, paid in full before the next step
	Percent kpi.Figure      // paid ÷ sent
	Days    decimal.Decimal // median from the step to the payment; of those paid
}

// StepEffects says for each step that was taken in a period how often the
// invoice was paid after it and before the next one: an association, no proof
// that the step was why.
func (c *Cycle) StepEffects(ctx context.Context, from, to calendar.Date) ([]StepEffect, error) {
	all, err := everyOne[invoice.Invoice](ctx, c)
	if err != nil {
		return nil, err
	}
	effects := map[string]*StepEffect{}
	waits := map[string][]int{}
	for _, inv := range all {
		d := inv.Data()
		for i, sent := range d.Dunning.Sent {
			if sent.Skipped || sent.On.Before(from) || sent.On.After(to) {
				continue
			}
			e := effects[sent.Step]
			if e == nil {
				e = &StepEffect{Step: sent.Step}
				effects[sent.Step] = e
			}
			e.Sent++
			last := i == len(d.Dunning.Sent)-1
			if !d.PaidOn.IsZero() && !d.PaidOn.Before(sent.On) && (last || !d.PaidOn.After(d.Dunning.Sent[i+1].On)) {
				e.Paid++
				waits[sent.Step] = append(waits[sent.Step], d.PaidOn.DaysSince(sent.On))
			}
		}
	}
	out := make([]StepEffect, 0, len(effects))
	for _, step := range slices.SortedFunc(maps.Keys(effects), func(a, b string) int {
		return cmp.Or(cmp.Compare(c.Policy.Ladder.Level(a), c.Policy.Ladder.Level(b)), cmp.Compare(a, b))
	}) {
		e := *effects[step]
		e.Percent, e.Days = kpi.Ratio(int64(e.Paid), int64(e.Sent)).Times(100), median(waits[step])
		out = append(out, e)
	}
	return out, nil
}

// median of whole days; 0 of none.
func median(days []int) decimal.Decimal {
	if len(days) == 0 {
		return decimal.Decimal{}
	}
	s := slices.Sorted(slices.Values(days))
	return decimal.NewFromInt(int64(s[(len(s)-1)/2] + s[len(s)/2])).Div(decimal.NewFromInt(2))
}
