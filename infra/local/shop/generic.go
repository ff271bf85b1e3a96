package shop

import (
	"time"

	"duly/shared/signature"
)

// Generic is a shop that speaks Standard Webhooks, with the body that
// interfaces.md pins: type, timestamp, and the order as POST /v1/orders takes it.
type Generic struct {
	Secret string // "whsec_" + base64
}

// The types that interfaces.md pins.
const (
	GenericCreated   = "order.created"
	GenericUpdated   = "order.updated"
	GenericCancelled = "order.cancelled"
	GenericPaid      = "order.paid"
	GenericFulfilled = "order.fulfilled"
	GenericRefunded  = "order.refunded"
)

// Order is a message about o as it is at that instant.
func (s Generic) Order(kind string, o Order, at time.Time) (Message, error) {
	raw, err := o.encode(func() fields {
		return fields{"type", kind, "timestamp", at.UTC().Format(time.RFC3339), "data", s.order(kind, o, at)}
	})
	if err != nil {
		return Message{}, err
	}
	return s.Signed(raw, at)
}

// Signed is a body of any kind as the scheme sends it.
func (s Generic) Signed(raw []byte, at time.Time) (Message, error) {
	header, err := signature.Sign(signature.Standard, "msg_"+token(27, string(raw)), raw, at, s.Secret)
	if err != nil {
		return Message{}, err
	}
	header.Set("Content-Type", "application/json")
	header.Set("User-Agent", "standard-webhooks/1.0")
	return Message{Header: header, Body: raw}, nil
}

func (s Generic) order(kind string, o Order, at time.Time) fields {
	t := o.sums()
	lines := []any{}
	for i, l := range o.Lines {
		line := fields{"sku", l.SKU, "name", l.Name, "quantity", l.Quantity, "unit_price", amount(l.UnitPriceMinor, o.Currency),
			"tax_rate", t.lines[i].rate.String()}
		if d := t.lines[i].discount; d > 0 {
			line = append(line, "discount", amount(d, o.Currency))
		}
		lines = append(lines, line)
	}
	body := fields{"id", "ord_" + o.Number, "external_id", o.Number, "number", o.Number, "currency", o.Currency,
		"prices_include_tax", o.PricesIncludeTax, "placed_at", o.PlacedAt.UTC().Format(time.RFC3339),
		"updated_at", at.UTC().Format(time.RFC3339), "customer", s.customer(o.Customer), "lines", lines}
	if t.shipping.gross > 0 {
		body = append(body, "shipping", fields{"name", o.Shipping.Title, "price", amount(t.shipping.gross, o.Currency),
			"tax_rate", t.shipping.rate.String()})
	}
	body = append(body, "total", amount(t.total, o.Currency))
	for _, optional := range []Attribute{{"po_number", o.PONumber}, {"note", o.Note}, {"cancel_reason", o.CancelReason}} {
		if optional.Value != "" {
			body = append(body, optional.Name, optional.Value)
		}
	}
	if o.paid() {
		body = append(body, "payment", fields{"gateway", o.Gateway, "reference", o.Reference, "amount", amount(t.total, o.Currency)})
	}
	if o.RefundedMinor > 0 {
		body = append(body, "refunded", amount(o.RefundedMinor, o.Currency))
	}
	if n := len(o.Refunds); n > 0 && kind == GenericRefunded {
		body = append(body, "refund", s.refund(o, n-1))
	}
	if n := len(o.Fulfilments); n > 0 && kind == GenericFulfilled {
		body = append(body, "shipment", s.shipment(o, n-1))
	}
	return body
}

func (s Generic) customer(c Customer) fields {
	name := c.Company
	if name == "" {
		name = c.Name
	}
	out := fields{"name", name, "email", c.Email}
	for _, optional := range []Attribute{{"contact", c.Name}, {"phone", c.Phone}, {"kind", c.Kind}, {"vat_id", c.VATID}, {"kvk", c.KVK}} {
		if optional.Value != "" && optional.Value != name {
			out = append(out, optional.Name, optional.Value)
		}
	}
	if c.Locale != "" {
		out = append(out, "language", c.Locale[:2])
	}
	out = append(out, "address", s.address(c.Address))
	if c.ShippedTo != (Address{}) {
		out = append(out, "ship_to", s.address(c.ShippedTo))
	}
	return out
}

func (s Generic) address(a Address) fields {
	return fields{"street", a.Street, "postal_code", a.PostalCode, "city", a.City, "country", a.country()}
}

func (s Generic) shipment(o Order, i int) fields {
	f, lines := o.Fulfilments[i], []any{}
	for _, c := range o.contents(i) {
		lines = append(lines, fields{"sku", c.SKU, "quantity", c.Quantity})
	}
	return fields{"carrier", f.Carrier, "tracking", f.Tracking, "shipped_at", f.At.UTC().Format(time.RFC3339), "lines", lines}
}

func (s Generic) refund(o Order, i int) fields {
	r, lines := o.Refunds[i], []any{}
	for _, l := range r.Lines {
		lines = append(lines, fields{"sku", l.SKU, "quantity", l.Quantity})
	}
	return fields{"external_id", "rf_" + o.Number + "_" + digitsOf(r.At.UTC().Format("20060102150405")), "amount", amount(o.amount(r), o.Currency),
		"lines", lines, "reason", r.Note, "refunded_at", r.At.UTC().Format(time.RFC3339)}
}

func amount(minor int64, code string) fields { return fields{"amount", minor, "currency", code} }
