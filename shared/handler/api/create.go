package api

import (
	"context"
	"encoding/json"
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
