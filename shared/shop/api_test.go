package shop_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	sender "duly/infra/local/shop"
	"duly/shared/o2c"
	"duly/shared/o2c/fault"
	"duly/shared/shop"
)

// ledger is a shop's books with n orders, a second apart.
type ledger struct {
	kept  []sender.Kept
	hooks []sender.Hook
}

func (b *ledger) Kept() []sender.Kept  { return b.kept }
func (b *ledger) Hooks() []sender.Hook { return b.hooks }

func (b *ledger) SetHook(h sender.Hook) sender.Hook {
	b.hooks = slices.DeleteFunc(b.hooks, func(o sender.Hook) bool { return o.ID == h.ID })
	b.hooks = append(b.hooks, h)
	return h
}

// books has n orders, so many of them in the same second.
func books(n, together int) *ledger {
	b := &ledger{}
	for i := range n {
		at := time.Date(2026, 1, 5, 9, 0, i/together, 0, time.UTC)
		b.kept = append(b.kept, sender.Kept{Changed: at, Order: sender.Order{
			Number: fmt.Sprint(1001 + i), PlacedAt: at, Currency: "EUR", Gateway: "manual", Customer: sender.Customer{Name: "Eline Vos", Email: "eline@vos.example"},
			Lines: []sender.Line{{SKU: "TIN-30", Name: "Bakvorm", Quantity: 1, UnitPriceMinor: 1745}},
		}})
	}
	return b
}

// open serves the books as a platform does.
func open(t *testing.T, platform string, b *ledger, now func() time.Time) o2c.ShopAPI {
	t.Helper()
	a := &sender.API{Key: "ck_1:cs_1", Now: now, Books: b}
	serve := a.ServeWooCommerce
	a.Write = func(k sender.Kept) ([]byte, error) {
		m, err := sender.WooCommerce{Site: "https://voorbeeld.example/", Secret: "s"}.Order(sender.WooUpdated, k.Order, k.Changed)
		return m.Body, err
	}
	if platform == "bigcommerce" {
		serve = a.ServeBigCommerce
	}
	if platform == "shopify" {
		serve = a.ServeShopify
		a.Write = func(k sender.Kept) ([]byte, error) {
			m, err := sender.Shopify{Domain: "voorbeeld.myshopify.com", Secret: "s"}.Order(sender.OrdersUpdated, k.Order, k.Changed)
			return m.Body, err
		}
	}
	server := httptest.NewServer(http.HandlerFunc(serve))
	t.Cleanup(server.Close)
	at := server.URL
	if platform == "bigcommerce" {
		at += "/stores/abc"
	}
	api, err := shop.API(platform, shop.Access{URL: at, Key: "ck_1:cs_1", HTTP: server.Client()})
	if err != nil {
		t.Fatal(err)
	}
	return api
}

// all reads to the end and lists the numbers, each once, in the order in which they first came.
func all(t *testing.T, api o2c.ShopAPI, since time.Time) []string {
	t.Helper()
	var numbers []string
	for page := ""; ; {
		p, err := api.Changed(t.Context(), since, page)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range p.Orders {
			if n := strings.TrimPrefix(o.Number, "#"); !slices.Contains(numbers, n) {
				numbers = append(numbers, n)
			}
		}
		if page = p.Next; page == "" {
			return numbers
		}
	}
}

func TestAShopIsReadPageByPage(t *testing.T) {
	now := func() time.Time { return time.Date(2026, 1, 6, 9, 0, 0, 0, time.UTC) }
	ticking := now()
	patient := func() time.Time { ticking = ticking.Add(time.Second); return ticking } // BigCommerce's parts are requests of their own
	for platform, now := range map[string]func() time.Time{"shopify": now, "woocommerce": now, "bigcommerce": patient} {
		for _, together := range []int{1, 40, 350} { // orders in one second
			got := all(t, open(t, platform, books(350, together), now), now().Add(-48*time.Hour))
			if len(got) != 350 || got[0] != "1001" || got[349] != "1350" {
				t.Errorf("%s, %d in a second: %d orders", platform, together, len(got))
			}
		}
		if got := all(t, open(t, platform, books(10, 1), now), time.Date(2026, 1, 5, 9, 0, 6, 0, time.UTC)); got[len(got)-1] != "1010" || len(got) > 4 {
			t.Errorf("%s, the newest: %v", platform, got)
		}
	}
}

