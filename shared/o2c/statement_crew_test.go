package o2c_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"duly/shared/boot/crew"
	"duly/shared/o2c"
	"duly/shared/o2c/cash"
	"duly/shared/o2c/invoice"
	"duly/shared/testkit"
)

// busy is a long day at the bank: most lines pay an invoice by reference, between them some that pay one twice, in part or
// too much, name nothing, or take money away.
func busy(w *testkit.World, numbers []string) cash.Statement {
	st := mixed(w, numbers[:14])
	today := st.From
	add := func(cents int64, reference, text string) {
		e := cash.Entry{Key: "b-" + string(rune('a'+len(st.Entries)/26)) + string(rune('a'+len(st.Entries)%26)), BookedOn: today, ValueOn: today, Amount: testkit.EUR(cents), Reference: reference, Text: text, Name: "Buyer", IBAN: "NL20INGB0001234567"}
		st.Entries, st.Closing = append(st.Entries, e), st.Closing.Plus(e.Amount)
	}
	for i, n := range numbers[14:] {
		switch i % 31 {
		case 7:
			add(12_100, invoice.Reference(numbers[14+i/2]), "again")
			add(12_100, invoice.Reference(n), "")
		case 13:
			add(5_000, invoice.Reference(n), "")
		case 19:
			add(12_900, invoice.Reference(n), "")
		case 23:
			add(12_100, "", "invoice "+n)
		case 29:
			add(-1_000, "", "charges")
		default:
			add(12_100, invoice.Reference(n), "")
		}
	}
	return st
}

const busyLines = 150

// TestFC_66_ManyWorkersLeaveTheSameBooks: a statement that several workers book leaves the books of one that one worker
// booked, also when it is killed anywhere and brought again.
func TestFC_66_ManyWorkersLeaveTheSameBooks(t *testing.T) {
	open := func(c o2c.Crew) (*testkit.World, cash.Statement) {
		w := testkit.NewWorld(t)
		w.Cycle.Crew = c
		return w, busy(w, owed(t, w, busyLines))
	}
	calm, st := open(nil)
	want, err := calm.Cycle.ImportStatement(ctx, calm.Stamp("bank"), st)
	if err != nil {
		t.Fatal(err)
	}
	after := books(t, calm)
	several, st := open(crew.Together)
	got, err := several.Cycle.ImportStatement(ctx, several.Stamp("bank"), st)
	if err != nil || got != want {
		t.Fatalf("%+v, want %+v, %v", got, want, err)
	}
	if diff := cmp.Diff(after, books(t, several)); diff != "" {
		t.Fatal(diff)
	}
	for at := 0; at < 60; at += 7 {
		w, st := open(crew.Together)
		writes := 0
		dying := w.Disturbed("dying", func(next http.RoundTripper, r *http.Request) (*http.Response, error) {
			if strings.HasSuffix(r.Header.Get("X-Amz-Target"), "TransactWriteItems") {
				if writes++; writes > at {
					return nil, errors.New("killed")
				}
			}
			return next.RoundTrip(r)
		})
		if _, err := dying.ImportStatement(ctx, w.Stamp("bank"), st); err == nil {
			break
		}
		if _, err := w.Cycle.ImportStatement(ctx, w.Stamp("bank"), st); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(after, books(t, w)); diff != "" {
			t.Fatalf("killed at %d:\n%s", at, diff)
		}
	}
}

// TestFC_66_ABankFileIsAJob: a large file is booked in several invocations, each of which says how far it is, and leaves the
// books of one that was booked at once.
func TestFC_66_ABankFileIsAJob(t *testing.T) {
	calm := testkit.NewWorld(t)
	whole, err := calm.Cycle.ImportStatement(ctx, calm.Stamp("bank"), busy(calm, owed(t, calm, 2*busyLines)))
	if err != nil {
		t.Fatal(err)
	}
	after := books(t, calm)
	w := testkit.NewWorld(t)
	st := busy(w, owed(t, w, 2*busyLines))
	j, err := w.Cycle.OpenBankJob(ctx, w.Stamp("bank"), "bank/today.xml")
	if err != nil {
		t.Fatal(err)
	}
	read := func(context.Context, string) ([]cash.Statement, error) { return []cash.Statement{st}, nil }
	var far []int
	for range 10 {
		looks := 0
		d, err := w.Cycle.RunJob(ctx, w.Now(), j.ID, o2c.Import{Bank: read, More: func() bool { looks++; return looks < 2 }})
		if err != nil {
			t.Fatal(err)
		}
		if far = append(far, d.Next); d.Finished() {
			if d.Status != o2c.JobDone || d.New != whole.New || d.Applied != whole.Applied || d.Unmatched != whole.Unmatched || d.Items != len(st.Entries) {
				t.Errorf("%+v, want %+v", d, whole)
			}
			break
		}
	}
	if len(far) < 2 || far[0] == 0 || far[0] >= far[len(far)-1] || far[len(far)-1] != len(st.Entries) {
		t.Fatalf("it was at %v of %d", far, len(st.Entries))
	}
	if diff := cmp.Diff(after, books(t, w)); diff != "" {
		t.Fatal(diff)
	}
	bad, err := w.Cycle.OpenBankJob(ctx, w.Stamp("bank"), "bank/wrong.xml")
	if err != nil {
		t.Fatal(err)
	}
	wrong := st
	wrong.Closing = testkit.EUR(1)
	d, err := w.Cycle.RunJob(ctx, w.Now(), bad.ID, o2c.Import{More: func() bool { return true }, Bank: func(context.Context, string) ([]cash.Statement, error) { return []cash.Statement{wrong}, nil }})
	if err != nil || d.Status != o2c.JobFailed || !strings.Contains(d.Problem, "is missing") {
		t.Errorf("%+v, %v", d, err)
	}
}
