// Package ledger owns the books: the chart of accounts, entries that balance by
// construction, and one recipe per business fact. Entries are never edited,
// only reversed. It does not decide what happened.
package ledger

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/money"
)

// Leg is one side of an entry; debit is positive, credit negative.
type Leg struct {
	Account string       `json:"account"` // code in the chart
	Amount  money.Amount `json:"amount"`
	Of      string       `json:"of,omitempty"` // the open item or customer it concerns
}

// EntryData is what an entry is made of.
type EntryData struct {
	ID         string        `json:"id"`
	Narrative  string        `json:"narrative"`
	ValueOn    calendar.Date `json:"value_on"`  // when it counts economically
	BookedOn   calendar.Date `json:"booked_on"` // the day of recording, never inside a closed period
	RecordedAt time.Time     `json:"recorded_at"`
	Legs       []Leg         `json:"legs"`
}

// Entry is one booking; its legs sum to zero per currency.
type Entry struct{ data EntryData }

// When are the dates of an entry.
type When struct {
	ValueOn    calendar.Date
	BookedOn   calendar.Date
	RecordedAt time.Time
}

// NewEntry books the legs, or refuses those that do not balance. Legs of
// nothing are left out.
func NewEntry(id, narrative string, when When, legs ...Leg) (*Entry, error) {
	legs = slices.DeleteFunc(legs, func(l Leg) bool { return l.Amount.IsZero() })
	sums := map[string]int64{}
	for _, l := range legs {
		if _, ok := chart()[l.Account]; !ok {
			return nil, fmt.Errorf("entry %s: there is no account %q", id, l.Account)
		}
		sums[l.Amount.Currency] += l.Amount.Minor
	}
	for currency, sum := range sums {
		if sum != 0 {
			return nil, fmt.Errorf("entry %s (%s) is off by %s", id, narrative, money.Of(sum, currency))
		}
	}
	if len(legs) == 0 {
		return nil, fmt.Errorf("entry %s (%s) books nothing", id, narrative)
	}
	return &Entry{data: EntryData{ID: id, Narrative: narrative, ValueOn: when.ValueOn, BookedOn: when.BookedOn, RecordedAt: when.RecordedAt, Legs: legs}}, nil
}

// Data is a copy.
func (e *Entry) Data() EntryData { return e.data }

// Kind, ID and ListKey make the entry a document, listed by its booking date.
func (e *Entry) Kind() string { return "entry" }
func (e *Entry) ID() string   { return e.data.ID }
func (e *Entry) ListKey() string {
	return e.data.BookedOn.String() + "T" + e.data.RecordedAt.UTC().Format("20060102150405.000000000")
}

// MarshalJSON and UnmarshalJSON are the store's door.
func (e *Entry) MarshalJSON() ([]byte, error) { return json.Marshal(e.data) }
func (e *Entry) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &e.data) }

// Balance is an account's line in a trial balance: balance = debit − credit.
type Balance struct {
	Account
	Currency string       `json:"-"`
	Debit    money.Amount `json:"debit"`
	Credit   money.Amount `json:"credit"`
	Balance  money.Amount `json:"balance"`
}

// TrialBalance adds entries up per account and currency, in the chart's order.
func TrialBalance(entries []EntryData) []Balance {
	type key struct{ code, currency string }
	rows := map[key]*Balance{}
	for _, e := range entries {
		for _, l := range e.Legs {
			k := key{l.Account, l.Amount.Currency}
			row, ok := rows[k]
			if !ok {
				zero := l.Amount.Zero()
				row = &Balance{Account: chart()[l.Account], Currency: k.currency, Debit: zero, Credit: zero, Balance: zero}
				rows[k] = row
			}
			row.add(l.Amount)
		}
	}
	out := make([]Balance, 0, len(rows))
	for _, r := range rows {
		out = append(out, *r)
	}
	slices.SortFunc(out, func(a, b Balance) int {
		return cmp.Or(cmp.Compare(a.Currency, b.Currency), cmp.Compare(a.Code, b.Code))
	})
	return out
}

func (b *Balance) add(a money.Amount) {
	if a.IsPositive() {
		b.Debit = b.Debit.Plus(a)
	} else {
		b.Credit = b.Credit.Minus(a)
	}
	b.Balance = b.Balance.Plus(a)
}
