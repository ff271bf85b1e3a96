package dynamo

import "encoding/binary"

// pages is an ordered, transactional store of bytes, divided into named spaces.
// There are two: a bbolt file, which survives kill -9, and memory, which opens
// in microseconds for the simulation. Both pass the same contract.
type pages interface {
	// view runs read against one consistent state.
	view(read func(reader) error) error
	// update runs one change, alone or in a group with others; when it returns
	// nil the change is kept, and durable if the store was opened so.
	update(change) error
	close() error
	// commits and syncs count since opening.
	counts() (commits, syncs uint64)
}

// change is one atomic write in two steps. decide reads and may refuse, and
// since it cannot write, a refusal needs no rollback and does not disturb the
// group. apply writes what was decided.
type change interface {
	decide(reader) error
	apply(writer) error
}

// reader gives access to a space. What it returns is valid until the view or
// update ends and must not be modified. A space that was never written is empty.
type reader interface {
	get(space string, key []byte) []byte
	cursor(space string) cursor
}

// writer changes a space. It keeps the keys and values it is given, so they must
// not be modified afterwards.
type writer interface {
	reader
	put(space string, key, value []byte) error
	// append puts a value under the sequence number after the last one, from 1 on.
	// The last one is never removed, but with its whole space.
	append(space string, value []byte) error
	remove(space string, key []byte) error
	drop(space string) error
}

// cursor walks a space in the order of its keys; a nil key means there is none.
type cursor interface {
	seek(key []byte) (k, v []byte) // the first key at or after
	last() (k, v []byte)
	next() (k, v []byte)
	prev() (k, v []byte)
}

// Spaces of the store. Names of tables contain no slash.
const (
	metaSpace  = "meta"   // format → version
	tableSpace = "tables" // table name → definition
	tokenSpace = "tokens" // client request token → fingerprint and time

	streamPrefix = "stream/" // before a table's name: sequence number → record
)

// sequenceAfter is the key that follows in a space of sequence numbers; nil is before the first.
func sequenceAfter(last []byte) []byte {
	sequence := uint64(0)
	if last != nil {
		sequence = binary.BigEndian.Uint64(last)
	}
	return binary.BigEndian.AppendUint64(nil, sequence+1)
}

// changeFuncs makes a change of two functions, for the rare operations that are not a type of their own.
type changeFuncs struct {
	decision    func(reader) error
	application func(writer) error
}

func (c changeFuncs) decide(r reader) error { return c.decision(r) }
func (c changeFuncs) apply(w writer) error  { return c.application(w) }
