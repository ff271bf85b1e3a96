package o2c

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"duly/shared/o2c/fault"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/money"
	"duly/shared/o2c/party"
)

// AwaitingData is a letter that safe mode kept from going by itself, other than those of the ladder: the reminder of a
// deposit, a word of thanks. A colleague sends it or leaves it out; who it goes to is read when it goes.
type AwaitingData struct {
	ID         string       `json:"id"` // the receipt that is thanked for, or the invoice of the deposit
	Template   string       `json:"template"`
	CustomerID string       `json:"customer_id"`
	InvoiceID  string       `json:"invoice_id"`
	Number     string       `json:"number"`
	Amount     money.Amount `json:"amount"`
	Since      time.Time    `json:"since"`
	Status     string       `json:"status,omitempty"` // ComingSent, ComingSkipped or ComingSettled; "": it waits
	By         string       `json:"by,omitempty"`
}

// awaiting is the letter as a document.
type awaiting struct{ data AwaitingData }

// Kind and ID make it a document; the queue is for what waits when safe mode has ended.
func (a *awaiting) Kind() string { return "awaiting" }
func (a *awaiting) ID() string   { return a.data.ID }

// queueAwaiting is where letters wait for a press.
const queueAwaiting = "awaiting"

// Due is since when it waits; what was decided waits no more.
func (a *awaiting) Due() (string, time.Time) {
	if a.data.Status != "" {
		return queueAwaiting, time.Time{}
	}
	return queueAwaiting, a.data.Since
}

// MarshalJSON and UnmarshalJSON are the store's door.
func (a *awaiting) MarshalJSON() ([]byte, error) { return json.Marshal(a.data) }
func (a *awaiting) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &a.data) }

// AwaitingCard asks whether a letter goes out.
type AwaitingCard struct {
	Letter   AwaitingData
	Customer string
}

func (AwaitingCard) card() {}

func awaitingCard(ctx context.Context, o *Outbox, e Effect, _ cardArgs) (Card, error) {
	tx := NewTx(o.Cycle.Store)
	a, err := get[awaiting](ctx, tx, e.Subject.ID)
	if err != nil {
		return nil, err
	}
	cust, err := get[party.Customer](ctx, tx, a.data.CustomerID)
	if err != nil {
		return nil, err
	}
	return AwaitingCard{Letter: a.data, Customer: cust.Data().Name}, nil
}

// keepBack keeps a letter until a colleague decides; one is kept for each thing that it is about.
func (c *Cycle) keepBack(ctx context.Context, tx *Tx, l AwaitingData) error {
	if known, err := find[awaiting](ctx, tx, l.ID); err != nil || known != nil {
		return err
	}
	l.Since = tx.At()
	a := &awaiting{data: l}
	return errors.Join(tx.Save(a, Fact{Type: "letter.kept_back", Data: map[string]string{"template": l.Template, "number": l.Number}}), c.showCard(tx, "awaiting", KeyOf(a)))
}

// SendAwaiting sends a letter that waited for a press; what it reminds of may be settled meanwhile.
func (c *Cycle) SendAwaiting(ctx context.Context, s Stamp, id string) error {
	return c.decideAwaiting(ctx, s, id, func(ctx context.Context, tx *Tx, a *awaiting) (string, error) {
		inv, err := get[invoice.Invoice](ctx, tx, a.data.InvoiceID)
		if err != nil || a.data.Template != LetterPaid && !inv.Collectable() {
			return ComingSettled, err
		}
		return ComingSent, nil
	})
}

// SkipAwaiting leaves a letter out.
func (c *Cycle) SkipAwaiting(ctx context.Context, s Stamp, id string) error {
	return c.decideAwaiting(ctx, s, id, func(context.Context, *Tx, *awaiting) (string, error) { return ComingSkipped, nil })
}

func (c *Cycle) decideAwaiting(ctx context.Context, s Stamp, id string, decide func(context.Context, *Tx, *awaiting) (string, error)) error {
	return c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		a, err := get[awaiting](ctx, tx, id)
		if err != nil {
			return err
		}
		if a.data.Status != "" {
			return fault.New(fault.Refused, "It was decided already. Nothing changed.", "", "").Keyed("decided")
		}
		status, err := decide(ctx, tx, a)
		if err != nil {
			return err
		}
		a.data.Status, a.data.By = status, s.Actor
		err = errors.Join(tx.Save(a, Fact{Type: "letter." + status, Data: map[string]string{"template": a.data.Template, "number": a.data.Number}}), c.refreshCard(tx, "awaiting", KeyOf(a)))
		if err != nil || status != ComingSent {
			return err
		}
		return c.askAwaited(ctx, tx, a)
	})
}

// askAwaited asks for the letter.
func (c *Cycle) askAwaited(ctx context.Context, tx *Tx, a *awaiting) error {
	inv, err := get[invoice.Invoice](ctx, tx, a.data.InvoiceID)
	if err != nil {
		return err
	}
	if a.data.Template == LetterPaid {
		return tx.ask(doLetter, KeyOf(a), letterArgs{Template: LetterPaid, To: inv.Data().Buyer.Email, Language: inv.Data().Buyer.Language, Receipt: a.data.ID})
	}
	cust, err := get[party.Customer](ctx, tx, a.data.CustomerID)
	if err != nil {
		return err
	}
	return c.mailDeposit(tx, inv, cust, a.data.Template)
}

// thanksDays is how long after the money a word of thanks still makes sense.
const thanksDays = 7

// sendKept sends what waits when safe mode has ended: within the hours of a working day, and no thanks that come too late.
func (c *Cycle) sendKept(ctx context.Context, at time.Time) error {
	_, err := c.eachDue(ctx, queueAwaiting, at, func(id string) error {
		s := Stamp{At: at, Actor: "system:dunning"}
		a, err := Read[awaiting](ctx, c, id)
		if err != nil {
			return err
		}
		if a.data.Template == LetterPaid && at.Sub(a.data.Since) > thanksDays*24*time.Hour {
			return c.SkipAwaiting(ctx, s, id)
		}
		return c.SendAwaiting(ctx, s, id)
	})
	return err
}
