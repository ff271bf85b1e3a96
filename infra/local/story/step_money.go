package story

import (
	"context"
	"fmt"
	"net/http"
	"net/url"

	"duly/infra/local"
	"duly/infra/local/bank"
	"duly/infra/local/stripe"
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/fault"
)

// payStep lets a customer pay on our page.
type payStep struct {
	Order   string `yaml:"order"`
	Invoice int    `yaml:"invoice"` // 1, 2, … of the order; 0 is the first
	Method  string `yaml:"method"`
	Outcome string `yaml:"outcome"`
}

func (p *player) pay(ctx context.Context, s payStep) error {
	inv, err := p.invoiceOf(ctx, s.Order, s.Invoice)
	if err != nil {
		return err
	}
	link, ok := p.LinkIn(inv.Number)
	if !ok {
		return fault.Missing("mail about invoice", inv.Number)
	}
	if status, _, err := p.Visit(ctx, link); err != nil || status != http.StatusOK {
		return fmt.Errorf("the customer's page answered %d: %w", status, err)
	}
	_, err = p.PayOnline(ctx, link, stripe.PayRequest{Method: s.Method, Outcome: s.Outcome})
	return err
}

// transferStep lets a customer transfer money to our bank account.
type transferStep struct {
	Order   string `yaml:"order"`
	Invoice int    `yaml:"invoice"`
	Amount  int64  `yaml:"amount"` // minor units; 0: all that is open
	Says    string `yaml:"says"`   // instead of the reference
	By      string `yaml:"by"`     // another name than the customer's, on another account
}

func (p *player) transfer(ctx context.Context, s transferStep) error {
	inv, err := p.invoiceOf(ctx, s.Order, s.Invoice)
	if err != nil {
		return err
	}
	e := bank.Entry{Amount: inv.Open.Minor, Reference: inv.Reference, Name: inv.Buyer.Name}
	if s.Amount != 0 {
		e.Amount = s.Amount
	}
	if s.Says != "" {
		e.Reference, e.Text = "", s.Says
	}
	for _, b := range p.cast.Customers {
		if b.Label() == inv.Buyer.Name {
			e.IBAN = b.IBAN
		}
	}
	if s.By != "" {
		e.Name, e.IBAN = s.By, ""
	}
	_, _, err = p.Book([]bank.Entry{e})
	return err
}

// promiseStep lets a customer promise on our page.
type promiseStep struct {
	Order string `yaml:"order"`
	Days  int    `yaml:"days"`
}

func (p *player) promise(ctx context.Context, s promiseStep) error {
	inv, err := p.invoiceOf(ctx, s.Order, 1)
	if err != nil {
		return err
	}
	link, ok := p.LinkIn(inv.Number)
	if !ok {
		return fault.Missing("mail about invoice", inv.Number)
	}
	date := calendar.On(p.Clock.Now(), p.Policy.Zone).AddDays(s.Days).String()
	status, _, err := p.SendForm(ctx, link+"/promise", url.Values{"date": {date}})
	if err == nil && status != http.StatusSeeOther {
		err = fmt.Errorf("the page answered %d to a promise", status)
	}
	return err
}

// payOut lets Stripe pay out what it has, and the bank book it.
func (p *player) payOut(ctx context.Context) error {
	out, err := p.Stripe.Payout(ctx, "")
	if err != nil {
		return err
	}
	_, _, err = p.Book([]bank.Entry{{Amount: out.Amount, Reference: out.Reference, Name: "STRIPE PAYMENTS EUROPE", IBAN: local.StripeIBAN}})
	return err
}
