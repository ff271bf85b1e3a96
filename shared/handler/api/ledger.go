package api

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"duly/shared/o2c"
	"duly/shared/o2c/ledger"
	"duly/shared/o2c/money"
)

// Entry is one booking; its legs sum to zero.
type Entry struct {
	ID         string    `json:"id"`
	Narrative  string    `json:"narrative"`
	ValueOn    string    `json:"value_on" format:"date" doc:"When it counts economically"`
	BookedOn   string    `json:"booked_on" format:"date" doc:"The day of recording; as_of looks at it"`
	RecordedAt time.Time `json:"recorded_at"`
	Legs       []Leg     `json:"legs" nullable:"false"`
}

// Leg is one side of an entry.
type Leg struct {
	Account string `json:"account" doc:"Code in the chart" example:"1300"`
	Name    string `json:"name"`
	Role    string `json:"role" example:"receivable"`
	Amount  Money  `json:"amount" doc:"Debit is positive, credit negative"`
	Of      string `json:"of" doc:"Id of the open item or receipt that it concerns"`
}

// TrialBalance is every account of the chart as of a day.
type TrialBalance struct {
	Currency string           `json:"currency"`
	Accounts []AccountBalance `json:"accounts" nullable:"false"`
}

// AccountBalance is one account; balance = debit − credit.
type AccountBalance struct {
	Code    string `json:"code" example:"1300"`
	Name    string `json:"name"`
	Role    string `json:"role" example:"receivable"`
	Debit   Money  `json:"debit"`
	Credit  Money  `json:"credit"`
	Balance Money  `json:"balance"`
}

func (s server) ledger() {
	type period struct {
		Paging
		From string `query:"from" format:"date" doc:"First booking day"`
		To   string `query:"to" format:"date" doc:"Last booking day, included"`
	}
	type moment struct {
		AsOf string `query:"as_of" format:"date" doc:"By what was booked up to and including this day; today when left out"`
	}
	route(s, get("list-entries", "/v1/ledger/entries", "List bookings"), func(ctx context.Context, in *period) (*reply[page[Entry]], error) {
		q, err := onDays("entry", in.From, in.To)
		if err != nil {
			return nil, err
		}
		kept, next, err := walk(in.Paging, func(limit int, after string) (o2c.Listing[ledger.Entry], error) {
			q.Limit, q.After = limit, after
			return listed[ledger.Entry](ctx, s.Cycle, q)
		}, all)
		return &reply[page[Entry]]{page[Entry]{each(kept, entryView), next}}, err
	})
	route(s, get("trial-balance", "/v1/ledger/trial-balance", "Read the balance of every account"), func(ctx context.Context, in *moment) (*reply[TrialBalance], error) {
		on, err := dayOr("as_of", in.AsOf, s.today())
		if err != nil {
			return nil, err
		}
		rows, err := s.Cycle.TrialBalance(ctx, on)
		return &reply[TrialBalance]{trialBalance(rows, s.Cycle.Policy.Currency)}, err
	})
}

// onDays lists what a list has of the days from … to, both included.
func onDays(kind, from, to string) (o2c.Query, error) {
	q := o2c.Query{Kind: kind, From: from}
	if to == "" {
		return q, nil
	}
	last, err := day("/to", to)
	q.To = last.AddDays(1).String()
	return q, err
}

// listed reads one page of an access pattern.
func listed[D any](ctx context.Context, c *o2c.Cycle, q o2c.Query) (o2c.Listing[D], error) {
	found, err := c.Store.List(ctx, q)
	out := o2c.Listing[D]{Next: found.Next}
	if err != nil {
		return out, err
	}
	for _, item := range found.Items {
		doc := new(D)
		if err := json.Unmarshal(item.Body, doc); err != nil {
			return out, fmt.Errorf("restore %s: %w", item.Key, err)
		}
		out.Items = append(out.Items, doc)
	}
	return out, nil
}

func entryView(e *ledger.Entry) Entry {
	names := map[string]ledger.Account{}
	for _, a := range ledger.Chart() {
		names[a.Code] = a
	}
	d := e.Data()
	return Entry{
		ID: d.ID, Narrative: d.Narrative, ValueOn: d.ValueOn.String(), BookedOn: d.BookedOn.String(), RecordedAt: d.RecordedAt.UTC(),
		Legs: each(d.Legs, func(l ledger.Leg) Leg {
			a := names[l.Account]
			return Leg{Account: a.Code, Name: a.Name, Role: a.Role, Amount: moneyOf(l.Amount), Of: l.Of}
		}),
	}
}

// trialBalance lists the whole chart, so that an account that nothing was
// booked on is there with zeros.
func trialBalance(rows []ledger.Balance, currency string) TrialBalance {
	booked := map[string]ledger.Balance{}
	for _, r := range rows {
		if r.Currency == currency { // the cycle books no other
			booked[r.Code] = r
		}
	}
	out := TrialBalance{Currency: currency}
	nothing := money.Of(0, currency)
	for _, a := range ledger.Chart() {
		row := AccountBalance{Code: a.Code, Name: a.Name, Role: a.Role, Debit: moneyOf(nothing), Credit: moneyOf(nothing), Balance: moneyOf(nothing)}
		if r, ok := booked[a.Code]; ok {
			row.Debit, row.Credit, row.Balance = moneyOf(r.Debit), moneyOf(r.Credit), moneyOf(r.Balance)
		}
		out.Accounts = append(out.Accounts, row)
	}
	return out
}
