package o2c

import (
	"encoding/json"
	"time"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/cash"
	"duly/shared/o2c/credit"
	"duly/shared/o2c/delivery"
	"duly/shared/o2c/fulfilment"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/money"
	"duly/shared/o2c/order"
	"duly/shared/o2c/party"
	"duly/shared/o2c/quote"
)

// Card is what the team sees in its room; it always shows the current state, so
// that rendering it late or twice does no harm.
type Card interface{ card() }

// OverdueCard is all that one customer has overdue (M2).
type OverdueCard struct {
	Customer party.Data
	Invoices []invoice.Data // overdue first, oldest first
	Settled  []invoice.Data // that stood on the card and are not open any more
	Today    calendar.Date
	Overdue  money.Amount
	Oldest   int // days
	Owner    string
	Promise  *PromiseLine // the newest

	HoldUntil calendar.Date // no letters up to and including this day
	HoldWhy   string
	CallBy    calendar.Date // a colleague is to call until then
	Call      *CallNote     // the newest
	Calls     int           // so far
	Stop      *StopAsk      // somebody proposes to stop supply
	State     string        // of a late customer, by the policy; "": none
	Collects  *KeptMethod   // invoices are collected from it; nil: from nothing
}

// PromiseLine is a promise on a card.
type PromiseLine struct {
	Amount money.Amount
	Date   string
	Status string
	By     string
}

// InvoiceCard reports an invoice and its way to paid; it has Copy pay link.
type InvoiceCard struct {
	Invoice invoice.Data
	PayURL  string
	Collect CollectView
}

// DraftCard asks for what a draft invoice lacks.
type DraftCard struct {
	Invoice invoice.Data
	Order   string
}

// DeliveryCard asks what to do about a document or letter that did not reach its
// recipient (M12).
type DeliveryCard struct {
	Delivery delivery.Data
	By       string // who saw to it, by name
	PDF      string // the customer's page of what is to be printed; "": nothing is
}

// CashCard asks what unmatched money is (M6).
type CashCard struct {
	Receipt    cash.ReceiptData
	Candidates []Candidate // at most 3, best first
	Settled    bool
	Refund     *cash.RefundData // the newest
	AskedBy    string           // who asked for it, by name
}

// Candidate is an open item that money may belong to, and why.
type Candidate struct {
	InvoiceID string
	Number    string
	Customer  string
	Open      money.Amount
	Score     int // of 100
	Why       string
}

// QuoteCard reports a quote and its way to an order (M11).
type QuoteCard struct {
	Quote  quote.Data
	Credit *credit.RequestData // nil: it was never sent
	Over   bool
	Order  string // status of the order that it became
}

// ContractCard reports a contract whose notice day comes (M11).
type ContractCard struct {
	Contract  quote.ContractData
	RenewedBy string // number of the quote that would follow it
}

// StockCard reports what could not be reserved (M7).
type StockCard struct {
	Order   order.Data
	Lines   []order.Line     // with units back-ordered
	Shelves map[string]Shelf // by SKU
	Waiting map[string]int   // how many orders wait, by SKU
	WaitsBy string           // who lets the order wait, by name
}

// ShipCard asks to mark an order as shipped, and follows its parcels.
type ShipCard struct {
	Order     order.Data
	Shipments []fulfilment.ShipmentData
	SlipURL   string // of the packing slip; "" when there is none
}

// ParkedCard reports a message that is authentic but not understood (M13).
type ParkedCard struct {
	Parked ParkedData
}

// PayoutCard reports a payout that does not add up (M9).
type PayoutCard struct {
	Payout cash.PayoutData
	Owner  string // the name of who looks into it
	Found  string // the name of who explained it
}

// NoticeCard is news for the team, such as a failed effect.
type NoticeCard struct {
	Title  string // of a notice that a release before this one asked for
	Text   string
	Notice Notice
	At     time.Time
}

// DigestCard is the morning message.
type DigestCard struct {
	Date        string
	Receivable  money.Amount
	Overdue     money.Amount
	Ageing      []Bucket
	DSO         string   // days, one decimal
	Decisions   int      // about credit, waiting
	Asked       []Asking // the other questions that stand in the room
	Low         int      // products at their reorder point
	Promises    int      // due today
	Unexplained money.Amount
	MadeOf      []UnexplainedPart // the unexplained money, unless there is none
	Solo        bool              // the rule of two is switched off
	Verified    *VerifiedData

	Top      []Debtor     // who are late with the most
	Expected money.Amount // falls due from today up to and including Until
	Until    calendar.Date
}

// Bucket is one bar of the ageing.
type Bucket struct {
	Name   string       `json:"name"` // "not_due", "1-30", "31-60", "61-90", "90+"
	Amount money.Amount `json:"amount"`
	Count  int          `json:"count"`
}

func (OverdueCard) card()  {}
func (InvoiceCard) card()  {}
func (DraftCard) card()    {}
func (CashCard) card()     {}
func (DeliveryCard) card() {}
func (StockCard) card()    {}
func (QuoteCard) card()    {}
func (ContractCard) card() {}
func (ShipCard) card()     {}
func (ParkedCard) card()   {}
func (PayoutCard) card()   {}
func (NoticeCard) card()   {}
func (DigestCard) card()   {}
func (ClaimCard) card()    {}

// postedData is where a card stands.
type postedData struct {
	ID       string    `json:"id"`
	Purpose  string    `json:"purpose"` // a row of the card table
	Subject  Key       `json:"subject"`
	Channel  string    `json:"channel"`
	Place    Place     `json:"place,omitzero"`
	Lease    time.Time `json:"lease,omitzero"` // of the effect that posts it
	LeasedBy string    `json:"leased_by,omitempty"`
	Asks     time.Time `json:"asks,omitzero"` // since when it asks somebody; zero: it tells alone
}

// posted is a card of the team's room: one per purpose and subject, posted once
// and edited from then on.
type posted struct{ data postedData }

// Kind and ID make the card a document, and Due lists it while it asks.
func (p *posted) Kind() string             { return "card" }
func (p *posted) ID() string               { return p.data.ID }
func (p *posted) Due() (string, time.Time) { return queueAsking, p.data.Asks }

// MarshalJSON and UnmarshalJSON are the store's door.
func (p *posted) MarshalJSON() ([]byte, error) { return json.Marshal(p.data) }
func (p *posted) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &p.data) }
