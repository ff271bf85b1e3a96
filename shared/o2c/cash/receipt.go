// Package cash owns money that arrives: receipts and what they settle, payouts
// of payment gateways, bank statements, and the matching between money and open
// items. It does not own the invoices or the bookings.
package cash

import (
	"encoding/json"
	"slices"
	"time"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/money"
)

// MatchedBy begins the reason of an application that a colleague chose; the
// colleague's name follows.
const MatchedBy = "matched by "

// Application is a part of a receipt that settles one open item.
type Application struct {
	N         int           `json:"n"` // 1, 2, 3 … per receipt
	InvoiceID string        `json:"invoice_id"`
	Number    string        `json:"invoice"`
	Amount    money.Amount  `json:"amount"`
	On        calendar.Date `json:"on"`
	Why       string        `json:"why"` // the sentence that explains the match
	Undone    bool          `json:"undone,omitempty"`
	Returned  bool          `json:"returned,omitempty"` // undone because the money went back, not by a person
	Part      string        `json:"part,omitempty"`     // of the claim beside the invoice: "costs" or "interest"; "": the invoice itself

	// Of money or an invoice in another currency than that of the books.
	Settled money.Amount `json:"settled,omitzero"` // of the invoice, in its currency; none: the amount
	Worth   money.Amount `json:"worth,omitzero"`   // in the books, on the day of value

	// What the invoice is settled by beside the money.
	Discount    money.Amount `json:"discount,omitzero"`     // taken for paying early
	DiscountTax money.Amount `json:"discount_tax,omitzero"` // of it, the tax that falls with the price
	Difference  money.Amount `json:"difference,omitzero"`   // given up within the tolerance
	Charge      money.Amount `json:"charge,omitzero"`       // given up because a bank on the way took it

	Taught bool `json:"taught,omitempty"` // the payer was learnt from it: undone, it is forgotten
}

// Settles is what the application takes off the invoice.
func (a Application) Settles() money.Amount {
	sum := a.Amount
	if !a.Settled.IsZero() {
		sum = a.Settled
	}
	for _, beside := range []money.Amount{a.Discount, a.Difference, a.Charge} {
		if !beside.IsZero() {
			sum = sum.Plus(beside)
		}
	}
	return sum
}

// Booking is a part of a receipt that is no customer's and went to an account of
// the books.
type Booking struct {
	N      int           `json:"n"` // 1, 2, 3 … per receipt
	Role   string        `json:"role"`
	Amount money.Amount  `json:"amount"`
	On     calendar.Date `json:"on"`
	Why    string        `json:"why"`
	Kind   string        `json:"kind,omitempty"`   // what it is, a row of kinds.json
	Taught bool          `json:"taught,omitempty"` // the kind was learnt from it: undone, it is forgotten
	Undone bool          `json:"undone,omitempty"`
}

// ReceiptData is what a receipt is made of.
type ReceiptData struct {
	ID        string       `json:"id"`
	Source    string       `json:"source"`  // "stripe", "bank", or the shop's gateway
	Account   string       `json:"account"` // role of the ledger account it came into: "bank", "clearing:stripe"
	Ref       string       `json:"ref"`     // the source's id: payment intent, bank entry
	Amount    money.Amount `json:"amount"`
	Unapplied money.Amount `json:"unapplied"`
	Original  money.Amount `json:"original,omitzero"` // what the payer sent, where the bank changed it
	Refunded  money.Amount `json:"refunded"`          // what has left, for whatever reason
	Reversals
	Applications []Application `json:"applications"`
	Bookings     []Booking     `json:"bookings,omitempty"` // what is no customer's
	CustomerID   string        `json:"customer_id,omitempty"`
	Payer        string        `json:"payer,omitempty"`
	IBAN         string        `json:"iban,omitempty"`
	Reference    string        `json:"reference,omitempty"`
	Text         string        `json:"text,omitempty"`
	Method       string        `json:"method,omitempty"` // "ideal", "card", "sepa_debit", "transfer"
	ValueOn      calendar.Date `json:"value_on"`
	TakenAt      time.Time     `json:"taken_at,omitzero"` // by the provider's clock
	ReceivedAt   time.Time     `json:"received_at"`
	Kept         bool          `json:"kept,omitempty"`     // a person left the rest on the customer's account
	Stranded     bool          `json:"stranded,omitempty"` // its order ended: no invoice will take the rest
}

// Receipt is money in. Its applications never exceed it.
type Receipt struct{ data ReceiptData }

// NewReceipt records money in, without a home as yet.
func NewReceipt(d ReceiptData) (*Receipt, error) {
	if !d.Amount.IsPositive() {
		return nil, fault.Breaks("receipt.amount", "a receipt of {amount}", "amount", d.Amount)
	}
	d.Unapplied, d.Refunded, d.Applications = d.Amount, d.Amount.Zero(), []Application{}
	return &Receipt{data: d}, nil
}

// Data is a copy.
func (r *Receipt) Data() ReceiptData { return r.data }

// Unapplied is the money without a home.
func (r *Receipt) Unapplied() money.Amount { return r.data.Unapplied }

