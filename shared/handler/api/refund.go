package api

import (
	"cmp"
	"context"
	"time"

	"duly/shared/bank"
	"duly/shared/o2c"
	"duly/shared/o2c/cash"
	"duly/shared/o2c/fault"
)

// Refund is money that goes back, by transfer or at the gateway.
type Refund struct {
	ID        string    `json:"id"`
	ReceiptID string    `json:"receipt_id"`
	Amount    Money     `json:"amount"`
	Name      string    `json:"name"`
	Via       string    `json:"via" enum:"transfer,stripe" doc:"What came through the payment page goes back at the gateway"`
	IBAN      string    `json:"iban" doc:"Of a transfer"`
	Elsewhere bool      `json:"elsewhere" doc:"To another account than the money came from: a second person decides, in Slack"`
	Reason    string    `json:"reason"`
	EndToEnd  string    `json:"end_to_end" doc:"By which the bank's line of a transfer is known again"`
	Gateway   string    `json:"gateway_ref" doc:"The gateway's id of it, once it has it"`
	Status    string    `json:"status" enum:"asked,approved,filed,sent,paid,failed,refused"`
	File      string    `json:"file" doc:"Id of the payment file that has it"`
	AskedAt   time.Time `json:"asked_at"`
}

// RefundInput asks for a refund.
type RefundInput struct {
	Amount *Money `json:"amount,omitempty" doc:"Left out: all that has no home"`
	Name   string `json:"name,omitempty" maxLength:"140" doc:"Left out: the payer"`
	IBAN   string `json:"iban,omitempty" maxLength:"42" doc:"Left out: the account that the money came from"`
	Reason string `json:"reason" minLength:"1" maxLength:"500" example:"paid twice"`
}

// PaymentFile is a file of transfers for the bank.
type PaymentFile struct {
	ID        string    `json:"id"`
	CreatedAt time.Time `json:"created_at"`
	Total     Money     `json:"total"`
	Refunds   []Refund  `json:"refunds" nullable:"false"`
	URL       string    `json:"url" doc:"Below the API, with a key: pain.001.001.09" example:"/v1/payment-files/pf_1/xml"`
}

func refundView(d cash.RefundData) Refund {
	return Refund{
		ID: d.ID, ReceiptID: d.ReceiptID, Amount: moneyOf(d.Amount), Name: d.Name, IBAN: d.IBAN, Elsewhere: d.Elsewhere, Reason: d.Reason, EndToEnd: d.EndToEnd,
		Via: cmp.Or(d.Gateway, "transfer"), Gateway: d.GatewayRef,
		Status: d.Status, File: d.File, AskedAt: d.AskedAt.UTC(),
	}
}

func paymentFileView(d cash.PaymentFileData) PaymentFile {
	return PaymentFile{ID: d.ID, CreatedAt: d.CreatedAt.UTC(), Total: moneyOf(d.Total), Refunds: each(d.Refunds, refundView), URL: "/v1/payment-files/" + d.ID + "/xml"}
}

func (s server) refunds() {
	type asking struct {
		ID   string `path:"id"`
		Body RefundInput
	}
	type byID struct {
		ID string `path:"id"`
	}
	route(s, made("refund-receipt", "/v1/receipts/{id}/refunds", "Give money that has no home back: by transfer, or at the gateway that it came through"), func(ctx context.Context, in *asking) (*reply[Refund], error) {
		ask := o2c.RefundAsk{ReceiptID: in.ID, Name: in.Body.Name, IBAN: in.Body.IBAN, Reason: in.Body.Reason}
		if in.Body.Amount != nil {
			amount := in.Body.Amount.amount()
			ask.Amount = &amount
		}
		d, err := s.Cycle.AskRefund(ctx, s.once(ctx), ask)
		if err != nil && s.before(ctx, err, o2c.Key{Kind: "receipt", ID: in.ID}) {
			d, err = s.lastRefund(ctx, in.ID)
		}
		if err != nil {
			return nil, err
		}
		return &reply[Refund]{refundView(d)}, nil
	})
	route(s, get("list-refunds", "/v1/refunds", "List refunds"), func(ctx context.Context, in *Paging) (*reply[page[Refund]], error) {
		list, err := o2c.ListOf[cash.Refund](ctx, s.Cycle, in.Limit, in.After)
		return &reply[page[Refund]]{page[Refund]{each(list.Items, func(r *cash.Refund) Refund { return refundView(r.Data()) }), list.Next}}, err
	})
	route(s, made("make-payment-file", "/v1/payment-files", "Put the refunds that wait into a file for the bank"), func(ctx context.Context, _ *struct{}) (*reply[PaymentFile], error) {
		d, err := s.Cycle.FileRefunds(ctx, s.stamp(ctx))
		if err != nil {
			return nil, err
		}
		return &reply[PaymentFile]{paymentFileView(d)}, nil
	})
	route(s, get("list-payment-files", "/v1/payment-files", "List payment files"), func(ctx context.Context, in *Paging) (*reply[page[PaymentFile]], error) {
		list, err := o2c.ListOf[cash.PaymentFile](ctx, s.Cycle, in.Limit, in.After)
		return &reply[page[PaymentFile]]{page[PaymentFile]{each(list.Items, func(f *cash.PaymentFile) PaymentFile { return paymentFileView(f.Data()) }), list.Next}}, err
	})
	route(s, xmlOf(get("get-payment-file", "/v1/payment-files/{id}/xml", "Read a payment file as your bank takes it: pain.001.001.09")), func(ctx context.Context, in *byID) (*file, error) {
		f, err := o2c.Read[cash.PaymentFile](ctx, s.Cycle, in.ID)
		if err != nil {
			return nil, err
		}
		content, err := bank.Transfers(f.Data())
		return &file{ContentType: "application/xml", Body: content}, err
	})
}

func (s server) lastRefund(ctx context.Context, receiptID string) (cash.RefundData, error) {
	all, err := s.Cycle.RefundsOf(ctx, receiptID)
	if err == nil && len(all) == 0 {
		err = fault.Missing("refund of", receiptID)
	}
	if err != nil {
		return cash.RefundData{}, err
	}
	return all[len(all)-1], nil
}
