package dynamo

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// batchRequest carries the parameters of both batch operations, table by table
// in the order of the request.
type batchRequest struct {
	gets           []batchGet
	writes         []batchWrite
	returnCapacity string
	returnMetrics  string
}

// batchGet is the part of a BatchGetItem that concerns one table.
type batchGet struct {
	table   string
	keys    []item
	options request
}

// batchWrite is one Put or Delete of a BatchWriteItem.
type batchWrite struct {
	table   string
	verb    string
	request request
}

var batchGetAccepts = []string{"ConsistentRead", "ProjectionExpression", "ExpressionAttributeNames"}

// decodeBatch reads a batch; requestItems reads the part for one table.
func decodeBatch(body string, requestItems func(r *jsonReader, q *batchRequest, table string)) (*batchRequest, error) {
	r := &jsonReader{data: body}
	q := &batchRequest{}
	for name := range r.members() {
		switch name {
		case "RequestItems":
			for table := range r.members() {
				requestItems(r, q, table)
			}
		case "ReturnConsumedCapacity":
			q.returnCapacity = r.text()
		case "ReturnItemCollectionMetrics":
			q.returnMetrics = r.text()
		default:
			r.err = unsupportedParameter(name)
		}
	}
	r.end()
	if r.err != nil {
		return nil, r.err
	}
	var c constraints
	c.reports(q.returnCapacity, q.returnMetrics)
	for _, g := range q.gets {
		if len(g.keys) > batchGetKeysMax {
			c.violate("", "RequestItems."+g.table+".member.Keys", "have length less than or equal to %d", batchGetKeysMax)
		}
	}
	if err := c.err(); err != nil {
		return nil, err
	}
	return q, r.wrong
}

func readBatchGet(r *jsonReader, q *batchRequest, table string) {
	g := batchGet{table: table}
	for name := range r.members() {
		if name == "Keys" {
			for range r.elements() {
				g.keys = append(g.keys, r.item(0))
			}
			continue
		}
		g.options.one(r, name, batchGetAccepts)
	}
	q.gets = append(q.gets, g)
}

func readBatchWrite(r *jsonReader, q *batchRequest, table string) {
	for range r.elements() {
		w := batchWrite{table: table}
		w.request.tableName = &table
		for name := range r.members() {
			switch name {
			case "PutRequest":
				w.verb = verbPut
				w.request.read(r, []string{"Item"})
			case "DeleteRequest":
				w.verb = verbDelete
				w.request.read(r, []string{"Key"})
			default:
				r.err = unsupportedParameter(name)
			}
		}
		q.writes = append(q.writes, w)
	}
}

type batchWriteReply struct {
	UnprocessedItems map[string]any
	ConsumedCapacity []consumedCapacity `json:",omitempty"`
}

// batchWriteItem writes up to 25 items. They are independent of each other, but
// the engine commits them together.
func (e *Engine) batchWriteItem(body string) (any, error) {
	q, err := decodeBatch(body, readBatchWrite)
	if err != nil {
		return nil, err
	}
	switch n := len(q.writes); {
	case n == 0:
		return nil, invalid("The requestItems parameter is required for BatchWriteItem")
	case n > batchWriteItemsMax:
		return nil, invalid("1 validation error detected: Value '{%s=[%d requests]}' at 'requestItems' failed to satisfy constraint: Map value must satisfy constraint: [Member must have length less than or equal to %d, Member must have length greater than or equal to 1]",
			q.writes[0].table, n, batchWriteItemsMax)
	}
	e.schema.RLock()
	defer e.schema.RUnlock()
	all := &batch{}
	for i := range q.writes {
		w, err := e.prepare(q.writes[i].verb, &q.writes[i].request)
		if err != nil {
			return nil, err
		}
		if err := w.bind(&q.writes[i].request); err != nil {
			return nil, err
		}
		if slices.ContainsFunc(all.writes, w.sameItem) {
			return nil, errDuplicateKeys
		}
		all.writes = append(all.writes, w)
	}
	if err := e.commit(all); err != nil {
		return nil, err
	}
	m := meter{mode: q.returnCapacity}
	for _, w := range all.writes {
		m.addWrite(w)
	}
	return batchWriteReply{UnprocessedItems: map[string]any{}, ConsumedCapacity: m.all()}, nil
}

var errDuplicateKeys = invalid("Provided list of item keys contains duplicates")

// batch is the change made by a BatchWriteItem.
type batch struct{ writes []*write }

