package dynamo

import (
	"bytes"

	"go.etcd.io/bbolt"
)

// layer holds changes that are not in the file below it yet. An entry without a
// value says that its key is gone.
type layer struct {
	spaces map[string]*run
	bytes  int // of what was put, for the decision to write it down
}

func newLayer() *layer { return &layer{spaces: map[string]*run{}} }

func (l *layer) put(space string, key, value []byte) {
	r := l.spaces[space]
	if r == nil {
		r = &run{}
		l.spaces[space] = r
	}
	r.put(entry{key, value})
	l.bytes += len(key) + len(value)
}

// add takes over all that another layer holds.
func (l *layer) add(other *layer) {
	for space, r := range other.spaces {
		for _, block := range r.blocks {
			for _, e := range block {
				l.put(space, e.key, e.value)
			}
		}
	}
}

// layered reads through layers, the newest first, into the file.
type layered struct {
	layers []*layer
	base   *bbolt.Tx
	opened []fileSpace
}

// fileSpace is a space of the file as one transaction sees it. Finding a bucket
// costs as much as finding a key in it, and so is done once.
type fileSpace struct {
	name   string
	bucket *bbolt.Bucket // nil: never written
	lookup *bbolt.Cursor
}

func (l *layered) open(space string) fileSpace {
	for _, s := range l.opened {
		if s.name == space {
			return s
		}
	}
	s := fileSpace{name: space, bucket: l.base.Bucket([]byte(space))}
	if s.bucket != nil {
		s.lookup = s.bucket.Cursor()
	}
	l.opened = append(l.opened, s)
	return s
}

func (l *layered) get(space string, key []byte) []byte {
	for _, one := range l.layers {
		if r := one.spaces[space]; r != nil {
			if at, found := r.find(key); found {
				return r.at(at).value
			}
		}
	}
	if in := l.open(space); in.bucket != nil {
		if k, v := present(in.lookup.Seek(key)); bytes.Equal(k, key) {
			return v
		}
	}
	return nil
}

func (l *layered) cursor(space string) cursor {
	c := &mergedCursor{sources: make([]source, 0, len(l.layers)+1)}
	for _, one := range l.layers {
		if r := one.spaces[space]; r != nil {
			c.sources = append(c.sources, source{cursor: &runCursor{run: r}})
		}
	}
	if in := l.open(space); in.bucket != nil {
		c.sources = append(c.sources, source{cursor: fileCursor{in.bucket.Cursor()}})
	}
	return c
}

// mergedCursor walks several cursors as one. Of equal keys the first source's
// counts.
type mergedCursor struct {
	sources []source
	forward bool
	at      []byte // nil: nowhere
}

// source is a cursor and where it stands.
type source struct {
	cursor
	key, value []byte
}

func (c *mergedCursor) seek(key []byte) (k, v []byte) {
	for i := range c.sources {
		s := &c.sources[i]
		s.key, s.value = s.cursor.seek(key)
	}
	c.forward = true
	return c.nearest()
}

func (c *mergedCursor) last() (k, v []byte) {
	for i := range c.sources {
		s := &c.sources[i]
		s.key, s.value = s.cursor.last()
	}
	c.forward = false
	return c.nearest()
}

func (c *mergedCursor) next() (k, v []byte) {
	if c.at == nil {
		return nil, nil
	}
	if !c.forward {
		for i := range c.sources {
			s := &c.sources[i]
			s.key, s.value = s.cursor.seek(c.at)
		}
		c.forward = true
	}
	c.leave()
	return c.nearest()
}

func (c *mergedCursor) prev() (k, v []byte) {
	if c.at == nil {
		return nil, nil
	}
	if c.forward {
		for i := range c.sources {
			s := &c.sources[i]
			if s.key, s.value = s.cursor.seek(c.at); s.key == nil {
				s.key, s.value = s.cursor.last()
			} else if !bytes.Equal(s.key, c.at) {
				s.key, s.value = s.cursor.prev()
			}
		}
		c.forward = false
	}
	c.leave()
	return c.nearest()
}

// leave moves every source off the key where the cursor stands.
func (c *mergedCursor) leave() {
	for i := range c.sources {
		s := &c.sources[i]
		switch {
		case s.key == nil || !bytes.Equal(s.key, c.at):
		case c.forward:
			s.key, s.value = s.cursor.next()
		default:
			s.key, s.value = s.cursor.prev()
		}
	}
}

// nearest goes to the next key of any source that is not gone.
func (c *mergedCursor) nearest() (k, v []byte) {
	for {
		var best *source
		for i := range c.sources {
			s := &c.sources[i]
			if s.key == nil {
				continue
			}
			if best == nil {
				best = s
				continue
			}
			if order := bytes.Compare(s.key, best.key); c.forward && order < 0 || !c.forward && order > 0 {
				best = s
			}
		}
		if best == nil {
			c.at = nil
			return nil, nil
		}
		c.at = best.key
		if best.value != nil {
			return best.key, best.value
		}
		c.leave()
	}
}

type fileCursor struct{ c *bbolt.Cursor }

func (c fileCursor) seek(key []byte) (k, v []byte) { return present(c.c.Seek(key)) }
func (c fileCursor) last() (k, v []byte)           { return present(c.c.Last()) }
func (c fileCursor) next() (k, v []byte)           { return present(c.c.Next()) }
func (c fileCursor) prev() (k, v []byte)           { return present(c.c.Prev()) }

// present gives an empty value that is there another face than no value.
func present(k, v []byte) (key, value []byte) {
	if k != nil && v == nil {
		return k, []byte{}
	}
	return k, v
}
