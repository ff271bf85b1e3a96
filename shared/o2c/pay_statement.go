package o2c

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/cash"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/money"
)

// basketData is what one payment page asks for of several invoices.
type basketData struct {
	ID         string       `json:"id"` // names the parts: the same parts are the same basket
	CustomerID string       `json:"customer_id"`
	Parts      []basketPart `json:"parts"` // by due date
	Total      money.Amount `json:"total"`
	URL        string       `json:"url,omitempty"`
	ExpiresAt  time.Time    `json:"expires_at,omitzero"`
	Pages      int          `json:"pages"` // made so far
	Keep       string       `json:"keep,omitempty"`
}

type basketPart struct {
	InvoiceID string       `json:"invoice_id"`
	Number    string       `json:"number"`
	Amount    money.Amount `json:"amount"`
}

// basket is several invoices of one customer in one currency, paid at once.
type basket struct{ data basketData }

// Kind and ID make the basket a document.
func (b *basket) Kind() string { return "basket" }
func (b *basket) ID() string   { return b.data.ID }

// MarshalJSON and UnmarshalJSON are the store's door.
func (b *basket) MarshalJSON() ([]byte, error)   { return json.Marshal(b.data) }
func (b *basket) UnmarshalJSON(raw []byte) error { return json.Unmarshal(raw, &b.data) }

// basketMax is how many invoices one payment is for at the most, the oldest
// first; the rest is asked for with the next.
const basketMax = 25

// Due is what a statement asks for in one currency.
type Due struct {
	Overdue bool // all that is overdue; else all that is open
	Amount  money.Amount
	parts   []basketPart
}

// duesOf is what may be paid at once, by currency: the overdue balance, or all
// that is open when nothing is overdue. What is disputed or under way is in no
// sum, of a plan its instalments alone.
func (c *Cycle) duesOf(ctx context.Context, tx *Tx, open []*invoice.Invoice, today calendar.Date) ([]Due, error) {
	var late, all []Due
	for _, inv := range open {
		d := inv.Data()
		k, err := c.checkoutOf(ctx, tx, d.ID)
		if err != nil {
			return nil, err
		}
		plan, err := planOf(ctx, tx, d)
		if err != nil {
			return nil, err
		}
		asked, _ := payable(d, k.underWay(d.Currency), plan, today)
		if !asked.IsPositive() {
			continue
		}
		part := basketPart{InvoiceID: d.ID, Number: d.Number, Amount: asked}
		all = addDue(all, part, false)
		if today.After(d.NextDue()) {
			late = addDue(late, part, true)
		}
	}
	for _, due := range all {
		if !slices.ContainsFunc(late, func(l Due) bool { return l.Amount.Currency == due.Amount.Currency }) {
			late = append(late, due)
		}
	}
	return late, nil
}

func addDue(dues []Due, part basketPart, overdue bool) []Due {
	i := slices.IndexFunc(dues, func(d Due) bool { return d.Amount.Currency == part.Amount.Currency })
	if i < 0 {
		dues = append(dues, Due{Overdue: overdue, Amount: part.Amount.Zero()})
		i = len(dues) - 1
	}
	if len(dues[i].parts) < basketMax {
		dues[i].Amount, dues[i].parts = dues[i].Amount.Plus(part.Amount), append(dues[i].parts, part)
	}
	return dues
}

