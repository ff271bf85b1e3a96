// Package bus owns the way to Amazon EventBridge: published events as
// CloudEvents in the detail of bus entries. It does not own which events are
// published or what they hold.
package bus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"duly/shared/o2c"
)

// API asks EventBridge for PutEvents: the request and the answer are its JSON
// (docs.aws.amazon.com/eventbridge, PutEvents).
type API interface {
	Do(ctx context.Context, in, out any) error
}

// putEvents is the request.
type putEvents struct {
	Entries []entry
}

// entry is an event as the bus carries it.
type entry struct {
	EventBusName, Source, DetailType, Detail string
	Time                                     json.Number // seconds since 1970, to the millisecond
}

// taken is the answer: what was refused has a code.
type taken struct {
	Entries []struct{ ErrorCode, ErrorMessage string }
}

// Bus publishes events.
type Bus struct {
	api  API
	name string
}

var _ o2c.Bus = (*Bus)(nil)

// New makes a bus of a name.
func New(api API, name string) *Bus { return &Bus{api: api, name: name} }

// Limits of one PutEvents call (docs.aws.amazon.com/eventbridge, PutEvents).
const (
	entriesMax = 10
	bytesMax   = 256 << 10
)

// Publish puts the events on the bus, in their order, in as few calls as the
// limits allow. An entry that the bus did not take fails the whole, so that all
// are sent again: who listens knows an event by its id.
func (b *Bus) Publish(ctx context.Context, events []o2c.Published) error {
	var batch []entry
	size := 0
	for _, e := range events {
		one, n, err := b.entry(e)
		if err != nil {
			return err
		}
		if len(batch) == entriesMax || size+n > bytesMax {
			if err := b.put(ctx, batch); err != nil {
				return err
			}
			batch, size = nil, 0
		}
		batch, size = append(batch, one), size+n
	}
	return b.put(ctx, batch)
}

// entry is the event as the bus carries it, and its size as the bus counts it.
func (b *Bus) entry(e o2c.Published) (entry, int, error) {
	detail, err := e.CloudEvent()
	if err != nil {
		return entry{}, 0, o2c.Permanent("The event "+e.ID+" cannot be published", "its data is not JSON", "tell us", err).Keyed("damaged")
	}
	const timestamp = 14 // bytes that EventBridge counts for the time
	size := timestamp + len(o2c.Source) + len(e.Type) + len(detail)
	if size > bytesMax {
		return entry{}, 0, o2c.Permanent("The event "+e.ID+" cannot be published", fmt.Sprintf("it has %d bytes, the bus takes %d", size, bytesMax), "read the document instead", nil).Keyed("too_large")
	}
	at := json.Number(fmt.Sprintf("%d.%03d", e.Time.Unix(), e.Time.Nanosecond()/int(time.Millisecond)))
	return entry{EventBusName: b.name, Source: o2c.Source, DetailType: e.Type, Detail: string(detail), Time: at}, size, nil
}

func (b *Bus) put(ctx context.Context, batch []entry) error {
	if len(batch) == 0 {
		return nil
	}
	var out taken
	if err := b.api.Do(ctx, putEvents{Entries: batch}, &out); err != nil {
		return err
	}
	var refused []error
	for _, r := range out.Entries {
		if r.ErrorCode != "" {
			refused = append(refused, fmt.Errorf("the bus refused an event: %s: %s", r.ErrorCode, r.ErrorMessage))
		}
	}
	return errors.Join(refused...)
}
