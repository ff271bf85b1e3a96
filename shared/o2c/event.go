package o2c

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strconv"
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
	Prev  string          `json:"prev"` // hash of the document's previous event
	Hash  string          `json:"hash"`
}

// Chained fills in the event's place in its document's chain:
// h(n) = SHA-256(h(n-1) ‖ canonical event).
func (e Event) Chained(prev string) Event {
	e.Prev = prev
	e.Hash = e.digest()
	return e
}

// Intact reports whether the event is what was chained.
func (e Event) Intact() bool { return e.Hash == e.digest() }

func (e Event) digest() string {
	h := sha256.New()
	for _, part := range []string{e.Prev, e.ID, e.Type, e.Of.String(), strconv.FormatInt(e.Seq, 10), e.At.UTC().Format(time.RFC3339Nano), e.Actor, e.Cause, string(e.Data)} {
		h.Write([]byte(strconv.Itoa(len(part))))
		h.Write([]byte{':'})
		h.Write([]byte(part))
	}
	return hex.EncodeToString(h.Sum(nil))
}

// compact takes the blanks out of the event's data that a reader's file may have.
func (e Event) compact() Event {
	var tight bytes.Buffer
	if json.Compact(&tight, e.Data) == nil {
		e.Data = tight.Bytes()
	}
	return e
}

// Fact is what a use case says happened; the Tx makes it an Event.
type Fact struct {
	Type string
	Data any
}
