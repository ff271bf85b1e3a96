package credit

import (
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/money"
	"duly/shared/o2c/party"
)

// Input is all that a decision looks at. It is stored with the decision and
// says everything that any policy may ask, so that the decision can be
// explained, and decided again under another policy, years later. All amounts
// but Foreign's are in the currency of the books.
type Input struct {
	Amount      money.Amount     `json:"amount"`                // of the order
	Foreign     *Foreign         `json:"foreign,omitempty"`     // the order's own currency, when it is another
	Receivable  money.Amount     `json:"receivable"`            // open invoices
	Confirmed   money.Amount     `json:"confirmed"`             // confirmed and not yet invoiced
	Limit       *money.Amount    `json:"limit,omitempty"`       // the house's; nil: unlimited; zero: prepay only
	Group       *Group           `json:"group,omitempty"`       // the group of companies, when the customer is in one
	Insured     *party.Insurance `json:"insured,omitempty"`     // what an insurer covers, apart from the house's limit
	Report      *ReportData      `json:"report,omitempty"`      // of an agency, as it was known then
	Overdue     money.Amount     `json:"overdue"`               // all that is open after its due date
	OverdueDays int              `json:"overdue_days"`          // of the oldest open item
	Late        []Late           `json:"late,omitempty"`        // the same by age, the oldest first; at most LateMax
	Blocked     bool             `json:"blocked,omitempty"`     // nobody sells to it
	Stopped     string           `json:"stopped,omitempty"`     // why supply is stopped: a person decides
	PrepayOnly  bool             `json:"prepay_only,omitempty"` // nothing is trusted to the customer: it can be asked for all of it before delivery
	Prepaid     bool             `json:"prepaid,omitempty"`     // the shop's gateway has the money
	Mismatch    *Mismatch        `json:"mismatch,omitempty"`    // the shop's total is not what its lines give
	Strangers   []string         `json:"strangers,omitempty"`   // SKUs that are not kept, where the house says that there are none
	Rating      Rating           `json:"rating,omitzero"`       // from the customer's own history
	Orders      int              `json:"orders"`                // confirmed before this one
	Since       calendar.Date    `json:"since,omitzero"`        // customer since
	On          calendar.Date    `json:"on,omitzero"`           // the day of the decision
	Channel     string           `json:"channel,omitempty"`     // endpoint: "demo-shopify", "api"
	Platform    string           `json:"platform,omitempty"`    // "shopify", "api"
	Kind        party.Kind       `json:"kind,omitempty"`        // of the customer
	Country     string           `json:"country,omitempty"`     // of the customer, ISO 3166-1 alpha-2
	CustomerID  string           `json:"customer_id,omitempty"` // whose decision it is
}

// Foreign is the order in its own currency and how it was counted.
type Foreign struct {
	Amount money.Amount `json:"amount"`
	Rate   money.Rate   `json:"rate"`
}

// Group is what is at stake with a group of companies, this order not counted.
type Group struct {
	Head       string        `json:"head"`            // id of the customer at its head
	Limit      *money.Amount `json:"limit,omitempty"` // nil: unlimited
	Receivable money.Amount  `json:"receivable"`
	Confirmed  money.Amount  `json:"confirmed"`
}

// Mismatch is a shop's total that its lines do not explain.
type Mismatch struct {
	Said  money.Amount `json:"said"`
	Lines money.Amount `json:"lines"`
}

// Late is what is open of one due date.
type Late struct {
	Days int          `json:"days"` // after it
	Open money.Amount `json:"open"`
}

// LateMax bounds how many due dates an Input tells apart; those beyond it, the
// youngest, are counted in Overdue alone.
const LateMax = 60

// Exposure is what would be at stake with the order accepted.
func (in Input) Exposure() money.Amount {
	return in.Receivable.Plus(in.Confirmed).Plus(in.Amount)
}

// GroupExposure is what would be at stake with the whole group.
func (in Input) GroupExposure() money.Amount {
	if in.Group == nil {
		return in.Exposure()
	}
	return in.Group.Receivable.Plus(in.Group.Confirmed).Plus(in.Amount)
}

// Order is the order's amount in its own currency.
func (in Input) Order() money.Amount {
	if in.Foreign != nil {
		return in.Foreign.Amount
	}
	return in.Amount
}

// Cover is what the insurer pays at most on the day of the decision; nothing
// without an insurance, or after its last day.
func (in Input) Cover() money.Amount {
	if in.Insured == nil || in.On.After(in.Insured.ValidTo) {
		return in.Amount.Zero()
	}
	return in.Insured.Limit
}

// Beyond is what is overdue for more than so many days.
func (in Input) Beyond(days int) money.Amount {
	sum := in.Overdue.Zero()
	if len(in.Late) == 0 && in.OverdueDays > days {
		return in.Overdue
	}
	for _, l := range in.Late {
		if l.Days > days {
			sum = sum.Plus(l.Open)
		}
	}
	return sum
}

// KnownDays is how long the customer has been one.
func (in Input) KnownDays() int {
	if in.Since.IsZero() || in.On.IsZero() {
		return 0
	}
	return in.On.DaysSince(in.Since)
}

// Trusted is what an agency would trust the customer with; nil when none says.
func (in Input) Trusted() *money.Amount {
	if in.Report == nil || !in.Report.Known {
		return nil
	}
	return in.Report.Limit
}
