package api

import (
	"context"
	"encoding/json"
	"time"

	"duly/shared/o2c"
)

// Audit is the trail of one document.
type Audit struct {
	Subject string      `json:"subject" doc:"Kind and id of the document" example:"invoice:i_…"`
	Intact  bool        `json:"intact" doc:"Every event is what was written, and none is missing"`
	Items   []AuditLine `json:"items" nullable:"false" doc:"Oldest first"`
}

// AuditLine is who did what to the document, when and why.
type AuditLine struct {
	Seq     int64           `json:"seq" doc:"1, 2, 3 …"`
	Time    time.Time       `json:"time"`
	Actor   string          `json:"actor" doc:"A person, a program, a shop or a schedule" example:"slack:U04APPROVE"`
	Type    string          `json:"type" example:"order.confirmed"`
	Why     string          `json:"why" doc:"The reason that was given; empty without one"`
	Cause   string          `json:"cause" doc:"The message or the effect that caused it"`
	Changes []AuditChange   `json:"changes" nullable:"false" doc:"What it changed in the document; empty for a new one, which the data say whole"`
	Data    json.RawMessage `json:"data"`
	Hash    string          `json:"hash"`
	Intact  bool            `json:"intact"`
}

// AuditChange is one field.
type AuditChange struct {
	Field  string          `json:"field" example:"status"`
	Before json.RawMessage `json:"before" doc:"null: it was not there"`
	After  json.RawMessage `json:"after"`
}

func auditView(a o2c.Audit) Audit {
	out := Audit{Subject: a.Of.String(), Intact: a.Intact, Items: []AuditLine{}}
	for _, l := range a.Lines {
		line := AuditLine{Seq: l.Seq, Time: l.At, Actor: l.Actor, Type: l.Type, Why: l.Why, Cause: l.Cause, Changes: []AuditChange{}, Data: l.Data, Hash: l.Hash, Intact: l.Intact}
		for _, c := range l.Changes {
			line.Changes = append(line.Changes, AuditChange(c))
		}
		out.Items = append(out.Items, line)
	}
	return out
}

func (s server) audit() {
	type of struct {
		Kind string `path:"kind" example:"invoice" doc:"customer, order, invoice, receipt, credit, quote, …"`
		ID   string `path:"id" example:"2026-0001" doc:"Its id, or the number of an order or an invoice"`
	}
	route(s, get("read-audit-trail", "/v1/audit/{kind}/{id}", "Read who did what to a document, when and why"), func(ctx context.Context, in *of) (*reply[Audit], error) {
		a, err := s.Cycle.Audit(ctx, in.Kind, in.ID)
		if err != nil {
			return nil, err
		}
		return &reply[Audit]{auditView(a)}, nil
	})
}
