// Package quote owns our binding offer: its lines and prices, its life from
// draft to accepted, the evidence of its acceptance, the texts that hold for it
// and the contract that it becomes. It does not own the credit decision, the
// order that follows, or how a document looks.
package quote

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/life"
	"duly/shared/o2c/money"
	"duly/shared/o2c/party"
	"duly/shared/o2c/statute"
)

// The statuses of a quote.
const (
	Draft    = "draft"
	Sent     = "sent"
	Accepted = "accepted"
	Declined = "declined"
	Expired  = "expired"
)

// Life is the transition table of a quote. What the customer answered and what
// ran out is final: another offer is another quote. Until then the seller may
// revise it, which makes it a draft of the next version.
var Life = life.Table{
	{From: Draft, Verb: "revise", To: Draft},
	{From: Draft, Verb: "send", To: Sent},
	{From: Sent, Verb: "revise", To: Draft},
	{From: Sent, Verb: "accept", To: Accepted},
	{From: Sent, Verb: "decline", To: Declined},
	{From: Sent, Verb: "expire", To: Expired},
}

// CreditHold stands in a draft's way until a colleague decides on its credit.
const CreditHold = "credit"

// Line is one line of a quote: the price as it was offered, and what it comes to.
type Line struct {
	N         int              `json:"n"` // 1, 2, 3 …
	SKU       string           `json:"sku,omitempty"`
	Name      string           `json:"name"`
	Quantity  int64            `json:"quantity"`
	Price     decimal.Decimal  `json:"price"`    // major units per piece, with tax or not as the quote says
	Discount  decimal.Decimal  `json:"discount"` // of the whole line, in the terms of its price
	UnitPrice money.Amount     `json:"unit_price"`
	Net       money.Amount     `json:"net"` // of the whole line
	TaxRate   decimal.Decimal  `json:"tax_rate"`
	Category  statute.Category `json:"tax_category"`
	Service   bool             `json:"service,omitempty"`
	Overall   bool             `json:"overall,omitempty"` // a discount (below zero) or surcharge of all of it; its name is the reason
	Charge    decimal.Decimal  `json:"charge,omitzero"`   // on the whole line beside its price, in the terms of its price
	ChargeFor string           `json:"charge_for,omitempty"`
}

// Buyer is the customer as the quote shows it, frozen when it is sent.
type Buyer struct {
	Name     string        `json:"name"`
	Kind     party.Kind    `json:"kind"`
	Address  party.Address `json:"address"`
	VATID    string        `json:"vat_id,omitempty"`
	KVK      string        `json:"kvk,omitempty"`
	Email    string        `json:"email,omitempty"`
	Language string        `json:"language"`
}

// Period is how long what is agreed runs; a purchase that is done once has none.
type Period struct {
	StartOn    calendar.Date `json:"start_on"`
	EndOn      calendar.Date `json:"end_on"`
	NoticeDays int           `json:"notice_days"` // before the end, when it must be renewed or ended
}

// NoticeOn is the last day of notice.
func (p Period) NoticeOn() calendar.Date { return p.EndOn.AddDays(-p.NoticeDays) }

// Paper is a rendered document as it is kept: its name in the archive and the
// SHA-256 of its bytes.
type Paper struct {
	Name string `json:"name"`
	Hash string `json:"hash"`
}

// Acceptance is the evidence of the customer's yes.
type Acceptance struct {
	Name         string    `json:"name"` // as the customer wrote it
	Agreed       bool      `json:"agreed"`
	At           time.Time `json:"at"`
	IP           string    `json:"ip"`
	Contact      string    `json:"contact"`       // whose link it was
	Document     string    `json:"document"`      // SHA-256 of the PDF that was accepted
	TermsVersion string    `json:"terms_version"` // of the texts in it
	Version      int       `json:"version"`       // of the quote
}

// Refusal is the customer's no.
type Refusal struct {
	Reason string    `json:"reason"`
	At     time.Time `json:"at"`
	IP     string    `json:"ip"`
}

