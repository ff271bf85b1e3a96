package api

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"duly/shared/o2c"
	"duly/shared/o2c/fault"
)

// newID is the id of what a request creates: the same for the repetition of the
// request under its name, another for every other request.
func (s server) newID(ctx context.Context, prefix string, body any) string {
	if a := askedBy(ctx); a.name != "" {
		return o2c.Name(prefix, a.name)
	}
	raw, _ := json.Marshal(body) // what JSON was read from
	return o2c.Name(prefix, askedBy(ctx).key.Hash, s.Now().UTC().Format(time.RFC3339Nano), string(raw))
}

// ownDoing lets a request create what has a name of its own: it must not be
// there, unless an earlier try of the same request made it.
func (s server) ownDoing(ctx context.Context, key o2c.Key, taken string) error {
	trail, err := s.Cycle.Store.Events(ctx, key)
	if err != nil || len(trail) == 0 {
		return err
	}
	if name := askedBy(ctx).name; name != "" && trail[0].Cause == name {
		return nil
	}
	return fault.New(fault.Refused, taken, "its name is given for good", "change that one, or take another name")
}

// before reports whether what failed now was done by an earlier try of the same
// request, whose answer was lost: the table saw its name, or the document's
// trail has it.
func (s server) before(ctx context.Context, failed error, key o2c.Key) bool {
	name := askedBy(ctx).name
	if failed == nil || name == "" {
		return false
	}
	if errors.Is(failed, o2c.ErrSeen) {
		return true
	}
	trail, err := s.Cycle.Store.Events(ctx, key)
	return err == nil && slices.ContainsFunc(trail, func(e o2c.Event) bool { return e.Cause == name })
}
