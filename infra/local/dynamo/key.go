package dynamo

import "slices"

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
func appendKeyPart(key, part []byte) []byte {
	key = appendKeyPrefix(key, part)
	return append(key, 0x00, 0x01)
}

// appendKeyPrefix is the same without the closing mark: every key that begins
// with it has an attribute that begins with part.
func appendKeyPrefix(key, part []byte) []byte {
	key = slices.Grow(key, len(part)+2) // with the mark behind it
	for _, b := range part {
		key = append(key, b)
		if b == 0x00 {
			key = append(key, 0xff)
		}
	}
	return key
}

// sortable is the value's order-preserving form inside a key; only S, N and B can be keys.
func (v *value) sortable() []byte {
	if v.kind == kindNumber {
		return v.number().sortable()
	}
	return []byte(v.text)
}

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
	var key []byte
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
		key = appendKeyPart(key, v.sortable())
	}
	return key, nil
}

// keyOfKey encodes a Key parameter, which must hold the key attributes and nothing else.
func (t *table) keyOfKey(given item) ([]byte, error) {
	mismatch := invalid("The provided key element does not match the schema")
	names := t.Key.names()
	if len(given) != len(names) {
		return nil, mismatch
	}
	for _, name := range names {
		if v := given.find(name); v == nil || v.kind != t.kindOf(name) {
			return nil, mismatch
		}
	}
	return t.keyOfItem(given)
}

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
