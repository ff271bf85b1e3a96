package upload

import (
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"duly/shared/o2c"
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/money"
)

// customerHeaders are what a customer's number is called.
func customerHeaders() []string {
	return []string{"customer", "customer number", "customer id", "debtor", "klantnummer", "debiteur", "debiteurnummer", "kundennummer", "debitor", "numéro client"}
}

// openColumns are the headers of a list of open items.
func openColumns() [][]string {
	return [][]string{
		{"invoice", "invoice number", "number", "document", "factuur", "factuurnummer", "rechnung", "rechnungsnummer", "belegnummer", "facture", "numéro de facture"},
		customerHeaders(),
		{"date", "invoice date", "datum", "factuurdatum", "rechnungsdatum", "belegdatum", "date de facture"},
		{"due date", "due", "vervaldatum", "fällig", "fälligkeit", "fälligkeitsdatum", "échéance", "date d'échéance"},
		{"total", "amount", "invoice amount", "original amount", "bedrag", "factuurbedrag", "betrag", "rechnungsbetrag", "montant"},
		{"paid", "part payment", "payments", "betaald", "bezahlt", "payé"},
		{"credited", "credit notes", "gecrediteerd", "gutgeschrieben", "crédité"},
		{"open", "outstanding", "open amount", "openstaand", "openstaand bedrag", "offen", "offener betrag", "solde", "reste dû"},
		{"vat", "vat amount", "tax", "btw", "btw bedrag", "mwst", "tva"},
		{"vat rate", "tax rate", "btw percentage", "btw %", "mwst %", "taux de tva"},
		{"balance", "customer balance", "saldo", "saldo debiteur", "kundensaldo", "solde client"},
		{"order", "order number", "bestelnummer", "ordernummer", "bestellnummer", "commande"},
		{"currency", "valuta", "währung", "devise"},
	}
}

// balanceColumns are the headers of a trial balance or a list of debtors.
func balanceColumns() [][]string {
	return [][]string{
		{"account", "account code", "ledger account", "rekening", "grootboekrekening", "konto", "compte"},
		customerHeaders(),
		{"debit", "debet", "soll", "débit"},
		{"credit", "haben", "crédit"},
		{"amount", "balance", "saldo", "betrag", "montant", "solde"},
		{"date", "datum"},
	}
}

// openItems reads one open invoice a row; a negative amount is what the customer
// has to his credit.
func openItems(s *sheet) {
	seen := map[string]int{}
	s.each(func(r row) {
		number := r.single("invoice", seen)
		if number == "" {
			return
		}
		if c := strings.ToUpper(r.text("currency")); c != "" && c != r.books {
			r.wrong("currency", "open items are brought forward in "+r.books+" alone", "collect it in the old package, or write what it is worth in "+r.books)
		}
		it := o2c.OpenItem{Number: number, Customer: r.needed("customer"), OrderNo: r.text("order"), IssuedOn: r.day("date"), DueOn: r.day("due date")}
		r.sums(&it)
		if it.DueOn.IsZero() {
			it.DueOn = it.IssuedOn
		}
		s.file.Items = append(s.file.Items, o2c.ImportItem{Row: r.n, ID: number, Open: &it})
	})
	debtors(s)
}

// day is a date that must be there, but for the due date of a credit.
func (r row) day(field string) calendar.Date {
	if r.text(field) == "" && field == "due date" && strings.Contains(r.text("open")+r.text("total"), "-") {
		return calendar.Date{}
	}
	if r.needed(field) == "" {
		return calendar.Date{}
	}
	at := r.date(field)
	if at.IsZero() {
		return calendar.Date{}
	}
	return calendar.On(at, time.UTC)
}

// signed is an amount that may be below zero: -12,50, 12,50- or (12,50).
func (r row) signed(field string) (money.Amount, bool) {
	s := r.text(field)
	bare := strings.TrimSuffix(strings.TrimPrefix(strings.Trim(s, "()"), "-"), "-")
	plain := row{sheet: r.sheet, cells: append([]string{}, r.cells...), n: r.n}
	if at, ok := r.at[field]; ok && at < len(plain.cells) {
		plain.cells[at] = bare
	}
	a, ok := plain.amount(field, r.books)
	if bare != s {
		a = a.Neg()
	}
	return a, ok
}

