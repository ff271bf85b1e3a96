package cash

import (
	"encoding/json"
	"time"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/money"
)

// PayoutAccountData is where a gateway pays out our money in one currency: the
// account of the newest payout, and that payout. The gateway decides it, not we;
// who gets into our account there could send all the money elsewhere (row 94 of
// the failure catalogue).
type PayoutAccountData struct {
	ID          string        `json:"id"`
	Gateway     string        `json:"gateway"`
	Currency    string        `json:"currency"`
	Destination string        `json:"destination"`         // the gateway's name of the account, no IBAN: at Stripe ba_… or card_…
	Was         string        `json:"was,omitempty"`       // the one before
	Payout      string        `json:"payout"`              // the newest that went there, by the gateway's name
	Amount      money.Amount  `json:"amount"`              // of it
	ArrivesOn   calendar.Date `json:"arrives_on,omitzero"` // of it
	MadeAt      time.Time     `json:"made_at"`             // of it
}

// PayoutAccount is where a gateway pays out our money.
type PayoutAccount struct{ data PayoutAccountData }

// Data is a copy.
func (a *PayoutAccount) Data() PayoutAccountData { return a.data }

// Kind and ID make it a document.
func (a *PayoutAccount) Kind() string { return "payout-account" }
func (a *PayoutAccount) ID() string   { return a.data.ID }

// MarshalJSON and UnmarshalJSON are the store's door.
func (a *PayoutAccount) MarshalJSON() ([]byte, error) { return json.Marshal(a.data) }
func (a *PayoutAccount) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &a.data) }

// FirstPayoutAccount is the account of the first payout that is known.
func FirstPayoutAccount(d PayoutAccountData) *PayoutAccount {
	d.Was = ""
	return &PayoutAccount{data: d}
}

// Take takes in the account of one more payout and reports whether the money
// goes elsewhere now. A payout made before the newest one known says nothing of
// where the next will go; only an account that was never the house's is news then.
func (a *PayoutAccount) Take(d PayoutAccountData) (elsewhere bool) {
	known := a.data
	if d.MadeAt.Before(known.MadeAt) {
		return d.Destination != known.Destination && d.Destination != known.Was
	}
	d.ID, d.Was = known.ID, known.Was
	if elsewhere = d.Destination != known.Destination; elsewhere {
		d.Was = known.Destination
	}
	a.data = d
	return elsewhere
}
