package document

import (
	"time"

	"github.com/beevik/etree"
	"github.com/shopspring/decimal"
	"github.com/speedata/einvoice"

	"duly/shared/o2c/invoice"
)

// The names of UBL 2.1 (OASIS).
const (
	ublInvoice    = "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
	ublCreditNote = "urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2"
	ublAggregate  = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
	ublBasic      = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
)

// InvoiceUBL renders a document as Peppol BIS Billing 3.0. The writer is our
// own: the library's leaves out the seller's registered name and the due date
// and misplaces the delivery.
func (Papers) InvoiceUBL(d invoice.Data) ([]byte, error) {
	m, err := model(d)
	if err != nil {
		return nil, err
	}
	u := newUBL(m)
	u.head()
	u.supplier()
	u.customer()
	u.delivery()
	u.payment()
	u.taxes()
	u.totals()
	for i := range m.InvoiceLines {
		u.line(&m.InvoiceLines[i])
	}
	u.doc.Indent(2)
	return u.doc.WriteToBytes()
}

// ubl writes one document, element by element in the order of the schema.
type ubl struct {
	doc  *etree.Document
	root *etree.Element
	m    *einvoice.Invoice
	note bool // a credit note
}

func newUBL(m *einvoice.Invoice) *ubl {
	u := &ubl{doc: etree.NewDocument(), m: m, note: m.InvoiceTypeCode == creditNote}
	u.doc.CreateProcInst("xml", `version="1.0" encoding="UTF-8"`)
	name, space := "Invoice", ublInvoice
	if u.note {
		name, space = "CreditNote", ublCreditNote
	}
	u.root = u.doc.CreateElement(name)
	u.root.CreateAttr("xmlns", space)
	u.root.CreateAttr("xmlns:cac", ublAggregate)
	u.root.CreateAttr("xmlns:cbc", ublBasic)
	return u
}

// basic adds a value below an element, unless it is empty.
func basic(below *etree.Element, name, value string, attributes ...string) {
	if value == "" {
		return
	}
	e := below.CreateElement("cbc:" + name)
	for i := 0; i+1 < len(attributes); i += 2 {
		if attributes[i+1] != "" {
			e.CreateAttr(attributes[i], attributes[i+1])
		}
	}
	e.SetText(value)
}

// part adds elements below one another and returns the innermost.
func part(below *etree.Element, names ...string) *etree.Element {
	for _, name := range names {
		below = below.CreateElement("cac:" + name)
	}
	return below
}

func (u *ubl) amount(below *etree.Element, name string, d decimal.Decimal) {
	basic(below, name, spell(d, u.m.InvoiceCurrencyCode), "currencyID", u.m.InvoiceCurrencyCode)
}

func isoDate(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.DateOnly)
}

func (u *ubl) head() {
	m := u.m
	basic(u.root, "CustomizationID", m.GuidelineSpecifiedDocumentContextParameter) // BT-24
	basic(u.root, "ProfileID", m.BPSpecifiedDocumentContextParameter)              // BT-23
	basic(u.root, "ID", m.InvoiceNumber)                                           // BT-1
	basic(u.root, "IssueDate", isoDate(m.InvoiceDate))                             // BT-2
	kind := "CreditNoteTypeCode"
	if !u.note {
		kind = "InvoiceTypeCode"
		for _, t := range m.SpecifiedTradePaymentTerms {
			basic(u.root, "DueDate", isoDate(t.DueDate)) // BT-9
		}
	}
	basic(u.root, kind, m.InvoiceTypeCode.String())              // BT-3
	basic(u.root, "DocumentCurrencyCode", m.InvoiceCurrencyCode) // BT-5
	basic(u.root, "BuyerReference", m.BuyerReference)            // BT-10
	if m.BuyerOrderReferencedDocument != "" {
		basic(part(u.root, "OrderReference"), "ID", m.BuyerOrderReferencedDocument) // BT-13
	}
	for _, r := range m.InvoiceReferencedDocument {
		e := part(u.root, "BillingReference", "InvoiceDocumentReference")
		basic(e, "ID", r.ID)                   // BT-25
		basic(e, "IssueDate", isoDate(r.Date)) // BT-26
	}
}

func (u *ubl) supplier() {
	s := &u.m.Seller
	p := part(u.root, "AccountingSupplierParty", "Party")
	u.party(p, s)
	for _, c := range s.DefinedTradeContact {
		e := part(p, "Contact")
		basic(e, "Name", c.PersonName)
		basic(e, "Telephone", c.PhoneNumber)
		basic(e, "ElectronicMail", c.EMail)
	}
}

func (u *ubl) customer() { u.party(part(u.root, "AccountingCustomerParty", "Party"), &u.m.Buyer) }

