package stripe

import (
	"fmt"
	"slices"
)

func (s *Server) listIntents(call *request) (object, *apiError) {
	p := call.params
	return listed(p, "/v1/payment_intents", s.state.Intents.rows, func(r *intent) int64 { return r.Created },
		func(r *intent) bool { return p.matches("customer", r.CustomerID) }, s.renderIntent)
}

func (s *Server) getIntent(call *request) (object, *apiError) {
	if r, ok := s.state.Intents.get(call.id); ok {
		return s.renderIntent(r), nil
	}
	return nil, notFound("payment_intent", "intent", call.id)
}

func (s *Server) listCharges(call *request) (object, *apiError) {
	p := call.params
	keep := func(r *charge) bool {
		return p.matches("payment_intent", r.IntentID, "customer", "", "transfer_group", "")
	}
	return listed(p, "/v1/charges", s.state.Charges.rows, func(r *charge) int64 { return r.Created }, keep, s.renderCharge)
}

func (s *Server) getCharge(call *request) (object, *apiError) {
	if r, ok := s.state.Charges.get(call.id); ok {
		return s.renderCharge(r), nil
	}
	return nil, notFound("charge", "id", call.id)
}

func (s *Server) createRefund(call *request) (object, *apiError) {
	p := call.params
	ch, err := s.chargeToRefund(p)
	if err != nil {
		return nil, err
	}
	amount, err := p.number("amount", ch.Amount-ch.Refunded)
	if err != nil {
		return nil, err
	}
	metadata, err := p.metadata("metadata")
	if err != nil {
		return nil, err
	}
	reason := p.str("reason")
	switch {
	case !slices.Contains([]string{"", "duplicate", "fraudulent", "requested_by_customer"}, reason):
		return nil, invalid("reason", "Invalid reason: must be one of duplicate, fraudulent, or requested_by_customer")
	case ch.Status != "succeeded":
		return nil, invalid("charge", fmt.Sprintf("Charge %s cannot be refunded: its status is %s.", ch.ID, ch.Status))
	case s.openDisputeOf(ch):
		return nil, &apiError{Status: 400, Code: "charge_disputed", Message: fmt.Sprintf("Charge %s has been charged back; cannot issue a refund.", ch.ID)}
	case ch.Refunded == ch.Amount:
		return nil, &apiError{Status: 400, Code: "charge_already_refunded", Message: fmt.Sprintf("Charge %s has already been refunded.", ch.ID)}
	case amount < 1:
		return nil, &apiError{Status: 400, Code: "parameter_invalid_integer", Param: "amount", Message: "This value must be greater than or equal to 1."}
	case amount > ch.Amount-ch.Refunded:
		return nil, invalid("amount", fmt.Sprintf("Refund amount (%s) is greater than unrefunded amount on charge (%s)",
			pretty(amount, ch.Currency), pretty(ch.Amount-ch.Refunded, ch.Currency)))
	}
	return s.renderRefund(s.makeRefund(ch, amount, reason, metadata, call.at)), nil
}

func (s *Server) chargeToRefund(p params) (*charge, *apiError) {
	if id := p.str("charge"); id != "" {
		if ch, ok := s.state.Charges.get(id); ok {
			return ch, nil
		}
		return nil, notFound("charge", "charge", id)
	}
	id := p.str("payment_intent")
	if id == "" {
		return nil, invalid("", "One of the following params should be provided for this request: payment_intent or charge.")
	}
	in, ok := s.state.Intents.get(id)
	if !ok {
		return nil, notFound("payment_intent", "payment_intent", id)
	}
	ch, ok := s.state.Charges.get(in.ChargeID)
	if !ok || ch.Status != "succeeded" {
		return nil, invalid("payment_intent", fmt.Sprintf("This PaymentIntent (%s) does not have a successful charge to refund.", id))
	}
	return ch, nil
}

// openDisputeOf tells whether the charge's money is at the cardholder's bank.
func (s *Server) openDisputeOf(ch *charge) bool {
	return slices.ContainsFunc(s.state.Disputes.rows, func(d *dispute) bool { return d.ChargeID == ch.ID && d.Status != "won" })
}

func (s *Server) listRefunds(call *request) (object, *apiError) {
	p := call.params
	keep := func(r *refund) bool { return p.matches("charge", r.ChargeID, "payment_intent", r.IntentID) }
	return listed(p, "/v1/refunds", s.state.Refunds.rows, func(r *refund) int64 { return r.Created }, keep, s.renderRefund)
}

func (s *Server) getRefund(call *request) (object, *apiError) {
	if r, ok := s.state.Refunds.get(call.id); ok {
		return s.renderRefund(r), nil
	}
	return nil, notFound("refund", "id", call.id)
}

func (s *Server) listDisputes(call *request) (object, *apiError) {
	p := call.params
	keep := func(r *dispute) bool { return p.matches("charge", r.ChargeID, "payment_intent", r.IntentID) }
	return listed(p, "/v1/disputes", s.state.Disputes.rows, func(r *dispute) int64 { return r.Created }, keep, s.renderDispute)
}

