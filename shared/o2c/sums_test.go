package o2c

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/money"
	"duly/shared/o2c/order"
	"duly/shared/o2c/party"
)

// How many random orders are invoiced, each in up to four parts, and from which
// seed. A million invoices:
// go test ./shared/o2c -run SumsOfInvoices -timeout 1h -invoices 285000 -invoices-seed 7
var (
	invoicesMade = flag.Int("invoices", 3_000, "random orders to be invoiced and credited")
	invoiceSeed  = flag.Uint64("invoices-seed", 1, "their seed")
)

// TestSumsOfInvoices: whatever is sold at whatever prices, rates, discounts and
// charges, with tax in the prices or not, in currencies of no, two and three
// decimals, and however it leaves and comes back: every invoice adds up by the
// rules of EN 16931, its order's invoices are the order's total, and its credit
// notes are the invoice, each to the smallest unit.
func TestSumsOfInvoices(t *testing.T) {
	r := rand.New(rand.NewPCG(*invoiceSeed, 0)) //nolint:gosec // a sequence that can be repeated
	invoices, notes := 0, 0
	for n := range *invoicesMade {
		in := randomOrder(r, n)
		o, err := order.Take(in, order.Intake{ID: "o", CustomerID: "c", At: time.Unix(0, 0)})
		if err != nil {
			continue // discounts of more than everything
		}
		if err := o.Confirm(); err != nil {
			t.Fatal(err)
		}
		sum := o.Data().Total.Zero()
		for part := 0; o.Status() == order.Confirmed || o.Status() == order.PartShipped; part++ {
			inv := ship(t, r, o, part)
			invoices++
			sum = sum.Plus(inv.Data().Total)
			if inv.Data().Total.IsPositive() && r.IntN(4) == 0 {
				notes += takeBack(t, r, inv)
			}
		}
		if sum != o.Data().Total {
			t.Fatalf("order %d of seed %d: invoiced %s of %s: %+v", n, *invoiceSeed, sum, o.Data().Total, in.Lines)
		}
	}
	t.Logf("%d invoices and %d credit notes", invoices, notes)
}

// randomOrder is what a channel may tell.
func randomOrder(r *rand.Rand, n int) order.Incoming {
	in := order.Incoming{ExternalID: fmt.Sprint(n + 1), Currency: []string{"EUR", "EUR", "EUR", "USD", "JPY", "KWD"}[r.IntN(6)], PricesIncludeTax: r.IntN(2) == 0}
	digits := money.Digits(in.Currency)
	rate := func() decimal.Decimal {
		return decimal.RequireFromString([]string{"21", "9", "6", "5.5", "25.5", "0", "19", "2.1"}[r.IntN(8)])
	}
	for range 1 + r.IntN(6) {
		price := decimal.New(r.Int64N(20_000), -digits-int32(r.IntN(2)))
		l := order.IncomingLine{SKU: fmt.Sprint("S", len(in.Lines)), Name: "Goods", Quantity: 1 + r.Int64N(40), UnitPrice: price, TaxRate: rate(), Service: r.IntN(8) == 0}
		whole := price.Mul(decimal.NewFromInt(l.Quantity))
		switch r.IntN(5) {
		case 0:
			l.Discount = whole.Mul(decimal.New(r.Int64N(100), -2)).Round(digits)
		case 1:
			l.Charge, l.ChargeFor = decimal.New(r.Int64N(5_000), -digits), "Crates"
		}
		in.Lines = append(in.Lines, l)
	}
	for range r.IntN(3) {
		o := order.IncomingLine{Name: "Overall", Quantity: 1, Overall: true, Untaxed: true, Service: true}
		switch r.IntN(3) {
		case 0:
			o.Percent = decimal.New(-r.Int64N(400), -1)
		case 1:
			o.UnitPrice = decimal.New(-r.Int64N(3_000), -digits)
		default:
			o.UnitPrice = decimal.New(r.Int64N(3_000), -digits)
		}
		in.Lines = append(in.Lines, o)
	}
	return in
}

