package kpi

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"duly/shared/o2c/calendar"
)

var today = calendar.Date{Year: 2026, Month: time.March, Day: 31}

func TestFiguresByHand(t *testing.T) {
	f := NewFigures("EUR")
	f.Swap(Contribution{}, Contribution{SoldOn: today.AddDays(-10), Sold: 60_000, DueOn: today.AddDays(20), Open: 60_000})
	f.Swap(Contribution{}, Contribution{SoldOn: today.AddDays(-40), Sold: 30_000, DueOn: today.AddDays(-10), Open: 30_000})
	f.Swap(Contribution{}, Contribution{SoldOn: today.AddDays(-80), Sold: 90_000, DueOn: today.AddDays(-50)}) // paid
	// open 900.00, sold in 90 days 1800.00: 900 / 1800 × 90 = 45.0
	if got := Days(f.DSO(today)); got != "45.0" {
		t.Errorf("DSO %s", got)
	}
	// counting back: 600.00 on day 10, the next 300.00 on day 40, all of it
	if got := Days(f.CountBack(today)); got != "41.0" {
		t.Errorf("count-back %s", got)
	}
	if f.Overdue(today).Minor != 30_000 || f.Receivable().Minor != 90_000 {
		t.Errorf("overdue %s of %s", f.Overdue(today), f.Receivable())
	}
	for _, b := range f.Ageing(today) {
		want := map[string]int64{"not_due": 60_000, "1-30": 30_000}[b.Name]
		if b.Amount.Minor != want {
			t.Errorf("bucket %s: %s", b.Name, b.Amount)
		}
	}
	if got := Days(NewFigures("EUR").DSO(today)); got != "–" {
		t.Errorf("DSO without sales %s", got)
	}
}

// TestFoldingReplaces: whatever documents contribute in whatever order, twice or
// late, the figures equal those of the last contributions alone (I11).
func TestFoldingReplaces(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		kept, folds, last := NewFigures("EUR"), map[int]*Fold{}, map[int]Contribution{}
		version := map[int]int64{}
		for range rapid.IntRange(1, 40).Draw(t, "messages") {
			doc := rapid.IntRange(0, 5).Draw(t, "doc")
			if folds[doc] == nil {
				folds[doc] = NewFold("x")
			}
			v := rapid.Int64Range(1, 8).Draw(t, "version")
			c := Contribution{
				SoldOn: today.AddDays(-doc), Sold: rapid.Int64Range(0, 9).Draw(t, "sold"), DueOn: today.AddDays(rapid.IntRange(-3, 3).Draw(t, "due")),
				Open: rapid.Int64Range(0, 9).Draw(t, "open"), Waiting: rapid.Int64Range(0, 1).Draw(t, "waiting"),
			}
			if former, ok := folds[doc].Replace(v, c); ok {
				kept.Swap(former, c)
				last[doc] = c
			}
			version[doc] = max(version[doc], v)
		}
		fresh := NewFigures("EUR")
		for _, c := range last {
			fresh.Swap(Contribution{}, c)
		}
		if diff := cmp.Diff(fresh.Data(), kept.Data(), cmp.AllowUnexported(bar{})); diff != "" {
			t.Fatal(diff)
		}
	})
}
