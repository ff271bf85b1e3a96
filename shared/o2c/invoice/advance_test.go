package invoice

import (
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"duly/shared/o2c/money"
	"duly/shared/o2c/statute"
)

// bill is an order as the netting sees it: net amounts per shipment and rate,
// and a total that prevails.
type bill struct {
	parts [][]statute.Taxable
	total money.Amount
}

func (b bill) all() (rows []statute.Taxable) {
	for _, p := range b.parts {
		rows = append(rows, p...)
	}
	return rows
}

func gross(rows []statute.Taxable) money.Amount {
	net, tax := statute.Totals(statute.Breakdown(rows))
	return net.Plus(tax)
}

// invoices nets the deposit off every part, as Ship and Issue do.
func (b bill) invoices(deposit *Invoice) []*Invoice {
	var made []*Invoice
	billed := money.Of(0, b.total.Currency)
	for k, part := range b.parts {
		var rest []statute.Taxable
		for _, later := range b.parts[k+1:] {
			rest = append(rest, later...)
		}
		total := gross(part)
		if k == len(b.parts)-1 {
			total = b.total.Minus(billed)
		}
		billed = billed.Plus(total)
		lines, preceding := deposit.Net(string(rune('a'+k)), Part{Lines: part, Rest: rest, Total: total, RestTotal: b.total.Minus(billed)})
		for _, r := range part {
			lines = append(lines, Line{Quantity: 1, Net: r.Net, UnitPrice: r.Net, TaxRate: r.Rate, Category: r.Category})
		}
		rows := taxableOf(lines)
		d := Data{Currency: b.total.Currency, Lines: lines, Preceding: []Preceding{preceding}, Rounding: total.Minus(preceding.Amount).Minus(gross(rows))}
		made = append(made, NewDraft(d, rows))
	}
	return made
}

func drawBill(t *rapid.T, currency string) bill {
	var b bill
	for range rapid.IntRange(1, 6).Draw(t, "shipments") {
		var part []statute.Taxable
		for range rapid.IntRange(1, 4).Draw(t, "lines") {
			rate := rapid.SampledFrom([]int64{0, 9, 21}).Draw(t, "rate")
			net := rapid.Int64Range(0, rapid.SampledFrom([]int64{5, 500, 1_000_000}).Draw(t, "size")).Draw(t, "net")
			part = append(part, statute.Taxable{Net: money.Of(net, currency), Category: statute.Standard, Rate: decimal.NewFromInt(rate)})
		}
		b.parts = append(b.parts, part)
	}
	last := &b.parts[len(b.parts)-1] // large enough to take what rounding leaves
	*last = append(*last, statute.Taxable{Net: money.Of(rapid.Int64Range(50, 500).Draw(t, "last"), currency), Category: statute.Standard, Rate: decimal.NewFromInt(21)})
	b.total = gross(b.all())
	b.total.Minor += rapid.Int64Range(-2, 2).Draw(t, "rounding")
	return b
}

// TestDepositAndFinalInvoicesAreTheOrder: however an order is shipped, the
// deposit invoice and the invoices that take it off add up to the order's total,
// and to its base of every rate; none is below zero, and no tax is charged twice.
func TestDepositAndFinalInvoicesAreTheOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		currency := rapid.SampledFrom([]string{"EUR", "JPY", "KWD"}).Draw(t, "currency")
		b := drawBill(t, currency)
		percent := decimal.New(rapid.Int64Range(1, 10_000).Draw(t, "percent"), -2)
		amount := b.total.Percent(percent)
		if !amount.IsPositive() {
			return // a deposit of nothing is not asked for
		}
		whole := statute.Breakdown(b.all())
		deposit := NewAdvance(Data{Currency: currency}, percent, amount, whole)
		if deposit.Data().Total != amount {
			t.Fatalf("a deposit of %s became %s", amount, deposit.Data().Total)
		}
		sum, parts := amount, b.invoices(deposit)
		bases, taxes := map[string]int64{}, map[string]int64{}
		count := func(d Data) {
			for _, r := range d.Taxes {
				bases[r.Rate.String()] += r.Base.Minor
				taxes[r.Rate.String()] += r.Tax.Minor
				if r.Base.IsNegative() || r.Tax.IsNegative() {
					t.Fatalf("a base of %s and a tax of %s", r.Base, r.Tax)
				}
			}
		}
		count(deposit.Data())
		for k, inv := range parts {
			d := inv.Data()
			if d.Total.IsNegative() || d.Preceding[0].Amount.IsNegative() {
				t.Fatalf("part %d: total %s, taken off %s", k+1, d.Total, d.Preceding[0].Amount)
			}
			if r := d.Rounding.Abs().Minor; r > int64(10+len(parts)*4) {
				t.Fatalf("part %d has a rounding of %s", k+1, d.Rounding)
			}
			sum = sum.Plus(d.Total)
			count(d)
		}
		if sum != b.total {
			t.Fatalf("deposit and invoices are %s, the order %s", sum, b.total)
		}
		if left := deposit.Data().AdvanceLeft(); !left.IsZero() {
			t.Fatalf("%s of the deposit is left", left)
		}
		for _, row := range whole {
			if got := bases[row.Rate.String()]; got != row.Base.Minor && len(deposit.Data().Taxes) == len(whole) {
				t.Fatalf("base at %s%%: %d, want %s", row.Rate, got, row.Base)
			}
			if off := taxes[row.Rate.String()] - row.Tax.Minor; off > int64(len(parts)+2) || off < -int64(len(parts)+2) {
				t.Fatalf("tax at %s%% is off by %d", row.Rate, off)
			}
		}
	})
}

