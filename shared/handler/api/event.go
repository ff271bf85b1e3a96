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
	Changes json.RawMessage `json:"changes,omitempty" doc:"The document's fields that it changed, each as [before, after]"`
	Prev    string          `json:"prev" doc:"Hash of the document's event before"`
	Hash    string          `json:"hash"`
}

func eventView(e *o2c.Event) Event {
	return Event{ID: e.ID, Type: e.Type, Subject: e.Of.String(), Seq: e.Seq, Time: e.At, Actor: e.Actor, Cause: e.Cause, Data: e.Data, Changes: e.Changes, Prev: e.Prev, Hash: e.Hash}
}

func (s server) events() {
	type query struct {
		Paging
		From string `query:"from" format:"date" doc:"The first day, by UTC"`
		To   string `query:"to" format:"date" doc:"The last day, by UTC"`
	}
	route(s, get("list-events", "/v1/events", "List what happened"), func(ctx context.Context, in *query) (*reply[page[Event]], error) {
		q, err := onDays("event", in.From, in.To)
		if err != nil {
			return nil, err
		}
		kept, next, err := walk(in.Paging, func(limit int, after string) (o2c.Listing[o2c.Event], error) {
			q.Limit, q.After = limit, after
			return listed[o2c.Event](ctx, s.Cycle, q)
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
