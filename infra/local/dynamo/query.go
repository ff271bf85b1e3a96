package dynamo

import (
	"bytes"
	"hash/fnv"
	"slices"
)

var (
	queryAccepts = []string{"TableName", "IndexName", "KeyConditionExpression", "FilterExpression", "ProjectionExpression", "ExpressionAttributeNames",
		"ExpressionAttributeValues", "ConsistentRead", "ScanIndexForward", "Limit", "ExclusiveStartKey", "Select", "ReturnConsumedCapacity"}
	scanAccepts = []string{"TableName", "IndexName", "FilterExpression", "ProjectionExpression", "ExpressionAttributeNames",
		"ExpressionAttributeValues", "ConsistentRead", "Limit", "ExclusiveStartKey", "Select", "Segment", "TotalSegments", "ReturnConsumedCapacity"}
)

// search is a prepared Query or Scan.
type search struct {
	table      *table
	index      *index // nil: the table itself
	space      string
	keys       keyRange
	start      []byte // continue after this key; nil: from the beginning
	backward   bool
	filter     condition
	projection []path
	limit      int // items to look at; 0: no limit
	segment    int
	segments   int // 0: not a parallel scan
	countOnly  bool
}

// page is what one call of a search found.
type page struct {
	items   []*item
	count   int
	scanned int
	bytes   int
	last    item // where to continue; nil at the end
}

type searchReply struct {
	Items            []*item `json:",omitzero"`
	Count            int
	ScannedCount     int
	LastEvaluatedKey *item             `json:",omitempty"`
	ConsumedCapacity *consumedCapacity `json:",omitempty"`
}

func (e *Engine) query(body string) (any, error) { return e.search(body, queryAccepts, true) }
func (e *Engine) scan(body string) (any, error)  { return e.search(body, scanAccepts, false) }

func (e *Engine) search(body string, accepts []string, isQuery bool) (any, error) {
	q, err := decodeRequest(body, accepts)
	if err != nil {
		return nil, err
	}
	if err := q.checkSearch(isQuery); err != nil {
		return nil, err
	}
	e.schema.RLock()
	defer e.schema.RUnlock()
	s, err := e.prepareSearch(q, isQuery)
	if err != nil {
		return nil, err
	}
	if s.index != nil {
		if err := e.catchUp(); err != nil {
			return nil, err
		}
	}
	var found page
	err = e.pages.view(func(r reader) error {
		var err error
		found, err = s.run(r)
		return err
	})
	if err != nil {
		return nil, err
	}
	m := meter{mode: q.returnCapacity}
	index := ""
	if s.index != nil {
		index = s.index.Name
	}
	m.add(s.table.Name, index, readUnits(found.bytes, q.consistent))
	reply := searchReply{Count: found.count, ScannedCount: found.scanned, ConsumedCapacity: m.one()}
	if !s.countOnly {
		reply.Items = append([]*item{}, found.items...)
	}
	if found.last != nil {
		reply.LastEvaluatedKey = &found.last
	}
	return reply, nil
}

// checkSearch applies the rules between parameters that need no table.
func (q *request) checkSearch(isQuery bool) error {
	switch {
	case isQuery && q.limit != nil && *q.limit < 1:
		return invalid("1 validation error detected: Value at 'Limit' failed to satisfy constraint: Member must have value greater than or equal to 1")
	case q.limit != nil && *q.limit < 1:
		return invalid("1 validation error detected: Value '%d' at 'limit' failed to satisfy constraint: Member must have value greater than or equal to 1", *q.limit)
	case q.segment != nil && q.segments == nil:
		return invalid("The TotalSegments parameter is required but was not present in the request when Segment parameter is present")
	case q.segments != nil && q.segment == nil:
		return invalid("The Segment parameter is required but was not present in the request when parameter TotalSegments is present")
	case q.segments != nil:
		var c constraints
		c.between("segment", *q.segment, 0, segmentsMax-1)
		c.between("totalSegments", *q.segments, 1, segmentsMax)
		if err := c.err(); err != nil {
			return err
		}
		if *q.segment >= *q.segments {
			return invalid("The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: %d is not less than TotalSegments: %d", *q.segment, *q.segments)
		}
	}
	if isQuery && q.keyCondition == nil {
		return invalid("Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.")
	}
	return q.checkSelect()
}

func (q *request) checkSelect() error {
	switch {
	case q.selection == "SPECIFIC_ATTRIBUTES" && q.projection == nil:
		return invalid("Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES")
	case q.selection != "" && q.selection != "SPECIFIC_ATTRIBUTES" && q.projection != nil:
		return invalid("Cannot specify the ProjectionExpression when choosing to get %s", q.selection)
	case q.selection == "ALL_PROJECTED_ATTRIBUTES" && q.indexName == nil:
		return invalid("ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName")
	}
	return nil
}

// run reads one page.
func (s *search) run(r reader) (page, error) {
	var p page
	var position item
	c := r.cursor(s.space)
	step := c.next
	if s.backward {
		step = c.prev
	}
	for key, stored := s.first(c); s.inside(key); key, stored = step() {
		if !s.inSegment(key) {
			continue
		}
		if s.limit > 0 && p.scanned == s.limit || p.bytes >= pageBytesMax {
			p.last = position.only(s.table.positionKeys(s.index))
			return p, nil
		}
		it, err := decodeItem(stored)
		if err != nil {
			return p, err
		}
		position = it
		p.scanned++
		p.bytes += it.size()
		if s.filter == nil || s.filter.holds(it) {
			p.count++
			s.collect(&p, it)
		}
	}
	if s.limit > 0 && p.scanned == s.limit { // the service does not look whether anything follows
		p.last = position.only(s.table.positionKeys(s.index))
	}
	return p, nil
}

