package local

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"

	"duly/functions"
	"duly/shared/o2c"
)

// Secrets are what the demo's services and functions share. They are derived
// from the seed, so that they survive a restart, and guard nothing of worth.
type Secrets struct {
	Shops         map[string]string // by endpoint
	ShopKeys      map[string]string // of their own interfaces, by endpoint
	Subscribers   map[string]string // by name
	StripeWebhook string
	StripeKey     string
	SlackSigning  string
	SlackBot      string
	APIKey        string
	LinkKeys      o2c.LinkKeys
}

// deriveSecrets spells each secret as its vendor does.
func deriveSecrets(seed int64, p *o2c.Policy) Secrets {
	derive := func(what string) []byte {
		mac := hmac.New(sha256.New, fmt.Appendf(nil, "duly demo %d", seed))
		mac.Write([]byte(what))
		return mac.Sum(nil)
	}
	word := func(what string) string { return hex.EncodeToString(derive(what)) }
	s := Secrets{
		Shops:         map[string]string{},
		ShopKeys:      map[string]string{},
		Subscribers:   map[string]string{},
		StripeWebhook: "whsec_" + word("stripe webhook"),
		StripeKey:     "sk_test_" + word("stripe key"),
		SlackSigning:  word("slack signing")[:32],
		SlackBot:      "xoxb-" + word("slack bot"),
		APIKey:        "duly_test_" + word("api key"),
		LinkKeys:      o2c.LinkKeys{{ID: "k1", Secret: derive("link key")}},
	}
	for _, shop := range p.Shops {
		s.Shops[shop.Endpoint] = word("shop " + shop.Endpoint)
		if shop.Platform == "generic" {
			s.Shops[shop.Endpoint] = "whsec_" + base64.StdEncoding.EncodeToString(derive("shop "+shop.Endpoint))
		}
		key := word("shop api " + shop.Endpoint)
		switch shop.Platform {
		case "shopify":
			s.ShopKeys[shop.Endpoint] = "shpat_" + key[:32]
		case "woocommerce":
			s.ShopKeys[shop.Endpoint] = "ck_" + key[:20] + ":cs_" + key[20:40]
		case "bigcommerce":
			s.ShopKeys[shop.Endpoint] = key[:31]
		}
	}
	for _, to := range p.Subscribers {
		s.Subscribers[to.Name] = "whsec_" + base64.StdEncoding.EncodeToString(derive("subscriber "+to.Name))
	}
	return s
}

// parameters are the secrets by their names in the parameter store.
func (s Secrets) parameters(prefix string) map[string]string {
	values := map[string]string{
		prefix + "/" + functions.SecretStripeWebhook: s.StripeWebhook,
		prefix + "/" + functions.SecretStripeAPI:     s.StripeKey,
		prefix + "/" + functions.SecretSlackSigning:  s.SlackSigning,
		prefix + "/" + functions.SecretSlackBot:      s.SlackBot,
		prefix + "/" + functions.SecretAgency:        agencyUser + ":" + agencyPassword,
		prefix + "/" + functions.SecretAccessPoint:   accessPointKey,
	}
	for _, key := range s.LinkKeys {
		values[prefix+"/"+functions.SecretLinkKey] += key.ID + ":" + base64.StdEncoding.EncodeToString(key.Secret) + "\n"
	}
	for endpoint, secret := range s.Shops {
		values[prefix+"/shop/webhook/"+endpoint] = secret
	}
	for endpoint, key := range s.ShopKeys {
		values[prefix+"/shop/api/"+endpoint] = key
	}
	for name, secret := range s.Subscribers {
		values[prefix+"/subscriber/"+name] = secret
	}
	return values
}
