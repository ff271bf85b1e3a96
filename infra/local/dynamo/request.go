package dynamo

import "slices"

// request carries the parameters of the operations on items. Each operation
// accepts the subset it honours and refuses the rest by name.
type request struct {
	tableName    *string
	indexName    *string
	item         item // nil, as with all of them: not given
	key          item
	startKey     item
	names        item
	values       item
	condition    *string
	update       *string
	keyCondition *string
	filter       *string
	projection   *string

	returnValues    string
	returnOnFailure string
	returnCapacity  string
	returnMetrics   string
	selection       string
	consistent      bool
	backward        bool
	limit           *int
	segment         *int
	segments        *int
}

// decodeRequest reads a body and checks its parameters, then what was wrong
// inside the attribute values.
func decodeRequest(body string, accepts []string) (*request, error) {
	r := &jsonReader{data: body}
	q := &request{}
	q.read(r, accepts)
	r.end()
	if r.err != nil {
		return nil, r.err
	}
	if err := q.check(); err != nil {
		return nil, err
	}
	return q, r.wrong
}

func (q *request) read(r *jsonReader, accepts []string) {
	for name := range r.members() {
		q.one(r, name, accepts)
	}
}

// one reads one parameter if the operation accepts it.
func (q *request) one(r *jsonReader, name string, accepts []string) {
	if !slices.Contains(accepts, name) {
		r.err = unsupportedParameter(name)
		return
	}
	q.parameter(r, name)
}

// parameter reads one parameter's value.
func (q *request) parameter(r *jsonReader, name string) {
	switch name {
	case "TableName":
		q.tableName = r.optionalText()
	case "IndexName":
		q.indexName = r.optionalText()
	case "Item":
		q.item = r.item(0)
	case "Key":
		q.key = r.item(0)
	case "ExclusiveStartKey":
		q.startKey = r.item(0)
	case "ExpressionAttributeNames":
		q.names = r.texts()
	case "ExpressionAttributeValues":
		q.values = r.item(0)
	case "ConditionExpression":
		q.condition = r.optionalText()
	case "UpdateExpression":
		q.update = r.optionalText()
	case "KeyConditionExpression":
		q.keyCondition = r.optionalText()
	case "FilterExpression":
		q.filter = r.optionalText()
	case "ProjectionExpression":
		q.projection = r.optionalText()
	case "ReturnValues":
		q.returnValues = r.text()
	case "ReturnValuesOnConditionCheckFailure":
		q.returnOnFailure = r.text()
	case "ReturnConsumedCapacity":
		q.returnCapacity = r.text()
	case "ReturnItemCollectionMetrics":
		q.returnMetrics = r.text()
	case "Select":
		q.selection = r.text()
	case "ConsistentRead":
		q.consistent = r.boolean()
	case "ScanIndexForward":
		q.backward = !r.boolean()
	case "Limit":
		q.limit = r.integer()
	case "Segment":
		q.segment = r.integer()
	case "TotalSegments":
		q.segments = r.integer()
	default: // accepted by the operation, unknown here: an error of the engine
		r.err = unsupportedParameter(name)
	}
}

// check applies the constraints that are reported together; a wrong table name
// is reported alone.
func (q *request) check() error {
	var c constraints
	c.name("tableName", q.tableName, 1)
	if err := c.err(); err != nil {
		return err
	}
	c.reports(q.returnCapacity, q.returnMetrics)
	c.enum("returnValues", q.returnValues, "ALL_NEW", "UPDATED_OLD", "ALL_OLD", "NONE", "UPDATED_NEW")
	c.enum("returnValuesOnConditionCheckFailure", q.returnOnFailure, "ALL_OLD", "NONE")
	c.enum("select", q.selection, "SPECIFIC_ATTRIBUTES", "COUNT", "ALL_ATTRIBUTES", "ALL_PROJECTED_ATTRIBUTES")
	return c.err()
}

// reports checks the parameters that every operation on items has.
func (c *constraints) reports(capacity, metrics string) {
	c.enum("returnConsumedCapacity", capacity, "INDEXES", "TOTAL", "NONE")
	c.enum("returnItemCollectionMetrics", metrics, "SIZE", "NONE")
}

// placeholders gives the names and values to the expressions; expressions
// are those the request has, missing is what to say when it has none.
func (q *request) placeholders(missing string, expressions ...*string) (*placeholders, error) {
	some := slices.ContainsFunc(expressions, func(e *string) bool { return e != nil })
	switch {
	case q.names != nil && !some:
		return nil, invalid("ExpressionAttributeNames can only be specified when using expressions")
	case q.values != nil && !some:
		return nil, invalid("ExpressionAttributeValues can only be specified when using expressions: %s", missing)
	case q.names != nil && len(q.names) == 0:
		return nil, invalid("ExpressionAttributeNames must not be empty")
	case q.values != nil && len(q.values) == 0:
		return nil, invalid("ExpressionAttributeValues must not be empty")
	}
	for i := range q.names {
		if name := q.names[i].name; len(name) < 2 || name[0] != '#' {
			return nil, invalid("ExpressionAttributeNames contains invalid key: Syntax error; key: %q", name)
		}
	}
	for i := range q.values {
		if name := q.values[i].name; len(name) < 2 || name[0] != ':' {
			return nil, invalid("ExpressionAttributeValues contains invalid key: Syntax error; key: %q", name)
		}
	}
	return newPlaceholders(q.names, q.values), nil
}
