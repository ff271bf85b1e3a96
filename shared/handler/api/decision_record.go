package api

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/credit"
)

// DecisionRecord is one decision on credit: what it was taken on, why, and what
// came of it.
type DecisionRecord struct {
	OrderID       string         `json:"order_id"`
	Number        string         `json:"number"`
	Customer      string         `json:"customer"`
	AskedAt       time.Time      `json:"asked_at"`
	Decision      string         `json:"decision" enum:"approve,refer,decline" doc:"The policy's"`
	Reasons       []CreditReason `json:"reasons" nullable:"false"`
	PolicyVersion string         `json:"policy_version"`
	PolicyDigest  string         `json:"policy_digest" doc:"Names the rules themselves, whatever version they claim to be"`
	Inputs        map[string]any `json:"inputs" doc:"All that the policy looked at, as it was then"`
	Status        string         `json:"status" enum:"pending,approved,declined,void"`
	DecidedBy     *string        `json:"decided_by" doc:"policy, or slack: and the user id"`
	DecidedAt     *time.Time     `json:"decided_at"`
	Outcome       DecisionResult `json:"outcome"`
}

// DecisionResult is what became of the order.
type DecisionResult struct {
	Invoiced  Money   `json:"invoiced"`
	Open      Money   `json:"open"`
	Paid      bool    `json:"paid"`
	PaidOn    *string `json:"paid_on"`
	DaysLate  int     `json:"days_late"`
	Defaulted bool    `json:"defaulted" doc:"Written off, or open 90 days after its due date"`
}

func (s server) decisionRecords() {
	type listing struct {
		Paging
		From string `query:"from" format:"date" doc:"First day on which the orders came in"`
		To   string `query:"to" format:"date" doc:"Last day"`
	}
	type byID struct {
		ID string `path:"id" doc:"Of the order, or the number that people say"`
	}
	route(s, get("list-credit-decisions", "/v1/credit-decisions", "List decisions on credit, with all that they were taken on and what came of them"), func(ctx context.Context, in *listing) (*reply[page[DecisionRecord]], error) {
		from, err := dayOr("from", in.From, calendar.Date{})
		if err != nil {
			return nil, err
		}
		to, err := dayOr("to", in.To, calendar.Date{})
		if err != nil {
			return nil, err
		}
		records, next, err := s.Cycle.DecisionsOf(ctx, s.Now(), from, to, in.Limit, in.After)
		if err != nil {
			return nil, err
		}
		out := page[DecisionRecord]{Items: make([]DecisionRecord, 0, len(records)), Next: next}
		for _, r := range records {
			v, err := decisionRecord(r)
			if err != nil {
				return nil, err
			}
			out.Items = append(out.Items, v)
		}
		return &reply[page[DecisionRecord]]{out}, nil
	})
	route(s, get("explain-credit-decision", "/v1/orders/{id}/credit-decision", "Explain the decision on an order"), func(ctx context.Context, in *byID) (*reply[DecisionRecord], error) {
		id := in.ID
		if !strings.HasPrefix(id, "o_") { // what people call it
			o, err := s.Cycle.OrderByNumber(ctx, id)
			if err != nil {
				return nil, err
			}
			id = o.ID
		}
		r, err := s.Cycle.DecisionOn(ctx, s.Now(), id)
		if err != nil {
			return nil, err
		}
		v, err := decisionRecord(r)
		return &reply[DecisionRecord]{v}, err
	})
}

func decisionRecord(r credit.Record) (DecisionRecord, error) {
	v := DecisionRecord{
		OrderID: r.OrderID, Number: r.Number, Customer: r.Customer, AskedAt: r.AskedAt, Decision: string(r.Decision.Verdict), PolicyVersion: r.Decision.PolicyVersion,
		PolicyDigest: r.Decision.PolicyDigest, Status: r.Status, DecidedBy: textOrNull(r.DecidedBy),
		Reasons: each(r.Decision.Reasons, func(w credit.Reason) CreditReason { return CreditReason(w) }),
		Outcome: DecisionResult{
			Invoiced: moneyOf(r.Outcome.Invoiced), Open: moneyOf(r.Outcome.Open), Paid: r.Outcome.Paid, PaidOn: dateOrNull(r.Outcome.PaidOn),
			DaysLate: r.Outcome.DaysLate, Defaulted: r.Outcome.Defaulted,
		},
	}
	if !r.DecidedAt.IsZero() {
		v.DecidedAt = &r.DecidedAt
	}
	raw, err := json.Marshal(r.Decision.Input)
	if err != nil {
		return v, fmt.Errorf("inputs of %s: %w", r.OrderID, err)
	}
	numbers := json.NewDecoder(bytes.NewReader(raw))
	numbers.UseNumber()
	return v, numbers.Decode(&v.Inputs)
}
