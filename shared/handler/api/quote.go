package api

import (
	"context"
	"fmt"
	"strings"

	"github.com/shopspring/decimal"

	"duly/shared/o2c"
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/order"
	"duly/shared/o2c/party"
	"duly/shared/o2c/quote"
	"duly/shared/o2c/statute"
	"duly/shared/shop"
)

// QuoteInput is an offer to be made.
type QuoteInput struct {
	Revises          string           `json:"revises,omitempty" doc:"Id of a draft or sent quote in whose place this is put, as its next version under the same number"`
	Renews           string           `json:"renews,omitempty" doc:"Id of the contract that it would follow"`
	CustomerID       string           `json:"customer_id,omitempty" doc:"A customer that we know; or send customer"`
	Customer         *BuyerInput      `json:"customer,omitempty" doc:"Found again by its VAT id, KVK number or e-mail, else created"`
	Subject          string           `json:"subject,omitempty" maxLength:"1000" doc:"What it is about, in one sentence" example:"Flour for the spring season"`
	Note             string           `json:"note,omitempty" maxLength:"1000"`
	Currency         string           `json:"currency,omitempty" pattern:"^[A-Z]{3}$" doc:"That of the books when left out" example:"EUR"`
	PricesIncludeTax bool             `json:"prices_include_tax,omitempty"`
	Lines            []QuoteLineInput `json:"lines" minItems:"1" maxItems:"500" nullable:"false"`
	Allowances       []OverallInput   `json:"allowances,omitempty" maxItems:"10" doc:"Discounts on the whole quote (BG-20)"`
	Charges          []OverallInput   `json:"charges,omitempty" maxItems:"10" doc:"Surcharges on the whole quote (BG-21)"`
	ValidUntil       string           `json:"valid_until,omitempty" format:"date" doc:"That day included; left out, as the policy says"`
	Terms            *int             `json:"terms,omitempty" minimum:"0" maximum:"120" doc:"Days to pay; left out, the customer's"`
	Contract         *PeriodInput     `json:"contract,omitempty" doc:"Of what runs for a time"`
}

// QuoteLineInput is one line of an offer.
type QuoteLineInput struct {
	SKU         string `json:"sku,omitempty" example:"FLOUR-25"`
	Name        string `json:"name,omitempty" maxLength:"1000" doc:"The SKU when left out" example:"Wheat flour, 25 kg"`
	Quantity    int64  `json:"quantity" minimum:"1" maximum:"1000000" example:"40"`
	UnitPrice   *Money `json:"unit_price,omitempty" doc:"With tax or not, as prices_include_tax says; left out, the product's for this customer"`
	Discount    *Money `json:"discount,omitempty" doc:"Off the whole line, in the terms of its price"`
	TaxRate     string `json:"tax_rate,omitempty" doc:"Percent; left out, that of the product's VAT class" example:"9"`
	TaxCategory string `json:"tax_category,omitempty" enum:"S,Z,E,AE,K,G" doc:"UNCL 5305; left out, S with a rate and Z without"`
	Service     bool   `json:"service,omitempty" doc:"Nothing leaves the warehouse for it"`
}

// PeriodInput is how long what is agreed runs.
type PeriodInput struct {
	StartOn    string `json:"start_on" format:"date"`
	EndOn      string `json:"end_on" format:"date"`
	NoticeDays int    `json:"notice_days,omitempty" minimum:"0" maximum:"366" doc:"Before the end: when it must be renewed or ended" example:"30"`
}

// channelQuotes is the endpoint of customers that quotes bring along.
const channelQuotes = channel

func (s server) quotes() {
	type byID struct {
		ID string `path:"id"`
	}
	type query struct {
		Paging
		Customer string `query:"customer" doc:"Id of the customer"`
		Status   string `query:"status" enum:"draft,sent,accepted,declined,expired"`
	}
	type creation struct{ Body QuoteInput }
	op := made("create-quote", "/v1/quotes", "Draft a quote, or the next version of one")
	route(s, exampled(op, quoteExample), func(ctx context.Context, in *creation) (*reply[Quote], error) {
		asked, err := s.offer(ctx, in.Body)
		if err != nil {
			return nil, err
		}
		d, err := s.Cycle.DraftQuote(ctx, s.stamp(ctx), asked)
		if err != nil {
			return nil, err
		}
		return s.quote(ctx, d.ID)
	})
	route(s, get("list-quotes", "/v1/quotes", "List quotes"), func(ctx context.Context, in *query) (*reply[page[Quote]], error) {
		kept, next, err := walk(in.Paging, func(limit int, after string) (o2c.Listing[quote.Quote], error) {
			return o2c.ListOf[quote.Quote](ctx, s.Cycle, limit, after)
		}, func(q *quote.Quote) bool {
			return (in.Customer == "" || q.Data().CustomerID == in.Customer) && (in.Status == "" || q.Status() == in.Status)
		})
		if err != nil {
			return nil, err
		}
		views := make([]Quote, len(kept))
		for i, q := range kept {
			r, err := s.quote(ctx, q.ID())
			if err != nil {
				return nil, err
			}
			views[i] = r.Body
		}
		return &reply[page[Quote]]{page[Quote]{views, next}}, nil
	})
	route(s, get("get-quote", "/v1/quotes/{id}", "Read a quote"), func(ctx context.Context, in *byID) (*reply[Quote], error) {
		return s.quote(ctx, in.ID)
	})
	s.sendQuotes()
}

