package api

import (
	"context"
	"time"

	dispatch "duly/shared/o2c/delivery"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/invoice"
)

// InvoiceDelivery is how a legal document, or a letter about it, went to one
// recipient.
type InvoiceDelivery struct {
	ID        string    `json:"id"`
	What      string    `json:"what" example:"invoice" doc:"The letter, such as invoice or reminder_firm"`
	Channel   string    `json:"channel" enum:"mail,peppol,post"`
	To        string    `json:"to" example:"finance@acme.example"`
	Status    string    `json:"status" enum:"waiting,sent,delivered,bounced,complained,rejected,failed,replaced"`
	MessageID string    `json:"message_id" doc:"Of the mail service or the access point"`
	SentAt    *string   `json:"sent_at" format:"date-time"`
	ChangedAt time.Time `json:"changed_at"`
	Code      string    `json:"code" example:"5.1.1"`
	Reason    string    `json:"reason"`
	Proof     string    `json:"proof" doc:"What the recipient's side said as it took it"`
	Next      string    `json:"next" doc:"Where it was sent instead"`
}

func (s server) invoiceDeliveries() {
	type byNumber struct {
		Number string `path:"number"`
	}
	op := get("list-invoice-deliveries", "/v1/invoices/{number}/deliveries", "List how an invoice or credit note reached its recipients, oldest first")
	route(s, op, func(ctx context.Context, in *byNumber) (*reply[page[InvoiceDelivery]], error) {
		d, err := s.legal(ctx, invoice.Invoices, in.Number)
		if fault.Is(err, fault.NotFound) {
			d, err = s.legal(ctx, invoice.CreditNotes, in.Number)
		}
		if err != nil {
			return nil, err
		}
		all, err := s.Cycle.DeliveriesOf(ctx, d.ID)
		return &reply[page[InvoiceDelivery]]{page[InvoiceDelivery]{each(all, invoiceDelivery), ""}}, err
	})
}

func invoiceDelivery(d dispatch.Data) InvoiceDelivery {
	v := InvoiceDelivery{
		ID: d.ID, What: d.What, Channel: d.Channel, To: d.To, Status: d.Status, MessageID: d.MessageID, ChangedAt: d.ChangedAt,
		Code: d.Code, Reason: d.Reason, Proof: d.Proof, Next: d.Next,
	}
	if !d.SentAt.IsZero() {
		v.SentAt = textOrNull(d.SentAt.Format(time.RFC3339))
	}
	return v
}
