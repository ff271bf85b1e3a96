package invoice

import (
	"slices"

	"duly/shared/o2c/lazy"

	"github.com/shopspring/decimal"

	"duly/shared/o2c/statute"
)

// Rule is one rule of an e-invoice by its official id: EN 16931-1 ("BR-…"),
// Peppol BIS Billing 3.0 ("PEPPOL-EN16931-…") or its Dutch part, which is
// NLCIUS ("NL-R-…"), or XRechnung ("BR-DE-…").
type Rule struct {
	ID   string
	Says string
	keep func(d Data) bool
}

// Rules are those that a document of ours could break; what our writers make
// true by construction, such as two decimals, is not asked again.
func Rules() []Rule {
	return slices.Concat(structureRules(), sumRules(), taxRules(), dutchRules(), germanRules())
}

// Broken lists the rules that a document breaks, in their order.
func Broken(d Data) []Rule {
	var broken []Rule
	for _, r := range Rules() {
		if !r.keep(d) {
			broken = append(broken, r)
		}
	}
	return broken
}

func structureRules() []Rule {
	each := func(ok func(Line) bool) func(Data) bool {
		return func(d Data) bool { return !slices.ContainsFunc(d.Lines, func(l Line) bool { return !ok(l) }) }
	}
	return []Rule{
		{"BR-06", "the seller has a name", func(d Data) bool { return d.Seller.Name != "" }},
		{"BR-07", "the buyer has a name", func(d Data) bool { return d.Buyer.Name != "" }},
		{"BR-09", "the seller's address has a country", func(d Data) bool { return country().MatchString(d.Seller.Address.Country) }},
		{"BR-11", "the buyer's address has a country", func(d Data) bool { return country().MatchString(d.Buyer.Address.Country) }},
		{"BR-16", "there is a line", func(d Data) bool { return len(d.Items()) > 0 }},
		{"BR-21", "each line has a number of its own", numbered},
		{"BR-25", "each line has a name", each(func(l Line) bool { return l.Name != "" || l.SKU != "" })},
		{"BR-27", "no price is below zero; a line that takes off has a quantity below zero", each(func(l Line) bool { return l.Overall || !l.UnitPrice.IsNegative() })},
		{"BR-33", "each allowance and charge of the document has a reason", each(func(l Line) bool { return !l.Overall || l.Name != "" })},
	}
}

// country is a code of ISO 3166-1 alpha-2 by its form.
var country = lazy.Pattern(`^[A-Z]{2}$`)

func numbered(d Data) bool {
	seen := map[int]bool{}
	for _, l := range d.Lines {
		if l.N <= 0 || seen[l.N] {
			return false
		}
		seen[l.N] = true
	}
	return true
}

func sumRules() []Rule {
	return []Rule{
		{"BR-CO-13", "the sum of the lines, less allowances and with charges, is the net total", func(d Data) bool {
			sum := d.Net.Zero()
			for _, l := range d.Lines {
				if l.Net.Currency != sum.Currency {
					return false
				}
				sum = sum.Plus(l.Net)
			}
			return sum == d.Net
		}},
		{"BR-CO-14", "the sum of the VAT breakdown is the VAT", func(d Data) bool {
			_, tax := statute.Totals(d.Taxes)
			return len(d.Taxes) == 0 && d.Tax.IsZero() || tax == d.Tax
		}},
		{"BR-CO-16", "net, VAT and rounding are the total", func(d Data) bool { return d.Net.Plus(d.Tax).Plus(d.Rounding) == d.Total }},
		{"BR-CO-17", "each VAT amount is its base × rate, rounded once", func(d Data) bool {
			return !slices.ContainsFunc(d.Taxes, func(t statute.Tax) bool { return !joins(t, d.Type == CreditNotes) })
		}},
		{"BR-CO-18", "there is a VAT breakdown", func(d Data) bool { return len(d.Taxes) > 0 }},
		{"BR-CO-25", "what is to be paid has a due date", func(d Data) bool {
			return d.Type == CreditNotes || d.Status == Draft || !d.Total.Minus(d.Prepaid).IsPositive() || !d.DueOn.IsZero()
		}},
		{"BR-CO-26", "the seller can be identified", func(d Data) bool { return d.Seller.KVK != "" || d.Seller.VATID != "" }},
	}
}