// sendQuotes are the ways of a draft to the customer.
func (s server) sendQuotes() {
	type byID struct {
		ID string `path:"id"`
	}
	type deciding struct {
		ID   string `path:"id"`
		Body CreditDecision
	}
	send := post("send-quote", "/v1/quotes/{id}/send", "Send a quote: it is mailed, or waits for credit approval as an order would; credit says which")
	route(s, send, func(ctx context.Context, in *byID) (*reply[Quote], error) {
		q, err := s.quote(ctx, in.ID)
		if err != nil {
			return nil, err
		}
		if _, err := s.Cycle.SendQuote(ctx, s.stamp(ctx), q.Body.ID); err != nil {
			return nil, err
		}
		return s.quote(ctx, q.Body.ID)
	})
	decide := post("decide-quote-credit", "/v1/quotes/{id}/credit-decision", "Answer the question whether a quote may be sent on credit")
	route(s, exampled(decide, decisionExample), func(ctx context.Context, in *deciding) (*reply[Quote], error) {
		if err := s.decideCredit(ctx, in.ID, in.Body); err != nil {
			return nil, err
		}
		return s.quote(ctx, in.ID)
	})
}

// quote reads a quote as it stands now, by its id or its number.
func (s server) quote(ctx context.Context, id string) (*reply[Quote], error) {
	v, err := s.Cycle.QuoteWithCredit(ctx, id)
	if fault.Is(err, fault.NotFound) {
		v, err = s.Cycle.QuoteByNumber(ctx, id)
	}
	if err != nil {
		return nil, err
	}
	out := quoteView(v)
	if v.Quote.Document.Hash != "" {
		url, err := s.Cycle.QuoteURL(v.Quote)
		if err != nil {
			return nil, err
		}
		out.PortalURL = &url
	}
	return &reply[Quote]{out}, nil
}

// offer reads what a program asks for.
func (s server) offer(ctx context.Context, in QuoteInput) (o2c.QuoteInput, error) {
	out := o2c.QuoteInput{
		ID: s.newID(ctx, "q", in), Revises: in.Revises, Renews: in.Renews, Endpoint: channelQuotes, Buyer: order.Buyer{CustomerID: in.CustomerID},
		Currency: in.Currency, PricesIncludeTax: in.PricesIncludeTax, TermsDays: in.Terms, Subject: in.Subject, Note: in.Note,
	}
	if in.CustomerID == "" {
		if in.Customer == nil || in.Customer.Name == "" {
			return out, fault.Bad("/customer", "nobody is named to whom it is offered", "send customer_id, or a customer with a name")
		}
		if err := in.Customer.check("/customer"); err != nil {
			return out, err
		}
		out.Buyer = in.Customer.buyer()
	}
	var err error
	if out.ValidUntil, err = dayIf("/valid_until", in.ValidUntil); err != nil {
		return out, err
	}
	if p := in.Contract; p != nil {
		start, err := day("/contract/start_on", p.StartOn)
		if err != nil {
			return out, err
		}
		end, err := day("/contract/end_on", p.EndOn)
		if err != nil {
			return out, err
		}
		out.Period = &quote.Period{StartOn: start, EndOn: end, NoticeDays: p.NoticeDays}
	}
	for i, l := range in.Lines {
		line, err := l.line(i)
		if err != nil {
			return out, err
		}
		if p := l.UnitPrice; p != nil && out.Currency == "" {
			out.Currency = p.Currency
		}
		if p := l.UnitPrice; p != nil && p.Currency != out.Currency {
			return out, fault.Bad(fmt.Sprintf("/lines/%d/unit_price/currency", i), "the price is in "+l.UnitPrice.Currency+" and the quote in "+out.Currency, "offer in one currency")
		}
		out.Lines = append(out.Lines, line)
	}
	return in.overall(out)
}

