package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"duly/infra/local/demo"
	"duly/shared/o2c/fault"
)

// triggerVerb lets something happen outside.
type triggerVerb struct {
	target
	What     string           `arg:"" enum:"shop.order,shop.ship,shop.cancel,shop.again,stripe.paid,stripe.payout,bank.credit,slack.press" help:"What happens: shop.order, shop.ship, shop.cancel, shop.again, stripe.paid, stripe.payout, bank.credit or slack.press."`
	Shop     string           `default:"demo-shopify" help:"Endpoint of the shop."`
	Customer string           `default:"vos" help:"Who orders: vos, acme, krause, lumiere, dewit or noord."`
	Line     map[string]int64 `default:"KOFFIE-1000=12" help:"What is ordered: SKU and quantity."`
	Number   string           `help:"The order's number."`
	Invoice  string           `help:"The invoice that is paid, for stripe.paid; the newest payment page when left out."`
	Method   string           `default:"ideal" enum:"ideal,card,sepa_debit,bank_transfer" help:"How it is paid."`
	Amount   int64            `help:"Of a transfer, in cents."`
	Ref      string           `name:"reference" help:"Of a transfer."`
	User     string           `default:"U04APPROVE" help:"Who presses."`
	Action   string           `default:"credit.approve" help:"Which button of the newest card that has it."`
}

// Run does it and prints the answer.
func (v *triggerVerb) Run(c *console) error {
	return v.with(c, func(d *demo.Client) error {
		path, in, err := v.request(c, d)
		if err != nil {
			return err
		}
		var out any
		if err := d.Do(c.ctx, http.MethodPost, path, in, &out); err != nil {
			return err
		}
		enc := json.NewEncoder(c.out)
		enc.SetIndent("", "  ")
		return enc.Encode(out)
	})
}

func (v *triggerVerb) request(c *console, d *demo.Client) (path string, in any, err error) {
	switch v.What {
	case "shop.order":
		return "/demo/shop/orders", map[string]any{"endpoint": v.Shop, "customer": v.Customer, "lines": v.Line, "number": v.Number}, nil
	case "shop.ship", "shop.cancel", "shop.again":
		if v.Number == "" {
			return "", nil, fault.Bad("/number", "the order is not named", "give --number")
		}
		_, kind, _ := strings.Cut(v.What, ".")
		return fmt.Sprintf("/demo/shop/orders/%s/%s/%s", url.PathEscape(v.Shop), url.PathEscape(v.Number), kind), map[string]string{"carrier": "PostNL", "tracking": "3S" + v.Number, "reason": "customer"}, nil
	case "stripe.paid":
		session, err := v.session(c, d)
		return "/demo/stripe/sessions/" + session + "/pay", map[string]string{"method": v.Method}, err
	case "stripe.payout":
		return "/demo/stripe/payout", map[string]string{}, nil
	case "bank.credit":
		if v.Amount == 0 {
			return "", nil, fault.Bad("/amount", "nothing is transferred", "give --amount in cents")
		}
		return "/demo/bank", map[string]any{"entries": []any{map[string]any{"amount": v.Amount, "reference": v.Ref, "name": v.Customer}}}, nil
	}
	return v.press(c, d)
}

// session finds the payment page of an invoice that is open.
func (v *triggerVerb) session(c *console, d *demo.Client) (string, error) {
	var all struct {
		Items []struct {
			ID       string            `json:"id"`
			Status   string            `json:"status"`
			Metadata map[string]string `json:"metadata"`
		} `json:"items"`
	}
	if err := d.Do(c.ctx, http.MethodGet, "/demo/stripe/sessions", nil, &all); err != nil {
		return "", err
	}
	for _, s := range all.Items {
		if s.Status == "open" && (v.Invoice == "" || s.Metadata["number"] == v.Invoice) {
			return s.ID, nil
		}
	}
	return "", fault.Missing("open payment page of invoice", v.Invoice)
}

// press finds the newest card that has the button.
func (v *triggerVerb) press(c *console, d *demo.Client) (path string, in any, err error) {
	var all struct {
		Items []struct {
			Channel string          `json:"channel"`
			TS      string          `json:"ts"`
			Blocks  json.RawMessage `json:"blocks"`
		} `json:"items"`
	}
	if err := d.Do(c.ctx, http.MethodGet, "/demo/slack/messages", nil, &all); err != nil {
		return "", nil, err
	}
	for _, m := range slices.All(all.Items) {
		if strings.Contains(string(m.Blocks), `"`+v.Action+`"`) && (v.Number == "" || strings.Contains(string(m.Blocks), v.Number)) {
			return "/demo/slack/press", map[string]string{"user": v.User, "channel": m.Channel, "ts": m.TS, "action_id": v.Action}, nil
		}
	}
	return "", nil, fault.Missing("card with the button", v.Action)
}
