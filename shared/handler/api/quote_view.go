package api

import (
	"context"
	"time"

	"duly/shared/o2c"
	"duly/shared/o2c/quote"
)

// Quote is our binding offer and what became of it.
type Quote struct {
	ID               string           `json:"id"`
	Number           string           `json:"number" example:"Q2026-0001"`
	Version          int              `json:"version" doc:"Of the same number"`
	Status           string           `json:"status" enum:"draft,sent,accepted,declined,expired"`
	Holds            []string         `json:"holds" nullable:"false" doc:"What stands in the way of sending: credit"`
	CustomerID       string           `json:"customer_id"`
	CustomerName     string           `json:"customer_name"`
	Subject          string           `json:"subject"`
	Note             string           `json:"note"`
	Currency         string           `json:"currency"`
	PricesIncludeTax bool             `json:"prices_include_tax" doc:"As it was sent; here prices are net"`
	Lines            []QuoteLine      `json:"lines" nullable:"false"`
	Taxes            []Tax            `json:"taxes" nullable:"false" doc:"The VAT split, per rate"`
	Net              Money            `json:"net"`
	Tax              Money            `json:"tax"`
	Total            Money            `json:"total"`
	IssuedOn         *string          `json:"issued_on" format:"date" doc:"null while a draft"`
	ValidUntil       string           `json:"valid_until" format:"date" doc:"That day included"`
	Terms            int              `json:"terms" doc:"Days to pay"`
	Upfront          Null[Money]      `json:"upfront" doc:"To be paid before delivery, as the approval asked for"`
	TermsVersion     string           `json:"terms_version" doc:"Of the general terms, frozen when sent"`
	Credit           Null[Credit]     `json:"credit" doc:"The verdict on sending it; null while it was not sent"`
	Document         *string          `json:"document_sha256" doc:"Of the PDF that can be accepted; null until it is kept"`
	PortalURL        *string          `json:"portal_url" doc:"The customer's page; null until it was sent"`
	Acceptance       Null[Acceptance] `json:"acceptance" doc:"The evidence of the customer's yes"`
	DeclineReason    *string          `json:"decline_reason"`
	OrderID          *string          `json:"order_id" doc:"The order that it became"`
	Contract         Null[Contract]   `json:"contract"`
	Reminders        int              `json:"reminders"`
	CreatedAt        time.Time        `json:"created_at"`
	SentAt           *time.Time       `json:"sent_at"`
}

// QuoteLine is one line; amounts are net of tax and discount.
type QuoteLine struct {
	N           int    `json:"n"`
	SKU         string `json:"sku"`
	Name        string `json:"name"`
	Quantity    int64  `json:"quantity"`
	UnitPrice   Money  `json:"unit_price" doc:"Rounded, for reading; net counts"`
	Net         Money  `json:"net" doc:"Of the whole line"`
	TaxRate     string `json:"tax_rate" doc:"Percent" example:"21"`
	TaxCategory string `json:"tax_category" example:"S"`
	Service     bool   `json:"service"`
	Overall     bool   `json:"overall" doc:"A discount (below zero) or surcharge of the whole quote at this rate; name is its reason"`
}

// Acceptance is the evidence of a customer's yes.
type Acceptance struct {
	Name         string    `json:"name"`
	Agreed       bool      `json:"agreed"`
	At           time.Time `json:"at"`
	IP           string    `json:"ip"`
	Contact      string    `json:"contact" doc:"Whose link it was"`
	Document     string    `json:"document_sha256" doc:"Of the exact PDF that was accepted"`
	TermsVersion string    `json:"terms_version"`
	Version      int       `json:"version"`
}

// Contract is a row of the contract register.
type Contract struct {
	ID           string  `json:"id"`
	Number       string  `json:"number"`
	QuoteID      string  `json:"quote_id"`
	OrderID      string  `json:"order_id"`
	CustomerID   string  `json:"customer_id"`
	CustomerName string  `json:"customer_name"`
	Subject      string  `json:"subject"`
	Total        Money   `json:"total"`
	Terms        int     `json:"terms" doc:"Days to pay"`
	TermsVersion string  `json:"terms_version"`
	TermsHash    string  `json:"terms_sha256" doc:"Of the texts"`
	Hash         string  `json:"sha256" doc:"Of what was agreed"`
	Document     *string `json:"document_sha256" doc:"Of its PDF; null until it is kept"`
	AcceptedOn   string  `json:"accepted_on" format:"date"`
	StartOn      string  `json:"start_on" format:"date"`
	EndOn        *string `json:"end_on" format:"date" doc:"null: it ends when both have performed"`
	NoticeOn     *string `json:"notice_on" format:"date" doc:"The last day to renew or end it"`
	RenewedBy    *string `json:"renewed_by" doc:"Id of the quote that would follow it"`
}

