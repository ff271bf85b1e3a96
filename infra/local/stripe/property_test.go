package stripe_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	stripego "github.com/stripe/stripe-go/v76"
	"pgregory.net/rapid"

	"duly/infra/local/stripe"
)

// Whatever happens in whatever order, every payout is the sum of its parts and
// what is left is on the balance, to the cent.
func TestMoneyIsNeitherMadeNorLost(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		b := start(t)
		b.api = b.direct
		ctx := context.Background()
		var intents []string
		var paidOut int64
		pick := func() string { return rapid.SampledFrom(intents).Draw(rt, "intent") }
		rt.Repeat(map[string]func(*rapid.T){
			"pay": func(rt *rapid.T) {
				method := rapid.SampledFrom([]string{stripe.IDEAL, stripe.Card, stripe.SEPADebit, stripe.BankTransfer}).Draw(rt, "method")
				outcome := rapid.SampledFrom([]string{"succeed", "succeed", "fail"}).Draw(rt, "outcome")
				s := b.session(rapid.Int64Range(50, 1_000_000).Draw(rt, "amount"))
				intents = append(intents, b.pay(s.ID, stripe.PayRequest{Method: method, Outcome: outcome}).PaymentIntent)
			},
			"refund": func(rt *rapid.T) {
				if len(intents) > 0 {
					r, err := b.server.Refund(ctx, pick(), rapid.Int64Range(0, 50_000).Draw(rt, "amount"))
					if err == nil && rapid.Bool().Draw(rt, "bounces") {
						_, _ = b.server.FailRefund(ctx, r.ID)
					}
				}
			},
			"chargeback": func(rt *rapid.T) {
				if len(intents) > 0 {
					outcome := rapid.SampledFrom([]string{"", "won", "lost"}).Draw(rt, "outcome")
					_, _ = b.server.Chargeback(ctx, stripe.ChargebackRequest{PaymentIntent: pick(), Outcome: outcome}) // refusals are fine
				}
			},
			"wait": func(rt *rapid.T) { b.advance(time.Duration(rapid.IntRange(1, 5).Draw(rt, "days")) * 24 * time.Hour) },
			"payout": func(rt *rapid.T) {
				p, err := b.server.Payout(ctx, "")
				if err != nil {
					return // nothing to pay out
				}
				paidOut += p.Amount
				var parts, fees int64
				list := &stripego.BalanceTransactionListParams{Payout: &p.ID}
				for i := b.api.BalanceTransactions.List(list); i.Next(); {
					if bt := i.BalanceTransaction(); bt.Type != "payout" {
						parts += bt.Amount - bt.Fee
						fees += bt.Fee
					}
				}
				if parts != p.Amount || fees != p.Fees {
					rt.Fatalf("payout of %d, fees %d; its parts make %d, fees %d", p.Amount, p.Fees, parts, fees)
				}
				if b.balance() != 0 {
					rt.Fatalf("%d stayed behind", b.balance())
				}
			},
		})
		var all int64
		list := &stripego.BalanceTransactionListParams{}
		list.Limit = stripego.Int64(100)
		for i := b.api.BalanceTransactions.List(list); i.Next(); {
			if bt := i.BalanceTransaction(); bt.Type != "payout" {
				all += bt.Net
			}
		}
		if all != paidOut+b.balance() {
			rt.Fatalf("movements make %d, paid out %d, on the balance %d", all, paidOut, b.balance())
		}
	})
}

// One key makes one session and one session takes money once, however many ask
// at the same moment.
func TestConcurrentCallers(t *testing.T) {
	b := start(t, func(o *stripe.Options) { o.Deliver = nil })
	var wg sync.WaitGroup
	var ids sync.Map
	for range 16 {
		wg.Go(func() {
			ids.Store(b.session(5000, func(p *stripego.CheckoutSessionParams) { p.SetIdempotencyKey("one") }).ID, true)
		})
	}
	wg.Wait()
	var paid atomic.Int32
	ids.Range(func(id, _ any) bool {
		for range 16 {
			wg.Go(func() {
				if _, err := b.server.Pay(context.Background(), id.(string), stripe.PayRequest{Method: stripe.IDEAL}); err == nil {
					paid.Add(1)
				}
			})
		}
		return true
	})
	wg.Wait()
	if n := len(b.server.Sessions()); n != 1 || paid.Load() != 1 {
		t.Fatalf("%d sessions, paid %d times", n, paid.Load())
	}
}
