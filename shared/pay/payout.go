package pay

import (
	"cmp"
	"context"
	"encoding/json"
	"time"

	"github.com/stripe/stripe-go/v76"
	"github.com/stripe/stripe-go/v76/balancetransaction"
	"github.com/stripe/stripe-go/v76/payout"

	"duly/shared/o2c"
	"duly/shared/o2c/cash"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/money"
)

// pageSize is the most that Stripe lists at once; transactionsMax bounds one
// payout.
const (
	pageSize        = 100
	transactionsMax = 10_000
)

// Payout reads what a payout is made of. Its parts can be listed only once
// Stripe has reconciled it, moments after it says "paid".
func (g *Gateway) Payout(ctx context.Context, id string) (o2c.PayoutFacts, error) {
	const what = "The payout cannot be read"
	p, err := payout.Client{B: g.backend, Key: g.key}.Get(id, &stripe.PayoutParams{Params: stripe.Params{Context: ctx}})
	if err != nil {
		return o2c.PayoutFacts{}, trouble(what, err)
	}
	if p.ReconciliationStatus == stripe.PayoutReconciliationStatusInProgress {
		return o2c.PayoutFacts{}, fault.New(fault.Unavailable, what, "Stripe has not listed yet what payout "+id+" is made of", "try again later")
	}
	net, err := fromStripe(p.Amount, string(p.Currency))
	if err != nil {
		return o2c.PayoutFacts{}, o2c.Permanent(what, err.Error(), "look at the payout at Stripe", err).Keyed("stripe.payout")
	}
	var parts []cash.Movement
	params := &stripe.BalanceTransactionListParams{ListParams: stripe.ListParams{Context: ctx, Limit: stripe.Int64(pageSize)}, Payout: stripe.String(id)}
	facts := o2c.PayoutFacts{ID: p.ID, Net: net, Reference: reference(p), ArrivesAt: time.Unix(p.ArrivalDate, 0).UTC(), MadeAt: time.Unix(p.Created, 0).UTC()}
	if p.Destination != nil { // the account's id: a key that may read payouts need not be one that reads bank accounts
		facts.Destination = p.Destination.ID
	}
	if p.Automatic {
		parts, err = g.parts(ctx, params, net)
		return facts.Of(parts), err
	}
	since, err := g.before(ctx, p)
	if err != nil {
		return o2c.PayoutFacts{}, err
	}
	params.Payout = nil
	params.Currency = stripe.String(string(p.Currency))
	params.CreatedRange = &stripe.RangeQueryParams{GreaterThan: since, LesserThanOrEqual: p.Created}
	if parts, err = g.parts(ctx, params, net); err != nil {
		return o2c.PayoutFacts{}, err
	}
	facts = facts.Of(parts)
	facts.KeptBack = facts.Charges.Minus(facts.Fees).Minus(facts.Refunds).Plus(facts.Disputes).Plus(facts.Adjustments).Minus(net)
	return facts, nil
}

// before is when the last payout by hand in its currency was made: Stripe does
// not say what such a payout is made of, so it is all that moved since
// (https://docs.stripe.com/payouts#manual-payouts).
func (g *Gateway) before(ctx context.Context, p *stripe.Payout) (int64, error) {
	list := payout.Client{B: g.backend, Key: g.key}.List(&stripe.PayoutListParams{
		ListParams: stripe.ListParams{Context: ctx, Limit: stripe.Int64(pageSize)}, CreatedRange: &stripe.RangeQueryParams{LesserThan: p.Created},
	})
	for list.Next() {
		if last := list.Payout(); last.Currency == p.Currency && !last.Automatic {
			return last.Created, nil
		}
	}
	if err := list.Err(); err != nil {
		return 0, trouble("The payout cannot be read", err)
	}
	return 0, nil
}

