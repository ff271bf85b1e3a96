package api

import (
	"context"

	"duly/shared/o2c"
	"duly/shared/o2c/kpi"
	"duly/shared/o2c/money"
)

// Forecast is what will come of what is open.
type Forecast struct {
	AsOf     string         `json:"as_of" format:"date"`
	Currency string         `json:"currency"`
	Open     Money          `json:"open" doc:"What can be demanded today; disputed parts are not in it"`
	Weeks    []ForecastWeek `json:"weeks" nullable:"false" doc:"Thirteen; the first begins today"`
	Later    Money          `json:"later" doc:"Likely after the last week"`
	Error    ForecastError  `json:"error"`
}

// ForecastWeek is one week.
type ForecastWeek struct {
	From      string `json:"from" format:"date"`
	To        string `json:"to" format:"date"`
	Likely    Money  `json:"likely" doc:"In this week: due dates, moved by how late each payer usually is; promises as they were given"`
	LowSum    Money  `json:"low_sum" doc:"By the week's end, if everybody pays as in the latest quarter of their payments"`
	LikelySum Money  `json:"likely_sum" doc:"By the week's end, likely"`
	HighSum   Money  `json:"high_sum" doc:"By the week's end, if everybody pays as in the earliest quarter"`
}

// ForecastError is how far the forecasts of the weeks before were off.
type ForecastError struct {
	Weeks     int     `json:"weeks" doc:"Forecasts whose week is over"`
	NextWeek  *string `json:"next_week" doc:"Percent: Σ |came − likely| ÷ Σ came, of the first week of each; null until one is over" example:"12.5"`
	FourWeeks *string `json:"four_weeks" doc:"Percent, of the first four weeks of each together"`
	Bias      *string `json:"bias" doc:"Percent: above zero more came than was expected"`
}

// StepEffectiveness is what came after the steps of the ladder.
type StepEffectiveness struct {
	From  string       `json:"from" format:"date"`
	To    string       `json:"to" format:"date"`
	Steps []StepEffect `json:"steps" nullable:"false" doc:"In the order of the ladder"`
}

// StepEffect is one step.
type StepEffect struct {
	Step    string  `json:"step" example:"friendly"`
	Sent    int     `json:"sent"`
	Paid    int     `json:"paid_after" doc:"Invoices paid in full after it and before the next step: an association, no proof of the cause"`
	Percent *string `json:"percent" example:"61.5"`
	Days    string  `json:"median_days" doc:"From the step to the payment, of those paid" example:"4"`
}

func (s server) forecasts() {
	type moment struct{}
	type period struct {
		From string `query:"from" format:"date" doc:"90 days before to when left out"`
		To   string `query:"to" format:"date" doc:"Today when left out; included"`
	}
	route(s, get("forecast", "/v1/forecast", "Read what will come in the next thirteen weeks"), func(ctx context.Context, _ *moment) (*reply[Forecast], error) {
		f, err := s.Cycle.Forecast(ctx, s.today())
		if err != nil {
			return nil, err
		}
		miss, err := s.Cycle.ForecastMiss(ctx)
		if err != nil {
			return nil, err
		}
		return &reply[Forecast]{forecastView(f, miss)}, nil
	})
	route(s, get("step-effectiveness", "/v1/step-effectiveness", "Read how often an invoice was paid after each step"), func(ctx context.Context, in *period) (*reply[StepEffectiveness], error) {
		from, to, err := s.over(in.From, in.To)
		if err != nil {
			return nil, err
		}
		steps, err := s.Cycle.StepEffects(ctx, from, to)
		if err != nil {
			return nil, err
		}
		return &reply[StepEffectiveness]{StepEffectiveness{From: from.String(), To: to.String(), Steps: each(steps, stepView)}}, nil
	})
}

func stepView(e o2c.StepEffect) StepEffect {
	return StepEffect{Step: e.Step, Sent: e.Sent, Paid: e.Paid, Percent: figure(e.Percent), Days: e.Days.String()}
}

func forecastView(f kpi.ForecastData, miss kpi.Miss) Forecast {
	of := func(minor int64) Money { return moneyOf(money.Of(minor, f.Currency)) }
	out := Forecast{
		AsOf: f.On.String(), Currency: f.Currency, Open: of(f.Open), Later: of(f.Later),
		Error: ForecastError{Weeks: miss.Weeks, NextWeek: figure(miss.Next), FourWeeks: figure(miss.FourSum), Bias: figure(miss.Bias)},
	}
	for _, w := range f.Weeks {
		out.Weeks = append(out.Weeks, ForecastWeek{From: w.From.String(), To: w.To.String(), Likely: of(w.Likely), LowSum: of(w.LowSum), LikelySum: of(w.LikelySum), HighSum: of(w.HighSum)})
	}
	return out
}
