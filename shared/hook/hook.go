// Package hook tells subscribers of events by webhooks signed as Standard
// Webhooks have it (github.com/standard-webhooks/standard-webhooks, spec). It
// does not own who is told of what, nor when it is tried again.
package hook

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"duly/shared/o2c"
	"duly/shared/o2c/fault"
	"duly/shared/signature"
)

// Limits of one delivery; the specification recommends 15 to 30 seconds.
const (
	requestMax = 15 * time.Second
	answerMax  = 4 << 10 // bytes that are read of an answer
	laterMax   = 24 * time.Hour
)

// Options are what a Sender is given.
type Options struct {
	// Secrets are a subscriber's signing secrets, the newest first; several
	// while one replaces another.
	Secrets func(ctx context.Context, subscriber string) ([]string, error)
	Now     func() time.Time
	// Loopback also lets plain addresses of this machine pass, for the demo and
	// for tests.
	Loopback bool
}

// Sender sends events.
type Sender struct {
	opt  Options
	http *http.Client
}

var _ o2c.Hooks = (*Sender)(nil)

// New makes a sender. It follows no redirect and uses no proxy, and it connects
// to no address that is not public.
func New(o Options) *Sender {
	dialer := &net.Dialer{Timeout: requestMax, Control: guard(o.Loopback)}
	return &Sender{opt: o, http: &http.Client{
		Timeout:       requestMax,
		Transport:     &http.Transport{DialContext: dialer.DialContext, TLSHandshakeTimeout: requestMax, DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// Tell sends one event to a subscriber.
func (s *Sender) Tell(ctx context.Context, to o2c.Subscriber, e o2c.Published) error {
	what := "The event could not be told to " + to.Name
	if err := s.fits(to.URL); err != nil {
		return o2c.Permanent(what, err.Error(), "correct its url in duly.yaml", err).Keyed("hook.url")
	}
	body, err := e.CloudEvent()
	if err != nil {
		return o2c.Permanent(what, "its data is not JSON", "tell us", err).Keyed("damaged")
	}
	secrets, err := s.opt.Secrets(ctx, to.Name)
	if err != nil {
		return fault.New(fault.Unavailable, what, "its signing secret cannot be read", "write it as the parameter subscriber/"+to.Name).Keyed("hook.secret", to.Name).Because(err)
	}
	header, err := signature.Sign(signature.Standard, o2c.Name("msg", e.ID), body, s.opt.Now(), secrets...)
	if err != nil {
		return fault.New(fault.Unavailable, what, "its signing secret is not of the form whsec_…", "write another as the parameter subscriber/"+to.Name).Keyed("hook.secret", to.Name).Because(err)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, to.URL, bytes.NewReader(body))
	if err != nil {
		return o2c.Permanent(what, "its url cannot be used", "correct it in duly.yaml", err).Keyed("hook.url")
	}
	r.Header = header
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "Duly")
	res, err := s.http.Do(r)
	if err != nil {
		return fault.New(fault.Unavailable, what, cause(err), "look at the receiver").Keyed("hook.away").Because(err)
	}
	defer func() { _ = res.Body.Close() }()
	_, _ = io.CopyN(io.Discard, res.Body, answerMax) // what it says is not asked for
	return judge(what, res, s.opt.Now())
}

// judge reads the answer: 2xx has it, 410 wants no more, 429 and 503 may name
// the time of the next attempt.
func judge(what string, res *http.Response, now time.Time) error {
	switch code := res.StatusCode; {
	case code >= 200 && code < 300:
		return nil
	case code == http.StatusGone:
		return o2c.Permanent(what, "it answers 410 Gone: it wants no more events", "take it out of duly.yaml, or mend the receiver", nil).Keyed("hook.gone")
	case code == http.StatusTooManyRequests, code == http.StatusServiceUnavailable:
		if wait := retryAfter(res.Header.Get("Retry-After"), now); wait > 0 {
			return &o2c.Later{After: min(wait, laterMax), Cause: fmt.Errorf("%s: it answers %d", what, code)}
		}
	}
	return fault.New(fault.Unavailable, what, "it answers "+res.Status, "look at the receiver's log").Keyed("hook.answers", res.Status)
}

// retryAfter reads a header of RFC 9110, 10.2.3: seconds or a date.
func retryAfter(said string, now time.Time) time.Duration {
	if n, err := strconv.Atoi(said); err == nil {
		return time.Duration(n) * time.Second
	}
	if at, err := http.ParseTime(said); err == nil {
		return at.Sub(now)
	}
	return 0
}

// cause is why a request did not arrive, without the address: that stands in
// duly.yaml and may hold a key.
func cause(err error) string {
	if failed, ok := err.(*url.Error); ok { //nolint:errorlint // what http.Client returns
		err = failed.Err
	}
	return err.Error()
}
