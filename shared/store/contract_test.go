package store

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"duly/shared/o2c"
	"duly/shared/o2c/fault"
)

var background = context.Background()

func TestUpdateKeepsWhatItStaged(t *testing.T) {
	b := newBench(t)
	s := b.store("a")
	m := order("o_1")
	m.Text = "Überweisung – 120 €"
	err := s.Update(background, func(_ context.Context, tx *o2c.Tx) error {
		tx.By(by(day))
		tx.Once("shop/1")
		tx.Name(o2c.Alias{Space: "order-number", Value: "1001"}, o2c.KeyOf(m))
		tx.Link(o2c.Link{Parent: o2c.Key{Kind: "customer", ID: "c_1"}, Name: "order", Sort: "2026-01-05", To: o2c.KeyOf(m)})
		tx.Adjust(o2c.Adjust{Key: o2c.Key{Kind: "customer", ID: "c_1"}, Add: map[string]int64{"orders": 1}})
		return tx.Save(m, fact("order.received"), fact("order.confirmed"))
	})
	if err != nil {
		t.Fatal(err)
	}
	stored, got := load(t, s, o2c.KeyOf(m))
	if diff := cmp.Diff(*m, got); diff != "" {
		t.Error(diff)
	}
	if stored.Version != 1 || stored.Count != 2 || !stored.At.Equal(day) || !stored.Expires.IsZero() {
		t.Errorf("stored as %+v", stored)
	}
	events, err := s.Events(background, o2c.KeyOf(m))
	if err != nil || len(events) != 2 || events[1].Hash != stored.Head || events[0].Type != "order.received" {
		t.Errorf("events %+v, %v", events, err)
	}
	keys, err := s.Resolve(background, o2c.Alias{Space: "order-number", Value: "1001"}, o2c.Alias{Space: "order-number", Value: "none"})
	if err != nil || keys[0] != o2c.KeyOf(m) || !keys[1].IsZero() {
		t.Errorf("names lead to %v, %v", keys, err)
	}
	links, err := s.Links(background, o2c.Key{Kind: "customer", ID: "c_1"}, "order")
	if err != nil || len(links) != 1 || links[0].To != o2c.KeyOf(m) || links[0].Sort != "2026-01-05" {
		t.Errorf("links %v, %v", links, err)
	}
	if got := count(t, s, o2c.Key{Kind: "customer", ID: "c_1"}); got["orders"] != 1 {
		t.Errorf("counter %v", got)
	}
}

func TestUpdateWithNothingToWriteWritesNothing(t *testing.T) {
	b := newBench(t)
	b.wire.set(nil)
	if err := b.store("a").Update(background, func(context.Context, *o2c.Tx) error { return nil }); err != nil {
		t.Fatal(err)
	}
	if sent := b.wire.operations(); len(sent) != 0 {
		t.Errorf("sent %v", sent)
	}
}

func TestUpdatePassesTheRefusalOn(t *testing.T) {
	b := newBench(t)
	no := errors.New("no")
	err := b.store("a").Update(background, func(_ context.Context, tx *o2c.Tx) error {
		tx.By(by(day))
		if err := tx.Save(order("o_1")); err != nil {
			return err
		}
		return no
	})
	if !errors.Is(err, no) {
		t.Errorf("got %v", err)
	}
	if s, _ := load(t, b.store("a"), orderKey("o_1")); s.Version != 0 {
		t.Error("it was written all the same")
	}
}

func TestLoadKeepsTheOrderOfKeys(t *testing.T) {
	b := newBench(t)
	s := b.store("a")
	var keys []o2c.Key
	for i := range 230 {
		id := "o_" + strings.Repeat("x", i)
		keys = append(keys, orderKey(id))
		if i%3 != 0 {
			save(t, s, order(id))
		}
	}
	keys = append(keys, keys[5])
	found, err := s.Load(background, keys...)
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range found {
		if f.Key != keys[i] || (f.Version == 0) != (i%3 == 0 && i < 230) || (f.Body == nil) != (f.Version == 0) {
			t.Fatalf("place %d holds %s version %d", i, f.Key, f.Version)
		}
	}
}

