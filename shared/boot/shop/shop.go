// Package shop opens the shops' own interfaces, with the keys of their endpoints.
// It does not own what is read there, or how a platform speaks (shared/shop).
package shop

import (
	"context"
	"net/http"
	"strings"

	"duly/functions"
	"duly/shared/o2c"
	"duly/shared/o2c/fault"
	"duly/shared/shop"
)

// APIs opens a shop's own interface with the key of its endpoint; a shop
// without an address or a key cannot be asked.
func APIs(secret func(ctx context.Context, name string) (string, error), client *http.Client) func(context.Context, o2c.Shop) (o2c.ShopAPI, error) {
	return func(ctx context.Context, s o2c.Shop) (o2c.ShopAPI, error) {
		if s.URL == "" {
			return nil, o2c.ErrNoShopAPI
		}
		name := strings.TrimSuffix(functions.SecretShopAPIs, "*") + s.Endpoint
		key, err := secret(ctx, name)
		if err != nil {
			return nil, fault.New(fault.Config, "The shop cannot be asked", "the secret "+name+" cannot be read", "enter it with: duly secret set "+name).Because(err)
		}
		return shop.API(s.Platform, shop.Access{URL: s.URL, Key: strings.TrimSpace(key), HTTP: client})
	}
}
