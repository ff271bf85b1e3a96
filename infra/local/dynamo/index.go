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

// indexChanges lists what replacing one image of an item by another means for the indexes.
func (t *table) indexChanges(primary []byte, before, after image) []indexChange {
	if bytes.Equal(before.stored, after.stored) {
		return nil
	}
	var changes []indexChange
	for i := range t.Indexes {
		ix := &t.Indexes[i]
		oldKey, newKey := ix.keyOf(before.item, primary), ix.keyOf(after.item, primary)
		moved := !bytes.Equal(oldKey, newKey)
		var oldEntry image
		if oldKey != nil {
			oldEntry = t.entry(ix, before)
		}
		if oldKey != nil && moved {
			changes = append(changes, indexChange{ix.Name, t.indexSpace(ix), oldKey, nil, oldEntry.item.size()})
		}
		if newKey == nil {
			continue
		}
		if entry := t.entry(ix, after); moved || !bytes.Equal(entry.stored, oldEntry.stored) {
			changes = append(changes, indexChange{ix.Name, t.indexSpace(ix), newKey, entry.stored, entry.item.size()})
		}
	}
	return changes
}

// entry is what an index keeps of an item.
func (t *table) entry(ix *index, of image) image {
	if ix.Projection == projectAll {
		return of
	}
	return imageOf(of.item.only(t.projected(ix)))
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
