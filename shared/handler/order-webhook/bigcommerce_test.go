package orderwebhook_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"duly/infra/local/shop"
	orderwebhook "duly/shared/handler/order-webhook"
	"duly/shared/o2c"
	"duly/shared/o2c/invoice"
	orders "duly/shared/o2c/order"
	platforms "duly/shared/shop"
	"duly/shared/testkit"
)

// store is a store on BigCommerce, with its own interface.
type store struct {
	kept   []shop.Kept
	server *httptest.Server
	status int // of every answer; 0: as it should be
	asked  int
}

func (s *store) Kept() []shop.Kept             { return s.kept }
func (s *store) Hooks() []shop.Hook            { return nil }
func (s *store) SetHook(h shop.Hook) shop.Hook { return h }

// opens gives a counter whose outbox can look into a store.
func opens(t testing.TB) (*counter, *store) {
	t.Helper()
	k, s := open(t), &store{}
	api := &shop.API{Key: "k", Now: time.Now, Books: s}
	s.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.asked++; s.status != 0 {
			w.WriteHeader(s.status)
			return
		}
		api.ServeBigCommerce(w, r)
	}))
	t.Cleanup(s.server.Close)
	k.Outbox.Look = orderwebhook.Look(k.Cycle, func(_ context.Context, from o2c.Shop) (o2c.ShopAPI, error) {
		return platforms.API(from.Platform, platforms.Access{URL: s.server.URL + "/stores/x", Key: "k", HTTP: s.server.Client()})
	})
	return k, s
}

// changes lets the store change its only order and say so; the notice is all
// that it posts.
func (k *counter) changes(t testing.TB, s *store, scope string, o shop.Order) {
	t.Helper()
	s.kept = []shop.Kept{{Order: o, Changed: k.Now()}}
	k.must(t, big, k.say(t, big, scope, o))
	k.Advance(time.Minute)
}

// TestCap_05_BigCommerceOrderFromNoticeToRefund: BigCommerce posts ids alone; each is read at once, and the order takes
// the same course as from any other shop.
func TestCap_05_BigCommerceOrderFromNoticeToRefund(t *testing.T) {
	k, s := opens(t)
	k.stock(t, "CHAIR", 10)
	o := k.wares("4711", 3)
	k.changes(t, s, shop.BigCreated, o)
	if n := len(k.orders(t)); n != 0 || s.asked != 0 {
		t.Fatalf("%d orders and %d requests while the shop waits", n, s.asked)
	}
	k.Settle(t)
	if d := k.only(t); d.Number != "4711" || d.Status != orders.Confirmed || d.Source.Platform != "bigcommerce" || d.Total != testkit.EUR(36300) || d.Lines[0].Reserved != 3 {
		t.Fatalf("%+v", d)
	}
	o.Lines[0].Quantity = 5
	k.changes(t, s, shop.BigUpdated, o)
	k.Settle(t)
	o.Fulfilments = []shop.Fulfilment{{Carrier: "PostNL", Tracking: "3S1", At: k.Now(), Lines: []shop.Fulfilled{{SKU: "CHAIR", Quantity: 2}}}}
	k.changes(t, s, shop.BigShipped, o)
	k.changes(t, s, shop.BigUpdated, o) // the shop says it twice
	k.Settle(t)
	if d := k.only(t); d.Status != orders.PartShipped || d.Lines[0].Quantity != 5 || d.Lines[0].Shipped != 2 || len(d.Invoices) != 1 {
		t.Fatalf("%+v", d)
	}
	o.Fulfilments = append(o.Fulfilments, shop.Fulfilment{Carrier: "PostNL", Tracking: "3S2", At: k.Now()})
	k.changes(t, s, shop.BigShipped, o)
	k.Settle(t)
	o.Refunds = []shop.Refund{{Lines: []shop.Fulfilled{{SKU: "CHAIR", Quantity: 1}}, Note: "broken", At: k.Now()}}
	k.changes(t, s, shop.BigRefunded, o)
	k.Settle(t)
	d := k.only(t)
	if d.Status != orders.Shipped || d.Lines[0].Shipped != 5 || len(d.Invoices) != 2 || len(d.Refunds) != 1 || d.Refunds[0].Credited != testkit.EUR(12100) {
		t.Fatalf("%+v", d)
	}
	notes := 0
	for _, i := range testkit.Listed[invoice.Invoice](t, k.World, "invoice") {
		notes += len(i.Data().Notes)
	}
	if notes != 1 || len(k.parked(t)) != 0 {
		t.Errorf("%d notes, parked %s", notes, k.problems(t))
	}
}

// A shop that does not answer, or throttles, is asked again; a key that it
// refuses is told of at once, and the order comes when it is mended.
func TestFC_15_ABigCommerceStoreThatCannotBeReadIsReadLater(t *testing.T) {
	for _, status := range []int{http.StatusInternalServerError, http.StatusTooManyRequests, http.StatusUnauthorized} {
		k, s := opens(t)
		s.status = status
		k.changes(t, s, shop.BigCreated, k.wares("4711", 1))
		k.Settle(t)
		told := k.Desk.News("shop_unreadable")
		if want := map[int]int{http.StatusUnauthorized: 1}[status]; len(told) != want || want == 1 && told[0].ID != big {
			t.Errorf("%d: the team was told %+v", status, told)
		}
		s.status = 0
		k.Advance(2 * time.Minute)
		k.Settle(t)
		if d := k.only(t); d.Number != "4711" {
			t.Errorf("%d: %+v", status, d)
		}
	}
}

