package shop

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"duly/shared/o2c"
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
// shipping addresses in the place of the links to them. An empty page is
// answered with 204 and no body.
func (a bigAPI) Changed(ctx context.Context, since time.Time, cursor string) (o2c.ShopPage, error) {
	at := placeOf(cursor, since)
	var in []map[string]json.RawMessage
	_, err := a.ask(ctx, http.MethodGet, "/v2/orders", url.Values{
		"min_date_modified": {at.since.Format(time.RFC3339)}, "sort": {"date_modified:asc"},
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

// whole reads what the platform keeps apart from an order into it.
func (a bigAPI) whole(ctx context.Context, o map[string]json.RawMessage) (told, error) {
	var id, modified Text
	_ = json.Unmarshal(o["id"], &id) // a number
	_ = json.Unmarshal(o["date_modified"], &modified)
	for _, part := range [][2]string{{"products", "products"}, {"shipping_addresses", "shippingaddresses"}} {
		field, resource := part[0], part[1]
		var parts []json.RawMessage
		if _, err := a.ask(ctx, http.MethodGet, "/v2/orders/"+url.PathEscape(first(id))+"/"+resource, url.Values{"limit": {"250"}}, nil, &parts); err != nil {
			return told{}, err
		}
		raw, err := json.Marshal(append([]json.RawMessage{}, parts...))
		if err != nil {
			return told{}, err
		}
		o[field] = raw
	}
	raw, err := json.Marshal(o)
	return told{raw: raw, ID: id, Number: id, UpdatedAt: modernTime(modified)}, err
}

// modernTime spells BigCommerce's "Tue, 20 Nov 2012 00:00:00 +0000" as RFC 3339.
func modernTime(t Text) Text {
	at, err := time.Parse(time.RFC1123Z, string(t))
	if err != nil {
		return t
	}
	return Text(at.UTC().Format(time.RFC3339))
}

// bigScopes are the webhooks that orders need.
var bigScopes = []string{"store/order/created", "store/order/updated", "store/shipment/created"}

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
