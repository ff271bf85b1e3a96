package order

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"duly/shared/o2c/money"
	"duly/shared/o2c/statute"
)

var at = time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)

func taken(t testing.TB, in Incoming) *Order {
	t.Helper()
	o, err := Take(in, Intake{ID: "o_1", CustomerID: "c_1", TermsDays: 30, At: at})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func eur(cents int64) *money.Amount {
	a := money.Of(cents, "EUR")
	return &a
}

func line(quantity int64, price, rate string) IncomingLine {
	return IncomingLine{SKU: "A", Name: "A", Quantity: quantity, UnitPrice: decimal.RequireFromString(price), TaxRate: decimal.RequireFromString(rate)}
}

func TestTotalsAndTheShopsTotal(t *testing.T) {
	for name, tc := range map[string]struct {
		in                   Incoming
		total, rounding, net int64
		odd                  bool
	}{
		"excluding tax":           {Incoming{Lines: []IncomingLine{line(2, "40.00", "21")}}, 9680, 0, 8000, false},
		"including tax":           {Incoming{PricesIncludeTax: true, Lines: []IncomingLine{line(1, "121.00", "21")}}, 12100, 0, 10000, false},
		"two rates":               {Incoming{Lines: []IncomingLine{line(1, "10.00", "21"), line(1, "10.00", "9")}}, 2300, 0, 2000, false},
		"the shop rounds up":      {Incoming{Total: eur(9681), Lines: []IncomingLine{line(2, "40.00", "21")}}, 9681, 1, 8000, false},
		"a cent per line":         {Incoming{Total: eur(2298), Lines: []IncomingLine{line(1, "10.00", "21"), line(1, "10.00", "9")}}, 2298, -2, 2000, false},
		"more than rounding":      {Incoming{Total: eur(9700), Lines: []IncomingLine{line(2, "40.00", "21")}}, 9700, 20, 8000, true},
		"tax per rate, not line":  {Incoming{Lines: []IncomingLine{line(1, "0.03", "21"), line(1, "0.03", "21"), line(1, "0.03", "21")}}, 11, 0, 9, false}, // 0.09 × 21 % = 0.02
		"discount on the line":    {Incoming{Lines: []IncomingLine{{SKU: "A", Name: "A", Quantity: 2, UnitPrice: decimal.New(4000, -2), Discount: decimal.New(1000, -2), TaxRate: decimal.NewFromInt(21)}}}, 8470, 0, 7000, false},
		"nothing to pay":          {Incoming{Lines: []IncomingLine{line(1, "0.00", "21")}}, 0, 0, 0, false},
		"zero rate":               {Incoming{Lines: []IncomingLine{line(3, "3.33", "0")}}, 999, 0, 999, false},
		"gross that does not fit": {Incoming{PricesIncludeTax: true, Total: eur(999), Lines: []IncomingLine{line(3, "3.33", "21")}}, 999, 0, 826, false},
	} {
		tc.in.ExternalID, tc.in.Currency = "1", "EUR"
		o, err := Take(tc.in, Intake{ID: "o_1", At: at})
		var odd *Inconsistent
		if errors.As(err, &odd) != tc.odd || (err != nil && !tc.odd) {
			t.Errorf("%s: %v", name, err)
			continue
		}
		d := o.Data()
		net, _ := statute.Totals(d.Taxes)
		if d.Total.Minor != tc.total || d.Rounding.Minor != tc.rounding || net.Minor != tc.net {
			t.Errorf("%s: total %s, rounding %s, net %s", name, d.Total, d.Rounding, net)
		}
		if o.Held(ExceptionHold) != tc.odd {
			t.Errorf("%s: holds %v", name, d.Holds)
		}
	}
}

// TestPartShipmentsBillTheWholeToTheCent: however an order is cut into
// shipments, its invoices sum to its total.
func TestPartShipmentsBillTheWholeToTheCent(t *testing.T) {
	rates := []string{"0", "9", "21", "19", "5.5"}
	rapid.Check(t, func(t *rapid.T) {
		in := Incoming{ExternalID: "1", Currency: "EUR", PricesIncludeTax: rapid.Bool().Draw(t, "gross")}
		for i := range rapid.IntRange(1, 6).Draw(t, "lines") {
			l := line(rapid.Int64Range(1, 40).Draw(t, "quantity"), decimal.New(rapid.Int64Range(0, 99_999).Draw(t, "price"), -2).String(), rapid.SampledFrom(rates).Draw(t, "rate"))
			l.SKU = string(rune('A' + i))
			l.Service = i > 0 && rapid.Bool().Draw(t, "service")
			in.Lines = append(in.Lines, l)
		}
		o, err := Take(in, Intake{ID: "o_1", At: at})
		if err != nil {
			t.Fatal(err)
		}
		if err := o.Confirm(); err != nil {
			t.Fatal(err)
		}
		sum := money.Of(0, "EUR")
		for n := 0; o.goodsLeft() > 0; n++ {
			var said []ShippedLine
			for _, l := range o.Data().Lines {
				if !l.Service && l.Left() > 0 {
					if q := rapid.Int64Range(0, l.Left()).Draw(t, "ship"); q > 0 || n > 50 {
						said = append(said, ShippedLine{SKU: l.SKU, Quantity: max(q, 1)})
					}
				}
			}
			if len(said) == 0 {
				continue
			}
			plan, err := o.Plan(said, Exactly())
			if err != nil {
				t.Fatal(err)
			}
			bill, err := o.Ship("sh", plan, Exactly())
			if err != nil {
				t.Fatal(err)
			}
			sum = sum.Plus(bill.Total()).Plus(bill.Rounding)
			if bill.Last != (o.goodsLeft() == 0) {
				t.Fatalf("last %v with %d left", bill.Last, o.goodsLeft())
			}
		}
		if sum != o.Data().Total || o.Data().Invoiced != o.Data().Total || o.Status() != Shipped {
			t.Fatalf("invoiced %s of %s, %s", sum, o.Data().Total, o.Status())
		}
	})
}

func TestPlanRefusesWhatIsNotThere(t *testing.T) {
	o := taken(t, Incoming{ExternalID: "1", Currency: "EUR", Lines: []IncomingLine{line(2, "40.00", "21")}})
	if err := o.Confirm(); err != nil {
		t.Fatal(err)
	}
	for name, said := range map[string][]ShippedLine{
		"another SKU": {{SKU: "B", Quantity: 1}}, "too many": {{SKU: "A", Quantity: 3}}, "none": {{SKU: "A", Quantity: 0}}, "minus one": {{SKU: "A", Quantity: -1}},
	} {
		if _, err := o.Plan(said, Exactly()); err == nil {
			t.Errorf("%s was planned", name)
		}
	}
}

// TestPlanAddsUpWhatIsSaid: a line named twice is one line, and an SKU on two
// lines fills one after the other, over several shipments.
func TestPlanAddsUpWhatIsSaid(t *testing.T) {
	a, b, other := line(2, "40.00", "21"), line(3, "40.00", "21"), line(4, "1.00", "21")
	a.ExternalID, b.ExternalID, other.ExternalID, other.SKU = "l1", "l2", "l3", "B"
	for name, tc := range map[string]struct {
		said []ShippedLine
		want []Shipping // nil: refused
	}{
		"a line twice":           {[]ShippedLine{{ExternalID: "l1", Quantity: 1}, {ExternalID: "l1", Quantity: 1}}, []Shipping{{1, 2}}},
		"a line twice, too much": {[]ShippedLine{{ExternalID: "l1", Quantity: 2}, {ExternalID: "l1", Quantity: 1}}, nil},
		"an SKU on two lines":    {[]ShippedLine{{SKU: "A", Quantity: 4}}, []Shipping{{1, 2}, {2, 2}}},
		"an SKU again and again": {[]ShippedLine{{SKU: "A", Quantity: 2}, {SKU: "A", Quantity: 2}, {SKU: "A", Quantity: 1}}, []Shipping{{1, 2}, {2, 3}}},
		"an SKU, too much":       {[]ShippedLine{{SKU: "A", Quantity: 2}, {SKU: "A", Quantity: 4}}, nil},
		"an SKU after its line":  {[]ShippedLine{{ExternalID: "l1", Quantity: 2}, {SKU: "A", Quantity: 3}}, []Shipping{{1, 2}, {2, 3}}},
		"in the order's order":   {[]ShippedLine{{SKU: "B", Quantity: 1}, {SKU: "A", Quantity: 1}}, []Shipping{{1, 1}, {3, 1}}},
	} {
		o := taken(t, Incoming{ExternalID: "1", Currency: "EUR", Lines: []IncomingLine{a, b, other}})
		if err := o.Confirm(); err != nil {
			t.Fatal(err)
		}
		plan, err := o.Plan(tc.said, Exactly())
		if !slices.Equal(plan, tc.want) || (err != nil) != (tc.want == nil) {
			t.Errorf("%s: %v, %v", name, plan, err)
		}
	}
	o := taken(t, Incoming{ExternalID: "1", Currency: "EUR", Lines: []IncomingLine{a, b}})
	if err := o.Confirm(); err != nil {
		t.Fatal(err)
	}
	for i, left := range []int64{3, 1} {
		plan, err := o.Plan([]ShippedLine{{SKU: "A", Quantity: 2}}, Exactly())
		if err != nil {
			t.Fatalf("parcel %d: %v", i, err)
		}
		if _, err := o.Ship("sh", plan, Exactly()); err != nil || o.goodsLeft() != left {
			t.Errorf("parcel %d: %d left, %v", i, o.goodsLeft(), err)
		}
	}
	if plan, err := o.Plan([]ShippedLine{{SKU: "A", Quantity: 2}}, Exactly()); err == nil {
		t.Errorf("more than is left was planned: %v", plan)
	}
}

func TestPaidAtShopFreesCredit(t *testing.T) {
	o := taken(t, Incoming{ExternalID: "1", Currency: "EUR", Lines: []IncomingLine{line(2, "40.00", "21")}})
	if err := o.Confirm(); err != nil {
		t.Fatal(err)
	}
	if got := o.Data().Committed.Minor; got != 9680 {
		t.Fatalf("committed %d", got)
	}
	if freed := o.PayAtShop(Payment{Gateway: "mollie", Amount: money.Of(9680, "EUR")}, "r_1"); freed.Minor != 9680 || !o.Prepaid() {
		t.Errorf("freed %s, prepaid %v", freed, o.Prepaid())
	}
}

func TestCheckNamesTheField(t *testing.T) {
	good := Incoming{ExternalID: "1", Currency: "EUR", Lines: []IncomingLine{line(1, "1.00", "21")}}
	if pointer, err := good.Check(); err != nil {
		t.Fatalf("%s: %v", pointer, err)
	}
	for want, spoil := range map[string]func(*Incoming){
		"/external_id":        func(in *Incoming) { in.ExternalID = "" },
		"/currency":           func(in *Incoming) { in.Currency = "EURO" },
		"/lines":              func(in *Incoming) { in.Lines = nil },
		"/lines/0/quantity":   func(in *Incoming) { in.Lines[0].Quantity = -1 },
		"/lines/0/unit_price": func(in *Incoming) { in.Lines[0].UnitPrice = decimal.NewFromInt(-1) },
		"/lines/0/discount":   func(in *Incoming) { in.Lines[0].Discount = decimal.NewFromInt(2) },
		"/lines/0/tax_rate":   func(in *Incoming) { in.Lines[0].TaxRate = decimal.NewFromInt(101) },
	} {
		in := good
		in.Lines = []IncomingLine{good.Lines[0]}
		spoil(&in)
		if pointer, err := in.Check(); err == nil || pointer != want {
			t.Errorf("%s: got %q, %v", want, pointer, err)
		}
	}
}
