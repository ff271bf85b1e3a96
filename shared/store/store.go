package store

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"strconv"
	"sync/atomic"
	"time"

	"duly/shared/o2c"
	"duly/shared/o2c/fault"
)

// Options are what a store is given besides its client and table.
type Options struct {
	// Instance tells this store from every other that writes to the table at the
	// same time, such as the log stream of a Lambda environment. Required: two
	// stores of one name could take each other's commits for their own.
	Instance string
	// Sleep waits or fails with the context; nil waits on the wall clock.
	Sleep func(context.Context, time.Duration) error
	// Direct switches the queues for contested documents off, for the simulation:
	// its workers share one thread and must not wait for one another.
	Direct bool
	// Observe, when set, hears of every request: its operation and the capacity
	// units it took, none for a request that failed.
	Observe func(op string, read, write float64)
	// Shapes are those of another release, for the simulation; nil: Released.
	Shapes Shapes
}

// Store is o2c.Store on one DynamoDB table.
type Store struct {
	api      API
	table    string
	instance string
	sleep    func(context.Context, time.Duration) error
	observe  func(op string, read, write float64)
	commits  *atomic.Uint64 // numbers the commits of this instance
	queues   bool
	lanes    lanes
	shapes   Shapes
}

// New makes a store on a table that exists. It panics without an Instance.
func New(api API, table string, o Options) *Store {
	if o.Instance == "" {
		panic("store: Options.Instance is empty")
	}
	s := &Store{api: api, table: table, instance: o.Instance, sleep: o.Sleep, observe: o.Observe, queues: !o.Direct, shapes: o.Shapes, commits: new(atomic.Uint64)}
	if s.shapes == nil {
		s.shapes = Released()
	}
	if s.sleep == nil {
		s.sleep = wait
	}
	return s
}

// The bounds of one use case. decisionsMax counts how often it decides,
// sendsMax how often one request is sent while nobody says what became of it.
//
// The pause's window quadruples: writers who met need room more than haste.
// With 10 ms a round trip, 32 processes that draw from one number series at
// once all get their number within five decisions and 1.6 s; with windows that
// double, one in six is turned away. Inside a process lanes do better.
const (
	decisionsMax = 5
	sendsMax     = 6
	pauseMin     = 20 * time.Millisecond
	pauseMax     = 1280 * time.Millisecond
)

// Update commits what decide stages; see o2c.Store.
func (s *Store) Update(ctx context.Context, decide func(context.Context, *o2c.Tx) error) error {
	var there []o2c.Key
	for try := 1; ; try++ {
		id, a, err := s.try(ctx, decide, there)
		if a.verdict != outrun {
			return err
		}
		there = append(there, a.there...)
		if try == decisionsMax {
			return stale(err)
		}
		if late := s.pause(ctx, id, try); late != nil {
			return stale(late)
		}
	}
}

// try decides and commits once.
func (s *Store) try(ctx context.Context, decide func(context.Context, *o2c.Tx) error, there []o2c.Key) (string, answer, error) {
	view := &attempt{Store: s}
	defer func() { view.on.leave() }()
	tx := o2c.NewTx(view, there...)
	if err := decide(ctx, tx); err != nil {
		if view.torn(ctx, err) {
			return s.nonce(), answer{verdict: outrun}, err
		}
		return "", answer{}, err
	}
	c, err := prepare(s.table, s.shapes, tx.Plan(), s.nonce())
	if err != nil || len(c.writes) == 0 {
		return "", answer{}, err
	}
	a, err := s.send(ctx, c)
	if s.queues && len(a.lost) > 0 {
		s.lanes.heat(a.lost)
	}
	return c.id, a, err
}

func stale(cause error) error {
	return fault.New(fault.Stale, "The change could not be saved", "others kept changing the same documents", "load again and repeat").Because(cause)
}

func unavailable(cause error) error {
	return fault.New(fault.Unavailable, "The table does not answer", "it is throttled or out of reach", "repeat the step").Because(cause)
}

// nonce is different for every commit of every instance, without randomness.
func (s *Store) nonce() string {
	return s.instance + "/" + strconv.FormatUint(s.commits.Add(1), 10)
}

// send asks until it knows what became of the commit. Sending the same rows
// again is harmless: their conditions no longer hold once they are written, and
// what they meet then bears the commit's own id.
func (s *Store) send(ctx context.Context, c commit) (answer, error) {
	doubt := false // an earlier request may have been, or may yet be, carried out
	for n := 1; ; n++ {
		err := s.write(ctx, c)
		a := judge(err, c)
		switch {
		case a.verdict == unknown:
			doubt = true
		case a.verdict == outrun && a.conflict && doubt: // perhaps by ourselves
		case a.verdict != throttled:
			return a, a.fault(err)
		}
		if n == sendsMax {
			return answer{verdict: throttled}, unavailable(err)
		}
		if late := s.pause(ctx, c.id, n); late != nil {
			return answer{verdict: throttled}, unavailable(err)
		}
	}
}

// write sends a commit once. One row alone needs no transaction and costs half.
func (s *Store) write(ctx context.Context, c commit) error {
	if put := c.writes[0].op.Put; len(c.writes) == 1 && put != nil {
		var out written
		err := s.api.Ask(ctx, "PutItem", putItem{*put, s.metered()}, &out)
		s.meter("PutItem", once(out.ConsumedCapacity)...)
		return err
	}
	// Nothing relies on DynamoDB remembering the token: it does so for ten
	// minutes only (row 44 of the failure catalogue).
	in := transactWrite{TransactItems: make([]action, len(c.writes)), ClientRequestToken: c.id, ReturnConsumedCapacity: s.metered()}
	for i := range c.writes {
		in.TransactItems[i] = c.writes[i].op
	}
	var out transacted
	err := s.api.Ask(ctx, "TransactWriteItems", in, &out)
	s.meter("TransactWriteItems", out.ConsumedCapacity...)
	return err
}

// pause waits before the next attempt, somewhere in a window that grows. The
// place depends on the commit and the attempt alone, so that writers who met do
// not meet again and the simulation repeats itself.
func (s *Store) pause(ctx context.Context, id string, attempt int) error {
	return s.sleep(ctx, backoff(id, attempt))
}

func backoff(id string, attempt int) time.Duration {
	window := min(pauseMin<<(2*(attempt-1)), pauseMax)
	sum := sha256.Sum256([]byte(id + strconv.Itoa(attempt)))
	return time.Duration(binary.BigEndian.Uint64(sum[:8]) % uint64(window))
}

// wait is Sleep on the wall clock.
func wait(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
