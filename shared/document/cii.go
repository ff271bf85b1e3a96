package document

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/beevik/etree"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/money"
	"duly/shared/o2c/party"
)

// The names of the UN/CEFACT Cross Industry Invoice, D16B.
const (
	ciiInvoice     = "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
	ciiAggregate   = "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"
	ciiQualified   = "urn:un:unece:uncefact:data:standard:QualifiedDataType:100"
	ciiUnqualified = "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100"
)

// InvoiceCII renders a document as the Cross Industry Invoice that Factur-X and
// ZUGFeRD carry, by EN 16931: as XRechnung 3.0 where a German buyer gave a
// reference.
func (Papers) InvoiceCII(d invoice.Data) ([]byte, error) {
	e, err := newEInvoice(d)
	if err != nil {
		return nil, err
	}
	if e.XRechnung() {
		return e.cii(specXRechnung, processPeppol)
	}
	return e.cii(specEN16931, "")
}

func (e einvoice) cii(spec, process string) ([]byte, error) {
	d := e.Data
	doc := etree.NewDocument()
	doc.CreateProcInst("xml", `version="1.0" encoding="UTF-8"`)
	root := doc.CreateElement("rsm:CrossIndustryInvoice")
	root.CreateAttr("xmlns:rsm", ciiInvoice)
	root.CreateAttr("xmlns:ram", ciiAggregate)
	root.CreateAttr("xmlns:qdt", ciiQualified)
	root.CreateAttr("xmlns:udt", ciiUnqualified)
	c := cii{e}
	context := branch(root, "rsm:ExchangedDocumentContext")
	if process != "" {
		leaf(branch(context, "ram:BusinessProcessSpecifiedDocumentContextParameter"), "ram:ID", process) // BT-23
	}
	leaf(branch(context, "ram:GuidelineSpecifiedDocumentContextParameter"), "ram:ID", spec) // BT-24
	head := branch(root, "rsm:ExchangedDocument")
	leaf(head, "ram:ID", d.Number)           // BT-1
	leaf(head, "ram:TypeCode", d.TypeCode()) // BT-3
	c.date(head, "ram:IssueDateTime", d.IssuedOn)
	deal := branch(root, "rsm:SupplyChainTradeTransaction")
	for _, l := range d.Items() {
		c.line(branch(deal, "ram:IncludedSupplyChainTradeLineItem"), l)
	}
	c.agreement(branch(deal, "ram:ApplicableHeaderTradeAgreement"))
	c.delivery(branch(deal, "ram:ApplicableHeaderTradeDelivery"))
	c.settlement(branch(deal, "ram:ApplicableHeaderTradeSettlement"))
	doc.Indent(2)
	return doc.WriteToBytes()
}

// cii writes one document, element by element in the order of the schema.
type cii struct{ einvoice }

// date writes YYYYMMDD, which is format 102 of UNTDID 2379.
func (c cii) date(below *etree.Element, name string, d calendar.Date) {
	if !d.IsZero() {
		leaf(branch(below, name), "udt:DateTimeString", strings.ReplaceAll(d.String(), "-", ""), "format", "102")
	}
}

// span writes a period from its first to its last day.
func (c cii) span(e *etree.Element, from, to calendar.Date) {
	c.date(e, "ram:StartDateTime", from)
	c.date(e, "ram:EndDateTime", to)
}

func (c cii) line(e *etree.Element, l invoice.Line) {
	about := branch(e, "ram:AssociatedDocumentLineDocument")
	leaf(about, "ram:LineID", strconv.Itoa(l.N)) // BT-126
	if said := c.delivered(l); said != "" {
		leaf(branch(about, "ram:IncludedNote"), "ram:Content", said) // BT-127
	}
	product := branch(e, "ram:SpecifiedTradeProduct")
	leaf(product, "ram:SellerAssignedID", plain(l.SKU))                                                                            // BT-155
	leaf(product, "ram:Name", cmp.Or(plain(l.Name), plain(l.SKU), "—"))                                                            // BT-153
	leaf(branch(e, "ram:SpecifiedLineTradeAgreement", "ram:NetPriceProductTradePrice"), "ram:ChargeAmount", l.Price().String())    // BT-146
	leaf(branch(e, "ram:SpecifiedLineTradeDelivery"), "ram:BilledQuantity", strconv.FormatInt(l.Quantity, 10), "unitCode", pieces) // BT-129, BT-130
	settled := branch(e, "ram:SpecifiedLineTradeSettlement")
	tax := branch(settled, "ram:ApplicableTradeTax")
	leaf(tax, "ram:TypeCode", "VAT")
	leaf(tax, "ram:CategoryCode", string(l.Category))                      // BT-151
	leaf(tax, "ram:RateApplicablePercent", percent(l.Category, l.TaxRate)) // BT-152
	if on := c.day(l); !on.IsZero() {
		c.span(branch(settled, "ram:BillingSpecifiedPeriod"), on, on) // BT-134, BT-135
	}
	if off := l.Allowance(); off.IsPositive() { // BG-27
		c.adjust(branch(settled, "ram:SpecifiedTradeAllowanceCharge"), false, c.discounted(), off)
	}
	if on := l.Charged(); on.IsPositive() { // BG-28
		c.adjust(branch(settled, "ram:SpecifiedTradeAllowanceCharge"), true, c.charged(l), on)
	}
	leaf(branch(settled, "ram:SpecifiedTradeSettlementLineMonetarySummation"), "ram:LineTotalAmount", spell(l.Net)) // BT-131
}

