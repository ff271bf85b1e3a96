package o2c

import (
	"context"
	"strings"
	"time"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/dunning"
	"duly/shared/o2c/fulfilment"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/money"
	"duly/shared/o2c/order"
	"duly/shared/o2c/party"
)

// InvoicePageView is what the customer's page of an invoice or credit note
// shows.
type InvoicePageView struct {
	Invoice      invoice.Data
	Today        calendar.Date
	Payable      money.Amount // open, not under way and not disputed: what is asked for now
	Most         money.Amount // open and not under way: what may be paid now
	UnderWay     money.Amount // being confirmed by the customer's bank
	Promise      *dunning.PromiseData
	Dispute      *dunning.DisputeData // the newest; nil: there was none
	DisputedOn   calendar.Date
	Plan         *dunning.PlanData // the newest; nil: there was none
	NextPart     int               // the first instalment that is not paid
	PromiseUntil calendar.Date     // the last day that may be promised
	TransferCode string            // for a banking app; "" where there is none
	StatementURL string            // "" when the contact was given none
	Open         int               // invoices of the customer, this one included; 0 without StatementURL
	OpenTotal    money.Amount
	Waits        bool // an order waits for this deposit
	Asks         bool // the customer is asked how it was
	Opinion      *OpinionData
	Collect      CollectView
}

// InvoicePage reads the page behind an invoice's token. It changes nothing.
func (c *Cycle) InvoicePage(ctx context.Context, at time.Time, token string) (InvoicePageView, error) {
	key, err := c.OpenLink(ctx, LinkInvoice, token)
	if err != nil {
		return InvoicePageView{}, err
	}
	tx := NewTx(c.Store)
	if err := tx.Fetch(ctx, key, Key{Kind: "checkout", ID: key.ID}); err != nil {
		return InvoicePageView{}, err
	}
	inv, err := get[invoice.Invoice](ctx, tx, key.ID)
	if err != nil {
		return InvoicePageView{}, err
	}
	k, err := c.checkoutOf(ctx, tx, key.ID)
	if err != nil {
		return InvoicePageView{}, err
	}
	d, today := inv.Data(), c.today(at)
	v := InvoicePageView{Invoice: d, Today: today, UnderWay: k.underWay(d.Currency), PromiseUntil: today.AddDays(dunning.MaxDays)}
	if err := c.addAnswers(ctx, tx, &v); err != nil {
		return InvoicePageView{}, err
	}
	v.Payable, v.Most = payable(d, v.UnderWay, v.Plan, today)
	if v.Payable.IsPositive() {
		v.TransferCode, _ = invoice.TransferCode(d.Seller, v.Payable, d.Reference)
	}
	o, err := c.secured(ctx, tx, d)
	if err != nil {
		return InvoicePageView{}, err
	}
	v.Waits = o != nil && o.Held(order.DepositHold)
	if err := c.addOpinion(ctx, tx, &v); err != nil {
		return InvoicePageView{}, err
	}
	if v.Collect, err = c.chargeView(ctx, tx, d); err != nil {
		return InvoicePageView{}, err
	}
	return v, c.addStatement(ctx, &v)
}

// payable is what of an invoice is asked for now, and what may be paid at the
// most: what is under way is asked for no second time, what is disputed is not
// asked for, and of a plan no more than its instalments.
func payable(d invoice.Data, underWay money.Amount, plan *dunning.PlanData, today calendar.Date) (asked, most money.Amount) {
	most = d.Open.Minus(underWay)
	if d.Type != invoice.Invoices || !most.IsPositive() {
		return d.Open.Zero(), d.Open.Zero()
	}
	asked = most.Minus(money.Min(most, d.Disputed()))
	if plan != nil && plan.Status == dunning.PlanActive && asked.IsPositive() {
		return money.Min(asked, plan.Asked(asked, today)), most
	}
	rest := d
	rest.Open = most // what is under way is of the earliest instalment
	asked = money.Min(asked, rest.Asked(today))
	return asked, most
}

// addAnswers adds what the customer promised, said was wrong, or pays in
// instalments.
func (c *Cycle) addAnswers(ctx context.Context, tx *Tx, v *InvoicePageView) error {
	d := v.Invoice
	if id, ok := strings.CutPrefix(d.Dunning.PausedBy, "promise "); ok {
		p, err := find[dunning.Promise](ctx, tx, id)
		if err != nil {
			return err
		}
		if p != nil {
			made := p.Data()
			v.Promise = &made
		}
	}
	var err error
	if v.Dispute, err = disputeOf(ctx, tx, d); err != nil {
		return err
	}
	if v.Dispute != nil {
		v.DisputedOn = c.today(v.Dispute.OpenedAt)
	}
	if v.Plan, err = planOf(ctx, tx, d); err != nil {
		return err
	}
	if v.Plan != nil && v.Plan.Status == dunning.PlanActive {
		v.NextPart, _ = v.Plan.Unpaid(d.Demandable())
	}
	return nil
}

// addStatement adds the way to the contact's statement, if it was given one.
func (c *Cycle) addStatement(ctx context.Context, v *InvoicePageView) error {
	token, err := c.Links.Token(StatementScope(v.Invoice.CustomerID, v.Invoice.Buyer.Email))
	if err != nil {
		return err
	}
	keys, err := c.Store.Resolve(ctx, tokenAlias(LinkStatement, token))
	if err != nil || keys[0].IsZero() {
		return err
	}
	open, err := c.OpenOf(ctx, v.Invoice.CustomerID)
	if err != nil {
		return err
	}
	v.StatementURL, v.Open = c.Policy.URL(LinkStatement, token), len(open)
	v.OpenTotal = sumOpen(open, v.Invoice.Currency)
	return nil
}

