package shop

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"duly/shared/o2c"
)

// wooAPI reads WooCommerce's REST API v3 with a consumer key
// (https://woocommerce.github.io/woocommerce-rest-api-docs/#list-all-orders).
type wooAPI struct{ caller }

func (a wooAPI) ask(ctx context.Context, method, resource string, query url.Values, in, out any) (http.Header, error) {
	return a.caller.ask(ctx, method, "/wp-json/wc/v3/"+resource, query, in, out, func(h http.Header) {
		h.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(a.Key)))
	})
}

const wooPage = 100

// Changed reads orders by their last change. What changed in the second itself
// is read too, as changes are told to the second and "after" leaves it out.
func (a wooAPI) Changed(ctx context.Context, since time.Time, cursor string) (o2c.ShopPage, error) {
	at := placeOf(cursor, since)
	var in []json.RawMessage
	header, err := a.ask(ctx, http.MethodGet, "orders", url.Values{
		"modified_after": {at.since.Add(-time.Second).Format("2006-01-02T15:04:05")}, "dates_are_gmt": {"true"}, "status": {"any"},
		"orderby": {"modified"}, "order": {"asc"}, "per_page": {strconv.Itoa(wooPage)}, "page": {strconv.Itoa(at.page)},
	}, nil, &in)
	if err != nil {
		return o2c.ShopPage{}, err
	}
	orders := make([]told, len(in))
	for i, raw := range in {
		var o struct {
			ID       Text `json:"id"`
			Number   Text `json:"number"`
			Modified Text `json:"date_modified_gmt"`
		}
		_ = json.Unmarshal(raw, &o) // an odd field stays empty
		orders[i] = told{raw: raw, ID: o.ID, Number: o.Number, UpdatedAt: o.Modified}
	}
	p := page(orders, func(o told) []o2c.PulledMessage {
		return []o2c.PulledMessage{{Topic: "order.updated", Body: o.raw}}
	})
	if pages, err := strconv.Atoi(header.Get("X-WP-TotalPages")); err == nil && at.page < pages {
		p.Next = at.behind(p.Newest)
	}
	return p, nil
}

// Repair switches webhooks on that WooCommerce switched off: it does so after
// five failed deliveries, and tells nobody.
func (a wooAPI) Repair(ctx context.Context, address string, _ []string) (o2c.Repaired, error) {
	var out o2c.Repaired
	var in []struct {
		ID      Text   `json:"id"`
		Topic   string `json:"topic"`
		Status  string `json:"status"`
		Address string `json:"delivery_url"`
	}
	if _, err := a.ask(ctx, http.MethodGet, "webhooks", url.Values{"per_page": {"100"}}, nil, &in); err != nil {
		return out, err
	}
	for _, w := range in {
		if w.Address != address {
			continue
		}
		if w.Status != "active" {
			if _, err := a.ask(ctx, http.MethodPut, fmt.Sprintf("webhooks/%s", url.PathEscape(first(w.ID))), nil, map[string]string{"status": "active"}, &struct{}{}); err != nil {
				return out, err
			}
			out.SwitchedOn = append(out.SwitchedOn, w.Topic)
		}
		out.Topics = append(out.Topics, w.Topic)
	}
	return out, nil
}
