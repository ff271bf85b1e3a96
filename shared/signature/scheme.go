package signature

import (
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"strings"
)

// Scheme names a row of the table; the constants are its values in configuration.
type Scheme string

const (
	// Stripe signs "t.body" in hex: https://docs.stripe.com/webhooks#verify-manually
	Stripe Scheme = "stripe"
	// Slack signs "v0:t:body" in hex: https://docs.slack.dev/authentication/verifying-requests-from-slack
	Slack Scheme = "slack"
	// Shopify signs the body alone in base64, without a time: https://shopify.dev/docs/apps/build/webhooks/verify-deliveries
	Shopify Scheme = "shopify"
	// WooCommerce signs the body alone in base64, without a time; its first ping comes unsigned and form-encoded:
	// https://developer.woocommerce.com/docs/apis/rest-api/webhooks
	WooCommerce Scheme = "woocommerce"
	// Standard is Standard Webhooks 1.0, "id.t.body" in base64, symmetric "v1" signatures only:
	// https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
	Standard Scheme = "standard-webhooks"
	// BigCommerce signs as Standard Webhooks do, with the characters of the API account's client secret as the key:
	// https://developer.bigcommerce.com/docs/integrations/webhooks/https-webhook-overview#webhook-signature
	BigCommerce Scheme = "bigcommerce"
)

// schemes is the table. Read it as: where the parts stand, what is signed, how it is spelled, what a secret looks like.
var schemes = map[Scheme]row{
	Stripe: {
		signature: "Stripe-Signature", timed: true, signaturesMax: SignaturesMax,
		split: splitStripe, join: joinStripe,
		prefix: func(_, t string) string { return t + "." }, encode: hex.EncodeToString, key: literal,
	},
	Slack: {
		signature: "X-Slack-Signature", timestamp: "X-Slack-Request-Timestamp", timed: true, signaturesMax: 1,
		split: one, join: only,
		prefix: func(_, t string) string { return "v0:" + t + ":" }, encode: slackHex, key: literal,
	},
	Shopify: {
		signature: "X-Shopify-Hmac-Sha256", signaturesMax: 1,
		split: one, join: only,
		prefix: nothing, encode: base64.StdEncoding.EncodeToString, key: literal,
	},
	WooCommerce: {
		signature: "X-WC-Webhook-Signature", signaturesMax: 1,
		split: one, join: only,
		prefix: nothing, encode: base64.StdEncoding.EncodeToString, key: literal,
	},
	Standard: {
		signature: "Webhook-Signature", timestamp: "Webhook-Timestamp", id: "Webhook-Id", timed: true, signaturesMax: SignaturesMax,
		split: splitStandard, join: joinStandard,
		prefix: signedStandard, encode: standardBase64, key: base64Secret,
	},
	BigCommerce: {
		signature: "Webhook-Signature", timestamp: "Webhook-Timestamp", id: "Webhook-Id", timed: true, signaturesMax: SignaturesMax,
		split: splitStandard, join: joinStandard,
		prefix: signedStandard, encode: standardBase64, key: longSecret,
	},
}

func signedStandard(id, t string) string { return id + "." + t + "." }

// row is one scheme.
type row struct {
	signature     string // header with the signatures
	timestamp     string // header with the signed Unix time; "" = inside the signature header, or none
	id            string // header with the signed message id; "" = none
	timed         bool   // a time is signed, so the window applies
	signaturesMax int    // signatures that one request carries at most
	split         func(value string) (timestamp string, signatures []string, ok bool)
	join          func(timestamp string, signatures []string) string
	prefix        func(id, timestamp string) string    // signed before the body
	encode        func(mac []byte) string              // the spelling of one signature
	key           func(secret string) ([]byte, string) // the HMAC key, or what is wrong with the secret
}

// presented is what a request claims: not proven yet.
type presented struct {
	id, timestamp string
	signatures    []string
}

