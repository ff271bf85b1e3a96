package main

import "duly/shared/o2c/fault"

// page is what to do about a code, and what usually brings it about.
type page struct {
	Cause string
	Do    string
}

// pages has one for every code.
var pages = map[fault.Code]page{
	fault.Config:      {"A value of duly.yaml, a missing secret, or a variable of the function's environment.", "Run `duly policy check`; it names file, line and column. Missing secrets are named in the message: enter them and try again."},
	fault.PortTaken:   {"Another demo, or another program, has the port.", "Stop it, or write `make demo PORT=8701`."},
	fault.StateInUse:  {"A demo runs on the state, or one was killed a moment ago.", "Stop the other one, or write `STATE=` and another folder. Verbs need no stop: they talk to the running demo."},
	fault.LiveKey:     {"A key that moves real money is in the environment of the demo.", "Take it out. The demo needs no keys at all."},
	fault.NoAccount:   {"No credentials, an expired session, or no region.", "Sign in (`aws sso login`), set AWS_REGION, and try again."},
	fault.Harmful:     {"CloudFormation would delete or replace the table, a bucket or a queue.", "Read the list that was printed. Nothing was changed. Take the change out, or move the records first."},
	fault.Unauthentic: {"Another secret than the sender's, a body that something on the way rewrote, or a clock that is off by minutes.", "Compare the secret with the sender's settings; `duly doctor` and the page of deliveries say which of the causes it is."},
	fault.TooLarge:    {"A body beyond 256 KiB, or a file beyond what its door takes.", "Send large files by `POST /v1/uploads`."},
	fault.Unreadable:  {"No JSON, a truncated body, or another document than the route's.", "Hold the body against /v1/openapi.json; the message names the place."},
	fault.NoAccess:    {"No Authorization header, a key that was revoked, or one without the scope.", "Send `Authorization: Bearer` and a key with the scope read or write."},
	fault.Reused:      {"A program used one Idempotency-Key for two different requests.", "Make a new key for each intent, and keep it when the same request is repeated."},
	fault.Invalid:     {"A field that is missing, misspelled or out of its range.", "The pointer names the field; the message says what it takes."},
	fault.NotFound:    {"A misspelled number or id, or one of another company.", "Look it up in the list of its kind, or with `/duly find`."},
	fault.Refused:     {"The document is further than the step, such as an order that has left.", "Read it again: its status says what can still be done. `duly audit` tells who brought it there."},
	fault.Stale:       {"Somebody else was faster.", "Read the document again and repeat the step; programs may simply repeat the request."},
	fault.Forbidden:   {"The role does not allow it, or two people are needed and you were the first.", "Ask somebody with the role that the message names; `/duly role` shows and gives roles."},
	fault.OverLimit:   {"A credit limit, an approver's own limit, or a bound of the system.", "The message names the limit. Raise it where it is kept, or split the request."},
	fault.Held:        {"A credit hold, a deposit that is not paid, a stop of supply.", "Lift the hold first: its card in Slack has the buttons."},
	fault.Incomplete:  {"An address, a VAT number or another particular that the law wants on an invoice.", "Complete the customer or the order; the draft is then issued by *Try again* on its card. No number was spent."},
	fault.Internal:    {"A defect of ours.", "Repeat the request once. If it stays, look at the function's log at the time of the answer, and tell us the time."},
	fault.Unavailable: {"The table, Stripe, Slack or the mail service does not answer.", "Wait and repeat. What was acknowledged is not lost: effects are tried again for a day and a half."},
	fault.Torn:        {"A row of the audit trail was written over by somebody with rights to the table, or by a tool.", "Keep a copy of the table, run `duly verify`, and compare with the newest backup. The seals in the archive say what the chain was."},
}
