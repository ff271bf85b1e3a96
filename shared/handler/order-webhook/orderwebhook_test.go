package orderwebhook_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"duly/infra/local/shop"
	orderwebhook "duly/shared/handler/order-webhook"
	"duly/shared/handler/trigger"
	"duly/shared/handler/webhook"
	"duly/shared/o2c"
	"duly/shared/o2c/credit"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/fulfilment"
	"duly/shared/o2c/invoice"
	orders "duly/shared/o2c/order"
	"duly/shared/signature"
	"duly/shared/testkit"
)

const (
	shopify = "demo-shopify"
	woo     = "demo-woocommerce"
	big     = "demo-bigcommerce"
	generic = "demo-generic"
)

// secretOf spells each secret as its platform does.
var secretOf = map[string]string{shopify: "shpss_one", woo: "woo_one", big: strings.Repeat("client secret ", 5)[:64], generic: "whsec_" + base64.StdEncoding.EncodeToString([]byte("a secret of twenty-four b"))}

// counter is a shop's counter: the function with its world around it.
type counter struct {
	*testkit.World
	locker *testkit.Locker
	tray   *testkit.Tray
	from   string // the shop whose story is told; "": the generic one
	trigger.Handler
}

func open(t testing.TB) *counter {
	t.Helper()
	k := &counter{World: testkit.NewWorld(t), tray: &testkit.Tray{}, locker: &testkit.Locker{Now: map[string][]string{}, Next: map[string][]string{}}}
	for endpoint, secret := range secretOf {
		k.locker.Now[endpoint] = []string{secret}
	}
	k.Handler = k.on(k.Cycle)
	return k
}

// on is the function over another connection.
func (k *counter) on(c *o2c.Cycle) trigger.Handler {
	return orderwebhook.New(webhook.Deps{Cycle: c, Now: k.Now, Secrets: k.locker, Inbox: k.tray, Log: testkit.Silent()})
}

// wares is an order of chairs by an office that is known by its number.
func (k *counter) wares(number string, quantity int64) shop.Order {
	return shop.Order{
		Number: number, PlacedAt: k.Now(), Currency: "EUR", Gateway: "invoice",
		Customer: shop.Customer{ID: 7_000_000_000_000_000_001, Name: "Ada Jansen", Company: "Acme BV", Email: "finance@acme.example", KVK: "87654321",
			Address: shop.Address{Street: "Dam 1", PostalCode: "1012 JS", City: "Amsterdam"}},
		Lines: []shop.Line{{SKU: "CHAIR", Name: "Chair", Quantity: quantity, UnitPriceMinor: 10_000, TaxRatePercent: "21"}},
	}
}

