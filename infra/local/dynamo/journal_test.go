package dynamo

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// abandon lets go of the files as a killed process does: nothing is written down.
func abandon(t *testing.T, f *filePages) {
	t.Helper()
	f.checkpointing.Wait()
	if err := f.release(); err != nil {
		t.Fatal(err)
	}
}

func reopen(t *testing.T, path string) *filePages {
	t.Helper()
	f, err := openFilePages(path, false)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// TestTornJournal cuts the journal at every byte: what is there afterwards is a
// prefix of what was acknowledged, each group whole.
func TestTornJournal(t *testing.T) {
	path := filepath.Join(t.TempDir(), "duly.db")
	f := reopen(t, path)
	const groups = 5
	for i := range groups {
		pair := changeFuncs{
			decision: func(reader) error { return nil },
			application: func(w writer) error {
				if err := w.put("space", fmt.Append(nil, i, "a"), []byte("value")); err != nil {
					return err
				}
				return w.put("space", fmt.Append(nil, i, "b"), nil)
			},
		}
		if err := f.update(pair); err != nil {
			t.Fatal(err)
		}
	}
	abandon(t, f)
	whole, err := os.ReadFile(path + "-journal0")
	if err != nil {
		t.Fatal(err)
	}
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for cut := range len(whole) + 1 {
		torn := filepath.Join(t.TempDir(), "duly.db")
		if err := os.WriteFile(torn, file, 0o600); err != nil {
			t.Fatal(err)
		}
		// Behind the cut stands what an earlier use of the file left there.
		if err := os.WriteFile(torn+"-journal0", append(bytes.Clone(whole[:cut]), bytes.Repeat([]byte{0xa5}, 64)...), 0o600); err != nil {
			t.Fatal(err)
		}
		f, err := openFilePages(torn, false)
		if err != nil {
			t.Fatal(err)
		}
		var keys []string
		_ = f.view(func(r reader) error {
			c := r.cursor("space")
			for k, _ := c.seek(nil); k != nil; k, _ = c.next() {
				keys = append(keys, string(k))
			}
			return nil
		})
		if err := f.close(); err != nil {
			t.Fatal(err)
		}
		if all := "0a 0b 1a 1b 2a 2b 3a 3b 4a 4b"; len(keys)%2 != 0 || !strings.HasPrefix(all, strings.Join(keys, " ")) {
			t.Fatalf("cut at %d: %q", cut, keys)
		}
		seen[strings.Join(keys, " ")] = true
	}
	if len(seen) != groups+1 {
		t.Errorf("saw %d states, want every number of groups from 0 to %d", len(seen), groups)
	}
}

// TestJournalsTakeTurns: across several checkpoints and a crash after the last,
// the newest of every key is found, also of those removed.
func TestJournalsTakeTurns(t *testing.T) {
	path := filepath.Join(t.TempDir(), "duly.db")
	f := reopen(t, path)
	f.layerMax = 1 << 10
	large := bytes.Repeat([]byte("x"), f.layerMax/8)
	set := func(key string, value []byte) {
		t.Helper()
		change := changeFuncs{decision: func(reader) error { return nil }, application: func(w writer) error {
			if value == nil {
				return w.remove("space", []byte(key))
			}
			return w.put("space", []byte(key), value)
		}}
		if err := f.update(change); err != nil {
			t.Fatal(err)
		}
	}
	set("removed", large)
	for i := range 30 { // more than three layers
		set(fmt.Sprint("key", i%5), fmt.Append(bytes.Clone(large), i))
		f.checkpointing.Wait()
	}
	if f.journals[f.current].generation < 3 {
		t.Fatalf("generation %d: too little was written to change journals", f.journals[f.current].generation)
	}
	set("removed", nil)
	set("key0", []byte("last"))
	abandon(t, f)
	f = reopen(t, path)
	wantKeys(t, f, "key0 key1 key2 key3 key4")
	err := f.view(func(r reader) error {
		for key, want := range map[string]string{"key0": "last", "key1": "26", "key4": "29"} {
			if got := string(r.get("space", []byte(key))); !strings.HasSuffix(got, want) {
				t.Errorf("%s ends in %q, want %q", key, got[max(0, len(got)-4):], want)
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// TestClosedFileStandsAlone: after closing, the file holds everything and there
// are no journals.
func TestClosedFileStandsAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "duly.db")
	f := reopen(t, path)
	if err := f.update(putting("kept")); err != nil {
		t.Fatal(err)
	}
	if err := f.close(); err != nil {
		t.Fatal(err)
	}
	if left, _ := filepath.Glob(path + "*"); len(left) != 1 {
		t.Errorf("left %q", left)
	}
	wantKeys(t, reopen(t, path), "kept")
}

// TestAWriterWaitsForTheFile: what gathers in memory while a layer is written down has a bound.
func TestAWriterWaitsForTheFile(t *testing.T) {
	f := openTestFile(t, false)
	f.layerMax = 1 << 12
	value := bytes.Repeat([]byte("x"), 1<<10)
	for i := range 2000 {
		err := f.update(changeFuncs{
			decision:    func(reader) error { return nil },
			application: func(w writer) error { return w.put("space", fmt.Appendf(nil, "%05d", i*7919%2000), value) },
		})
		if err != nil {
			t.Fatal(err)
		}
		f.layers.RLock()
		gathered := f.newest.bytes
		f.layers.RUnlock()
		if most := layersMax*f.layerMax + 2*len(value); gathered > most {
			t.Fatalf("%d bytes gathered after %d changes, at most %d may", gathered, i+1, most)
		}
	}
}
