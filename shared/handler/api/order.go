package api

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"time"

	"duly/shared/o2c"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/order"
	"duly/shared/o2c/party"
	"duly/shared/shop"
)

// channel is the endpoint of orders that programs post.
const channel = "api"

func (s server) orders() {
	type byID struct {
		ID string `path:"id"`
	}
	type query struct {
		Paging
		Customer string `query:"customer" doc:"Id of the customer"`
		Status   string `query:"status" enum:"received,confirmed,part_shipped,shipped,closed,declined,cancelled"`
	}
	type creation struct{ RawBody []byte } // the same shape as a shop's order, read by the same package
	type cancelling struct {
		ID   string `path:"id"`
		Body *Reason
	}
	op := made("create-order", "/v1/orders", "Take an order: credit is decided and stock is held at once")
	op = exampled(op, orderExample)
	op.RequestBody.Content["application/json"].Schema = s.schema(reflect.TypeFor[OrderInput]())
	route(s, op, func(ctx context.Context, in *creation) (*reply[Order], error) { return s.createOrder(ctx, in.RawBody) })
	route(s, get("list-orders", "/v1/orders", "List orders"), func(ctx context.Context, in *query) (*reply[page[Order]], error) {
		of, err := s.ofCustomer(ctx, in.Customer)
		if err != nil {
			return nil, err
		}
		kept, next, err := walk(in.Paging, func(limit int, after string) (o2c.Listing[order.Order], error) {
			return o2c.ListOf[order.Order](ctx, s.Cycle, limit, after)
		}, func(o *order.Order) bool {
			return of(o.Data().CustomerID) && (in.Status == "" || o.Status() == in.Status)
		})
		if err != nil {
			return nil, err
		}
		details, err := s.Cycle.OrderDetails(ctx, each(kept, (*order.Order).Data)...)
		return &reply[page[Order]]{page[Order]{each(details, orderView), next}}, err
	})
	route(s, get("get-order", "/v1/orders/{id}", "Read an order"), func(ctx context.Context, in *byID) (*reply[Order], error) {
		return s.order(ctx, in.ID)
	})
	route(s, post("cancel-order", "/v1/orders/{id}/cancel", "Withdraw an order of which nothing was shipped"), func(ctx context.Context, in *cancelling) (*reply[Order], error) {
		if err := s.Cycle.CancelOrder(ctx, s.stamp(ctx), in.ID, in.Body.text()); err != nil {
			return nil, err
		}
		return s.order(ctx, in.ID)
	})
}

// Reason is why, for the trail.
type Reason struct {
	Reason string `json:"reason,omitempty" maxLength:"500" example:"The customer ordered twice"`
}

func (r *Reason) text() string {
	if r == nil {
		return ""
	}
	return r.Reason
}

// order reads an order as it stands now.
func (s server) order(ctx context.Context, id string) (*reply[Order], error) {
	o, err := o2c.Read[order.Order](ctx, s.Cycle, id)
	if err != nil {
		return nil, err
	}
	details, err := s.Cycle.OrderDetails(ctx, o.Data())
	if err != nil {
		return nil, err
	}
	return &reply[Order]{orderView(details[0])}, nil
}

// createOrder takes an order through the door that shops use.
func (s server) createOrder(ctx context.Context, raw []byte) (*reply[Order], error) {
	in, err := s.read(ctx, raw)
	if err != nil {
		return nil, err
	}
	a := o2c.Arrival{
		At: s.Now(), Endpoint: channel, Platform: channel, Actor: askedBy(ctx).key.Actor(), Seen: o2c.Name("seen", channel, in.ExternalID, string(raw)),
		Message: order.Message{Verb: order.Create, Topic: "POST /v1/orders", Order: in},
	}
	id := o2c.OrderID(channel, in.ExternalID)
	if err := s.sameOrder(ctx, id, a); err != nil {
		return nil, err
	}
	if _, err := s.Cycle.HandleShop(ctx, a); err != nil {
		return nil, err
	}
	return s.order(ctx, id)
}

