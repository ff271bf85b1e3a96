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
	"duly/shared/o2c/party"
)

// payeeKey is the document that says where customers pay us.
func payeeKey() Key { return Key{Kind: (&cash.Payee{}).Kind(), ID: cash.PayeeID} }

// seller is the house as documents of an instant show it: with the bank account
// in force, whatever duly.yaml says meanwhile.
func (c *Cycle) seller(ctx context.Context, tx *Tx, at time.Time) (party.Seller, error) {
	s := c.Policy.Seller
	p, err := find[cash.Payee](ctx, tx, cash.PayeeID)
	if err == nil && p != nil {
		a := p.At(at)
		s.IBAN, s.BIC = a.IBAN, a.BIC
	}
	return s, err
}

// payTo puts the account in force on a letter that asks for money: the document
// that it is about may be older than it.
func (o *Outbox) payTo(ctx context.Context, tx *Tx, view *LetterView) error {
	s, err := o.Cycle.seller(ctx, tx, o.Now())
	view.IBAN = s.IBAN
	return err
}

// account is the house's own as duly.yaml has it.
func (c *Cycle) account() cash.Account {
	return cash.Account{IBAN: cash.Squash(c.Policy.Seller.IBAN), BIC: cash.Squash(c.Policy.Seller.BIC)}
}

// payee is where customers pay us; the first time it is what duly.yaml says.
func (c *Cycle) payee(ctx context.Context, tx *Tx) (*cash.Payee, error) {
	p, err := find[cash.Payee](ctx, tx, cash.PayeeID)
	if err == nil && p == nil {
		p = cash.NewPayee(c.account(), c.Policy.Seller.Email, tx.At())
	}
	return p, err
}

// Payee reads where customers pay us, and the newest change of it.
func (c *Cycle) Payee(ctx context.Context, at time.Time) (cash.PayeeData, error) {
	tx := NewTx(c.Store)
	tx.By(Stamp{At: at})
	p, err := c.payee(ctx, tx)
	if err != nil {
		return cash.PayeeData{}, err
	}
	return p.Data(), nil
}

// AskAccount proposes another account, for a colleague who keeps the books or
// decides. The owner hears of it at once, at the address known so far.
func (c *Cycle) AskAccount(ctx context.Context, s Stamp, to cash.Account, by Person) error {
	if by.Role != Bookkeeper && !by.Decides() {
		return fault.New(fault.Forbidden, "Only bookkeepers and approvers ask for another bank account", "{name} is {role}", "ask one of them").Keyed("payee.ask_role").With("name", by.Name, "role", string(by.Role))
	}
	return c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		p, err := c.payee(ctx, tx)
		if err != nil {
			return err
		}
		if err := p.Ask(to, "", by.ID, s.At); err != nil {
			return fault.By("/iban", err, "write another account's IBAN, or stop the change that is on its way")
		}
		return c.payeeChanged(tx, p, "payee.asked")
	})
}

// ApproveAccount is a second person's yes; then the change cools off before it
// takes effect.
func (c *Cycle) ApproveAccount(ctx context.Context, s Stamp, by Person) error {
	if !by.Decides() {
		return fault.New(fault.Forbidden, "Only approvers let the bank account change", "{name} is {role}", "ask an approver").Keyed("payee.role").With("name", by.Name, "role", string(by.Role))
	}
	people := 2
	if c.Policy.Approval.Solo {
		people = 1
	}
	return c.changePayee(ctx, s, "payee.approved", func(p *cash.Payee) error { return p.Approve(by.ID, people, c.Policy.AccountCooling, s.At) })
}

// StopAccount ends a change that is on its way: any colleague may.
func (c *Cycle) StopAccount(ctx context.Context, s Stamp, by Person) error {
	return c.changePayee(ctx, s, "payee.stopped", func(p *cash.Payee) error { return p.Stop(by.ID, s.At) })
}

func (c *Cycle) changePayee(ctx context.Context, s Stamp, fact string, change func(*cash.Payee) error) error {
	return c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		p, err := c.payee(ctx, tx)
		if err != nil {
			return err
		}
		if err := change(p); err != nil {
			return refused(err)
		}
		return c.payeeChanged(tx, p, fact)
	})
}

