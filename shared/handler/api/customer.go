package api

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"duly/shared/o2c"
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/money"
	"duly/shared/o2c/party"
	"duly/shared/shop"
)

// Customer is one legal or natural person.
type Customer struct {
	ID             string            `json:"id"`
	Name           string            `json:"name" example:"Bakkerij Vos"`
	Kind           string            `json:"kind" enum:"consumer,sole_trader,company,association,foundation,public_body"`
	Emails         []string          `json:"emails" nullable:"false"`
	Phone          string            `json:"phone"`
	Language       string            `json:"language" example:"nl"`
	Address        Address           `json:"address"`
	Addresses      []PlacedAddress   `json:"addresses" nullable:"false"`
	VATID          string            `json:"vat_id"`
	KVK            string            `json:"kvk"`
	BuyerReference string            `json:"buyer_reference" doc:"BT-10 of its invoices: the Leitweg-ID of a German public body, or what the customer wants to see on them"`
	Terms          int               `json:"terms" doc:"Days to pay that hold for the customer"`
	TermsKind      string            `json:"terms_kind" enum:",eom_plus,days_eom" doc:"How they are counted: from the invoice, from the end of its month, or from the invoice to the end of that month"`
	Instalments    []InstalmentShare `json:"instalments" nullable:"false" doc:"Several due dates of each invoice, in place of one; empty: one"`
	Discount       Null[Discount]    `json:"discount" doc:"For paying early; null is none"`
	CreditLimit    Null[Money]       `json:"credit_limit" doc:"That holds: its own, else the policy's. null is unlimited, 0 is prepay only"`
	Exposure       ExposureView      `json:"exposure"`
	Owner          string            `json:"owner" doc:"Slack user id of the colleague who looks after it"`
	InvoiceOn      string            `json:"invoice_on" enum:"shipment,order,prepaid,week,month"`
	InvoiceBy      string            `json:"invoice_by" enum:"mail,peppol,post"`
	InvoiceTo      []string          `json:"invoice_to" nullable:"false" doc:"Mailboxes for invoices; none: the first of emails"`
	EInvoice       string            `json:"e_invoice" enum:",ubl" doc:"What goes with the mail beside the PDF"`
	DunningProfile string            `json:"dunning_profile"`
	PORequired     bool              `json:"po_number_required" doc:"Nobody is reminded of an invoice without it"`
	SupplyStopped  string            `json:"supply_stopped" doc:"Why new orders wait for a person; empty: they do not"`
	Segment        string            `json:"segment" doc:"Whose price lists hold for the customer"`
	Blocked        bool              `json:"blocked"`
	JoinedInto     string            `json:"joined_into" doc:"The customer that it is by now: whoever orders under its names orders as that one"`
	Joined         []string          `json:"joined" nullable:"false" doc:"Customers who are this one; what they owe stays theirs"`
	Large          bool              `json:"large" doc:"A large enterprise in law, as we were told: it bounds the days to pay"`
	CustomerCredit
	CreatedAt time.Time `json:"created_at"`
}

// PlacedAddress is an address and what is there.
type PlacedAddress struct {
	Type       string `json:"type,omitempty" enum:"billing" doc:"Goods go where the order says"`
	Street     string `json:"street,omitempty"`
	PostalCode string `json:"postal_code,omitempty"`
	City       string `json:"city,omitempty"`
	Country    string `json:"country,omitempty" doc:"ISO 3166-1 alpha-2"`
}

func (a PlacedAddress) address() Address {
	return Address{Street: a.Street, PostalCode: a.PostalCode, City: a.City, Country: a.Country}
}

// ExposureView is what is at stake with a customer.
type ExposureView struct {
	Receivable Money       `json:"receivable" doc:"Open invoices"`
	Confirmed  Money       `json:"confirmed" doc:"Confirmed orders, not yet invoiced"`
	Total      Money       `json:"total"`
	Headroom   Null[Money] `json:"headroom" doc:"Limit − total; null is unlimited"`
}

