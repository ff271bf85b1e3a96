package chat

import (
	"github.com/slack-go/slack"

	"duly/shared/o2c"
	"duly/shared/o2c/delivery"
)

// chargeback is M8: until when a chargeback can be answered, and what speaks for us.
func (v Voice) chargeback(c o2c.ChargebackCard) Message {
	k := c.Case
	about := []any{"amount", k.Amount, "payer", named(c.Payer), "reason", v.known("chargeback.reason.", k.Reason), "time", k.DueAt, "days", v.count("days", max(0, c.DaysLeft)), "status", v.known("chargeback.status.", k.Status)}
	if k.Status != "open" {
		return message(v.Say("chargeback.over", about...), section(v.mark("chargeback.over", about...)))
	}
	if c.Over {
		return message(v.Say("chargeback.late", about...), section(v.mark("chargeback.late", about...)))
	}
	all := []slack.Block{
		header(v.Say("chargeback.title", about...)),
		fields(v.mark("chargeback.reason", about...), v.mark("chargeback.due", about...)),
	}
	for i, p := range c.Proofs {
		if i == candidatesMax {
			all = append(all, notes(v.mark("more", "n", len(c.Proofs)-candidatesMax)))
			break
		}
		all = append(all, section(v.proof(p)), actions(button(ActInvoiceOpen, v.Say("button.evidence", "number", p.Invoice.Number), "").WithURL(p.URL)))
	}
	return message(v.Say("chargeback.text", about...), append(all, notes(v.mark("chargeback.what")))...)
}

// proof is what speaks for one invoice.
func (v Voice) proof(p o2c.Proof) markup {
	d := p.Invoice
	lines := []markup{v.mark("chargeback.invoice", "number", d.Number, "amount", d.Total, "date", d.IssuedOn, "order", named(d.OrderNo))}
	switch s := p.Shipment; {
	case s == nil:
		lines = append(lines, v.mark("chargeback.no_parcel"))
	case s.Delivery == nil:
		lines = append(lines, v.mark("chargeback.parcel", "carrier", named(s.Carrier), "tracking", named(s.Tracking), "time", s.ShippedAt))
	default:
		lines = append(lines, v.mark("chargeback.parcel", "carrier", named(s.Carrier), "tracking", named(s.Tracking), "time", s.ShippedAt),
			v.mark("chargeback.delivered", "time", s.Delivery.At, "name", named(s.Delivery.Name), "evidence", noted(s.Delivery.Evidence)))
	}
	lines = append(lines, listed(v, p.Sent, listMax, func(m delivery.Data) markup {
		return v.mark("chargeback.sent", "what", v.known("letter.", m.What), "to", named(m.To), "time", m.SentAt, "status", v.known("chargeback.mail.", m.Status))
	}))
	return join("\n", lines...)
}
