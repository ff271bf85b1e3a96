package shop

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"duly/shared/o2c"
	"duly/shared/o2c/fault"
)

// bigAPI reads BigCommerce's V2 orders; its address ends in the store's hash,
// "https://api.bigcommerce.com/stores/abc123"
// (https://developer.bigcommerce.com/docs/rest-management/orders).
type bigAPI struct{ caller }

func (a bigAPI) ask(ctx context.Context, method, resource string, query url.Values, in, out any) (http.Header, error) {
	return a.caller.ask(ctx, method, resource, query, in, out, func(h http.Header) { h.Set("X-Auth-Token", a.Key) })
}

const bigPage = 50

// Changed reads orders by their last change, each with its products and its
// other parts in the place of the links to them. An empty page is answered with
// 204 and no body.
func (a bigAPI) Changed(ctx context.Context, since time.Time, cursor string) (o2c.ShopPage, error) {
	at := placeOf(cursor, since)
	var in []map[string]json.RawMessage
	_, err := a.ask(ctx, http.MethodGet, "/v2/orders", url.Values{
		"min_date_modified": {at.since.Format(time.RFC3339)}, "sort": {"date_modified:asc"}, "include": {"fees"},
		"limit": {strconv.Itoa(bigPage)}, "page": {strconv.Itoa(at.page)},
	}, nil, &in)
	if err != nil {
		return o2c.ShopPage{}, err
	}
	orders := make([]told, len(in))
	for i, o := range in {
		if orders[i], err = a.whole(ctx, o); err != nil {
			return o2c.ShopPage{}, err
		}
	}
	p := page(orders, func(o told) []o2c.PulledMessage {
		return []o2c.PulledMessage{{Topic: "store/order/updated", Body: o.raw}}
	})
	if len(in) == bigPage {
		p.Next = at.behind(p.Newest)
	}
	return p, nil
}

// bigPart is what the platform keeps apart from an order: the field of the order
// that takes it in, where it stands, and when it must be looked for.
type bigPart struct {
	field, resource string
	query           url.Values
	wanted          func(bigOrder) bool
}

// bigParts are in the order in which they are read: products say of refunds.
var bigParts = []bigPart{
	{"products", "/v2/orders/%s/products", url.Values{"limit": {"250"}}, nil},
	{"shipping_addresses", "/v2/orders/%s/shipping_addresses", url.Values{"limit": {"250"}}, nil},
	{"taxes", "/v2/orders/%s/taxes", url.Values{"limit": {"250"}, "details": {"true"}}, nil},
	{"shipments", "/v2/orders/%s/shipments", url.Values{"limit": {"250"}}, bigOrder.mayHaveLeft},
	{"refunds", "/v3/orders/%s/payment_actions/refunds", nil, bigOrder.mayHaveRefunds},
}

// mayHaveLeft reports whether parcels are to be expected.
func (in bigOrder) mayHaveLeft() bool {
	return in.ShippedAt != "" || first(in.ItemsShipped, "0") != "0" || in.StatusID == bigShipped || in.StatusID == bigPartlyShipped || in.StatusID == bigCompleted
}

// mayHaveRefunds reports whether refunds are to be expected.
func (in bigOrder) mayHaveRefunds() bool {
	return in.StatusID == bigRefunded || in.StatusID == bigPartlyRefunded || in.PaymentStatus == "refunded" || in.PaymentStatus == "partially refunded" ||
		loose(in.RefundedAmount).IsPositive() || slices.ContainsFunc(in.Products, func(l bigLine) bool { return first(l.Refunded, "0") != "0" })
}

// whole reads what the platform keeps apart from an order into it.
func (a bigAPI) whole(ctx context.Context, o map[string]json.RawMessage) (told, error) {
	for _, part := range bigParts {
		in, raw := bigRead(o)
		if part.wanted != nil && !part.wanted(in) {
			delete(o, part.field) // a link
			continue
		}
		_, err := a.ask(ctx, http.MethodGet, fmt.Sprintf(part.resource, url.PathEscape(first(in.ID))), part.query, nil, &raw)
		if err == nil {
			o[part.field], err = bigList(raw)
		} else if part.field == "refunds" && fault.Is(err, fault.Config) {
			delete(o, part.field) // a key without that right: the order's sum of them must do
			err = nil
		}
		if err != nil {
			return told{}, err
		}
	}
	in, _ := bigRead(o)
	raw, err := json.Marshal(o)
	return told{raw: raw, ID: in.ID, Number: in.ID, UpdatedAt: in.UpdatedAt}, err
}

