package config

import (
	"fmt"
	"slices"

	"github.com/shopspring/decimal"

	"duly/shared/o2c"
	"duly/shared/o2c/recovery"
)

// recoverySection is the part of duly.yaml about claims, as written.
type recoverySection struct {
	DeductsVAT *bool  `yaml:"deducts_vat"`
	CostsVAT   string `yaml:"costs_vat"`
	VATPeriod  string `yaml:"vat_period"`
	Agencies   []struct {
		Name     string `yaml:"name"`
		Register string `yaml:"register"`
		Email    string `yaml:"email"`
	} `yaml:"agencies"`
}

func (s recoverySection) policy(c *checker, _ file) o2c.RecoveryPolicy {
	p := o2c.RecoveryPolicy{VATPeriod: "quarter"}
	if s.VATPeriod != "" {
		p.VATPeriod = s.VATPeriod
		c.must(slices.Contains([]string{"month", "quarter", "year"}, s.VATPeriod), "recovery.vat_period", s.VATPeriod, "month, quarter or year")
	}
	if s.DeductsVAT != nil && !*s.DeductsVAT {
		rate, err := decimal.NewFromString(s.CostsVAT)
		c.must(err == nil && rate.IsPositive() && rate.LessThan(decimal.NewFromInt(30)), "recovery.costs_vat", s.CostsVAT, `the percentage that a collector charges you, e.g. "21"`)
		p.TaxOnCosts = rate
	}
	for i, a := range s.Agencies {
		at := fmt.Sprintf("recovery.agencies[%d]", i)
		c.must(a.Name != "", at+".name", a.Name, "the agency's name")
		c.must(a.Email != "", at+".email", a.Email, "where its dossiers go")
		p.Agencies = append(p.Agencies, recovery.Agency{Name: a.Name, Register: a.Register, Email: a.Email})
	}
	return p
}
