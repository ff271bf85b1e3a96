package slack

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"duly/shared/o2c"
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/credit"
	"duly/shared/o2c/dunning"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/order"
	"duly/shared/testkit"
)

// BenchmarkPress is an approver's signed press on *Approve*, from the API
// Gateway event to the answer: verify, look at the person, decide, commit. Each
// order is one of another customer. It reports the median and the 99th
// percentile.
func BenchmarkPress(b *testing.B) {
	r := open(b)
	presses := make([]string, b.N)
	ids := make([]string, b.N)
	for i := range presses {
		in := testkit.Order(fmt.Sprint(i), 300_000, r.Now())
		in.Buyer.ExternalID, in.Buyer.KVK = fmt.Sprint("cust-", i), ""
		in.Buyer.Company, in.Buyer.Email, in.Buyer.VATID = fmt.Sprint("Customer ", i, " BV"), fmt.Sprintf("c%d@example.org", i), ""
		taken, err := r.Cycle.HandleShop(b.Context(), r.Arrive(order.Create, in))
		if err != nil {
			b.Fatal(err)
		}
		ids[i] = taken.OrderID
		presses[i] = payload(b, map[string]any{
			"type": "block_actions", "api_app_id": "A1", "team": map[string]string{"id": "T1"}, "user": map[string]string{"id": mira, "team_id": "T1"},
			"channel": map[string]string{"id": "C01CREDIT"}, "container": map[string]string{"message_ts": "1767603600.000100"}, "trigger_id": "gone",
			"actions": []map[string]string{{"action_id": "credit.approve", "value": taken.OrderID + "|1"}},
		})
	}
	took := make([]time.Duration, b.N)
	b.ReportAllocs()
	b.ResetTimer()
	for i, body := range presses {
		start := time.Now()
		if status, answer := r.signed("/slack/actions", body); status != http.StatusOK {
			b.Fatalf("press %d: %d %s", i, status, answer)
		}
		took[i] = time.Since(start)
	}
	b.StopTimer()
	last, err := o2c.Read[credit.Request](b.Context(), r.Cycle, ids[b.N-1])
	if err != nil || last.Data().Status != credit.Approved {
		b.Fatalf("the last press left %s: %v", last.Data().Status, err)
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "ms/p50")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "ms/p99")
}

// BenchmarkHome is a colleague who opens the Home of a house with 100,000 open invoices of 5,000 customers, most of them
// late, with twenty questions about credit and a hundred disputes, from Slack's signed event to the published view
// (`go test ./shared/handler/slack -run - -bench Home -benchtime 200x`).
func BenchmarkHome(b *testing.B) {
	r := open(b)
	owing(b, r, 100_000, 5_000)
	for i := range 20 {
		in := testkit.Order(fmt.Sprint("q", i), 400_000, r.Now())
		if _, err := r.Cycle.HandleShop(b.Context(), r.Arrive(order.Create, in)); err != nil {
			b.Fatal(err)
		}
	}
	r.Settle(b)
	for i := range 100 {
		if _, err := r.Cycle.OpenDispute(b.Context(), r.Stamp("bench"), o2c.DisputeInput{InvoiceID: fmt.Sprint("i", i), Reason: dunning.TooFew, Text: "Too few came.", By: "bench"}); err != nil {
			b.Fatal(err)
		}
	}
	r.Settle(b)
	for user, shows := range map[string]string{joost: "Customer 0", mira: "credit.approve"} {
		b.Run(user, func(b *testing.B) { r.homes(b, user, shows) })
	}
}

func (r *room) homes(b *testing.B, user, shows string) {
	took := make([]time.Duration, b.N)
	b.ResetTimer()
	for i := range took {
		r.Advance(2 * time.Minute) // it is drawn at most once a minute
		start := time.Now()
		if reply, err := r.slack.OpenHome(b.Context(), user); err != nil || reply.Status != http.StatusOK {
			b.Fatalf("%d %v", reply.Status, err)
		}
		took[i] = time.Since(start)
	}
	b.StopTimer()
	if h, _ := r.slack.Home(user); !strings.Contains(string(h.Blocks), shows) {
		b.Fatalf("the Home shows %s", h.Blocks)
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "ms/p50")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "ms/p99")
}

// owing puts issued, open invoices of some customers into the table, due in the last hundred days and the next, and folds
// them into the figures.
func owing(b *testing.B, r *room, invoices, customers int) {
	b.Helper()
	today := calendar.On(r.Now(), r.Cycle.Policy.Zone)
	var keys []o2c.Key
	for i := range invoices {
		keys = append(keys, o2c.Key{Kind: "invoice", ID: fmt.Sprint("i", i)})
	}
	for n, part := range slices.Collect(slices.Chunk(keys, 40)) {
		err := r.Cycle.Store.Update(b.Context(), func(_ context.Context, tx *o2c.Tx) error {
			tx.By(r.Stamp("bench"))
			for j, k := range part {
				i := n*40 + j
				raw, err := json.Marshal(invoice.Data{
					ID: k.ID, Type: invoice.Invoices, Number: fmt.Sprint("2025-", i), Status: invoice.Issued, CustomerID: fmt.Sprint("c", i%customers),
					Buyer: invoice.Buyer{Name: fmt.Sprint("Customer ", i%customers)}, Currency: "EUR", Total: testkit.EUR(10_000), Open: testkit.EUR(10_000),
					IssuedOn: today.AddDays(-100), DueOn: today.AddDays(i/customers%20*10 - 100), CreatedAt: r.Now(),
				})
				if err != nil {
					return err
				}
				inv := &invoice.Invoice{}
				if err := inv.UnmarshalJSON(raw); err != nil {
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
		if err := r.Cycle.Fold(b.Context(), r.Now(), part...); err != nil {
			b.Fatal(err)
		}
	}
}
