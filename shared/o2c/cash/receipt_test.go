package cash

import (
	"math/bits"
	"testing"

	"pgregory.net/rapid"

	"duly/shared/o2c/money"
)

func eur(cents int64) money.Amount { return money.Of(cents, "EUR") }

// TestAReceiptNeverGivesMoreThanItIs drives a receipt with whatever people and
// providers may do to it (I2).
func TestAReceiptNeverGivesMoreThanItIs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r, err := NewReceipt(ReceiptData{ID: "r", Amount: eur(rapid.Int64Range(1, 10_000).Draw(t, "amount"))})
		if err != nil {
			t.Fatal(err)
		}
		amount := func(t *rapid.T) money.Amount { return eur(rapid.Int64Range(-5, 12_000).Draw(t, "a")) }
		t.Repeat(map[string]func(*rapid.T){
			"apply": func(t *rapid.T) {
				a, before := amount(t), r.Unapplied()
				if _, err := r.Apply(Application{InvoiceID: "i", Number: "2026-0001", Amount: a, Why: "why"}); (err == nil) != (a.IsPositive() && a.Cmp(before) <= 0) {
					t.Fatalf("%s of %s: %v", a, before, err)
				}
			},
			"undo": func(t *rapid.T) {
				n := rapid.IntRange(0, len(r.Data().Applications)+1).Draw(t, "n")
				open := n >= 1 && n <= len(r.Data().Applications) && !r.Data().Applications[n-1].Undone
				if _, err := r.Undo(n); (err == nil) != open {
					t.Fatalf("undo %d: %v", n, err)
				}
			},
			"refund": func(t *rapid.T) {
				a, before := amount(t), r.Unapplied()
				if err := r.Refund(a); (err == nil) != (a.IsPositive() && a.Cmp(before) <= 0) {
					t.Fatalf("%s of %s: %v", a, before, err)
				}
			},
			"": func(t *rapid.T) {
				sum := r.Unapplied().Plus(r.Data().Refunded)
				for _, a := range r.Data().Applications {
					if !a.Undone {
						sum = sum.Plus(a.Amount)
					}
				}
				if sum != r.Data().Amount || r.Unapplied().IsNegative() {
					t.Fatalf("%s is %s", r.Data().Amount, sum)
				}
			},
		})
	})
}

func TestNoReceiptOfNothing(t *testing.T) {
	for _, cents := range []int64{0, -1} {
		if _, err := NewReceipt(ReceiptData{Amount: eur(cents)}); err == nil {
			t.Errorf("a receipt of %d cents", cents)
		}
	}
}

func TestPayoutThatDoesNotAddUpIsNeverBalanced(t *testing.T) {
	good := PayoutData{ID: "po", Charges: eur(1000), Fees: eur(29), Refunds: eur(100), Net: eur(871)}
	if p := NewPayout(good); p.Data().Problem != "" {
		t.Error(p.Data().Problem)
	}
	bad := good
	bad.Net = eur(870)
	if p := NewPayout(bad); p.Data().Problem == "" || p.Data().Net != eur(870) {
		t.Errorf("%+v", p.Data())
	}
	mixed := good
	mixed.Fees = money.Of(29, "USD")
	if p := NewPayout(mixed); p.Data().Problem == "" {
		t.Error("fees in another currency add up")
	}
	p := NewPayout(good)
	if err := p.Land("k", money.Of(871, "USD")); err == nil {
		t.Error("landed in another currency")
	}
	if err := p.Land("k", eur(870)); err != nil || p.Land("l", eur(871)) == nil {
		t.Errorf("landed twice, or not at all: %v", err)
	}
	p.Prove(eur(0), nil, []Movement{{Amount: eur(500), Fee: eur(0)}, {Amount: eur(-3), Fee: eur(-2)}})
	if d := p.Data(); d.Code != WhyBank || d.Gap != eur(-1) || d.Unexplained() != eur(1) || len(d.Causes) != 1 || d.Causes[0].Amount != eur(-3) {
		t.Errorf("a cent less came: %+v", d)
	}
	if err := p.Explain("the bank charged it", "slack:U1", "4500"); err != nil || !p.Data().Unexplained().IsZero() || p.Explain("again", "slack:U2", "") == nil {
		t.Errorf("explained: %v, %+v", err, p.Data())
	}
}

// TestSmallestFindsTheFewest: of all sets that explain a gap, none is smaller
// than the one that is found, and what is found explains it.
func TestSmallestFindsTheFewest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var from []Movement
		for _, n := range rapid.SliceOfN(rapid.Int64Range(-50, 50), 1, 9).Draw(t, "amounts") {
			from = append(from, Movement{Amount: eur(n), Fee: eur(0)})
		}
		gap := eur(rapid.Int64Range(-60, 60).Filter(func(n int64) bool { return n != 0 }).Draw(t, "gap"))
		fewest := 0
		for mask := 1; mask < 1<<len(from); mask++ {
			sum, size := int64(0), bits.OnesCount(uint(mask))
			for i, p := range from {
				if mask>>i&1 == 1 {
					sum += p.Amount.Minor
				}
			}
			if sum == gap.Minor && size <= causesMax && (fewest == 0 || size < fewest) {
				fewest = size
			}
		}
		found, sum := Smallest(gap, from), eur(0)
		for _, p := range found {
			sum = sum.Plus(p.Net())
		}
		if len(found) != fewest || (fewest > 0 && sum != gap) {
			t.Fatalf("%d movements make %s of %s; %d do", len(found), sum, gap, fewest)
		}
	})
}