// reference is the word by which the bank's line names the payout: the trace
// number of Stripe's bank once it is known, else the payout's own id. The
// statement descriptor before it ("STRIPE") is the same on every line, and the
// customer's bank may leave it out.
func reference(p *stripe.Payout) string {
	var later struct { // younger than the API version that the SDK is pinned to
		Trace struct {
			Status string `json:"status"`
			Value  string `json:"value"`
		} `json:"trace_id"`
	}
	if p.LastResponse == nil || json.Unmarshal(p.LastResponse.RawJSON, &later) != nil || later.Trace.Status != "supported" {
		return p.ID
	}
	return cmp.Or(later.Trace.Value, p.ID)
}

// kinds is what Stripe's reporting categories are to us
// (https://docs.stripe.com/reports/reporting-categories); the others are
// adjustments.
var kinds = map[stripe.BalanceTransactionReportingCategory]string{
	stripe.BalanceTransactionReportingCategoryCharge:                 cash.MovementCharge,
	stripe.BalanceTransactionReportingCategoryChargeFailure:          cash.MovementRefund,
	stripe.BalanceTransactionReportingCategoryRefund:                 cash.MovementRefund,
	stripe.BalanceTransactionReportingCategoryPartialCaptureReversal: cash.MovementRefund,
	stripe.BalanceTransactionReportingCategoryRefundFailure:          cash.MovementRefund,
	stripe.BalanceTransactionReportingCategoryDispute:                cash.MovementDispute,
	stripe.BalanceTransactionReportingCategoryDisputeReversal:        cash.MovementDispute,
	stripe.BalanceTransactionReportingCategoryFee:                    cash.MovementFee,
	stripe.BalanceTransactionReportingCategoryTax:                    cash.MovementFee,
	"network_cost": cash.MovementFee,
	stripe.BalanceTransactionReportingCategoryPayoutReversal: cash.MovementPayout,
}

// parts lists the movements of the balance, each with the payment behind it.
func (g *Gateway) parts(ctx context.Context, params *stripe.BalanceTransactionListParams, net money.Amount) ([]cash.Movement, error) {
	const what = "The payout cannot be read"
	params.AddExpand("data.source")
	var all []cash.Movement
	list := balancetransaction.Client{B: g.backend, Key: g.key}.List(params)
	for list.Next() {
		if len(all) == transactionsMax {
			return nil, o2c.Permanent(what, "it is made of too many transactions", "book it by hand", nil).Keyed("stripe.too_many")
		}
		t := list.BalanceTransaction()
		amount, err := fromStripe(t.Amount, string(t.Currency))
		fee, odd := fromStripe(t.Fee, string(t.Currency))
		if err != nil || odd != nil || money.Same(net, amount) != nil {
			return nil, o2c.Permanent(what, "it holds a transaction in "+string(t.Currency), "book it by hand", err).Keyed("stripe.currency", string(t.Currency))
		}
		if t.Type == stripe.BalanceTransactionTypePayout { // itself; one at once has a fee
			if !fee.IsZero() {
				all = append(all, cash.Movement{ID: t.ID, Kind: cash.MovementFee, Amount: fee.Zero(), Fee: fee})
			}
			continue
		}
		all = append(all, cash.Movement{ID: t.ID, Kind: cmp.Or(kinds[t.ReportingCategory], cash.MovementAdjustment), Amount: amount, Fee: fee, Ref: source(t.Source)})
	}
	if err := list.Err(); err != nil {
		return nil, trouble(what, err)
	}
	return all, nil
}

// source is the payment, or the earlier payout, that a movement is about.
func source(s *stripe.BalanceTransactionSource) string {
	var intent *stripe.PaymentIntent
	switch {
	case s == nil:
	case s.Charge != nil:
		intent = s.Charge.PaymentIntent
	case s.Refund != nil:
		intent = s.Refund.PaymentIntent
	case s.Dispute != nil:
		intent = s.Dispute.PaymentIntent
	case s.Payout != nil:
		return s.Payout.ID
	}
	if intent == nil {
		return ""
	}
	return intent.ID
}
