package statute

import (
	"embed"
	"encoding/json"
	"fmt"
	"slices"
	"sync"

	"github.com/shopspring/decimal"

	"duly/shared/o2c/calendar"
)

// Regime is which rules a debt is under: between enterprises and with public
// bodies (directive 2011/7/EU), or with a consumer.
type Regime string

// The regimes.
const (
	Commercial Regime = "commercial"
	Consumer   Regime = "consumer"
)

// Law is what a country gives a creditor whose debtor is late.
type Law struct {
	Country    string                 `json:"country"` // ISO 3166-1 alpha-2
	Currency   string                 `json:"currency"`
	Allocation string                 `json:"allocation"` // the article by which payments go to costs, interest, principal
	Interest   map[Regime]Series      `json:"interest"`   // no series: no statutory interest
	Costs      map[Regime]CostRule    `json:"costs"`      // no rule: no statutory costs
	Limitation map[string]Prescribing `json:"limitation"` // "default", "consumer_goods"
	Relief     *ReliefRule            `json:"relief"`     // nil: no date gives the VAT back
}

// Series is one kind of interest over time.
type Series struct {
	Rule          string         `json:"rule"`           // the article, as the sheet cites it
	Compounding   bool           `json:"compounding"`    // yearly, on each anniversary of the default
	Fixed         bool           `json:"fixed"`          // the rate of the first day of interest holds to the end
	VerifiedUntil calendar.Date  `json:"verified_until"` // last day for which a source was read
	Rates         []InterestRate `json:"rates"`          // oldest first
}

// InterestRate holds from a day on, until a newer one.
type InterestRate struct {
	From     calendar.Date   `json:"from"`
	Percent  decimal.Decimal `json:"percent"` // a year
	Source   string          `json:"source"`
	Verified bool            `json:"verified"`
}

// CostRule is what a creditor may ask for collecting out of court.
type CostRule struct {
	Rule       string          `json:"rule"`
	Fixed      []Band          `json:"fixed"`       // due without notice from the day after the term, by size of the debt
	Scale      []Band          `json:"scale"`       // parts of the debt at a percent each; due after notice
	Least      decimal.Decimal `json:"least"`       // of the scale
	Most       decimal.Decimal `json:"most"`        // of the scale
	LetterDays int             `json:"letter_days"` // to pay without costs, from the day after the letter was received; 0: no letter asked for
}

// Band is a slice of a debt up to an amount in major units; the last has none.
type Band struct {
	UpTo    decimal.NullDecimal `json:"up_to"`
	Percent decimal.Decimal     `json:"percent"`
	Amount  decimal.Decimal     `json:"amount"`
}

//go:embed law/*.json
var lawFiles embed.FS

// laws are read when one is first needed; a test keeps them whole.
var laws = sync.OnceValue(func() map[string]Law {
	all := map[string]Law{}
	files, err := lawFiles.ReadDir("law")
	if err != nil {
		panic("statute: " + err.Error())
	}
	for _, f := range files {
		raw, err := lawFiles.ReadFile("law/" + f.Name())
		if err != nil {
			panic("statute: " + err.Error())
		}
		var l Law
		if err := json.Unmarshal(raw, &l); err != nil {
			panic(fmt.Sprintf("statute: law/%s: %v", f.Name(), err))
		}
		all[l.Country] = l
	}
	return all
})

// LawOf is a country's law; false when it is not in the product.
func LawOf(country string) (Law, bool) {
	l, ok := laws()[country]
	return l, ok
}

// rateFor is the rate of a day of a debt whose interest began on another, see
// rateOn.
func (s Series) rateFor(began, day calendar.Date) (rate InterestRate, next calendar.Date, certain bool) {
	if s.Fixed {
		rate, _, certain = s.rateOn(began)
		return rate, calendar.Date{}, certain
	}
	return s.rateOn(day)
}

// rateOn is the rate of a day, the first day of the next one (zero: none is
// known), and whether the figure is more than an assumption.
func (s Series) rateOn(day calendar.Date) (rate InterestRate, next calendar.Date, certain bool) {
	i, found := slices.BinarySearchFunc(s.Rates, day, func(r InterestRate, d calendar.Date) int { return r.From.Compare(d) })
	if !found {
		i--
	}
	if i < 0 { // before the table begins: its first rate, which is an assumption
		return s.Rates[0], s.Rates[0].From, false
	}
	if i+1 < len(s.Rates) {
		next = s.Rates[i+1].From
	}
	return s.Rates[i], next, s.Rates[i].Verified && !day.After(s.VerifiedUntil)
}