// sums are the item's amounts. What is left out follows from the others: what is
// neither open nor credited was paid.
func (r row) sums(it *o2c.OpenItem) {
	zero := money.Of(0, r.books)
	total, hasTotal := r.signed("total")
	open, hasOpen := r.signed("open")
	it.Credited, it.Paid, it.Tax = zero, zero, zero
	if a, ok := r.amount("credited", r.books); ok {
		it.Credited = a
	}
	paid, hasPaid := r.amount("paid", r.books)
	if hasPaid {
		it.Paid = paid
	}
	switch {
	case !hasTotal && !hasOpen:
		if r.text("total") == "" {
			r.needed("open")
		}
		return
	case !hasTotal:
		total = open.Plus(it.Credited).Plus(it.Paid)
	case hasOpen && !hasPaid && !total.IsNegative():
		it.Paid = total.Minus(it.Credited).Minus(open)
	case hasOpen && open != total.Minus(it.Credited).Minus(it.Paid):
		r.wrong("open", "total less credited less paid is "+total.Minus(it.Credited).Minus(it.Paid).String(), "mend one of the four")
	}
	it.Original = total
	if left := it.Open(); left.IsZero() || it.Paid.IsNegative() || left.IsNegative() != total.IsNegative() {
		r.wrong("open", "nothing of it is open, or more than its total", "leave the row out, or mend the amounts")
	}
	if a, ok := r.amount("vat", r.books); ok {
		it.Tax = a
	}
	if rate, ok := r.percent("vat rate"); ok {
		it.Rate = &rate
		hundred := decimal.NewFromInt(100)
		if want := total.Times(rate.DivRound(hundred.Add(rate), 18)); !it.Tax.IsZero() && want.Minus(it.Tax).Abs().Minor > 5 {
			r.wrong("vat", "at "+rate.String()+" % it would be "+want.String(), "leave the rate out when several hold")
		}
	}
}

// debtors holds each customer's open items against the balance that stands in
// its rows. Where a row of the customer is wrong, that is what there is to mend; a
// wrong row that names nobody may be anybody's.
func debtors(s *sheet) {
	if !s.has("balance") {
		return
	}
	owed, said := map[string]money.Amount{}, map[string]row{}
	spoiled := map[string]bool{}
	var order []string
	s.each(func(r row) {
		c := r.text("customer")
		if s.file.Bad(r.n) {
			spoiled[c] = true
		}
		if c != "" && r.text("balance") != "" {
			if _, known := said[c]; !known {
				order = append(order, c)
			}
			said[c] = r
		}
	})
	for _, item := range s.file.Items {
		c := item.Open.Customer
		owed[c] = owed[c].Plus(money.Of(0, s.books)).Plus(item.Open.Open())
	}
	for _, c := range order {
		if spoiled[c] || spoiled[""] {
			continue
		}
		r := said[c]
		if want, ok := r.signed("balance"); ok && owed[c] != want {
			r.wrong("balance", "the open items of customer "+c+" come to "+owed[c].String(), "find the row that is missing or too much")
		}
	}
}

// balances reads one account, or one customer, a row.
func balances(s *sheet) {
	seen := map[string]int{}
	s.each(func(r row) {
		b := o2c.OpeningBalance{Account: r.text("account"), Customer: r.text("customer"), Amount: money.Of(0, r.books)}
		if b.Account == "" && b.Customer == "" {
			r.needed("account")
			return
		}
		id := b.Account + "/" + b.Customer
		if first, twice := seen[id]; twice {
			r.wrong("account", "row "+strconv.Itoa(first)+" has it too", "keep one of the rows")
			return
		}
		seen[id] = r.n
		debit, hasDebit := r.signed("debit")
		credit, hasCredit := r.signed("credit")
		amount, hasAmount := r.signed("amount")
		switch {
		case hasAmount && !hasDebit && !hasCredit:
			b.Amount = amount
		case hasDebit || hasCredit:
			b.Amount = b.Amount.Plus(debit).Minus(credit)
		default:
			r.needed("amount")
		}
		if r.text("date") != "" {
			b.On = r.day("date")
		}
		s.file.Items = append(s.file.Items, o2c.ImportItem{Row: r.n, ID: id, Balance: &b})
	})
}
