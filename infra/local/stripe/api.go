package stripe

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"

	"duly/infra/local/loopback"
)

// endpoint is one route of the API: its pattern, the top-level parameters that
// it knows, and what it does with the lock held.
type endpoint struct {
	pattern string
	allowed string
	run     func(*Server, *request) (object, *apiError)
}

// request is one API call after authentication and decoding.
type request struct {
	params params
	id     string // from the path
	at     int64
	cause  cause
	host   string
}

// sessionParams are the parameters of a payment session. Those of subscriptions,
// taxes and discounts exist at Stripe and are refused here by
// name: silently ignoring them would make a fake that lies.
const sessionParams = "billing_address_collection cancel_url client_reference_id currency custom_text customer_creation " +
	"customer customer_email expires_at line_items locale metadata mode payment_intent_data payment_method_configuration " +
	"payment_method_options payment_method_types phone_number_collection setup_intent_data submit_type success_url"

func endpoints() []endpoint {
	const paging = " limit starting_after ending_before created"
	return []endpoint{
		{"POST /v1/checkout/sessions", sessionParams, (*Server).createSession},
		{"GET /v1/checkout/sessions", "customer customer_details payment_intent payment_link status subscription" + paging, (*Server).listSessions},
		{"GET /v1/checkout/sessions/{id}", "", (*Server).getSession},
		{"GET /v1/checkout/sessions/{id}/line_items", "limit starting_after ending_before", (*Server).listLineItems},
		{"POST /v1/checkout/sessions/{id}/expire", "", (*Server).expireSession},
		{"GET /v1/payment_intents", "customer" + paging, (*Server).listIntents},
		{"POST /v1/payment_intents", intentParams, (*Server).createIntent},
		{"GET /v1/payment_intents/{id}", "client_secret", (*Server).getIntent},
		{"GET /v1/payment_methods/{id}", "", (*Server).getMethod},
		{"POST /v1/payment_methods/{id}/detach", "", (*Server).detachMethod},
		{"GET /v1/customers/{id}", "", (*Server).getCustomer},
		{"GET /v1/setup_intents/{id}", "client_secret", (*Server).getSetup},
		{"GET /v1/charges", "payment_intent customer transfer_group" + paging, (*Server).listCharges},
		{"GET /v1/charges/{id}", "", (*Server).getCharge},
		{"POST /v1/refunds", "amount charge currency customer instructions_email metadata origin payment_intent reason refund_application_fee reverse_transfer", (*Server).createRefund},
		{"GET /v1/refunds", "charge payment_intent" + paging, (*Server).listRefunds},
		{"GET /v1/refunds/{id}", "", (*Server).getRefund},
		{"GET /v1/disputes", "charge payment_intent" + paging, (*Server).listDisputes},
		{"GET /v1/disputes/{id}", "", (*Server).getDispute},
		{"GET /v1/balance", "", (*Server).getBalance},
		{"GET /v1/balance_transactions", "currency payout source type" + paging, (*Server).listTransactions},
		{"GET /v1/balance_transactions/{id}", "", (*Server).getTransaction},
		{"GET /v1/payouts", "arrival_date destination status" + paging, (*Server).listPayouts},
		{"GET /v1/payouts/{id}", "", (*Server).getPayout},
		{"GET /v1/events", "type types delivery_success" + paging, (*Server).listEvents},
		{"GET /v1/events/{id}", "", (*Server).getEvent},
		{"POST /v1/webhook_endpoints", "api_version connect description enabled_events metadata url", (*Server).createEndpoint},
		{"GET /v1/webhook_endpoints", "limit starting_after ending_before", (*Server).listEndpoints},
		{"GET /v1/webhook_endpoints/{id}", "", (*Server).getEndpoint},
		{"DELETE /v1/webhook_endpoints/{id}", "", (*Server).deleteEndpoint},
	}
}

// answer is what goes back over the wire. lost means that nothing does.
type answer struct {
	status    int
	body      []byte
	requestID string
	replayed  bool
	lost      bool
}

func (s *Server) serveAPI(e endpoint, w http.ResponseWriter, r *http.Request) {
	a := s.answer(e, r)
	if a.lost {
		loopback.Hang(w, r)
		return
	}
	s.write(w, r, a)
}

