package main

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"duly/infra/local"
	"duly/infra/local/demo"
	"duly/infra/local/shop"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/money"
)

// eventVerb prints a webhook as a shop would send it.
type eventVerb struct {
	target
	What     string `arg:"" enum:"shopify.order,woocommerce.order,generic.order" help:"shopify.order, woocommerce.order or generic.order."`
	Amount   string `default:"1240.00" help:"Total before tax, in euros."`
	Customer string `default:"acme" help:"Who orders: vos, acme, krause, lumiere, dewit or noord."`
	Number   string `default:"SO-7001" help:"The order's number."`
	Sign     bool   `help:"Print the headers too, signed for the state's demo."`
}

// Run prints headers, an empty line and the body, as HTTP has them.
func (v *eventVerb) Run(c *console) error {
	platform, _, _ := strings.Cut(v.What, ".")
	net, err := money.Parse(v.Amount, "EUR")
	if err != nil || !net.IsPositive() {
		return fault.Bad("/amount", v.Amount+" is no amount", "write it as 1240.00")
	}
	now, err := v.now(c)
	if err != nil {
		return err
	}
	r, err := local.Open(local.Options{BaseURL: "http://127.0.0.1:8700", Start: now, Seed: v.Seed, Manual: true})
	if err != nil {
		return err
	}
	defer r.Close()
	cast, err := local.LoadCast()
	if err != nil {
		return err
	}
	buyer, ok := cast.Buyer(v.Customer)
	if !ok {
		return fault.Missing("customer of the demo", v.Customer)
	}
	o := shop.Order{
		Number: v.Number, PlacedAt: now, Currency: "EUR", Customer: buyer.Customer(), Gateway: "invoice",
		Lines: []shop.Line{{SKU: "DIVERSE", Name: "Goods", Quantity: 1, UnitPriceMinor: net.Minor}},
	}
	message, err := r.Shops.Message(local.ShopOrder{Endpoint: "demo-" + platform, Order: o}, local.Placed)
	if err != nil {
		return err
	}
	if v.Sign {
		header := http.Header(message.Header)
		for _, name := range slices.Sorted(maps.Keys(header)) {
			fmt.Fprintf(c.out, "%s: %s\n", name, strings.Join(header[name], ", "))
		}
		fmt.Fprintln(c.out)
	}
	fmt.Fprintf(c.out, "%s\n", message.Body)
	return nil
}

// now is the time of the demo that runs on the state, because a signature is
// good for five minutes; else the machine's.
func (v *eventVerb) now(c *console) (time.Time, error) {
	var clock struct {
		Now time.Time `json:"now"`
	}
	err := v.with(c, func(d *demo.Client) error { return d.Do(c.ctx, http.MethodGet, "/demo/clock", nil, &clock) })
	if fault.Is(err, fault.NotFound) {
		return time.Now(), nil
	}
	return clock.Now, err
}