// Apply gives a part of the receipt to an open item; the number is the
// receipt's to give.
func (r *Receipt) Apply(a Application) (Application, error) {
	if !a.Amount.IsPositive() || a.Amount.Cmp(r.data.Unapplied) > 0 {
		return Application{}, fault.Breaks("receipt.apply", "{amount} cannot be applied; {left} of the receipt is left", "amount", a.Amount, "left", r.data.Unapplied)
	}
	a.N = len(r.data.Applications) + 1
	r.data.Applications = append(slices.Clone(r.data.Applications), a)
	r.data.Unapplied = r.data.Unapplied.Minus(a.Amount)
	return a, nil
}

// Taught records that the payer was learnt from an application.
func (r *Receipt) Taught(n int) {
	r.data.Applications = slices.Clone(r.data.Applications)
	r.data.Applications[n-1].Taught = true
}

// Book gives a part of the receipt to an account of the books.
func (r *Receipt) Book(b Booking) (Booking, error) {
	if !b.Amount.IsPositive() || b.Amount.Cmp(r.data.Unapplied) > 0 {
		return Booking{}, fault.Breaks("receipt.book", "{amount} cannot be booked; {left} of the receipt is left", "amount", b.Amount, "left", r.data.Unapplied)
	}
	b.N = len(r.data.Bookings) + 1
	r.data.Bookings = append(slices.Clone(r.data.Bookings), b)
	r.data.Unapplied = r.data.Unapplied.Minus(b.Amount)
	return b, nil
}

// Unbook takes a booking back; the money is without a home again.
func (r *Receipt) Unbook(n int) (Booking, error) {
	if n < 1 || n > len(r.data.Bookings) || r.data.Bookings[n-1].Undone {
		return Booking{}, fault.Breaks("receipt.no_booking", "the receipt has no booking {n} that stands", "n", n)
	}
	r.data.Bookings = slices.Clone(r.data.Bookings)
	b := &r.data.Bookings[n-1]
	b.Undone = true
	r.data.Unapplied = r.data.Unapplied.Plus(b.Amount)
	return *b, nil
}

// Undo takes an application back; the money is without a home again.
func (r *Receipt) Undo(n int) (Application, error) {
	if n < 1 || n > len(r.data.Applications) {
		return Application{}, fault.Breaks("receipt.no_application", "the receipt has no application {n}", "n", n)
	}
	r.data.Applications = slices.Clone(r.data.Applications)
	a := &r.data.Applications[n-1]
	if a.Undone {
		return Application{}, fault.Breaks("receipt.no_application", "application {n} was undone before", "n", n)
	}
	a.Undone = true
	r.data.Unapplied = r.data.Unapplied.Plus(a.Amount)
	return *a, nil
}

// Refund records money given back, out of what has no home.
func (r *Receipt) Refund(amount money.Amount) error {
	if !amount.IsPositive() || amount.Cmp(r.data.Unapplied) > 0 {
		return fault.Breaks("receipt.refund", "{amount} cannot be refunded; {left} of the receipt is left", "amount", amount, "left", r.data.Unapplied)
	}
	r.data.Unapplied = r.data.Unapplied.Minus(amount)
	r.data.Refunded = r.data.Refunded.Plus(amount)
	return nil
}

// Keep leaves the rest on a customer's account, as a person decided.
func (r *Receipt) Keep(customerID string) { r.data.CustomerID, r.data.Kept = customerID, true }

// Strand records that no invoice will come for what is left.
func (r *Receipt) Strand() { r.data.Stranded = true }

// Release makes the rest a question again, because a person took it back.
func (r *Receipt) Release() { r.data.Kept = false }

// Belongs records whose money it is.
func (r *Receipt) Belongs(customerID string) { r.data.CustomerID = customerID }

// Kind, ID and ListKey make the receipt a document.
func (r *Receipt) Kind() string    { return "receipt" }
func (r *Receipt) ID() string      { return r.data.ID }
func (r *Receipt) ListKey() string { return r.data.ReceivedAt.UTC().Format(time.RFC3339Nano) }

// HomelessQueue is where money without a home stands, the oldest first.
const HomelessQueue = "homeless"

// Due puts money that a person must find a home for into the queue: neither kept for its customer nor a shop's payment,
// which waits for its shipment unless there will be none.
func (r *Receipt) Due() (string, time.Time) {
	if d := r.data; d.Kept || !d.Unapplied.IsPositive() || d.Method == "shop" && !d.Stranded {
		return HomelessQueue, time.Time{}
	}
	return HomelessQueue, r.data.ReceivedAt
}

// MarshalJSON and UnmarshalJSON are the store's door.
func (r *Receipt) MarshalJSON() ([]byte, error) { return json.Marshal(r.data) }
func (r *Receipt) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &r.data) }

// Unrefund takes a refund back that did not arrive; the money has no home again.
func (r *Receipt) Unrefund(amount money.Amount) {
	r.data.Refunded = r.data.Refunded.Minus(amount)
	r.data.Unapplied = r.data.Unapplied.Plus(amount)
}
