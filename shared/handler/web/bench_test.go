package web

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"duly/shared/o2c"
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/party"
	"duly/shared/testkit"
)

// BenchmarkPages is each of the team's pages, from the API Gateway event to the answer, on the embedded store with 100,000
// invoices of 1,000 customers, a fifth of them open: the median and the 99th percentile of 200 looks each
// (`go test ./shared/handler/web -run - -bench Pages -benchtime 200x`).
func BenchmarkPages(b *testing.B) {
	h := openOn(b, testkit.NewDurableWorld(b))
	h.crowd(b, 1_000, 100_000)
	reader := h.signedIn(sam)
	for _, path := range []string{
		"/", "/customers", "/customers?q=customer 99", "/customers/c_7", "/invoices", "/invoices?status=open", "/invoices?status=overdue", "/invoices?status=written_off",
		"/invoices?customer=c_7", "/invoices/2026-000777", "/cash", "/deliveries?show=in", "/settings",
	} {
		b.Run(path, func(b *testing.B) {
			took := make([]time.Duration, b.N)
			for i := range took {
				began := time.Now()
				if r := reader.get(path); r.StatusCode != 200 {
					b.Fatalf("%s: %d", path, r.StatusCode)
				}
				took[i] = time.Since(began)
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "ms/p50")
			b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "ms/p99")
		})
	}
}

// BenchmarkMeasure recomputes a month's figures from the same 100,000 invoices
// (`go test ./shared/handler/web -run - -bench Measure -benchtime 3x`).
func BenchmarkMeasure(b *testing.B) {
	h := openOn(b, testkit.NewDurableWorld(b))
	h.crowd(b, 1_000, 100_000)
	to := calendar.On(h.Now(), h.Cycle.Policy.Zone)
	b.ResetTimer()
	for range b.N {
		if _, err := h.Cycle.Measure(context.Background(), to.AddDays(-30), to); err != nil {
			b.Fatal(err)
		}
	}
}

// crowd fills the house with invoices, the newest last, and folds them into the figures.
func (h *house) crowd(b *testing.B, customers, invoices int) {
	b.Helper()
	ctx, today := context.Background(), calendar.On(h.Now(), h.Cycle.Policy.Zone)
	const batch = 20
	for from := 0; from < invoices; from += batch {
		var keys []o2c.Key
		err := h.Cycle.Store.Update(ctx, func(_ context.Context, tx *o2c.Tx) error {
			tx.By(h.Stamp("bench"))
			keys = nil
			for n := from; n < from+batch; n++ {
				customer := fmt.Sprintf("c_%d", n%customers)
				if n < customers {
					cust, err := party.NewCustomer(party.Data{ID: customer, Name: fmt.Sprintf("Customer %d", n), Kind: party.Company, Emails: []string{customer + "@example.com"}, CreatedAt: h.Now()})
					if err != nil {
						return err
					}
					if err := tx.Save(cust); err != nil {
						return err
					}
				}
				d := invoice.Data{
					ID: fmt.Sprintf("i_%d", n), Type: invoice.Invoices, Number: fmt.Sprintf("2026-%06d", n), Status: invoice.Paid, CustomerID: customer, Currency: "EUR",
					Buyer: invoice.Buyer{Name: fmt.Sprintf("Customer %d", n%customers), Language: "en"}, Total: testkit.EUR(12_100), Open: testkit.EUR(0), Net: testkit.EUR(10_000), Tax: testkit.EUR(2_100),
					IssuedOn: today.AddDays(-33), DueOn: today.AddDays(-3), TermsDays: 30, Dunning: invoice.Dunning{Sent: []invoice.Sent{}}, CreatedAt: h.Now().Add(time.Duration(n-invoices) * time.Minute),
				}
				if n%5 == 0 {
					d.Status, d.Open, d.DunAt = invoice.Issued, testkit.EUR(12_100), h.Now()
					d.DueOn = today.AddDays(20 - n%60)
				}
				inv := &invoice.Invoice{}
				raw, err := json.Marshal(d)
				if err != nil {
					return err
				}
				if err := json.Unmarshal(raw, inv); err != nil {
					return err
				}
				if d.Open.IsPositive() {
					tx.Link(o2c.Link{Parent: o2c.Key{Kind: "customer", ID: customer}, Name: "open", Sort: d.DueOn.String(), To: o2c.KeyOf(inv)})
				}
				tx.Name(o2c.Alias{Space: "invoice-number", Value: d.Number}, o2c.KeyOf(inv))
				if err := tx.Save(inv); err != nil {
					return err
				}
				keys = append(keys, o2c.KeyOf(inv))
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
		if err := h.Cycle.Fold(ctx, h.Now(), keys...); err != nil {
			b.Fatal(err)
		}
	}
}
