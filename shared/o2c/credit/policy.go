// Package credit owns the decision whether a customer may buy on account: the
// policy that decides, the reasons it gives, and the request that a person
// answers. It does not own the running totals of what is open.
package credit

import (
	"fmt"
	"strconv"

	"duly/shared/o2c/money"
)

// Verdict is what the policy says of an order.
type Verdict string

// The verdicts.
const (
	Approve Verdict = "approve"
	Refer   Verdict = "refer" // ask a person
	Decline Verdict = "decline"
)

// Policy is the house's rules as data, with the version that decisions cite.
type Policy struct {
	Version       string        `json:"version"`
	AutoApprove   money.Amount  `json:"auto_approve"`   // orders above it are referred, whatever the limit
	DefaultLimit  *money.Amount `json:"default_limit"`  // of customers without one of their own; nil: unlimited
	OverdueDays   int           `json:"overdue_days"`   // an open item later than this refers …
	OverdueAmount money.Amount  `json:"overdue_amount"` // … when more than this is overdue: residuals do not block
	StockHours    int           `json:"stock_hours"`    // how long a referred order keeps its stock
}

// Input is all that a decision looks at; it is stored with the decision.
type Input struct {
	Amount      money.Amount  `json:"amount"`
	Receivable  money.Amount  `json:"receivable"`      // open invoices
	Confirmed   money.Amount  `json:"confirmed"`       // confirmed and not yet invoiced
	Limit       *money.Amount `json:"limit,omitempty"` // nil: unlimited; zero: prepay only
	Overdue     money.Amount  `json:"overdue"`
	OverdueDays int           `json:"overdue_days"` // of the oldest open item
	Blocked     bool          `json:"blocked,omitempty"`
	Prepaid     bool          `json:"prepaid,omitempty"` // the shop's gateway has the money
}

// Exposure is what would be at stake with the order accepted.
func (in Input) Exposure() money.Amount {
	return in.Receivable.Plus(in.Confirmed).Plus(in.Amount)
}

// Reason is one rule's finding: a code for machines, a sentence for people, and
// the figures in it.
type Reason struct {
	Code    string            `json:"code"`
	Text    string            `json:"text"`
	Numbers map[string]string `json:"numbers"`
}

// Decision is what the policy says and why.
type Decision struct {
	Verdict       Verdict  `json:"verdict"`
	Reasons       []Reason `json:"reasons"`
	PolicyVersion string   `json:"policy_version"`
	Input         Input    `json:"input"`
}

// rule looks at the input and either has nothing to say or gives its verdict.
type rule func(Policy, Input) (Verdict, Reason, bool)

// rules in the order in which people read the reasons.
var rules = []rule{blocked, prepayOnly, overLimit, overdue, aboveCeiling}

// Decide runs every rule; the hardest verdict prevails. An order that is paid
// already needs no credit (feature 17).
func (p Policy) Decide(in Input) Decision {
	d := Decision{Verdict: Approve, PolicyVersion: p.Version, Input: in, Reasons: []Reason{}}
	if in.Prepaid {
		d.Reasons = append(d.Reasons, reason("prepaid", "The shop has been paid already", "amount", in.Amount.String()))
		return d
	}
	for _, r := range rules {
		verdict, why, speaks := r(p, in)
		if !speaks {
			continue
		}
		d.Reasons = append(d.Reasons, why)
		if verdict == Decline || d.Verdict == Approve {
			d.Verdict = verdict
		}
	}
	if len(d.Reasons) == 0 {
		d.Reasons = append(d.Reasons, within(in))
	}
	return d
}

func within(in Input) Reason {
	if in.Limit == nil {
		return reason("unlimited", "The customer has no limit", "exposure", in.Exposure().String())
	}
	return reason("within_limit", fmt.Sprintf("%s of %s would be used", in.Exposure(), in.Limit), "exposure", in.Exposure().String(), "limit", in.Limit.String())
}

func blocked(_ Policy, in Input) (Verdict, Reason, bool) {
	return Decline, reason("blocked", "The customer is blocked"), in.Blocked
}

func prepayOnly(_ Policy, in Input) (Verdict, Reason, bool) {
	if in.Limit == nil || !in.Limit.IsZero() {
		return "", Reason{}, false
	}
	return Refer, reason("prepay_only", "The customer's limit is zero: it pays before delivery", "amount", in.Amount.String()), true
}

func overLimit(_ Policy, in Input) (Verdict, Reason, bool) {
	if in.Limit == nil || in.Limit.IsZero() || in.Exposure().Cmp(*in.Limit) <= 0 {
		return "", Reason{}, false
	}
	over := in.Exposure().Minus(*in.Limit)
	return Refer, reason("over_limit", fmt.Sprintf("Over the limit of %s by %s", in.Limit, over),
		"limit", in.Limit.String(), "exposure", in.Exposure().String(), "over", over.String()), true
}

func overdue(p Policy, in Input) (Verdict, Reason, bool) {
	if in.OverdueDays <= p.OverdueDays || in.Overdue.Cmp(p.OverdueAmount) <= 0 {
		return "", Reason{}, false
	}
	return Refer, reason("overdue", fmt.Sprintf("%s is overdue, the oldest for %d days", in.Overdue, in.OverdueDays),
		"overdue", in.Overdue.String(), "days", strconv.Itoa(in.OverdueDays)), true
}

func aboveCeiling(p Policy, in Input) (Verdict, Reason, bool) {
	if in.Amount.Cmp(p.AutoApprove) <= 0 {
		return "", Reason{}, false
	}
	return Refer, reason("above_auto_approve", fmt.Sprintf("Orders above %s are decided by a person", p.AutoApprove),
		"amount", in.Amount.String(), "auto_approve", p.AutoApprove.String()), true
}

func reason(code, text string, numbers ...string) Reason {
	r := Reason{Code: code, Text: text, Numbers: map[string]string{}}
	for i := 0; i+1 < len(numbers); i += 2 {
		r.Numbers[numbers[i]] = numbers[i+1]
	}
	return r
}
