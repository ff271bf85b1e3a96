package dynamo

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// transactItem is one operation of a transaction as it came.
type transactItem struct {
	verb    string
	request request
}

// transactRequest carries the parameters of both kinds of transaction.
type transactRequest struct {
	items          []transactItem
	given          bool
	token          string
	returnCapacity string
	returnMetrics  string
}

// transactVerbs are the operations a transaction may hold, with their parameters.
type transactVerbs map[string][]string

var (
	writeVerbs = transactVerbs{
		verbPut:    {"TableName", "Item", "ConditionExpression", "ExpressionAttributeNames", "ExpressionAttributeValues", "ReturnValuesOnConditionCheckFailure"},
		verbUpdate: {"TableName", "Key", "UpdateExpression", "ConditionExpression", "ExpressionAttributeNames", "ExpressionAttributeValues", "ReturnValuesOnConditionCheckFailure"},
		verbDelete: {"TableName", "Key", "ConditionExpression", "ExpressionAttributeNames", "ExpressionAttributeValues", "ReturnValuesOnConditionCheckFailure"},
		verbCheck:  {"TableName", "Key", "ConditionExpression", "ExpressionAttributeNames", "ExpressionAttributeValues", "ReturnValuesOnConditionCheckFailure"},
	}
	getVerbs = transactVerbs{"Get": {"TableName", "Key", "ProjectionExpression", "ExpressionAttributeNames"}}
)

// decodeTransaction reads a transaction and checks its parameters.
func decodeTransaction(body string, verbs transactVerbs) (*transactRequest, error) {
	r := &jsonReader{data: body}
	q := &transactRequest{}
	for name := range r.members() {
		switch name {
		case "TransactItems":
			q.given = true
			q.items = readTransactItems(r, verbs)
		case "ClientRequestToken":
			q.token = r.text()
		case "ReturnConsumedCapacity":
			q.returnCapacity = r.text()
		case "ReturnItemCollectionMetrics":
			q.returnMetrics = r.text()
		default:
			r.err = unsupportedParameter(name)
		}
	}
	r.end()
	if r.err != nil {
		return nil, r.err
	}
	if err := q.check(); err != nil {
		return nil, err
	}
	return q, r.wrong
}

// transactionItemsUsual is how many operations most transactions have at most.
const transactionItemsUsual = 16

func readTransactItems(r *jsonReader, verbs transactVerbs) []transactItem {
	list := make([]transactItem, 0, transactionItemsUsual)
	for range r.elements() {
		count := 0
		for verb := range r.members() {
			accepts, known := verbs[verb]
			if !known {
				r.err = unsupportedParameter(verb)
				break
			}
			count++
			list = append(list, transactItem{verb: verb})
			list[len(list)-1].request.read(r, accepts)
		}
		if count != 1 {
			r.disallow(invalid("TransactItems can only contain one of Check, Put, Update or Delete"))
		}
	}
	return list
}

func (q *transactRequest) check() error {
	var c constraints
	c.reports(q.returnCapacity, q.returnMetrics)
	c.present("transactItems", q.given)
	switch n := len(q.items); {
	case q.given && n == 0:
		c.violate("'[]' ", "transactItems", "have length greater than or equal to 1")
	case n > transactionItemsMax:
		verbs := make([]string, n)
		for i := range q.items {
			verbs[i] = q.items[i].verb
		}
		c.violate("'["+strings.Join(verbs, ", ")+"]' ", "transactItems", "have length less than or equal to %d", transactionItemsMax)
	}
	if len(q.token) > tokenBytesMax {
		c.violate("'"+q.token+"' ", "clientRequestToken", "have length less than or equal to %d", tokenBytesMax)
	}
	for i := range q.items {
		one := &q.items[i]
		if one.verb == verbCheck && one.request.condition == nil {
			c.present(fmt.Sprintf("transactItems.%d.member.conditionCheck.conditionExpression", i+1), false)
		}
	}
	if err := c.err(); err != nil {
		return err
	}
	for i := range q.items {
		if err := q.items[i].request.check(); err != nil {
			return err
		}
	}
	return nil
}

// transaction is a TransactWriteItems on its way: all of it or nothing.
type transaction struct {
	engine      *Engine
	writes      []*write
	token       string
	fingerprint [sha256.Size]byte
	replayed    bool // the token was seen: done before, nothing to do now
}

type transactWriteReply struct {
	ConsumedCapacity []consumedCapacity `json:",omitempty"`
}

func (e *Engine) transactWriteItems(body string) (any, error) {
	q, err := decodeTransaction(body, writeVerbs)
	if err != nil {
		return nil, err
	}
	e.schema.RLock()
	defer e.schema.RUnlock()
	t, err := e.prepareTransaction(q)
	if err != nil {
		return nil, err
	}
	if err := e.commit(t); err != nil {
		return nil, err
	}
	m := meter{mode: q.returnCapacity, kind: "write"}
	if t.replayed { // an idempotent repeat is billed as a read of the items
		m.kind = "read"
	}
	for _, w := range t.writes {
		m.addWrite(w)
	}
	return transactWriteReply{m.all()}, nil
}