// PayStatement gives one payment page for the whole overdue balance of a
// currency ("" the books', or the first there is). The money is divided over its
// invoices when it arrives.
func (c *Cycle) PayStatement(ctx context.Context, at time.Time, token, currency string, keep *ConsentText) (string, error) {
	key, err := c.OpenLink(ctx, LinkStatement, token)
	if err != nil {
		return "", err
	}
	tx := NewTx(c.Store)
	open, err := c.openInvoices(ctx, tx, key.ID)
	if err != nil {
		return "", err
	}
	dues, err := c.duesOf(ctx, tx, open, c.today(at))
	if err != nil {
		return "", err
	}
	i := slices.IndexFunc(dues, func(d Due) bool {
		return d.Amount.Currency == currency || currency == "" && d.Amount.Currency == c.Policy.Currency
	})
	if i < 0 && currency == "" && len(dues) > 0 {
		i = 0
	}
	if i < 0 {
		return "", fault.New(fault.Refused, "There is nothing to pay", "nothing is open in {currency}, or its payment is being confirmed", "").Keyed("pay.nothing").With("currency", currency)
	}
	b, err := c.basketFor(ctx, tx, key.ID, dues[i])
	if err != nil {
		return "", err
	}
	keeping, err := c.newKeeping(ctx, tx, at, open[0].Data(), "statement", keep)
	if err != nil || b.data.URL != "" && b.data.Keep == keeping.consent.ID && at.Before(b.data.ExpiresAt) {
		return b.data.URL, err
	}
	return c.openBasket(ctx, at, b, open[0].Data(), c.Policy.URL(LinkStatement, token)+"?returned=1", keeping)
}

// basketFor is the basket of a balance as it stands now.
func (c *Cycle) basketFor(ctx context.Context, tx *Tx, customerID string, due Due) (*basket, error) {
	name := []string{customerID}
	for _, p := range due.parts {
		name = append(name, p.InvoiceID, p.Amount.String())
	}
	id := Name("b", name...)
	b, err := find[basket](ctx, tx, id)
	if err == nil && b == nil {
		b = &basket{data: basketData{ID: id, CustomerID: customerID, Parts: due.parts, Total: due.Amount}}
	}
	return b, err
}

// openBasket makes the basket's payment page.
func (c *Cycle) openBasket(ctx context.Context, at time.Time, b *basket, first invoice.Data, returns string, keeping keeping) (string, error) {
	number := b.data.Parts[0].Number
	if more := len(b.data.Parts) - 1; more > 0 {
		number = fmt.Sprintf("%s + %d", number, more)
	}
	page, err := c.Pay.Checkout(ctx, keeping.with(CheckoutRequest{
		IdempotencyKey: fmt.Sprintf("duly-%s-%d-%d", b.data.ID, b.data.Pages+1, b.data.Total.Minor), InvoiceID: b.data.ID, Number: number, Amount: b.data.Total,
		Email: first.Buyer.Email, Language: first.Buyer.Language, ReturnURL: returns,
	}, first.CustomerID))
	if err != nil && !errors.Is(err, ErrKeySpent) {
		return "", err
	}
	return page.URL, errors.Join(err, c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(Stamp{At: at, Actor: actorPortal + first.Buyer.Email})
		kept, err := find[basket](ctx, tx, b.data.ID)
		if err != nil {
			return err
		}
		if kept == nil {
			kept = b
		}
		kept.data.Pages++
		kept.data.Keep = keeping.consent.ID
		if err := c.keepConsent(ctx, tx, first.CustomerID, keeping); err != nil {
			return err
		}
		kept.data.URL, kept.data.ExpiresAt = page.URL, page.ExpiresAt
		return tx.Save(kept, Fact{Type: "payment.started", Data: map[string]any{"basket": b.data.ID, "amount": b.data.Total, "invoices": b.data.Parts, "session": page.SessionID}})
	}))
}

// receiveBasket takes money for several invoices in, and asks for it to be
// divided; false when the id names no basket.
func (c *Cycle) receiveBasket(ctx context.Context, tx *Tx, r *cash.Receipt, id string) (bool, error) {
	b, err := find[basket](ctx, tx, id)
	if err != nil || b == nil {
		return false, err
	}
	b.data.URL = "" // a paid page is not shown again
	r.Belongs(b.data.CustomerID)
	return true, errors.Join(tx.Save(b), tx.Save(r), tx.ask(doDivide, KeyOf(r), map[string]string{"basket": id}))
}

// doDivide divides money over the invoices of its basket.
const doDivide = "cash.divide"

