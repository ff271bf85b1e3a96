package invoice

import (
	"strings"

	"duly/shared/o2c/lazy"

	"duly/shared/o2c/party"
)

// XRechnung reports whether the e-invoice follows XRechnung 3.0, the German use
// of EN 16931: its buyer is German and gave a reference, as whoever sells to
// public bodies there must state (§ 5 E-Rechnungsverordnung).
func (d Data) XRechnung() bool { return d.Buyer.Address.Country == "DE" && d.Buyer.Reference != "" }

// germanRules are the BR-DE rules (KoSIT) that a document of ours could break.
func germanRules() []Rule {
	rule := func(id, says string, keep func(Data) bool) Rule {
		return Rule{id, says, func(d Data) bool { return !d.XRechnung() || keep(d) }}
	}
	return []Rule{
		rule("BR-DE-3", "the seller's address has a city", func(d Data) bool { return d.Seller.Address.City != "" }),
		rule("BR-DE-4", "the seller's address has a postal code", func(d Data) bool { return d.Seller.Address.PostalCode != "" }),
		rule("BR-DE-6", "the seller has a telephone number", func(d Data) bool { return d.Seller.Phone != "" }),
		rule("BR-DE-7", "the seller has an e-mail address", func(d Data) bool { return d.Seller.Email != "" }),
		rule("BR-DE-8", "the buyer's address has a city", func(d Data) bool { return d.Buyer.Address.City != "" }),
		rule("BR-DE-9", "the buyer's address has a postal code", func(d Data) bool { return d.Buyer.Address.PostalCode != "" }),
		rule("BR-DE-10", "the address of delivery has a city", func(d Data) bool { return delivers(d).City != "" }),
		rule("BR-DE-11", "the address of delivery has a postal code", func(d Data) bool { return delivers(d).PostalCode != "" }),
		rule("BR-DE-16", "the seller has a VAT number", func(d Data) bool { return d.Seller.VATID != "" }),
		rule("BR-DE-27", "the seller's telephone number has three digits", func(d Data) bool { return dials(d.Seller.Phone) }),
		rule("BR-DE-28", "the seller's e-mail address is one", func(d Data) bool { return mailbox().MatchString(d.Seller.Email) }),
		rule("BR-50", "the account to pay to is named", func(d Data) bool { return d.Type == CreditNotes || d.Seller.IBAN != "" }),
	}
}

// mailbox is BR-DE-28's own pattern.
var mailbox = lazy.Pattern(`^[^@\s]+@([^@.\s]+\.)+[^@.\s]+$`)

func dials(number string) bool {
	return len(number)-len(strings.NewReplacer("0", "", "1", "", "2", "", "3", "", "4", "", "5", "", "6", "", "7", "", "8", "", "9", "").Replace(number)) >= 3
}

// delivers is where the goods went (BG-15), which a document without a date of
// supply does not say.
func delivers(d Data) party.Address {
	if d.ShipTo == (party.Address{}) || d.SuppliedOn.IsZero() {
		return d.Buyer.Address
	}
	return d.ShipTo
}

// german is what XRechnung asks for before issue: a public body's reference, the
// seller's contact, and the places' postal codes and cities.
func (l *lint) german() {
	b, s := l.Buyer, l.Seller
	if b.Address.Country != "DE" {
		return
	}
	l.need(b.Reference != "" || b.Kind != party.PublicBody, "the customer's buyer reference (Leitweg-ID)")
	l.need(party.ReferenceChecks("DE", b.Reference), "a Leitweg-ID of the customer's that passes its check ("+b.Reference+")")
	if !l.XRechnung() {
		return
	}
	l.need(dials(s.Phone), "our telephone number (XRechnung)")
	l.need(mailbox().MatchString(s.Email), "our e-mail address (XRechnung)")
	l.need(s.IBAN != "" || l.Type == CreditNotes, "our IBAN (XRechnung)")
	to := delivers(l.Data)
	l.need(to.PostalCode != "" && to.City != "", "the postal code and city of the place of delivery (XRechnung)")
}
