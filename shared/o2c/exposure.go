package o2c

import (
	"cmp"
	"context"
	"duly/shared/o2c/invoice"
	"hash/fnv"
	"maps"
	"slices"
	"strings"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/money"
	"duly/shared/o2c/party"
)

// The values of an exposure counter, in minor units of the books' currency.
// Headroom is limit − open − confirmed; it has no value when the customer is
// unlimited, because conditions know no arithmetic (design §3). A group of
// companies has a counter of the same shape, without orders and due dates.
const (
	countOpen      = "open"
	countConfirmed = "confirmed"
	countLimit     = "limit"
	countHeadroom  = "headroom"
	countOrders    = "orders" // confirmed ever
	countGroup     = "group"  // a hash of the group's head: who moves it knows which group moves too
	countDue       = "due/"   // and a due date: what is open of it
)

func exposureKey(customerID string) Key { return Key{Kind: "exposure", ID: customerID} }

// groupKey is the counter of a group of companies, by the customer at its head.
func groupKey(head string) Key { return Key{Kind: "group", ID: head} }

// exposure is the counter with the limit that holds now, and its group's.
type exposure struct {
	counter Counter
	limit   *money.Amount
	head    string    // of the group; "" in none
	group   Counter   // when in one
	joined  []Counter // of the customers that it stands for: what they have open counts against its limit
}

// moved is a change of what is at stake, in minor units of the books' currency.
type moved struct {
	open      int64
	dues      *[]dueMove // where on the calendar the open amount moves
	confirmed int64
	orders    int64 // confirmed with it
}

// dueMove is how much more, or less, is open of a due date, in minor units of the
// books' currency.
type dueMove struct {
	on calendar.Date
	by int64
}

// duesMoved is what of each due date of an invoice moves when so much of it was
// open, and so much is now; nil: nothing does.
func duesMoved(inv invoice.Data, was, is money.Amount) *[]dueMove {
	var all []dueMove
	add := func(parts []invoice.Instalment, sign int64) {
		for _, p := range parts {
			if i := slices.IndexFunc(all, func(m dueMove) bool { return m.on == p.On }); i >= 0 {
				all[i].by += sign * p.Amount.Minor
			} else {
				all = append(all, dueMove{on: p.On, by: sign * p.Amount.Minor})
			}
		}
	}
	add(inv.PartsInBooks(was), -1)
	add(inv.PartsInBooks(is), 1)
	if all = slices.DeleteFunc(all, func(m dueMove) bool { return m.by == 0 || m.on.IsZero() }); len(all) == 0 {
		return nil
	}
	return &all
}

func (c *Cycle) exposureOf(ctx context.Context, tx *Tx, cust party.Data) (exposure, error) {
	keys := []Key{exposureKey(cust.ID)}
	if cust.Group != "" {
		keys = append(keys, groupKey(cust.Group))
	}
	for _, id := range cust.Joined {
		keys = append(keys, exposureKey(id))
	}
	if err := tx.Gather(ctx, Wanted{Counters: keys}); err != nil {
		return exposure{}, err
	}
	x := exposure{counter: tx.counted[keys[0]], limit: c.limit(cust), head: cust.Group}
	if x.head != "" {
		x.group = tx.counted[keys[1]]
	}
	for _, id := range cust.Joined {
		x.joined = append(x.joined, tx.counted[exposureKey(id)])
	}
	return x, nil
}

func (x exposure) value(name string) int64 { return x.counter.Values[name] }

// whole is a value with that of the customers that this one stands for.
func (x exposure) whole(name string) int64 {
	sum := x.value(name)
	for _, j := range x.joined {
		sum += j.Values[name]
	}
	return sum
}

// current reports whether the counter already knows the limit that holds.
func (x exposure) current() bool {
	known, limited := x.counter.Values[countLimit]
	if !x.counter.Exists {
		return false
	}
	if x.limit == nil {
		return !limited
	}
	return limited && known == x.limit.Minor
}

// move stages a change of what is open and confirmed. With guard, it holds only
// if the headroom does, the customer's and its group's: racing orders cannot
// exceed a limit together, because whoever comes second is decided again.
func (x exposure) move(tx *Tx, m moved, guard bool) {
	if m == (moved{}) {
		return
	}
	if x.head != "" {
		moveGroup(tx, x.group, m, guard)
	}
	a := x.reset(m)
	if x.current() {
		a = Adjust{Key: x.counter.Key, Add: map[string]int64{countOpen: m.open, countConfirmed: m.confirmed}}
		withHeadroom(&a, x.counter, m, guard, x.elsewhere())
	}
	if m.orders != 0 {
		a.Add = merged(a.Add, map[string]int64{countOrders: m.orders})
	}
	if m.dues != nil {
		for _, d := range *m.dues {
			a.Add = merged(a.Add, map[string]int64{countDue + d.on.String(): d.by})
		}
	}
	x.sweep(&a)
	x.sameGroup(&a)
	tx.Adjust(a)
}

// withHeadroom keeps the headroom of a limited counter, under the limit that was
// read: a limit that changed meanwhile decides again.
func withHeadroom(a *Adjust, known Counter, m moved, guard bool, floor int64) {
	limit, limited := known.Values[countLimit]
	if !limited {
		a.Absent = append(a.Absent, countLimit)
		return
	}
	a.Add[countHeadroom] = -m.open - m.confirmed
	a.Expect = merged(a.Expect, map[string]int64{countLimit: limit})
	if guard {
		a.Floor = map[string]int64{countHeadroom: floor}
	}
}

// elsewhere is what must be left of the headroom for the customers that this one
// stands for.
func (x exposure) elsewhere() int64 {
	return x.whole(countOpen) + x.whole(countConfirmed) - x.value(countOpen) - x.value(countConfirmed)
}

