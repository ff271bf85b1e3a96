package local

import (
	"fmt"
	"net/http"
	"time"

	"duly/infra/local/dynamo"
	"duly/infra/local/loopback"
)

// Fail puts a service out of order for a span of virtual time: "slack",
// "stripe", "mail" or "store", failing as "500", "429" or "timeout". A span of
// zero heals it.
func (r *Runtime) Fail(service, how string, span time.Duration) error {
	switches := map[string]func(how string, until time.Time) error{
		"slack": r.Slack.Fail, "stripe": r.Stripe.Fail, "mail": r.Mail.Fail, "store": r.store.Fail,
	}
	fail, ok := switches[service]
	if !ok {
		return fmt.Errorf("service %q cannot fail — the switch knows slack, stripe, mail and store — name one of them", service)
	}
	if real := r.opt.Real.Outside(service); real != "" {
		return fmt.Errorf("%s cannot be put out of order — it is %s — only what is played here can fail at will", service, real)
	}
	o := outage{how: how, until: r.Clock.Now().Add(span)}
	if err := fail(how, o.until); err != nil {
		return err
	}
	r.outages.Store(service, o)
	return nil
}

// outage is how a service fails, and until when.
type outage struct {
	how   string
	until time.Time
}

// Outage says how a service fails now and until when; "" while it works.
func (r *Runtime) Outage(service string) (how string, until time.Time) {
	if o, ok := r.outages.Load(service); ok && r.Clock.Now().Before(o.(outage).until) {
		return o.(outage).how, o.(outage).until
	}
	return "", time.Time{}
}

// storeFault is asked by the engine before every operation.
func (r *Runtime) storeFault(string, bool) dynamo.Fault {
	switch r.store.Mode(r.Clock.Now()) {
	case loopback.Fail500:
		return dynamo.Fault{Refuse: dynamo.Unavailable}
	case loopback.Throttle:
		return dynamo.Fault{Refuse: dynamo.Throttled}
	}
	return dynamo.Fault{}
}

// tableWire reaches the engine, unless the store's outage is that nothing
// answers: then it fails as a socket does whose deadline passed, at once.
type tableWire struct {
	runtime *Runtime
	engine  http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (t tableWire) RoundTrip(req *http.Request) (*http.Response, error) {
	if t.runtime.store.Mode(t.runtime.Clock.Now()) == loopback.Timeout {
		return nil, noAnswer{}
	}
	return t.engine.RoundTrip(req)
}

// noAnswer is a net.Error, as a real socket would report it.
type noAnswer struct{}

func (noAnswer) Error() string   { return "the table did not answer in time" }
func (noAnswer) Timeout() bool   { return true }
func (noAnswer) Temporary() bool { return true }
