package document

import (
	"cmp"
	"strconv"

	"github.com/beevik/etree"

	"duly/shared/o2c/invoice"
	"duly/shared/o2c/money"
	"duly/shared/o2c/party"
)

// The names of UBL 2.1 (OASIS).
const (
	ublInvoice    = "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
	ublCreditNote = "urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2"
	ublAggregate  = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
	ublBasic      = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
)

// InvoiceUBL renders a document as UBL 2.1 by EN 16931: as XRechnung 3.0 where a
// German buyer gave a reference, as Peppol BIS Billing 3.0 where another buyer
// has an address in Peppol's network.
func (Papers) InvoiceUBL(d invoice.Data) ([]byte, error) {
	e, err := newEInvoice(d)
	if err != nil {
		return nil, err
	}
	return e.ubl()
}

func (e einvoice) ubl() ([]byte, error) {
	d := e.Data
	doc := etree.NewDocument()
	doc.CreateProcInst("xml", `version="1.0" encoding="UTF-8"`)
	name, space := "Invoice", ublInvoice
	if e.note() {
		name, space = "CreditNote", ublCreditNote
	}
	u := ubl{einvoice: e, root: doc.CreateElement(name)}
	u.root.CreateAttr("xmlns", space)
	u.root.CreateAttr("xmlns:cac", ublAggregate)
	u.root.CreateAttr("xmlns:cbc", ublBasic)
	u.head()
	u.party(branch(u.root, "cac:AccountingSupplierParty", "cac:Party"), d.Seller.Name, d.Seller.VATID, d.Seller.Address, e.seller).contact(d.Seller)
	u.party(branch(u.root, "cac:AccountingCustomerParty", "cac:Party"), d.Buyer.Name, d.Buyer.VATID, d.Buyer.Address, e.buyer)
	u.delivery()
	u.payment()
	for _, o := range d.Overall() {
		u.overall(o)
	}
	u.taxes()
	u.totals()
	for _, l := range d.Items() {
		u.line(l)
	}
	doc.Indent(2)
	return doc.WriteToBytes()
}

// ubl writes one document, element by element in the order of the schema.
type ubl struct {
	einvoice
	root *etree.Element
}

func (u ubl) amount(below *etree.Element, name string, a money.Amount) {
	leaf(below, name, spell(a), "currencyID", u.Currency)
}

func (u ubl) head() {
	spec, process := u.spec()
	leaf(u.root, "cbc:CustomizationID", spec)          // BT-24
	leaf(u.root, "cbc:ProfileID", process)             // BT-23
	leaf(u.root, "cbc:ID", u.Number)                   // BT-1
	leaf(u.root, "cbc:IssueDate", u.IssuedOn.String()) // BT-2
	kind := "cbc:CreditNoteTypeCode"
	if !u.note() {
		kind = "cbc:InvoiceTypeCode"
		leaf(u.root, "cbc:DueDate", u.DueOn.String()) // BT-9
	}
	leaf(u.root, kind, u.TypeCode())                     // BT-3
	leaf(u.root, "cbc:DocumentCurrencyCode", u.Currency) // BT-5
	if u.taxedAbroad() {
		leaf(u.root, "cbc:TaxCurrencyCode", u.BooksCurrency) // BT-6
	}
	leaf(u.root, "cbc:BuyerReference", u.refer()) // BT-10
	if u.period() {
		span := branch(u.root, "cac:InvoicePeriod")
		leaf(span, "cbc:StartDate", u.SuppliedFrom.String()) // BT-73
		leaf(span, "cbc:EndDate", u.SuppliedOn.String())     // BT-74
	}
	if u.asked() != "" {
		leaf(branch(u.root, "cac:OrderReference"), "cbc:ID", u.asked()) // BT-13
	}
	for _, r := range u.refers() {
		e := branch(u.root, "cac:BillingReference", "cac:InvoiceDocumentReference")
		leaf(e, "cbc:ID", r.Number)                   // BT-25
		leaf(e, "cbc:IssueDate", r.IssuedOn.String()) // BT-26
	}
}

// ublParty is a party while it is written.
type ublParty struct{ e *etree.Element }

