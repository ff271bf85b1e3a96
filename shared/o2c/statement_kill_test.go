package o2c_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/cash"
	"duly/shared/o2c/invoice"
	"duly/shared/testkit"
)

// mixed is a day at the bank: transfers by reference, one of them twice, one in
// part, one too much, one that names nothing, and money that left.
func mixed(w *testkit.World, numbers []string) cash.Statement {
	today := calendar.On(w.Now(), w.Cycle.Policy.Zone)
	st := cash.Statement{ID: "s-1", Account: w.Cycle.Policy.Seller.IBAN, Currency: "EUR", From: today, To: today, Opening: testkit.EUR(0), Closing: testkit.EUR(0)}
	add := func(cents int64, reference, text string) {
		e := cash.Entry{Key: "k-" + string(rune('a'+len(st.Entries))), BookedOn: today, ValueOn: today, Amount: testkit.EUR(cents), Reference: reference, Text: text, Name: "Buyer 1", IBAN: "NL20INGB0001234567"}
		st.Entries, st.Closing = append(st.Entries, e), st.Closing.Plus(e.Amount)
	}
	for _, n := range numbers[:8] {
		add(12_100, invoice.Reference(n), "")
	}
	add(12_100, invoice.Reference(numbers[3]), "again")
	add(6_000, invoice.Reference(numbers[8]), "the first half")
	add(6_100, invoice.Reference(numbers[8]), "the second half")
	add(12_105, invoice.Reference(numbers[9]), "a little more")
	add(777, "", "for the coffee")
	add(-450, "", "account fees")
	for _, n := range numbers[10:] {
		add(12_100, "", "invoice "+n)
	}
	return st
}

// books is everything that an import leaves behind.
func books(t *testing.T, w *testkit.World) string {
	t.Helper()
	w.Settle(t)
	var all []any
	for _, r := range testkit.Listed[cash.Receipt](t, w, "receipt") {
		all = append(all, r.Data())
	}
	for _, inv := range testkit.Listed[invoice.Invoice](t, w, "invoice") {
		all = append(all, inv.Data().Number, inv.Data().Status, inv.Data().Open)
	}
	balances, err := w.Cycle.TrialBalance(ctx, calendar.Date{})
	if err != nil {
		t.Fatal(err)
	}
	f, err := w.Cycle.Figures(ctx)
	if err != nil {
		t.Fatal(err)
	}
	out, err := json.MarshalIndent(append(all, balances, f.Unexplained()), "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// TestFC_66_AnImportThatIsKilledAnywhere: a statement whose import dies before or
// after any of its commits, and is brought again, ends in the books of one that
// was never disturbed; so does one that comes in two files.
func TestFC_66_AnImportThatIsKilledAnywhere(t *testing.T) {
	open := func() (*testkit.World, cash.Statement) {
		w := testkit.NewWorld(t)
		return w, mixed(w, owed(t, w, 14))
	}
	calm, st := open()
	if _, err := calm.Cycle.ImportStatement(ctx, calm.Stamp("bank"), st); err != nil {
		t.Fatal(err)
	}
	want := books(t, calm)
	killed := errors.New("killed")
	for at := 0; ; at++ {
		w, st := open()
		writes, dead := 0, false
		dying := w.Disturbed("dying", func(next http.RoundTripper, r *http.Request) (*http.Response, error) {
			if !strings.HasSuffix(r.Header.Get("X-Amz-Target"), "TransactWriteItems") {
				return next.RoundTrip(r)
			}
			if writes++; dead || writes > at/2 {
				first := !dead
				dead = true
				if first && at%2 == 1 { // the commit is there, and nobody hears of it
					if _, err := next.RoundTrip(r); err != nil {
						return nil, err
					}
				}
				return nil, killed
			}
			return next.RoundTrip(r)
		})
		_, err := dying.ImportStatement(ctx, w.Stamp("bank"), st)
		if dead == (err == nil) {
			t.Fatalf("killed at %d: %v", at, err)
		}
		if _, err := w.Cycle.ImportStatement(ctx, w.Stamp("bank"), st); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, books(t, w)); diff != "" {
			t.Fatalf("killed at %d:\n%s", at, diff)
		}
		if !dead {
			break // every commit had its turn
		}
	}
	for cut := range st.Entries {
		w, st := open()
		first, second := st, st
		first.ID, first.Entries, first.Closing = "s-0", st.Entries[:cut], testkit.EUR(0)
		for _, e := range first.Entries {
			first.Closing = first.Closing.Plus(e.Amount)
		}
		second.Entries, second.Opening = st.Entries[cut:], first.Closing
		for _, part := range []cash.Statement{first, second} {
			if _, err := w.Cycle.ImportStatement(ctx, w.Stamp("bank"), part); err != nil {
				t.Fatal(err)
			}
		}
		if diff := cmp.Diff(want, books(t, w)); diff != "" {
			t.Fatalf("in two files, cut at %d:\n%s", cut, diff)
		}
	}
}
