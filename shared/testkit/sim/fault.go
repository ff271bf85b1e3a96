package sim

import (
	"fmt"
	"strings"
	"time"
)

// Kind is a kind of fault.
type Kind int

// The kinds of faults (failures.md, simulation).
const (
	Nothing Kind = iota
	Duplicate
	LostRequest
	LostResponse
	Delay
	CrashBefore
	CrashAfter
	Throttle
	Conflict
	Unavailable
	CommitUnknown
	StaleIndex
	TickDouble
	TickMissed
	DoubleClick
	RacingApprovers
	Vendor5xx
	Vendor429
	VendorTimeout
	ClockSkew
	BatchRepeated
	BatchLost
	DeadLetter
	SecretRotation
	TableOutage
	VendorOutage
	ForgottenToken
	kinds
)

var kindNames = [kinds]string{
	"none", "duplicate delivery", "lost request", "lost response", "delay and reorder", "crash before I/O", "crash after I/O",
	"throttle", "transaction conflict", "table unavailable", "commit unknown", "stale index", "schedule double", "schedule missed for days",
	"double click", "racing approvers", "vendor 5xx", "vendor 429", "vendor timeout after effect", "clock skew",
	"stream batch repeated", "stream batch lost", "dead letter and redrive", "secret rotation", "table out for a while", "vendor out for hours", "request token forgotten",
}

// String names the kind.
func (k Kind) String() string { return kindNames[k] }

// Hits count faults by kind.
type Hits [kinds]int

// Add adds another run's.
func (h *Hits) Add(o Hits) {
	for k, n := range o {
		h[k] += n
	}
}

// Total is how many there were, and of how many kinds.
func (h Hits) Total() (all, some int) {
	for _, n := range h {
		if all += n; n > 0 {
			some++
		}
	}
	return all, some
}

// String is a table, a line per kind.
func (h Hits) String() string {
	var b strings.Builder
	for k := Nothing + 1; k < kinds; k++ {
		fmt.Fprintf(&b, "  %-28s %9d\n", k, h[k])
	}
	return b.String()
}

// faults draws what goes wrong: which kinds are on in this run and how often,
// a swarm (Groce et al., 2012), so that rare kinds are not drowned by common
// ones.
type faults struct {
	chance   chance
	permille [kinds]int // of the occasions; 0: off
	hits     Hits
	planned  Planned
	calm     bool
}

// rateMax is the highest rate of a kind, in 1000 occasions.
const rateMax = 150

func swarm(seed uint64, only map[Kind]int, p Planned) faults {
	f := faults{chance: chance{seed ^ 0xfa17}, planned: p}
	for k := Nothing + 1; k < kinds; k++ {
		rate := 1 + f.chance.below(rateMax)
		if f.chance.below(5) < 3 {
			f.permille[k] = rate
		}
	}
	// A crash or a conflict at so many of all inputs and outputs would let
	// nothing through but retries.
	divisors := map[Kind]int{CrashBefore: 6, CrashAfter: 6, Conflict: 2, Unavailable: 3, CommitUnknown: 2, Vendor5xx: 2, Vendor429: 2, VendorTimeout: 2, BatchLost: 3, TickMissed: 8, TableOutage: 50, VendorOutage: 10}
	for k, divisor := range divisors {
		f.permille[k] = (f.permille[k] + divisor - 1) / divisor
	}
	if only != nil {
		f.permille = [kinds]int{}
		for k, rate := range only {
			f.permille[k] = rate
		}
	}
	return f
}

// on draws whether an occasion for a fault comes up at all in this run.
func (f *faults) on(k Kind) bool { return !f.calm && f.permille[k] > 0 }

// hit draws whether a fault strikes now.
func (f *faults) hit(k Kind) bool {
	if f.calm || !f.chance.in(f.permille[k]) {
		return false
	}
	f.hits[k]++
	return true
}

// gentle reports whether nothing of this run keeps the outbox from its work.
func (f *faults) gentle() bool {
	for k, rate := range f.permille {
		if rate > 0 && Kind(k) != DoubleClick && Kind(k) != RacingApprovers && Kind(k) != Duplicate {
			return false
		}
	}
	return true
}

// meant reports whether the planned fault is of this kind and place.
func (f *faults) meant(k Kind, place int) bool {
	if f.planned.Kind != k || f.planned.At != place {
		return false
	}
	f.hits[k]++
	return true
}

// strikes is hit for what has a place among the run's inputs and outputs.
func (w *world) strikes(k Kind, place int) bool {
	if !w.faults.hit(k) && !w.faults.meant(k, place) {
		return false
	}
	w.note("  fault: "+kindNames[k]+" at %d", place)
	return true
}

// outage is a service that is away: once it has begun, everything that is asked
// of it fails until it ends.
type outage map[string]time.Time

// away reports whether a service is out, and may let it go out now.
func (w *world) away(service string, k Kind, place int, most time.Duration) bool {
	if w.now.Before(w.outage[service]) && !w.faults.calm {
		return true
	}
	if !w.strikes(k, place) {
		return false
	}
	w.outage[service] = w.now.Add(w.faults.chance.between(time.Second, most))
	return true
}

// calmDown ends the faults: from now on everything must come to rest.
func (w *world) calmDown() {
	w.faults.calm = true
	for _, t := range w.ticks {
		t.missing = time.Time{}
	}
	for _, f := range w.functions {
		f.idle = nil // environments with a skewed clock are gone
	}
	w.note("faults end")
}
