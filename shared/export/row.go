package export

import (
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"duly/shared/o2c"
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/ledger"
	"duly/shared/o2c/money"
	"duly/shared/o2c/statute"
)

// row is what a line of a file tells, by the names that profiles use. A value is
// a string, a civil date, an amount or a decimal.
type row map[string]any

// rows makes the lines of the file, and counts the documents behind them.
func (p Profile) rows(b o2c.Books) (all []row, documents int) {
	switch p.Rows {
	case "lines":
		for _, d := range b.Invoices {
			all = append(all, p.lines(b, d)...)
		}
		return all, len(b.Invoices)
	case "pairs":
		for i, e := range b.Entries {
			all = append(all, pairs(b, e, i+1)...)
		}
	default:
		for i, e := range b.Entries {
			for n, l := range e.Legs {
				if l.Amount.Currency == b.Currency {
					all = append(all, leg(b, e, l, i+1, n+1))
				}
			}
		}
	}
	return all, len(all)
}

// about is what both forms of a booking tell.
func about(b o2c.Books, e ledger.EntryData, n int) row {
	r := row{
		"entry.number": strconv.Itoa(n), "entry.id": e.ID, "entry.text": e.Narrative, "entry.booked_on": e.BookedOn, "entry.value_on": e.ValueOn, "currency": b.Currency,
		"entry.title": strconv.Itoa(n) + " " + e.Narrative, "entry.period": strconv.Itoa(int(e.BookedOn.Month)), "entry.year": strconv.Itoa(e.BookedOn.Year), "entry.journal": journal(e),
	}
	for _, l := range e.Legs {
		if d, ok := b.Documents[l.Of]; ok {
			r["document.number"], r["customer.name"], r["customer.id"], r["customer.vat_id"], r["document.due_on"] = d.Number, d.Buyer.Name, d.CustomerID, d.Buyer.VATID, d.DueOn
		}
	}
	return r
}

// The journals of the books: sales, bank, and the rest.
const (
	journalSales = "VRK"
	journalBank  = "BNK"
	journalOther = "MEM"
)

func journal(e ledger.EntryData) string {
	kind := journalOther
	for _, l := range e.Legs {
		a, _ := ledger.AccountOf(l.Account)
		switch a.Role {
		case ledger.Bank:
			return journalBank
		case ledger.Revenue, ledger.Deposits:
			kind = journalSales
		}
	}
	return kind
}

func leg(b o2c.Books, e ledger.EntryData, l ledger.Leg, n, side int) row {
	r := about(b, e, n)
	a, _ := ledger.AccountOf(l.Account)
	r["leg.number"], r["account.code"], r["account.name"], r["amount"] = strconv.Itoa(side), b.Account(a), a.Name, l.Amount
	zero := l.Amount.Zero()
	r["debit"], r["credit"], r["side"] = l.Amount, zero, "D"
	if l.Amount.IsNegative() {
		r["debit"], r["credit"], r["side"] = zero, l.Amount.Neg(), "C"
	}
	if l.Amount.IsNegative() {
		r["credit.or_none"] = r["credit"]
	} else {
		r["debit.or_none"] = r["debit"]
	}
	if a.Role == ledger.Receivable {
		r["receivable.customer"] = r["customer.name"]
	}
	r["abs"], r["line.number"] = l.Amount.Abs(), strconv.Itoa(n)+"-"+strconv.Itoa(side)
	return r
}

// pairs turns an entry into bookings of one debit against one credit, whose sums
// per account are the entry's.
func pairs(b o2c.Books, e ledger.EntryData, n int) []row {
	var debits, credits []ledger.Leg
	for _, l := range e.Legs {
		if l.Amount.Currency != b.Currency {
			continue
		}
		if l.Amount.IsPositive() {
			debits = append(debits, l)
		} else {
			credits = append(credits, ledger.Leg{Account: l.Account, Amount: l.Amount.Neg(), Of: l.Of})
		}
	}
	var all []row
	for d, c := 0, 0; d < len(debits) && c < len(credits); {
		amount := money.Min(debits[d].Amount, credits[c].Amount)
		r := about(b, e, n)
		to, _ := ledger.AccountOf(debits[d].Account)
		from, _ := ledger.AccountOf(credits[c].Account)
		r["abs"], r["debit.account"], r["credit.account"], r["pair.number"] = amount, b.Account(to), b.Account(from), strconv.Itoa(len(all)+1)
		all = append(all, r)
		debits[d].Amount, credits[c].Amount = debits[d].Amount.Minus(amount), credits[c].Amount.Minus(amount)
		if debits[d].Amount.IsZero() {
			d++
		}
		if credits[c].Amount.IsZero() {
			c++
		}
	}
	return all
}