// sumOpen adds up what is open in one currency.
func sumOpen(open []invoice.Data, currency string) money.Amount {
	sum := money.Of(0, currency)
	for _, d := range open {
		if d.Currency == currency {
			sum = sum.Plus(d.Open)
		}
	}
	return sum
}

// StatementScope is what a contact's link to its customer's statement opens.
func StatementScope(customerID, email string) Scope {
	return Scope{Page: LinkStatement, Subject: Key{Kind: "customer", ID: customerID}, Contact: email}
}

// OrderPageView is what the customer's page of an order shows.
type OrderPageView struct {
	Order       order.Data
	Seller      party.Seller
	Tongue      string // the customer's language
	PlacedOn    calendar.Date
	ConfirmedOn calendar.Date // zero: not yet
	PackedOn    calendar.Date // of the next parcel; zero: nobody said so
	Shipments   []ShippedOn
	Invoices    []InvoiceLink // issued ones, each with its credit notes behind it
	Prepaid     bool
	Corrections []CorrectionOn
}

// CorrectionOn is what the customer wants otherwise, and its day.
type CorrectionOn struct {
	Text string
	On   calendar.Date
}

// ShippedOn is a shipment and its day.
type ShippedOn struct {
	Shipment    fulfilment.ShipmentData
	On          calendar.Date
	PackedOn    calendar.Date // zero: nobody said so
	DeliveredOn calendar.Date // zero: on its way
}

// InvoiceLink is an invoice and its page.
type InvoiceLink struct {
	Invoice invoice.Data
	URL     string
}

// OrderPage reads the page behind an order's token. It changes nothing.
func (c *Cycle) OrderPage(ctx context.Context, token string) (OrderPageView, error) {
	key, err := c.OpenLink(ctx, LinkOrder, token)
	if err != nil {
		return OrderPageView{}, err
	}
	tx := NewTx(c.Store)
	o, err := get[order.Order](ctx, tx, key.ID)
	if err != nil {
		return OrderPageView{}, err
	}
	d := o.Data()
	v := OrderPageView{Order: d, Seller: c.Policy.Seller, PlacedOn: c.today(d.ReceivedAt), Prepaid: o.Prepaid()}
	for _, wish := range d.Corrections {
		v.Corrections = append(v.Corrections, CorrectionOn{Text: wish.Text, On: c.today(wish.At)})
	}
	if !d.PlacedAt.IsZero() {
		v.PlacedOn = c.today(d.PlacedAt)
	}
	trail, err := c.Store.Events(ctx, key)
	if err != nil {
		return OrderPageView{}, err
	}
	for _, e := range trail {
		if e.Type == "order.confirmed" {
			v.ConfirmedOn = c.today(e.At)
		}
	}
	return v, c.addParts(ctx, tx, &v)
}

// addParts adds the order's customer, shipments and issued invoices.
func (c *Cycle) addParts(ctx context.Context, tx *Tx, v *OrderPageView) error {
	keys := []Key{{Kind: "customer", ID: v.Order.CustomerID}}
	for _, id := range v.Order.Shipments {
		keys = append(keys, Key{Kind: "shipment", ID: id})
	}
	for _, id := range v.Order.Invoices {
		keys = append(keys, Key{Kind: "invoice", ID: id})
	}
	if err := tx.Fetch(ctx, keys...); err != nil {
		return err
	}
	cust, err := get[party.Customer](ctx, tx, v.Order.CustomerID)
	if err != nil {
		return err
	}
	v.Tongue = cust.Data().Language
	if at := v.Order.PackedAt; !at.IsZero() {
		v.PackedOn = c.today(at)
	}
	for _, id := range v.Order.Shipments {
		s, err := get[fulfilment.Shipment](ctx, tx, id)
		if err != nil {
			return err
		}
		gone := ShippedOn{Shipment: s.Data(), On: c.today(s.Data().ShippedAt)}
		if packed := s.Data().PackedAt; !packed.IsZero() {
			gone.PackedOn = c.today(packed)
		}
		if proof := s.Data().Delivery; proof != nil {
			gone.DeliveredOn = c.today(proof.At)
		}
		v.Shipments = append(v.Shipments, gone)
	}
	for _, id := range v.Order.Invoices {
		inv, err := get[invoice.Invoice](ctx, tx, id)
		if err != nil {
			return err
		}
		if inv.Number() == "" {
			continue
		}
		if err := c.addPapers(ctx, tx, v, inv.Data()); err != nil {
			return err
		}
	}
	return nil
}

// addPapers adds an invoice and its credit notes.
func (c *Cycle) addPapers(ctx context.Context, tx *Tx, v *OrderPageView, d invoice.Data) error {
	url, err := c.InvoiceURL(d)
	if err != nil {
		return err
	}
	v.Invoices = append(v.Invoices, InvoiceLink{Invoice: d, URL: url})
	for _, n := range d.Notes {
		note, err := get[invoice.Invoice](ctx, tx, n.ID)
		if err != nil {
			return err
		}
		if url, err = c.InvoiceURL(note.Data()); err != nil {
			return err
		}
		v.Invoices = append(v.Invoices, InvoiceLink{Invoice: note.Data(), URL: url})
	}
	return nil
}
