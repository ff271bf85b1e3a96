package credit

import (
	"encoding/json"
	"time"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/money"
)

// ReportData is what somebody outside says of a customer's credit, as it was
// when it was asked for.
type ReportData struct {
	CustomerID string        `json:"customer_id"`
	Source     string        `json:"source"`              // who says so
	Reference  string        `json:"reference,omitempty"` // of the report there
	Known      bool          `json:"known"`               // the source knows the company
	Score      int           `json:"score"`               // of 100, the more the better; the adapter turns other scales into it
	Grade      string        `json:"grade,omitempty"`     // in the source's own words
	Limit      *money.Amount `json:"limit,omitempty"`     // what the source would trust it with, in the books' currency
	On         calendar.Date `json:"on"`                  // the day it was asked for
	AskedAt    time.Time     `json:"asked_at"`
}

// Report is the newest report on a customer; it has the customer's id. The ones
// before it stay in its trail.
type Report struct{ data ReportData }

// NewReport keeps what was said.
func NewReport(d ReportData) *Report { return &Report{data: d} }

// Data is a copy.
func (r *Report) Data() ReportData { return r.data }

// Renew puts a newer report in its place.
func (r *Report) Renew(d ReportData) { r.data = d }

// Kind and ID make the report a document.
func (r *Report) Kind() string { return "credit-report" }
func (r *Report) ID() string   { return r.data.CustomerID }

// MarshalJSON and UnmarshalJSON are the store's door.
func (r *Report) MarshalJSON() ([]byte, error) { return json.Marshal(r.data) }
func (r *Report) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &r.data) }

// ReportRules are what the house wants of reports.
type ReportRules struct {
	Above    money.Amount `json:"above"`            // of exposure; below it nobody is asked
	AgeDays  int          `json:"age_days"`         // an older report counts as none
	ScoreMin int          `json:"score_min"`        // a lower score is referred
	Agency   string       `json:"agency,omitempty"` // who is asked: "creditsafe"; "": nobody, reports come by other ways
}

// Wants reports whether a report is needed that is not there, or is too old.
func (p Policy) Wants(in Input) bool {
	return p.Report != nil && in.Exposure().Cmp(p.Report.Above) > 0 && (in.Report == nil || in.On.DaysSince(in.Report.On) > p.Report.AgeDays)
}
