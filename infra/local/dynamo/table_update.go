package dynamo

import (
	"bytes"
	"slices"
)

type updateTableRequest struct {
	TableName                   *string
	AttributeDefinitions        []attributeDefinition
	GlobalSecondaryIndexUpdates []indexUpdate
}

type indexUpdate struct {
	Create *indexRequest
	Delete *struct{ IndexName string }
}

// updateTable adds and deletes indexes, so that a store written by an older
// version gains the indexes of a newer one.
func (e *Engine) updateTable(body string) (any, error) {
	var q updateTableRequest
	if err := readStrictly(body, &q); err != nil {
		return nil, err
	}
	e.schema.Lock()
	defer e.schema.Unlock()
	t, err := e.named(*q.TableName)
	if err != nil {
		return nil, err
	}
	t = t.clone()
	for _, definition := range q.AttributeDefinitions {
		if had := t.Types[definition.AttributeName]; had != "" && had != definition.AttributeType {
			return nil, invalid("One or more parameter values were invalid: Attribute %s is a key of type %s and cannot become one of type %s", definition.AttributeName, had, definition.AttributeType)
		}
		t.Types[definition.AttributeName] = definition.AttributeType
	}
	var steps []func(writer) error
	for _, update := range q.GlobalSecondaryIndexUpdates {
		step, err := update.apply(t)
		if err != nil {
			return nil, err
		}
		steps = append(steps, step)
	}
	if err := t.keepUsedTypes(); err != nil {
		return nil, err
	}
	err = e.replaceTable(t, func(w writer) error {
		for _, step := range steps {
			if err := step(w); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return e.tableReply(t, "ACTIVE")
}

// apply changes the definition and gives the step that changes the pages.
func (u *indexUpdate) apply(t *table) (func(writer) error, error) {
	if u.Delete != nil {
		ix := t.index(u.Delete.IndexName)
		if ix == nil {
			return nil, refuse(codeNotFound, "Requested resource not found")
		}
		space := ix.space
		t.Indexes = slices.DeleteFunc(t.Indexes, func(ix index) bool { return ix.Name == u.Delete.IndexName })
		return func(w writer) error { return w.drop(space) }, nil
	}
	ix := u.Create.index()
	if t.index(ix.Name) != nil {
		return nil, invalid("One or more parameter values were invalid: Attempting to create an index which already exists: %s", ix.Name)
	}
	t.Indexes = append(t.Indexes, ix)
	ix = *t.derive().index(ix.Name)
	return func(w writer) error { return t.backfill(w, &ix) }, nil
}

// backfill fills a new index from the table. Rows whose attribute has another
// type than the index wants are left out, as the service does.
func (t *table) backfill(w writer, ix *index) error {
	c := w.cursor(t.itemSpace)
	for primary, stored := c.seek(nil); primary != nil; primary, stored = c.next() {
		it, err := decodeItem(stored)
		if err != nil {
			return err
		}
		key := ix.keyOf(it, primary)
		if key == nil || !t.fits(ix, it) {
			continue
		}
		if err := w.put(ix.space, key, bytes.Clone(ix.entry(image{item: it, stored: stored}).stored)); err != nil {
			return err
		}
	}
	return nil
}

func (t *table) fits(ix *index, it item) bool {
	for _, name := range ix.Key.names() {
		if v := it.find(name); v.kind != t.kindOf(name) || v.kind != kindNumber && v.text == "" {
			return false
		}
	}
	return true
}
