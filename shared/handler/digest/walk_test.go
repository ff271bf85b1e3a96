package digest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"duly/shared/o2c"
	"duly/shared/o2c/order"
	"duly/shared/testkit"
)

// walk is how far the nights have come.
func walk(t *testing.T, w *testkit.World) o2c.SealWalk {
	t.Helper()
	v, err := o2c.Read[o2c.Verified](t.Context(), w.Cycle, "books")
	if err != nil {
		t.Fatal(err)
	}
	return v.Data().Walk
}

// TestFC_92_TheNightReadsWhatMovedAndARoundReadsTheRest: what was sealed is read in the same night, all of it again
// within a round; a change of the past is found by then, is told of every night until it is mended, and not after that.
func TestFC_92_TheNightReadsWhatMovedAndARoundReadsTheRest(t *testing.T) {
	w, pk := sealedWorld(t)
	for i := range 30 {
		taken, err := w.Cycle.HandleShop(t.Context(), w.Arrive(order.Create, testkit.Order(fmt.Sprint(i+2), 1_000, w.Now())))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Cycle.Ship(t.Context(), w.Stamp("api:test"), taken.OrderID, order.IncomingShipment{}); err != nil {
			t.Fatal(err)
		}
	}
	w.Settle(t)
	night(t, w)
	after := walk(t, w)
	if after.Sealed == "" || after.Fresh != 0 || after.Next == "" && after.All == 0 {
		t.Fatalf("after a night: %+v", after)
	}
	if n := len(w.Desk.News("books_broken")); n != 0 {
		t.Fatalf("%d nights found the books broken", n)
	}

	item := row(t, w, pk, "event#0000000001")
	whole := bodyOf(item)
	overwrite(t, w, item, strings.Replace(whole, "SO-1", "SO-9", 1))
	began, found := w.Now(), 0
	for ; found == 0; found = len(w.Desk.News("books_broken")) {
		if night(t, w); w.Now().After(began.AddDate(0, 0, 28)) {
			t.Fatal("a changed event was not found in four weeks of nights")
		}
	}
	if s := walk(t, w).Suspects; len(s) != 1 || "order#"+s[0].ID != pk {
		t.Errorf("suspects %v", s)
	}
	night(t, w)
	if n := len(w.Desk.News("books_broken")); n != found+1 {
		t.Errorf("the night after it was told %d times", n-found)
	}
	overwrite(t, w, item, whole)
	night(t, w)
	if n := len(w.Desk.News("books_broken")); n != found+1 || len(walk(t, w).Suspects) != 0 {
		t.Errorf("mended, it was told %d times more, suspects %v", n-found-1, walk(t, w).Suspects)
	}
}

// TestANightWithoutTimeGoesOnInTheNext: however little time a night has, each goes on where the one before stopped.
func TestANightWithoutTimeGoesOnInTheNext(t *testing.T) {
	w, _ := sealedWorld(t)
	fresh := func(chunks int) {
		t.Helper()
		left := chunks
		report, err := w.Cycle.VerifyNightly(t.Context(), w.Now(), w.Desk, func() bool { left--; return left >= 0 })
		if err != nil || !report.OK() {
			t.Fatal(err, report)
		}
	}
	for i := range 40 {
		if _, err := w.Cycle.HandleShop(t.Context(), w.Arrive(order.Create, testkit.Order(fmt.Sprint(i+2), 1_000, w.Now()))); err != nil {
			t.Fatal(err)
		}
	}
	w.Settle(t)
	w.Advance(24 * time.Hour)
	if _, err := w.Cycle.SealChains(t.Context(), w.Now(), w.Desk, func() bool { return true }); err != nil {
		t.Fatal(err)
	}
	before := walk(t, w)
	fresh(0)
	if now := walk(t, w); now.Sealed != before.Sealed || now.Fresh != 0 {
		t.Errorf("without time: %+v", now)
	}
	fresh(1)
	one := walk(t, w)
	if one.Sealed != before.Sealed || one.Fresh == 0 {
		t.Errorf("with time for one part: %+v", one)
	}
	fresh(1)
	if now := walk(t, w); now.Sealed == before.Sealed && now.Fresh <= one.Fresh {
		t.Errorf("with time for another: %+v after %+v", now, one)
	}
	for range 20 {
		fresh(1)
	}
	if now := walk(t, w); now.Sealed == before.Sealed || now.All == 0 {
		t.Errorf("after twenty short nights: %+v", now)
	}
}