func quoteView(v o2c.QuoteView) Quote {
	d := v.Quote
	out := Quote{
		ID: d.ID, Number: d.Number, Version: d.Version, Status: d.Status, Holds: append([]string{}, d.Holds...), CustomerID: d.CustomerID, CustomerName: d.Buyer.Name,
		Subject: d.Subject, Note: d.Note, Currency: d.Currency, PricesIncludeTax: d.PricesIncludeTax, Lines: each(d.Lines, quoteLine), Taxes: each(d.Taxes, taxRow),
		Net: moneyOf(d.Net), Tax: moneyOf(d.Tax), Total: moneyOf(d.Total), IssuedOn: dateOrNull(d.IssuedOn), ValidUntil: d.ValidUntil.String(),
		Terms: d.TermsDays, TermsVersion: d.Terms.Version, Document: textOrNull(d.Document.Hash), OrderID: textOrNull(d.OrderID), Reminders: d.Reminders, CreatedAt: d.CreatedAt.UTC(),
	}
	if d.Upfront.IsPositive() {
		out.Upfront = some(moneyOf(d.Upfront))
	}
	if v.Credit != nil {
		out.Credit = some(creditView(*v.Credit))
	}
	if a := d.Acceptance; a != nil {
		out.Acceptance = some(Acceptance{Name: a.Name, Agreed: a.Agreed, At: a.At.UTC(), IP: a.IP, Contact: a.Contact, Document: a.Document, TermsVersion: a.TermsVersion, Version: a.Version})
	}
	if d.Refusal != nil {
		out.DeclineReason = &d.Refusal.Reason
	}
	if v.Contract != nil {
		out.Contract = some(contractView(*v.Contract))
	}
	if !d.SentAt.IsZero() {
		at := d.SentAt.UTC()
		out.SentAt = &at
	}
	return out
}

func quoteLine(l quote.Line) QuoteLine {
	return QuoteLine{
		N: l.N, SKU: l.SKU, Name: l.Name, Quantity: l.Quantity, UnitPrice: moneyOf(l.UnitPrice), Net: moneyOf(l.Net),
		TaxRate: l.TaxRate.String(), TaxCategory: string(l.Category), Service: l.Service, Overall: l.Overall,
	}
}

func contractView(d quote.ContractData) Contract {
	return Contract{
		ID: d.ID, Number: d.Number, QuoteID: d.QuoteID, OrderID: d.OrderID, CustomerID: d.CustomerID, CustomerName: d.CustomerName, Subject: d.Subject, Total: moneyOf(d.Total),
		Terms: d.TermsDays, TermsVersion: d.Terms.Version, TermsHash: d.Terms.Hash, Hash: d.Hash, Document: textOrNull(d.Document.Hash),
		AcceptedOn: d.AcceptedOn.String(), StartOn: d.StartOn.String(), EndOn: dateOrNull(d.EndOn), NoticeOn: dateOrNull(d.NoticeOn), RenewedBy: textOrNull(d.RenewedBy),
	}
}

// contracts is the register: what was agreed, from when until when.
func (s server) contracts() {
	type byID struct {
		ID string `path:"id"`
	}
	route(s, get("list-contracts", "/v1/contracts", "List contracts"), func(ctx context.Context, in *Paging) (*reply[page[Contract]], error) {
		kept, next, err := walk(*in, func(limit int, after string) (o2c.Listing[quote.Contract], error) {
			return o2c.ListOf[quote.Contract](ctx, s.Cycle, limit, after)
		}, all)
		return &reply[page[Contract]]{page[Contract]{each(kept, func(k *quote.Contract) Contract { return contractView(k.Data()) }), next}}, err
	})
	route(s, get("get-contract", "/v1/contracts/{id}", "Read a contract"), func(ctx context.Context, in *byID) (*reply[Contract], error) {
		k, err := o2c.Read[quote.Contract](ctx, s.Cycle, in.ID)
		if err != nil {
			return nil, err
		}
		return &reply[Contract]{contractView(k.Data())}, nil
	})
}
