package document

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"
	"github.com/speedata/einvoice"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/money"
	"duly/shared/o2c/party"
	"duly/shared/o2c/statute"
	"duly/shared/text"
)

// creditNote is the type of UNTDID 1001 that has a schema of its own (BT-3).
const creditNote einvoice.CodeDocument = 381

func typeCode(d invoice.Data) einvoice.CodeDocument {
	code, err := strconv.Atoi(d.TypeCode())
	if err != nil {
		panic("document: type code " + d.TypeCode()) // ours, so a number
	}
	return einvoice.CodeDocument(code)
}

// pieces is the unit of every quantity (BT-130), UN/ECE Recommendation 20.
const pieces = "C62"

// sepaTransfer is how an invoice is paid that is paid by transfer (BT-81),
// UNTDID 4461; NLCIUS allows it (NL-R-008).
const sepaTransfer = 58

// model is a document as EN 16931 sees it, proven by the standard's rules: what
// breaks one is refused before anybody else can refuse it.
func model(d invoice.Data) (*einvoice.Invoice, error) {
	if d.Number == "" {
		return nil, fault.New(fault.Refused, "A draft has no e-invoice", "it is not issued yet", "ask again when it has a number")
	}
	if id, _ := address(d.Buyer); id == "" {
		return nil, fault.New(fault.Incomplete, "The e-invoice of "+d.Number+" has no address", "the customer has neither a KVK or VAT number nor an e-mail address", "complete the customer and credit the invoice anew, or send the PDF")
	}
	m := &einvoice.Invoice{
		GuidelineSpecifiedDocumentContextParameter: einvoice.SpecPEPPOLBilling30, BPSpecifiedDocumentContextParameter: einvoice.BPPEPPOLBilling01,
		InvoiceNumber: d.Number, InvoiceDate: dateOf(d.IssuedOn), OccurrenceDateTime: dateOf(d.SuppliedOn), InvoiceTypeCode: typeCode(d),
		InvoiceCurrencyCode: d.Currency, TaxTotalCurrency: d.Currency,
		BuyerOrderReferencedDocument: plain(d.OrderNo), BuyerReference: cmp.Or(plain(d.OrderNo), d.CustomerID),
		Seller: sellerParty(d.Seller), Buyer: buyerParty(d.Buyer),
		LineTotal: d.Net.Decimal(), TaxBasisTotal: d.Net.Decimal(), TaxTotal: d.Tax.Decimal(), GrandTotal: d.Net.Plus(d.Tax).Decimal(),
		RoundingAmount: d.Rounding.Decimal(), TotalPrepaid: d.Prepaid.Decimal(), DuePayableAmount: d.Total.Minus(d.Prepaid).Decimal(),
		ShipTo: &einvoice.Party{Name: plain(d.Buyer.Name), PostalAddress: postal(d.Buyer.Address)},
	}
	for _, p := range d.Preceding {
		m.InvoiceReferencedDocument = append(m.InvoiceReferencedDocument, einvoice.ReferencedDocument{ID: p.Number, Date: dateOf(p.IssuedOn)})
	}
	if d.Type == invoice.CreditNotes {
		m.InvoiceReferencedDocument = []einvoice.ReferencedDocument{{ID: d.Refers}} // BT-25, NL-R-001
	} else {
		m.PaymentReference = d.Reference
		m.PaymentMeans = []einvoice.PaymentMeans{{TypeCode: sepaTransfer, PayeePartyCreditorFinancialAccountIBAN: d.Seller.IBAN, PayeePartyCreditorFinancialAccountName: plain(d.Seller.Name), PayeeSpecifiedCreditorFinancialInstitutionBIC: d.Seller.BIC}}
		m.SpecifiedTradePaymentTerms = []einvoice.SpecifiedTradePaymentTerms{{DueDate: dateOf(d.DueOn), Description: terms(d)}}
	}
	if m.Buyer.URIUniversalCommunicationScheme == schemeMail { // no address in Peppol's network, so it is the standard alone
		m.GuidelineSpecifiedDocumentContextParameter, m.BPSpecifiedDocumentContextParameter = einvoice.SpecEN16931, ""
	}
	for _, l := range d.Lines {
		m.InvoiceLines = append(m.InvoiceLines, modelLine(l))
	}
	for _, t := range d.Taxes {
		m.TradeTaxes = append(m.TradeTaxes, modelTax(t))
	}
	if err := m.Validate(); err != nil {
		return nil, fault.New(fault.Incomplete, "The e-invoice of "+d.Number+" breaks a rule of EN 16931", err.Error(), "complete the customer or the product, and ask again").Because(err)
	}
	return m, nil
}

func dateOf(d calendar.Date) time.Time {
	if d.IsZero() {
		return time.Time{}
	}
	return d.Start(time.UTC)
}

// terms is the sentence of BT-20, in the buyer's language.
func terms(d invoice.Data) string {
	words := text.In(d.Buyer.Language)
	return words.Say("pdf.pay_by", "Amount", words.Money(d.Total.Minor, d.Currency), "Date", words.Date(text.Day(d.DueOn)))
}

