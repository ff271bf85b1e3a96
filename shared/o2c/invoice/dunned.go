package invoice

import (
	"slices"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/money"
)

// Dispute freezes a part of what is open, until it is decided.
func (i *Invoice) Dispute(id string, part money.Amount) {
	i.data.Dunning.DisputeID, i.data.Dunning.Disputed = id, part
	i.data.Dunning.Disputes++
}

// Undispute sets the frozen part free; the dispute stays its newest.
func (i *Invoice) Undispute() { i.data.Dunning.Disputed = money.Amount{} }

// Disputed is the part of what is open that nobody may ask for, as the customer
// says that it is wrong.
func (d Data) Disputed() money.Amount {
	if d.Dunning.Disputed.Currency == "" {
		return d.Open.Zero()
	}
	return money.Min(d.Dunning.Disputed, d.Open)
}

// Demandable is what may be asked for: what is open, less what is disputed.
func (d Data) Demandable() money.Amount { return d.Open.Minus(d.Disputed()) }

// PausedBy is what keeps all of the invoice from being dunned, with the id of
// the promise, plan or dispute: "promise p_…", "dispute d_…", or of the import
// that was not released yet: "import job_…"; "" nothing.
func (d Data) PausedBy() string {
	if d.Forward != nil && d.Forward.Held {
		return "import " + d.Forward.Batch
	}
	if d.Dunning.PausedBy == "" && d.Open.IsPositive() && !d.Demandable().IsPositive() {
		return "dispute " + d.Dunning.DisputeID
	}
	return d.Dunning.PausedBy
}

// Planned remembers the newest payment plan.
func (i *Invoice) Planned(id string) { i.data.Dunning.PlanID = id }

// TellPONumber takes the buyer's own order number after issue. It is no part of
// the legal document.
func (i *Invoice) TellPONumber(number string) { i.data.BuyerPO = number }

// Copy is the document with the buyer's later order number in its place (BT-13):
// the same number, dates and amounts.
func (i *Invoice) Copy() Data {
	d := i.data
	if d.BuyerPO != "" {
		d.PONumber = d.BuyerPO
	}
	return d
}

// IsCopy reports whether the document shows an order number that was told later.
func (d Data) IsCopy() bool { return d.BuyerPO != "" && d.PONumber == d.BuyerPO }

// Dunning is where the reminders of an invoice stand; it is no part of the
// legal document.
type Dunning struct {
	Sent     []Sent        `json:"sent"`
	NextStep string        `json:"next_step,omitempty"`
	NextOn   calendar.Date `json:"next_on,omitzero"`
	PausedBy string        `json:"paused_by,omitempty"` // "promise p_…"
	Promises int           `json:"promises,omitempty"`  // given by the customer so far
	Checked  bool          `json:"checked,omitempty"`   // a colleague says that it is as it should be
	Filed    bool          `json:"filed,omitempty"`     // its recovery file is open

	DisputeID string       `json:"dispute_id,omitempty"` // the newest
	Disputed  money.Amount `json:"disputed,omitzero"`    // its part of what is open, while it is not decided
	Disputes  int          `json:"disputes,omitempty"`   // so far
	PlanID    string       `json:"plan_id,omitempty"`    // the newest payment plan
}

// Sent is a step that was taken.
type Sent struct {
	Step    string        `json:"step"`
	On      calendar.Date `json:"on"`
	Skipped bool          `json:"skipped,omitempty"` // a colleague left it out
	Part    calendar.Date `json:"part,omitzero"`     // due date of the instalment that it was about, of an invoice with several
}

// Unremind takes a step back whose letter never went out.
func (i *Invoice) Unremind(step string, on calendar.Date) bool {
	before := len(i.data.Dunning.Sent)
	i.data.Dunning.Sent = slices.DeleteFunc(slices.Clone(i.data.Dunning.Sent), func(s Sent) bool { return s.Step == step && s.On == on && !s.Skipped })
	return len(i.data.Dunning.Sent) < before
}
