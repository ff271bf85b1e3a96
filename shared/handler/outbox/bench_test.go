package outbox

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"time"

	"duly/shared/document"
	"duly/shared/o2c"
	"duly/shared/o2c/order"
	"duly/shared/testkit"
)

// BenchmarkIssue is what becomes of shipped orders with 16 workers: their drafts issued
// (number, ledger entry, effects committed), then their documents rendered and mailed (PDF
// with its CII, UBL where the customer wants it, rules, letter; a bucket in memory)
// (`go test ./shared/handler/outbox -run - -bench Issue -benchtime 1x`). On two cores that
// do little else: 525 invoices and 406 documents per second; the goals are 300 and 150.
func BenchmarkIssue(b *testing.B) {
	const orders, workers = 400, 16
	for range b.N {
		b.StopTimer()
		w := testkit.NewWorld(b)
		w.Outbox.Papers = document.Papers{Look: w.Cycle.Policy.Look}
		for n := range orders {
			in := testkit.Order(fmt.Sprint(n), 10_000, w.Now())
			in.Buyer.ExternalID, in.Buyer.Company, in.Buyer.Email, in.Buyer.KVK = fmt.Sprint("c", n), fmt.Sprint("Customer ", n), fmt.Sprintf("c%d@example.com", n), ""
			taken, err := w.Cycle.HandleShop(context.Background(), w.Arrive(order.Create, in))
			if err != nil {
				b.Fatal(err)
			}
			if _, err := w.Cycle.Ship(context.Background(), w.Stamp("bench"), taken.OrderID, order.IncomingShipment{}); err != nil {
				b.Fatal(err)
			}
		}
		drafts := waiting(b, w, "invoice.issue")
		b.StartTimer()
		took := perform(b, w, drafts, workers, o2c.IssueMax)
		b.StopTimer()
		b.ReportMetric(float64(len(drafts))/took.Seconds(), "invoices/s")
		papers := waiting(b, w, "mail.invoice")
		before := len(w.Desk.Letters)
		b.StartTimer()
		took = perform(b, w, papers, workers, 1)
		b.StopTimer()
		if sent := len(w.Desk.Letters) - before; sent != len(papers) || sent != orders {
			b.Fatalf("%d of %d documents were sent", sent, len(papers))
		}
		b.ReportMetric(float64(len(papers))/took.Seconds(), "documents/s")
	}
}

// waiting lists the effects that wait, of a kind or all.
func waiting(b *testing.B, w *testkit.World, does string) []string {
	b.Helper()
	var ids []string
	page := o2c.Page{}
	for {
		var err error
		page, err = w.Cycle.Store.List(context.Background(), o2c.Query{Queue: o2c.EffectQueue, Until: w.Now(), After: page.Next})
		if err != nil {
			b.Fatal(err)
		}
		for _, s := range page.Items {
			var e o2c.Effect
			if err := json.Unmarshal(s.Body, &e); err != nil {
				b.Fatal(err)
			}
			if does == "" || e.Does == does {
				ids = append(ids, e.Name)
			}
		}
		if page.Next == "" {
			return ids
		}
	}
}

// perform hands effects to so many workers, so many at a time.
func perform(b *testing.B, w *testkit.World, ids []string, workers, group int) time.Duration {
	b.Helper()
	began := time.Now()
	work := make(chan []string)
	var all sync.WaitGroup
	for range workers {
		all.Add(1)
		go func() {
			defer all.Done()
			for some := range work {
				if _, err := w.Outbox.PerformAll(context.Background(), some); err != nil {
					b.Error(err)
				}
			}
		}()
	}
	for len(ids) > 0 {
		n := min(group, len(ids))
		work <- ids[:n]
		ids = ids[n:]
	}
	close(work)
	all.Wait()
	return time.Since(began)
}
