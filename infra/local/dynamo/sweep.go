package dynamo

import (
	"bytes"
	"encoding/binary"
	"maps"
	"slices"
	"time"
)

const (
	// streamAgeMax: the service keeps stream records for 24 hours.
	streamAgeMax = 24 * time.Hour
	// expiredYearsMax: TTL leaves alone what would have expired more than five
	// years ago (developer guide, "Using time to live").
	expiredYearsMax = 5
	// sweptPerCommitMax bounds one commit of a sweep, so that others get in between.
	sweptPerCommitMax = 1000
)

// Sweep deletes the rows whose TTL has passed at now, the stream records older
// than 24 hours (the newest record of a stream stays, it carries the sequence
// number) and request tokens that protect no more. It returns the number of
// rows deleted. The service does all this by itself, within days; here the
// owner of the clock calls it.
func (e *Engine) Sweep(now time.Time) (rows int, err error) {
	e.schema.RLock()
	defer e.schema.RUnlock()
	for _, name := range slices.Sorted(maps.Keys(e.tables)) {
		t := e.tables[name]
		swept, err := e.sweepAll(&rowSweep{engine: e, table: t}, now)
		rows += swept
		if err != nil {
			return rows, err
		}
		if _, err := e.sweepAll(&recordSweep{table: t}, now); err != nil {
			return rows, err
		}
	}
	_, err = e.sweepAll(&tokenSweep{}, now)
	return rows, err
}

// sweeper is a change that finds what is too old, up to a bound, and removes it.
type sweeper interface {
	find(r reader, now time.Time) (found int, err error)
	remove(w writer) error
}

// sweepAll repeats a sweep until it finds no more, and commits only when it found something.
func (e *Engine) sweepAll(s sweeper, now time.Time) (total int, err error) {
	for {
		found := 0
		err := e.pages.view(func(r reader) error {
			var err error
			found, err = s.find(r, now)
			return err
		})
		if err != nil || found == 0 {
			return total, err
		}
		err = e.commit(changeFuncs{
			decision:    func(r reader) error { found, err = s.find(r, now); return err },
			application: s.remove,
		})
		total += found
		if err != nil || found < sweptPerCommitMax {
			return total, err
		}
	}
}

// rowSweep removes expired rows.
type rowSweep struct {
	engine *Engine
	table  *table
	rows   []sweptRow
}

type sweptRow struct {
	key     []byte
	image   image
	changes []indexChange
}

func (s *rowSweep) find(r reader, now time.Time) (int, error) {
	s.rows = nil
	end := expiryPrefix(now.Unix())
	oldest := expiryPrefix(max(0, now.AddDate(-expiredYearsMax, 0, 0).Unix()))
	c := r.cursor(s.table.expirySpace)
	for key, _ := c.seek(oldest); key != nil && bytes.Compare(key, end) < 0 && len(s.rows) < sweptPerCommitMax; key, _ = c.next() {
		primary := bytes.Clone(key[secondBytes:])
		row, err := readImage(r, s.table.itemSpace, primary)
		if err != nil {
			return 0, err
		}
		s.rows = append(s.rows, sweptRow{primary, row, s.table.indexChanges(primary, row, image{})})
	}
	return len(s.rows), nil
}

func (s *rowSweep) remove(w writer) error {
	for _, row := range s.rows {
		if err := s.table.replace(w, s.engine, row.key, row.image, image{}, row.changes, true); err != nil {
			return err
		}
	}
	return nil
}

// recordSweep removes stream records past their retention.
type recordSweep struct {
	table *table
	keys  [][]byte
}

func (s *recordSweep) find(r reader, now time.Time) (int, error) {
	s.keys = nil
	c := r.cursor(s.table.streamSpace)
	last, _ := c.last()
	newest := bytes.Clone(last)
	for key, stored := c.seek(nil); key != nil && !bytes.Equal(key, newest) && len(s.keys) < sweptPerCommitMax; key, stored = c.next() {
		if age(stored, now) <= streamAgeMax {
			break
		}
		s.keys = append(s.keys, bytes.Clone(key))
	}
	return len(s.keys), nil
}

func (s *recordSweep) remove(w writer) error {
	return removeAll(w, s.table.streamSpace, s.keys)
}

// tokenSweep forgets request tokens.
type tokenSweep struct{ keys [][]byte }

func (s *tokenSweep) find(r reader, now time.Time) (int, error) {
	s.keys = nil
	c := r.cursor(tokenSpace)
	for key, stored := c.seek(nil); key != nil && len(s.keys) < sweptPerCommitMax; key, stored = c.next() {
		if age(stored[tokenHeader:], now) > tokenAgeMax {
			s.keys = append(s.keys, bytes.Clone(key))
		}
	}
	return len(s.keys), nil
}

func (s *tokenSweep) remove(w writer) error { return removeAll(w, tokenSpace, s.keys) }

func removeAll(w writer, space string, keys [][]byte) error {
	for _, key := range keys {
		if err := w.remove(space, key); err != nil {
			return err
		}
	}
	return nil
}

// age reads the moment that stored bytes begin with.
func age(stored []byte, now time.Time) time.Duration {
	moment, _ := binary.Varint(stored)
	return now.Sub(time.UnixMilli(moment))
}
