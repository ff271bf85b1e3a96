// Package exchange owns sheets of exchange rates: what one unit of a base
// currency was worth on a day, and who says so. It does not own which day holds
// for what.
package exchange

import (
	"encoding/json"
	"fmt"

	"github.com/shopspring/decimal"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/money"
)

// SheetData is what a sheet is made of.
type SheetData struct {
	On     calendar.Date              `json:"on"`
	Base   string                     `json:"base"`   // ISO 4217; the ECB's is EUR
	Source string                     `json:"source"` // who published it
	Per    map[string]decimal.Decimal `json:"per"`    // one unit of the base in each currency
}

// Sheet are the rates of one day; it has the day as its id.
type Sheet struct{ data SheetData }

// NewSheet checks the rates.
func NewSheet(d SheetData) (*Sheet, error) {
	switch {
	case d.On.IsZero():
		return nil, fmt.Errorf("the rates have no date")
	case !money.Valid(d.Base):
		return nil, fmt.Errorf("base %q is not an ISO 4217 code", d.Base)
	case d.Source == "":
		return nil, fmt.Errorf("the rates of %s do not say where they come from", d.On)
	case len(d.Per) == 0:
		return nil, fmt.Errorf("there are no rates for %s", d.On)
	}
	for currency, per := range d.Per {
		if !money.Valid(currency) || !per.IsPositive() {
			return nil, fmt.Errorf("a rate of %s for %q on %s", per, currency, d.On)
		}
	}
	return &Sheet{data: d}, nil
}

// Data is a copy; its map is not for writing.
func (s *Sheet) Data() SheetData { return s.data }

// digits is how exact a rate between two currencies is that are not the base.
const digits = 10

// Rate is what one unit of a currency was worth in another.
func (s *Sheet) Rate(from, to string) (money.Rate, bool) {
	a, known := s.per(from)
	b, also := s.per(to)
	if !known || !also {
		return money.Rate{}, false
	}
	return money.Rate{From: from, To: to, Per: b.DivRound(a, digits), On: s.data.On, Source: s.data.Source}, true
}

func (s *Sheet) per(currency string) (decimal.Decimal, bool) {
	if currency == s.data.Base {
		return decimal.NewFromInt(1), true
	}
	per, ok := s.data.Per[currency]
	return per, ok
}

// Kind, ID and ListKey make the sheet a document, listed by its day.
func (s *Sheet) Kind() string    { return "rates" }
func (s *Sheet) ID() string      { return s.data.On.String() }
func (s *Sheet) ListKey() string { return s.data.On.String() }

// MarshalJSON and UnmarshalJSON are the store's door.
func (s *Sheet) MarshalJSON() ([]byte, error) { return json.Marshal(s.data) }
func (s *Sheet) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &s.data) }
