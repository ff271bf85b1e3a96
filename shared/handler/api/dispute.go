package api

import (
	"context"

	"duly/shared/o2c"
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/dunning"
	"duly/shared/o2c/invoice"
)

// Dispute is a customer's word that a part of an invoice is wrong.
type Dispute struct {
	ID         string  `json:"id"`
	Invoice    string  `json:"invoice"`
	CustomerID string  `json:"customer_id"`
	Amount     Money   `json:"amount" doc:"Not asked for while the dispute is open; the rest is due"`
	Reason     string  `json:"reason" enum:"price,goods,quantity,damaged,not_received,not_ordered,paid,other"`
	Text       string  `json:"text"`
	By         string  `json:"by"`
	Owner      *string `json:"owner" doc:"The colleague who took it"`
	Status     string  `json:"status" enum:"open,accepted,rejected"`
	OpenedOn   string  `json:"opened_on" format:"date"`
	AnswerBy   string  `json:"answer_by" format:"date" doc:"The day by which the customer hears from us"`
	Accepted   *Money  `json:"accepted" doc:"The part that was credited"`
	CreditNote *string `json:"credit_note" example:"CN2026-0001"`
	Answer     *string `json:"answer" doc:"What the customer was told"`
}

// DisputeInput is what a customer says is wrong.
type DisputeInput struct {
	Amount *Money `json:"amount,omitempty" doc:"With tax; left out: all that is open"`
	Reason string `json:"reason,omitempty" maxLength:"200" doc:"One of price, goods, quantity, damaged, not_received, not_ordered, paid, other; anything else is kept as words" example:"quantity"`
	Text   string `json:"text,omitempty" maxLength:"1000" example:"We got 5 chairs instead of 8."`
	By     string `json:"by,omitempty" maxLength:"200" doc:"Who said it" example:"Eline Vos"`
}

func (s server) disputeView(d dunning.DisputeData) Dispute {
	v := Dispute{
		ID: d.ID, Invoice: d.Number, CustomerID: d.CustomerID, Amount: moneyOf(d.Amount), Reason: d.Reason, Text: d.Text, By: d.By, Owner: textOrNull(d.Owner), Status: d.Status,
		OpenedOn: calendar.On(d.OpenedAt, s.Cycle.Policy.Zone).String(), AnswerBy: d.AnswerBy.String(), CreditNote: textOrNull(d.CreditNote), Answer: textOrNull(d.Answer),
	}
	if d.Status == dunning.DisputeAccepted {
		accepted := moneyOf(d.Accepted)
		v.Accepted = &accepted
	}
	return v
}

func (s server) disputes() {
	type disputing struct {
		Number string `path:"number"`
		Body   DisputeInput
	}
	type byNumber struct {
		Number string `path:"number"`
	}
	op := made("open-dispute", "/v1/invoices/{number}/disputes", "Write down what a customer says is wrong: that part pauses, the rest is due")
	route(s, op, func(ctx context.Context, in *disputing) (*reply[Dispute], error) {
		d, err := s.legal(ctx, invoice.Invoices, in.Number)
		if err != nil {
			return nil, err
		}
		said := o2c.DisputeInput{InvoiceID: d.ID, Amount: amountOr(in.Body.Amount), Reason: in.Body.Reason, Text: in.Body.Text, By: in.Body.By}
		if said.By == "" {
			said.By = askedBy(ctx).key.Actor()
		}
		made, err := s.Cycle.OpenDispute(ctx, s.once(ctx), said)
		if s.before(ctx, err, o2c.Key{Kind: "invoice", ID: d.ID}) {
			var newest *dunning.DisputeData
			if newest, err = s.Cycle.DisputeOf(ctx, d.ID); newest != nil {
				made = *newest
			}
		}
		return &reply[Dispute]{s.disputeView(made)}, err
	})
	route(s, get("list-disputes", "/v1/invoices/{number}/disputes", "Read the newest dispute of an invoice"), func(ctx context.Context, in *byNumber) (*reply[page[Dispute]], error) {
		d, err := s.legal(ctx, invoice.Invoices, in.Number)
		if err != nil {
			return nil, err
		}
		all := page[Dispute]{Items: []Dispute{}}
		newest, err := s.Cycle.DisputeOf(ctx, d.ID)
		if newest != nil {
			all.Items = append(all.Items, s.disputeView(*newest))
		}
		return &reply[page[Dispute]]{all}, err
	})
}