func TestAShopThatThrottlesIsAskedLater(t *testing.T) {
	now := func() time.Time { return time.Date(2026, 1, 6, 9, 0, 0, 0, time.UTC) } // stands still, so that the bucket does not leak
	for _, platform := range []string{"shopify", "woocommerce", "bigcommerce"} {
		api := open(t, platform, books(1, 1), now)
		var err error
		for range 200 {
			if _, err = api.Changed(t.Context(), now(), ""); err != nil {
				break
			}
		}
		var later *o2c.Later
		if !errors.As(err, &later) || later.After < time.Second || later.After > time.Minute {
			t.Errorf("%s: %v", platform, err)
		}
	}
}

func TestAShopThatCannotBeReadSaysWhy(t *testing.T) {
	for status, code := range map[int]fault.Code{401: fault.Config, 403: fault.Config, 404: fault.Config, 500: fault.Unavailable, 502: fault.Unavailable, 200: fault.Unreadable} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			_, _ = w.Write([]byte("<html>"))
		}))
		for _, platform := range []string{"shopify", "woocommerce", "bigcommerce"} {
			at := server.URL
			if platform == "bigcommerce" {
				at += "/stores/abc"
			}
			api, err := shop.API(platform, shop.Access{URL: at, Key: "k", HTTP: server.Client()})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := api.Changed(t.Context(), time.Now(), ""); !fault.Is(err, code) {
				t.Errorf("%s, %d: %v", platform, status, err)
			}
		}
		server.Close()
	}
	for _, a := range []shop.Access{{URL: "https://x.example"}, {Key: "k"}} {
		if _, err := shop.API("shopify", a); !errors.Is(err, o2c.ErrNoShopAPI) {
			t.Errorf("%+v: %v", a, err)
		}
	}
	if _, err := shop.API("generic", shop.Access{URL: "https://x.example", Key: "k"}); !errors.Is(err, o2c.ErrNoShopAPI) {
		t.Errorf("generic: %v", err)
	}
}

func TestWebhooksAreRepaired(t *testing.T) {
	const address = "https://duly.example/webhooks/shop"
	b := books(0, 1)
	b.hooks = []sender.Hook{
		{ID: 1, Topic: "order.created", Address: address, Off: true}, {ID: 2, Topic: "order.updated", Address: address},
		{ID: 3, Topic: "order.created", Address: "https://other.example", Off: true},
	}
	got, err := open(t, "woocommerce", b, time.Now).Repair(t.Context(), address, nil)
	if err != nil || fmt.Sprint(got) != "{[order.created order.updated] [order.created]}" {
		t.Errorf("woocommerce: %v %v", got, err)
	}
	b.hooks = []sender.Hook{{ID: 1, Topic: "orders/create", Address: address, Off: true}, {ID: 2, Topic: "orders/updated", Address: address}}
	api := open(t, "shopify", b, time.Now)
	if got, err = api.Repair(t.Context(), address, nil); err != nil || len(got.SwitchedOn) > 0 {
		t.Errorf("shopify made what it never had: %v %v", got, err)
	}
	got, err = api.Repair(t.Context(), address, []string{"orders/create", "orders/updated"})
	if err != nil || fmt.Sprint(got.SwitchedOn) != "[orders/create]" {
		t.Errorf("shopify: %v %v", got, err)
	}
}