// read takes the presented parts out of the headers.
func (r row) read(header http.Header) (presented, Cause) {
	value, cause := single(header, r.signature)
	if cause != "" {
		return presented{}, cause
	}
	var p presented
	var ok bool
	p.timestamp, p.signatures, ok = r.split(value)
	if !ok || len(p.signatures) > r.signaturesMax {
		return presented{}, Malformed
	}
	if len(p.signatures) == 0 {
		return presented{}, Missing
	}
	if r.timestamp != "" {
		if p.timestamp, cause = single(header, r.timestamp); cause != "" {
			return presented{}, cause
		}
	}
	if r.timed && !plainSeconds(p.timestamp) {
		return presented{}, Malformed
	}
	if r.id != "" {
		if p.id, cause = single(header, r.id); cause != "" {
			return presented{}, cause
		}
		// A full stop in the id would move the border between id, time and body of a message that we once accepted
		// (Standard Webhooks, "Signature scheme").
		if strings.Contains(p.id, ".") {
			return presented{}, Malformed
		}
	}
	return p, ""
}

// write is the inverse of read.
func (r row) write(p presented) http.Header {
	header := http.Header{}
	header.Set(r.signature, r.join(p.timestamp, p.signatures))
	if r.timestamp != "" {
		header.Set(r.timestamp, p.timestamp)
	}
	if r.id != "" {
		header.Set(r.id, p.id)
	}
	return header
}

// single returns a header that must stand exactly once. A repeated one is refused: which of two counts would depend on the
// gateway in front of us (net/http keeps both, API Gateway joins them with a comma).
func single(header http.Header, name string) (string, Cause) {
	values := header.Values(name)
	switch {
	case len(values) == 0 || values[0] == "":
		return "", Missing
	case len(values) > 1 || len(values[0]) > HeaderBytesMax:
		return "", Malformed
	}
	return values[0], ""
}

// splitStripe reads "t=1495999758,v1=abc,v1=def,v0=ghi". Elements of other schemes are skipped, as Stripe asks. A second t is
// refused: Stripe never sends one, and libraries differ on which of the two they believe.
func splitStripe(value string) (timestamp string, signatures []string, ok bool) {
	for element := range strings.SplitSeq(value, ",") {
		name, content, found := strings.Cut(element, "=")
		if !found || strings.Contains(content, "=") {
			return "", nil, false
		}
		switch name {
		case "t":
			if timestamp != "" || content == "" {
				return "", nil, false
			}
			timestamp = content
		case "v1":
			signatures = append(signatures, content)
		}
	}
	return timestamp, signatures, true
}

func joinStripe(timestamp string, signatures []string) string {
	return "t=" + timestamp + ",v1=" + strings.Join(signatures, ",v1=")
}

// splitStandard reads "v1,abc v1a,def v1,ghi": the spec asks to skip versions that one does not know.
func splitStandard(value string) (_ string, signatures []string, ok bool) {
	for element := range strings.SplitSeq(value, " ") {
		if strings.HasPrefix(element, "v1,") {
			signatures = append(signatures, element)
		}
	}
	return "", signatures, true
}

func joinStandard(_ string, signatures []string) string { return strings.Join(signatures, " ") }

func one(value string) (string, []string, bool) { return "", []string{value}, true }

func only(_ string, signatures []string) string { return signatures[0] }

func nothing(string, string) string { return "" }

func slackHex(mac []byte) string { return "v0=" + hex.EncodeToString(mac) }

func standardBase64(mac []byte) string { return "v1," + base64.StdEncoding.EncodeToString(mac) }

// literal is a secret whose characters are the key, a prefix like Stripe's "whsec_" included.
func literal(secret string) (key []byte, problem string) {
	switch {
	case secret == "":
		return nil, "is empty"
	case strings.TrimSpace(secret) != secret:
		return nil, "begins or ends with white space"
	}
	return []byte(secret), ""
}

// secretBytesMin is the least key length of Standard Webhooks ("at least 24 bytes").
const secretBytesMin = 24

// base64Secret is a secret of Standard Webhooks: the key in base64, after an optional "whsec_".
func base64Secret(secret string) (key []byte, problem string) {
	if key, problem = literal(secret); problem != "" {
		return nil, problem
	}
	key, err := base64.StdEncoding.Strict().DecodeString(strings.TrimPrefix(string(key), "whsec_"))
	switch {
	case err != nil:
		return nil, `is not base64 after "whsec_"`
	case len(key) < secretBytesMin:
		return nil, "is shorter than 24 bytes"
	}
	return key, ""
}

// longSecret is a secret whose characters are the key, as many as Standard Webhooks ask for.
func longSecret(secret string) (key []byte, problem string) {
	if key, problem = literal(secret); problem == "" && len(key) < secretBytesMin {
		return nil, "is shorter than 24 characters"
	}
	return key, problem
}