// overall adds what is taken off the whole quote, and what is added to it.
func (in QuoteInput) overall(out o2c.QuoteInput) (o2c.QuoteInput, error) {
	for i, a := range in.Allowances {
		line, err := a.line(fmt.Sprintf("/allowances/%d", i), out.Currency, -1)
		if err != nil {
			return out, err
		}
		out.Lines = append(out.Lines, line)
	}
	for i, a := range in.Charges {
		line, err := a.line(fmt.Sprintf("/charges/%d", i), out.Currency, 1)
		if err != nil {
			return out, err
		}
		out.Lines = append(out.Lines, line)
	}
	return out, nil
}

// line reads a discount (sign is −1) or a surcharge.
func (a OverallInput) line(at, currency string, sign int64) (order.IncomingLine, error) {
	line := order.IncomingLine{Name: a.Reason, Quantity: 1, Overall: true, Service: true, Untaxed: a.TaxRate == ""}
	rates := []struct {
		said, at string
		to       *decimal.Decimal
	}{{a.Percent, "/percent", &line.Percent}, {a.TaxRate, "/tax_rate", &line.TaxRate}}
	for _, r := range rates {
		if r.said == "" {
			continue
		}
		said, err := decimal.NewFromString(r.said)
		if err != nil || said.IsNegative() {
			return line, fault.Bad(at+r.at, r.said+" is no percentage", `write it like "5"`)
		}
		*r.to = said
	}
	switch {
	case (a.Amount == nil) == (a.Percent == ""):
		return line, fault.Bad(at, "it has not one amount", "send amount, or percent")
	case a.Amount != nil && (currency != "" && a.Amount.Currency != currency || a.Amount.Amount < 0):
		return line, fault.Bad(at+"/amount", "the amount is below zero or in "+a.Amount.Currency, "send one above zero in the quote's currency")
	case a.Amount != nil:
		line.UnitPrice = a.Amount.amount().Decimal()
	}
	by := decimal.NewFromInt(sign)
	line.UnitPrice, line.Percent = line.UnitPrice.Mul(by), line.Percent.Mul(by)
	return line, nil
}

func dayIf(pointer, s string) (calendar.Date, error) {
	if s == "" {
		return calendar.Date{}, nil
	}
	return day(pointer, s)
}

func (l QuoteLineInput) line(i int) (order.IncomingLine, error) {
	out := order.IncomingLine{
		SKU: l.SKU, Name: l.Name, Quantity: l.Quantity, Category: statute.Category(l.TaxCategory), Service: l.Service,
		Unpriced: l.UnitPrice == nil, Untaxed: l.TaxRate == "" && l.TaxCategory == "",
	}
	if l.UnitPrice != nil {
		out.UnitPrice = l.UnitPrice.amount().Decimal()
	}
	if l.Discount != nil {
		out.Discount = l.Discount.amount().Decimal()
	}
	if l.TaxRate == "" {
		return out, nil
	}
	rate, err := decimal.NewFromString(l.TaxRate)
	if err != nil {
		return out, fault.Bad(fmt.Sprintf("/lines/%d/tax_rate", i), l.TaxRate+" is no percentage", `write it like "21"`)
	}
	out.TaxRate = rate
	return out, nil
}

// check refuses particulars that cannot be true, as of an order's customer.
func (b BuyerInput) check(at string) error {
	said := shop.GenericCustomer{Email: shop.Text(b.Email), Language: shop.Text(b.Language), Kind: shop.Text(b.Kind), VATID: shop.Text(b.VATID), KVK: shop.Text(b.KVK)}
	if b.Address != nil {
		said.Address = b.Address.said()
	}
	if b.ShipTo != nil {
		to := b.ShipTo.said()
		said.ShipTo = &to
	}
	return said.Check(at)
}

// buyer is who is named, as every channel names one.
func (b BuyerInput) buyer() order.Buyer {
	out := order.Buyer{Company: b.Name, Name: b.Contact, Email: strings.TrimSpace(b.Email), Phone: b.Phone, Kind: party.Kind(b.Kind), VATID: b.VATID, KVK: b.KVK, Reference: b.Reference, Language: shop.Language(b.Language)}
	if b.Address != nil {
		out.Address = b.Address.party()
	}
	if b.ShipTo != nil {
		out.ShipTo = b.ShipTo.party()
	}
	return out
}
