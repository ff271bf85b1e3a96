package fault

import "slices"

// Code names a failure for machines. Codes are never reused.
type Code string

// The codes: 1xxx configuration and the local runtime, 2xxx the door, 3xxx the
// business, 5xxx ourselves.
const (
	Config      Code = "DULY-1003"
	PortTaken   Code = "DULY-1201"
	StateInUse  Code = "DULY-1202"
	LiveKey     Code = "DULY-1302"
	NoAccount   Code = "DULY-1401"
	Harmful     Code = "DULY-1402"
	Unauthentic Code = "DULY-2001"
	TooLarge    Code = "DULY-2002"
	Unreadable  Code = "DULY-2003"
	NoAccess    Code = "DULY-2004"
	Reused      Code = "DULY-2005"
	Invalid     Code = "DULY-3001"
	NotFound    Code = "DULY-3002"
	Refused     Code = "DULY-3003"
	Stale       Code = "DULY-3004"
	Forbidden   Code = "DULY-3005"
	OverLimit   Code = "DULY-3006"
	Held        Code = "DULY-3007"
	Incomplete  Code = "DULY-3008"
	Internal    Code = "DULY-5000"
	Unavailable Code = "DULY-5001"
	Torn        Code = "DULY-5002"
)

// Meaning is what a code is to the outside.
type Meaning struct {
	Status int    // HTTP status (RFC 9110)
	Retry  bool   // worth trying again unchanged
	Text   string // one sentence for `duly explain`
}

// table is the one place that maps a code.
var table = map[Code]Meaning{
	Config:      {500, false, "duly.yaml holds a value that cannot be used; the message names file, line and column."},
	PortTaken:   {500, false, "Another program listens on the port; choose another with PORT=."},
	StateInUse:  {500, false, "Another Duly has the state file open; stop it or choose another STATE."},
	LiveKey:     {500, false, "A live key was given to the demo, which never uses live keys."},
	NoAccount:   {500, false, "AWS cannot be reached with the credentials and the region that this machine has."},
	Harmful:     {409, false, "The deployment would remove or replace something that holds records; it was stopped before."},
	Unauthentic: {401, false, "The signature does not match the body, secret or time; nothing was written."},
	TooLarge:    {413, false, "The body is larger than 256 KiB."},
	Unreadable:  {400, false, "The body is not the document that the route expects."},
	NoAccess:    {401, false, "The bearer key is missing, unknown or lacks the scope."},
	Reused:      {422, false, "The Idempotency-Key was used before with another body."},
	Invalid:     {422, false, "A field holds a value that cannot be used; the pointer names it."},
	NotFound:    {404, false, "Nothing is kept under that name."},
	Refused:     {409, false, "The document is in a status that does not allow the step."},
	Stale:       {409, true, "The document changed in the meantime; load it again."},
	Forbidden:   {403, false, "The person's role does not allow the step."},
	OverLimit:   {409, false, "The step would exceed a limit."},
	Held:        {409, false, "A hold stands in the way of the step."},
	Incomplete:  {409, false, "A legal particular is missing; the message lists which."},
	Internal:    {500, true, "A defect of ours; the log has the cause."},
	Unavailable: {503, true, "A service we need does not answer; the step can be repeated."},
	Torn:        {500, false, "A row of the audit trail cannot be read; somebody or something wrote over it."},
}

// Meaning looks the code up; an unknown code means what Internal means.
func (c Code) Meaning() Meaning {
	if m, ok := table[c]; ok {
		return m
	}
	return table[Internal]
}

// Codes lists every code in order.
func Codes() []Code {
	all := make([]Code, 0, len(table))
	for c := range table {
		all = append(all, c)
	}
	slices.Sort(all)
	return all
}
