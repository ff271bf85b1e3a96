package dynamo

import "bytes"

var getAccepts = []string{"TableName", "Key", "ConsistentRead", "ProjectionExpression", "ExpressionAttributeNames", "ReturnConsumedCapacity"}

// get is a prepared read of one item.
type get struct {
	table      *table
	key        []byte
	projection []path
}

type getReply struct {
	Item             *item             `json:",omitempty"`
	ConsumedCapacity *consumedCapacity `json:",omitempty"`
}

func (e *Engine) getItem(body string) (any, error) {
	q, err := decodeRequest(body, getAccepts)
	if err != nil {
		return nil, err
	}
	e.schema.RLock()
	defer e.schema.RUnlock()
	g, err := e.prepareGet(q)
	if err != nil {
		return nil, err
	}
	if err := g.bind(q); err != nil {
		return nil, err
	}
	m := meter{mode: q.returnCapacity}
	var reply getReply
	err = e.pages.view(func(r reader) error {
		found, bytes, err := g.read(r)
		m.add(g.table.Name, "", readUnits(bytes, q.consistent))
		reply.Item = found
		return err
	})
	reply.ConsumedCapacity = m.one()
	return reply, err
}

// prepareGet parses a read's projection and finds its table.
func (e *Engine) prepareGet(q *request) (g get, err error) {
	known, err := q.placeholders("", q.projection)
	if err != nil {
		return g, err
	}
	if q.projection != nil {
		if g.projection, err = parseProjection(*q.projection, known); err != nil {
			return g, err
		}
	}
	if err := known.checkUsed(); err != nil {
		return g, err
	}
	g.table, err = e.table(*q.tableName)
	return g, err
}

// bind fits the read to its table's key.
func (g *get) bind(q *request) (err error) {
	if q.key == nil {
		return invalid("1 validation error detected: Value null at 'key' failed to satisfy constraint: Member must not be null")
	}
	g.key, err = g.table.keyOfKey(q.key)
	return err
}

// sameItem tells whether two reads concern one item.
func (g get) sameItem(other get) bool {
	return g.table == other.table && bytes.Equal(g.key, other.key)
}

// read gives the wanted part of the item, nil when there is none, and the whole
// item's size, which is what is billed.
func (g get) read(r reader) (*item, int, error) {
	stored := r.get(g.table.itemSpace, g.key)
	if stored == nil {
		return nil, 0, nil
	}
	it, err := decodeItem(stored)
	if err != nil {
		return nil, 0, err
	}
	bytes := it.size()
	if g.projection != nil {
		it = selectPaths(it, g.projection)
	}
	return &it, bytes, nil
}
