package sim

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"duly/infra/local/dynamo"
	"duly/shared/testkit"
)

// tableName is the run's one table.
const tableName = testkit.Table

// wireToTable carries the calls of all functions into the engine, one at a
// time: before each the caller stands still, after each it may be dead.
type wireToTable struct{ world *world }

// RoundTrip is one call. The observer's own calls, made while no function runs,
// pass untouched.
func (t wireToTable) RoundTrip(r *http.Request) (*http.Response, error) {
	w := t.world
	v := w.running
	if v == nil {
		return w.engine.Transport().RoundTrip(r)
	}
	target := r.Header.Get("X-Amz-Target")
	op := target[strings.LastIndexByte(target, '.')+1:]
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	w.digest.number(size(body))
	if id := claimed(op, body); id != "" {
		v.effect = id
	}
	w.place = w.input(op)
	place, write := w.place, strings.HasSuffix(op, "Items") || op == "PutItem"
	if write {
		w.writes = append(w.writes, place)
	}
	if write && w.strikes(ForgottenToken, place) {
		r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(forgotten(body, place))), int64(len(body))
	}
	answer, err := w.engine.Transport().RoundTrip(r)
	w.output(place)
	if write && err == nil && w.strikes(CommitUnknown, place) {
		return nil, errNoAnswer
	}
	return answer, err
}

// forgotten is a transaction whose request token is another than that of its
// first attempt: DynamoDB remembers tokens for ten minutes only (row 44).
func forgotten(body []byte, place int) []byte {
	const name = `"ClientRequestToken":"`
	at := bytes.Index(body, []byte(name))
	if at < 0 {
		return body
	}
	other := bytes.Clone(body)
	copy(other[at+len(name):], fmt.Sprintf("%08d", place))
	return other
}

// size sums the bytes of a request. The SDK writes maps in any order, so a hash
// that depends on it would differ from run to run.
func size(body []byte) uint64 {
	var n uint64
	for _, b := range body {
		n += uint64(b)
	}
	return n
}

// claimed is the effect that a request of the outbox claims or marks: it writes
// the one row.
func claimed(op string, body []byte) string {
	const row = `"S":"effect#`
	if op != "PutItem" {
		return ""
	}
	_, rest, ok := bytes.Cut(body, []byte(row))
	if !ok {
		return ""
	}
	id, _, _ := bytes.Cut(rest, []byte(`"`))
	return string(id)
}

// tableFault is asked by the engine what shall go wrong in an operation.
func (w *world) tableFault(_ string, write bool) dynamo.Fault {
	switch {
	case w.running == nil:
		return dynamo.Fault{}
	case w.away("table", TableOutage, w.place, 2*time.Minute):
		return dynamo.Fault{Refuse: dynamo.Throttled}
	case w.strikes(Throttle, w.place):
		return dynamo.Fault{Refuse: dynamo.Throttled}
	case w.strikes(Unavailable, w.place):
		return dynamo.Fault{Refuse: dynamo.Unavailable}
	case write && w.strikes(Conflict, w.place):
		return dynamo.Fault{Refuse: dynamo.Conflict}
	}
	return dynamo.Fault{}
}

// indexLag is asked by the engine how many of the last writes an index misses.
func (w *world) indexLag() int {
	if w.running == nil || !w.strikes(StaleIndex, w.place) {
		return 0
	}
	return 1 + w.faults.chance.below(40)
}
