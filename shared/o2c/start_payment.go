package o2c

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/dunning"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/money"
)

// checkoutData is where the payment of one invoice stands at the provider.
type checkoutData struct {
	InvoiceID string       `json:"invoice_id"`
	SessionID string       `json:"session_id,omitempty"`
	URL       string       `json:"url,omitempty"`
	Amount    money.Amount `json:"amount"`
	ExpiresAt time.Time    `json:"expires_at,omitzero"`
	Pages     int          `json:"pages"`           // made so far
	Keep      string       `json:"keep,omitempty"`  // the consent with which the page keeps the method
	Spent     int          `json:"spent,omitempty"` // idempotency keys under which the provider keeps a failure
	Pending   []Pending    `json:"pending,omitempty"`
}

// Pending is a payment that is under way and settles in days.
type Pending struct {
	Ref    string       `json:"ref"`
	Amount money.Amount `json:"amount"`
	Method string       `json:"method"`
	Since  time.Time    `json:"since"`
}

// checkout is the payment page of one invoice; it has the invoice's id.
type checkout struct{ data checkoutData }

// Kind and ID make the checkout a document.
func (k *checkout) Kind() string { return "checkout" }
func (k *checkout) ID() string   { return k.data.InvoiceID }

// MarshalJSON and UnmarshalJSON are the store's door.
func (k *checkout) MarshalJSON() ([]byte, error) { return json.Marshal(k.data) }
func (k *checkout) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &k.data) }

// underWay is what is being settled for the invoice already, in its currency.
func (k *checkout) underWay(currency string) money.Amount {
	sum := money.Of(0, currency)
	for _, p := range k.data.Pending {
		if money.Same(p.Amount, sum) == nil {
			sum = sum.Plus(p.Amount)
		}
	}
	return sum
}

// settled takes a payment off what is under way and reports whether it was.
func (k *checkout) settled(ref string) bool {
	before := len(k.data.Pending)
	k.data.Pending = slices.DeleteFunc(slices.Clone(k.data.Pending), func(p Pending) bool { return p.Ref == ref })
	return len(k.data.Pending) < before
}

// paid forgets the page when a new payment is of what it asks: a paid page is
// not shown again. A payment of another amount came from an older page.
func (k *checkout) paid(amount money.Amount) {
	if amount == k.data.Amount {
		k.data.URL, k.data.SessionID = "", ""
	}
}

func (c *Cycle) checkoutOf(ctx context.Context, tx *Tx, invoiceID string) (*checkout, error) {
	k, err := find[checkout](ctx, tx, invoiceID)
	if err == nil && k == nil {
		k = &checkout{data: checkoutData{InvoiceID: invoiceID}}
	}
	return k, err
}

// StartPayment gives the payment page of an invoice's open amount, or of a part
// of it: the open page of the same amount is used again, else a new one is made
// and the old one closed. What is being settled already is not asked for twice.
// With a consent the page keeps the method that it is paid with.
func (c *Cycle) StartPayment(ctx context.Context, at time.Time, token string, amount *money.Amount, keep *ConsentText) (string, error) {
	key, err := c.OpenLink(ctx, LinkInvoice, token)
	if err != nil {
		return "", err
	}
	tx := NewTx(c.Store)
	if err := tx.Fetch(ctx, key, Key{Kind: "checkout", ID: key.ID}); err != nil {
		return "", err
	}
	inv, err := get[invoice.Invoice](ctx, tx, key.ID)
	if err != nil {
		return "", err
	}
	k, err := c.checkoutOf(ctx, tx, key.ID)
	if err != nil {
		return "", err
	}
	plan, err := planOf(ctx, tx, inv.Data())
	if err != nil {
		return "", err
	}
	asked, err := askable(inv.Data(), k, plan, amount, c.today(at))
	if err != nil {
		return "", err
	}
	d := inv.Data()
	keeping, err := c.newKeeping(ctx, tx, at, d, "invoice", keep)
	if err != nil {
		return "", err
	}
	if k.data.URL != "" && k.data.Amount == asked && k.data.Keep == keeping.consent.ID && at.Before(k.data.ExpiresAt) {
		return k.data.URL, nil
	}
	page, err := c.Pay.Checkout(ctx, keeping.with(CheckoutRequest{
		IdempotencyKey: k.key(asked), InvoiceID: d.ID, Number: d.Number, Amount: asked,
		Email: d.Buyer.Email, Language: d.Buyer.Language, ReturnURL: c.Policy.URL(LinkInvoice, token) + "?returned=1",
	}, d.CustomerID))
	if errors.Is(err, ErrKeySpent) {
		return "", errors.Join(err, c.spendKey(ctx, at, d))
	}
	if err != nil {
		return "", err
	}
	return page.URL, c.keepPage(ctx, at, d, asked, page, keeping)
}

