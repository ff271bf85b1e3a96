package store

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"duly/shared/o2c"
	"duly/shared/o2c/fault"
)

// adjusts writes the counters, each once: the Tx has joined what it staged for
// the same one.
func (p *planner) adjusts() error {
	for i := range p.plan.Adjusts {
		if err := p.adjust(&p.plan.Adjusts[i]); err != nil {
			return err
		}
	}
	return nil
}

// minus is a − b, unless that is more than 64 bits hold.
func minus(a, b int64) (int64, bool) {
	if b < 0 && a > math.MaxInt64+b || b > 0 && a < math.MinInt64+b {
		return 0, false
	}
	return a - b, true
}

// expression collects the parts of DynamoDB expressions with their
// placeholders; values and names are visited in sorted order, so that equal
// plans are equal requests.
type expression struct {
	names  placeholders
	values item
}

func (e *expression) name(value string) string {
	for _, p := range e.names {
		if p.name[len(prefixN):] == value {
			return p.as
		}
	}
	as := "#n" + strconv.Itoa(len(e.names))
	e.names = append(e.names, placeholder{as, prefixN + value})
	return as
}

func (e *expression) value(n int64) string {
	as := ":n" + strconv.Itoa(len(e.values))
	e.values = append(e.values, number(as, n))
	return as
}

// adjust writes one counter with ADD, so that writers need not know its value;
// a floor becomes a condition on the value before the addition, because
// conditions have no arithmetic. A value that was never set counts as zero.
func (p *planner) adjust(a *o2c.Adjust) error {
	at := countAddress(a.Key)
	if err := p.take(at); err != nil {
		return err
	}
	e := &expression{}
	conditions, err := e.conditions(a)
	if err != nil {
		return err
	}
	update := e.update(a)
	key := at.key()
	r := &row{
		TableName: p.table, Key: key, UpdateExpression: update, ConditionExpression: strings.Join(conditions, " AND "),
		ExpressionAttributeNames: e.names, ExpressionAttributeValues: e.values, ReturnValuesOnConditionCheckFailure: old,
	}
	w := write{bytes: bytesOf(key) + bytesOf(e.values)}
	switch {
	case update != "":
		w.op.Update = r
	case len(conditions) > 0:
		w.op.ConditionCheck = r
	default:
		return nil
	}
	p.add(w)
	return nil
}

func (e *expression) conditions(a *o2c.Adjust) ([]string, error) {
	var all []string
	for _, v := range slices.Sorted(maps.Keys(a.Floor)) {
		if set, ok := a.Set[v]; ok { // the old value does not matter
			if set < a.Floor[v] {
				return nil, fault.New(fault.Internal, "The change cannot be committed", fmt.Sprintf("it sets %s of %s to %d, below its floor %d", v, a.Key, set, a.Floor[v]), "check before setting")
			}
			continue
		}
		before, ok := minus(a.Floor[v], a.Add[v])
		if !ok {
			return nil, fault.New(fault.Internal, "The change cannot be committed", fmt.Sprintf("%s of %s leaves the range of 64 bits", v, a.Key), "look for the amount that cannot be right")
		}
		n := e.name(v)
		c := n + " >= " + e.value(before)
		if before <= 0 {
			c = "(attribute_not_exists(" + n + ") OR " + c + ")"
		}
		all = append(all, c)
	}
	for _, v := range slices.Compact(slices.Sorted(slices.Values(a.Absent))) {
		all = append(all, "attribute_not_exists("+e.name(v)+")")
	}
	for _, v := range slices.Sorted(maps.Keys(a.Expect)) {
		all = append(all, e.name(v)+" = "+e.value(a.Expect[v]))
	}
	return all, nil
}

func (e *expression) update(a *o2c.Adjust) string {
	var add, set, remove, clauses []string
	for _, v := range slices.Sorted(maps.Keys(a.Add)) {
		add = append(add, e.name(v)+" "+e.value(a.Add[v]))
	}
	for _, v := range slices.Sorted(maps.Keys(a.Set)) {
		set = append(set, e.name(v)+" = "+e.value(a.Set[v]))
	}
	for _, v := range slices.Compact(slices.Sorted(slices.Values(a.Remove))) {
		remove = append(remove, e.name(v))
	}
	for _, c := range []struct {
		verb  string
		parts []string
	}{{"SET ", set}, {"ADD ", add}, {"REMOVE ", remove}} {
		if len(c.parts) > 0 {
			clauses = append(clauses, c.verb+strings.Join(c.parts, ", "))
		}
	}
	return strings.Join(clauses, " ")
}
