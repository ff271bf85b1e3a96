package credit

import (
	"time"

	"duly/shared/o2c/fault"
	"duly/shared/o2c/money"
)

// UndoTime is how long a person's answer can be taken back. The customer is told
// when it is over, so that nobody is told a thing that is not meant.
const UndoTime = 10 * time.Minute

// Approve says yes, under conditions or none.
func (r *Request) Approve(by string, at time.Time, c Conditions, reason string) error {
	return r.answer("approve", Approval{By: by, At: at, Conditions: c, Reason: reason})
}

// Decline says no.
func (r *Request) Decline(by string, at time.Time, reason string) error {
	return r.answer("decline", Approval{By: by, At: at, Reason: reason})
}

// Answer is Approve or Decline by a person who may stand in for another.
func (r *Request) Answer(v Verdict, a Approval) error {
	if v == Decline {
		return r.answer("decline", a)
	}
	return r.answer("approve", a)
}

func (r *Request) answer(verb string, a Approval) error {
	if r.data.Status != Pending {
		return r.answered()
	}
	next, err := Life.Next(r.data.Status, verb)
	if err != nil {
		return err
	}
	r.data.Status, r.data.DecidedBy, r.data.DecidedAs, r.data.DecidedFor, r.data.DecidedAt = next, a.By, a.Name, a.For, a.At
	r.data.Conditions, r.data.Reason, r.data.Snoozed, r.data.Ended = a.Conditions, a.Reason, nil, time.Time{}
	r.data.BackupAt, r.data.EndsAt = time.Time{}, time.Time{}
	if next == Approved {
		r.data.ExpiresAt = a.Conditions.Expires
	}
	return nil
}

func (r *Request) answered() error {
	return &Answered{By: r.data.DecidedBy, At: r.data.DecidedAt, Status: r.data.Status}
}

// Agree records the first of two approvals. Another one under other conditions
// takes its place: two people must agree on the same thing.
func (r *Request) Agree(a Approval) error {
	if r.data.Status != Pending {
		return r.answered()
	}
	r.data.First = &a
	return nil
}

// Seconds reports whether an approval by somebody completes the first one:
// another person, on the same conditions.
func (r *Request) Seconds(by string, c Conditions) bool {
	return r.data.First != nil && r.data.First.By != by && r.data.First.Conditions.Equal(c)
}

// Extend approves the rest of what was approved in part.
func (r *Request) Extend(a Approval) error {
	if r.data.Status != Approved {
		return r.answered()
	}
	r.data.Conditions.PartAmount = money.Amount{}
	r.data.DecidedBy, r.data.DecidedAs, r.data.DecidedFor, r.data.DecidedAt = a.By, a.Name, a.For, a.At
	r.data.Reason, r.data.Undo, r.data.First = a.Reason, nil, nil
	return nil
}

// CanUndo says how the answer can be taken back, in time.
func (r *Request) CanUndo(u Undo) { r.data.Undo = &u }

var errNoUndo = fault.Breaks("credit.undo", "the time to take it back is over")

// TakeBack gives what is to be restored. The request itself is asked anew by
// Again.
func (r *Request) TakeBack(at time.Time) (Undo, error) {
	if u := r.data.Undo; u != nil && at.Before(u.Until) {
		return *u, nil
	}
	return Undo{}, errNoUndo
}

// Keep leaves the stock of a refused order where it is.
func (r *Request) Keep(stock bool) { r.data.KeepStock = stock }

// Snooze keeps reminders quiet until an instant. The question does not end before
// then either; the stock's deadline stays.
func (r *Request) Snooze(by string, until time.Time) error {
	if r.data.Status != Pending {
		return r.answered()
	}
	r.data.Snoozed = &Snooze{By: by, Until: until}
	if !r.data.BackupAt.IsZero() {
		r.data.BackupAt = later(r.data.BackupAt, until)
	}
	if !r.data.EndsAt.IsZero() {
		r.data.EndsAt = later(r.data.EndsAt, until)
	}
	return nil
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// StockExpired reports whether the question waited longer than its stock may.
func (r *Request) StockExpired(at time.Time) bool {
	kept := r.data.Status == Declined && r.data.KeepStock && !r.data.HeldUntil.IsZero() && !at.Before(r.data.HeldUntil)
	return kept || r.due(r.data.HeldUntil, at)
}

// LetGo takes the stock's deadline away once the stock was given back.
func (r *Request) LetGo() { r.data.HeldUntil = time.Time{} }

// BackupDue reports whether others are to be called, and CalledBackup that they
// were.
func (r *Request) BackupDue(at time.Time) bool { return r.due(r.data.BackupAt, at) }

// CalledBackup takes the deadline away once a backup was called.
func (r *Request) CalledBackup() { r.data.BackupAt, r.data.Snoozed = time.Time{}, nil }

// EndDue reports whether nobody answered in time.
func (r *Request) EndDue(at time.Time) bool { return r.due(r.data.EndsAt, at) }

// OnHold ends the wait: the order stays on hold and can still be decided.
func (r *Request) OnHold(at time.Time) { r.data.EndsAt, r.data.Ended = time.Time{}, at }

func (r *Request) due(deadline, at time.Time) bool {
	return r.data.Status == Pending && !deadline.IsZero() && !at.Before(deadline)
}

// Expired reports whether an approval has run out, and Kept that something came
// of it in time.
func (r *Request) Expired(at time.Time) bool {
	return r.data.Status == Approved && !r.data.ExpiresAt.IsZero() && !at.Before(r.data.ExpiresAt)
}

// Kept says that the order went on in time: the approval does not expire.
func (r *Request) Kept() { r.data.ExpiresAt = time.Time{} }
