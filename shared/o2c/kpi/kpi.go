// Package kpi owns the figures: running totals that each document contributes
// to, and what is computed from them. It does not own the documents.
package kpi

import (
	"encoding/json"
	"slices"

	"github.com/shopspring/decimal"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/money"
)

// Contribution is what one document adds to the figures. Amounts are minor
// units of the books' currency.
type Contribution struct {
	SoldOn      calendar.Date `json:"sold_on,omitzero"`
	Sold        int64         `json:"sold,omitempty"` // invoiced including tax, less credited
	DueOn       calendar.Date `json:"due_on,omitzero"`
	Open        int64         `json:"open,omitempty"`
	Waiting     int64         `json:"waiting,omitempty"` // decisions on credit
	PromisedOn  calendar.Date `json:"promised_on,omitzero"`
	Unexplained int64         `json:"unexplained,omitempty"` // money without a home
	Parts       []Due         `json:"parts,omitempty"`       // of what is open, when it has several due dates
	Low         int64         `json:"low,omitempty"`         // products at their reorder point
	CashOn      calendar.Date `json:"cash_on,omitzero"`
	Cash        int64         `json:"cash,omitempty"`        // came in, in the books' currency
	CustomerID  string        `json:"customer_id,omitempty"` // who owes what is open
	Customer    string        `json:"customer,omitempty"`    // the name
}

// Due is what is open of one due date, in minor units.
type Due struct {
	On   calendar.Date `json:"on"`
	Open int64         `json:"open"`
}

// FoldData remembers what a document contributed last, so that folding it again
// replaces and never adds.
type FoldData struct {
	Of      string       `json:"of"` // the document's key
	Version int64        `json:"version"`
	Last    Contribution `json:"last"`
}

// Fold is a document's last contribution.
type Fold struct{ data FoldData }

// NewFold starts a document that contributed nothing yet.
func NewFold(of string) *Fold { return &Fold{data: FoldData{Of: of}} }

// Replace gives the version and contribution that count from now on and returns
// the former ones; ok is false for a version that was folded before.
func (f *Fold) Replace(version int64, next Contribution) (former Contribution, ok bool) {
	if version <= f.data.Version {
		return Contribution{}, false
	}
	former = f.data.Last
	f.data.Version, f.data.Last = version, next
	return former, true
}

// Kind and ID make the fold a document.
func (f *Fold) Kind() string { return "fold" }
func (f *Fold) ID() string   { return f.data.Of }

// MarshalJSON and UnmarshalJSON are the store's door.
func (f *Fold) MarshalJSON() ([]byte, error) { return json.Marshal(f.data) }
func (f *Fold) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &f.data) }

// bar is an amount and how many documents make it.
type bar struct {
	Minor int64 `json:"minor"`
	Count int64 `json:"count"`
}

// FiguresData are the running totals of one currency, by day.
type FiguresData struct {
	Currency    string           `json:"currency"`
	Sold        map[string]int64 `json:"sold"`     // by day of issue, for SoldDays
	Open        map[string]bar   `json:"open"`     // by due date
	Promised    map[string]int64 `json:"promised"` // open promises by date
	Receivable  int64            `json:"receivable"`
	Waiting     int64            `json:"waiting"`
	Unexplained int64            `json:"unexplained"`
	Low         int64            `json:"low"`
	Cash        map[string]int64 `json:"cash,omitempty"`    // by day of value, for SoldDays
	Closing     map[string]int64 `json:"closing,omitempty"` // receivables as a day ended, of the last closingDays on which something changed
}

// SoldDays is how far back sales are kept by day.
const SoldDays = 400

// Figures are the running totals of one currency; they have it as id.
type Figures struct{ data FiguresData }

// NewFigures starts at nothing.
func NewFigures(currency string) *Figures {
	return &Figures{data: FiguresData{Currency: currency, Sold: map[string]int64{}, Open: map[string]bar{}, Promised: map[string]int64{}}}
}

// Data is a copy; its maps are not for writing.
func (f *Figures) Data() FiguresData { return f.data }

// Kind and ID make the figures a document.
func (f *Figures) Kind() string { return "figures" }
func (f *Figures) ID() string   { return f.data.Currency }

