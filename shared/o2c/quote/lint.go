package quote

import "fmt"

// Lint lists the particulars that a quote must show (article 6:230m and 3:15d
// BW, article 27 of the Handelsregisterwet 2007) and this one lacks: who we
// are, whom it is for, what it is about, prices with and without tax, and until
// when it holds.
func (q *Quote) Lint() []string {
	d := q.data
	missing := []string{}
	need := func(ok bool, what string) {
		if !ok {
			missing = append(missing, what)
		}
	}
	need(d.Seller.Name != "", "our name")
	need(d.Seller.Address.Street != "" && d.Seller.Address.City != "", "our address")
	need(d.Seller.KVK != "", "our KVK number")
	need(d.Seller.VATID != "", "our VAT id")
	need(d.Buyer.Name != "", "the customer's name")
	need(d.Buyer.Address.Street != "" && d.Buyer.Address.City != "" && d.Buyer.Address.Country != "", "the customer's address")
	need(d.Buyer.Email != "", "the customer's e-mail address")
	need(d.Number != "", "a number")
	need(len(d.Lines) > 0, "lines")
	need(!d.ValidUntil.IsZero(), "the day until which it is valid")
	for _, l := range d.Lines {
		need(l.Name != "", fmt.Sprintf("the description of line %d", l.N))
	}
	return missing
}