func TestUpdateDecidesAgainOnFreshDocuments(t *testing.T) {
	b := newBench(t)
	s, other := b.store("a"), b.store("b")
	save(t, s, order("o_1"))
	tries := 0
	err := s.Update(background, func(ctx context.Context, tx *o2c.Tx) error {
		tx.By(by(day))
		m := order("o_1")
		if err := tx.Get(ctx, "o_1", m); err != nil {
			return err
		}
		if tries++; tries < 4 {
			rival := *m
			rival.N += 10
			save(t, other, &rival, fact("order.changed"))
		}
		m.N++
		return tx.Save(m, fact("order.counted"))
	})
	if err != nil {
		t.Fatal(err)
	}
	stored, m := load(t, s, orderKey("o_1"))
	if m.N != 31 || stored.Version != 5 || tries != 4 {
		t.Errorf("n %d, version %d after %d tries", m.N, stored.Version, tries)
	}
}

func TestUpdateGivesUpAfterFiveDecisions(t *testing.T) {
	b := newBench(t)
	s := b.store("a")
	save(t, s, order("o_1"))
	tries := 0
	err := s.Update(background, func(_ context.Context, tx *o2c.Tx) error {
		tx.By(by(day))
		tries++
		return tx.Save(order("o_1")) // not read, so it must be new; it never is
	})
	if !fault.Is(err, fault.Stale) || tries != 5 {
		t.Errorf("after %d tries: %v", tries, err)
	}
}

