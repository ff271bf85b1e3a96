// Package signature owns how a webhook proves who sent it: one verifier and one signer, driven by a table with a row per
// scheme (Stripe, Slack, Shopify, WooCommerce, Standard Webhooks). A new scheme is a new row in scheme.go.
//
// It does not own where secrets come from, which endpoint uses which scheme, deduplication of replays inside the window, or
// anything about the body's meaning: bodies are verified as raw bytes, before anybody parses them. In two schemes (Shopify,
// WooCommerce) the signature covers the body alone, so every other header of such a request is an unproven claim.
package signature

import (
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	// WindowSeconds is how far a signed timestamp may lie from the verifier's clock, into the past and into the future alike.
	// Stripe, Slack and Standard Webhooks all recommend five minutes.
	WindowSeconds = 300
	// SignaturesMax bounds the signatures that one request may present, and so the work that an unproven request can cause.
	// A sender in mid-rotation presents two.
	SignaturesMax = 5
	// HeaderBytesMax bounds each header that takes part: five Stripe signatures need 350 bytes.
	HeaderBytesMax = 1024
)

// ErrUnauthentic is what every failed verification is (errors.Is) and says: a caller answers 401 without detail, because a
// detail would tell a forger what to improve. CauseOf tells the log.
var ErrUnauthentic = errors.New("request not authentic — its signature does not verify — sign the raw body with the current secret")

// Cause is why a verification failed: one word for logs and metrics, never shown to the sender. It quotes nothing of the
// request, so no signature and no secret can reach a log through it.
type Cause string

const (
	// Missing: a header that the scheme requires is absent or empty.
	Missing Cause = "missing"
	// Malformed: a header is too long, repeated, or not of the scheme's form.
	Malformed Cause = "malformed"
	// Mismatch: no presented signature belongs to this body under any of the secrets.
	Mismatch Cause = "mismatch"
	// Stale: the signature is right and its timestamp lies outside the window: a replay, or a clock that is wrong.
	Stale Cause = "stale"
)

// unauthentic carries a cause under the one public text.
type unauthentic struct{ cause Cause }

func (unauthentic) Error() string        { return ErrUnauthentic.Error() }
func (unauthentic) Is(target error) bool { return target == ErrUnauthentic }

// CauseOf returns the cause of a failed verification, or "" if err is not one.
func CauseOf(err error) Cause {
	var u unauthentic
	if errors.As(err, &u) {
		return u.cause
	}
	return ""
}

// Verifier checks requests of one scheme against its active secrets. It is immutable and safe for concurrent use; after a
// rotation build another one.
type Verifier struct {
	scheme row
	keys   [][]byte
}

// New returns a verifier for the active secrets, of which there are several while a rotation overlaps. It fails closed: no
// secret, an empty one, or one that is not of the scheme's form is refused here, at the start, because a verifier with an
// empty key would accept what anybody can compute. The error names the scheme and the secret's position, never the secret.
func New(scheme Scheme, secrets ...string) (*Verifier, error) {
	row, keys, err := open(scheme, secrets)
	if err != nil {
		return nil, err
	}
	return &Verifier{scheme: row, keys: keys}, nil
}

// Verify reports whether body, the raw bytes as sent, carries a valid signature at the given time: nil, or an error that is
// ErrUnauthentic. The work depends on the sizes of header and body and the number of secrets alone, never on which signature
// or secret matches or on how much of one does.
func (v *Verifier) Verify(header http.Header, body []byte, at time.Time) error {
	given, cause := v.scheme.read(header)
	if cause != "" {
		return unauthentic{cause}
	}
	matches := 0
	for _, key := range v.keys {
		want := []byte(v.scheme.sign(key, given.id, given.timestamp, body))
		for _, signature := range given.signatures {
			if hmac.Equal(want, []byte(signature)) {
				matches++
			}
		}
	}
	if matches == 0 {
		return unauthentic{Mismatch}
	}
	if v.scheme.timed && !inWindow(given.timestamp, at) {
		return unauthentic{Stale}
	}
	return nil
}

// Sign returns the headers with which a sender of the scheme would post body at the given time. It is for what we send
// ourselves: outgoing webhooks, the loopback vendors and tests. Only Standard Webhooks carries an id (of the message, the same
// on each retry, without a full stop); elsewhere it is ignored. Several secrets, for a rotation at the receiver, are possible
// where the scheme presents several signatures: Stripe and Standard.
func Sign(scheme Scheme, id string, body []byte, at time.Time, secrets ...string) (http.Header, error) {
	row, keys, err := open(scheme, secrets)
	if err != nil {
		return nil, err
	}
	if len(keys) > row.signaturesMax {
		return nil, fmt.Errorf("sign for %s — %d secrets given, the scheme carries %d — sign with the newest", scheme, len(keys), row.signaturesMax)
	}
	message := presented{id: id}
	if row.timed {
		message.timestamp = strconv.FormatInt(at.Unix(), 10)
	}
	for _, key := range keys {
		message.signatures = append(message.signatures, row.sign(key, id, message.timestamp, body))
	}
	header := row.write(message)
	if _, cause := row.read(header); cause != "" {
		return nil, fmt.Errorf("sign for %s — the id or time does not fit the scheme (%s) — give an id without full stops and a time after 1970", scheme, cause)
	}
	return header, nil
}

// open finds the scheme's row and turns its secrets into keys.
func open(scheme Scheme, secrets []string) (row, [][]byte, error) {
	found, ok := schemes[scheme]
	if !ok {
		return row{}, nil, fmt.Errorf("signature scheme %q — not known — use one of stripe, slack, shopify, woocommerce, standard-webhooks", string(scheme))
	}
	if len(secrets) == 0 {
		return row{}, nil, fmt.Errorf("webhook secret for %s — none is configured — set it before starting, an unsigned webhook is never accepted", scheme)
	}
	keys := make([][]byte, len(secrets))
	for i, secret := range secrets {
		key, problem := found.key(secret)
		if problem != "" {
			return row{}, nil, fmt.Errorf("webhook secret %d of %d for %s — it %s — copy it again from the sender's settings", i+1, len(secrets), scheme, problem)
		}
		keys[i] = key
	}
	return found, keys, nil
}

// sign returns the one spelling of a signature that the scheme's sender uses. Comparing spellings instead of decoded bytes
// leaves no second spelling (upper-case hex, base64 with other padding bits or line breaks) that would verify too.
func (r row) sign(key []byte, id, timestamp string, body []byte) string {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(r.prefix(id, timestamp)))
	mac.Write(body)
	return r.encode(mac.Sum(nil))
}

// inWindow reports whether a plain decimal timestamp is at most WindowSeconds away from at.
func inWindow(timestamp string, at time.Time) bool {
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil {
		return false
	}
	age := at.Sub(time.Unix(seconds, 0))
	return -WindowSeconds*time.Second <= age && age <= WindowSeconds*time.Second
}

// plainSeconds reports whether s is a Unix time as every sender writes it: digits only, no sign, no leading zero, and few
// enough (until the year 33658) that no arithmetic on it can overflow.
func plainSeconds(s string) bool {
	return s != "" && len(s) <= 12 && s[0] != '0' && strings.Trim(s, "0123456789") == ""
}
