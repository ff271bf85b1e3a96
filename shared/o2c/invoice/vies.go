package invoice

import "time"

// What was said of a VAT id.
const (
	VIESValid      = "valid"
	VIESInvalid    = "invalid"
	VIESUnverified = "unverified" // nobody could be asked
)

// Verified puts on a draft what the register said of its buyer's VAT id.
func (i *Invoice) Verified(said VIES) {
	if i.data.Status == Draft {
		i.data.VIES = said
	}
}

// Lacks adds what a draft lacks beyond the law's particulars.
func (i *Invoice) Lacks(what string) []string {
	if what != "" {
		i.data.Missing = append(i.data.Missing, what)
	}
	return i.data.Missing
}

// VIES is what the Commission's service for VAT ids said, kept as the evidence
// that a supply without tax needs (article 138 (1)(b) of directive 2006/112/EC;
// regulation (EU) 282/2011, article 18).
type VIES struct {
	VATID        string    `json:"vat_id"`
	Status       string    `json:"status"`
	Consultation string    `json:"consultation,omitempty"` // the service's own number of the question
	Name         string    `json:"name,omitempty"`         // as the service knows it
	Address      string    `json:"address,omitempty"`
	AskedAt      time.Time `json:"asked_at"`
}
