package store

import (
	"encoding/json"
	"strings"
	"time"

	"duly/shared/o2c"
)

func (a address) key() item { return item{text(attrPK, a.pk), text(attrSK, a.sk)} }

// row is an item that stands there. Few have more attributes than they are made
// with; a document's may be listed, due and expire.
func (a address) row(more ...attribute) item {
	it := make(item, 0, len(more)+7)
	return append(append(it, text(attrPK, a.pk), text(attrSK, a.sk)), more...)
}

// address is where an item stands.
func (it item) address() address { return address{it.text(attrPK), it.text(attrSK)} }

// time is the instant of that name, the zero time when there is none.
func (it item) time(name string) time.Time {
	t, _ := time.Parse(time.RFC3339Nano, it.text(name))
	return t
}

// storedFrom reads a document's row; a missing row is a document of version 0.
func (s Shapes) storedFrom(key o2c.Key, it item) (o2c.Stored, error) {
	if it == nil {
		return o2c.Stored{Key: key}, nil
	}
	body, err := s.Read(key, it.number(attrSchema), json.RawMessage(it.text(attrBody)))
	if err != nil {
		return o2c.Stored{}, err
	}
	d := o2c.Stored{
		Key: key, Version: it.number(attrVer), Head: it.text(attrHead), Count: it.number(attrEvents),
		Body: body, At: it.time(attrAt),
	}
	if ttl := it.number(attrTTL); ttl != 0 {
		d.Expires = time.Unix(ttl, 0).UTC()
	}
	return d, nil
}

func counterFrom(key o2c.Key, it item) o2c.Counter {
	c := o2c.Counter{Key: key, Exists: it != nil, Values: map[string]int64{}}
	for _, a := range it {
		if value, ok := strings.CutPrefix(a.name, prefixN); ok {
			c.Values[value] = it.number(a.name)
		}
	}
	return c
}
