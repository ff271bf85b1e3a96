package chat

import (
	"cmp"
	"strings"

	"github.com/slack-go/slack"

	"duly/shared/o2c/invoice"
	"duly/shared/o2c/party"
)

// The fields of a customer's particulars.
const (
	FieldCustomerName = "customer_name"
	FieldStreet       = "street"
	FieldPostalCode   = "postal_code"
	FieldCity         = "city"
	FieldCountry      = "country"
	FieldVATID        = "vat_id"
	FieldRegister     = "register"
	FieldReference    = "buyer_reference"
)

// CompleteCustomer is the form that completes the customer of a draft which cannot be issued; it begins with what is known.
func (v Voice) CompleteCustomer(about Meta, d invoice.Data) Modal {
	b := d.Buyer
	filled := func(field, known string, hint ...any) slack.Block {
		input := slack.NewPlainTextInputBlockElement(nil, field).WithMaxLength(placeholderMax)
		if known != "" {
			input = input.WithInitialValue(noted(known))
		}
		return v.input(field, true, input, hint...)
	}
	return v.form(ActInvoiceComplete, "modal.complete", "button.complete_now", about,
		v.missing(d, invoice.AtCustomer),
		filled(FieldCustomerName, b.Name),
		filled(FieldStreet, b.Address.Street), filled(FieldPostalCode, b.Address.PostalCode), filled(FieldCity, b.Address.City),
		filled(FieldCountry, b.Address.Country, "hint.country"),
		filled(FieldVATID, b.VATID, "hint.vat_id"), filled(FieldRegister, b.KVK), filled(FieldReference, b.Reference, "hint.buyer_reference"),
		notes(v.mark("modal.complete.what")))
}

// Completed reads the form as a change of the customer.
func (v Voice) Completed(f Fields) (func(*party.Data), Errors) {
	wrong := Errors{}
	country, vat := strings.ToUpper(f[FieldCountry]), strings.ToUpper(strings.NewReplacer(" ", "", ".", "", "-", "").Replace(f[FieldVATID]))
	if country != "" && !party.CountryChecks(country) {
		wrong[FieldCountry] = v.Say("error.country")
	}
	if vat != "" && !party.VATChecks(vat) {
		wrong[FieldVATID] = v.Say("error.vat_id")
	}
	reference := strings.TrimSpace(f[FieldReference])
	if !party.ReferenceChecks(country, reference) {
		wrong[FieldReference] = v.Say("error.buyer_reference")
	}
	return func(d *party.Data) {
		d.Name, d.VATID, d.KVK, d.BuyerReference = cmp.Or(f[FieldCustomerName], d.Name), vat, f[FieldRegister], reference
		d.Address = party.Address{Street: f[FieldStreet], PostalCode: f[FieldPostalCode], City: f[FieldCity], Country: country}
	}, wrong
}
