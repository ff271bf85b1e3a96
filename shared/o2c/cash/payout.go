package cash

import (
	"encoding/json"
	"fmt"
	"time"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/money"
)

// PayoutData is what a payout is made of: charges − fees − refunds = net, the
// amount of the bank line.
type PayoutData struct {
	ID        string        `json:"id"` // the gateway's
	Gateway   string        `json:"gateway"`
	Charges   money.Amount  `json:"charges"`
	Fees      money.Amount  `json:"fees"`
	Refunds   money.Amount  `json:"refunds"` // refunds and lost chargebacks
	Net       money.Amount  `json:"net"`
	Reference string        `json:"reference"` // what the bank line carries
	ArrivesOn calendar.Date `json:"arrives_on,omitzero"`
	At        time.Time     `json:"at"`
	EntryKey  string        `json:"entry_key,omitempty"` // the bank line that brought it
	Problem   string        `json:"problem,omitempty"`   // why it does not add up
	FailedAt  time.Time     `json:"failed_at,omitzero"`  // the bank sent it back
	BackKey   string        `json:"back_key,omitempty"`  // the bank line that took it back
}

// Payout is what a gateway transfers.
type Payout struct{ data PayoutData }

// NewPayout records a transfer. One whose parts do not make its net amount is
// broken: that is reported, never balanced away (row 68).
func NewPayout(d PayoutData) *Payout {
	if err := money.Same(d.Net, d.Charges, d.Fees, d.Refunds); err != nil {
		d.Problem = err.Error()
	} else if sum := d.Charges.Minus(d.Fees).Minus(d.Refunds); sum.Cmp(d.Net) != 0 {
		d.Problem = fmt.Sprintf("%s charges − %s fees − %s refunds = %s, but %s is paid out", d.Charges, d.Fees, d.Refunds, sum, d.Net)
	}
	return &Payout{data: d}
}

// Data is a copy.
func (p *Payout) Data() PayoutData { return p.data }

// Landed reports whether the bank line was seen.
func (p *Payout) Landed() bool { return p.data.EntryKey != "" }

// Land records the bank line that brought the payout.
func (p *Payout) Land(entryKey string, amount money.Amount) error {
	if p.Landed() {
		return fmt.Errorf("payout %s has arrived before", p.data.ID)
	}
	if amount != p.data.Net { // in another currency it is another amount, too
		return fmt.Errorf("payout %s is %s, the bank says %s", p.data.ID, p.data.Net, amount)
	}
	p.data.EntryKey = entryKey
	return nil
}

// Fail records that the bank sent the payout back.
func (p *Payout) Fail(at time.Time) { p.data.FailedAt = at }

// SendBack records the bank line that took a landed payout back.
func (p *Payout) SendBack(entryKey string, amount money.Amount) error {
	if !p.Landed() || p.data.BackKey != "" || amount != p.data.Net.Neg() {
		return fmt.Errorf("%s does not take payout %s back", amount, p.data.ID)
	}
	p.data.BackKey = entryKey
	return nil
}

// Kind, ID and ListKey make the payout a document.
func (p *Payout) Kind() string    { return "payout" }
func (p *Payout) ID() string      { return p.data.ID }
func (p *Payout) ListKey() string { return p.data.At.UTC().Format(time.RFC3339Nano) }

// MarshalJSON and UnmarshalJSON are the store's door.
func (p *Payout) MarshalJSON() ([]byte, error) { return json.Marshal(p.data) }
func (p *Payout) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &p.data) }
