package aws

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"duly/infra/local/loopback"
)

// Event is EventBridge's envelope, as rules deliver it.
type Event struct {
	Version    string          `json:"version"`
	ID         string          `json:"id"`
	DetailType string          `json:"detail-type"`
	Source     string          `json:"source"`
	Account    string          `json:"account"`
	Time       time.Time       `json:"time"`
	Region     string          `json:"region"`
	Resources  []string        `json:"resources"`
	Detail     json.RawMessage `json:"detail"`
}

func newEvent(id, source, detailType string, at time.Time, detail any) Event {
	raw, err := json.Marshal(detail)
	if err != nil {
		panic(err) // the details are our own
	}
	return Event{Version: "0", ID: id, DetailType: detailType, Source: source, Account: Account, Time: at.UTC(),
		Region: Region, Resources: []string{}, Detail: raw}
}

// Limits of PutEvents (docs.aws.amazon.com/eventbridge, PutEvents).
const (
	maxEntries    = 10
	maxEntryBytes = 256 << 10 // the older figure: what fits it fits everywhere
)

// Events is the EventBridge bus: it records what was put.
type Events struct {
	loopback.Outage
	now     func() time.Time
	bus     string
	handler http.Handler

	mu     sync.Mutex
	events []Event
}

// NewEvents opens a bus of the given name.
func NewEvents(now func() time.Time, bus string) *Events {
	s := &Events{now: now, bus: bus}
	s.handler = s.Guard(now, refuseJSON, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		serveJSON(w, r, map[string]operation{"PutEvents": typed(s.putEvents)}, nil)
	}))
	return s
}

func (s *Events) scope() string { return "events" }

// ServeHTTP implements http.Handler.
func (s *Events) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// Events lists what was put, oldest first.
func (s *Events) Events() []Event {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.events)
}

type putEventsInput struct {
	Entries []struct {
		Source, DetailType, Detail, EventBusName string
		Resources                                []string
		Time                                     float64 // Unix seconds
	}
}

// putEvents answers per entry: a bad one fails alone, as in AWS, and the call is still 200.
func (s *Events) putEvents(in putEventsInput) (any, *fault) {
	if len(in.Entries) == 0 || len(in.Entries) > maxEntries {
		return nil, &fault{http.StatusBadRequest, "ValidationException", "1 validation error detected: entries must have between 1 and 10 items"}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	results, failed := []any{}, 0
	for _, e := range in.Entries {
		code, message := "", ""
		switch size := len(e.Source) + len(e.DetailType) + len(e.Detail); {
		case size > maxEntryBytes:
			return nil, &fault{http.StatusBadRequest, "ValidationException", "Total size of the entries in the request is over the limit."}
		case e.Source == "" || e.DetailType == "" || e.Detail == "":
			code, message = "InvalidArgument", "Parameter Source, DetailType and Detail are required."
		case !json.Valid([]byte(e.Detail)) || e.Detail[0] != '{':
			code, message = "MalformedDetail", "Detail is malformed."
		case e.EventBusName != "" && e.EventBusName != s.bus:
			code, message = "ResourceNotFoundException", "Event bus "+e.EventBusName+" does not exist."
		}
		if code != "" {
			failed++
			results = append(results, map[string]string{"ErrorCode": code, "ErrorMessage": message})
			continue
		}
		at := s.now()
		if e.Time > 0 {
			at = time.UnixMilli(int64(e.Time * 1000))
		}
		event := newEvent(uuid(len(s.events)+1), e.Source, e.DetailType, at, json.RawMessage(e.Detail))
		event.Resources = append(event.Resources, e.Resources...)
		s.events = append(s.events, event)
		results = append(results, map[string]string{"EventId": event.ID})
	}
	return map[string]any{"Entries": results, "FailedEntryCount": failed}, nil
}

// bridge carries events of other services to the functions they wake, at least once, as EventBridge does: a failed
// delivery is tried again later, for up to a day.
type bridge struct {
	Counter int        `json:"counter"`
	Waiting []*waiting `json:"waiting"`
	Dead    []Event    `json:"dead"` // given up
}

type waiting struct {
	Event  Event     `json:"event"`
	Tries  int       `json:"tries"`
	NextAt time.Time `json:"next_at"`
}

// bridgePatience is how long EventBridge keeps trying by default.
const bridgePatience = 24 * time.Hour

func (b *bridge) add(source, detailType string, at time.Time, detail any) {
	b.Counter++
	event := newEvent(uuid(b.Counter), source, detailType, at, detail)
	b.Waiting = append(b.Waiting, &waiting{Event: event, NextAt: at})
}

// due takes the next event to deliver, each at most once per drain.
func (b *bridge) due(now time.Time, tried map[string]bool) *waiting {
	for _, w := range b.Waiting {
		if !w.NextAt.After(now) && !tried[w.Event.ID] {
			tried[w.Event.ID] = true
			return w
		}
	}
	return nil
}

func (b *bridge) settle(w *waiting, now time.Time, failed bool) {
	if failed {
		w.Tries++
		w.NextAt = now.Add(time.Minute << min(w.Tries-1, 6)) // 1, 2, 4 … 64 minutes
		if w.NextAt.Sub(w.Event.Time) < bridgePatience {
			return
		}
		b.Dead = append(b.Dead, w.Event)
	}
	b.Waiting = slices.DeleteFunc(b.Waiting, func(other *waiting) bool { return other == w })
}

// drain delivers what is due; the service's lock is held only between deliveries.
func (b *bridge) drain(ctx context.Context, mu *sync.Mutex, now func() time.Time, keep func() error, deliver func(context.Context, Event) error) (int, error) {
	tried := map[string]bool{}
	delivered := 0
	for ctx.Err() == nil {
		mu.Lock()
		w := b.due(now(), tried)
		mu.Unlock()
		if w == nil {
			return delivered, nil
		}
		err := deliver(ctx, w.Event)
		if err == nil {
			delivered++
		}
		mu.Lock()
		b.settle(w, now(), err != nil)
		err = keep()
		mu.Unlock()
		if err != nil {
			return delivered, fmt.Errorf("keep undelivered events: %w", err)
		}
	}
	return delivered, ctx.Err()
}

func (b *bridge) nextAt() (at time.Time, ok bool) {
	for _, w := range b.Waiting {
		if !ok || w.NextAt.Before(at) {
			at, ok = w.NextAt, true
		}
	}
	return at, ok
}
