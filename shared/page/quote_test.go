package page

import (
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"duly/shared/o2c"
	"duly/shared/o2c/quote"
	"duly/shared/o2c/statute"
)

// quotes are the states of a quote's page.
func quotes() map[string]o2c.QuotePageView {
	rate := decimal.NewFromInt(21)
	sent := quote.Data{
		Number: "Q2026-0042", Version: 1, Status: quote.Sent, Seller: seller(), Currency: "EUR", Subject: "Flour for the spring season", Note: "Delivered in two parts.",
		Buyer: quote.Buyer{Name: "Bakkerij Vos B.V.", Language: "nl", Email: "vos@example.nl"},
		Lines: []quote.Line{{N: 1, Name: "Croissant-mix “Été” – 25 kg", Quantity: 40, Net: eur(102479), TaxRate: rate}},
		Taxes: []statute.Tax{{Category: statute.Standard, Rate: rate, Base: eur(102479), Tax: eur(21521)}},
		Net:   eur(102479), Tax: eur(21521), Total: eur(124000), IssuedOn: day(-5), ValidUntil: day(25), TermsDays: 30,
		Terms:    quote.TermsRef{Version: "2026-01", Language: "nl", Hash: strings.Repeat("3c", 32)},
		Period:   &quote.Period{StartOn: day(28), EndOn: day(393), NoticeDays: 30},
		Document: quote.Paper{Name: "quotes/x.pdf", Hash: strings.Repeat("ab", 32)},
	}
	with := func(change func(*o2c.QuotePageView)) o2c.QuotePageView {
		v := o2c.QuotePageView{Quote: sent, Today: day(0)}
		change(&v)
		return v
	}
	return map[string]o2c.QuotePageView{
		"open": with(func(*o2c.QuotePageView) {}),
		"accepted": with(func(v *o2c.QuotePageView) {
			v.Quote.Status, v.OrderURL = quote.Accepted, "https://pay.example/o/x"
			v.Quote.Acceptance = &quote.Acceptance{Name: "Eline Vos", At: time.Date(2026, 12, 4, 9, 0, 0, 0, time.UTC), Document: sent.Document.Hash}
			v.Contract = &quote.ContractData{AcceptedOn: day(0), Document: quote.Paper{Name: "contracts/x.pdf", Hash: strings.Repeat("cd", 32)}}
		}),
		"advance":  with(func(v *o2c.QuotePageView) { v.Quote.Upfront = eur(37200) }),
		"declined": with(func(v *o2c.QuotePageView) { v.Quote.Status = quote.Declined }),
		"expired":  with(func(v *o2c.QuotePageView) { v.Over = true }),
		"revising": with(func(v *o2c.QuotePageView) { v.Quote.Status = quote.Draft }),
	}
}
