package dynamo

import "slices"

type transactGetReply struct {
	Responses        []transactGetItem
	ConsumedCapacity []consumedCapacity `json:",omitempty"`
}

type transactGetItem struct {
	Item *item `json:",omitempty"`
}

// transactGetItems reads items as of one moment.
func (e *Engine) transactGetItems(body string) (any, error) {
	q, err := decodeTransaction(body, getVerbs)
	if err != nil {
		return nil, err
	}
	e.schema.RLock()
	defer e.schema.RUnlock()
	gets, err := e.prepareGets(q)
	if err != nil {
		return nil, err
	}
	reply := transactGetReply{Responses: make([]transactGetItem, len(gets))}
	m := meter{mode: q.returnCapacity, kind: "read"}
	total := 0
	err = e.pages.view(func(r reader) error {
		for i, g := range gets {
			found, bytes, err := g.read(r)
			if err != nil {
				return err
			}
			reply.Responses[i].Item = found
			total += bytes
			m.add(g.table.Name, "", transactionFactor*readUnits(bytes, true))
		}
		return nil
	})
	if err == nil && total > transactionBytesMax {
		return nil, errTransactionSize
	}
	reply.ConsumedCapacity = m.all()
	return reply, err
}

func (e *Engine) prepareGets(q *transactRequest) ([]get, error) {
	gets := make([]get, 0, len(q.items))
	failures := cancellation{operations: len(q.items)}
	for i := range q.items {
		one := &q.items[i].request
		g, err := e.prepareGet(one)
		if err != nil {
			return nil, err
		}
		if failures.add(i, g.bind(one)) {
			continue
		}
		if slices.ContainsFunc(gets, g.sameItem) {
			return nil, errRepeatedItem
		}
		gets = append(gets, g)
	}
	return gets, failures.err()
}
