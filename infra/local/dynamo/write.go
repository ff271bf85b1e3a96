package dynamo

import "bytes"

// write is one Put, Update, Delete or ConditionCheck, alone or in a transaction.
type write struct {
	engine     *Engine
	verb       string
	table      *table
	key        []byte
	item       item // Put: the new item; otherwise the key's attributes
	condition  condition
	actions    []action
	returnItem bool // the old item goes into the refusal when the condition fails

	// What decide finds out; after of a Put is known before.
	before, after image
	indexChanges  []indexChange
}

// image is an item in both of its forms, decoded and stored. The zero image is no item.
type image struct {
	item   item
	stored []byte
	size   int // as DynamoDB counts it

	// framed is, for an item that is being written, the memory that stored ends:
	// the head of its stream record finds room before it.
	framed []byte
}

func imageOf(it item) image {
	framed := it.appendBinary(make([]byte, recordHeadMax, recordHeadMax+it.storedSize()))
	return image{item: it, stored: framed[recordHeadMax:], size: it.size(), framed: framed}
}

func readImage(r reader, space string, key []byte) (image, error) {
	stored := r.get(space, key)
	if stored == nil {
		return image{}, nil
	}
	it, err := decodeItem(stored)
	return image{item: it, stored: stored, size: it.size()}, err
}

const (
	verbPut    = "Put"
	verbUpdate = "Update"
	verbDelete = "Delete"
	verbCheck  = "ConditionCheck"
)

var (
	putAccepts = []string{"TableName", "Item", "ConditionExpression", "ExpressionAttributeNames", "ExpressionAttributeValues",
		"ReturnValues", "ReturnConsumedCapacity", "ReturnItemCollectionMetrics", "ReturnValuesOnConditionCheckFailure"}
	updateAccepts = []string{"TableName", "Key", "UpdateExpression", "ConditionExpression", "ExpressionAttributeNames", "ExpressionAttributeValues",
		"ReturnValues", "ReturnConsumedCapacity", "ReturnItemCollectionMetrics", "ReturnValuesOnConditionCheckFailure"}
	deleteAccepts = []string{"TableName", "Key", "ConditionExpression", "ExpressionAttributeNames", "ExpressionAttributeValues",
		"ReturnValues", "ReturnConsumedCapacity", "ReturnItemCollectionMetrics", "ReturnValuesOnConditionCheckFailure"}
)

func (e *Engine) putItem(body string) (any, error) { return e.writeOne(verbPut, body, putAccepts) }

func (e *Engine) updateItem(body string) (any, error) {
	return e.writeOne(verbUpdate, body, updateAccepts)
}

func (e *Engine) deleteItem(body string) (any, error) {
	return e.writeOne(verbDelete, body, deleteAccepts)
}

type writeReply struct {
	Attributes       *item             `json:",omitempty"`
	ConsumedCapacity *consumedCapacity `json:",omitempty"`
}

func (e *Engine) writeOne(verb string, body string, accepts []string) (any, error) {
	q, err := decodeRequest(body, accepts)
	if err != nil {
		return nil, err
	}
	if verb != verbUpdate && q.returnValues != "" && q.returnValues != "NONE" && q.returnValues != "ALL_OLD" {
		return nil, invalid("ReturnValues can only be ALL_OLD or NONE")
	}
	e.schema.RLock()
	defer e.schema.RUnlock()
	w, err := e.prepare(verb, q)
	if err != nil {
		return nil, err
	}
	if err := w.bind(q); err != nil {
		return nil, err
	}
	if err := e.commit(w); err != nil {
		return nil, err
	}
	m := meter{mode: q.returnCapacity}
	m.addWrite(w)
	return writeReply{Attributes: w.returned(q.returnValues), ConsumedCapacity: m.one()}, nil
}

// prepare parses a write's expressions and finds its table. What it refuses is
// wrong in the request as a whole, also in a transaction.
func (e *Engine) prepare(verb string, q *request) (*write, error) {
	w := &write{engine: e, verb: verb, returnItem: q.returnOnFailure == "ALL_OLD"}
	given := "ConditionExpression is null"
	if w.verb == verbUpdate {
		given = "UpdateExpression and ConditionExpression are null"
	}
	known, err := q.placeholders(given, q.update, q.condition)
	if err != nil {
		return nil, err
	}
	if q.update != nil {
		if w.actions, err = parseUpdate(*q.update, known); err != nil {
			return nil, err
		}
	}
	if q.condition != nil {
		if w.condition, err = parseCondition("ConditionExpression", *q.condition, known); err != nil {
			return nil, err
		}
	}
	if err := known.checkUsed(); err != nil {
		return nil, err
	}
	w.table, err = e.table(*q.tableName)
	return w, err
}

