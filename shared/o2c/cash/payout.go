package cash

import (
	"encoding/json"
	"fmt"
	"time"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/money"
)

// The kinds of a payout's parts.
const (
	MovementCharge     = "charge"
	MovementRefund     = "refund"  // and its failure
	MovementDispute    = "dispute" // withdrawn, and given back
	MovementFee        = "fee"     // the gateway's own invoices
	MovementAdjustment = "adjustment"
	MovementPayout     = "payout" // an earlier payout that came back
)

// Movement is one movement of a gateway's balance that a payout is made of.
type Movement struct {
	ID     string       `json:"id"` // the gateway's
	Kind   string       `json:"kind"`
	Amount money.Amount `json:"amount"`          // what it adds to the payout before its fee; negative takes off
	Fee    money.Amount `json:"fee"`             // what the gateway kept of it
	Ref    string       `json:"ref,omitempty"`   // of the payment at the gateway
	Order  string       `json:"order,omitempty"` // the shop's order, where the gateway names it

	ReceiptID string        `json:"receipt_id,omitempty"` // ours; what follows is by the books
	Invoices  []string      `json:"invoices,omitempty"`   // that it settled
	Customer  string        `json:"customer,omitempty"`
	Booked    *money.Amount `json:"booked,omitempty"` // what the books have of it; nil: as told
}

// Net is what the part adds to the payout.
func (p Movement) Net() money.Amount { return p.Amount.Minus(p.Fee) }

// Stray is what the payout has of the part and the books have not.
func (p Movement) Stray() money.Amount {
	if p.Booked == nil {
		return p.Amount.Zero()
	}
	return p.Amount.Minus(*p.Booked)
}

// PayoutData is what a payout is made of: charges − fees − refunds + disputes +
// adjustments = net, the amount of the bank line.
type PayoutData struct {
	ID          string        `json:"id"`
	Gateway     string        `json:"gateway"`
	Charges     money.Amount  `json:"charges"`
	Fees        money.Amount  `json:"fees"`
	Refunds     money.Amount  `json:"refunds"`                // positive takes off
	Disputes    money.Amount  `json:"disputes,omitzero"`      // negative takes off
	Adjustments money.Amount  `json:"adjustments,omitzero"`   // negative takes off; earlier payouts that came back
	KeptBack    money.Amount  `json:"kept_back,omitzero"`     // stays at the gateway: a payout by hand takes a part of the balance
	Net         money.Amount  `json:"net"`                    // what the gateway says it pays out
	Landed      *money.Amount `json:"landed,omitempty"`       // what the bank says came
	Reference   string        `json:"reference"`              // what the bank line carries
	ArrivesOn   calendar.Date `json:"arrives_on,omitzero"`    //
	Destination string        `json:"destination,omitempty"`  // the gateway's name of the account that it goes to
	At          time.Time     `json:"at"`                     //
	EntryKey    string        `json:"entry_key,omitempty"`    // the bank line that brought it
	BackKey     string        `json:"back_key,omitempty"`     // the bank line that took it back
	FailedAt    time.Time     `json:"failed_at,omitzero"`     // the bank sent it back
	Unlisted    bool          `json:"unlisted,omitempty"`     // it landed, and the gateway has not told yet what it is made of
	AdoptedBy   string        `json:"adopted_by,omitempty"`   // the payout that an unlisted one turned out to be
	Parts       int           `json:"parts,omitempty"`        // of which the gateway told
	Pages       int           `json:"pages,omitempty"`        // that hold them
	Expected    money.Amount  `json:"expected,omitzero"`      // what the books say it must bring
	Gap         money.Amount  `json:"gap,omitzero"`           // what came, or is to come, less what was expected
	Problem     string        `json:"problem,omitempty"`      // why it does not add up
	Code        string        `json:"problem_code,omitempty"` // the same in a word: WhyBank, WhyListing, WhyBooks
	Causes      []Movement    `json:"causes,omitempty"`       // the smallest set that explains the gap
	Owner       string        `json:"owner,omitempty"`        // who looks into it
	Explained   string        `json:"explained,omitempty"`    // what a person found
	ExplainedBy string        `json:"explained_by,omitempty"`
	GapOn       string        `json:"gap_on,omitempty"` // code of the account that the gap was booked on
}

// Why a payout does not add up.
const (
	WhyBank    = "bank"    // the bank line is of another amount
	WhyListing = "listing" // its parts do not make it
	WhyBooks   = "books"   // the books have not all of its parts
)

// Payout is what a gateway transfers.
type Payout struct{ data PayoutData }

// NewPayout records a transfer. One whose parts do not make its net amount is
// broken: that is reported, never balanced away (row 68).
func NewPayout(d PayoutData) *Payout {
	p := &Payout{data: d}
	p.Prove(d.Charges.Zero(), nil, nil)
	return p
}

// Unlisted records a bank line from a gateway that has not told yet what it paid.
func Unlisted(d PayoutData) *Payout {
	d.Unlisted, d.Charges, d.Fees, d.Refunds = true, d.Net.Zero(), d.Net.Zero(), d.Net.Zero()
	landed := d.Net
	d.Landed = &landed
	return &Payout{data: d}
}

