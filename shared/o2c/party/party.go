// Package party owns people: who a customer is, under which names shops know
// it, and where it lives. It does not own what a customer owes or may owe.
package party

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/money"
)

// Kind is what a customer is in law; it decides what an invoice must show and
// which interest and costs may be claimed.
type Kind string

// The kinds of design §3.
const (
	Consumer    Kind = "consumer"
	SoleTrader  Kind = "sole_trader"
	Company     Kind = "company"
	Association Kind = "association"
	Foundation  Kind = "foundation"
	PublicBody  Kind = "public_body"
)

// Kinds lists every kind.
func Kinds() []Kind {
	return []Kind{Consumer, SoleTrader, Company, Association, Foundation, PublicBody}
}

// Address is where somebody is, as an invoice must show it (EN 16931 BG-5, BG-8).
type Address struct {
	Street     string `json:"street,omitempty"`      // BT-35, BT-50, with house number
	PostalCode string `json:"postal_code,omitempty"` // BT-38, BT-53
	City       string `json:"city,omitempty"`        // BT-37, BT-52
	Country    string `json:"country,omitempty"`     // BT-40, BT-55, ISO 3166-1 alpha-2
}

// When a customer's goods are invoiced.
const (
	InvoiceOnShipment = "shipment" // each shipment, what left with it
	InvoiceOnOrder    = "order"    // all of it, as the order is confirmed
	InvoiceWeekly     = "week"     // one invoice of what left in a week
	InvoiceMonthly    = "month"    // one invoice of what left in a month
	InvoicePrepaid    = "prepaid"  // all of it, and paid before anything leaves
)

// How a customer's invoices reach it, and what goes with a mail beside the PDF.
const (
	InvoiceByMail   = "mail"
	InvoiceByPeppol = "peppol"
	InvoiceByPost   = "post"

	EInvoiceUBL = "ubl"
)

// Seller is the company itself as its documents show it (EN 16931 BG-4).
type Seller struct {
	Name    string  `json:"name"`   // BT-27
	VATID   string  `json:"vat_id"` // BT-31
	KVK     string  `json:"kvk"`    // BT-30, scheme 0106
	Address Address `json:"address"`
	IBAN    string  `json:"iban"` // BT-84
	BIC     string  `json:"bic"`  // BT-86
	Email   string  `json:"email"`
	Phone   string  `json:"phone"`

	SmallBusiness bool `json:"small_business,omitempty"` // charges no VAT (directive 2006/112/EC, articles 281 to 294; in the Netherlands the KOR)
}

// Data is what a customer is made of, in the shape the store keeps and the API
// shows.
type Data struct {
	ID             string            `json:"id"`
	Name           string            `json:"name"`
	Kind           Kind              `json:"kind"`
	Emails         []string          `json:"emails"`
	Phone          string            `json:"phone,omitempty"`
	Language       string            `json:"language"` // en, nl, de, fr
	Address        Address           `json:"address"`
	VATID          string            `json:"vat_id,omitempty"`
	KVK            string            `json:"kvk,omitempty"`
	BuyerReference string            `json:"buyer_reference,omitempty"` // BT-10: the Leitweg-ID of a German public body, or what the customer wants to see
	TermsDays      *int              `json:"terms,omitempty"`           // days net; nil: the policy's default
	TermsKind      calendar.TermKind `json:"terms_kind,omitempty"`      // how they are counted
	Instalments    []calendar.Share  `json:"instalments,omitempty"`     // several due dates of each invoice, in place of one
	Discount       *Discount         `json:"discount,omitempty"`        // for paying early
	CreditLimit    *money.Amount     `json:"credit_limit,omitempty"`    // nil: the policy's default
	Unlimited      bool              `json:"unlimited,omitempty"`       // no limit at all, by an explicit decision
	Owner          string            `json:"owner,omitempty"`           // colleague who looks after it
	InvoiceOn      string            `json:"invoice_on,omitempty"`      // when goods are invoiced; "": on shipment
	InvoiceBy      string            `json:"invoice_by,omitempty"`      // "": by mail
	InvoiceTo      []string          `json:"invoice_to,omitempty"`      // mailboxes for invoices; none: the first address
	EInvoice       string            `json:"e_invoice,omitempty"`       // attached to the mail; "": the PDF alone
	DunningProfile string            `json:"dunning_profile,omitempty"`
	PORequired     bool              `json:"po_number_required,omitempty"` // its own number stands on each invoice, or nobody there pays it
	Segment        string            `json:"segment,omitempty"`            // whose price list holds
	Blocked        bool              `json:"blocked,omitempty"`
	Stopped        *Stop             `json:"stopped,omitempty"`     // supply is stopped: a person decides on each new order
	Large          bool              `json:"large,omitempty"`       // a large enterprise in law, as we were told; it decides on the days to pay
	Group          string            `json:"group,omitempty"`       // id of the customer at the head of its group of companies
	GroupLimit     *money.Amount     `json:"group_limit,omitempty"` // of the whole group; kept with its head; nil: unlimited
	Insured        *Insurance        `json:"insured_limit,omitempty"`
	JoinedInto     string            `json:"joined_into,omitempty"` // id of the customer that it is by now: its names lead there
	Joined         []string          `json:"joined,omitempty"`      // ids of those that are it; what they owe stays theirs
	ErasedOn       calendar.Date     `json:"erased_on,omitzero"`    // nobody is known by this id since then; an order of theirs makes them known again
	Since          calendar.Date     `json:"since,omitzero"`        // customer since; no date: since it was created here
	CreatedAt      time.Time         `json:"created_at"`
}

