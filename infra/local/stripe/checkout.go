package stripe

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// Limits of Checkout Sessions (docs.stripe.com/api/checkout/sessions/create).
const (
	amountMin       = 50         // of a payment, in minor units of the euro
	amountMax       = 99_999_999 // eight digits
	referenceMax    = 200        // characters of client_reference_id
	linesMax        = 100        // line items
	expiresAfterMin = 30 * 60    // seconds
	expiresAfterMax = 24 * 3600  // seconds; also the default
)

func (s *Server) createSession(call *request) (object, *apiError) {
	r, err := newSession(call)
	if err != nil {
		return nil, err
	}
	if _, ok := s.state.Customers.get(r.CustomerID); !ok && r.CustomerID != "" {
		return nil, notFound("customer", "customer", r.CustomerID)
	}
	r.ID = s.newID("cs_test_a1", 56)
	for i := range r.Lines {
		r.Lines[i].ID = s.newID("li_1", 23)
	}
	base := s.options.BaseURL
	if base == "" {
		base = "http://" + call.host
	}
	r.URL = strings.TrimSuffix(base, "/") + "/c/pay/" + r.ID
	s.state.Sessions.add(r)
	s.schedule(expireSession, r.ID, r.ExpiresAt)
	return s.renderSession(r), nil
}

// newSession reads and checks the parameters of a payment session.
func newSession(call *request) (*session, *apiError) {
	p := call.params
	mode := p.str("mode")
	if mode != "payment" && mode != "setup" {
		return nil, invalid("mode", "You must set `mode` to payment or setup: this server only collects one-off payments.")
	}
	r := &session{Mode: mode, Keeps: mode == "setup" || p.str("payment_intent_data[setup_future_usage]") == "off_session", CustomerID: p.str("customer"), Status: "open", PaymentStatus: "unpaid", ClientReferenceID: p.str("client_reference_id"),
		IntentDescription: p.str("payment_intent_data[description]"), Email: p.str("customer_email"),
		SuccessURL: p.str("success_url"), CancelURL: p.str("cancel_url"), Locale: p.str("locale"),
		Methods: p.list("payment_method_types"), Created: call.at}
	for _, check := range []func(params, *session) *apiError{readURLs, readLines, readMetadata, readMethods, readKeeping, readExpiry} {
		if err := check(p, r); err != nil {
			return nil, err
		}
	}
	if len(r.ClientReferenceID) > referenceMax {
		return nil, invalid("client_reference_id", fmt.Sprintf("client_reference_id can have up to %d characters.", referenceMax))
	}
	return r, nil
}

func readURLs(p params, r *session) *apiError {
	if r.SuccessURL == "" {
		return missing("success_url")
	}
	if !absolute(r.SuccessURL) {
		return &apiError{Status: 400, Code: "url_invalid", Param: "success_url", Message: "Not a valid URL"}
	}
	if r.CancelURL != "" && !absolute(r.CancelURL) {
		return &apiError{Status: 400, Code: "url_invalid", Param: "cancel_url", Message: "Not a valid URL"}
	}
	return nil
}

func absolute(text string) bool {
	u, err := url.Parse(text)
	return err == nil && u.Host != "" && (u.Scheme == "http" || u.Scheme == "https")
}

func readLines(p params, r *session) *apiError {
	n := p.count("line_items")
	if r.Mode == "setup" {
		r.Currency = strings.ToLower(p.str("currency"))
		return nil
	}
	if n == 0 {
		return missing("line_items")
	}
	if n > linesMax {
		return invalid("line_items", fmt.Sprintf("You can have at most %d line items.", linesMax))
	}
	for i := range n {
		prefix := fmt.Sprintf("line_items[%d]", i)
		data := prefix + "[price_data]"
		unit, err := p.number(data+"[unit_amount]", -1)
		if err != nil {
			return err
		}
		quantity, err := p.number(prefix+"[quantity]", 0)
		if err != nil {
			return err
		}
		code := strings.ToLower(p.str(data + "[currency]"))
		switch {
		case unit < 0:
			return missing(data + "[unit_amount]")
		case quantity < 1:
			return missing(prefix + "[quantity]")
		case len(code) != 3:
			return missing(data + "[currency]")
		case p.str(data+"[product_data][name]") == "":
			return missing(data + "[product_data][name]")
		case r.Currency != "" && r.Currency != code:
			return invalid("line_items", "All prices on a Checkout Session must use the same currency.")
		case unit > amountMax || quantity > amountMax:
			return amountTooLarge()
		}
		r.Currency = code
		r.Amount += unit * quantity
		r.Lines = append(r.Lines, line{Name: p.str(data + "[product_data][name]"), Quantity: quantity, UnitAmount: unit,
			Description: p.str(data + "[product_data][description]")})
		if r.Amount > amountMax {
			return amountTooLarge()
		}
	}
	if r.Amount < amountMin {
		return &apiError{Status: 400, Code: "amount_too_small", Message: "The Checkout Session's total amount must convert to at least 50 cents."}
	}
	return nil
}

