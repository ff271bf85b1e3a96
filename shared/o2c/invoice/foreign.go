package invoice

import "duly/shared/o2c/money"

// Convert tells a draft the currency of the books and the rate at which they take
// it; nil when it is in that currency, or when no rate is known. Article 91 of
// directive 2006/112/EC wants the rate of the day on which the tax becomes
// chargeable and lets the European Central Bank's published rates stand for it.
func (i *Invoice) Convert(books string, rate *money.Rate) {
	i.data.BooksCurrency, i.data.Rate = books, rate
}

// Foreign reports whether the document is in another currency than the books.
func (d Data) Foreign() bool { return d.BooksCurrency != "" && d.BooksCurrency != d.Currency }

// InBooks is an amount of the document in the currency of the books, at the
// document's own rate.
func (d Data) InBooks(a money.Amount) money.Amount {
	if d.Rate == nil {
		return a
	}
	return d.Rate.In(a)
}

// Releases is what taking an amount off what is open takes off the receivable in
// the currency of the books. However the open amount is cut, the parts add up to
// what was booked: the last of them takes the remainder.
func (d Data) Releases(a money.Amount) money.Amount {
	return d.InBooks(d.Open).Minus(d.InBooks(d.Open.Minus(a)))
}

// Books are the sums of a document in the currency of the books.
type Books struct {
	Net      money.Amount `json:"net"`
	Tax      money.Amount `json:"tax"` // BT-111: the sum of its rates, each rounded once
	Rounding money.Amount `json:"rounding"`
	Total    money.Amount `json:"total"`
}

// Books are what the ledger takes of the document. The tax is the sum of what is
// shown per rate, because that is what is owed; what rounding leaves stands with
// the rounding.
func (d Data) Books() Books {
	b := Books{Net: d.InBooks(d.Net), Total: d.InBooks(d.Total), Tax: d.InBooks(d.Tax).Zero()}
	for _, t := range d.Taxes {
		b.Tax = b.Tax.Plus(d.InBooks(t.Tax))
	}
	b.Rounding = b.Total.Minus(b.Net).Minus(b.Tax)
	return b
}
