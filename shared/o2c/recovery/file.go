// Package recovery owns the legal side of one unpaid invoice: whether its claim
// is raised, the letters with legal effect, what interrupted its limitation,
// what was forgiven, its hand-over to an agency, the court's steps, and its
// write-off with the relief of its VAT. It does not own the figures of the law
// (statute) nor the bookings.
package recovery

import (
	"encoding/json"
	"slices"
	"time"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/money"
	"duly/shared/o2c/statute"
)

// Data is what a file is made of.
type Data struct {
	InvoiceID  string         `json:"invoice_id"`
	Number     string         `json:"invoice"`
	CustomerID string         `json:"customer_id"`
	Customer   string         `json:"customer"`
	Regime     statute.Regime `json:"regime"`
	Natural    bool           `json:"natural"` // the debtor is a natural person: agencies must be registered (Wki)
	Goods      bool           `json:"goods"`   // goods were sold, not services alone
	DueOn      calendar.Date  `json:"due_on"`
	OpenedAt   time.Time      `json:"opened_at"`

	RaisedOn calendar.Date          `json:"raised_on,omitzero"` // payments from here on go to costs, then interest, then principal
	Letters  []Letter               `json:"letters,omitempty"`
	Clock    []statute.Interruption `json:"clock,omitempty"`
	Forgiven []statute.Forgiven     `json:"forgiven,omitempty"`
	HandOver HandOver               `json:"hand_over"`
	Former   []HandOver             `json:"former,omitempty"` // hand-overs that were recalled or came to nothing
	Steps    []Step                 `json:"steps,omitempty"`
	WriteOff WriteOff               `json:"write_off"`
	Relief   Relief                 `json:"relief"`
}

// File is the legal side of one invoice; it has the invoice's id.
type File struct{ data Data }

// Open begins a file.
func Open(d Data) *File { return &File{data: d} }

// Data is a copy; its slices are not for writing.
func (f *File) Data() Data { return f.data }

// Kind, ID and ListKey make the file a document.
func (f *File) Kind() string    { return "recovery" }
func (f *File) ID() string      { return f.data.InvoiceID }
func (f *File) ListKey() string { return f.data.OpenedAt.UTC().Format(time.RFC3339Nano) }

// Queue is where files wait for the day on which their VAT comes back.
const Queue = "relief"

// Due is when the relief of the VAT is looked at.
func (f *File) Due() (string, time.Time) {
	if f.data.Relief.Status != ReliefWaits {
		return Queue, time.Time{}
	}
	return Queue, f.data.Relief.At
}

// MarshalJSON and UnmarshalJSON are the store's door.
func (f *File) MarshalJSON() ([]byte, error) { return json.Marshal(f.data) }
func (f *File) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &f.data) }

// The kinds of letters with legal effect.
const (
	FourteenDays = "fourteen_day" // article 6:96(6) BW, to a consumer
	Formal       = "formal"       // the notice to an enterprise from which the scale counts
	Last         = "last"         // the last word before an agency
)

// Letter is one that went out.
type Letter struct {
	Kind     string        `json:"kind"`
	SentOn   calendar.Date `json:"sent_on"`
	To       string        `json:"to"`
	Language string        `json:"language"`
	Costs    money.Amount  `json:"costs"`             // that it names for this invoice
	Name     string        `json:"name,omitempty"`    // under which it is kept
	Hash     string        `json:"sha256,omitempty"`  // of what is kept
	Ref      string        `json:"ref"`               // names its sending
	Arrived  calendar.Date `json:"arrived,omitzero"`  // the day of receipt
	Presumed bool          `json:"presumed"`          // nobody confirmed the receipt: the second day of delivery after sending
	Bounced  bool          `json:"bounced,omitempty"` // it never reached the debtor
}

// Valid reports whether the letter has its legal effect.
func (l Letter) Valid() bool { return !l.Bounced && !l.Arrived.IsZero() }

// Send records a letter. A letter that was recorded before is left alone.
func (f *File) Send(l Letter) bool {
	if slices.ContainsFunc(f.data.Letters, func(x Letter) bool { return x.Ref == l.Ref }) {
		return false
	}
	f.data.Letters = append(f.data.Letters, l)
	return true
}

// Withdraw takes a letter back that never left.
func (f *File) Withdraw(ref string) bool {
	before := len(f.data.Letters)
	f.data.Letters = slices.DeleteFunc(slices.Clone(f.data.Letters), func(l Letter) bool { return l.Ref == ref && l.Hash == "" })
	return len(f.data.Letters) < before
}

// Sent records what of a letter was kept, and when it is taken for received.
func (f *File) Sent(ref, name, hash string, on, presumed calendar.Date) {
	for i := range f.data.Letters {
		if l := &f.data.Letters[i]; l.Ref == ref && l.Hash == "" {
			l.Name, l.Hash, l.SentOn, l.Arrived, l.Presumed = name, hash, on, presumed, true
		}
	}
}

