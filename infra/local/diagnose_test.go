package local

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"duly/infra/local/shop"
)

// TestConnectingAShopSaysWhatIsWrong: which of secret, raw body, clock and topic it is, in a sentence that says what to
// do; and what was understood once it is right. A request that proves nothing writes nothing (row 93).
func TestConnectingAShopSaysWhatIsWrong(t *testing.T) {
	g := guard(t)
	at := g.Clock.Now()
	o := buys(g.cast, 2)
	o.Number, o.PlacedAt, o.Note = "SO-1007", at, "Café – a/b"
	secret := g.Secrets.Shops
	shopify := func(s string) shop.Message {
		return must(t)(shop.Shopify{Domain: "x", Secret: s}.Order(shop.OrdersCreate, o, at))
	}
	woo := func(s string) shop.Message {
		return must(t)(shop.WooCommerce{Site: "https://x.example/", Secret: s}.Order(shop.WooCreated, o, at))
	}
	generic := func(at time.Time) shop.Message {
		return must(t)(shop.Generic{Secret: secret["demo-generic"]}.Order(shop.GenericCreated, o, at))
	}
	altered := func(m shop.Message, change func([]byte) []byte) shop.Message {
		m.Body = change(bytes.Clone(m.Body))
		return m
	}
	without := func(m shop.Message, header string) shop.Message { m.Header.Del(header); return m }
	topic := func(m shop.Message, said string) shop.Message { m.Header.Set("X-Shopify-Topic", said); return m }
	pretty := func(b []byte) []byte {
		var out bytes.Buffer
		_ = json.Indent(&out, b, "", "  ")
		return out.Bytes()
	}
	for _, tt := range []struct {
		name, endpoint string
		message        shop.Message
		cause, says    string
	}{
		{"another secret", "demo-shopify", shopify("wrong"), CauseSecret, "enter the secret again"},
		{"no signature", "demo-shopify", without(shopify(secret["demo-shopify"]), "X-Shopify-Hmac-Sha256"), CauseSecret, "no signature is sent"},
		{"a byte changed", "demo-shopify", altered(shopify(secret["demo-shopify"]), func(b []byte) []byte { b[len(b)/2] ^= 1; return b }), CauseSecret, "something on the way changes the raw body"},
		{"written anew", "demo-shopify", altered(shopify(secret["demo-shopify"]), pretty), CauseBody, "let proxies and middleware pass the raw bytes"},
		{"a line end more", "demo-shopify", altered(shopify(secret["demo-shopify"]), func(b []byte) []byte { return append(b, '\n') }), CauseBody, "the secret is right"},
		{"escapes taken out", "demo-woocommerce", altered(woo(secret["demo-woocommerce"]), func(b []byte) []byte { return bytes.ReplaceAll(b, []byte(`\/`), []byte("/")) }), CauseBody, "the secret is right"},
		{"an hour ago", "demo-generic", generic(at.Add(-time.Hour)), CauseClock, "set the sender's clock"},
		{"an unknown topic", "demo-shopify", topic(shopify(secret["demo-shopify"]), "bananas/create"), CauseTopic, "subscribe this endpoint to orders"},
	} {
		writes := g.Engine.Stats().Writes
		sent, err := g.Shops.Post(t.Context(), tt.endpoint, tt.message)
		if err != nil {
			t.Fatal(err)
		}
		all := g.Diagnose(tt.endpoint, 0)
		got := all[len(all)-1]
		if got.OK || got.Cause != tt.cause || !strings.Contains(got.Says, tt.says) {
			t.Errorf("%s: %+v", tt.name, got)
		}
		if sent.Status == 401 && g.Engine.Stats().Writes != writes {
			t.Errorf("%s: a refused request wrote", tt.name)
		}
		if sent.Status == 401 && strings.Contains(string(sent.Reply), "secret") {
			t.Errorf("%s: the sender is told %s", tt.name, sent.Reply)
		}
	}
	for endpoint, m := range map[string]shop.Message{"demo-shopify": shopify(secret["demo-shopify"]), "demo-woocommerce": woo(secret["demo-woocommerce"]), "demo-generic": generic(at)} {
		if _, err := g.Shops.Post(t.Context(), endpoint, m); err != nil {
			t.Fatal(err)
		}
		all := g.Diagnose(endpoint, 0)
		if got := all[len(all)-1]; !got.OK || !strings.HasPrefix(got.Says, "received, signature ok, order ") || !strings.Contains(got.Says, "1007 understood, ") {
			t.Errorf("%s: %+v", endpoint, got)
		}
	}
	strange := altered(generic(at), func(b []byte) []byte { return b })
	body := bytes.Replace(strange.Body, []byte(`"data":{`), []byte(`"data":{"colour":"red","lines_total":1,`), 1)
	again := must(t)(shop.Generic{Secret: secret["demo-generic"]}.Signed(body, at))
	if _, err := g.Shops.Post(t.Context(), "demo-generic", again); err != nil {
		t.Fatal(err)
	}
	all := g.Diagnose("demo-generic", 0)
	before := all[len(all)-2]
	if got := all[len(all)-1]; len(got.Ignored) != len(before.Ignored)+2 {
		t.Errorf("%q, before %q", got.Ignored, before.Ignored)
	}
	if _, err := g.Shops.Post(t.Context(), "demo-woocommerce", shop.WooCommerce{}.Ping()); err != nil {
		t.Fatal(err)
	}
	all = g.Diagnose("demo-woocommerce", 0)
	if got := all[len(all)-1]; !got.Trial || !got.OK {
		t.Errorf("%+v", got)
	}
}

func must(t *testing.T) func(shop.Message, error) shop.Message {
	return func(m shop.Message, err error) shop.Message {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
}

// TestBodiesAreSpelledBack: what a proxy decoded is spelled as PHP does, and back.
func TestBodiesAreSpelledBack(t *testing.T) {
	php, plain := `{"a\/b":"caf\u00e9 \ud83d\ude00 \"x\"","n":[1,"\u20ac"]}`, `{"a/b":"café 😀 \"x\"","n":[1,"€"]}`
	if got := string(escapedText([]byte(plain), true)); got != php {
		t.Errorf("got %s", got)
	}
	if got := string(plainText([]byte(php))); got != plain {
		t.Errorf("got %s", got)
	}
	for _, odd := range []string{"", `"`, `{"a`, `"\u12`, "no json"} {
		_ = asSent([]byte(odd)) // ends
	}
}
