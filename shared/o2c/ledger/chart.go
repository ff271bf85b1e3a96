package ledger

import (
	"cmp"
	_ "embed" // the chart
	"slices"
	"strings"
	"sync"

	"duly/shared/o2c/lazy"
)

// Account is one account of the chart.
type Account struct {
	Code string `json:"code"`
	Name string `json:"name"`
	Role string `json:"role"`          // what the recipes call it
	RGS  string `json:"rgs,omitempty"` // its place in the Dutch reference chart, for the auditfile; see RGSVersion
}

// OfResult reports whether the account is of the profit and loss statement: in
// the decimal tradition those from 4000 on.
func (a Account) OfResult() bool { return a.Code >= "4" }

// AccountOf is the account of a code; ok is false when the chart has none.
func AccountOf(code string) (a Account, ok bool) {
	a, ok = chart()[code]
	return a, ok
}

// The roles that the recipes book to. Every payment gateway has a clearing
// account of its own, "clearing:" and the gateway's name.
const (
	Bank           = "bank"
	Receivable     = "receivable"
	VAT            = "vat"
	VATOneStop     = "vat_oss" // of other member states
	Unapplied      = "unapplied"
	Deposits       = "deposits"
	Revenue        = "revenue"
	Fees           = "fees"
	Rounding       = "rounding"
	Opening        = "opening"
	Suspense       = "suspense"
	Chargebacks    = "chargebacks" // held by card networks until they decide
	BadDebts       = "bad_debts"
	BadDebtVAT     = "bad_debt_vat"
	ClaimCosts     = "claim_costs"
	ClaimInterest  = "claim_interest"
	ClearingStripe = "clearing:stripe"
	Discounts      = "discounts"
	Differences    = "differences"
	Charges        = "charges"
	OtherIncome    = "other_income"
	Interest       = "interest_income"
	Owner          = "owner"
	Refunds        = "refunds"  // by transfer, under way
	Position       = "position" // what foreign money stands at in the books
	ExchangeResult = "exchange"
	clearing       = "clearing:"
)

// chart is the chart of accounts in the Dutch decimal tradition (0 capital,
// 1 balance sheet, 4 costs, 8 revenue). A new account is a row of the file.
var chart = sync.OnceValue(func() map[string]Account { return index(accounts()) })

var accounts = lazy.JSON[[]Account]("ledger: chart.json", chartFile)

//go:embed chart.json
var chartFile []byte

func index(accounts []Account) map[string]Account {
	m := make(map[string]Account, len(accounts))
	for _, a := range accounts {
		m[a.Code] = a
	}
	return m
}

// RGSVersion is that of the Dutch reference chart of accounts (Referentie GrootboekSchema, referentiegrootboekschema.nl) in
// which the codes of our accounts were looked up, each at level 4, an account of its own: but for revenue, whose accounts
// differ by the rate of VAT and ours does not, so that it has their heading at level 3. The list itself is published as a
// spreadsheet that could not be read where this was written; the codes were held against a public copy of the RGS MKB list of
// that version (github.com/erjeve/nl_erpnext_rgs_mkb, August 2025, 1598 codes, of which 1573 in force), in which all are.
const RGSVersion = "3.7"

// Chart lists the accounts by code.
func Chart() []Account {
	all := make([]Account, 0, len(chart()))
	for _, a := range chart() {
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