// Data is what a quote is made of.
type Data struct {
	ID               string        `json:"id"`
	Number           string        `json:"number"`
	Version          int           `json:"version"` // 1, 2, 3 … of the same number
	Status           string        `json:"status"`
	Holds            []string      `json:"holds"`
	CustomerID       string        `json:"customer_id"`
	Seller           party.Seller  `json:"seller"` // frozen when sent, as the buyer
	Buyer            Buyer         `json:"buyer"`
	Subject          string        `json:"subject,omitempty"` // the scope, in one sentence
	Note             string        `json:"note,omitempty"`
	Currency         string        `json:"currency"`
	Rate             *money.Rate   `json:"rate,omitempty"` // into the books' currency, of the day it was drafted; nil: it is in that currency
	PricesIncludeTax bool          `json:"prices_include_tax"`
	Lines            []Line        `json:"lines"`
	Taxes            []statute.Tax `json:"taxes"`
	Net              money.Amount  `json:"net"`
	Tax              money.Amount  `json:"tax"`
	Total            money.Amount  `json:"total"`
	DraftedOn        calendar.Date `json:"drafted_on"` // the date of its number, which never goes back
	IssuedOn         calendar.Date `json:"issued_on,omitzero"`
	ValidUntil       calendar.Date `json:"valid_until"` // that day included
	TermsDays        int           `json:"terms"`
	Upfront          money.Amount  `json:"upfront,omitzero"`  // to be paid before delivery, as an approval asked for
	Terms            TermsRef      `json:"terms_of,omitzero"` // the texts, frozen when sent
	Period           *Period       `json:"period,omitempty"`
	Renews           string        `json:"renews,omitempty"` // the contract that it would follow
	Owner            string        `json:"owner,omitempty"`  // who made it, "slack:U…" or a program
	Document         Paper         `json:"document,omitzero"`
	LinkKey          string        `json:"link_key,omitempty"` // id of the key that the customer's link was granted under
	SentAt           time.Time     `json:"sent_at,omitzero"`
	ExpiresAt        time.Time     `json:"expires_at,omitzero"` // the first instant of the day after validity
	RemindAt         time.Time     `json:"remind_at,omitzero"`  // zero: not, or not any more
	Reminders        int           `json:"reminders,omitempty"`
	Acceptance       *Acceptance   `json:"acceptance,omitempty"`
	Refusal          *Refusal      `json:"refusal,omitempty"`
	OrderID          string        `json:"order_id,omitempty"`
	ContractID       string        `json:"contract_id,omitempty"`
	CreatedAt        time.Time     `json:"created_at"`
}

// Quote is our binding offer.
type Quote struct{ data Data }

// New makes a draft of what was priced already.
func New(d Data) (*Quote, error) {
	d.Status, d.Version, d.Holds = Draft, 1, []string{}
	q := &Quote{data: d}
	return q, q.check()
}

// check refuses what no quote can be.
func (q *Quote) check() error {
	d := q.data
	switch {
	case d.ID == "" || d.Number == "" || d.CustomerID == "":
		return fmt.Errorf("a quote needs an id, a number and a customer")
	case len(d.Lines) == 0:
		return fault.Breaks("quote.no_lines", "a quote needs lines")
	case !d.Total.IsPositive():
		return fault.Breaks("quote.total", "a quote over {amount} offers nothing", "amount", d.Total)
	case d.ValidUntil.IsZero():
		return fault.Breaks("quote.no_until", "a quote needs the day until which it is valid")
	}
	if p := d.Period; p != nil && (p.StartOn.IsZero() || !p.EndOn.After(p.StartOn) || p.NoticeDays < 0 || p.NoticeOn().Before(p.StartOn)) {
		return fault.Breaks("quote.period", "a period from {from} to {until} with {n} days of notice is none", "from", p.StartOn, "until", p.EndOn, "n", p.NoticeDays)
	}
	return nil
}

// Data is a copy; its slices are not for writing.
func (q *Quote) Data() Data { return q.data }

// Status is where the quote stands in its life.
func (q *Quote) Status() string { return q.data.Status }

// Kind, ID and ListKey make the quote a document.
func (q *Quote) Kind() string    { return "quote" }
func (q *Quote) ID() string      { return q.data.ID }
func (q *Quote) ListKey() string { return q.data.CreatedAt.UTC().Format(time.RFC3339Nano) }

// Queue is where sent quotes wait for their reminder and their end.
const Queue = "quote"

// Due is when the quote is looked at next.
func (q *Quote) Due() (string, time.Time) {
	d := q.data
	switch {
	case d.Status != Sent:
		return Queue, time.Time{}
	case !d.RemindAt.IsZero() && d.RemindAt.Before(d.ExpiresAt):
		return Queue, d.RemindAt
	}
	return Queue, d.ExpiresAt
}

// MarshalJSON and UnmarshalJSON are the store's door.
func (q *Quote) MarshalJSON() ([]byte, error) { return json.Marshal(q.data) }
func (q *Quote) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &q.data) }

