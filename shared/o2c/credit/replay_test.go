package credit

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/money"
)

// anyInput draws what a decision may look at.
func anyInput(t *rapid.T) Input {
	amount := func(name string) money.Amount { return eur(rapid.Int64Range(0, 5000).Draw(t, name)) }
	in := Input{
		Amount: amount("amount"), Receivable: amount("receivable"), Confirmed: amount("confirmed"), Overdue: eur(0), Orders: rapid.IntRange(0, 5).Draw(t, "orders"),
		On: calendar.Date{Year: 2026, Month: 3, Day: 1}, Since: calendar.Date{Year: 2026, Month: 1, Day: rapid.IntRange(1, 31).Draw(t, "since")},
		Blocked: rapid.Bool().Draw(t, "blocked"), Prepaid: rapid.Bool().Draw(t, "prepaid"), Channel: rapid.SampledFrom([]string{"api", "shop"}).Draw(t, "channel"),
		Rating: Rating{Band: rapid.SampledFrom([]string{"", "A", "C", "E"}).Draw(t, "band"), Paid: amount("paid")},
	}
	if rapid.Bool().Draw(t, "limited") {
		l := amount("limit")
		in.Limit = &l
	}
	for i := range rapid.IntRange(0, 3).Draw(t, "late") {
		l := Late{Days: 40 - 10*i, Open: amount("open")}
		in.Late, in.Overdue, in.OverdueDays = append(in.Late, l), in.Overdue.Plus(l.Open), max(in.OverdueDays, l.Days)
	}
	if rapid.Bool().Draw(t, "odd") {
		in.Mismatch = &Mismatch{Said: amount("said"), Lines: amount("lines")}
	}
	return in
}

func house() Policy {
	return Policy{
		Version: "t", AutoApprove: eur(2500), OverdueDays: 14, OverdueAmount: eur(50), StockHours: 72, New: NewCustomers{Orders: 2, Days: 30, AutoApprove: eur(500)},
		Bands: []BandCeiling{{"A", eur(4000)}, {"E", eur(0)}}, Channels: []ChannelRule{{Endpoint: "shop", AutoApprove: limit(1000)}},
	}
}

// TestReplayUnderTheSamePolicyReproducesHistory: whatever a decision was taken
// on, what is stored of it as JSON gives the very same one again.
func TestReplayUnderTheSamePolicyReproducesHistory(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := house()
		d := p.Decide(anyInput(t))
		stored, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		var read Decision
		if err := json.Unmarshal(stored, &read); err != nil {
			t.Fatal(err)
		}
		r := NewReplay(p)
		r.Add(Record{Decision: read, Status: Approved})
		if r.Same != 1 || r.Changed != 0 || len(r.Broken) > 0 {
			t.Fatalf("%s is decided otherwise: %+v", stored, p.Decide(read.Input))
		}
	})
}

func TestReplayUnderAnotherPolicy(t *testing.T) {
	at := time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)
	strict := house()
	strict.AutoApprove, strict.New, strict.Bands, strict.Channels = eur(100), NewCustomers{}, nil, nil
	was := house()
	was.New, was.Bands, was.Channels = NewCustomers{}, nil, nil
	record := func(units int64, status, by string, waited time.Duration, out Outcome) Record {
		return Record{
			OrderID: fmt.Sprint(units), Decision: was.Decide(Input{Amount: eur(units), Receivable: eur(0), Confirmed: eur(0), Overdue: eur(0)}),
			Status: status, DecidedBy: by, AskedAt: at, DecidedAt: at.Add(waited), Outcome: out,
		}
	}
	history := []Record{
		record(50, Approved, "policy", 0, Outcome{Paid: true}),
		record(200, Approved, "policy", 0, Outcome{Paid: true, DaysLate: 3}),
		record(300, Approved, "policy", 0, Outcome{Defaulted: true, DaysLate: 120}),
		record(3000, Approved, "slack:U04", 48*time.Hour, Outcome{Paid: true}),
		record(4000, Declined, "slack:U04", 24*time.Hour, Outcome{}),
	}
	replay := func(p Policy) *Replay {
		r := NewReplay(p)
		for _, h := range history {
			r.Add(h)
		}
		r.Close()
		return r
	}
	r := replay(strict)
	if r.Changed != 2 || r.BlockedPaid != (Tally{1, eur(200)}) || r.AvoidedDefault != (Tally{1, eur(300)}) || r.Asked != (Tally{2, eur(500)}) || r.WouldWait != 72*time.Hour || len(r.Examples) != 2 {
		t.Errorf("stricter: %+v", r)
	}
	generous := was
	generous.AutoApprove = eur(3500)
	if r := replay(generous); r.Changed != 1 || r.Freed != (Tally{1, eur(3000)}) || r.Waited != 48*time.Hour || r.Same != 3 {
		t.Errorf("more generous: %+v", r)
	}
	if r := replay(was); r.Same != 5 || len(r.Broken) != 0 {
		t.Errorf("the same: %+v", r)
	}
}

func TestRating(t *testing.T) {
	var h History
	h[0] = Quarter{Payments: 2, Paid: 100_000, LateDays: 0}
	h[7] = Quarter{Payments: 2, Paid: 800_000, LateDays: 8_000_000, Broken: 8} // two years ago: an eighth
	r := Rate(h, nil, "EUR")
	// 100,000 × 0 + 100,000 × 10 days, of 200,000: 5 days, 10 points; 8 broken × 5 ÷ 8: 5 points
	if r.DaysLate != 5 || r.ForDays != 10 || r.ForWord != 5 || r.Score != 85 || r.Band != "A" || r.Paid != money.Of(100_000, "EUR") || r.Payments != 4 {
		t.Errorf("%+v", r)
	}
	late := []Late{{Days: 60, Open: money.Of(200_000, "EUR")}} // what is late now counts as if it were paid today
	if r := Rate(h, late, "EUR"); r.DaysLate != 33 || r.Band != "D" {
		t.Errorf("%+v", r)
	}
	if r := Rate(History{}, late, "EUR"); r.Band != "" {
		t.Errorf("rated on one due date: %+v", r)
	}
	p := Propose(Rating{Band: "B", DaysLate: 6, Paid: money.Of(2_400_000, "EUR")}, 30, 400, limit(3000))
	if p.Before != eur(3600) || p.Limit != eur(3000) || p.String() != "24000.00 EUR paid in 12 months × (30 + 6) days ÷ 30 × 150 %, rounded down to hundreds = 3600.00 EUR, at most 3000.00 EUR" {
		t.Errorf("%+v %s", p, p)
	}
}

// BenchmarkDecide is the policy alone: what it looks at does not grow with the
// customer's past.
func BenchmarkDecide(b *testing.B) {
	p := house()
	for _, dues := range []int{0, LateMax} {
		b.Run(fmt.Sprintf("late=%d", dues), func(b *testing.B) {
			in := Input{Amount: eur(3000), Receivable: eur(9000), Confirmed: eur(500), Limit: limit(10_000), Overdue: eur(int64(dues)), Channel: "api", Rating: Rating{Band: "C"}}
			for i := range dues {
				in.Late = append(in.Late, Late{Days: dues - i, Open: eur(1)})
			}
			b.ReportAllocs()
			for b.Loop() {
				if d := p.Decide(in); d.Verdict != Refer {
					b.Fatal(d)
				}
			}
		})
	}
}