// bigRead is what is known of an order so far, and room for an answer.
func bigRead(o map[string]json.RawMessage) (in bigOrder, answer json.RawMessage) {
	raw, err := json.Marshal(o)
	if err == nil {
		_ = json.Unmarshal(raw, &in) // an odd field stays empty
	}
	return in, nil
}

// bigList is the list in an answer: V2 gives it bare, or nothing when it is
// empty, V3 as data.
func bigList(answer json.RawMessage) (json.RawMessage, error) {
	var v3 struct {
		Data []json.RawMessage `json:"data"`
	}
	var v2 []json.RawMessage
	if len(answer) > 0 && json.Unmarshal(answer, &v3) != nil {
		if err := json.Unmarshal(answer, &v2); err != nil {
			return nil, unreadable("shop.url", "the shop's answer is not the list that its platform gives", "look whether url in duly.yaml is the shop's")
		}
	}
	return json.Marshal(append(append([]json.RawMessage{}, v2...), v3.Data...))
}

// Read gives an order, "orders/118", or a product, "products/77", as it is now.
// Of what the shop does not have any more nothing is told.
func (a bigAPI) Read(ctx context.Context, about string) ([]o2c.PulledMessage, error) {
	kind, id, _ := strings.Cut(about, "/")
	if kind == "products" {
		var answer struct {
			Data json.RawMessage `json:"data"`
		}
		_, err := a.ask(ctx, http.MethodGet, "/v3/catalog/products/"+url.PathEscape(id), url.Values{"include": {"variants"}}, nil, &answer)
		if errors.Is(err, errGone) || err == nil && len(answer.Data) == 0 {
			return nil, nil
		}
		return []o2c.PulledMessage{{Topic: "store/product/inventory/updated", Body: answer.Data}}, err
	}
	var o map[string]json.RawMessage
	_, err := a.ask(ctx, http.MethodGet, "/v2/orders/"+url.PathEscape(id), url.Values{"include": {"fees"}}, nil, &o)
	if errors.Is(err, errGone) || err == nil && len(o) == 0 {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	t, err := a.whole(ctx, o)
	return []o2c.PulledMessage{{Topic: "store/order/updated", Body: t.raw}}, err
}

// bigScopes are the webhooks that orders need.
var bigScopes = []string{"store/order/*", "store/order/created", "store/order/updated", "store/order/refund/created", "store/shipment/*", "store/shipment/created"}

// Repair switches webhooks on that BigCommerce switched off after two days of
// failed deliveries.
func (a bigAPI) Repair(ctx context.Context, address string, _ []string) (o2c.Repaired, error) {
	var out o2c.Repaired
	var in struct {
		Data []struct {
			ID          Text   `json:"id"`
			Scope       string `json:"scope"`
			Destination string `json:"destination"`
			Active      bool   `json:"is_active"`
		} `json:"data"`
	}
	if _, err := a.ask(ctx, http.MethodGet, "/v3/hooks", url.Values{"limit": {"250"}}, nil, &in); err != nil {
		return out, err
	}
	for _, w := range in.Data {
		if w.Destination != address || !slices.Contains(bigScopes, w.Scope) {
			continue
		}
		if !w.Active {
			on := map[string]any{"scope": w.Scope, "destination": address, "is_active": true}
			if _, err := a.ask(ctx, http.MethodPut, "/v3/hooks/"+url.PathEscape(first(w.ID)), nil, on, &struct{}{}); err != nil {
				return out, err
			}
			out.SwitchedOn = append(out.SwitchedOn, w.Scope)
		}
		out.Topics = append(out.Topics, w.Scope)
	}
	return out, nil
}
