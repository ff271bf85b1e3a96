package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"duly/shared/o2c"
	"duly/shared/o2c/credit"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/money"
	"duly/shared/o2c/order"
)

// past writes n orders of the past with their decisions and invoices, as the
// table holds them.
func (p *program) past(n int) {
	p.t.Helper()
	const each = 30 // documents of one commit, three an order
	at := p.Now()
	for start := 0; start < n; start += each {
		err := p.Cycle.Store.Update(ctx, func(_ context.Context, tx *o2c.Tx) error {
			tx.By(o2c.Stamp{At: at, Actor: "system:test"})
			for i := start; i < min(start+each, n); i++ {
				if err := p.pastOrder(tx, i, at.Add(time.Duration(i)*time.Minute)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			p.t.Fatal(err)
		}
	}
}

func (p *program) pastOrder(tx *o2c.Tx, i int, at time.Time) error {
	id := fmt.Sprintf("o_%07d", i)
	total := money.Of(int64(1_000+i%500_000), "EUR")
	o, err := order.Take(order.Incoming{
		ExternalID: id, Number: fmt.Sprintf("SO-%d", i), Currency: "EUR", Buyer: order.Buyer{Company: "Acme BV"},
		Lines: []order.IncomingLine{{SKU: "CHAIR", Name: "Chair", Quantity: 1, UnitPrice: total.Decimal(), TaxRate: decimal.Zero}},
	}, order.Intake{ID: id, Source: order.Source{Endpoint: "api"}, CustomerID: "c_1", At: at})
	if err != nil {
		return err
	}
	inv := invoice.NewDraft(invoice.Data{ID: "i_" + id, OrderID: id, CustomerID: "c_1", Currency: "EUR"}, nil)
	o.Drafted(inv.ID())
	limit := money.Of(1_000_000, "EUR")
	in := credit.Input{Amount: total, Receivable: money.Of(int64(i%700_000), "EUR"), Confirmed: money.Of(0, "EUR"), Overdue: money.Of(0, "EUR"), Limit: &limit, Orders: i, Channel: "api"}
	req := credit.Ask(id, "c_1", p.Cycle.Policy.Credit.Decide(in), at, at)
	for _, d := range []o2c.Document{o, inv, req} {
		if err := tx.Save(d); err != nil {
			return err
		}
	}
	return nil
}

// replayed reads all decisions page by page and decides them again.
func (p *program) replayed(r *credit.Replay) {
	p.t.Helper()
	after := ""
	for {
		var page struct {
			Items []struct {
				Decision credit.Verdict
				Reasons  []credit.Reason
				Digest   string `json:"policy_digest"`
				Inputs   credit.Input
			}
			Next string
		}
		a := p.get("/v1/credit-decisions?limit=1000&after=" + url.QueryEscape(after))
		if err := json.Unmarshal(a.raw, &page); err != nil {
			p.t.Fatal(err)
		}
		for _, i := range page.Items {
			r.Add(credit.Record{Decision: credit.Decision{Verdict: i.Decision, Reasons: i.Reasons, PolicyDigest: i.Digest, Input: i.Inputs}})
		}
		if after = page.Next; after == "" {
			return
		}
	}
}

// TestReplayThroughTheAPIReproducesHistory: what the API tells of the past is
// enough to decide it again, exactly.
func TestReplayThroughTheAPIReproducesHistory(t *testing.T) {
	p := newProgram(t)
	p.past(250)
	c := p.customer("Acme BV", map[string]any{"credit_limit": eur(10_000)})
	for i, cents := range []int64{4_000, 7_000, 260_000} {
		p.post("/v1/orders", sale(c, fmt.Sprint(i), cents)).is(201)
	}
	p.post("/v1/orders", saleIn(c, "usd", 5_000, "USD")).is(201)
	odd := sale(c, "odd", 1_000)
	odd["total"] = eur(2_000)
	p.post("/v1/orders", odd).is(201)
	r := credit.NewReplay(p.Cycle.Policy.Credit)
	p.replayed(r)
	if r.Decisions != 255 || r.Same != 255 || len(r.Broken) > 0 {
		t.Errorf("%d of %d are the same: %+v", r.Same, r.Decisions, r.Broken)
	}
	stricter := p.Cycle.Policy.Credit
	stricter.AutoApprove = money.Of(500, "EUR")
	r = credit.NewReplay(stricter)
	p.replayed(r)
	if r.Changed == 0 || r.Same+r.Changed > r.Decisions || len(r.Broken) > 0 {
		t.Errorf("under a stricter policy: %+v", r)
	}
}

// BenchmarkReplay replays histories; the figure to reach is 100,000 orders in a
// minute.
func BenchmarkReplay(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 100_000} {
		b.Run(fmt.Sprintf("orders=%d", n), func(b *testing.B) {
			p := newProgram(b)
			p.past(n)
			b.ResetTimer()
			for b.Loop() {
				r := credit.NewReplay(p.Cycle.Policy.Credit)
				p.replayed(r)
				if r.Same != n {
					b.Fatal(r.Same)
				}
			}
		})
	}
}
