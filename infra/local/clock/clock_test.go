package clock

import (
	"sync"
	"testing"
	"time"
)

func TestManualStandsStillUntilMoved(t *testing.T) {
	start := time.Date(2026, 1, 5, 9, 0, 0, 0, time.FixedZone("CET", 3600))
	c := Manual(start)
	if got := c.Now(); got != start.UTC() {
		t.Fatalf("Now = %v, want %v", got, start.UTC())
	}
	if got, want := c.Advance(14*24*time.Hour), start.UTC().AddDate(0, 0, 14); got != want || c.Now() != want {
		t.Fatalf("Advance = %v, Now = %v, want %v", got, c.Now(), want)
	}
	c.Set(start)
	if c.Now() != start.UTC() {
		t.Fatalf("Set did not take: %v", c.Now())
	}
}

// A running clock is checked against a wall that the test moves, so no timing is asserted.
func TestRunningFollowsTheWall(t *testing.T) {
	wall := time.Date(2031, 5, 1, 12, 0, 0, 0, time.UTC)
	start := time.Date(2026, 1, 5, 8, 0, 0, 0, time.UTC)
	c := running(start, func() time.Time { return wall })
	wall = wall.Add(90 * time.Second)
	if got := c.Now(); got != start.Add(90*time.Second) {
		t.Fatalf("Now = %v", got)
	}
	c.Advance(time.Hour)
	wall = wall.Add(time.Second)
	if got := c.Now(); got != start.Add(time.Hour+91*time.Second) {
		t.Fatalf("after Advance Now = %v", got)
	}
	c.Set(start)
	wall = wall.Add(2 * time.Second)
	if got := c.Now(); got != start.Add(2*time.Second) {
		t.Fatalf("after Set Now = %v", got)
	}
}

func TestResumeNeverGoesBack(t *testing.T) {
	c := New(time.Date(2026, 1, 5, 8, 0, 0, 0, time.UTC))
	c.Advance(75 * 24 * time.Hour)
	before, offset := c.Now(), c.Offset()
	if after := Resume(offset).Now(); after.Before(before) {
		t.Fatalf("resumed at %v, had already told %v", after, before)
	}
}

func TestConcurrentUse(t *testing.T) {
	c := Manual(time.Unix(0, 0))
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			for range 1000 {
				c.Advance(time.Second)
				c.Now()
			}
		})
	}
	wg.Wait()
	if got := c.Now().Unix(); got != 16000 {
		t.Fatalf("got %d s, want 16000", got)
	}
}
