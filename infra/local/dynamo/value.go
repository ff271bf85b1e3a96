package dynamo

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// kind is the type of an attribute value.
type kind byte

const (
	kindString kind = iota + 1
	kindNumber
	kindBinary
	kindBool
	kindNull
	kindList
	kindMap
	kindStringSet
	kindNumberSet
	kindBinarySet
)

// kindNames are the type letters of the wire, in the order of the constants.
var kindNames = [...]string{"", "S", "N", "B", "BOOL", "NULL", "L", "M", "SS", "NS", "BS"}

func (k kind) String() string { return kindNames[k] }

func (k kind) isSet() bool { return k >= kindStringSet }

// element is the type of a set's members.
func (k kind) element() kind { return k - kindStringSet + kindString }

// kindOf finds the type of a wire letter; 0 when there is none.
func kindOf(name string) kind {
	for k := kindString; k <= kindBinarySet; k++ {
		if kindNames[k] == name {
			return k
		}
	}
	return 0
}

// value is one attribute value. Which field counts depends on the kind. Values
// are never changed once built: an update builds new ones along its path.
type value struct {
	kind  kind
	truth bool   // BOOL
	text  string // S; N in canonical decimal form; B as raw bytes
	parts *parts // of L, M and sets
}

// parts stand apart from their value: nearly all values are texts and numbers.
type parts struct {
	list    []value  // L
	fields  item     // M
	members []string // a set, each in the form of text, sorted
}

func listValue(list []value) value { return value{kind: kindList, parts: &parts{list: list}} }

func mapValue(fields item) value { return value{kind: kindMap, parts: &parts{fields: fields}} }

func setValue(k kind, members []string) value { return value{kind: k, parts: &parts{members: members}} }

func (v *value) list() []value {
	if v.parts == nil {
		return nil
	}
	return v.parts.list
}

func (v *value) fields() item {
	if v.parts == nil {
		return nil
	}
	return v.parts.fields
}

func (v *value) members() []string {
	if v.parts == nil {
		return nil
	}
	return v.parts.members
}

// attribute is a named value.
type attribute struct {
	name  string
	value value
}

// item is a row, or the fields of a map: attributes sorted by name, each once.
// A sorted slice keeps behaviour free of map order, gives equal items equal
// stored bytes, and is quicker than a map at the size rows have.
type item []attribute

func numberValue(n number) value { return value{kind: kindNumber, text: n.String()} }

// number reads a stored N; its text was checked at the door.
func (v *value) number() number {
	n, _ := parseNumber(v.text)
	return n
}

// find gives the attribute's value, nil when the item has none.
func (it item) find(name string) *value {
	at, found := it.search(name)
	if !found {
		return nil
	}
	return &it[at].value
}

func (it item) search(name string) (int, bool) {
	return slices.BinarySearchFunc(it, name, func(a attribute, name string) int {
		return strings.Compare(a.name, name)
	})
}

// with is a copy of the item in which name holds v.
func (it item) with(name string, v value) item {
	at, found := it.search(name)
	if found {
		changed := slices.Clone(it)
		changed[at].value = v
		return changed
	}
	changed := make(item, 0, len(it)+1)
	changed = append(changed, it[:at]...)
	changed = append(changed, attribute{name, v})
	return append(changed, it[at:]...)
}

// without is a copy of the item that lacks name.
func (it item) without(name string) item {
	at, found := it.search(name)
	if !found {
		return it
	}
	return slices.Delete(slices.Clone(it), at, at+1)
}

// only keeps the named attributes; names must be sorted.
func (it item) only(names []string) item {
	kept := make(item, 0, len(names))
	for _, name := range names {
		if v := it.find(name); v != nil {
			kept = append(kept, attribute{name, *v})
		}
	}
	return kept
}

// texts is an item of nothing but texts as a map; nil for no item.
func (it item) texts() map[string]string {
	if it == nil {
		return nil
	}
	texts := map[string]string{}
	for _, a := range it {
		texts[a.name] = a.value.text
	}
	return texts
}

// size is the item's size as DynamoDB counts it for limits and capacity: names
// plus values in bytes.
func (it item) size() int {
	total := 0
	for i := range it {
		total += len(it[i].name) + it[i].value.size()
	}
	return total
}

// size follows the developer guide, "DynamoDB item sizes and formats": a list
// or map costs 3 bytes, and each of its elements one more.
func (v *value) size() int {
	switch v.kind {
	case kindString, kindBinary:
		return len(v.text)
	case kindNumber:
		return numberSize(v.text)
	case kindBool, kindNull:
		return 1
	case kindList:
		total := 3
		for i := range v.list() {
			total += 1 + v.list()[i].size()
		}
		return total
	case kindMap:
		return 3 + len(v.fields()) + v.fields().size()
	}
	total := 0
	for _, member := range v.members() {
		element := value{kind: v.kind.element(), text: member}
		total += element.size()
	}
	return total
}

// numberSize: about one byte for two significant digits, one more, and one for a minus sign.
func numberSize(text string) int {
	significant := strings.Trim(strings.Replace(text, ".", "", 1), "-0")
	size := (len(significant)+1)/2 + 1
	if text[0] == '-' {
		size++
	}
	return size
}

// equal compares type and content; numbers are canonical, so text suffices.
func (v *value) equal(other *value) bool {
	return v.kind == other.kind &&
		v.truth == other.truth &&
		v.text == other.text &&
		slices.Equal(v.members(), other.members()) &&
		slices.EqualFunc(v.list(), other.list(), func(a, b value) bool { return a.equal(&b) }) &&
		v.fields().equal(other.fields())
}

func (it item) equal(other item) bool {
	return slices.EqualFunc(it, other, func(a, b attribute) bool {
		return a.name == b.name && a.value.equal(&b.value)
	})
}

// compare orders two values of the same scalar type; ok is false when they have no order.
func (v *value) compare(other *value) (order int, ok bool) {
	if v.kind != other.kind {
		return 0, false
	}
	switch v.kind {
	case kindString, kindBinary:
		return strings.Compare(v.text, other.text), true
	case kindNumber:
		return v.number().compare(other.number()), true
	}
	return 0, false
}

// length is what size() answers in an expression; ok is false for types without one.
func (v *value) length() (length int, ok bool) {
	switch v.kind {
	case kindString:
		return utf8.RuneCountInString(v.text), true
	case kindBinary:
		return len(v.text), true
	case kindList:
		return len(v.list()), true
	case kindMap:
		return len(v.fields()), true
	case kindStringSet, kindNumberSet, kindBinarySet:
		return len(v.members()), true
	}
	return 0, false
}

// hasMember tells whether a set contains a scalar of its element type.
func (v *value) hasMember(member *value) bool {
	_, found := slices.BinarySearch(v.members(), member.text)
	return found && v.kind.element() == member.kind
}

// union and difference are the set arithmetic of ADD and DELETE.
func (v *value) union(other *value) value {
	members := slices.Concat(v.members(), other.members())
	slices.Sort(members)
	return setValue(v.kind, slices.Compact(members))
}

func (v *value) difference(other *value) value {
	var members []string
	for _, member := range v.members() {
		if _, drop := slices.BinarySearch(other.members(), member); !drop {
			members = append(members, member)
		}
	}
	return setValue(v.kind, members)
}
