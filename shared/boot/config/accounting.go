package config

import (
	"net/mail"
	"slices"
	"strings"

	"duly/shared/o2c/lazy"

	"duly/shared/o2c"
	"duly/shared/o2c/ledger"
)

// accounting is how the books reach the accountant. All of it may be left out.
type accounting struct {
	Accountant string            `yaml:"accountant"`
	Package    string            `yaml:"package"`
	Accounts   map[string]string `yaml:"accounts"`
	Consultant string            `yaml:"datev_consultant"`
	Client     string            `yaml:"datev_client"`
}

var accountCode = lazy.Pattern(`^[0-9A-Za-z.-]{1,10}$`)

func (a accounting) policy(c *checker) o2c.AccountingPolicy {
	if a.Package == "" {
		a.Package = "journal"
	}
	c.must(slices.Contains(o2c.ExportPackages(), a.Package), "accounting.package", a.Package, strings.Join(o2c.ExportPackages(), ", "))
	if a.Accountant != "" {
		_, err := mail.ParseAddress(a.Accountant)
		c.must(err == nil, "accounting.accountant", a.Accountant, "a mail address")
	}
	roles := map[string]bool{}
	for _, account := range ledger.Chart() {
		roles[account.Role] = true
	}
	for role, code := range a.Accounts {
		c.must(roles[role], "accounting.accounts."+role, role, "a role of the chart, such as revenue or receivable")
		c.must(accountCode().MatchString(code), "accounting.accounts."+role, code, "the code of the account there, in quotation marks")
	}
	return o2c.AccountingPolicy{Accountant: a.Accountant, Package: a.Package, Accounts: a.Accounts, Consultant: a.Consultant, Client: a.Client}
}
