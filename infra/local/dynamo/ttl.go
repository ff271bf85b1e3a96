package dynamo

import (
	"bytes"
	"fmt"
	"strconv"
)

type timeToLive struct {
	AttributeName string
	Enabled       bool
}

type updateTimeToLiveRequest struct {
	TableName               *string
	TimeToLiveSpecification *timeToLive
}

func (q *updateTimeToLiveRequest) check() error {
	var c constraints
	c.name("tableName", q.TableName, 1)
	c.present("timeToLiveSpecification", q.TimeToLiveSpecification != nil)
	if q.TimeToLiveSpecification != nil && q.TimeToLiveSpecification.AttributeName == "" {
		c.violate("'' ", "timeToLiveSpecification.attributeName", "have length greater than or equal to 1")
	}
	return c.err()
}

func (e *Engine) updateTimeToLive(body string) (any, error) {
	var q updateTimeToLiveRequest
	if err := readStrictly(body, &q); err != nil {
		return nil, err
	}
	e.schema.Lock()
	defer e.schema.Unlock()
	t, err := e.named(*q.TableName)
	if err != nil {
		return nil, err
	}
	wanted := *q.TimeToLiveSpecification
	switch {
	case wanted.Enabled && t.TTLAttribute == wanted.AttributeName:
		return nil, invalid("TimeToLive is already enabled")
	case wanted.Enabled && t.TTLAttribute != "":
		return nil, invalid("TimeToLive is active on a different AttributeName: current AttributeName is %s", t.TTLAttribute)
	case !wanted.Enabled && t.TTLAttribute == "":
		return nil, invalid("TimeToLive is already disabled")
	}
	t = t.clone()
	t.TTLAttribute = ""
	if wanted.Enabled {
		t.TTLAttribute = wanted.AttributeName
	}
	return struct{ TimeToLiveSpecification timeToLive }{wanted}, e.replaceTable(t, t.fillExpiry)
}

func (e *Engine) describeTimeToLive(body string) (any, error) {
	var reply struct {
		TimeToLiveDescription struct {
			TimeToLiveStatus string
			AttributeName    string `json:",omitempty"`
		}
	}
	err := e.withNamedTable(body, func(t *table) error {
		reply.TimeToLiveDescription.TimeToLiveStatus = "DISABLED"
		if t.TTLAttribute != "" {
			reply.TimeToLiveDescription.TimeToLiveStatus = "ENABLED"
			reply.TimeToLiveDescription.AttributeName = t.TTLAttribute
		}
		return nil
	})
	return reply, err
}

// The expiry space orders the rows that have a TTL by their second and primary
// key, so that sweeping costs what expires, not what is stored.

const secondBytes = 19 // digits of the largest second that an int64 holds

func expiryPrefix(second int64) []byte {
	return fmt.Appendf(nil, "%0*d", secondBytes, second)
}

// expiryKey is the item's place in the expiry space; nil for an item that never
// expires, because its attribute is missing or not a whole number of seconds.
func (t *table) expiryKey(it item, primary []byte) []byte {
	if t.TTLAttribute == "" {
		return nil
	}
	v := it.find(t.TTLAttribute)
	if v == nil || v.kind != kindNumber {
		return nil
	}
	second, err := strconv.ParseInt(v.text, 10, 64)
	if err != nil || second < 0 {
		return nil
	}
	return append(expiryPrefix(second), primary...)
}

// moveExpiry keeps the expiry space in step with an item.
func (t *table) moveExpiry(w writer, primary []byte, before, after item) error {
	oldKey, newKey := t.expiryKey(before, primary), t.expiryKey(after, primary)
	if bytes.Equal(oldKey, newKey) {
		return nil
	}
	if oldKey != nil {
		if err := w.remove(t.expirySpace, oldKey); err != nil {
			return err
		}
	}
	if newKey != nil {
		return w.put(t.expirySpace, newKey, []byte{})
	}
	return nil
}

// fillExpiry builds the expiry space anew after the TTL attribute changed.
func (t *table) fillExpiry(w writer) error {
	if err := w.drop(t.expirySpace); err != nil {
		return err
	}
	c := w.cursor(t.itemSpace)
	for primary, stored := c.seek(nil); primary != nil; primary, stored = c.next() {
		it, err := decodeItem(stored)
		if err != nil {
			return err
		}
		if err := t.moveExpiry(w, primary, nil, it); err != nil {
			return err
		}
	}
	return nil
}
