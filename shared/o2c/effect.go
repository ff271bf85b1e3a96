package o2c

import (
	"encoding/json"
	"time"

	"duly/shared/o2c/fault"
)

// Rank orders effects: one that succeeds may only enqueue a higher rank, so no
// chain of effects can run in a circle.
type Rank int

// The ranks of design decision 3.
const (
	RankIssue Rank = iota + 1
	RankPay
	RankShop
	RankMail
	RankChat
	RankPublish
)

// The statuses of an effect.
const (
	EffectPending = "pending"
	EffectDone    = "done"
	EffectFailed  = "failed" // given up: effect.failed was recorded, a fallback may have started
)

// FallbackDepth bounds how often a failed effect may be replaced by another.
const FallbackDepth = 2

// Effect is something to be done outside, committed together with the facts
// that ask for it and performed by the outbox: claimed under a lease, done with
// the provider's idempotency key, marked. It is a document without a trail: its
// version fences a slow performer out (row 38 of the failure catalogue).
type Effect struct {
	Name      string          `json:"id"`   // names the intent: the same intent has the same id
	Does      string          `json:"does"` // a row of the effect table
	Rank      Rank            `json:"rank"`
	Subject   Key             `json:"subject"`
	Args      json.RawMessage `json:"args,omitempty"`
	Status    string          `json:"status"`
	Depth     int             `json:"depth"` // of fallbacks
	Attempts  int             `json:"attempts"`
	CreatedAt time.Time       `json:"created_at"`
	NextAt    time.Time       `json:"next_at"`
	Lease     time.Time       `json:"lease,omitzero"` // held by a performer until then
	DoneAt    time.Time       `json:"done_at,omitzero"`
	Problem   string          `json:"problem,omitempty"` // the last failure, as the log says it
	Reason    fault.Reason    `json:"reason,omitzero"`   // and for the team, in its language
}

// Kind and ID make the effect a Document.
func (e *Effect) Kind() string { return "effect" }
func (e *Effect) ID() string   { return e.Name }

// Expires lets a performed effect be forgotten after a while.
func (e *Effect) Expires() time.Time {
	if e.Status != EffectDone {
		return time.Time{}
	}
	return e.DoneAt.Add(Remembered)
}

// EffectQueue is where pending effects wait for the sweeper.
const EffectQueue = "effect"

// Due puts a pending effect into the sweeper's queue.
func (e *Effect) Due() (string, time.Time) {
	if e.Status != EffectPending {
		return EffectQueue, time.Time{}
	}
	return EffectQueue, e.NextAt
}