// Data is a copy.
func (p *Payout) Data() PayoutData { return p.data }

// listed is what the parts add up to.
func (d PayoutData) listed() money.Amount {
	return d.Charges.Minus(d.Fees).Minus(d.Refunds).Plus(d.Disputes).Plus(d.Adjustments).Minus(d.KeptBack)
}

// Actual is what came, or is to come.
func (d PayoutData) Actual() money.Amount {
	if d.Landed != nil {
		return *d.Landed
	}
	return d.Net
}

// Unexplained is what a person has to find out: a gap that nobody explained, or
// money of which the gateway has told nothing. It is never negative.
func (d PayoutData) Unexplained() money.Amount {
	switch {
	case d.AdoptedBy != "" || d.Explained != "":
		return d.Net.Zero()
	case d.Unlisted:
		return d.Net.Abs()
	}
	return d.Gap.Plus(d.Net.Zero()).Abs()
}

// Prove holds the payout against the books and the bank: strayed is what its
// parts have and the books have not, strays are those parts, outside are
// movements of the gateway that no payout has. It finds the smallest set that
// explains a gap.
func (p *Payout) Prove(strayed money.Amount, strays, outside []Movement) {
	d := &p.data
	d.Problem, d.Code, d.Causes, d.Gap = "", "", nil, d.Net.Zero()
	if err := money.Same(d.Net, d.Charges, d.Fees, d.Refunds); err != nil {
		d.Code, d.Problem = WhyListing, err.Error()
		return
	}
	d.Expected = d.listed().Minus(strayed)
	d.Gap = d.Actual().Minus(d.Expected)
	if d.Gap.IsZero() && len(strays) == 0 {
		return
	}
	switch {
	case d.Landed != nil && *d.Landed != d.Net:
		d.Code, d.Problem = WhyBank, fmt.Sprintf("%s was announced, and the bank says %s", d.Net, *d.Landed)
	case d.listed() != d.Net:
		d.Code, d.Problem = WhyListing, fmt.Sprintf("%s charges − %s fees − %s refunds = %s, but %s is paid out", d.Charges, d.Fees, d.Refunds, d.listed(), d.Net)
	default:
		d.Code, d.Problem = WhyBooks, fmt.Sprintf("it has movements that the books have not, or have otherwise: %s", d.Gap)
	}
	d.Causes = strays
	if unknown := d.Gap.Minus(strayed); !unknown.IsZero() {
		d.Causes = append(append([]Movement{}, strays...), Smallest(unknown, outside)...)
	}
}

// Arrived reports whether the bank line was seen.
func (p *Payout) Arrived() bool { return p.data.EntryKey != "" }

// Land records the bank line that brought the payout, whatever amount it is of.
func (p *Payout) Land(entryKey string, amount money.Amount) error {
	if p.Arrived() {
		return fault.Breaks("payout.arrived", "payout {id} has arrived before", "id", p.data.ID)
	}
	if err := money.Same(amount, p.data.Net); err != nil {
		return err
	}
	p.data.EntryKey, p.data.Landed = entryKey, &amount
	return nil
}

// Adopt takes the bank line of an unlisted payout, which this one turns out to be.
func (p *Payout) Adopt(other *Payout) error {
	if err := p.Land(other.data.EntryKey, *other.data.Landed); err != nil {
		return err
	}
	other.data.AdoptedBy = p.data.ID
	return nil
}

// Paged records how the parts were kept.
func (p *Payout) Paged(parts, pages int) { p.data.Parts, p.data.Pages = parts, pages }

// Fail records that the bank sent the payout back.
func (p *Payout) Fail(at time.Time) { p.data.FailedAt = at }

// SendBack records the bank line that took a payout back that had arrived.
func (p *Payout) SendBack(entryKey string, amount money.Amount) error {
	if !p.Arrived() || p.data.BackKey != "" || amount != p.data.Actual().Neg() {
		return fault.Breaks("payout.back", "{amount} does not take payout {id} back", "amount", amount, "id", p.data.ID)
	}
	p.data.BackKey = entryKey
	return nil
}

// Take gives the payout's gap to a colleague.
func (p *Payout) Take(owner string) { p.data.Owner = owner }

// Explain closes the gap with what a person found, and the account that it is
// booked on, if any.
func (p *Payout) Explain(why, by, account string) error {
	if p.data.Unexplained().IsZero() {
		return fault.Breaks("payout.explained", "payout {id} has nothing to explain", "id", p.data.Reference)
	}
	p.data.Explained, p.data.ExplainedBy, p.data.GapOn = why, by, account
	return nil
}

// Kind, ID and ListKey make the payout a document.
func (p *Payout) Kind() string    { return "payout" }
func (p *Payout) ID() string      { return p.data.ID }
func (p *Payout) ListKey() string { return p.data.At.UTC().Format(time.RFC3339Nano) }

// MarshalJSON and UnmarshalJSON are the store's door.
func (p *Payout) MarshalJSON() ([]byte, error) { return json.Marshal(p.data) }
func (p *Payout) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &p.data) }