func TestUpdateStopsAtTheDeadline(t *testing.T) {
	b := newBench(t)
	save(t, b.store("a"), order("o_1"))
	ctx, cancel := context.WithCancel(background)
	s := New(b.api, testTable, Options{Instance: "b", Sleep: func(ctx context.Context, _ time.Duration) error { cancel(); return ctx.Err() }})
	err := s.Update(ctx, func(_ context.Context, tx *o2c.Tx) error {
		tx.By(by(day))
		return tx.Save(order("o_1"))
	})
	if !fault.Is(err, fault.Stale) || !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestSeenMessageWritesNothing(t *testing.T) {
	b := newBench(t)
	s := b.store("a")
	take := func(id string) error {
		return s.Update(background, func(_ context.Context, tx *o2c.Tx) error {
			tx.By(by(day))
			tx.Once("shop/1")
			return tx.Save(order(id))
		})
	}
	if err := take("o_1"); err != nil {
		t.Fatal(err)
	}
	if err := take("o_2"); !errors.Is(err, o2c.ErrSeen) {
		t.Errorf("got %v", err)
	}
	if stored, _ := load(t, s, orderKey("o_2")); stored.Version != 0 {
		t.Error("the repeat was written")
	}
	// The document exists as well: that the message was seen says more.
	if err := take("o_1"); !errors.Is(err, o2c.ErrSeen) {
		t.Errorf("got %v", err)
	}
}

func TestNewMessageOnAStaleDocumentIsNotSeen(t *testing.T) {
	b := newBench(t)
	s := b.store("a")
	save(t, s, order("o_1"))
	err := s.Update(background, func(_ context.Context, tx *o2c.Tx) error {
		tx.By(by(day))
		tx.Once("shop/new")
		return tx.Save(order("o_1"))
	})
	if errors.Is(err, o2c.ErrSeen) || !fault.Is(err, fault.Stale) {
		t.Errorf("got %v", err)
	}
}

func TestNameIsGivenOnce(t *testing.T) {
	b := newBench(t)
	s := b.store("a")
	name := func(to o2c.Key) error {
		return s.Update(background, func(_ context.Context, tx *o2c.Tx) error {
			tx.By(by(day))
			tx.Name(o2c.Alias{Space: "token", Value: "h"}, to)
			tx.Name(o2c.Alias{Space: "token", Value: "h"}, to)
			return nil
		})
	}
	for range 2 { // the same document may have it again
		if err := name(orderKey("o_1")); err != nil {
			t.Fatal(err)
		}
	}
	if err := name(orderKey("o_2")); !fault.Is(err, fault.Stale) {
		t.Errorf("got %v", err)
	}
	keys, err := s.Resolve(background, o2c.Alias{Space: "token", Value: "h"})
	if err != nil || keys[0] != orderKey("o_1") {
		t.Errorf("leads to %v, %v", keys, err)
	}
}

func TestLinksComeInOrderAndGo(t *testing.T) {
	b := newBench(t)
	s := b.store("a")
	parent := o2c.Key{Kind: "customer", ID: "c_1"}
	link := func(sort, id string) o2c.Link {
		return o2c.Link{Parent: parent, Name: "open", Sort: sort, To: orderKey(id)}
	}
	stage := func(f func(tx *o2c.Tx)) {
		t.Helper()
		if err := s.Update(background, func(_ context.Context, tx *o2c.Tx) error { tx.By(by(day)); f(tx); return nil }); err != nil {
			t.Fatal(err)
		}
	}
	stage(func(tx *o2c.Tx) {
		tx.Link(link("2026-02-01", "o_2"))
		tx.Link(link("2026-01-01#x", "o:1"))
		tx.Link(o2c.Link{Parent: parent, Name: "open-quote", To: orderKey("q_1")})
		tx.Link(link("2026-03-01", "o_3"))
		tx.Unlink(link("2026-03-01", "o_3"))
	})
	want := []o2c.Link{link("2026-01-01#x", "o:1"), link("2026-02-01", "o_2")}
	got, err := s.Links(background, parent, "open")
	if err != nil || cmp.Diff(want, got) != "" {
		t.Errorf("%v, %v", cmp.Diff(want, got), err)
	}
	stage(func(tx *o2c.Tx) { tx.Unlink(link("2026-01-01#x", "o:1")) })
	stage(func(tx *o2c.Tx) { tx.Link(link("2026-03-01", "o_3")) }) // made again
	want = []o2c.Link{link("2026-02-01", "o_2"), link("2026-03-01", "o_3")}
	if got, err = s.Links(background, parent, "open"); err != nil || cmp.Diff(want, got) != "" {
		t.Errorf("%v, %v", cmp.Diff(want, got), err)
	}
}

func TestAuditChainVerifies(t *testing.T) {
	b := newBench(t)
	s := b.store("a")
	for i := range 20 {
		m := order("o_1")
		m.N = int64(i)
		save(t, s, m, fact("order.changed"), fact("order.noted"))
	}
	events, err := s.Events(background, orderKey("o_1"))
	if err != nil || len(events) != 40 {
		t.Fatalf("%d events, %v", len(events), err)
	}
	prev := ""
	for i, e := range events {
		if e.Seq != int64(i+1) || e.Prev != prev || !e.Intact() {
			t.Fatalf("event %d is out of the chain: %+v", i+1, e)
		}
		prev = e.Hash
	}
	if stored, _ := load(t, s, orderKey("o_1")); stored.Head != prev || stored.Count != 40 {
		t.Errorf("head %q of %d events", stored.Head, stored.Count)
	}
	events[7].Data = []byte(`{"what":"forged"}`)
	if events[7].Intact() {
		t.Error("a forged event passes for intact")
	}
}

func TestEffectIsNotStagedTwiceAcrossPlans(t *testing.T) {
	b := newBench(t)
	s := b.store("a")
	do := func(order string) error {
		return s.Update(background, func(_ context.Context, tx *o2c.Tx) error {
			tx.By(by(day))
			if err := tx.Do(o2c.Effect{Name: "card/1", Does: "card"}); err != nil {
				return err
			}
			return tx.Save(&memo{K: "order", Name: order})
		})
	}
	for _, id := range []string{"o_1", "o_2"} {
		if err := do(id); err != nil {
			t.Fatal(err)
		}
	}
	if stored, _ := load(t, s, o2c.Key{Kind: "effect", ID: "card/1"}); stored.Version != 1 {
		t.Errorf("the effect has version %d", stored.Version)
	}
	if stored, _ := load(t, s, orderKey("o_2")); stored.Version != 1 {
		t.Error("the second change was lost with its effect")
	}
}

func TestKindAndIDMayNotChangeBeforeTheCommit(t *testing.T) {
	b := newBench(t)
	err := b.store("a").Update(background, func(_ context.Context, tx *o2c.Tx) error {
		tx.By(by(day))
		m := order("o_1")
		if err := tx.Save(m); err != nil {
			return err
		}
		m.Name = "o_2"
		return nil
	})
	if !fault.Is(err, fault.Internal) {
		t.Errorf("got %v", err)
	}
}
