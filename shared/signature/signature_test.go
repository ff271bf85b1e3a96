package signature_test

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"duly/shared/signature"
)

var at = time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)

const body = `{"id":820982911946154508,"note":"é €"}`

// secrets holds two valid secrets of each scheme.
var secrets = map[signature.Scheme][2]string{
	signature.Stripe:      {"whsec_canary_5f3a", "whsec_canary_77b1"},
	signature.Slack:       {"8f742231b10e8888abcd99yyyzzz85a5", "0c0ffee0c0ffee0c0ffee0c0ffee0c0f"},
	signature.Shopify:     {"hush-canary-1", "hush-canary-2"},
	signature.WooCommerce: {"ck_canary ]x1", "ck_canary ]x2"},
	signature.Standard:    {"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "C2FVsBQIhrscChlQIMV+b5sSYspob7oD"},
	signature.BigCommerce: {"5f3a2b1c5f3a2b1c5f3a2b1c5f3a2b1c5f3a2b1c5f3a2b1c5f3a2b1c5f3a2b1c", "77b1e0d277b1e0d277b1e0d277b1e0d277b1e0d277b1e0d277b1e0d277b1e0d2"},
}

func schemes() []signature.Scheme {
	return []signature.Scheme{signature.Stripe, signature.Slack, signature.Shopify, signature.WooCommerce, signature.Standard, signature.BigCommerce}
}

func verifier(t testing.TB, scheme signature.Scheme, secrets ...string) *signature.Verifier {
	t.Helper()
	v, err := signature.New(scheme, secrets...)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func signed(t testing.TB, scheme signature.Scheme, at time.Time, secrets ...string) http.Header {
	t.Helper()
	header, err := signature.Sign(scheme, "msg_1", []byte(body), at, secrets...)
	if err != nil {
		t.Fatal(err)
	}
	return header
}

// signatureHeader is the header that holds the signature, and how it reads.
func signatureHeader(header http.Header) (name, value string) {
	for _, name := range []string{"Stripe-Signature", "X-Slack-Signature", "X-Shopify-Hmac-Sha256", "X-WC-Webhook-Signature", "Webhook-Signature"} {
		if value := header.Get(name); value != "" {
			return name, value
		}
	}
	return "", ""
}

// The vectors are published by the vendors, except the two body-only ones, which any HMAC tool reproduces
// (openssl dgst -sha256 -hmac).
func TestPublishedVectors(t *testing.T) {
	slackBody := "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar" +
		"&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands" +
		"%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
	tests := []struct {
		name   string
		scheme signature.Scheme
		secret string
		header http.Header
		body   string
		at     int64
	}{
		{
			name: "Slack's documentation", scheme: signature.Slack, secret: "8f742231b10e8888abcd99yyyzzz85a5", body: slackBody, at: 1531420618,
			header: http.Header{
				"X-Slack-Request-Timestamp": {"1531420618"},
				"X-Slack-Signature":         {"v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"},
			},
		},
		{
			name: "Standard Webhooks' test suite", scheme: signature.Standard, secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
			body: `{"test": 2432232314}`, at: 1614265330,
			header: http.Header{
				"Webhook-Id":        {"msg_p5jXN8AQM9LWM0D4loKWxJek"},
				"Webhook-Timestamp": {"1614265330"},
				"Webhook-Signature": {"v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="},
			},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			v := verifier(t, tt.scheme, tt.secret)
			if err := v.Verify(tt.header, []byte(tt.body), time.Unix(tt.at, 0)); err != nil {
				t.Error(err, signature.CauseOf(err))
			}
			got, err := signature.Sign(tt.scheme, tt.header.Get("Webhook-Id"), []byte(tt.body), time.Unix(tt.at, 0), tt.secret)
			if diff := cmp.Diff(tt.header, got); diff != "" || err != nil {
				t.Errorf("Sign: %v\n%s", err, diff)
			}
		})
	}
}

// BigCommerce's documentation verifies with the library of Standard Webhooks, under its client secret in base64.
func TestBigCommerceSignsAsItsDocumentationVerifies(t *testing.T) {
	secret := secrets[signature.BigCommerce][0]
	theirs, err := standardwebhooks.NewWebhook(base64.StdEncoding.EncodeToString([]byte(secret)))
	if err != nil {
		t.Fatal(err)
	}
	said, err := theirs.Sign("msg_1", at, []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	header := http.Header{"Webhook-Id": {"msg_1"}, "Webhook-Timestamp": {strconv.FormatInt(at.Unix(), 10)}, "Webhook-Signature": {said}}
	if err := verifier(t, signature.BigCommerce, secret).Verify(header, []byte(body), at); err != nil {
		t.Error(err, signature.CauseOf(err))
	}
}

// verdict is one row of the tables below: what is done to an authentic request, and what must come of it.
type verdict struct {
	name  string
	wreck func(http.Header) // nil = leave
	body  string            // "" = the signed one
	want  signature.Cause   // "" = authentic
}

func check(t *testing.T, scheme signature.Scheme, tests []verdict) {
	t.Helper()
	for _, tt := range tests {
		t.Run(string(scheme)+"/"+tt.name, func(t *testing.T) {
			header, sent := signed(t, scheme, at, secrets[scheme][0]), body
			if tt.wreck != nil {
				tt.wreck(header)
			}
			if tt.body != "" {
				sent = tt.body
			}
			err := verifier(t, scheme, secrets[scheme][0]).Verify(header, []byte(sent), at)
			if got := signature.CauseOf(err); got != tt.want {
				t.Fatalf("cause %q, want %q", got, tt.want)
			}
			if tt.want != "" {
				alike(t, err, header)
			}
		})
	}
}

// alike asserts that a refusal says the same whatever its cause, and quotes neither request nor secret.
func alike(t *testing.T, err error, header http.Header) {
	t.Helper()
	if !errors.Is(err, signature.ErrUnauthentic) || err.Error() != signature.ErrUnauthentic.Error() {
		t.Errorf("the refusal tells its cause: %v", err)
	}
	for _, pair := range secrets {
		for _, secret := range pair {
			if strings.Contains(err.Error(), secret) {
				t.Errorf("the refusal quotes a secret: %v", err)
			}
		}
	}
	if _, value := signatureHeader(header); value != "" && strings.Contains(err.Error(), value) {
		t.Errorf("the refusal quotes the header: %v", err)
	}
}

// edit returns a wreck that rewrites the signature header.
func edit(f func(string) string) func(http.Header) {
	return func(header http.Header) {
		name, value := signatureHeader(header)
		header.Set(name, f(value))
	}
}

func TestFC_74_forged_signature_is_refused(t *testing.T) {
	foreign := func(scheme signature.Scheme) func(http.Header) {
		return func(header http.Header) {
			name, _ := signatureHeader(header)
			_, other := signatureHeader(signed(t, scheme, at, secrets[scheme][1]))
			header.Set(name, other)
		}
	}
	for _, scheme := range schemes() {
		check(t, scheme, []verdict{
			{name: "as sent"},
			{name: "another body", body: body + " ", want: signature.Mismatch},
			{name: "empty body", body: "\x00", want: signature.Mismatch},
			{name: "body still in base64", body: base64.StdEncoding.EncodeToString([]byte(body)), want: signature.Mismatch},
			{name: "another secret", wreck: foreign(scheme), want: signature.Mismatch},
			{name: "truncated", wreck: edit(func(s string) string { return s[:len(s)-1] }), want: signature.Mismatch},
			{name: "one character more", wreck: edit(func(s string) string { return s + "0" }), want: signature.Mismatch},
			{name: "too long", wreck: edit(func(s string) string { return s + strings.Repeat("0", signature.HeaderBytesMax) }), want: signature.Malformed},
			{name: "empty", wreck: edit(func(string) string { return "" }), want: signature.Missing},
			{name: "absent", wreck: func(h http.Header) { name, _ := signatureHeader(h); h.Del(name) }, want: signature.Missing},
			{name: "twice", wreck: func(h http.Header) { name, value := signatureHeader(h); h.Add(name, value) }, want: signature.Malformed},
			{name: "name in another case", wreck: func(h http.Header) {
				name, value := signatureHeader(h)
				h.Del(name)
				h.Set(strings.ToLower(name), value)
			}},
		})
	}
}

// A signature has one accepted spelling: hex does not pass for base64, nor upper case for lower.
func TestFC_74_reencoded_signature_is_refused(t *testing.T) {
	hexToBase64 := func(prefix string) func(string) string {
		return func(s string) string {
			at := strings.LastIndex(s, prefix) + len(prefix)
			mac, _ := hex.DecodeString(s[at:])
			return s[:at] + strings.TrimRight(base64.StdEncoding.EncodeToString(mac), "=") // "=" would be malformed for Stripe
		}
	}
	base64ToHex := func(s string) string {
		version, text := "", s
		if _, signed, ok := strings.Cut(","+s, ",v1,"); ok && signed != "" {
			version, text = "v1,", signed
		}
		mac, _ := base64.StdEncoding.DecodeString(text)
		return version + hex.EncodeToString(mac)
	}
	upper := func(prefix string) func(string) string {
		return func(s string) string {
			at := strings.LastIndex(s, prefix) + len(prefix)
			return s[:at] + strings.ToUpper(s[at:])
		}
	}
	check(t, signature.Stripe, []verdict{
		{name: "base64", wreck: edit(hexToBase64("v1=")), want: signature.Mismatch},
		{name: "upper case", wreck: edit(upper("v1=")), want: signature.Mismatch},
	})
	check(t, signature.Slack, []verdict{
		{name: "base64", wreck: edit(hexToBase64("v0=")), want: signature.Mismatch},
		{name: "upper case", wreck: edit(upper("v0=")), want: signature.Mismatch},
		{name: "without v0=", wreck: edit(func(s string) string { return s[3:] }), want: signature.Mismatch},
	})
	for _, scheme := range []signature.Scheme{signature.Shopify, signature.WooCommerce, signature.Standard} {
		check(t, scheme, []verdict{
			{name: "hex", wreck: edit(base64ToHex), want: signature.Mismatch},
			{name: "without padding", wreck: edit(func(s string) string { return strings.TrimRight(s, "=") }), want: signature.Mismatch},
			{name: "line break inside", wreck: edit(func(s string) string { return s[:9] + "\n" + s[9:] }), want: signature.Mismatch},
			{name: "other padding bits", wreck: edit(otherPaddingBits), want: signature.Mismatch},
		})
	}
	check(t, signature.Standard, []verdict{
		{name: "without v1,", wreck: edit(func(s string) string { return s[3:] }), want: signature.Missing},
		{name: "more behind a comma", wreck: edit(func(s string) string { return s + ",x" }), want: signature.Mismatch},
	})
}

// otherPaddingBits spells the same 32 bytes with another last character: its two lowest bits encode nothing.
func otherPaddingBits(s string) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	last := len(s) - 2
	return s[:last] + string(alphabet[strings.IndexByte(alphabet, s[last])|1]) + s[last+1:]
}

func TestFC_74_headers_with_several_parts(t *testing.T) {
	stamp := "t=" + strconv.FormatInt(at.Unix(), 10)
	check(t, signature.Stripe, []verdict{
		{name: "second t, equal", wreck: edit(func(s string) string { return s + "," + stamp }), want: signature.Malformed},
		{name: "second t, other", wreck: edit(func(s string) string { return "t=1," + s }), want: signature.Malformed},
		{name: "second t, empty", wreck: edit(func(s string) string { return s + ",t=" }), want: signature.Malformed},
		{name: "no t", wreck: edit(func(s string) string { return strings.TrimPrefix(s, stamp+",") }), want: signature.Malformed},
		{name: "t signed", wreck: edit(func(s string) string { return strings.Replace(s, "t=", "t=+", 1) }), want: signature.Malformed},
		{name: "t with a leading zero", wreck: edit(func(s string) string { return strings.Replace(s, "t=", "t=0", 1) }), want: signature.Malformed},
		{name: "t beyond any date", wreck: edit(func(s string) string { return strings.Replace(s, "t=", "t=9999999999", 1) }), want: signature.Malformed},
		{name: "other elements", wreck: edit(func(s string) string { return "v0=00," + s + ",v2=ff" })},
		{name: "v0 alone", wreck: edit(func(s string) string { return strings.Replace(s, "v1=", "v0=", 1) }), want: signature.Missing},
		{name: "an element without =", wreck: edit(func(s string) string { return s + ",x" }), want: signature.Malformed},
		{name: "an element with two =", wreck: edit(func(s string) string { return s + ",x=y=z" }), want: signature.Malformed},
		{name: "five signatures, the last right", wreck: edit(func(s string) string { return strings.Replace(s, "v1=", strings.Repeat("v1=00,", 4)+"v1=", 1) })},
		{name: "six signatures", wreck: edit(func(s string) string { return strings.Repeat("v1=00,", 5) + s }), want: signature.Malformed},
	})
	check(t, signature.Standard, []verdict{
		{name: "other versions", wreck: edit(func(s string) string { return "v1a,xyz " + s + " v2,abc" })},
		{name: "v1a alone", wreck: edit(func(s string) string { return strings.Replace(s, "v1,", "v1a,", 1) }), want: signature.Missing},
		{name: "five signatures, the last right", wreck: edit(func(s string) string { return strings.Repeat("v1,x ", 4) + s })},
		{name: "six signatures", wreck: edit(func(s string) string { return s + strings.Repeat(" v1,x", 5) }), want: signature.Malformed},
		{name: "no id", wreck: func(h http.Header) { h.Del("Webhook-Id") }, want: signature.Missing},
		{name: "another id", wreck: func(h http.Header) { h.Set("Webhook-Id", "msg_2") }, want: signature.Mismatch},
		{name: "no time", wreck: func(h http.Header) { h.Del("Webhook-Timestamp") }, want: signature.Missing},
		{name: "time in words", wreck: func(h http.Header) { h.Set("Webhook-Timestamp", "now") }, want: signature.Malformed},
		{name: "a millisecond later", wreck: func(h http.Header) { h.Set("Webhook-Timestamp", h.Get("Webhook-Timestamp")+"001") }, want: signature.Malformed},
	})
	check(t, signature.Slack, []verdict{
		{name: "no time", wreck: func(h http.Header) { h.Del("X-Slack-Request-Timestamp") }, want: signature.Missing},
		{name: "time twice", wreck: func(h http.Header) { h.Add("X-Slack-Request-Timestamp", "1") }, want: signature.Malformed},
		{name: "another time", wreck: func(h http.Header) { h.Set("X-Slack-Request-Timestamp", strconv.FormatInt(at.Unix()+1, 10)) }, want: signature.Mismatch},
	})
}

// The border between id, time and body cannot be moved: the message below was signed with the id "a", and the same bytes read
// as another, fresher message with the id "a.1767603600".
func TestFC_74_full_stop_in_the_id_is_refused(t *testing.T) {
	secret := secrets[signature.Standard][0]
	fresh := strconv.FormatInt(at.Unix()+3600, 10)
	header, err := signature.Sign(signature.Standard, "a", []byte(fresh+`.{"amount":1}`), at, secret)
	if err != nil {
		t.Fatal(err)
	}
	header.Set("Webhook-Id", "a."+header.Get("Webhook-Timestamp"))
	header.Set("Webhook-Timestamp", fresh)
	err = verifier(t, signature.Standard, secret).Verify(header, []byte(`{"amount":1}`), at.Add(time.Hour))
	if signature.CauseOf(err) != signature.Malformed {
		t.Errorf("got %v (%s)", err, signature.CauseOf(err))
	}
	if _, err := signature.Sign(signature.Standard, "a.b", nil, at, secret); err == nil {
		t.Error("Sign accepts an id that Verify refuses")
	}
}

// Allocations stand for work here: they are exact where time is not.
func TestFC_74_equal_work_whichever_secret_matches(t *testing.T) {
	for _, scheme := range schemes() {
		pair := secrets[scheme]
		first, second := verifier(t, scheme, pair[0], pair[1]), verifier(t, scheme, pair[1], pair[0])
		header := signed(t, scheme, at, pair[0])
		work := func(v *signature.Verifier, sent string) float64 {
			return testing.AllocsPerRun(100, func() { _ = v.Verify(header, []byte(sent), at) })
		}
		matchFirst, matchLast := work(first, body), work(second, body)
		none := work(first, strings.Replace(body, "8", "9", 1))
		if matchFirst != matchLast || none != matchLast {
			t.Errorf("%s: %v allocations when the first secret matches, %v for the last, %v for none", scheme, matchFirst, matchLast, none)
		}
	}
}

func TestFC_75_empty_or_missing_secret_refuses_the_start(t *testing.T) {
	tests := []struct {
		name    string
		scheme  signature.Scheme
		secrets []string
		want    string // part of the error
	}{
		{"no secret", signature.Stripe, nil, "none is configured"},
		{"empty", signature.Stripe, []string{""}, "secret 1 of 1 for stripe — it is empty"},
		{"empty beside a good one", signature.Slack, []string{"good", ""}, "secret 2 of 2 for slack — it is empty"},
		{"blank", signature.Shopify, []string{" \t"}, "white space"},
		{"pasted with its line break", signature.WooCommerce, []string{"canary\n"}, "white space"},
		{"prefix alone", signature.Standard, []string{"whsec_"}, "shorter than 24 bytes"},
		{"too short", signature.Standard, []string{"whsec_Y2FuYXJ5"}, "shorter than 24 bytes"},
		{"too short", signature.BigCommerce, []string{"canary"}, "shorter than 24 characters"},
		{"not base64", signature.Standard, []string{"whsec_canary!"}, "not base64"},
		{"unknown scheme", "md5", []string{"canary"}, `"md5" — not known`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			v, err := signature.New(tt.scheme, tt.secrets...)
			if err == nil || v != nil || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("New: %v, want %q", err, tt.want)
			}
			if errors.Is(err, signature.ErrUnauthentic) || signature.CauseOf(err) != "" {
				t.Error("a wrong configuration passes for a forged request")
			}
			if strings.Contains(err.Error(), "canary") {
				t.Errorf("the error quotes the secret: %v", err)
			}
			if _, err := signature.Sign(tt.scheme, "id", nil, at, tt.secrets...); err == nil {
				t.Error("Sign accepts what New refuses")
			}
		})
	}
}

