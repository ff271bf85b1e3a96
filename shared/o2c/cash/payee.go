package cash

import (
	"encoding/json"
	"slices"
	"time"

	"duly/shared/o2c/fault"
)

// Account is a bank account as customers are told it.
type Account struct {
	IBAN string `json:"iban"` // BT-84
	BIC  string `json:"bic,omitempty"`
}

// The statuses of a change of the account.
const (
	ChangeAsked   = "asked"
	ChangeCooling = "cooling" // approved; it takes effect when its time has come
	ChangeDone    = "done"
	ChangeStopped = "stopped"
)

// FromPolicy is who asks for a change that stands in duly.yaml: nobody by name,
// so that two people must approve it.
const FromPolicy = "duly.yaml"

// AccountChange is another account on its way. Nobody changes where customers pay
// alone, nor at once: whoever gets into one account could send all the money
// elsewhere (row 94 of the failure catalogue).
type AccountChange struct {
	N          int       `json:"n"`
	From       Account   `json:"from"`
	To         Account   `json:"to"`
	OwnerWas   string    `json:"owner_was,omitempty"` // the address that word of the change goes to, whoever changes it as well
	Email      string    `json:"email,omitempty"`     // where word goes from then on; "": as before
	Status     string    `json:"status"`
	AskedBy    string    `json:"asked_by"`
	AskedAt    time.Time `json:"asked_at"`
	ApprovedBy []string  `json:"approved_by,omitempty"`
	InForceAt  time.Time `json:"in_force_at,omitzero"`
	StoppedBy  string    `json:"stopped_by,omitempty"`
	EndedAt    time.Time `json:"ended_at,omitzero"`
}

// PayeeData is where our customers pay us: the account in force, and the newest
// change of it.
type PayeeData struct {
	InForce Account        `json:"in_force"`
	Email   string         `json:"email"` // of the owner; word of a change goes there
	Since   time.Time      `json:"since"`
	Written Account        `json:"written"` // what duly.yaml said when it was last taken up
	Change  *AccountChange `json:"change,omitempty"`
}

// Payee is where our customers pay us; there is one.
type Payee struct{ data PayeeData }

// PayeeID is its id.
const PayeeID = "own"

// NewPayee pins the account that the house begins with.
func NewPayee(a Account, email string, at time.Time) *Payee {
	return &Payee{data: PayeeData{InForce: a, Email: email, Since: at.UTC(), Written: a}}
}

// Data is a copy.
func (p *Payee) Data() PayeeData { return p.data }

// Kind and ID make it a document.
func (p *Payee) Kind() string { return "payee" }
func (p *Payee) ID() string   { return PayeeID }

// MarshalJSON and UnmarshalJSON are the store's door.
func (p *Payee) MarshalJSON() ([]byte, error) { return json.Marshal(p.data) }
func (p *Payee) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &p.data) }

// PayeeQueue is where a change waits for its time.
const PayeeQueue = "payee"

// Due is when an approved change takes effect.
func (p *Payee) Due() (string, time.Time) {
	if c := p.data.Change; c != nil && c.Status == ChangeCooling {
		return PayeeQueue, c.InForceAt
	}
	return PayeeQueue, time.Time{}
}

// Open is the change that is on its way, nil when none is.
func (p *Payee) Open() *AccountChange {
	if c := p.data.Change; c != nil && (c.Status == ChangeAsked || c.Status == ChangeCooling) {
		return c
	}
	return nil
}

// At is the account that documents of an instant name.
func (p *Payee) At(at time.Time) Account {
	if c := p.Open(); c != nil && c.Status == ChangeCooling && !at.Before(c.InForceAt) {
		return c.To
	}
	return p.data.InForce
}

// Ask proposes another account; one change at a time.
func (p *Payee) Ask(to Account, email, by string, at time.Time) error {
	to = Account{IBAN: Squash(to.IBAN), BIC: Squash(to.BIC)}
	switch c := p.Open(); {
	case c != nil:
		return fault.Breaks("payee.on_way", "another change is on its way, to {iban}", "iban", c.To.IBAN)
	case !ValidIBAN(to.IBAN):
		return fault.Breaks("payee.iban", `"{iban}" is no IBAN`, "iban", to.IBAN)
	case to == p.data.InForce:
		return fault.Breaks("payee.same", "{iban} is the account in force", "iban", to.IBAN)
	}
	n := 1
	if p.data.Change != nil {
		n = p.data.Change.N + 1
	}
	p.data.Change = &AccountChange{N: n, From: p.data.InForce, OwnerWas: p.data.Email, To: to, Email: email, Status: ChangeAsked, AskedBy: by, AskedAt: at.UTC()}
	return nil
}

// Approve is one person's yes; enough people let the change cool off. Who asked
// is one of them, when it was a person.
func (p *Payee) Approve(by string, people int, cooling time.Duration, at time.Time) error {
	open := p.Open()
	switch {
	case open == nil || open.Status != ChangeAsked:
		return fault.Breaks("payee.none", "no change waits for an approval")
	case by == open.AskedBy && people > 1:
		return fault.Breaks("payee.own", "who asked for the change cannot approve it as well")
	case slices.Contains(open.ApprovedBy, by):
		return fault.Breaks("payee.twice", "you approved it already; another person must")
	}
	c := *open
	c.ApprovedBy = append(slices.Clone(c.ApprovedBy), by)
	said := len(c.ApprovedBy)
	if c.AskedBy != FromPolicy && c.AskedBy != by {
		said++
	}
	if said >= people {
		c.Status, c.InForceAt = ChangeCooling, at.UTC().Add(cooling)
	}
	p.data.Change = &c
	return nil
}

// Stop ends a change that is on its way.
func (p *Payee) Stop(by string, at time.Time) error {
	open := p.Open()
	if open == nil || !at.Before(p.end()) {
		return fault.Breaks("payee.none", "no change is on its way")
	}
	c := *open
	c.Status, c.StoppedBy, c.EndedAt = ChangeStopped, by, at.UTC()
	p.data.Change = &c
	return nil
}

// end is when the change that is on its way is over; one that only waits has no
// end.
func (p *Payee) end() time.Time {
	if c := p.Open(); c != nil && c.Status == ChangeCooling {
		return c.InForceAt
	}
	return time.Unix(1<<40, 0)
}

// TakeEffect makes an approved change whose time has come the account in force.
func (p *Payee) TakeEffect(at time.Time) bool {
	open := p.Open()
	if open == nil || open.Status != ChangeCooling || at.Before(open.InForceAt) {
		return false
	}
	c := *open
	c.Status, c.EndedAt = ChangeDone, at.UTC()
	p.data.InForce, p.data.Since, p.data.Change = c.To, c.InForceAt, &c
	if c.Email != "" {
		p.data.Email = c.Email
	}
	return true
}

// Wrote takes up what duly.yaml says and reports whether it is news. While a
// change is on its way, it waits.
func (p *Payee) Wrote(a Account) bool {
	if a == p.data.Written || p.Open() != nil {
		return false
	}
	p.data.Written = a
	return true
}
