package o2c

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"duly/shared/o2c/fault"
)

// replay counts how often an event was published again; it has the event's id.
type replay struct {
	EventID string `json:"id"`
	Times   int    `json:"times"`
}

// Kind and ID make the replay a document.
func (r *replay) Kind() string { return "replay" }
func (r *replay) ID() string   { return r.EventID }

// ReplayEvent publishes an event again: on the bus, and to every subscriber who
// wants it. Whoever had it knows it by its id.
func (c *Cycle) ReplayEvent(ctx context.Context, stamp Stamp, id string) (Event, error) {
	of, seq, ok := placeOf(id)
	if !ok {
		return Event{}, fault.Missing("event", id)
	}
	event, err := c.eventOf(ctx, of, seq)
	if err != nil || event.ID != id {
		return Event{}, errors.Join(err, fault.Missing("event", id))
	}
	if !slices.Contains(published, event.Type) {
		return Event{}, fault.New(fault.Refused, "The event is not published", "{type} is for our own trail alone", "see the published types in events/out").Keyed("event.private").With("type", event.Type)
	}
	return event, c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(stamp)
		var r replay
		if _, err := tx.Find(ctx, id, &r); err != nil {
			return err
		}
		r.EventID = id
		r.Times++
		return errors.Join(
			tx.Save(&r, Fact{Type: "event.replayed", Data: map[string]any{"event": id, "times": r.Times}}),
			tx.ask(doPublish, of, publishArgs{Seqs: []int64{seq}}),
			c.tellOf(tx, of, event.Type, seq),
		)
	})
}

// placeOf reads an event's id: <time>_<kind>:<id>_<number in the trail>.
func placeOf(id string) (Key, int64, bool) {
	_, rest, ok := strings.Cut(id, "_")
	end := strings.LastIndexByte(rest, '_')
	if !ok || end < 0 {
		return Key{}, 0, false
	}
	kind, name, ok := strings.Cut(rest[:end], ":")
	seq, err := strconv.ParseInt(rest[end+1:], 10, 64)
	return Key{Kind: kind, ID: name}, seq, ok && err == nil && kind != "" && name != ""
}

// eventOf reads one event of a document's trail.
func (c *Cycle) eventOf(ctx context.Context, of Key, seq int64) (Event, error) {
	trail, err := c.Store.Events(ctx, of)
	if err != nil {
		return Event{}, err
	}
	i := slices.IndexFunc(trail, func(e Event) bool { return e.Seq == seq })
	if i < 0 {
		return Event{}, fault.Missing("event", of.String()+"/"+strconv.FormatInt(seq, 10))
	}
	return trail[i], nil
}

// published is the event as others get it.
func (e Event) published() Published {
	return Published{ID: e.ID, Type: "duly." + e.Type + ".v1", Subject: e.Of.String(), Time: e.At, Data: e.Data}
}

// Source is who our events are from.
const Source = "duly"

// CloudEvent is the event in the structured form of CloudEvents 1.0, as the bus
// and the subscribers get it.
func (p Published) CloudEvent() ([]byte, error) {
	return json.Marshal(struct {
		SpecVersion     string          `json:"specversion"`
		ID              string          `json:"id"`
		Source          string          `json:"source"`
		Type            string          `json:"type"`
		Subject         string          `json:"subject,omitempty"`
		Time            string          `json:"time"` // RFC 3339
		DataContentType string          `json:"datacontenttype"`
		Data            json.RawMessage `json:"data"`
	}{"1.0", p.ID, Source, p.Type, p.Subject, p.Time.UTC().Format(time.RFC3339Nano), "application/json", p.Data})
}