func (s *Server) serveUnknown(w http.ResponseWriter, r *http.Request) {
	e := &apiError{Status: http.StatusNotFound, Message: "Unrecognized request URL (" + r.Method + ": " + r.URL.Path +
		"). If you are trying to list objects, remove the trailing slash. If you are trying to retrieve an object, make sure you passed a valid (non-empty) identifier in your code."}
	s.write(w, r, answer{status: e.Status, body: indented(e.body("req_unknown")), requestID: "req_unknown"})
}

func (s *Server) write(w http.ResponseWriter, r *http.Request, a answer) {
	header := w.Header()
	header.Set("Content-Type", "application/json")
	header.Set("Request-Id", a.requestID)
	header.Set("Stripe-Version", APIVersion)
	header.Set("Cache-Control", "no-cache, no-store")
	if key := r.Header.Get("Idempotency-Key"); key != "" && r.Method == http.MethodPost {
		header.Set("Idempotency-Key", key)
	}
	if a.replayed {
		header.Set("Idempotent-Replayed", "true")
	}
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body) // the client may be gone; nobody else can be told
}

// answer decodes, authenticates and executes one call under the lock.
func (s *Server) answer(e endpoint, r *http.Request) answer {
	values, err := decode(r)
	s.mu.Lock()
	defer s.mu.Unlock()
	call := &request{params: values, id: r.PathValue("id"), at: s.options.Now().Unix(), host: r.Host}
	call.cause = cause{requestID: s.newID("req_", 14), key: r.Header.Get("Idempotency-Key")}
	if err == nil {
		err = s.authenticate(r)
	}
	if strange := values.unknown(e.allowed); err == nil && strange != "" {
		err = &apiError{Status: 400, Code: "parameter_unknown", Param: strange,
			Message: "Received unknown parameter: " + strange + " (the loopback Stripe knows: " + e.allowed + ")"}
	}
	if err != nil {
		return failed(call, err)
	}
	if r.Method != http.MethodPost {
		if how := s.state.Outage.at(call.at); how != "" {
			return broken(call, how)
		}
		return s.execute(e, call)
	}
	return s.once(e, call, r.URL.Path)
}

// execute runs the endpoint and expands what was asked to be expanded.
func (s *Server) execute(e endpoint, call *request) answer {
	s.cause = call.cause
	defer func() { s.cause = cause{} }()
	o, err := e.run(s, call)
	for _, path := range call.params.list("expand") {
		if err == nil && !s.expand(o, strings.Split(path, ".")) {
			err = invalid("expand", "This property cannot be expanded ("+path+").")
		}
	}
	if err != nil {
		return failed(call, err)
	}
	return answer{status: http.StatusOK, body: indented(o), requestID: call.cause.requestID}
}

func failed(call *request, err *apiError) answer {
	return answer{status: err.Status, body: indented(err.body(call.cause.requestID)), requestID: call.cause.requestID}
}

const bodyMax = 1 << 20

func decode(r *http.Request) (params, *apiError) {
	text := r.URL.RawQuery
	if r.Method == http.MethodPost {
		body, err := io.ReadAll(io.LimitReader(r.Body, bodyMax))
		if err != nil {
			return params{}, &apiError{Status: 400, Message: "The request body could not be read."}
		}
		text = string(body)
	}
	values, err := url.ParseQuery(text)
	if err != nil {
		return params{}, &apiError{Status: 400, Message: "Invalid request parameters: the body must be form-encoded."}
	}
	return params{values}, nil
}

// authenticate accepts test keys only: a live key must never reach a demo.
func (s *Server) authenticate(r *http.Request) *apiError {
	key, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		key, _, ok = r.BasicAuth()
	}
	if !ok || key == "" {
		return &apiError{Status: 401, Message: "You did not provide an API key. You need to provide your API key in the " +
			"Authorization header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY')."}
	}
	if s.options.SecretKey != "" && key == s.options.SecretKey {
		return nil
	}
	if s.options.SecretKey == "" && strings.HasPrefix(key, "sk_test_") {
		return nil
	}
	return &apiError{Status: 401, Message: "Invalid API Key provided: " + masked(key)}
}

func masked(key string) string {
	if len(key) <= 12 {
		return "***"
	}
	return key[:8] + strings.Repeat("*", len(key)-12) + key[len(key)-4:]
}

// idOf reads the id out of a rendered object.
func idOf(raw json.RawMessage) string {
	var o struct {
		ID string `json:"id"`
	}
	_ = json.Unmarshal(raw, &o) // rendered by ourselves, so it can be read
	return o.ID
}
