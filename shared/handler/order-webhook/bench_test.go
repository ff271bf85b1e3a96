package orderwebhook_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"duly/infra/local/dynamo"
	local "duly/infra/local/shop"
	orderwebhook "duly/shared/handler/order-webhook"
	"duly/shared/handler/trigger"
	"duly/shared/handler/webhook"
	"duly/shared/testkit"
)

// senders is how many shops' servers post at once.
const senders = 16

// BenchmarkAck is one Shopify order of real size from the API Gateway event to
// the answer: verify, translate, decide, commit, synced to disk. It reports the
// median and the 99th percentile over all requests of 16 concurrent senders.
func BenchmarkAck(b *testing.B) {
	defer dynamo.Tune()() // as the demo has it
	const secret = "a secret of the demo's shop"
	w := testkit.NewDurableWorld(b)
	h := orderwebhook.New(webhook.Deps{Cycle: w.Cycle, Now: w.Now, Secrets: &testkit.Locker{Now: map[string][]string{"demo-shopify": {secret}}}, Inbox: &testkit.Tray{}, Log: testkit.Silent()})
	from := local.Shopify{Domain: "demo.myshopify.com", Secret: secret, Zone: time.UTC}
	requests := make([]events.APIGatewayV2HTTPRequest, b.N)
	size := 0
	for i := range requests {
		m, err := from.Order(local.OrdersCreate, benchOrder(i, w.Now()), w.Now())
		if err != nil {
			b.Fatal(err)
		}
		size += len(m.Body)
		requests[i] = event(m.Header, m.Body)
	}
	took := make([]time.Duration, b.N)
	var next atomic.Int64
	var wg sync.WaitGroup
	b.ReportAllocs()
	b.ResetTimer()
	before := processor()
	for range senders {
		wg.Go(func() {
			for i := next.Add(1) - 1; i < int64(b.N); i = next.Add(1) - 1 {
				start := time.Now()
				if r, err := h.HTTP(context.Background(), requests[i]); err != nil || r.StatusCode != http.StatusOK {
					b.Errorf("request %d: %d %v", i, r.StatusCode, err)
				}
				took[i] = time.Since(start)
			}
		})
	}
	wg.Wait()
	b.StopTimer()
	b.ReportMetric(float64((processor()-before).Microseconds())/1000/float64(b.N), "cpu-ms/order")
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "ms/p50")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "ms/p99")
	b.ReportMetric(float64(size)/float64(b.N)/1024, "KB/order")
}

// event is what API Gateway makes of a shop's request.
func event(header http.Header, body []byte) events.APIGatewayV2HTTPRequest {
	r := httptest.NewRequest(http.MethodPost, "/webhooks/demo-shopify", bytes.NewReader(body))
	r.Header = header
	return trigger.Request(r, body)
}

// processor is the time that all processors have given to this process.
func processor() time.Duration {
	var used syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &used) // of oneself it does not fail
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// benchOrder is one of many customers' orders of a few lines.
func benchOrder(i int, at time.Time) local.Order {
	of := i % 500
	return local.Order{
		Number: fmt.Sprint(1000 + i), PlacedAt: at, Currency: "EUR",
		Customer: local.Customer{
			ID: int64(7_000_000_000 + of), Name: "Jo Doe", Company: fmt.Sprintf("Customer %d BV", of), Email: fmt.Sprintf("c%d@example.org", of),
			Address: local.Address{Street: "Kade 1", PostalCode: "3011 AA", City: "Rotterdam"},
		},
		Lines: []local.Line{
			{SKU: "CHAIR", Name: "Chair", Quantity: 2, UnitPriceMinor: 8950},
			{SKU: "DESK", Name: "Desk", Quantity: 1, UnitPriceMinor: 24900},
			{SKU: "LAMP", Name: "Lamp", Quantity: 4, UnitPriceMinor: 1995},
		},
		Shipping: local.Shipping{PriceMinor: 695, TaxRatePercent: "21"},
	}
}
