package pay

import (
	"context"

	"github.com/stripe/stripe-go/v76"
	"github.com/stripe/stripe-go/v76/refund"

	"duly/shared/o2c"
)

// metaRefund is the name under which a refund carries our id of it, by which it
// is found again when Stripe's answer is lost.
const metaRefund = "refund"

// Refund gives money of a payment back to where it came from.
func (g *Gateway) Refund(ctx context.Context, r o2c.RefundRequest) (o2c.RefundMade, error) {
	const what = "The refund cannot be made"
	units, err := toStripe(r.Amount)
	if err != nil {
		return o2c.RefundMade{}, o2c.Permanent(what, err.Error(), "refund it by transfer", err).Keyed("stripe.amount", r.Amount.String())
	}
	made, err := g.refunds().New(&stripe.RefundParams{
		Params:        stripe.Params{Context: ctx, IdempotencyKey: stripe.String(r.IdempotencyKey)},
		Metadata:      map[string]string{metaRefund: r.RefundID},
		PaymentIntent: stripe.String(r.Payment), Amount: stripe.Int64(units), Reason: stripe.String(string(stripe.RefundReasonRequestedByCustomer)),
	})
	if err != nil {
		return o2c.RefundMade{}, trouble(what, err)
	}
	return refundMade(made), nil
}

// FindRefund looks for a refund among those of its payment: Stripe lists them,
// the newest first, and has no search by metadata for them
// (https://docs.stripe.com/search#supported-query-fields-for-each-resource).
func (g *Gateway) FindRefund(ctx context.Context, r o2c.RefundRequest) (o2c.RefundMade, bool, error) {
	list := g.refunds().List(&stripe.RefundListParams{
		ListParams: stripe.ListParams{Context: ctx, Limit: stripe.Int64(pageSize)}, PaymentIntent: stripe.String(r.Payment),
	})
	for list.Next() {
		if known := list.Refund(); known.Metadata[metaRefund] == r.RefundID {
			return refundMade(known), true, nil
		}
	}
	if err := list.Err(); err != nil {
		return o2c.RefundMade{}, false, trouble("The refund cannot be looked for", err)
	}
	return o2c.RefundMade{}, false, nil
}

func refundMade(r *stripe.Refund) o2c.RefundMade {
	return o2c.RefundMade{Ref: r.ID, Done: r.Status == stripe.RefundStatusSucceeded}
}

func (g *Gateway) refunds() refund.Client { return refund.Client{B: g.backend, Key: g.key} }
