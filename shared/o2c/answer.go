package o2c

import (
	"context"
	"encoding/json"
	"time"

	"duly/shared/o2c/fault"
)

// AnswerData is what a program was answered to a request that it named itself.
type AnswerData struct {
	ID          string    `json:"id"`      // names the program, the route and the program's name of the request
	Request     string    `json:"request"` // hash of what was asked
	Status      int       `json:"status"`
	ContentType string    `json:"content_type"`
	Body        string    `json:"body"`
	At          time.Time `json:"at"`
}

// answer is a given answer. It is written after the use case and not with it:
// if a crash comes between the two, the repeated request runs again, finds by
// its ids and by Stamp.Once what it did, and is answered from that.
type answer struct{ data AnswerData }

// Kind and ID make the answer a document.
func (a *answer) Kind() string { return "answer" }
func (a *answer) ID() string   { return a.data.ID }

// Expires lets it be forgotten: nobody repeats a request after so long.
func (a *answer) Expires() time.Time { return a.data.At.Add(Remembered) }

// MarshalJSON and UnmarshalJSON are the store's door.
func (a *answer) MarshalJSON() ([]byte, error) { return json.Marshal(a.data) }
func (a *answer) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &a.data) }

// Answered finds the answer that a request was given before, nil when there is
// none. A name that was used for another request fails with fault.Reused.
func (c *Cycle) Answered(ctx context.Context, at time.Time, id, request string) (*AnswerData, error) {
	tx := NewTx(c.Store)
	tx.By(Stamp{At: at}) // what has expired by then is not there
	a, err := find[answer](ctx, tx, id)
	if err != nil || a == nil {
		return nil, err
	}
	if a.data.Request != request {
		return nil, fault.New(fault.Reused, "The Idempotency-Key was used before", "for a request with another body", "take a new key for a new request").Keyed("key.reused")
	}
	return &a.data, nil
}

// Answer keeps the answer to a request. The first one stays: of two that were
// under way at once, both are told the same.
func (c *Cycle) Answer(ctx context.Context, s Stamp, d AnswerData) (AnswerData, error) {
	d.At = s.At
	err := c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		first, err := find[answer](ctx, tx, d.ID)
		if err != nil {
			return err
		}
		switch {
		case first == nil:
			return tx.Save(&answer{data: d})
		case first.data.Request == d.Request:
			d = first.data
		}
		return nil
	})
	return d, err
}
