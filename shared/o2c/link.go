package o2c

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"duly/shared/o2c/fault"
)

// LinkKeys are the secrets from which customers' links are derived; the newest
// comes first, older ones keep opening what they opened.
type LinkKeys []LinkKey

// LinkKey is one secret with its short public id.
type LinkKey struct {
	ID     string // two characters, in the token
	Secret []byte
}

// Link kinds: one document each, the statement one customer.
const (
	LinkInvoice   = "i"
	LinkOrder     = "o"
	LinkQuote     = "q"
	LinkStatement = "s"
)

// Scope is what a token opens.
type Scope struct {
	Page       string // LinkInvoice, …
	Subject    Key
	Contact    string // whom the link was sent to
	Generation int    // part of the token, so that another generation is another link
	Key        string // id of the key that it was granted under; "": the newest
}

// Token is the key's id and 160 bits of HMAC over the scope, in lower-case
// base32 (design §5). It can be derived again and is kept nowhere.
func (k LinkKeys) Token(s Scope) (string, error) {
	i := max(0, slices.IndexFunc(k, func(key LinkKey) bool { return key.ID == s.Key }))
	if len(k) == 0 || len(k[i].Secret) < 16 {
		return "", fault.New(fault.Config, "No link can be made", "the link key is missing or shorter than 16 bytes", "set the secret link-key")
	}
	mac := hmac.New(sha256.New, k[i].Secret)
	for _, part := range []string{s.Page, s.Subject.String(), s.Contact, strconv.Itoa(s.Generation)} {
		fmt.Fprintf(mac, "%d:%s", len(part), part)
	}
	sum := base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(mac.Sum(nil)[:20])
	return k[i].ID + strings.ToLower(sum), nil
}

// Newest is the id of the key that links are granted under now.
func (k LinkKeys) Newest() string {
	if len(k) == 0 {
		return ""
	}
	return k[0].ID
}

// tokenAlias is the name under which the table knows a token: its hash, so that
// the table opens nothing.
func tokenAlias(page, token string) Alias {
	sum := sha256.Sum256([]byte(page + ":" + token))
	return Alias{Space: "token", Value: hex.EncodeToString(sum[:])}
}

// URL is the customer's address of a page.
func (p *Policy) URL(page, token string) string { return p.BaseURL + "/" + page + "/" + token }

// grant stages a link to a document for a contact.
func (c *Cycle) grant(tx *Tx, s Scope) error {
	token, err := c.Links.Token(s)
	if err != nil {
		return err
	}
	tx.Name(tokenAlias(s.Page, token), s.Subject)
	return nil
}
