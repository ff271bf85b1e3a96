package o2c

import (
	"context"
	"encoding/json"

	"duly/shared/o2c/calendar"
)

// caseData is all that runs against one customer.
type caseData struct {
	CustomerID string        `json:"customer_id"`
	LastLetter calendar.Date `json:"last_letter,omitzero"` // when a step's was asked for,
	SentOn     calendar.Date `json:"sent_on,omitzero"`     // and when one left
	HoldUntil  calendar.Date `json:"hold_until,omitzero"`  // no letter up to and including this day
	HoldWhy    string        `json:"hold_why,omitempty"`
	Owner      string        `json:"owner,omitempty"`   // the colleague who took it
	Promise    string        `json:"promise,omitempty"` // the newest
	CallBy     calendar.Date `json:"call_by,omitzero"`  // a colleague is to call until then
	OwnedUntil calendar.Date `json:"owned_until,omitzero"`
	Calls      []CallNote    `json:"calls,omitempty"`  // the newest last, at most callsMax
	Stop       *StopAsk      `json:"stop,omitempty"`   // who proposes to stop supply, until it is decided
	Listed     []string      `json:"listed,omitempty"` // ids of invoices that the card showed since the customer owed nothing late
}

// CallNote is a call with the customer, as a colleague wrote it down.
type CallNote struct {
	On      calendar.Date `json:"on"`
	By      string        `json:"by"`
	Outcome string        `json:"outcome"` // one of CallOutcomes
	Note    string        `json:"note,omitempty"`
}

// StopAsk is the proposal of a colleague to stop supply, which another decides.
type StopAsk struct {
	By  string        `json:"by"`
	Why string        `json:"why"`
	On  calendar.Date `json:"on"`
}

// owner is who looks after the case today: a colleague who took it and did
// nothing for two working days no longer does (ux.md §2.2).
func (k *dunningCase) owner(today calendar.Date) string {
	if !k.data.OwnedUntil.IsZero() && today.After(k.data.OwnedUntil) {
		return ""
	}
	return k.data.Owner
}

// ackDays are the working days in which who took a case must do something.
const ackDays = 2

// acted keeps the case with its owner: for two working days, or until the day for which the owner planned a call or put
// letters off.
func (c *Cycle) acted(k *dunningCase, who string, today calendar.Date) {
	if who == k.data.Owner {
		k.data.OwnedUntil = latestDay(latestDay(c.Policy.Days.Add(today, ackDays), k.data.CallBy), k.data.HoldUntil)
	}
}

// dunningCase is the case of one customer; it has the customer's id.
type dunningCase struct{ data caseData }

// Kind and ID make the case a document.
func (k *dunningCase) Kind() string { return "case" }
func (k *dunningCase) ID() string   { return k.data.CustomerID }

// MarshalJSON and UnmarshalJSON are the store's door.
func (k *dunningCase) MarshalJSON() ([]byte, error) { return json.Marshal(k.data) }
func (k *dunningCase) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &k.data) }

func (c *Cycle) caseOf(ctx context.Context, tx *Tx, customerID string) (*dunningCase, error) {
	k, err := find[dunningCase](ctx, tx, customerID)
	if err == nil && k == nil {
		k = &dunningCase{data: caseData{CustomerID: customerID}}
	}
	return k, err
}
