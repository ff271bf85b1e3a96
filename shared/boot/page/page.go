// Package page builds the customers' pages, and what the function that serves
// them needs, from the environment and the secrets. It owns which variables say
// where payments are made; it does not own the pages.
package page

import (
	"context"
	"log/slog"
	"time"

	"github.com/caarlos0/env/v11"

	"duly/shared/boot/cycle"
	"duly/shared/boot/files"
	"duly/shared/boot/link"
	"duly/shared/boot/pay"
	"duly/shared/document"
	"duly/shared/handler/portal"
	"duly/shared/o2c"
	"duly/shared/o2c/fault"
	"duly/shared/page"
)

// environment is what differs between deployments.
type environment struct {
	CheckoutOrigin string `env:"DULY_CHECKOUT_ORIGIN" envDefault:"https://checkout.stripe.com"`
	Brand          string `env:"DULY_BANK_BRAND" envDefault:"iDEAL | Wero"` // co-brand since 2026-03-31; iDEAL leaves it in 2027-28
}

// Deps is what the portal needs. Without a key to the payment provider, which is
// logged, its pages offer the bank transfer alone.
func Deps(secret link.Secret, now func() time.Time, log *slog.Logger) (portal.Deps, error) {
	e, err := env.ParseAs[environment]()
	if err != nil {
		return portal.Deps{}, fault.New(fault.Config, "The pages cannot be prepared", "the environment cannot be read", "check the variables that begin with DULY_").Because(err)
	}
	c, err := cycle.FromEnvironment()
	if err != nil {
		return portal.Deps{}, err
	}
	if c.Links, err = link.Keys(context.Background(), secret); err != nil {
		return portal.Deps{}, err
	}
	archive, err := files.Lazy()()
	if err != nil {
		return portal.Deps{}, err
	}
	if c.Pay, err = payments(secret); err != nil {
		log.Error("the pages offer no payment but the bank transfer", "err", err)
		e.CheckoutOrigin, e.Brand = "", ""
	}
	pages := page.New(page.Options{CheckoutOrigin: e.CheckoutOrigin, Brand: e.Brand, Seller: c.Policy.Seller, Look: c.Policy.Look})
	return portal.Deps{Cycle: c, Pages: pages, Files: archive, Slips: document.Papers{Look: c.Policy.Look}, Now: now, Log: log}, nil
}

// payments is the payment provider; an error says why a deployment has none.
// Secrets that cannot be read now may be when a customer presses: pages do not
// wait for them.
func payments(secret link.Secret) (o2c.Payments, error) {
	gateway, err := pay.Lazy(pay.Secret(secret))(context.Background())
	switch {
	case err == nil:
		return gateway, nil
	case fault.Is(err, fault.Unavailable):
		return pay.Payments(pay.Secret(secret)), nil
	}
	return nil, err
}
