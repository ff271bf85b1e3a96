package dynamo

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"go.etcd.io/bbolt"
	bbolterrors "go.etcd.io/bbolt/errors"
)

// filePages keeps the spaces as buckets of one bbolt file, with a journal before
// it. A group of changes is durable once the journal has it; it is then visible
// in a layer above the file, and written down into the file in the background
// (see checkpoint.go). Writers that arrive while a group is being committed
// share the next one, so 64 writers need far fewer than 64 syncs; a writer that
// is alone never waits for company.
type filePages struct {
	db      *bbolt.DB
	sync    bool
	commits atomic.Uint64

	lock    sync.Mutex
	waiting []*pending
	busy    bool // somebody is committing a group, or has been told to

	// What is visible: the file, what is being written down into it, and what
	// came since. Readers hold layers while they read, the leader of a group
	// changes newest, a finished checkpoint takes older away.
	layers        sync.RWMutex
	newest, older *layer // older: nil when nothing is being written down
	layerMax      int    // bytes; a larger layer is written down

	// These belong to the leader of the group.
	journals [2]*journal
	current  int    // the journal of newest; the other one has what older holds
	record   []byte // a buffer

	held     atomic.Bool   // commits need not wait for the disk
	unsynced atomic.Uint64 // commits that did not, of which flushed are there since
	flushed  atomic.Uint64
	flushing sync.Mutex

	checkpointing sync.WaitGroup
	failure       atomic.Pointer[error] // of a checkpoint; nothing more is acknowledged after it
}

// pending is a change in the queue. Its turn comes with true when its owner has
// to commit the next group, with false when somebody else has committed it.
type pending struct {
	change change
	err    error
	turn   chan bool
}

// lockWaitMax is how long opening waits for another process to let go of the file.
const lockWaitMax = time.Second

// pageSize of a new file: bbolt keeps pages for the next transaction, but not the
// longer ones of values that fill a page of 4 KB.
const pageSize = 16 << 10

func openFilePages(path string, sync bool) (*filePages, error) {
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{
		Timeout:        lockWaitMax,
		NoSync:         !sync,
		PageSize:       pageSize,
		NoFreelistSync: true, // rebuilt on opening; saves pages in every commit
		FreelistType:   bbolt.FreelistMapType,
	})
	if errors.Is(err, bbolterrors.ErrTimeout) {
		return nil, fmt.Errorf("%s is in use — another process holds its lock — stop that process, or talk to it instead", path)
	}
	if err != nil {
		return nil, fmt.Errorf("%s cannot be opened — %w — check the path, its permissions and the disk", path, err)
	}
	f := &filePages{db: db, sync: sync, newest: newLayer(), layerMax: layerBytesMax}
	if err := f.recover(path); err != nil {
		return nil, errors.Join(fmt.Errorf("%s cannot be recovered from its journals — %w — restore a backup of all three files", path, err), f.release())
	}
	return f, nil
}

func (f *filePages) view(read func(reader) error) error {
	f.layers.RLock()
	defer f.layers.RUnlock()
	return f.db.View(func(tx *bbolt.Tx) error { return read(f.above(tx)) })
}

// above reads a transaction of the file through the layers; the caller holds
// the lock or leads the group.
func (f *filePages) above(tx *bbolt.Tx) *layered {
	l := &layered{layers: []*layer{f.newest}, base: tx}
	if f.older != nil {
		l.layers = append(l.layers, f.older)
	}
	return l
}

// close writes everything down into the file, which then stands alone.
func (f *filePages) close() error {
	f.checkpointing.Wait()
	err := f.failed()
	if err == nil {
		f.older, f.newest = f.newest, newLayer()
		err = f.checkpoint(f.journals[f.current].generation, atOnce)
	}
	if err = errors.Join(err, f.release()); err != nil {
		return err
	}
	for _, j := range f.journals {
		err = errors.Join(err, os.Remove(j.file.Name()))
	}
	return err
}

func (f *filePages) release() error {
	err := f.db.Close()
	for _, j := range f.journals {
		if j != nil {
			err = errors.Join(err, j.file.Close())
		}
	}
	return err
}

func (f *filePages) failed() error {
	if err := f.failure.Load(); err != nil {
		return *err
	}
	return nil
}

func (f *filePages) counts() (commits, syncs uint64) {
	commits = f.commits.Load()
	if f.sync {
		syncs = commits - f.unsynced.Load()
	}
	return commits, syncs
}

