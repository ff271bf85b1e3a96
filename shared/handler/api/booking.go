package api

import (
	"cmp"
	"context"
	"net/http"
	"time"

	"duly/shared/o2c"
)

// BookingInput says what money is that no customer caused.
type BookingInput struct {
	Kind    string `json:"kind,omitempty" enum:"bank_fee,gateway_fee,supplier,salary,vat,tax,interest,interest_paid,owner,own_transfer,loan,other_income,other_cost,later" doc:"What it is: its account is in the chart"`
	Account string `json:"account,omitempty" enum:"interest_income,other_income,owner,vat,fees,suspense" doc:"Instead of the kind, the role of its account in the chart"`
	Reason  string `json:"reason,omitempty" maxLength:"500"`
	Always  bool   `json:"always,omitempty" doc:"Book all of this other party so from now on: by its account, or by its name where it has none"`
}

func (b BookingInput) ask(id string) o2c.LineAsk {
	return o2c.LineAsk{ID: id, Kind: cmp.Or(b.Kind, b.Account), Why: b.Reason, Always: b.Always}
}

// LineBookingInput says what a line is that took money away.
type LineBookingInput struct {
	BookingInput
	CreditNote string `json:"credit_note,omitempty" maxLength:"60" doc:"Instead of the kind: the number of the credit note whose money was given back by hand, or the receipt's id"`
}

// BankLine is a line of a bank's statement.
type BankLine struct {
	ID          string       `json:"id"`
	BookedOn    string       `json:"booked_on" format:"date"`
	ValueOn     string       `json:"value_on" format:"date"`
	Amount      Money        `json:"amount" doc:"Negative: it left the bank"`
	Name        string       `json:"name" doc:"Of the other party"`
	IBAN        string       `json:"iban"`
	Text        string       `json:"text"`
	Unexplained Money        `json:"unexplained" doc:"Zero once somebody said what it is"`
	Booking     *LineBooking `json:"booking,omitempty"`
	ReceivedAt  time.Time    `json:"received_at"`
}

// LineBooking is what a line was said to be.
type LineBooking struct {
	Kind    string `json:"kind"`
	Account string `json:"account" doc:"Role in the chart of accounts"`
	By      string `json:"by"`
	Reason  string `json:"reason"`
	Always  bool   `json:"always" doc:"All of this other party is booked so"`
	Receipt string `json:"receipt" doc:"Of a line that gave a customer's money back: whose"`
}

func bankLineView(d o2c.BankLineData) BankLine {
	e := d.Entry
	l := BankLine{
		ID: d.ID, BookedOn: e.BookedOn.String(), ValueOn: e.ValueOn.String(), Amount: moneyOf(e.Amount), Name: e.Name, IBAN: e.IBAN, Text: e.Text,
		Unexplained: moneyOf(e.Amount.Zero()), ReceivedAt: d.At.UTC(),
	}
	if !d.Unexplained.IsZero() {
		l.Unexplained = moneyOf(d.Unexplained)
	}
	if b := d.Booked; b != nil {
		l.Booking = &LineBooking{Kind: b.Kind, Account: b.Role, By: b.By, Reason: b.Why, Always: b.Taught, Receipt: b.ReceiptID}
	}
	return l
}

func (s server) bookings() {
	type booking struct {
		ID   string `path:"id"`
		Body BookingInput
	}
	type undoing struct {
		ID string `path:"id"`
		N  int    `path:"n"`
	}
	route(s, made("book-receipt", "/v1/receipts/{id}/bookings", "Book money that is no customer's to an account"), func(ctx context.Context, in *booking) (*reply[Receipt], error) {
		if _, err := s.Cycle.BookOther(ctx, s.once(ctx), in.Body.ask(in.ID)); err != nil && !s.before(ctx, err, o2c.Key{Kind: "receipt", ID: in.ID}) {
			return nil, err
		}
		return s.receipt(ctx, in.ID)
	})
	undo := operation(http.MethodDelete, "undo-booking", "/v1/receipts/{id}/bookings/{n}", "Take such a booking back: the money asks for its home again", http.StatusOK)
	route(s, undo, func(ctx context.Context, in *undoing) (*reply[Receipt], error) {
		if _, err := s.Cycle.UndoBooking(ctx, s.stamp(ctx), in.ID, in.N); err != nil {
			return nil, err
		}
		return s.receipt(ctx, in.ID)
	})
}

// bankLines are the lines that took money away and that nobody has explained.
func (s server) bankLines() {
	type byID struct {
		ID string `path:"id"`
	}
	type booking struct {
		ID   string `path:"id"`
		Body LineBookingInput
	}
	one := func(ctx context.Context, id string) (*reply[BankLine], error) {
		d, err := s.Cycle.BankLine(ctx, id)
		return &reply[BankLine]{bankLineView(d)}, err
	}
	route(s, get("list-bank-lines", "/v1/bank-lines", "List bank lines that nobody has explained, the oldest first"), func(ctx context.Context, in *Paging) (*reply[page[BankLine]], error) {
		all, next, err := s.Cycle.UnexplainedLines(ctx, in.Limit, in.After)
		return &reply[page[BankLine]]{page[BankLine]{each(all, bankLineView), next}}, err
	})
	route(s, get("get-bank-line", "/v1/bank-lines/{id}", "Read a bank line"), func(ctx context.Context, in *byID) (*reply[BankLine], error) { return one(ctx, in.ID) })
	route(s, made("book-bank-line", "/v1/bank-lines/{id}/booking", "Say what a line was that took money away"), func(ctx context.Context, in *booking) (*reply[BankLine], error) {
		var err error
		if note := in.Body.CreditNote; note != "" {
			_, err = s.Cycle.RepayLine(ctx, s.once(ctx), in.ID, note, in.Body.Reason)
		} else {
			_, err = s.Cycle.ExplainLine(ctx, s.once(ctx), in.Body.ask(in.ID))
		}
		if err != nil && !s.before(ctx, err, o2c.Key{Kind: "bankline", ID: in.ID}) {
			return nil, err
		}
		return one(ctx, in.ID)
	})
	undo := operation(http.MethodDelete, "undo-bank-line", "/v1/bank-lines/{id}/booking", "Take that back: the line asks again", http.StatusOK)
	route(s, undo, func(ctx context.Context, in *byID) (*reply[BankLine], error) {
		if _, err := s.Cycle.UndoLine(ctx, s.stamp(ctx), in.ID); err != nil {
			return nil, err
		}
		return one(ctx, in.ID)
	})
}