func (b *batch) decide(r reader) error {
	for _, w := range b.writes {
		if err := w.decide(r); err != nil {
			return err
		}
	}
	return nil
}

func (b *batch) apply(to writer) error {
	for _, w := range b.writes {
		if err := w.apply(to); err != nil {
			return err
		}
	}
	return nil
}

type batchGetReply struct {
	responses        map[string][]*item
	bytes            int // of their items
	UnprocessedKeys  map[string]unprocessedKeys
	ConsumedCapacity []consumedCapacity `json:",omitempty"`
}

// encodeJSON writes the items itself: encoding/json would check and copy what
// they write. The rest is small.
func (b *batchGetReply) encodeJSON() ([]byte, error) {
	rest, err := json.Marshal(b)
	if err != nil {
		return nil, err
	}
	out := make([]byte, 0, b.bytes+b.bytes/4+len(rest)+replyBytesMin) // a quarter more for quotes
	out = append(out, `{"Responses":{`...)
	for i, table := range slices.Sorted(maps.Keys(b.responses)) {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(appendText(out, table), ':')
		out = appendItems(out, b.responses[table])
	}
	return append(append(out, "},"...), rest[1:]...), nil
}

// replyBytesMin is what a reply takes besides its items' names and texts.
const replyBytesMin = 512

type unprocessedKeys struct {
	Keys                     []item
	ConsistentRead           bool              `json:",omitempty"`
	ProjectionExpression     *string           `json:",omitempty"`
	ExpressionAttributeNames map[string]string `json:",omitempty"`
}

// batchGetItem reads up to 100 items; what would exceed 16 MB is left to the
// caller as unprocessed keys.
func (e *Engine) batchGetItem(body string) (any, error) {
	q, err := decodeBatch(body, readBatchGet)
	if err != nil {
		return nil, err
	}
	if len(q.gets) == 0 {
		return nil, invalid("The requestItems parameter is required for BatchGetItem")
	}
	total := 0
	for i := range q.gets {
		total += len(q.gets[i].keys)
	}
	if total > batchGetKeysMax {
		return nil, invalid("Too many items requested for the BatchGetItem call")
	}
	e.schema.RLock()
	defer e.schema.RUnlock()
	m := meter{mode: q.returnCapacity}
	reply := &batchGetReply{responses: map[string][]*item{}, UnprocessedKeys: map[string]unprocessedKeys{}}
	for i := range q.gets {
		gets, err := e.prepareBatchGet(&q.gets[i])
		if err != nil {
			return nil, err
		}
		if err := e.readBatch(&q.gets[i], gets, reply, &m); err != nil {
			return nil, err
		}
	}
	reply.ConsumedCapacity = m.all()
	return reply, nil
}

func (e *Engine) prepareBatchGet(g *batchGet) ([]get, error) {
	if len(g.keys) == 0 {
		return nil, invalid("1 validation error detected: Value at 'RequestItems.%s.member.Keys' failed to satisfy constraint: Member must have length greater than or equal to 1", g.table)
	}
	g.options.tableName = &g.table
	all, err := e.prepareGet(&g.options)
	if err != nil {
		return nil, err
	}
	gets := make([]get, 0, len(g.keys))
	for i := range g.keys {
		one := get{table: all.table, projection: all.projection}
		if one.key, err = one.table.keyOfKey(g.keys[i]); err != nil {
			return nil, err
		}
		if slices.ContainsFunc(gets, one.sameItem) {
			return nil, errDuplicateKeys
		}
		gets = append(gets, one)
	}
	return gets, nil
}

// readBatch reads one table's part into the reply while there is room.
func (e *Engine) readBatch(g *batchGet, gets []get, reply *batchGetReply, m *meter) error {
	found := []*item{}
	left := unprocessedKeys{ConsistentRead: g.options.consistent, ProjectionExpression: g.options.projection, ExpressionAttributeNames: g.options.names.texts()}
	err := e.pages.view(func(r reader) error {
		for i, one := range gets {
			it, bytes, err := one.read(r)
			if err != nil {
				return fmt.Errorf("read key %d of %s: %w", i+1, g.table, err)
			}
			if reply.bytes+bytes > batchGetBytesMax {
				left.Keys = append(left.Keys, g.keys[i])
				continue
			}
			reply.bytes += bytes
			m.add(g.table, "", readUnits(bytes, g.options.consistent))
			if it != nil {
				found = append(found, it)
			}
		}
		return nil
	})
	reply.responses[g.table] = found
	if len(left.Keys) > 0 {
		reply.UnprocessedKeys[g.table] = left
	}
	return err
}
