package o2c

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"duly/shared/o2c/cash"
	"duly/shared/o2c/delivery"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/fulfilment"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/money"
)

// evidenceOpen is a chargeback that can still be answered.
const evidenceOpen = "open"

// EvidenceData is a chargeback as the team works it: what the card's bank says,
// and until when it can be answered. What speaks for us is read when the card
// is drawn.
type EvidenceData struct {
	ID        string       `json:"id"` // of the chargeback at the provider
	ReceiptID string       `json:"receipt_id"`
	Amount    money.Amount `json:"amount"`
	Reason    string       `json:"reason"` // the network's code, such as "product_not_received"
	Status    string       `json:"status"` // "open", "won", "lost"
	DueAt     time.Time    `json:"due_at,omitzero"`
	RemindAt  time.Time    `json:"remind_at,omitzero"`
	OpenedAt  time.Time    `json:"opened_at"`
}

// evidence is the case of one chargeback.
type evidence struct{ data EvidenceData }

// Kind and ID make the case a document.
func (k *evidence) Kind() string { return "evidence" }
func (k *evidence) ID() string   { return k.data.ID }

// evidenceQueue is where cases wait for the days before their deadline.
const evidenceQueue = "evidence"

// Due is when the team is reminded of an open case.
func (k *evidence) Due() (string, time.Time) {
	if k.data.Status != evidenceOpen {
		return evidenceQueue, time.Time{}
	}
	return evidenceQueue, k.data.RemindAt
}

// MarshalJSON and UnmarshalJSON are the store's door.
func (k *evidence) MarshalJSON() ([]byte, error) { return json.Marshal(k.data) }
func (k *evidence) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &k.data) }

// evidenceDays is how long before the deadline the team is reminded.
const evidenceDays = 3

// keepCase opens the case of a chargeback, or follows what became of it; its
// card has the deadline and what speaks for us.
func (c *Cycle) keepCase(ctx context.Context, tx *Tx, ev Chargeback, r *cash.Receipt) error {
	k, err := find[evidence](ctx, tx, ev.ID)
	if err != nil {
		return err
	}
	if k == nil {
		k = &evidence{data: EvidenceData{ID: ev.ID, ReceiptID: r.ID(), OpenedAt: tx.At().UTC()}}
	}
	k.data.Amount, k.data.Reason, k.data.Status = ev.Amount, ev.Reason, ev.Status
	if !ev.DueAt.IsZero() && !ev.DueAt.Equal(k.data.DueAt) {
		k.data.DueAt = ev.DueAt.UTC()
		k.data.RemindAt = c.today(ev.DueAt).AddDays(-evidenceDays).At(letterHour, 0, c.Policy.Zone)
	}
	return errors.Join(tx.Save(k, Fact{Type: "evidence." + ev.Status, Data: k.data}), c.showCard(tx, "chargeback", KeyOf(k)))
}

// remindEvidence tells the team of chargebacks whose deadline comes near, and stops asking when it has passed.
func (c *Cycle) remindEvidence(ctx context.Context, at time.Time) (int, error) {
	return c.eachDue(ctx, evidenceQueue, at, func(id string) error {
		return c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
			tx.By(Stamp{At: at, Actor: "system:dunning"})
			k, err := get[evidence](ctx, tx, id)
			if err != nil || k.data.Status != evidenceOpen || k.data.RemindAt.IsZero() || at.Before(k.data.RemindAt) {
				return err
			}
			if k.data.RemindAt = k.data.DueAt; !at.Before(k.data.DueAt) { // nothing can be done any more: the card stops asking
				k.data.RemindAt = time.Time{}
				return errors.Join(tx.Save(k, Fact{Type: "evidence.deadline_passed", Data: k.data}), c.refreshCard(tx, "chargeback", KeyOf(k)))
			}
			return errors.Join(
				tx.Save(k, Fact{Type: "evidence.deadline_near", Data: k.data}), c.showCard(tx, "chargeback", KeyOf(k)),
				tx.ask(doReply, KeyOf(k), replyArgs{Purpose: "chargeback", Case: &CaseLine{What: LineEvidenceDue, Date: c.today(k.data.DueAt)}}),
			)
		})
	})
}

// ChargebackCard is a chargeback with its deadline and what speaks for us (M8).
type ChargebackCard struct {
	Case     EvidenceData
	Payer    string
	DaysLeft int  // until the deadline, on the day on which the card was drawn
	Over     bool // the deadline has passed
	Proofs   []Proof
}

// Proof is what speaks for one invoice that the payment settled.
type Proof struct {
	Invoice  invoice.Data
	URL      string                   // the customer's page of it, with its documents
	Shipment *fulfilment.ShipmentData // what left, and who took it
	Sent     []delivery.Data          // mails and other deliveries about it, in their order
}

func (ChargebackCard) card() {}

func chargebackCard(ctx context.Context, o *Outbox, e Effect, _ cardArgs) (Card, error) {
	tx := NewTx(o.Cycle.Store)
	k, err := get[evidence](ctx, tx, e.Subject.ID)
	if err != nil {
		return nil, err
	}
	r, err := get[cash.Receipt](ctx, tx, k.data.ReceiptID)
	if err != nil {
		return nil, err
	}
	card := ChargebackCard{Case: k.data}
	if card.Payer, err = payerName(ctx, tx, r.Data()); err != nil {
		return nil, err
	}
	if !k.data.DueAt.IsZero() {
		card.DaysLeft = o.Cycle.today(k.data.DueAt).DaysSince(o.Cycle.today(o.Now()))
		card.Over = !o.Now().Before(k.data.DueAt)
	}
	seen := map[string]bool{}
	for _, a := range r.Data().Applications {
		if seen[a.InvoiceID] {
			continue
		}
		seen[a.InvoiceID] = true
		p, err := o.proof(ctx, tx, a.InvoiceID)
		if err != nil {
			return nil, err
		}
		card.Proofs = append(card.Proofs, p)
	}
	return card, nil
}

// proof gathers what is known of an invoice: its page, its parcel, its mails.
func (o *Outbox) proof(ctx context.Context, tx *Tx, invoiceID string) (Proof, error) {
	inv, err := get[invoice.Invoice](ctx, tx, invoiceID)
	if err != nil {
		return Proof{}, err
	}
	p := Proof{Invoice: inv.Data()}
	if p.URL, err = o.Cycle.InvoiceURL(p.Invoice); err != nil {
		return p, err
	}
	if id := p.Invoice.ShipmentID; id != "" {
		s, err := get[fulfilment.Shipment](ctx, tx, id)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return p, err
		}
		if s != nil && err == nil {
			d := s.Data()
			p.Shipment = &d
		}
	}
	p.Sent, err = o.Cycle.DeliveriesOf(ctx, invoiceID)
	return p, err
}
