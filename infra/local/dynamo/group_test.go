package dynamo

import (
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"
)

func openTestFile(t testing.TB, sync bool) *filePages {
	t.Helper()
	f, err := openFilePages(filepath.Join(t.TempDir(), "duly.db"), sync)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.close() })
	return f
}

func putting(key string) change {
	return changeFuncs{
		decision:    func(reader) error { return nil },
		application: func(w writer) error { return w.put("space", []byte(key), []byte("value")) },
	}
}

// whileCommitting holds up one commit until n further changes wait behind it.
func whileCommitting(t *testing.T, f *filePages, n int, start func()) {
	t.Helper()
	entered, release := make(chan struct{}), make(chan struct{})
	first := make(chan error)
	go func() {
		first <- f.update(changeFuncs{
			decision:    func(reader) error { close(entered); <-release; return nil },
			application: func(w writer) error { return w.put("space", []byte("first"), nil) },
		})
	}()
	<-entered
	start()
	for waiting := 0; waiting < n; time.Sleep(time.Millisecond) {
		f.lock.Lock()
		waiting = len(f.waiting)
		f.lock.Unlock()
	}
	close(release)
	if err := <-first; err != nil {
		t.Fatal(err)
	}
}

// TestGroupShareSync: whoever waits for a running commit shares the next one,
// and is acknowledged only after its sync.
func TestGroupSharesOneSync(t *testing.T) {
	f := openTestFile(t, true)
	const writers = 64
	acknowledged := make(chan uint64, writers)
	whileCommitting(t, f, writers, func() {
		for i := range writers {
			go func() {
				if err := f.update(putting(fmt.Sprint(i))); err != nil {
					t.Error(err)
				}
				_, syncs := f.counts()
				acknowledged <- syncs
			}()
		}
	})
	for range writers {
		if syncs := <-acknowledged; syncs != 2 {
			t.Errorf("acknowledged after %d syncs, want 2: one for the first writer, one for all others", syncs)
		}
	}
}

// TestLoneWriterSyncsEveryWrite: one sync per acknowledged write, no more, no less.
func TestLoneWriterSyncsEveryWrite(t *testing.T) {
	f := openTestFile(t, true)
	if f.db.NoSync || !f.journals[0].sync || !f.journals[1].sync {
		t.Fatal("a store opened with Sync does not sync")
	}
	for i := range uint64(5) {
		if err := f.update(putting(fmt.Sprint(i))); err != nil {
			t.Fatal(err)
		}
		if commits, syncs := f.counts(); commits != i+1 || syncs != i+1 {
			t.Errorf("after %d writes: %d commits, %d syncs", i+1, commits, syncs)
		}
	}
}

// TestHeldCommitsAreFlushedBeforeAnybodyRelies: held commits do not wait for the
// disk; a flush, or the journal's last commit before the other one is begun,
// brings all of them there; the next commit waits again.
func TestHeldCommitsAreFlushedBeforeAnybodyRelies(t *testing.T) {
	f := openTestFile(t, true)
	put := func(n int) {
		t.Helper()
		for i := range n {
			if err := f.update(putting(fmt.Sprint("held", i))); err != nil {
				t.Fatal(err)
			}
		}
	}
	f.held.Store(true)
	put(5)
	if commits, syncs := f.counts(); commits != 5 || syncs != 0 || f.flushed.Load() != 0 {
		t.Errorf("%d commits, %d syncs, %d flushed", commits, syncs, f.flushed.Load())
	}
	for range 2 { // the second finds nothing to do
		if err := f.flush(); err != nil || f.flushed.Load() != 5 {
			t.Errorf("%d flushed: %v", f.flushed.Load(), err)
		}
	}
	before := f.current
	f.layerMax = 1 // every commit begins the other journal when it may
	put(1)
	f.checkpointing.Wait()
	if f.current == before || f.flushed.Load() != 6 {
		t.Errorf("journal %d after %d, %d flushed", f.current, before, f.flushed.Load())
	}
	f.held.Store(false)
	put(1)
	if commits, syncs := f.counts(); commits != 7 || syncs != 1 {
		t.Errorf("%d commits, %d syncs", commits, syncs)
	}
}

// TestRefusalInAGroup: a refused change writes nothing, costs no commit when it
// is alone, and does not disturb its neighbours.
func TestRefusalInAGroup(t *testing.T) {
	f := openTestFile(t, true)
	refused := errors.New("refused")
	refusing := changeFuncs{
		decision:    func(reader) error { return refused },
		application: func(writer) error { t.Error("a refused change was applied"); return nil },
	}
	if err := f.update(refusing); !errors.Is(err, refused) {
		t.Errorf("answered %v", err)
	}
	if commits, _ := f.counts(); commits != 0 {
		t.Errorf("%d commits for nothing", commits)
	}
	answers := make(chan error, 2)
	whileCommitting(t, f, 2, func() {
		go func() { answers <- f.update(refusing) }()
		go func() { answers <- f.update(putting("kept")) }()
	})
	one, two := <-answers, <-answers
	if (one == nil) == (two == nil) || !errors.Is(errors.Join(one, two), refused) {
		t.Errorf("answered %v and %v", one, two)
	}
	wantKeys(t, f, "first kept")
}

// TestFailedWriteInAGroup: when the disk fails, nobody in the group is told that
// his write is kept, and the next group works.
func TestFailedWriteInAGroup(t *testing.T) {
	f := openTestFile(t, false)
	failing := changeFuncs{
		decision:    func(reader) error { return nil },
		application: func(writer) error { return errors.New("disk is full") },
	}
	answers := make(chan error, 2)
	whileCommitting(t, f, 2, func() {
		go func() { answers <- f.update(putting("lost")) }()
		go func() { answers <- f.update(failing) }()
	})
	for range 2 {
		var failure *refusal
		if err := <-answers; !errors.As(err, &failure) || failure.code != codeInternal {
			t.Errorf("answered %v", err)
		}
	}
	if err := f.update(putting("next")); err != nil {
		t.Error(err)
	}
	wantKeys(t, f, "first next")
}

// TestPanicInAGroup: a bug in one change must not leave the others waiting.
func TestPanicInAGroup(t *testing.T) {
	f := openTestFile(t, false)
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic was swallowed")
			}
		}()
		_ = f.update(changeFuncs{decision: func(reader) error { panic("bug") }})
	}()
	if err := f.update(putting("after")); err != nil {
		t.Error(err)
	}
	wantKeys(t, f, "after")
}

func wantKeys(t *testing.T, p pages, want string) {
	t.Helper()
	got := ""
	err := p.view(func(r reader) error {
		c := r.cursor("space")
		for k, _ := c.seek(nil); k != nil; k, _ = c.next() {
			if got != "" {
				got += " "
			}
			got += string(k)
		}
		return nil
	})
	if err != nil || got != want {
		t.Errorf("holds %q, want %q (%v)", got, want, err)
	}
}
