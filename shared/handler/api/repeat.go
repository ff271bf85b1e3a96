package api

import (
	"bytes"
	"context"
	"io"
	"net/http"

	"duly/shared/o2c"
	"duly/shared/o2c/fault"
)

const (
	idempotencyKey = "Idempotency-Key"
	nameMax        = 255
)

// repeated gives the first answer again to a POST whose Idempotency-Key was
// used before with the same body, and refuses it with another. Answers that
// speak of a passing state (409, 5xx) are not kept: nothing was done, and the
// same request may succeed later.
func (s server) repeated(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := r.Header.Get(idempotencyKey)
		if r.Method != http.MethodPost || name == "" {
			next.ServeHTTP(w, r)
			return
		}
		body, err := io.ReadAll(r.Body)
		if err != nil || len(name) > nameMax {
			s.refused(w, r, fault.New(fault.Unreadable, "The request cannot be used", "the Idempotency-Key is longer than 255 characters", "take a shorter one").Because(err))
			return
		}
		a := askedBy(r.Context())
		a.name = o2c.Name("an", a.key.Hash, r.Method, r.URL.Path, name)
		given := o2c.AnswerData{ID: a.name, Request: o2c.Name("rq", r.URL.RawQuery, string(body))}
		first, err := s.Cycle.Answered(r.Context(), s.Now(), given.ID, given.Request)
		if err != nil {
			s.refused(w, r, err)
			return
		}
		if first != nil {
			w.Header().Set("Idempotent-Replayed", "true")
			write(w, *first)
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		rec := &recorder{header: w.Header(), status: http.StatusOK}
		next.ServeHTTP(rec, r.WithContext(context.WithValue(r.Context(), askedKey{}, a)))
		given.Status, given.ContentType, given.Body = rec.status, rec.header.Get("Content-Type"), rec.body.String()
		write(w, s.keep(r.Context(), given))
	})
}

// answerMax bounds a kept answer: an item of the table has at most 400 KB.
const answerMax = 300 << 10

// keep remembers an answer. If it cannot be, the request was done all the same:
// repeated, it finds by its ids what it did.
func (s server) keep(ctx context.Context, given o2c.AnswerData) o2c.AnswerData {
	if given.Status == http.StatusConflict || given.Status >= http.StatusInternalServerError || len(given.Body) > answerMax {
		return given
	}
	kept, err := s.Cycle.Answer(ctx, s.stamp(ctx), given)
	if err != nil {
		s.Log.WarnContext(ctx, "an answer could not be kept", "err", err)
		return given
	}
	return kept
}

func write(w http.ResponseWriter, a o2c.AnswerData) {
	w.Header().Set("Content-Type", a.ContentType)
	w.WriteHeader(a.Status)
	_, _ = io.WriteString(w, a.Body) // into memory
}

// recorder holds an answer back until it is kept.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (r *recorder) Header() http.Header         { return r.header }
func (r *recorder) WriteHeader(status int)      { r.status = status }
func (r *recorder) Write(b []byte) (int, error) { return r.body.Write(b) }
