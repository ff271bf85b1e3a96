package demo

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"io"
	"net/http"
	"sync"

	"duly/shared/o2c/fault"
)

// answersMax is how many answers are remembered by their key.
const answersMax = 1000

// given is an answer that was given under a key.
type given struct {
	request [sha256.Size]byte
	status  int
	header  http.Header
	body    bytes.Buffer
}

// Header, WriteHeader and Write let a handler answer into it.
func (g *given) Header() http.Header         { return g.header }
func (g *given) WriteHeader(status int)      { g.status = cmp.Or(g.status, status) }
func (g *given) Write(p []byte) (int, error) { g.WriteHeader(http.StatusOK); return g.body.Write(p) }

func (g *given) send(w http.ResponseWriter) {
	for name, values := range g.header {
		w.Header()[name] = values
	}
	w.WriteHeader(cmp.Or(g.status, http.StatusOK))
	_, _ = w.Write(g.body.Bytes()) // the caller may be gone
}

// once gives the first answer again to a POST that repeats its Idempotency-Key
// with the same body, and refuses the key with another one.
func (s *site) once(next http.Handler) http.Handler {
	var mu sync.Mutex
	known, order := map[string]*given{}, []string{}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		key := r.Header.Get("Idempotency-Key")
		if r.Method != http.MethodPost || key == "" {
			next.ServeHTTP(w, r)
			return
		}
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, bodyMax))
		if err != nil {
			problem(w, fault.New(fault.TooLarge, "The body is too large", err.Error(), "send less"))
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		sum, name := sha256.Sum256(body), r.URL.Path+" "+key
		mu.Lock()
		defer mu.Unlock()
		before, ok := known[name]
		switch {
		case ok && before.request != sum:
			problem(w, fault.New(fault.Reused, "The Idempotency-Key was used before", "with another body", "use a new key"))
			return
		case !ok:
			before = &given{request: sum, header: http.Header{}}
			next.ServeHTTP(before, r)
			if before.status < http.StatusInternalServerError {
				known[name] = before
				order = append(order, name)
			}
			if len(order) > answersMax {
				delete(known, order[0])
				order = order[1:]
			}
		}
		before.send(w)
	})
}
