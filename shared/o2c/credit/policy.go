// Package credit owns the decision whether a customer may buy on account: the
// policy that decides, the reasons it gives, the rating that a payer's history
// earns, and the request that a person answers. It does not own the running
// totals of what is open.
package credit

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"

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

// harder orders the verdicts.
func (v Verdict) harder(than Verdict) bool {
	rank := map[Verdict]int{Approve: 0, Refer: 1, Decline: 2}
	return rank[v] > rank[than]
}

// Policy is the house's rules as data, with the version that decisions cite.
type Policy struct {
	Version       string          `json:"version"`
	AutoApprove   money.Amount    `json:"auto_approve"`           // orders above it are referred, whatever the limit
	DefaultLimit  *money.Amount   `json:"default_limit"`          // of customers without one of their own; nil: unlimited
	OverdueDays   int             `json:"overdue_days"`           // items later than this refer …
	OverdueAmount money.Amount    `json:"overdue_amount"`         // … when they are more than this together: residuals do not block
	StockHours    int             `json:"stock_hours"`            // how long a referred order keeps its stock
	New           NewCustomers    `json:"new"`                    // who is new, and what is trusted to them
	Bands         []BandCeiling   `json:"bands,omitempty"`        // another AutoApprove for payers of a band
	Channels      []ChannelRule   `json:"channels,omitempty"`     // rules of single channels
	Uninsured     *money.Amount   `json:"uninsured,omitempty"`    // exposure beyond an insurer's cover that is referred; nil: whatever it is
	Report        *ReportRules    `json:"report,omitempty"`       // of an agency; nil: none is asked for
	Rules         []ExpressedRule `json:"rules,omitempty"`        // the house's own
	PrepayAsked   bool            `json:"prepay_asked,omitempty"` // who only prepays is asked for the money without a person
	States        []State         `json:"states,omitempty"`       // of late customers, by how late they are
}

// NewCustomers are those with fewer than Orders confirmed orders, or known for
// fewer than Days days; zero of either asks nothing.
type NewCustomers struct {
	Orders      int          `json:"orders,omitempty"`
	Days        int          `json:"days,omitempty"`
	AutoApprove money.Amount `json:"auto_approve,omitzero"` // orders of theirs above it are referred
}

// BandCeiling stands in for the policy's AutoApprove for payers of a band.
type BandCeiling struct {
	Band        string       `json:"band"`
	AutoApprove money.Amount `json:"auto_approve"`
}

// ChannelRule is what holds for orders through one endpoint.
type ChannelRule struct {
	Endpoint    string        `json:"endpoint"`
	AutoApprove *money.Amount `json:"auto_approve,omitempty"` // orders above it are referred
	Then        Verdict       `json:"then,omitempty"`         // whatever the order; "": nothing
}

// ExpressedRule is a rule of the house in its own words.
type ExpressedRule struct {
	Code string    `json:"code"`
	When string    `json:"when"` // the expression
	Then Verdict   `json:"then"`
	Say  string    `json:"say"`
	Test Condition `json:"-"` // When, compiled
}

// Condition is a compiled expression. Numbers are the facts that it looked at,
// by name.
type Condition interface {
	Holds(in Input) (holds bool, numbers map[string]string, err error)
}

// Digest names the rules themselves, whatever version they claim to be: equal
// rules have equal digests.
func (p Policy) Digest() string {
	b, err := json.Marshal(p)
	if err != nil {
		panic("credit: " + err.Error()) // plain data
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:6])
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
	PrepayAll     bool     `json:"prepay,omitempty"` // approved, once all of it is paid
	Reasons       []Reason `json:"reasons"`
	PolicyVersion string   `json:"policy_version"`
	PolicyDigest  string   `json:"policy_digest,omitempty"`
	Input         Input    `json:"input"`
}

// Covers reports whether who approved this decision has approved a later one
// too: it gives no other reason and puts no more at stake.
func (d Decision) Covers(later Decision) bool {
	for _, r := range later.Reasons {
		if !slices.ContainsFunc(d.Reasons, func(known Reason) bool { return known.Code == r.Code }) {
			return false
		}
	}
	return later.Input.Exposure().Cmp(d.Input.Exposure()) <= 0
}

// Decide runs every rule; the hardest verdict prevails. An order that is paid
// already needs no credit (feature 17), but one that does not add up asks a
// person even so.
func (p Policy) Decide(in Input) Decision {
	d := Decision{Verdict: Approve, PolicyVersion: p.Version, PolicyDigest: p.Digest(), Input: in, Reasons: []Reason{}}
	if in.Prepaid {
		d.Reasons = append(d.Reasons, reason("prepaid", "The shop has been paid already", "amount", in.Amount.String()))
		d.add(inconsistent(p, in))
		d.add(strangers(p, in))
		return d
	}
	asked := rules
	if in.PrepayOnly && p.PrepayAsked { // money in hand needs no credit: what is left to say is whether to deal at all
		d.PrepayAll, asked = true, []rule{blocked, throughChannel}
		_, why, _ := prepayOnly(p, in)
		d.Reasons = append(d.Reasons, why)
	}
	for _, r := range asked {
		d.add(r(p, in))
	}
	for _, r := range p.Rules {
		d.add(r.find(in))
	}
	if len(d.Reasons) == 0 {
		d.Reasons = append(d.Reasons, within(in))
	}
	d.add(inconsistent(p, in))
	d.add(strangers(p, in))
	d.PrepayAll = d.PrepayAll && d.Verdict == Approve
	return d
}

func (d *Decision) add(verdict Verdict, why Reason, speaks bool) {
	if !speaks {
		return
	}
	d.Reasons = append(d.Reasons, why)
	if verdict.harder(d.Verdict) {
		d.Verdict = verdict
	}
}
