package statute

import (
	"testing"

	"duly/shared/o2c/party"
)

func TestDaysToPayWithinTheLaw(t *testing.T) {
	for name, tc := range map[string]struct {
		p    Parties
		good []int
		bad  []int
	}{
		"between businesses":        {Parties{Buyer: party.Company}, []int{0, 14, 30, 60}, []int{-1, 61, 90}},
		"a large buyer":             {Parties{Buyer: party.Company, BuyerLarge: true}, []int{0, 30}, []int{31, 60}},
		"large buyer, large seller": {Parties{Buyer: party.Company, BuyerLarge: true, SellerLarge: true}, []int{60}, []int{61}},
		"government":                {Parties{Buyer: party.PublicBody}, []int{30}, []int{31}},
		"consumers":                 {Parties{Buyer: party.Consumer}, []int{14, 30, 60}, []int{0, 7, 61}},
		"a sole trader":             {Parties{Buyer: party.SoleTrader}, []int{60}, []int{61}},
	} {
		for _, days := range tc.good {
			if err := CheckTerm(days, tc.p); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		for _, days := range tc.bad {
			if CheckTerm(days, tc.p) == nil {
				t.Errorf("%s: %d days passed", name, days)
			}
		}
	}
}
