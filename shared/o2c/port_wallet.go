package o2c

import (
	"context"
	"time"

	"duly/shared/o2c/money"
)

// Wallet is the part of the payment provider that keeps methods for later and
// takes money from them without the customer.
type Wallet interface {
	// Setup makes a page on which a customer gives a method without a payment.
	// The same idempotency key gives the same page; see ErrKeySpent.
	Setup(ctx context.Context, r CheckoutRequest) (CheckoutPage, error)
	// Charge takes an amount from a kept method. A bank that declines is no
	// error. The same idempotency key is the same payment; see ErrKeySpent.
	Charge(ctx context.Context, r ChargeRequest) (ChargeMade, error)
	// FindCharge looks for a payment that was asked for before.
	FindCharge(ctx context.Context, r ChargeRequest) (made ChargeMade, found bool, err error)
	// Kept reads a kept method.
	Kept(ctx context.Context, methodID string) (KeptMethod, error)
	// Detach has the provider forget a method; one that it has forgotten is as
	// good.
	Detach(ctx context.Context, methodID string) error
}

// ChargeRequest asks for an amount from a kept method.
type ChargeRequest struct {
	IdempotencyKey string
	Owner          string // the provider's id of the customer
	Method         string // and of its method
	Kind           string // of the method
	InvoiceID      string
	Number         string
	TryID          string // ours, which the payment carries
	Amount         money.Amount
	Since          time.Time // when it was asked for at the earliest
}

// ChargeMade is such a payment as the provider has it.
type ChargeMade struct {
	Ref     string  // the payment's id
	Pending bool    // it settles in days
	Decline Decline // the bank declined it; zero: it did not
}

// Decline is why a payment failed, and what follows.
type Decline struct {
	Code   string // the provider's or the bank's
	Then   string // one of the Decline… outcomes; "" is no decline
	Why    string // key of the reason as its reader may know it
	Spoils bool   // nothing is collected from this method any more
}

// What follows from a decline.
const (
	DeclineNever = "never" // another try would only cost: the customer pays otherwise
	DeclineAct   = "act"   // the customer has to do something
	DeclineAgain = "again" // it may pass
)

// MethodKept is a method that a customer paid with, or gave, and let us keep.
type MethodKept struct {
	Gateway    string
	CustomerID string // ours
	Consent    string // the one that it answers
	Owner      string // the provider's id of the customer
	Method     KeptMethod
	At         time.Time
}

// MethodTold is what became of a kept method at the provider.
type MethodTold struct {
	Gateway string
	Method  KeptMethod
	Gone    bool // somebody removed it there
	At      time.Time
}

func (MethodKept) paymentEvent() {}
func (MethodTold) paymentEvent() {}
