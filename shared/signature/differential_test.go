package signature_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"flag"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/slack-go/slack"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"github.com/stripe/stripe-go/v76/webhook"

	"duly/shared/signature"
)

// Our verifier against the vendors' libraries: random requests, many of them almost right. We may refuse what a library accepts,
// for a reason that stands in the rival's list; we never accept what it refuses. The libraries read the wall clock, so each run
// lives in a synctest bubble, whose clock starts at 2000-01-01 and moves only when the test sleeps: boundaries are exact.

// A release runs a million: go test ./shared/signature -run differential -requests 350000
var differentialRuns = flag.Int("requests", 120_000, "random requests per library")

type request struct {
	header http.Header
	body   []byte
	secret string
	at     time.Time
}

// reason is why we refuse what the library accepts.
type reason struct {
	why     string
	applies func(request) bool
}

type rival struct {
	scheme  signature.Scheme
	name    string // canonical signature header
	accepts func(request) bool
	draw    func(*rand.Rand, request) http.Header
	reasons []reason
}

func rivals() []rival {
	twice := reason{"a header stands twice, the library takes the first", func(r request) bool {
		for _, values := range r.header {
			if len(values) > 1 {
				return true
			}
		}
		return false
	}}
	long := func(name string) reason {
		return reason{"the header is longer than 1,024 bytes", func(r request) bool { return len(r.header.Get(name)) > signature.HeaderBytesMax }}
	}
	blank := reason{"the secret begins or ends with white space", func(r request) bool { return strings.TrimSpace(r.secret) != r.secret }}
	elements := func(r request, name, separator, prefix string) (found []string) {
		for element := range strings.SplitSeq(r.header.Get(name), separator) {
			if content, ok := strings.CutPrefix(element, prefix); ok {
				found = append(found, content)
			}
		}
		return found
	}
	odd := func(timestamp string) bool {
		seconds, err := strconv.ParseUint(timestamp, 10, 63)
		return err != nil || strconv.FormatUint(seconds, 10) != timestamp
	}
	upper := func(s string) bool { return strings.ToLower(s) != s }
	return []rival{
		{
			scheme: signature.Stripe, name: "Stripe-Signature", draw: drawStripe,
			accepts: func(r request) bool {
				return webhook.ValidatePayload(r.body, r.header.Get("Stripe-Signature"), r.secret) == nil
			},
			reasons: []reason{
				{"the secret is empty: anybody can sign", func(r request) bool { return r.secret == "" }},
				blank, twice, long("Stripe-Signature"),
				{"a second t=, the library takes the last", func(r request) bool { return len(elements(r, "Stripe-Signature", ",", "t=")) > 1 }},
				{"t is not plain digits", func(r request) bool {
					return slices.ContainsFunc(elements(r, "Stripe-Signature", ",", "t="), odd)
				}},
				{"t lies more than 300 s in the future", func(r request) bool {
					t := elements(r, "Stripe-Signature", ",", "t=")
					seconds, err := strconv.ParseInt(t[0], 10, 64)
					return err == nil && time.Unix(seconds, 0).Sub(r.at) > 300*time.Second
				}},
				{"more than five v1", func(r request) bool {
					return len(elements(r, "Stripe-Signature", ",", "v1=")) > signature.SignaturesMax
				}},
				{"upper-case hex", func(r request) bool { return slices.ContainsFunc(elements(r, "Stripe-Signature", ",", "v1="), upper) }},
			},
		},
		{
			scheme: signature.Slack, name: "X-Slack-Signature", draw: drawSlack,
			accepts: func(r request) bool {
				v, err := slack.NewSecretsVerifier(r.header, r.secret)
				if err != nil {
					return false
				}
				_, err = v.Write(r.body)
				return err == nil && v.Ensure() == nil
			},
			reasons: []reason{
				blank, twice,
				{"the timestamp is not plain digits", func(r request) bool { return odd(r.header.Get("X-Slack-Request-Timestamp")) }},
				{"upper-case hex", func(r request) bool { return upper(r.header.Get("X-Slack-Signature")) }},
			},
		},
		{
			scheme: signature.Standard, name: "Webhook-Signature", draw: drawStandard,
			accepts: func(r request) bool {
				v, err := standardwebhooks.NewWebhook(r.secret)
				return err == nil && v.Verify(r.body, r.header) == nil
			},
			reasons: []reason{
				{"the key is shorter than 24 bytes, or empty", func(r request) bool {
					key, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(r.secret, "whsec_"))
					return len(key) < 24
				}},
				blank, twice, long("Webhook-Signature"),
				{"the timestamp is not plain digits", func(r request) bool { return odd(r.header.Get("Webhook-Timestamp")) }},
				{"a full stop in the id", func(r request) bool { return strings.Contains(r.header.Get("Webhook-Id"), ".") }},
				{"more than five v1", func(r request) bool {
					return len(elements(r, "Webhook-Signature", " ", "v1,")) > signature.SignaturesMax
				}},
				{"more behind a second comma", func(r request) bool {
					return slices.ContainsFunc(elements(r, "Webhook-Signature", " ", "v1,"), func(s string) bool { return strings.Contains(s, ",") })
				}},
			},
		},
	}
}