// modelLine gives a line the price of one unit so exactly that quantity × price
// is its net amount again (PEPPOL-EN16931-R120).
func modelLine(l invoice.Line) einvoice.InvoiceLine {
	quantity := decimal.NewFromInt(l.Quantity)
	price := l.UnitPrice.Decimal()
	if !quantity.IsZero() && !price.Mul(quantity).Equal(l.Net.Decimal()) {
		price = l.Net.Decimal().DivRound(quantity, 8)
	}
	return einvoice.InvoiceLine{
		LineID: strconv.Itoa(l.N), ItemName: cmp.Or(plain(l.Name), l.SKU, "—"), ArticleNumber: plain(l.SKU),
		BilledQuantity: quantity, BilledQuantityUnit: pieces, NetPrice: price, Total: l.Net.Decimal(),
		TaxTypeCode: "VAT", TaxCategoryCode: string(l.Category), TaxRateApplicablePercent: l.TaxRate,
	}
}

// exemption is why a category bears no tax (BT-120) and its code (BT-121, the
// VATEX list of the CEF).
var exemption = map[statute.Category][2]string{
	statute.ReverseCharge: {"Reverse charge", "VATEX-EU-AE"},
	statute.IntraEU:       {"Intra-Community supply", "VATEX-EU-IC"},
	statute.Export:        {"Export outside the EU", "VATEX-EU-G"},
	statute.Exempt:        {"Exempt", ""},
}

func modelTax(t statute.Tax) einvoice.TradeTax {
	reason := exemption[t.Category]
	return einvoice.TradeTax{
		TypeCode: "VAT", CategoryCode: string(t.Category), Percent: t.Rate, BasisAmount: t.Base.Decimal(), CalculatedAmount: t.Tax.Decimal(),
		ExemptionReason: reason[0], ExemptionReasonCode: reason[1],
	}
}

// The schemes of identifiers (ISO 6523 ICD and the list of electronic addresses).
const (
	schemeKVK  = "0106"
	schemeMail = "EM"
)

func sellerParty(s party.Seller) einvoice.Party {
	p := einvoice.Party{
		Name: plain(s.Name), VATaxRegistration: s.VATID, PostalAddress: postal(s.Address),
		URIUniversalCommunication: s.KVK, URIUniversalCommunicationScheme: schemeKVK,
		SpecifiedLegalOrganization: &einvoice.SpecifiedLegalOrganization{ID: s.KVK, Scheme: schemeKVK},
		DefinedTradeContact:        []einvoice.DefinedTradeContact{{PersonName: plain(s.Name), PhoneNumber: s.Phone, EMail: s.Email}},
	}
	if s.KVK == "" {
		p.URIUniversalCommunication, p.URIUniversalCommunicationScheme, p.SpecifiedLegalOrganization = s.Email, schemeMail, nil
	}
	return p
}

func buyerParty(b invoice.Buyer) einvoice.Party {
	p := einvoice.Party{Name: plain(b.Name), VATaxRegistration: b.VATID, PostalAddress: postal(b.Address)}
	p.URIUniversalCommunication, p.URIUniversalCommunicationScheme = address(b)
	if b.KVK != "" {
		p.SpecifiedLegalOrganization = &einvoice.SpecifiedLegalOrganization{ID: b.KVK, Scheme: schemeKVK}
	}
	return p
}

// vatScheme is the code of a country's VAT numbers as electronic addresses.
var vatScheme = map[string]string{
	"AT": "9914", "BE": "9925", "BG": "9926", "CY": "9928", "CZ": "9929", "DE": "9930", "EE": "9931", "EL": "9933", "ES": "9920",
	"FI": "0213", "FR": "9957", "HR": "9934", "HU": "9910", "IE": "9935", "IT": "0211", "LT": "9937", "LU": "9938", "LV": "9939",
	"MT": "9943", "NL": "9944", "PL": "9945", "PT": "9946", "RO": "9947", "SE": "9955", "SI": "9949", "SK": "9950",
}

// address is where an e-invoice reaches a buyer (BT-49): its KVK number, its
// VAT number, else its mailbox.
func address(b invoice.Buyer) (id, scheme string) {
	if b.KVK != "" && b.Address.Country == "NL" {
		return b.KVK, schemeKVK
	}
	if len(b.VATID) > 2 {
		if scheme, ok := vatScheme[strings.ToUpper(b.VATID[:2])]; ok {
			return strings.ToUpper(b.VATID), scheme
		}
	}
	return b.Email, schemeMail
}

func postal(a party.Address) *einvoice.PostalAddress {
	return &einvoice.PostalAddress{Line1: plain(a.Street), PostcodeCode: plain(a.PostalCode), City: plain(a.City), CountryID: a.Country}
}

// InvoiceCII renders a document as the UN/CEFACT Cross Industry Invoice that
// Factur-X and ZUGFeRD carry.
func (Papers) InvoiceCII(d invoice.Data) ([]byte, error) {
	m, err := model(d)
	if err != nil {
		return nil, err
	}
	m.SchemaType = einvoice.CII
	m.GuidelineSpecifiedDocumentContextParameter, m.BPSpecifiedDocumentContextParameter = einvoice.SpecEN16931, ""
	var out strings.Builder
	if err := m.Write(&out); err != nil {
		return nil, fmt.Errorf("write cii of %s: %w", d.Number, err)
	}
	return []byte(out.String()), nil
}

// spell is an amount with all decimals of its currency.
func spell(d decimal.Decimal, currency string) string { return d.StringFixed(money.Digits(currency)) }
