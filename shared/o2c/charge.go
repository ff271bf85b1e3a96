package o2c

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/delivery"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/money"
	"duly/shared/o2c/party"
)

// CollectingPolicy is whether customers may have their invoices collected, and
// how often a collection that failed is tried again.
type CollectingPolicy struct {
	Offer      bool
	NoticeDays int   // from the invoice, which announces it, to the day: SEPA's rulebook leaves it to what was agreed
	RetryDays  []int // days after the first try on which it is tried again, when the reason may pass
}

// ChargeData is the collecting of one invoice from the method that its customer
// let us keep; it has the invoice's id.
type ChargeData struct {
	InvoiceID  string        `json:"invoice_id"`
	CustomerID string        `json:"customer_id"`
	Status     string        `json:"status"`
	On         calendar.Date `json:"on"` // the day of the first try
	Tries      []ChargeTry   `json:"tries,omitempty"`
	NextAt     time.Time     `json:"next_at,omitzero"`
	Why        string        `json:"why,omitempty"`   // it ended: a Why… reason, or a key of the bank's
	Spent      int           `json:"spent,omitempty"` // idempotency keys under which the provider keeps a failure
}

// ChargeTry is one time that we asked for the money.
type ChargeTry struct {
	ID     string        `json:"id"`
	On     calendar.Date `json:"on"`
	At     time.Time     `json:"at"`
	Amount money.Amount  `json:"amount"`
	Method string        `json:"method"` // the provider's id
	Status string        `json:"status"`
	Ref    string        `json:"ref,omitempty"`  // the provider's id of the payment
	Code   string        `json:"code,omitempty"` // the bank's reason
}

// The statuses of a collection.
const (
	ChargePlanned = "planned" // announced for its day
	ChargeUnder   = "under"   // a try is asked for, or a bank is carrying it out
	ChargeWaits   = "waits"   // for the next try
	ChargeDone    = "done"
	ChargeEnded   = "ended" // the ladder goes on
)

// The statuses of a try.
const (
	TryAsked   = "asked"
	TryUnder   = "under" // the provider has it
	TryTaken   = "taken" // the money came
	TryFailed  = "failed"
	TryDropped = "dropped" // it was never sent
)

// Why a collection ended without a bank's reason.
const (
	WhyStopped = "stopped" // the customer, or a colleague, ended what allows it
	WhyPaid    = "paid"    // otherwise
	WhySilent  = "silent"  // nobody said what became of it
	WhyRefused = "refused" // the provider does not take the request
	WhySmall   = "small"   // less than a provider collects
)

// Charge is that document.
type Charge struct{ data ChargeData }

// Data is a copy.
func (k *Charge) Data() ChargeData { return k.data }

// Kind and ID make the charge a document.
func (k *Charge) Kind() string { return "charge" }
func (k *Charge) ID() string   { return k.data.InvoiceID }

// ChargeQueue is where collections wait for their day.
const ChargeQueue = "charge"

// Due is when it is looked at.
func (k *Charge) Due() (string, time.Time) { return ChargeQueue, k.data.NextAt }

// MarshalJSON and UnmarshalJSON are the store's door.
func (k *Charge) MarshalJSON() ([]byte, error) { return json.Marshal(k.data) }
func (k *Charge) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &k.data) }

// Open reports whether it goes on by itself.
func (d ChargeData) Open() bool {
	return slices.Contains([]string{ChargePlanned, ChargeUnder, ChargeWaits}, d.Status)
}

// try finds one by its id or the provider's of its payment.
func (k *Charge) try(id, ref string) *ChargeTry {
	for i := range k.data.Tries {
		if t := &k.data.Tries[i]; t.ID == id && id != "" || t.Ref == ref && ref != "" {
			return t
		}
	}
	return nil
}

// PausedByCharge pauses the letters about an invoice that is being collected.
const PausedByCharge = "charge"

