package store

import (
	"context"
	"slices"
	"strings"

	"duly/shared/o2c"
	"duly/shared/o2c/fault"
)

// A part of the table that is kept apart has one partition, whose sort keys are the house's keys in a row. What is in it is
// on none of the house's lists, due in none of its queues and under none of its names; one query finds all of it, and the
// right to delete can be bound to such partitions (dynamodb:LeadingKeys).
const (
	apartPrefix = o2c.ApartPrefix // begins the partition's key, and those of its lists and queues
	apartSep    = o2c.ApartSep    // no key of the house has it
	kindApart   = "apart"         // of rows that wake nobody
)

// Apart is a store of its own inside this one's table. Its events wake nobody; its effects wake the outbox under an id that
// names the part (o2c.PartOf).
func (s *Store) Apart(part string) o2c.Store {
	inner := New(apart{s.api, apartPrefix + part}, s.table, Options{Instance: s.instance + "/" + part, Sleep: s.sleep, Direct: true, Observe: s.observe, Shapes: s.shapes})
	inner.commits = s.commits // one count: parts are opened again and again
	return inner
}

// Clear deletes every row of a part and says how many there were. What is written meanwhile is found by the next call.
func (s *Store) Clear(ctx context.Context, part string) (rows int, err error) {
	in := query{
		TableName: s.table, ConsistentRead: true, ScanIndexForward: true,
		KeyConditionExpression:    "pk = :pk",
		ExpressionAttributeValues: item{text(":pk", apartPrefix+part)},
		ReturnConsumedCapacity:    s.metered(),
	}
	for {
		out, err := s.query(ctx, in)
		if err != nil {
			return rows, err
		}
		for _, it := range out.Items {
			if err := s.delete(ctx, it.address()); err != nil {
				return rows, err
			}
			rows++
		}
		if in.ExclusiveStartKey = out.LastEvaluatedKey; in.ExclusiveStartKey == nil {
			return rows, nil
		}
	}
}

// delete takes a row away; one that is gone already does no harm.
func (s *Store) delete(ctx context.Context, at address) error {
	if !strings.HasPrefix(at.pk, apartPrefix) {
		return fault.New(fault.Internal, "The row cannot be deleted", at.pk+" is no row of a part that is kept apart", "nothing else is ever deleted")
	}
	_, err := ask[written](ctx, s, "DeleteItem", row{TableName: s.table, Key: at.key()})
	return err
}

// apart spells every request of a store into its partition, and every answer back.
type apart struct {
	api API
	pk  string
}

// Ask translates the four operations that the store has.
func (a apart) Ask(ctx context.Context, operation string, in, out any) error {
	switch r := in.(type) {
	case putItem:
		r.row = *a.row(&r.row)
		in = r
	case transactWrite:
		all := make([]action, len(r.TransactItems))
		for i, t := range r.TransactItems {
			all[i] = action{Put: a.row(t.Put), Update: a.row(t.Update), ConditionCheck: a.row(t.ConditionCheck)}
		}
		r.TransactItems = all
		in = r
	case batchGet:
		keys := make([]item, len(r.keys))
		for i, k := range r.keys {
			keys[i] = a.inside(k)
		}
		r.keys = keys
		in = r
	case query:
		in = a.query(r)
	}
	if err := a.api.Ask(ctx, operation, in, out); err != nil {
		return err
	}
	switch r := out.(type) {
	case *batched:
		for _, rows := range r.Responses {
			for _, it := range rows {
				a.outside(it)
			}
		}
		for _, t := range r.UnprocessedKeys {
			for _, it := range t.Keys {
				a.outside(it)
			}
		}
	case *queried:
		for _, it := range r.Items {
			a.outside(it)
		}
		a.outside(r.LastEvaluatedKey)
	}
	return nil
}

// row is a row of a request, in the partition.
func (a apart) row(r *row) *row {
	if r == nil {
		return nil
	}
	inside := *r
	if r.Item != nil {
		inside.Item = a.inside(r.Item)
	}
	if r.Key != nil {
		inside.Key = a.inside(r.Key)
	}
	return &inside
}

// query asks the partition, or one of its own lists.
func (a apart) query(q query) query {
	values := slices.Clone(q.ExpressionAttributeValues)
	partition := values.text(":pk")
	if q.IndexName == "" {
		values.set(":pk", a.pk)
		values.set(":sk", partition+apartSep+values.text(":sk"))
	} else {
		values.set(":pk", a.pk+apartSep+partition)
	}
	q.ExpressionAttributeValues = values
	if q.ExclusiveStartKey != nil {
		q.ExclusiveStartKey = a.inside(q.ExclusiveStartKey)
	}
	return q
}

// inside is a copy of an item or key as it stands in the partition.
func (a apart) inside(it item) item {
	out := slices.Clone(it)
	out.set(attrPK, a.pk)
	out.set(attrSK, it.text(attrPK)+apartSep+it.text(attrSK))
	for _, name := range []string{attrListPK, attrDuePK} {
		out.set(name, a.pk+apartSep+it.text(name))
	}
	switch kind := it.text(attrKind); {
	case kind == "":
	case kind == kindEffect:
		out.set(attrID, a.pk+apartSep+it.text(attrID))
	default:
		out.set(attrKind, kindApart)
	}
	return out
}

// outside turns an answer's item back, in place.
func (a apart) outside(it item) {
	if at := it.text(attrSK); it.text(attrPK) == a.pk {
		pk, sk, _ := strings.Cut(at, apartSep)
		it.set(attrPK, pk)
		it.set(attrSK, sk)
	}
	for _, name := range []string{attrListPK, attrDuePK, attrID} {
		if own, ok := strings.CutPrefix(it.text(name), a.pk+apartSep); ok {
			it.set(name, own)
		}
	}
}