// tendPayee keeps the account that duly.yaml began with, takes up what it says
// otherwise as a change that two people must approve, and lets an approved one
// take effect.
func (c *Cycle) tendPayee(ctx context.Context, at time.Time) error {
	if c.account().IBAN == "" {
		return nil
	}
	return c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(Stamp{At: at, Actor: "system:dunning"})
		known, err := find[cash.Payee](ctx, tx, cash.PayeeID)
		if err != nil {
			return err
		}
		p, err := c.payee(ctx, tx)
		if err != nil {
			return err
		}
		switch {
		case p.TakeEffect(at):
			return c.payeeChanged(tx, p, "payee.changed")
		case known == nil:
			return tx.Save(p, Fact{Type: "payee.pinned", Data: p.Data().InForce})
		case !p.Wrote(c.account()):
			return nil
		case c.account() == p.Data().InForce:
			return tx.Save(p)
		}
		if err := p.Ask(c.account(), c.Policy.Seller.Email, cash.FromPolicy, at); err != nil {
			return errors.Join(tx.Save(p), c.tell(tx, KeyOf(p), Notice{Key: "payee_unusable", ID: p.Data().InForce.IBAN, Why: err.Error(), Reason: fault.ReasonOf(fault.By("/iban", err, ""))}))
		}
		return c.payeeChanged(tx, p, "payee.asked")
	})
}

// payeeChanged tells everybody whom it concerns: the team by its card, the owner
// and those who decide by mail, at the addresses known before the change.
func (c *Cycle) payeeChanged(tx *Tx, p *cash.Payee, fact string) error {
	d := p.Data()
	if err := tx.Save(p, Fact{Type: fact, Data: d.Change}); err != nil {
		return err
	}
	if fact == "payee.approved" && d.Change.Status == cash.ChangeAsked { // one of several
		return c.showCard(tx, "payee", KeyOf(p))
	}
	to := []string{d.Change.OwnerWas}
	for _, who := range c.Policy.People {
		if who.Decides() && who.Email != "" && !slices.Contains(to, who.Email) {
			to = append(to, who.Email)
		}
	}
	for _, address := range to {
		if address == "" {
			continue
		}
		if err := tx.ask(doPayee, KeyOf(p), payeeArgs{To: address, Data: d}); err != nil {
			return err
		}
	}
	return c.showCard(tx, "payee", KeyOf(p))
}

// doPayee mails word of a change of the bank account.
const doPayee = "mail.payee"

// The letters about it, by where the change stands.
const (
	LetterPayeeAsked   = "payee_asked"
	LetterPayeeCooling = "payee_cooling"
	LetterPayeeDone    = "payee_done"
	LetterPayeeStopped = "payee_stopped"
)

// payeeArgs are what was so when the word was asked for.
type payeeArgs struct {
	To   string         `json:"to"`
	Data cash.PayeeData `json:"data"`
}

func performPayee(ctx context.Context, o *Outbox, e Effect) (func(context.Context, *Tx) error, error) {
	var args payeeArgs
	if err := json.Unmarshal(e.Args, &args); err != nil || args.Data.Change == nil {
		return nil, damaged("The mail cannot be written", err)
	}
	change, p := args.Data.Change, o.Cycle.Policy
	template := map[string]string{cash.ChangeAsked: LetterPayeeAsked, cash.ChangeCooling: LetterPayeeCooling, cash.ChangeDone: LetterPayeeDone, cash.ChangeStopped: LetterPayeeStopped}[change.Status]
	view := LetterView{
		Seller: p.Seller, Language: p.Language, Today: o.Cycle.today(o.Now()), DueOn: calendar.On(change.InForceAt, p.Zone),
		Corrects: change.From.IBAN, Head: change.To.IBAN, Customer: o.Cycle.Policy.NameOf(change.AskedBy), PONumber: o.Cycle.Policy.NameOf(change.StoppedBy),
	}
	subject, text, html, err := o.Papers.Letter(template, p.Language, view)
	if err != nil {
		return nil, fmt.Errorf("write the letter %s: %w", template, err)
	}
	_, err = o.Mail.Send(ctx, Letter{Tag: e.Name, To: args.To, Subject: subject, Text: text, HTML: html})
	return nil, err
}

// PayeeCard asks whether customers are to pay to another account.
type PayeeCard struct {
	Payee    cash.PayeeData
	Needed   int // people, in all
	AskedBy  string
	Approved []string // names
	Stopped  string
}

func (PayeeCard) card() {}

func payeeCard(ctx context.Context, o *Outbox, _ Effect, _ cardArgs) (Card, error) {
	p, err := get[cash.Payee](ctx, NewTx(o.Cycle.Store), cash.PayeeID)
	if err != nil {
		return nil, err
	}
	card := PayeeCard{Payee: p.Data(), Needed: 2}
	if o.Cycle.Policy.Approval.Solo {
		card.Needed = 1
	}
	if change := p.Data().Change; change != nil {
		card.AskedBy, card.Stopped = o.Cycle.Policy.NameOf(change.AskedBy), o.Cycle.Policy.NameOf(change.StoppedBy)
		for _, by := range change.ApprovedBy {
			card.Approved = append(card.Approved, o.Cycle.Policy.NameOf(by))
		}
	}
	return card, nil
}
