package o2c

import (
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/money"
)

// The lines of the thread below a customer's card: the history of its case.
const (
	LineStep      = "step"       // a letter went out
	LineCallDue   = "call_due"   // a colleague is to call
	LineCalled    = "called"     // somebody called
	LineHeld      = "held"       // letters wait
	LineReleased  = "released"   // they go on
	LineSkipped   = "skipped"    // a letter was left out
	LineInstead   = "instead"    // a call takes its place
	LineStopAsked = "stop_asked" // somebody proposes to stop supply
	LineStopped   = "stopped"
	LineResumed   = "resumed"
	LineReceived  = "received"  // money came
	LineWithdrawn = "withdrawn" // a formal letter did not leave: its sum would have been wrong
)

// The lines below other cards.
const (
	LinePONumber    = "po_number"    // the customer told its order number; a copy was mailed
	LinePOElsewhere = "po_elsewhere" // the same, of an invoice that another package issued
	LineForwarded   = "forwarded"    // the customer had a document sent on
	LinePromised    = "promised"
	LineAsked       = "asked"        // a colleague asked the customer about its dispute
	LineAnswerDue   = "answer_due"   // to a dispute
	LineEvidenceDue = "evidence_due" // of a chargeback
	LineInStock     = "in_stock"     // all of a waiting order
	LineReport      = "report"       // a credit report came

	LineMandate        = "mandate"         // the customer lets us collect
	LineMandateStopped = "mandate_stopped" // not any more
	LineCardExpires    = "card_expires"    // the kept card, soon
	LineCardRenewed    = "card_renewed"    // the network replaced it
	LineChargeAgain    = "charge_again"    // a collection failed and is tried again
	LineChargeFailed   = "charge_failed"   // it failed, and the ladder goes on
)

// CaseLine is one line of a case's thread, which the team reads in its language.
type CaseLine struct {
	What    string        `json:"what"`
	By      string        `json:"by,omitempty"`      // the actor
	Code    string        `json:"code,omitempty"`    // of the step, or of a call's outcome
	Numbers []string      `json:"numbers,omitempty"` // of invoices
	Amount  money.Amount  `json:"amount,omitzero"`
	Date    calendar.Date `json:"date,omitzero"`
	Note    string        `json:"note,omitempty"` // a person's own words
}

func (CaseLine) card() {}