// sameOrder refuses another order under an external id that is taken. The same
// one again is answered as the first time.
func (s server) sameOrder(ctx context.Context, id string, a o2c.Arrival) error {
	trail, err := s.Cycle.Store.Events(ctx, o2c.Key{Kind: "order", ID: id})
	if err != nil || len(trail) == 0 || trail[0].Cause == a.Seen {
		return err
	}
	return fault.New(fault.Refused, "There is an order "+a.Message.Order.ExternalID+" already", "it has other contents", "take another external_id, or cancel that order first")
}

// read decodes an order and fills in what programs may leave out: its id, its
// times, and the particulars of a customer that we know.
func (s server) read(ctx context.Context, raw []byte) (order.Incoming, error) {
	in, err := shop.DecodeOrder(raw, s.Cycle.Policy.Zone)
	if err != nil {
		return in, err
	}
	if in.Test {
		return in, fault.Bad("/test", "test orders are never kept", "send it without test")
	}
	if in.ExternalID == "" {
		in.ExternalID = s.newID(ctx, "x", json.RawMessage(raw))
	}
	if in.PlacedAt.IsZero() {
		in.PlacedAt = s.Now()
	}
	if in.UpdatedAt.IsZero() {
		in.UpdatedAt = s.Now()
	}
	b := &in.Buyer
	if b.CustomerID == "" {
		if b.DisplayName() == order.Nobody {
			return in, fault.Bad("/customer", "nobody is named who ordered", "send customer_id, or a customer with a name")
		}
		return in, nil
	}
	known, err := o2c.Read[party.Customer](ctx, s.Cycle, b.CustomerID)
	if fault.Is(err, fault.NotFound) {
		return in, fault.Bad("/customer_id", fmt.Sprintf("there is no customer %s", b.CustomerID), "create it first, or send the customer with the order")
	}
	if err == nil && b.Company == "" && b.Name == "" {
		b.Company = known.Data().Name
	}
	return in, err
}

// OrderInput is an order as a program sends it; the generic shop sends the same
// as data. Unknown fields are ignored; of those it knows, one that says nothing
// usable is refused here, and passed over in a shop's message.
type OrderInput struct {
	_                struct{}          `additionalProperties:"true"`
	ExternalID       string            `json:"external_id,omitempty" doc:"Names the order for good; left out, the Idempotency-Key does" example:"SO-1001"`
	Number           string            `json:"number,omitempty" doc:"What people call it; external_id when left out" example:"SO-1001"`
	CustomerID       string            `json:"customer_id,omitempty" doc:"A customer that we know; or send customer"`
	Customer         *BuyerInput       `json:"customer,omitempty" doc:"Found again by its VAT id, KVK number or e-mail, else created"`
	Currency         string            `json:"currency,omitempty" pattern:"^[A-Z]{3}$" doc:"That of the amounts when left out" example:"EUR"`
	PricesIncludeTax bool              `json:"prices_include_tax,omitempty"`
	Lines            []LineInput       `json:"lines" minItems:"1" maxItems:"500" nullable:"false"`
	Shipping         *ServiceInput     `json:"shipping,omitempty"`
	Allowances       []OverallInput    `json:"allowances,omitempty" maxItems:"10" doc:"Discounts on the whole order (BG-20)"`
	Charges          []OverallInput    `json:"charges,omitempty" maxItems:"10" doc:"Surcharges on the whole order (BG-21)"`
	Total            *Money            `json:"total,omitempty" doc:"Prevails over the lines' sum within a cent per line; beyond that a person decides"`
	Payment          *PaymentInput     `json:"payment,omitempty" doc:"What the channel's own gateway took"`
	Instalments      []InstalmentShare `json:"instalments,omitempty" maxItems:"12" doc:"Due dates of its invoices; the customer's terms when left out"`
	PONumber         string            `json:"po_number,omitempty"`
	Note             string            `json:"note,omitempty"`
	ShipTo           *Address          `json:"ship_to,omitempty"`
	PlacedAt         *time.Time        `json:"placed_at,omitempty" doc:"Now when left out; a date will do"`
	UpdatedAt        *time.Time        `json:"updated_at,omitempty"`
}

