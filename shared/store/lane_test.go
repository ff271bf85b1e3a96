package store

import (
	"context"
	"errors"
	"testing"
	"time"

	"duly/shared/o2c"
	"duly/shared/o2c/fault"
)

func TestLaneCoolsDown(t *testing.T) {
	var l lanes
	key := []o2c.Key{orderKey("o_1")}
	if at, err := l.enter(background, key); at != nil || err != nil {
		t.Fatalf("a lane for what nobody fights over: %v, %v", at, err)
	}
	l.heat(key)
	for i := range laneTurns + 1 {
		at, err := l.enter(background, key)
		if err != nil || (at == nil) != (i+1 >= laneTurns) {
			t.Fatalf("turn %d: %v, %v", i+1, at, err)
		}
		at.leave()
	}
	if len(l.hot) != 0 {
		t.Error("the lane was kept")
	}
}

func TestLanesAreBounded(t *testing.T) {
	var l lanes
	for i := range 2 * lanesMax {
		l.heat([]o2c.Key{orderKey(orderID(i))})
	}
	if len(l.hot) != lanesMax {
		t.Errorf("%d lanes", len(l.hot))
	}
	for range laneTurns {
		_, _ = l.enter(background, nil)
	}
	l.heat([]o2c.Key{orderKey("new")})
	if len(l.hot) != 1 {
		t.Errorf("%d lanes after all cooled down", len(l.hot))
	}
}

func TestWaitingForATurnEndsWithTheDeadline(t *testing.T) {
	b := newBench(t)
	s := b.store("a")
	s.lanes.heat([]o2c.Key{orderKey("o_1")})
	err := s.Update(background, func(ctx context.Context, tx *o2c.Tx) error {
		tx.By(by(day))
		if _, err := tx.Find(ctx, "o_1", order("")); err != nil {
			return err
		}
		late, cancel := context.WithCancel(ctx)
		cancel()
		err := s.Update(late, func(ctx context.Context, tx *o2c.Tx) error {
			_, err := tx.Find(ctx, "o_1", order(""))
			return err
		})
		if !fault.Is(err, fault.Stale) || !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
		return tx.Save(order("o_1"))
	})
	if err != nil {
		t.Fatal(err)
	}
	if at := s.lanes.hot[orderKey("o_1")]; len(at.turn) != 0 || at.waiting != 0 {
		t.Error("the lane was not left")
	}
}

// A simulation runs its workers on one thread: nobody may wait for a turn.
func TestDirectNeverQueues(t *testing.T) {
	b := newBench(t)
	s := New(b.api, testTable, Options{Instance: "a", Direct: true, Sleep: func(context.Context, time.Duration) error { return nil }})
	save(t, s, order("o_1"))
	tries := 0
	err := s.Update(background, func(ctx context.Context, tx *o2c.Tx) error {
		tx.By(by(day))
		if tries++; tries < 3 {
			if err := addOne(ctx, tx); err != nil {
				return err
			}
			return s.Update(background, func(ctx context.Context, tx *o2c.Tx) error { tx.By(by(day)); return addOne(ctx, tx) })
		}
		return addOne(ctx, tx)
	})
	if _, m := load(t, s, orderKey("o_1")); err != nil || m.N != 3 {
		t.Errorf("added %d, %v", m.N, err)
	}
}
