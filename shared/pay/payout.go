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
	"duly/shared/o2c/fault"
	"duly/shared/o2c/money"
)

// pageSize is the most that Stripe lists at once; transactionsMax bounds one
// payout.
const (
	pageSize        = 100
	transactionsMax = 50_000
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
		return o2c.PayoutFacts{}, o2c.Permanent(what, err.Error(), "look at the payout at Stripe", err)
	}
	facts := o2c.PayoutFacts{
		ID: p.ID, Charges: net.Zero(), Fees: net.Zero(), Refunds: net.Zero(), Net: net,
		Reference: reference(p), ArrivesAt: time.Unix(p.ArrivalDate, 0).UTC(),
	}
	if err := g.parts(ctx, id, &facts); err != nil {
		return o2c.PayoutFacts{}, err
	}
	return facts, nil
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

// parts adds up charges − fees − refunds; refunds are whatever is neither a
// charge nor a fee: chargebacks and adjustments too.
func (g *Gateway) parts(ctx context.Context, id string, facts *o2c.PayoutFacts) error {
	const what = "The payout cannot be read"
	params := &stripe.BalanceTransactionListParams{ListParams: stripe.ListParams{Context: ctx, Limit: stripe.Int64(pageSize)}, Payout: stripe.String(id)}
	list := balancetransaction.Client{B: g.backend, Key: g.key}.List(params)
	for n := 0; list.Next(); n++ {
		if n == transactionsMax {
			return o2c.Permanent(what, "it is made of too many transactions", "book payout "+id+" by hand", nil)
		}
		t := list.BalanceTransaction()
		amount, err := fromStripe(t.Amount, string(t.Currency))
		fee, odd := fromStripe(t.Fee, string(t.Currency))
		if err != nil || odd != nil || money.Same(facts.Net, amount) != nil {
			return o2c.Permanent(what, "it holds a transaction in "+string(t.Currency), "book payout "+id+" by hand", err)
		}
		facts.Fees = facts.Fees.Plus(fee)
		switch {
		case t.Type == stripe.BalanceTransactionTypePayout:
		case t.ReportingCategory == stripe.BalanceTransactionReportingCategoryCharge:
			facts.Charges = facts.Charges.Plus(amount)
		case t.ReportingCategory == stripe.BalanceTransactionReportingCategoryFee, t.ReportingCategory == stripe.BalanceTransactionReportingCategoryTax:
			facts.Fees = facts.Fees.Minus(amount) // Stripe's invoices to the seller, taken off the balance
		default:
			facts.Refunds = facts.Refunds.Minus(amount)
		}
	}
	if err := list.Err(); err != nil {
		return trouble(what, err)
	}
	return nil
}