// BuyerInput is who ordered.
type BuyerInput struct {
	_         struct{} `additionalProperties:"true"`
	Name      string   `json:"name" example:"Bakkerij Vos"`
	Contact   string   `json:"contact,omitempty" doc:"The person, when name is the company"`
	Email     string   `json:"email,omitempty" example:"inkoop@bakkerijvos.example"`
	Phone     string   `json:"phone,omitempty"`
	Kind      string   `json:"kind,omitempty" enum:"consumer,sole_trader,company,association,foundation,public_body"`
	VATID     string   `json:"vat_id,omitempty"`
	KVK       string   `json:"kvk,omitempty"`
	Reference string   `json:"buyer_reference,omitempty" maxLength:"50" doc:"BT-10 of its invoices, such as a Leitweg-ID"`
	Language  string   `json:"language,omitempty" doc:"A language or locale such as nl-BE; one that is none of ours is written to in English" example:"nl"`
	Address   *Address `json:"address,omitempty" doc:"An invoice needs one"`
	ShipTo    *Address `json:"ship_to,omitempty"`
}

// LineInput is one line of an order.
type LineInput struct {
	_           struct{} `additionalProperties:"true"`
	ExternalID  string   `json:"external_id,omitempty"`
	SKU         string   `json:"sku,omitempty" example:"FLOUR-25"`
	Name        string   `json:"name,omitempty" doc:"The SKU when left out" example:"Wheat flour, 25 kg"`
	Quantity    int64    `json:"quantity" minimum:"1" maximum:"1000000" example:"12"`
	UnitPrice   *Money   `json:"unit_price,omitempty" doc:"With tax or not, as prices_include_tax says; left out, the price of the product for this customer"`
	Discount    *Money   `json:"discount,omitempty" doc:"Off the whole line, in the terms of its price"`
	Charge      *Money   `json:"charge,omitempty" doc:"On the whole line beside its price (BG-28), in the terms of its price"`
	ChargeFor   string   `json:"charge_for,omitempty" maxLength:"200" doc:"What the charge is for" example:"Deposit on crates"`
	TaxRate     string   `json:"tax_rate,omitempty" doc:"Percent; left out, with tax_category, that of the product's VAT class" example:"21"`
	TaxCategory string   `json:"tax_category,omitempty" enum:"S,Z,E,AE,K,G,O" doc:"UNCL 5305; left out, S with a rate, and without one what the law says of the customer: AE, K, G, O, E or Z"`
	Service     bool     `json:"service,omitempty" doc:"Nothing leaves the warehouse for it"`
}

// ServiceInput is what delivery costs.
type ServiceInput struct {
	_       struct{} `additionalProperties:"true"`
	Name    string   `json:"name,omitempty"`
	Price   Money    `json:"price"`
	TaxRate string   `json:"tax_rate,omitempty" example:"21"`
}

// OverallInput is a discount or a surcharge of a whole order: an amount, or a
// percentage of what its lines and shipping come to.
type OverallInput struct {
	_       struct{} `additionalProperties:"true"`
	Reason  string   `json:"reason" minLength:"1" maxLength:"200" example:"Spring campaign"`
	Amount  *Money   `json:"amount,omitempty" doc:"Not below zero; with tax or not, as prices_include_tax says"`
	Percent string   `json:"percent,omitempty" doc:"Instead of amount" example:"5"`
	TaxRate string   `json:"tax_rate,omitempty" doc:"Percent; left out, it is spread over the rates of the lines by what they come to" example:"21"`
}

// PaymentInput is money that the channel's gateway took.
type PaymentInput struct {
	_         struct{} `additionalProperties:"true"`
	Gateway   string   `json:"gateway" example:"mollie"`
	Reference string   `json:"reference,omitempty"`
	Amount    *Money   `json:"amount,omitempty" doc:"The order's total when left out"`
}
