package api

import (
	"context"

	"duly/shared/o2c"
	"duly/shared/o2c/dunning"
	"duly/shared/o2c/invoice"
)

// Plan lets a customer pay an invoice in instalments.
type Plan struct {
	ID          string       `json:"id"`
	Invoice     string       `json:"invoice"`
	CustomerID  string       `json:"customer_id"`
	Total       Money        `json:"total"`
	Instalments []Instalment `json:"instalments" nullable:"false"`
	Text        string       `json:"text"`
	By          string       `json:"by"`
	Status      string       `json:"status" enum:"proposed,active,declined,kept,broken"`
	DecidedBy   *string      `json:"decided_by"`
}

// Instalment is one part of a plan.
type Instalment struct {
	On     string `json:"on" format:"date"`
	Amount Money  `json:"amount"`
}

// PlanInput is a plan to agree on, or to propose.
type PlanInput struct {
	Parts       int          `json:"parts,omitempty" minimum:"2" maximum:"12" doc:"So many equal instalments, a month apart" example:"3"`
	FirstOn     string       `json:"first_on,omitempty" format:"date" doc:"Of the first of them; left out: in a week"`
	Instalments []Instalment `json:"instalments,omitempty" maxItems:"12" doc:"Instead of parts: in order, adding up to what is open and not disputed"`
	Text        string       `json:"text,omitempty" maxLength:"1000"`
	By          string       `json:"by,omitempty" maxLength:"200" doc:"Who asked for it" example:"Eline Vos"`
	Propose     bool         `json:"propose,omitempty" doc:"Ask an approver in Slack instead of agreeing at once"`
}

func planView(d dunning.PlanData) Plan {
	return Plan{
		ID: d.ID, Invoice: d.Number, CustomerID: d.CustomerID, Total: moneyOf(d.Total), Text: d.Text, By: d.By, Status: d.Status, DecidedBy: textOrNull(d.DecidedBy),
		Instalments: each(d.Parts, func(p dunning.Instalment) Instalment { return Instalment{On: p.On.String(), Amount: moneyOf(p.Amount)} }),
	}
}

// plan reads what is asked for.
func (in PlanInput) plan(invoiceID string) (o2c.PlanInput, error) {
	asked := o2c.PlanInput{InvoiceID: invoiceID, Parts: in.Parts, Text: in.Text, By: in.By, Agreed: !in.Propose}
	if in.FirstOn != "" {
		on, err := day("/first_on", in.FirstOn)
		if err != nil {
			return asked, err
		}
		asked.First = on
	}
	for _, p := range in.Instalments {
		on, err := day("/instalments", p.On)
		if err != nil {
			return asked, err
		}
		asked.Schedule = append(asked.Schedule, dunning.Instalment{On: on, Amount: p.Amount.amount()})
	}
	return asked, nil
}

func (s server) plans() {
	type planning struct {
		Number string `path:"number"`
		Body   PlanInput
	}
	type byNumber struct {
		Number string `path:"number"`
	}
	op := made("make-plan", "/v1/invoices/{number}/plans", "Let a customer pay in instalments, which stand in for the due date")
	route(s, op, func(ctx context.Context, in *planning) (*reply[Plan], error) {
		d, err := s.legal(ctx, invoice.Invoices, in.Number)
		if err != nil {
			return nil, err
		}
		asked, err := in.Body.plan(d.ID)
		if err != nil {
			return nil, err
		}
		if asked.By == "" {
			asked.By = askedBy(ctx).key.Actor()
		}
		made, err := s.Cycle.AskPlan(ctx, s.once(ctx), asked)
		if s.before(ctx, err, o2c.Key{Kind: "invoice", ID: d.ID}) {
			var newest *dunning.PlanData
			if newest, err = s.Cycle.PlanOf(ctx, d.ID); newest != nil {
				made = *newest
			}
		}
		return &reply[Plan]{planView(made)}, err
	})
	route(s, get("list-plans", "/v1/invoices/{number}/plans", "Read the newest payment plan of an invoice"), func(ctx context.Context, in *byNumber) (*reply[page[Plan]], error) {
		d, err := s.legal(ctx, invoice.Invoices, in.Number)
		if err != nil {
			return nil, err
		}
		all := page[Plan]{Items: []Plan{}}
		newest, err := s.Cycle.PlanOf(ctx, d.ID)
		if newest != nil {
			all.Items = append(all.Items, planView(*newest))
		}
		return &reply[page[Plan]]{all}, err
	})
}
