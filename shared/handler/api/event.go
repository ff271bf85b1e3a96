package api

import (
	"context"
	"encoding/json"
	"time"

	"duly/shared/o2c"
)

// Event is a fact in the audit trail.
type Event struct {
	ID      string          `json:"id"`
	Type    string          `json:"type" example:"invoice.issued"`
	Subject string          `json:"subject" doc:"Kind and id of the document" example:"invoice:i_…"`
	Seq     int64           `json:"seq" doc:"1, 2, 3 … per document"`
	Time    time.Time       `json:"time"`
	Actor   string          `json:"actor" example:"api:demo"`
	Cause   string          `json:"cause"`
	Data    json.RawMessage `json:"data"`
	Prev    string          `json:"prev" doc:"Hash of the document's event before"`
	Hash    string          `json:"hash"`
}

func eventView(e *o2c.Event) Event {
	return Event{ID: e.ID, Type: e.Type, Subject: e.Of.String(), Seq: e.Seq, Time: e.At, Actor: e.Actor, Cause: e.Cause, Data: e.Data, Prev: e.Prev, Hash: e.Hash}
}

func (s server) events() {
	route(s, get("list-events", "/v1/events", "List what happened"), func(ctx context.Context, in *Paging) (*reply[page[Event]], error) {
		kept, next, err := walk(*in, func(limit int, after string) (o2c.Listing[o2c.Event], error) {
			return listed[o2c.Event](ctx, s.Cycle, o2c.Query{Kind: "event", Limit: limit, After: after})
		}, all)
		return &reply[page[Event]]{page[Event]{each(kept, eventView), next}}, err
	})
	type byID struct {
		ID string `path:"id"`
	}
	route(s, post("replay-event", "/v1/events/{id}/replay", "Publish an event again, on the bus and to the subscribers who want it"), func(ctx context.Context, in *byID) (*reply[Event], error) {
		e, err := s.Cycle.ReplayEvent(ctx, s.stamp(ctx), in.ID)
		if err != nil {
			return nil, err
		}
		return &reply[Event]{eventView(&e)}, nil
	})
}
