package o2c

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/shopspring/decimal"

	"duly/shared/o2c/fault"
	"duly/shared/o2c/fulfilment"
	"duly/shared/o2c/money"
	"duly/shared/o2c/order"
	"duly/shared/o2c/party"
	"duly/shared/o2c/statute"
)

// fill completes the lines that leave to us what a product knows: the price
// that the customer has agreed, the rate of its VAT class, its name; and lines
// without tax the reason why. A channel
// whose total only adds up without tax has said that there is none.
func (c *Cycle) fill(ctx context.Context, tx *Tx, in order.Incoming, cust party.Data) (order.Incoming, error) {
	in = c.exempt(in, cust)
	if !slices.ContainsFunc(in.Lines, order.IncomingLine.Partial) {
		return in, nil
	}
	products, err := c.productsOf(ctx, tx, in.Lines)
	if err != nil {
		return in, err
	}
	filled := in
	filled.Lines = slices.Clone(in.Lines)
	for i := range filled.Lines {
		if err := c.fillLine(tx, &filled, i, products[filled.Lines[i].SKU], cust); err != nil {
			return in, err
		}
	}
	if pointer, err := filled.Check(); err != nil {
		return in, fault.By(pointer, err, "mend the order and send it again")
	}
	if in.Total != nil && !addsUp(filled) && addsUp(in) {
		return in, nil
	}
	return filled, nil
}

// addsUp reports whether the lines give the total that the channel says.
func addsUp(in order.Incoming) bool {
	var odd *order.Inconsistent
	_, err := order.Take(in, order.Intake{})
	return !errors.As(err, &odd)
}

// productsOf reads the products of the lines that leave something out.
func (c *Cycle) productsOf(ctx context.Context, tx *Tx, lines []order.IncomingLine) (map[string]*fulfilment.Product, error) {
	var keys []Key
	for _, l := range lines {
		if l.Partial() && l.SKU != "" {
			keys = append(keys, Key{Kind: "product", ID: l.SKU})
		}
	}
	if err := tx.Fetch(ctx, keys...); err != nil {
		return nil, err
	}
	products := map[string]*fulfilment.Product{}
	for _, k := range keys {
		p, err := find[fulfilment.Product](ctx, tx, k.ID)
		if err != nil {
			return nil, err
		}
		if p != nil {
			products[k.ID] = p
		}
	}
	return products, nil
}

func (c *Cycle) fillLine(tx *Tx, in *order.Incoming, i int, p *fulfilment.Product, cust party.Data) error {
	l := &in.Lines[i]
	if !l.Partial() {
		return nil
	}
	var class statute.Class
	if p != nil {
		if class = p.Data().VATClass; l.Name == "" || l.Name == l.SKU {
			l.Name = p.Data().Name
		}
	}
	if l.Untaxed {
		rate, err := c.rateFor(tx, class, cust, in.Buyer.ShipTo, onlyServices(in.Lines))
		if err != nil {
			return err
		}
		l.TaxRate, l.Category, l.Untaxed = rate.Percent, rate.Category, false
	}
	if !l.Unpriced {
		return nil
	}
	at := fmt.Sprintf("/lines/%d/unit_price", i)
	if p == nil {
		return fault.Bad(at, `the price is missing and there is no product "{sku}" that has one`, `send it as {"amount": 1250, "currency": "EUR"}, or make the product first`).Keyed("order.no_price").With("sku", l.SKU)
	}
	price := c.priceOf(tx, p.Data(), cust, l.Quantity)
	if price.IsZero() || price.Currency != in.Currency {
		return fault.Bad(at, "the price is missing and product {sku} has none in {currency}", "send it, or give the product a price").Keyed("order.no_price_in").With("sku", l.SKU, "currency", in.Currency)
	}
	if l.UnitPrice, l.Unpriced = price.Decimal(), false; in.PricesIncludeTax {
		l.UnitPrice = l.UnitPrice.Mul(decimal.NewFromInt(1).Add(l.TaxRate.Shift(-2)))
	}
	return nil
}

// priceOf is the net price of one unit of a product for a customer today.
func (c *Cycle) priceOf(tx *Tx, p fulfilment.ProductData, cust party.Data, quantity int64) money.Amount {
	return p.PriceFor(fulfilment.Buyer{CustomerID: cust.ID, Segment: cust.Segment}, quantity, c.today(tx.At()))
}

// rateFor is what a product's VAT class is taxed at today when it goes to a
// customer, with other goods or among services alone. No class is the standard
// one.
func (c *Cycle) rateFor(tx *Tx, class statute.Class, cust party.Data, shipTo party.Address, services bool) (statute.Rate, error) {
	class = cmp.Or(class, statute.StandardClass)
	t := c.treatment(cust, shipTo, services)
	switch {
	case t.Category != "":
		return statute.Rate{Category: t.Category}, nil
	case class == statute.ReverseClass && cust.Kind != party.Consumer && t.Country == c.Policy.Country:
		return statute.Rate{Category: statute.ReverseCharge}, nil
	case class == statute.ReverseClass:
		class = statute.StandardClass
	}
	on := c.today(tx.At())
	rate, ok := statute.RateOf(t.Country, class, on)
	if !ok {
		return rate, fault.Bad("/lines", `{country} has no VAT rate for class "{class}" on {date}`, "send tax_rate with the line, or give the product a class that the country has").Keyed("order.no_rate").With("country", t.Country, "class", class, "date", on)
	}
	return rate, nil
}
