package credit

import (
	"reflect"
	"slices"
	"time"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/money"
)

// Outcome is what became of an order that was decided on.
type Outcome struct {
	Invoiced  money.Amount  `json:"invoiced"` // in the currency of the books
	Open      money.Amount  `json:"open"`
	Paid      bool          `json:"paid"` // all of it, by the customer
	PaidOn    calendar.Date `json:"paid_on,omitzero"`
	DaysLate  int           `json:"days_late"` // of the latest payment, or of what is open now
	Defaulted bool          `json:"defaulted"` // written off, or open for DefaultDays after its due date
}

// DefaultDays is how late an invoice must be to count as lost when a policy is
// judged: the 90 days past due of Regulation (EU) 575/2013, article 178.
const DefaultDays = 90

// Record is one decision of the past, with what came of it.
type Record struct {
	OrderID   string    `json:"order_id"`
	Number    string    `json:"number"`
	Customer  string    `json:"customer"`
	AskedAt   time.Time `json:"asked_at"`
	Decision  Decision  `json:"decision"` // the policy's, as stored
	Status    string    `json:"status"`   // what it came to, by the policy or a person
	DecidedBy string    `json:"decided_by"`
	DecidedAt time.Time `json:"decided_at,omitzero"`
	Outcome   Outcome   `json:"outcome"`
}

// Change is a decision that another policy takes otherwise.
type Change struct {
	Record  Record
	Verdict Verdict
	Reasons []Reason
}

// Tally counts orders and their money.
type Tally struct {
	Orders int
	Amount money.Amount
}

func (t *Tally) count(a money.Amount) {
	t.Orders++
	t.Amount = t.Amount.Plus(a)
}

// examplesMax is how many changes of each kind a replay remembers.
const examplesMax = 10

// Replay decides the past again under a policy, on the inputs that were stored,
// and gathers what would have been otherwise. Orders that would not have been
// taken still count in the inputs of those that came after them: the report
// says what the policy thinks of each question, not what the customers would
// have done instead.
type Replay struct {
	policy Policy

	Decisions int
	Same      int      // the very same verdict and reasons
	Changed   int      // another verdict; the rest came to the same for other reasons
	Broken    []Record // other than stored under a policy of the same digest: never, unless a rule reads what is not stored

	BlockedPaid     Tally         // would have been declined or referred, and was paid
	ApprovedDefault Tally         // would have been approved by itself, and was lost
	AvoidedDefault  Tally         // would have been declined or referred, and was lost
	Freed           Tally         // waited for a person, and would not have
	Asked           Tally         // went through, and would have waited for a person
	Declined        Tally         // would have been declined outright, and was not
	Waited          time.Duration // by those that would not have
	WouldWait       time.Duration // by those that would have, at the average of those that did
	Examples        []Change

	waits    int
	waitedIn time.Duration
	kept     map[string]int
}

// NewReplay begins with nothing decided.
func NewReplay(p Policy) *Replay { return &Replay{policy: p, kept: map[string]int{}} }

// Add decides one order again.
func (r *Replay) Add(was Record) {
	r.Decisions++
	if byPerson(was) {
		r.waits++
		r.waitedIn += was.DecidedAt.Sub(was.AskedAt)
	}
	again := r.policy.Decide(was.Decision.Input)
	if again.Verdict == was.Decision.Verdict && reflect.DeepEqual(again.Reasons, was.Decision.Reasons) {
		r.Same++
	} else if again.PolicyDigest == was.Decision.PolicyDigest {
		r.Broken = append(r.Broken, was)
	}
	if again.Verdict != was.Decision.Verdict {
		r.differ(was, again)
	}
}

func byPerson(was Record) bool {
	return was.Decision.Verdict == Refer && !was.DecidedAt.IsZero() && was.DecidedBy != "policy" && was.DecidedBy != ""
}

func (r *Replay) differ(was Record, again Decision) {
	r.Changed++
	amount := was.Decision.Input.Amount
	taken := was.Status == Approved
	kind := string(again.Verdict)
	switch {
	case again.Verdict != Approve && taken && was.Outcome.Paid:
		kind = "blocked, paid"
		r.BlockedPaid.count(amount)
	case again.Verdict != Approve && taken && was.Outcome.Defaulted:
		kind = "blocked, lost"
		r.AvoidedDefault.count(amount)
	case again.Verdict == Approve && taken && was.Outcome.Defaulted:
		kind = "approved, lost"
		r.ApprovedDefault.count(amount)
	}
	switch {
	case again.Verdict == Approve && byPerson(was):
		r.Freed.count(amount)
		r.Waited += was.DecidedAt.Sub(was.AskedAt)
	case again.Verdict == Refer && was.Decision.Verdict == Approve:
		r.Asked.count(amount)
	case again.Verdict == Decline:
		r.Declined.count(amount)
	}
	if r.kept[kind]++; r.kept[kind] <= examplesMax {
		r.Examples = append(r.Examples, Change{Record: was, Verdict: again.Verdict, Reasons: again.Reasons})
	}
}

// Close works out what needs all of the past.
func (r *Replay) Close() {
	if r.waits > 0 {
		r.WouldWait = time.Duration(r.Asked.Orders) * (r.waitedIn / time.Duration(r.waits))
	}
	slices.SortStableFunc(r.Examples, func(a, b Change) int { return a.Record.AskedAt.Compare(b.Record.AskedAt) })
}

// Differs reports whether any verdict would have been another.
func (r *Replay) Differs() bool { return r.Same != r.Decisions }
