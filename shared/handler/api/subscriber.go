package api

import (
	"context"
	"time"

	"duly/shared/o2c"
	"duly/shared/o2c/fault"
)

// Subscriber is somebody outside who is told of published events.
type Subscriber struct {
	Name        string     `json:"name" doc:"As in duly.yaml"`
	URL         string     `json:"url"`
	Events      []string   `json:"events" nullable:"false" doc:"Types, or families such as invoice.*; none: all that are published"`
	OffSince    *time.Time `json:"off_since" doc:"It took no event for five days, or answered 410; what happens waits"`
	Problem     string     `json:"problem"`
	Undelivered int        `json:"undelivered" doc:"Events that wait for it to be resumed"`
}

func subscriberView(s o2c.SubscriberState) Subscriber {
	v := Subscriber{Name: s.Subscriber.Name, URL: s.URL, Events: append([]string{}, s.Events...), Problem: s.Problem, Undelivered: s.Undelivered}
	if !s.OffSince.IsZero() {
		at := s.OffSince.UTC()
		v.OffSince = &at
	}
	return v
}

func (s server) subscribers() {
	type byName struct {
		Name string `path:"name"`
	}
	route(s, get("list-subscribers", "/v1/subscribers", "List who is told of events, and what waits for them"), func(ctx context.Context, _ *struct{}) (*reply[page[Subscriber]], error) {
		all, err := s.Cycle.SubscriberStates(ctx)
		return &reply[page[Subscriber]]{page[Subscriber]{Items: each(all, subscriberView)}}, err
	})
	route(s, post("resume-subscriber", "/v1/subscribers/{name}/resume", "Tell a subscriber again, first what waited"), func(ctx context.Context, in *byName) (*reply[Subscriber], error) {
		if err := s.Cycle.Resume(ctx, s.stamp(ctx), in.Name); err != nil {
			return nil, err
		}
		all, err := s.Cycle.SubscriberStates(ctx)
		if err != nil {
			return nil, err
		}
		for _, one := range all {
			if one.Subscriber.Name == in.Name {
				return &reply[Subscriber]{subscriberView(one)}, nil
			}
		}
		return nil, fault.Missing("subscriber", in.Name)
	})
}
