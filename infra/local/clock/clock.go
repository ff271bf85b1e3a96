// Package clock owns virtual time: the one clock that everything in the local
// runtime reads. In the demo it runs at wall speed from a chosen start and can
// be moved; in the story and in tests it stands still until it is moved.
//
// It does not own what an advance sets off (schedules, statements, retries) nor
// where the offset is kept between two runs: both belong to the runtime.
package clock

import (
	"sync"
	"time"
)

// Clock tells virtual time, in UTC. It is safe for concurrent use.
// The zero Clock is not usable: call New, Resume or Manual.
type Clock struct {
	mu      sync.Mutex
	virtual time.Time // the virtual instant at the anchor
	anchor  time.Time // the real instant at the anchor, with its monotonic reading
	wall    func() time.Time
}

// New starts a clock at start that then runs at wall speed. It measures by the
// monotonic reading, so a correction of the machine's clock does not move it.
func New(start time.Time) *Clock { return running(start, time.Now) }

// Resume starts a running clock that is offset away from the machine's clock,
// as Offset reported it. Persisting the offset instead of an instant keeps time
// from going back after a crash: virtual time went on while nothing ran.
func Resume(offset time.Duration) *Clock {
	return running(time.Now().Add(offset), time.Now)
}

// Manual makes a clock that stands at start until Advance or Set moves it.
func Manual(start time.Time) *Clock {
	return running(start, func() time.Time { return time.Time{} })
}

func running(start time.Time, wall func() time.Time) *Clock {
	return &Clock{virtual: plain(start), anchor: wall(), wall: wall}
}

// Now is the virtual instant.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now()
}

// Advance moves the clock by d and returns the new instant. A negative d moves
// it back, which only tests of skewed clocks want.
func (c *Clock) Advance(d time.Duration) time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.virtual = c.virtual.Add(d)
	return c.now()
}

// Set moves the clock to t; a running clock runs on from there.
func (c *Clock) Set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.virtual, c.anchor = plain(t), c.wall()
}

// Offset is how far virtual time is ahead of the machine's clock: what a
// running clock must remember to be resumed. A manual clock has no offset that
// means anything; remember its Now.
func (c *Clock) Offset() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	wall := c.wall()
	return c.virtual.Add(wall.Sub(c.anchor)).Sub(plain(wall))
}

func (c *Clock) now() time.Time { return c.virtual.Add(c.wall().Sub(c.anchor)) }

// plain drops zone and monotonic reading, so that equal instants are equal values.
func plain(t time.Time) time.Time { return t.UTC().Round(0) }
