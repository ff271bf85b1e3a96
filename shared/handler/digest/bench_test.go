package digest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"duly/shared/o2c"
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/cash"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/ledger"
	"duly/shared/o2c/money"
	"duly/shared/o2c/order"
	"duly/shared/o2c/party"
	"duly/shared/o2c/statute"
	"duly/shared/testkit"
)

// BenchmarkNight is what the schedules of this function take with 100,000 invoices that were paid, each with its order,
// receipt and three bookings, on the embedded store: seconds, and the most megabytes alive at once beyond those of the
// store (`go test ./shared/handler/digest -run - -bench Night -benchtime 1x`).
func BenchmarkNight(b *testing.B) {
	const invoices = 100_000
	w := testkit.NewDurableWorld(b)
	for from := 0; from < invoices; from += 7 {
		history(b, w, from, 7)
	}
	w.Advance(24 * time.Hour)
	always := func() bool { return true }
	today := calendar.On(w.Now(), w.Cycle.Policy.Zone)
	for _, job := range []struct {
		name string
		do   func() error
	}{
		{"first seal", func() error { _, err := w.Cycle.SealChains(b.Context(), w.Now(), w.Desk, always); return err }},
		{"first night", func() error { return night100(b, w, always) }},
		{"another night", func() error { return night100(b, w, always) }},
		{"another night without time for chains", func() error { return night100(b, w, func() bool { return false }) }},
		{"forecast", func() error { _, err := w.Cycle.Forecast(b.Context(), today); return err }},
		{"retro", func() error { _, err := w.Cycle.Retro(b.Context(), w.Now(), today); return err }},
		{"steps", func() error { _, err := w.Cycle.StepEffects(b.Context(), today.AddDays(-30), today); return err }},
	} {
		b.Run(job.name, func(b *testing.B) {
			for b.Loop() {
				most := watchHeap()
				if err := job.do(); err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(most(), "MB")
			}
		})
	}
}

func night100(b *testing.B, w *testkit.World, more func() bool) error {
	report, err := w.Cycle.VerifyNightly(b.Context(), w.Now(), w.Desk, more)
	if err == nil && !report.OK() {
		err = errors.New(report.String()[:2000])
	}
	return err
}

// watchHeap gives the most that is alive at once, in megabytes, beyond what was when it began.
func watchHeap() func() float64 {
	var before, now runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	var most atomic.Uint64
	stop := make(chan struct{})
	go func() {
		for {
			select {
			case <-stop:
				return
			case <-time.After(200 * time.Millisecond):
				runtime.ReadMemStats(&now)
				most.Store(max(most.Load(), now.HeapAlloc))
			}
		}
	}()
	return func() float64 {
		close(stop)
		return (float64(most.Load()) - float64(before.HeapAlloc)) / 1e6
	}
}

// history keeps some invoices that were paid, with all that led to it.
func history(b *testing.B, w *testkit.World, from, n int) {
	b.Helper()
	var keys []o2c.Key
	err := w.Cycle.Store.Update(b.Context(), func(_ context.Context, tx *o2c.Tx) error {
		tx.By(w.Stamp("bench"))
		keys = nil
		for i := from; i < from+n; i++ {
			inv, err := paid(w, tx, i)
			if err != nil {
				return err
			}
			keys = append(keys, o2c.KeyOf(inv))
		}
		return nil
	})
	if err == nil {
		err = w.Cycle.Fold(b.Context(), w.Now(), keys...)
	}
	if err != nil {
		b.Fatal(err)
	}
}

