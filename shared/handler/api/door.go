package api

import (
	"context"
	"fmt"
	"net/http"
	"runtime/debug"
	"slices"
	"strings"

	"duly/shared/o2c"
	"duly/shared/o2c/fault"
)

// asked is who asks, and what the program calls the request.
type asked struct {
	key  o2c.KeyData
	name string // names program, route and Idempotency-Key; "" without one
}

type askedKey struct{}

func askedBy(ctx context.Context) asked {
	a, _ := ctx.Value(askedKey{}).(asked)
	return a
}

// stamp is a change by the program, now.
func (s server) stamp(ctx context.Context) o2c.Stamp {
	a := askedBy(ctx)
	return o2c.Stamp{At: s.Now(), Actor: a.key.Actor(), Cause: a.name}
}

// once is a change that happens once, however often the program repeats the
// request under its name.
func (s server) once(ctx context.Context) o2c.Stamp {
	st := s.stamp(ctx)
	st.Once = st.Cause
	return st
}

// keyed lets programs in that have a key with the scope of the method.
func (s server) keyed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == openAPIPath {
			next.ServeHTTP(w, r)
			return
		}
		key, err := s.Cycle.KeyFor(r.Context(), bearer(r))
		if err == nil {
			err = within(key, r.Method)
		}
		if err != nil {
			if fault.Is(err, fault.NoAccess) {
				w.Header().Set("WWW-Authenticate", `Bearer realm="duly"`)
			}
			s.refused(w, r, err)
			return
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), askedKey{}, asked{key: key})))
	})
}

// bearer is the token of the Authorization header (RFC 6750), "" without one.
func bearer(r *http.Request) string {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "bearer") {
		return ""
	}
	return strings.TrimSpace(token)
}

func within(key o2c.KeyData, method string) error {
	scope := o2c.ScopeWrite
	if method == http.MethodGet || method == http.MethodHead {
		scope = o2c.ScopeRead
	}
	if key.May(scope) {
		return nil
	}
	return fault.New(fault.Forbidden, "This key may not do that", "it lacks the scope "+scope, "use a key that has it")
}

func (s server) refused(w http.ResponseWriter, r *http.Request, err error) {
	refuse(w, s.problem(r.Context(), err))
}

// caught answers for a defect of ours, so that it costs one request.
func (s server) caught(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			if v := recover(); v != nil {
				s.Log.ErrorContext(r.Context(), "a request broke", "err", fmt.Sprint(v), "stack", string(debug.Stack()))
				refuse(w, problemOf(fault.Of(nil)))
			}
		}()
		next.ServeHTTP(w, r)
	})
}

// unknown answers for what no route takes: 405 where another method would do.
func (s server) unknown(mux *http.ServeMux) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var others []string
		for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPatch, http.MethodDelete} {
			probe := r.Clone(r.Context())
			probe.Method = method
			if _, pattern := mux.Handler(probe); strings.HasPrefix(pattern, method+" ") {
				others = append(others, method)
			}
		}
		p := problemOf(fault.New(fault.NotFound, "There is no route "+r.Method+" "+r.URL.Path, "the API has none of that name", "see "+openAPIPath))
		if len(others) > 0 && !slices.Contains(others, r.Method) {
			w.Header().Set("Allow", strings.Join(others, ", "))
			p.Status = http.StatusMethodNotAllowed
		}
		refuse(w, p)
	}
}
