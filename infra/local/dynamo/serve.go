package dynamo

import (
	"bytes"
	"encoding/json"
	"errors"
	"hash/crc32"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// operation is one entry of the protocol.
type operation struct {
	write bool
	run   func(*Engine, string) (any, error)
}

// operations are all that the engine serves. The product uses the operations on
// items, streams and TTL; those on tables set up the store and its tests.
var operations = map[string]operation{
	"CreateTable":        {true, (*Engine).createTable},
	"DescribeTable":      {false, (*Engine).describeTable},
	"UpdateTable":        {true, (*Engine).updateTable},
	"DeleteTable":        {true, (*Engine).deleteTable},
	"ListTables":         {false, (*Engine).listTables},
	"UpdateTimeToLive":   {true, (*Engine).updateTimeToLive},
	"DescribeTimeToLive": {false, (*Engine).describeTimeToLive},
	"GetItem":            {false, (*Engine).getItem},
	"PutItem":            {true, (*Engine).putItem},
	"UpdateItem":         {true, (*Engine).updateItem},
	"DeleteItem":         {true, (*Engine).deleteItem},
	"BatchGetItem":       {false, (*Engine).batchGetItem},
	"BatchWriteItem":     {true, (*Engine).batchWriteItem},
	"TransactGetItems":   {false, (*Engine).transactGetItems},
	"TransactWriteItems": {true, (*Engine).transactWriteItems},
	"Query":              {false, (*Engine).query},
	"Scan":               {false, (*Engine).scan},
	"DescribeStream":     {false, (*Engine).describeStream},
	"GetShardIterator":   {false, (*Engine).getShardIterator},
	"GetRecords":         {false, (*Engine).getRecords},
}

const contentType = "application/x-amz-json-1.0"

// ServeHTTP speaks the protocol on a socket. Bind it to the loopback interface
// only: credentials are not checked.
func (e *Engine) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var body strings.Builder
	if _, err := io.Copy(&body, http.MaxBytesReader(w, r.Body, bodyBytesMax)); err != nil {
		http.Error(w, "request body cannot be read", http.StatusRequestEntityTooLarge)
		return
	}
	status, answer := e.answer(r.Header.Get("X-Amz-Target"), body.String())
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("X-Amz-Crc32", strconv.FormatUint(uint64(crc32.ChecksumIEEE(answer)), 10))
	w.WriteHeader(status)
	_, _ = w.Write(answer) //nolint:gosec // JSON, and no browser asks for it
}

// Transport carries an SDK client's calls straight into the engine: give it to
// the client as http.Client{Transport: engine.Transport()}, with any endpoint.
func (e *Engine) Transport() http.RoundTripper { return transport{e} }

type transport struct{ engine *Engine }

func (t transport) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	var body strings.Builder
	if r.Body != nil {
		if r.ContentLength > 0 {
			body.Grow(int(r.ContentLength))
		}
		_, err := io.Copy(&body, r.Body)
		_ = r.Body.Close()
		if err != nil {
			return nil, err
		}
	}
	status, answer := t.engine.answer(r.Header.Get("X-Amz-Target"), body.String())
	return &http.Response{
		Status:        strconv.Itoa(status) + " " + http.StatusText(status),
		StatusCode:    status,
		Proto:         "HTTP/1.1",
		ProtoMajor:    1,
		ProtoMinor:    1,
		Header:        http.Header{"Content-Type": {contentType}},
		Body:          io.NopCloser(bytes.NewReader(answer)),
		ContentLength: int64(len(answer)),
		Request:       r,
	}, nil
}

// answer performs one call.
func (e *Engine) answer(target string, body string) (int, []byte) {
	name := target[strings.LastIndexByte(target, '.')+1:]
	reply, err := e.perform(name, body)
	if err == nil {
		var answer []byte
		if answer, err = encodeReply(reply); err == nil {
			return http.StatusOK, answer
		}
	}
	var failure *refusal
	if !errors.As(err, &failure) {
		failure = internal("operation %s failed — %v — check the store and try again", name, err)
	}
	return failure.status, failure.answer()
}

// encodeReply writes a reply, or lets it write itself.
func encodeReply(reply any) ([]byte, error) {
	if own, ok := reply.(interface{ encodeJSON() ([]byte, error) }); ok {
		return own.encodeJSON()
	}
	return json.Marshal(reply)
}

func (e *Engine) perform(name string, body string) (any, error) {
	o, known := operations[name]
	if !known {
		return nil, refuse(codeUnknownOperation, "operation %q is not served — the embedded engine has only what the product uses — use another operation, or run against AWS", name)
	}
	if e.fault == nil {
		return o.run(e, body)
	}
	fault := e.fault(name, o.write)
	if err := fault.refusal(name, body); err != nil {
		return nil, err
	}
	reply, err := o.run(e, body)
	if err == nil && fault.LoseAnswer {
		return nil, internal("Internal server error")
	}
	return reply, err
}

// answer is the failure as the protocol writes it.
func (r *refusal) answer() []byte {
	body := struct {
		Type                string               `json:"__type"`
		Message             string               `json:"message"`
		Item                *item                `json:"Item,omitempty"`
		CancellationReasons []cancellationReason `json:"CancellationReasons,omitempty"`
	}{"com.amazonaws.dynamodb.v20120810#" + r.code, r.message, r.item, r.reasons}
	answer, err := json.Marshal(body)
	if err != nil {
		return []byte(`{"__type":"com.amazonaws.dynamodb.v20120810#` + codeInternal + `"}`)
	}
	return answer
}
