package local

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"duly/infra/local/shop"
	"duly/shared/o2c/fault"
)

// Shops plays the web shops of the policy: each keeps its orders and tells the
// product about them by its own platform's webhooks.
type Shops struct {
	runtime *Runtime
	mu      sync.Mutex
	orders  []*ShopOrder
	hooks   map[string][]shop.Hook // by endpoint
}

// ShopOrder is an order as its shop knows it.
type ShopOrder struct {
	Endpoint string     `json:"endpoint"`
	Order    shop.Order `json:"order"`
	// Changed is when it changed last.
	Changed time.Time `json:"changed,omitzero"`
	// First is what was posted when it was placed.
	First shop.Message `json:"first"`
}

// Sent is a webhook that a shop sent, and the answer.
type Sent struct {
	Path    string
	Message shop.Message
	Status  int
	Reply   []byte
	Off     bool // the webhook is switched off: nothing was sent
}

// What a shop tells about an order.
const (
	Placed    = "placed"
	Fulfilled = "fulfilled"
	Cancelled = "cancelled"
	PaidLater = "paid"
	Changed   = "changed"
)

// Orders lists the shops' orders, oldest first.
func (s *Shops) Orders() []ShopOrder {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]ShopOrder, len(s.orders))
	for i, o := range s.orders {
		out[i] = *o
	}
	return out
}

// prefix is how the shops' order numbers begin.
const prefix = "SO-"

// firstNumbers is where each platform's order numbers begin.
var firstNumbers = map[string]int{"shopify": 1001, "woocommerce": 5001, "bigcommerce": 7001, "generic": 9001}

// Place lets a shop take an order and post it. Without a number the shop gives
// its next one.
func (s *Shops) Place(ctx context.Context, endpoint string, o shop.Order) (Sent, ShopOrder, error) {
	placed, err := s.enter(endpoint, o)
	if err != nil {
		return Sent{}, placed, err
	}
	sent, err := s.send(ctx, endpoint, placed.First)
	return sent, placed, err
}

// enter writes an order into the shop's books.
func (s *Shops) enter(endpoint string, o shop.Order) (ShopOrder, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o.PlacedAt = s.runtime.Clock.Now()
	if o.Number == "" {
		o.Number = s.next(endpoint)
	}
	placed := &ShopOrder{Endpoint: endpoint, Order: o, Changed: o.PlacedAt}
	var err error
	if placed.First, err = s.Message(*placed, Placed); err != nil {
		return *placed, err
	}
	s.orders = append(s.orders, placed)
	return *placed, nil
}

func (s *Shops) next(endpoint string) string {
	n := firstNumbers[s.platform(endpoint)]
	for _, o := range s.orders {
		if known, err := strconv.Atoi(strings.TrimPrefix(o.Order.Number, prefix)); err == nil && o.Endpoint == endpoint && known >= n {
			n = known + 1
		}
	}
	return prefix + strconv.Itoa(n)
}

func (s *Shops) platform(endpoint string) string {
	found, _ := s.runtime.Policy.Shop(endpoint)
	return found.Platform
}

// Change lets a shop change an order and post the change of that kind.
func (s *Shops) Change(ctx context.Context, endpoint, number, kind string, change func(*shop.Order)) (Sent, error) {
	s.mu.Lock()
	i := slices.IndexFunc(s.orders, func(o *ShopOrder) bool { return o.Endpoint == endpoint && o.Order.Number == number })
	if i < 0 {
		s.mu.Unlock()
		return Sent{}, fault.Missing("order in "+endpoint, number)
	}
	change(&s.orders[i].Order)
	s.orders[i].Changed = s.runtime.Clock.Now()
	changed := *s.orders[i]
	s.mu.Unlock()
	return s.tell(ctx, changed, kind)
}

// Again posts the first word about an order once more, as shops do that saw no
// answer: the same body as before.
func (s *Shops) Again(ctx context.Context, endpoint, number string) (Sent, error) {
	s.mu.Lock()
	i := slices.IndexFunc(s.orders, func(o *ShopOrder) bool { return o.Endpoint == endpoint && o.Order.Number == number })
	if i < 0 {
		s.mu.Unlock()
		return Sent{}, fault.Missing("order in "+endpoint, number)
	}
	first := *s.orders[i]
	s.mu.Unlock()
	if first.First.Body == nil {
		return Sent{}, fault.Missing("first message about order", number)
	}
	return s.Post(ctx, endpoint, first.First)
}

