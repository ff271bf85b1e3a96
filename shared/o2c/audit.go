package o2c

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"duly/shared/o2c/fault"
)

// AuditLine is one event of a document's trail as people read it: who did what,
// when and why, and what it changed.
type AuditLine struct {
	Seq     int64
	At      time.Time
	Actor   string
	Type    string
	Why     string // the reason that was given; "" without one
	Cause   string // the message or effect that caused it
	Changes []Change
	Data    json.RawMessage
	Hash    string
	Intact  bool // the event is what was written, and follows the one before
}

// Change is one field of a document before and after an event; null where there
// was nothing.
type Change struct {
	Field         string
	Before, After json.RawMessage
}

// Audit is the trail of one document.
type Audit struct {
	Of     Key
	Lines  []AuditLine // oldest first
	Intact bool        // the whole chain, to the head that the document names
}

// Audit reads the trail of a document, named by its kind and its id, or by the
// number that people say.
func (c *Cycle) Audit(ctx context.Context, kind, id string) (Audit, error) {
	of, err := c.named(ctx, kind, id)
	if err != nil {
		return Audit{}, err
	}
	stored, err := c.Store.Load(ctx, of)
	if err != nil {
		return Audit{}, err
	}
	trail, err := c.Store.Events(ctx, of)
	if err != nil {
		return Audit{}, err
	}
	if len(trail) == 0 && stored[0].Version == 0 {
		return Audit{}, fault.Missing(kind, id)
	}
	a := Audit{Of: of, Intact: true}
	prev := ""
	for i, e := range trail {
		line := e.line()
		line.Intact = e.Intact() && e.Prev == prev && e.Seq == int64(i+1)
		a.Intact = a.Intact && line.Intact
		a.Lines = append(a.Lines, line)
		prev = e.Hash
	}
	a.Intact = a.Intact && prev == stored[0].Head && int64(len(trail)) == stored[0].Count
	return a, nil
}

// named finds a document by what people call it.
func (c *Cycle) named(ctx context.Context, kind, id string) (Key, error) {
	switch kind {
	case "invoice", "credit-note":
		keys, err := c.Store.Resolve(ctx, Alias{Space: spaceInvoice, Value: id})
		if err != nil || !keys[0].IsZero() {
			return keys[0], err
		}
		return Key{Kind: "invoice", ID: id}, nil
	case "order":
		o, err := c.OrderByNumber(ctx, id)
		if err == nil {
			return Key{Kind: kind, ID: o.ID}, nil
		}
		if !fault.Is(err, fault.NotFound) {
			return Key{}, err
		}
	}
	return Key{Kind: kind, ID: id}, nil
}

func (e Event) line() AuditLine {
	l := AuditLine{Seq: e.Seq, At: e.At, Actor: e.Actor, Type: e.Type, Cause: e.Cause, Data: e.Data, Hash: e.Hash}
	var said map[string]json.RawMessage
	if json.Unmarshal(e.Data, &said) == nil {
		for _, field := range []string{"reason", "why", "note"} {
			if json.Unmarshal(said[field], &l.Why) == nil && l.Why != "" {
				break
			}
		}
	}
	var changed map[string][2]json.RawMessage
	if json.Unmarshal(e.Changes, &changed) == nil {
		for field, sides := range changed {
			l.Changes = append(l.Changes, Change{Field: field, Before: sides[0], After: sides[1]})
		}
	}
	slices.SortFunc(l.Changes, func(a, b Change) int { return strings.Compare(a.Field, b.Field) })
	return l
}
