// Package rule owns credit rules in the house's own words: expressions over the
// facts of a decision, compiled once when the policy is loaded. It does not own
// the facts or what follows from a rule.
package rule

import (
	"errors"
	"fmt"
	"slices"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/vm"

	"duly/shared/o2c/credit"
	"duly/shared/o2c/money"
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
	program *vm.Program
	names   []string // of the facts that it looks at
}

// nodesMax bounds an expression: a policy is read by people.
const nodesMax = 200

// Compile checks an expression against the facts and prepares it. Amounts are
// compared with whole units of the books' currency (amount > 500), with each
// other (exposure > limit), or with sum("499.95").
func Compile(text, currency string) (credit.Condition, error) {
	options := append(operators(), expr.Env(facts{}), expr.AsBool(), expr.DisableAllBuiltins(), expr.MaxNodes(nodesMax), sumOf(currency))
	seen := &names{currency: currency}
	program, err := expr.Compile(text, append(options, expr.Patch(seen))...)
	if err == nil && seen.wrong != nil {
		err = seen.wrong.Bind(file.NewSource(text))
	}
	if err != nil {
		return nil, mistake(err)
	}
	return &rule{program: program, names: slices.Compact(slices.Sorted(slices.Values(seen.all)))}, nil
}

func mistake(err error) error {
	var at *file.Error
	if !errors.As(err, &at) {
		return &Mistake{Line: 1, Column: 1, What: err.Error()}
	}
	return &Mistake{Line: max(1, at.Line), Column: at.Column + 1, What: at.Message}
}

// Holds applies the rule to a decision's facts.
func (r *rule) Holds(in credit.Input) (bool, map[string]string, error) {
	known := factsOf(in)
	out, err := expr.Run(r.program, known)
	if err != nil {
		return false, nil, err
	}
	holds, _ := out.(bool) // AsBool saw to it
	if !holds {
		return false, nil, nil
	}
	numbers := make(map[string]string, len(r.names))
	for _, name := range r.names {
		numbers[name] = known.spell(name)
	}
	return true, numbers, nil
}

// names gathers the facts that an expression mentions, and looks at the amounts
// that it spells.
type names struct {
	all      []string
	currency string
	wrong    *file.Error // the first amount that is none
}

// Visit is called for each node of the expression.
func (n *names) Visit(node *ast.Node) {
	switch at := (*node).(type) {
	case *ast.IdentifierNode:
		if slices.Contains(Facts(), at.Value) {
			n.all = append(n.all, at.Value)
		}
	case *ast.CallNode:
		if said, ok := spelled(at); ok && n.wrong == nil {
			if _, err := money.Parse(said, n.currency); err != nil {
				n.wrong = &file.Error{Location: at.Location(), Message: err.Error()}
			}
		}
	}
}

// spelled is the text in sum("…").
func spelled(call *ast.CallNode) (string, bool) {
	name, ok := call.Callee.(*ast.IdentifierNode)
	if !ok || name.Value != "sum" || len(call.Arguments) != 1 {
		return "", false
	}
	text, ok := call.Arguments[0].(*ast.StringNode)
	if !ok {
		return "", false
	}
	return text.Value, true
}
