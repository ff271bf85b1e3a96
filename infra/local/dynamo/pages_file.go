package dynamo

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"go.etcd.io/bbolt"
	bbolterrors "go.etcd.io/bbolt/errors"
)

// filePages keeps the spaces as buckets of one bbolt file. Writers that arrive
// while a commit is being synced share the next one, so 64 writers need far
// fewer than 64 syncs; a writer that is alone never waits for company.
type filePages struct {
	db      *bbolt.DB
	sync    bool
	commits atomic.Uint64

	lock    sync.Mutex
	waiting []*pending
	busy    bool // somebody is committing a group, or has been told to
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

func openFilePages(path string, sync bool) (*filePages, error) {
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{
		Timeout:        lockWaitMax,
		NoSync:         !sync,
		NoFreelistSync: true, // rebuilt on opening; saves pages in every commit
		FreelistType:   bbolt.FreelistMapType,
	})
	if errors.Is(err, bbolterrors.ErrTimeout) {
		return nil, fmt.Errorf("%s is in use — another process holds its lock — stop that process, or talk to it instead", path)
	}
	if err != nil {
		return nil, fmt.Errorf("%s cannot be opened — %w — check the path, its permissions and the disk", path, err)
	}
	return &filePages{db: db, sync: sync}, nil
}

func (f *filePages) view(read func(reader) error) error {
	return f.db.View(func(tx *bbolt.Tx) error { return read(&fileTx{tx: tx}) })
}

func (f *filePages) close() error { return f.db.Close() }

func (f *filePages) counts() (commits, syncs uint64) {
	commits = f.commits.Load()
	if f.sync {
		syncs = commits
	}
	return commits, syncs
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
		f.lock.Lock()
		f.busy = len(f.waiting) > 0
		if f.busy {
			f.waiting[0].turn <- true
		}
		f.lock.Unlock()
		for _, p := range group {
			p.turn <- false // for the leader itself it stays in the buffer
		}
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

// commit runs the group in one bbolt transaction. One in which everything was
// refused ends without touching the disk.
func (f *filePages) commit(group []*pending) error {
	tx, err := f.db.Begin(true)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // after a commit it does nothing
	pages := &fileTx{tx: tx}
	written := false
	for _, p := range group {
		if p.err = p.change.decide(pages); p.err != nil {
			continue
		}
		if err := p.change.apply(pages); err != nil {
			return err
		}
		written = true
	}
	if !written {
		return nil
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	f.commits.Add(1)
	return nil
}

// fileTx is one bbolt transaction as reader and writer.
type fileTx struct{ tx *bbolt.Tx }

func (t *fileTx) get(space string, key []byte) []byte {
	if b := t.tx.Bucket([]byte(space)); b != nil {
		return b.Get(key)
	}
	return nil
}

func (t *fileTx) cursor(space string) cursor {
	if b := t.tx.Bucket([]byte(space)); b != nil {
		return fileCursor{b.Cursor()}
	}
	return &runCursor{run: &run{}}
}

func (t *fileTx) put(space string, key, value []byte) error {
	b, err := t.tx.CreateBucketIfNotExists([]byte(space))
	if err != nil {
		return err
	}
	return b.Put(key, value)
}

func (t *fileTx) remove(space string, key []byte) error {
	if b := t.tx.Bucket([]byte(space)); b != nil {
		return b.Delete(key)
	}
	return nil
}

func (t *fileTx) drop(space string) error {
	err := t.tx.DeleteBucket([]byte(space))
	if errors.Is(err, bbolterrors.ErrBucketNotFound) {
		return nil
	}
	return err
}

type fileCursor struct{ c *bbolt.Cursor }

func (c fileCursor) seek(key []byte) (k, v []byte) { return c.c.Seek(key) }
func (c fileCursor) last() (k, v []byte)           { return c.c.Last() }
func (c fileCursor) next() (k, v []byte)           { return c.c.Next() }
func (c fileCursor) prev() (k, v []byte)           { return c.c.Prev() }
