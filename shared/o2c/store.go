package o2c

import (
	"context"
	"encoding/json"
	"errors"
	"time"
)

// Store is the one table as the cycle sees it. There is one implementation, on
// the DynamoDB API.
type Store interface {
	// Update runs decide and commits what it staged in one transaction, all or
	// nothing. When another writer was faster it runs decide again on fresh
	// documents, up to 5 times inside the context's deadline, then fails with
	// fault.Stale. decide must therefore be pure but for the Tx. A message that
	// was seen before makes Update return ErrSeen and write nothing.
	Update(ctx context.Context, decide func(context.Context, *Tx) error) error

	Loader
	Load(ctx context.Context, keys ...Key) ([]Stored, error)
	Count(ctx context.Context, keys ...Key) ([]Counter, error)
	// Resolve looks names up, such as the invoice behind a number or the
	// customer behind a shop's id; an unknown name gives the zero Key.
	Resolve(ctx context.Context, names ...Alias) ([]Key, error)

	// List reads one page of an access pattern; its keys are hints from an
	// eventually consistent index, its documents are read consistently.
	List(ctx context.Context, q Query) (Page, error)
	// Events reads the audit trail of one document, oldest first.
	Events(ctx context.Context, of Key) ([]Event, error)
}

// ErrSeen says that the message was handled before; the first answer holds.
var ErrSeen = errors.New("the message was handled before")

// Loader reads with strong consistency, for a Tx.
type Loader interface {
	// Gather reads documents, counters and names in one request.
	Gather(ctx context.Context, w Wanted) (Gathered, error)
	// Links lists what hangs under a document by a name, in the order of Sort.
	Links(ctx context.Context, parent Key, name string) ([]Link, error)
}

// Wanted is what one request reads.
type Wanted struct {
	Documents []Key
	Counters  []Key
	Names     []Alias
}

// Gathered is what was read, each list in the order of what was wanted.
type Gathered struct {
	Documents []Stored
	Counters  []Counter
	Names     []Key
}

// Stored is one document as the table holds it.
type Stored struct {
	Key     Key
	Version int64           // 0: not there
	Head    string          // hash of its newest event
	Count   int64           // number of its events
	Body    json.RawMessage // nil: not there
	At      time.Time       // of the change that wrote it
	Expires time.Time       // zero: never; in whole seconds
}

// AsOf is the document as of an instant: absent once it has expired, however
// late the table drops it (row 39 of the failure catalogue).
func (s Stored) AsOf(at time.Time) Stored {
	if !s.Expires.IsZero() && s.Expires.Unix() < at.Unix() {
		return Stored{Key: s.Key}
	}
	return s
}

// Counter is a set of running integers changed by addition alone, so that many
// writers need not wait for one another. Values hold only what was ever set.
type Counter struct {
	Key    Key
	Exists bool
	Values map[string]int64
}

// Alias is a name under which a document is known: a number, a token's hash, a
// shop's id of a customer.
type Alias struct {
	Space string // "invoice-number", "token", "customer", …
	Value string
}

// Link hangs one document under another, such as an open invoice under its
// customer.
type Link struct {
	Parent Key
	Name   string
	Sort   string // what orders the links of one name
	To     Key
}

// Query names an access pattern.
type Query struct {
	Kind  string    // documents of a kind, newest first; or
	Queue string    // what is due in a queue, oldest first,
	Until time.Time // up to and including this instant
	From  string    // for lists: only what has this list key or a later one
	To    string    // for lists: only what has an earlier list key
	Limit int       // at most so many; 0 means 100
	After string    // cursor from Page.Next
}

// Page is one page of documents.
type Page struct {
	Items []Stored
	Next  string // cursor; "" at the end
}
