package document

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/beevik/etree"
	"github.com/shopspring/decimal"

	"duly/shared/o2c"
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/money"
	"duly/shared/o2c/party"
	"duly/shared/o2c/statute"
	"duly/shared/text"
)

// What a document says it keeps (BT-24) and how it is exchanged (BT-23).
const (
	specEN16931   = "urn:cen.eu:en16931:2017"
	specPeppol    = specEN16931 + "#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"
	specXRechnung = specEN16931 + "#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0"
	processPeppol = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
)

const (
	// pieces is the unit of every quantity (BT-130), UN/ECE Recommendation 20.
	pieces = "C62"
	// sepaTransfer is how an invoice is paid that is paid by transfer (BT-81),
	// UNTDID 4461; NLCIUS allows it (NL-R-008).
	sepaTransfer = "58"
	// notDefined is how a credit note of XRechnung is paid, which must say something
	// (BR-DE-1) and is set off or given back.
	notDefined = "1"
	// transfer is how one is paid in another currency than the euro.
	transfer = "30"
)

// einvoice is a document as EN 16931 sees it. That its sums join is the work of
// invoice.Data, which is made by the standard's own formulas.
type einvoice struct {
	invoice.Data
	seller, buyer epost
}

// epost is where e-invoices reach a party (BT-34, BT-49), and its number in a
// register (BT-30, BT-47).
type epost struct {
	address, scheme string
	register        string // of scheme 0106; "" when there is none
}

// newEInvoice refuses what has no e-invoice: a draft, a document whose buyer no
// e-invoice reaches, and one that breaks a rule of the standard, by its id.
func newEInvoice(d invoice.Data) (einvoice, error) {
	e := addressed(d)
	broken := invoice.Broken(d)
	switch {
	case d.Number == "":
		return e, fault.New(fault.Refused, "A draft has no e-invoice", "it is not issued yet", "ask again when it has a number").Keyed("draft.no_einvoice")
	case e.buyer.address == "":
		return e, fault.New(fault.Incomplete, "The e-invoice of {number} has no address", "the customer has neither a KVK or VAT number nor an e-mail address", "complete the customer and credit the invoice anew, or send the PDF").Keyed("einvoice.address").With("number", d.Number)
	case len(broken) > 0:
		return e, fault.New(fault.Incomplete, "The e-invoice of {number} would be refused", "{rule} wants that {says}", "send the PDF, and tell us").Keyed("einvoice.broken").With("number", d.Number, "rule", broken[0].ID, "says", broken[0].Says)
	}
	return e, nil
}

// addressed is a document with its parties' electronic addresses.
func addressed(d invoice.Data) einvoice {
	return einvoice{Data: d, seller: sellerPost(d.Seller), buyer: buyerPost(d.Buyer)}
}

// peppol reports whether the document can go through Peppol's network, which
// knows no mailboxes.
func (e einvoice) peppol() bool { return e.buyer.scheme != party.SchemeMail }

// asked is the customer's own number of the order (BT-13), else the shop's.
func (e einvoice) asked() string { return cmp.Or(plain(e.PONumber), plain(e.OrderNo)) }

// refer is BT-10: the buyer's own reference, else the number of the order.
func (e einvoice) refer() string {
	return cmp.Or(plain(e.Buyer.Reference), e.asked(), e.CustomerID)
}

// spec is what the e-invoice keeps (BT-24), and the process it belongs to (BT-23).
func (e einvoice) spec() (spec, process string) {
	switch {
	case e.XRechnung():
		return specXRechnung, processPeppol
	case e.peppol():
		return specPeppol, processPeppol
	}
	return specEN16931, ""
}

// note reports whether it is a credit note, which has a schema of its own.
func (e einvoice) note() bool { return e.Type == invoice.CreditNotes }

// refers are the documents before it (BG-3): the invoice that a note corrects
// (NL-R-001), the deposits that an invoice takes off.
func (e einvoice) refers() []invoice.Preceding {
	if e.note() {
		return []invoice.Preceding{{Number: e.Refers}}
	}
	return e.Preceding
}

// period reports whether it bills supplies of several days (BG-14).
func (e einvoice) period() bool { return len(e.Supplies) > 0 && !e.SuppliedFrom.IsZero() }

// day is when a line of a collective invoice was supplied (BG-26).
func (e einvoice) day(l invoice.Line) calendar.Date {
	if !e.period() || l.Supply == 0 || l.Supply > len(e.Supplies) {
		return calendar.Date{}
	}
	return e.Supplies[l.Supply-1].On
}

// delivered names the delivery that a line of a collective invoice belongs to,
// its order and the customer's own number of it: the standard has one number for
// the whole document (BT-13).
func (e einvoice) delivered(l invoice.Line) string {
	if e.day(l).IsZero() {
		return ""
	}
	return supplyLine(text.In(e.Buyer.Language), e.Data, l.Supply)
}

// terms is the sentence of BT-20, in the buyer's language. A discount for paying
// early stands below it in the form of XRechnung, which programs read (BR-DE-18).
func (e einvoice) terms() string {
	words := text.In(e.Buyer.Language)
	said := payBy(e.Data, words)
	if e.Discount == nil || !e.XRechnung() {
		return said
	}
	said += "\n#SKONTO#TAGE=" + strconv.Itoa(e.Discount.Days) + "#PROZENT=" + e.Discount.Percent.StringFixed(2)
	if e.Discount.Tax != party.DiscountTaxIncluded {
		said += "#BASISBETRAG=" + spell(e.Net)
	}
	return said + "#\n"
}