// key names the next page of an amount: pressed again before there is an
// answer, it is the same page.
func (k *checkout) key(asked money.Amount) string {
	key := fmt.Sprintf("duly-%s-%d-%d", k.data.InvoiceID, k.data.Pages+1, asked.Minor)
	if k.data.Spent > 0 {
		key += fmt.Sprintf("-%d", k.data.Spent)
	}
	return key
}

// spendKey has the next press ask under another key.
func (c *Cycle) spendKey(ctx context.Context, at time.Time, d invoice.Data) error {
	return c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(Stamp{At: at, Actor: "portal:" + d.Buyer.Email})
		k, err := c.checkoutOf(ctx, tx, d.ID)
		if err != nil {
			return err
		}
		k.data.Spent++
		return tx.Save(k)
	})
}

// askable is what may be asked of the customer now: what is due of it, unless a
// part or all of it is named.
func askable(d invoice.Data, k *checkout, plan *dunning.PlanData, amount *money.Amount, today calendar.Date) (money.Amount, error) {
	due, most := payable(d, k.underWay(d.Currency), plan, today)
	switch {
	case !most.IsPositive():
		return money.Amount{}, fault.New(fault.Refused, "There is nothing to pay", "invoice {number} is paid or its payment is being confirmed", "").Keyed("pay.confirming").With("number", d.Number)
	case amount == nil && due.IsPositive():
		return due, nil
	case amount == nil:
		return most, nil
	case amount.Currency != d.Currency || !amount.IsPositive() || amount.Cmp(most) > 0:
		return money.Amount{}, fault.Bad("/amount", "{amount} is not a part of {most}", "pay at most what is open").Keyed("pay.part").With("amount", amount, "most", most)
	}
	return *amount, nil
}

func (c *Cycle) keepPage(ctx context.Context, at time.Time, d invoice.Data, asked money.Amount, page CheckoutPage, keeping keeping) error {
	return c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(Stamp{At: at, Actor: "portal:" + d.Buyer.Email})
		k, err := c.checkoutOf(ctx, tx, d.ID)
		if err != nil || k.data.SessionID == page.SessionID {
			return err
		}
		old := k.data.SessionID
		k.data.SessionID, k.data.URL, k.data.Amount, k.data.ExpiresAt = page.SessionID, page.URL, asked, page.ExpiresAt
		k.data.Keep = keeping.consent.ID
		k.data.Pages++
		if err := c.keepConsent(ctx, tx, d.CustomerID, keeping); err != nil {
			return err
		}
		if err := tx.Save(k, Fact{Type: "payment.started", Data: map[string]any{"invoice": d.Number, "amount": asked, "session": page.SessionID}}); err != nil {
			return err
		}
		if old == "" {
			return nil
		}
		return tx.ask(doExpire, Key{Kind: "invoice", ID: d.ID}, map[string]string{"session": old})
	})
}

func performExpire(ctx context.Context, o *Outbox, e Effect) (func(context.Context, *Tx) error, error) {
	var args struct {
		Session string `json:"session"`
	}
	if err := json.Unmarshal(e.Args, &args); err != nil {
		return nil, damaged("The payment page cannot be closed", err)
	}
	return nil, o.Cycle.Pay.Expire(ctx, args.Session)
}

// OpenLink finds what a customer's token opens. An unknown, damaged or revoked
// token fails in the same words.
func (c *Cycle) OpenLink(ctx context.Context, page, token string) (Key, error) {
	keys, err := c.Store.Resolve(ctx, tokenAlias(page, token))
	if err != nil {
		return Key{}, err
	}
	if keys[0].IsZero() {
		return Key{}, fault.New(fault.NotFound, "This link is not valid", "", "ask for a new one").Keyed("link.invalid")
	}
	return keys[0], nil
}
