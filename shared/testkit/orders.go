package testkit

import (
	"time"

	"github.com/shopspring/decimal"

	"duly/shared/o2c"
	"duly/shared/o2c/order"
	"duly/shared/o2c/party"
)

// Order is a shop's order of one line at 21 % VAT, prices without tax.
func Order(id string, cents int64, at time.Time) order.Incoming {
	return order.Incoming{
		ExternalID: id, Number: "SO-" + id, Currency: "EUR", PlacedAt: at, UpdatedAt: at,
		Buyer: order.Buyer{
			ExternalID: "cust-1", Company: "Acme BV", Email: "finance@acme.example", KVK: "87654321", Language: "en",
			Address: party.Address{Street: "Dam 1", PostalCode: "1012 JS", City: "Amsterdam", Country: "NL"},
		},
		Lines: []order.IncomingLine{{ExternalID: "l1", SKU: "CHAIR", Name: "Chair", Quantity: 2, UnitPrice: decimal.New(cents, -2), TaxRate: decimal.NewFromInt(21)}},
	}
}

// Arrive is a shop's message about an order, now.
func (w *World) Arrive(verb order.Verb, in order.Incoming) o2c.Arrival {
	return o2c.Arrival{
		At: w.now, Endpoint: "demo-shopify", Platform: "shopify", Message: order.Message{Verb: verb, Topic: string(verb), Order: in},
		Seen: o2c.Name("seen", string(verb), in.ExternalID, in.UpdatedAt.String()),
	}
}