func TestFC_74_differential(t *testing.T) {
	for _, rival := range rivals() {
		t.Run(string(rival.scheme), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { differential(t, rival) })
		})
	}
}

func differential(t *testing.T, rival rival) {
	random := rand.New(rand.NewPCG(42, uint64(len(rival.scheme))))
	at := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC) // where a bubble's clock starts
	seen := map[string]int{}
	for i := range *differentialRuns {
		if i%64 == 0 {
			step := time.Duration(random.Int64N(int64(3 * time.Second)))
			time.Sleep(step)
			at = at.Add(step)
		}
		r := request{at: at, body: drawBody(random), secret: drawSecret(random, rival.scheme)}
		r.header = rival.draw(random, r)
		spoil(random, rival.name, &r)

		ours := false
		if v, err := signature.New(rival.scheme, r.secret); err == nil {
			ours = v.Verify(r.header, r.body, r.at) == nil
		}
		switch theirs := rival.accepts(r); {
		case ours && theirs:
			seen["both accept"]++
		case ours:
			t.Fatalf("request %d: we accept what the library refuses: %+v body %q", i, r, r.body)
		case !theirs:
			seen["both refuse"]++
		default:
			at := slices.IndexFunc(rival.reasons, func(why reason) bool { return why.applies(r) })
			if at < 0 {
				t.Fatalf("request %d: we refuse what the library accepts, without a reason: %+v body %q", i, r, r.body)
			}
			seen["only the library accepts: "+rival.reasons[at].why]++
		}
	}
	for _, why := range rival.reasons {
		if seen["only the library accepts: "+why.why] == 0 {
			t.Errorf("never seen, so not a reason: %s", why.why)
		}
	}
	if least := *differentialRuns / 10; seen["both accept"] < least || seen["both refuse"] < least {
		t.Errorf("the mix teaches little: %v", seen)
	}
	for _, what := range slices.Sorted(maps.Keys(seen)) {
		t.Logf("%8d %s", seen[what], what)
	}
}

// The rest draws requests. Signatures are computed here a second time, from the vendors' pages, not with the code under test.

func mac(key, text string) []byte {
	m := hmac.New(sha256.New, []byte(key))
	m.Write([]byte(text))
	return m.Sum(nil)
}

func chance(random *rand.Rand, percent int) bool { return random.IntN(100) < percent }

func pick[T any](random *rand.Rand, from ...T) T { return from[random.IntN(len(from))] }

func drawBody(random *rand.Rand) []byte {
	body := make([]byte, random.IntN(48))
	for i := range body {
		body[i] = byte(random.UintN(256))
	}
	return body
}

func drawSecret(random *rand.Rand, scheme signature.Scheme) string {
	if scheme == signature.Standard {
		size := 24 + random.IntN(41)
		if chance(random, 4) {
			size = random.IntN(24)
		}
		key := make([]byte, size)
		for i := range key {
			key[i] = byte(random.UintN(256))
		}
		secret := pick(random, "whsec_", "") + base64.StdEncoding.EncodeToString(key)
		if chance(random, 2) {
			secret += "\n" // base64 skips it, so the library does
		}
		return secret
	}
	if chance(random, 2) {
		return ""
	}
	return pick(random, "whsec_", "") + strconv.FormatUint(random.Uint64(), 36) + pick(random, "", "", "", "", "", "", " ")
}

// drawStamp returns a timestamp as sent: mostly close to the window's edges, sometimes oddly spelled.
func drawStamp(random *rand.Rand, at time.Time) string {
	skew := pick(random, 0, 0, 0, 1, -1, 299, 300, 301, -299, -300, -301, random.Int64N(1<<20)-1<<19, random.Int64N(1<<33)-1<<32)
	seconds := strconv.FormatInt(at.Unix()+skew, 10)
	if chance(random, 94) {
		return seconds
	}
	return pick(random, "+", "0", "00", "-", " ", "", "1e", "0x", "99999999999") + seconds + pick(random, "", "", "", " ", ".0", "x")
}

