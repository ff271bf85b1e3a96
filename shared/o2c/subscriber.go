package o2c

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"duly/shared/o2c/fault"
)

// Subscriber is somebody outside who is told of published events by signed
// webhooks (Standard Webhooks).
type Subscriber struct {
	Name   string
	URL    string
	Events []string // types such as "invoice.issued", or "invoice.*"; none: all that are published
}

// Wants reports whether the subscriber is told of a type of event.
func (s Subscriber) Wants(event string) bool {
	return len(s.Events) == 0 || slices.ContainsFunc(s.Events, func(pattern string) bool {
		family, all := strings.CutSuffix(pattern, "*")
		return pattern == event || all && strings.HasPrefix(event, family)
	})
}

// Subscriber finds one by its name.
func (p Policy) Subscriber(name string) (Subscriber, bool) {
	i := slices.IndexFunc(p.Subscribers, func(s Subscriber) bool { return s.Name == name })
	if i < 0 {
		return Subscriber{}, false
	}
	return p.Subscribers[i], true
}

// SubscriptionData is how it stands with a subscriber.
type SubscriptionData struct {
	Name     string       `json:"name"`
	OffSince time.Time    `json:"off_since,omitzero"` // nothing is sent; what happens meanwhile waits
	Problem  string       `json:"problem,omitempty"`  // why, as the log says it
	Reason   fault.Reason `json:"reason,omitzero"`    // and for the team, in its language
}

// subscription is a document that only a subscriber in trouble has.
type subscription struct{ data SubscriptionData }

// Kind and ID make the subscription a document.
func (s *subscription) Kind() string { return "subscriber" }
func (s *subscription) ID() string   { return s.data.Name }

// MarshalJSON and UnmarshalJSON are the store's door.
func (s *subscription) MarshalJSON() ([]byte, error) { return json.Marshal(s.data) }
func (s *subscription) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &s.data) }

// linkUndelivered leads from a subscriber to the effects that could not be done.
const linkUndelivered = "undelivered"

// tellArgs are the arguments of one delivery.
type tellArgs struct {
	To  string `json:"to"`
	Seq int64  `json:"seq"` // of the event in its document's trail
}

// tellWaits are the waits between the twelve attempts, five days in all, as
// Standard Webhooks recommends. A sweep comes every few minutes, so that the
// first may take as long.
var tellWaits = []time.Duration{
	5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour, 10 * time.Hour, 14 * time.Hour, 20 * time.Hour,
	24 * time.Hour, 24 * time.Hour, 24 * time.Hour,
}

// tellOf asks that every subscriber who wants it be told of an event.
func (c *Cycle) tellOf(tx *Tx, of Key, kind string, seq int64) error {
	for _, s := range c.Policy.Subscribers {
		if !s.Wants(kind) {
			continue
		}
		if err := tx.ask(doTell, of, tellArgs{To: s.Name, Seq: seq}); err != nil {
			return err
		}
	}
	return nil
}

func performTell(ctx context.Context, o *Outbox, e Effect) (func(context.Context, *Tx) error, error) {
	var args tellArgs
	if err := json.Unmarshal(e.Args, &args); err != nil {
		return nil, damaged("The event cannot be told", err)
	}
	s, ok := o.Cycle.Policy.Subscriber(args.To)
	if !ok {
		return nil, Permanent("The event cannot be told", "duly.yaml has no subscriber "+args.To+" any more", "nothing, if that is meant", nil).Keyed("subscriber.unknown", args.To)
	}
	state, err := find[subscription](ctx, NewTx(o.Cycle.Store), s.Name)
	if err != nil {
		return nil, err
	}
	if state != nil && !state.data.OffSince.IsZero() {
		return nil, Permanent("The event waits", s.Name+" is switched off", "mend the receiver, then: POST /v1/subscribers/"+s.Name+"/resume", nil).Keyed("subscriber.off", s.Name)
	}
	event, err := o.Cycle.eventOf(ctx, e.Subject, args.Seq)
	if err != nil {
		return nil, err
	}
	err = o.Hooks.Tell(ctx, s, event.published())
	var later *Later
	if err != nil && !errors.As(err, &later) && !fault.Is(err, fault.Refused) {
		err = &Later{After: tellWaits[min(e.Attempts, len(tellWaits))-1], Cause: err}
	}
	return nil, err
}

