package kpi

import (
	"encoding/json"
	"slices"

	"duly/shared/o2c/calendar"
)

// ForecastWeeks is how many weeks a forecast looks ahead: a quarter.
const ForecastWeeks = 13

// habitMin is how many payments make a habit; habitMax is how many of the
// newest count.
const (
	habitMin = 3
	habitMax = 20
)

// What is later than nearly all payments ever were comes after as long again as it is late already, likely after four
// weeks at the least: a guess of a week put all of it into the next one, every week anew, whether it came or not.
const (
	lateEarly  = 1 // days
	lateLikely = 28
	lateLast   = 56
)

// Paid is a payment that taught something: how many days after the due date an
// invoice was paid, below zero before it.
type Paid struct {
	Customer string
	On       calendar.Date
	Days     int
}

// Habit is how late a payer pays: the quartiles of its payments, in days after
// the due date.
type Habit struct {
	Early, Likely, Late int
	Payments            int // that taught it; 0: it is the house's
}

// Habits are those of every payer, and of all of them together for whoever paid
// too seldom.
type Habits struct {
	house  Habit
	payers map[string]Habit

	all []int            // days of every payment, the earliest first
	own map[string][]int // and of each payer's newest
}

// LearnHabits learns from payments.
func LearnHabits(paid []Paid) Habits {
	slices.SortStableFunc(paid, func(a, b Paid) int { return b.On.DaysSince(a.On) }) // newest first
	h := Habits{payers: map[string]Habit{}, own: map[string][]int{}}
	by := map[string][]int{}
	var all []int
	for _, p := range paid {
		if len(by[p.Customer]) < habitMax {
			by[p.Customer] = append(by[p.Customer], p.Days)
		}
		all = append(all, p.Days)
	}
	if len(all) >= habitMin {
		h.house = quartiles(all)
	}
	h.house.Payments = 0
	for customer, days := range by {
		if len(days) >= habitMin {
			h.payers[customer] = quartiles(days)
			h.own[customer] = slices.Sorted(slices.Values(days))
		}
	}
	h.all = slices.Sorted(slices.Values(all))
	return h
}

// rest is how many more days it takes until something is paid that is so many
// days late: as many as it took those that were as late before, of the same payer
// where enough were, else of the house.
func (h Habits) rest(customer string, late int) Habit {
	for _, days := range [][]int{h.own[customer], h.all} {
		from, _ := slices.BinarySearch(days, late+1)
		if len(days)-from < habitMin {
			continue
		}
		more := make([]int, 0, len(days)-from)
		for _, d := range days[from:] {
			more = append(more, d-late)
		}
		return quartiles(more)
	}
	return Habit{Early: lateEarly, Likely: max(lateLikely, late), Late: max(lateLast, 2*late)}
}

// Of is how a payer pays.
func (h Habits) Of(customer string) Habit {
	if own, ok := h.payers[customer]; ok {
		return own
	}
	return h.house
}

// quartiles takes the nearest rank.
func quartiles(days []int) Habit {
	s := slices.Sorted(slices.Values(days))
	at := func(quarter int) int { return s[(len(s)*quarter+3)/4-1] }
	return Habit{Early: at(1), Likely: at(2), Late: at(3), Payments: len(s)}
}

// Owed is one open item.
type Owed struct {
	Customer string
	Due      calendar.Date
	Promised calendar.Date // the word of its payer; none: zero
	Open     int64         // minor units of the books' currency
}

// Week is one week of a forecast. Amounts are minor units.
type Week struct {
	From   calendar.Date `json:"from"` // a Monday, or the day of the forecast
	To     calendar.Date `json:"to"`   // a Sunday
	Likely int64         `json:"likely"`

	// What has come by its end: at the least, probably, at the most.
	LowSum    int64 `json:"low_sum"`
	LikelySum int64 `json:"likely_sum"`
	HighSum   int64 `json:"high_sum"`

	Actual *int64 `json:"actual,omitempty"` // what came of it, once the week is over
}

// ForecastData is what was expected on a day of the items that were open then.
type ForecastData struct {
	On       calendar.Date `json:"on"`
	Currency string        `json:"currency"`
	Weeks    []Week        `json:"weeks"`
	Later    int64         `json:"later"` // likely after the last week
	Open     int64         `json:"open"`
}

// Forecast is the forecast of a Monday, kept to be held against what came.
type Forecast struct{ data ForecastData }

// KeepForecast makes it a document.
func KeepForecast(d ForecastData) *Forecast { return &Forecast{data: d} }

// Data is a copy.
func (f *Forecast) Data() ForecastData {
	d := f.data
	d.Weeks = slices.Clone(d.Weeks)
	return d
}

// Came writes down what came in a week that is over.
func (f *Forecast) Came(from calendar.Date, minor int64) {
	for i := range f.data.Weeks {
		if f.data.Weeks[i].From == from {
			f.data.Weeks[i].Actual = &minor
		}
	}
}

