package dynamo

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"sort"
	"testing"
)

// TestPagesAgree drives both page stores and a plain map with the same random
// changes and compares everything that can be read, forward, backward and by
// seeking.
func TestPagesAgree(t *testing.T) {
	for seed := range uint64(4) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 1))
			file := openTestFile(t, false)
			file.layerMax = 1 << 10 // read through the layers, and through the file
			stores := []pages{newMemoryPages(), file}
			model := map[string]string{}
			for range 60 {
				batch := randomBatch(random, model)
				for _, p := range stores {
					if err := p.update(batch); err != nil {
						t.Fatal(err)
					}
				}
				probe := fmt.Sprintf("%04d", random.IntN(3000))
				want := modelView(model, probe)
				for _, p := range stores {
					if got := pagesView(t, p, probe); got != want {
						t.Fatalf("%T, probe %s:\ngot  %s\nwant %s", p, probe, got, want)
					}
				}
			}
		})
	}
}

// randomBatch puts and removes up to 100 keys, in the model too. Runs of
// neighbouring keys make blocks split and vanish.
func randomBatch(random *rand.Rand, model map[string]string) change {
	type step struct {
		key, value string
		remove     bool
	}
	var steps []step
	first, remove := random.IntN(3000), random.IntN(3) == 0
	for i := range random.IntN(100) {
		number := first + i
		if random.IntN(4) == 0 {
			number = random.IntN(3000)
		}
		s := step{fmt.Sprintf("%04d", number), fmt.Sprint("v", random.IntN(1000)), remove}
		steps = append(steps, s)
		if remove {
			delete(model, s.key)
		} else {
			model[s.key] = s.value
		}
	}
	return changeFuncs{
		decision: func(reader) error { return nil },
		application: func(w writer) error {
			for _, s := range steps {
				var err error
				if s.remove {
					err = w.remove("space", []byte(s.key))
				} else {
					err = w.put("space", []byte(s.key), []byte(s.value))
				}
				if err != nil {
					return err
				}
			}
			return nil
		},
	}
}

func modelView(model map[string]string, probe string) string {
	keys := make([]string, 0, len(model))
	for k := range model {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	var out bytes.Buffer
	for _, k := range keys {
		fmt.Fprintf(&out, "%s=%s ", k, model[k])
	}
	slices.Reverse(keys)
	fmt.Fprint(&out, keys, " ", model[probe], " ")
	at, _ := slices.BinarySearchFunc(keys, probe, func(k, probe string) int { return -bytes.Compare([]byte(k), []byte(probe)) })
	// keys now descend: the first at or after the probe, and the one before it
	after, before := "none", "none"
	if at < len(keys) && keys[at] == probe {
		after = probe
	} else if at > 0 {
		after = keys[at-1]
	}
	if at < len(keys) && keys[at] != probe {
		before = keys[at]
	} else if at+1 < len(keys) && keys[at] == probe {
		before = keys[at+1]
	}
	if after == "none" { // the store's cursor stands past the end: nothing before it is asked
		before = "none"
	}
	fmt.Fprint(&out, after, " ", before)
	return out.String()
}

func pagesView(t *testing.T, p pages, probe string) string {
	t.Helper()
	var out bytes.Buffer
	err := p.view(func(r reader) error {
		c := r.cursor("space")
		for k, v := c.seek(nil); k != nil; k, v = c.next() {
			fmt.Fprintf(&out, "%s=%s ", k, v)
		}
		var backward []string
		for k, _ := c.last(); k != nil; k, _ = c.prev() {
			backward = append(backward, string(k))
		}
		fmt.Fprint(&out, backward, " ", string(r.get("space", []byte(probe))), " ")
		after, before := "none", "none"
		if k, _ := c.seek([]byte(probe)); k != nil {
			after = string(k)
			if k, _ := c.prev(); k != nil {
				before = string(k)
			}
		}
		fmt.Fprint(&out, after, " ", before)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// TestEmptySpaces: a space that was never written reads as empty and can be dropped.
func TestEmptySpaces(t *testing.T) {
	for _, p := range []pages{newMemoryPages(), openTestFile(t, false)} {
		t.Run(fmt.Sprintf("%T", p), func(t *testing.T) {
			err := p.update(changeFuncs{
				decision: func(r reader) error {
					c := r.cursor("none")
					for _, move := range []func() ([]byte, []byte){c.last, c.next, c.prev, func() ([]byte, []byte) { return c.seek([]byte("k")) }} {
						if k, _ := move(); k != nil {
							t.Errorf("found %s", k)
						}
					}
					if r.get("none", []byte("k")) != nil {
						t.Error("found a value")
					}
					return nil
				},
				application: func(w writer) error {
					if err := w.remove("none", []byte("k")); err != nil {
						return err
					}
					return w.drop("none")
				},
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
}

// TestAppend: sequence numbers rise by one within a change, within a group,
// over layers and file, and begin again with a space that was dropped.
func TestAppend(t *testing.T) {
	file := openTestFile(t, false)
	file.layerMax = 1 << 8 // what came before is in the layers, then in the file
	for _, p := range []pages{newMemoryPages(), file} {
		t.Run(fmt.Sprintf("%T", p), func(t *testing.T) {
			want := []byte{}
			appending := func(values int, drop bool) {
				t.Helper()
				err := p.update(changeFuncs{
					decision: func(reader) error { return nil },
					application: func(w writer) error {
						if drop {
							if err := w.drop("stream"); err != nil {
								return err
							}
						}
						for range values {
							if err := w.append("stream", []byte("value")); err != nil {
								return err
							}
						}
						return nil
					},
				})
				if err != nil {
					t.Fatal(err)
				}
				if drop {
					want = want[:0]
				}
				for range values {
					want = append(want, sequenceAfter(nil)...)
					want[len(want)-1] = byte(len(want) / 8)
				}
				var got []byte
				err = p.view(func(r reader) error {
					c := r.cursor("stream")
					for k, _ := c.seek(nil); k != nil; k, _ = c.next() {
						got = append(got, k...)
					}
					return nil
				})
				if err != nil || !bytes.Equal(got, want) {
					t.Fatalf("keys %x, want %x (%v)", got, want, err)
				}
			}
			for values := range 12 {
				appending(values, false)
			}
			appending(3, true)
			appending(2, false)
		})
	}
}
