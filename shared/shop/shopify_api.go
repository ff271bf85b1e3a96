package shop

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"duly/shared/o2c"
)

// shopifyAPI reads the Admin REST interface, whose orders are what the webhooks
// carry (https://shopify.dev/docs/api/admin-rest/latest/resources/order).
type shopifyAPI struct{ caller }

// shopifyPath is the version that the webhooks have too.
const shopifyPath = "/admin/api/2025-04/"

func (a shopifyAPI) ask(ctx context.Context, method, resource string, query url.Values, in, out any) (http.Header, error) {
	return a.caller.ask(ctx, method, shopifyPath+resource, query, in, out, func(h http.Header) { h.Set("X-Shopify-Access-Token", a.Key) })
}

// Changed reads orders by their last change. Pages follow each other by the
// Link header; a page's address takes no filter again.
func (a shopifyAPI) Changed(ctx context.Context, since time.Time, cursor string) (o2c.ShopPage, error) {
	query := url.Values{"limit": {"100"}}
	if cursor != "" {
		query.Set("page_info", cursor)
	} else {
		query.Set("status", "any")
		query.Set("order", "updated_at asc")
		query.Set("updated_at_min", since.UTC().Format(time.RFC3339))
	}
	var in struct {
		Orders []json.RawMessage `json:"orders"`
	}
	header, err := a.ask(ctx, http.MethodGet, "orders.json", query, nil, &in)
	if err != nil {
		return o2c.ShopPage{}, err
	}
	orders := make([]told, len(in.Orders))
	for i, raw := range in.Orders {
		var o struct {
			ID        Text `json:"id"`
			Name      Text `json:"name"`
			UpdatedAt Text `json:"updated_at"`
		}
		_ = json.Unmarshal(raw, &o) // an odd field stays empty
		orders[i] = told{raw: raw, ID: o.ID, Number: o.Name, UpdatedAt: o.UpdatedAt}
	}
	p := page(orders, shopifyMessages)
	p.Next = nextPage(header, "page_info")
	return p, nil
}

// shopifyMessages are the order as it is now, and each of its parcels as it was
// told when it left.
func shopifyMessages(o told) []o2c.PulledMessage {
	all := []o2c.PulledMessage{{Topic: "orders/updated", Body: o.raw}}
	var in struct {
		Parcels     []json.RawMessage `json:"fulfillments"`
		CancelledAt Text              `json:"cancelled_at"`
		Test        bool              `json:"test"`
	}
	if json.Unmarshal(o.raw, &in) != nil || in.CancelledAt != "" || in.Test {
		return all
	}
	for _, raw := range in.Parcels {
		var p shopifyParcel
		if json.Unmarshal(raw, &p) == nil && p.Status == "success" {
			all = append(all, o2c.PulledMessage{Topic: "fulfillments/create", Body: raw})
		}
	}
	return all
}

// nextPage is a parameter of the address that the Link header calls next (RFC
// 8288).
func nextPage(h http.Header, parameter string) string {
	for _, link := range strings.Split(h.Get("Link"), ",") {
		target, relation, _ := strings.Cut(link, ";")
		if !strings.Contains(relation, `rel="next"`) {
			continue
		}
		if u, err := url.Parse(strings.Trim(strings.TrimSpace(target), "<>")); err == nil {
			return u.Query().Get(parameter)
		}
	}
	return ""
}

// Repair makes the webhooks anew that Shopify took away: it does so after eight
// failed deliveries. What this app never had is not made, as it may have been
// set up by hand, under another secret.
func (a shopifyAPI) Repair(ctx context.Context, address string, known []string) (o2c.Repaired, error) {
	var out o2c.Repaired
	var in struct {
		Webhooks []struct {
			Topic   string `json:"topic"`
			Address string `json:"address"`
		} `json:"webhooks"`
	}
	if _, err := a.ask(ctx, http.MethodGet, "webhooks.json", url.Values{"limit": {"250"}, "address": {address}}, nil, &in); err != nil {
		return out, err
	}
	for _, w := range in.Webhooks {
		if w.Address == address {
			out.Topics = append(out.Topics, w.Topic)
		}
	}
	for _, topic := range known {
		if slices.Contains(out.Topics, topic) {
			continue
		}
		made := map[string]any{"webhook": map[string]string{"topic": topic, "address": address, "format": "json"}}
		if _, err := a.ask(ctx, http.MethodPost, "webhooks.json", nil, made, &struct{}{}); err != nil {
			return out, err
		}
		out.Topics, out.SwitchedOn = append(out.Topics, topic), append(out.SwitchedOn, topic)
	}
	return out, nil
}
