package shop

import (
	"cmp"
	"strings"
)

// attributes are the register numbers and references that platforms have no
// field for: checkout apps file them under names of their own.
type attributes struct{ vat, kvk, po, ref, language string }

// take files one attribute; the first of each kind counts.
func (a *attributes) take(key, value Text) {
	v := name(value)
	if v == "" {
		return
	}
	switch attributeNames[squash(string(key))] {
	case vatNumber:
		a.vat = cmp.Or(a.vat, v)
	case kvkNumber:
		a.kvk = cmp.Or(a.kvk, v)
	case poNumber:
		a.po = cmp.Or(a.po, v)
	case buyerReference:
		a.ref = cmp.Or(a.ref, v)
	case locale:
		a.language = cmp.Or(a.language, v)
	}
}

type attribute int

const (
	_ attribute = iota
	vatNumber
	kvkNumber
	poNumber
	buyerReference
	locale
)

// attributeNames lists what apps call them, squashed: Shopify's cart attributes
// as merchants name them, WooCommerce's order meta of the usual VAT plug-ins
// (EU VAT Number, EU/UK VAT Compliance, Germanized, WPML).
var attributeNames = map[string]attribute{
	"vat": vatNumber, "vatid": vatNumber, "vatnumber": vatNumber, "vatno": vatNumber, "euvat": vatNumber, "euvatnumber": vatNumber, "taxid": vatNumber,
	"vatregistrationnumber": vatNumber, "btw": vatNumber, "btwnummer": vatNumber, "btwnumber": vatNumber, "btwid": vatNumber, "btwidentificatienummer": vatNumber,
	"ustid": vatNumber, "ustidnr": vatNumber, "umsatzsteueridentifikationsnummer": vatNumber, "numerotva": vatNumber, "tva": vatNumber,
	"kvk": kvkNumber, "kvknumber": kvkNumber, "kvknummer": kvkNumber, "coc": kvkNumber, "cocnumber": kvkNumber, "chamberofcommerce": kvkNumber,
	"po": poNumber, "ponumber": poNumber, "purchaseorder": poNumber, "purchaseordernumber": poNumber, "inkoopnummer": poNumber, "inkoopordernummer": poNumber,
	"bestellnummer": poNumber, "numerodecommande": poNumber,
	"leitweg": buyerReference, "leitwegid": buyerReference, "buyerreference": buyerReference,
	"wpmllanguage": locale, "language": locale, "locale": locale,
}

// squash spells a name without case, separators and the "_billing_" in front.
func squash(key string) string {
	s := strings.Map(func(r rune) rune {
		switch {
		case r >= 'A' && r <= 'Z':
			return r - 'A' + 'a'
		case (r >= 'a' && r <= 'z') || (r >= '0' && r <= '9'):
			return r
		}
		return -1
	}, strings.NewReplacer("é", "e", "É", "e").Replace(key))
	return strings.TrimPrefix(s, "billing")
}

// reference is the customer's own number of the order, which the platform's
// field tells before any attribute.
func (a attributes) reference(field Text) string { return cmp.Or(name(field), a.po) }
