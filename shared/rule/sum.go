package rule

import (
	"fmt"

	"github.com/expr-lang/expr"
	"github.com/shopspring/decimal"

	"duly/shared/o2c/money"
)

// Sum is an amount as expressions know it: it is compared with other amounts and
// with whole units of its currency, and never with a fraction of floating point.
type Sum struct{ money.Amount }

// units are n whole units of the sum's currency.
func (s Sum) units(n int) Sum {
	a, err := money.FromDecimal(decimal.NewFromInt(int64(n)), s.Currency)
	if err != nil {
		panic(err) // caught by the engine: the rule cannot be applied
	}
	return Sum{a}
}

// operators give Sum its arithmetic.
func operators() []expr.Option {
	compare := map[string]func(int) bool{
		">": func(n int) bool { return n > 0 }, ">=": func(n int) bool { return n >= 0 },
		"<": func(n int) bool { return n < 0 }, "<=": func(n int) bool { return n <= 0 },
		"==": func(n int) bool { return n == 0 }, "!=": func(n int) bool { return n != 0 },
	}
	var all []expr.Option
	for i, op := range []string{">", ">=", "<", "<=", "==", "!="} { // in one order, whatever the map's
		holds, name := compare[op], fmt.Sprintf("compare%d", i)
		all = append(all, expr.Operator(op, name), expr.Function(name, func(args ...any) (any, error) {
			a, b := both(args)
			return holds(a.Cmp(b.Amount)), nil
		}, new(func(Sum, Sum) bool), new(func(Sum, int) bool), new(func(int, Sum) bool)))
	}
	return append(all,
		expr.Operator("+", "sumPlus"), expr.Function("sumPlus", func(args ...any) (any, error) {
			a, b := both(args)
			return Sum{a.Plus(b.Amount)}, nil
		}, new(func(Sum, Sum) Sum), new(func(Sum, int) Sum)),
		expr.Operator("-", "sumMinus"), expr.Function("sumMinus", func(args ...any) (any, error) {
			a, b := both(args)
			return Sum{a.Minus(b.Amount)}, nil
		}, new(func(Sum, Sum) Sum), new(func(Sum, int) Sum)),
		expr.Operator("*", "sumTimes"), expr.Function("sumTimes", func(args ...any) (any, error) {
			return Sum{args[0].(Sum).Times(decimal.NewFromInt(int64(args[1].(int))))}, nil
		}, new(func(Sum, int) Sum)),
	)
}

// both reads two sums, one of which may be written in whole units.
func both(args []any) (Sum, Sum) {
	a, first := args[0].(Sum)
	b, second := args[1].(Sum)
	if !first {
		a = b.units(args[0].(int))
	}
	if !second {
		b = a.units(args[1].(int))
	}
	return a, b
}

// sumOf is the function that spells an amount exactly.
func sumOf(currency string) expr.Option {
	return expr.Function("sum", func(args ...any) (any, error) {
		a, err := money.Parse(args[0].(string), currency)
		return Sum{a}, err
	}, new(func(string) Sum))
}