// Discount is what a customer may take off an invoice for paying early, such as
// 2 percent within 10 days.
type Discount struct {
	Percent decimal.Decimal `json:"percent"`
	Days    int             `json:"days"` // from the invoice's date to the day of value
	Tax     string          `json:"tax"`
}

// How a discount treats the tax.
const (
	DiscountTaxIncluded = "included" // it is taken off the total, and the tax falls with the price
	DiscountTaxExcluded = "excluded" // it is taken off the net amount, and the tax stays
)

// Stop is the decision to let new orders of a late customer wait.
type Stop struct {
	By  string        `json:"by"` // the actor who decided
	Why string        `json:"why"`
	On  calendar.Date `json:"on"`
}

// Insurance is a credit insurer's cover of a customer, apart from the limit that
// the house itself gives.
type Insurance struct {
	Limit   money.Amount  `json:"limit"`
	Insurer string        `json:"insurer"`
	Number  string        `json:"number"`   // of the policy
	ValidTo calendar.Date `json:"valid_to"` // its last day
}

// Customer is one legal or natural person.
type Customer struct{ data Data }

// NewCustomer checks the particulars and makes a customer of them.
func NewCustomer(d Data) (*Customer, error) {
	if d.Kind == "" {
		d.Kind = Consumer
		if d.VATID != "" || d.KVK != "" {
			d.Kind = Company // a business only if a VAT or KVK number is known or declared (design §3)
		}
	}
	if d.Language == "" {
		d.Language = "nl"
	}
	c := &Customer{data: d}
	return c, c.check()
}

func (c *Customer) check() error {
	d := c.data
	switch {
	case d.ID == "":
		return fmt.Errorf("a customer needs an id")
	case strings.TrimSpace(d.Name) == "":
		return fault.Breaks("customer.name", "a customer needs a name")
	case CheckKind(d.Kind) != nil:
		return CheckKind(d.Kind)
	case d.CreditLimit != nil && d.CreditLimit.IsNegative():
		return fault.Breaks("customer.limit", "credit limit {limit} is below zero; write null for the default, 0 for prepay only", "limit", d.CreditLimit)
	case !slices.Contains([]string{"", InvoiceOnShipment, InvoiceOnOrder, InvoicePrepaid, InvoiceWeekly, InvoiceMonthly}, d.InvoiceOn):
		return fmt.Errorf("invoice_on %q is none of shipment, order, prepaid, week, month", d.InvoiceOn)
	case !slices.Contains([]string{"", InvoiceByMail, InvoiceByPeppol, InvoiceByPost}, d.InvoiceBy):
		return fmt.Errorf("invoice_by %q is none of mail, peppol, post", d.InvoiceBy)
	case !slices.Contains([]string{"", EInvoiceUBL}, d.EInvoice):
		return fmt.Errorf("e_invoice %q is neither empty nor ubl", d.EInvoice)
	case !slices.Contains(calendar.TermKinds(), d.TermsKind):
		return fmt.Errorf("terms_kind %q is none of net (empty), eom_plus, days_eom", d.TermsKind)
	case d.TermsDays != nil && (*d.TermsDays < 0 || *d.TermsDays > 120):
		return fault.Breaks("customer.terms", "terms of {n} days; write a whole number from 0 to 120", "n", *d.TermsDays)
	}
	if err := calendar.CheckShares(d.Instalments); err != nil {
		return err
	}
	if d.GroupLimit != nil && (d.GroupLimit.IsNegative() || d.Group != d.ID) {
		return fault.Breaks("customer.group_limit", "a group limit of {limit}; it is not below zero and stands with the customer at the head of the group", "limit", d.GroupLimit)
	}
	if i := d.Insured; i != nil && (!i.Limit.IsPositive() || i.Insurer == "" || i.Number == "" || i.ValidTo.IsZero()) {
		return fault.Breaks("customer.insured", "an insured limit needs an amount above zero, the insurer, the policy's number and its last day")
	}
	for _, e := range slices.Concat(d.Emails, d.InvoiceTo) {
		if err := CheckEmail(e); err != nil {
			return err
		}
	}
	return d.checkReference()
}

// Amend changes the particulars and keeps what makes the customer itself.
func (c *Customer) Amend(change func(*Data)) error {
	next := Customer{data: c.data}
	change(&next.data)
	next.data.ID, next.data.CreatedAt = c.data.ID, c.data.CreatedAt
	if err := next.check(); err != nil {
		return err
	}
	*c = next
	return nil
}

// Data is a copy of the particulars.
func (c *Customer) Data() Data { return c.data }

// Business reports whether the customer acts in a profession: the fork between
// the commercial and the consumer rules.
func (c *Customer) Business() bool { return c.data.Kind != Consumer }

// Email is where documents go; "" when none is known.
func (c *Customer) Email() string {
	if len(c.data.Emails) == 0 {
		return ""
	}
	return c.data.Emails[0]
}

// Kind, ID and ListKey make the customer a document.
func (c *Customer) Kind() string    { return "customer" }
func (c *Customer) ID() string      { return c.data.ID }
func (c *Customer) ListKey() string { return c.data.CreatedAt.UTC().Format(time.RFC3339Nano) }

// MarshalJSON and UnmarshalJSON are the store's door.
func (c *Customer) MarshalJSON() ([]byte, error) { return json.Marshal(&c.data) }
func (c *Customer) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &c.data) }
