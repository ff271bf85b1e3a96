package page

import (
	"time"

	"github.com/shopspring/decimal"

	"duly/shared/o2c"
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/dunning"
	"duly/shared/o2c/fulfilment"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/money"
	"duly/shared/o2c/order"
	"duly/shared/o2c/party"
	"duly/shared/o2c/statute"
)

const samplePath = "/i/k1abcdefghijklmnopqrstuvwxyz234567"

func eur(minor int64) money.Amount { return money.Of(minor, "EUR") }

func day(d int) calendar.Date { return calendar.Date{Year: 2026, Month: 12, Day: 4}.AddDays(d) }

func seller() party.Seller {
	return party.Seller{
		Name: "Voorbeeld Groothandel BV", VATID: "NL123456789B01", KVK: "12345678",
		Address: party.Address{Street: "Havenstraat 12", PostalCode: "3011 AB", City: "Rotterdam", Country: "NL"},
		IBAN:    "NL91ABNA0417164300", BIC: "ABNANL2A", Email: "administratie@voorbeeld.example", Phone: "+31 10 123 45 67",
	}
}

func pages() *Pages {
	return New(Options{CheckoutOrigin: "https://checkout.stripe.com", Brand: "iDEAL | Wero", Seller: seller()})
}

// open is an invoice of 1,240.00 that is due in so many days.
func open(days int) o2c.InvoicePageView {
	rate := decimal.NewFromInt(21)
	d := invoice.Data{
		Type: invoice.Invoices, Number: "2026-0042", Status: invoice.Issued, Seller: seller(), Currency: "EUR",
		Buyer: invoice.Buyer{Name: "Bakkerij Vos B.V.", Language: "nl", Email: "vos@example.nl"},
		Lines: []invoice.Line{
			{N: 1, Name: "Croissant-mix “Été” – 25 kg", Quantity: 8, Net: eur(72479), TaxRate: rate},
			{N: 2, Name: "Weegschaal 30 kg, geijkt", Quantity: 2, Net: eur(30000), TaxRate: rate},
		},
		Taxes: []statute.Tax{{Category: statute.Standard, Rate: rate, Base: eur(102479), Tax: eur(21521)}},
		Net:   eur(102479), Tax: eur(21521), Rounding: eur(0), Total: eur(124000), Open: eur(124000),
		IssuedOn: day(-30), DueOn: day(0), Reference: invoice.Reference("2026-0042"),
	}
	v := o2c.InvoicePageView{Invoice: d, Today: day(-days), Payable: d.Open, UnderWay: eur(0), PromiseUntil: day(-days + 14)}
	v.TransferCode, _ = invoice.TransferCode(d.Seller, d.Open, d.Reference)
	return v
}

func with(v o2c.InvoicePageView, change func(*o2c.InvoicePageView)) o2c.InvoicePageView {
	change(&v)
	if v.Most.Currency == "" {
		v.Most = v.Payable
	}
	return v
}