// say signs a message of a platform as the platform does.
func (k *counter) say(t testing.TB, endpoint, topic string, o shop.Order) shop.Message {
	t.Helper()
	var m shop.Message
	var err error
	switch endpoint {
	case shopify:
		s := shop.Shopify{Domain: "x.myshopify.com", Secret: k.locker.Now[endpoint][0]}
		if topic == shop.FulfilmentCreate {
			m, err = s.Fulfilment(o, k.Now())
		} else {
			m, err = s.Order(topic, o, k.Now())
		}
	case woo:
		m, err = shop.WooCommerce{Site: "https://x.example/", Secret: k.locker.Now[endpoint][0]}.Order(topic, o, k.Now())
	case big:
		m, err = shop.BigCommerce{Hash: "x", Secret: k.locker.Now[endpoint][0]}.Notice(topic, o, k.Now())
	case generic:
		m, err = shop.Generic{Secret: k.locker.Now[endpoint][0]}.Order(topic, o, k.Now())
	}
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func (k *counter) post(t testing.TB, h trigger.Handler, endpoint string, m shop.Message) int {
	t.Helper()
	status, _ := testkit.Post(context.Background(), t, h, "/webhooks/"+endpoint, m.Header, m.Body)
	return status
}

// must posts what has to be answered with 200.
func (k *counter) must(t testing.TB, endpoint string, m shop.Message) {
	t.Helper()
	if status := k.post(t, k.Handler, endpoint, m); status != http.StatusOK {
		t.Fatalf("%s answered %d", endpoint, status)
	}
}

func (k *counter) orders(t testing.TB) []*orders.Order {
	t.Helper()
	return testkit.Listed[orders.Order](t, k.World, "order")
}

func (k *counter) only(t testing.TB) orders.Data {
	t.Helper()
	all := k.orders(t)
	if len(all) != 1 {
		t.Fatalf("%d orders", len(all))
	}
	return all[0].Data()
}

func (k *counter) parked(t testing.TB) []*o2c.Parked {
	t.Helper()
	return testkit.Listed[o2c.Parked](t, k.World, "parked")
}

func (k *counter) stock(t testing.TB, sku string, units int64) {
	t.Helper()
	if _, err := k.Cycle.SaveProduct(context.Background(), k.Stamp("api:test"), fulfilment.ProductData{SKU: sku, Name: sku}, &units); err != nil {
		t.Fatal(err)
	}
}

func (k *counter) available(t testing.TB, sku string) int64 {
	t.Helper()
	shelves, err := k.Cycle.Shelves(context.Background(), sku)
	if err != nil {
		t.Fatal(err)
	}
	return shelves[0].Available
}

var created = map[string]string{shopify: shop.OrdersCreate, woo: shop.WooCreated, generic: shop.GenericCreated}

func TestCap_06_SameWebhookFiveTimes(t *testing.T) {
	for _, endpoint := range []string{shopify, woo, generic} {
		t.Run(endpoint, func(t *testing.T) {
			k := open(t)
			k.stock(t, "CHAIR", 100)
			m := k.say(t, endpoint, created[endpoint], k.wares("1001", 30)) // 3,630.00: a person decides
			for range 5 {
				k.must(t, endpoint, m)
				k.Settle(t)
			}
			o := k.only(t)
			if o.Status != orders.Received || len(o.Holds) != 1 || o.Lines[0].Reserved != 30 || k.available(t, "CHAIR") != 70 {
				t.Errorf("order %s, held %v, %d available", o.Status, o.Holds, k.available(t, "CHAIR"))
			}
			if cards := testkit.CardsOf[o2c.CreditCard](k.Desk); len(cards) != 1 || len(k.Desk.Cards) != 1 {
				t.Errorf("%d credit cards of %d", len(cards), len(k.Desk.Cards))
			}
		})
	}
}

// TestAnOrderIsReadOnceAndWrittenOnce: a shop waits for two requests to the table, whether its buyer is known or not.
func TestAnOrderIsReadOnceAndWrittenOnce(t *testing.T) {
	for _, endpoint := range []string{shopify, woo, generic} {
		k := open(t)
		k.stock(t, "CHAIR", 100)
		for _, id := range []string{"1001", "1002"} {
			reads, writes := k.Meter.Reads, k.Meter.Writes
			k.must(t, endpoint, k.say(t, endpoint, created[endpoint], k.wares(id, 1)))
			if reads, writes = k.Meter.Reads-reads, k.Meter.Writes-writes; reads != 1 || writes != 1 {
				t.Errorf("%s, order %s: %d reads, %d writes", endpoint, id, reads, writes)
			}
		}
	}
}

// Signatures cover the raw bytes: the same JSON spelled otherwise is another
// message, and one in base64 is the same.
func TestCap_08_SignaturesOverRawBytes(t *testing.T) {
	for _, endpoint := range []string{shopify, woo, generic} {
		k := open(t)
		m := k.say(t, endpoint, created[endpoint], k.wares("1001", 1))
		var doc any
		if err := json.Unmarshal(m.Body, &doc); err != nil {
			t.Fatal(err)
		}
		respelled, err := json.MarshalIndent(doc, "", " ")
		if err != nil {
			t.Fatal(err)
		}
		if status := k.post(t, k.Handler, endpoint, shop.Message{Header: m.Header, Body: respelled}); status != http.StatusUnauthorized {
			t.Errorf("%s: respelled JSON got %d", endpoint, status)
		}
		wrapped := events.APIGatewayV2HTTPRequest{RawPath: "/webhooks/" + endpoint, Body: base64.StdEncoding.EncodeToString(m.Body), IsBase64Encoded: true, Headers: map[string]string{}}
		for name := range m.Header {
			wrapped.Headers[strings.ToLower(name)] = m.Header.Get(name)
		}
		if out, err := k.HTTP(context.Background(), wrapped); err != nil || out.StatusCode != http.StatusOK {
			t.Errorf("%s: in base64 %d, %v", endpoint, out.StatusCode, err)
		}
		k.must(t, endpoint, m) // as text
		k.only(t)
	}
}

func TestCap_09_IDsSurviveToTheTable(t *testing.T) {
	k := open(t)
	m := k.say(t, shopify, shop.OrdersCreate, k.wares("1001", 1))
	id := fmt.Sprint(json.Number(m.Header.Get("X-Shopify-Order-Id")))
	if len(id) != 18 {
		t.Fatalf("the sample's id %s is too small to prove anything", id)
	}
	k.must(t, shopify, m)
	if o := k.only(t); o.ExternalID != id || o.ID != o2c.OrderID(shopify, id) {
		t.Errorf("id %s became %s", id, o.ExternalID)
	}
}

func TestFC_01_DeliveredManyTimes(t *testing.T) {
	k := open(t)
	m := k.say(t, woo, shop.WooCreated, k.wares("1001", 3))
	k.must(t, woo, m)
	writes := k.Meter.Writes
	before := k.only(t)
	k.Settle(t)
	letters := len(k.Desk.Letters)
	for range 4 {
		k.Advance(time.Hour)
		k.must(t, woo, m)
		k.Settle(t)
	}
	if after := k.only(t); after.ReceivedAt != before.ReceivedAt || after.Status != orders.Confirmed {
		t.Errorf("%+v", after)
	}
	if writes == 0 || letters != 1 || len(k.Desk.Letters) != letters {
		t.Errorf("%d letters after one delivery, %d after five", letters, len(k.Desk.Letters))
	}
}

func TestFC_02_DeliveredInParallel(t *testing.T) {
	k := open(t)
	k.stock(t, "CHAIR", 10)
	m := k.say(t, generic, shop.GenericCreated, k.wares("1001", 4))
	through := func(next http.RoundTripper, r *http.Request) (*http.Response, error) { return next.RoundTrip(r) }
	var wait sync.WaitGroup
	status := make([]int, 8)
	for i := range status {
		h := k.on(k.Disturbed(fmt.Sprint("lambda-", i), through))
		wait.Go(func() { status[i] = k.post(t, h, generic, m) })
	}
	wait.Wait()
	for i, got := range status {
		if got != http.StatusOK {
			t.Errorf("delivery %d got %d", i, got)
		}
	}
	for len(k.tray.Messages) > 0 { // who met too many others
		k.tray.Redeliver(context.Background(), t, k.Handler)
	}
	if o := k.only(t); o.Lines[0].Reserved != 4 || k.available(t, "CHAIR") != 6 {
		t.Errorf("%d reserved, %d available", o.Lines[0].Reserved, k.available(t, "CHAIR"))
	}
}

// The inbox reports those alone that failed again; the others are done.
func TestFC_12_InboxReportsOnlyWhatFailed(t *testing.T) {
	k := open(t)
	down := k.on(k.Disturbed("down", func(http.RoundTripper, *http.Request) (*http.Response, error) {
		return nil, errors.New("connection refused")
	}))
	second := k.say(t, shopify, shop.OrdersCreate, k.wares("1002", 2))
	stuck := k.on(k.stuckOn(second))
	for _, m := range []shop.Message{
		k.say(t, shopify, shop.OrdersCreate, k.wares("1001", 1)),
		second,
		k.say(t, shopify, shop.OrdersCreate, k.wares("1003", 1)),
	} {
		if status := k.post(t, down, shopify, m); status != http.StatusOK {
			t.Fatalf("while the table is down: %d", status)
		}
	}
	if err := k.tray.Put(context.Background(), "not ours"); err != nil {
		t.Fatal(err)
	}
	if failed := k.tray.Redeliver(context.Background(), t, stuck); fmt.Sprint(failed) != "[m2 m4]" {
		t.Fatalf("failed: %v", failed)
	}
	if len(k.orders(t)) != 2 {
		t.Errorf("%d orders", len(k.orders(t)))
	}
	if failed := k.tray.Redeliver(context.Background(), t, k.Handler); fmt.Sprint(failed) != "[m4]" {
		t.Errorf("after the fault had passed: %v", failed)
	}
	if len(k.orders(t)) != 3 {
		t.Errorf("%d orders", len(k.orders(t)))
	}
	if len(k.parked(t)) != 0 {
		t.Errorf("%d parked", len(k.parked(t)))
	}
}

// What fails and fails is a person's in the end, not a dead letter.
func TestFC_13_WhatFailsAndFailsIsParked(t *testing.T) {
	k := open(t)
	m := k.say(t, shopify, shop.OrdersCreate, k.wares("1002", 2))
	stuck := k.on(k.stuckOn(m))
	k.must(t, shopify, k.say(t, shopify, shop.OrdersCreate, k.wares("1001", 2)))
	if status := k.post(t, stuck, shopify, m); status != http.StatusOK {
		t.Fatalf("answered %d", status)
	}
	tries := 0
	for ; len(k.tray.Messages) > 0 && tries < 20; tries++ {
		k.tray.Redeliver(context.Background(), t, stuck)
	}
	if p := k.parked(t); tries != 8 || len(p) != 1 || p[0].Data().Problem == "" {
		t.Fatalf("after %d tries %d parked", tries, len(p))
	}
	if err := orderwebhook.Replay(context.Background(), k.Cycle, k.Now(), k.parked(t)[0].Data()); err != nil {
		t.Fatal(err)
	}
	if len(k.orders(t)) != 2 {
		t.Errorf("replayed: %d orders", len(k.orders(t)))
	}
}

// stuckOn is a connection to the table on which nothing about one order works.
func (k *counter) stuckOn(m shop.Message) *o2c.Cycle {
	id := o2c.OrderID(shopify, m.Header.Get("X-Shopify-Order-Id"))
	return k.Disturbed("stuck", func(next http.RoundTripper, r *http.Request) (*http.Response, error) {
		body, err := io.ReadAll(r.Body)
		if err != nil || bytes.Contains(body, []byte(id)) {
			return nil, errors.New("i/o timeout")
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		return next.RoundTrip(r)
	})
}

// A table that hangs costs the sender no more than the budget: the message goes
// to the inbox and is acted upon from there.
func TestFC_17_SlowTableThenInbox(t *testing.T) {
	k := open(t)
	m := k.say(t, shopify, shop.OrdersCreate, k.wares("1001", 1))
	slow := k.on(k.Disturbed("slow", func(_ http.RoundTripper, r *http.Request) (*http.Response, error) {
		<-r.Context().Done()
		return nil, r.Context().Err()
	}))
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond) // what is left of the invocation
	defer cancel()
	if status, _ := testkit.Post(ctx, t, slow, "/webhooks/"+shopify, m.Header, m.Body); status != http.StatusOK {
		t.Fatalf("answered %d", status)
	}
	if len(k.tray.Messages) != 1 || len(k.orders(t)) != 0 {
		t.Fatalf("%d in the inbox, %d orders", len(k.tray.Messages), len(k.orders(t)))
	}
	for _, secret := range []string{m.Header.Get("X-Shopify-Hmac-Sha256"), secretOf[shopify]} {
		if strings.Contains(k.tray.Messages[0].Message, secret) {
			t.Error("the inbox holds a signature or a secret")
		}
	}
	k.Advance(time.Minute)
	if failed := k.tray.Redeliver(context.Background(), t, k.Handler); len(failed) != 0 {
		t.Fatalf("failed: %v", failed)
	}
	if o := k.only(t); o.Status != orders.Confirmed {
		t.Errorf("order is %s", o.Status)
	}
	k.tray.Down = true
	if status := k.post(t, slowOnce(k), shopify, k.say(t, shopify, shop.OrdersCreate, k.wares("1002", 1))); status != http.StatusServiceUnavailable {
		t.Errorf("with table and inbox down: %d", status)
	}
}

// slowOnce is the function without a table.
func slowOnce(k *counter) trigger.Handler {
	return k.on(k.Disturbed("gone", func(http.RoundTripper, *http.Request) (*http.Response, error) {
		return nil, errors.New("no route to host")
	}))
}

// The commit happened and its answer was lost, to us or to the sender: the
// repetition finds the first result.
func TestFC_18_AnswerLostAfterCommit(t *testing.T) {
	k := open(t)
	k.stock(t, "CHAIR", 10)
	m := k.say(t, shopify, shop.OrdersCreate, k.wares("1001", 2))
	lost := 0
	h := k.on(k.Disturbed("lossy", func(next http.RoundTripper, r *http.Request) (*http.Response, error) {
		out, err := next.RoundTrip(r)
		if lost == 0 && strings.HasSuffix(r.Header.Get("X-Amz-Target"), "TransactWriteItems") && err == nil {
			lost++
			_, _ = io.Copy(io.Discard, out.Body)
			return nil, errors.New("connection reset by peer")
		}
		return out, err
	}))
	for range 3 {
		if status := k.post(t, h, shopify, m); status != http.StatusOK {
			t.Fatalf("answered %d", status)
		}
	}
	if o := k.only(t); lost != 1 || len(k.tray.Messages) != 0 || o.Lines[0].Reserved != 2 || k.available(t, "CHAIR") != 8 {
		t.Errorf("%d lost, %d in the inbox, %d reserved", lost, len(k.tray.Messages), o.Lines[0].Reserved)
	}
}

// Every flaw gets the same answer, and nothing is written.
func TestFC_74_ForgedShopMessages(t *testing.T) {
	k := open(t)
	writes := k.Meter.Writes
	want := ""
	for _, endpoint := range []string{shopify, woo, big, generic} {
		m := k.say(t, endpoint, created[endpoint], k.wares("1001", 1))
		header := map[string]string{shopify: "X-Shopify-Hmac-Sha256", woo: "X-Wc-Webhook-Signature", big: "Webhook-Signature", generic: "Webhook-Signature"}[endpoint]
		good := m.Header.Get(header)
		raw := strings.TrimPrefix(good, "v1,")
		for name, value := range map[string]string{
			"missing": "", "truncated": good[:len(good)-4], "hex": fmt.Sprintf("%x", raw), "doubled": good + "," + good, "other case": strings.ToUpper(good),
			"of another body": base64.StdEncoding.EncodeToString([]byte("01234567890123456789012345678901")), "endless": strings.Repeat("A", 9000),
		} {
			forged := m.Header.Clone()
			forged.Set(header, value)
			status, text := testkit.Post(context.Background(), t, k.Handler, "/webhooks/"+endpoint, forged, m.Body)
			if want == "" {
				want = text
			}
			if status != http.StatusUnauthorized || text != want {
				t.Errorf("%s %s: %d %q", endpoint, name, status, text)
			}
		}
		for name, body := range map[string][]byte{"a byte more": append(bytes.Clone(m.Body), ' '), "a byte less": m.Body[:len(m.Body)-1], "empty": nil} {
			if status := k.post(t, k.Handler, endpoint, shop.Message{Header: m.Header, Body: body}); status != http.StatusUnauthorized {
				t.Errorf("%s %s: %d", endpoint, name, status)
			}
		}
		for _, other := range []string{"demo-unknown", "", "stripe", "..", shopify + "%00"} {
			status, text := testkit.Post(context.Background(), t, k.Handler, "/webhooks/"+other, m.Header, m.Body)
			if status != http.StatusUnauthorized || text != want {
				t.Errorf("endpoint %q: %d %q", other, status, text)
			}
		}
	}
	broken := events.APIGatewayV2HTTPRequest{RawPath: "/webhooks/" + shopify, Body: "%%%", IsBase64Encoded: true}
	if out, err := k.HTTP(context.Background(), broken); err != nil || out.StatusCode != http.StatusUnauthorized {
		t.Errorf("broken base64: %d, %v", out.StatusCode, err)
	}
	if k.Meter.Writes != writes || len(k.tray.Messages) != 0 {
		t.Errorf("%d writes, %d in the inbox", k.Meter.Writes-writes, len(k.tray.Messages))
	}
}

func TestFC_75_ShopWithoutSecret(t *testing.T) {
	k := open(t)
	m := k.say(t, shopify, shop.OrdersCreate, k.wares("1001", 1))
	for _, none := range [][]string{nil, {""}, {" padded "}} {
		k.locker.Now[shopify] = none
		if status := k.post(t, k.Handler, shopify, m); status != http.StatusServiceUnavailable {
			t.Errorf("secrets %q: %d", none, status)
		}
	}
	if len(k.orders(t)) != 0 || len(k.tray.Messages) != 0 {
		t.Error("something was kept that nobody vouched for")
	}
}

func TestFC_76_GenericReplayWindow(t *testing.T) {
	k := open(t)
	m := k.say(t, generic, shop.GenericCreated, k.wares("1001", 1))
	for _, c := range []struct {
		by   time.Duration
		want int
	}{{0, 200}, {4 * time.Minute, 200}, {61 * time.Second, 401}, {24 * time.Hour, 401}, {-25*time.Hour - 10*time.Minute - time.Minute, 401}} {
		k.Advance(c.by)
		if status := k.post(t, k.Handler, generic, m); status != c.want {
			t.Errorf("at %s: %d, want %d", k.Now(), status, c.want)
		}
	}
	k.only(t)
}

// Shopify's and WooCommerce's headers are not signed: the endpoint in the path
// names the shop and its secret, and a topic that does not fit its body moves
// nothing.
func TestFC_77_SwappedHeaders(t *testing.T) {
	k := open(t)
	m := k.say(t, shopify, shop.OrdersCreate, k.wares("1001", 1))
	k.must(t, shopify, m)
	for _, topic := range []string{shop.OrdersCancelled, shop.OrdersPaid, shop.FulfilmentCreate, shop.RefundsCreate} {
		swapped := m.Header.Clone()
		swapped.Set("X-Shopify-Topic", topic)
		swapped.Set("X-Shopify-Shop-Domain", "evil.myshopify.com")
		k.must(t, shopify, shop.Message{Header: swapped, Body: m.Body})
	}
	if o := k.only(t); o.Status != orders.Confirmed || o.PaidAtShop != nil || len(o.Shipments) != 0 {
		t.Errorf("the order is %s", o.Status)
	}
	if p := k.parked(t); len(p) != 4 {
		t.Errorf("%d parked", len(p))
	}
	fresh := m.Header.Clone()
	fresh.Set("X-Shopify-Topic", shop.OrdersUpdated) // the same body on another topic is another message, and no news
	fresh.Set("X-Shopify-Webhook-Id", "another")
	k.must(t, shopify, shop.Message{Header: fresh, Body: m.Body})
	if o := k.only(t); o.Status != orders.Confirmed {
		t.Errorf("the order is %s", o.Status)
	}
	if status := k.post(t, k.Handler, woo, m); status != http.StatusUnauthorized {
		t.Errorf("at another shop's endpoint: %d", status)
	}
}

func TestFC_78_ShopSecretRotated(t *testing.T) {
	k := open(t)
	old := k.say(t, shopify, shop.OrdersCreate, k.wares("1001", 1))
	k.must(t, shopify, old)
	k.locker.Next[shopify] = []string{"shpss_two", secretOf[shopify]} // the operator added one
	m, err := shop.Shopify{Domain: "x", Secret: "shpss_two"}.Order(shop.OrdersCreate, k.wares("1002", 1), k.Now())
	if err != nil {
		t.Fatal(err)
	}
	k.must(t, shopify, m)
	if k.locker.Reads != 1 {
		t.Errorf("%d reads", k.locker.Reads)
	}
	k.must(t, shopify, old) // in the overlap both are good
	k.locker.Next[shopify] = []string{"shpss_two"}
	k.locker.Now[shopify] = []string{"shpss_two"}
	if status := k.post(t, k.Handler, shopify, old); status != http.StatusUnauthorized {
		t.Errorf("after the overlap: %d", status)
	}
	reads := k.locker.Reads
	if status := k.post(t, k.Handler, shopify, shop.Message{Header: http.Header{}, Body: m.Body}); status != http.StatusUnauthorized || k.locker.Reads != reads {
		t.Errorf("a request without a signature: %d after %d reads", status, k.locker.Reads-reads)
	}
}

// Authentic and hostile: the sender gets 200, a person gets a card, and nobody
// gets an order.
func TestFC_79_HostileShopBodies(t *testing.T) {
	k := open(t)
	base := string(k.say(t, shopify, shop.OrdersCreate, k.wares("1001", 1)).Body)
	n := 0
	for name, body := range map[string]string{
		"not JSON": "hello", "empty": "", "depth": strings.Repeat("[", 10_000), "NaN": strings.Replace(base, `"test":false`, `"test":NaN`, 1),
		"twice": strings.Replace(base, `"test":false`, `"test":false,"test":true`, 1), "surrogate": strings.Replace(base, `"test":false`, `"x":"\ud800"`, 1),
		"huge": strings.Replace(base, `"price":"100.00"`, `"price":"1e99999999"`, 1), "many": strings.ReplaceAll(base, `quantity":1,`, `quantity":99999999999,`),
		"negative": strings.Replace(base, `"price":"100.00"`, `"price":"-1"`, 1), "full": `{"a":"` + strings.Repeat("<", trigger.BodyMax-8) + `"}`,
	} {
		n++
		header := signed(t, k, []byte(body))
		if status := k.post(t, k.Handler, shopify, shop.Message{Header: header, Body: []byte(body)}); status != http.StatusOK {
			t.Errorf("%s: %d", name, status)
		}
	}
	if p := k.parked(t); len(p) != n || len(k.orders(t)) != 0 || len(k.tray.Messages) != 0 {
		t.Errorf("%d parked of %d, %d orders, %d in the inbox", len(p), n, len(k.orders(t)), len(k.tray.Messages))
	}
	for _, p := range k.parked(t) {
		d := p.Data()
		if d.Problem == "" || d.Function != orderwebhook.Function || d.Headers["X-Shopify-Topic"] != shop.OrdersCreate {
			t.Errorf("parked %q %v", d.Problem, d.Headers)
		}
		for name := range d.Headers {
			if strings.Contains(strings.ToLower(name), "hmac") {
				t.Error("a signature was kept")
			}
		}
	}
	large := shop.Message{Header: signed(t, k, nil), Body: bytes.Repeat([]byte("x"), trigger.BodyMax+1)}
	if status := k.post(t, k.Handler, shopify, large); status != http.StatusRequestEntityTooLarge {
		t.Errorf("256 KiB and a byte: %d", status)
	}
}

// signed are Shopify's headers for any body at all.
func signed(t *testing.T, k *counter, body []byte) http.Header {
	t.Helper()
	header, err := signature.Sign(signature.Shopify, "", body, k.Now(), k.locker.Now[shopify][0])
	if err != nil {
		t.Fatal(err)
	}
	header.Set("X-Shopify-Topic", shop.OrdersCreate)
	return header
}

func TestFC_93_ForgedRequestsWriteNothing(t *testing.T) {
	k := open(t)
	m := k.say(t, shopify, shop.OrdersCreate, k.wares("1001", 1))
	reads, writes := k.Meter.Reads, k.Meter.Writes
	for i := range 500 {
		forged := m.Header.Clone()
		forged.Set("X-Shopify-Hmac-Sha256", base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{byte(i)}, 32)))
		if status := k.post(t, k.Handler, shopify, shop.Message{Header: forged, Body: m.Body}); status != http.StatusUnauthorized {
			t.Fatalf("%d", status)
		}
	}
	if k.Meter.Reads != reads || k.Meter.Writes != writes || len(k.tray.Messages) != 0 {
		t.Errorf("%d reads, %d writes, %d in the inbox", k.Meter.Reads-reads, k.Meter.Writes-writes, len(k.tray.Messages))
	}
}

