package stripe

import (
	"context"
	"net/http"
	"slices"
	"time"

	"duly/shared/signature"
)

// EnabledByDefault are the event types that the webhook endpoint is subscribed
// to unless the options say otherwise; GET /v1/events lists all types.
func EnabledByDefault() []string {
	return []string{
		"charge.dispute.closed", "charge.dispute.created", "charge.refunded", "charge.succeeded",
		"checkout.session.async_payment_failed", "checkout.session.async_payment_succeeded",
		"checkout.session.completed", "checkout.session.expired",
		"payment_intent.payment_failed", "payment_intent.processing", "payment_intent.succeeded",
		"payment_method.automatically_updated", "payment_method.detached", "payment_method.updated",
		"payout.created", "payout.failed", "payout.paid", "payout.reconciliation_completed",
		"refund.failed", "refund.updated", "setup_intent.succeeded",
	}
}

// retention is how long Stripe keeps events for GET /v1/events.
const retention = 30 * 24 * time.Hour

// retryDelays is the exponential back-off of live webhooks, three days in all.
func retryDelays() []time.Duration {
	return []time.Duration{5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour, 10 * time.Hour,
		12 * time.Hour, 12 * time.Hour, 12 * time.Hour, 12 * time.Hour}
}

// delivery is an event that still has to reach the endpoint.
type delivery struct {
	EventID    string
	Attempts   int
	NextAt     int64
	LastStatus int
	busy       bool // being attempted; not part of a snapshot, so that a restart attempts it again
}

// cause is the API request that made a change; the zero cause is the outside world.
type cause struct{ requestID, key string }

// emit records an event with the object as it is now and queues its delivery.
// before holds what the changed fields were.
func (s *Server) emit(kind string, o, before object, at int64) {
	e := &event{ID: s.newID("evt_1", 23), Type: kind, Created: at, Object: indented(o), RequestID: s.cause.requestID, Key: s.cause.key}
	if before != nil {
		e.Previous = indented(before)
	}
	s.state.Events.add(e)
	if s.options.Deliver == nil || !s.enabled(kind) {
		return
	}
	s.state.Deliveries = append(s.state.Deliveries, &delivery{EventID: e.ID, NextAt: at})
}

// enabled asks the endpoints that were registered over the API or, when there
// is none, the options.
func (s *Server) enabled(kind string) bool {
	subscribed := s.options.EnabledEvents
	if len(s.state.Endpoints.rows) > 0 {
		subscribed = nil
	}
	for _, e := range s.state.Endpoints.rows {
		subscribed = append(subscribed, e.Events...)
	}
	return slices.Contains(subscribed, kind) || slices.Contains(subscribed, "*")
}

// deliverDue attempts every delivery that is due and returns how many it
// attempted. The lock is free meanwhile, because an endpoint calls back.
func (s *Server) deliverDue(ctx context.Context, now time.Time) int {
	due := s.takeDue(now)
	for _, d := range due {
		header, body, err := s.request(d.EventID)
		status := 0
		if err == nil {
			status, err = s.options.Deliver(ctx, header, body)
		}
		s.record(d, status, err, now)
	}
	return len(due)
}

func (s *Server) takeDue(now time.Time) []*delivery {
	s.mu.Lock()
	defer s.mu.Unlock()
	var due []*delivery
	for _, d := range s.state.Deliveries {
		if !d.busy && d.NextAt <= now.Unix() {
			d.busy = true
			due = append(due, d)
		}
	}
	if s.options.Order == nil {
		return due
	}
	shuffled := make([]*delivery, 0, len(due))
	for _, i := range s.options.Order(len(due)) {
		shuffled = append(shuffled, due[i])
	}
	return shuffled
}

// record ends an attempt: the delivery is done, planned again or, after the
// last delay, given up as Stripe does; the poller then finds it in the list.
func (s *Server) record(d *delivery, status int, err error, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	arrived := err == nil && status >= 200 && status <= 299
	if e, ok := s.state.Events.get(d.EventID); ok && arrived {
		e.Delivered = true
	}
	delays := retryDelays()
	if arrived || d.Attempts >= len(delays) {
		s.state.Deliveries = slices.DeleteFunc(s.state.Deliveries, func(other *delivery) bool { return other == d })
		return
	}
	d.NextAt, d.LastStatus, d.busy = now.Add(delays[d.Attempts]).Unix(), status, false
	d.Attempts++
}

// request is the signed webhook request for an event. Each attempt is signed
// anew, over the same body, at the present virtual time.
func (s *Server) request(eventID string) (http.Header, []byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e, ok := s.state.Events.get(eventID)
	if !ok {
		return nil, nil, refuse(http.StatusNotFound, "deliver event %q — there is no such event, or it is older than 30 days — Events lists them", eventID)
	}
	body := indented(s.renderEvent(e))
	header, err := signature.Sign(signature.Stripe, "", body, s.options.Now(), s.options.WebhookSecret)
	if err != nil {
		return nil, nil, err
	}
	header.Set("Content-Type", "application/json; charset=utf-8")
	header.Set("User-Agent", "Stripe/1.0 (+https://stripe.com/docs/webhooks)")
	header.Set("Accept", "*/*; q=0.5, application/xml")
	header.Set("Cache-Control", "no-cache")
	return header, body, nil
}

// Redeliver sends an event again, whether it was delivered before or not, and
// reports the endpoint's answer.
func (s *Server) Redeliver(ctx context.Context, eventID string) (int, error) {
	header, body, err := s.request(eventID)
	if err != nil {
		return 0, err
	}
	if s.options.Deliver == nil {
		return 0, refuse(http.StatusConflict, "redeliver %s — no webhook endpoint is connected — set Options.Deliver", eventID)
	}
	return s.options.Deliver(ctx, header, body)
}

// Event is an event and the state of its delivery, for the demo's pages.
type Event struct {
	ID        string    `json:"id"`
	Type      string    `json:"type"`
	Object    string    `json:"object"` // id of the object that it is about
	CreatedAt time.Time `json:"created_at"`
	Delivered bool      `json:"delivered"`
	Attempts  int       `json:"attempts"`    // failed ones
	Status    int       `json:"last_status"` // of the last failed one; 0 when no answer came
	NextAt    time.Time `json:"next_at"`     // zero when nothing more is planned
}

// Events lists the events of the last 30 days, newest first.
func (s *Server) Events() []Event {
	s.mu.Lock()
	defer s.mu.Unlock()
	open := map[string]*delivery{}
	for _, d := range s.state.Deliveries {
		open[d.EventID] = d
	}
	out := make([]Event, 0, len(s.state.Events.rows))
	for i := len(s.state.Events.rows) - 1; i >= 0; i-- {
		e := s.state.Events.rows[i]
		v := Event{ID: e.ID, Type: e.Type, Object: idOf(e.Object), CreatedAt: time.Unix(e.Created, 0).UTC(), Delivered: e.Delivered}
		if d := open[e.ID]; d != nil {
			v.Attempts, v.Status, v.NextAt = d.Attempts, d.LastStatus, time.Unix(d.NextAt, 0).UTC()
		}
		out = append(out, v)
	}
	return out
}

func (s *Server) forgetOldEvents(now int64) {
	limit := now - int64(retention/time.Second)
	s.state.Events.forget(func(e *event) bool { return e.Created < limit })
}
