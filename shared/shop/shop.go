// Package shop owns how the e-commerce platforms speak: one file per platform
// that turns its webhook bodies into order messages, and the table that says
// with which scheme each of them signs and where it names the topic. A new
// platform is a file and a row.
//
// It does not own verifying signatures (shared/signature), deduplication, or
// what becomes of an order. Nothing of a platform's own shapes leaves it.
package shop

import (
	"net/http"
	"net/url"
	"strings"

	"duly/shared/o2c/fault"
	"duly/shared/o2c/order"
	"duly/shared/signature"
)

// Platform is one row: how a platform's webhooks are signed and read.
type Platform struct {
	Scheme signature.Scheme
	// TopicHeader names the header that carries the topic; "" when the signed
	// body does. A header is not signed, so Translate holds it against the body.
	TopicHeader string
	// Translate turns a verified body into a message. Its error is a
	// *fault.Error: Unreadable when the body is not what the platform sends,
	// Invalid with a JSON pointer when a field that counts cannot be used.
	Translate func(topic string, body []byte) (order.Message, error)
	// Trial recognises an unsigned request with which the platform tries a new
	// endpoint out; nil when there is none.
	Trial func(http.Header, []byte) bool
}

// platforms is the table, by the names that duly.yaml uses.
var platforms = map[string]Platform{
	"shopify":     {Scheme: signature.Shopify, TopicHeader: "X-Shopify-Topic", Translate: translateShopify},
	"woocommerce": {Scheme: signature.WooCommerce, TopicHeader: "X-Wc-Webhook-Topic", Translate: translateWooCommerce, Trial: wooPing},
	"bigcommerce": {Scheme: signature.BigCommerce, Translate: translateBigCommerce},
	"generic":     {Scheme: signature.Standard, Translate: translateGeneric},
}

// Find looks a platform up.
func Find(name string) (Platform, bool) {
	p, ok := platforms[name]
	return p, ok
}

// wooPing is what WooCommerce posts when a webhook is saved: "webhook_id=12",
// form-encoded and without a signature.
func wooPing(header http.Header, body []byte) bool {
	if !strings.HasPrefix(header.Get("Content-Type"), "application/x-www-form-urlencoded") || len(body) > 64 {
		return false
	}
	form, err := url.ParseQuery(string(body))
	return err == nil && len(form) == 1 && form.Get("webhook_id") != ""
}

// unreadable says that a body is not what the platform sends; the key names the sentence in other languages.
func unreadable(key, why, do string, about ...any) error {
	return fault.New(fault.Unreadable, "The shop's message cannot be read", why, do).Keyed(key).With(about...)
}

// swapped says that the topic and the body disagree. The topic stands in a
// header that no signature covers (row 77 of the failure catalogue), so the
// body is right and the message is not acted upon.
func swapped(topic, body string) error {
	return unreadable("shop.swapped", "its topic is {topic}, its body is {body}", "look whether somebody changes headers on the way", "topic", topic, "body", body)
}
