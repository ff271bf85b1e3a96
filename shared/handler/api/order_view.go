package api

import (
	"time"

	"duly/shared/o2c"
	"duly/shared/o2c/credit"
	"duly/shared/o2c/fulfilment"
	"duly/shared/o2c/order"
	"duly/shared/o2c/statute"
)

// Order is what a customer asked for, and what became of it.
type Order struct {
	ID               string        `json:"id"`
	ExternalID       string        `json:"external_id"`
	Number           string        `json:"number"`
	Source           string        `json:"source" doc:"Endpoint it came through" example:"api"`
	Platform         string        `json:"platform" example:"api"`
	Status           string        `json:"status" enum:"received,confirmed,part_shipped,shipped,closed,declined,cancelled"`
	Holds            []string      `json:"holds" nullable:"false" doc:"What stands in the way of shipping: credit, deposit, exception"`
	Total            Money         `json:"total"`
	Currency         string        `json:"currency"`
	CustomerID       string        `json:"customer_id"`
	CustomerName     string        `json:"customer_name"`
	Lines            []OrderLine   `json:"lines" nullable:"false"`
	Taxes            []Tax         `json:"taxes" nullable:"false"`
	Rounding         Money         `json:"rounding" doc:"Total − what the lines give"`
	Credit           Null[Credit]  `json:"credit" doc:"null when the order was cancelled before it was decided"`
	Shipments        []Shipment    `json:"shipments" nullable:"false"`
	Returns          []Return      `json:"returns" nullable:"false"`
	Invoices         []string      `json:"invoices" nullable:"false" doc:"Numbers of the issued ones"`
	InvoiceIDs       []string      `json:"invoice_ids" nullable:"false" doc:"Ids of all, drafts included"`
	PricesIncludeTax bool          `json:"prices_include_tax" doc:"As the channel sent them; here prices are net"`
	Terms            int           `json:"terms" doc:"Days to pay"`
	TermsVersion     string        `json:"terms_version" doc:"Of the general terms, frozen at intake"`
	TermsHash        string        `json:"terms_sha256" doc:"Of what they said"`
	QuoteID          *string       `json:"quote_id" doc:"The quote that it was"`
	ContractID       *string       `json:"contract_id"`
	Paid             Null[Paid]    `json:"paid_at_shop" doc:"What the channel's own gateway took"`
	Deposit          Null[Deposit] `json:"deposit" doc:"What is paid before anything leaves"`
	ShipTo           Address       `json:"ship_to"`
	DeliverOn        *string       `json:"deliver_on" format:"date" doc:"When the customer may expect it; null when that is not known"`
	Note             string        `json:"note"`
	PONumber         string        `json:"po_number" doc:"The customer's own number of it"`
	PlacedAt         time.Time     `json:"placed_at"`
	UpdatedAt        time.Time     `json:"updated_at"`
	ReceivedAt       time.Time     `json:"received_at"`
}

// OrderLine is one line; amounts are net of tax and discount.
type OrderLine struct {
	N           int    `json:"n"`
	ExternalID  string `json:"external_id"`
	SKU         string `json:"sku"`
	Name        string `json:"name"`
	Quantity    int64  `json:"quantity"`
	UnitPrice   Money  `json:"unit_price" doc:"Rounded, for reading; net counts"`
	Net         Money  `json:"net" doc:"Of the whole line"`
	TaxRate     string `json:"tax_rate" doc:"Percent" example:"21"`
	TaxCategory string `json:"tax_category" example:"S"`
	Service     bool   `json:"service"`
	Overall     bool   `json:"overall" doc:"A discount (below zero) or surcharge of the whole order at this rate; name is its reason"`
	Reserved    int64  `json:"reserved"`
	Shipped     int64  `json:"shipped"`
	Backordered int64  `json:"backordered" doc:"Neither shipped nor reserved of what has stock"`
	Cut         int64  `json:"cut" doc:"Ordered, and will not come"`
	Returned    int64  `json:"returned" doc:"Of what was shipped"`
}

// Tax is one row of the VAT breakdown.
type Tax struct {
	Category string `json:"category" example:"S"`
	Rate     string `json:"rate" doc:"Percent" example:"21"`
	Base     Money  `json:"base"`
	Tax      Money  `json:"tax"`
}

// Credit is what the policy said of an order, and what came of it.
type Credit struct {
	Decision      string           `json:"decision" enum:"approve,refer,decline" doc:"The policy's"`
	Reasons       []CreditReason   `json:"reasons" nullable:"false"`
	PolicyVersion string           `json:"policy_version"`
	Status        string           `json:"status" enum:"pending,approved,declined,void"`
	Amount        Money            `json:"amount" doc:"Of the order"`
	Exposure      Money            `json:"exposure" doc:"Open invoices + confirmed orders + this order"`
	Limit         Null[Money]      `json:"limit" doc:"null is unlimited"`
	DecidedBy     *string          `json:"decided_by" doc:"policy, or slack: and the user id"`
	DecidedAt     *time.Time       `json:"decided_at"`
	Conditions    CreditConditions `json:"conditions"`
	Reason        string           `json:"reason"`
	FirstBy       *string          `json:"first_approved_by" doc:"Of two people who must agree: who has; slack: and the user id"`
	UndoUntil     *time.Time       `json:"undo_until" doc:"Until then the answer can be taken back, while nothing has left"`
}

