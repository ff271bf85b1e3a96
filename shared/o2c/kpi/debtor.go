package kpi

import (
	"encoding/json"
	"time"

	"duly/shared/o2c/calendar"
)

// DebtorData is what one customer owes, by due date: a running total like the figures, so that nobody reads a customer's
// invoices to know who is late.
type DebtorData struct {
	CustomerID string         `json:"customer_id"`
	Name       string         `json:"name"` // as on the newest document
	Open       map[string]bar `json:"open"` // by due date, minor units of the books' currency
}

// Debtor is one customer's running total; it has the customer's id.
type Debtor struct{ data DebtorData }

// NewDebtor starts at nothing.
func NewDebtor(customerID string) *Debtor {
	return &Debtor{data: DebtorData{CustomerID: customerID, Open: map[string]bar{}}}
}

// Swap takes a document's former contribution out and puts the new one in, each if it is this customer's.
func (d *Debtor) Swap(former, next Contribution) {
	d.add(former, -1)
	d.add(next, 1)
	if next.CustomerID == d.data.CustomerID && next.Customer != "" {
		d.data.Name = next.Customer
	}
}

func (d *Debtor) add(c Contribution, sign int64) {
	if c.Open == 0 || c.CustomerID != d.data.CustomerID {
		return
	}
	c.addDue(d.data.Open, sign)
}

// Name is what the customer is called, Kind and ID make the total a document.
func (d *Debtor) Name() string { return d.data.Name }
func (d *Debtor) Kind() string { return "debtor" }
func (d *Debtor) ID() string   { return d.data.CustomerID }

// Overdue is what was due before a day, in minor units, and on how many documents.
func (d *Debtor) Overdue(on calendar.Date) (minor, documents int64) {
	for due, b := range d.data.Open {
		if due < on.String() {
			minor, documents = minor+b.Minor, documents+b.Count
		}
	}
	return minor, documents
}

// Oldest is the earliest due date of what is open; zero: nothing is.
func (d *Debtor) Oldest() calendar.Date {
	first := ""
	for due := range d.data.Open {
		if first == "" || due < first {
			first = due
		}
	}
	on, err := calendar.Parse(first)
	if err != nil {
		return calendar.Date{}
	}
	return on
}

// DebtorQueue is where customers with open items stand, by the earliest due date.
const DebtorQueue = "debtor"

// Due puts the customer into the queue of debtors: those of a day and before are late on the day after.
func (d *Debtor) Due() (string, time.Time) {
	oldest := d.Oldest()
	if oldest.IsZero() {
		return DebtorQueue, time.Time{}
	}
	return DebtorQueue, oldest.Start(time.UTC)
}

// MarshalJSON and UnmarshalJSON are the store's door.
func (d *Debtor) MarshalJSON() ([]byte, error) { return json.Marshal(d.data) }
func (d *Debtor) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &d.data) }
