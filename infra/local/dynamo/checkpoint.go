package dynamo

import (
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"go.etcd.io/bbolt"
)

// layerBytesMax is how much may gather above the file before it is written down:
// enough that a page is written once for many changes, little enough to be read
// again in a moment after a crash.
const layerBytesMax = 32 << 20

// checkpointEntriesMax bounds one transaction of a checkpoint, so that the
// journal's syncs pass between two of them.
const checkpointEntriesMax = 1024

// checkpointRest is how long a checkpoint rests between two transactions, in
// times of what one took.
const checkpointRest = 3

// journalSpace holds, under a key of the same name, the newest generation whose
// changes are all in the file.
const journalSpace = "journal"

// layersMax is how many layers may gather while one is written down: whoever
// writes faster than that waits for it, or memory would have no bound.
const layersMax = 2

// writeDownWhenLarge starts a checkpoint: what is newest becomes older, the
// other journal takes what comes next. One checkpoint runs at a time.
func (f *filePages) writeDownWhenLarge() {
	f.layers.Lock()
	if f.older != nil && f.newest.bytes >= layersMax*f.layerMax {
		f.layers.Unlock()
		f.checkpointing.Wait()
		f.layers.Lock()
	}
	if f.newest.bytes < f.layerMax || f.older != nil {
		f.layers.Unlock()
		return
	}
	f.older, f.newest = f.newest, newLayer()
	f.layers.Unlock()
	generation := f.journals[f.current].generation
	if err := f.flush(); err != nil { // a crash must not find the next journal without all of this one
		err = fmt.Errorf("checkpoint: %w", err)
		f.failure.Store(&err)
		return
	}
	f.current = 1 - f.current
	f.journals[f.current].begin(generation + 1)
	f.checkpointing.Go(func() {
		if err := f.checkpoint(generation, f.rest); err != nil {
			err = fmt.Errorf("checkpoint: %w", err)
			f.failure.Store(&err)
		}
	})
}

// checkpoint writes the older layer down into the file. Until all of it is
// there the layer above hides what is, and after a crash the journal does it
// again from the start, to the same end.
func (f *filePages) checkpoint(generation uint64, rest func(took time.Duration)) error {
	var batch []spaceEntry
	flush := func() error {
		defer func() { batch = batch[:0] }()
		began := time.Now()
		err := f.db.Update(func(tx *bbolt.Tx) error { return writeDown(tx, batch) })
		rest(time.Since(began))
		return err
	}
	for _, space := range slices.Sorted(maps.Keys(f.older.spaces)) {
		for _, block := range f.older.spaces[space].blocks {
			for _, e := range block {
				batch = append(batch, spaceEntry{space, e})
				if len(batch) == checkpointEntriesMax {
					if err := flush(); err != nil {
						return err
					}
				}
			}
		}
	}
	batch = append(batch, spaceEntry{journalSpace, entry{[]byte(journalSpace), binary.BigEndian.AppendUint64(nil, generation)}})
	if err := flush(); err != nil {
		return err
	}
	f.layers.Lock()
	f.older = nil
	f.layers.Unlock()
	return nil
}

// atOnce is for when nobody writes meanwhile.
func atOnce(time.Duration) {}

// rest leaves the processor and the disk to the writers for a while after a
// transaction of a checkpoint, unless they write faster than it does.
func (f *filePages) rest(took time.Duration) {
	f.layers.RLock()
	hurry := f.newest.bytes > f.layerMax
	f.layers.RUnlock()
	if !hurry {
		time.Sleep(checkpointRest * took)
	}
}

// spaceEntry is an entry and where it belongs.
type spaceEntry struct {
	space string
	entry
}

func writeDown(tx *bbolt.Tx, steps []spaceEntry) error {
	var b *bbolt.Bucket
	for i, s := range steps {
		var err error
		if i == 0 || s.space != steps[i-1].space {
			if b, err = tx.CreateBucketIfNotExists([]byte(s.space)); err != nil {
				return err
			}
			if strings.HasPrefix(s.space, streamPrefix) {
				b.FillPercent = 1 // nothing comes between sequence numbers
			}
		}
		if s.value == nil {
			err = b.Delete(s.key)
		} else {
			err = b.Put(s.key, s.value)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// recover opens the journals beside the file and writes down what only they
// have, the older generation first.
func (f *filePages) recover(path string) error {
	kept, err := f.keptGeneration()
	if err != nil {
		return err
	}
	last := kept
	for i := range f.journals {
		if f.journals[i], err = openJournal(fmt.Sprintf("%s-journal%d", path, i), f.sync); err != nil {
			return err
		}
	}
	if f.sync { // a new file is there after a power cut only if its folder says so
		if err := syncFolder(filepath.Dir(path)); err != nil {
			return err
		}
	}
	found := map[uint64][][]byte{}
	for _, j := range f.journals {
		records, err := j.load()
		if err != nil {
			return err
		}
		if j.generation > kept {
			found[j.generation] = records
			last = max(last, j.generation)
		}
	}
	if len(found) > 0 {
		f.older = newLayer()
		for _, generation := range slices.Sorted(maps.Keys(found)) {
			for _, steps := range found[generation] {
				if err := replay(steps, f.older); err != nil {
					return err
				}
			}
		}
		if err := f.checkpoint(last, atOnce); err != nil {
			return err
		}
	}
	f.journals[f.current].begin(last + 1)
	return nil
}

func syncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

func (f *filePages) keptGeneration() (uint64, error) {
	var kept uint64
	err := f.db.View(func(tx *bbolt.Tx) error {
		if b := tx.Bucket([]byte(journalSpace)); b != nil {
			kept = binary.BigEndian.Uint64(b.Get([]byte(journalSpace)))
		}
		return nil
	})
	return kept, err
}
