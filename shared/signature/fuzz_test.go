package signature_test

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"github.com/stripe/stripe-go/v76/webhook"

	"duly/shared/signature"
)

// Each target holds any headers and body against what must be true of an accepted request: the signature of exactly this body,
// computed a second time below, stands in the header in its one spelling, and the time is near.

func FuzzStripe(f *testing.F) {
	fuzz(f, signature.Stripe, "Stripe-Signature", "", func(key, _, _, header string, body []byte) bool {
		elements := strings.Split(header, ",")
		timestamp := elements[slices.IndexFunc(elements, func(s string) bool { return strings.HasPrefix(s, "t=") })][2:]
		return slices.Contains(elements, "v1="+hex.EncodeToString(mac(key, timestamp+"."+string(body)))) &&
			webhook.ValidatePayloadIgnoringTolerance(body, header, key) == nil
	})
}

func FuzzSlack(f *testing.F) {
	fuzz(f, signature.Slack, "X-Slack-Signature", "X-Slack-Request-Timestamp", func(key, _, timestamp, header string, body []byte) bool {
		return header == "v0="+hex.EncodeToString(mac(key, "v0:"+timestamp+":"+string(body)))
	})
}

func FuzzShopify(f *testing.F) {
	fuzz(f, signature.Shopify, "X-Shopify-Hmac-Sha256", "", bodyAlone)
}

func FuzzWooCommerce(f *testing.F) {
	fuzz(f, signature.WooCommerce, "X-WC-Webhook-Signature", "", bodyAlone)
}

func bodyAlone(key, _, _, header string, body []byte) bool {
	return header == base64.StdEncoding.EncodeToString(mac(key, string(body)))
}

func FuzzStandard(f *testing.F) {
	fuzz(f, signature.Standard, "Webhook-Signature", "Webhook-Timestamp", func(secret, id, timestamp, header string, body []byte) bool {
		v, err := standardwebhooks.NewWebhook(secret)
		sent := http.Header{"Webhook-Id": {id}, "Webhook-Timestamp": {timestamp}, "Webhook-Signature": {header}}
		return err == nil && v.VerifyIgnoringTimestamp(body, sent) == nil
	})
}

func fuzz(f *testing.F, scheme signature.Scheme, name, timeName string, right func(secret, id, timestamp, header string, body []byte) bool) {
	secret := secrets[scheme][0]
	v := verifier(f, scheme, secret)
	header := signed(f, scheme, at, secret)
	f.Add(header.Get(name), header.Get(timeName), header.Get("Webhook-Id"), []byte(body), at.Unix())
	f.Add(strings.ToUpper(header.Get(name)), header.Get(timeName), "a.b", []byte(body), at.Unix())
	f.Add("t=1,t=2,v1=", "+1", "", []byte(nil), int64(-1))
	f.Fuzz(func(t *testing.T, value, timestamp, id string, body []byte, unix int64) {
		now := time.Unix(unix, 0)
		sent := http.Header{}
		sent.Set(name, value)
		sent.Set("Webhook-Id", id)
		if timeName != "" {
			sent.Set(timeName, timestamp)
		}
		err := v.Verify(sent, body, now)
		if err == nil {
			if !right(secret, id, timestamp, value, body) {
				t.Fatalf("accepted %q %q %q for %q", value, timestamp, id, body)
			}
			return
		}
		if !errors.Is(err, signature.ErrUnauthentic) || err.Error() != signature.ErrUnauthentic.Error() || signature.CauseOf(err) == "" {
			t.Fatalf("a refusal that is not one: %v", err)
		}
		// The fuzzer cannot guess a MAC, so sign its body and look whether that is accepted at its time.
		genuine, err := signature.Sign(scheme, id, body, now, secret)
		if err != nil {
			if unix > 0 && unix < 1e12 && id != "" && !strings.Contains(id, ".") && len(id) <= signature.HeaderBytesMax {
				t.Fatalf("cannot sign: %v", err)
			}
			return
		}
		if err := v.Verify(genuine, body, now); err != nil {
			t.Fatalf("own signature refused: %s", signature.CauseOf(err))
		}
		if !right(secret, id, strconv.FormatInt(unix, 10), genuine.Get(name), body) {
			t.Fatalf("own signature is not the vendor's: %v", genuine)
		}
	})
}