func TestFC_76_two_sided_window(t *testing.T) {
	tests := []struct {
		skew time.Duration // the verifier's clock, seen from the sender's
		want signature.Cause
	}{
		{0, ""},
		{299 * time.Second, ""},
		{300 * time.Second, ""},
		{300*time.Second + 1, signature.Stale},
		{301 * time.Second, signature.Stale},
		{24 * time.Hour, signature.Stale},
		{-300 * time.Second, ""},
		{-300*time.Second - 1, signature.Stale},
		{-24 * time.Hour, signature.Stale},
		{-292 * 365 * 24 * time.Hour, signature.Stale},
	}
	for _, scheme := range []signature.Scheme{signature.Stripe, signature.Slack, signature.Standard, signature.BigCommerce} {
		v, header := verifier(t, scheme, secrets[scheme][0]), signed(t, scheme, at, secrets[scheme][0])
		for _, tt := range tests {
			err := v.Verify(header, []byte(body), at.Add(tt.skew))
			if got := signature.CauseOf(err); got != tt.want {
				t.Errorf("%s %v: cause %q, want %q", scheme, tt.skew, got, tt.want)
			}
		}
		// A forgery is called one even when it is old: only the holder of a secret can be merely late.
		if err := v.Verify(header, []byte("forged"), at.Add(time.Hour)); signature.CauseOf(err) != signature.Mismatch {
			t.Errorf("%s: an old forgery is %q", scheme, signature.CauseOf(err))
		}
	}
	for _, scheme := range []signature.Scheme{signature.Shopify, signature.WooCommerce} {
		header := signed(t, scheme, at, secrets[scheme][0])
		if err := verifier(t, scheme, secrets[scheme][0]).Verify(header, []byte(body), at.AddDate(1, 0, 0)); err != nil {
			t.Errorf("%s signs no time, yet: %v", scheme, err)
		}
	}
}

