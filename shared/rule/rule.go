// Package rule owns credit rules in the house's own words: expressions over the
// facts of a decision, compiled once when the policy is loaded. It does not own
// the facts or what follows from a rule.
//
// It is a language of its own, and a small one, because amounts are exact here
// where engines compute in floating point, and because engines that call methods
// by name make the linker keep every method of every SDK in each function.
package rule

import (
	"fmt"
	"slices"

	"duly/shared/o2c/credit"
)

// Mistake is what is wrong with an expression, and where in it.
type Mistake struct {
	Line   int // from 1
	Column int // from 1
	What   string
}

func (m *Mistake) Error() string { return fmt.Sprintf("%d:%d: %s", m.Line, m.Column, m.What) }

// rule is one compiled expression.
type rule struct {
	holds func(*facts) value
	names []string // of the facts that it looks at
}

// Compile checks an expression against the facts and prepares it. Amounts are
// compared with whole units of the books' currency (amount > 500), with each
// other (exposure > limit), or with sum("499.95").
//
// In the order in which they bind, the loosest first: a ? b : c, or (||), and
// (&&), not (!), == != < <= > >= in, + -, *. Texts stand in double quotes, lists
// in brackets.
func Compile(text, currency string) (credit.Condition, error) {
	p := newParser(text, currency)
	n, err := p.whole()
	if err != nil {
		return nil, err
	}
	return &rule{holds: n.eval, names: slices.Compact(slices.Sorted(slices.Values(p.names)))}, nil
}

// Holds applies the rule to a decision's facts. An amount beyond all measure
// makes the rule inapplicable, not the program.
func (r *rule) Holds(in credit.Input) (holds bool, numbers map[string]string, err error) {
	defer func() {
		if why := recover(); why != nil {
			holds, numbers, err = false, nil, fmt.Errorf("the rule cannot be applied: %v", why)
		}
	}()
	known := factsOf(in)
	if !r.holds(&known).yes {
		return false, nil, nil
	}
	numbers = make(map[string]string, len(r.names))
	for _, name := range r.names {
		numbers[name] = table[name](&known).String()
	}
	return true, numbers, nil
}
