package sim

import (
	"context"
	"time"
)

// delivery is a message on its way to a function, with its sender's patience.
type delivery struct {
	what     string
	to       string
	call     func(context.Context, *environment) error // nil: taken
	back     []time.Duration                           // waits after the 1st, 2nd … failure; the last repeats
	attempts int                                       // after which the sender gives up; 0: never
	plain    bool                                      // a trigger inside AWS: never lost, duplicated or reordered here
	taken    func()                                    // once, when a 2xx left the function
	lost     func()                                    // when the sender gave up
	failures int
	done     bool
}

// send starts a delivery; the network may double it.
func (w *world) send(d *delivery) {
	w.retrying[d] = true
	w.attempt(d)
	if !d.plain && w.faults.hit(Duplicate) {
		gap := pick(&w.faults.chance, 5*time.Millisecond, time.Second) // half of them race
		w.after(w.faults.chance.between(0, gap), "duplicate of "+d.what, func() { w.attempt(d) })
	}
}

func (w *world) attempt(d *delivery) {
	pause := w.faults.chance.between(0, 50*time.Millisecond)
	if !d.plain && w.faults.hit(Delay) {
		pause += w.faults.chance.between(0, 3*time.Hour)
	}
	w.after(pause, d.what, func() {
		if !d.plain && w.faults.hit(LostRequest) {
			w.failed(d)
			return
		}
		w.invoke(d.to, d.call, func(v *invocation) {
			if v.failed() {
				w.failed(d)
				return
			}
			if !d.done && d.taken != nil {
				d.taken()
			}
			d.done = true
			if !d.plain && w.faults.hit(LostResponse) {
				w.failed(d)
				return
			}
			delete(w.retrying, d)
		})
	})
}

// failed waits for the next attempt, or gives up.
func (w *world) failed(d *delivery) {
	d.failures++
	if d.attempts > 0 && d.failures >= d.attempts {
		delete(w.retrying, d)
		if !d.done && d.lost != nil {
			d.lost()
		}
		return
	}
	wait := d.back[min(d.failures, len(d.back))-1]
	w.after(wait, "again: "+d.what, func() { w.attempt(d) })
}