func TestWooCommercePingIsAnsweredAndNothingElse(t *testing.T) {
	k := open(t)
	ping := shop.WooCommerce{Site: "x", Secret: "k"}.Ping()
	writes := k.Meter.Writes
	k.must(t, woo, ping)
	if k.Meter.Writes != writes || len(k.orders(t))+len(k.parked(t)) != 0 {
		t.Error("a ping left something behind")
	}
	for _, endpoint := range []string{shopify, generic} {
		if status := k.post(t, k.Handler, endpoint, ping); status != http.StatusUnauthorized {
			t.Errorf("a ping at %s: %d", endpoint, status)
		}
	}
}

// What a shop says of goods that left finds its order: told whole, the message
// brings the order with it; held up, it waits for a person.
func TestFulfilments(t *testing.T) {
	t.Run("a completed order that was never heard of", func(t *testing.T) {
		k := open(t)
		o := k.wares("1001", 2)
		o.Fulfilments = []shop.Fulfilment{{At: k.Now()}}
		m := k.say(t, woo, shop.WooUpdated, o)
		for range 2 {
			k.must(t, woo, m)
		}
		k.Advance(time.Hour)
		k.must(t, woo, k.say(t, woo, shop.WooUpdated, o)) // touched again in the shop
		if got := k.only(t); got.Status != orders.Shipped || len(got.Shipments) != 1 || len(k.parked(t)) != 0 {
			t.Errorf("%s, %d shipments, %d parked", got.Status, len(got.Shipments), len(k.parked(t)))
		}
	})
	t.Run("in two parts", func(t *testing.T) {
		k := open(t)
		o := k.wares("1001", 5)
		k.must(t, generic, k.say(t, generic, shop.GenericCreated, o))
		for i, units := range []int64{2, 3} {
			o.Fulfilments = append(o.Fulfilments, shop.Fulfilment{Carrier: "DHL", At: k.Now(), Lines: []shop.Fulfilled{{SKU: "CHAIR", Quantity: units}}})
			k.Advance(time.Hour)
			m := k.say(t, generic, shop.GenericFulfilled, o)
			k.must(t, generic, m)
			k.must(t, generic, m)
			if got := k.only(t); len(got.Shipments) != i+1 || got.Lines[0].Shipped != []int64{2, 5}[i] {
				t.Errorf("after part %d: %d shipments, %d shipped", i+1, len(got.Shipments), got.Lines[0].Shipped)
			}
		}
	})
	t.Run("while credit is being decided", func(t *testing.T) {
		k := open(t)
		o := k.wares("1001", 30)
		k.must(t, shopify, k.say(t, shopify, shop.OrdersCreate, o))
		o.Fulfilments = []shop.Fulfilment{{Carrier: "DHL", At: k.Now()}}
		k.must(t, shopify, k.say(t, shopify, shop.FulfilmentCreate, o))
		if got := k.only(t); len(k.parked(t)) != 0 || got.Status != orders.Received {
			t.Fatalf("%d parked, order %s", len(k.parked(t)), got.Status)
		}
		mira, _ := k.Cycle.Policy.Person("U04APPROVE")
		if _, err := k.Cycle.DecideCredit(context.Background(), k.Stamp("slack:"+mira.ID), o2c.CreditAnswer{OrderID: k.only(t).ID, By: mira, Verdict: credit.Approve, Reason: "known"}); err != nil {
			t.Fatal(err)
		}
		if got := k.only(t); got.Status != orders.Shipped || len(got.Shipments) != 1 {
			t.Errorf("%s", got.Status)
		}
	})
	t.Run("a test order is answered and never ships", func(t *testing.T) {
		k := open(t)
		o := k.wares("1001", 1)
		o.Test = true
		k.must(t, shopify, k.say(t, shopify, shop.OrdersCreate, o))
		if len(k.orders(t))+len(k.parked(t)) != 0 {
			t.Error("a test order left something behind")
		}
	})
}

