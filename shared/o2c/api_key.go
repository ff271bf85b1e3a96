package o2c

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"duly/shared/o2c/fault"
)

// The scopes of a key. Neither includes the other.
const (
	ScopeRead  = "read"
	ScopeWrite = "write"
)

// keyLengthMin is the least length of a key. Keys are random and long, so that
// a plain SHA-256 at rest gives nothing to guess.
const keyLengthMin = 24

// KeyData is what is kept of a program's key: never the key itself.
type KeyData struct {
	Hash      string    `json:"id"`   // SHA-256 of the key, in hexadecimal
	Name      string    `json:"name"` // of the program; what it does is done by "api:" and its name
	Scopes    []string  `json:"scopes"`
	CreatedAt time.Time `json:"created_at"`
	RevokedAt time.Time `json:"revoked_at,omitzero"`
}

// May reports whether the key has a scope.
func (d KeyData) May(scope string) bool { return slices.Contains(d.Scopes, scope) }

// Actor is who acts in what the key's program does.
func (d KeyData) Actor() string { return "api:" + d.Name }

// apiKey is the right of one program to use the API.
type apiKey struct{ data KeyData }

// Kind, ID and ListKey make the key a document.
func (k *apiKey) Kind() string    { return "apikey" }
func (k *apiKey) ID() string      { return k.data.Hash }
func (k *apiKey) ListKey() string { return k.data.CreatedAt.UTC().Format(time.RFC3339Nano) }

// MarshalJSON and UnmarshalJSON are the store's door.
func (k *apiKey) MarshalJSON() ([]byte, error) { return json.Marshal(k.data) }
func (k *apiKey) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &k.data) }

func keyHash(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// CreateKey lets whoever has the secret use the API in the scopes. The same
// secret again changes nothing.
func (c *Cycle) CreateKey(ctx context.Context, s Stamp, name string, scopes []string, secret string) (KeyData, error) {
	d := KeyData{Hash: keyHash(secret), Name: name, Scopes: scopes, CreatedAt: s.At}
	switch {
	case name == "":
		return KeyData{}, fault.Bad("/name", "the key has no name", "say which program it is for")
	case len(secret) < keyLengthMin:
		return KeyData{}, fault.Bad("/secret", fmt.Sprintf("a key of %d characters can be guessed", len(secret)), fmt.Sprintf("take at least %d random ones", keyLengthMin))
	case len(scopes) == 0 || slices.ContainsFunc(scopes, func(s string) bool { return s != ScopeRead && s != ScopeWrite }):
		return KeyData{}, fault.Bad("/scopes", fmt.Sprintf("the scopes are %v", scopes), "give read, write or both")
	}
	err := c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		known, err := find[apiKey](ctx, tx, d.Hash)
		if err != nil {
			return err
		}
		if known != nil {
			d = known.data
			return nil
		}
		return tx.Save(&apiKey{data: d}, Fact{Type: "apikey.created", Data: map[string]any{"name": name, "scopes": scopes}})
	})
	return d, err
}

// KeyFor finds the key behind a bearer token. One that is missing, unknown or
// revoked fails in the same words.
func (c *Cycle) KeyFor(ctx context.Context, bearer string) (KeyData, error) {
	none := fault.New(fault.NoAccess, "This needs a key of the API", "the bearer key is missing, unknown or revoked", "send the header Authorization: Bearer with a valid key")
	if bearer == "" {
		return KeyData{}, none
	}
	k, err := find[apiKey](ctx, NewTx(c.Store), keyHash(bearer))
	if err != nil {
		return KeyData{}, err
	}
	if k == nil || !k.data.RevokedAt.IsZero() {
		return KeyData{}, none
	}
	return k.data, nil
}

// RevokeKey ends a key, named by its hash, for good.
func (c *Cycle) RevokeKey(ctx context.Context, s Stamp, hash string) error {
	return c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		k, err := get[apiKey](ctx, tx, hash)
		if err != nil || !k.data.RevokedAt.IsZero() {
			return err
		}
		k.data.RevokedAt = s.At
		return tx.Save(k, Fact{Type: "apikey.revoked", Data: map[string]string{"name": k.data.Name}})
	})
}