// ship lets some of what is left leave and invoices it.
func ship(t *testing.T, r *rand.Rand, o *order.Order, part int) *invoice.Invoice {
	t.Helper()
	var plan []order.Shipping
	left := int64(0)
	for _, l := range o.Data().Lines {
		if !l.Service {
			left += l.Left()
			if n := r.Int64N(l.Left() + 1); n > 0 {
				plan = append(plan, order.Shipping{N: l.N, Quantity: n})
			}
		}
	}
	if part == 3 || len(plan) == 0 || left == 0 {
		var err error
		if plan, err = o.Plan(nil, order.Exactly()); err != nil {
			t.Fatal(err)
		}
	}
	bill, err := o.Ship(fmt.Sprint(part), plan, order.Exactly())
	if err != nil {
		t.Fatal(err)
	}
	on := calendar.Date{Year: 2026, Month: 11, Day: 2}
	lines := linesOf(bill)
	d := invoice.Data{
		ID: fmt.Sprint("i", part), OrderID: "o", CustomerID: "c", Currency: o.Data().Currency, BooksCurrency: o.Data().Currency, Lines: lines, Rounding: bill.Rounding, TermsDays: 14, SuppliedOn: on,
		Buyer: invoice.Buyer{Name: "Vos", Kind: party.Company, Address: party.Address{Street: "Dorpsstraat 7", PostalCode: "1234 CD", City: "Heeze", Country: "NL"}},
	}
	inv := invoice.NewDraft(d, bill.Taxable())
	inv.Prepare(party.Seller{Name: "Voorbeeld", VATID: "NL123456782B90", KVK: "12345674", IBAN: "NL91ABNA0417164300", Address: party.Address{Street: "Kade 1", PostalCode: "3011 AB", City: "Rotterdam", Country: "NL"}}, on)
	if inv.Data().Total.IsNegative() {
		return inv // a part of which the discount is more: the next ones make up for it
	}
	if err := inv.Issue("2026", "2026-0001", on); err != nil {
		t.Fatalf("%v: %+v", err, inv.Data())
	}
	if bill.Rounding.Abs().Minor > int64(len(o.Data().Lines)*(part+1)) {
		t.Fatalf("rounding of %s on %d lines", bill.Rounding, len(lines))
	}
	return inv
}

// takeBack credits an invoice back in pieces and says in how many.
func takeBack(t *testing.T, r *rand.Rand, inv *invoice.Invoice) (notes int) {
	t.Helper()
	sum, taxes := inv.Data().Total.Zero(), map[string]money.Amount{}
	for inv.Data().Credited() != inv.Data().Total {
		var asked []invoice.Taking
		if notes < 3 {
			for _, l := range inv.Data().Lines {
				if units, _ := inv.Data().Left(l.N); units > 0 && !l.Overall && r.IntN(2) == 0 {
					asked = append(asked, invoice.Taking{N: l.N, Quantity: 1 + r.Int64N(units)})
				}
			}
		}
		note, taken, err := inv.CreditNote(fmt.Sprint("n", notes), asked, time.Unix(0, 0))
		if err != nil {
			t.Fatalf("%v: %+v", err, inv.Data())
		}
		d := note.Data()
		if d.Net.Plus(d.Tax).Plus(d.Rounding) != d.Total || d.Total.IsNegative() {
			t.Fatalf("%+v", d)
		}
		for _, x := range d.Taxes {
			key := string(x.Category) + x.Rate.String()
			taxes[key] = x.Tax.Plus(taxes[key])
		}
		sum = sum.Plus(d.Total)
		d.Number = fmt.Sprint("CN", notes)
		if _, err := inv.Credit(d, taken); err != nil {
			t.Fatal(err)
		}
		notes++
	}
	for _, x := range inv.Data().Taxes {
		if got := taxes[string(x.Category)+x.Rate.String()]; got.Minor != x.Tax.Minor {
			t.Fatalf("%s of tax at %s %% was credited, %s charged: %+v", got, x.Rate, x.Tax, inv.Data())
		}
	}
	if sum != inv.Data().Total {
		t.Fatalf("%s of %s was credited", sum, inv.Data().Total)
	}
	return notes
}