// CustomerInput is what a program says of a customer; what is left out stays,
// or takes its default.
type CustomerInput struct {
	Name           string             `json:"name,omitempty" maxLength:"200" example:"Bakkerij Vos"`
	Kind           string             `json:"kind,omitempty" enum:"consumer,sole_trader,company,association,foundation,public_body" doc:"Left out: a company if it has a VAT or KVK number, else a consumer" example:"company"`
	Emails         []string           `json:"emails,omitempty" maxItems:"10" doc:"The first one gets the documents" example:"[\"inkoop@bakkerijvos.example\"]"`
	Email          string             `json:"email,omitempty" doc:"Short for emails with one"`
	Phone          string             `json:"phone,omitempty" maxLength:"50"`
	Language       string             `json:"language,omitempty" enum:"en,nl,de,fr" example:"nl"`
	Address        *Address           `json:"address,omitempty"`
	Addresses      []PlacedAddress    `json:"addresses,omitempty" maxItems:"5" doc:"Another spelling of address"`
	VATID          string             `json:"vat_id,omitempty" maxLength:"20" example:"NL004495445B01"`
	KVK            string             `json:"kvk,omitempty" maxLength:"20" example:"12345678"`
	BuyerReference *string            `json:"buyer_reference,omitempty" maxLength:"50" doc:"BT-10 of its invoices: the Leitweg-ID of a German public body, whose check digits must be right, or what the customer wants to see on them. A German customer with one is sent XRechnung" example:"04011000-1234512345-06"`
	Terms          Null[int]          `json:"terms,omitempty" doc:"Days to pay; null is the policy's"`
	Instalments    *[]InstalmentShare `json:"instalments,omitempty" maxItems:"12" doc:"Several due dates of each invoice, in place of one; an empty list: one again"`
	TermsKind      *string            `json:"terms_kind,omitempty" enum:",eom_plus,days_eom" doc:"How they are counted: from the invoice, from the end of its month, or from the invoice to the end of that month"`
	Discount       Null[Discount]     `json:"discount,omitempty" doc:"For paying early; null is none"`
	CreditLimit    Null[Money]        `json:"credit_limit,omitempty" doc:"null is unlimited, 0 is prepay only; left out, the policy's holds"`
	Owner          *string            `json:"owner,omitempty"`
	InvoiceOn      *string            `json:"invoice_on,omitempty" enum:"shipment,order,prepaid,week,month" doc:"When goods are invoiced: with each shipment, all as the order is confirmed, all and paid before anything leaves, or what left in a week or a month on one invoice"`
	InvoiceBy      *string            `json:"invoice_by,omitempty" enum:"mail,peppol,post" doc:"How invoices and credit notes go out"`
	InvoiceTo      *[]string          `json:"invoice_to,omitempty" maxItems:"3" doc:"Mailboxes for invoices; each has a status of its own"`
	EInvoice       *string            `json:"e_invoice,omitempty" enum:",ubl" doc:"ubl: the e-invoice is attached to the mail"`
	DunningProfile *string            `json:"dunning_profile,omitempty" doc:"One of the policy's ladders, none for no reminders at all, empty for the ladder of its kind or segment"`
	PORequired     *bool              `json:"po_number_required,omitempty" doc:"The customer's own number stands on each invoice, or nobody there pays it"`
	Segment        *string            `json:"segment,omitempty" maxLength:"50" doc:"Whose price lists hold for the customer" example:"wholesale"`
	Blocked        *bool              `json:"blocked,omitempty"`
	Large          *bool              `json:"large,omitempty"`
	CustomerCreditInput
}

// apply writes what was said over what is known.
func (in CustomerInput) apply(d *party.Data) {
	d.Name, d.Phone = cmp.Or(in.Name, d.Name), cmp.Or(in.Phone, d.Phone)
	d.Kind, d.Language = cmp.Or(party.Kind(in.Kind), d.Kind), cmp.Or(in.Language, d.Language)
	d.VATID, d.KVK = cmp.Or(in.VATID, d.VATID), cmp.Or(in.KVK, d.KVK)
	if in.Emails != nil {
		d.Emails = in.Emails
	} else if in.Email != "" {
		d.Emails = []string{in.Email}
	}
	if in.Address != nil {
		d.Address = in.Address.party()
	} else if len(in.Addresses) > 0 {
		d.Address = in.Addresses[0].address().party()
	}
	if in.Terms.Sent {
		d.TermsDays = in.Terms.Value
	}
	if in.Instalments != nil {
		d.Instalments = nil
		for _, p := range *in.Instalments {
			d.Instalments = append(d.Instalments, calendar.Share(p))
		}
	}
	if in.TermsKind != nil {
		d.TermsKind = calendar.TermKind(*in.TermsKind)
	}
	if in.Discount.Sent {
		d.Discount = in.Discount.Value.terms()
	}
	if in.CreditLimit.Sent {
		d.Unlimited, d.CreditLimit = in.CreditLimit.Value == nil, nil
		if v := in.CreditLimit.Value; v != nil {
			limit := v.amount()
			d.CreditLimit = &limit
		}
	}
	if in.BuyerReference != nil {
		d.BuyerReference = strings.TrimSpace(*in.BuyerReference)
	}
	set(&d.Owner, in.Owner)
	set(&d.InvoiceOn, in.InvoiceOn)
	set(&d.InvoiceBy, in.InvoiceBy)
	set(&d.InvoiceTo, in.InvoiceTo)
	set(&d.EInvoice, in.EInvoice)
	set(&d.DunningProfile, in.DunningProfile)
	set(&d.PORequired, in.PORequired)
	set(&d.Segment, in.Segment)
	set(&d.Blocked, in.Blocked)
	set(&d.Large, in.Large)
	in.CustomerCreditInput.apply(d)
}

