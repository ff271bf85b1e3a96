package store

import (
	"encoding/json"
	"strings"
	"time"

	"duly/shared/o2c"
)

func (a address) key() item { return item{attrPK: text(a.pk), attrSK: text(a.sk)} }

func addressIn(it item) address { return address{textIn(it, attrPK), textIn(it, attrSK)} }

func timeIn(it item, name string) time.Time {
	t, _ := time.Parse(time.RFC3339Nano, textIn(it, name)) // absent: the zero time
	return t
}

// storedFrom reads a document's row; a missing row is a document of version 0.
func (s Shapes) storedFrom(key o2c.Key, it item) (o2c.Stored, error) {
	if it == nil {
		return o2c.Stored{Key: key}, nil
	}
	body, err := s.Read(key, numberIn(it, attrSchema), json.RawMessage(textIn(it, attrBody)))
	if err != nil {
		return o2c.Stored{}, err
	}
	d := o2c.Stored{
		Key: key, Version: numberIn(it, attrVer), Head: textIn(it, attrHead), Count: numberIn(it, attrEvents),
		Body: body, At: timeIn(it, attrAt),
	}
	if ttl := numberIn(it, attrTTL); ttl != 0 {
		d.Expires = time.Unix(ttl, 0).UTC()
	}
	return d, nil
}

func counterFrom(key o2c.Key, it item) o2c.Counter {
	c := o2c.Counter{Key: key, Exists: it != nil, Values: map[string]int64{}}
	for name := range it {
		if value, ok := strings.CutPrefix(name, prefixN); ok {
			c.Values[value] = numberIn(it, name)
		}
	}
	return c
}
