package document

import (
	"fmt"

	"github.com/shopspring/decimal"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/money"
	"duly/shared/o2c/party"
	"duly/shared/o2c/statute"
)

const sampleLink = "https://pay.voorbeeld.example/i/k1abcdefghijklmnopqrstuvwxyz234567"

func seller() party.Seller {
	return party.Seller{
		Name: "Voorbeeld Groothandel BV", VATID: "NL123456789B01", KVK: "12345678",
		Address: party.Address{Street: "Havenstraat 12", PostalCode: "3011 AB", City: "Rotterdam", Country: "NL"},
		IBAN:    "NL91ABNA0417164300", BIC: "ABNANL2A", Email: "administratie@voorbeeld.example", Phone: "+31 10 123 45 67",
	}
}

// sample is an issued invoice as the cycle makes it, with lines at the rates.
func sample(language string, lines ...invoice.Line) invoice.Data {
	if len(lines) == 0 {
		lines = []invoice.Line{
			line("Brood & banket: croissant-mix “Été” – 25 kg", "MIX-25", 8, 6250, "9"),
			line("Weegschaal 30 kg, geijkt", "SCALE-30", 2, 18900, "21"),
			line("Verzendkosten", "", 1, 1495, "21"),
		}
	}
	for i := range lines {
		lines[i].N = i + 1
	}
	d := invoice.Data{
		ID: "in_1", OrderID: "o_1", OrderNo: "SO-1042", CustomerID: "c_1", Lines: lines, Currency: "EUR",
		Buyer: invoice.Buyer{
			Name: "Bakkerij Vos B.V.", Kind: party.Company, VATID: "NL987654321B01", Language: language,
			Address: party.Address{Street: "Dorpsstraat 7", PostalCode: "1234 CD", City: "Heeze", Country: "NL"},
		},
		SuppliedOn: calendar.Date{Year: 2026, Month: 11, Day: 3}, TermsDays: 30, Rounding: lines[0].Net.Zero(),
	}
	return issue(d, "2026-0042")
}

func line(name, sku string, quantity, price int64, rate string) invoice.Line {
	return invoice.Line{
		Name: name, SKU: sku, Quantity: quantity, UnitPrice: money.Of(price, "EUR"), Net: money.Of(price*quantity, "EUR"),
		TaxRate: decimal.RequireFromString(rate), Category: statute.Standard,
	}
}

// issue fills in what issuing does.
func issue(d invoice.Data, number string) invoice.Data {
	var taxable []statute.Taxable
	for _, l := range d.Lines {
		taxable = append(taxable, statute.Taxable{Net: l.Net, Category: l.Category, Rate: l.TaxRate})
	}
	d.Taxes = statute.Breakdown(taxable)
	d.Net, d.Tax = statute.Totals(d.Taxes)
	d.Total = d.Net.Plus(d.Tax).Plus(d.Rounding)
	d.Type, d.Status, d.Number, d.Seller, d.Open = invoice.Invoices, invoice.Issued, number, seller(), d.Total
	d.IssuedOn = calendar.Date{Year: 2026, Month: 11, Day: 4}
	d.DueOn, d.Reference = d.IssuedOn.AddDays(d.TermsDays), invoice.Reference(number)
	return d
}

// long is an invoice of n lines, some of them wordy.
func long(language string, n int) invoice.Data {
	var lines []invoice.Line
	for i := range n {
		name := fmt.Sprintf("Artikel %d", i+1)
		if i%5 == 2 {
			name += " met een uitvoerige omschrijving, zodat zij over meer dan één regel loopt en de tabel meegroeit"
		}
		lines = append(lines, line(name, fmt.Sprintf("SKU-%04d", i+1), int64(i%7+1), int64(995+i*130), []string{"21", "9"}[i%2]))
	}
	d := sample(language, lines...)
	return d
}

// consumer is somebody without VAT id, abroad, in the customer's language.
func consumer() invoice.Data {
	d := sample("de", line("Käsehobel »Größe 2« aus Buchenholz", "KH-2", 1, 1650, "19"), line("Versand", "", 1, 495, "19"))
	d.Buyer = invoice.Buyer{
		Name: "Jürgen Groß", Kind: party.Consumer, Language: "de",
		Address: party.Address{Street: "Königsallee 5", PostalCode: "40212", City: "Düsseldorf", Country: "DE"},
	}
	return d
}