// tellGaveUp switches a subscriber off that took no event for days, or wants
// none, with one card; what was for it waits. Nothing that is queued is lost.
func tellGaveUp(ctx context.Context, o *Outbox, tx *Tx, e Effect) error {
	var args tellArgs
	if err := json.Unmarshal(e.Args, &args); err != nil {
		return nil //nolint:nilerr // damaged arguments have nobody to switch off
	}
	if _, ok := o.Cycle.Policy.Subscriber(args.To); !ok {
		return nil
	}
	parent := Key{Kind: "subscriber", ID: args.To}
	tx.Link(Link{Parent: parent, Name: linkUndelivered, Sort: e.CreatedAt.UTC().Format(time.RFC3339Nano) + "#" + e.Name, To: KeyOf(&e)})
	s, err := find[subscription](ctx, tx, args.To)
	if err != nil || s != nil && !s.data.OffSince.IsZero() {
		return err
	}
	s = &subscription{data: SubscriptionData{Name: args.To, OffSince: tx.At(), Problem: e.Problem, Reason: e.Reason}}
	return errors.Join(
		tx.Save(s, Fact{Type: "subscriber.switched_off", Data: s.data}),
		o.Cycle.tell(tx, KeyOf(s), Notice{Key: "subscriber_off", ID: args.To, Why: e.Problem, Reason: e.Reason}),
	)
}

// SubscriberState is a subscriber, and what waits for it.
type SubscriberState struct {
	Subscriber
	SubscriptionData
	Undelivered int
}

// SubscriberStates lists the subscribers of duly.yaml.
func (c *Cycle) SubscriberStates(ctx context.Context) ([]SubscriberState, error) {
	all := make([]SubscriberState, 0, len(c.Policy.Subscribers))
	for _, s := range c.Policy.Subscribers {
		tx := NewTx(c.Store)
		state, err := find[subscription](ctx, tx, s.Name)
		if err != nil {
			return nil, err
		}
		waiting, err := tx.Links(ctx, Key{Kind: "subscriber", ID: s.Name}, linkUndelivered)
		if err != nil {
			return nil, err
		}
		one := SubscriberState{Subscriber: s, Undelivered: len(waiting)}
		if state != nil {
			one.SubscriptionData = state.data
		}
		all = append(all, one)
	}
	return all, nil
}

// resumeMost bounds one transaction of a resumption.
const resumeMost = 25

// Resume switches a subscriber on again; what waited goes out, oldest first.
func (c *Cycle) Resume(ctx context.Context, stamp Stamp, name string) error {
	if _, ok := c.Policy.Subscriber(name); !ok {
		return fault.Missing("subscriber", name)
	}
	for {
		rest := 0
		err := c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
			tx.By(stamp)
			var err error
			rest, err = c.resumeSome(ctx, tx, name)
			return err
		})
		if err != nil || rest == 0 {
			return err
		}
	}
}

// resumeSome asks again for the oldest that wait and says how many are left.
// What failed keeps its trail; the new attempt is an effect of its own.
func (c *Cycle) resumeSome(ctx context.Context, tx *Tx, name string) (rest int, err error) {
	waiting, err := tx.Links(ctx, Key{Kind: "subscriber", ID: name}, linkUndelivered)
	if err != nil {
		return 0, err
	}
	s, err := find[subscription](ctx, tx, name)
	if err != nil || s == nil {
		return 0, err
	}
	now := waiting[:min(resumeMost, len(waiting))]
	s.data.OffSince, s.data.Problem, s.data.Reason = time.Time{}, "", fault.Reason{}
	if err := tx.Save(s, Fact{Type: "subscriber.resumed", Data: map[string]int{"events": len(now)}}); err != nil {
		return 0, err
	}
	for _, l := range now {
		var e Effect
		if _, err := tx.Find(ctx, l.To.ID, &e); err != nil {
			return 0, err
		}
		tx.Unlink(l)
		if err := tx.ask(doTell, e.Subject, e.Args); err != nil {
			return 0, err
		}
	}
	return len(waiting) - len(now), nil
}