var errRepeatedItem = invalid("Transaction request cannot include multiple operations on one item")

func (e *Engine) prepareTransaction(q *transactRequest) (*transaction, error) {
	t := &transaction{engine: e, token: q.token, writes: make([]*write, 0, len(q.items))}
	failures := cancellation{operations: len(q.items)}
	for i := range q.items {
		one := &q.items[i]
		w, err := e.prepare(one.verb, &one.request)
		if err != nil {
			return nil, err
		}
		if failures.add(i, w.bind(&one.request)) {
			continue
		}
		if slices.ContainsFunc(t.writes, w.sameItem) {
			return nil, errRepeatedItem
		}
		t.writes = append(t.writes, w)
	}
	if err := failures.err(); err != nil {
		return nil, err
	}
	if q.token != "" {
		t.fingerprint = fingerprint(q.items, t.writes)
	}
	return t, nil
}

// fingerprint identifies what a transaction asks for, whatever order the caller's
// JSON put its maps in. The items of Puts are there in their stored form already.
func fingerprint(list []transactItem, writes []*write) [sha256.Size]byte {
	sum := sha256.New()
	var part []byte
	for i := range list {
		q := &list[i].request
		part = appendLengthed(part[:0], list[i].verb)
		for _, text := range []*string{q.tableName, q.condition, q.update} {
			part = append(part, 0)
			if text != nil {
				part = append(part, 1)
				part = appendLengthed(part, *text)
			}
		}
		for _, values := range []item{q.key, q.names, q.values} {
			part = append(part, 0)
			if values != nil {
				part = values.appendBinary(part)
			}
		}
		part = appendLengthed(part, q.returnOnFailure)
		part = binary.AppendUvarint(part, uint64(len(writes[i].after.stored)))
		_, _ = sum.Write(part) // a hash takes everything
		_, _ = sum.Write(writes[i].after.stored)
	}
	return [sha256.Size]byte(sum.Sum(nil))
}

// tokenAgeMax: a request token protects against repeats for ten minutes after
// the transaction (API reference, TransactWriteItems).
const tokenAgeMax = 10 * time.Minute

// tokenHeader is the fingerprint before the moment in a stored token.
const tokenHeader = sha256.Size

// decide checks every operation, so that the answer names all that failed.
func (t *transaction) decide(r reader) error {
	if err := t.recognize(r); err != nil || t.replayed {
		return err
	}
	failures := cancellation{operations: len(t.writes)}
	bytes := 0
	for i, w := range t.writes {
		if err := w.decide(r); !failures.add(i, err) && err != nil {
			return err
		}
		bytes += max(w.before.size, w.after.size)
	}
	if err := failures.err(); err != nil {
		return err
	}
	if bytes > transactionBytesMax {
		return errTransactionSize
	}
	return nil
}

var errTransactionSize = invalid("Transaction request size exceeded: the items of a transaction may not exceed 4 MB together")

// recognize finds out whether the token stands for a transaction already done.
func (t *transaction) recognize(r reader) error {
	if t.token == "" {
		return nil
	}
	seen := r.get(tokenSpace, []byte(t.token))
	if seen == nil || age(seen[tokenHeader:], t.engine.now()) >= tokenAgeMax {
		return nil
	}
	if [sha256.Size]byte(seen) != t.fingerprint {
		return refuse(codeParameterMismatch, "The request uses the same client token as a previous, but non-identical request.")
	}
	t.replayed = true
	return nil
}

func (t *transaction) apply(to writer) error {
	if t.replayed {
		return nil
	}
	for _, w := range t.writes {
		if err := w.apply(to); err != nil {
			return err
		}
	}
	if t.token == "" {
		return nil
	}
	done := binary.AppendVarint(t.fingerprint[:], t.engine.now().UnixMilli())
	return to.put(tokenSpace, []byte(t.token), done)
}

// cancellation gathers why operations of a transaction failed.
type cancellation struct {
	operations int
	reasons    []cancellationReason // one per operation; nil while none failed
}

// add notes the failure of one operation if it is of the kind that cancels a
// transaction; others refuse the whole request.
func (c *cancellation) add(operation int, err error) bool {
	if err == nil {
		return false
	}
	var failure *refusal
	if !errors.As(err, &failure) {
		return false
	}
	reason := cancellationReason{Message: failure.message, Item: failure.item}
	switch failure.code {
	case codeConditionFailed:
		reason.Code = "ConditionalCheckFailed"
	case codeValidation:
		reason.Code = "ValidationError"
	case codeConflict:
		reason.Code = "TransactionConflict"
	default:
		return false
	}
	if c.reasons == nil {
		c.reasons = slices.Repeat([]cancellationReason{{Code: "None"}}, c.operations)
	}
	c.reasons[operation] = reason
	return true
}

func (c *cancellation) err() error {
	if c.reasons == nil {
		return nil
	}
	codes := make([]string, len(c.reasons))
	for i, reason := range c.reasons {
		codes[i] = reason.Code
	}
	failure := refuse(codeCancelled, "Transaction cancelled, please refer cancellation reasons for specific reasons [%s]", strings.Join(codes, ", "))
	failure.reasons = c.reasons
	return failure
}