// MarshalJSON and UnmarshalJSON are the store's door.
func (f *Figures) MarshalJSON() ([]byte, error) { return json.Marshal(f.data) }
func (f *Figures) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &f.data) }

// Swap takes a document's former contribution out and puts the new one in.
func (f *Figures) Swap(former, next Contribution) {
	f.add(former, -1)
	f.add(next, 1)
}

func (f *Figures) add(c Contribution, sign int64) {
	if c.Sold != 0 {
		change(f.data.Sold, c.SoldOn.String(), sign*c.Sold)
	}
	if c.Open != 0 {
		c.addDue(f.data.Open, sign)
		f.data.Receivable += sign * c.Open
	}
	if c.Cash != 0 {
		if f.data.Cash == nil {
			f.data.Cash = map[string]int64{}
		}
		change(f.data.Cash, c.CashOn.String(), sign*c.Cash)
	}
	if !c.PromisedOn.IsZero() {
		change(f.data.Promised, c.PromisedOn.String(), sign)
	}
	f.data.Waiting += sign * c.Waiting
	f.data.Unexplained += sign * c.Unexplained
	f.data.Low += sign * c.Low
}

// addDue adds what is open by due date; a document with several counts with each.
func (c Contribution) addDue(open map[string]bar, sign int64) {
	parts := c.Parts
	if len(parts) == 0 {
		parts = []Due{{On: c.DueOn, Open: c.Open}}
	}
	for _, p := range parts {
		day := p.On.String()
		b := open[day]
		b.Minor, b.Count = b.Minor+sign*p.Open, b.Count+sign
		if open[day] = b; b == (bar{}) {
			delete(open, day)
		}
	}
}

func change(m map[string]int64, key string, by int64) {
	if m[key] += by; m[key] == 0 {
		delete(m, key)
	}
}

// closingDays is how long it is kept what the receivables were.
const closingDays = 40

// Close writes down what the receivables are on a day; the day's last word stands.
func (f *Figures) Close(today calendar.Date) {
	if f.data.Closing == nil {
		f.data.Closing = map[string]int64{}
	}
	f.data.Closing[today.String()] = f.data.Receivable
	for day := range f.data.Closing {
		if day < today.AddDays(-closingDays).String() {
			delete(f.data.Closing, day)
		}
	}
}

// ClosedOn is the last day on which something changed: what is SoldDays older was
// forgotten then. Not ok: nothing was written down yet.
func (f *Figures) ClosedOn() (on calendar.Date, ok bool) {
	for day := range f.data.Closing {
		if d, err := calendar.Parse(day); err == nil && d.After(on) {
			on, ok = d, true
		}
	}
	return on, ok
}

// DSOThen is the simple DSO as it was at the end of an earlier day; not ok: nothing was written down by then.
func (f *Figures) DSOThen(on calendar.Date) (days decimal.Decimal, ok bool) {
	last := ""
	for day := range f.data.Closing {
		if day <= on.String() && day > last {
			last = day
		}
	}
	sold := f.Sold(on.AddDays(1-dsoDays), on).Minor
	if last == "" || sold <= 0 {
		return decimal.Zero, false
	}
	return decimal.NewFromInt(f.data.Closing[last]).Mul(decimal.NewFromInt(dsoDays)).DivRound(decimal.NewFromInt(sold), 1), true
}

// DueWithin is what falls due in a period, both days included.
func (f *Figures) DueWithin(from, to calendar.Date) money.Amount {
	var sum int64
	for day, open := range f.data.Open {
		if day >= from.String() && day <= to.String() {
			sum += open.Minor
		}
	}
	return f.amount(sum)
}

// Forget drops sales of days that no figure looks at any more.
func (f *Figures) Forget(today calendar.Date) {
	for _, days := range []map[string]int64{f.data.Sold, f.data.Cash} {
		for day := range days {
			if day < today.AddDays(-SoldDays).String() {
				delete(days, day)
			}
		}
	}
}

func (f *Figures) amount(minor int64) money.Amount { return money.Of(minor, f.data.Currency) }

