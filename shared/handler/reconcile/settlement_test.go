package reconcile_test

import (
	"context"
	"io"
	"os"
	"testing"
	"time"

	"duly/shared/bank"
	"duly/shared/handler/reconcile"
	"duly/shared/handler/trigger"
	"duly/shared/o2c"
	"duly/shared/o2c/cash"
	"duly/shared/pay"
	"duly/shared/testkit"
)

// TestASettlementFileAmongTheBanks is taken in as what it is, once.
func TestASettlementFileAmongTheBanks(t *testing.T) {
	w := testkit.NewWorld(t)
	h := reconcile.New(reconcile.Deps{
		Cycle: w.Cycle, Now: w.Now, Log: testkit.Silent(),
		Fetch: func(context.Context, string) ([]byte, error) { return os.ReadFile("../../settle/testdata/klarna.csv") },
		Read:  func(r io.Reader) ([]cash.Statement, error) { return bank.Read(r) },
	})
	for range 2 {
		if err := h.Arrival(context.Background(), trigger.Arrival{Key: "bank/klarna.csv"}); err != nil {
			t.Fatal(err)
		}
		w.Settle(t)
	}
	if all := testkit.Listed[cash.Payout](t, w, "payout"); len(all) != 1 || all[0].Data().Gateway != "klarna" {
		t.Errorf("%d payouts", len(all))
	}
	if n := len(testkit.CardsOf[o2c.PayoutCard](w.Desk)); n != 1 {
		t.Errorf("%d cards about movements that nobody knows", n)
	}
}

// TestThePollerKeepsItsPlace only when all that it read was acted upon.
func TestThePollerKeepsItsPlace(t *testing.T) {
	w := testkit.NewWorld(t)
	var asked []time.Time
	ahead := []pay.Message{{ID: "evt_1", Event: o2c.MoneyBack{Gateway: "stripe", Ref: "pi_1", Total: testkit.EUR(100), At: w.Now()}}}
	h := reconcile.New(reconcile.Deps{Cycle: w.Cycle, Now: w.Now, Log: testkit.Silent(), Missed: func(_ context.Context, since time.Time) ([]pay.Message, error) {
		asked = append(asked, since)
		return ahead, nil
	}})
	if err := h.Tick(context.Background(), trigger.Tick{}); err == nil {
		t.Error("a refund ahead of its payment is done")
	}
	ahead = nil
	for range 2 {
		w.Advance(time.Hour)
		if err := h.Tick(context.Background(), trigger.Tick{}); err != nil {
			t.Fatal(err)
		}
	}
	if len(asked) != 3 || asked[1].Sub(asked[0]) != time.Hour || w.Now().Sub(asked[2]) != time.Hour+15*time.Minute {
		t.Errorf("asked since %v, now %s", asked, w.Now())
	}
}
