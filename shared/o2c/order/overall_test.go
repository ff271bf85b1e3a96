package order

import (
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"duly/shared/o2c/money"
)

func dec(s string) decimal.Decimal { return decimal.RequireFromString(s) }

// off is a discount of a whole order, spread over the rates.
func off(amount string) IncomingLine {
	return IncomingLine{Name: "Campaign", Quantity: 1, UnitPrice: dec(amount), Overall: true, Untaxed: true}
}

func goods(quantity int64, price, rate string) IncomingLine {
	return IncomingLine{SKU: "G" + rate, Name: "Goods at " + rate, Quantity: quantity, UnitPrice: dec(price), TaxRate: dec(rate)}
}

func takenOf(t *testing.T, included bool, lines ...IncomingLine) *Order {
	t.Helper()
	o, err := Take(Incoming{ExternalID: "1", Currency: "EUR", PricesIncludeTax: included, Lines: lines}, Intake{ID: "o_1", At: time.Unix(0, 0)})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func TestAnOverallDiscountIsSpreadOverTheRates(t *testing.T) {
	o := takenOf(t, false, goods(10, "10.00", "21"), goods(10, "20.00", "9"), off("-10.00"))
	d := o.Data()
	if len(d.Lines) != 4 || d.Lines[2].Net != money.Of(-333, "EUR") || d.Lines[3].Net != money.Of(-667, "EUR") || !d.Lines[3].TaxRate.Equal(dec("9")) {
		t.Errorf("%+v", d.Lines)
	}
	if d.Total != money.Of(29000+2030+1740, "EUR") { // 96.67 × 21 % and 193.33 × 9 %
		t.Error(d.Total)
	}
	percent := off("0")
	percent.Percent = dec("-5")
	d = takenOf(t, true, goods(1, "121.00", "21"), goods(1, "109.00", "9"), percent).Data()
	if d.Total != money.Of(23000-1150, "EUR") { // prices include tax: so does the discount
		t.Error(d.Total, d.Rounding)
	}
}

func TestAnOverallDiscountOfMoreThanTheOrderIsRefused(t *testing.T) {
	in := Incoming{ExternalID: "1", Currency: "EUR", Lines: []IncomingLine{goods(1, "10.00", "21"), off("-10.01")}}
	if _, err := Take(in, Intake{ID: "o_1"}); err == nil {
		t.Error("it was taken")
	}
	in.Lines[1].Quantity = 2
	if at, err := in.Check(); err == nil || at != "/lines/1" {
		t.Error(at, err)
	}
}

// However an order leaves, its parcels bill an overall discount in the measure of
// their goods, and all of it together.
func TestPartsOfAnOrderShareItsDiscount(t *testing.T) {
	o := takenOf(t, false, goods(3, "10.00", "21"), goods(1, "50.00", "9"), off("-10.00"))
	if err := o.Confirm(); err != nil {
		t.Fatal(err)
	}
	var billed []money.Amount
	for i, plan := range [][]Shipping{{{N: 1, Quantity: 1}}, {{N: 1, Quantity: 1}}, {{N: 1, Quantity: 1}, {N: 2, Quantity: 1}}} {
		bill, err := o.Ship(string(rune('a'+i)), plan, Exactly())
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range bill.Lines {
			if l.Line.Overall {
				billed = append(billed, l.Net)
			}
		}
		if bill.Last != (i == 2) || !bill.Rounding.Abs().Minus(money.Of(2, "EUR")).IsNegative() {
			t.Error(i, bill.Last, bill.Rounding)
		}
	}
	want := []money.Amount{money.Of(-125, "EUR"), money.Of(-125, "EUR"), money.Of(-125, "EUR"), money.Of(-625, "EUR")} // −3.75 on 21 %, −6.25 on 9 %
	if len(billed) != 4 || billed[0] != want[0] || billed[1] != want[1] || billed[2] != want[2] || billed[3] != want[3] {
		t.Error(billed)
	}
	if o.Data().Invoiced != o.Data().Total {
		t.Error(o.Data().Invoiced, o.Data().Total)
	}
}

func TestAChargeStandsBesideThePrice(t *testing.T) {
	l := goods(5, "24.00", "9")
	l.Charge, l.ChargeFor = dec("19.50"), "Crates"
	d := takenOf(t, false, l).Data()
	if d.Lines[0].Net != money.Of(13950, "EUR") || !d.Lines[0].Charge.Equal(dec("3.9")) {
		t.Errorf("%+v", d.Lines[0])
	}
}