// Receivable, Unexplained, Waiting and Low are the totals as they stand.
func (f *Figures) Receivable() money.Amount  { return f.amount(f.data.Receivable) }
func (f *Figures) Unexplained() money.Amount { return f.amount(f.data.Unexplained) }
func (f *Figures) Waiting() int              { return int(f.data.Waiting) }
func (f *Figures) Low() int                  { return int(f.data.Low) }

// PromisesOn counts the open promises for a date.
func (f *Figures) PromisesOn(d calendar.Date) int { return int(f.data.Promised[d.String()]) }

// span is a bucket of the ageing, by days after the due date.
type span struct {
	name string
	to   int // the last day in it
}

var spans = []span{{"not_due", 0}, {"1-30", 30}, {"31-60", 60}, {"61-90", 90}, {"90+", 1 << 30}}

// Bucket is one bar of the ageing.
type Bucket struct {
	Name   string
	Amount money.Amount
	Count  int
}

// Ageing sorts what is open by how late it is on a date.
func (f *Figures) Ageing(on calendar.Date) []Bucket {
	bars := make([]Bucket, len(spans))
	for i, s := range spans {
		bars[i] = Bucket{Name: s.name, Amount: f.amount(0)}
	}
	for day, open := range f.data.Open {
		due, err := calendar.Parse(day)
		if err != nil {
			continue // never written by add
		}
		late := on.DaysSince(due)
		i := slices.IndexFunc(spans, func(s span) bool { return late <= s.to })
		bars[i].Amount = bars[i].Amount.Plus(f.amount(open.Minor))
		bars[i].Count += int(open.Count)
	}
	return bars
}

// Overdue is what is open after its due date.
func (f *Figures) Overdue(on calendar.Date) money.Amount {
	sum := f.amount(0)
	for _, b := range f.Ageing(on)[1:] {
		sum = sum.Plus(b.Amount)
	}
	return sum
}

// dsoDays is the period of the simple DSO.
const dsoDays = 90

// DSO is days sales outstanding, the simple way: what is open, divided by the
// sales of the last 90 days, times 90. No sales make no figure: ok is false.
func (f *Figures) DSO(on calendar.Date) (days decimal.Decimal, ok bool) {
	return f.DSOOver(on.AddDays(1-dsoDays), on)
}

// DSOOver is DSO over the sales of another period, both days included.
func (f *Figures) DSOOver(from, to calendar.Date) (days decimal.Decimal, ok bool) {
	sold := f.Sold(from, to).Minor
	if sold <= 0 {
		return decimal.Zero, false
	}
	period := decimal.NewFromInt(int64(to.DaysSince(from) + 1))
	return decimal.NewFromInt(f.data.Receivable).Mul(period).DivRound(decimal.NewFromInt(sold), 1), true
}

// Sold is what was invoiced in a period, both days included, less what was
// credited in it.
func (f *Figures) Sold(from, to calendar.Date) money.Amount {
	var sum int64
	for day, sold := range f.data.Sold {
		if day >= from.String() && day <= to.String() {
			sum += sold
		}
	}
	return f.amount(sum)
}

// Cash is what came in during a period, both days included.
func (f *Figures) Cash(from, to calendar.Date) money.Amount {
	var sum int64
	for day, came := range f.data.Cash {
		if day >= from.String() && day <= to.String() {
			sum += came
		}
	}
	return f.amount(sum)
}

// CountBack is days sales outstanding by counting back: how many of the last
// days' sales it takes to make up what is open, the last day in part.
func (f *Figures) CountBack(on calendar.Date) (days decimal.Decimal, ok bool) {
	rest := f.data.Receivable
	if rest <= 0 {
		return decimal.Zero, true
	}
	for n := range SoldDays {
		sold := f.data.Sold[on.AddDays(-n).String()]
		if sold >= rest {
			return decimal.NewFromInt(int64(n)).Add(decimal.NewFromInt(rest).DivRound(decimal.NewFromInt(sold), 4)).Round(1), true
		}
		rest -= sold
	}
	return decimal.Zero, false
}

// Days spells a number of days, "–" when there is none.
func Days(d decimal.Decimal, ok bool) string {
	if !ok {
		return "–"
	}
	return d.StringFixed(1)
}