// Whatever the order in which a shop's messages come: the same order, the same
// parcels, the same money, the same invoice.
func TestCap_07_MessagesOfAnOrderInAnyOrder(t *testing.T) {
	for _, endpoint := range []string{shopify, generic} {
		var want string
		permute([]int{0, 1, 2, 3}, func(sequence []int) {
			k := open(t)
			said := k.story(t, endpoint)
			for _, i := range sequence {
				k.must(t, endpoint, said[i])
			}
			for range 5 {
				k.tray.Redeliver(context.Background(), t, k.Handler)
			}
			k.Settle(t)
			o := k.only(t)
			bills := testkit.Listed[invoice.Invoice](t, k.World, "invoice")
			if len(bills) != 1 || len(k.tray.Messages)+len(k.parked(t)) != 0 {
				t.Fatalf("%s %v: %d invoices, %d in the inbox, %d parked", endpoint, sequence, len(bills), len(k.tray.Messages), len(k.parked(t)))
			}
			got := fmt.Sprint(o.Status, o.Total, o.UpdatedAt, *o.PaidAtShop, len(o.Shipments), bills[0].Data().Status, bills[0].Open())
			if want == "" {
				want = got
			}
			if got != want || bills[0].Data().Status != invoice.Paid {
				t.Errorf("%s %v: %s, want %s", endpoint, sequence, got, want)
			}
		})
	}
}