// joins allows a credit note what the standard allows everybody, less than one
// unit: of an invoice credited in parts the last note takes what rounding left.
func joins(t statute.Tax, note bool) bool {
	off := t.Base.Percent(t.Rate).Minus(t.Tax)
	return off.IsZero() || note && off.Decimal().Abs().LessThan(decimal.NewFromInt(1))
}

// byCategory are the ids of the rules of each category: the seller's number on
// lines, the sum of its lines, and the rate.
var byCategory = map[statute.Category]string{
	statute.Standard: "S", statute.ZeroRated: "Z", statute.Exempt: "E", statute.ReverseCharge: "AE", statute.IntraEU: "IC", statute.Export: "G",
}

func taxRules() []Rule {
	var rules []Rule
	for _, c := range []statute.Category{statute.Standard, statute.ZeroRated, statute.Exempt, statute.ReverseCharge, statute.IntraEU, statute.Export} {
		id := "BR-" + byCategory[c]
		rules = append(rules,
			Rule{id + "-02", "the VAT numbers that lines of category " + string(c) + " need are there", func(d Data) bool {
				two := c == statute.ReverseCharge || c == statute.IntraEU
				return !has(d, c) || d.Seller.VATID != "" && (!two || d.Buyer.VATID != "" || c == statute.ReverseCharge && d.Buyer.KVK != "")
			}},
			Rule{id + "-05", "lines of category " + string(c) + " have a rate that fits it", func(d Data) bool {
				return !slices.ContainsFunc(d.Lines, func(l Line) bool { return l.Category == c && l.TaxRate.IsPositive() != (c == statute.Standard) })
			}},
			Rule{id + "-08", "each base of category " + string(c) + " is the sum of its lines", func(d Data) bool { return bases(d, c) }})
	}
	return append(rules,
		Rule{"BR-IC-11", "goods within the Union have a date of supply", func(d Data) bool { return !has(d, statute.IntraEU) || !d.SuppliedOn.IsZero() || d.Advance != nil }},
		Rule{"BR-IC-12", "goods within the Union have a country of supply", func(d Data) bool { return !has(d, statute.IntraEU) || country().MatchString(d.Buyer.Address.Country) }})
}

func has(d Data, c statute.Category) bool {
	return slices.ContainsFunc(d.Lines, func(l Line) bool { return l.Category == c })
}

func bases(d Data, c statute.Category) bool {
	for _, want := range statute.Breakdown(taxableOf(d.Lines)) {
		if want.Category != c {
			continue
		}
		i := slices.IndexFunc(d.Taxes, func(t statute.Tax) bool { return t.Category == c && t.Rate.Equal(want.Rate) })
		if i < 0 || d.Taxes[i].Base != want.Base {
			return false
		}
	}
	return true
}

func dutchRules() []Rule {
	here := func(d Data) bool { return d.Seller.Address.Country == "NL" }
	return []Rule{
		{"NL-R-001", "a credit note names its invoice", func(d Data) bool { return !here(d) || d.Type != CreditNotes || d.Refers != "" }},
		{"NL-R-002", "the seller's address is complete", func(d Data) bool { return !here(d) || complete(d.Seller.Address) }},
		{"NL-R-003", "the seller has a KVK number", func(d Data) bool { return !here(d) || d.Seller.KVK != "" }},
		{"NL-R-004", "a Dutch buyer's address is complete", func(d Data) bool { return !here(d) || d.Buyer.Address.Country != "NL" || complete(d.Buyer.Address) }},
		{"NL-R-007", "there is a way to pay what is due", func(d Data) bool {
			return !here(d) || d.Type == CreditNotes || !d.Total.Minus(d.Prepaid).IsPositive() || d.Seller.IBAN != ""
		}},
	}
}
