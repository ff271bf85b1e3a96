package api

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"time"

	"duly/shared/o2c"
)

// TestRunningTotalsEqualTheirRecomputation: whatever happens to orders and
// customers, in whatever order, the counters that decide on credit say what the
// documents say.
func TestRunningTotalsEqualTheirRecomputation(t *testing.T) {
	for seed := range uint64(6) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			w := &walker{program: newProgram(t), dice: rand.New(rand.NewPCG(seed, 1))}
			for i := range 3 {
				w.customers = append(w.customers, w.customer(fmt.Sprintf("Customer %d BV", i), map[string]any{"credit_limit": eur(40_000)}))
			}
			for step := range 60 {
				w.step(step)
			}
			w.verified()
		})
	}
}

// walker does anything to anybody.
type walker struct {
	*program
	dice      *rand.Rand
	customers []string
	orders    []string
}

func (w *walker) one(of []string) string { return of[w.dice.IntN(len(of))] }

func (w *walker) step(n int) {
	if len(w.orders) == 0 || w.dice.IntN(3) == 0 {
		o := w.post("/v1/orders", saleIn(w.one(w.customers), fmt.Sprint(n), int64(1_000+w.dice.IntN(20_000)), []string{"EUR", "EUR", "EUR", "USD"}[w.dice.IntN(4)])).is(201)
		w.orders = append(w.orders, o.text("id"))
		return
	}
	id := w.one(w.orders)
	decision := func(how string) map[string]any {
		return map[string]any{"decision": how, "as_user": "U07ADMIN", "reason": "because of the test"}
	}
	switch w.dice.IntN(9) {
	case 0:
		w.post("/v1/orders/"+id+"/credit-decision", decision("approve"))
	case 1:
		w.post("/v1/orders/"+id+"/credit-decision", decision("decline"))
	case 2, 3:
		w.post("/v1/orders/"+id+"/shipments", nil)
	case 4:
		w.post("/v1/orders/"+id+"/cancel", map[string]any{"reason": "test"})
	case 5:
		w.payOrCredit(id)
	case 6:
		w.Advance(time.Duration(w.dice.IntN(20*24)) * time.Hour)
	case 7:
		group := any(w.customers[0])
		if w.dice.IntN(2) == 0 {
			group = nil
		}
		w.ask(http.MethodPatch, "/v1/customers/"+w.customers[1+w.dice.IntN(2)], map[string]any{"group": group}, nil)
	case 8:
		limit := any(eur(int64(w.dice.IntN(80_000))))
		if w.dice.IntN(3) == 0 {
			limit = nil
		}
		w.ask(http.MethodPatch, "/v1/customers/"+w.one(w.customers), map[string]any{"credit_limit": limit}, nil)
	}
	w.Settle(w.t)
}

func (w *walker) payOrCredit(id string) {
	o := w.get("/v1/orders/" + id)
	if o.len("invoices") == 0 {
		return
	}
	number := o.text("invoices.0")
	open := w.invoice(number).Open.Minor
	switch {
	case open > 1 && w.dice.IntN(3) == 0:
		w.paid(number, open/2)
	case open > 0 && w.dice.IntN(2) == 0:
		w.paid(number, open)
	default:
		w.post("/v1/invoices/"+number+"/credit-notes", map[string]any{})
	}
	if receipts := w.get("/v1/receipts"); w.dice.IntN(3) == 0 && receipts.len("items") > 0 { // and sometimes taken back
		w.ask(http.MethodDelete, "/v1/receipts/"+receipts.text("items.0.id")+"/applications/1", nil, nil)
	}
}

// TestTotalsDoNotGrowWithTheYears: what a decision reads stays as small after
// four years of trade as it was after one.
func TestTotalsDoNotGrowWithTheYears(t *testing.T) {
	p := newProgram(t)
	c := p.customer("Acme BV", nil)
	sizes := map[int]int{}
	for month := range 48 {
		number := p.invoiced(c, fmt.Sprint(month), 1_000)
		p.Advance(30 * 24 * time.Hour)
		p.paid(number, 1_000)
		counters, err := p.Cycle.Store.Count(ctx, o2c.Key{Kind: "exposure", ID: c}, o2c.Key{Kind: "payer", ID: c})
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range counters {
			sizes[month/12] = max(sizes[month/12], len(n.Values))
			for name := range n.Values {
				if strings.Contains(name, " ") {
					t.Errorf("odd value %q", name)
				}
			}
		}
	}
	if sizes[3] > sizes[2] || sizes[3] > 40 {
		t.Errorf("values of a counter by year: %v", sizes)
	}
	p.verified()
}