// Kind, ID and ListKey make it a document.
func (f *Forecast) Kind() string    { return "forecast" }
func (f *Forecast) ID() string      { return f.data.On.String() }
func (f *Forecast) ListKey() string { return f.data.On.String() }

// MarshalJSON and UnmarshalJSON are the store's door.
func (f *Forecast) MarshalJSON() ([]byte, error) { return json.Marshal(f.data) }
func (f *Forecast) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &f.data) }

// Monday is the first day of a date's week.
func Monday(d calendar.Date) calendar.Date { return d.AddDays(-(int(d.Weekday()) + 6) % 7) }

// Predict says when what is open will come: at its due date and as late as its
// payer usually is, a quarter of its payments earlier at the most and later at
// the least; on the day that was promised; what is later already, after as long
// as those took that had been as late.
func Predict(today calendar.Date, currency string, owed []Owed, habits Habits) ForecastData {
	f := ForecastData{On: today, Currency: currency, Weeks: make([]Week, ForecastWeeks)}
	monday := Monday(today)
	for i := range f.Weeks {
		f.Weeks[i].From, f.Weeks[i].To = monday.AddDays(7*i), monday.AddDays(7*i+6)
	}
	f.Weeks[0].From = today
	low, likely, high := make([]int64, ForecastWeeks+1), make([]int64, ForecastWeeks+1), make([]int64, ForecastWeeks+1)
	for _, o := range owed {
		f.Open += o.Open
		early, probably, late := o.when(today, habits)
		high[weekOf(monday, early)] += o.Open
		likely[weekOf(monday, probably)] += o.Open
		low[weekOf(monday, late)] += o.Open
	}
	var sums [3]int64
	for i := range f.Weeks {
		sums[0], sums[1], sums[2] = sums[0]+low[i], sums[1]+likely[i], sums[2]+high[i]
		f.Weeks[i].Likely, f.Weeks[i].LowSum, f.Weeks[i].LikelySum, f.Weeks[i].HighSum = likely[i], sums[0], sums[1], sums[2]
	}
	f.Later = likely[ForecastWeeks]
	return f
}

func (o Owed) when(today calendar.Date, habits Habits) (early, probably, late calendar.Date) {
	h := habits.Of(o.Customer)
	early, probably, late = o.Due.AddDays(h.Early), o.Due.AddDays(h.Likely), o.Due.AddDays(h.Late)
	if !o.Promised.IsZero() && !o.Promised.Before(today) {
		early, probably, late = o.Promised, o.Promised, o.Promised.AddDays(max(0, h.Late-h.Likely))
	}
	if early.Before(today) {
		rest := habits.rest(o.Customer, today.DaysSince(o.Due))
		early, probably, late = soon(early, today, rest.Early), soon(probably, today, rest.Likely), soon(late, today, rest.Late)
	}
	probably = later(early, probably)
	return early, probably, later(probably, late)
}

func later(a, b calendar.Date) calendar.Date {
	if a.After(b) {
		return a
	}
	return b
}

// soon leaves a day that is still to come; what should have come before comes so
// many days from today.
func soon(day, today calendar.Date, days int) calendar.Date {
	if day.Before(today) {
		return today.AddDays(days)
	}
	return day
}

func weekOf(monday, day calendar.Date) int {
	return min(max(0, day.DaysSince(monday))/7, ForecastWeeks)
}

// Miss is how far forecasts were off, of the weeks that are over.
type Miss struct {
	Weeks    int    // forecasts whose first full week is over
	Next     Figure // percent: Σ |came − expected| ÷ Σ came, of the week after each
	FourSum  Figure // percent, of the four weeks after each together
	Bias     Figure // percent: Σ (came − expected) ÷ Σ came; above zero more came
	FourDone int
}

// Judge holds forecasts against what came.
func Judge(all []ForecastData) Miss {
	var m Miss
	var off, came, bias, fourOff, fourCame int64
	for _, f := range all {
		w := f.Weeks[0]
		if w.Actual == nil {
			continue
		}
		m.Weeks++
		off, came, bias = off+abs(*w.Actual-w.Likely), came+*w.Actual, bias+*w.Actual-w.Likely
		var four, said int64
		whole := true
		for _, w := range f.Weeks[:4] {
			if whole = whole && w.Actual != nil; whole {
				four, said = four+*w.Actual, said+w.Likely
			}
		}
		if whole {
			m.FourDone++
			fourOff, fourCame = fourOff+abs(four-said), fourCame+four
		}
	}
	m.Next, m.FourSum = Ratio(off, came).Times(100), Ratio(fourOff, fourCame).Times(100)
	m.Bias = Ratio(bias, came).Times(100)
	return m
}

func abs(n int64) int64 { return max(n, -n) }
