package local

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// keeper writes a service's snapshot into the state folder when it changed.
type keeper struct {
	file     string // "" in memory
	snapshot func() ([]byte, error)
	restore  func([]byte) error

	mu   sync.Mutex
	last []byte
}

func (k *keeper) load() error {
	if k.file == "" {
		return nil
	}
	raw, err := os.ReadFile(k.file)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	k.last = raw
	return k.restore(raw)
}

func (k *keeper) save() error {
	if k.file == "" {
		return nil
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	raw, err := k.snapshot()
	if err != nil || bytes.Equal(raw, k.last) {
		return err
	}
	k.last = raw
	return writeFile(k.file, raw)
}

// Keep writes what the loopback services know into the state folder. A runtime
// that plays a story keeps it once, when it ends.
func (r *Runtime) Keep() error {
	if r.hasty {
		return nil
	}
	return r.keepAll()
}

func (r *Runtime) keepAll() error {
	errs := []error{r.keepClock()}
	for _, k := range r.keepers {
		errs = append(errs, k.save())
	}
	return errors.Join(errs...)
}

// keeping keeps the services after every request that may have changed one, and
// before its answer leaves.
func (r *Runtime) keeping(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		next.ServeHTTP(w, req)
		if req.Method == http.MethodGet {
			return
		}
		if err := r.Keep(); err != nil {
			r.warn(req.Context(), "the loopback services could not be kept", err)
		}
	})
}

// writeFile replaces a file at once: a reader sees the old content or the new.
func writeFile(path string, content []byte) error {
	temp, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return err
	}
	_, err = temp.Write(content)
	if err = errors.Join(err, temp.Close()); err == nil {
		err = os.Rename(temp.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(temp.Name()))
	}
	return nil
}

// clockFile is how far virtual time is ahead of the machine's.
type clockFile struct {
	Offset time.Duration `json:"offset_ns"`
}

func readClock(path string) (offset time.Duration, known bool, err error) {
	if path == "" {
		return 0, false, nil
	}
	raw, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return 0, false, nil
	}
	var f clockFile
	if err == nil {
		err = json.Unmarshal(raw, &f)
	}
	if err != nil {
		return 0, false, fmt.Errorf("the clock of the state cannot be read — %w — restore %s or start with a fresh state", err, path)
	}
	return f.Offset, true, nil
}

// keepClock remembers the offset, so that time never goes back.
func (r *Runtime) keepClock() error {
	if r.opt.Dir == "" {
		return nil
	}
	offset := r.Clock.Offset()
	if r.opt.Manual { // whoever opens the state next goes on from where the clock stood
		offset = time.Until(r.Clock.Now())
	}
	raw, err := json.Marshal(clockFile{Offset: offset})
	if err != nil {
		return err
	}
	return writeFile(r.path("clock.json"), raw)
}
