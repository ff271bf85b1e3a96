package dunning

import (
	"context"
	"errors"
	"flag"
	"log/slog"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"duly/shared/handler/trigger"
	"duly/shared/o2c"
	"duly/shared/o2c/calendar"
	"duly/shared/testkit"
)

var (
	schedules = flag.Int("schedules", 8, "how many random schedules to live through")
	from      = flag.Int("from", 0, "the seed of the first of them")
)

// crashing is a store whose client dies: before a commit, or after it, so that nobody learns that it happened.
type crashing struct {
	o2c.Store
	dice *rand.Rand
	mu   *sync.Mutex
	odds int // one of so many commits
}

func (s crashing) Update(ctx context.Context, decide func(context.Context, *o2c.Tx) error) error {
	s.mu.Lock()
	roll := s.dice.IntN(s.odds)
	s.mu.Unlock()
	switch roll {
	case 0:
		return errors.New("crashed before the commit")
	case 1:
		return errors.Join(s.Store.Update(ctx, decide), errors.New("crashed after the commit"))
	}
	return s.Store.Update(ctx, decide)
}

// TestFC_31_NoStepTwiceInRandomSchedules lives through schedules with gaps of weeks, ticks that overlap, and ticks that die
// anywhere: each step is taken once, in order, with the gap, one letter a day at the most, and all of them in the end.
func TestFC_31_NoStepTwiceInRandomSchedules(t *testing.T) {
	for seed := *from; seed < *from+*schedules && !t.Failed(); seed++ {
		t.Run(strconv.Itoa(seed), func(t *testing.T) { // whose world is closed at its end
			live, w := schedule(t, uint64(seed))
			for _, id := range live {
				judge(t, w, id, seed)
			}
		})
	}
}

func schedule(t *testing.T, seed uint64) ([]string, *testkit.World) {
	t.Helper()
	w := testkit.NewWorld(t)
	w.Cycle.Policy.Credit.OverdueDays = 1000
	dice := rand.New(rand.NewPCG(seed, 31))
	var ids []string
	for i := range 1 + dice.IntN(3) {
		ids = append(ids, issued(t, w, string(rune('a'+i))).ID)
		w.Advance(time.Duration(dice.IntN(6)) * 24 * time.Hour)
	}
	var mu sync.Mutex
	broken := *w.Cycle
	broken.Store = crashing{Store: w.Cycle.Store, dice: dice, mu: &mu, odds: 8}
	frail := New(Deps{Cycle: &broken, Now: w.Now, Log: slog.New(slog.DiscardHandler)})
	sound := handler(w)
	var told calendar.Date
	bank := func() { // one statement a day
		if today := calendar.On(w.Now(), w.Cycle.Policy.Zone); today != told {
			told = today
			bankSaysNothing(t, w)
		}
	}
	begun := w.Now()
	for turn := 0; w.Now().Before(begun.AddDate(0, 0, 130)); turn++ {
		if turn%8 == 0 && w.Now().After(begun.AddDate(0, 0, 75)) && climbed(t, w, ids) {
			break // what comes after it, the ticks below see
		}
		bank()
		switch dice.IntN(4) {
		case 0: // dies somewhere
			_ = frail.Tick(ctx, trigger.Tick{})
		case 1: // two at once
			var both sync.WaitGroup
			for range 2 {
				both.Go(func() { _ = sound.Tick(ctx, trigger.Tick{}) })
			}
			both.Wait()
		case 2:
			if err := sound.Tick(ctx, trigger.Tick{}); err != nil {
				t.Fatal(err)
			}
		}
		if dice.IntN(4) > 0 { // or the outbox is late
			perform(t, w)
		}
		hours := 1 + dice.IntN(30)
		if dice.IntN(20) == 0 {
			hours = 24 * (5 + dice.IntN(10)) // nobody ran for days
		}
		w.Advance(time.Duration(hours) * time.Hour)
	}
	for more := 60; more > 0; more-- { // in the end all is well, and nothing comes after it
		if more > 12 && climbed(t, w, ids) {
			more = 12
		}
		bank()
		if err := sound.Tick(ctx, trigger.Tick{}); err != nil {
			t.Fatal(err)
		}
		perform(t, w)
		w.Advance(7 * time.Hour)
	}
	return ids, w
}

// climbed reports whether each invoice has its last letter.
func climbed(t *testing.T, w *testkit.World, ids []string) bool {
	return !slices.ContainsFunc(ids, func(id string) bool { return !strings.HasSuffix(steps(read(t, w, id)), "last") })
}

// perform does what the ticks asked for; no figures are folded, as none decides on a step.
func perform(t *testing.T, w *testkit.World) {
	t.Helper()
	for {
		n, err := w.Outbox.Sweep(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			return
		}
	}
}

func judge(t *testing.T, w *testkit.World, id string, seed int) {
	t.Helper()
	d := read(t, w, id)
	ladder, level := w.Cycle.Policy.Ladder, -1
	var last calendar.Date
	for _, s := range d.Dunning.Sent {
		at := ladder.Level(s.Step)
		if at <= level || s.On.Before(d.DueOn.AddDays(ladder.Steps[at].Day)) || !w.Cycle.Policy.Days.Works(s.On) || !last.IsZero() && s.On.DaysSince(last) < ladder.MinGapDays {
			t.Errorf("seed %d: %s on %s after level %d on %s", seed, s.Step, s.On, level, last)
		}
		level, last = at, s.On
	}
	if !strings.HasSuffix(steps(d), "friendly firm personal formal last") {
		t.Errorf("seed %d: only %q", seed, steps(d))
	}
	seen := map[string]bool{}
	for _, v := range w.Desk.Views {
		if key := v.Today.String() + " " + v.Customer; strings.HasPrefix(v.Template, "reminder_") {
			if seen[key] {
				t.Errorf("seed %d: two letters to %s", seed, key)
			}
			seen[key] = true
		}
	}
}
