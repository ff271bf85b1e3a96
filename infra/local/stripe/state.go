package stripe

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
)

// state is everything the server knows; it is what Snapshot writes. Amounts are
// minor units, times are seconds since the epoch, as in Stripe's API.
type state struct {
	Counter      int64
	Sessions     table[*session]
	Intents      table[*intent]
	Charges      table[*charge]
	Refunds      table[*refund]
	Disputes     table[*dispute]
	Payouts      table[*payout]
	Transactions table[*transaction]
	Events       table[*event]
	Endpoints    table[*webhookEndpoint]
	Customers    table[*customer]
	Methods      table[*method]
	Setups       table[*setup]
	Timers       []timer
	Deliveries   []*delivery
	Answers      table[*savedAnswer]
	Outage       outage
	PayoutSkew   int64
	PayoutMoves  int // how often the account that is paid out to was changed
}

func newState() state {
	return state{
		Sessions: newTable[*session](), Intents: newTable[*intent](), Charges: newTable[*charge](),
		Refunds: newTable[*refund](), Disputes: newTable[*dispute](), Payouts: newTable[*payout](),
		Transactions: newTable[*transaction](), Events: newTable[*event](), Endpoints: newTable[*webhookEndpoint](),
		Answers: newTable[*savedAnswer](), Customers: newTable[*customer](), Methods: newTable[*method](), Setups: newTable[*setup](),
	}
}

// Snapshot is the whole state as JSON, for a demo that is started again.
func (s *Server) Snapshot() ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return json.Marshal(&s.state)
}

// Restore replaces the state by a snapshot.
func (s *Server) Restore(snapshot []byte) error {
	restored := newState()
	if err := json.Unmarshal(snapshot, &restored); err != nil {
		return fmt.Errorf("restore the loopback Stripe — the snapshot is not readable — start with a fresh state: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state = restored
	return nil
}

// keyed is a row that knows its id.
type keyed interface{ key() string }

// table keeps rows in the order of creation, which is the order that lists and
// snapshots rely on.
type table[T keyed] struct {
	rows  []T
	index map[string]T
}

func newTable[T keyed]() table[T] { return table[T]{index: map[string]T{}} }

func (t *table[T]) add(row T) T {
	t.rows = append(t.rows, row)
	t.index[row.key()] = row
	return row
}

func (t *table[T]) get(id string) (T, bool) {
	row, ok := t.index[id]
	return row, ok
}

// forget drops the oldest rows as long as old says so.
func (t *table[T]) forget(old func(T) bool) {
	n := 0
	for n < len(t.rows) && old(t.rows[n]) {
		delete(t.index, t.rows[n].key())
		n++
	}
	t.rows = slices.Delete(t.rows, 0, n)
}

func (t *table[T]) remove(id string) {
	delete(t.index, id)
	t.rows = slices.DeleteFunc(t.rows, func(row T) bool { return row.key() == id })
}

func (t table[T]) MarshalJSON() ([]byte, error) { return json.Marshal(t.rows) }

func (t *table[T]) UnmarshalJSON(data []byte) error {
	if err := json.Unmarshal(data, &t.rows); err != nil {
		return err
	}
	for _, row := range t.rows {
		t.index[row.key()] = row
	}
	return nil
}

// newID derives the next id from seed and counter, so that a run with the same
// seed and the same steps has the same ids.
func (s *Server) newID(prefix string, length int) string {
	const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	s.state.Counter++
	id := []byte(prefix)
	for block := 0; len(id) < len(prefix)+length; block++ {
		sum := sha256.Sum256(fmt.Appendf(nil, "%d/%s/%d/%d", s.options.Seed, prefix, s.state.Counter, block))
		for _, b := range sum {
			id = append(id, alphabet[int(b)%len(alphabet)])
		}
	}
	return string(id[:len(prefix)+length])
}