// payBy says until when what is paid: all of it, or each instalment.
func payBy(d invoice.Data, words text.Words) string {
	if len(d.Instalments) == 0 {
		return words.Say("pdf.pay_by", "Amount", words.Money(d.Total.Minor, d.Currency), "Date", words.Date(text.Day(d.DueOn)))
	}
	parts := make([]o2c.LetterInstalmentLine, len(d.Instalments))
	for i, p := range d.Instalments {
		parts[i] = o2c.LetterInstalmentLine{On: p.On, Amount: p.Amount}
	}
	return payInParts(parts, words)
}

// payInParts asks for each instalment by its day.
func payInParts(parts []o2c.LetterInstalmentLine, words text.Words) string {
	said := make([]string, len(parts))
	for i, p := range parts {
		said[i] = words.Say("pdf.pay_part", "Amount", amount(p.Amount, words), "Date", words.Date(text.Day(p.On)))
	}
	return words.Say("pdf.pay_parts", "N", len(said), "List", strings.Join(said, "; "))
}

// discounted says what an allowance is, in the buyer's language (BT-139).
func (e einvoice) discounted() string { return text.In(e.Buyer.Language).Say("pdf.discount") }

// charged says what a charge on a line is for (BT-144).
func (e einvoice) charged(l invoice.Line) string {
	return cmp.Or(plain(l.ChargeFor), text.In(e.Buyer.Language).Say("pdf.surcharge"))
}

// taxedAbroad reports whether the tax is owed in another currency than the
// document's (BT-6, BT-111); where there is none, there is nothing to turn.
func (e einvoice) taxedAbroad() bool { return e.Foreign() && !e.Tax.IsZero() }

// to is where the goods went (BG-15).
func (e einvoice) to() party.Address {
	if e.ShipTo == (party.Address{}) {
		return e.Buyer.Address
	}
	return e.ShipTo
}

// reason is why a category bears no tax (BT-120) and its code (BT-121).
func (e einvoice) reason(c statute.Category) (text, code string) {
	if c == statute.Exempt && e.Seller.SmallBusiness {
		return "Small enterprise: directive 2006/112/EC, articles 281 to 294", ""
	}
	return exemption[c][0], exemption[c][1]
}

// percent spells a rate (BT-119, BT-152); what no tax is charged on by nature has
// none (BR-O-05).
func percent(c statute.Category, rate decimal.Decimal) string {
	if c == statute.NotSubject {
		return ""
	}
	return rate.String()
}

// numbered reports whether VAT ids may stand on the document: not on one of what
// is not subject to tax (BR-O-02).
func (e einvoice) numbered() bool {
	return !slices.ContainsFunc(e.Taxes, func(t statute.Tax) bool { return t.Category == statute.NotSubject })
}

// means is BT-81.
func (e einvoice) means() string {
	if e.note() {
		return notDefined
	}
	if e.Currency == "EUR" {
		return sepaTransfer
	}
	return transfer
}

// due is BT-115.
func (e einvoice) due() money.Amount { return e.Total.Minus(e.Prepaid) }

// discount is the code of an allowance that is one (BT-140), UNTDID 5189.
const discount = "95"

// exemption is why a category bears no tax (BT-120) and its code (BT-121, the
// VATEX list of the CEF).
var exemption = map[statute.Category][2]string{
	statute.ReverseCharge: {"Reverse charge", "VATEX-EU-AE"},
	statute.IntraEU:       {"Intra-Community supply", "VATEX-EU-IC"},
	statute.Export:        {"Export outside the EU", "VATEX-EU-G"},
	statute.Exempt:        {"Exempt", ""},
	statute.NotSubject:    {"Not subject to VAT", "VATEX-EU-O"},
}

func sellerPost(s party.Seller) epost {
	if s.KVK == "" {
		return epost{address: s.Email, scheme: party.SchemeMail}
	}
	return epost{address: s.KVK, scheme: party.SchemeKVK, register: s.KVK}
}

// buyerPost is a buyer's KVK number or Leitweg-ID, else its VAT number, else its
// mailbox.
func buyerPost(b invoice.Buyer) epost {
	scheme, address := party.ElectronicAddress(b.Address.Country, b.KVK, b.Reference, b.VATID, b.Email)
	return epost{address: address, scheme: scheme, register: b.KVK}
}

// leaf adds a value below an element, unless it is empty.
func leaf(below *etree.Element, name, value string, attributes ...string) {
	if value == "" {
		return
	}
	e := below.CreateElement(name)
	for i := 0; i+1 < len(attributes); i += 2 {
		e.CreateAttr(attributes[i], attributes[i+1])
	}
	e.SetText(value)
}

// branch adds elements below one another and returns the innermost.
func branch(below *etree.Element, names ...string) *etree.Element {
	for _, name := range names {
		below = below.CreateElement(name)
	}
	return below
}

// spell is an amount with all decimals of its currency.
func spell(a money.Amount) string { return a.Decimal().StringFixed(money.Digits(a.Currency)) }
