package dynamo

import (
	"bytes"
	"slices"
)

// index is a global secondary index. Its space holds a projected copy of every
// item that has the index's key attributes (others are left out: a sparse
// index), under index key + primary key.
type index struct {
	Name       string
	Key        keySchema
	Projection string   // ALL, KEYS_ONLY or INCLUDE
	Include    []string `json:",omitempty"`
}

const (
	projectAll     = "ALL"
	projectKeys    = "KEYS_ONLY"
	projectInclude = "INCLUDE"
)

// keyOf encodes the item's place in the index; nil when the item is not in it.
func (ix *index) keyOf(it item, primary []byte) []byte {
	var key []byte
	for _, name := range ix.Key.names() {
		v := it.find(name)
		if v == nil {
			return nil
		}
		key = appendKeyPart(key, v.sortable())
	}
	return append(key, primary...)
}

// projected lists the attributes that an index without ALL carries, sorted.
func (t *table) projected(ix *index) []string {
	names := slices.Concat(t.Key.names(), ix.Key.names(), ix.Include)
	slices.Sort(names)
	return slices.Compact(names)
}

func (t *table) project(ix *index, it item) item {
	if ix.Projection == projectAll {
		return it
	}
	return it.only(t.projected(ix))
}

// positionKeys lists the attributes of a LastEvaluatedKey, sorted: the table's
// key and, on an index, the index's key.
func (t *table) positionKeys(ix *index) []string {
	names := t.Key.names()
	if ix != nil {
		names = slices.Concat(names, ix.Key.names())
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// checkIndexKeys refuses an item whose index key attributes have the wrong type or are empty.
func (t *table) checkIndexKeys(it item) error {
	for i := range t.Indexes {
		ix := &t.Indexes[i]
		for _, name := range ix.Key.names() {
			v := it.find(name)
			if v == nil {
				continue
			}
			if want := t.kindOf(name); v.kind != want {
				return invalid("One or more parameter values were invalid: Type mismatch for Index Key %s Expected: %s Actual: %s IndexName: %s", name, want, v.kind, ix.Name)
			}
			if v.kind != kindNumber && v.text == "" {
				return invalid("One or more parameter values are not valid. A value specified for a secondary index key is not supported. The AttributeValue for a key attribute cannot contain an empty string value. IndexName: %s, IndexKey: %s", ix.Name, name)
			}
			limit := sortKeyBytesMax
			if name == ix.Key.Hash {
				limit = hashKeyBytesMax
			}
			if v.kind != kindNumber && len(v.text) > limit {
				return invalid("One or more parameter values were invalid: Size of index key %s has exceeded the maximum size limit of %d bytes, IndexName: %s", name, limit, ix.Name)
			}
		}
	}
	return nil
}

// indexChange is one entry of one index to be written, or removed when value is nil.
type indexChange struct {
	index      string
	space      string
	key, value []byte
	bytes      int // billed size of the entry
}

// indexChanges lists what replacing one item by another means for the indexes;
// nil stands for no item.
func (t *table) indexChanges(primary []byte, before, now item) []indexChange {
	var changes []indexChange
	for i := range t.Indexes {
		ix := &t.Indexes[i]
		var oldKey, newKey []byte
		if before != nil {
			oldKey = ix.keyOf(before, primary)
		}
		if now != nil {
			newKey = ix.keyOf(now, primary)
		}
		moved := !bytes.Equal(oldKey, newKey)
		if oldKey != nil && moved {
			changes = append(changes, indexChange{ix.Name, t.indexSpace(ix), oldKey, nil, t.project(ix, before).size()})
		}
		if newKey == nil {
			continue
		}
		entry := t.project(ix, now)
		if moved || !entry.equal(t.project(ix, before)) {
			changes = append(changes, indexChange{ix.Name, t.indexSpace(ix), newKey, entry.encode(), entry.size()})
		}
	}
	return changes
}

func applyIndexChanges(w writer, changes []indexChange) error {
	for _, c := range changes {
		var err error
		if c.value == nil {
			err = w.remove(c.space, c.key)
		} else {
			err = w.put(c.space, c.key, c.value)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