func paid(w *testkit.World, tx *o2c.Tx, i int) (*invoice.Invoice, error) {
	id, customer, today := strconv.Itoa(i), fmt.Sprintf("c_%d", i%1000), calendar.On(w.Now(), w.Cycle.Policy.Zone)
	if i < 1000 {
		cust, err := party.NewCustomer(party.Data{ID: customer, Name: "Customer " + id, Kind: party.Company, Emails: []string{customer + "@example.com"}, CreatedAt: w.Now()})
		if err := errors.Join(err, tx.Save(cust)); err != nil {
			return nil, err
		}
	}
	o := &order.Order{}
	raw, err := json.Marshal(order.Data{ID: "o_" + id, Number: "SO-" + id, Status: order.Closed, CustomerID: customer, CustomerName: "Customer " + id, Total: testkit.EUR(12_100), Invoiced: testkit.EUR(12_100), Committed: testkit.EUR(0),
		Lines: []order.Line{{N: 1, SKU: "CHAIR", Name: "A chair of oak", Quantity: 1, Shipped: 1, UnitPrice: testkit.EUR(10_000), Net: testkit.EUR(10_000), TaxRate: decimal.NewFromInt(21), Category: statute.Standard}}})
	if err = errors.Join(err, json.Unmarshal(raw, o)); err != nil {
		return nil, err
	}
	inv := invoice.NewDraft(invoice.Data{
		ID: "i_" + id, OrderID: "o_" + id, OrderNo: "SO-" + id, CustomerID: customer, Buyer: invoice.Buyer{Name: "Customer " + id, Address: party.Address{Street: "Kade 1", PostalCode: "3011 AA", City: "Rotterdam", Country: "NL"}, Kind: party.Company, Language: "en"},
		Currency: "EUR", TermsDays: 30, SuppliedOn: today, Rounding: testkit.EUR(0), CreatedAt: w.Now(),
		Lines: []invoice.Line{{N: 1, Name: "A chair of oak", Quantity: 1, UnitPrice: testkit.EUR(10_000), Net: testkit.EUR(10_000), Category: statute.Standard, TaxRate: decimal.NewFromInt(21)}},
	}, []statute.Taxable{{Net: testkit.EUR(10_000), Category: statute.Standard, Rate: decimal.NewFromInt(21)}})
	inv.Prepare(w.Cycle.Policy.Seller, today)
	if err := inv.Issue("bench", "B-"+id, today); err != nil {
		return nil, err
	}
	issued, err := json.Marshal(inv)
	if err != nil {
		return nil, err
	}
	r, err := cash.NewReceipt(cash.ReceiptData{ID: "r_" + id, Source: "bank", Account: ledger.Bank, Ref: id, Amount: inv.Open(), CustomerID: customer, Payer: "Customer " + id, Method: "transfer", ReceivedAt: w.Now(), ValueOn: today})
	if err != nil {
		return nil, err
	}
	_, err = r.Apply(cash.Application{InvoiceID: inv.ID(), Number: inv.Number(), Amount: inv.Open(), On: today, Why: "names the invoice"})
	total := inv.Open()
	tx.Adjust(o2c.Adjust{Key: o2c.Key{Kind: "payer", ID: customer}, Add: map[string]int64{"2026q1/paid": total.Minor, "2026q1/payments": 1}})
	err = errors.Join(err, inv.Settle("pay", total, today), tx.Save(o, o2c.Fact{Type: "order.received", Data: raw}, o2c.Fact{Type: "order.closed"}), tx.Save(r, o2c.Fact{Type: "receipt.booked", Data: r.Data()}),
		tx.Save(inv, o2c.Fact{Type: "invoice.issued", Data: json.RawMessage(issued)}, o2c.Fact{Type: "invoice.paid", Data: map[string]money.Amount{"open": inv.Open()}}))
	for n, legs := range [][]ledger.Leg{ledger.Issued(inv.ID(), inv.Data().Net, inv.Data().Tax, testkit.EUR(0)), ledger.Received(ledger.Bank, total, r.ID()), ledger.Applied(r.ID(), inv.ID(), total)} {
		e, odd := ledger.NewEntry(fmt.Sprintf("e_%d_%d", i, n), "Invoice B-"+id, ledger.When{ValueOn: today, BookedOn: today, RecordedAt: w.Now()}, legs...)
		err = errors.Join(err, odd, tx.Save(e))
	}
	return inv, err
}
