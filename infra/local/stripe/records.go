package stripe

import "encoding/json"

// The records hold what varies; render.go writes them as Stripe's objects.

type session struct {
	ID, Status, PaymentStatus string
	Currency                  string
	Amount                    int64
	ClientReferenceID         string
	Metadata                  map[string]string
	IntentMetadata            map[string]string
	IntentDescription         string
	Email, Name               string
	SuccessURL, CancelURL     string
	URL, Locale               string
	Methods                   []string // Stripe's names; empty means all
	Lines                     []line
	IntentID                  string
	Mode                      string // payment, or setup: a method is kept without a payment
	Keeps                     bool   // setup_future_usage
	CustomerID, SetupID       string
	Created, ExpiresAt        int64
}

type line struct {
	ID, Name, Description string
	Quantity, UnitAmount  int64
}

type intent struct {
	ID, SessionID, Status string
	Amount, Received      int64
	Currency              string
	Metadata              map[string]string
	Description           string
	Method                string // ours; of the last attempt
	ChargeID              string // the last attempt's
	Failure               *failure
	CustomerID, MethodID  string // of a method that is kept
	FailAs                string // what the bank will say; "": the usual
	Created               int64
}

type failure struct{ Code, DeclineCode, Message string }

type charge struct {
	ID, IntentID, Status string
	Amount, Refunded     int64
	Currency, Method     string
	Metadata             map[string]string
	Description          string
	Name, Email          string
	TransactionID        string
	CustomerID, MethodID string // of a method that is kept
	GeneratedID          string // that an iDEAL payment made
	Failure              *failure
	Disputed             bool
	Created              int64
}

type refund struct {
	ID, ChargeID, IntentID, Status, Reason string
	Amount                                 int64
	Currency                               string
	Metadata                               map[string]string
	TransactionID, FailureTransactionID    string
	FailureReason                          string
	Created                                int64
}

type dispute struct {
	ID, ChargeID, IntentID, Status, Reason string
	Amount                                 int64
	Currency                               string
	TransactionIDs                         []string
	Created                                int64
}

type payout struct {
	ID, Status, Currency  string
	Amount                int64
	TransactionID         string
	FailureTransactionID  string
	Created, ArrivalDate  int64
	Description, Failure  string
	ReconciliationPending bool
	Manual                bool
	Destination           string
}

// transaction is one movement of the Stripe balance; net = Amount − Fee.
type transaction struct {
	ID, Type, Category, Source string
	Amount, Fee                int64
	Currency, Description      string
	PayoutID                   string
	Created                    int64
}

func (t *transaction) net() int64 { return t.Amount - t.Fee }

type event struct {
	ID, Type       string
	Created        int64
	Object         json.RawMessage // as it was when the event happened
	Previous       json.RawMessage // what the changed fields were before
	RequestID, Key string          // of the API request that caused it
	Delivered      bool
}

type webhookEndpoint struct {
	ID, URL, Version, Description string
	Events                        []string
	Metadata                      map[string]string
	Created                       int64
}

func (r *session) key() string         { return r.ID }
func (r *intent) key() string          { return r.ID }
func (r *charge) key() string          { return r.ID }
func (r *refund) key() string          { return r.ID }
func (r *dispute) key() string         { return r.ID }
func (r *payout) key() string          { return r.ID }
func (r *transaction) key() string     { return r.ID }
func (r *event) key() string           { return r.ID }
func (r *webhookEndpoint) key() string { return r.ID }
