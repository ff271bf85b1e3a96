package stripe

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// customer is whom methods are kept for.
type customer struct {
	ID, Email, Name string
	Created         int64
}

// method is a card or an account that is kept for later payments.
type method struct {
	ID, Type, CustomerID string // Type is card or sepa_debit
	Brand, Last4         string
	ExpMonth, ExpYear    int64
	Mandate              string
	GeneratedFrom        string   // the charge of an iDEAL payment
	Answers              []string // what its bank says to the next payments, in order: "" succeeds, else a decline code
	Created              int64
}

type setup struct {
	ID, Status, CustomerID, MethodID, Mandate string
	Metadata                                  map[string]string
	Types                                     []string
	Created                                   int64
}

func (r *customer) key() string { return r.ID }
func (r *method) key() string   { return r.ID }
func (r *setup) key() string    { return r.ID }

// testCard is one of the card numbers of Stripe's test mode
// (docs.stripe.com/testing): what it is, and what its bank says at first and
// once it is kept.
type testCard struct{ brand, last4, first, later string }

func testCards() map[string]testCard {
	return map[string]testCard{
		"4242424242424242": {"visa", "4242", "", ""},
		"5555555555554444": {"mastercard", "4444", "", ""},
		"4000000000000341": {"visa", "0341", "", "generic_decline"}, // can be kept, and declines from then on
		"4000002500003155": {"visa", "3155", "", ""},                // authenticated once, then good for payments without the customer
		"4000002760003184": {"visa", "3184", "", "authentication_required"},
		"4000000000000002": {"visa", "0002", "generic_decline", "generic_decline"},
		"4000000000009995": {"visa", "9995", "insufficient_funds", "insufficient_funds"},
		"4000000000009987": {"visa", "9987", "lost_card", "lost_card"},
		"4000000000009979": {"visa", "9979", "stolen_card", "stolen_card"},
		"4000000000000069": {"visa", "0069", "expired_card", "expired_card"},
		"4000000000000119": {"visa", "0119", "processing_error", "processing_error"},
		"4000000000006975": {"visa", "6975", "card_velocity_exceeded", "card_velocity_exceeded"},
	}
}

// cardOf is the card that a request is paid with.
func cardOf(request PayRequest) testCard {
	return testCards()[cmp.Or(request.Card, "4242424242424242")]
}

// expiry is the card's last month: "2034-12" unless the request names another.
func expiry(request PayRequest) (month, year int64, err error) {
	at, err := time.Parse("2006-01", cmp.Or(request.Expires, "2034-12"))
	if err != nil {
		return 0, 0, refuse(http.StatusBadRequest, "card expires %q — it is not understood — write it as 2027-03", request.Expires)
	}
	return int64(at.Month()), int64(at.Year()), nil
}

// customerFor is the customer of a session that keeps its method.
func (s *Server) customerFor(r *session, at int64) *customer {
	if known, ok := s.state.Customers.get(r.CustomerID); ok {
		return known
	}
	c := s.state.Customers.add(&customer{ID: s.newID("cus_", 14), Email: r.Email, Name: r.Name, Created: at})
	r.CustomerID = c.ID
	s.emit("customer.created", s.renderCustomer(c), nil, at)
	return c
}

// keep attaches what a customer pays with to it. Of iDEAL it is the account, as
// a SEPA mandate.
func (s *Server) keep(r *session, request PayRequest, from string, at int64) *method {
	c := s.customerFor(r, at)
	m := &method{ID: s.newID("pm_1", 23), Type: SEPADebit, CustomerID: c.ID, Last4: "3000", Created: at}
	switch request.Method {
	case Card:
		card := cardOf(request)
		m.Type, m.Brand, m.Last4 = Card, card.brand, card.last4
		m.ExpMonth, m.ExpYear, _ = expiry(request) // checked before
		if card.later != "" {
			m.Answers = slices.Repeat([]string{card.later}, 100)
		}
	case IDEAL:
		m.Last4, m.GeneratedFrom = "5264", from
		fallthrough
	default:
		m.Mandate = s.newID("mandate_1", 23)
	}
	s.state.Methods.add(m)
	s.emit("payment_method.attached", s.renderMethod(m), nil, at)
	return m
}