// flush returns once everything that is committed is on the disk.
func (f *filePages) flush() error {
	if f.flushed.Load() >= f.unsynced.Load() {
		return nil
	}
	f.flushing.Lock()
	defer f.flushing.Unlock()
	upTo := f.unsynced.Load()
	if f.flushed.Load() >= upTo {
		return nil // by somebody else, while this one waited
	}
	if err := errors.Join(f.journals[0].flush(), f.journals[1].flush()); err != nil {
		return err
	}
	f.flushed.Store(upTo)
	return nil
}

func (f *filePages) update(c change) error {
	mine := &pending{change: c, turn: make(chan bool, 1)}
	f.lock.Lock()
	f.waiting = append(f.waiting, mine)
	lead := !f.busy
	f.busy = true
	f.lock.Unlock()
	if lead || <-mine.turn {
		f.commitGroup()
	}
	// Whoever is answered goes to the end of the line: else one processor serves
	// the same few again while the rest of a group stand in the other one's queue.
	runtime.Gosched()
	return mine.err
}

// commitGroup commits everything that is waiting, tells the owners, and hands
// the lead to the first of those who came meanwhile.
func (f *filePages) commitGroup() {
	f.lock.Lock()
	group := f.waiting
	f.waiting = nil
	f.lock.Unlock()

	defer func() { // also when a change panics: the others must not hang
		for _, p := range group {
			p.turn <- false // for the leader itself it stays in the buffer
		}
		// The last to be woken runs first: the disk must not wait for those who are done.
		f.lock.Lock()
		f.busy = len(f.waiting) > 0
		if f.busy {
			f.waiting[0].turn <- true
		}
		f.lock.Unlock()
	}()
	for _, p := range group {
		p.err = errInterrupted
	}
	if err := f.commit(group); err != nil {
		// Even a refusal may rest on what the group wrote and then lost.
		for _, p := range group {
			p.err = internal("write failed — %v — check the disk and try again", err)
		}
	}
}

var errInterrupted = internal("write failed — the engine was interrupted — try again")

// commit runs the group on a layer of its own, which becomes visible once the
// journal has it. A group in which everything was refused does not touch the disk.
func (f *filePages) commit(group []*pending) error {
	if err := f.failed(); err != nil {
		return err
	}
	staged, err := f.stage(group)
	if err != nil || len(staged.spaces) == 0 {
		return err
	}
	held := f.held.Load()
	if err := f.journals[f.current].append(f.record, held); err != nil {
		return err
	}
	f.commits.Add(1)
	if held && f.sync {
		f.unsynced.Add(1)
	}
	f.layers.Lock()
	f.newest.add(staged)
	f.layers.Unlock()
	f.writeDownWhenLarge()
	return nil
}

// stage decides and applies the group's changes one after the other, each
// seeing those before it.
func (f *filePages) stage(group []*pending) (*layer, error) {
	f.layers.RLock()
	tx, err := f.db.Begin(false)
	if err != nil {
		f.layers.RUnlock()
		return nil, err
	}
	defer func() { _ = tx.Rollback() }() // ends the reading
	under := f.above(tx)
	f.layers.RUnlock() // nobody but the leader changes these two layers
	pages := &stage{layered: under, own: newLayer(), record: newRecord(f.record), last: map[string][]byte{}}
	under.layers = append([]*layer{pages.own}, under.layers...)
	for _, p := range group {
		if p.err = p.change.decide(pages); p.err != nil {
			continue
		}
		if err := p.change.apply(pages); err != nil {
			return nil, err
		}
	}
	f.record = pages.record
	return pages.own, nil
}

// stage is a group's view while it is being decided: what it writes, above
// everything committed. It writes the journal's record as it goes.
type stage struct {
	*layered
	own    *layer
	record []byte
	last   map[string][]byte // of the spaces of sequence numbers that the group appended to
}

func (s *stage) put(space string, key, value []byte) error {
	if value == nil {
		value = []byte{} // nil says that the key is gone
	}
	s.own.put(space, key, value)
	s.record = appendStep(s.record, stepPut, space, key, value)
	return nil
}

func (s *stage) append(space string, value []byte) error {
	last, known := s.last[space]
	if !known {
		last, _ = s.cursor(space).last()
	}
	s.last[space] = sequenceAfter(last)
	return s.put(space, s.last[space], value)
}

func (s *stage) remove(space string, key []byte) error {
	s.own.put(space, bytes.Clone(key), nil)
	s.record = appendStep(s.record, stepRemove, space, key, nil)
	return nil
}

// drop removes every key: tables and indexes are dropped seldom.
func (s *stage) drop(space string) error {
	delete(s.last, space)
	var keys [][]byte
	c := s.cursor(space)
	for k, _ := c.seek(nil); k != nil; k, _ = c.next() {
		keys = append(keys, bytes.Clone(k))
	}
	for _, k := range keys {
		if err := s.remove(space, k); err != nil {
			return err
		}
	}
	return nil
}