// lines are an invoice's lines, and what rounds it to the total that prevails.
func (p Profile) lines(b o2c.Books, d invoice.Data) []row {
	sign := int64(1)
	if d.Type == invoice.CreditNotes {
		sign = -1
	}
	revenue, _ := ledger.AccountOf(ledger.Code(ledger.Revenue))
	rounding, _ := ledger.AccountOf(ledger.Code(ledger.Rounding))
	var all []row
	for _, l := range d.Lines {
		r := p.document(b, d)
		r["line.name"], r["line.sku"], r["line.quantity"], r["line.tax_rate"] = l.Name, l.SKU, decimal.NewFromInt(l.Quantity), l.TaxRate
		r["line.unit_price"], r["line.net"], r["line.category"] = money.Of(sign*l.UnitPrice.Minor, d.Currency), money.Of(sign*l.Net.Minor, d.Currency), taxCode(l.Category, l.TaxRate)
		r["line.unit_exact"] = exact(l, sign)
		r["line.tax"] = money.Of(sign*l.Net.Percent(l.TaxRate).Minor, d.Currency)
		r["line.gross"] = r["line.net"].(money.Amount).Plus(r["line.tax"].(money.Amount))
		r["account.code"] = b.Account(revenue)
		all = append(all, r)
	}
	if rest := d.Rounding; !rest.IsZero() {
		r := p.document(b, d)
		r["line.name"], r["line.quantity"], r["line.tax_rate"], r["line.category"], r["account.code"] = "Rounding", decimal.NewFromInt(1), decimal.Zero, "none", b.Account(rounding)
		amount := money.Of(sign*rest.Minor, d.Currency)
		r["line.unit_price"], r["line.unit_exact"], r["line.net"], r["line.tax"], r["line.gross"] = amount, amount.Decimal(), amount, amount.Zero(), amount
		all = append(all, r)
	}
	return all
}

// exact is a unit price by which quantity × price is the line's net amount.
func exact(l invoice.Line, sign int64) decimal.Decimal {
	if l.Quantity == 0 {
		return l.Net.Decimal().Mul(decimal.NewFromInt(sign))
	}
	return l.Net.Decimal().Mul(decimal.NewFromInt(sign)).DivRound(decimal.NewFromInt(l.Quantity), 4)
}

// document is what every line of an invoice tells of it.
func (p Profile) document(b o2c.Books, d invoice.Data) row {
	sign := int64(1)
	if d.Type == invoice.CreditNotes {
		sign = -1
	}
	receivable, _ := ledger.AccountOf(ledger.Code(ledger.Receivable))
	due := d.DueOn
	if due.IsZero() {
		due = d.IssuedOn
	}
	return row{
		"document.number": d.Number, "document.type": d.Type, "document.issued_on": d.IssuedOn, "document.due_on": due, "document.reference": d.Reference, "document.order": d.OrderNo,
		"document.total": money.Of(sign*d.Total.Minor, d.Currency), "document.net": money.Of(sign*d.Net.Minor, d.Currency), "document.tax": money.Of(sign*d.Tax.Minor, d.Currency), "document.currency": d.Currency,
		"document.period": strconv.Itoa(d.IssuedOn.Year) + "/" + pad(int(d.IssuedOn.Month)), "document.terms": strconv.Itoa(d.TermsDays),
		"customer.name": d.Buyer.Name, "customer.id": d.CustomerID, "customer.email": d.Buyer.Email, "customer.vat_id": d.Buyer.VATID, "customer.street": d.Buyer.Address.Street,
		"customer.postal_code": d.Buyer.Address.PostalCode, "customer.city": d.Buyer.Address.City, "customer.country": d.Buyer.Address.Country, "receivable.code": b.Account(receivable), "currency": d.Currency,
	}
}

func pad(n int) string {
	if n < 10 {
		return "0" + strconv.Itoa(n)
	}
	return strconv.Itoa(n)
}

// taxCode names a line's tax for the profiles' maps: its category and rate, such
// as S21, AE0 or K0.
func taxCode(c statute.Category, rate decimal.Decimal) string { return string(c) + rate.String() }

// accountLength is how many digits the accounts of the accountant's chart have; DATEV counts from four.
func accountLength(b o2c.Books) int {
	most := 4
	for _, a := range ledger.Chart() {
		most = max(most, len(b.Account(a)))
	}
	return most
}

// value is a field of the row, or of the books, or a word.
func (r row) value(b o2c.Books, field string) any {
	if word, ok := strings.CutPrefix(field, "="); ok {
		return word
	}
	switch field {
	case "":
		return ""
	case "books.from":
		return b.From
	case "books.to":
		return b.To
	case "books.made_on":
		return b.MadeOn
	case "books.stamp":
		return strings.ReplaceAll(b.MadeOn.String(), "-", "") + "000000000"
	case "books.year_start":
		return calendar.Date{Year: b.From.Year, Month: 1, Day: 1}
	case "books.currency":
		return b.Currency
	case "books.company":
		return b.Seller.Name
	case "books.consultant":
		return b.Accounting.Consultant
	case "books.client":
		return b.Accounting.Client
	case "books.account_length":
		return strconv.Itoa(accountLength(b))
	}
	return r[field]
}
