package api

import (
	"context"
	"net/http"
	"time"

	"duly/shared/o2c"
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/credit"
	"duly/shared/o2c/party"
)

// CreditReport is what an agency says of a customer.
type CreditReport struct {
	CustomerID string      `json:"customer_id"`
	Source     string      `json:"source"`
	Reference  string      `json:"reference" doc:"Of the report there"`
	Known      bool        `json:"known" doc:"The agency knows the company"`
	Score      int         `json:"score" minimum:"0" maximum:"100" doc:"The more the better"`
	Grade      string      `json:"grade" doc:"In the agency's own words"`
	Limit      Null[Money] `json:"limit" doc:"What the agency would trust it with; null when it does not say"`
	On         string      `json:"on" format:"date" doc:"When it was asked for"`
	AskedAt    time.Time   `json:"asked_at"`
	AgeDays    int         `json:"age_days"`
	Fresh      bool        `json:"fresh" doc:"Not older than the policy allows; without a policy on reports always"`
}

func (s server) reports() {
	type byID struct {
		ID string `path:"id"`
	}
	route(s, get("get-credit-report", "/v1/customers/{id}/credit-report", "Read the newest credit report on a customer"), func(ctx context.Context, in *byID) (*reply[Null[CreditReport]], error) {
		d, err := s.Cycle.CreditReport(ctx, in.ID)
		if err != nil || d == nil {
			return &reply[Null[CreditReport]]{}, err
		}
		return &reply[Null[CreditReport]]{some(s.reportView(*d))}, nil
	})
	op := operation(http.MethodPost, "ask-credit-report", "/v1/customers/{id}/credit-report", "Ask the agency for a new report on a customer; read it a moment later", http.StatusAccepted)
	route(s, op, func(ctx context.Context, in *byID) (*reply[Customer], error) {
		if err := s.Cycle.AskForReport(ctx, s.stamp(ctx), in.ID); err != nil {
			return nil, err
		}
		c, err := o2c.Read[party.Customer](ctx, s.Cycle, in.ID)
		if err != nil {
			return nil, err
		}
		return s.customer(ctx, c.Data())
	})
}

func (s server) reportView(d credit.ReportData) CreditReport {
	v := CreditReport{
		CustomerID: d.CustomerID, Source: d.Source, Reference: d.Reference, Known: d.Known, Score: d.Score, Grade: d.Grade, Limit: nullMoney(d.Limit),
		On: d.On.String(), AskedAt: d.AskedAt, AgeDays: calendar.On(s.Now(), s.Cycle.Policy.Zone).DaysSince(d.On), Fresh: true,
	}
	if rules := s.Cycle.Policy.Credit.Report; rules != nil {
		v.Fresh = v.AgeDays <= rules.AgeDays
	}
	return v
}
