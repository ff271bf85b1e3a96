package stripe

import (
	"fmt"
	"net/http"
	"time"

	"duly/infra/local/loopback"
)

// keyLife is how long Stripe remembers an idempotency key; after that the same
// key starts a new operation (docs.stripe.com/api/idempotent_requests).
const keyLife = 24 * time.Hour

// savedAnswer is the first answer under an idempotency key.
type savedAnswer struct {
	Key, Call string // Call: path and parameters
	At        int64
	Status    int
	Body      []byte
	RequestID string
}

func (a *savedAnswer) key() string { return a.Key }

// once executes a POST under its idempotency key. The first answer is saved
// whatever it was, a 500 too; only requests that were refused before they
// started to execute leave no trace.
func (s *Server) once(e endpoint, call *request, path string) answer {
	s.pruneAnswers(call.at)
	fingerprint := path + "?" + call.params.Encode()
	if saved, ok := s.state.Answers.get(call.cause.key); ok {
		if saved.Call != fingerprint {
			return failed(call, &apiError{Status: 400, Type: "idempotency_error", Message: fmt.Sprintf("Keys for idempotent "+
				"requests can only be used with the same parameters they were first used with. Try using a key other than "+
				"'%s' if you meant to execute a different request.", call.cause.key)})
		}
		if how := s.state.Outage.at(call.at); how == loopback.Timeout || how == loopback.Lost {
			return broken(call, how)
		}
		return answer{status: saved.Status, body: saved.Body, requestID: saved.RequestID, replayed: true}
	}
	a := s.underOutage(e, call)
	refused := a.status >= 400 && a.status < 500 && a.status != http.StatusPaymentRequired // which is the outcome of a request that was carried out
	neverArrived := a.lost && a.body == nil
	if call.cause.key != "" && !refused && !neverArrived {
		s.state.Answers.add(&savedAnswer{Key: call.cause.key, Call: fingerprint, At: call.at,
			Status: a.status, Body: a.body, RequestID: a.requestID})
	}
	return a
}

func (s *Server) pruneAnswers(at int64) {
	s.state.Answers.forget(func(a *savedAnswer) bool { return a.At <= at-int64(keyLife/time.Second) })
}

// Fail500After is an outage that only Stripe has: the work is done, yet the
// answer is 500, saved under the key. The other outages are loopback's: Fail500
// (nothing is done, the 500 is saved), Throttle, Timeout and Lost.
const Fail500After = "500_after"

type outage struct {
	How   string
	Until int64
}

func (o outage) at(now int64) string {
	if now < o.Until {
		return o.How
	}
	return ""
}

// Fail makes the API fail until an instant of virtual time. Webhooks and the
// hosted page go on.
func (s *Server) Fail(how string, until time.Time) error {
	switch how {
	case loopback.Fail500, Fail500After, loopback.Throttle, loopback.Timeout, loopback.Lost:
	default:
		return refuse(http.StatusBadRequest, "fail how %q — it is unknown — use 500, 500_after, 429, timeout or lost", how)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state.Outage = outage{How: how, Until: until.Unix()}
	return nil
}

// underOutage executes the call unless an outage prevents it, and loses or
// spoils the answer if the outage is of that kind.
func (s *Server) underOutage(e endpoint, call *request) answer {
	how := s.state.Outage.at(call.at)
	switch how {
	case "":
		return s.execute(e, call)
	case Fail500After:
		if a := s.execute(e, call); a.status >= 400 {
			return a
		}
		return broken(call, loopback.Fail500)
	case loopback.Lost:
		a := s.execute(e, call)
		a.lost = true
		return a
	}
	return broken(call, how)
}

func broken(call *request, how string) answer {
	switch how {
	case loopback.Throttle:
		return failed(call, &apiError{Status: 429, Code: "rate_limit", Message: "Request rate limit exceeded. Learn more about " +
			"rate limits here https://stripe.com/docs/rate-limits."})
	case loopback.Timeout, loopback.Lost:
		return answer{lost: true}
	}
	return failed(call, &apiError{Status: 500, Type: "api_error", Message: "Sorry! There was an error while talking to one of our backends."})
}
