// Package sim runs the product's functions against one virtual world: shops,
// customers, a payment provider, a bank, colleagues and the calendar, with
// faults at every input and output, and judges what came of it.
//
// One seed is one run. Everything happens on one event heap in virtual time;
// each invocation of a function is a coroutine that stands still at every call
// to the table and to every vendor, so that any two interleave at any point.
// The same seed is the same run, call for call.
//
// It owns the world, the faults, the observer and the invariants. It does not
// own the functions, the store or the engine, which are the real ones, nor what
// the invariants protect (design §6).
package sim

import (
	"fmt"
	"io"
	"slices"
	"time"
)

// Options say what to run.
type Options struct {
	Seed   uint64
	Orders int          // how many customers order; 0: 40
	Days   int          // how long faults last; 0: 75
	Story  Story        // nil: drawn from the seed
	Only   map[Kind]int // faults and their rates in 1000; nil: a swarm drawn from the seed
	Fault  Planned      // one fault at a chosen place
	Deploy bool         // a release that stores invoices otherwise comes in the middle; old and new work together for days
	Trace  io.Writer    // what happens, a line each; nil: none
	// Sleep lets time pass for the deadlines of contexts: time.Sleep of a synctest
	// bubble. Without it no deadline passes.
	Sleep func(time.Duration)
}

// Planned is one fault at one place: the nth input or output of the run,
// counted from 1. The zero value plans nothing.
type Planned struct {
	Kind Kind
	At   int
}

// Result is what a run came to.
type Result struct {
	Seed        uint64
	Orders      int            // that shops know as taken
	Ended       map[string]int // orders by status
	Hits        Hits           // faults by kind
	Invocations int
	IOs         int      // inputs and outputs of functions
	Writes      []int    // the places of those among them that may write to the table
	Checks      int      // commits after which the two sets of books were compared
	GivenUp     int      // effects that failed for good, each after its attempts
	Told        []string // what was whispered to single colleagues
	Span        time.Duration
	Lifted      int      // records of the old release that the new one read
	Booted      [2]int   // environments of the old and of the new release, while both worked
	Digest      uint64   // of all that happened, in order
	Broken      []string // invariants that do not hold, a sentence each
}

// The bounds of a run: whatever needs more never ends.
const (
	eventsMax = 500_000
	brokenMax = 8
)

// liveness is how long after the last fault everything must have come to rest
// (failures.md, simulation).
const liveness = 11 * time.Hour

// Run plays one seed to its end and judges it.
func Run(o Options) (r Result) {
	w := open(o)
	defer w.close()
	defer func() {
		if x := recover(); x != nil {
			w.breaks("a function panicked: %v\n%s", x, stack())
			r = w.result()
		}
	}()
	w.teller.begin()
	w.vault.begin()
	w.story.Begin(w)
	w.until(w.horizon)
	w.calmDown()
	w.until(w.horizon.Add(liveness))
	w.judge()
	return w.result()
}

// until lets time pass: events in their order and, between them, the schedules.
// It stops early when an invariant breaks, so that the trace ends there.
func (w *world) until(end time.Time) {
	for len(w.broken) == 0 {
		next, some := w.queue.peek()
		if tick := w.dueTick(end, next, some); tick != nil {
			w.pass(tick.next)
			tick.fire(w)
		} else if some && !next.After(end) {
			e := w.queue.take()
			w.pass(e.at)
			w.note("%s", e.label)
			e.do()
		} else {
			w.pass(end)
			return
		}
		w.pump()
		if w.events++; w.events > eventsMax {
			w.breaks("liveness: %d events and no end", eventsMax)
		}
	}
}

// pass lets time pass.
func (w *world) pass(to time.Time) {
	if d := to.Sub(w.now); d > 0 {
		w.now = to
		if w.clock != nil {
			w.clock(d)
		}
	}
}

func (w *world) result() Result {
	r := Result{
		Seed: w.seed, Orders: len(w.shops.acked), Ended: w.ended, Hits: w.faults.hits, Invocations: w.invocations, IOs: w.ios,
		Writes: w.writes, Checks: w.oracle.checks, GivenUp: len(w.givenUp), Told: w.desk.Whispers, Span: w.now.Sub(w.start), Digest: w.digest.sum, Broken: w.broken,
	}
	r.Lifted, r.Booted = w.deployment.lifted, w.deployment.booted
	return r
}

// breaks records an invariant that does not hold.
func (w *world) breaks(format string, args ...any) {
	if len(w.broken) < brokenMax {
		line := w.now.Format("2006-01-02 15:04:05.000 ") + fmt.Sprintf(format, args...)
		at, _ := slices.BinarySearch(w.broken, line) // maps give them in any order
		w.broken = slices.Insert(w.broken, at, line)
		w.note("BROKEN: "+format, args...)
	}
}

// note writes a line of the trace, and into the digest.
func (w *world) note(format string, args ...any) {
	w.digest.time(w.now)
	w.digest.text(format)
	if w.trace != nil {
		fmt.Fprintf(w.trace, "%s %s\n", w.now.Format("2006-01-02 15:04:05.000"), fmt.Sprintf(format, args...))
	}
}
