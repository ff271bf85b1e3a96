// Package loopback owns what the local stand-ins of outside services have in common: the outage switch,
// and a transport that reaches their handlers without a socket. It knows no vendor and no product code.
package loopback

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"
)

// The ways a service can be out of order.
const (
	Fail500  = "500"     // answers an internal error, did nothing
	Throttle = "429"     // answers "too many requests", did nothing
	Timeout  = "timeout" // never answers, did nothing
	Lost     = "lost"    // does the work, but the answer never arrives
)

// Outage is the switch that puts one service out of order until a moment. The zero value is healthy.
type Outage struct {
	mu    sync.Mutex
	how   string
	until time.Time
}

// Fail puts the service out of order in the given way until the given moment; a past moment heals it.
func (o *Outage) Fail(how string, until time.Time) error {
	switch how {
	case Fail500, Throttle, Timeout, Lost:
	default:
		return fmt.Errorf("outage %q refused — a service can fail as 500, 429, timeout or lost — name one of them", how)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.how, o.until = how, until
	return nil
}

// Mode is the way the service fails at that moment, or "" while it is healthy.
func (o *Outage) Mode(now time.Time) string {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !now.Before(o.until) {
		return ""
	}
	return o.how
}

// Guard runs next unless the service is out of order; refuse then writes the vendor's own words for a
// 500 or a 429.
func (o *Outage) Guard(now func() time.Time, refuse func(w http.ResponseWriter, how string), next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch how := o.Mode(now()); how {
		case "":
			next.ServeHTTP(w, r)
		case Timeout:
			Hang(w, r)
		case Lost:
			next.ServeHTTP(newRecorder(), r)
			Hang(w, r)
		default:
			refuse(w, how)
		}
	})
}

// longestHang bounds a hanging answer when the caller has no deadline of its own.
const longestHang = 30 * time.Second

// Hang leaves a caller without an answer. Over a socket that lasts until the caller gives up; in process the
// transport reports the timeout at once, so that a virtual clock never waits for a real one.
func Hang(w http.ResponseWriter, r *http.Request) {
	if rec, ok := w.(*recorder); ok {
		rec.timedOut = true
		return
	}
	timer := time.NewTimer(longestHang)
	defer timer.Stop()
	select {
	case <-r.Context().Done():
	case <-timer.C:
	}
	panic(http.ErrAbortHandler) // closes the connection without an answer
}

// Transport reaches each host's handler in process.
type Transport map[string]http.Handler

// RoundTrip implements http.RoundTripper.
func (t Transport) RoundTrip(req *http.Request) (*http.Response, error) {
	handler, ok := t[req.URL.Host]
	if !ok {
		return nil, fmt.Errorf("no loopback service at %q — the runtime serves only hosts it knows — add it to the transport", req.URL.Host)
	}
	if err := req.Context().Err(); err != nil {
		return nil, err
	}
	in := req.Clone(req.Context())
	in.RequestURI, in.RemoteAddr = req.URL.RequestURI(), "127.0.0.1:0"
	if in.Host == "" {
		in.Host = req.URL.Host
	}
	if in.Body == nil {
		in.Body = http.NoBody
	}
	defer in.Body.Close()
	rec := newRecorder()
	handler.ServeHTTP(rec, in)
	if rec.timedOut {
		return nil, timeoutError{host: req.URL.Host}
	}
	return rec.response(req), nil
}

// timeoutError is a net.Error, as a real socket would report it.
type timeoutError struct{ host string }

func (e timeoutError) Error() string   { return e.host + " did not answer in time" }
func (e timeoutError) Timeout() bool   { return true }
func (e timeoutError) Temporary() bool { return true }

// recorder collects one answer in memory.
type recorder struct {
	header   http.Header
	status   int
	body     bytes.Buffer
	timedOut bool
}

func newRecorder() *recorder { return &recorder{header: http.Header{}} }

func (r *recorder) Header() http.Header { return r.header }

func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
}

func (r *recorder) Write(p []byte) (int, error) {
	r.WriteHeader(http.StatusOK)
	return r.body.Write(p)
}

func (r *recorder) response(req *http.Request) *http.Response {
	r.WriteHeader(http.StatusOK)
	return &http.Response{
		Status:        fmt.Sprintf("%d %s", r.status, http.StatusText(r.status)),
		StatusCode:    r.status,
		Proto:         "HTTP/1.1",
		ProtoMajor:    1,
		ProtoMinor:    1,
		Header:        r.header,
		Body:          io.NopCloser(bytes.NewReader(r.body.Bytes())),
		ContentLength: int64(r.body.Len()),
		Request:       req,
	}
}
