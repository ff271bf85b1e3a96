package parity

import (
	"fmt"
	"net/http"
	"path"
	"strings"
	"time"

	"duly/events"
	"duly/infra/local"
	"duly/shared/signature"
)

// sample is a file of events/ as its sender posts it.
type sample struct {
	name   string
	path   string
	header http.Header
	body   []byte
}

// samples are all files of events/ that are posted, each signed; the others are
// what the outside reads or what we publish.
func samples(r *local.Runtime, at time.Time) ([]sample, error) {
	var all []sample
	for _, sender := range []string{"generic", "shopify", "woocommerce", "bigcommerce", "stripe"} {
		files, err := events.FS.ReadDir(sender)
		if err != nil {
			return nil, err
		}
		for _, f := range files {
			body, err := events.FS.ReadFile(sender + "/" + f.Name())
			if err != nil {
				return nil, err
			}
			if sender == "bigcommerce" && !strings.HasPrefix(f.Name(), "notice-") {
				continue // its API's answers
			}
			s, err := signed(r, sender, f.Name(), body, at)
			if err != nil {
				return nil, fmt.Errorf("sign %s/%s: %w", sender, f.Name(), err)
			}
			all = append(all, s)
		}
	}
	return all, nil
}

// signed posts a sample as its platform does.
func signed(r *local.Runtime, sender, name string, body []byte, at time.Time) (sample, error) {
	s := sample{name: sender + "/" + name, path: "/webhooks/demo-" + sender, body: body}
	words := strings.Split(strings.TrimSuffix(name, path.Ext(name)), "-")
	secret, scheme, id := r.Secrets.Shops["demo-"+sender], signature.Standard, "msg_"+strings.ReplaceAll(name, ".", "_")
	switch sender {
	case "stripe":
		s.path, secret, scheme = "/webhooks/stripe", r.Secrets.StripeWebhook, signature.Stripe
	case "shopify":
		scheme = signature.Shopify
	case "woocommerce":
		scheme = signature.WooCommerce
	}
	var err error
	if s.header, err = signature.Sign(scheme, id, body, at, secret); err != nil {
		return s, err
	}
	s.header.Set("Content-Type", "application/json")
	switch sender {
	case "shopify":
		s.header.Set("X-Shopify-Topic", words[0]+"/"+words[1])
		s.header.Set("X-Shopify-Webhook-Id", id)
	case "woocommerce":
		if s.header.Set("X-WC-Webhook-Topic", words[0]); len(words) > 1 {
			s.header.Set("X-WC-Webhook-Topic", words[0]+"."+words[1])
		}
		s.header.Set("X-WC-Webhook-Delivery-ID", id)
		if path.Ext(name) == ".form" {
			s.header.Set("Content-Type", "application/x-www-form-urlencoded")
			s.header.Del("X-WC-Webhook-Topic")
		}
	}
	return s, nil
}