// invoices are the states of an invoice's page.
func invoices() map[string]o2c.InvoicePageView {
	return map[string]o2c.InvoicePageView{
		"open": with(open(5), func(v *o2c.InvoicePageView) {
			v.StatementURL, v.Open, v.OpenTotal = "https://pay.example/s/x", 3, eur(448000)
		}),
		"late":    with(open(-10), func(*o2c.InvoicePageView) {}),
		"due_now": with(open(0), func(*o2c.InvoicePageView) {}),
		"disputed": with(open(-3), func(v *o2c.InvoicePageView) {
			v.Invoice.Dunning.Disputed, v.Payable, v.Most, v.DisputedOn = eur(30000), eur(94000), eur(124000), day(1)
			v.Dispute = &dunning.DisputeData{Status: dunning.DisputeOpen, Amount: eur(30000), AnswerBy: day(8)}
		}),
		"dispute_accepted": with(open(-3), func(v *o2c.InvoicePageView) {
			v.Invoice.Open, v.Payable = eur(94000), eur(94000)
			v.Dispute = &dunning.DisputeData{Status: dunning.DisputeAccepted, Amount: eur(30000), Accepted: eur(30000), CreditNote: "CN2026-0003"}
		}),
		"dispute_rejected": with(open(-3), func(v *o2c.InvoicePageView) {
			v.Dispute = &dunning.DisputeData{Status: dunning.DisputeRejected, Amount: eur(30000), Answer: "All eight were signed for."}
		}),
		"part": with(open(5), func(v *o2c.InvoicePageView) {
			v.Invoice.Open, v.Payable, v.Invoice.Status = eur(24000), eur(24000), invoice.PartPaid
		}),
		"pending":  with(open(5), func(v *o2c.InvoicePageView) { v.UnderWay, v.Payable, v.TransferCode = eur(124000), eur(0), "" }),
		"half":     with(open(5), func(v *o2c.InvoicePageView) { v.UnderWay, v.Payable = eur(100000), eur(24000) }),
		"promised": with(open(-3), func(v *o2c.InvoicePageView) { v.Promise = &dunning.PromiseData{Amount: eur(124000), Date: day(7)} }),
		"paid": with(open(-3), func(v *o2c.InvoicePageView) {
			v.Invoice.Open, v.Payable, v.Invoice.Status, v.Invoice.PaidOn, v.TransferCode = eur(0), eur(0), invoice.Paid, day(2), ""
		}),
		"credited": with(open(-3), func(v *o2c.InvoicePageView) {
			v.Invoice.Open, v.Payable, v.Invoice.Status, v.TransferCode = eur(0), eur(0), invoice.Credited, ""
		}),
		"written_off": with(open(-90), func(v *o2c.InvoicePageView) {
			v.Invoice.Open, v.Payable, v.Invoice.Status, v.TransferCode = eur(0), eur(0), invoice.WrittenOff, ""
		}),
		"credit_note": with(open(5), func(v *o2c.InvoicePageView) {
			v.Invoice.Type, v.Invoice.Number, v.Invoice.Refers, v.Payable, v.TransferCode = invoice.CreditNotes, "CN2026-0003", "2026-0042", eur(0), ""
		}),
		"deposit": with(open(5), func(v *o2c.InvoicePageView) {
			v.Waits, v.Invoice.OrderNo, v.Invoice.Advance = true, "SO-1042", &invoice.Advance{Percent: decimal.NewFromInt(30)}
		}),
		"final": with(open(5), func(v *o2c.InvoicePageView) {
			v.Invoice.Lines = append(v.Invoice.Lines, invoice.Line{N: 3, Advance: "2026-0041", Quantity: -1, Net: eur(-1000), TaxRate: decimal.NewFromInt(21)})
			v.Invoice.Preceding = []invoice.Preceding{{Number: "2026-0041", IssuedOn: day(-40), Amount: eur(1210)}}
		}),
		"dollars": with(open(5), func(v *o2c.InvoicePageView) {
			v.Invoice.Currency, v.Invoice.Open, v.Invoice.Total, v.Payable, v.TransferCode = "USD", money.Of(124000, "USD"), money.Of(124000, "USD"), money.Of(124000, "USD"), ""
			v.UnderWay = money.Of(0, "USD")
			v.Invoice.Taxes, v.Invoice.Net, v.Invoice.Rounding = nil, money.Of(124000, "USD"), money.Of(0, "USD")
			v.Invoice.Lines = []invoice.Line{{N: 1, Name: "Scale", Quantity: 1, Net: money.Of(124000, "USD")}}
		}),
	}
}

func ordered() o2c.OrderPageView {
	at := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
	return o2c.OrderPageView{
		Seller: seller(), Tongue: "nl", PlacedOn: day(-32),
		Order: order.Data{
			Number: "SO-1042", Status: order.Received, Holds: []string{order.CreditHold}, Total: eur(124000), PlacedAt: at,
			Lines: []order.Line{{N: 1, Name: "Croissant-mix 25 kg", Quantity: 8, Net: eur(72479)}, {N: 2, Name: "Weegschaal", Quantity: 2, Net: eur(30000)}},
		},
	}
}