func (u ubl) party(e *etree.Element, name, vat string, a party.Address, post epost) ublParty {
	leaf(e, "cbc:EndpointID", post.address, "schemeID", post.scheme) // BT-34, BT-49
	leaf(branch(e, "cac:PartyName"), "cbc:Name", plain(name))
	u.place(branch(e, "cac:PostalAddress"), a) // BG-5, BG-8
	if vat != "" && u.numbered() {
		tax := branch(e, "cac:PartyTaxScheme")
		leaf(tax, "cbc:CompanyID", vat) // BT-31, BT-48
		leaf(branch(tax, "cac:TaxScheme"), "cbc:ID", "VAT")
	}
	legal := branch(e, "cac:PartyLegalEntity")
	leaf(legal, "cbc:RegistrationName", plain(name))                         // BT-27, BT-44
	leaf(legal, "cbc:CompanyID", post.register, "schemeID", party.SchemeKVK) // BT-30, BT-47
	return ublParty{e}
}

// contact is BG-6.
func (p ublParty) contact(s party.Seller) {
	e := branch(p.e, "cac:Contact")
	leaf(e, "cbc:Name", plain(s.Name))
	leaf(e, "cbc:Telephone", s.Phone)
	leaf(e, "cbc:ElectronicMail", s.Email)
}

func (u ubl) place(e *etree.Element, a party.Address) {
	leaf(e, "cbc:StreetName", plain(a.Street))
	leaf(e, "cbc:CityName", plain(a.City))
	leaf(e, "cbc:PostalZone", plain(a.PostalCode))
	leaf(branch(e, "cac:Country"), "cbc:IdentificationCode", a.Country)
}

func (u ubl) delivery() {
	if u.SuppliedOn.IsZero() {
		return
	}
	e := branch(u.root, "cac:Delivery")
	if !u.period() {
		leaf(e, "cbc:ActualDeliveryDate", u.SuppliedOn.String()) // BT-72
	}
	u.place(branch(e, "cac:DeliveryLocation", "cac:Address"), u.to())
}

func (u ubl) payment() {
	if u.note() && !u.XRechnung() {
		return
	}
	e := branch(u.root, "cac:PaymentMeans")
	leaf(e, "cbc:PaymentMeansCode", u.means()) // BT-81
	if u.note() {
		return
	}
	leaf(e, "cbc:PaymentID", u.Reference) // BT-83
	account := branch(e, "cac:PayeeFinancialAccount")
	leaf(account, "cbc:ID", u.Seller.IBAN)          // BT-84
	leaf(account, "cbc:Name", plain(u.Seller.Name)) // BT-85
	if u.Seller.BIC != "" {
		leaf(branch(account, "cac:FinancialInstitutionBranch"), "cbc:ID", u.Seller.BIC) // BT-86
	}
	leaf(branch(u.root, "cac:PaymentTerms"), "cbc:Note", u.terms()) // BT-20
}

// overall is an allowance (BG-20) or a charge (BG-21) of the whole document.
func (u ubl) overall(l invoice.Line) {
	a := branch(u.root, "cac:AllowanceCharge")
	u.adjust(a, l.Net.IsPositive(), plain(l.Name), l.Net.Abs())
	tax := branch(a, "cac:TaxCategory")
	leaf(tax, "cbc:ID", string(l.Category))                  // BT-95, BT-102
	leaf(tax, "cbc:Percent", percent(l.Category, l.TaxRate)) // BT-96, BT-103
	leaf(branch(tax, "cac:TaxScheme"), "cbc:ID", "VAT")
}

// adjust fills an allowance or a charge, of a line or of the document.
func (u ubl) adjust(a *etree.Element, charge bool, reason string, amount money.Amount) {
	leaf(a, "cbc:ChargeIndicator", strconv.FormatBool(charge))
	if !charge {
		leaf(a, "cbc:AllowanceChargeReasonCode", discount) // BT-98, BT-140
	}
	leaf(a, "cbc:AllowanceChargeReason", reason) // BT-97, BT-104, BT-139, BT-144
	u.amount(a, "cbc:Amount", amount)            // BT-92, BT-99, BT-136, BT-141
}

