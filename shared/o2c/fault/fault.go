// Package fault owns the one error type of the product: a code for machines, a
// sentence for people, a cause for the log, and the one table that says what a
// code means to HTTP and to a retry. It does not own texts in other languages.
package fault

import (
	"errors"
	"fmt"
	"strings"
)

// Error is a failure that can be told to whoever caused it: what is wrong, why,
// and what to do.
type Error struct {
	Code    Code
	What    string
	Why     string
	Do      string
	Pointer string // JSON pointer (RFC 6901) to the field at fault, if one is
	Cause   error  // for the log alone
	Key     string // names the sentence in other languages than the log's; "": there is none of its own
	Detail  string // what no language changes in that sentence, such as an address or a service's own words
}

// Reason is why something failed, for whoever says it in another language.
type Reason struct {
	Code   Code   `json:"code,omitempty"`
	Key    string `json:"key,omitempty"`
	Detail string `json:"detail,omitempty"`
}

// ReasonOf reads it from an error.
func ReasonOf(err error) Reason {
	e := Of(err)
	return Reason{Code: e.Code, Key: e.Key, Detail: e.Detail}
}

// Keyed names the sentence that says it in other languages, and what stands in it.
func (e *Error) Keyed(key string, detail ...string) *Error {
	c := *e
	c.Key, c.Detail = key, strings.Join(detail, " ")
	return &c
}

// New is a failure of a code.
func New(code Code, what, why, do string) *Error {
	return &Error{Code: code, What: what, Why: why, Do: do}
}

// Missing says that a thing of some kind is not there.
func Missing(kind, id string) *Error {
	return New(NotFound, fmt.Sprintf("There is no %s %s", kind, id), "nothing is kept under that name", "check the spelling")
}

// Bad says that a field holds what cannot be used.
func Bad(pointer, why, do string) *Error {
	e := New(Invalid, "The request cannot be used", why, do)
	e.Pointer = pointer
	return e
}

// Because adds the cause for the log.
func (e *Error) Because(cause error) *Error {
	c := *e
	c.Cause = cause
	return &c
}

// Error is the sentence of `ux.md`: what, why, what to do, code last.
func (e *Error) Error() string {
	parts := []string{}
	for _, p := range []string{e.What, e.Why, e.Do} {
		if p != "" {
			parts = append(parts, p)
		}
	}
	return strings.Join(parts, " — ") + " [" + string(e.Code) + "]"
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Cause }

// Is makes errors.Is compare codes, so that a sentence can name its values.
func (e *Error) Is(target error) bool {
	var t *Error
	return errors.As(target, &t) && t.Code == e.Code && t.What == ""
}

// Of finds the failure in an error; one that is none of ours becomes an
// internal failure that says nothing.
func Of(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return New(Internal, "Something went wrong on our side", "", "try again; if it stays, tell us the time").Because(err)
}

// Is reports whether err carries the code.
func Is(err error, code Code) bool {
	var e *Error
	return errors.As(err, &e) && e.Code == code
}
