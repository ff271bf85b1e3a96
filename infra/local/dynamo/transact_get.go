package dynamo

type transactGetReply struct {
	Responses        []transactGetItem
	ConsumedCapacity []consumedCapacity `json:",omitempty"`
}

type transactGetItem struct {
	Item *item `json:",omitempty"`
}

// transactGetItems reads items as of one moment.
func (e *Engine) transactGetItems(body []byte) (any, error) {
	q, err := decodeTransaction(body, getVerbs)
	if err != nil {
		return nil, err
	}
	e.schema.RLock()
	defer e.schema.RUnlock()
	gets := make([]*get, len(q.items))
	failures := newCancellation(len(gets))
	for i := range q.items {
		g, err := e.prepareGet(&q.items[i].request)
		if !failures.add(i, err) && err != nil {
			return nil, err
		}
		gets[i] = g
	}
	if err := failures.err(); err != nil {
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
		return nil, invalid("Transaction request size exceeded: the items of a transaction may not exceed 4 MB together")
	}
	reply.ConsumedCapacity = m.all()
	return reply, err
}
