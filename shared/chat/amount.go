package chat

import (
	"errors"

	"duly/shared/o2c/money"
)

// Misread is what a person typed that cannot be used: a key of words.go and its values, to be shown beside the field.
type Misread struct {
	Key   string
	Pairs []any
}

// figure is a decimal that each language spells with its own point.
type figure string

// ParseAmount reads an amount above zero as people type it; what could be two amounts is asked back: "Is this 1240.00 or
// 1.24?".
func ParseAmount(s, code string) (money.Amount, *Misread) {
	d, err := money.Read(s, code)
	var m *money.Misread
	if errors.As(err, &m) && m.Ambiguous() {
		return money.Amount{}, &Misread{Key: "amount.ambiguous", Pairs: []any{"large", figure(m.Large), "small", figure(m.Small), "write", m.Write}}
	}
	if err != nil {
		return money.Amount{}, notAnAmount(s)
	}
	amount, err := money.FromDecimal(d, code)
	switch {
	case err != nil:
		return money.Amount{}, notAnAmount(s)
	case !amount.IsPositive():
		return money.Amount{}, &Misread{Key: "amount.zero"}
	}
	return amount, nil
}

func notAnAmount(said string) *Misread {
	return &Misread{Key: "amount.unreadable", Pairs: []any{"typed", clip(clean(said), placeholderMax)}}
}
