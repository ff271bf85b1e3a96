package dynamo

import (
	"encoding/binary"
	"errors"
	"math/bits"
)

// The stored form of an item: a count, then name and value of each attribute in
// order of name; a value is its kind and its content; every text is preceded by
// its length. Equal items have equal bytes.

func (it item) appendBinary(out []byte) []byte {
	out = binary.AppendUvarint(out, uint64(len(it)))
	for i := range it {
		out = appendLengthed(out, it[i].name)
		out = it[i].value.appendBinary(out)
	}
	return out
}

func (v *value) appendBinary(out []byte) []byte {
	out = append(out, byte(v.kind))
	switch v.kind {
	case kindString, kindNumber, kindBinary:
		return appendLengthed(out, v.text)
	case kindBool:
		if v.truth {
			return append(out, 1)
		}
		return append(out, 0)
	case kindNull:
		return out
	case kindList:
		out = binary.AppendUvarint(out, uint64(len(v.list())))
		for i := range v.list() {
			out = v.list()[i].appendBinary(out)
		}
		return out
	case kindMap:
		return v.fields().appendBinary(out)
	}
	out = binary.AppendUvarint(out, uint64(len(v.members())))
	for _, member := range v.members() {
		out = appendLengthed(out, member)
	}
	return out
}

func appendLengthed[T string | []byte](out []byte, text T) []byte {
	out = binary.AppendUvarint(out, uint64(len(text)))
	return append(out, text...)
}

// encode is the stored form of an item.
func (it item) encode() []byte {
	return it.appendBinary(make([]byte, 0, it.storedSize()))
}

// storedSize is the number of bytes that appendBinary adds.
func (it item) storedSize() int {
	total := countSize(len(it))
	for i := range it {
		total += lengthedSize(it[i].name) + it[i].value.storedSize()
	}
	return total
}

func (v *value) storedSize() int {
	const kindSize = 1
	switch v.kind {
	case kindString, kindNumber, kindBinary:
		return kindSize + lengthedSize(v.text)
	case kindBool:
		return kindSize + 1
	case kindNull:
		return kindSize
	case kindMap:
		return kindSize + v.fields().storedSize()
	}
	total := kindSize + countSize(len(v.list())+len(v.members())) // a list has no members, a set has no list
	for i := range v.list() {
		total += v.list()[i].storedSize()
	}
	for _, member := range v.members() {
		total += lengthedSize(member)
	}
	return total
}

func lengthedSize(text string) int { return countSize(len(text)) + len(text) }

// countSize is the number of bytes of a count: seven bits in each.
func countSize(n int) int { return (bits.Len(uint(n|1)) + 6) / 7 }

var errDamaged = errors.New("stored item cannot be read — the file is damaged or from another version — restore a backup")

// decodeItem reads what encode wrote. The texts of the item share one copy of
// the stored bytes, which belong to the page store.
func decodeItem(stored []byte) (item, error) {
	r := binaryReader{rest: string(stored)}
	it := r.item()
	if r.damaged || r.rest != "" {
		return nil, errDamaged
	}
	return it, nil
}

type binaryReader struct {
	rest    string
	damaged bool
}

// count reads a length and refuses one that cannot be true: whatever is counted
// takes at least one byte.
func (r *binaryReader) count() int {
	var n uint64
	for shift := 0; shift < 64 && len(r.rest) > 0; shift += 7 {
		b := r.rest[0]
		r.rest = r.rest[1:]
		n |= uint64(b&0x7f) << shift
		if b < 0x80 {
			if n > uint64(len(r.rest)) {
				break
			}
			return int(n) //nolint:gosec // at most the length of what is left
		}
	}
	r.damaged, r.rest = true, ""
	return 0
}

func (r *binaryReader) text() string {
	n := r.count()
	text := r.rest[:n]
	r.rest = r.rest[n:]
	return text
}

// number is a text that has a digit at least.
func (r *binaryReader) number() string {
	text := r.text()
	if text == "" {
		r.damaged = true
	}
	return text
}

func (r *binaryReader) byte() byte {
	if r.rest == "" {
		r.damaged = true
		return 0
	}
	b := r.rest[0]
	r.rest = r.rest[1:]
	return b
}

func (r *binaryReader) item() item {
	it := make(item, r.count())
	for i := range it {
		it[i].name = r.text()
		r.value(&it[i].value)
	}
	return it
}

func (r *binaryReader) value(v *value) {
	v.kind = kind(r.byte())
	switch v.kind {
	case kindString, kindBinary:
		v.text = r.text()
	case kindNumber:
		v.text = r.number()
	case kindBool:
		v.truth = r.byte() == 1
	case kindNull:
	case kindList:
		list := make([]value, r.count())
		for i := range list {
			r.value(&list[i])
		}
		*v = listValue(list)
	case kindMap:
		*v = mapValue(r.item())
	case kindStringSet, kindNumberSet, kindBinarySet:
		read := r.text
		if v.kind == kindNumberSet {
			read = r.number
		}
		members := make([]string, r.count())
		for i := range members {
			members[i] = read()
		}
		*v = setValue(v.kind, members)
	default:
		r.damaged, r.rest = true, ""
	}
}
