package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"duly/shared/o2c"
	"duly/shared/o2c/fault"
)

// batchMax is how many items one BatchGetItem may ask for.
const batchMax = 100

// Load reads documents, in the order of the keys.
func (s *Store) Load(ctx context.Context, keys ...o2c.Key) ([]o2c.Stored, error) {
	g, err := s.Gather(ctx, o2c.Wanted{Documents: keys})
	return g.Documents, err
}

// Count reads counters, in the order of the keys.
func (s *Store) Count(ctx context.Context, keys ...o2c.Key) ([]o2c.Counter, error) {
	g, err := s.Gather(ctx, o2c.Wanted{Counters: keys})
	return g.Counters, err
}

// Resolve looks names up, in the order given.
func (s *Store) Resolve(ctx context.Context, names ...o2c.Alias) ([]o2c.Key, error) {
	g, err := s.Gather(ctx, o2c.Wanted{Names: names})
	return g.Names, err
}

// Gather reads documents, counters and names together.
func (s *Store) Gather(ctx context.Context, w o2c.Wanted) (o2c.Gathered, error) {
	places := make([]address, 0, len(w.Documents)+len(w.Counters)+len(w.Names))
	for _, k := range w.Documents {
		places = append(places, docAddress(k))
	}
	for _, k := range w.Counters {
		places = append(places, countAddress(k))
	}
	for _, n := range w.Names {
		places = append(places, nameAddress(n))
	}
	rows, err := s.fetch(ctx, places)
	if err != nil {
		return o2c.Gathered{}, err
	}
	g := o2c.Gathered{
		Documents: make([]o2c.Stored, len(w.Documents)),
		Counters:  make([]o2c.Counter, len(w.Counters)),
		Names:     make([]o2c.Key, len(w.Names)),
	}
	for i, k := range w.Documents {
		if g.Documents[i], err = s.shapes.storedFrom(k, rows[places[i]]); err != nil {
			return g, err
		}
	}
	places = places[len(w.Documents):]
	for i, k := range w.Counters {
		g.Counters[i] = counterFrom(k, rows[places[i]])
	}
	places = places[len(w.Counters):]
	for i := range w.Names {
		g.Names[i] = parseKey(rows[places[i]].text(attrTo))
	}
	return g, nil
}

// Links lists what hangs under a document by a name, in the order of Sort.
func (s *Store) Links(ctx context.Context, parent o2c.Key, name string) ([]o2c.Link, error) {
	rows, err := s.under(ctx, parent, skLink+name+"#")
	if err != nil {
		return nil, err
	}
	var all []o2c.Link
	for _, it := range rows {
		if it.text(attrGone) == "" {
			all = append(all, o2c.Link{Parent: parent, Name: name, Sort: it.text(attrSort), To: parseKey(it.text(attrTo))})
		}
	}
	return all, nil
}

// Events reads the trail of a document, oldest first.
func (s *Store) Events(ctx context.Context, of o2c.Key) ([]o2c.Event, error) {
	rows, err := s.under(ctx, of, skEvent)
	if err != nil {
		return nil, err
	}
	all := make([]o2c.Event, len(rows))
	for i, it := range rows {
		if err := json.Unmarshal([]byte(it.text(attrBody)), &all[i]); err != nil {
			return nil, fault.New(fault.Torn, fmt.Sprintf("event %d of %s cannot be read", i+1, of), "its row is no event", "run duly verify, and keep a copy of the table").Because(err)
		}
	}
	return all, nil
}

// fetch reads items consistently, a hundred at a time. What is not there is nil.
func (s *Store) fetch(ctx context.Context, all []address) (map[address]item, error) {
	found, keys := make(map[address]item, len(all)), make([]item, 0, len(all))
	for _, at := range all {
		if _, twice := found[at]; !twice { // which DynamoDB refuses
			found[at] = nil
			keys = append(keys, at.key())
		}
	}
	for some := range slices.Chunk(keys, batchMax) {
		if err := s.batch(ctx, some, found); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// batch reads up to a hundred items; what DynamoDB leaves unprocessed for lack
// of capacity or because the answer is full it asks for again.
func (s *Store) batch(ctx context.Context, keys []item, found map[address]item) error {
	asked := keys
	for n := 1; len(keys) > 0; n++ {
		in := batchGet{s.table, keys, s.metered()}
		out, err := ask[batched](ctx, s, "BatchGetItem", in)
		if err != nil {
			return err
		}
		s.meter("BatchGetItem", out.ConsumedCapacity...)
		for _, it := range out.Responses[s.table] {
			found[it.address()] = it
		}
		left := out.UnprocessedKeys[s.table].Keys
		if len(left) == len(keys) { // no progress: the table is short of capacity
			if n >= sendsMax {
				return unavailable(fmt.Errorf("%d of %d items left unread", len(left), len(asked)))
			}
			if err := s.pause(ctx, asked[0].text(attrPK), n); err != nil {
				return unavailable(err)
			}
		}
		keys = left
	}
	return nil
}

// under reads the items of a document's partition that begin with a prefix,
// consistently and to the end.
func (s *Store) under(ctx context.Context, of o2c.Key, prefix string) ([]item, error) {
	in := query{
		TableName: s.table, ConsistentRead: true, ScanIndexForward: true,
		KeyConditionExpression:    "pk = :pk AND begins_with(sk, :sk)",
		ExpressionAttributeValues: item{text(":pk", partition(of)), text(":sk", prefix)},
		ReturnConsumedCapacity:    s.metered(),
	}
	var all []item
	for {
		out, err := s.query(ctx, in)
		if err != nil {
			return nil, err
		}
		all = append(all, out.Items...)
		if in.ExclusiveStartKey = out.LastEvaluatedKey; in.ExclusiveStartKey == nil {
			return all, nil
		}
	}
}

func (s *Store) query(ctx context.Context, in query) (queried, error) {
	out, err := ask[queried](ctx, s, "Query", in)
	if err == nil {
		s.meter("Query", once(out.ConsumedCapacity)...)
	}
	return out, err
}

// ask sends a read until it is answered; reads may be repeated freely.
func ask[T any](ctx context.Context, s *Store, op string, in any) (T, error) {
	for n := 1; ; n++ {
		var out T
		err := s.api.Ask(ctx, op, in, &out)
		if err == nil {
			return out, nil
		}
		s.meter(op)
		if judgeRequest(err) == broken {
			return out, fault.New(fault.Internal, "The table cannot be read", "it refuses the question", "look at the cause in the log").Because(err)
		}
		if n == sendsMax || s.pause(ctx, op, n) != nil {
			return out, unavailable(err)
		}
	}
}
