package o2c

import (
	"context"
	"encoding/json"
	"time"
)

// pollData is how far a gateway's messages were read.
type pollData struct {
	Gateway string    `json:"gateway"`
	Until   time.Time `json:"until"`
}

// poll is the place in a gateway's list of messages.
type poll struct{ data pollData }

// Kind and ID make the place a document.
func (p *poll) Kind() string { return "poll" }
func (p *poll) ID() string   { return p.data.Gateway }

// MarshalJSON and UnmarshalJSON are the store's door.
func (p *poll) MarshalJSON() ([]byte, error) { return json.Marshal(p.data) }
func (p *poll) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &p.data) }

// A gateway's list is read again from a little before where it was read to, as
// it may be late itself; the first time from some days ago.
const (
	pollOverlap = 15 * time.Minute
	pollFirst   = 4 * 24 * time.Hour
)

// PolledSince is from when on a gateway's messages are to be read.
func (c *Cycle) PolledSince(ctx context.Context, at time.Time, gateway string) (time.Time, error) {
	p, err := find[poll](ctx, NewTx(c.Store), gateway)
	if err != nil || p == nil {
		return at.Add(-pollFirst), err
	}
	return p.data.Until.Add(-pollOverlap), nil
}

// Polled records that all messages until an instant were acted upon.
func (c *Cycle) Polled(ctx context.Context, at time.Time, gateway string) error {
	return c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(Stamp{At: at, Actor: "system:reconcile"})
		p, err := find[poll](ctx, tx, gateway)
		if err != nil {
			return err
		}
		if p == nil {
			p = &poll{data: pollData{Gateway: gateway}}
		}
		p.data.Until = at
		return tx.Save(p)
	})
}
