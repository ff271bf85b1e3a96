// Package fault owns the one error type of the product: a code for machines, a
// sentence for people, a cause for the log, and the one table that says what a
// code means to HTTP and to a retry. It does not own texts in other languages.
package fault

import (
	"errors"
	"fmt"
	"maps"
	"slices"
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
	Values  Values // what else stands in it, by the names of its places

	says [3]string // What, Why and Do before the values were put in
}

// Values are what stands in a sentence: an amount as "12.40 EUR", a date as "2026-12-04", all else as it is. By these
// shapes a reader's language finds what it spells otherwise.
type Values map[string]string

// Reason is why something failed, for whoever says it in another language.
type Reason struct {
	Code   Code   `json:"code,omitempty"`
	Key    string `json:"key,omitempty"`
	Detail string `json:"detail,omitempty"`
	About  Values `json:"about,omitempty"`
}

// ReasonOf reads it from an error.
func ReasonOf(err error) Reason {
	e := Of(err)
	return Reason{Code: e.Code, Key: e.Key, Detail: e.Detail, About: e.Values}
}

// Keyed names the sentence that says it in other languages, and what stands in it.
func (e *Error) Keyed(key string, detail ...string) *Error {
	c := *e
	c.Key, c.Detail = key, strings.Join(detail, " ")
	return &c
}

// With puts values into the places {name} of the sentence, names and values in turn; other languages have the same places.
func (e *Error) With(pairs ...any) *Error {
	c := *e
	c.Values, c.says = valuesOf(pairs), [3]string{e.What, e.Why, e.Do}
	c.What, c.Why, c.Do = c.In(func(_, value string) string { return value })
	return &c
}

// In is what, why and what to do with the values as somebody spells them.
func (e *Error) In(spell func(name, value string) string) (what, why, do string) {
	if e.Values == nil {
		return e.What, e.Why, e.Do
	}
	return e.Values.Fill(e.says[0], spell), e.Values.Fill(e.says[1], spell), e.Values.Fill(e.says[2], spell)
}

// Fill puts the values into the places of a sentence; a place without a value stays.
func (v Values) Fill(said string, spell func(name, value string) string) string {
	pairs := make([]string, 0, 2*len(v))
	for _, name := range slices.Sorted(maps.Keys(v)) {
		pairs = append(pairs, "{"+name+"}", spell(name, v[name]))
	}
	return strings.NewReplacer(pairs...).Replace(said)
}

func valuesOf(pairs []any) Values {
	v := make(Values, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		v[pairs[i].(string)] = fmt.Sprint(pairs[i+1])
	}
	return v
}

// New is a failure of a code.
func New(code Code, what, why, do string) *Error {
	return &Error{Code: code, What: what, Why: why, Do: do}
}

// Missing says that a thing of some kind is not there.
func Missing(kind, id string) *Error {
	return New(NotFound, "There is no {kind} {id}", "nothing is kept under that name", "check the spelling").Keyed("missing").With("kind", kind, "id", id)
}

// Bad says that a field holds what cannot be used.
func Bad(pointer, why, do string) *Error {
	e := New(Invalid, "The request cannot be used", why, do)
	e.Pointer = pointer
	return e
}

// Rule is what a noun refuses: the sentence for programs, and the one in other languages by its key.
type Rule struct {
	Key    string
	says   string
	values Values
}

// Breaks says that a rule forbids something; its sentence has places for the values, names and values in turn.
func Breaks(key, says string, pairs ...any) *Rule {
	return &Rule{Key: key, says: says, values: valuesOf(pairs)}
}

// Error is the sentence for programs.
func (r *Rule) Error() string {
	return r.values.Fill(r.says, func(_, value string) string { return value })
}

// By says that a field holds what a rule forbids.
func By(pointer string, rule error, do string) *Error {
	return Bad(pointer, rule.Error(), do).Breaking(rule)
}

// Breaking adds the rule that was broken: its key names the sentence in other languages.
func (e *Error) Breaking(rule error) *Error {
	c := e.Because(rule)
	var r *Rule
	if !errors.As(rule, &r) {
		return c
	}
	c.Key, c.Values, c.says = r.Key, r.values, [3]string{e.What, e.Why, e.Do}
	if e.Why == r.Error() {
		c.says[1] = r.says
	}
	return c
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