func set[T any](field *T, said *T) {
	if said != nil {
		*field = *said
	}
}

// check refuses what cannot be true, and what only the books can refuse.
func (in CustomerInput) check(books string) error {
	said := shop.GenericCustomer{Email: shop.Text(in.Email), VATID: shop.Text(in.VATID), KVK: shop.Text(in.KVK)}
	for _, e := range in.Emails {
		said.Emails = append(said.Emails, shop.Text(e))
	}
	if in.Address != nil {
		said.Address = in.Address.said()
	}
	for _, a := range in.Addresses {
		said.Addresses = append(said.Addresses, a.address().said())
	}
	if err := said.Check(""); err != nil {
		return err
	}
	if in.InvoiceTo != nil {
		for i, e := range *in.InvoiceTo {
			if err := party.CheckEmail(e); err != nil {
				return fault.By(fmt.Sprintf("/invoice_to/%d", i), err, "write it as name@company.example")
			}
		}
	}
	if v := in.CreditLimit.Value; v != nil && v.Currency != books {
		return fault.Bad("/credit_limit/currency", "the limit is in "+v.Currency+" and the books are kept in "+books, "write it in "+books)
	}
	return in.CustomerCreditInput.check(books)
}

func (s server) customers() {
	type byID struct {
		ID string `path:"id"`
	}
	type creation struct{ Body CustomerInput }
	type change struct {
		ID   string `path:"id"`
		Body CustomerInput
	}
	op := made("create-customer", "/v1/customers", "Create a customer")
	route(s, exampled(op, customerExample), func(ctx context.Context, in *creation) (*reply[Customer], error) {
		return s.createCustomer(ctx, in.Body)
	})
	route(s, get("list-customers", "/v1/customers", "List customers"), func(ctx context.Context, in *Paging) (*reply[page[Customer]], error) {
		kept, next, err := walk(*in, func(limit int, after string) (o2c.Listing[party.Customer], error) {
			return o2c.ListOf[party.Customer](ctx, s.Cycle, limit, after)
		}, all)
		if err != nil {
			return nil, err
		}
		views, err := s.customerViews(ctx, each(kept, (*party.Customer).Data)...)
		return &reply[page[Customer]]{page[Customer]{views, next}}, err
	})
	route(s, get("get-customer", "/v1/customers/{id}", "Read a customer"), func(ctx context.Context, in *byID) (*reply[Customer], error) {
		c, err := o2c.Read[party.Customer](ctx, s.Cycle, in.ID)
		if err != nil {
			return nil, err
		}
		return s.customer(ctx, c.Data())
	})
	patch := operation(http.MethodPatch, "amend-customer", "/v1/customers/{id}", "Change a customer", http.StatusOK)
	route(s, patch, func(ctx context.Context, in *change) (*reply[Customer], error) {
		if err := in.Body.check(s.Cycle.Policy.Currency); err != nil {
			return nil, err
		}
		d, err := s.Cycle.AmendCustomer(ctx, s.stamp(ctx), in.ID, in.Body.apply)
		if err != nil {
			return nil, err
		}
		return s.customer(ctx, d)
	})
}

