package o2c

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"encoding/json"
	"time"
)

// Key names one document: what it is and which one.
type Key struct {
	Kind string `json:"kind"`
	ID   string `json:"id"`
}

// String is "order:o_…", the key as logs and links spell it.
func (k Key) String() string { return k.Kind + ":" + k.ID }

// IsZero reports whether there is no key.
func (k Key) IsZero() bool { return k == Key{} }

// Document is anything the table keeps under a version: an order, an invoice, a
// receipt. Its JSON is its stored shape; UnmarshalJSON is the door through which
// the store restores it.
type Document interface {
	Kind() string
	ID() string
}

// BodyOf is a document's JSON. Package json would read once more what a
// document wrote, and check what it is about to read; an answer to a shop
// waits for both.
func BodyOf(d Document) ([]byte, error) {
	if own, ok := d.(json.Marshaler); ok {
		return own.MarshalJSON()
	}
	return json.Marshal(d)
}

// fill is the way back.
func fill(d Document, body []byte) error {
	if own, ok := d.(json.Unmarshaler); ok {
		return own.UnmarshalJSON(body)
	}
	return json.Unmarshal(body, d)
}

// KeyOf is the key of a document.
func KeyOf(d Document) Key { return Key{Kind: d.Kind(), ID: d.ID()} }

// Scheduled is a document that wants to be looked at later: the queue it waits
// in and the instant it is due. A zero instant takes it out of every queue.
type Scheduled interface {
	Due() (queue string, at time.Time)
}

// Listed is a document that appears in the list of its kind, newest first.
// ListKey is a date or an RFC 3339 time in UTC; an empty one keeps the document
// out of the list.
type Listed interface {
	ListKey() string
}

// Expiring is a document that may be forgotten: past the instant it reads as
// absent, whether or not the table has dropped it yet. The zero instant keeps
// it for good, as the law wants for its records. What expires has no trail: it
// is saved without facts.
type Expiring interface {
	Expires() time.Time
}

// Remembered is how long a handled message and a performed effect are kept:
// longer than any sender repeats itself or any reconciliation looks back.
const Remembered = 35 * 24 * time.Hour

// Name makes an id that depends on nothing but what it names: the same order
// from the same shop has the same id however often and in whatever order its
// messages arrive. The parts are hashed with their lengths, so ("ab","c") and
// ("a","bc") differ; 100 bits are kept.
func Name[T ~string | ~[]byte](prefix string, parts ...T) string {
	h, size := sha256.New(), make([]byte, 8)
	for _, p := range parts {
		binary.LittleEndian.PutUint64(size, uint64(len(p)))
		h.Write(size)
		h.Write([]byte(p)) // of a whole message no copy
	}
	return prefix + "_" + idDigits.EncodeToString(h.Sum(nil))[:20]
}

// idDigits spells 5 bits as one of them, in the order of their values.
var idDigits = base32.NewEncoding("0123456789abcdefghijklmnopqrstuv").WithPadding(base32.NoPadding)