// Inside the window the same request verifies again: dropping it is the seen-key's work, not ours.
func TestFC_76_replay_inside_the_window_verifies(t *testing.T) {
	for _, scheme := range schemes() {
		v, header := verifier(t, scheme, secrets[scheme][0]), signed(t, scheme, at, secrets[scheme][0])
		for range 2 {
			if err := v.Verify(header, []byte(body), at.Add(time.Minute)); err != nil {
				t.Errorf("%s: %v", scheme, err)
			}
		}
	}
}

func TestFC_78_old_and_new_secret_verify_during_a_rotation(t *testing.T) {
	for _, scheme := range schemes() {
		old, fresh := secrets[scheme][0], secrets[scheme][1]
		overlap, after := verifier(t, scheme, fresh, old), verifier(t, scheme, fresh)
		for _, tt := range []struct {
			name   string
			v      *signature.Verifier
			secret string
			want   signature.Cause
		}{
			{"overlap, old", overlap, old, ""}, {"overlap, new", overlap, fresh, ""},
			{"after, old", after, old, signature.Mismatch}, {"after, new", after, fresh, ""},
		} {
			err := tt.v.Verify(signed(t, scheme, at, tt.secret), []byte(body), at)
			if got := signature.CauseOf(err); got != tt.want {
				t.Errorf("%s %s: cause %q, want %q", scheme, tt.name, got, tt.want)
			}
		}
	}
}

