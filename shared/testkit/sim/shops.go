package sim

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"duly/infra/local/shop"
	boot "duly/shared/boot/webhook"
	"duly/shared/signature"
)

// secrets of the run's webhooks.
const (
	secretShopify = "shpss_simulated"
	secretWoo     = "woo_simulated"
	secretGeneric = "whsec_ZGVtby1nZW5lcmljLXNlY3JldC0wMDAwMDAwMDE="
	secretStripe  = "whsec_simulated"
)

// topic is what a shop tells about an order.
type topic int

const (
	created topic = iota
	updated
	cancelled
	paid
	fulfilled
)

var topicNames = [...]string{"created", "updated", "cancelled", "paid", "fulfilled"}

// platform is how one kind of shop speaks and how patient it is.
type platform struct {
	endpoint string
	write    func(w *world, t topic, o shop.Order) (shop.Message, error)
	back     []time.Duration
	attempts int
}

// platforms: Shopify gives up after 8 tries in 4 hours, WooCommerce never
// repeats, a Standard-Webhooks sender goes on for days (libraries.md).
func platforms(zone *time.Location) []platform {
	shopify := shop.Shopify{Domain: "voorbeeld.myshopify.com", Secret: secretShopify, Zone: zone}
	woo := shop.WooCommerce{Site: "https://winkel.voorbeeld.example/", Secret: secretWoo, Zone: zone}
	generic := shop.Generic{Secret: secretGeneric}
	return []platform{
		{endpoint: "demo-generic", back: []time.Duration{5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour, 10 * time.Hour},
			write: func(w *world, t topic, o shop.Order) (shop.Message, error) {
				return generic.Order([]string{shop.GenericCreated, shop.GenericUpdated, shop.GenericCancelled, shop.GenericPaid, shop.GenericFulfilled}[t], o, w.now)
			}},
		{endpoint: "demo-shopify", attempts: 8, back: []time.Duration{time.Minute, 5 * time.Minute, 10 * time.Minute, 20 * time.Minute, 40 * time.Minute, time.Hour, time.Hour},
			write: func(w *world, t topic, o shop.Order) (shop.Message, error) {
				if t == fulfilled {
					return shopify.Fulfilment(o, w.now)
				}
				return shopify.Order([]string{shop.OrdersCreate, shop.OrdersUpdated, shop.OrdersCancelled, shop.OrdersPaid}[t], o, w.now)
			}},
		{endpoint: "demo-woocommerce", attempts: 1, back: []time.Duration{time.Minute},
			write: func(w *world, t topic, o shop.Order) (shop.Message, error) {
				if t == created {
					return woo.Order(shop.WooCreated, o, w.now)
				}
				return woo.Order(shop.WooUpdated, o, w.now)
			}},
	}
}

// shops are the web shops of the run and what they know as taken.
type shops struct {
	world     *world
	platforms []platform
	purposes  map[string]*purpose // by order number
	numbers   []string            // of the purposes, in their order
	acked     map[string]bool     // orders of which a message was taken
}

func newShops(w *world) *shops {
	return &shops{world: w, platforms: platforms(w.policy.Zone), purposes: map[string]*purpose{}, acked: map[string]bool{}}
}

// open lets a purpose come true: the order is placed, and perhaps changed.
func (s *shops) open(p *purpose) {
	s.purposes[p.order.Number] = p
	s.numbers = append(s.numbers, p.order.Number)
	w := s.world
	w.after(p.arrives, "a customer orders "+p.order.Number, func() {
		p.order.PlacedAt = w.now
		s.tell(created, p)
	})
	if p.amends > 0 {
		w.after(p.arrives+p.amends, "a customer changes "+p.order.Number, func() {
			p.order.Note = "please ring twice"
			s.tell(updated, p)
		})
	}
	if p.cancels > 0 {
		w.after(p.arrives+p.cancels, "a customer cancels "+p.order.Number, func() {
			if len(p.order.Fulfilments) > 0 {
				return // a shop does not cancel what has left
			}
			p.order.CancelledAt, p.order.CancelReason = w.now, "customer"
			s.tell(cancelled, p)
		})
	}
	if p.paysShop > 0 {
		w.after(p.arrives+p.paysShop, "a customer pays "+p.order.Number+" at the shop", func() {
			if p.order.CancelledAt.IsZero() {
				p.order.FinancialStatus, p.order.Reference = "paid", "tr_"+p.order.Number
				s.tell(paid, p)
			}
		})
	}
}

// tell sends one message about the order as it is now.
func (s *shops) tell(t topic, p *purpose) {
	w, from := s.world, s.platforms[p.platform]
	m, err := from.write(w, t, p.order)
	w.must(err)
	number, at := p.order.Number, w.now
	w.send(&delivery{
		what: fmt.Sprintf("%s tells that %s is %s", from.endpoint, number, topicNames[t]), to: "order-webhook", back: from.back, attempts: from.attempts,
		call: func(ctx context.Context, e *environment) error {
			return answered(e.handler.HTTP(ctx, w.request(from, m)))
		},
		taken: func() { s.acked[number] = true; p.took(t, at) },
		lost:  func() { p.missed(t) },
	})
}

// request is the webhook as API Gateway hands it over. A Standard-Webhooks
// sender signs each attempt anew, with its newest secret.
func (w *world) request(from platform, m shop.Message) events.APIGatewayV2HTTPRequest {
	return w.posted("/webhooks/"+from.endpoint, m.Body, func() (http.Header, error) {
		if from.endpoint != "demo-generic" {
			return m.Header, nil
		}
		return signature.Sign(signature.Standard, m.Header.Get("webhook-id"), m.Body, w.now, w.vault.newest(boot.ShopSecret(from.endpoint)))
	})
}

// answered is nil for a 2xx.
func answered(out events.APIGatewayV2HTTPResponse, err error) error {
	if err == nil && (out.StatusCode < 200 || out.StatusCode > 299) {
		err = fmt.Errorf("answered %d %s", out.StatusCode, out.Body)
	}
	return err
}
