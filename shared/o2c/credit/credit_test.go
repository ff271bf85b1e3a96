package credit

import (
	"errors"
	"slices"
	"testing"
	"time"

	"duly/shared/o2c/money"
)

func eur(units int64) money.Amount { return money.Of(units*100, "EUR") }

func limit(units int64) *money.Amount {
	a := eur(units)
	return &a
}

func TestDecide(t *testing.T) {
	p := Policy{Version: "t", AutoApprove: eur(2500), OverdueDays: 14, OverdueAmount: eur(50), StockHours: 72}
	zero := Input{Receivable: eur(0), Confirmed: eur(0), Overdue: eur(0)}
	with := func(change func(*Input)) Input {
		in := zero
		change(&in)
		return in
	}
	for name, tc := range map[string]struct {
		in      Input
		verdict Verdict
		codes   []string
	}{
		"within the limit":          {with(func(in *Input) { in.Amount, in.Limit = eur(100), limit(100) }), Approve, []string{"within_limit"}},
		"no limit is unlimited":     {with(func(in *Input) { in.Amount, in.Receivable = eur(2500), eur(1_000_000) }), Approve, []string{"unlimited"}},
		"zero is prepay only":       {with(func(in *Input) { in.Amount, in.Limit = eur(1), limit(0) }), Refer, []string{"prepay_only"}},
		"zero and paid":             {with(func(in *Input) { in.Amount, in.Limit, in.Prepaid = eur(1), limit(0), true }), Approve, []string{"prepaid"}},
		"over by what is open":      {with(func(in *Input) { in.Amount, in.Receivable, in.Limit = eur(50), eur(100), limit(100) }), Refer, []string{"over_limit"}},
		"over by what is coming":    {with(func(in *Input) { in.Amount, in.Confirmed, in.Limit = eur(50), eur(100), limit(149) }), Refer, []string{"over_limit"}},
		"exactly at the limit":      {with(func(in *Input) { in.Amount, in.Confirmed, in.Limit = eur(50), eur(100), limit(150) }), Approve, []string{"within_limit"}},
		"overdue":                   {with(func(in *Input) { in.Amount, in.Overdue, in.OverdueDays, in.Limit = eur(50), eur(51), 15, limit(500) }), Refer, []string{"overdue"}},
		"a residual is ignored":     {with(func(in *Input) { in.Amount, in.Overdue, in.OverdueDays, in.Limit = eur(50), eur(50), 300, limit(500) }), Approve, []string{"within_limit"}},
		"late, but not late enough": {with(func(in *Input) { in.Amount, in.Overdue, in.OverdueDays, in.Limit = eur(50), eur(90), 14, limit(500) }), Approve, []string{"within_limit"}},
		"above the ceiling":         {with(func(in *Input) { in.Amount = eur(2501) }), Refer, []string{"above_auto_approve"}},
		"blocked and over":          {with(func(in *Input) { in.Amount, in.Limit, in.Blocked = eur(200), limit(100), true }), Decline, []string{"blocked", "over_limit"}},
		"two reasons":               {with(func(in *Input) { in.Amount, in.Limit = eur(3000), limit(100) }), Refer, []string{"over_limit", "above_auto_approve"}},
	} {
		d := p.Decide(tc.in)
		var codes []string
		for _, r := range d.Reasons {
			codes = append(codes, r.Code)
			if r.Text == "" || r.Numbers == nil {
				t.Errorf("%s: reason %s says nothing", name, r.Code)
			}
		}
		if d.Verdict != tc.verdict || !slices.Equal(codes, tc.codes) || d.PolicyVersion != "t" {
			t.Errorf("%s: %s because of %v, want %s because of %v", name, d.Verdict, codes, tc.verdict, tc.codes)
		}
	}
}

func TestARequestIsAnsweredOnce(t *testing.T) {
	at := time.Date(2026, 1, 5, 14, 2, 0, 0, time.UTC)
	r := Ask("o_1", "c_1", Decision{Verdict: Refer, Input: Input{Amount: eur(1)}}, at, at.Add(time.Hour))
	if err := r.Approve("slack:U1", at, Conditions{}, ""); err != nil {
		t.Fatal(err)
	}
	var done *Answered
	if err := r.Decline("slack:U2", at.Add(time.Minute), "no"); !errors.As(err, &done) || done.By != "slack:U1" || done.Status != Approved {
		t.Errorf("the second answer: %v", err)
	}
	if d := r.Data(); d.Status != Approved || d.DecidedBy != "slack:U1" || d.Reason != "" {
		t.Errorf("the second answer changed %+v", d)
	}
	if _, due := r.Due(); !due.IsZero() {
		t.Error("an answered request waits for its deadline")
	}
}

func TestStockExpires(t *testing.T) {
	at := time.Date(2026, 1, 5, 14, 0, 0, 0, time.UTC)
	r := Ask("o_1", "c_1", Decision{Verdict: Refer}, at, at.Add(time.Hour))
	if r.StockExpired(at.Add(59*time.Minute)) || !r.StockExpired(at.Add(time.Hour)) {
		t.Error("the deadline is not where it was set")
	}
	if r.LetGo(); r.StockExpired(at.Add(2 * time.Hour)) {
		t.Error("stock expires twice")
	}
}