// story is an order that is placed, touched, paid through the shop's gateway
// and shipped, an hour apart each.
func (k *counter) story(t testing.TB, endpoint string) []shop.Message {
	t.Helper()
	topics := map[string][]string{
		shopify: {shop.OrdersCreate, shop.OrdersUpdated, shop.OrdersPaid, shop.FulfilmentCreate},
		generic: {shop.GenericCreated, shop.GenericUpdated, shop.GenericPaid, shop.GenericFulfilled},
	}[endpoint]
	placed := k.Now()
	o := k.wares("1001", 3)
	o.PlacedAt = placed
	var said []shop.Message
	for i, topic := range topics {
		switch i {
		case 2:
			o.FinancialStatus, o.Gateway, o.Reference = "paid", "mollie", "tr_1"
		case 3:
			o.Fulfilments = []shop.Fulfilment{{Carrier: "PostNL", Tracking: "3S1", At: k.Now()}}
		}
		m := k.say(t, endpoint, topic, o)
		if endpoint == generic { // its signature is of now; sign anew so that all are
			m = k.resigned(t, m, placed)
		}
		said = append(said, m)
		k.Advance(time.Hour)
	}
	k.Advance(placed.Sub(k.Now()))
	return said
}

// resigned is a generic message as its sender would repeat it at another time.
func (k *counter) resigned(t testing.TB, m shop.Message, at time.Time) shop.Message {
	t.Helper()
	header, err := signature.Sign(signature.Standard, m.Header.Get("Webhook-Id"), m.Body, at, k.locker.Now[generic][0])
	if err != nil {
		t.Fatal(err)
	}
	return shop.Message{Header: header, Body: m.Body}
}