// Arrive records when a letter was received, or that it never was.
func (f *File) Arrive(ref string, on calendar.Date, bounced bool) bool {
	for i := range f.data.Letters {
		if l := &f.data.Letters[i]; l.Ref == ref {
			l.Arrived, l.Presumed, l.Bounced = on, false, bounced
			return true
		}
	}
	return false
}

// Letter is the newest valid letter of a kind.
func (d Data) Letter(kinds ...string) (Letter, bool) {
	for i := len(d.Letters) - 1; i >= 0; i-- {
		if l := d.Letters[i]; slices.Contains(kinds, l.Kind) && l.Valid() {
			return l, true
		}
	}
	return Letter{}, false
}

// Raise makes the claim count from a day on; again changes nothing.
func (f *File) Raise(on calendar.Date) bool {
	if !f.data.RaisedOn.IsZero() {
		return false
	}
	f.data.RaisedOn = on
	return true
}

// Raised reports whether payments of a day go to costs and interest first.
func (d Data) Raised(on calendar.Date) bool { return !d.RaisedOn.IsZero() && !on.Before(d.RaisedOn) }

// Interrupt writes down what starts the limitation period again; the same twice
// is once.
func (f *File) Interrupt(i statute.Interruption) bool {
	if slices.Contains(f.data.Clock, i) {
		return false
	}
	f.data.Clock = append(f.data.Clock, i)
	return true
}

// Forgive gives a part of the claim up, for now and later.
func (f *File) Forgive(g statute.Forgiven) error {
	if g.Part != statute.InterestPart && g.Part != statute.CostsPart {
		return fault.Breaks("forgive.part", `"{id}" is neither {interest} nor {costs}`, "id", g.Part, "interest", statute.InterestPart, "costs", statute.CostsPart)
	}
	if f.data.Spares(g.Part) {
		return fault.Breaks("forgive.twice", "the {part} of invoice {number} are forgiven already", "part", g.Part, "number", f.data.Number)
	}
	f.data.Forgiven = append(f.data.Forgiven, g)
	return nil
}

// Spares reports whether a part was given up.
func (d Data) Spares(part string) bool {
	return slices.ContainsFunc(d.Forgiven, func(g statute.Forgiven) bool { return g.Part == part })
}

// The steps outside and before the court.
const (
	StepResult       = "agency_result"
	StepSummons      = "summons"
	StepPaymentOrder = "payment_order"
	StepJudgment     = "judgment"
	StepBankruptcy   = "bankruptcy"
	StepSettlement   = "settlement"
	StepNote         = "note"
)

// StepKinds lists them.
func StepKinds() []string {
	return []string{StepResult, StepSummons, StepPaymentOrder, StepJudgment, StepBankruptcy, StepSettlement, StepNote}
}

// Step is something that was done or decided about the claim.
type Step struct {
	Kind      string        `json:"kind"`
	On        calendar.Date `json:"on"`
	Status    string        `json:"status"`              // in the recorder's words: "served", "granted", "collected in part"
	Costs     money.Amount  `json:"costs"`               // that we have
	Awarded   money.Amount  `json:"awarded"`             // that the debtor owes
	Note      string        `json:"note"`                //
	Documents []Paper       `json:"documents,omitempty"` //
	By        string        `json:"by"`
}

// Paper is a document of a step, kept elsewhere.
type Paper struct {
	Name string `json:"name"`
	Ref  string `json:"ref"` // where it is: an address, a file number
	Hash string `json:"sha256,omitempty"`
}

// Record adds a step; a court's step interrupts the limitation.
func (f *File) Record(s Step) error {
	if !slices.Contains(StepKinds(), s.Kind) {
		return fault.Breaks("step.unknown", `"{id}" is no step; write one of {kinds}`, "id", s.Kind, "kinds", StepKinds())
	}
	f.data.Steps = append(f.data.Steps, s)
	if s.Kind == StepSummons || s.Kind == StepPaymentOrder || s.Kind == StepJudgment {
		f.Interrupt(statute.Interruption{On: s.On, Kind: statute.ByCourt, Note: s.Kind})
	}
	return nil
}

// Bankrupt is the day of the debtor's bankruptcy; zero: none.
func (d Data) Bankrupt() calendar.Date {
	for _, s := range d.Steps {
		if s.Kind == StepBankruptcy {
			return s.On
		}
	}
	return calendar.Date{}
}

// Debt is what of the file decides on the claim; the principal, its payments and
// the tax on costs are the caller's.
func (d Data) Debt() statute.Debt {
	debt := statute.Debt{DueOn: d.DueOn, Regime: d.Regime, Forgiven: d.Forgiven}
	for _, l := range d.Letters {
		if l.Valid() && (l.Kind == FourteenDays) == (d.Regime == statute.Consumer) {
			debt.Notices = append(debt.Notices, statute.Notice{On: l.SentOn, ReceivedOn: l.Arrived, Costs: l.Costs})
		}
	}
	for _, s := range d.Steps {
		if s.Awarded.IsPositive() {
			debt.Awarded = append(debt.Awarded, statute.Charge{On: s.On, Amount: s.Awarded, Rule: s.Kind + ": " + s.Status})
		}
	}
	return debt
}
