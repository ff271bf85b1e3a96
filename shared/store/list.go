package store

import (
	"context"
	"encoding/base64"
	"encoding/json"

	"duly/shared/o2c"
	"duly/shared/o2c/fault"
)

// The sizes of a page. pageMax bounds what one call may hold in memory.
const (
	pageDefault = 100
	pageMax     = 1000
)

// DynamoDB's bounds of a key, in bytes.
const (
	hashMax  = 2048
	rangeMax = 1024
)

// access is one way through an index: a partition, and the range of its sort
// key that still counts when the base item is read.
type access struct {
	index, pk, sk string // names of the index and of its two attributes
	partition     string
	from, to      string // inclusive
	newestFirst   bool
}

// last sorts after everything that a sort key may begin with.
const last = "\U0010FFFF"

func accessOf(q o2c.Query) access {
	if q.Queue != "" {
		return access{index: indexDue, pk: attrDuePK, sk: attrDueSK, partition: q.Queue, from: "0", to: stampOf(q.Until)}
	}
	a := access{index: indexList, pk: attrListPK, sk: attrListSK, partition: q.Kind, from: "!", to: last, newestFirst: true}
	spell := listKey
	if q.Kind == kindEvent {
		spell = eventKey
	}
	if q.From != "" {
		a.from = spell(q.From)
	}
	if q.To != "" { // a sort key goes on after its list key, so it never equals the bound
		a.to = spell(q.To)
	}
	return a
}

// holds reports whether the base item is still where the index saw it.
func (a access) holds(it item) bool {
	at := it.text(a.sk)
	return it.text(a.pk) == a.partition && at >= a.from && at <= a.to
}

// List reads one page of an access pattern. A page may be shorter than its
// limit when documents left the list meanwhile; only an empty Next is the end.
func (s *Store) List(ctx context.Context, q o2c.Query) (o2c.Page, error) {
	a, limit := accessOf(q), min(q.Limit, pageMax)
	if limit <= 0 {
		limit = pageDefault
	}
	start, err := a.resume(q.After)
	if err != nil || a.from > a.to { // DynamoDB refuses a range that ends before it begins
		return o2c.Page{}, err
	}
	out, err := s.query(ctx, query{
		TableName: s.table, IndexName: a.index,
		KeyConditionExpression:    "#pk = :pk AND #sk BETWEEN :from AND :to",
		ExpressionAttributeNames:  placeholders{{"#pk", a.pk}, {"#sk", a.sk}},
		ExpressionAttributeValues: item{text(":pk", a.partition), text(":from", a.from), text(":to", a.to)},
		ScanIndexForward:          !a.newestFirst,
		Limit:                     limit + 1, // one more says whether there is more
		ExclusiveStartKey:         start,
		ReturnConsumedCapacity:    s.metered(),
	})
	if err != nil {
		return o2c.Page{}, err
	}
	hints, more := out.Items, out.LastEvaluatedKey != nil
	if len(hints) > limit {
		hints, more = hints[:limit], true
	}
	page := o2c.Page{}
	if more && len(hints) > 0 {
		page.Next = a.cursor(hints[len(hints)-1])
	}
	page.Items, err = s.verified(ctx, a, hints)
	return page, err
}

// verified reads the documents behind the hints of an index and drops those
// that have moved on.
func (s *Store) verified(ctx context.Context, a access, hints []item) ([]o2c.Stored, error) {
	places := make([]address, len(hints))
	for i, it := range hints {
		places[i] = it.address()
	}
	rows, err := s.fetch(ctx, places)
	if err != nil {
		return nil, err
	}
	var all []o2c.Stored
	for _, at := range places {
		it := rows[at]
		if it == nil || !a.holds(it) {
			continue
		}
		key := keyFrom(at.pk)
		if a.partition == kindEvent && a.index == indexList {
			key = o2c.Key{Kind: kindEvent, ID: it.text(attrID)}
		}
		d, err := s.shapes.storedFrom(key, it)
		if err != nil {
			return nil, err
		}
		all = append(all, d)
	}
	return all, nil
}

// place is a row of an index, as a cursor carries it: opaque to callers, bound
// to its index and partition.
type place struct {
	Index string `json:"i"`
	PK    string `json:"p"`
	SK    string `json:"s"`
	Hash  string `json:"h"`
	Range string `json:"r"`
}

func (a access) cursor(it item) string {
	at, _ := json.Marshal(place{a.index, it.text(attrPK), it.text(attrSK), it.text(a.pk), it.text(a.sk)}) // strings always marshal
	return base64.RawURLEncoding.EncodeToString(at)
}

// resume checks whatever DynamoDB would: a cursor comes from outside.
func (a access) resume(cursor string) (item, error) {
	if cursor == "" {
		return nil, nil
	}
	var at place
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	if err == nil {
		err = json.Unmarshal(raw, &at)
	}
	ours := at.Index == a.index && at.Hash == a.partition && at.Range >= a.from && at.Range <= a.to
	sized := at.PK != "" && len(at.PK) <= hashMax && at.SK != "" && len(at.SK) <= rangeMax && len(at.Range) <= rangeMax
	if err != nil || !ours || !sized {
		return nil, fault.Bad("/after", "it is not a cursor of this list", "take it from the field next of the page before").Keyed("cursor.unknown").Because(err)
	}
	return item{text(attrPK, at.PK), text(attrSK, at.SK), text(a.pk, at.Hash), text(a.sk, at.Range)}, nil
}