func (s *search) collect(p *page, it item) {
	if s.countOnly {
		return
	}
	if s.projection != nil {
		it = selectPaths(it, s.projection)
	}
	p.items = append(p.items, &it)
}

// first places the cursor on the first key of the page.
func (s *search) first(c cursor) (key, stored []byte) {
	if !s.backward {
		if s.start == nil {
			return c.seek(s.keys.low)
		}
		key, stored = c.seek(s.start)
		if bytes.Equal(key, s.start) {
			return c.next()
		}
		return key, stored
	}
	end := s.keys.high
	if s.start != nil {
		end = s.start
	}
	if end == nil {
		return c.last()
	}
	if key, _ = c.seek(end); key == nil {
		return c.last()
	}
	return c.prev()
}

// inside tells whether a key still belongs to the range.
func (s *search) inside(key []byte) bool {
	if key == nil {
		return false
	}
	if s.backward {
		return bytes.Compare(key, s.keys.low) >= 0
	}
	return s.keys.high == nil || bytes.Compare(key, s.keys.high) < 0
}

// inSegment spreads partitions over the segments of a parallel scan.
func (s *search) inSegment(key []byte) bool {
	if s.segments == 0 {
		return true
	}
	partition, _, _ := bytes.Cut(key, []byte{0x00, 0x01})
	hash := fnv.New32a()
	_, _ = hash.Write(partition)
	return int(hash.Sum32())%s.segments == s.segment
}

// prepareSearch checks everything about a search that does not depend on the stored items.
func (e *Engine) prepareSearch(q *request, isQuery bool) (*search, error) {
	t, err := e.table(*q.tableName)
	if err != nil {
		return nil, err
	}
	s := &search{table: t, space: t.itemSpace, backward: q.backward, countOnly: q.selection == "COUNT"}
	if q.limit != nil {
		s.limit = *q.limit
	}
	if q.segments != nil {
		s.segment, s.segments = *q.segment, *q.segments
	}
	key := t.Key
	if q.indexName != nil {
		if s.index = t.index(*q.indexName); s.index == nil {
			return nil, invalid("The table does not have the specified index: %s", *q.indexName)
		}
		if q.consistent {
			return nil, invalid("Consistent reads are not supported on global secondary indexes")
		}
		s.space, key = s.index.space, s.index.Key
	}
	if err := s.parse(q, key, isQuery); err != nil {
		return nil, err
	}
	if err := s.checkProjected(q); err != nil {
		return nil, err
	}
	return s, s.continueAfter(q)
}

// parse reads the search's expressions.
func (s *search) parse(q *request, key keySchema, isQuery bool) error {
	given := "FilterExpression is null"
	if isQuery {
		given = "KeyConditionExpression and FilterExpression are null"
	}
	known, err := q.placeholders(given, q.keyCondition, q.filter, q.projection)
	if err != nil {
		return err
	}
	if q.keyCondition != nil {
		if s.keys, err = parseKeyCondition(s.table, key, *q.keyCondition, known); err != nil {
			return err
		}
	}
	if q.filter != nil {
		if s.filter, err = parseCondition("FilterExpression", *q.filter, known); err != nil {
			return err
		}
		for _, p := range paths(s.filter) {
			if isQuery && key.has(p[0].name) {
				return invalid("Filter Expression can only contain non-primary key attributes: Primary key attribute: %s", p[0].name)
			}
		}
	}
	if q.projection != nil {
		if s.projection, err = parseProjection(*q.projection, known); err != nil {
			return err
		}
	}
	return known.checkUsed()
}

// checkProjected refuses to read from an index what it does not carry.
func (s *search) checkProjected(q *request) error {
	if s.index == nil || s.index.Projection == projectAll {
		return nil
	}
	if q.selection == "ALL_ATTRIBUTES" {
		return invalid("One or more parameter values were invalid: Select type ALL_ATTRIBUTES is not supported for global secondary index %s because its projection type is not ALL", s.index.Name)
	}
	carried := s.index.projected
	for _, p := range s.projection {
		if !slices.Contains(carried, p[0].name) {
			return invalid("One or more parameter values were invalid: Global secondary index %s does not project [%s]", s.index.Name, p[0].name)
		}
	}
	return nil
}

// continueAfter reads the ExclusiveStartKey, which must have exactly the shape
// of a LastEvaluatedKey.
func (s *search) continueAfter(q *request) error {
	if q.startKey == nil {
		return nil
	}
	malformed := invalid("The provided starting key is invalid")
	given := q.startKey
	names := s.table.positionKeys(s.index)
	if len(given) != len(names) {
		return malformed
	}
	for _, name := range names {
		if v := given.find(name); v == nil || v.kind != s.table.kindOf(name) {
			return malformed
		}
	}
	primary, err := s.table.keyOfItem(given)
	if err != nil {
		return malformed
	}
	s.start = primary
	if s.index != nil {
		s.start = s.index.keyOf(given, primary)
	}
	if bytes.Compare(s.start, s.keys.low) < 0 || s.keys.high != nil && bytes.Compare(s.start, s.keys.high) >= 0 {
		return invalid("The provided starting key is outside query boundaries based on provided conditions")
	}
	return nil
}
