package store

import (
	"context"
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"duly/shared/o2c"
)

// everything does what a store can do, and tells what it then says.
func everything(t *testing.T, s o2c.Store) map[string]any {
	t.Helper()
	ctx, said := t.Context(), map[string]any{}
	key := func(id string) o2c.Key { return o2c.Key{Kind: "order", ID: id} }
	put := func(id, seen string, due time.Time) error {
		return s.Update(ctx, func(ctx context.Context, tx *o2c.Tx) error {
			tx.By(o2c.Stamp{At: day, Actor: "system:test", Once: seen})
			m := &memo{K: "order", Name: id, Text: "a", Queue: "work", DueAt: due, Listed: "2026-01-05"}
			if ok, err := tx.Find(ctx, id, m); err != nil {
				return err
			} else if ok {
				m.Text += "a"
			}
			tx.Name(o2c.Alias{Space: "number", Value: "N|" + id}, key(id))
			tx.Link(o2c.Link{Parent: key("parent"), Name: "open", Sort: id, To: key(id)})
			tx.Adjust(o2c.Adjust{Key: o2c.Key{Kind: "headroom", ID: "c"}, Add: map[string]int64{"minor": 5}})
			return tx.Save(m, o2c.Fact{Type: "order.received", Data: id})
		})
	}
	for _, id := range []string{"o_1", "o_2", "o_3", "o_1"} {
		if err := put(id, "", day.Add(time.Minute)); err != nil {
			t.Fatal(err)
		}
	}
	said["first"], said["again"] = put("o_4", "once", day), put("o_4", "once", day)
	var ids []string
	for after := ""; ; {
		page, err := s.List(ctx, o2c.Query{Kind: "order", Limit: 2, After: after})
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range page.Items {
			ids = append(ids, d.Key.String()+" "+string(d.Body))
		}
		if after = page.Next; after == "" {
			break
		}
	}
	said["list"] = ids
	due, err := s.List(ctx, o2c.Query{Queue: "work", Until: day})
	said["due"], said["due error"] = len(due.Items), err
	happened, err := s.List(ctx, o2c.Query{Kind: "event"})
	said["happened"], said["happened error"] = len(happened.Items), err
	stored, err := s.Load(ctx, key("o_1"), key("o_9"))
	said["load"], said["load error"] = []int64{stored[0].Version, stored[1].Version}, err
	trail, err := s.Events(ctx, key("o_1"))
	said["trail"], said["trail error"] = len(trail), err
	counted, err := s.Count(ctx, o2c.Key{Kind: "headroom", ID: "c"})
	said["count"], said["count error"] = counted[0].Values, err
	named, err := s.Resolve(ctx, o2c.Alias{Space: "number", Value: "N|o_2"}, o2c.Alias{Space: "number", Value: "N"})
	said["named"], said["named error"] = named, err
	links, err := s.Links(ctx, key("parent"), "open")
	said["links"], said["links error"] = links, err
	return said
}

// TestCap_85_WhatIsKeptApart: a part of the table does all that the table does, sees nothing of the house and of other parts,
// is seen by none of them, and when it is cleared not one row of it is left, and all of theirs are.
func TestCap_85_WhatIsKeptApart(t *testing.T) {
	b := newBench(t)
	house := b.store("a")
	want := everything(t, house)
	rows := func() (all []string) {
		var out struct {
			Items []map[string]map[string]string
		}
		if err := b.api.Ask(t.Context(), "Scan", map[string]any{"TableName": testTable}, &out); err != nil {
			t.Fatal(err)
		}
		for _, it := range out.Items {
			raw, err := json.Marshal(it)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, string(raw))
		}
		slices.Sort(all)
		return all
	}
	before := rows()
	for _, part := range []string{"U1.1", "U1.10"} {
		if diff := cmp.Diff(want, everything(t, house.Apart(part)), cmp.Comparer(func(a, b error) bool { return (a == nil) == (b == nil) })); diff != "" {
			t.Errorf("%s differs from the house:\n%s", part, diff)
		}
	}
	if page, err := house.List(t.Context(), o2c.Query{Kind: "order"}); err != nil || len(page.Items) != 4 {
		t.Errorf("the house lists %d orders, %v", len(page.Items), err)
	}
	n, err := house.Clear(t.Context(), "U1.1")
	if err != nil || n != len(before) {
		t.Errorf("%d rows of %d were cleared, %v", n, len(before), err)
	}
	if page, err := house.Apart("U1.10").List(t.Context(), o2c.Query{Kind: "order"}); err != nil || len(page.Items) != 4 {
		t.Errorf("the other part lists %d orders, %v", len(page.Items), err)
	}
	if _, err := house.Clear(t.Context(), "U1.10"); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, rows()); diff != "" {
		t.Errorf("the table is not what it was:\n%s", diff)
	}
	if err := house.delete(t.Context(), address{"order#o_1", "doc"}); err == nil {
		t.Error("a row of the house was deleted")
	}
}
