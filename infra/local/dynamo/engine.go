// Package dynamo is a DynamoDB-compatible engine that runs inside the process:
// the table of the local runtime, of the tests and of the simulation. The store
// reaches it through aws-sdk-go-v2 exactly as it reaches AWS; Transport carries
// the calls without a socket.
//
// It owns: the JSON 1.0 protocol, attribute values with exact 38-digit numbers,
// expressions, tables with global secondary indexes, conditional writes,
// transactions, batches, queries and scans, streams, TTL, the service's limits
// and its consumed capacity, over two page stores: a bbolt file behind a journal
// with group commit, and memory.
//
// It does not own: authentication (credentials are ignored), throughput limits,
// local secondary indexes, backups, PartiQL, tags, and the request shapes from
// before expressions. Whatever it does not honour it refuses by name, so that
// nothing works here and fails in AWS. It is no part of what runs in AWS.
package dynamo

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// Options says how to open an engine.
type Options struct {
	// Path of the bbolt file, created if need be. Empty keeps everything in
	// memory, which opens in microseconds and is gone when closed.
	Path string
	// Sync makes every acknowledged write durable before it is answered. Without
	// it the file survives a killed process, but not a power cut.
	Sync bool
	// Now is the clock for the age of request tokens, stream records and tables.
	Now func() time.Time
	// Fault, when set, is asked before every operation what shall go wrong: for
	// the simulation and for the outages of the demo.
	Fault func(operation string, write bool) Fault
	// IndexLag, when set, is asked before every read of an index how many of the
	// last writes it misses; what it has shown once it does not hide again. Only
	// the simulation sets it, and only an engine in memory may lag.
	IndexLag func() int
}

// Engine is one open store. It is safe for concurrent use.
type Engine struct {
	pages pages
	now   func() time.Time
	fault func(operation string, write bool) Fault

	// schema is held shared by every data operation and exclusively by those
	// that change a table, so a definition cannot change under an operation.
	schema sync.RWMutex
	tables map[string]*table

	lag    indexLag
	signal signal
	writes atomic.Uint64
}

// Open opens or creates the store. A file that another process has open is
// refused after one second.
func Open(o Options) (*Engine, error) {
	if o.Now == nil {
		return nil, fmt.Errorf("engine has no clock — Options.Now is nil — pass time.Now or the virtual clock")
	}
	if o.IndexLag != nil && o.Path != "" {
		return nil, fmt.Errorf("engine cannot lag on a file — held index entries would be lost in a crash — leave Path or IndexLag out")
	}
	e := &Engine{pages: newMemoryPages(), now: o.Now, fault: o.Fault}
	e.lag.behind = o.IndexLag
	if o.Path != "" {
		file, err := openFilePages(o.Path, o.Sync)
		if err != nil {
			return nil, err
		}
		e.pages = file
	}
	tables, err := loadTables(e.pages)
	if err == nil {
		err = e.checkFormat()
	}
	if err != nil {
		_ = e.pages.close()
		return nil, fmt.Errorf("open %s: %w", o.Path, err)
	}
	e.tables = tables
	return e, nil
}

// Close releases the file. Operations must have ended.
func (e *Engine) Close() error { return e.pages.close() }

// storedFormat changes when the stored form of items or keys does.
const storedFormat = "1"

// checkFormat marks a new file and refuses one written in another form.
func (e *Engine) checkFormat() error {
	name := []byte("format")
	var found string
	err := e.pages.view(func(r reader) error {
		found = string(r.get(metaSpace, name))
		return nil
	})
	switch {
	case err != nil:
		return err
	case found == "":
		return e.pages.update(changeFuncs{
			decision:    func(reader) error { return nil },
			application: func(w writer) error { return w.put(metaSpace, name, []byte(storedFormat)) },
		})
	case found != storedFormat:
		return fmt.Errorf("store has format %s — this program reads format %s — use the program that wrote it, export, and import here", found, storedFormat)
	}
	return nil
}

// Stats are counters since opening.
type Stats struct {
	Writes  uint64 // changes acknowledged to callers
	Commits uint64 // transactions of the page store; with a file, one may carry many writes
	Syncs   uint64 // commits that were on the disk before any of their writes was acknowledged
}

// Stats tells what the engine has done so far.
func (e *Engine) Stats() Stats {
	commits, syncs := e.pages.counts()
	return Stats{Writes: e.writes.Load(), Commits: commits, Syncs: syncs}
}

// Hold lets commits return before they are on the disk, until Release: for work
// of which nobody is told before. What others are told meanwhile, Flush makes
// durable first.
func (e *Engine) Hold() {
	if f, ok := e.pages.(*filePages); ok {
		f.held.Store(true)
	}
}

// Release ends what Hold began, and returns once everything is on the disk.
func (e *Engine) Release() error {
	if f, ok := e.pages.(*filePages); ok {
		f.held.Store(false)
	}
	return e.Flush()
}

// Flush returns once everything that was committed is as durable as the store
// was opened to be.
func (e *Engine) Flush() error {
	if f, ok := e.pages.(*filePages); ok {
		return f.flush()
	}
	return nil
}

// commit performs a change and counts it once it is kept.
func (e *Engine) commit(c change) error {
	if err := e.pages.update(c); err != nil {
		return err
	}
	e.writes.Add(1)
	e.signal.notify()
	return nil
}
