package store

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"duly/shared/o2c"
	"duly/shared/o2c/fault"
)

// parallel runs n use cases at once and returns their errors.
func parallel(n int, run func(i int) error) []error {
	errs := make([]error, n)
	var wg sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		wg.Go(func() {
			<-start
			errs[i] = run(i)
		})
	}
	close(start)
	wg.Wait()
	return errs
}

var headroom = o2c.Key{Kind: "customer", ID: "c_1"}

func seedCounter(t *testing.T, s *Store, values map[string]int64) {
	t.Helper()
	err := s.Update(background, func(_ context.Context, tx *o2c.Tx) error {
		tx.By(by(day))
		tx.Adjust(o2c.Adjust{Key: headroom, Set: values})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Invariant 7: however many orders race, nobody spends what is not there.
func TestCounterNeverFallsBelowItsFloor(t *testing.T) {
	b := newBench(t)
	seedCounter(t, b.store("seed"), map[string]int64{"headroom_minor": 1000})
	errRefused := errors.New("no headroom")
	errs := parallel(64, func(i int) error {
		return b.patient(fmt.Sprint(i)).Update(background, func(ctx context.Context, tx *o2c.Tx) error {
			tx.By(by(day))
			c, err := tx.Counter(ctx, headroom)
			if err != nil {
				return err
			}
			if c.Values["headroom_minor"] < 30 {
				return errRefused
			}
			tx.Adjust(o2c.Adjust{Key: headroom, Add: map[string]int64{"headroom_minor": -30}, Floor: map[string]int64{"headroom_minor": 0}})
			return tx.Save(order(fmt.Sprintf("o_%d", i)), fact("order.confirmed"))
		})
	})
	confirmed := 0
	for _, err := range errs {
		switch {
		case err == nil:
			confirmed++
		case !errors.Is(err, errRefused):
			t.Error(err)
		}
	}
	left := count(t, b.store("a"), headroom)["headroom_minor"]
	if confirmed != 33 || left != 10 {
		t.Errorf("%d confirmed, %d left", confirmed, left)
	}
}

// drawNumber is the use case of invariant 3: the series and what bears the
// number are saved together. read is told when the series was read.
func drawNumber(s *Store, read func()) error {
	return s.Update(background, func(ctx context.Context, tx *o2c.Tx) error {
		tx.By(by(day))
		series := &memo{K: "series", Name: "2026"}
		if _, err := tx.Find(ctx, "2026", series); err != nil {
			return err
		}
		read()
		series.N++
		invoice := &memo{K: "invoice", Name: fmt.Sprintf("i_%d", series.N), N: series.N}
		tx.Name(o2c.Alias{Space: "invoice-number", Value: fmt.Sprint(series.N)}, o2c.KeyOf(invoice))
		if err := tx.Save(invoice, fact("invoice.issued")); err != nil {
			return err
		}
		return tx.Save(series)
	})
}

// gapless checks that the numbers 1..n and no other lead to their invoices.
func gapless(t *testing.T, s *Store, n int) {
	t.Helper()
	var names []o2c.Alias
	for i := range n + 1 {
		names = append(names, o2c.Alias{Space: "invoice-number", Value: fmt.Sprint(i + 1)})
	}
	keys, err := s.Resolve(background, names...)
	if err != nil {
		t.Fatal(err)
	}
	for i, k := range keys[:n] {
		if k.ID != fmt.Sprintf("i_%d", i+1) {
			t.Fatalf("number %d leads to %v", i+1, k)
		}
	}
	if !keys[n].IsZero() {
		t.Errorf("number %d was given", n+1)
	}
}

// The worst case for one process: everybody has read the series before anybody
// commits, so all but one decide again; from then on they queue.
func TestFC_54_SeriesHasNoGap(t *testing.T) {
	const n = 200
	b := newBench(t)
	s := b.patient("a")
	var allRead sync.WaitGroup
	allRead.Add(n)
	decisions := make([]int, n)
	errs := parallel(n, func(i int) error {
		return drawNumber(s, func() {
			if decisions[i]++; decisions[i] == 1 {
				allRead.Done()
				allRead.Wait()
			}
		})
	})
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	gapless(t, s, n)
	total := 0
	for _, d := range decisions {
		total += d
	}
	if total != 2*n-1 {
		t.Errorf("%d use cases took %d decisions", n, total)
	}
}

// Between processes nobody queues: the pauses must be enough.
func TestFC_54_SeriesHasNoGapAcrossInstances(t *testing.T) {
	const instances, each = 10, 8
	b := newBench(t)
	errs := parallel(instances, func(i int) error {
		s := b.patient(fmt.Sprint("instance ", i))
		for range each {
			err := drawNumber(s, func() {})
			for fault.Is(err, fault.Stale) { // what the outbox does: later, not never
				err = drawNumber(s, func() {})
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	gapless(t, b.store("a"), instances*each)
}

func TestWritersOfDifferentDocumentsDoNotWait(t *testing.T) {
	b := newBench(t)
	s := b.patient("a")
	b.wire.set(nil)
	errs := parallel(50, func(i int) error {
		return s.Update(background, func(ctx context.Context, tx *o2c.Tx) error {
			tx.By(by(day))
			m := order(fmt.Sprint(i))
			if _, err := tx.Find(ctx, m.Name, m); err != nil {
				return err
			}
			return tx.Save(m, fact("order.received"))
		})
	})
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	if n := len(b.wire.operations()); n != 100 {
		t.Errorf("50 reads and 50 commits took %d requests", n)
	}
}

func TestAdjust(t *testing.T) {
	v := func(n int64) map[string]int64 { return map[string]int64{"x": n} }
	for _, tc := range []struct {
		name  string
		given map[string]int64
		do    []o2c.Adjust
		want  map[string]int64
		code  fault.Code
	}{
		{"add to nothing", nil, []o2c.Adjust{{Add: v(5)}}, v(5), ""},
		{"add", v(3), []o2c.Adjust{{Add: v(5)}}, v(8), ""},
		{"additions of one plan sum up", v(3), []o2c.Adjust{{Add: v(5)}, {Add: v(-4)}}, v(4), ""},
		{"down to the floor", v(5), []o2c.Adjust{{Add: v(-5), Floor: v(0)}}, v(0), ""},
		{"below the floor", v(5), []o2c.Adjust{{Add: v(-6), Floor: v(0)}}, v(5), fault.Stale},
		{"below the floor in sum", v(5), []o2c.Adjust{{Add: v(-3), Floor: v(0)}, {Add: v(-3), Floor: v(0)}}, v(5), fault.Stale},
		{"nothing counts as zero", nil, []o2c.Adjust{{Add: v(-6), Floor: v(-6)}}, v(-6), ""},
		{"nothing counts as zero and falls below", nil, []o2c.Adjust{{Add: v(-6), Floor: v(-5)}}, map[string]int64{}, fault.Stale},
		{"floor without addition", v(5), []o2c.Adjust{{Floor: v(5)}}, v(5), ""},
		{"floor without addition fails", v(4), []o2c.Adjust{{Floor: v(5)}}, v(4), fault.Stale},
		{"absent", nil, []o2c.Adjust{{Absent: []string{"x", "y"}, Add: v(1)}}, v(1), ""},
		{"not absent", v(0), []o2c.Adjust{{Absent: []string{"x"}, Set: v(1)}}, v(0), fault.Stale},
		{"expected", v(7), []o2c.Adjust{{Expect: v(7), Set: v(9)}}, v(9), ""},
		{"not expected", v(8), []o2c.Adjust{{Expect: v(7), Set: v(9)}}, v(8), fault.Stale},
		{"expected zero is not absent", nil, []o2c.Adjust{{Expect: v(0), Set: v(9)}}, map[string]int64{}, fault.Stale},
		{"remove", map[string]int64{"x": 1, "y": 2}, []o2c.Adjust{{Remove: []string{"x", "x"}}}, map[string]int64{"y": 2}, ""},
		{"check alone", v(1), []o2c.Adjust{{Expect: v(1)}}, v(1), ""},
		{"nothing at all", v(1), []o2c.Adjust{{}}, v(1), ""},
		{"set, then add", v(1), []o2c.Adjust{{Set: v(7)}, {Add: v(-7), Floor: v(0)}}, v(0), ""},
		{"set, then add below the floor", v(1), []o2c.Adjust{{Set: v(7)}, {Add: v(-8), Floor: v(0)}}, v(1), fault.Internal},
		{"floor out of range", v(1), []o2c.Adjust{{Add: v(math.MinInt64), Floor: v(0)}}, v(1), fault.Internal},
		{"set and add at once", v(1), []o2c.Adjust{{Add: v(1), Set: v(1)}}, v(1), fault.Internal},
		{"largest", nil, []o2c.Adjust{{Set: v(math.MaxInt64)}}, v(math.MaxInt64), ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			b := newBench(t)
			s := b.store("a")
			if tc.given != nil {
				seedCounter(t, s, tc.given)
			}
			err := s.Update(background, func(_ context.Context, tx *o2c.Tx) error {
				tx.By(by(day))
				for _, a := range tc.do {
					a.Key = headroom
					tx.Adjust(a)
				}
				return nil
			})
			if tc.code == "" && err != nil || tc.code != "" && !fault.Is(err, tc.code) {
				t.Errorf("got %v", err)
			}
			if diff := cmp.Diff(tc.want, count(t, s, headroom)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestCounterTellsAbsentFromEmpty(t *testing.T) {
	b := newBench(t)
	s := b.store("a")
	found, err := s.Count(background, headroom)
	if err != nil || found[0].Exists || found[0].Key != headroom {
		t.Errorf("%+v, %v", found, err)
	}
	seedCounter(t, s, map[string]int64{"x": 0})
	if found, err = s.Count(background, headroom, headroom); err != nil || !found[0].Exists || !found[1].Exists {
		t.Errorf("%+v, %v", found, err)
	}
}
