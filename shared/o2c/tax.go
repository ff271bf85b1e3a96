package o2c

import (
	"cmp"
	"slices"

	"duly/shared/o2c/order"
	"duly/shared/o2c/party"
	"duly/shared/o2c/statute"
)

// treatment is how the law taxes what goes to a customer, services alone or goods
// with what belongs to them.
func (c *Cycle) treatment(cust party.Data, shipTo party.Address, services bool) statute.Treatment {
	s := statute.Supply{
		From: c.Policy.Country, To: cmp.Or(shipTo.Country, cust.Address.Country), Business: cust.Kind != party.Consumer, Services: services,
		SmallBusiness: c.Policy.Seller.SmallBusiness, OneStopShop: c.Policy.OneStopShop,
	}
	if id := normal(cust.VATID); party.VATChecks(id) {
		s.VATID = id
	}
	return statute.Treat(s)
}

// exempt gives the lines on which a channel charges no tax the reason that the
// law has for it. A channel that names a reason itself is believed.
func (c *Cycle) exempt(in order.Incoming, cust party.Data) order.Incoming {
	t := c.treatment(cust, in.Buyer.ShipTo, onlyServices(in.Lines))
	if t.Category == "" {
		return in
	}
	in.Lines = slices.Clone(in.Lines)
	for i := range in.Lines {
		if l := &in.Lines[i]; l.TaxRate.IsZero() && (l.Category == "" || l.Category == statute.ZeroRated) {
			l.Category = t.Category
		}
	}
	return in
}

// taxedIn is the country whose VAT an order bears under the One Stop Shop, or "".
func (c *Cycle) taxedIn(d order.Data, cust party.Data) string {
	services := !slices.ContainsFunc(d.Lines, func(l order.Line) bool { return !l.Service })
	t := c.treatment(cust, d.ShipTo, services)
	if t.Category != "" || t.Country == c.Policy.Country {
		return ""
	}
	return t.Country
}

// onlyServices reports whether nothing of an order is carried to the customer.
func onlyServices(lines []order.IncomingLine) bool {
	return !slices.ContainsFunc(lines, func(l order.IncomingLine) bool { return !l.Service })
}
