package demo

import (
	"io"
	"net/http"
	"slices"
	"time"

	"duly/infra/local/bank"
	"duly/shared/o2c"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/ledger"
	"duly/shared/o2c/money"
	"duly/shared/text"
)

type bankView struct {
	Balance, Books, IBAN string
	Agrees               bool
	Open                 []openLine
	Entries              []entryLine
}

type openLine struct{ Number, Buyer, Due, Reference, Open, Plain string }

type entryLine struct {
	At                                  time.Time
	Name, IBAN, Reference, Text, Amount string
}

// pretty spells an amount as the team reads it.
func pretty(a money.Amount) string { return text.Money(a.Minor, a.Currency, "en") }

func (s *site) bankPage(r *http.Request) (any, error) {
	balances, err := s.runtime.Cycle.TrialBalance(r.Context(), today(s))
	if err != nil {
		return nil, err
	}
	books := s.euros(0)
	for _, b := range balances {
		if b.Role == ledger.Bank {
			books = b.Balance
		}
	}
	balance := s.euros(s.runtime.Bank.Balance())
	v := bankView{Balance: pretty(balance), Books: pretty(books), IBAN: s.runtime.Policy.Seller.IBAN, Agrees: balance == books}
	if v.Open, err = s.openLines(r); err != nil {
		return nil, err
	}
	for _, e := range slices.Backward(s.runtime.Bank.Entries()) {
		v.Entries = append(v.Entries, entryLine{At: e.At, Name: e.Name, IBAN: e.IBAN, Reference: e.Reference, Text: e.Entry.Text, Amount: pretty(s.euros(e.Amount))})
	}
	return v, nil
}

// openLines are the newest invoices that have something open.
func (s *site) openLines(r *http.Request) ([]openLine, error) {
	page, err := o2c.ListOf[invoice.Invoice](r.Context(), s.runtime.Cycle, 60, "")
	if err != nil {
		return nil, err
	}
	var out []openLine
	for _, inv := range page.Items {
		if d := inv.Data(); inv.Collectable() {
			out = append(out, openLine{Number: d.Number, Buyer: d.Buyer.Name, Due: d.DueOn.String(), Reference: d.Reference, Open: pretty(d.Open), Plain: d.Open.Decimal().StringFixed(money.Digits(d.Currency))})
		}
	}
	return out, nil
}

func (s *site) bankTransfer(r *http.Request) (back, said string, err error) {
	back = "/demo/pages/bank"
	amount, err := money.Parse(r.PostFormValue("amount"), s.runtime.Policy.Currency)
	if err != nil {
		return back, "", fault.Bad("/amount", err.Error(), "write it as 1240.00")
	}
	_, _, err = s.runtime.Book([]bank.Entry{{Amount: amount.Minor, Reference: r.PostFormValue("reference"), Name: r.PostFormValue("name"), IBAN: r.PostFormValue("iban")}})
	return back, pretty(amount) + " was booked and its statement delivered.", err
}

func (s *site) bankUpload(r *http.Request) (back, said string, err error) {
	back = "/demo/pages/bank"
	file, head, err := r.FormFile("file")
	if err != nil {
		return back, "", fault.New(fault.Invalid, "No file came", err.Error(), "choose a file")
	}
	defer file.Close()
	raw, err := io.ReadAll(file)
	if err != nil {
		return back, "", err
	}
	return back, head.Filename + " was delivered; what it did shows in Slack and below.", s.runtime.Upload(raw)
}
