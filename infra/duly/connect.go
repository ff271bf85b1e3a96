package main

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"duly/infra/local"
	"duly/infra/local/demo"
	"duly/shared/o2c/fault"
)

// connectVerb walks through connecting a shop and waits for its first event.
type connectVerb struct {
	target
	Platform string        `arg:"" enum:"shopify,woocommerce,bigcommerce,generic" help:"What the shop runs on: shopify, woocommerce, bigcommerce or generic."`
	Endpoint string        `help:"The shop's endpoint in duly.yaml; the first of the platform when left out."`
	Timeout  time.Duration `default:"10m" help:"How long to wait for the first event."`
}

// manual is how a platform's webhooks are set up.
type manual struct {
	where  string
	topics []string
	note   string
}

var manuals = map[string]manual{
	"shopify": {
		where:  "Shopify admin → Settings → Notifications → Webhooks → Create webhook, format JSON, one per topic",
		topics: []string{"orders/create", "orders/updated", "orders/cancelled", "orders/paid", "fulfillments/create", "fulfillments/update", "refunds/create"},
		note:   "Shopify shows the secret below the list of webhooks; keep it in Duly with: duly secret set shop/webhook/%s",
	},
	"woocommerce": {
		where:  "WooCommerce → Settings → Advanced → Webhooks → Add webhook, API version WP REST API v3, status Active, one per topic",
		topics: []string{"order.created", "order.updated", "order.deleted", "order.restored"},
		note:   "Paste the secret into each webhook; in Duly it is kept as shop/webhook/%s",
	},
	"bigcommerce": {
		where:  "BigCommerce control panel → Settings → Store-level API accounts, then POST /v3/hooks once per scope",
		topics: []string{"store/order/*", "store/shipment/*"},
		note: "BigCommerce signs with the client secret of the API account and posts ids alone; keep the secret in Duly with: duly secret set shop/webhook/%[1]s\n" +
			"Orders are read through its API: set url: https://api.bigcommerce.com/stores/<store hash> in duly.yaml, and keep an access token that may read orders and transactions with: duly secret set shop/api/%[1]s\n" +
			"Stock follows the shop with two more scopes, store/product/inventory/* and store/sku/inventory/*, and a token that may read products",
	},
	"generic": {
		where:  "Your program: sign with Standard Webhooks (headers webhook-id, webhook-timestamp, webhook-signature)",
		topics: []string{"order.created", "order.updated", "order.cancelled", "order.paid", "order.fulfilled", "order.refunded"},
		note:   "The secret is kept in Duly as shop/webhook/%s",
	},
}

// Run prints what to copy, then what became of each event, until one was
// understood.
func (v *connectVerb) Run(c *console) error {
	return v.with(c, func(d *demo.Client) error {
		shop, err := v.shop(d.Info.Shops)
		if err != nil {
			return err
		}
		m := manuals[v.Platform]
		fmt.Fprintf(c.out, "Connect %s\n%s\n\n", shop.Endpoint, m.where)
		fmt.Fprintf(c.out, "URL      %s\nSecret   %s\nTopics   %s\n\n", shop.URL, shop.Secret, strings.Join(m.topics, " "))
		fmt.Fprintf(c.out, m.note+"\n", shop.Endpoint)
		if !d.Running() {
			return fault.New(fault.StateInUse, "Nobody listens at this URL", "no demo runs on the state", "start it: make demo STATE="+v.State+", then connect")
		}
		return v.wait(c, d, shop.Endpoint)
	})
}

func (v *connectVerb) shop(all []demo.ShopInfo) (demo.ShopInfo, error) {
	i := slices.IndexFunc(all, func(s demo.ShopInfo) bool {
		return s.Platform == v.Platform && (v.Endpoint == "" || v.Endpoint == s.Endpoint)
	})
	if i < 0 {
		return demo.ShopInfo{}, fault.New(fault.Config, "duly.yaml has no such shop", strings.TrimSpace("none of its shops is "+v.Platform+" "+v.Endpoint), "add a line to its shops, e.g. { endpoint: my-shop, platform: "+v.Platform+" }")
	}
	return all[i], nil
}

// wait prints what arrives from now on.
func (v *connectVerb) wait(c *console, d *demo.Client, endpoint string) error {
	fmt.Fprintf(c.out, "Waiting for the first event … (Ctrl-C ends)\n")
	last, err := v.arrived(c, d, endpoint, 0)
	if err != nil {
		return err
	}
	after := 0
	if n := len(last); n > 0 {
		after = last[n-1].ID
	}
	for waited := time.Duration(0); waited < v.Timeout; waited += pollEvery {
		came, err := v.arrived(c, d, endpoint, after)
		if err != nil {
			return err
		}
		for _, e := range came {
			after = e.ID
			switch {
			case e.OK && !e.Trial:
				fmt.Fprintf(c.out, "✓ %s\n", e.Says)
				return nil
			case e.OK:
				fmt.Fprintf(c.out, "· %s\n", e.Says)
			default:
				fmt.Fprintf(c.out, "✗ not taken: %s — %s\n", e.Cause, e.Says)
			}
		}
		if err := wait(c.ctx, pollEvery); err != nil {
			return err
		}
	}
	return fault.New(fault.NotFound, "No event was understood in "+v.Timeout.String(), "the shop posted nothing that Duly could use", "send a test event from the shop, then connect again")
}

func (v *connectVerb) arrived(c *console, d *demo.Client, endpoint string, after int) ([]local.Diagnosis, error) {
	var page struct {
		Items []local.Diagnosis `json:"items"`
	}
	err := d.Do(c.ctx, http.MethodGet, fmt.Sprintf("/demo/deliveries?endpoint=%s&after=%d", url.QueryEscape(endpoint), after), nil, &page)
	return page.Items, err
}