// completeSetup ends a session that keeps a method without a payment.
func (s *Server) completeSetup(r *session, request PayRequest, at int64) {
	if request.Outcome == "fail" || cardOf(request).first != "" && request.Method == Card {
		return // the page stays open for another try
	}
	m := s.keep(r, request, "", at)
	in := s.state.Setups.add(&setup{ID: s.newID("seti_1", 23), Status: "succeeded", CustomerID: r.CustomerID, MethodID: m.ID, Mandate: m.Mandate,
		Metadata: r.IntentMetadata, Types: r.Methods, Created: at})
	r.Status, r.PaymentStatus, r.SetupID = "complete", "no_payment_required", in.ID
	s.emit("setup_intent.succeeded", s.renderSetup(in), nil, at)
	s.emit("checkout.session.completed", s.renderSession(r), nil, at)
}

const intentParams = "amount confirm currency customer description error_on_requires_action mandate metadata off_session payment_method " +
	"payment_method_types receipt_email statement_descriptor statement_descriptor_suffix"

// createIntent takes money from a kept method, without the customer. A bank that
// declines is the answer 402, with the payment in it.
func (s *Server) createIntent(call *request) (object, *apiError) {
	p := call.params
	amount, err := p.number("amount", 0)
	if err != nil {
		return nil, err
	}
	metadata, err := p.metadata("metadata")
	if err != nil {
		return nil, err
	}
	m, known := s.state.Methods.get(p.str("payment_method"))
	code := strings.ToLower(p.str("currency"))
	switch {
	case p.str("confirm") != "true" || p.str("off_session") != "true":
		return nil, invalid("confirm", "This server takes payments from kept methods alone: confirm and off_session must be true.")
	case len(code) != 3:
		return nil, missing("currency")
	case amount < amountMin:
		return nil, &apiError{Status: 400, Code: "amount_too_small", Param: "amount", Message: "Amount must be at least €0.50 eur"}
	case !known:
		return nil, notFound("PaymentMethod", "payment_method", p.str("payment_method"))
	case m.CustomerID == "" || m.CustomerID != p.str("customer"):
		return nil, invalid("payment_method", "The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, shared with a connected account without Customer attachment, or was detached from a Customer. It may not be used again.")
	case m.Type == SEPADebit && code != "eur":
		return nil, invalid("currency", "The currency provided is invalid for sepa_debit.")
	}
	in := s.state.Intents.add(&intent{ID: s.newID("pi_3", 23), Amount: amount, Currency: code, Metadata: metadata, Description: p.str("description"),
		Status: "requires_payment_method", Method: m.Type, CustomerID: m.CustomerID, MethodID: m.ID, Created: call.at})
	s.emit("payment_intent.created", s.renderIntent(in), nil, call.at)
	ch := s.newCharge(in, m.Type, amount, "", "", call.at)
	says := ""
	if len(m.Answers) > 0 {
		says, m.Answers = m.Answers[0], m.Answers[1:]
	}
	if m.Type == SEPADebit {
		in.Status, in.FailAs = "processing", says
		s.emit("charge.pending", s.renderCharge(ch), nil, call.at)
		s.emit("payment_intent.processing", s.renderIntent(in), nil, call.at)
		s.schedule(settleIntent, in.ID, call.at+int64(sepaDays*24*time.Hour/time.Second))
		return s.renderIntent(in), nil
	}
	if says == "" {
		s.succeedCharge(in, ch, call.at)
		return s.renderIntent(in), nil
	}
	in.FailAs = says
	s.failCharge(in, ch, call.at)
	f := in.Failure
	return nil, &apiError{Status: http.StatusPaymentRequired, Type: "card_error", Code: f.Code, Message: f.Message, More: object{"decline_code": orNull(f.DeclineCode),
		"advice_code": orNull(adviceOf(says)), "charge": ch.ID, "payment_intent": s.renderIntent(in), "payment_method": s.renderMethod(m)}}
}

