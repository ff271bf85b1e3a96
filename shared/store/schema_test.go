package store_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"duly/shared/o2c"
	"duly/shared/o2c/fault"
	"duly/shared/store"
)

// TestFC_52_RecordsAreLiftedAsTheyAreRead: over as many releases as they are old, each by its own step; what is one release
// ahead is read as it is, what is further ahead waits for the deployment to end.
func TestFC_52_RecordsAreLiftedAsTheyAreRead(t *testing.T) {
	add := func(field string) store.Lift {
		return func(b store.Body) error { b[field] = json.RawMessage("true"); return nil }
	}
	shapes := store.Shapes{"order": {Version: 3, Up: map[int64]store.Lift{1: add("second"), 2: add("third")}}}
	key := o2c.Key{Kind: "order", ID: "o_1"}
	for version, want := range map[int64]string{
		0: `{"first":true,"second":true,"third":true}`, 1: `{"first":true,"second":true,"third":true}`, 2: `{"first":true,"third":true}`, 3: `{"first":true}`, 4: `{"first":true}`,
	} {
		got, err := shapes.Read(key, version, json.RawMessage(`{"first":true}`))
		if err != nil || string(got) != want {
			t.Errorf("version %d: %s %v, want %s", version, got, err, want)
		}
	}
	if _, err := shapes.Read(key, 5, json.RawMessage(`{}`)); !fault.Is(err, fault.Unavailable) {
		t.Errorf("two releases ahead: %v", err)
	}
	if got, err := shapes.Read(o2c.Key{Kind: "quote", ID: "q_1"}, 1, json.RawMessage(`{"as":"it is"}`)); err != nil || string(got) != `{"as":"it is"}` {
		t.Errorf("another kind: %s %v", got, err)
	}
	broken := store.Shapes{"order": {Version: 3, Up: map[int64]store.Lift{2: func(store.Body) error { return fmt.Errorf("no") }}}}
	for version := range int64(3) {
		if _, err := broken.Read(key, version, json.RawMessage(`{}`)); err == nil {
			t.Errorf("version %d was lifted by nothing", version)
		}
	}
}
