package store

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"duly/shared/o2c"
	"duly/shared/o2c/fault"
)

// The Tx belongs to the cycle; it is tested here, on the store that it reads
// through and not on a stand-in.

// begin starts a Tx by hand; nothing it stages is committed.
func begin(s *Store, there ...o2c.Key) *o2c.Tx {
	tx := o2c.NewTx(s, there...)
	tx.By(o2c.Stamp{At: day, Actor: "system:test", Cause: "shop/1"})
	return tx
}

func TestTxReadsEachDocumentOnce(t *testing.T) {
	b := newBench(t)
	s := b.store("a")
	save(t, s, &memo{K: "order", Name: "o_1", Text: "a"})
	b.wire.set(nil)
	tx := begin(s)
	if err := tx.Fetch(t.Context(), orderKey("o_1"), orderKey("o_2"), o2c.Key{}); err != nil {
		t.Fatal(err)
	}
	m := order("o_1")
	if err := tx.Get(t.Context(), "o_1", m); err != nil || m.Text != "a" || tx.Version(m) != 1 {
		t.Errorf("%+v, version %d, %v", m, tx.Version(m), err)
	}
	if ok, err := tx.Find(t.Context(), "o_2", order("")); ok || err != nil {
		t.Errorf("found what is not there: %v", err)
	}
	if err := tx.Get(t.Context(), "o_2", order("")); !fault.Is(err, fault.NotFound) {
		t.Errorf("got %v", err)
	}
	if sent := b.wire.operations(); len(sent) != 1 {
		t.Errorf("asked %v", sent)
	}
}

func TestTxTakesWhatExpiredForAbsent(t *testing.T) {
	s := newBench(t).store("a")
	for name, tc := range map[string]struct {
		expires time.Time
		want    int64
	}{
		"never":          {time.Time{}, 1},
		"later":          {day.Add(time.Hour), 1},
		"in this second": {day.Add(999 * time.Millisecond), 1},
		"a second ago":   {day.Add(-time.Second), 0},
	} {
		save(t, s, &memo{K: "session", Name: name, End: tc.expires})
		tx := begin(s)
		m := &memo{K: "session"}
		found, err := tx.Find(t.Context(), name, m)
		if m.Name = name; err != nil || found != (tc.want > 0) || tx.Version(m) != tc.want {
			t.Errorf("%s: found %v, version %d, %v", name, found, tx.Version(m), err)
		}
	}
}

func TestTxSavesTwiceAsOnce(t *testing.T) {
	s := newBench(t).store("a")
	save(t, s, order("o_1"), fact("order.received"), fact("order.confirmed"))
	before, _ := load(t, s, orderKey("o_1"))
	tx := begin(s)
	m := order("")
	if err := tx.Get(t.Context(), "o_1", m); err != nil {
		t.Fatal(err)
	}
	if err := tx.Save(m, fact("order.changed"), fact("order.noted")); err != nil {
		t.Fatal(err)
	}
	last := *m
	last.Text = "last"
	if err := tx.Save(&last, fact("order.changed")); err != nil {
		t.Fatal(err)
	}
	saves := tx.Plan().Saves
	if len(saves) != 1 || saves[0].Version != 1 || saves[0].Count != 5 || saves[0].Doc != &last {
		t.Fatalf("staged %+v", saves)
	}
	prev := before.Head
	for i, e := range saves[0].Events {
		if e.Seq != int64(3+i) || e.Prev != prev || !e.Intact() || e.Actor != "system:test" || e.Cause != "shop/1" {
			t.Errorf("event %d is out of the chain: %+v", i, e)
		}
		prev = e.Hash
	}
	if saves[0].Head != prev {
		t.Errorf("head %q", saves[0].Head)
	}
}

func TestTxRefusesASaveWithoutAStamp(t *testing.T) {
	if err := o2c.NewTx(newBench(t).store("a")).Save(order("o_1")); err == nil {
		t.Error("saved by nobody")
	}
}

func TestTxStagesAnIntentOnce(t *testing.T) {
	e := o2c.Effect{Name: "e_1", Does: "mail"}
	b := newBench(t)
	fresh, there := begin(b.store("a")), begin(b.store("a"), o2c.KeyOf(&e))
	err := b.store("a").Update(t.Context(), func(_ context.Context, tx *o2c.Tx) error { tx.By(by(day)); return tx.Do(e) })
	if err != nil {
		t.Fatal(err)
	}
	read := begin(b.store("a"))
	if err := read.Fetch(t.Context(), o2c.KeyOf(&e)); err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		tx   *o2c.Tx
		want int
	}{
		"new": {fresh, 1}, "found committed by an earlier try": {there, 0}, "read and there": {read, 0},
	} {
		for range 2 {
			if err := tc.tx.Do(e); err != nil {
				t.Fatal(err)
			}
		}
		if got := len(tc.tx.Plan().Saves); got != tc.want {
			t.Errorf("%s: %d staged", name, got)
		}
	}
}

func TestTxCountsWhatItStaged(t *testing.T) {
	key := headroom
	s := newBench(t).store("a")
	seedCounter(t, s, map[string]int64{"available": 10})
	for _, tc := range []struct {
		name      string
		readFirst bool
		do        []o2c.Adjust
		want      map[string]int64
		plan      o2c.Adjust
	}{
		{"read, then moved", true, []o2c.Adjust{{Add: map[string]int64{"available": -3}}}, map[string]int64{"available": 7},
			o2c.Adjust{Key: key, Add: map[string]int64{"available": -3}}},
		{"moved, then read", false, []o2c.Adjust{{Add: map[string]int64{"available": -3}}}, map[string]int64{"available": 7},
			o2c.Adjust{Key: key, Add: map[string]int64{"available": -3}}},
		{"moved twice, then read", false, []o2c.Adjust{{Add: map[string]int64{"available": 4, "reserved": -4}}, {Add: map[string]int64{"available": -2, "reserved": 2}, Floor: map[string]int64{"available": 0}}},
			map[string]int64{"available": 12, "reserved": -2},
			o2c.Adjust{Key: key, Add: map[string]int64{"available": 2, "reserved": -2}, Floor: map[string]int64{"available": 0}}},
		{"set, then moved", true, []o2c.Adjust{{Set: map[string]int64{"available": 5}}, {Add: map[string]int64{"available": -2}}}, map[string]int64{"available": 3},
			o2c.Adjust{Key: key, Set: map[string]int64{"available": 3}, Floor: map[string]int64{}}},
	} {
		tx := begin(s)
		if tc.readFirst {
			if _, err := tx.Counter(t.Context(), key); err != nil {
				t.Fatal(err)
			}
		}
		for _, a := range tc.do {
			a.Key = key
			tx.Adjust(a)
		}
		c, err := tx.Counter(t.Context(), key)
		if err != nil || !c.Exists || cmp.Diff(tc.want, c.Values) != "" {
			t.Errorf("%s: %v, %v", tc.name, cmp.Diff(tc.want, c.Values), err)
		}
		if diff := cmp.Diff([]o2c.Adjust{tc.plan}, tx.Plan().Adjusts); diff != "" {
			t.Errorf("%s: %s", tc.name, diff)
		}
	}
}