// adjust fills an allowance or a charge, of a line or of the document.
func (c cii) adjust(a *etree.Element, charge bool, reason string, amount money.Amount) {
	leaf(branch(a, "ram:ChargeIndicator"), "udt:Indicator", strconv.FormatBool(charge))
	leaf(a, "ram:ActualAmount", spell(amount)) // BT-92, BT-99, BT-136, BT-141
	if !charge {
		leaf(a, "ram:ReasonCode", discount) // BT-98, BT-140
	}
	leaf(a, "ram:Reason", reason) // BT-97, BT-104, BT-139, BT-144
}

func (c cii) agreement(e *etree.Element) {
	leaf(e, "ram:BuyerReference", c.refer()) // BT-10
	seller := branch(e, "ram:SellerTradeParty")
	leaf(seller, "ram:Name", plain(c.Seller.Name)) // BT-27
	c.register(seller, c.seller)
	contact := branch(seller, "ram:DefinedTradeContact") // BG-6
	leaf(contact, "ram:PersonName", plain(c.Seller.Name))
	if c.Seller.Phone != "" {
		leaf(branch(contact, "ram:TelephoneUniversalCommunication"), "ram:CompleteNumber", c.Seller.Phone)
	}
	if c.Seller.Email != "" {
		leaf(branch(contact, "ram:EmailURIUniversalCommunication"), "ram:URIID", c.Seller.Email)
	}
	c.home(seller, c.Seller.Address, c.seller, c.Seller.VATID)
	buyer := branch(e, "ram:BuyerTradeParty")
	leaf(buyer, "ram:Name", plain(c.Buyer.Name)) // BT-44
	c.register(buyer, c.buyer)
	c.home(buyer, c.Buyer.Address, c.buyer, c.Buyer.VATID)
	if c.asked() != "" {
		leaf(branch(e, "ram:BuyerOrderReferencedDocument"), "ram:IssuerAssignedID", c.asked()) // BT-13
	}
}

func (c cii) register(e *etree.Element, post epost) {
	if post.register != "" {
		leaf(branch(e, "ram:SpecifiedLegalOrganization"), "ram:ID", post.register, "schemeID", party.SchemeKVK) // BT-30, BT-47
	}
}

// home is a party's place, its electronic address and its VAT number.
func (c cii) home(e *etree.Element, a party.Address, post epost, vat string) {
	c.place(e, a)
	leaf(branch(e, "ram:URIUniversalCommunication"), "ram:URIID", post.address, "schemeID", post.scheme) // BT-34, BT-49
	if vat != "" && c.numbered() {
		leaf(branch(e, "ram:SpecifiedTaxRegistration"), "ram:ID", vat, "schemeID", "VA") // BT-31, BT-48
	}
}

func (c cii) place(e *etree.Element, a party.Address) {
	at := branch(e, "ram:PostalTradeAddress")
	leaf(at, "ram:PostcodeCode", plain(a.PostalCode))
	leaf(at, "ram:LineOne", plain(a.Street))
	leaf(at, "ram:CityName", plain(a.City))
	leaf(at, "ram:CountryID", a.Country)
}

func (c cii) delivery(e *etree.Element) {
	if c.SuppliedOn.IsZero() {
		return
	}
	to := branch(e, "ram:ShipToTradeParty")
	leaf(to, "ram:Name", plain(c.Buyer.Name))
	c.place(to, c.to())
	if !c.period() {
		c.date(branch(e, "ram:ActualDeliverySupplyChainEvent"), "ram:OccurrenceDateTime", c.SuppliedOn) // BT-72
	}
}

