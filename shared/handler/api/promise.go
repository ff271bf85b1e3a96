package api

import (
	"context"
	"strings"

	"duly/shared/o2c"
	"duly/shared/o2c/dunning"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/money"
)

// Promise is a customer's word to pay on a date.
type Promise struct {
	ID         string `json:"id"`
	Invoice    string `json:"invoice"`
	CustomerID string `json:"customer_id"`
	Amount     Money  `json:"amount"`
	Date       string `json:"date" format:"date"`
	By         string `json:"by"`
	Status     string `json:"status" enum:"open,kept,broken"`
}

// PromiseInput is a word that was given.
type PromiseInput struct {
	Date   string `json:"date" format:"date" doc:"From today to 14 days ahead"`
	Amount *Money `json:"amount,omitempty" doc:"Left out: all that is open"`
	By     string `json:"by,omitempty" maxLength:"200" doc:"Who gave it" example:"Eline Vos"`
}

func promiseView(d dunning.PromiseData) Promise {
	return Promise{ID: d.ID, Invoice: d.Number, CustomerID: d.CustomerID, Amount: moneyOf(d.Amount), Date: d.Date.String(), By: d.By, Status: d.Status}
}

func (s server) promises() {
	type promising struct {
		Number string `path:"number"`
		Body   PromiseInput
	}
	op := made("record-promise", "/v1/invoices/{number}/promises", "Write a promise down: letters pause until its date")
	route(s, op, func(ctx context.Context, in *promising) (*reply[Promise], error) {
		on, err := day("/date", in.Body.Date)
		if err != nil {
			return nil, err
		}
		d, err := s.legal(ctx, invoice.Invoices, in.Number)
		if err != nil {
			return nil, err
		}
		said := o2c.PromiseInput{InvoiceID: d.ID, Date: on, By: in.Body.By, Amount: amountOr(in.Body.Amount)}
		if said.By == "" {
			said.By = askedBy(ctx).key.Actor()
		}
		p, err := s.Cycle.RecordPromise(ctx, s.once(ctx), said)
		if s.before(ctx, err, o2c.Key{Kind: "invoice", ID: d.ID}) {
			p, err = s.standing(ctx, d.ID)
		}
		return &reply[Promise]{promiseView(p)}, err
	})
}

func amountOr(m *Money) *money.Amount {
	if m == nil {
		return nil
	}
	a := m.amount()
	return &a
}

// standing is the promise that pauses an invoice.
func (s server) standing(ctx context.Context, invoiceID string) (dunning.PromiseData, error) {
	inv, err := o2c.Read[invoice.Invoice](ctx, s.Cycle, invoiceID)
	if err != nil {
		return dunning.PromiseData{}, err
	}
	p, err := o2c.Read[dunning.Promise](ctx, s.Cycle, strings.TrimPrefix(inv.Data().Dunning.PausedBy, "promise "))
	if err != nil {
		return dunning.PromiseData{}, err
	}
	return p.Data(), nil
}