// sepaDays is how long a debit is under way.
const sepaDays = 4

// adviceOf is what the network advises about a decline
// (docs.stripe.com/declines/card#retrying-issuer-declines).
func adviceOf(code string) string {
	switch code {
	case "stolen_card", "lost_card", "pickup_card", "revocation_of_authorization", "revocation_of_all_authorizations", "stop_payment_order":
		return "do_not_try_again"
	case "expired_card", "authentication_required":
		return "confirm_card_data"
	}
	return "try_again_later"
}

// settleKept ends a debit from a kept method.
func (s *Server) settleKept(in *intent, at int64) {
	ch := s.state.Charges.index[in.ChargeID]
	if in.FailAs != "" {
		s.failCharge(in, ch, at)
		return
	}
	s.succeedCharge(in, ch, at)
}

func (s *Server) getMethod(call *request) (object, *apiError) {
	if r, ok := s.state.Methods.get(call.id); ok {
		return s.renderMethod(r), nil
	}
	return nil, notFound("PaymentMethod", "payment_method", call.id)
}

// detachMethod makes a method unusable for good.
func (s *Server) detachMethod(call *request) (object, *apiError) {
	r, ok := s.state.Methods.get(call.id)
	switch {
	case !ok:
		return nil, notFound("PaymentMethod", "payment_method", call.id)
	case r.CustomerID == "":
		return nil, invalid("", "The payment method you provided is not attached to a customer so detachment is impossible.")
	}
	before := object{"customer": r.CustomerID}
	r.CustomerID = ""
	s.emit("payment_method.detached", s.renderMethod(r), before, call.at)
	return s.renderMethod(r), nil
}

func (s *Server) getCustomer(call *request) (object, *apiError) {
	if r, ok := s.state.Customers.get(call.id); ok {
		return s.renderCustomer(r), nil
	}
	return nil, notFound("customer", "id", call.id)
}

func (s *Server) getSetup(call *request) (object, *apiError) {
	if r, ok := s.state.Setups.get(call.id); ok {
		return s.renderSetup(r), nil
	}
	return nil, notFound("setupintent", "intent", call.id)
}

func (s *Server) renderCustomer(r *customer) object {
	return object{"id": r.ID, "object": "customer", "livemode": false, "created": r.Created, "email": orNull(r.Email), "name": orNull(r.Name), "metadata": object{},
		"address": nil, "balance": 0, "currency": nil, "default_source": nil, "delinquent": false, "description": nil, "discount": nil, "invoice_prefix": r.ID[4:12],
		"invoice_settings": object{"custom_fields": nil, "default_payment_method": nil, "footer": nil, "rendering_options": nil},
		"phone":            nil, "preferred_locales": []string{}, "shipping": nil, "tax_exempt": "none", "test_clock": nil}
}

func (s *Server) renderMethod(r *method) object {
	o := object{"id": r.ID, "object": "payment_method", "livemode": false, "created": r.Created, "customer": orNull(r.CustomerID), "type": r.Type, "metadata": object{},
		"billing_details": object{"address": noAddress(), "email": nil, "name": nil, "phone": nil}}
	if r.Type == Card {
		o["card"] = object{"brand": r.Brand, "country": "NL", "exp_month": r.ExpMonth, "exp_year": r.ExpYear, "last4": r.Last4, "funding": "debit", "fingerprint": "Xt5EWLLDS7FJjR1c",
			"checks":         object{"address_line1_check": nil, "address_postal_code_check": nil, "cvc_check": "pass"},
			"generated_from": nil, "networks": object{"available": []string{r.Brand}, "preferred": nil}, "three_d_secure_usage": object{"supported": true}, "wallet": nil}
		return o
	}
	from := any(nil)
	if r.GeneratedFrom != "" {
		from = object{"charge": r.GeneratedFrom, "setup_attempt": nil}
	}
	o["sepa_debit"] = object{"bank_code": "37040044", "branch_code": "", "country": "DE", "fingerprint": "FD81kbVPe7M05BMj", "generated_from": from, "last4": r.Last4}
	return o
}

