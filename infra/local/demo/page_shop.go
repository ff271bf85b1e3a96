package demo

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"duly/infra/local"
	"duly/infra/local/shop"
	"duly/shared/o2c"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/order"
)

type shopView struct {
	Shops     []shopChoice
	Customers []customerChoice
	Lines     []lineChoice
	Sent      *sentView
	Orders    []shopOrderLine
}

type shopChoice struct {
	Endpoint, Name string
	Chosen         bool
}

type customerChoice struct{ Key, Label string }

type lineChoice struct {
	Label    string
	Quantity int
	Options  []articleChoice
}

type articleChoice struct {
	SKU, Label string
	Chosen     bool
}

// sentView is the request that was last sent, and its answer.
type sentView struct {
	Path, Tone, Verdict, Reply, Body string
	Status, Size                     int
	Headers                          []headerLine
}

type headerLine struct {
	Name, Value string
	Signs       bool
}

type shopOrderLine struct {
	Number, Endpoint, Customer, Total string
	At                                time.Time
	Status                            *tag
	CanShip, CanCancel                bool
}

// shopLines is how many lines the form has.
const shopLines = 3

// shopOrdersShown is how many orders the page lists.
const shopOrdersShown = 40

func (s *site) shopPage(r *http.Request) (any, error) {
	v := shopView{Sent: s.lastSent()}
	for _, p := range s.runtime.Policy.Shops {
		v.Shops = append(v.Shops, shopChoice{Endpoint: p.Endpoint, Name: map[string]string{"shopify": "Shopify", "woocommerce": "WooCommerce", "bigcommerce": "BigCommerce", "generic": "Own shop, Standard Webhooks"}[p.Platform]})
	}
	for _, c := range s.cast.Customers {
		v.Customers = append(v.Customers, customerChoice{Key: c.Key, Label: c.Label() + ", " + c.City})
	}
	for i := range shopLines {
		line := lineChoice{Label: fmt.Sprintf("Article %d", i+1), Quantity: map[int]int{0: 12}[i]}
		for j, a := range s.cast.Products {
			line.Options = append(line.Options, articleChoice{SKU: a.SKU, Label: a.Name + ", " + pretty(s.euros(a.Price)), Chosen: i == j})
		}
		v.Lines = append(v.Lines, line)
	}
	var err error
	v.Orders, err = s.shopOrders(r)
	return v, err
}

// shopOrders are the shops' newest orders with what the product made of them.
func (s *site) shopOrders(r *http.Request) ([]shopOrderLine, error) {
	var out []shopOrderLine
	for _, known := range slices.Backward(s.runtime.Shops.Orders()) {
		if len(out) == shopOrdersShown {
			break
		}
		o := known.Order
		line := shopOrderLine{Number: o.Number, Endpoint: known.Endpoint, Customer: o.Customer.Company, At: o.PlacedAt, Total: "–"}
		if line.Customer == "" {
			line.Customer = o.Customer.Name
		}
		d, err := s.orderOf(r, known)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return nil, err
		}
		if err == nil {
			t := tagOf(d.Status)
			line.Total, line.Status = pretty(d.Total), &t
			line.CanShip = d.Status == order.Confirmed || d.Status == order.PartShipped
			line.CanCancel = order.Life.Can(d.Status, "cancel")
		}
		out = append(out, line)
	}
	return out, nil
}

func (s *site) orderOf(r *http.Request, known local.ShopOrder) (order.Data, error) {
	keys, err := s.runtime.Cycle.Store.Resolve(r.Context(), o2c.Alias{Space: "order-number", Value: known.Endpoint + ":" + known.Order.Number})
	if err != nil {
		return order.Data{}, err
	}
	if keys[0].IsZero() {
		return order.Data{}, fault.Missing("order", known.Order.Number)
	}
	o, err := o2c.Read[order.Order](r.Context(), s.runtime.Cycle, keys[0].ID)
	if err != nil {
		return order.Data{}, err
	}
	return o.Data(), nil
}

