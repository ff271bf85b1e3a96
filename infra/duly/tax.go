package main

import (
	"net/http"
	"net/url"

	"duly/infra/local/demo"
)

// taxVerb writes what is declared to the tax authorities as files.
type taxVerb struct {
	SalesListing salesListingVerb `cmd:"" help:"What was supplied without tax to whom in other member states (ICP), as CSV."`
	OneStopShop  oneStopShopVerb  `cmd:"" help:"The Union return of the One Stop Shop, as CSV."`
}

// quarterly is a quarter's file, on the standard output.
type quarterly struct {
	target
	Quarter string `arg:"" optional:"" placeholder:"2026-Q1" help:"The last one that is over when left out."`
}

type (
	salesListingVerb struct{ quarterly }
	oneStopShopVerb  struct{ quarterly }
)

// Run prints the sales listing.
func (v *salesListingVerb) Run(c *console) error { return v.print(c, "/v1/tax/sales-listing/csv") }

// Run prints the return of the One Stop Shop.
func (v *oneStopShopVerb) Run(c *console) error { return v.print(c, "/v1/tax/one-stop-shop/csv") }

func (v *quarterly) print(c *console, path string) error {
	var raw []byte
	if err := v.with(c, func(d *demo.Client) error {
		return d.Do(c.ctx, http.MethodGet, path+"?quarter="+url.QueryEscape(v.Quarter), nil, &raw)
	}); err != nil {
		return err
	}
	_, err := c.out.Write(raw)
	return err
}