func moveGroup(tx *Tx, group Counter, m moved, guard bool) {
	if m.open == 0 && m.confirmed == 0 {
		return
	}
	a := Adjust{Key: group.Key, Add: map[string]int64{countOpen: m.open, countConfirmed: m.confirmed}}
	withHeadroom(&a, group, m, guard, 0)
	tx.Adjust(a)
}

// reset writes the counter anew under the limit that holds, on the condition
// that nobody moved it meanwhile.
func (x exposure) reset(m moved) Adjust {
	a := Adjust{Key: x.counter.Key, Set: map[string]int64{countOpen: x.value(countOpen) + m.open, countConfirmed: x.value(countConfirmed) + m.confirmed}}
	if x.counter.Exists {
		a.Expect = map[string]int64{countOpen: x.value(countOpen), countConfirmed: x.value(countConfirmed)}
	} else {
		a.Absent = []string{countOpen}
	}
	if x.limit == nil {
		a.Remove = []string{countLimit, countHeadroom}
	} else {
		a.Set[countLimit] = x.limit.Minor
		a.Set[countHeadroom] = x.limit.Minor - a.Set[countOpen] - a.Set[countConfirmed]
	}
	return a
}

// sameGroup makes the change hold only in the group that was read: a customer
// that changed groups meanwhile is read again.
func (x exposure) sameGroup(a *Adjust) {
	switch {
	case x.head == "":
		a.Absent = append(a.Absent, countGroup)
	case x.counter.Exists:
		a.Expect = merged(a.Expect, map[string]int64{countGroup: groupMark(x.head)})
	default:
		a.Set = merged(a.Set, map[string]int64{countGroup: groupMark(x.head)})
	}
}

// groupMark is a group as a counter can hold it.
func groupMark(head string) int64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(head)) // never fails
	return int64(h.Sum64() >> 1)
}

// settledMax is how many due dates with nothing open a counter keeps.
const settledMax = 12

// sweep forgets due dates with nothing open once there are many of them, so that
// a counter does not grow with the years.
func (x exposure) sweep(a *Adjust) {
	var empty []string
	for _, name := range slices.Sorted(maps.Keys(x.counter.Values)) {
		if _, moves := a.Add[name]; strings.HasPrefix(name, countDue) && x.counter.Values[name] == 0 && !moves {
			empty = append(empty, name)
		}
	}
	if len(empty) <= settledMax {
		return
	}
	for _, name := range empty {
		a.Remove = append(a.Remove, name)
		a.Expect = merged(a.Expect, map[string]int64{name: 0})
	}
}

// dueOpen is what is open of one due date.
type dueOpen struct {
	on    calendar.Date
	minor int64
}

// dues lists what is open by due date, the earliest first.
func (x exposure) dues() []dueOpen {
	var all []dueOpen
	for _, counter := range append([]Counter{x.counter}, x.joined...) {
		for name, minor := range counter.Values {
			day, ok := strings.CutPrefix(name, countDue)
			if !ok || minor == 0 {
				continue
			}
			if on, err := calendar.Parse(day); err == nil {
				all = append(all, dueOpen{on, minor})
			}
		}
	}
	slices.SortFunc(all, func(a, b dueOpen) int { return cmp.Or(a.on.Compare(b.on), cmp.Compare(a.minor, b.minor)) })
	return all
}

// setLimit carries a customer's limit over to the counter.
func (c *Cycle) setLimit(ctx context.Context, tx *Tx, cust *party.Customer) error {
	x, err := c.exposureOf(ctx, tx, cust.Data())
	if err != nil || x.current() || !x.counter.Exists {
		return err
	}
	tx.Adjust(x.reset(moved{}))
	return nil
}

// joinGroup carries what a customer has at stake from the group that it leaves
// to the one that it joins.
func (c *Cycle) joinGroup(ctx context.Context, tx *Tx, cust party.Data, from string) error {
	if cust.Group == from {
		return nil
	}
	var groups []Key
	for _, head := range []string{from, cust.Group} {
		if head != "" {
			groups = append(groups, groupKey(head))
		}
	}
	if err := tx.Gather(ctx, Wanted{Counters: append(groups, exposureKey(cust.ID))}); err != nil {
		return err
	}
	own := tx.counted[exposureKey(cust.ID)]
	m := moved{open: own.Values[countOpen], confirmed: own.Values[countConfirmed]}
	if from != "" {
		moveGroup(tx, tx.counted[groupKey(from)], moved{open: -m.open, confirmed: -m.confirmed}, false)
	}
	if cust.Group != "" {
		moveGroup(tx, tx.counted[groupKey(cust.Group)], m, false)
	}
	a := Adjust{Key: exposureKey(cust.ID), Expect: map[string]int64{countOpen: m.open, countConfirmed: m.confirmed}}
	if !own.Exists {
		a.Expect, a.Absent, a.Set = nil, []string{countOpen}, map[string]int64{countOpen: 0, countConfirmed: 0}
	}
	if cust.Group == "" {
		a.Remove = []string{countGroup}
	} else {
		a.Set = merged(a.Set, map[string]int64{countGroup: groupMark(cust.Group)})
	}
	tx.Adjust(a)
	return nil
}

// setGroupLimit carries a group's limit over to its counter.
func setGroupLimit(ctx context.Context, tx *Tx, head string, limit *money.Amount) error {
	group, err := tx.Counter(ctx, groupKey(head))
	if err != nil {
		return err
	}
	x := exposure{counter: group, limit: limit}
	if x.current() || (limit == nil && !group.Exists) {
		return nil
	}
	tx.Adjust(x.reset(moved{}))
	return nil
}
