package o2c

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"duly/shared/o2c/fault"
	"duly/shared/o2c/invoice"
)

// The effects about kept methods.
const (
	doCharge = "pay.charge" // takes an invoice's money from one
	doMethod = "pay.method" // reads one of which only the name is known
	doDetach = "pay.detach" // has the provider forget one
)

type methodArgs struct {
	Consent string     `json:"consent,omitempty"`
	Owner   string     `json:"owner,omitempty"`
	Method  KeptMethod `json:"method"`
}

func readMethodArgs(e Effect) (methodArgs, error) {
	var args methodArgs
	if err := json.Unmarshal(e.Args, &args); err != nil {
		return args, damaged("The kept method cannot be reached", err)
	}
	return args, nil
}

// performMethod reads a method that was kept without a payment.
func performMethod(ctx context.Context, o *Outbox, e Effect) (func(context.Context, *Tx) error, error) {
	args, err := readMethodArgs(e)
	if err != nil {
		return nil, err
	}
	kept, err := o.Cycle.Pay.Kept(ctx, args.Method.ID)
	if err != nil {
		return nil, err
	}
	kept.Mandate = args.Method.Mandate
	return func(ctx context.Context, tx *Tx) error {
		return o.Cycle.keepMethod(ctx, tx, MethodKept{CustomerID: e.Subject.ID, Consent: args.Consent, Owner: args.Owner, Method: kept})
	}, nil
}

// detachLater has the provider forget a method; asked again, it has done so.
func (c *Cycle) detachLater(tx *Tx, customerID, methodID string) error {
	e, err := tx.effect(doDetach, Key{Kind: "mandate", ID: customerID}, methodArgs{Method: KeptMethod{ID: methodID}})
	if err != nil {
		return err
	}
	e.Name = Name("e", doDetach, methodID)
	return tx.Do(e)
}

func performDetach(ctx context.Context, o *Outbox, e Effect) (func(context.Context, *Tx) error, error) {
	args, err := readMethodArgs(e)
	if err != nil {
		return nil, err
	}
	return nil, o.Cycle.Pay.Detach(ctx, args.Method.ID)
}

// RenewMethod gives a page of the provider on which the customer gives another
// method for what is collected, without a payment.
func (c *Cycle) RenewMethod(ctx context.Context, at time.Time, token string, t ConsentText) (string, error) {
	key, err := c.OpenLink(ctx, LinkInvoice, token)
	if err != nil {
		return "", err
	}
	tx := NewTx(c.Store)
	inv, err := get[invoice.Invoice](ctx, tx, key.ID)
	if err != nil {
		return "", err
	}
	d := inv.Data()
	m, err := find[Mandate](ctx, tx, d.CustomerID)
	if err != nil {
		return "", err
	}
	if m == nil || m.data.Status != MandateActive {
		return "", fault.New(fault.Refused, "Nothing is collected from you", "no method is kept", "tick the box when you pay the next invoice")
	}
	k, err := c.newKeeping(ctx, tx, at, d, "renewal", &t)
	if err != nil || k.consent.ID == "" {
		return "", errors.Join(err, fault.New(fault.Refused, "Methods are not kept", "the seller does not collect", ""))
	}
	page, err := c.Pay.Setup(ctx, CheckoutRequest{
		IdempotencyKey: "duly-" + k.consent.ID, InvoiceID: d.ID, Number: d.Number, Amount: d.Total.Zero(), Email: d.Buyer.Email, Language: d.Buyer.Language,
		ReturnURL: c.Policy.URL(LinkInvoice, token) + "?done=renewed", Keep: k.consent.ID, KeepFor: d.CustomerID, Owner: k.owner,
	})
	if err != nil {
		return "", err
	}
	return page.URL, c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(Stamp{At: at, Actor: actorPortal + d.Buyer.Email})
		return c.keepConsent(ctx, tx, d.CustomerID, k)
	})
}

// expireSoon warns of a card that ends within a month: the customer by mail, the
// team by a line.
func (c *Cycle) expireSoon(ctx context.Context, at time.Time, customerID string) error {
	return c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(Stamp{At: at, Actor: "system:dunning"})
		m, err := get[Mandate](ctx, tx, customerID)
		if err != nil || m.data.Status != MandateActive || m.data.LookAt.IsZero() || at.Before(m.data.LookAt) {
			return err
		}
		m.data.Warned, m.data.LookAt = m.data.Method.Expires(), time.Time{}
		inv, err := find[invoice.Invoice](ctx, tx, m.data.Consent.InvoiceID)
		if err != nil {
			return err
		}
		err = errors.Join(
			tx.Save(m, Fact{Type: "mandate.expires_soon", Data: map[string]any{"method": m.data.Method}}),
			c.mandateSays(tx, m, CaseLine{What: LineCardExpires, Date: m.data.Method.lastDay(), Note: m.data.Method.Shown()}),
		)
		if err != nil || inv == nil {
			return err
		}
		return c.mailAbout(tx, inv.Data(), aboutArgs{Template: LetterCardExpires, On: m.data.Method.lastDay(), Method: m.data.Method})
	})
}

// addCollecting adds when and from what an invoice is collected: the mail is the
// notice that was promised.
func (o *Outbox) addCollecting(ctx context.Context, view *LetterView, d invoice.Data) error {
	if d.Dunning.PausedBy != PausedByCharge {
		return nil
	}
	v, err := o.Cycle.chargeView(ctx, NewTx(o.Cycle.Store), d)
	if err != nil || v.On.IsZero() || v.Method == nil {
		return err
	}
	view.CollectOn, view.Method = v.On, *v.Method
	if len(d.Instalments) == 0 {
		view.Amount = d.Open
	}
	return nil
}