// Deposit is what an order's customer pays before anything leaves.
type Deposit struct {
	Percent string `json:"percent" doc:"Of the total; 100: all of it" example:"30"`
	Amount  Money  `json:"amount"`
	Status  string `json:"status" enum:"waiting,paid" doc:"waiting: the order is held"`
	Invoice string `json:"invoice" doc:"Number; empty while a draft"`
}

// CreditReason is one rule's finding.
type CreditReason struct {
	Code    string            `json:"code" example:"over_limit"`
	Text    string            `json:"text"`
	Numbers map[string]string `json:"numbers"`
}

// Paid is money that the channel's gateway took.
type Paid struct {
	Gateway   string `json:"gateway"`
	Reference string `json:"reference"`
	Amount    Money  `json:"amount"`
}

func orderView(d o2c.OrderDetail) Order {
	o := d.Order
	v := Order{
		ID: o.ID, ExternalID: o.ExternalID, Number: o.Number, Source: o.Source.Endpoint, Platform: o.Source.Platform, Status: o.Status,
		Holds: append([]string{}, o.Holds...), Total: moneyOf(o.Total), Currency: o.Currency, CustomerID: o.CustomerID, CustomerName: o.CustomerName,
		Lines: each(o.Lines, orderLine), Taxes: each(o.Taxes, taxRow), Rounding: moneyOf(o.Rounding),
		Invoices: []string{}, InvoiceIDs: append([]string{}, o.Invoices...), PricesIncludeTax: o.PricesIncludeTax, Terms: o.TermsDays,
		TermsVersion: o.Terms.Version, TermsHash: o.Terms.Hash, QuoteID: textOrNull(o.QuoteID), ContractID: textOrNull(o.ContractID),
		ShipTo: addressOf(o.ShipTo), DeliverOn: dateOrNull(o.DeliverOn), Note: o.Note, PONumber: o.PONumber, PlacedAt: o.PlacedAt.UTC(), UpdatedAt: o.UpdatedAt.UTC(), ReceivedAt: o.ReceivedAt.UTC(),
	}
	numbers := map[string]string{}
	for _, inv := range d.Invoices {
		if numbers[inv.ID] = inv.Number; inv.Number != "" {
			v.Invoices = append(v.Invoices, inv.Number)
		}
	}
	v.Shipments = each(d.Shipments, func(s fulfilment.ShipmentData) Shipment { return shipmentView(s, numbers[s.InvoiceID]) })
	v.Returns = each(d.Returns, returnView)
	if d.Credit != nil {
		v.Credit = some(creditView(*d.Credit))
	}
	if p := o.PaidAtShop; p != nil {
		v.Paid = some(Paid{Gateway: p.Gateway, Reference: p.Reference, Amount: moneyOf(p.Amount)})
	}
	if p := o.Deposit; p != nil {
		paid := Deposit{Percent: p.Percent.String(), Amount: moneyOf(p.Amount), Status: "paid", Invoice: numbers[p.InvoiceID]}
		if o.Held(order.DepositHold) {
			paid.Status = "waiting"
		}
		v.Deposit = some(paid)
	}
	return v
}

func orderLine(l order.Line) OrderLine {
	return OrderLine{
		N: l.N, ExternalID: l.ExternalID, SKU: l.SKU, Name: l.Name, Quantity: l.Quantity, UnitPrice: moneyOf(l.UnitPrice), Net: moneyOf(l.Net),
		TaxRate: l.TaxRate.String(), TaxCategory: string(l.Category), Service: l.Service, Overall: l.Overall, Reserved: l.Reserved, Shipped: l.Shipped, Backordered: l.Backordered(),
		Cut: l.Cut, Returned: l.Returned,
	}
}

func taxRow(t statute.Tax) Tax {
	return Tax{Category: string(t.Category), Rate: t.Rate.String(), Base: moneyOf(t.Base), Tax: moneyOf(t.Tax)}
}

func creditView(r credit.RequestData) Credit {
	v := Credit{
		Decision: string(r.Decision.Verdict), PolicyVersion: r.Decision.PolicyVersion, Status: r.Status, Amount: moneyOf(r.Amount),
		Exposure: moneyOf(r.Decision.Input.Exposure()), Limit: nullMoney(r.Decision.Input.Limit), DecidedBy: textOrNull(r.DecidedBy),
		Conditions: conditionsView(r.Conditions), Reason: r.Reason,
		Reasons: each(r.Decision.Reasons, func(w credit.Reason) CreditReason { return CreditReason(w) }),
	}
	if !r.DecidedAt.IsZero() {
		at := r.DecidedAt.UTC()
		v.DecidedAt = &at
	}
	if r.First != nil {
		v.FirstBy = textOrNull(r.First.By)
	}
	if r.Undo != nil {
		at := r.Undo.Until.UTC()
		v.UndoUntil = &at
	}
	return v
}
