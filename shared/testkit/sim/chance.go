package sim

import (
	"container/heap"
	"time"
)

// chance is a stream of random numbers: splitmix64 (Steele, Lea and Flood,
// 2014). It is our own so that a seed means the same on every version of Go.
type chance struct{ state uint64 }

func (c *chance) next() uint64 {
	c.state += 0x9e3779b97f4a7c15
	z := c.state
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// below is a number from 0 to n−1.
func (c *chance) below(n int) int { return int(c.next() % uint64(n)) }

// in reports true in permille of 1000 cases.
func (c *chance) in(permille int) bool { return permille > 0 && c.below(1000) < permille }

// between is a span of time from a to b.
func (c *chance) between(a, b time.Duration) time.Duration {
	if b <= a {
		return a
	}
	return a + time.Duration(c.next()%uint64(b-a))
}

// pick is one of several.
func pick[T any](c *chance, all ...T) T { return all[c.below(len(all))] }

// event is something that happens at an instant.
type event struct {
	at    time.Time
	order uint64 // of those at the same instant
	label string
	do    func()
}

// agenda are the events to come, earliest first.
type agenda struct {
	all  []event
	seen uint64
}

func (a *agenda) Len() int { return len(a.all) }
func (a *agenda) Less(i, j int) bool {
	if !a.all[i].at.Equal(a.all[j].at) {
		return a.all[i].at.Before(a.all[j].at)
	}
	return a.all[i].order < a.all[j].order
}
func (a *agenda) Swap(i, j int) { a.all[i], a.all[j] = a.all[j], a.all[i] }

// Push and Pop are container/heap's.
func (a *agenda) Push(x any) { a.all = append(a.all, x.(event)) }
func (a *agenda) Pop() any {
	last := a.all[len(a.all)-1]
	a.all = a.all[:len(a.all)-1]
	return last
}

func (a *agenda) peek() (at time.Time, some bool) {
	if len(a.all) == 0 {
		return time.Time{}, false
	}
	return a.all[0].at, true
}

func (a *agenda) take() event { return heap.Pop(a).(event) }

// after puts an event on the agenda.
func (w *world) after(d time.Duration, label string, do func()) {
	w.queue.seen++
	heap.Push(&w.queue, event{w.now.Add(d), w.queue.seen, label, do})
}

// at is after with an instant.
func (w *world) at(t time.Time, label string, do func()) { w.after(max(0, t.Sub(w.now)), label, do) }

// hash is a running hash (FNV-1a) of what happened.
type hash struct{ sum uint64 }

func newHash() hash { return hash{14695981039346656037} }

func (d *hash) number(n uint64) {
	for range 8 {
		d.sum = (d.sum ^ n&0xff) * 1099511628211
		n >>= 8
	}
}

func (d *hash) text(s string) {
	for i := range len(s) {
		d.sum = (d.sum ^ uint64(s[i])) * 1099511628211
	}
}

func (d *hash) time(t time.Time) { d.number(uint64(t.UnixNano())) }
