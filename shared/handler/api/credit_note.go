package api

import (
	"context"

	"duly/shared/o2c"
	"duly/shared/o2c/invoice"
)

// CreditNote is a legal document that takes an invoice back.
type CreditNote struct {
	ID         string        `json:"id"`
	Number     string        `json:"number" example:"CN2026-0001"`
	Invoice    string        `json:"invoice" doc:"Number of the invoice that it corrects"`
	Status     string        `json:"status" enum:"paid" doc:"A note is settled as it is issued"`
	Total      Money         `json:"total" doc:"Positive: what the customer need not pay"`
	Net        Money         `json:"net"`
	Tax        Money         `json:"tax"`
	Rounding   Money         `json:"rounding"`
	IssuedOn   *string       `json:"issued_on" format:"date"`
	Currency   string        `json:"currency"`
	Lines      []InvoiceLine `json:"lines" nullable:"false"`
	Taxes      []Tax         `json:"taxes" nullable:"false"`
	OrderID    string        `json:"order_id"`
	CustomerID string        `json:"customer_id"`
	PortalURL  *string       `json:"portal_url"`
	Documents  []Document    `json:"documents" nullable:"false"`
}

// CreditNoteInput asks for a credit note over an invoice or a part of it.
type CreditNoteInput struct {
	Lines  []CreditedLine `json:"lines,omitempty" maxItems:"500" doc:"Left out: all that was not credited yet"`
	Reason string         `json:"reason,omitempty" maxLength:"500" example:"Three chairs came back"`
}

// CreditedLine names a line of the invoice and how much of it.
type CreditedLine struct {
	N         int         `json:"n,omitempty" minimum:"1" doc:"Of the invoice; or name it by SKU"`
	SKU       string      `json:"sku,omitempty" example:"CHAIR-1"`
	Quantity  int64       `json:"quantity,omitempty" minimum:"1" doc:"Left out: all that is left of the line" example:"3"`
	UnitPrice Null[Money] `json:"unit_price,omitzero" doc:"A lower price instead of a return: take so much off each unit, net of tax"`
}

func (l CreditedLine) taking() invoice.Taking {
	t := invoice.Taking{N: l.N, SKU: l.SKU, Quantity: l.Quantity}
	if l.UnitPrice.Value != nil {
		cut := l.UnitPrice.Value.amount()
		t.UnitPrice = &cut
	}
	return t
}

func (s server) creditNotes() {
	type crediting struct {
		Number string `path:"number"`
		Body   *CreditNoteInput
	}
	type byNumber struct {
		Number string `path:"number"`
	}
	route(s, made("credit-invoice", "/v1/invoices/{number}/credit-notes", "Take an invoice or a part of it back by a credit note"), func(ctx context.Context, in *crediting) (*reply[CreditNote], error) {
		d, err := s.legal(ctx, invoice.Invoices, in.Number)
		if err != nil {
			return nil, err
		}
		r := o2c.CreditRequest{InvoiceID: d.ID}
		if in.Body != nil {
			r.Lines, r.Reason = each(in.Body.Lines, CreditedLine.taking), in.Body.Reason
		}
		note, err := s.Cycle.IssueCreditNote(ctx, s.stamp(ctx), r)
		if err != nil {
			return nil, err
		}
		return s.creditNote(note)
	})
	route(s, get("get-credit-note", "/v1/credit-notes/{number}", "Read a credit note"), func(ctx context.Context, in *byNumber) (*reply[CreditNote], error) {
		d, err := s.legal(ctx, invoice.CreditNotes, in.Number)
		if err != nil {
			return nil, err
		}
		return s.creditNote(d)
	})
	route(s, pdfOf(get("get-credit-note-pdf", "/v1/credit-notes/{number}/pdf", "Read a credit note as its customer got it")), func(ctx context.Context, in *byNumber) (*file, error) {
		d, err := s.legal(ctx, invoice.CreditNotes, in.Number)
		if err != nil {
			return nil, err
		}
		return s.pdf(ctx, d)
	})
	route(s, xmlOf(get("get-credit-note-ubl", "/v1/credit-notes/{number}/ubl", "Read a credit note as UBL of EN 16931")), func(ctx context.Context, in *byNumber) (*file, error) {
		d, err := s.legal(ctx, invoice.CreditNotes, in.Number)
		if err != nil {
			return nil, err
		}
		content, err := s.Papers.InvoiceUBL(d)
		return &file{ContentType: "application/xml", Body: content}, err
	})
}

func (s server) creditNote(d invoice.Data) (*reply[CreditNote], error) {
	url, err := s.portalURL(d)
	return &reply[CreditNote]{CreditNote{
		ID: d.ID, Number: d.Number, Invoice: d.Refers, Status: d.Status, Total: moneyOf(d.Total), Net: moneyOf(d.Net), Tax: moneyOf(d.Tax),
		Rounding: moneyOf(d.Rounding), IssuedOn: dateOrNull(d.IssuedOn), Currency: d.Currency, Lines: each(d.Lines, invoiceLine), Taxes: each(d.Taxes, taxRow),
		OrderID: d.OrderID, CustomerID: d.CustomerID, PortalURL: url, Documents: documents(d, "credit-notes"),
	}}, err
}
