package o2c

import (
	"context"
	"maps"
	"slices"
)

// Adjust adds to a counter's values; each Floor must hold after the addition,
// each Absent value must not exist. Set replaces values on the condition that
// the Expect values are still there.
type Adjust struct {
	Key    Key
	Add    map[string]int64
	Floor  map[string]int64
	Absent []string
	Set    map[string]int64
	Remove []string
	Expect map[string]int64
}

// Counter reads running integers.
func (tx *Tx) Counter(ctx context.Context, key Key) (Counter, error) {
	err := tx.Gather(ctx, Wanted{Counters: []Key{key}})
	return tx.counted[key], err
}

// Uncounted says that a counter cannot exist yet, because what it counts is made
// in this Tx; a rival that makes it too is noticed at the commit.
func (tx *Tx) Uncounted(key Key) { tx.counted[key] = Counter{Key: key} }

// Unwritten says the same of a document.
func (tx *Tx) Unwritten(key Key) { tx.loaded[key] = Stored{Key: key} }

// adjusts is the place of the counter's staged change in the plan, or -1.
func (tx *Tx) adjusts(key Key) int {
	return slices.IndexFunc(tx.plan.Adjusts, func(a Adjust) bool { return a.Key == key })
}

// Adjust stages a change of running integers. A condition that no longer holds
// makes the store decide again. Later reads in this Tx see the new values, and
// a second change of the same counter joins the first: a transaction may touch
// an item once.
func (tx *Tx) Adjust(a Adjust) {
	if c, read := tx.counted[a.Key]; read {
		tx.counted[a.Key] = c.after(a)
	}
	if i := tx.adjusts(a.Key); i >= 0 {
		tx.plan.Adjusts[i].join(a)
		return
	}
	a.Add, a.Set = maps.Clone(a.Add), maps.Clone(a.Set) // joined to later
	tx.plan.Adjusts = append(tx.plan.Adjusts, a)
}

// join makes one change of two, the second of which was decided on the counter
// as the first leaves it; what it expects is turned back to what is stored.
func (a *Adjust) join(b Adjust) {
	for name, want := range b.Expect {
		if _, set := a.Set[name]; !set {
			a.Expect = merged(a.Expect, map[string]int64{name: want - a.Add[name]})
		}
	}
	for _, name := range b.Absent {
		if !slices.Contains(a.Remove, name) {
			a.Absent = append(a.Absent, name)
		}
	}
	for name, n := range b.Set {
		a.set(name, n)
	}
	for _, name := range b.Remove {
		delete(a.Set, name)
		delete(a.Add, name)
		a.Remove = append(a.Remove, name)
	}
	for name, n := range b.Add {
		before, set := a.Set[name]
		switch {
		case set:
			a.Set[name] += n
		case slices.Contains(a.Remove, name):
			a.set(name, before+n)
		default:
			a.Add = merged(a.Add, map[string]int64{name: a.Add[name] + n})
		}
	}
	a.Floor = merged(a.Floor, b.Floor)
}

func (a *Adjust) set(name string, n int64) {
	delete(a.Add, name)
	a.Remove = slices.DeleteFunc(slices.Clone(a.Remove), func(r string) bool { return r == name })
	a.Set = merged(a.Set, map[string]int64{name: n})
}

func merged(a, b map[string]int64) map[string]int64 {
	sum := maps.Clone(a)
	if sum == nil {
		sum = map[string]int64{}
	}
	maps.Copy(sum, b)
	return sum
}

// after is the counter as it will be.
func (c Counter) after(a Adjust) Counter {
	next := Counter{Key: a.Key, Exists: true, Values: merged(c.Values, a.Set)}
	for name, n := range a.Add {
		next.Values[name] += n
	}
	for _, name := range a.Remove {
		delete(next.Values, name)
	}
	return next
}
