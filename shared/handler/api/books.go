package api

import (
	"cmp"
	"context"
	"slices"
	"time"

	"duly/shared/o2c"
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/ledger"
	"duly/shared/o2c/money"
)

// ClosingInput closes the books.
type ClosingInput struct {
	Through string `json:"through" format:"date" doc:"The last day that is closed; it must have ended" example:"2026-01-31"`
}

// ClosedBooks are books that were closed; nothing is booked into them any more.
type ClosedBooks struct {
	Through  string           `json:"through" format:"date"`
	At       time.Time        `json:"at"`
	By       string           `json:"by"`
	Entries  int              `json:"entries" doc:"Booked until then"`
	Accounts []AccountBalance `json:"accounts" nullable:"false" doc:"The trial balance of that day"`
}

// VATBox is a box of the Dutch VAT return.
type VATBox struct {
	Box  string `json:"box" example:"1a"`
	Name string `json:"name"`
	Base Money  `json:"base"`
	Tax  Money  `json:"tax"`
}

// VATReturn is the sales side of a period's VAT return.
type VATReturn struct {
	From   string   `json:"from" format:"date"`
	To     string   `json:"to" format:"date"`
	Boxes  []VATBox `json:"boxes" nullable:"false"`
	Due    Money    `json:"due" doc:"5a, the tax of all boxes; what was bought is not in these books"`
	Booked Money    `json:"booked" doc:"What the VAT account says of the period"`
	Agrees bool     `json:"agrees" doc:"The boxes are the account"`
}

// OpenItem is a document that had something open.
type OpenItem struct {
	Number   string `json:"number"`
	Customer string `json:"customer"`
	IssuedOn string `json:"issued_on" format:"date"`
	DueOn    string `json:"due_on" format:"date"`
	Open     Money  `json:"open" doc:"Negative for a credit note that is not settled"`
}

// OpenItems are the open items of a day; they are the receivable account.
type OpenItems struct {
	AsOf    string     `json:"as_of" format:"date"`
	Total   Money      `json:"total"`
	Account Money      `json:"account" doc:"The receivable account on that day"`
	Items   []OpenItem `json:"items" nullable:"false"`
}

// AccountStatement is what happened on one account.
type AccountStatement struct {
	Account  AccountBalance `json:"account" doc:"As of the last day"`
	Opening  Money          `json:"opening"`
	Closing  Money          `json:"closing"`
	Bookings []Booking      `json:"bookings" nullable:"false" doc:"Oldest first"`
}

// Booking is one movement of an account.
type Booking struct {
	Entry     string `json:"entry"`
	BookedOn  string `json:"booked_on" format:"date"`
	ValueOn   string `json:"value_on" format:"date"`
	Narrative string `json:"narrative"`
	Of        string `json:"of"`
	Amount    Money  `json:"amount"`
	Balance   Money  `json:"balance" doc:"After it"`
}

func (s server) books() {
	type closing struct{ Body ClosingInput }
	type moment struct {
		AsOf string `query:"as_of" format:"date" doc:"By what was booked up to and including this day; today when left out"`
	}
	type period struct {
		From string `query:"from" format:"date" doc:"First day; the first of the quarter when left out"`
		To   string `query:"to" format:"date" doc:"Last day, included; today when left out"`
	}
	type account struct {
		period
		Code string `path:"code"`
	}
	route(s, get("list-closings", "/v1/ledger/closings", "List how far the books are closed"), func(ctx context.Context, in *Paging) (*reply[page[ClosedBooks]], error) {
		kept, next, err := walk(*in, func(limit int, after string) (o2c.Listing[o2c.Closing], error) {
			return o2c.ListOf[o2c.Closing](ctx, s.Cycle, limit, after)
		}, all)
		return &reply[page[ClosedBooks]]{page[ClosedBooks]{each(kept, func(k *o2c.Closing) ClosedBooks { return s.closedView(k.Data()) }), next}}, err
	})
	route(s, made("close-books", "/v1/ledger/closings", "Close the books through a day that has ended, for ever"), func(ctx context.Context, in *closing) (*reply[ClosedBooks], error) {
		on, err := day("/through", in.Body.Through)
		if err != nil {
			return nil, err
		}
		d, err := s.Cycle.CloseBooks(ctx, s.stamp(ctx), on)
		return &reply[ClosedBooks]{s.closedView(d)}, err
	})
	route(s, get("vat-return", "/v1/ledger/vat-return", "Read the sales side of a VAT return"), func(ctx context.Context, in *period) (*reply[VATReturn], error) {
		from, to, err := s.quarter(in.From, in.To)
		if err != nil {
			return nil, err
		}
		r, err := s.Cycle.VATReturn(ctx, from, to)
		return &reply[VATReturn]{vatView(r)}, err
	})
	route(s, get("open-items", "/v1/ledger/open-items", "List what was open on a day; it is the receivable account of that day"), func(ctx context.Context, in *moment) (*reply[OpenItems], error) {
		return s.openItems(ctx, in.AsOf)
	})
	route(s, get("account-statement", "/v1/ledger/accounts/{code}", "Read what happened on one account"), func(ctx context.Context, in *account) (*reply[AccountStatement], error) {
		return s.accountStatement(ctx, in.Code, in.From, in.To)
	})
}

