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

	space     string   // where its entries are
	projected []string // the attributes that an index without ALL carries, sorted
}

const (
	projectAll     = "ALL"
	projectKeys    = "KEYS_ONLY"
	projectInclude = "INCLUDE"
)

// keyOf encodes the item's place in the index; nil when the item is not in it.
func (ix *index) keyOf(it item, primary []byte) []byte {
	var room [keyBytesUsual]byte
	key := room[:0]
	for _, name := range ix.Key.names() {
		v := it.find(name)
		if v == nil {
			return nil
		}
		key = v.appendKeyPart(key)
	}
	return bytes.Clone(append(key, primary...))
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
			oldEntry = ix.entry(before)
		}
		if oldKey != nil && moved {
			changes = append(changes, indexChange{ix.Name, ix.space, oldKey, nil, oldEntry.size})
		}
		if newKey == nil {
			continue
		}
		if entry := ix.entry(after); moved || !bytes.Equal(entry.stored, oldEntry.stored) {
			changes = append(changes, indexChange{ix.Name, ix.space, newKey, entry.stored, entry.size})
		}
	}
	return changes
}

// entry is what an index keeps of an item.
func (ix *index) entry(of image) image {
	if ix.Projection == projectAll {
		return of
	}
	kept := of.item.only(ix.projected)
	return image{item: kept, stored: kept.encode(), size: kept.size()}
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
