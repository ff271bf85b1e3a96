package api

import (
	"context"
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"duly/shared/o2c"
	"duly/shared/o2c/cash"
	"duly/shared/settle"
)

// Payout is what a payment gateway transfers, held against the books and the
// bank.
type Payout struct {
	ID          string       `json:"id"`
	Gateway     string       `json:"gateway" example:"stripe"`
	Reference   string       `json:"reference" doc:"What the bank line carries"`
	ArrivesOn   string       `json:"arrives_on" format:"date"`
	Charges     Money        `json:"charges"`
	Fees        Money        `json:"fees"`
	Refunds     Money        `json:"refunds" doc:"Positive takes off"`
	Disputes    Money        `json:"disputes" doc:"Chargebacks; negative takes off"`
	Adjustments Money        `json:"adjustments" doc:"Whatever else; negative takes off"`
	KeptBack    Money        `json:"kept_back" doc:"Stays at the gateway, of a payout made by hand"`
	Net         Money        `json:"net" doc:"charges − fees − refunds + disputes + adjustments − kept_back"`
	Landed      Null[Money]  `json:"landed" doc:"What the bank says came; null until it did"`
	Expected    Money        `json:"expected" doc:"What it must bring by the books"`
	Gap         Money        `json:"gap" doc:"What came, or is to come, less what was expected"`
	Problem     string       `json:"problem" doc:"Why it does not add up; empty when it does"`
	Causes      []PayoutPart `json:"causes" nullable:"false" doc:"The fewest movements that explain the gap"`
	Explained   string       `json:"explained" doc:"What a person found"`
	Unlisted    bool         `json:"unlisted" doc:"It landed, and the gateway has not told yet what it is made of"`
	Failed      bool         `json:"failed" doc:"The bank sent it back"`
	Parts       []PayoutPart `json:"parts" nullable:"false" doc:"Its movements; of one payout alone"`
}

// PayoutPart is one movement of a gateway's balance.
type PayoutPart struct {
	ID        string   `json:"id"`
	Kind      string   `json:"kind" example:"charge" doc:"charge, refund, dispute, fee, adjustment, or payout: an earlier one that came back"`
	Amount    Money    `json:"amount" doc:"What it adds to the payout before its fee; negative takes off"`
	Fee       Money    `json:"fee"`
	Ref       string   `json:"ref" doc:"Of the payment at the gateway"`
	Order     string   `json:"order" doc:"The shop's order, where the gateway names it"`
	ReceiptID string   `json:"receipt_id"`
	Invoices  []string `json:"invoices" nullable:"false" doc:"Numbers of the invoices that it settled"`
	Customer  string   `json:"customer"`
	InBooks   bool     `json:"in_books" doc:"The books have it as the gateway tells it"`
}

// Settlement is what a gateway's settlement file did.
type Settlement struct {
	Gateway string   `json:"gateway"`
	Payouts []Payout `json:"payouts" nullable:"false"`
	New     int      `json:"new" doc:"Not known from an earlier file"`
	Waiting int      `json:"waiting" doc:"Rows that no payout has yet"`
}

// ExplanationInput is what a person found about a payout that does not add up.
type ExplanationInput struct {
	Why     string `json:"why" minLength:"3" maxLength:"500"`
	Account string `json:"account,omitempty" doc:"Code of the account that the gap is booked on; left out: it stays on the clearing account, where a later payout closes it" example:"4500"`
}

func (s server) payouts() {
	type byID struct {
		ID string `path:"id"`
	}
	type explained struct {
		byID
		Body ExplanationInput
	}
	route(s, get("list-payouts", "/v1/payouts", "List payouts of payment gateways"), func(ctx context.Context, in *Paging) (*reply[page[Payout]], error) {
		kept, next, err := walk(*in, func(limit int, after string) (o2c.Listing[cash.Payout], error) {
			return o2c.ListOf[cash.Payout](ctx, s.Cycle, limit, after)
		}, func(p *cash.Payout) bool { return p.Data().AdoptedBy == "" })
		return &reply[page[Payout]]{page[Payout]{each(kept, func(p *cash.Payout) Payout { return payoutView(p.Data(), nil) }), next}}, err
	})
	route(s, get("get-payout", "/v1/payouts/{id}", "Read a payout with its movements"), func(ctx context.Context, in *byID) (*reply[Payout], error) {
		return s.payoutOf(ctx, in.ID)
	})
	route(s, post("explain-payout", "/v1/payouts/{id}/explanation", "Say why a payout does not add up"), func(ctx context.Context, in *explained) (*reply[Payout], error) {
		if err := s.Cycle.ExplainPayout(ctx, s.stamp(ctx), in.ID, o2c.PayoutExplanation{Why: in.Body.Why, Account: in.Body.Account}); err != nil {
			return nil, err
		}
		return s.payoutOf(ctx, in.ID)
	})
	s.settlements()
}

