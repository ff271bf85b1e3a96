package pay

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/stripe/stripe-go/v76"
	"github.com/stripe/stripe-go/v76/checkout/session"
	"github.com/stripe/stripe-go/v76/form"

	"duly/shared/o2c"
)

// The names under which a payment carries the consent with which its method is
// kept, and which try took it.
const (
	metaKeep   = "keep"
	metaKeeper = "customer"
	metaTry    = "try"
)

// typesKept are the methods that a customer may give without a payment.
func typesKept() []string { return []string{card.Type, sepaDebit.Type} }

// keepMethod has Stripe keep what a page is paid with
// (docs.stripe.com/payments/checkout/save-during-payment). What is paid by
// iDEAL | Wero is kept as a SEPA mandate
// (docs.stripe.com/payments/ideal/save-during-payment).
func keepMethod(params *stripe.CheckoutSessionParams, about map[string]string, r o2c.CheckoutRequest) {
	about[metaKeep], about[metaKeeper] = r.Keep, r.KeepFor
	if params.PaymentIntentData != nil {
		params.PaymentIntentData.SetupFutureUsage = stripe.String(string(stripe.PaymentIntentSetupFutureUsageOffSession))
	}
	if r.Owner != "" { // Stripe refuses an address beside a customer
		params.Customer, params.CustomerEmail = stripe.String(r.Owner), nil
		return
	}
	params.CustomerCreation = stripe.String(string(stripe.CheckoutSessionCustomerCreationAlways))
}

// Setup makes a page on which the customer gives a method without a payment.
func (g *Gateway) Setup(ctx context.Context, r o2c.CheckoutRequest) (o2c.CheckoutPage, error) {
	about := map[string]string{metaInvoice: r.InvoiceID}
	params := &stripe.CheckoutSessionParams{
		Params: stripe.Params{Context: ctx, IdempotencyKey: stripe.String(o2c.Name(r.IdempotencyKey, r.ReturnURL, r.Email, r.Language, r.Owner))}, Metadata: about,
		Mode: stripe.String(string(stripe.CheckoutSessionModeSetup)), Currency: stripe.String(strings.ToLower(r.Amount.Currency)),
		SuccessURL: stripe.String(r.ReturnURL), CancelURL: stripe.String(r.ReturnURL), Locale: stripe.String(locale(r.Language)),
		PaymentMethodTypes: stripe.StringSlice(typesKept()), SetupIntentData: &stripe.CheckoutSessionSetupIntentDataParams{Metadata: about},
	}
	if r.Amount.Currency != "EUR" {
		params.PaymentMethodTypes = stripe.StringSlice([]string{card.Type})
	}
	if r.Email != "" {
		params.CustomerEmail = stripe.String(r.Email)
	}
	keepMethod(params, about, r)
	made, err := session.Client{B: g.backend, Key: g.key}.New(params)
	if err != nil {
		return o2c.CheckoutPage{}, trouble("The page for a payment method cannot be made", err)
	}
	return o2c.CheckoutPage{SessionID: made.ID, URL: made.URL}, nil
}

// madeIntent is a payment as the API answers it: what we read of it.
type madeIntent struct {
	stripe.APIResource
	paymentIntent
}

// Charge takes an amount from a kept method, without the customer
// (docs.stripe.com/payments/save-and-reuse#charge-saved-payment-method).
func (g *Gateway) Charge(ctx context.Context, r o2c.ChargeRequest) (o2c.ChargeMade, error) {
	const what = "The invoice cannot be collected"
	units, err := toStripe(r.Amount)
	if err != nil {
		return o2c.ChargeMade{}, o2c.Permanent(what, err.Error(), "ask for a transfer", err).Keyed("stripe.amount", r.Amount.String())
	}
	asked := &form.Values{}
	for _, f := range [][2]string{
		{"amount", strconv.FormatInt(units, 10)}, {"currency", strings.ToLower(r.Amount.Currency)}, {"customer", r.Owner}, {"payment_method", r.Method},
		{"payment_method_types[0]", cmp.Or(r.Kind, card.Type)}, {"confirm", "true"}, {"off_session", "true"}, {"description", r.Number},
		{"metadata[" + metaInvoice + "]", r.InvoiceID}, {"metadata[" + metaNumber + "]", r.Number}, {"metadata[" + metaTry + "]", r.TryID},
	} {
		asked.Add(f[0], f[1])
	}
	var made madeIntent
	err = g.backend.CallRaw(http.MethodPost, "/v1/payment_intents", g.key, asked, &stripe.Params{Context: ctx, IdempotencyKey: stripe.String(r.IdempotencyKey)}, &made)
	var refused *stripe.Error
	switch {
	case err == nil:
		return made.stands(), nil
	case errors.As(err, &refused) && refused.HTTPStatusCode == http.StatusPaymentRequired:
		return declined(refused), nil
	case refused != nil && refused.HTTPStatusCode >= 400 && refused.HTTPStatusCode < 500 && (refused.Param == "payment_method" || refused.Param == "customer"):
		return o2c.ChargeMade{Decline: declines()[methodGone]}, nil
	}
	return o2c.ChargeMade{}, trouble(what, err)
}

