package api

import (
	"context"
	"encoding/json"
	"time"

	"duly/shared/o2c"
)

// PersonalData is everything that is kept about a customer.
type PersonalData struct {
	CustomerID string             `json:"customer_id"`
	Documents  []PersonalDocument `json:"documents" nullable:"false"`
	Names      []string           `json:"names" nullable:"false" doc:"Under which the customer is found"`
}

// PersonalDocument is one document with its trail.
type PersonalDocument struct {
	Subject string          `json:"subject" doc:"Kind and id" example:"order:o_…"`
	Changed string          `json:"changed" format:"date-time"`
	Body    json.RawMessage `json:"body"`
	Events  []Event         `json:"events" nullable:"false" doc:"Oldest first"`
}

// ErasureProof says what was destroyed and what is kept, until when and why. It
// names no person.
type ErasureProof struct {
	ID         string             `json:"id"`
	CustomerID string             `json:"customer_id"`
	By         string             `json:"by"`
	Reason     string             `json:"reason"`
	AskedAt    time.Time          `json:"asked_at"`
	DoneAt     *time.Time         `json:"done_at" doc:"null: it stopped on its way; ask again"`
	Erased     []ErasedDocument   `json:"erased" nullable:"false"`
	Kept       []RetainedDocument `json:"kept" nullable:"false"`
	Names      int                `json:"names_forgotten"`
}

// ErasedDocument is a document from which the person was removed.
type ErasedDocument struct {
	Subject string `json:"subject"`
	Events  int    `json:"events" doc:"Of its trail, of which place, time and hash stay"`
}

// RetainedDocument must be kept as it is.
type RetainedDocument struct {
	Subject string `json:"subject"`
	Until   string `json:"until" format:"date"`
	Why     string `json:"why"`
}

func personalView(s o2c.SubjectData) PersonalData {
	out := PersonalData{CustomerID: s.Customer, Documents: []PersonalDocument{}, Names: append([]string{}, s.Names...)}
	for _, d := range s.Documents {
		doc := PersonalDocument{Subject: d.Key.String(), Changed: d.At, Body: d.Body, Events: []Event{}}
		for i := range d.Tale {
			doc.Events = append(doc.Events, eventView(&d.Tale[i]))
		}
		out.Documents = append(out.Documents, doc)
	}
	return out
}

func proofView(d o2c.ErasureData) ErasureProof {
	out := ErasureProof{ID: d.ID, CustomerID: d.Customer, By: d.By, Reason: d.Reason, AskedAt: d.AskedAt, Erased: []ErasedDocument{}, Kept: []RetainedDocument{}, Names: d.Forgotten}
	if !d.DoneAt.IsZero() {
		out.DoneAt = &d.DoneAt
	}
	for _, e := range d.Erased {
		out.Erased = append(out.Erased, ErasedDocument{Subject: e.Of, Events: e.Events})
	}
	for _, k := range d.Kept {
		out.Kept = append(out.Kept, RetainedDocument{Subject: k.Of, Until: k.Until.String(), Why: k.Why})
	}
	return out
}

func (s server) subjects() {
	type byID struct {
		ID string `path:"id"`
	}
	type erasing struct {
		ID   string `path:"id"`
		Body struct {
			Reason string `json:"reason" minLength:"1" doc:"Why, such as the customer's request and its date" example:"asked by letter of 2026-01-05"`
		}
	}
	route(s, get("export-personal-data", "/v1/customers/{id}/personal-data", "Export everything that is kept about a customer"), func(ctx context.Context, in *byID) (*reply[PersonalData], error) {
		found, err := s.Cycle.Subject(ctx, in.ID)
		if err != nil {
			return nil, err
		}
		return &reply[PersonalData]{personalView(found)}, nil
	})
	route(s, post("erase-customer", "/v1/customers/{id}/erasure", "Erase a customer from all that the law does not want kept"), func(ctx context.Context, in *erasing) (*reply[ErasureProof], error) {
		proof, err := s.Cycle.EraseCustomer(ctx, s.stamp(ctx), in.ID, in.Body.Reason)
		if err != nil {
			return nil, err
		}
		return &reply[ErasureProof]{proofView(proof)}, nil
	})
	route(s, get("read-erasure", "/v1/customers/{id}/erasure", "Read the proof of an erasure"), func(ctx context.Context, in *byID) (*reply[ErasureProof], error) {
		e, err := o2c.Read[o2c.Erasure](ctx, s.Cycle, in.ID)
		if err != nil {
			return nil, err
		}
		return &reply[ErasureProof]{proofView(e.Data())}, nil
	})
}