func (s server) settlements() {
	type upload struct{ RawBody []byte }
	op := made("import-settlement", "/v1/settlements", "Import a gateway's settlement file, its format detected; 200 when nothing in it is new")
	op.RequestBody = &huma.RequestBody{Required: true, Description: "The CSV file as the gateway gave it: Shopify Payments, Mollie, PayPal, Klarna or Adyen"}
	same := &huma.MediaType{Schema: s.schema(reflect.TypeFor[Settlement]())}
	op.Responses = map[string]*huma.Response{
		"200": {Description: "Nothing in it is new", Content: map[string]*huma.MediaType{"application/json": same}},
		"201": {Description: "Created", Content: map[string]*huma.MediaType{"application/json": same}},
	}
	route(s, op, func(ctx context.Context, in *upload) (*outcome[Settlement], error) {
		file, err := settle.Read(in.RawBody)
		if err != nil {
			return nil, err
		}
		fresh, err := s.Cycle.Settle(ctx, s.stamp(ctx), file.Gateway, file.Payouts)
		if err != nil {
			return nil, err
		}
		out := &outcome[Settlement]{Status: http.StatusOK, Body: Settlement{Gateway: file.Gateway, New: fresh, Waiting: file.Waiting, Payouts: []Payout{}}}
		if fresh > 0 {
			out.Status = http.StatusCreated
		}
		for _, facts := range file.Payouts {
			p, err := o2c.Read[cash.Payout](ctx, s.Cycle, o2c.PayoutID(file.Gateway, facts.ID))
			if err != nil {
				return nil, err
			}
			out.Body.Payouts = append(out.Body.Payouts, payoutView(p.Data(), nil))
		}
		return out, nil
	})
}

func (s server) payoutOf(ctx context.Context, id string) (*reply[Payout], error) {
	p, err := o2c.Read[cash.Payout](ctx, s.Cycle, id)
	if err != nil {
		return nil, err
	}
	parts, err := s.Cycle.PayoutParts(ctx, p.Data())
	return &reply[Payout]{payoutView(p.Data(), parts)}, err
}

func payoutView(d cash.PayoutData, parts []cash.Movement) Payout {
	zero := d.Net.Zero()
	return Payout{
		ID: d.ID, Gateway: d.Gateway, Reference: d.Reference, ArrivesOn: d.ArrivesOn.String(),
		Charges: moneyOf(d.Charges), Fees: moneyOf(d.Fees), Refunds: moneyOf(d.Refunds), Disputes: moneyOf(d.Disputes.Plus(zero)), Adjustments: moneyOf(d.Adjustments.Plus(zero)),
		KeptBack: moneyOf(d.KeptBack.Plus(zero)), Net: moneyOf(d.Net), Landed: nullMoney(d.Landed), Expected: moneyOf(d.Expected.Plus(zero)), Gap: moneyOf(d.Gap.Plus(zero)),
		Problem: d.Problem, Causes: each(d.Causes, partView), Explained: d.Explained, Unlisted: d.Unlisted, Failed: !d.FailedAt.IsZero(), Parts: each(parts, partView),
	}
}

func partView(p cash.Movement) PayoutPart {
	return PayoutPart{
		ID: p.ID, Kind: p.Kind, Amount: moneyOf(p.Amount), Fee: moneyOf(p.Fee), Ref: p.Ref, Order: p.Order, ReceiptID: p.ReceiptID,
		Invoices: each(p.Invoices, func(n string) string { return n }), Customer: p.Customer, InBooks: p.Booked == nil,
	}
}
