package pay

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/stripe/stripe-go/v76"
	"github.com/stripe/stripe-go/v76/checkout/session"

	"duly/shared/o2c"
	"duly/shared/text"
)

// pageMargin is how long before Stripe closes a page we stop sending customers
// to it. Stripe keeps one open for 24 hours. We do not name the end ourselves:
// it would differ between two attempts under one idempotency key, which Stripe
// refuses.
const pageMargin = time.Hour

// The names under which a payment carries the invoice it is for, on the session
// and on the payment intent alike.
const (
	metaInvoice = "invoice"
	metaNumber  = "number"
)

// Checkout makes a payment page. The same request gives the same page: what
// Stripe compares besides the key is part of the key.
func (g *Gateway) Checkout(ctx context.Context, r o2c.CheckoutRequest) (o2c.CheckoutPage, error) {
	units, err := toStripe(r.Amount)
	if err != nil {
		return o2c.CheckoutPage{}, o2c.Permanent("The payment page cannot be made", err.Error(), "pay by bank transfer", err).Keyed("stripe.amount", r.Amount.String())
	}
	types := offered(r.Amount.Currency)
	named := append([]string{r.ReturnURL, r.Email, r.Language}, types...)
	if r.Keep != "" {
		named = append(named, r.Keep, r.Owner)
	}
	key := o2c.Name(r.IdempotencyKey, named...)
	about := map[string]string{metaInvoice: r.InvoiceID, metaNumber: r.Number}
	params := &stripe.CheckoutSessionParams{
		Params:             stripe.Params{Context: ctx, IdempotencyKey: stripe.String(key)},
		Metadata:           about,
		Mode:               stripe.String(string(stripe.CheckoutSessionModePayment)),
		ClientReferenceID:  stripe.String(r.InvoiceID),
		SuccessURL:         stripe.String(r.ReturnURL),
		CancelURL:          stripe.String(r.ReturnURL),
		Locale:             stripe.String(locale(r.Language)),
		PaymentMethodTypes: stripe.StringSlice(types),
		PaymentIntentData:  &stripe.CheckoutSessionPaymentIntentDataParams{Metadata: about, Description: stripe.String(r.Number)},
		LineItems: []*stripe.CheckoutSessionLineItemParams{{
			Quantity: stripe.Int64(1),
			PriceData: &stripe.CheckoutSessionLineItemPriceDataParams{
				Currency: stripe.String(strings.ToLower(r.Amount.Currency)), UnitAmount: stripe.Int64(units),
				ProductData: &stripe.CheckoutSessionLineItemPriceDataProductDataParams{Name: stripe.String(r.Number)},
			},
		}},
	}
	if r.Email != "" {
		params.CustomerEmail = stripe.String(r.Email)
	}
	if r.Keep != "" {
		keepMethod(params, about, r)
	}
	made, err := session.Client{B: g.backend, Key: g.key}.New(params)
	if err != nil {
		return o2c.CheckoutPage{}, trouble("The payment page cannot be made", err)
	}
	return o2c.CheckoutPage{SessionID: made.ID, URL: made.URL, ExpiresAt: time.Unix(made.ExpiresAt, 0).UTC().Add(-pageMargin)}, nil
}

func locale(language string) string {
	if slices.Contains(text.Languages(), language) {
		return language
	}
	return "auto"
}

// Expire ends a payment page. One that ended by itself, or that was paid, is as
// good: its own message says so.
func (g *Gateway) Expire(ctx context.Context, sessionID string) error {
	pages := session.Client{B: g.backend, Key: g.key}
	_, err := pages.Expire(sessionID, &stripe.CheckoutSessionExpireParams{Params: stripe.Params{Context: ctx}})
	var refused *stripe.Error
	if errors.As(err, &refused) && (refused.HTTPStatusCode == http.StatusBadRequest || refused.HTTPStatusCode == http.StatusNotFound) {
		is, gone := pages.Get(sessionID, &stripe.CheckoutSessionParams{Params: stripe.Params{Context: ctx}})
		if gone == nil && is.Status != stripe.CheckoutSessionStatusOpen {
			return nil
		}
	}
	if err != nil {
		return trouble("The payment page cannot be closed", err)
	}
	return nil
}