// planCharge announces the collecting of an invoice that is being issued to a
// customer who allowed it: on its due date, or later when that leaves less
// notice than was agreed, and on a working day.
func (c *Cycle) planCharge(ctx context.Context, tx *Tx, inv *invoice.Invoice) error {
	d := inv.Data()
	if d.Type != invoice.Invoices || d.Advance != nil || !d.Open.IsPositive() || !c.Policy.Collecting.Offer {
		return nil
	}
	m, err := find[Mandate](ctx, tx, d.CustomerID)
	if err != nil || !m.Usable() || !m.takes(d) {
		return err
	}
	cust, err := get[party.Customer](ctx, tx, d.CustomerID)
	if err != nil {
		return err
	}
	told := slices.ContainsFunc(ways(cust.Data(), d), func(w invoiceArgs) bool { return w.Channel == "" || w.Channel == delivery.Mail })
	if d.Buyer.Email == "" {
		return nil // nobody could be told beforehand
	}
	if err := c.announceCharge(tx, inv, &Charge{data: ChargeData{InvoiceID: d.ID, CustomerID: d.CustomerID}}, d.NextDue()); err != nil || told {
		return err
	}
	return c.mailAbout(tx, d, aboutArgs{Template: LetterChargeAnnounced})
}

// takes reports whether the method can pay in the invoice's currency: SEPA
// debits are in euros.
func (m *Mandate) takes(d invoice.Data) bool {
	return m.data.Method.Kind != "sepa_debit" || d.Currency == "EUR"
}

func (c *Cycle) announceCharge(tx *Tx, inv *invoice.Invoice, k *Charge, due calendar.Date) error {
	on := due
	if first := c.today(tx.At()).AddDays(c.Policy.Collecting.NoticeDays); on.Before(first) {
		on = first
	}
	k.data.On = c.Policy.Days.Next(on)
	k.data.Status, k.data.NextAt, k.data.Why = ChargePlanned, k.data.On.At(letterHour, 0, c.Policy.Zone), ""
	inv.Pause(PausedByCharge)
	return errors.Join(tx.Save(inv), tx.Save(k, Fact{Type: "charge.announced", Data: map[string]any{"invoice": inv.Number(), "on": k.data.On}}))
}

// runCharges asks for what is to be collected now.
func (c *Cycle) runCharges(ctx context.Context, at time.Time) (int, error) {
	_, err := c.eachDue(ctx, MandateQueue, at, func(id string) error { return c.expireSoon(ctx, at, id) })
	done, failed := c.eachDue(ctx, ChargeQueue, at, func(id string) error { return c.tendCharge(ctx, at, id) })
	return done, errors.Join(err, failed)
}

// tendCharge looks at one collection: asks for the money, waits, or ends it.
func (c *Cycle) tendCharge(ctx context.Context, at time.Time, invoiceID string) error {
	return c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(Stamp{At: at, Actor: "system:dunning"})
		if err := tx.Fetch(ctx, Key{Kind: "charge", ID: invoiceID}, Key{Kind: "invoice", ID: invoiceID}, Key{Kind: "checkout", ID: invoiceID}); err != nil {
			return err
		}
		k, err := get[Charge](ctx, tx, invoiceID)
		if err != nil || !k.data.Open() || k.data.NextAt.IsZero() || at.Before(k.data.NextAt) {
			return err
		}
		inv, err := get[invoice.Invoice](ctx, tx, invoiceID)
		if err != nil {
			return err
		}
		if k.data.Status == ChargeUnder { // nobody said what became of it
			return c.endCharge(ctx, tx, k, inv, WhySilent)
		}
		m, err := find[Mandate](ctx, tx, k.data.CustomerID)
		if err != nil {
			return err
		}
		amount, why, err := c.collectable(ctx, tx, inv, m)
		switch {
		case err != nil:
			return err
		case why == whyLater:
			return c.chargeLater(ctx, tx, k, inv)
		case why != "":
			return c.endCharge(ctx, tx, k, inv, why)
		}
		return errors.Join(c.askCharge(tx, k, inv, m, amount), c.closeCheckout(ctx, tx, invoiceID)) // nobody pays twice
	})
}

// whyLater: something stands in the way that may pass.
const whyLater = "later"

// chargeMin is the least that a provider collects, in minor units
// (docs.stripe.com/currencies#minimum-and-maximum-charge-amounts).
const chargeMin = 50