func (s *site) shopOrder(r *http.Request) (back, said string, err error) {
	back = "/demo/pages/shop"
	in := orderAsked{
		Endpoint: r.PostFormValue("endpoint"), Customer: r.PostFormValue("customer"), Number: r.PostFormValue("number"),
		Note: r.PostFormValue("note"), Paid: r.PostFormValue("paid") != "", Lines: map[string]int64{},
	}
	for i := range shopLines {
		quantity, err := strconv.ParseInt(r.PostFormValue(fmt.Sprintf("quantity%d", i)), 10, 64)
		if err == nil && quantity > 0 {
			in.Lines[r.PostFormValue(fmt.Sprintf("sku%d", i))] += quantity
		}
	}
	o, err := s.composed(in)
	if err != nil {
		return back, "", err
	}
	endpoint := in.Endpoint
	if r.PostFormValue("tamper") != "" {
		return back, "One byte of the body was changed after it was signed.", s.tampered(r, endpoint, o)
	}
	sent, placed, err := s.runtime.Shops.Place(r.Context(), endpoint, o)
	s.remember(sent)
	return back, "Order " + placed.Order.Number + " was posted.", err
}

// tampered signs an order and then changes a digit of it.
func (s *site) tampered(r *http.Request, endpoint string, o shop.Order) error {
	o.PlacedAt = s.runtime.Clock.Now()
	if o.Number == "" {
		o.Number = "6666"
	}
	message, err := s.runtime.Shops.Message(local.ShopOrder{Endpoint: endpoint, Order: o}, local.Placed)
	if err != nil {
		return err
	}
	i := strings.LastIndexAny(string(message.Body), "123456789")
	message.Body = slices.Clone(message.Body)
	message.Body[i] = '0' + (message.Body[i]-'0')%9 + 1
	sent, err := s.runtime.Shops.Post(r.Context(), endpoint, message)
	s.remember(sent)
	return err
}

func (s *site) shopChange(r *http.Request) (back, said string, err error) {
	back = "/demo/pages/shop"
	endpoint, number, kind := r.PostFormValue("endpoint"), r.PostFormValue("number"), r.PostFormValue("kind")
	var sent local.Sent
	switch kind {
	case local.Fulfilled:
		sent, err = s.runtime.Shops.Ship(r.Context(), endpoint, number, shop.Fulfilment{Carrier: "PostNL", Tracking: "3SDEMO" + number})
	case local.Cancelled:
		sent, err = s.runtime.Shops.Cancel(r.Context(), endpoint, number, "customer")
	case "again":
		sent, err = s.runtime.Shops.Again(r.Context(), endpoint, number)
	default:
		return back, "", fmt.Errorf("nothing is done by %q", kind)
	}
	s.remember(sent)
	return back, "The shop told about order " + number + ".", err
}

// remember keeps the last request for the page.
func (s *site) remember(sent local.Sent) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sent = &sent
}

func (s *site) lastSent() *sentView {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.sent == nil || s.sent.Path == "" {
		return nil
	}
	v := &sentView{Path: s.sent.Path, Status: s.sent.Status, Tone: tone(s.sent.Status), Reply: readable(s.sent.Reply), Body: readable(s.sent.Message.Body), Size: len(s.sent.Message.Body)}
	switch {
	case v.Status == http.StatusOK:
		v.Verdict = "The signature verified and the message was stored before this answer."
	case v.Status == http.StatusUnauthorized:
		v.Verdict = "Refused: the signature does not belong to this body. Nothing was written; the log says why, see Deliveries."
	}
	header := http.Header(s.sent.Message.Header)
	for _, name := range slices.Sorted(maps.Keys(header)) {
		signs := strings.Contains(strings.ToLower(name), "signature") || strings.Contains(strings.ToLower(name), "hmac")
		v.Headers = append(v.Headers, headerLine{Name: name, Value: strings.Join(header[name], ", "), Signs: signs})
	}
	return v
}