func amountTooLarge() *apiError {
	return &apiError{Status: 400, Code: "amount_too_large", Message: "The Checkout Session's total amount due must be no more than €999,999.99"}
}

func readMetadata(p params, r *session) (err *apiError) {
	if r.Metadata, err = p.metadata("metadata"); err != nil {
		return err
	}
	data := "payment_intent_data[metadata]"
	if r.Mode == "setup" {
		data = "setup_intent_data[metadata]"
	}
	r.IntentMetadata, err = p.metadata(data)
	return err
}

// readKeeping checks what belongs to a method that is kept
// (docs.stripe.com/payments/checkout/save-during-payment).
func readKeeping(p params, r *session) *apiError {
	switch usage := p.str("payment_intent_data[setup_future_usage]"); {
	case r.CustomerID != "" && r.Email != "":
		return invalid("customer_email", "You may only specify one of these parameters: customer, customer_email.")
	case r.CustomerID != "" && p.Has("customer_creation"):
		return invalid("customer_creation", "You may only specify one of these parameters: customer, customer_creation.")
	case usage != "" && usage != "off_session" && usage != "on_session":
		return invalid("payment_intent_data[setup_future_usage]", "Invalid setup_future_usage: must be one of off_session or on_session")
	case r.Keeps && slices.Contains(r.Methods, "customer_balance"):
		return invalid("payment_method_types", "customer_balance cannot be used with setup_future_usage.")
	case r.Mode == "setup" && len(r.Methods) == 0:
		return missing("payment_method_types")
	}
	return nil
}

func readMethods(p params, r *session) *apiError {
	for _, method := range r.Methods {
		if !slices.Contains([]string{"card", "ideal", "sepa_debit", "customer_balance"}, method) {
			return invalid("payment_method_types", fmt.Sprintf("Invalid payment_method_types: %s is not enabled for this account.", method))
		}
	}
	return nil
}

func readExpiry(p params, r *session) (err *apiError) {
	if r.ExpiresAt, err = p.number("expires_at", r.Created+expiresAfterMax); err != nil {
		return err
	}
	if after := r.ExpiresAt - r.Created; after < expiresAfterMin || after > expiresAfterMax {
		return invalid("expires_at", "The `expires_at` timestamp must be between 30 minutes and 24 hours from Checkout Session creation.")
	}
	return nil
}

func (s *Server) listSessions(call *request) (object, *apiError) {
	p := call.params
	keep := func(r *session) bool {
		return p.matches("payment_intent", r.IntentID, "status", r.Status, "customer_details[email]", r.Email,
			"customer", "", "payment_link", "", "subscription", "")
	}
	return listed(p, "/v1/checkout/sessions", s.state.Sessions.rows, func(r *session) int64 { return r.Created }, keep, s.renderSession)
}

func (s *Server) getSession(call *request) (object, *apiError) {
	r, ok := s.state.Sessions.get(call.id)
	if !ok {
		return nil, notFound("checkout.session", "session", call.id)
	}
	return s.renderSession(r), nil
}

func (s *Server) listLineItems(call *request) (object, *apiError) {
	r, ok := s.state.Sessions.get(call.id)
	if !ok {
		return nil, notFound("checkout.session", "session", call.id)
	}
	return s.lineItemsOf(r), nil
}

func (s *Server) expireSession(call *request) (object, *apiError) {
	r, ok := s.state.Sessions.get(call.id)
	if !ok {
		return nil, notFound("checkout.session", "session", call.id)
	}
	if r.Status != "open" {
		return nil, invalid("", fmt.Sprintf("Only Checkout Sessions with a status in [\"open\"] can be expired. This Checkout Session has a status of %s.", r.Status))
	}
	s.expire(r, call.at)
	return s.renderSession(r), nil
}