// collectable is what may be collected of an invoice now, or why nothing:
// whyLater, or for good. Nothing is collected of what is disputed, promised,
// planned, held, or being paid already; money of the customer that has no home
// may be for it.
func (c *Cycle) collectable(ctx context.Context, tx *Tx, inv *invoice.Invoice, m *Mandate) (money.Amount, string, error) {
	d := inv.Data()
	none := d.Open.Zero()
	switch {
	case !inv.Collectable():
		return none, WhyPaid, nil
	case !m.Usable() || !m.takes(d):
		return none, WhyStopped, nil
	case d.PausedBy() != "" && d.PausedBy() != PausedByCharge || disputedNow(d):
		return none, whyLater, nil
	}
	f, err := c.fileOf(ctx, tx, d.CustomerID)
	if err != nil {
		return none, "", err
	}
	checkout, err := c.checkoutOf(ctx, tx, d.ID)
	if err != nil {
		return none, "", err
	}
	plan, err := planOf(ctx, tx, d)
	if err != nil {
		return none, "", err
	}
	asked, _ := payable(d, checkout.underWay(d.Currency), plan, c.today(tx.At()))
	held := slices.ContainsFunc(f.held, func(h Held) bool { return h.Amount.Currency == d.Currency })
	switch {
	case len(checkout.data.Pending) > 0 || held || f.k.held(c.today(tx.At())) || !asked.IsPositive():
		return none, whyLater, nil
	case asked.Minor < chargeMin:
		return none, WhySmall, nil
	}
	return asked, "", nil
}

// chargeLater looks again the next working morning; letters go on meanwhile as
// they would.
func (c *Cycle) chargeLater(ctx context.Context, tx *Tx, k *Charge, inv *invoice.Invoice) error {
	k.data.NextAt = c.Policy.Days.Next(c.today(tx.At()).AddDays(1)).At(letterHour, 0, c.Policy.Zone)
	return errors.Join(tx.Save(k), c.unpause(ctx, tx, inv))
}

// unpause lets the letters about an invoice go on where they stopped.
func (c *Cycle) unpause(ctx context.Context, tx *Tx, inv *invoice.Invoice) error {
	if inv.Data().Dunning.PausedBy != PausedByCharge {
		return nil
	}
	inv.Pause("")
	if inv.Collectable() {
		if err := c.planNext(ctx, tx, inv); err != nil {
			return err
		}
	}
	return tx.Save(inv, Fact{Type: "dunning.resumed", Data: map[string]string{"after": PausedByCharge}})
}

// askCharge asks for one try. Its amount is fixed here: the provider refuses
// another under the same key.
func (c *Cycle) askCharge(tx *Tx, k *Charge, inv *invoice.Invoice, m *Mandate, amount money.Amount) error {
	t := ChargeTry{
		ID: fmt.Sprintf("%s-%d", k.data.InvoiceID, len(k.data.Tries)+1), On: c.today(tx.At()), At: tx.At().UTC(), Amount: amount, Method: m.data.Method.ID, Status: TryAsked,
	}
	k.data.Tries = append(k.data.Tries, t)
	k.data.Status, k.data.NextAt = ChargeUnder, tx.At().Add(settlesWithin+24*time.Hour)
	inv.Pause(PausedByCharge)
	return errors.Join(
		tx.Save(inv), tx.Save(k, Fact{Type: "charge.asked", Data: t}),
		tx.ask(doCharge, Key{Kind: "invoice", ID: k.data.InvoiceID}, map[string]string{"try": t.ID}),
	)
}

// endCharge ends a collection: the ladder goes on at the right step.
func (c *Cycle) endCharge(ctx context.Context, tx *Tx, k *Charge, inv *invoice.Invoice, why string) error {
	k.data.Status, k.data.Why, k.data.NextAt = ChargeEnded, why, time.Time{}
	if why == WhyPaid {
		k.data.Status = ChargeDone
	}
	return errors.Join(tx.Save(k, Fact{Type: "charge.ended", Data: map[string]any{"invoice": inv.Number(), "why": why}}), c.unpause(ctx, tx, inv), c.refreshCard(tx, "invoice", KeyOf(inv)))
}

// releaseCharges ends what is announced or waits for a customer who stopped;
// what a bank is carrying out ends by itself.
func (c *Cycle) releaseCharges(ctx context.Context, tx *Tx, customerID string) error {
	open, err := c.openInvoices(ctx, tx, customerID)
	if err != nil {
		return err
	}
	for n, inv := range open {
		if n == stepsMax || inv.Data().Dunning.PausedBy != PausedByCharge {
			continue // the rest ends when its day comes
		}
		k, err := find[Charge](ctx, tx, inv.ID())
		if err != nil {
			return err
		}
		if k == nil || k.data.Status != ChargePlanned && k.data.Status != ChargeWaits {
			continue
		}
		if err := c.endCharge(ctx, tx, k, inv, WhyStopped); err != nil {
			return err
		}
	}
	return nil
}
