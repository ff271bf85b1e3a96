package local

import (
	"cmp"
	"context"
	"net/http"
	"slices"

	"duly/infra/local/shop"
	"duly/shared/o2c"
	"duly/shared/o2c/fault"
)

// After so many failed deliveries in a row the platforms stop posting: Shopify
// takes the webhook away, WooCommerce and BigCommerce switch it off. Nobody is told.
var patience = map[string]int{"shopify": 8, "woocommerce": 5, "bigcommerce": 11}

// topics are the webhooks that a shop of the demo has; a generic shop has one
// address for everything.
var topics = map[string][]string{
	"shopify": {
		shop.OrdersCreate, shop.OrdersUpdated, shop.OrdersPaid, shop.OrdersCancelled, shop.OrdersFulfilled, shop.FulfilmentCreate, shop.RefundsCreate,
	},
	"woocommerce": {shop.WooCreated, shop.WooUpdated, shop.WooDeleted, shop.WooRestored},
	"bigcommerce": {shop.BigOrders, shop.BigShipments},
	"generic":     {""},
}

// shopAPI is the address of a shop's own interface.
func (r *Runtime) shopAPI(s o2c.Shop) string {
	if s.Platform == "bigcommerce" {
		return r.outsideURL("shop-"+s.Endpoint) + "/stores/" + bigStore
	}
	return r.outsideURL("shop-" + s.Endpoint)
}

// bigStore is the hash of the demo's store on BigCommerce.
const bigStore = "duly1shop"

// openShopAPIs lets the product read the shops, as it does in the world: the
// policy says where, the parameter store has the key.
func (r *Runtime) openShopAPIs() {
	for i, s := range r.Policy.Shops {
		if r.Secrets.ShopKeys[s.Endpoint] != "" {
			r.Policy.Shops[i].URL = r.shopAPI(s)
		}
	}
}

// api is a shop's own interface; nil when its platform has none.
func (s *Shops) api(of o2c.Shop) http.Handler {
	a := &shop.API{Key: s.runtime.Secrets.ShopKeys[of.Endpoint], Now: s.runtime.Clock.Now, Books: shopBooks{s, of.Endpoint}}
	a.Write = func(k shop.Kept) ([]byte, error) {
		m, err := s.write(ShopOrder{Endpoint: of.Endpoint, Order: k.Order}, Changed, k.Changed)
		return m.Body, err
	}
	switch of.Platform {
	case "shopify":
		return http.HandlerFunc(a.ServeShopify)
	case "woocommerce":
		return http.HandlerFunc(a.ServeWooCommerce)
	case "bigcommerce":
		return http.HandlerFunc(a.ServeBigCommerce)
	}
	return nil
}

// shopBooks are one shop's orders and webhooks.
type shopBooks struct {
	*Shops
	endpoint string
}

// Kept lists the shop's orders.
func (b shopBooks) Kept() []shop.Kept {
	var all []shop.Kept
	for _, o := range b.Orders() {
		if o.Endpoint == b.endpoint {
			all = append(all, shop.Kept{Order: o.Order, Changed: o.Changed})
		}
	}
	return all
}

// Hooks lists the shop's webhooks.
func (b shopBooks) Hooks() []shop.Hook {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.hooksOf(b.endpoint))
}

// SetHook changes a webhook or makes one.
func (b shopBooks) SetHook(h shop.Hook) shop.Hook {
	b.mu.Lock()
	defer b.mu.Unlock()
	all := slices.DeleteFunc(b.hooksOf(b.endpoint), func(o shop.Hook) bool { return o.ID == h.ID || (o.Off && o.Topic == h.Topic) })
	h.ID = cmp.Or(h.ID, int64(len(all)+101))
	b.hooks[b.endpoint] = append(all, h)
	return h
}

// hooksOf are the webhooks of a shop; at first all those that its platform
// needs. The lock is held.
func (s *Shops) hooksOf(endpoint string) []shop.Hook {
	if s.hooks == nil {
		s.hooks = map[string][]shop.Hook{}
	}
	if s.hooks[endpoint] == nil {
		for i, topic := range topics[s.platform(endpoint)] {
			s.hooks[endpoint] = append(s.hooks[endpoint], shop.Hook{ID: int64(i + 1), Topic: topic, Address: s.runtime.opt.BaseURL + "/webhooks/" + endpoint})
		}
	}
	return s.hooks[endpoint]
}

// SwitchHooks switches all webhooks of a shop on or off.
func (s *Shops) SwitchHooks(endpoint string, on bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := s.hooksOf(endpoint)
	if len(all) == 0 {
		return fault.Missing("shop", endpoint)
	}
	for i := range all {
		all[i].Off, all[i].Failed = !on, 0
	}
	return nil
}

// send posts a message by the shop's webhook for its topic, if that is on.
func (s *Shops) send(ctx context.Context, endpoint string, m shop.Message) (Sent, error) {
	topic := cmp.Or(m.Header.Get("X-Shopify-Topic"), m.Header.Get("X-WC-Webhook-Topic"), shop.BigHook(m.Body))
	if !s.on(endpoint, topic) {
		return Sent{Path: "/webhooks/" + endpoint, Message: m, Off: true}, nil
	}
	sent, err := s.Post(ctx, endpoint, m)
	s.count(endpoint, topic, err == nil && sent.OK())
	return sent, err
}

func (s *Shops) on(endpoint, topic string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.ContainsFunc(s.hooksOf(endpoint), func(h shop.Hook) bool { return h.Topic == topic && !h.Off })
}

// count counts failed deliveries in a row.
func (s *Shops) count(endpoint, topic string, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	most := patience[s.platform(endpoint)]
	for i, h := range s.hooksOf(endpoint) {
		if h.Topic != topic {
			continue
		}
		if ok {
			h.Failed = 0
		} else if h.Failed++; most > 0 && h.Failed >= most {
			h.Off = true
		}
		s.hooks[endpoint][i] = h
	}
}