// declined is a payment that a bank declined: the error has it in it, and its
// codes.
func declined(refused *stripe.Error) o2c.ChargeMade {
	made := o2c.ChargeMade{}
	if refused.PaymentIntent != nil {
		made.Ref = refused.PaymentIntent.ID
	}
	advice := ""
	if refused.LastResponse != nil {
		var whole struct {
			Error paymentError `json:"error"`
		}
		_ = json.Unmarshal(refused.LastResponse.RawJSON, &whole) // without it the codes alone decide
		advice = whole.Error.advice()
	}
	made.Decline = decline(string(refused.DeclineCode), string(refused.Code), advice)
	return made
}

// stands is how a payment stands that was asked for without the customer.
func (p paymentIntent) stands() o2c.ChargeMade {
	made := o2c.ChargeMade{Ref: p.ID, Pending: p.Status == "processing"}
	if p.Status != "succeeded" && p.Status != "processing" {
		made.Decline = p.decline()
	}
	return made
}

// FindCharge looks for the payment of a try among those of its customer, the
// newest first: Stripe's search by metadata lags behind by a minute
// (docs.stripe.com/search#data-freshness), the list does not.
func (g *Gateway) FindCharge(ctx context.Context, r o2c.ChargeRequest) (o2c.ChargeMade, bool, error) {
	asked := &form.Values{}
	asked.Add("customer", r.Owner)
	asked.Add("created[gte]", strconv.FormatInt(r.Since.Unix()-clockSkew, 10))
	asked.Add("limit", strconv.Itoa(pageSize))
	var page struct {
		stripe.APIResource
		Data []paymentIntent `json:"data"`
	}
	if err := g.backend.CallRaw(http.MethodGet, "/v1/payment_intents", g.key, asked, &stripe.Params{Context: ctx}, &page); err != nil {
		return o2c.ChargeMade{}, false, trouble("The payment cannot be looked for", err)
	}
	for _, p := range page.Data {
		if p.Metadata[metaTry] == r.TryID {
			return p.stands(), true, nil
		}
	}
	return o2c.ChargeMade{}, false, nil
}

// clockSkew is by how much our clock may be ahead of Stripe's, in seconds.
const clockSkew = 3600

// Kept reads a kept method.
func (g *Gateway) Kept(ctx context.Context, methodID string) (o2c.KeptMethod, error) {
	var m struct {
		stripe.APIResource
		keptMethod
	}
	if err := g.backend.CallRaw(http.MethodGet, "/v1/payment_methods/"+methodID, g.key, nil, &stripe.Params{Context: ctx}, &m); err != nil {
		return o2c.KeptMethod{}, trouble("The kept method cannot be read", err)
	}
	return m.shown(), nil
}

// Detach has Stripe forget a method. One that belongs to nobody any more is
// forgotten.
func (g *Gateway) Detach(ctx context.Context, methodID string) error {
	var m struct {
		stripe.APIResource
	}
	err := g.backend.CallRaw(http.MethodPost, "/v1/payment_methods/"+methodID+"/detach", g.key, nil, &stripe.Params{Context: ctx}, &m)
	var refused *stripe.Error
	if errors.As(err, &refused) && (refused.HTTPStatusCode == http.StatusBadRequest || refused.HTTPStatusCode == http.StatusNotFound) {
		return nil
	}
	if err != nil {
		return trouble("The kept method cannot be removed", err)
	}
	return nil
}