func (s *Server) renderSetup(r *setup) object {
	return object{"id": r.ID, "object": "setup_intent", "livemode": false, "created": r.Created, "status": r.Status, "customer": orNull(r.CustomerID),
		"payment_method": orNull(r.MethodID), "mandate": orNull(r.Mandate), "metadata": orEmpty(r.Metadata), "payment_method_types": r.Types, "usage": "off_session",
		"application": nil, "automatic_payment_methods": nil, "cancellation_reason": nil, "client_secret": r.ID + "_secret_loopback", "description": nil, "flow_directions": nil,
		"last_setup_error": nil, "latest_attempt": nil, "next_action": nil, "on_behalf_of": nil, "payment_method_configuration_details": nil,
		"payment_method_options": object{}, "single_use_mandate": nil}
}

// Kept is a method that is kept, as the demo's control shows it.
type Kept struct {
	ID       string   `json:"id"`
	Customer string   `json:"customer"` // "": detached
	Email    string   `json:"email"`
	Type     string   `json:"type"`
	Brand    string   `json:"brand,omitempty"`
	Last4    string   `json:"last4"`
	Expires  string   `json:"expires,omitempty"` // "2027-03"
	Answers  []string `json:"answers"`
}

// Methods lists what is kept, the newest first.
func (s *Server) Methods() []Kept {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := []Kept{}
	for _, m := range slices.Backward(s.state.Methods.rows) {
		v := Kept{ID: m.ID, Customer: m.CustomerID, Type: m.Type, Brand: m.Brand, Last4: m.Last4, Answers: m.Answers}
		if c, ok := s.state.Customers.get(m.CustomerID); ok {
			v.Email = c.Email
		}
		if m.ExpYear > 0 {
			v.Expires = fmt.Sprintf("%04d-%02d", m.ExpYear, m.ExpMonth)
		}
		out = append(out, v)
	}
	return out
}

// KeptRequest changes what is kept, as its bank or the card network does.
type KeptRequest struct {
	Answers []string `json:"answers,omitempty"` // to the next payments, in order: "succeed" or a decline code
	Last4   string   `json:"last4,omitempty"`   // the network replaced the card
	Expires string   `json:"expires,omitempty"` // with it
	Detach  bool     `json:"detach,omitempty"`  // somebody removed it at Stripe
}

// Change plays the bank, the network, or a colleague in Stripe's dashboard.
func (s *Server) Change(ctx context.Context, methodID string, r KeptRequest) error {
	err := s.change(func(at int64) error {
		m, ok := s.state.Methods.get(methodID)
		if !ok {
			return refuse(http.StatusNotFound, "change method %q — there is no such method — list them with Methods", methodID)
		}
		if len(r.Answers) > 0 {
			m.Answers = nil
			for _, a := range r.Answers {
				m.Answers = append(m.Answers, strings.TrimPrefix(a, "succeed"))
			}
		}
		if r.Last4 != "" || r.Expires != "" {
			month, year, err := expiry(PayRequest{Expires: r.Expires})
			if err != nil {
				return err
			}
			before := object{"card": object{"exp_month": m.ExpMonth, "exp_year": m.ExpYear, "last4": m.Last4}}
			m.ExpMonth, m.ExpYear, m.Last4 = month, year, cmp.Or(r.Last4, m.Last4)
			s.emit("payment_method.automatically_updated", s.renderMethod(m), before, at)
		}
		if r.Detach && m.CustomerID != "" {
			before := object{"customer": m.CustomerID}
			m.CustomerID = ""
			s.emit("payment_method.detached", s.renderMethod(m), before, at)
		}
		return nil
	})
	if err == nil {
		s.settle(ctx)
	}
	return err
}
