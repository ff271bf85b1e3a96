package slack

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"duly/shared/o2c"
	"duly/shared/o2c/credit"
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
