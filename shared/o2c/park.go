package o2c

import (
	"context"
	"encoding/json"
	"time"

	"duly/shared/o2c/fault"
)

// ParkedData is a message that is authentic but that nobody here understands,
// kept with its raw body until a person or a newer version replays it.
type ParkedData struct {
	ID       string            `json:"id"`
	Function string            `json:"function"` // whose handler replays it
	Endpoint string            `json:"endpoint"`
	Topic    string            `json:"topic"`
	Headers  map[string]string `json:"headers"`
	Body     []byte            `json:"body"`            // raw bytes
	Key      string            `json:"key,omitempty"`   // the sender's id of it, where it is signed: by whatever way it comes, it is one message
	Problem  string            `json:"problem"`         // why, as the log says it
	Reason   fault.Reason      `json:"reason,omitzero"` // and for the team, in its language
	Quiet    bool              `json:"quiet,omitempty"` // kept without a card: nothing is expected of anybody
	At       time.Time         `json:"at"`
	Replayed time.Time         `json:"replayed_at,omitzero"`
}

// Parked is a parked message.
type Parked struct{ data ParkedData }

// Data is a copy.
func (p *Parked) Data() ParkedData { return p.data }

// Kind, ID and ListKey make the parked message a document.
func (p *Parked) Kind() string    { return "parked" }
func (p *Parked) ID() string      { return p.data.ID }
func (p *Parked) ListKey() string { return p.data.At.UTC().Format(time.RFC3339Nano) }

// MarshalJSON and UnmarshalJSON are the store's door.
func (p *Parked) MarshalJSON() ([]byte, error) { return json.Marshal(p.data) }
func (p *Parked) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &p.data) }

// Park keeps a message that could not be understood, with one card unless it is
// quiet. The same message parks once.
func (c *Cycle) Park(ctx context.Context, at time.Time, d ParkedData) error {
	d.ID = Name("pk", d.Function, d.Endpoint, d.Topic, string(d.Body))
	if d.Key != "" {
		d.ID = Name("pk", d.Function, d.Endpoint, d.Key)
	}
	d.At = at
	return c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(Stamp{At: at, Actor: "webhook:" + d.Endpoint})
		var known Parked
		if ok, err := tx.Find(ctx, d.ID, &known); err != nil || ok {
			return err
		}
		p := &Parked{data: d}
		if err := tx.Save(p, Fact{Type: "message.parked", Data: map[string]string{"endpoint": d.Endpoint, "topic": d.Topic, "problem": d.Problem}}); err != nil {
			return err
		}
		if d.Quiet {
			return nil
		}
		return c.showCard(tx, "parked", KeyOf(p))
	})
}

// Unpark records that a parked message was replayed.
func (c *Cycle) Unpark(ctx context.Context, s Stamp, id string) error {
	return c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		var p Parked
		if err := tx.Get(ctx, id, &p); err != nil {
			return err
		}
		p.data.Replayed = s.At
		if err := tx.Save(&p, Fact{Type: "message.replayed", Data: map[string]string{"by": s.Actor}}); err != nil || p.data.Quiet {
			return err
		}
		return c.showCard(tx, "parked", KeyOf(&p))
	})
}