func (s *Server) getDispute(call *request) (object, *apiError) {
	if r, ok := s.state.Disputes.get(call.id); ok {
		return s.renderDispute(r), nil
	}
	return nil, notFound("dispute", "id", call.id)
}

func (s *Server) getBalance(*request) (object, *apiError) {
	sums, codes := map[string]int64{"eur": 0}, []string{"eur"}
	for _, t := range s.state.Transactions.rows {
		if !slices.Contains(codes, t.Currency) {
			codes = append(codes, t.Currency)
		}
		sums[t.Currency] += t.net()
	}
	var available, pending []object
	for _, code := range codes {
		available = append(available, object{"amount": sums[code], "currency": code, "source_types": object{"card": sums[code]}})
		pending = append(pending, object{"amount": 0, "currency": code, "source_types": object{"card": 0}})
	}
	return object{"object": "balance", "available": available, "pending": pending, "livemode": false}, nil
}

func (s *Server) listTransactions(call *request) (object, *apiError) {
	p := call.params
	if id := p.str("payout"); id != "" {
		if _, ok := s.state.Payouts.get(id); !ok {
			return nil, notFound("payout", "payout", id)
		}
	}
	keep := func(r *transaction) bool {
		return p.matches("payout", r.PayoutID, "type", r.Type, "source", r.Source, "currency", r.Currency)
	}
	return listed(p, "/v1/balance_transactions", s.state.Transactions.rows, func(r *transaction) int64 { return r.Created }, keep, s.renderTransaction)
}

func (s *Server) getTransaction(call *request) (object, *apiError) {
	if r, ok := s.state.Transactions.get(call.id); ok {
		return s.renderTransaction(r), nil
	}
	return nil, notFound("balance transaction", "id", call.id)
}

func (s *Server) listPayouts(call *request) (object, *apiError) {
	p := call.params
	keep := func(r *payout) bool { return p.matches("status", r.Status, "destination", r.Destination) }
	return listed(p, "/v1/payouts", s.state.Payouts.rows, func(r *payout) int64 { return r.Created }, keep, s.renderPayout)
}

func (s *Server) getPayout(call *request) (object, *apiError) {
	if r, ok := s.state.Payouts.get(call.id); ok {
		return s.renderPayout(r), nil
	}
	return nil, notFound("payout", "payout", call.id)
}

func (s *Server) listEvents(call *request) (object, *apiError) {
	p := call.params
	kinds := p.list("types")
	if len(kinds) > 20 {
		return nil, invalid("types", "You can filter on at most 20 event types.")
	}
	if p.Has("type") {
		kinds = append(kinds, p.str("type"))
	}
	oldest := call.at - int64(retention.Seconds())
	keep := func(r *event) bool {
		wanted := len(kinds) == 0 || slices.ContainsFunc(kinds, func(k string) bool { return typeMatches(k, r.Type) })
		return wanted && r.Created >= oldest && p.matches("delivery_success", fmt.Sprint(r.Delivered))
	}
	return listed(p, "/v1/events", s.state.Events.rows, func(r *event) int64 { return r.Created }, keep, s.renderEvent)
}

func (s *Server) getEvent(call *request) (object, *apiError) {
	if r, ok := s.state.Events.get(call.id); ok {
		return s.renderEvent(r), nil
	}
	return nil, notFound("event", "id", call.id)
}

// createEndpoint records a webhook endpoint and tells its secret, once. What it
// subscribes to is what is delivered from then on; where to stays the runtime's
// decision (Options.Deliver), because nothing local posts to the outside.
func (s *Server) createEndpoint(call *request) (object, *apiError) {
	p := call.params
	events, err := p.list("enabled_events"), (*apiError)(nil)
	if p.str("url") == "" {
		return nil, missing("url")
	}
	if len(events) == 0 {
		return nil, missing("enabled_events")
	}
	r := &webhookEndpoint{URL: p.str("url"), Version: p.str("api_version"), Description: p.str("description"), Events: events, Created: call.at}
	if r.Metadata, err = p.metadata("metadata"); err != nil {
		return nil, err
	}
	r.ID = s.newID("we_1", 23)
	o := s.renderEndpoint(s.state.Endpoints.add(r))
	o["secret"] = s.options.WebhookSecret
	return o, nil
}

func (s *Server) listEndpoints(call *request) (object, *apiError) {
	return listed(call.params, "/v1/webhook_endpoints", s.state.Endpoints.rows, func(r *webhookEndpoint) int64 { return r.Created },
		func(*webhookEndpoint) bool { return true }, s.renderEndpoint)
}

func (s *Server) getEndpoint(call *request) (object, *apiError) {
	if r, ok := s.state.Endpoints.get(call.id); ok {
		return s.renderEndpoint(r), nil
	}
	return nil, notFound("webhook endpoint", "webhook_endpoint", call.id)
}

func (s *Server) deleteEndpoint(call *request) (object, *apiError) {
	if _, ok := s.state.Endpoints.get(call.id); !ok {
		return nil, notFound("webhook endpoint", "webhook_endpoint", call.id)
	}
	s.state.Endpoints.remove(call.id)
	return object{"id": call.id, "object": "webhook_endpoint", "deleted": true}, nil
}
