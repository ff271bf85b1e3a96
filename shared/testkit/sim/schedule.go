package sim

import (
	"context"
	"time"

	"duly/shared/handler/trigger"
)

// tick is one schedule of a function.
type tick struct {
	function string
	name     string
	every    func(time.Time) time.Time // the next instant after one
	queues   []string                  // with nothing due in them a tick does nothing; nil: it always acts
	next     time.Time
	missing  time.Time // until then nothing fires
}

func rate(d time.Duration) func(time.Time) time.Time {
	return func(t time.Time) time.Time { return t.Truncate(d).Add(d) }
}

// daily is a time of day in the seller's zone.
func daily(hour, minute int, zone *time.Location) func(time.Time) time.Time {
	return func(t time.Time) time.Time {
		l := t.In(zone)
		next := time.Date(l.Year(), l.Month(), l.Day(), hour, minute, 0, 0, zone)
		if !next.After(t) {
			next = time.Date(l.Year(), l.Month(), l.Day()+1, hour, minute, 0, 0, zone)
		}
		return next
	}
}

func schedules(w *world) []*tick {
	all := []*tick{
		{function: "outbox", name: "outbox-sweep", every: rate(5 * time.Minute), queues: []string{"effect"}},
		{function: "dunning", name: "dunning", every: rate(time.Hour), queues: []string{"dunning", "credit", "promise"}},
		{function: "digest", name: "digest", every: daily(8, 30, w.policy.Zone)},
		{function: "reconcile", name: "reconcile", every: daily(4, 0, w.policy.Zone)},
	}
	for _, t := range all {
		t.next = t.every(w.start)
	}
	return all
}

// quiet is how long nothing must have happened before an idle schedule is
// skipped: until then the indexes may be behind, and a tick sees it.
const quiet = 10 * time.Second

// dueTick is the schedule that fires before the next event, if one does. In a
// lull those that would find nothing are skipped: 75 days have 21,600 sweeps.
func (w *world) dueTick(end, next time.Time, some bool) *tick {
	var first *tick
	for _, t := range w.ticks {
		limit := end
		if some && next.Before(end) {
			limit = next
		}
		if t.next.After(limit) {
			continue
		}
		if t.queues != nil && t.next.Sub(w.now) > quiet {
			due, any := w.earliest(t.queues)
			if !any || due.After(limit) {
				t.next = t.every(limit)
				continue
			}
			if due.After(t.next) {
				t.next = t.every(due.Add(-1))
			}
			if t.next.After(limit) {
				continue
			}
		}
		if first == nil || t.next.Before(first.next) {
			first = t
		}
	}
	return first
}

// fire lets the schedule run: once, twice, or not at all for days.
func (t *tick) fire(w *world) {
	at := t.next
	t.next = t.every(at)
	if at.Before(t.missing) {
		return
	}
	if w.faults.hit(TickMissed) {
		t.missing = at.Add(w.faults.chance.between(time.Hour, 7*24*time.Hour))
		w.note("  fault: %s fires no more until %s", t.name, t.missing.Format(time.DateTime))
		return
	}
	w.tick(t)
	if w.faults.hit(TickDouble) {
		w.tick(t)
	}
}

// tick wakes the function; one that failed is woken again, as EventBridge
// Scheduler does.
func (w *world) tick(t *tick) {
	w.send(&delivery{what: t.name, to: t.function, back: []time.Duration{time.Minute, 2 * time.Minute}, attempts: 3, plain: true,
		call: func(ctx context.Context, e *environment) error {
			return e.handler.Tick(ctx, trigger.Tick{Schedule: t.name})
		}})
}

// earliest is the first instant at which something is due in one of the queues.
func (w *world) earliest(queues []string) (first time.Time, any bool) {
	for _, q := range queues {
		var out struct{ Items []texts }
		w.must(w.api.Ask(context.Background(), "Query", question{
			"TableName": tableName, "IndexName": "due", "Limit": 1,
			"KeyConditionExpression": "due_pk = :q", "ExpressionAttributeValues": texts{":q": {q}},
		}, &out))
		if len(out.Items) == 0 {
			continue
		}
		at, err := time.Parse("2006-01-02T15:04:05.000000000Z", out.Items[0]["due_sk"].S)
		w.must(err)
		if !any || at.Before(first) {
			first, any = at, true
		}
	}
	return first, any
}
