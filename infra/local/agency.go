package local

import (
	"context"

	"duly/functions"
	"duly/infra/local/creditsafe"
	"duly/shared/o2c"
	"duly/shared/report"
)

// What the credit agency of the demo says of the cast; of the others it knows
// nothing.
var ratings = map[string]creditsafe.Company{
	"vos":     {Rating: "B", Score: 78, Limit: 5000},
	"acme":    {Rating: "C", Score: 61, Limit: 15000},
	"krause":  {Rating: "A", Score: 88, Limit: 40000},
	"lumiere": {Rating: "D", Score: 34, Limit: 1500},
	"noord":   {},
}

// The demo's account with the agency.
const agencyUser, agencyPassword = "duly-demo", "demo"

// openAgency makes the credit agency.
func (r *Runtime) openAgency() (*creditsafe.Server, error) {
	cast, err := LoadCast()
	if err != nil {
		return nil, err
	}
	s := &creditsafe.Server{User: agencyUser, Password: agencyPassword, Now: r.Clock.Now}
	for _, b := range cast.Customers {
		if c, ok := ratings[b.Key]; ok {
			c.Country, c.RegNo, c.VATNo, c.Name, c.Currency = b.Country, b.KVK, b.VATID, b.Company, r.Policy.Currency
			s.Companies = append(s.Companies, c)
		}
	}
	return s, nil
}

// reports is who is asked for credit reports: the agency that the policy names,
// else the file that ships with the product.
func (b builder) reports() (o2c.Reports, error) {
	if rules := b.Policy.Credit.Report; rules == nil || rules.Agency == "" {
		return report.NewOffline()
	}
	return report.Creditsafe{
		URL: b.outsideURL("creditsafe"), HTTP: b.client,
		Login: func(ctx context.Context) (string, error) { return b.secret(ctx, functions.SecretAgency) },
	}, nil
}
