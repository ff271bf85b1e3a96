package upload

import (
	"strings"

	"duly/shared/o2c"
	"duly/shared/o2c/fulfilment"
	"duly/shared/o2c/money"
	"duly/shared/o2c/order"
	"duly/shared/o2c/party"
	"duly/shared/o2c/statute"
)

// orders reads one line of an order a row; rows of the same order number are one
// order, whose particulars stand in the first of them.
func orders(s *sheet) {
	place := map[string]int{}
	s.each(func(r row) {
		id := r.needed("order")
		at, known := place[id]
		if id == "" {
			return
		}
		if !known {
			at = len(s.file.Items)
			place[id] = at
			s.file.Items = append(s.file.Items, o2c.ImportItem{Row: r.n, ID: id, Order: r.order(id)})
		}
		item := &s.file.Items[at]
		item.Order.Lines = append(item.Order.Lines, r.line(item.Order.Currency))
		item.Lines = append(item.Lines, r.n)
		if known {
			return
		}
		if price, ok := r.decimal("shipping", item.Order.Currency); ok && price.IsPositive() {
			item.Order.Lines = append(item.Order.Lines, order.IncomingLine{ExternalID: "shipping", Name: "Shipping", Quantity: 1, UnitPrice: price, Untaxed: true, Service: true})
			item.Lines = append(item.Lines, r.n)
		}
	})
}

func (r row) order(id string) *order.Incoming {
	currency := strings.ToUpper(r.text("currency"))
	if currency == "" {
		currency = r.books
	}
	if !money.Valid(currency) {
		r.wrong("currency", "it is no currency", "write a code such as EUR")
		currency = r.books
	}
	at := r.date("date")
	return &order.Incoming{
		ExternalID: id, Number: id, Currency: currency, PricesIncludeTax: r.yes("prices include tax"), PlacedAt: at, UpdatedAt: at, Note: r.text("note"),
		Buyer: order.Buyer{
			ExternalID: r.text("customer"), Name: r.text("contact"), Company: r.text("company"), Email: r.email("email"), Phone: r.text("phone"),
			Language: r.language("language"), Kind: r.kind("kind"), VATID: r.text("vat id"), KVK: r.text("kvk"), Reference: r.text("buyer reference"), Address: r.address(), ShipTo: r.address(),
		},
	}
}

func (r row) line(currency string) order.IncomingLine {
	l := order.IncomingLine{SKU: r.text("sku"), Name: r.text("description")}
	if l.SKU == "" && l.Name == "" {
		r.needed("sku")
	}
	if l.Name == "" {
		l.Name = l.SKU
	}
	var priced, taxed bool
	r.needed("quantity")
	l.Quantity, _ = r.whole("quantity", 1)
	l.UnitPrice, priced = r.decimal("unit price", currency)
	l.Discount, _ = r.decimal("discount", currency)
	l.TaxRate, taxed = r.percent("tax rate")
	l.Unpriced, l.Untaxed = !priced, !taxed
	if taxed && l.TaxRate.IsZero() {
		l.Category = statute.ZeroRated
	}
	return l
}

// customers reads one customer a row; an empty cell leaves what is known.
func customers(s *sheet) {
	seen := map[string]int{}
	s.each(func(r row) {
		id := r.single("customer", seen)
		if id == "" {
			return
		}
		said := party.Data{Name: r.needed("name"), Phone: r.text("phone"), Kind: r.kind("kind"), Language: r.language("language"), VATID: r.text("vat id"), KVK: r.text("kvk"), BuyerReference: r.text("buyer reference"), Address: r.address(), Segment: r.text("segment")}
		if e := r.email("email"); e != "" {
			said.Emails = []string{e}
		}
		if n, ok := r.whole("terms", 0); ok {
			if n > 120 {
				r.wrong("terms", "it is more than 120 days", "write days, from 0 to 120")
			}
			days := int(n)
			said.TermsDays = &days
		}
		if a, ok := r.amount("credit limit", r.books); ok {
			said.CreditLimit = &a
		}
		s.file.Items = append(s.file.Items, o2c.ImportItem{Row: r.n, ID: id, Customer: &said})
	})
}

// products reads one product a row; an empty cell leaves what is known.
func products(s *sheet) {
	seen := map[string]int{}
	s.each(func(r row) {
		sku := r.single("sku", seen)
		if sku == "" {
			return
		}
		said := o2c.ImportedProduct{Data: fulfilment.ProductData{SKU: sku, Name: r.text("name"), VATClass: r.class("vat class"), Substitute: r.text("substitute")}}
		said.Data.Price, said.Priced = r.amount("price", r.books)
		said.Data.ReorderPoint, said.Reordered = r.whole("reorder point", 0)
		if n, ok := r.whole("stock", 0); ok {
			said.Stock = &n
		}
		s.file.Items = append(s.file.Items, o2c.ImportItem{Row: r.n, ID: sku, Product: &said})
	})
}

// classes are the VAT classes in the words of price lists.
var classes = map[string]statute.Class{
	"standard": statute.StandardClass, "high": statute.StandardClass, "hoog": statute.StandardClass, "21": statute.StandardClass, "20": statute.StandardClass, "19": statute.StandardClass,
	"reduced": statute.ReducedClass, "low": statute.ReducedClass, "laag": statute.ReducedClass, "9": statute.ReducedClass, "7": statute.ReducedClass, "5.5": statute.ReducedClass,
	"zero": statute.ZeroClass, "nul": statute.ZeroClass, "0": statute.ZeroClass, "exempt": statute.ExemptClass, "vrijgesteld": statute.ExemptClass,
	"reverse_charge": statute.ReverseClass, "verlegd": statute.ReverseClass,
}

func (r row) class(field string) statute.Class {
	s := strings.Replace(strings.TrimSpace(strings.TrimSuffix(strings.ToLower(r.text(field)), "%")), ",", ".", 1)
	c, ok := classes[s]
	if s != "" && !ok {
		r.wrong(field, "it is no VAT class", "write standard, reduced, zero or exempt")
	}
	return c
}
