package invoice

import (
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"duly/shared/o2c/money"
	"duly/shared/o2c/statute"
)

// TestNotesAddUpToTheInvoice: however an invoice is cut into credit notes, none
// is below zero, together they never exceed it, and when nothing is left they
// are its net, its tax of every rate and its total, to the cent.
func TestNotesAddUpToTheInvoice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		inv := anyInvoice(t)
		d := inv.Data()
		for n := 1; !inv.Data().Exhausted(); n++ {
			before := inv.Data()
			note, taken, err := inv.CreditNote("n", anyTaking(t, before), d.CreatedAt)
			if err != nil {
				if _, _, err = inv.CreditNote("n", nil, d.CreatedAt); err != nil {
					break // only units without a price are left
				}
				continue
			}
			made := note.Data()
			note.Prepare(seller, day)
			if err := note.Issue("c", "CN2026-0001", day); err != nil {
				t.Fatal(err)
			}
			if made.Total != made.Net.Plus(made.Tax).Plus(made.Rounding) || made.Total.IsNegative() {
				t.Fatalf("a note of %s: %s + %s + %s", made.Total, made.Net, made.Tax, made.Rounding)
			}
			settled, err := inv.Credit(note.Data(), taken)
			if err != nil || settled != made.Total || !inv.Intact() {
				t.Fatalf("%s of %s settled: %v", settled, made.Total, err)
			}
			if sum := inv.Data().Credited(); sum.Cmp(d.Total) > 0 || inv.Open() != d.Total.Minus(sum) {
				t.Fatalf("%s of %s credited, %s open", sum, d.Total, inv.Open())
			}
			taxAddsUp(t, d, inv.Data().Notes)
		}
		if inv.Data().Exhausted() && (inv.Status() != Credited || !inv.Open().IsZero() || inv.Data().Credited() != d.Total) {
			t.Fatalf("%s with %s open, %s of %s credited", inv.Status(), inv.Open(), inv.Data().Credited(), d.Total)
		}
	})
}

// taxAddsUp compares what the notes took of each rate with the tax on all of it.
func taxAddsUp(t *rapid.T, d Data, notes []Note) {
	var taken []Taken
	var net int64
	for _, n := range notes {
		taken = append(taken, n.Lines...)
	}
	for _, row := range statute.Breakdown(d.taxable(taken)) {
		net += row.Base.Minor
		if row.Base.Percent(row.Rate) != row.Tax {
			t.Fatalf("%s at %s %%: %s", row.Base, row.Rate, row.Tax)
		}
	}
	if net > d.Net.Minor {
		t.Fatalf("%d net credited of %s", net, d.Net)
	}
}

func anyInvoice(t *rapid.T) *Invoice {
	data := Data{ID: "i_1", CustomerID: "c_1", Buyer: Buyer{Name: "Acme BV", Address: here}, Currency: "EUR", SuppliedOn: day}
	var taxable []statute.Taxable
	for n := range rapid.IntRange(1, 4).Draw(t, "lines") {
		l := Line{
			N: n + 1, SKU: rapid.SampledFrom([]string{"A", "B"}).Draw(t, "sku"), Name: "Chair", Quantity: rapid.Int64Range(1, 7).Draw(t, "quantity"), Category: statute.Standard,
			Net: money.Of(rapid.Int64Range(0, 1000).Draw(t, "net"), "EUR"), TaxRate: decimal.NewFromInt(rapid.SampledFrom([]int64{0, 9, 21}).Draw(t, "rate")),
		}
		data.Lines = append(data.Lines, l)
		taxable = append(taxable, statute.Taxable{Net: l.Net, Category: l.Category, Rate: l.TaxRate})
	}
	net, tax := statute.Totals(statute.Breakdown(taxable))
	data.Rounding = money.Of(max(-net.Plus(tax).Minor, rapid.Int64Range(-4, 4).Draw(t, "rounding")), "EUR")
	inv := NewDraft(data, taxable)
	inv.Prepare(seller, day)
	if err := inv.Issue("s", "2026-0001", day); err != nil {
		t.Fatal(err)
	}
	return inv
}

func anyTaking(t *rapid.T, d Data) []Taking {
	if rapid.IntRange(0, 9).Draw(t, "all") == 0 {
		return nil
	}
	a := Taking{Quantity: rapid.Int64Range(0, 3).Draw(t, "units")}
	if rapid.Bool().Draw(t, "by sku") {
		a.SKU = rapid.SampledFrom([]string{"A", "B"}).Draw(t, "sku")
	} else {
		a.N = rapid.IntRange(1, len(d.Lines)).Draw(t, "line")
	}
	if rapid.IntRange(0, 3).Draw(t, "cheaper") == 0 {
		cut := money.Of(rapid.Int64Range(1, 50).Draw(t, "cut"), "EUR")
		a.UnitPrice = &cut
	}
	return []Taking{a}
}

func TestACreditNoteIsRefusedBeyondWhatIsLeft(t *testing.T) {
	inv := issued(t) // 2 chairs of 40.00
	five := money.Of(500, "EUR")
	dear := money.Of(4001, "EUR")
	dollars := money.Of(500, "USD")
	for _, tt := range []struct {
		asked Taking
		want  string
	}{
		{Taking{N: 1, Quantity: 3}, "3 of Chair cannot be credited; 2 are left"},
		{Taking{N: 2, Quantity: 1}, "has no line 2"},
		{Taking{SKU: "X"}, `SKU "X"`},
		{Taking{}, "has no line 0"},
		{Taking{N: 1, Quantity: -1}, "-1 of Chair cannot"},
		{Taking{N: 1, Quantity: 2, UnitPrice: &dear}, "cannot be taken off Chair"},
		{Taking{N: 1, Quantity: 2, UnitPrice: &dollars}, "USD"},
		{Taking{N: 1, Quantity: 3, UnitPrice: &five}, "2 are left"},
	} {
		if _, _, err := inv.CreditNote("n", []Taking{tt.asked}, inv.Data().CreatedAt); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%+v: %v, want %q", tt.asked, err, tt.want)
		}
	}
	if _, _, err := inv.CreditNote("n", []Taking{{N: 1, Quantity: 1}, {N: 1, Quantity: 1}}, inv.Data().CreatedAt); err == nil {
		t.Error("a line was named twice")
	}
	if _, _, err := draft().CreditNote("n", nil, inv.Data().CreatedAt); err == nil {
		t.Error("a draft was credited")
	}
}

// TestTwoThingsSettleAnInvoice: what was partly paid and partly credited is
// paid; when the payment goes back, only that is open again.
func TestTwoThingsSettleAnInvoice(t *testing.T) {
	inv := issued(t)
	half, taken, err := inv.CreditNote("n", []Taking{{N: 1, Quantity: 1}}, inv.Data().CreatedAt)
	if err != nil {
		t.Fatal(err)
	}
	if settled, err := inv.Credit(half.Data(), taken); err != nil || settled.Minor != 4840 || inv.Status() != Issued {
		t.Fatalf("%s settled, %s: %v", settled, inv.Status(), err)
	}
	if err := inv.Settle("pay", inv.Open(), day); err != nil || inv.Status() != Paid {
		t.Fatalf("%s: %v", inv.Status(), err)
	}
	if err := inv.Reopen(money.Of(4841, "EUR")); err == nil {
		t.Error("more came back than was paid")
	}
	if err := inv.Reopen(money.Of(4840, "EUR")); err != nil || inv.Status() != Issued {
		t.Errorf("%s: %v", inv.Status(), err)
	}
}
