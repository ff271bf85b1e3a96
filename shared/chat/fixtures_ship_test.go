package chat

import (
	"duly/shared/o2c"
	"duly/shared/o2c/fulfilment"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/order"
	"duly/shared/o2c/party"
)

// sampleShip is an order that waits to be marked as shipped, some of it back-ordered.
func sampleShip() o2c.ShipCard {
	o := sampleOrder()
	o.Status, o.Holds = order.Confirmed, []string{}
	o.DeliverOn = on("2026-01-07")
	o.ShipTo = party.Address{Street: "Dam 1", PostalCode: "1012 JS", City: "Amsterdam", Country: "NL"}
	return o2c.ShipCard{Order: o, SlipURL: "https://pay.example/o/k1abc/packing-slip"}
}

func partly() order.Data {
	o := sampleShip().Order
	o.Status = order.PartShipped
	o.Lines = append([]order.Line(nil), o.Lines...)
	o.Lines[0].Shipped, o.Lines[0].Reserved = 40, 0
	return o
}

func gone() order.Data {
	o := partly()
	o.Status = order.Shipped
	return o
}

func ended() order.Data {
	o := sampleShip().Order
	o.Status = order.Cancelled
	return o
}

func parcels() []fulfilment.ShipmentData {
	return []fulfilment.ShipmentData{
		{ID: "sh_1", N: 1, Lines: []fulfilment.Carried{{Line: 1, Name: "Coffee beans 1 kg", Quantity: 40}}, Carrier: "PostNL", Tracking: "3SABC123456789", ShippedAt: at("2026-01-05T15:00:00Z")},
		{
			ID: "sh_2", N: 2, Lines: []fulfilment.Carried{{Line: 2, Name: "Grinder", Quantity: 2}}, ShippedAt: at("2026-01-06T15:00:00Z"),
			Delivery: &fulfilment.Delivery{At: at("2026-01-07T10:30:00Z"), Name: "J. Jansen", Said: "carrier"},
		},
	}
}

// partlyCredited is an invoice of four chairs, one of which came back.
func partlyCredited() invoice.Data {
	d := sampleInvoice("2026-0042", 40000, "2026-01-09")
	d.Lines = []invoice.Line{{N: 1, Name: "Chair", Quantity: 4, Net: eur(40000)}}
	d.Notes = []invoice.Note{{ID: "i_n", Number: "CN2026-0001", Total: eur(10000), Settled: eur(10000), Lines: []invoice.Taken{{N: 1, Quantity: 1, Net: eur(10000)}}}}
	d.Open = eur(30000)
	return d
}