// divideStep is how many invoices one commit settles: each takes up to 25 of the
// hundred operations that a transaction may have.
const divideStep = 3

// performDivide gives the money to the basket's invoices, the oldest first, a
// few in each commit; what is done already stays. What is left over asks a
// person.
func performDivide(ctx context.Context, o *Outbox, e Effect) (func(context.Context, *Tx) error, error) {
	var args struct {
		Basket string `json:"basket"`
	}
	if err := json.Unmarshal(e.Args, &args); err != nil {
		return nil, damaged("The payment cannot be divided", err)
	}
	b, err := get[basket](ctx, NewTx(o.Cycle.Store), args.Basket)
	if err != nil {
		return nil, err
	}
	for parts := range slices.Chunk(b.data.Parts, divideStep) {
		err := o.Cycle.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
			tx.By(Stamp{At: o.Now(), Actor: "system:outbox", Cause: e.Name})
			return o.Cycle.divide(ctx, tx, e.Subject.ID, parts)
		})
		if err != nil {
			return nil, err
		}
	}
	return func(ctx context.Context, tx *Tx) error {
		r, err := get[cash.Receipt](ctx, tx, e.Subject.ID)
		if err != nil {
			return err
		}
		if err := tx.Save(r); err != nil {
			return err
		}
		return o.Cycle.askWhere(tx, r)
	}, nil
}

func (c *Cycle) divide(ctx context.Context, tx *Tx, receiptID string, parts []basketPart) error {
	r, err := get[cash.Receipt](ctx, tx, receiptID)
	if err != nil {
		return err
	}
	for _, p := range parts {
		if slices.ContainsFunc(r.Data().Applications, func(a cash.Application) bool { return a.InvoiceID == p.InvoiceID }) {
			continue
		}
		inv, err := get[invoice.Invoice](ctx, tx, p.InvoiceID)
		if err != nil {
			return err
		}
		if err := c.settleCheckout(ctx, tx, p.InvoiceID, r.Data()); err != nil {
			return err
		}
		amount := money.Min(money.Min(p.Amount, r.Unapplied()), inv.Open())
		if inv.Data().Rate != nil || !inv.Collectable() || !amount.IsPositive() {
			continue
		}
		if err := c.apply(ctx, tx, r, inv, amount, "the payment page was made for this invoice and others"); err != nil {
			return err
		}
	}
	return nil
}

// basketPending remembers on each invoice of a basket that its part is under
// way, or, at the end, that it is not any more.
func (c *Cycle) basketPending(ctx context.Context, tx *Tx, id, ref, method string, since time.Time, fact string, about any) error {
	b, err := find[basket](ctx, tx, id)
	if err != nil || b == nil {
		return err
	}
	b.data.URL = ""
	if err := tx.Save(b, Fact{Type: fact, Data: about}); err != nil {
		return err
	}
	for _, p := range b.data.Parts {
		k, err := c.checkoutOf(ctx, tx, p.InvoiceID)
		if err != nil {
			return err
		}
		k.settled(ref)
		if method != "" {
			k.data.Pending = append(k.data.Pending, Pending{Ref: ref, Amount: p.Amount, Method: method, Since: since})
		}
		if err := tx.Save(k); err != nil {
			return err
		}
	}
	return nil
}

// mailFailed tells the payer of each invoice that a debit which was under way,
// or had arrived, came to nothing: it is open again, and can be paid otherwise.
func (c *Cycle) mailFailed(ctx context.Context, tx *Tx, paid []cash.Application) error {
	for _, a := range paid {
		if a.Undone {
			continue
		}
		inv, err := find[invoice.Invoice](ctx, tx, a.InvoiceID)
		if err != nil {
			return err
		}
		if inv == nil || !inv.Collectable() {
			continue
		}
		if err := c.mailAbout(tx, inv.Data(), aboutArgs{Template: LetterPaymentFailed}); err != nil {
			return err
		}
	}
	return nil
}
