package store

import (
	"context"
	"errors"
	"sync"

	"duly/shared/o2c"
	"duly/shared/o2c/fault"
)

// lanes let the use cases of one process queue for a document that they fight
// over, such as a number series: once a commit has lost such a race, whoever
// reads the document next waits for the one before it to commit. Without them
// one of n wins and n-1 decide in vain, again and again. They are a courtesy,
// not a safeguard: the version condition decides, here and between processes.
type lanes struct {
	mu    sync.Mutex
	clock uint64 // turns taken
	hot   map[o2c.Key]*lane
}

type lane struct {
	turn    chan struct{} // holds one token while somebody is on
	waiting int
	until   uint64 // stays hot until this turn
}

// A document stays hot for laneTurns use cases after the last collision or
// queue; lanesMax bounds the memory.
const (
	laneTurns = 256
	lanesMax  = 1024
)

// heat marks documents over which a commit lost.
func (l *lanes) heat(keys []o2c.Key) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.hot == nil {
		l.hot = map[o2c.Key]*lane{}
	}
	for _, k := range keys {
		if at := l.hot[k]; at != nil {
			at.until = l.clock + laneTurns
			continue
		}
		if len(l.hot) >= lanesMax {
			l.cool()
		}
		if len(l.hot) < lanesMax {
			l.hot[k] = &lane{turn: make(chan struct{}, 1), until: l.clock + laneTurns}
		}
	}
}

// cool forgets what nobody fights over any more.
func (l *lanes) cool() {
	for k, at := range l.hot {
		if at.until <= l.clock && at.waiting == 0 {
			delete(l.hot, k)
		}
	}
}

// enter waits for the turn on the first of the keys that is hot. The lane it
// gives must be left; nil means that none is hot. A use case is on one lane at
// most, so no two can wait for each other.
func (l *lanes) enter(ctx context.Context, keys []o2c.Key) (*lane, error) {
	at := l.find(keys)
	if at == nil {
		return nil, nil
	}
	defer l.arrived(at)
	select {
	case at.turn <- struct{}{}:
		return at, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (l *lanes) find(keys []o2c.Key) *lane {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.clock++
	if len(l.hot) == 0 {
		return nil
	}
	for _, k := range keys {
		at := l.hot[k]
		if at == nil {
			continue
		}
		if at.until <= l.clock && at.waiting == 0 {
			delete(l.hot, k)
			continue
		}
		if at.waiting++; at.waiting > 1 || len(at.turn) > 0 { // still fought over
			at.until = l.clock + laneTurns
		}
		return at
	}
	return nil
}

func (l *lanes) arrived(at *lane) {
	l.mu.Lock()
	defer l.mu.Unlock()
	at.waiting--
}

func (at *lane) leave() {
	if at != nil {
		<-at.turn
	}
}

// attempt is the view of one try of a use case: it reads through the store and
// waits for its turn at the first hot document.
type attempt struct {
	*Store
	on   *lane
	read []o2c.Stored // all documents that the decision rests on
}

// Gather reads, after the others of this process that wait for the documents.
func (a *attempt) Gather(ctx context.Context, w o2c.Wanted) (o2c.Gathered, error) {
	if a.on == nil && a.queues {
		on, err := a.lanes.enter(ctx, w.Documents)
		if err != nil {
			return o2c.Gathered{}, stale(err)
		}
		a.on = on
	}
	got, err := a.Store.Gather(ctx, w)
	a.read = append(a.read, got.Documents...)
	return got, err
}

// torn reports whether a decision failed on documents that never stood together:
// no read of several items is one moment, and what others commit in between
// makes them contradict each other. A decision that succeeds is held against
// their versions by its commit; one that fails has to look for itself.
func (a *attempt) torn(ctx context.Context, failure error) bool {
	if len(a.read) < 2 || errors.Is(failure, o2c.ErrSeen) || fault.Is(failure, fault.Unavailable) || ctx.Err() != nil {
		return false
	}
	var w o2c.Wanted
	for _, d := range a.read {
		w.Documents = append(w.Documents, d.Key)
	}
	now, err := a.Store.Gather(ctx, w)
	if err != nil || len(now.Documents) != len(a.read) {
		return false // the first failure stands
	}
	for i, d := range now.Documents {
		if d.Version != a.read[i].Version {
			return true
		}
	}
	return false
}