// discounts is an invoice with discounts on its lines: a part, a price with more
// decimals than the currency has, and all of it.
func discounts(language string) invoice.Data {
	off := func(l invoice.Line, list string, net int64) invoice.Line {
		l.ListPrice, l.Net = decimal.RequireFromString(list), money.Of(net, "EUR")
		l.UnitPrice = money.Of(net/l.Quantity, "EUR")
		return l
	}
	return sample(language,
		off(line("Weegschaal 30 kg, geijkt", "SCALE-30", 2, 18900, "21"), "189", 34020),
		off(line("Brood & banket: croissant-mix “Été” – 25 kg", "MIX-25", 7, 6250, "9"), "57.33944954", 36124),
		off(line("Monster", "", 1, 0, "21"), "12.50", 0),
		line("Verzendkosten", "", 1, 1495, "21"))
}

// german is an invoice to a German public body that gave a reference.
func german(reference string) invoice.Data {
	d := sample("de", line("Schreibtisch, höhenverstellbar", "DESK-1", 4, 39900, "19"), line("Fachbuch", "BOOK-1", 10, 2500, "7"))
	d.Buyer = invoice.Buyer{
		Name: "Freie Hansestadt Bremen, Senator für Finanzen", Kind: party.PublicBody, Language: "de", Reference: reference, Email: "rechnung@bremen.example",
		Address: party.Address{Street: "Rudolf-Hilferding-Platz 1", PostalCode: "28195", City: "Bremen", Country: "DE"},
	}
	return d
}

// reverseCharged is an intra-Community service to a French company.
func reverseCharged() invoice.Data {
	l := line("Conseil logistique, journée", "", 3, 84000, "0")
	l.Category = statute.ReverseCharge
	d := sample("fr", l)
	d.Buyer.Name, d.Buyer.VATID = "Épicerie Générale de l’Œuvre SARL", "FR40303265045"
	d.Buyer.Address = party.Address{Street: "12, rue de l’Église", PostalCode: "75011", City: "Paris", Country: "FR"}
	return d
}

// corrected is a credit note of the sample.
func corrected(language string) invoice.Data {
	d := sample(language, line("Weegschaal 30 kg, geijkt", "SCALE-30", 1, 18900, "21"))
	d.Type, d.Number, d.Refers = invoice.CreditNotes, "CN2026-0003", "2026-0042"
	return d
}

// deposit is an advance payment invoice over a part of the sample's goods.
func deposit(language string, percent int64) invoice.Data {
	d := sample(language)
	d.Lines, d.SuppliedOn, d.TermsDays = nil, calendar.Date{}, 7
	p := decimal.NewFromInt(percent)
	d = invoice.NewAdvance(d, p, d.Total.Percent(p), d.Taxes).Data()
	return issue(d, "2026-0041")
}

// final is the sample with 30 % of it paid before.
func final(language string) invoice.Data {
	d, before := sample(language), deposit(language, 30)
	for _, l := range before.Lines {
		l.N, l.Quantity, l.Net, l.Advance = len(d.Lines)+1, -1, l.Net.Neg(), before.Number
		d.Lines = append(d.Lines, l)
	}
	d.Preceding = []invoice.Preceding{{ID: "in_0", Number: before.Number, IssuedOn: before.IssuedOn, Amount: before.Total}}
	return issue(d, "2026-0042")
}

// rounded is an invoice whose shop said a cent less than the lines give.
func rounded() invoice.Data {
	d := sample("en")
	d.Rounding = money.Of(-1, "EUR")
	d.Total = d.Total.Plus(d.Rounding)
	return d
}

// overall is an invoice with a discount of the whole order, spread over its two
// rates, a surcharge, and a charge on a line beside a discount.
func overall(language string) invoice.Data {
	whole := func(reason string, net int64, rate string) invoice.Line {
		l := line(reason, "", 1, net, rate)
		l.Overall = true
		return l
	}
	crates := line("Appelsap, krat van 12 flessen", "JUICE-12", 5, 2400, "9")
	crates.Charge, crates.ChargeFor, crates.Net = decimal.RequireFromString("3.90"), "Statiegeld krat", money.Of(5*(2400+390), "EUR")
	crates.UnitPrice = money.Of(2790, "EUR")
	both := line("Weegschaal 30 kg, geijkt", "SCALE-30", 2, 18900, "21")
	both.ListPrice, both.Charge, both.ChargeFor = decimal.RequireFromString("189"), decimal.RequireFromString("12.50"), "IJkcertificaat"
	both.Net, both.UnitPrice = money.Of(34020+2500, "EUR"), money.Of(18260, "EUR")
	return sample(language, crates, both, line("Verzendkosten", "", 1, 1495, "21"),
		whole("Voorjaarsactie 5 %", -698, "9"), whole("Voorjaarsactie 5 %", -1901, "21"), whole("Spoedtoeslag", 2500, "21"))
}
