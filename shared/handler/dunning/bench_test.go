package dunning

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"runtime"
	"syscall"
	"testing"
	"time"

	"duly/shared/handler/trigger"
	"duly/shared/o2c"
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/party"
	"duly/shared/testkit"
)

// BenchmarkSweep is one tick over open invoices of which some are due: what it costs must grow with what is due, not with
// what is open (`go test ./shared/handler/dunning -run - -bench Sweep -benchtime 1x`). The processor's time is
// told beside the wall clock's, as other work on the machine changes it less. With -heap the table is on disk, and what the
// sweep holds at the most is looked at before each hundredth commit, what is no longer used taken away first.
func BenchmarkSweep(b *testing.B) {
	for _, size := range []struct{ open, due int }{{10_000, 1000}, {100_000, 1000}, {1_000_000, 1000}, {100_000, 10_000}} {
		b.Run(fmt.Sprintf("open=%d/due=%d", size.open, size.due), func(b *testing.B) {
			for range b.N {
				b.StopTimer()
				w := crowded(b, size.open, size.due, *heap)
				var before, after runtime.MemStats
				runtime.GC()
				runtime.ReadMemStats(&before)
				h := handler(w)
				peak := watchHeap(w, before.HeapAlloc)
				b.StartTimer()
				began, worked := time.Now(), processor(b)
				if err := h.Tick(context.Background(), trigger.Tick{}); err != nil {
					b.Fatal(err)
				}
				took, cpu := time.Since(began), processor(b)-worked
				b.StopTimer()
				b.ReportMetric(cpu.Seconds(), "cpu-s/sweep")
				if *heap {
					b.ReportMetric(float64(*peak)/(1<<20), "MB-peak")
				}
				runtime.ReadMemStats(&after)
				b.ReportMetric(took.Seconds(), "s/sweep")
				b.ReportMetric(float64(size.due)/took.Seconds(), "letters/s")
				b.ReportMetric(float64(after.TotalAlloc-before.TotalAlloc)/float64(size.due)/1024, "KB/letter")
				page, err := w.Cycle.Store.List(context.Background(), o2c.Query{Queue: o2c.EffectQueue, Until: w.Now(), Limit: 1})
				if err != nil || len(page.Items) == 0 {
					b.Fatalf("no letter waits to be sent: %v", err)
				}
			}
		})
	}
}

var heap = flag.Bool("heap", false, "measure what a sweep holds at the most; slow")

// processor is what the process has used of the processor.
func processor(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// watched is a store that looks at the heap before each hundredth commit.
type watched struct {
	o2c.Store
	commits int
	base    uint64
	peak    *int64
}

func (s *watched) Update(ctx context.Context, decide func(context.Context, *o2c.Tx) error) error {
	if s.commits++; s.commits%100 == 1 {
		var now runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&now)
		*s.peak = max(*s.peak, int64(now.HeapAlloc)-int64(s.base))
	}
	return s.Store.Update(ctx, decide)
}

// watchHeap gives the world a store that measures, when that is asked for.
func watchHeap(w *testkit.World, base uint64) *int64 {
	peak := new(int64)
	if *heap {
		w.Cycle.Store = &watched{Store: w.Cycle.Store, base: base, peak: peak}
	}
	return peak
}

// crowded is a world with so many customers, one open invoice each, of which some are due for their friendly word.
func crowded(b *testing.B, open, due int, durable bool) *testkit.World {
	b.Helper()
	w := testkit.NewWorld(b)
	if durable { // what the table holds is on disk then, and not in the heap
		w = testkit.NewDurableWorld(b)
	}
	w.Cycle.Policy.Freshness = 0
	today := calendar.On(w.Now(), w.Cycle.Policy.Zone)
	const batch = 20
	for from := 0; from < open; from += batch {
		err := w.Cycle.Store.Update(context.Background(), func(_ context.Context, tx *o2c.Tx) error {
			tx.By(w.Stamp("bench"))
			for n := from; n < min(from+batch, open); n++ {
				cust, err := party.NewCustomer(party.Data{ID: fmt.Sprintf("c_%d", n), Name: fmt.Sprintf("Customer %d", n), Kind: party.Company, Emails: []string{fmt.Sprintf("c%d@example.com", n)}, CreatedAt: w.Now()})
				if err != nil {
					return err
				}
				d := invoice.Data{
					ID: fmt.Sprintf("i_%d", n), Type: invoice.Invoices, Number: fmt.Sprintf("2026-%06d", n), Status: invoice.Issued, CustomerID: cust.ID(), Currency: "EUR",
					Buyer: invoice.Buyer{Name: cust.Data().Name, Email: cust.Email(), Language: "en"}, Total: testkit.EUR(12_100), Open: testkit.EUR(12_100),
					IssuedOn: today.AddDays(-33), DueOn: today.AddDays(-3), TermsDays: 30, Dunning: invoice.Dunning{Sent: []invoice.Sent{}, NextStep: "friendly", NextOn: today}, DunAt: w.Now(), CreatedAt: w.Now(),
				}
				if n%(open/due) != 0 {
					d.DueOn, d.DunAt = today.AddDays(20), w.Now().AddDate(0, 0, 15)
					d.Dunning.NextStep, d.Dunning.NextOn = "nudge", today.AddDays(15)
				}
				raw, err := json.Marshal(d)
				if err != nil {
					return err
				}
				inv := &invoice.Invoice{}
				if err := json.Unmarshal(raw, inv); err != nil {
					return err
				}
				tx.Link(o2c.Link{Parent: o2c.KeyOf(cust), Name: "open", Sort: d.DueOn.String(), To: o2c.KeyOf(inv)})
				if err := tx.Save(cust); err != nil {
					return err
				}
				if err := tx.Save(inv); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	return w
}