// A sender in mid-rotation signs with both; whichever secret the receiver holds, one signature fits.
func TestFC_78_sender_signs_with_two_secrets(t *testing.T) {
	for _, scheme := range schemes() {
		both, err := signature.Sign(scheme, "msg_1", []byte(body), at, secrets[scheme][0], secrets[scheme][1])
		if scheme != signature.Stripe && scheme != signature.Standard && scheme != signature.BigCommerce {
			if err == nil {
				t.Errorf("%s: two signatures where the scheme carries one", scheme)
			}
			continue
		}
		for _, secret := range secrets[scheme] {
			if err := errors.Join(err, verifier(t, scheme, secret).Verify(both, []byte(body), at)); err != nil {
				t.Errorf("%s: %v", scheme, err)
			}
		}
	}
}

func TestSignRefusesWhatVerifyWould(t *testing.T) {
	if _, err := signature.Sign(signature.Standard, "", nil, at, secrets[signature.Standard][0]); err == nil {
		t.Error("no id")
	}
	if _, err := signature.Sign(signature.Stripe, "", nil, time.Unix(-1, 0), secrets[signature.Stripe][0]); err == nil {
		t.Error("a time before 1970")
	}
}

func TestCauseOfAForeignError(t *testing.T) {
	if got := signature.CauseOf(errors.New("other")); got != "" {
		t.Errorf("got %q", got)
	}
	if got := signature.CauseOf(nil); got != "" {
		t.Errorf("got %q", got)
	}
}

func BenchmarkVerify(b *testing.B) {
	sent := []byte(strings.Repeat("x", 8<<10))
	for _, scheme := range schemes() {
		v := verifier(b, scheme, secrets[scheme][0], secrets[scheme][1])
		header, err := signature.Sign(scheme, "msg_1", sent, at, secrets[scheme][0])
		if err != nil {
			b.Fatal(err)
		}
		b.Run(string(scheme), func(b *testing.B) {
			b.SetBytes(int64(len(sent)))
			for b.Loop() {
				if err := v.Verify(header, sent, at); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
