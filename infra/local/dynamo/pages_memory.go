package dynamo

import (
	"bytes"
	"slices"
	"sort"
	"sync"
)

// memoryPages keeps every space as a sorted run of entries. Writers exclude
// readers, which is no loss: a change takes microseconds.
type memoryPages struct {
	lock    sync.RWMutex
	spaces  map[string]*run
	commits uint64
}

func newMemoryPages() *memoryPages { return &memoryPages{spaces: map[string]*run{}} }

func (m *memoryPages) view(read func(reader) error) error {
	m.lock.RLock()
	defer m.lock.RUnlock()
	return read(m)
}

func (m *memoryPages) update(c change) error {
	m.lock.Lock()
	defer m.lock.Unlock()
	if err := c.decide(m); err != nil {
		return err
	}
	m.commits++
	return c.apply(m)
}

func (m *memoryPages) close() error { return nil }

func (m *memoryPages) counts() (commits, syncs uint64) {
	m.lock.RLock()
	defer m.lock.RUnlock()
	return m.commits, 0
}

func (m *memoryPages) get(space string, key []byte) []byte {
	if r := m.spaces[space]; r != nil {
		if at, found := r.find(key); found {
			return r.at(at).value
		}
	}
	return nil
}

func (m *memoryPages) cursor(space string) cursor {
	if r := m.spaces[space]; r != nil {
		return &runCursor{run: r}
	}
	return &runCursor{run: &run{}}
}

func (m *memoryPages) put(space string, key, value []byte) error {
	r := m.spaces[space]
	if r == nil {
		r = &run{}
		m.spaces[space] = r
	}
	r.put(entry{key, value})
	return nil
}

func (m *memoryPages) append(space string, value []byte) error {
	last, _ := m.cursor(space).last()
	return m.put(space, sequenceAfter(last), value)
}

func (m *memoryPages) remove(space string, key []byte) error {
	if r := m.spaces[space]; r != nil {
		r.remove(key)
	}
	return nil
}

func (m *memoryPages) drop(space string) error {
	delete(m.spaces, space)
	return nil
}

type entry struct{ key, value []byte }

// run is a sorted sequence of entries cut into blocks, so that an insert moves
// at most one block: a B-tree of two levels, which is enough for some million
// entries. No block is ever empty.
type run struct {
	blocks [][]entry
	latest place // where an entry was put last, if it is still there
}

const blockEntriesMax = 256

// place is a position in a run: an entry of a block. One past the last entry of
// the last block is the end.
type place struct{ block, entry int }

func (r *run) at(p place) *entry { return &r.blocks[p.block][p.entry] }

// find gives the place of the key, or of the first entry after it.
func (r *run) find(key []byte) (place, bool) {
	block := sort.Search(len(r.blocks), func(i int) bool { return bytes.Compare(r.blocks[i][0].key, key) > 0 })
	if block == 0 {
		return place{}, false
	}
	entries := r.blocks[block-1]
	at, found := slices.BinarySearchFunc(entries, key, func(e entry, key []byte) int { return bytes.Compare(e.key, key) })
	if at == len(entries) && block < len(r.blocks) {
		return place{block, 0}, false
	}
	return place{block - 1, at}, found
}

func (r *run) put(e entry) {
	if len(r.blocks) == 0 {
		r.blocks = [][]entry{{e}}
		return
	}
	p, next := r.next(e.key)
	if !next {
		var found bool
		if p, found = r.find(e.key); found {
			*r.at(p) = e
			return
		}
	}
	if p.entry == 0 && p.block > 0 { // belongs to the end of the block before as well
		p = place{p.block - 1, len(r.blocks[p.block-1])}
	}
	entries := slices.Insert(r.blocks[p.block], p.entry, e)
	r.blocks[p.block], r.latest = entries, p
	if len(entries) > blockEntriesMax {
		half := blockEntriesMax / 2
		if p.entry == len(entries)-1 {
			half = len(entries) - 1 // keys that only grow, such as a stream's, leave full blocks behind
		}
		rest := append(make([]entry, 0, blockEntriesMax+1), entries[half:]...)
		clear(entries[half:])
		r.blocks[p.block] = entries[:half]
		r.blocks = slices.Insert(r.blocks, p.block+1, rest)
	}
}

// next gives the place behind the entry that was put last if the key belongs
// there: entries often come in order.
func (r *run) next(key []byte) (place, bool) {
	p := r.latest
	if p.block >= len(r.blocks) || p.entry >= len(r.blocks[p.block]) || bytes.Compare(r.at(p).key, key) >= 0 {
		return p, false
	}
	p.entry++
	following := p
	if p.entry == len(r.blocks[p.block]) {
		following = place{p.block + 1, 0}
	}
	return p, following.block == len(r.blocks) || bytes.Compare(r.at(following).key, key) > 0
}

func (r *run) remove(key []byte) {
	p, found := r.find(key)
	if !found {
		return
	}
	entries := slices.Delete(r.blocks[p.block], p.entry, p.entry+1)
	r.blocks[p.block] = entries
	if len(entries) == 0 {
		r.blocks = slices.Delete(r.blocks, p.block, p.block+1)
	}
}

type runCursor struct {
	run   *run
	place place
}

func (c *runCursor) seek(key []byte) (k, v []byte) {
	c.place, _ = c.run.find(key)
	return c.here()
}

func (c *runCursor) last() (k, v []byte) {
	if len(c.run.blocks) == 0 {
		return nil, nil
	}
	block := len(c.run.blocks) - 1
	c.place = place{block, len(c.run.blocks[block]) - 1}
	return c.here()
}

func (c *runCursor) next() (k, v []byte) {
	c.place.entry++
	if c.place.block < len(c.run.blocks)-1 && c.place.entry == len(c.run.blocks[c.place.block]) {
		c.place = place{c.place.block + 1, 0}
	}
	return c.here()
}

func (c *runCursor) prev() (k, v []byte) {
	switch {
	case c.place.entry > 0:
		c.place.entry--
	case c.place.block > 0:
		c.place = place{c.place.block - 1, len(c.run.blocks[c.place.block-1]) - 1}
	default:
		return nil, nil
	}
	return c.here()
}

func (c *runCursor) here() (k, v []byte) {
	if c.place.block >= len(c.run.blocks) || c.place.entry >= len(c.run.blocks[c.place.block]) {
		return nil, nil
	}
	e := c.run.at(c.place)
	return e.key, e.value
}