func (c cii) settlement(e *etree.Element) {
	if !c.note() {
		leaf(e, "ram:PaymentReference", c.Reference) // BT-83
	}
	if c.taxedAbroad() {
		leaf(e, "ram:TaxCurrencyCode", c.BooksCurrency) // BT-6
	}
	leaf(e, "ram:InvoiceCurrencyCode", c.Currency) // BT-5
	if !c.note() || c.XRechnung() {
		c.payment(branch(e, "ram:SpecifiedTradeSettlementPaymentMeans"))
	}
	for _, t := range c.Taxes {
		tax := branch(e, "ram:ApplicableTradeTax")
		leaf(tax, "ram:CalculatedAmount", spell(t.Tax)) // BT-117
		leaf(tax, "ram:TypeCode", "VAT")
		why, code := c.reason(t.Category)
		leaf(tax, "ram:ExemptionReason", why)                               // BT-120
		leaf(tax, "ram:BasisAmount", spell(t.Base))                         // BT-116
		leaf(tax, "ram:CategoryCode", string(t.Category))                   // BT-118
		leaf(tax, "ram:ExemptionReasonCode", code)                          // BT-121
		leaf(tax, "ram:RateApplicablePercent", percent(t.Category, t.Rate)) // BT-119
	}
	if c.period() {
		c.span(branch(e, "ram:BillingSpecifiedPeriod"), c.SuppliedFrom, c.SuppliedOn) // BT-73, BT-74
	}
	for _, l := range c.Overall() { // BG-20, BG-21
		a := branch(e, "ram:SpecifiedTradeAllowanceCharge")
		c.adjust(a, l.Net.IsPositive(), plain(l.Name), l.Net.Abs())
		tax := branch(a, "ram:CategoryTradeTax")
		leaf(tax, "ram:TypeCode", "VAT")
		leaf(tax, "ram:CategoryCode", string(l.Category))                      // BT-95, BT-102
		leaf(tax, "ram:RateApplicablePercent", percent(l.Category, l.TaxRate)) // BT-96, BT-103
	}
	if !c.note() {
		terms := branch(e, "ram:SpecifiedTradePaymentTerms")
		leaf(terms, "ram:Description", c.terms())     // BT-20
		c.date(terms, "ram:DueDateDateTime", c.DueOn) // BT-9
	}
	c.totals(branch(e, "ram:SpecifiedTradeSettlementHeaderMonetarySummation"))
	for _, r := range c.refers() {
		to := branch(e, "ram:InvoiceReferencedDocument")
		leaf(to, "ram:IssuerAssignedID", r.Number) // BT-25
		if !r.IssuedOn.IsZero() {
			leaf(branch(to, "ram:FormattedIssueDateTime"), "qdt:DateTimeString", strings.ReplaceAll(r.IssuedOn.String(), "-", ""), "format", "102") // BT-26
		}
	}
}

func (c cii) payment(e *etree.Element) {
	leaf(e, "ram:TypeCode", c.means()) // BT-81
	if c.note() {
		return
	}
	account := branch(e, "ram:PayeePartyCreditorFinancialAccount")
	leaf(account, "ram:IBANID", c.Seller.IBAN)             // BT-84
	leaf(account, "ram:AccountName", plain(c.Seller.Name)) // BT-85
	if c.Seller.BIC != "" {
		leaf(branch(e, "ram:PayeeSpecifiedCreditorFinancialInstitution"), "ram:BICID", c.Seller.BIC) // BT-86
	}
}

func (c cii) totals(e *etree.Element) {
	lines, off, on := c.Gross()
	leaf(e, "ram:LineTotalAmount", spell(lines)) // BT-106
	if !on.IsZero() {
		leaf(e, "ram:ChargeTotalAmount", spell(on)) // BT-108
	}
	if !off.IsZero() {
		leaf(e, "ram:AllowanceTotalAmount", spell(off)) // BT-107
	}
	leaf(e, "ram:TaxBasisTotalAmount", spell(c.Net))                      // BT-109
	leaf(e, "ram:TaxTotalAmount", spell(c.Tax), "currencyID", c.Currency) // BT-110
	if c.taxedAbroad() {
		leaf(e, "ram:TaxTotalAmount", spell(c.Books().Tax), "currencyID", c.BooksCurrency) // BT-111
	}
	if !c.Rounding.IsZero() {
		leaf(e, "ram:RoundingAmount", spell(c.Rounding)) // BT-114
	}
	leaf(e, "ram:GrandTotalAmount", spell(c.Net.Plus(c.Tax))) // BT-112
	if !c.Prepaid.IsZero() {
		leaf(e, "ram:TotalPrepaidAmount", spell(c.Prepaid)) // BT-113
	}
	leaf(e, "ram:DuePayableAmount", spell(c.due())) // BT-115
}
