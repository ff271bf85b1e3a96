package dunning

import (
	"encoding/json"
	"time"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/life"
	"duly/shared/o2c/money"
)

// The statuses of a promise.
const (
	PromiseOpen   = "open"
	PromiseKept   = "kept"
	PromiseBroken = "broken"
)

// PromiseLife is the transition table of a promise.
var PromiseLife = life.Table{
	{From: PromiseOpen, Verb: "keep", To: PromiseKept},
	{From: PromiseOpen, Verb: "break", To: PromiseBroken},
}

// GraceDays is how long after its date a promise still counts, for money that
// is under way. MaxDays is how far ahead one may reach.
const (
	GraceDays = 2
	MaxDays   = 14
)

// PromiseData is what a promise is made of.
type PromiseData struct {
	ID         string        `json:"id"`
	InvoiceID  string        `json:"invoice_id"`
	Number     string        `json:"invoice"`
	CustomerID string        `json:"customer_id"`
	Amount     money.Amount  `json:"amount"`
	Date       calendar.Date `json:"date"`
	OpenThen   money.Amount  `json:"open_then"` // what the invoice had open when it was given
	By         string        `json:"by"`        // who said it, or wrote it down
	Status     string        `json:"status"`
	MadeAt     time.Time     `json:"made_at"`
	JudgeAt    time.Time     `json:"judge_at"` // after the grace
}

// Promise is a customer's word to pay on a date; it pauses reminders, not the
// due date.
type Promise struct{ data PromiseData }

// NewPromise checks the date: from today to MaxDays ahead.
func NewPromise(d PromiseData, today calendar.Date) (*Promise, error) {
	if ahead := d.Date.DaysSince(today); ahead < 0 || ahead > MaxDays {
		return nil, fault.Breaks("promise.date", "{date} is not between today and {until}", "date", d.Date, "until", today.AddDays(MaxDays))
	}
	d.Status = PromiseOpen
	return &Promise{data: d}, nil
}

// Data is a copy.
func (p *Promise) Data() PromiseData { return p.data }

// Judge ends the promise by what the invoice has open now: kept when at least
// the promised amount came since.
func (p *Promise) Judge(openNow money.Amount) error {
	verb := "break"
	if p.data.OpenThen.Minus(openNow).Cmp(p.data.Amount) >= 0 {
		verb = "keep"
	}
	next, err := PromiseLife.Next(p.data.Status, verb)
	if err != nil {
		return err
	}
	p.data.Status = next
	return nil
}

// Kind, ID and ListKey make the promise a document.
func (p *Promise) Kind() string    { return "promise" }
func (p *Promise) ID() string      { return p.data.ID }
func (p *Promise) ListKey() string { return p.data.MadeAt.UTC().Format(time.RFC3339Nano) }

// PromiseQueue is where promises wait for their date and grace to pass.
const PromiseQueue = "promise"

// Due is when an open promise is judged.
func (p *Promise) Due() (string, time.Time) {
	if p.data.Status != PromiseOpen {
		return PromiseQueue, time.Time{}
	}
	return PromiseQueue, p.data.JudgeAt
}

// MarshalJSON and UnmarshalJSON are the store's door.
func (p *Promise) MarshalJSON() ([]byte, error) { return json.Marshal(p.data) }
func (p *Promise) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &p.data) }
