package shop

import "strings"

// gatewayFamilies are the gateways whose many methods end in one payout, by how
// their plug-ins' names begin; the ledger has a clearing account for each.
var gatewayFamilies = []struct{ prefix, name string }{
	{"shopify_payments", "shopify_payments"},
	{"mollie", "mollie"},
	{"paypal", "paypal"},
	{"ppcp", "paypal"},
	{"ppec", "paypal"},
	{"klarna", "klarna"},
	{"kco", "klarna"},
	{"stripe", "stripe"},
	{"woocommerce_payments", "woocommerce_payments"},
}

// gateway is who took the money: of several the first that is not a gift card,
// whose money came in when the card was sold.
func gateway(names ...Text) string {
	found := ""
	for _, n := range names {
		s := strings.ReplaceAll(strings.ToLower(strings.TrimSpace(string(n))), " ", "_")
		if s != "" && (found == "" || found == "gift_card") {
			found = s
		}
	}
	for _, f := range gatewayFamilies {
		if strings.HasPrefix(found, f.prefix) {
			return f.name
		}
	}
	return shorten(found, 60)
}
