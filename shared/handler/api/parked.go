package api

import (
	"context"
	"time"

	"duly/shared/o2c"
)

// Parked is an authentic message that nobody understood.
type Parked struct {
	ID         string     `json:"id"`
	Function   string     `json:"function"`
	Endpoint   string     `json:"endpoint"`
	Topic      string     `json:"topic"`
	Problem    string     `json:"problem"`
	Body       string     `json:"body" doc:"As it came"`
	At         time.Time  `json:"at"`
	ReplayedAt *time.Time `json:"replayed_at"`
}

func parkedView(p *o2c.Parked) Parked {
	d := p.Data()
	v := Parked{ID: d.ID, Function: d.Function, Endpoint: d.Endpoint, Topic: d.Topic, Problem: d.Problem, Body: string(d.Body), At: d.At.UTC()}
	if !d.Replayed.IsZero() {
		at := d.Replayed.UTC()
		v.ReplayedAt = &at
	}
	return v
}

func (s server) parked() {
	type byID struct {
		ID string `path:"id"`
	}
	route(s, get("list-parked", "/v1/parked", "List messages that nobody understood"), func(ctx context.Context, in *Paging) (*reply[page[Parked]], error) {
		kept, next, err := walk(*in, func(limit int, after string) (o2c.Listing[o2c.Parked], error) {
			return o2c.ListOf[o2c.Parked](ctx, s.Cycle, limit, after)
		}, all)
		return &reply[page[Parked]]{page[Parked]{each(kept, parkedView), next}}, err
	})
	route(s, post("replay-parked", "/v1/parked/{id}/replay", "Try a parked message again"), func(ctx context.Context, in *byID) (*reply[Parked], error) {
		p, err := o2c.Read[o2c.Parked](ctx, s.Cycle, in.ID)
		if err != nil {
			return nil, err
		}
		if err := s.Replay(ctx, p.Data()); err != nil {
			return nil, err
		}
		if err := s.Cycle.Unpark(ctx, s.stamp(ctx), in.ID); err != nil {
			return nil, err
		}
		if p, err = o2c.Read[o2c.Parked](ctx, s.Cycle, in.ID); err != nil {
			return nil, err
		}
		return &reply[Parked]{parkedView(p)}, nil
	})
}
