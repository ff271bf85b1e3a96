package webhook

import (
	"context"
	"encoding/json"
	"strings"
	"sync"
	"time"

	"duly/functions"
	"duly/shared/handler/webhook"
	"duly/shared/o2c/fault"
)

// Secret reads a secret by its name below the stage's path, as it stands now.
type Secret func(ctx context.Context, name string) (string, error)

// How long secrets are trusted, and how long the last look at one stands even
// when its signature does not fit or it could not be read: a forger must not
// make us read secrets (failures.md 4.3, row 78).
const (
	trustMax = 5 * time.Minute
	lookMin  = time.Minute
)

// Keyring holds the endpoints' signing secrets as they were last read.
type Keyring struct {
	secret Secret
	name   func(endpoint string) string // of the endpoint's secret
	now    func() time.Time
	mu     sync.Mutex
	rings  map[string]ring
}

var _ webhook.Secrets = (*Keyring)(nil)

// ring is what is known of one endpoint.
type ring struct {
	secrets []string
	readAt  time.Time
	err     error // of the last look, when it gave nothing
}

// NewKeyring holds nothing yet; a secret is read when it is first asked for.
func NewKeyring(secret Secret, name func(endpoint string) string, now func() time.Time) *Keyring {
	return &Keyring{secret: secret, name: name, now: now, rings: map[string]ring{}}
}

// StripeSecret and ShopSecret are where an endpoint's signing secrets lie.
func StripeSecret(string) string { return functions.SecretStripeWebhook }

// ShopSecret is the secret of a shop's endpoint in the family of them.
func ShopSecret(endpoint string) string {
	return strings.TrimSuffix(functions.SecretShopWebhooks, "*") + endpoint
}

// Active gives the secrets of an endpoint, newest first.
func (k *Keyring) Active(ctx context.Context, endpoint string) ([]string, error) {
	r, _ := k.look(ctx, endpoint, trustMax)
	return r.secrets, r.err
}

// Renewed reads them anew, unless somebody looked a moment ago.
func (k *Keyring) Renewed(ctx context.Context, endpoint string) (secrets []string, read bool, err error) {
	r, read := k.look(ctx, endpoint, lookMin)
	return r.secrets, read, r.err
}

// look reads a secret when the last look is older than it may be. Secrets that
// were good stay in use while no newer ones can be read.
func (k *Keyring) look(ctx context.Context, endpoint string, olderThan time.Duration) (ring, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	r, now := k.rings[endpoint], k.now()
	if r.err != nil {
		olderThan = lookMin
	}
	if !r.readAt.IsZero() && now.Sub(r.readAt) < olderThan {
		return r, false
	}
	r.readAt = now
	written, err := k.secret(ctx, k.name(endpoint))
	if secrets := split(written); err == nil && len(secrets) > 0 {
		r.secrets, r.err = secrets, nil
	} else if len(r.secrets) == 0 {
		r.err = fault.New(fault.Config, "No signature can be verified", "the secret "+k.name(endpoint)+" is missing or empty", "enter it with: aws ssm put-parameter --type SecureString --overwrite --name /duly/<stage>/"+k.name(endpoint)).Because(err)
	}
	k.rings[endpoint] = r
	return r, true
}

// split reads the active secrets of one parameter: a JSON array of them, or one
// a line; a single secret stands as it is.
func split(written string) []string {
	var all []string
	if json.Unmarshal([]byte(written), &all) != nil {
		all = strings.Split(written, "\n")
	}
	var out []string
	for _, s := range all {
		if s = strings.TrimSpace(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}
