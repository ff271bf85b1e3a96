// Package life owns the shape of a document's life: which verb leads from
// which status to which. It does not own the guards, which stand in the nouns.
package life

import (
	"fmt"
	"slices"
)

// Row says that a verb leads from one status to another.
type Row struct{ From, Verb, To string }

// Table is the whole life of one kind of document.
type Table []Row

// Next is the status after a verb, or an error that names what is possible.
func (t Table) Next(from, verb string) (string, error) {
	for _, r := range t {
		if r.From == from && r.Verb == verb {
			return r.To, nil
		}
	}
	return "", &Refused{From: from, Verb: verb, Possible: t.Verbs(from)}
}

// Can reports whether the verb is possible from the status.
func (t Table) Can(from, verb string) bool {
	_, err := t.Next(from, verb)
	return err == nil
}

// Verbs lists what is possible from a status, in the table's order.
func (t Table) Verbs(from string) []string {
	var verbs []string
	for _, r := range t {
		if r.From == from && !slices.Contains(verbs, r.Verb) {
			verbs = append(verbs, r.Verb)
		}
	}
	return verbs
}

// Statuses lists every status of the table, in its order.
func (t Table) Statuses() []string {
	var all []string
	for _, r := range t {
		for _, s := range []string{r.From, r.To} {
			if !slices.Contains(all, s) {
				all = append(all, s)
			}
		}
	}
	return all
}

// Refused is a verb that the status does not allow.
type Refused struct {
	From, Verb string
	Possible   []string
}

func (e *Refused) Error() string {
	return fmt.Sprintf("cannot %s what is %s; possible: %v", e.Verb, e.From, e.Possible)
}