func permute(items []int, visit func([]int)) {
	if len(items) <= 1 {
		visit(items)
		return
	}
	for i := range items {
		rest := append(append([]int{}, items[:i]...), items[i+1:]...)
		permute(rest, func(tail []int) { visit(append([]int{items[i]}, tail...)) })
	}
}

// A cancellation that names its order and says no more is enough, even ahead of
// it.
func TestBareCancellation(t *testing.T) {
	k := open(t)
	body := []byte(`{"type":"order.cancelled","timestamp":"2026-01-05T09:00:00Z","data":{"external_id":"1001"}}`)
	header, err := signature.Sign(signature.Standard, "msg_1", body, k.Now(), k.locker.Now[generic][0])
	if err != nil {
		t.Fatal(err)
	}
	k.must(t, generic, shop.Message{Header: header, Body: body})
	k.must(t, generic, k.say(t, generic, shop.GenericCreated, k.wares("1001", 1)))
	for range 2 {
		k.tray.Redeliver(context.Background(), t, k.Handler)
	}
	if o := k.only(t); o.Status != orders.Cancelled || len(k.tray.Messages)+len(k.parked(t)) != 0 {
		t.Errorf("%s, %d in the inbox, %d parked", o.Status, len(k.tray.Messages), len(k.parked(t)))
	}
}

// An endpoint that left the policy while its messages waited loses none.
func TestShopThatIsGone(t *testing.T) {
	k := open(t)
	m := k.say(t, generic, shop.GenericCreated, k.wares("1001", 1))
	if status := k.post(t, slowOnce(k), generic, m); status != http.StatusOK {
		t.Fatalf("%d", status)
	}
	policy := *k.Cycle.Policy
	policy.Shops = nil
	k.Cycle.Policy = &policy
	if failed := k.tray.Redeliver(context.Background(), t, k.Handler); len(failed) != 0 {
		t.Errorf("failed: %v", failed)
	}
	p := k.parked(t)
	if len(p) != 1 {
		t.Fatalf("%d parked", len(p))
	}
	if err := orderwebhook.Replay(context.Background(), k.Cycle, k.Now(), p[0].Data()); !fault.Is(err, fault.NotFound) {
		t.Errorf("%v", err)
	}
}
