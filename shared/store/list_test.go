package store

import (
	"context"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"duly/shared/o2c"
	"duly/shared/o2c/fault"
)

// walk reads a query page by page to its end.
func walk(t *testing.T, s *Store, q o2c.Query, between func(page int)) []string {
	t.Helper()
	var ids []string
	for page := 0; ; page++ {
		p, err := s.List(background, q)
		if err != nil {
			t.Fatal(err)
		}
		for _, it := range p.Items {
			ids = append(ids, it.Key.ID)
		}
		if p.Next == "" {
			return ids
		}
		if page > 1000 {
			t.Fatal("the list does not end")
		}
		if q.After = p.Next; between != nil {
			between(page)
		}
	}
}

func listed(id, key string) *memo { return &memo{K: "order", Name: id, Listed: key} }

func TestListIsNewestFirstAndStable(t *testing.T) {
	b := newBench(t)
	s := b.store("a")
	var want []string
	for i := range 25 {
		id := fmt.Sprintf("o_%02d", i)
		save(t, s, listed(id, fmt.Sprintf("2026-01-%02d", i/2+1)))
		want = append(want, id)
	}
	save(t, s, &memo{K: "invoice", Name: "i_1", Listed: "2026-01-09"})
	save(t, s, order("unlisted"))
	slices.Reverse(want)
	for _, limit := range []int{0, 1, 4, 25, 26, 5000} {
		if diff := cmp.Diff(want, walk(t, s, o2c.Query{Kind: "order", Limit: limit}, nil)); diff != "" {
			t.Errorf("limit %d: %s", limit, diff)
		}
	}
	// What is added on top while somebody pages is not seen, and moves nothing.
	got := walk(t, s, o2c.Query{Kind: "order", Limit: 4}, func(page int) {
		save(t, s, listed(fmt.Sprintf("late_%d", page), "2026-02-01"))
	})
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestListBetweenTwoKeys(t *testing.T) {
	b := newBench(t)
	s := b.store("a")
	for _, key := range []string{"2026-01-01", "2026-01-02", "2026-01-03", "2026-01-04"} {
		save(t, s, listed("d"+key, key))
	}
	for _, tc := range []struct {
		from, to string
		want     []string
	}{
		{"2026-01-02", "2026-01-04", []string{"d2026-01-03", "d2026-01-02"}},
		{"2026-01-04", "", []string{"d2026-01-04"}},
		{"", "2026-01-02", []string{"d2026-01-01"}},
		{"2026-01-05", "", nil},
		{"2026-01-02", "2026-01-02", nil},
		{"2026-01-03", "2026-01-02", nil},
	} {
		got := walk(t, s, o2c.Query{Kind: "order", From: tc.from, To: tc.to}, nil)
		if diff := cmp.Diff(tc.want, got); diff != "" {
			t.Errorf("%s to %s: %s", tc.from, tc.to, diff)
		}
	}
}

// RFC 3339 drops trailing zeros, which sorts "10:00:00.5Z" before "10:00:00Z".
func TestListOrdersTimesOfTheSameSecond(t *testing.T) {
	b := newBench(t)
	s := b.store("a")
	for _, key := range []string{"2026-01-05T10:00:00.5Z", "2026-01-05T10:00:01Z", "2026-01-05T10:00:00Z", "2026-01-05T11:00:00+01:00"} {
		save(t, s, listed("t"+key, key))
	}
	want := []string{"t2026-01-05T10:00:01Z", "t2026-01-05T10:00:00.5Z", "t2026-01-05T11:00:00+01:00", "t2026-01-05T10:00:00Z"}
	if diff := cmp.Diff(want, walk(t, s, o2c.Query{Kind: "order"}, nil)); diff != "" {
		t.Error(diff)
	}
	got := walk(t, s, o2c.Query{Kind: "order", From: "2026-01-05T10:00:00.5Z", To: "2026-01-05T10:00:01Z"}, nil)
	if diff := cmp.Diff([]string{"t2026-01-05T10:00:00.5Z"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestListRefusesAForeignCursor(t *testing.T) {
	b := newBench(t)
	s := b.store("a")
	for i := range 3 {
		save(t, s, listed(fmt.Sprint(i), "2026-01-01"))
	}
	page, err := s.List(background, o2c.Query{Kind: "order", Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	encode := func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }
	for name, q := range map[string]o2c.Query{
		"of another kind":     {Kind: "invoice", After: page.Next},
		"of another index":    {Queue: "order", Until: day, After: page.Next},
		"outside the bounds":  {Kind: "order", From: "2026-02-01", After: page.Next},
		"not base64":          {Kind: "order", After: "%%%"},
		"not JSON":            {Kind: "order", After: encode("hello")},
		"other JSON":          {Kind: "order", After: encode(`{"a":1}`)},
		"an empty key":        {Kind: "order", After: encode(`{"i":"list","s":"doc","h":"order","r":"2026"}`)},
		"cut off":             {Kind: "order", After: page.Next[:len(page.Next)-5]},
		"too long for a key":  {Kind: "order", After: encode(`{"i":"list","p":"` + strings.Repeat("x", 3000) + `","s":"doc","h":"order","r":"2026"}`)},
		"too long in the end": {Kind: "order", After: encode(`{"i":"list","p":"order#1","s":"doc","h":"order","r":"2026` + strings.Repeat("x", 2000) + `"}`)},
	} {
		if _, err := s.List(background, q); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// Indexes are eventually consistent: what they show is read again.
func TestFC_51_ListDropsWhatLeftMeanwhile(t *testing.T) {
	b := newBench(t)
	s := b.store("a")
	for i := range 4 {
		save(t, s, listed(fmt.Sprintf("o_%d", i), "2026-01-05"))
	}
	b.wire.once("Query", 1, disturbance{then: func() {
		gone := listed("o_2", "")
		moved := listed("o_1", "2025-01-01")
		rival := New(b.api, testTable, Options{Instance: "rival"})
		save(t, rival, gone)
		save(t, rival, moved)
	}})
	page, err := s.List(background, o2c.Query{Kind: "order", From: "2026-01-01"})
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, it := range page.Items {
		ids = append(ids, it.Key.ID)
	}
	if diff := cmp.Diff([]string{"o_3", "o_0"}, ids); diff != "" {
		t.Error(diff)
	}
}

func TestQueueGivesWhatIsDueOldestFirst(t *testing.T) {
	b := newBench(t)
	s := b.store("a")
	put := func(id, queue string, at time.Time) { save(t, s, &memo{K: "job", Name: id, Queue: queue, DueAt: at}) }
	put("later", "steps", day.Add(time.Nanosecond))
	put("now", "steps", day)
	put("early", "steps", day.Add(-time.Hour))
	put("zone", "steps", day.Add(-2*time.Hour).In(time.FixedZone("", 3600)))
	put("other", "effect", day.Add(-time.Hour))
	put("done", "steps", time.Time{})
	q := o2c.Query{Queue: "steps", Until: day, Limit: 2}
	if diff := cmp.Diff([]string{"zone", "early", "now"}, walk(t, s, q, nil)); diff != "" {
		t.Error(diff)
	}
	put("early", "steps", time.Time{}) // handled
	put("zone", "steps", day.Add(time.Hour))
	if diff := cmp.Diff([]string{"now"}, walk(t, s, q, nil)); diff != "" {
		t.Error(diff)
	}
}

func TestEffectsWaitInTheirQueueUntilDone(t *testing.T) {
	b := newBench(t)
	s := b.store("a")
	err := s.Update(background, func(_ context.Context, tx *o2c.Tx) error {
		tx.By(by(day))
		return tx.Do(o2c.Effect{Name: "e_1", Does: "mail"})
	})
	if err != nil {
		t.Fatal(err)
	}
	q := o2c.Query{Queue: o2c.EffectQueue, Until: day}
	if diff := cmp.Diff([]string{"e_1"}, walk(t, s, q, nil)); diff != "" {
		t.Error(diff)
	}
	finishEffect(t, s, "e_1", day)
	if diff := cmp.Diff([]string(nil), walk(t, s, q, nil)); diff != "" {
		t.Error(diff)
	}
}

func finishEffect(t *testing.T, s *Store, id string, at time.Time) {
	t.Helper()
	err := s.Update(background, func(ctx context.Context, tx *o2c.Tx) error {
		tx.By(by(at))
		var e o2c.Effect
		if err := tx.Get(ctx, id, &e); err != nil {
			return err
		}
		e.Status, e.DoneAt = o2c.EffectDone, at
		return tx.Save(&e)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestEventsAreListedNewestFirst(t *testing.T) {
	b := newBench(t)
	s := b.store("a")
	for i := range 5 {
		err := s.Update(background, func(_ context.Context, tx *o2c.Tx) error {
			tx.By(by(day.Add(time.Duration(i) * time.Hour)))
			return tx.Save(order(fmt.Sprint(i)), fact("order.received"))
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	ids := walk(t, s, o2c.Query{Kind: "event", Limit: 2}, nil)
	if len(ids) != 5 || !slices.IsSortedFunc(ids, func(a, b string) int { return strings.Compare(b, a) }) {
		t.Errorf("got %v", ids)
	}
	from, to := day.Add(time.Hour).Format(time.RFC3339), day.Add(3*time.Hour).Format(time.RFC3339)
	page, err := s.List(background, o2c.Query{Kind: "event", From: from, To: to})
	if err != nil || len(page.Items) != 2 {
		t.Fatalf("%d events between, %v", len(page.Items), err)
	}
	if page.Items[0].Key != (o2c.Key{Kind: "event", ID: ids[2]}) {
		t.Errorf("first is %v", page.Items[0].Key)
	}
	if got := walk(t, s, o2c.Query{Kind: "event", From: "2026-01-05", To: "2026-01-06"}, nil); len(got) != 5 {
		t.Errorf("on the day: %v", got)
	}
}
