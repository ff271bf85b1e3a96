package api

import (
	"context"
	"net/http"
	"time"

	"duly/shared/o2c"
	"duly/shared/o2c/cash"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/money"
)

// Receipt is money in.
type Receipt struct {
	ID           string         `json:"id"`
	Source       string         `json:"source" doc:"stripe, bank, credit_note, or a shop's gateway" example:"bank"`
	Method       string         `json:"method" example:"transfer"`
	Amount       Money          `json:"amount"`
	Unapplied    Money          `json:"unapplied" doc:"Has no home"`
	Refunded     Money          `json:"refunded"`
	Applications []Application  `json:"applications" nullable:"false"`
	Bookings     []OtherBooking `json:"bookings" nullable:"false"`
	CustomerID   string         `json:"customer_id"`
	Payer        string         `json:"payer"`
	IBAN         string         `json:"iban"`
	Reference    string         `json:"reference"`
	Text         string         `json:"text"`
	ValueOn      string         `json:"value_on" format:"date"`
	ReceivedAt   time.Time      `json:"received_at"`
	Kept         bool           `json:"kept" doc:"The rest is the customer's, on account"`
}

// Application is a part of a receipt that settles one invoice.
type Application struct {
	N         int    `json:"n"`
	Invoice   string `json:"invoice"`
	InvoiceID string `json:"invoice_id"`
	Amount    Money  `json:"amount"`
	On        string `json:"on" format:"date"`
	Why       string `json:"why"`
	Undone    bool   `json:"undone"`
	Part      string `json:"part,omitempty" enum:"costs,interest" doc:"Of the claim beside the invoice; left out: the invoice itself"`

	Settled    Money `json:"settled" doc:"What the invoice is less open for it, in its currency"`
	Discount   Money `json:"discount" doc:"Taken for paying early"`
	Difference Money `json:"difference" doc:"Given up within the tolerance, or as a bank's charge"`
}

// OtherBooking is a part of a receipt that is no customer's.
type OtherBooking struct {
	N       int    `json:"n"`
	Account string `json:"account" doc:"Role in the chart of accounts"`
	Kind    string `json:"kind,omitempty" doc:"What it is"`
	Amount  Money  `json:"amount"`
	On      string `json:"on" format:"date"`
	Why     string `json:"why"`
	Undone  bool   `json:"undone"`
}

// ApplicationInput gives money a home.
type ApplicationInput struct {
	Invoice string `json:"invoice" minLength:"1" doc:"Number" example:"2026-0001"`
	Amount  *Money `json:"amount,omitempty" doc:"Left out: as much as fits"`
}

func receiptView(r *cash.Receipt) Receipt {
	d := r.Data()
	return Receipt{
		ID: d.ID, Source: d.Source, Method: d.Method, Amount: moneyOf(d.Amount), Unapplied: moneyOf(d.Unapplied), Refunded: moneyOf(d.Refunded),
		Applications: each(d.Applications, applicationView),
		Bookings: each(d.Bookings, func(b cash.Booking) OtherBooking {
			return OtherBooking{N: b.N, Account: b.Role, Kind: b.Kind, Amount: moneyOf(b.Amount), On: b.On.String(), Why: b.Why, Undone: b.Undone}
		}),
		CustomerID: d.CustomerID, Payer: d.Payer, IBAN: d.IBAN, Reference: d.Reference, Text: d.Text, ValueOn: d.ValueOn.String(),
		ReceivedAt: d.ReceivedAt.UTC(), Kept: d.Kept,
	}
}

func applicationView(a cash.Application) Application {
	settles := a.Settles()
	difference := settles.Zero()
	for _, part := range []money.Amount{a.Difference, a.Charge} {
		if !part.IsZero() {
			difference = difference.Plus(part)
		}
	}
	if a.Discount.IsZero() {
		a.Discount = settles.Zero()
	}
	return Application{
		N: a.N, Invoice: a.Number, InvoiceID: a.InvoiceID, Amount: moneyOf(a.Amount), On: a.On.String(), Why: a.Why, Undone: a.Undone, Part: a.Part,
		Settled: moneyOf(settles), Discount: moneyOf(a.Discount), Difference: moneyOf(difference),
	}
}

func (s server) receipts() {
	type query struct {
		Paging
		Customer string `query:"customer" doc:"Id of the customer"`
	}
	type byID struct {
		ID string `path:"id"`
	}
	type applying struct {
		ID   string `path:"id"`
		Body ApplicationInput
	}
	type undoing struct {
		ID string `path:"id"`
		N  int    `path:"n"`
	}
	route(s, get("list-receipts", "/v1/receipts", "List money in"), func(ctx context.Context, in *query) (*reply[page[Receipt]], error) {
		return s.receiptList(ctx, in.Paging, func(r *cash.Receipt) bool { return in.Customer == "" || r.Data().CustomerID == in.Customer })
	})
	route(s, get("list-unapplied", "/v1/unapplied", "List money in that has no home, or not all of it"), func(ctx context.Context, in *query) (*reply[page[Receipt]], error) {
		return s.receiptList(ctx, in.Paging, func(r *cash.Receipt) bool {
			return r.Unapplied().IsPositive() && (in.Customer == "" || r.Data().CustomerID == in.Customer)
		})
	})
	route(s, get("get-receipt", "/v1/receipts/{id}", "Read money in"), func(ctx context.Context, in *byID) (*reply[Receipt], error) {
		return s.receipt(ctx, in.ID)
	})
	route(s, made("apply-receipt", "/v1/receipts/{id}/applications", "Give money a home"), func(ctx context.Context, in *applying) (*reply[Receipt], error) {
		d, err := s.legal(ctx, invoice.Invoices, in.Body.Invoice)
		if err != nil {
			return nil, err
		}
		var amount money.Amount
		if in.Body.Amount != nil {
			if amount = in.Body.Amount.amount(); !amount.IsPositive() {
				return nil, fault.Bad("/amount", amount.String()+" cannot be given", "write what the invoice gets, or leave it out for as much as fits")
			}
		}
		_, err = s.Cycle.ApplyReceipt(ctx, s.once(ctx), in.ID, d.ID, amount, "as "+askedBy(ctx).key.Name+" said")
		if err != nil && !s.before(ctx, err, o2c.Key{Kind: "receipt", ID: in.ID}) {
			return nil, err
		}
		return s.receipt(ctx, in.ID)
	})
	undo := operation(http.MethodDelete, "undo-application", "/v1/receipts/{id}/applications/{n}", "Take money out of its home: the invoice is open again", http.StatusOK)
	route(s, undo, func(ctx context.Context, in *undoing) (*reply[Receipt], error) {
		if _, err := s.Cycle.UndoApplication(ctx, s.stamp(ctx), in.ID, in.N); err != nil {
			return nil, err
		}
		return s.receipt(ctx, in.ID)
	})
}

func (s server) receipt(ctx context.Context, id string) (*reply[Receipt], error) {
	r, err := o2c.Read[cash.Receipt](ctx, s.Cycle, id)
	if err != nil {
		return nil, err
	}
	return &reply[Receipt]{receiptView(r)}, nil
}

func (s server) receiptList(ctx context.Context, p Paging, fits func(*cash.Receipt) bool) (*reply[page[Receipt]], error) {
	kept, next, err := walk(p, func(limit int, after string) (o2c.Listing[cash.Receipt], error) {
		return o2c.ListOf[cash.Receipt](ctx, s.Cycle, limit, after)
	}, fits)
	return &reply[page[Receipt]]{page[Receipt]{each(kept, receiptView), next}}, err
}
