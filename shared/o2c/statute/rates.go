package statute

import (
	"errors"
	"fmt"
	"slices"

	"github.com/shopspring/decimal"

	"duly/shared/o2c/calendar"
)

// EnteredRate is a rate that an admin read in a source after the product was
// shipped. It stands in for a shipped figure of the same first day.
type EnteredRate struct {
	Regime  Regime          `json:"regime"`
	From    calendar.Date   `json:"from"`
	Until   calendar.Date   `json:"until"` // the last day for which the source speaks
	Percent decimal.Decimal `json:"percent"`
	Source  string          `json:"source"`
}

// percentMax bounds what can be a rate and not a slip of the keyboard.
const percentMax = 30

// Check says what is wrong with an entered rate.
func (l Law) Check(r EnteredRate) error {
	switch s, ok := l.Interest[r.Regime]; {
	case !ok:
		return fmt.Errorf("the law of %s has no interest for %q", l.Country, r.Regime)
	case r.Percent.IsNegative() || r.Percent.GreaterThan(decimal.NewFromInt(percentMax)):
		return fmt.Errorf("%s is no percentage from 0 to %d", r.Percent, percentMax)
	case r.Until.Before(r.From):
		return fmt.Errorf("%s is before %s", r.Until, r.From)
	case r.From.Before(s.Rates[0].From):
		return fmt.Errorf("the table begins on %s", s.Rates[0].From)
	case r.From.After(s.VerifiedUntil.AddDays(1)):
		return fmt.Errorf("nobody has verified %s to %s; enter that rate first", s.VerifiedUntil.AddDays(1), r.From.AddDays(-1))
	case len(r.Source) < 4:
		return errors.New("a rate needs its source")
	}
	return nil
}

// With is the law with the rates that were entered, the shipped table untouched.
func (l Law) With(entered ...EnteredRate) Law {
	if len(entered) == 0 {
		return l
	}
	series := make(map[Regime]Series, len(l.Interest))
	for regime, s := range l.Interest {
		s.Rates = slices.Clone(s.Rates)
		for _, e := range entered {
			if e.Regime == regime {
				s = s.with(e)
			}
		}
		series[regime] = s
	}
	l.Interest = series
	return l
}

func (s Series) with(e EnteredRate) Series {
	rate := InterestRate{From: e.From, Percent: e.Percent, Source: e.Source, Verified: true}
	i, there := slices.BinarySearchFunc(s.Rates, e.From, func(r InterestRate, d calendar.Date) int { return r.From.Compare(d) })
	if there {
		s.Rates[i] = rate
	} else {
		s.Rates = slices.Insert(s.Rates, i, rate)
	}
	if e.Until.After(s.VerifiedUntil) {
		s.VerifiedUntil = e.Until
	}
	return s
}