func (u *ubl) party(below *etree.Element, p *einvoice.Party) {
	basic(below, "EndpointID", p.URIUniversalCommunication, "schemeID", p.URIUniversalCommunicationScheme) // BT-34, BT-49
	basic(part(below, "PartyName"), "Name", p.Name)
	u.place(part(below, "PostalAddress"), p.PostalAddress)
	if p.VATaxRegistration != "" {
		e := part(below, "PartyTaxScheme")
		basic(e, "CompanyID", p.VATaxRegistration) // BT-31, BT-48
		basic(part(e, "TaxScheme"), "ID", "VAT")
	}
	e := part(below, "PartyLegalEntity")
	basic(e, "RegistrationName", p.Name) // BT-27, BT-44
	if o := p.SpecifiedLegalOrganization; o != nil {
		basic(e, "CompanyID", o.ID, "schemeID", o.Scheme) // BT-30, BT-47
	}
}

func (u *ubl) place(below *etree.Element, a *einvoice.PostalAddress) {
	basic(below, "StreetName", a.Line1)
	basic(below, "CityName", a.City)
	basic(below, "PostalZone", a.PostcodeCode)
	basic(part(below, "Country"), "IdentificationCode", a.CountryID)
}

func (u *ubl) delivery() {
	if u.m.OccurrenceDateTime.IsZero() {
		return
	}
	e := part(u.root, "Delivery")
	basic(e, "ActualDeliveryDate", isoDate(u.m.OccurrenceDateTime)) // BT-72
	u.place(part(e, "DeliveryLocation", "Address"), u.m.ShipTo.PostalAddress)
}

func (u *ubl) payment() {
	for _, p := range u.m.PaymentMeans {
		e := part(u.root, "PaymentMeans")
		basic(e, "PaymentMeansCode", decimal.NewFromInt(int64(p.TypeCode)).String()) // BT-81
		basic(e, "PaymentID", u.m.PaymentReference)                                  // BT-83
		account := part(e, "PayeeFinancialAccount")
		basic(account, "ID", p.PayeePartyCreditorFinancialAccountIBAN)   // BT-84
		basic(account, "Name", p.PayeePartyCreditorFinancialAccountName) // BT-85
		if p.PayeeSpecifiedCreditorFinancialInstitutionBIC != "" {
			basic(part(account, "FinancialInstitutionBranch"), "ID", p.PayeeSpecifiedCreditorFinancialInstitutionBIC) // BT-86
		}
	}
	for _, t := range u.m.SpecifiedTradePaymentTerms {
		if t.Description != "" {
			basic(part(u.root, "PaymentTerms"), "Note", t.Description) // BT-20
		}
	}
}

func (u *ubl) taxes() {
	e := part(u.root, "TaxTotal")
	u.amount(e, "TaxAmount", u.m.TaxTotal) // BT-110
	for _, t := range u.m.TradeTaxes {
		sub := part(e, "TaxSubtotal")
		u.amount(sub, "TaxableAmount", t.BasisAmount)  // BT-116
		u.amount(sub, "TaxAmount", t.CalculatedAmount) // BT-117
		category := part(sub, "TaxCategory")
		basic(category, "ID", t.CategoryCode)                            // BT-118
		basic(category, "Percent", t.Percent.String())                   // BT-119
		basic(category, "TaxExemptionReasonCode", t.ExemptionReasonCode) // BT-121
		basic(category, "TaxExemptionReason", t.ExemptionReason)         // BT-120
		basic(part(category, "TaxScheme"), "ID", "VAT")
	}
}

func (u *ubl) totals() {
	m := u.m
	e := part(u.root, "LegalMonetaryTotal")
	u.amount(e, "LineExtensionAmount", m.LineTotal)    // BT-106
	u.amount(e, "TaxExclusiveAmount", m.TaxBasisTotal) // BT-109
	u.amount(e, "TaxInclusiveAmount", m.GrandTotal)    // BT-112
	if !m.TotalPrepaid.IsZero() {
		u.amount(e, "PrepaidAmount", m.TotalPrepaid) // BT-113
	}
	if !m.RoundingAmount.IsZero() {
		u.amount(e, "PayableRoundingAmount", m.RoundingAmount) // BT-114
	}
	u.amount(e, "PayableAmount", m.DuePayableAmount) // BT-115
}

func (u *ubl) line(l *einvoice.InvoiceLine) {
	name, quantity := "InvoiceLine", "InvoicedQuantity"
	if u.note {
		name, quantity = "CreditNoteLine", "CreditedQuantity"
	}
	e := part(u.root, name)
	basic(e, "ID", l.LineID)                                                        // BT-126
	basic(e, quantity, l.BilledQuantity.String(), "unitCode", l.BilledQuantityUnit) // BT-129, BT-130
	u.amount(e, "LineExtensionAmount", l.Total)                                     // BT-131
	item := part(e, "Item")
	basic(item, "Name", l.ItemName) // BT-153
	if l.ArticleNumber != "" {
		basic(part(item, "SellersItemIdentification"), "ID", l.ArticleNumber) // BT-155
	}
	tax := part(item, "ClassifiedTaxCategory")
	basic(tax, "ID", l.TaxCategoryCode)                        // BT-151
	basic(tax, "Percent", l.TaxRateApplicablePercent.String()) // BT-152
	basic(part(tax, "TaxScheme"), "ID", "VAT")
	basic(part(e, "Price"), "PriceAmount", l.NetPrice.String(), "currencyID", u.m.InvoiceCurrencyCode) // BT-146
}