// bind fits the write to its table's keys and indexes. What it refuses cancels
// a transaction as the fault of this one operation.
func (w *write) bind(q *request) error {
	given, parameter := q.key, "key"
	if w.verb == verbPut {
		given, parameter = q.item, "item"
	}
	if given == nil {
		return invalid("1 validation error detected: Value null at '%s' failed to satisfy constraint: Member must not be null", parameter)
	}
	w.item = given
	var err error
	if w.verb != verbPut {
		if w.key, err = w.table.keyOfKey(w.item); err != nil {
			return err
		}
		for _, a := range w.actions {
			if name := a.path[0].name; w.table.Key.has(name) {
				return invalid("One or more parameter values were invalid: Cannot update attribute %s. This attribute is part of the key", name)
			}
		}
		return nil
	}
	if w.key, err = w.table.keyOfItem(w.item); err != nil {
		return err
	}
	if w.after = imageOf(w.item); w.after.size > itemBytesMax {
		return invalid("Item size has exceeded the maximum allowed size")
	}
	return w.table.checkIndexKeys(w.item)
}

// sameItem tells whether two writes concern one item. A request has a hundred at
// most, so comparing each with each costs less than a map.
func (w *write) sameItem(other *write) bool {
	return w.table == other.table && bytes.Equal(w.key, other.key)
}

// decide checks the condition against the stored item and computes the new one.
func (w *write) decide(r reader) error {
	var err error
	if w.before, err = readImage(r, w.table.itemSpace, w.key); err != nil {
		return err
	}
	if w.condition != nil && !w.condition.holds(w.before.item) {
		failure := refuse(codeConditionFailed, "The conditional request failed")
		if w.returnItem && w.before.item != nil {
			failure.item = &w.before.item
		}
		return failure
	}
	switch w.verb {
	case verbCheck:
		w.after = w.before
	case verbUpdate:
		if err := w.update(); err != nil {
			return err
		}
	}
	w.indexChanges = w.table.indexChanges(w.key, w.before, w.after)
	return nil
}

// update applies the actions; an item that did not exist begins as its key.
func (w *write) update() error {
	base := w.before.item
	if base == nil {
		base = w.item
	}
	updated, err := applyActions(base, w.actions)
	if err != nil {
		return err
	}
	if w.after = imageOf(updated); w.after.size > itemBytesMax {
		return invalid("Item size to update has exceeded the maximum allowed size")
	}
	return w.table.checkIndexKeys(updated)
}

func (w *write) apply(to writer) error {
	return w.table.replace(to, w.engine, w.key, w.before, w.after, w.indexChanges, false)
}

// replace puts one image of an item in the place of another, with its index
// entries, its expiry and its stream record. Where nothing changes, nothing is
// written and the stream stays silent.
func (t *table) replace(to writer, e *Engine, key []byte, before, after image, changes []indexChange, expired bool) error {
	if bytes.Equal(before.stored, after.stored) {
		return nil
	}
	var err error
	if after.item == nil {
		err = to.remove(t.itemSpace, key)
	} else {
		err = to.put(t.itemSpace, key, after.stored)
	}
	if err != nil {
		return err
	}
	if err := e.changeIndexes(to, changes); err != nil {
		return err
	}
	if err := t.moveExpiry(to, key, before.item, after.item); err != nil {
		return err
	}
	return t.record(to, e.now(), before, after, expired)
}

// returned is what ReturnValues asks for; nil for nothing.
func (w *write) returned(returnValues string) *item {
	var chosen item
	switch returnValues {
	case "ALL_OLD":
		chosen = w.before.item
	case "ALL_NEW":
		chosen = w.after.item
	case "UPDATED_OLD":
		chosen = selectPaths(w.before.item, w.updatedPaths())
	case "UPDATED_NEW":
		chosen = selectPaths(w.after.item, w.updatedPaths())
	}
	if len(chosen) == 0 {
		return nil
	}
	return &chosen
}

func (w *write) updatedPaths() []path {
	updated := make([]path, len(w.actions))
	for i, a := range w.actions {
		updated[i] = a.path
	}
	return updated
}