func (q *Quote) step(verb string) error {
	next, err := Life.Next(q.data.Status, verb)
	if err != nil {
		return fmt.Errorf("quote %s: %w", q.data.Number, err)
	}
	q.data.Status = next
	return nil
}

// Revise puts another offer in the quote's place, under the same number: the
// customer's link then shows the next version, once that is sent.
func (q *Quote) Revise(d Data) error {
	next := *q
	if err := next.step("revise"); err != nil {
		return err
	}
	old := q.data
	d.ID, d.Number, d.Version, d.Status, d.CreatedAt = old.ID, old.Number, old.Version, next.data.Status, old.CreatedAt
	if old.Status == Sent { // what nobody saw is no version
		d.Version++
	}
	d.Holds, d.LinkKey, d.Renews, d.DraftedOn = []string{}, old.LinkKey, old.Renews, old.DraftedOn
	if d.CustomerID != old.CustomerID {
		return fault.Breaks("quote.other_customer", "quote {number} is another customer's", "number", old.Number)
	}
	next.data = d
	if err := next.check(); err != nil {
		return err
	}
	*q = next
	return nil
}

// Hold and Release put a hold in the draft's way and take it out again.
func (q *Quote) Hold(hold string) {
	if !q.Held(hold) {
		q.data.Holds = append(slices.Clone(q.data.Holds), hold)
	}
}
func (q *Quote) Release(hold string) {
	q.data.Holds = slices.DeleteFunc(slices.Clone(q.data.Holds), func(h string) bool { return h == hold })
}
func (q *Quote) Held(hold string) bool { return slices.Contains(q.data.Holds, hold) }

// Payable changes the days to pay, and InAdvance what is paid before delivery, as
// an approval may ask; the customer reads both before accepting.
func (q *Quote) Payable(days int)               { q.data.TermsDays = days }
func (q *Quote) InAdvance(upfront money.Amount) { q.data.Upfront = upfront }

// Particulars puts both parties on a draft, as they are now.
func (q *Quote) Particulars(s party.Seller, b Buyer) { q.data.Seller, q.data.Buyer = s, b }

// Send makes the draft a binding offer, valid through its day in a zone.
func (q *Quote) Send(at time.Time, on calendar.Date, terms TermsRef, remindAt time.Time, zone *time.Location) error {
	if missing := q.Lint(); len(missing) > 0 {
		return fault.Breaks("quote.incomplete", "quote {number} lacks {missing}", "number", q.data.Number, "missing", strings.Join(missing, ", "))
	}
	if err := q.step("send"); err != nil {
		return err
	}
	q.data.Holds, q.data.IssuedOn, q.data.SentAt, q.data.Terms = []string{}, on, at, terms
	q.data.ExpiresAt = q.data.ValidUntil.AddDays(1).Start(zone)
	q.data.RemindAt, q.data.Document = remindAt, Paper{}
	return nil
}

// Filed records the document as it is kept, and the key of the customer's link.
func (q *Quote) Filed(p Paper, linkKey string) { q.data.Document, q.data.LinkKey = p, linkKey }

// Over reports whether the validity is past, whatever the status says yet.
func (q *Quote) Over(at time.Time) bool {
	return q.data.Status == Expired || q.data.Status == Sent && !at.Before(q.data.ExpiresAt)
}

// Accept is the customer's yes, and the order and contract that it makes.
func (q *Quote) Accept(a Acceptance, orderID, contractID string) error {
	if q.Over(a.At) {
		return fault.Breaks("quote.was_valid", "quote {number} was valid until {date}", "number", q.data.Number, "date", q.data.ValidUntil)
	}
	if err := q.step("accept"); err != nil {
		return err
	}
	a.Document, a.TermsVersion, a.Version = q.data.Document.Hash, q.data.Terms.Version, q.data.Version
	q.data.Acceptance, q.data.OrderID, q.data.ContractID = &a, orderID, contractID
	return nil
}

// Decline is the customer's no.
func (q *Quote) Decline(r Refusal) error {
	if err := q.step("decline"); err != nil {
		return err
	}
	q.data.Refusal = &r
	return nil
}

// Expire ends a quote whose day has passed.
func (q *Quote) Expire() error { return q.step("expire") }

// Reminded records that the customer was reminded. The one that the calendar
// sends comes once; a colleague may add others.
func (q *Quote) Reminded() {
	q.data.RemindAt = time.Time{}
	q.data.Reminders++
}

// Spared takes back a reminder that would come too late to be one.
func (q *Quote) Spared() { q.data.RemindAt = time.Time{} }
