package main

import (
	"fmt"
	"net/http"
	"net/url"

	"duly/infra/local/demo"
	"duly/shared/handler/api"
)

// productVerb is about products and their stock.
type productVerb struct {
	Receive productReceiveVerb `cmd:"" help:"Book goods in: orders that wait get theirs, those first that were promised first."`
}

// productReceiveVerb books goods in, as POST /v1/products/{sku}/receipts does.
type productReceiveVerb struct {
	target
	SKU       string `arg:"" help:"Of the product."`
	Quantity  int64  `arg:"" help:"Units that came in."`
	Reference string `help:"Such as the supplier's delivery note."`
	JSON      bool   `name:"json" help:"Print the product as JSON."`
}

// Run books and says what is on the shelf now.
func (v *productReceiveVerb) Run(c *console) error {
	return v.with(c, func(d *demo.Client) error {
		var p api.Product
		in := api.GoodsInput{Quantity: v.Quantity, Reference: v.Reference}
		if err := d.Do(c.ctx, http.MethodPost, "/v1/products/"+url.PathEscape(v.SKU)+"/receipts", in, &p); err != nil {
			return err
		}
		if v.JSON {
			return indented(c.out, p)
		}
		fmt.Fprintf(c.out, "%s  %s  %d came in; %s\n", p.SKU, p.Name, v.Quantity, shelf(p))
		return nil
	})
}

// shelf says how much there is, and how much of it is free.
func shelf(p api.Product) string {
	if p.Stock == nil {
		return "its stock is not tracked"
	}
	said := fmt.Sprintf("%d on the shelf, %d free", *p.Stock, p.Available)
	if p.Backordered > 0 {
		said += fmt.Sprintf(", %d still wanted", p.Backordered)
	}
	return said
}
