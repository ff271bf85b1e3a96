package ledger

import (
	"cmp"
	"slices"
	"strings"
)

// Account is one account of the chart.
type Account struct {
	Code string `json:"code"`
	Name string `json:"name"`
	Role string `json:"role"` // what the recipes call it
}

// The roles that the recipes book to. Every payment gateway has a clearing
// account of its own, "clearing:" and the gateway's name.
const (
	Bank           = "bank"
	Receivable     = "receivable"
	VAT            = "vat"
	Unapplied      = "unapplied"
	Deposits       = "deposits"
	Revenue        = "revenue"
	Fees           = "fees"
	Rounding       = "rounding"
	Opening        = "opening"
	Suspense       = "suspense"
	ClearingStripe = "clearing:stripe"
	clearing       = "clearing:"
)

// chart is the chart of accounts in the Dutch decimal tradition (0 capital,
// 1 balance sheet, 4 costs, 8 revenue).
var chart = index(
	Account{"0500", "Opening balance", Opening},
	Account{"1000", "Bank", Bank},
	Account{"1100", "Payments under way: Stripe", ClearingStripe},
	Account{"1110", "Payments under way: Shopify Payments", clearing + "shopify_payments"},
	Account{"1120", "Payments under way: Mollie", clearing + "mollie"},
	Account{"1130", "Payments under way: PayPal", clearing + "paypal"},
	Account{"1140", "Payments under way: Klarna", clearing + "klarna"},
	Account{"1190", "Payments under way: other gateways", clearing + "other"},
	Account{"1300", "Trade receivables", Receivable},
	Account{"1500", "VAT to be paid", VAT},
	Account{"1600", "Customers' unapplied cash", Unapplied},
	Account{"1650", "Deposits on goods to be delivered", Deposits},
	Account{"1900", "Bank lines without explanation", Suspense},
	Account{"4500", "Payment fees", Fees},
	Account{"4990", "Rounding differences", Rounding},
	Account{"8000", "Revenue", Revenue},
)

func index(accounts ...Account) map[string]Account {
	m := make(map[string]Account, len(accounts))
	for _, a := range accounts {
		m[a.Code] = a
	}
	return m
}

// Chart lists the accounts by code.
func Chart() []Account {
	all := make([]Account, 0, len(chart))
	for _, a := range chart {
		all = append(all, a)
	}
	slices.SortFunc(all, func(a, b Account) int { return cmp.Compare(a.Code, b.Code) })
	return all
}

// Code is the account of a role. A gateway without an account of its own
// shares "clearing:other".
func Code(role string) string {
	for _, a := range Chart() {
		if a.Role == role {
			return a.Code
		}
	}
	if strings.HasPrefix(role, clearing) {
		return Code(clearing + "other")
	}
	panic("ledger: no account has the role " + role)
}

// Gateway is the role of a payment gateway's clearing account.
func Gateway(name string) string { return clearing + strings.ToLower(name) }