// Ship lets all that is left leave.
func (s *Shops) Ship(ctx context.Context, endpoint, number string, parcel shop.Fulfilment) (Sent, error) {
	parcel.At = s.runtime.Clock.Now()
	return s.Change(ctx, endpoint, number, Fulfilled, func(o *shop.Order) { o.Fulfilments = append(o.Fulfilments, parcel) })
}

// Cancel lets a shop cancel an order.
func (s *Shops) Cancel(ctx context.Context, endpoint, number, reason string) (Sent, error) {
	return s.Change(ctx, endpoint, number, Cancelled, func(o *shop.Order) {
		o.CancelledAt, o.CancelReason = s.runtime.Clock.Now(), reason
	})
}

func (s *Shops) tell(ctx context.Context, o ShopOrder, kind string) (Sent, error) {
	message, err := s.Message(o, kind)
	if err != nil {
		return Sent{}, err
	}
	return s.send(ctx, o.Endpoint, message)
}

// Post sends a message as it is, altered or not.
func (s *Shops) Post(ctx context.Context, endpoint string, m shop.Message) (Sent, error) {
	sent := Sent{Path: "/webhooks/" + endpoint, Message: m}
	var err error
	sent.Status, sent.Reply, err = s.runtime.Post(ctx, sent.Path, m.Header, m.Body)
	return sent, err
}

// Message is what the shop's platform sends about an order, signed.
func (s *Shops) Message(o ShopOrder, kind string) (shop.Message, error) {
	return s.write(o, kind, s.runtime.Clock.Now())
}

// write spells a message about an order as it is at an instant.
func (s *Shops) write(o ShopOrder, kind string, at time.Time) (shop.Message, error) {
	secret, zone := s.runtime.Secrets.Shops[o.Endpoint], s.runtime.Policy.Zone
	switch s.platform(o.Endpoint) {
	case "shopify":
		sender := shop.Shopify{Domain: "voorbeeld.myshopify.com", Secret: secret, Zone: zone}
		if kind == Fulfilled {
			return sender.Fulfilment(o.Order, at)
		}
		return sender.Order(map[string]string{Placed: shop.OrdersCreate, Cancelled: shop.OrdersCancelled, PaidLater: shop.OrdersPaid, Changed: shop.OrdersUpdated}[kind], o.Order, at)
	case "woocommerce":
		topic := shop.WooUpdated // how it says everything but the first word
		if kind == Placed {
			topic = shop.WooCreated
		}
		return shop.WooCommerce{Site: "https://voorbeeld.example/", Secret: secret, Zone: zone}.Order(topic, o.Order, at)
	case "bigcommerce":
		return shop.BigCommerce{Hash: bigStore, Secret: secret}.Notice(map[string]string{Placed: shop.BigCreated, Fulfilled: shop.BigShipped}[kind], o.Order, at)
	case "generic":
		return shop.Generic{Secret: secret}.Order(map[string]string{
			Placed: shop.GenericCreated, Fulfilled: shop.GenericFulfilled, Cancelled: shop.GenericCancelled, PaidLater: shop.GenericPaid, Changed: shop.GenericUpdated,
		}[kind], o.Order, at)
	}
	return shop.Message{}, fault.New(fault.Invalid, fmt.Sprintf("There is no shop %q", o.Endpoint), "the policy does not list it", "choose one of the demo's endpoints")
}

// shopsKept is what is kept over a restart.
type shopsKept struct {
	Orders []*ShopOrder           `json:"orders"`
	Hooks  map[string][]shop.Hook `json:"hooks"`
}

// Snapshot and Restore keep the shops over a restart.
func (s *Shops) Snapshot() ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return json.Marshal(shopsKept{Orders: s.orders, Hooks: s.hooks})
}

// Restore replaces what the shops know.
func (s *Shops) Restore(snapshot []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var kept shopsKept
	if bytes.HasPrefix(snapshot, []byte("[")) { // the orders alone, as they were kept once
		return json.Unmarshal(snapshot, &s.orders)
	}
	if err := json.Unmarshal(snapshot, &kept); err != nil {
		return err
	}
	s.orders, s.hooks = kept.Orders, kept.Hooks
	return nil
}

// OK reports whether the product took the message.
func (s Sent) OK() bool { return s.Status == http.StatusOK }
