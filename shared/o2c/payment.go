package o2c

import (
	"time"

	"duly/shared/o2c/money"
)

// PaymentEvent is what a payment provider tells us, translated: one of the
// types below. Messages arrive in any order, more than once, and late.
type PaymentEvent interface{ paymentEvent() }

// MoneyIn is money that was taken for an invoice. Every message about one
// payment carries the same Ref, so that it counts once (row 07).
type MoneyIn struct {
	Gateway   string // "stripe"
	Ref       string // the payment intent
	InvoiceID string // "" when the provider does not say
	Amount    money.Amount
	Method    string // "ideal", "card", "sepa_debit", "customer_balance"
	Payer     string
	Try       string // our id of the try that took it; "": the customer paid
	At        time.Time
}

// MoneyPending is a payment that will settle in days, such as a SEPA debit.
type MoneyPending struct {
	Gateway   string
	Ref       string
	InvoiceID string
	Amount    money.Amount
	Method    string
	Try       string
	At        time.Time
}

// MoneyFailed is a payment that came to nothing.
type MoneyFailed struct {
	Gateway   string
	Ref       string
	InvoiceID string
	Reason    string
	Try       string  // our id of the try that failed; "": the customer's own
	Decline   Decline // why
	At        time.Time
}

// MoneyBack is money that was given back of a payment. Total is what has been
// given back of the payment so far, so that messages in any order agree.
type MoneyBack struct {
	Gateway string
	Ref     string // the payment intent
	Total   money.Amount
	At      time.Time
}

// RefundFailed is a refund that did not reach the customer; its money is back
// at the gateway.
type RefundFailed struct {
	Gateway string
	Ref     string // the payment intent
	ID      string // of the refund
	Ours    string // our id of it; "" when it was not made by us
	Amount  money.Amount
	At      time.Time
}

// RefundTold is how a refund of ours stands at the provider, unless it failed.
// The money itself is told by MoneyBack.
type RefundTold struct {
	Gateway string
	Ref     string // the payment intent
	ID      string // of the refund
	Ours    string // our id of it
	Done    bool   // it reached the customer's bank
	At      time.Time
}

// Chargeback is a payment that the card's holder took back.
type Chargeback struct {
	Gateway   string
	Ref       string // the payment intent
	ID        string
	Amount    money.Amount
	Status    string // "open", "won", "lost"
	Withdrawn bool   // the money is held while it is open; an inquiry holds nothing
	Reason    string
	DueAt     time.Time // of the evidence
	At        time.Time
}

// PayoutPaid is a transfer to our bank.
type PayoutPaid struct {
	Gateway string
	ID      string
	At      time.Time
}

// PayoutFailed is a transfer that the bank sent back; its money goes out again
// with a later one.
type PayoutFailed struct {
	Gateway string
	ID      string
	Amount  money.Amount
	At      time.Time
}

// PageExpired is a payment page that can no longer be paid.
type PageExpired struct {
	Gateway   string
	SessionID string
	InvoiceID string
}

// Irrelevant is a message that we know and that asks for nothing.
type Irrelevant struct{ Type string }

func (MoneyIn) paymentEvent()      {}
func (MoneyPending) paymentEvent() {}
func (MoneyFailed) paymentEvent()  {}
func (MoneyBack) paymentEvent()    {}
func (RefundFailed) paymentEvent() {}
func (RefundTold) paymentEvent()   {}
func (Chargeback) paymentEvent()   {}
func (PayoutPaid) paymentEvent()   {}
func (PayoutFailed) paymentEvent() {}
func (PageExpired) paymentEvent()  {}
func (Irrelevant) paymentEvent()   {}
