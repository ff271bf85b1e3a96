package o2c

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Event is a fact in the past tense: a row of the audit trail, the source of
// every figure and, for the published types, a contract with others.
type Event struct {
	ID    string          `json:"id"` // unique; sorts by time
	Type  string          `json:"type"`
	Of    Key             `json:"of"`
	Seq   int64           `json:"seq"` // 1, 2, 3 … per document
	At    time.Time       `json:"at"`
	Actor string          `json:"actor"` // "shop:demo-shopify", "slack:U01", "system:dunning"
	Cause string          `json:"cause,omitempty"`
	Data  json.RawMessage `json:"data"`
	// Changes are the document's fields that the change touched, each as
	// [before, after]; none for a new document, whose data say it whole.
	Changes json.RawMessage `json:"changes,omitempty"`
	// Erased names the proof of the erasure that took the event's words; its place
	// in the chain, its time and its hash stay.
	Erased string `json:"erased,omitempty"`
	Prev   string `json:"prev"` // hash of the document's previous event
	Hash   string `json:"hash"`

	torn bool // the bytes that were read are not those that an event is written as
}

// AppendJSON writes the event after what is in out, just as package json would:
// UnmarshalJSON holds the one against the other. An order waits for three or four
// of them, whose data package json has written and checked before.
func (e *Event) AppendJSON(out []byte) ([]byte, error) {
	out = slices.Grow(out, eventRest+len(e.Data)+len(e.Changes))
	out = appendMember(out, `{"id":`, e.ID)
	out = appendMember(out, `,"type":`, e.Type)
	out = appendMember(out, `,"of":{"kind":`, e.Of.Kind)
	out = appendMember(out, `,"id":`, e.Of.ID)
	out = strconv.AppendInt(append(out, `},"seq":`...), e.Seq, 10)
	out, err := e.At.AppendText(append(out, `,"at":"`...))
	if err != nil {
		return nil, err
	}
	out = appendMember(append(out, '"'), `,"actor":`, e.Actor)
	if e.Cause != "" {
		out = appendMember(out, `,"cause":`, e.Cause)
	}
	if out = append(out, `,"data":`...); e.Data == nil {
		out = append(out, "null"...)
	}
	out = append(out, e.Data...)
	if len(e.Changes) > 0 {
		out = append(append(out, `,"changes":`...), e.Changes...)
	}
	if e.Erased != "" {
		out = appendMember(out, `,"erased":`, e.Erased)
	}
	out = appendMember(out, `,"prev":`, e.Prev)
	out = appendMember(out, `,"hash":`, e.Hash)
	return append(out, '}'), nil
}

// eventRest is about what an event takes besides its data and changes, in bytes.
const eventRest = 600

// appendMember writes a text behind its name. Of what is more than plain ASCII
// package json knows the rules.
func appendMember(out []byte, name, text string) []byte {
	out = append(out, name...)
	for _, c := range []byte(text) {
		if c < ' ' || c > '~' || strings.IndexByte(`"\<>&`, c) >= 0 {
			quoted, _ := json.Marshal(text) // a text always can be
			return append(out, quoted...)
		}
	}
	return append(append(append(out, '"'), text...), '"')
}

// UnmarshalJSON reads an event and notices when a single byte of it is other
// than it was written, even one that changes no meaning; blanks aside, which a
// reader's file may have.
func (e *Event) UnmarshalJSON(b []byte) error {
	type plain Event
	var tight bytes.Buffer
	var read plain
	if err := json.Compact(&tight, b); err != nil {
		return err
	}
	if err := json.Unmarshal(tight.Bytes(), &read); err != nil {
		return err
	}
	again, err := json.Marshal(read)
	*e = Event(read)
	e.torn = err != nil || !bytes.Equal(again, tight.Bytes())
	return nil
}

// Chained fills in the event's place in its document's chain:
// h(n) = SHA-256(h(n-1) ‖ canonical event).
func (e Event) Chained(prev string) Event {
	e.Prev = prev
	e.Hash = e.digest()
	return e
}

// Intact reports whether the event is what was chained; one whose words were
// erased says nothing, and only its place can be checked.
func (e Event) Intact() bool {
	if e.Erased != "" {
		return !e.torn && string(e.Data) == "{}" && len(e.Changes) == 0 && len(e.Hash) == 2*sha256.Size
	}
	return !e.torn && e.Hash == e.digest()
}

// emptied is the event without its words. Who wrote by mail was named by the
// address.
func (e Event) emptied(proof string) Event {
	e.Data, e.Changes, e.Erased = json.RawMessage("{}"), nil, proof
	if strings.HasPrefix(e.Actor, "mail:") {
		e.Actor = "mail"
	}
	return e
}

func (e Event) digest() string {
	text := make([]byte, 0, 512+len(e.Data)+len(e.Changes))
	for _, part := range []string{e.Prev, e.ID, e.Type, e.Of.String(), strconv.FormatInt(e.Seq, 10), e.At.UTC().Format(time.RFC3339Nano), e.Actor, e.Cause} {
		text = appendPart(text, part)
	}
	text = appendPart(text, e.Data)
	if len(e.Changes) > 0 {
		text = appendPart(text, e.Changes)
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// appendPart writes a part behind its length, so that no two lists of parts are one text.
func appendPart[T ~string | ~[]byte](text []byte, part T) []byte {
	text = append(strconv.AppendInt(text, int64(len(part)), 10), ':')
	return append(text, part...)
}

// valueMax bounds what a change says of one side of one field, in bytes.
const valueMax = 4096

// changesOf lists the fields in which two states of a document differ, each as
// [before, after]; nil when none does.
func changesOf(before, after json.RawMessage) json.RawMessage {
	var was, is map[string]json.RawMessage
	if json.Unmarshal(before, &was) != nil || json.Unmarshal(after, &is) != nil {
		return nil // no object: nothing has fields
	}
	changed := map[string][2]json.RawMessage{}
	for field, value := range is {
		if !bytes.Equal(was[field], value) {
			changed[field] = [2]json.RawMessage{shown(was[field]), shown(value)}
		}
	}
	for field, value := range was {
		if _, ok := is[field]; !ok {
			changed[field] = [2]json.RawMessage{shown(value), shown(nil)}
		}
	}
	if len(changed) == 0 {
		return nil
	}
	raw, err := json.Marshal(changed) // by name, so the same for the same
	if err != nil {
		return nil
	}
	return raw
}

// shown is a value as a change says it: a large one by its size.
func shown(value json.RawMessage) json.RawMessage {
	switch {
	case value == nil:
		return json.RawMessage("null")
	case len(value) > valueMax:
		return json.RawMessage(strconv.Quote(strconv.Itoa(len(value)) + " bytes"))
	}
	return value
}

// Fact is what a use case says happened; the Tx makes it an Event.
type Fact struct {
	Type string
	Data any

	changes json.RawMessage
}
