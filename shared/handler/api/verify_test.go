package api

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"duly/infra/local/bank"
	"duly/shared/handler/digest"
	"duly/shared/handler/trigger"
	"duly/shared/o2c"
	"duly/shared/o2c/cash"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/kpi"
	"duly/shared/testkit"
)

// TestFC_73_FiguresAreTheirRecomputation: after whatever a month brings, folded
// once, twice or in another order, the running figures are what the events say.
func TestFC_73_FiguresAreTheirRecomputation(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		p := newProgram(t)
		m := month{program: p, bank: bank.New(bank.Account{IBAN: p.Cycle.Policy.Seller.IBAN, Owner: "x", OpeningMinor: 50_000, Zone: p.Cycle.Policy.Zone})}
		m.who = p.customer("Acme BV", map[string]any{"credit_limit": nil})
		for range rapid.IntRange(1, 6).Draw(r, "steps") {
			m.step(r)
		}
		var of []o2c.Key
		for _, inv := range testkit.Listed[invoice.Invoice](t, p.World, "invoice") {
			of = append(of, o2c.KeyOf(inv))
		}
		for _, rc := range testkit.Listed[cash.Receipt](t, p.World, "receipt") {
			of = append(of, o2c.KeyOf(rc))
		}
		for _, k := range rapid.Permutation(of).Draw(r, "again") {
			if err := p.Cycle.Fold(ctx, p.Now(), k); err != nil {
				r.Fatal(err)
			}
		}
		report, err := p.Cycle.Verify(ctx)
		if err != nil || !report.OK() {
			r.Fatalf("%v\n%s", err, report)
		}
	})
}

// TestTheBooksAreVerifiedAtNight: the team reads in the morning that they agree,
// and at once when they do not; the figure is there for the alarm either way.
func TestTheBooksAreVerifiedAtNight(t *testing.T) {
	p := newProgram(t)
	p.invoiced(p.customer("Acme BV", nil), "1", 12_100)
	var metrics bytes.Buffer
	h := digest.New(digest.Deps{Cycle: p.Cycle, Now: p.Now, Seals: p.Desk, Metrics: &metrics})
	night := func(want string) {
		metrics.Reset()
		if err := h.Tick(ctx, trigger.Tick{Schedule: "verify"}); err != nil {
			t.Fatal(err)
		}
		p.Settle(t)
		if !strings.Contains(metrics.String(), `"InvariantsBroken":`+want+"}") {
			t.Errorf("metrics %s", metrics.String())
		}
	}
	night("0")
	if n := len(testkit.CardsOf[o2c.NoticeCard](p.Desk)); n != 0 {
		t.Errorf("%d notices about books that agree", n)
	}
	err := p.Cycle.Store.Update(ctx, func(ctx context.Context, tx *o2c.Tx) error {
		tx.By(p.Stamp("test"))
		var f kpi.Figures
		if err := tx.Get(ctx, "EUR", &f); err != nil {
			return err
		}
		f.Swap(kpi.Contribution{}, kpi.Contribution{Unexplained: 500, Waiting: 1})
		return tx.Save(&f)
	})
	if err != nil {
		t.Fatal(err)
	}
	night("1")
	notices := testkit.CardsOf[o2c.NoticeCard](p.Desk)
	if len(notices) != 1 || !strings.Contains(notices[0].Text+notices[0].Notice.Why, "5.00 EUR") {
		t.Errorf("%+v", notices)
	}
	if err := h.Tick(ctx, trigger.Tick{Schedule: "digest"}); err != nil {
		t.Fatal(err)
	}
	p.Settle(t)
	if cards := testkit.CardsOf[o2c.DigestCard](p.Desk); len(cards) != 1 || cards[0].Verified == nil || cards[0].Verified.Broken != 1 {
		t.Errorf("%+v", cards)
	}
}