func (u ubl) taxes() {
	e := branch(u.root, "cac:TaxTotal")
	u.amount(e, "cbc:TaxAmount", u.Tax) // BT-110
	for _, t := range u.Taxes {
		sub := branch(e, "cac:TaxSubtotal")
		u.amount(sub, "cbc:TaxableAmount", t.Base) // BT-116
		u.amount(sub, "cbc:TaxAmount", t.Tax)      // BT-117
		category := branch(sub, "cac:TaxCategory")
		leaf(category, "cbc:ID", string(t.Category))               // BT-118
		leaf(category, "cbc:Percent", percent(t.Category, t.Rate)) // BT-119
		why, code := u.reason(t.Category)
		leaf(category, "cbc:TaxExemptionReasonCode", code) // BT-121
		leaf(category, "cbc:TaxExemptionReason", why)      // BT-120
		leaf(branch(category, "cac:TaxScheme"), "cbc:ID", "VAT")
	}
	if u.taxedAbroad() {
		leaf(branch(u.root, "cac:TaxTotal"), "cbc:TaxAmount", spell(u.Books().Tax), "currencyID", u.BooksCurrency) // BT-111
	}
}

func (u ubl) totals() {
	e := branch(u.root, "cac:LegalMonetaryTotal")
	lines, off, on := u.Gross()
	u.amount(e, "cbc:LineExtensionAmount", lines)            // BT-106
	u.amount(e, "cbc:TaxExclusiveAmount", u.Net)             // BT-109
	u.amount(e, "cbc:TaxInclusiveAmount", u.Net.Plus(u.Tax)) // BT-112
	if !off.IsZero() {
		u.amount(e, "cbc:AllowanceTotalAmount", off) // BT-107
	}
	if !on.IsZero() {
		u.amount(e, "cbc:ChargeTotalAmount", on) // BT-108
	}
	if !u.Prepaid.IsZero() {
		u.amount(e, "cbc:PrepaidAmount", u.Prepaid) // BT-113
	}
	if !u.Rounding.IsZero() {
		u.amount(e, "cbc:PayableRoundingAmount", u.Rounding) // BT-114
	}
	u.amount(e, "cbc:PayableAmount", u.due()) // BT-115
}

func (u ubl) line(l invoice.Line) {
	name, quantity := "cac:InvoiceLine", "cbc:InvoicedQuantity"
	if u.note() {
		name, quantity = "cac:CreditNoteLine", "cbc:CreditedQuantity"
	}
	e := branch(u.root, name)
	leaf(e, "cbc:ID", strconv.Itoa(l.N))                                     // BT-126
	leaf(e, "cbc:Note", u.delivered(l))                                      // BT-127
	leaf(e, quantity, strconv.FormatInt(l.Quantity, 10), "unitCode", pieces) // BT-129, BT-130
	u.amount(e, "cbc:LineExtensionAmount", l.Net)                            // BT-131
	if on := u.day(l); !on.IsZero() {
		span := branch(e, "cac:InvoicePeriod")
		leaf(span, "cbc:StartDate", on.String()) // BT-134
		leaf(span, "cbc:EndDate", on.String())   // BT-135
	}
	if off := l.Allowance(); off.IsPositive() { // BG-27
		u.adjust(branch(e, "cac:AllowanceCharge"), false, u.discounted(), off)
	}
	if on := l.Charged(); on.IsPositive() { // BG-28
		u.adjust(branch(e, "cac:AllowanceCharge"), true, u.charged(l), on)
	}
	item := branch(e, "cac:Item")
	leaf(item, "cbc:Name", cmp.Or(plain(l.Name), plain(l.SKU), "—")) // BT-153
	if l.SKU != "" {
		leaf(branch(item, "cac:SellersItemIdentification"), "cbc:ID", plain(l.SKU)) // BT-155
	}
	tax := branch(item, "cac:ClassifiedTaxCategory")
	leaf(tax, "cbc:ID", string(l.Category))                  // BT-151
	leaf(tax, "cbc:Percent", percent(l.Category, l.TaxRate)) // BT-152
	leaf(branch(tax, "cac:TaxScheme"), "cbc:ID", "VAT")
	leaf(branch(e, "cac:Price"), "cbc:PriceAmount", l.Price().String(), "currencyID", u.Currency) // BT-146
}
