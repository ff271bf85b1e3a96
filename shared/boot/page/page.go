// Package page builds the customers' pages from the environment. It owns which
// variables say where payments are made; it does not own the pages.
package page

import (
	"sync"

	"github.com/caarlos0/env/v11"

	"duly/shared/o2c/fault"
	"duly/shared/o2c/party"
	"duly/shared/page"
)

// environment is what differs between deployments.
type environment struct {
	CheckoutOrigin string `env:"DULY_CHECKOUT_ORIGIN" envDefault:"https://checkout.stripe.com"`
	Brand          string `env:"DULY_BANK_BRAND" envDefault:"iDEAL | Wero"` // co-brand since 2026-03-31; iDEAL leaves it in 2027-28
}

// Lazy gives a function that prepares the pages on its first call and returns
// the same ones, or the same error, ever after.
func Lazy(seller party.Seller) func() (*page.Pages, error) {
	return sync.OnceValues(func() (*page.Pages, error) {
		e, err := env.ParseAs[environment]()
		if err != nil {
			return nil, fault.New(fault.Config, "The pages cannot be prepared", "the environment cannot be read", "check the variables that begin with DULY_").Because(err)
		}
		return page.New(page.Options{CheckoutOrigin: e.CheckoutOrigin, Brand: e.Brand, Seller: seller}), nil
	})
}
