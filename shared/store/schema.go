package store

import (
	"encoding/json"
	"fmt"

	"duly/shared/o2c"
	"duly/shared/o2c/fault"
)

// Shape is how a release stores the documents of one kind. While a deployment is
// under way two releases work on one table (row 52 of the failure catalogue): the
// newer one reads what the older wrote, by Up, and writes what the older reads, by
// Both; the older one reads what is one version ahead as if it were its own, and
// what it writes back is lifted again.
type Shape struct {
	Version int64            // 1: it never changed
	Up      map[int64]Lift   // Up[n] makes version n+1 of version n
	Both    func(Body) error // adds to what is written what the release before needs; nil: nothing
}

// Body is a document's JSON by its fields.
type Body map[string]json.RawMessage

// Lift brings a body from one version to the next.
type Lift func(Body) error

// Shapes are those of a release, by kind; a kind without one is at version 1.
type Shapes map[string]Shape

// Released are the shapes of this release. A change that readers of the release
// before would not understand is a new version here, with a golden table of the
// release before in infra/backup/testdata.
func Released() Shapes { return Shapes{} }

// Of is the version of a kind.
func (s Shapes) Of(kind string) int64 { return max(schema, s[kind].Version) }

// Read brings a stored body to the version of this release.
func (s Shapes) Read(key o2c.Key, version int64, body json.RawMessage) (json.RawMessage, error) {
	current := s.Of(key.Kind)
	version = max(schema, version)
	if version > current+1 {
		return nil, fault.New(fault.Unavailable, "A record cannot be read yet", fmt.Sprintf("%s has version %d, this release reads up to %d", key, version, current+1), "wait until the deployment has ended").Because(fmt.Errorf("%s is two releases ahead", key))
	}
	if version >= current || body == nil {
		return body, nil
	}
	return edit(key, body, func(b Body) error {
		for ; version < current; version++ {
			lift, ok := s[key.Kind].Up[version]
			if !ok {
				return fmt.Errorf("nothing lifts version %d", version)
			}
			if err := lift(b); err != nil {
				return err
			}
		}
		return nil
	})
}

// write adds to a body what the release before reads.
func (s Shapes) write(key o2c.Key, body json.RawMessage) (json.RawMessage, error) {
	both := s[key.Kind].Both
	if both == nil {
		return body, nil
	}
	return edit(key, body, both)
}

func edit(key o2c.Key, body json.RawMessage, change func(Body) error) (json.RawMessage, error) {
	var b Body
	err := json.Unmarshal(body, &b)
	if err == nil {
		err = change(b)
	}
	if err == nil {
		body, err = json.Marshal(b)
	}
	if err != nil {
		return nil, fmt.Errorf("bring %s to its version: %w", key, err)
	}
	return body, nil
}
