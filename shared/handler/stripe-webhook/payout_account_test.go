package stripewebhook_test

import (
	"context"
	"testing"
	"time"

	"duly/infra/local/stripe"
	"duly/shared/o2c"
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/cash"
	"duly/shared/o2c/ledger"
	"duly/shared/testkit"
)

// byHand pays a part of the balance out and delivers what Stripe says of it.
func (k *till) byHand(t testing.TB, amount int64) stripe.Payout {
	t.Helper()
	k.Advance(time.Minute)
	out, err := k.stripe.PayoutByHand(context.Background(), "", amount)
	if err != nil {
		t.Fatal(err)
	}
	k.deliver(t)
	return out
}

// TestFC_94_AnotherPayoutAccountAtStripe: whoever changes the bank account at
// Stripe is found out with the first payout that goes there, at any hour and
// once; the payout is not taken for money that came.
func TestFC_94_AnotherPayoutAccountAtStripe(t *testing.T) {
	k := open42(t)
	k.Cycle.Policy.Room.Hours = calendar.Office{Days: k.Cycle.Policy.Days, From: 3, To: 4} // the room is quiet
	k.pays(t, stripe.PayRequest{Method: "card"})
	k.deliver(t)
	first := k.byHand(t, 1_000)
	before := k.byHand(t, 900)
	if got := k.Desk.News("payout_moved"); len(got) != 0 {
		t.Fatalf("the account that the house began with: %+v", got)
	}
	k.lands(t, first.Amount, first.Reference)
	k.stripe.MovePayouts()
	after := k.byHand(t, 800)
	told := k.Desk.News("payout_moved")
	if len(told) != 1 {
		t.Fatalf("%d alerts", len(told))
	}
	today := calendar.On(k.Now(), k.Cycle.Policy.Zone)
	if n := told[0]; n.Number != after.ID || n.Amount != testkit.EUR(800) || n.Until != today || n.ID != "ba_1LoopbackEUR2" ||
		n.Name != "ba_1LoopbackEUR1" || n.Detail != before.ID || n.Other != testkit.EUR(900) || n.From != today {
		t.Errorf("%+v", n)
	}
	for _, p := range testkit.Listed[cash.Payout](t, k.World, "payout") {
		d := p.Data()
		if d.Reference != after.ID {
			continue
		}
		if d.Destination != "ba_1LoopbackEUR2" || p.Arrived() || d.Landed != nil {
			t.Errorf("the payout that went elsewhere: %+v", d)
		}
	}
	k.books(t, map[string]int64{ledger.Bank: 1_000})
	trail, err := k.Cycle.Store.Events(context.Background(), o2c.Key{Kind: "payout-account", ID: o2c.Name("pa", "stripe", "EUR")})
	if err != nil || len(trail) != 2 || trail[0].Type != "payout_account.noted" || trail[1].Type != "payout_account.changed" {
		t.Errorf("the record: %+v %v", trail, err)
	}
	k.byHand(t, 700)
	if got := k.Desk.News("payout_moved"); len(got) != 1 {
		t.Errorf("the next payout there is told as well: %+v", got)
	}
	k.tied(t)
}

// TestFC_94_PayoutsThatAreReadLate: the outbox reads payouts in any order. One
// made before the account changed says nothing; one that went to a third account
// meanwhile does.
func TestFC_94_PayoutsThatAreReadLate(t *testing.T) {
	made := time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)
	of := func(account string, hour int) cash.PayoutAccountData {
		return cash.PayoutAccountData{ID: "pa_1", Destination: account, MadeAt: made.Add(time.Duration(hour) * time.Hour)}
	}
	a := cash.FirstPayoutAccount(of("ba_1", 1))
	for _, c := range []struct {
		next      cash.PayoutAccountData
		elsewhere bool
		then      string
	}{
		{of("ba_1", 2), false, "ba_1"},
		{of("ba_2", 5), true, "ba_2"},
		{of("ba_1", 3), false, "ba_2"},
		{of("ba_2", 4), false, "ba_2"},
		{of("ba_9", 4), true, "ba_2"},
		{of("ba_1", 6), true, "ba_1"},
	} {
		if got := a.Take(c.next); got != c.elsewhere || a.Data().Destination != c.then {
			t.Errorf("%+v: elsewhere %v, then %+v", c.next, got, a.Data())
		}
	}
}