func (s server) closedView(d o2c.ClosingData) ClosedBooks {
	return ClosedBooks{Through: d.Through.String(), At: d.At, By: d.By, Entries: d.Entries, Accounts: trialBalance(d.Balance, s.Cycle.Policy.Currency).Accounts}
}

func vatView(r o2c.VATReturn) VATReturn {
	return VATReturn{
		From: r.From.String(), To: r.To.String(), Due: moneyOf(r.Due), Booked: moneyOf(r.Booked), Agrees: r.Agrees(),
		Boxes: each(r.Boxes, func(b o2c.VATBox) VATBox {
			return VATBox{Box: b.Box, Name: b.Name, Base: moneyOf(b.Base), Tax: moneyOf(b.Tax)}
		}),
	}
}

func (s server) openItems(ctx context.Context, asOf string) (*reply[OpenItems], error) {
	on, err := dayOr("as_of", asOf, s.today())
	if err != nil {
		return nil, err
	}
	open, err := s.Cycle.OpenItems(ctx, on)
	if err != nil {
		return nil, err
	}
	rows, err := s.Cycle.TrialBalance(ctx, on)
	if err != nil {
		return nil, err
	}
	zero := money.Of(0, s.Cycle.Policy.Currency)
	out, total := OpenItems{AsOf: on.String(), Items: []OpenItem{}, Account: moneyOf(zero)}, zero
	for _, r := range rows {
		if r.Role == ledger.Receivable && r.Currency == zero.Currency {
			out.Account = moneyOf(r.Balance)
		}
	}
	for id, amount := range open {
		inv, err := o2c.Read[invoice.Invoice](ctx, s.Cycle, id)
		if err != nil {
			return nil, err
		}
		d := inv.Data()
		total = total.Plus(amount)
		out.Items = append(out.Items, OpenItem{Number: d.Number, Customer: d.Buyer.Name, IssuedOn: d.IssuedOn.String(), DueOn: d.DueOn.String(), Open: moneyOf(amount)})
	}
	slices.SortFunc(out.Items, func(a, b OpenItem) int { return cmp.Or(cmp.Compare(a.DueOn, b.DueOn), cmp.Compare(a.Number, b.Number)) })
	out.Total = moneyOf(total)
	return &reply[OpenItems]{out}, nil
}

func (s server) accountStatement(ctx context.Context, code, first, last string) (*reply[AccountStatement], error) {
	from, to, err := s.quarter(first, last)
	if err != nil {
		return nil, err
	}
	st, err := s.Cycle.AccountStatement(ctx, code, from, to)
	if err != nil {
		return nil, err
	}
	a := st.Account
	return &reply[AccountStatement]{AccountStatement{
		Account: AccountBalance{Code: a.Code, Name: a.Name, Role: a.Role, Debit: moneyOf(st.Debit), Credit: moneyOf(st.Credit), Balance: moneyOf(st.Closing)},
		Opening: moneyOf(st.Opening), Closing: moneyOf(st.Closing),
		Bookings: each(st.Bookings, func(b o2c.Booking) Booking {
			return Booking{Entry: b.Entry, BookedOn: b.BookedOn.String(), ValueOn: b.ValueOn.String(), Narrative: b.Narrative, Of: b.Of, Amount: moneyOf(b.Amount), Balance: moneyOf(b.Balance)}
		}),
	}}, nil
}

// quarter is a period as it was asked for; without days the quarter that runs.
func (s server) quarter(first, last string) (from, to calendar.Date, err error) {
	if to, err = dayOr("to", last, s.today()); err != nil {
		return from, to, err
	}
	begin := calendar.Date{Year: to.Year, Month: (to.Month-1)/3*3 + 1, Day: 1}
	from, err = dayOr("from", first, begin)
	return from, to, err
}