// TestBigCommerceIsReadWhole: what the platform keeps apart from an order stands in it.
func TestBigCommerceIsReadWhole(t *testing.T) {
	answers := map[string]string{
		"/stores/abc/v2/orders":                             `[{"id":104,"status_id":14,"date_modified":"Mon, 05 Jan 2026 09:00:00 +0000","products":{"url":"https://x"},"shipping_addresses":{"url":"https://x"}}]`,
		"/stores/abc/v2/orders/104":                         `{"id":104,"status_id":11,"date_modified":"Mon, 05 Jan 2026 09:00:00 +0000","products":{"url":"https://x"},"shipments":{"url":"https://x"}}`,
		"/stores/abc/v2/orders/104/products":                `[{"id":1,"sku":"TIN-30","quantity":2}]`,
		"/stores/abc/v2/orders/104/shipping_addresses":      "",
		"/stores/abc/v2/orders/104/taxes":                   "",
		"/stores/abc/v3/orders/104/payment_actions/refunds": `{"data":[{"id":7,"total_amount":5}],"meta":{}}`,
		"/stores/abc/v3/catalog/products/77":                `{"data":{"id":77,"sku":"A"}}`,
		"/stores/abc/v3/hooks":                              `{"data":[{"id":7,"scope":"store/order/*","destination":"https://duly.example/webhooks/big","is_active":false}]}`,
		"/stores/abc/v3/hooks/7":                            `{"data":{}}`,
	}
	asked := []string{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.URL.Path)
		body, ok := answers[r.URL.Path]
		switch {
		case r.Header.Get("X-Auth-Token") != "t1":
			w.WriteHeader(http.StatusUnauthorized)
		case !ok:
			w.WriteHeader(http.StatusNotFound)
		case body == "":
			w.WriteHeader(http.StatusNoContent)
		default:
			_, _ = w.Write([]byte(body))
		}
	}))
	defer server.Close()
	api, err := shop.API("bigcommerce", shop.Access{URL: server.URL + "/stores/abc", Key: "t1", HTTP: server.Client()})
	if err != nil {
		t.Fatal(err)
	}
	p, err := api.Changed(t.Context(), time.Now(), "")
	if err != nil || len(p.Orders) != 1 || p.Orders[0].ExternalID != "104" || !p.Newest.Equal(time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)) {
		t.Fatalf("%+v %v", p, err)
	}
	for _, part := range []string{`"products":[{"id":1,"sku":"TIN-30","quantity":2}]`, `"shipping_addresses":[]`, `"refunds":[{"id":7,"total_amount":5}]`} {
		if body := string(p.Orders[0].Messages[0].Body); !strings.Contains(body, part) {
			t.Errorf("%s is not in %s", part, body)
		}
	}
	reader, err := shop.Reader(api)
	if err != nil {
		t.Fatal(err)
	}
	asked = nil
	fresh, err := reader.Read(t.Context(), "orders/104")
	if err != nil || len(fresh) != 1 || len(asked) != 4 || strings.Contains(string(fresh[0].Body), "shipments") {
		t.Errorf("a fresh order: %s, %v %v", fresh, asked, err)
	}
	if product, err := reader.Read(t.Context(), "products/77"); err != nil || string(product[0].Body) != `{"id":77,"sku":"A"}` {
		t.Errorf("%s %v", product, err)
	}
	for _, gone := range []string{"orders/105", "products/78"} {
		if told, err := reader.Read(t.Context(), gone); err != nil || len(told) != 0 {
			t.Errorf("%s: %s %v", gone, told, err)
		}
	}
	delete(answers, "/stores/abc/v3/orders/104/payment_actions/refunds") // a key without that right
	if _, err := api.Changed(t.Context(), time.Now(), ""); err != nil {
		t.Error(err)
	}
	fixed, err := api.Repair(t.Context(), "https://duly.example/webhooks/big", nil)
	if err != nil || fmt.Sprint(fixed.SwitchedOn) != "[store/order/*]" {
		t.Errorf("%v %v", fixed, err)
	}
	if woo := open(t, "woocommerce", books(1, 1), time.Now); woo != nil {
		if _, err := shop.Reader(woo); !errors.Is(err, o2c.ErrNoShopAPI) {
			t.Error(err)
		}
	}
}
