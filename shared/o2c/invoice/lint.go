package invoice

import (
	"fmt"
	"slices"

	"duly/shared/o2c/party"
	"duly/shared/o2c/statute"
)

// Lint lists the particulars that article 226 of directive 2006/112/EC (in the
// Netherlands article 35a Wet OB 1968) asks for and the draft lacks.
func (i *Invoice) Lint() []string {
	d := i.data
	missing := []string{}
	need := func(ok bool, what string) {
		if !ok {
			missing = append(missing, what)
		}
	}
	need(d.Seller.Name != "", "our name")
	need(complete(d.Seller.Address), "our address")
	need(d.Seller.VATID != "", "our VAT id")
	need(d.Seller.KVK != "", "our KVK number")
	need(d.Buyer.Name != "", "the customer's name")
	need(complete(d.Buyer.Address), "the customer's address")
	need(len(d.Lines) > 0, "lines")
	need(!d.SuppliedOn.IsZero() || d.Advance != nil || d.Ahead, "the date of supply")
	for _, l := range d.Lines {
		need(l.Name != "", fmt.Sprintf("the description of line %d", l.N))
		need(l.Quantity > 0 || l.Advance != "", fmt.Sprintf("the quantity of line %d", l.N))
		if l.Category == statute.ReverseCharge || l.Category == statute.IntraEU {
			need(d.Buyer.VATID != "", "the customer's VAT id (reverse charge)")
		}
	}
	need(!d.Total.IsNegative(), "a total that is not below zero")
	need(!d.Foreign() || d.Rate != nil, "the exchange rate of "+d.Currency)
	for _, r := range Broken(d) { // what does not add up is a mistake of ours, and nobody's invoice
		need(!slices.Contains(sums, r.ID), r.ID+": "+r.Says)
	}
	return missing
}

// sums are the rules about what must add up.
var sums = []string{"BR-CO-10", "BR-CO-14", "BR-CO-16", "BR-CO-17"}

func complete(a party.Address) bool {
	return a.Street != "" && a.PostalCode != "" && a.City != "" && a.Country != ""
}

// Amend changes a draft's buyer, the usual thing a draft lacks.
func (i *Invoice) Amend(b Buyer) error {
	if i.data.Status != Draft {
		return fmt.Errorf("invoice %s is issued; issued invoices never change", i.data.Number)
	}
	i.data.Buyer = b
	i.data.Missing = i.Lint()
	return nil
}
