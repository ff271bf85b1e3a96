package dynamo

import (
	"bytes"
	"encoding/binary"
	"strconv"
	"time"
)

type timeToLive struct {
	AttributeName string
	Enabled       bool
}

func (e *Engine) updateTimeToLive(body []byte) (any, error) {
	var q struct {
		TableName               *string
		TimeToLiveSpecification *timeToLive
	}
	if err := decodeStrictly(body, &q); err != nil {
		return nil, err
	}
	var c constraints
	c.name("tableName", q.TableName, 1)
	c.present("timeToLiveSpecification", q.TimeToLiveSpecification != nil)
	if q.TimeToLiveSpecification != nil && q.TimeToLiveSpecification.AttributeName == "" {
		c.violate("'' ", "timeToLiveSpecification.attributeName", "have length greater than or equal to 1")
	}
	if err := c.err(); err != nil {
		return nil, err
	}
	e.schema.Lock()
	defer e.schema.Unlock()
	t, err := e.table(*q.TableName)
	if err != nil {
		return nil, refuse(codeNotFound, "Requested resource not found: Table: %s not found", *q.TableName)
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
	return struct{ TimeToLiveSpecification timeToLive }{wanted}, e.replaceTable(t, nil)
}

func (e *Engine) describeTimeToLive(body []byte) (any, error) {
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

// streamAgeMax: the service keeps stream records for 24 hours.
const streamAgeMax = 24 * time.Hour

// Sweep deletes the rows whose TTL has passed at now, the stream records older
// than 24 hours (the newest record of a stream stays, it carries the sequence
// number) and request tokens that no longer protect. It returns the number of
// rows deleted. The service does all this by itself, within days; here the
// owner of the clock calls it.
func (e *Engine) Sweep(now time.Time) (rows int, err error) {
	e.schema.RLock()
	defer e.schema.RUnlock()
	for _, t := range e.tables {
		expired := &expiry{engine: e, table: t, now: now}
		if err := e.commit(expired); err != nil {
			return rows, err
		}
		rows += len(expired.rows)
	}
	return rows, e.commit(&tokenExpiry{now: now})
}

// expiry is the change that clears one table of what is too old.
type expiry struct {
	engine  *Engine
	table   *table
	now     time.Time
	rows    []expiredRow
	records [][]byte // keys of stream records
}

type expiredRow struct {
	key     []byte
	item    item
	changes []indexChange
}

func (x *expiry) decide(r reader) error {
	x.rows, x.records = nil, nil
	if x.table.TTLAttribute != "" {
		c := r.cursor(x.table.itemSpace())
		for key, stored := c.seek(nil); key != nil; key, stored = c.next() {
			it, err := decodeItem(stored)
			if err != nil {
				return err
			}
			if x.hasExpired(it) {
				x.rows = append(x.rows, expiredRow{bytes.Clone(key), it, x.table.indexChanges(key, it, nil)})
			}
		}
	}
	c := r.cursor(x.table.streamSpace())
	newest, _ := c.last()
	newest = bytes.Clone(newest)
	for key, stored := c.seek(nil); key != nil && !bytes.Equal(key, newest); key, stored = c.next() {
		if age(stored, x.now) <= streamAgeMax {
			break
		}
		x.records = append(x.records, bytes.Clone(key))
	}
	return nil
}

// age reads the moment that stored bytes begin with.
func age(stored []byte, now time.Time) time.Duration {
	return now.Sub(time.UnixMilli(int64(binary.BigEndian.Uint64(stored))))
}

// hasExpired: the attribute is a number of seconds since 1970 in the past, but
// not further than five years, as the developer guide says about TTL.
func (x *expiry) hasExpired(it item) bool {
	const yearsMax = 5
	v := it.find(x.table.TTLAttribute)
	if v == nil || v.kind != kindNumber {
		return false
	}
	second, err := strconv.ParseInt(v.text, 10, 64)
	return err == nil && second < x.now.Unix() && second > x.now.AddDate(-yearsMax, 0, 0).Unix()
}

func (x *expiry) apply(w writer) error {
	for _, row := range x.rows {
		if err := x.table.replace(w, x.engine, row.key, row.item, nil, nil, row.changes, true); err != nil {
			return err
		}
	}
	for _, key := range x.records {
		if err := w.remove(x.table.streamSpace(), key); err != nil {
			return err
		}
	}
	return nil
}

// tokenExpiry is the change that forgets request tokens.
type tokenExpiry struct {
	now  time.Time
	keys [][]byte
}

func (x *tokenExpiry) decide(r reader) error {
	x.keys = nil
	c := r.cursor(tokenSpace)
	for key, stored := c.seek(nil); key != nil; key, stored = c.next() {
		if age(stored[tokenHeader:], x.now) > tokenAgeMax {
			x.keys = append(x.keys, bytes.Clone(key))
		}
	}
	return nil
}

func (x *tokenExpiry) apply(w writer) error {
	for _, key := range x.keys {
		if err := w.remove(tokenSpace, key); err != nil {
			return err
		}
	}
	return nil
}