// orders are the states of an order's page.
func orders() map[string]o2c.OrderPageView {
	all := map[string]o2c.OrderPageView{}
	add := func(name string, change func(*o2c.OrderPageView)) {
		v := ordered()
		change(&v)
		all[name] = v
	}
	confirmed := func(v *o2c.OrderPageView) {
		v.Order.Status, v.Order.Holds, v.ConfirmedOn, v.Order.DeliverOn = order.Confirmed, nil, day(-31), day(-29)
	}
	shipped := func(v *o2c.OrderPageView) {
		confirmed(v)
		v.Order.Status = order.Shipped
		v.Shipments = []o2c.ShippedOn{{On: day(-30), Shipment: fulfilment.ShipmentData{Carrier: "PostNL", Tracking: "3SABC123456789", Lines: []fulfilment.Carried{{Quantity: 8}, {Quantity: 2}}}}}
		v.Invoices = []o2c.InvoiceLink{{Invoice: open(5).Invoice, URL: "https://pay.example" + samplePath}}
	}
	add("waiting", func(*o2c.OrderPageView) {})
	add("confirmed", confirmed)
	secured := func(v *o2c.OrderPageView) {
		confirmed(v)
		v.Order.Holds, v.Order.Deposit = []string{order.DepositHold}, &order.Deposit{Percent: decimal.NewFromInt(30), Amount: eur(37200), InvoiceID: "i_d"}
		d := open(5).Invoice
		d.ID, d.Number, d.Total, d.Open, d.Advance = "i_d", "2026-0041", eur(37200), eur(37200), &invoice.Advance{Percent: decimal.NewFromInt(30)}
		v.Invoices = []o2c.InvoiceLink{{Invoice: d, URL: "https://pay.example/i/d"}}
	}
	add("waits_for_deposit", secured)
	add("deposit_paid", func(v *o2c.OrderPageView) {
		secured(v)
		v.Order.Holds, v.Invoices[0].Invoice.Open, v.Invoices[0].Invoice.PaidOn = nil, eur(0), day(-20)
	})
	add("part_shipped", func(v *o2c.OrderPageView) {
		shipped(v)
		v.Order.Status, v.Shipments[0].Shipment.Tracking = order.PartShipped, "https://carrier.example/3S"
	})
	add("back_ordered", func(v *o2c.OrderPageView) {
		confirmed(v)
		v.Order.Lines[0].Waiting, v.Order.TermsDays = 3, 30
		v.Order.ShipTo = party.Address{Street: "Dorpsstraat 7", PostalCode: "1234 CD", City: "Heeze", Country: "NL"}
		v.Corrections = []o2c.CorrectionOn{{Text: "Graag 6 in plaats van 8.", On: day(-30)}}
	})
	add("delivered", func(v *o2c.OrderPageView) {
		shipped(v)
		s := &v.Shipments[0]
		s.Shipment.ShipTo = party.Address{PostalCode: "1234 CD", Country: "NL"}
		s.Shipment.Delivery, s.DeliveredOn = &fulfilment.Delivery{Name: "J. Jansen"}, day(-29)
		v.Order.Lines[0].Returned, v.Order.Lines[1].Cut = 1, 1
		note := open(5).Invoice
		note.Type, note.Number, note.Refers, note.Total, note.Open = invoice.CreditNotes, "CN2026-0003", "2026-0042", eur(9060), eur(0)
		v.Invoices = append(v.Invoices, o2c.InvoiceLink{Invoice: note, URL: "https://pay.example/i/n"})
	})
	add("shipped", shipped)
	add("closed", func(v *o2c.OrderPageView) {
		shipped(v)
		v.Order.Status, v.Invoices[0].Invoice.Open, v.Invoices[0].Invoice.PaidOn = order.Closed, eur(0), day(-1)
	})
	add("declined", func(v *o2c.OrderPageView) { v.Order.Status, v.Order.Holds = order.Declined, nil })
	add("cancelled", func(v *o2c.OrderPageView) { v.Order.Status, v.Order.Holds = order.Cancelled, nil })
	return all
}

func stated() o2c.StatementPageView {
	second := open(5).Invoice
	second.Number, second.DueOn, second.Open = "2026-0051", day(9), eur(324000)
	return o2c.StatementPageView{
		Customer: party.Data{Name: "Bakkerij Vos B.V.", Language: "nl"}, Seller: seller(), Today: day(3), Totals: []money.Amount{eur(448000)}, Dues: []o2c.Due{{Overdue: true, Amount: eur(124000)}, {Amount: money.Of(9000, "USD")}},
		Settled:  []o2c.InvoiceLink{{Invoice: invoices()["paid"].Invoice, URL: "https://pay.example/i/c"}, {Invoice: invoices()["credited"].Invoice, URL: "https://pay.example/i/d"}},
		Invoices: []o2c.InvoiceLink{{Invoice: open(5).Invoice, URL: "https://pay.example/i/a"}, {Invoice: second, URL: "https://pay.example/i/b"}},
	}
}