// createCustomer makes a new customer for every request that is not the
// repetition of one: two customers may well look the same.
func (s server) createCustomer(ctx context.Context, in CustomerInput) (*reply[Customer], error) {
	if strings.TrimSpace(in.Name) == "" {
		return nil, fault.Bad("/name", "a customer needs a name", "send one")
	}
	if err := in.check(s.Cycle.Policy.Currency); err != nil {
		return nil, err
	}
	d := party.Data{ID: s.newID(ctx, "c", in)}
	in.apply(&d)
	saved, err := s.Cycle.SaveCustomer(ctx, s.stamp(ctx), d)
	if err != nil {
		return nil, err
	}
	return s.customer(ctx, saved)
}

func (s server) customer(ctx context.Context, d party.Data) (*reply[Customer], error) {
	views, err := s.customerViews(ctx, d)
	if err != nil {
		return nil, err
	}
	return &reply[Customer]{views[0]}, nil
}

func (s server) customerViews(ctx context.Context, customers ...party.Data) ([]Customer, error) {
	exposures, err := s.Cycle.Exposures(ctx, s.Now(), customers...)
	if err != nil {
		return nil, err
	}
	views := make([]Customer, len(customers))
	for i, d := range customers {
		views[i] = customerView(d, exposures[i], s.Cycle.Policy.TermsDays)
	}
	return views, nil
}

func customerView(d party.Data, x o2c.Exposure, terms int) Customer {
	total := x.Open.Plus(x.Confirmed)
	v := Customer{
		ID: d.ID, Name: d.Name, Kind: string(d.Kind), Emails: append([]string{}, d.Emails...), Phone: d.Phone, Language: d.Language, Address: addressOf(d.Address),
		Addresses: []PlacedAddress{}, VATID: d.VATID, KVK: d.KVK, BuyerReference: d.BuyerReference, Terms: terms, CreditLimit: nullMoney(x.Limit),
		Exposure: ExposureView{Receivable: moneyOf(x.Open), Confirmed: moneyOf(x.Confirmed), Total: moneyOf(total)},
		Owner:    d.Owner, InvoiceOn: cmp.Or(d.InvoiceOn, party.InvoiceOnShipment), DunningProfile: d.DunningProfile, Segment: d.Segment, Blocked: d.Blocked, Large: d.Large, CreatedAt: d.CreatedAt,
		InvoiceBy: cmp.Or(d.InvoiceBy, party.InvoiceByMail), InvoiceTo: append([]string{}, d.InvoiceTo...), EInvoice: d.EInvoice,
		JoinedInto: d.JoinedInto, Joined: append([]string{}, d.Joined...),
	}
	v.CustomerCredit, v.PORequired = customerCredit(d, x), d.PORequired
	v.TermsKind = string(d.TermsKind)
	v.Instalments = each(d.Instalments, func(p calendar.Share) InstalmentShare { return InstalmentShare(p) })
	if len(d.Instalments) > 0 {
		v.Terms = d.Instalments[len(d.Instalments)-1].Days
	}
	if d.Stopped != nil {
		v.SupplyStopped = d.Stopped.Why
	}
	if d.TermsDays != nil {
		v.Terms = *d.TermsDays
	}
	if d.Discount != nil {
		v.Discount = some(Discount{Percent: d.Discount.Percent.String(), Days: d.Discount.Days, Tax: d.Discount.Tax})
	}
	if x.Limit != nil {
		v.Exposure.Headroom = some(moneyOf(x.Limit.Minus(total)))
	}
	if a := d.Address; a != (party.Address{}) {
		v.Addresses = append(v.Addresses, PlacedAddress{Type: "billing", Street: a.Street, PostalCode: a.PostalCode, City: a.City, Country: a.Country})
	}
	return v
}

func nullMoney(a *money.Amount) Null[Money] {
	if a == nil {
		return Null[Money]{}
	}
	return some(moneyOf(*a))
}

// ofCustomer tells the documents of a customer, and of those who were joined into
// it, from all others; "" is everybody.
func (s server) ofCustomer(ctx context.Context, id string) (func(customerID string) bool, error) {
	if id == "" {
		return func(string) bool { return true }, nil
	}
	c, err := o2c.Read[party.Customer](ctx, s.Cycle, id)
	if fault.Is(err, fault.NotFound) {
		return func(string) bool { return false }, nil
	}
	if err != nil {
		return nil, err
	}
	ids := append([]string{id}, c.Data().Joined...)
	return func(customerID string) bool { return slices.Contains(ids, customerID) }, nil
}
