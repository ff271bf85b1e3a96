package store

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"duly/shared/o2c"
	"duly/shared/o2c/fault"
)

func (p *planner) adjusts() error {
	merged, order, err := merge(p.plan.Adjusts)
	if err != nil {
		return err
	}
	for _, key := range order {
		if err := p.adjust(merged[key]); err != nil {
			return err
		}
	}
	return nil
}

// merge makes one change per counter: additions sum up, and every condition
// holds for the sum.
func merge(all []o2c.Adjust) (map[o2c.Key]*o2c.Adjust, []o2c.Key, error) {
	merged, order := map[o2c.Key]*o2c.Adjust{}, []o2c.Key(nil)
	for _, a := range all {
		m := merged[a.Key]
		if m == nil {
			m = &o2c.Adjust{Key: a.Key, Add: map[string]int64{}, Floor: map[string]int64{}, Set: map[string]int64{}, Expect: map[string]int64{}}
			merged[a.Key] = m
			order = append(order, a.Key)
		}
		for v, n := range a.Add {
			sum, ok := plus(m.Add[v], n)
			if !ok {
				return nil, nil, overflow(a.Key, v)
			}
			m.Add[v] = sum
		}
		for v, n := range a.Floor {
			if had, ok := m.Floor[v]; !ok || n > had {
				m.Floor[v] = n
			}
		}
		for v, n := range a.Expect {
			if had, ok := m.Expect[v]; ok && had != n {
				return nil, nil, fault.New(fault.Internal, "The change cannot be committed", fmt.Sprintf("it expects %s of %s to be both %d and %d", v, a.Key, had, n), "read the counter once")
			}
			m.Expect[v] = n
		}
		maps.Copy(m.Set, a.Set)
		m.Absent = append(m.Absent, a.Absent...)
		m.Remove = append(m.Remove, a.Remove...)
	}
	return merged, order, nil
}

func plus(a, b int64) (int64, bool) {
	if b > 0 && a > math.MaxInt64-b || b < 0 && a < math.MinInt64-b {
		return 0, false
	}
	return a + b, true
}

func overflow(k o2c.Key, value string) error {
	return fault.New(fault.Internal, "The change cannot be committed", fmt.Sprintf("%s of %s leaves the range of 64 bits", value, k), "look for the amount that cannot be right")
}

// expression collects the parts of DynamoDB expressions with their
// placeholders; values and names are visited in sorted order, so that equal
// plans are equal requests.
type expression struct {
	names  map[string]string
	values item
}

func (e *expression) name(value string) string {
	for p, n := range e.names {
		if n == prefixN+value {
			return p
		}
	}
	p := fmt.Sprintf("#n%d", len(e.names))
	e.names[p] = prefixN + value
	return p
}

func (e *expression) value(n int64) string {
	p := fmt.Sprintf(":n%d", len(e.values))
	e.values[p] = number(n)
	return p
}

// adjust writes one counter with ADD, so that writers need not know its value;
// a floor becomes a condition on the value before the addition, because
// conditions have no arithmetic. A value that was never set counts as zero.
func (p *planner) adjust(a *o2c.Adjust) error {
	at := countAddress(a.Key)
	if err := p.take(at); err != nil {
		return err
	}
	e := &expression{names: map[string]string{}, values: item{}}
	conditions, err := e.conditions(a)
	if err != nil {
		return err
	}
	update := e.update(a)
	key, table := at.key(), aws.String(p.table)
	const old = types.ReturnValuesOnConditionCheckFailureAllOld
	var condition *string
	if len(conditions) > 0 {
		condition = aws.String(strings.Join(conditions, " AND "))
	}
	w := write{bytes: bytesOf(key) + bytesOf(e.values)}
	switch {
	case update != "":
		w.op.Update = &types.Update{
			TableName: table, Key: key, UpdateExpression: aws.String(update), ConditionExpression: condition,
			ExpressionAttributeNames: e.names, ExpressionAttributeValues: orNil(e.values), ReturnValuesOnConditionCheckFailure: old,
		}
	case condition != nil:
		w.op.ConditionCheck = &types.ConditionCheck{
			TableName: table, Key: key, ConditionExpression: condition,
			ExpressionAttributeNames: e.names, ExpressionAttributeValues: orNil(e.values), ReturnValuesOnConditionCheckFailure: old,
		}
	default:
		return nil
	}
	p.add(w)
	return nil
}

// orNil leaves an empty map out: DynamoDB refuses an empty one.
func orNil(values item) item {
	if len(values) == 0 {
		return nil
	}
	return values
}

func (e *expression) conditions(a *o2c.Adjust) ([]string, error) {
	var all []string
	for _, v := range slices.Sorted(maps.Keys(a.Floor)) {
		floor := a.Floor[v]
		before := floor
		if add, ok := a.Add[v]; ok {
			if add == math.MinInt64 {
				return nil, overflow(a.Key, v)
			}
			if before, ok = plus(floor, -add); !ok {
				return nil, overflow(a.Key, v)
			}
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