// TestPrepaymentLeavesNothing: with all of it paid before, every later invoice
// is over nothing in each rate.
func TestPrepaymentLeavesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := drawBill(t, "EUR")
		if !b.total.IsPositive() {
			return
		}
		deposit := NewAdvance(Data{Currency: "EUR"}, decimal.NewFromInt(100), b.total, statute.Breakdown(b.all()))
		for k, inv := range b.invoices(deposit) {
			if d := inv.Data(); !d.Total.IsZero() || !d.Tax.IsZero() || !d.Net.IsZero() {
				t.Fatalf("part %d: net %s, tax %s, total %s", k+1, d.Net, d.Tax, d.Total)
			}
		}
	})
}

// TestLessDeliveredThanPrepaid: an order that ends short takes off what was
// delivered, and the rest of the deposit is left to be credited.
func TestLessDeliveredThanPrepaid(t *testing.T) {
	eur := func(minor int64) money.Amount { return money.Of(minor, "EUR") }
	at := func(minor int64) []statute.Taxable {
		return []statute.Taxable{{Net: eur(minor), Category: statute.Standard, Rate: decimal.NewFromInt(21)}}
	}
	deposit := NewAdvance(Data{Currency: "EUR"}, decimal.NewFromInt(100), eur(12_100), statute.Breakdown(at(10_000)))
	lines, preceding := deposit.Net("i_1", Part{Lines: at(9_000), Total: eur(10_890)})
	if len(lines) != 1 || lines[0].Net != eur(-9_000) || preceding.Amount != eur(10_890) {
		t.Errorf("takes off %+v, %s", lines, preceding.Amount)
	}
	d := deposit.Data()
	if left := d.AdvanceLeft(); left != eur(1_210) || d.leftOf(d.Lines[0]) != eur(1_000) {
		t.Errorf("%s is left, %s of the line", left, d.leftOf(d.Lines[0]))
	}
}

// TestADepositIsFrozenAndItsNettingIsNot: what is taken off later is no part of
// the legal document.
func TestADepositIsFrozenAndItsNettingIsNot(t *testing.T) {
	deposit := NewAdvance(Data{
		ID: "i_1", CustomerID: "c_1", OrderNo: "SO-1", Buyer: Buyer{Name: "Acme BV", Address: here}, Currency: "EUR", TermsDays: 7,
	}, decimal.NewFromInt(10), money.Of(1_000, "EUR"), []statute.Tax{
		{Category: statute.Standard, Rate: decimal.NewFromInt(21), Base: money.Of(8_264, "EUR"), Tax: money.Of(1_736, "EUR")},
	})
	if missing := deposit.Prepare(seller, day); len(missing) > 0 {
		t.Fatal(missing)
	}
	if err := deposit.Issue("invoice-2026", "2026-0001", day); err != nil {
		t.Fatal(err)
	}
	if d := deposit.Data(); d.TypeCode() != "386" || d.Total != money.Of(1_000, "EUR") || d.Net != money.Of(826, "EUR") || d.Tax != money.Of(173, "EUR") || d.Rounding != money.Of(1, "EUR") {
		t.Errorf("10 of 100.00: %+v", d)
	}
	deposit.Net("i_2", Part{Lines: taxableOf(deposit.Data().Lines), Total: money.Of(10_000, "EUR")})
	if !deposit.Intact() {
		t.Error("taking a deposit off changed its invoice")
	}
	if err := deposit.Void(); err == nil {
		t.Error("an issued invoice was voided")
	}
}
