package store

import (
	"context"
	"encoding/json"
	"fmt"

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
	places := addresses(w.Documents, docAddress)
	places = append(places, addresses(w.Counters, countAddress)...)
	places = append(places, addresses(w.Names, nameAddress)...)
	rows, err := s.fetch(ctx, places)
	if err != nil {
		return o2c.Gathered{}, err
	}
	var g o2c.Gathered
	for _, k := range w.Documents {
		d, err := s.shapes.storedFrom(k, rows[docAddress(k)])
		if err != nil {
			return g, err
		}
		g.Documents = append(g.Documents, d)
	}
	for _, k := range w.Counters {
		g.Counters = append(g.Counters, counterFrom(k, rows[countAddress(k)]))
	}
	for _, n := range w.Names {
		g.Names = append(g.Names, parseKey(textIn(rows[nameAddress(n)], attrTo)))
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
		if textIn(it, attrGone) == "" {
			all = append(all, o2c.Link{Parent: parent, Name: name, Sort: textIn(it, attrSort), To: parseKey(textIn(it, attrTo))})
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
		if err := json.Unmarshal([]byte(textIn(it, attrBody)), &all[i]); err != nil {
			return nil, fault.New(fault.Torn, fmt.Sprintf("event %d of %s cannot be read", i+1, of), "its row is no event", "run duly verify, and keep a copy of the table").Because(err)
		}
	}
	return all, nil
}

// addresses are the distinct places to read: DynamoDB refuses duplicates.
func addresses[T comparable](all []T, place func(T) address) []address {
	out, had := make([]address, 0, len(all)), make(map[address]bool, len(all))
	for _, one := range all {
		if at := place(one); !had[at] {
			had[at] = true
			out = append(out, at)
		}
	}
	return out
}

// fetch reads items consistently, a hundred at a time.
func (s *Store) fetch(ctx context.Context, all []address) (map[address]item, error) {
	found := make(map[address]item, len(all))
	for len(all) > 0 {
		n := min(len(all), batchMax)
		if err := s.batch(ctx, all[:n], found); err != nil {
			return nil, err
		}
		all = all[n:]
	}
	return found, nil
}

// batch reads up to a hundred items; what DynamoDB leaves unprocessed for lack
// of capacity or because the answer is full it asks for again.
func (s *Store) batch(ctx context.Context, all []address, found map[address]item) error {
	keys := make([]item, len(all))
	for i, at := range all {
		keys[i] = at.key()
	}
	for n := 1; len(keys) > 0; n++ {
		in := batchGet{map[string]keysOfTable{s.table: {Keys: keys, ConsistentRead: true}}, s.metered()}
		out, err := ask[batched](ctx, s, "BatchGetItem", in)
		if err != nil {
			return err
		}
		s.meter("BatchGetItem", out.ConsumedCapacity...)
		for _, it := range out.Responses[s.table] {
			found[addressIn(it)] = it
		}
		left := out.UnprocessedKeys[s.table].Keys
		if len(left) == len(keys) { // no progress: the table is short of capacity
			if n >= sendsMax {
				return unavailable(fmt.Errorf("%d of %d items left unread", len(left), len(all)))
			}
			if err := s.pause(ctx, all[0].pk, n); err != nil {
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
		ExpressionAttributeValues: item{":pk": text(partition(of)), ":sk": text(prefix)},
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
