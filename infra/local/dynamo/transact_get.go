package dynamo

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

func (e *Engine) prepareGets(q *transactRequest) ([]*get, error) {
	gets := make([]*get, len(q.items))
	seen := map[string]bool{}
	failures := newCancellation(len(gets))
	for i := range q.items {
		one := &q.items[i].request
		g, err := e.prepareGet(one)
		if err != nil {
			return nil, err
		}
		gets[i] = g
		if failures.add(i, g.bind(one)) {
			continue
		}
		if seen[g.target()] {
			return nil, errRepeatedItem
		}
		seen[g.target()] = true
	}
	return gets, failures.err()
}
