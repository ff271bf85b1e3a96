package main

import (
	"cmp"
	"context"
	"fmt"
	netmail "net/mail"
	"os"
	"time"

	"github.com/shopspring/decimal"

	"duly/infra/golive"
	"duly/shared/document"
	"duly/shared/mail"
	"duly/shared/o2c"
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/money"
	"duly/shared/o2c/party"
	"duly/shared/o2c/statute"
)

// specimenVerb shows an owner what customers will get, before there is one.
type specimenVerb struct {
	Out   string `help:"Write the PDF here." placeholder:"FILE" xor:"way" required:""`
	Stage string `help:"Send it to the company's own mailbox from this deployment's domain." placeholder:"prod" xor:"way" required:""`
	File  string `help:"Another policy than the one that is deployed." placeholder:"duly.yaml"`
	Lang  string `default:"en" enum:"en,nl,de,fr" help:"In which language."`
}

// Run writes or sends it. It is no invoice: it has no number of a series, and nothing is booked.
func (v *specimenVerb) Run(c *console) error {
	p, _, err := readPolicy(v.File)
	if err != nil {
		return err
	}
	pdf, err := specimen(p, v.Lang, time.Now())
	if err != nil {
		return err
	}
	if v.Out != "" {
		if err := os.WriteFile(v.Out, pdf, 0o600); err != nil {
			return err
		}
		fmt.Fprintln(c.out, v.Out)
		return nil
	}
	return v.send(c.ctx, c, p, pdf)
}

// send lets the deployment's own domain bring it, so that the sender is looked at too.
func (v *specimenVerb) send(ctx context.Context, c *console, p *o2c.Policy, pdf []byte) error {
	at, err := reach(ctx, v.Stage)
	if err != nil {
		return err
	}
	from := netmail.Address{Name: cmp.Or(p.Look.Sender, p.Seller.Name), Address: "invoices@" + at.Domain} // as shared/boot/mail
	_, err = mail.New(at.Mail, mail.Options{From: from, ReplyTo: p.Seller.Email, Logo: mail.LogoOf(p.Look)}).Send(ctx, o2c.Letter{
		To: p.Seller.Email, Subject: "Specimen: an invoice of " + p.Seller.Name, Text: "This is a specimen and no invoice: look at its paper, its sender and what your mailbox makes of it.\n",
		Attachments: []o2c.Attachment{{Name: "SPECIMEN.pdf", ContentType: "application/pdf", Content: pdf}},
	})
	if err != nil {
		return fault.New(fault.Refused, "The specimen was not sent", fault.Of(err).Error(), "run: duly go-live --stage "+v.Stage+" — it says what mends the sender; in SES's sandbox verify the mailbox first: aws sesv2 create-email-identity --email-identity "+p.Seller.Email).Because(err)
	}
	if _, err := golive.Enter(ctx, v.Stage, golive.Specimen, time.Now().UTC().Format(time.DateOnly)+" to "+p.Seller.Email, false); err != nil {
		return err
	}
	fmt.Fprintf(c.out, "Sent from %s to %s.\n", from.Address, p.Seller.Email)
	return nil
}

// specimen draws an invoice for one chair.
func specimen(p *o2c.Policy, lang string, at time.Time) ([]byte, error) {
	today := calendar.On(at, p.Zone)
	amount := func(minor int64) money.Amount { return money.Of(minor, p.Currency) }
	rate := decimal.NewFromInt(21)
	d := invoice.Data{
		ID: "specimen", Type: invoice.Invoices, Number: "SPECIMEN", Status: "issued", OrderNo: "SPECIMEN", Seller: p.Seller, Currency: p.Currency,
		Buyer: invoice.Buyer{Name: "Specimen BV", Language: lang, Address: party.Address{Street: "Dam 1", PostalCode: "1012 JS", City: "Amsterdam", Country: "NL"}},
		Lines: []invoice.Line{{N: 1, SKU: "SPECIMEN", Name: "Specimen", Quantity: 1, UnitPrice: amount(10000), Net: amount(10000), TaxRate: rate, Category: statute.Standard}},
		Taxes: []statute.Tax{{Category: statute.Standard, Rate: rate, Base: amount(10000), Tax: amount(2100)}},
		Net:   amount(10000), Tax: amount(2100), Rounding: amount(0), Total: amount(12100), Prepaid: amount(0), Open: amount(12100),
		IssuedOn: today, SuppliedOn: today, TermsDays: p.TermsDays, DueOn: today.AddDays(p.TermsDays), Reference: invoice.Reference("SPECIMEN"), CreatedAt: at,
	}
	return document.Papers{Look: p.Look}.InvoicePDF(d, cmp.Or(p.BaseURL, "https://duly.example")+"/i/specimen")
}
