package rule

import (
	"cmp"
	"slices"
	"text/scanner"

	"github.com/shopspring/decimal"

	"duly/shared/o2c/money"
)

// comparison is a == b and its kin, or a in [b, c].
func (p *parser) comparison() (node, error) {
	left, err := p.additive()
	if err != nil {
		return left, err
	}
	if p.token == "in" {
		at := p.at
		p.next()
		return p.member(left, at)
	}
	sign, at, ok := p.is("==", "!=", "<", "<=", ">", ">=")
	if !ok {
		return left, nil
	}
	right, err := p.additive()
	if err != nil {
		return right, err
	}
	order := ordering(left.kind, right.kind)
	if order == nil || left.kind == aTruth && sign != "==" && sign != "!=" {
		return left, mistake(at, "%s cannot be compared with %s by %s", left.kind, right.kind, sign)
	}
	return p.made(node{kind: aTruth, at: left.at, eval: func(f *facts) value {
		return truth(holds(sign, order(left.eval(f), right.eval(f))))
	}})
}

func holds(sign string, order int) bool {
	switch sign {
	case "==":
		return order == 0
	case "!=":
		return order != 0
	case "<":
		return order < 0
	case "<=":
		return order <= 0
	case ">":
		return order > 0
	}
	return order >= 0
}

// ordering compares two kinds; nil when they have no order. A whole number
// beside an amount counts units of its currency.
func ordering(a, b kind) func(a, b value) int {
	switch {
	case a == aSum && b == aSum:
		return func(a, b value) int { return a.sum.Cmp(b.sum) }
	case a == aSum && b == aNumber:
		return func(a, b value) int { return a.sum.Cmp(units(b.n, a.sum)) }
	case a == aNumber && b == aSum:
		return func(a, b value) int { return units(a.n, b.sum).Cmp(b.sum) }
	case a != b:
		return nil
	case a == aNumber:
		return func(a, b value) int { return cmp.Compare(a.n, b.n) }
	case a == aText:
		return func(a, b value) int { return cmp.Compare(a.text, b.text) }
	case a == aTruth:
		return func(a, b value) int {
			if a.yes == b.yes {
				return 0
			}
			return 1
		}
	}
	return nil
}

// units are n whole units of an amount's currency. One that does not fit
// panics, which Holds answers.
func units(n int, like money.Amount) money.Amount {
	a, err := money.FromDecimal(decimal.NewFromInt(int64(n)), like.Currency)
	if err != nil {
		panic(err)
	}
	return a
}

// member is a in [b, c].
func (p *parser) member(one node, at scanner.Position) (node, error) {
	list, err := p.primary()
	if err != nil {
		return list, err
	}
	if !(one.kind == aText && list.kind == texts || one.kind == aNumber && list.kind == numbers) {
		return one, mistake(at, "%s cannot be in %s", one.kind, list.kind)
	}
	return p.made(node{kind: aTruth, at: one.at, eval: func(f *facts) value {
		sought := one.eval(f)
		return truth(slices.ContainsFunc(list.eval(f).list, func(v value) bool { return v.text == sought.text && v.n == sought.n }))
	}})
}

// additive is a + b and a − b, over amounts and over whole numbers.
func (p *parser) additive() (node, error) {
	left, err := p.times()
	for err == nil {
		sign, at, ok := p.is("+", "-")
		if !ok {
			return left, nil
		}
		var right node
		if right, err = p.times(); err != nil {
			return right, err
		}
		add := adding(left.kind, right.kind, sign == "-")
		if add == nil {
			return left, mistake(at, "%s and %s cannot be added up", left.kind, right.kind)
		}
		a, b := left, right
		left, err = p.made(node{kind: left.kind, at: left.at, eval: func(f *facts) value { return add(a.eval(f), b.eval(f)) }})
	}
	return left, err
}

func adding(a, b kind, minus bool) func(a, b value) value {
	switch {
	case a == aNumber && b == aNumber:
		return func(a, b value) value {
			if minus {
				return number(a.n - b.n)
			}
			return number(a.n + b.n)
		}
	case a == aSum && (b == aSum || b == aNumber):
		return func(a, b value) value {
			if b.kind == aNumber {
				b.sum = units(b.n, a.sum)
			}
			if minus {
				return sumValue(a.sum.Minus(b.sum))
			}
			return sumValue(a.sum.Plus(b.sum))
		}
	}
	return nil
}

// times is an amount or a whole number multiplied by whole numbers.
func (p *parser) times() (node, error) {
	left, err := p.primary()
	for err == nil {
		_, at, ok := p.is("*")
		if !ok {
			return left, nil
		}
		var right node
		if right, err = p.primary(); err != nil {
			return right, err
		}
		if left.kind != aSum && left.kind != aNumber || right.kind != aNumber {
			return left, mistake(at, "%s cannot be multiplied by %s", left.kind, right.kind)
		}
		a, b := left, right
		left, err = p.made(node{kind: left.kind, at: left.at, eval: func(f *facts) value {
			x, by := a.eval(f), b.eval(f).n
			if x.kind == aSum {
				return sumValue(x.sum.Times(decimal.NewFromInt(int64(by))))
			}
			return number(x.n * by)
		}})
	}
	return left, err
}