// A notice that is delivered again changes nothing; one about what the shop does
// not have any more ends in nothing; an order that cannot be read is parked whole.
func TestBigCommerceNoticesOfOddThings(t *testing.T) {
	k, s := opens(t)
	o := k.wares("4711", 1)
	s.kept = []shop.Kept{{Order: o, Changed: k.Now()}}
	m := k.say(t, big, shop.BigCreated, o)
	for range 5 {
		k.must(t, big, m)
		k.Settle(t)
	}
	asked := s.asked
	if k.only(t); asked > 5 {
		t.Errorf("%d requests for one notice", asked)
	}
	k.must(t, big, k.say(t, big, shop.BigCreated, k.wares("4712", 1)))
	k.Settle(t)
	k.only(t)
	odd := k.wares("4713", 1)
	odd.Lines[0].UnitPriceMinor = 9_999_999_999_999
	k.changes(t, s, shop.BigCreated, odd)
	k.Settle(t)
	all := k.parked(t)
	if len(all) != 1 || all[0].Data().Topic != shop.BigUpdated || !strings.Contains(string(all[0].Data().Body), `"products":[`) {
		t.Errorf("parked: %d", len(all))
	}
}

// bigly is what a look finds: the order as it is, minutes after it was placed.
// Looks overtake each other, as their effects are tried again.
func bigly(minutes int, status, products, more string) said {
	return func(t testing.TB, k *counter, number string) {
		t.Helper()
		at := k.Now().Add(time.Duration(minutes-120) * time.Minute).UTC().Format(time.RFC1123Z)
		body := fmt.Sprintf(`{"id":"#","status_id":%s,"default_currency_code":"EUR","is_tax_inclusive_pricing":false,"date_created":%q,"date_modified":%q,"customer_id":0,`+
			`"billing_address":{"first_name":"Buyer","last_name":"#","company":"Buyer #","email":"b#@x.example","street_1":"Dam 1","zip":"1012 JS","city":"Amsterdam","country_iso2":"NL","form_fields":[{"name":"kvk","value":"#"}]},`+
			`"shipping_cost_ex_tax":"4.9500","shipping_cost_inc_tax":"5.9900","products":[%s]%s}`, status, at, at, products, more)
		body = strings.NewReplacer("#", number, "@", at).Replace(body)
		if !json.Valid([]byte(body)) {
			t.Fatal(body)
		}
		if err := orderwebhook.Pulled(t.Context(), k.Cycle, k.Now(), big, o2c.PulledMessage{Topic: shop.BigUpdated, Body: []byte(body)}); err != nil {
			t.Fatal(err)
		}
	}
}

// seats are chairs and two packets of tea.
func seats(chairs, shipped, refunded int) string {
	ex := chairs * 9995
	inc := ex + (ex*21+50)/100
	return fmt.Sprintf(`{"id":1,"sku":"CHAIR","name":"Chair","quantity":%d,"quantity_shipped":%d,"quantity_refunded":%d,"total_ex_tax":"%d.%02d","total_inc_tax":"%d.%02d"},`+
		`{"id":2,"sku":"TEA","name":"Tea","quantity":2,"quantity_shipped":%d,"total_ex_tax":"15.90","total_inc_tax":"17.33"}`, chairs, shipped, refunded, ex/100, ex%100, inc/100, inc%100, min(shipped/6, 1)*2)
}

func bigStory() []said {
	total := func(chairs int, paid string) string {
		ex := chairs * 9995
		minor := ex + (ex*21+50)/100 + 1733 + 599
		return fmt.Sprintf(`,"total_inc_tax":"%d.%02d","payment_method":"Mollie","payment_status":%q,"payment_provider_id":"tr_#"`, minor/100, minor%100, paid)
	}
	first := `{"id":11,"date_created":"@","tracking_number":"3S1","items":[{"order_product_id":1,"quantity":2}]}`
	second := `{"id":12,"date_created":"@","tracking_number":"3S2","items":[{"order_product_id":1,"quantity":4},{"order_product_id":2,"quantity":2}]}`
	return []said{
		bigly(0, "11", seats(5, 0, 0), total(5, "")),
		bigly(5, "11", seats(4, 0, 0), total(4, "")),
		bigly(10, "11", seats(6, 0, 0), total(6, "")),
		bigly(20, "11", seats(6, 0, 0), total(6, "captured")),
		bigly(30, "3", seats(6, 2, 0), total(6, "captured")+`,"shipments":[`+first+`]`),
		bigly(60, "2", seats(6, 6, 0), total(6, "captured")+`,"date_shipped":"@","shipments":[`+first+`,`+second+`]`),
		bigly(90, "14", seats(6, 6, 1), total(6, "partially refunded")+`,"date_shipped":"@","refunded_amount":"120.94","shipments":[`+first+`,`+second+`],`+
			`"refunds":[{"id":7,"created":"2026-01-05T08:30:00+00:00","total_amount":120.94,"items":[{"item_type":"PRODUCT","item_id":1,"quantity":1}]}]`),
	}
}

// Seven states of a BigCommerce order, found in any order: one state in the end,
// that which the shop means.
func TestCap_07_SevenLooksIntoBigCommerceInEveryOrder(t *testing.T) {
	end, sequences, states := everyOrder(t, big, bigStory(), false)
	t.Logf("%d orders of arrival through %d states", sequences, states)
	if want := strings.NewReplacer("refund r1", "refund 7", "told 07:10:00", "told 08:30:00").Replace(paidEnd); sequences != 5040 || end != want {
		t.Errorf("%d orders of arrival end in\n%s\nwant\n%s", sequences, end, want)
	}
}
