package recovery

import (
	"fmt"
	"slices"
	"time"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/life"
	"duly/shared/o2c/money"
)

// The statuses of a hand-over; none was proposed while it is "".
const (
	NotProposed = ""
	Proposed    = "proposed"
	HandedOver  = "handed_over"
	Recalled    = "recalled" // the agency was told to stop
	Aborted     = "aborted"  // it never left the house
	Ended       = "ended"    // the agency has told its result
)

// HandOverLife is the transition table of a hand-over.
var HandOverLife = life.Table{
	{From: NotProposed, Verb: "propose", To: Proposed},
	{From: Proposed, Verb: "approve", To: Proposed}, // the first of two
	{From: Proposed, Verb: "hand_over", To: HandedOver},
	{From: Proposed, Verb: "abort", To: Aborted},
	{From: HandedOver, Verb: "recall", To: Recalled},
	{From: HandedOver, Verb: "end", To: Ended},
	{From: Aborted, Verb: "propose", To: Proposed},
	{From: Recalled, Verb: "propose", To: Proposed},
	{From: Ended, Verb: "propose", To: Proposed},
}

// Agency collects for us.
type Agency struct {
	Name     string `json:"name"`
	Register string `json:"register,omitempty"` // number in the register of the Wki, kept by Justis
	Email    string `json:"email,omitempty"`
}

// HandOver is one way of a claim to an agency.
type HandOver struct {
	Status     string       `json:"status"`
	Agency     Agency       `json:"agency"`
	Note       string       `json:"note,omitempty"`
	ProposedBy string       `json:"proposed_by,omitempty"`
	ProposedAt time.Time    `json:"proposed_at,omitzero"`
	Approvals  []Approval   `json:"approvals,omitempty"`
	HandedAt   time.Time    `json:"handed_at,omitzero"`
	Claim      money.Amount `json:"claim"`             // what it was on that day, in all
	Dossier    string       `json:"dossier,omitempty"` // under which name it is kept
	Head       string       `json:"head,omitempty"`    // of its chain
	EndedAt    time.Time    `json:"ended_at,omitzero"` // recalled, aborted or told
	EndedBy    string       `json:"ended_by,omitempty"`
	Why        string       `json:"why,omitempty"`
	Result     *Result      `json:"result,omitempty"`
}

// Approval is one person's word.
type Approval struct {
	By string    `json:"by"`
	At time.Time `json:"at"`
}

// Result is what an agency tells at the end.
type Result struct {
	On        calendar.Date `json:"on"`
	Collected money.Amount  `json:"collected"`
	Fee       money.Amount  `json:"fee"`
	Note      string        `json:"note"`
}

// Propose begins a hand-over; decides says that the proposer may approve, whose
// proposal is then the first approval.
func (f *File) Propose(a Agency, note, by string, decides bool, at time.Time) error {
	next, err := HandOverLife.Next(f.data.HandOver.Status, "propose")
	if err != nil {
		return fmt.Errorf("the hand-over of %s: %w", f.data.Number, err)
	}
	if f.data.HandOver.Status != NotProposed {
		f.data.Former = append(f.data.Former, f.data.HandOver)
	}
	f.data.HandOver = HandOver{Status: next, Agency: a, Note: note, ProposedBy: by, ProposedAt: at}
	if decides {
		f.data.HandOver.Approvals = []Approval{{By: by, At: at}}
	}
	return nil
}

// Approve counts one person's word and reports whether enough different people
// have given theirs.
func (f *File) Approve(by string, needed int, at time.Time) (enough bool, err error) {
	h := &f.data.HandOver
	if _, err := HandOverLife.Next(h.Status, "approve"); err != nil {
		return false, fmt.Errorf("the hand-over of %s: %w", f.data.Number, err)
	}
	if slices.ContainsFunc(h.Approvals, func(a Approval) bool { return a.By == by }) && len(h.Approvals) < needed {
		return false, &Again{By: by}
	}
	h.Approvals = append(h.Approvals, Approval{By: by, At: at})
	return len(h.Approvals) >= needed, nil
}

// Again is a second word of the same person.
type Again struct{ By string }

func (a *Again) Error() string { return a.By + " has approved already; another person must agree" }

// Leave hands the claim over.
func (f *File) Leave(claim money.Amount, dossier string, at time.Time) error {
	next, err := HandOverLife.Next(f.data.HandOver.Status, "hand_over")
	if err != nil {
		return fmt.Errorf("the hand-over of %s: %w", f.data.Number, err)
	}
	h := &f.data.HandOver
	h.Status, h.HandedAt, h.Claim, h.Dossier = next, at, claim, dossier
	return nil
}

// Seal records the head of the dossier's chain.
func (f *File) Seal(head string) { f.data.HandOver.Head = head }

// Stop ends a hand-over by "abort", "recall" or "end".
func (f *File) Stop(verb, by, why string, at time.Time) error {
	next, err := HandOverLife.Next(f.data.HandOver.Status, verb)
	if err != nil {
		return fmt.Errorf("the hand-over of %s: %w", f.data.Number, err)
	}
	h := &f.data.HandOver
	h.Status, h.EndedAt, h.EndedBy, h.Why = next, at, by, why
	return nil
}

// Told records the agency's result and ends the hand-over.
func (f *File) Told(r Result, by string, at time.Time) error {
	if err := f.Stop("end", by, r.Note, at); err != nil {
		return err
	}
	f.data.HandOver.Result = &r
	return nil
}

// Out reports whether an agency has the claim.
func (d Data) Out() bool { return d.HandOver.Status == HandedOver }
