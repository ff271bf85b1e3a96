package dynamo

// Fault is what goes wrong in one operation. The zero value lets it succeed.
type Fault struct {
	// Refuse answers with this failure and does nothing.
	Refuse Refusal
	// LoseAnswer does the work and then answers InternalServerError: the caller
	// cannot know whether it happened.
	LoseAnswer bool
}

// Refusal is a failure that an operation can be made to answer with.
type Refusal string

// The failures of the service that callers must expect.
const (
	Throttled   Refusal = "throttled"   // ProvisionedThroughputExceededException
	Conflict    Refusal = "conflict"    // TransactionConflict, as reason or as exception
	Unavailable Refusal = "unavailable" // InternalServerError, and nothing was done
)

// refusal is the answer of an operation that a fault refuses; nil for none.
func (f Fault) refusal(operation string, body string) error {
	switch f.Refuse {
	case Throttled:
		return refuse(codeThrottled, "The level of configured provisioned throughput for the table was exceeded. Consider increasing your provisioning level with the UpdateTable API.")
	case Unavailable:
		return internal("Internal server error")
	case Conflict:
		return conflict(operation, body)
	}
	return nil
}

// conflict names the first operation of a transaction as the one in conflict.
func conflict(operation string, body string) error {
	failure := refuse(codeConflict, "Transaction is ongoing for the item")
	verbs := map[string]transactVerbs{"TransactWriteItems": writeVerbs, "TransactGetItems": getVerbs}[operation]
	if verbs == nil {
		return failure
	}
	q, err := decodeTransaction(body, verbs)
	if err != nil {
		return err
	}
	cancelled := cancellation{operations: len(q.items)}
	cancelled.add(0, failure)
	return cancelled.err()
}

// indexLag holds back index entries, oldest first, one element per write. It is
// touched only while a change is being applied, hence by one goroutine at a time.
type indexLag struct {
	behind func() int // nil: indexes are always up to date
	held   [][]indexChange
}

// heldWritesMax bounds what is held back when nobody reads an index.
const heldWritesMax = 1000

// changeIndexes writes index entries, or holds them back when the engine lags.
func (e *Engine) changeIndexes(w writer, changes []indexChange) error {
	if e.lag.behind == nil {
		return applyIndexChanges(w, changes)
	}
	if len(changes) > 0 {
		e.lag.held = append(e.lag.held, changes)
	}
	return e.lag.release(w, heldWritesMax)
}

// release writes held entries until at most keep writes are held.
func (l *indexLag) release(w writer, keep int) error {
	for len(l.held) > keep {
		if err := applyIndexChanges(w, l.held[0]); err != nil {
			return err
		}
		l.held = l.held[1:]
	}
	return nil
}

// catchUp lets the indexes see all but the last writes, before they are read.
func (e *Engine) catchUp() error {
	if e.lag.behind == nil {
		return nil
	}
	return e.settle(e.lag.behind())
}

func (e *Engine) settle(behind int) error {
	if e.lag.behind == nil {
		return nil
	}
	return e.pages.update(changeFuncs{
		decision:    func(reader) error { return nil },
		application: func(w writer) error { return e.lag.release(w, behind) },
	})
}
