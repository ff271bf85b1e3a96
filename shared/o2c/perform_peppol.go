package o2c

import (
	"context"
	"fmt"

	"duly/shared/o2c/delivery"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/party"
)

// peppol hands a document to the access point. What cannot go there, because
// its reader has no address in the network or a rule is broken, goes to the team.
func (o *Outbox) peppol(ctx context.Context, e Effect, d invoice.Data) (func(context.Context, *Tx) error, error) {
	about := of(e, aboutDocument(d))
	about.Channel = delivery.Peppol
	b := d.Buyer
	scheme, to := party.ElectronicAddress(b.Address.Country, b.KVK, b.Reference, b.VATID, b.Email)
	about.To = scheme + ":" + to
	switch {
	case o.EPost == nil:
		return o.unsent(about, Permanent("The e-invoice cannot leave", "no access point is set up", "send the PDF", nil).Keyed("peppol.none")), nil
	case scheme == party.SchemeMail:
		about.To = b.Name
		return o.unsent(about, Permanent("The e-invoice cannot be addressed", "the customer has neither a KVK nor a VAT number, so no address in the network", "enter one, or send the PDF", nil).Keyed("peppol.no_number")), nil
	}
	ubl, err := o.Papers.InvoiceUBL(d)
	if fault.Is(err, fault.Incomplete) {
		return o.unsent(about, err), nil
	}
	if err != nil {
		return nil, fmt.Errorf("render the e-invoice of %s: %w", d.Number, err)
	}
	id, err := o.EPost.Submit(ctx, EDocument{Tag: e.Name, Scheme: scheme, To: to, Number: d.Number, Credit: d.Type == invoice.CreditNotes, UBL: ubl})
	if fault.Is(err, fault.Refused) {
		return o.unsent(about, err), nil
	}
	if err != nil {
		return nil, err
	}
	gone := o.away(about, id, EInvoiceName(d))
	return func(ctx context.Context, tx *Tx) error {
		tx.Name(Alias{Space: spaceSubmission, Value: id}, Key{Kind: "delivery", ID: e.Name})
		return gone(ctx, tx)
	}, nil
}

// CollectEPost takes in what became of the documents that were handed to the
// access point.
func (o *Outbox) CollectEPost(ctx context.Context) error {
	if o.EPost == nil {
		return nil
	}
	return o.EPost.Collect(ctx, func(n MailNews) error { return o.Cycle.HearMail(ctx, o.Now(), n) })
}
