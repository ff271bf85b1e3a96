package dynamo

import (
	"bytes"
	"errors"
)

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

	before, after item   // nil: no item
	stored        []byte // after, as it will be stored
	indexChanges  []indexChange
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

func (e *Engine) putItem(body []byte) (any, error) { return e.writeOne(verbPut, body, putAccepts) }
func (e *Engine) updateItem(body []byte) (any, error) {
	return e.writeOne(verbUpdate, body, updateAccepts)
}
func (e *Engine) deleteItem(body []byte) (any, error) {
	return e.writeOne(verbDelete, body, deleteAccepts)
}

type writeReply struct {
	Attributes       *item             `json:",omitempty"`
	ConsumedCapacity *consumedCapacity `json:",omitempty"`
}

func (e *Engine) writeOne(verb string, body []byte, accepts []string) (any, error) {
	q, err, wrong := decodeRequest(body, accepts)
	if err != nil {
		return nil, err
	}
	if err := q.check(wrong); err != nil {
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
	if err := e.commit(w); err != nil {
		return nil, err
	}
	m := meter{mode: q.returnCapacity}
	w.bill(&m)
	return writeReply{Attributes: w.returned(q.returnValues), ConsumedCapacity: m.one()}, nil
}

// prepare checks everything about a write that does not depend on the stored item.
func (e *Engine) prepare(verb string, q *request) (*write, error) {
	w := &write{engine: e, verb: verb, returnItem: q.returnOnFailure == "ALL_OLD"}
	if err := w.parse(q); err != nil {
		return nil, err
	}
	var err error
	if w.table, err = e.table(*q.tableName); err != nil {
		return nil, err
	}
	if verb == verbPut {
		return w, w.preparePut(q)
	}
	if q.key == nil {
		return nil, invalid("1 validation error detected: Value null at 'key' failed to satisfy constraint: Member must not be null")
	}
	w.item = *q.key
	if w.key, err = w.table.keyOfKey(w.item); err != nil {
		return nil, err
	}
	for _, a := range w.actions {
		if w.table.Key.has(a.path[0].name) {
			return nil, invalid("One or more parameter values were invalid: Cannot update attribute %s. This attribute is part of the key", a.path[0].name)
		}
	}
	return w, nil
}

func (w *write) preparePut(q *request) error {
	if q.item == nil {
		return invalid("1 validation error detected: Value null at 'item' failed to satisfy constraint: Member must not be null")
	}
	w.item = *q.item
	var err error
	if w.key, err = w.table.keyOfItem(w.item); err != nil {
		return err
	}
	if w.item.size() > itemBytesMax {
		return invalid("Item size has exceeded the maximum allowed size")
	}
	return w.table.checkIndexKeys(w.item)
}

// parse reads the write's expressions.
func (w *write) parse(q *request) error {
	given := "ConditionExpression is null"
	if w.verb == verbUpdate {
		given = "UpdateExpression and ConditionExpression are null"
	}
	known, err := q.placeholders(given, q.update, q.condition)
	if err != nil {
		return err
	}
	if q.update != nil {
		if w.actions, err = parseUpdate(*q.update, known); err != nil {
			return err
		}
	}
	if q.condition != nil {
		if w.condition, err = parseCondition("ConditionExpression", *q.condition, known); err != nil {
			return err
		}
	}
	return known.checkUsed()
}

// decide checks the condition against the stored item and computes the new one.
func (w *write) decide(r reader) error {
	stored := r.get(w.table.itemSpace(), w.key)
	w.before = nil
	if stored != nil {
		var err error
		if w.before, err = decodeItem(stored); err != nil {
			return err
		}
	}
	if w.condition != nil && !w.condition.holds(w.before) {
		return w.conditionFailed()
	}
	if err := w.computeAfter(); err != nil {
		return err
	}
	if w.after != nil && w.verb != verbCheck {
		w.stored = w.after.encode()
	}
	if !bytes.Equal(stored, w.stored) {
		w.indexChanges = w.table.indexChanges(w.key, w.before, w.after)
	}
	return nil
}

func (w *write) conditionFailed() error {
	failure := refuse(codeConditionFailed, "The conditional request failed")
	if w.returnItem && w.before != nil {
		failure.item = &w.before
	}
	return failure
}

func (w *write) computeAfter() error {
	switch w.verb {
	case verbPut:
		w.after = w.item
	case verbDelete:
		w.after = nil
	case verbCheck:
		w.after = w.before
	case verbUpdate:
		base := w.before
		if base == nil {
			base = w.item
		}
		after, err := applyActions(base, w.actions)
		if err != nil {
			return err
		}
		if after.size() > itemBytesMax {
			return invalid("Item size to update has exceeded the maximum allowed size")
		}
		w.after = after
		return w.table.checkIndexKeys(after)
	}
	return nil
}

// apply stores the outcome; a write that changes nothing leaves no trace, in
// the stream neither.
func (w *write) apply(to writer) error {
	if w.verb == verbCheck || w.before == nil && w.after == nil || w.before.equal(w.after) {
		return nil
	}
	return w.table.replace(to, w.engine, w.key, w.before, w.after, w.stored, w.indexChanges, false)
}

// replace writes an item, its index entries and its stream record. Without
// stored bytes the item is removed.
func (t *table) replace(to writer, e *Engine, key []byte, before, after item, stored []byte, changes []indexChange, expired bool) error {
	var err error
	if after == nil {
		err = to.remove(t.itemSpace(), key)
	} else {
		err = to.put(t.itemSpace(), key, stored)
	}
	return errors.Join(err, e.changeIndexes(to, changes), t.record(to, e.now(), before, after, expired))
}

// returned is what ReturnValues asks for; nil for nothing.
func (w *write) returned(returnValues string) *item {
	var chosen item
	switch returnValues {
	case "ALL_OLD":
		chosen = w.before
	case "ALL_NEW":
		chosen = w.after
	case "UPDATED_OLD":
		chosen = selectPaths(w.before, w.targets())
	case "UPDATED_NEW":
		chosen = selectPaths(w.after, w.targets())
	}
	if len(chosen) == 0 {
		return nil
	}
	return &chosen
}

func (w *write) targets() []path {
	targets := make([]path, len(w.actions))
	for i, a := range w.actions {
		targets[i] = a.path
	}
	return targets
}