// plain is the timestamp as a library that parses and prints it again would sign it.
func plain(random *rand.Rand, stamp string) string {
	if seconds, err := strconv.ParseInt(stamp, 10, 64); err == nil && chance(random, 50) {
		return strconv.FormatInt(seconds, 10)
	}
	return stamp
}

func respell(random *rand.Rand, signature string) string {
	if chance(random, 88) {
		return signature
	}
	cut := random.IntN(len(signature))
	return pick(random, strings.ToUpper(signature), signature[:cut], signature[:cut]+pick(random, "0", "=", "+", "A", "\n")+signature[cut:], signature+",x", signature+"=", "")
}

func drawStripe(random *rand.Rand, r request) http.Header {
	stamp := drawStamp(random, r.at)
	right := hex.EncodeToString(mac(r.secret, plain(random, stamp)+"."+string(r.body)))
	parts := []string{"t=" + stamp, "v1=" + respell(random, right)}
	for range pick(random, 0, 0, 0, 1, 2, 5) {
		parts = append(parts, pick(random, "v0="+right, "v1=00", "v1=zz", "v1="+right, "v2=", "x=y", "v1="+hex.EncodeToString(mac("other", stamp))))
	}
	if chance(random, 4) {
		parts = append(parts, pick(random, "t=", "t="+stamp, "t=1", "T="+stamp, " t=1", "", "v1", "a=b=c", strings.Repeat("x=y,", 300)+"x=y"))
	}
	random.Shuffle(len(parts), func(i, j int) { parts[i], parts[j] = parts[j], parts[i] })
	return http.Header{"Stripe-Signature": {strings.Join(parts, ",")}}
}

func drawSlack(random *rand.Rand, r request) http.Header {
	stamp := drawStamp(random, r.at)
	right := hex.EncodeToString(mac(r.secret, "v0:"+plain(random, stamp)+":"+string(r.body)))
	version := pick(random, "v0=", "v0=", "v0=", "v0=", "v0=", "v0=", "v0=", "", "v1=", "V0=", "v0=v0=")
	return http.Header{"X-Slack-Request-Timestamp": {stamp}, "X-Slack-Signature": {version + respell(random, right)}}
}

func drawStandard(random *rand.Rand, r request) http.Header {
	stamp := drawStamp(random, r.at)
	id := pick(random, "msg_1", "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W", "é", "1.2", "-", "msg 1", "msg_3", "msg_4", "msg_5", "")
	key, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(r.secret, "whsec_"))
	right := base64.StdEncoding.EncodeToString(mac(string(key), id+"."+plain(random, stamp)+"."+string(r.body)))
	parts := []string{pick(random, "v1,", "v1,", "v1,", "v1,", "v1,", "v1,", "v1", "v1a,", "v1=", "") + respell(random, right)}
	for range pick(random, 0, 0, 0, 1, 2, 12) {
		parts = append(parts, pick(random, "v1a,xyz", "v1,"+right, "v1,AA==", "v2,"+right, "v1", ",", ""))
	}
	if chance(random, 2) {
		parts = append(parts, strings.Repeat("v2,abc ", 160))
	}
	random.Shuffle(len(parts), func(i, j int) { parts[i], parts[j] = parts[j], parts[i] })
	return http.Header{"Webhook-Id": {id}, "Webhook-Timestamp": {stamp}, "Webhook-Signature": {strings.Join(parts, " ")}}
}

// spoil changes one request in three after it was signed, at a random place.
func spoil(random *rand.Rand, name string, r *request) {
	if chance(random, 66) {
		return
	}
	value := r.header.Get(name)
	switch cut := random.IntN(len(value) + 1); random.IntN(8) {
	case 0:
		r.body = append(r.body, byte(random.UintN(256)))
	case 1:
		if len(r.body) > 0 {
			r.body[random.IntN(len(r.body))] ^= 1 << random.UintN(8)
		}
	case 2:
		r.secret += pick(random, "x", "A", "=", "\t")
	case 3:
		delete(r.header, pick(random, slices.Sorted(maps.Keys(r.header))...))
	case 4:
		name := pick(random, slices.Sorted(maps.Keys(r.header))...)
		r.header[name] = append(r.header[name], pick(random, r.header[name][0], "", "x"))
	case 5:
		r.header.Set(name, value[:cut])
	case 6:
		r.header.Set(name, value[:cut]+string(rune(random.UintN(128)))+value[cut:])
	case 7:
		if cut < len(value) {
			r.header.Set(name, value[:cut]+string(value[cut]^1<<random.UintN(7))+value[cut+1:])
		}
	}
}
