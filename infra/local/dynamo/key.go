package dynamo

import (
	"bytes"
	"slices"
)

// keySchema names the attributes of a primary key or of an index key. Sort is
// empty when there is only a partition key.
type keySchema struct {
	Hash string
	Sort string `json:",omitempty"`
}

func (k keySchema) names() []string {
	if k.Sort == "" {
		return []string{k.Hash}
	}
	return []string{k.Hash, k.Sort}
}

func (k keySchema) has(name string) bool {
	return name != "" && (name == k.Hash || name == k.Sort)
}

// appendKeyPart adds one attribute's order-preserving bytes and a mark that
// sorts before every continuation, so that ("a", "b") and ("ab", "") stay apart
// and in order. A zero byte inside is escaped as 0x00 0xff.
func appendKeyPart[T string | []byte](key []byte, part T) []byte {
	key = appendKeyPrefix(key, part)
	return append(key, 0x00, 0x01)
}

// appendKeyPrefix is the same without the closing mark: every key that begins
// with it has an attribute that begins with part.
func appendKeyPrefix[T string | []byte](key []byte, part T) []byte {
	key = slices.Grow(key, len(part)+2) // with the mark behind it
	for i := range len(part) {
		key = append(key, part[i])
		if part[i] == 0x00 {
			key = append(key, 0xff)
		}
	}
	return key
}

// appendKeyPart adds the value to a key; only S, N and B can be keys.
func (v *value) appendKeyPart(key []byte) []byte {
	if v.kind == kindNumber {
		return appendKeyPart(key, v.number().sortable())
	}
	return appendKeyPart(key, v.text)
}

// appendKeyPrefix adds what every key begins with whose attribute begins with the value.
func (v *value) appendKeyPrefix(key []byte) []byte {
	if v.kind == kindNumber {
		return appendKeyPrefix(key, v.number().sortable())
	}
	return appendKeyPrefix(key, v.text)
}

// keyBytesUsual is how long most keys are at most: they are put together on the
// stack and kept in their size.
const keyBytesUsual = 128

// after is the smallest key greater than every key that begins with prefix; nil means the end.
func after(prefix []byte) []byte {
	for i := len(prefix) - 1; i >= 0; i-- {
		if prefix[i] < 0xff {
			next := append([]byte(nil), prefix[:i+1]...)
			next[i]++
			return next
		}
	}
	return nil
}

// keyOfItem encodes the primary key of a whole item.
func (t *table) keyOfItem(it item) ([]byte, error) {
	var room [keyBytesUsual]byte
	key := room[:0]
	for _, name := range t.Key.names() {
		v := it.find(name)
		if v == nil {
			return nil, invalid("One or more parameter values were invalid: Missing the key %s in the item", name)
		}
		if want := t.kindOf(name); v.kind != want {
			return nil, invalid("One or more parameter values were invalid: Type mismatch for key %s expected: %s actual: %s", name, want, v.kind)
		}
		if err := t.checkKeyBytes(name, v); err != nil {
			return nil, err
		}
		key = v.appendKeyPart(key)
	}
	return bytes.Clone(key), nil
}

// keyOfKey encodes a Key parameter, which must hold the key attributes and nothing else.
func (t *table) keyOfKey(given item) ([]byte, error) {
	names := t.Key.names()
	if len(given) != len(names) {
		return nil, errKeyMismatch
	}
	for _, name := range names {
		if v := given.find(name); v == nil || v.kind != t.kindOf(name) {
			return nil, errKeyMismatch
		}
	}
	return t.keyOfItem(given)
}

var errKeyMismatch = invalid("The provided key element does not match the schema")

func (t *table) checkKeyBytes(name string, v *value) error {
	limit, role := sortKeyBytesMax, "range"
	if name == t.Key.Hash {
		limit, role = hashKeyBytesMax, "hash"
	}
	switch {
	case v.kind != kindNumber && v.text == "":
		form := "string"
		if v.kind == kindBinary {
			form = "binary"
		}
		return invalid("One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty %s value. Key: %s", form, name)
	case v.kind != kindNumber && len(v.text) > limit:
		return invalid("One or more parameter values were invalid: Size of %skey has exceeded the maximum size limit of %d bytes", role, limit)
	}
	return nil
}
