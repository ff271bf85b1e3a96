package o2c

import (
	"context"
	"encoding/json"
	"fmt"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/dunning"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/money"
)

// doAbout is a letter about one invoice that a person or an answer of the
// customer asks for.
const doAbout = "mail.about"

// The letters about one invoice that are no step of the ladder.
const (
	LetterDisputeRejected = "dispute_rejected" // it stands, and why
	LetterDisputeAsked    = "dispute_asked"    // a question about what is said to be wrong

	LetterPaymentFailed    = "payment_failed" // a debit came to nothing: it is open again
	LetterPlanAgreed       = "plan_agreed"
	LetterPlanDeclined     = "plan_declined"     // and why
	LetterPlanBroken       = "plan_broken"       // all that is open is due
	LetterInstalment       = "instalment"        // one comes
	LetterInstalmentMissed = "instalment_missed" // one did not come

	LetterChargeAnnounced = "charge_announced" // the day of a collection, where no mail of an invoice says it
	LetterChargeFailed    = "charge_failed"    // the kept method did not pay: why, and what follows
	LetterCardExpires     = "card_expires"     // the kept card ends soon
)

// aboutArgs name such a letter. What they leave out is the invoice's own.
type aboutArgs struct {
	Template string        `json:"template"`
	Invoice  string        `json:"invoice"`
	To       string        `json:"to"`
	Language string        `json:"language"`
	Amount   money.Amount  `json:"amount,omitzero"`  // zero: what may be asked for now
	On       calendar.Date `json:"on,omitzero"`      // a date of the letter's own
	Note     string        `json:"note,omitempty"`   // a person's own sentence
	Plan     string        `json:"plan,omitempty"`   // whose instalments it lists
	Method   KeptMethod    `json:"method,omitzero"`  // that is, or was, collected from
	Reason   string        `json:"reason,omitempty"` // key of why that failed
	Again    calendar.Date `json:"again,omitzero"`   // of the next try
}

// mailAbout asks for a letter about an invoice to its buyer; who has no address
// gets none.
func (c *Cycle) mailAbout(tx *Tx, d invoice.Data, args aboutArgs) error {
	args.Invoice = d.ID
	if args.To == "" {
		args.To = d.Buyer.Email
	}
	if args.Language == "" {
		args.Language = d.Buyer.Language
	}
	if args.To == "" {
		return nil
	}
	return tx.ask(doAbout, Key{Kind: "invoice", ID: d.ID}, args)
}

func performAbout(ctx context.Context, o *Outbox, e Effect) (func(context.Context, *Tx) error, error) {
	var args aboutArgs
	if err := json.Unmarshal(e.Args, &args); err != nil {
		return nil, damaged("The letter cannot be written", err)
	}
	inv, err := get[invoice.Invoice](ctx, NewTx(o.Cycle.Store), args.Invoice)
	if err != nil {
		return nil, err
	}
	url, err := o.Cycle.InvoiceURL(inv.Data())
	if err != nil {
		return nil, err
	}
	view := o.aboutInvoice(inv.Data(), url, args.To)
	if err := o.payTo(ctx, NewTx(o.Cycle.Store), &view); err != nil {
		return nil, err
	}
	view.Language, view.Note, view.Amount = args.Language, args.Note, inv.Data().Demandable()
	if !args.Amount.IsZero() {
		view.Amount = args.Amount
	}
	if !args.On.IsZero() {
		view.DueOn = args.On
	}
	view.Method, view.Why, view.Again = args.Method, args.Reason, args.Again
	if args.Template == LetterChargeAnnounced {
		if err := o.addCollecting(ctx, &view, inv.Data()); err != nil || view.CollectOn.IsZero() {
			return nil, err // not any more
		}
	}
	if args.Plan != "" {
		if err := o.addInstalments(ctx, &view, args.Plan); err != nil {
			return nil, err
		}
	}
	subject, text, html, err := o.Papers.Letter(args.Template, args.Language, view)
	if err != nil {
		return nil, fmt.Errorf("write the letter %s of invoice %s: %w", args.Template, inv.Number(), err)
	}
	d := aboutDocument(inv.Data())
	d.What = args.Template
	return o.mail(ctx, e, Letter{To: args.To, Subject: subject, Text: text, HTML: html}, d)
}

// addInstalments adds a plan's instalments, and where the next one leads.
func (o *Outbox) addInstalments(ctx context.Context, view *LetterView, planID string) error {
	plan, err := get[dunning.Plan](ctx, NewTx(o.Cycle.Store), planID)
	if err != nil {
		return err
	}
	for _, p := range plan.Data().Parts {
		view.Instalments = append(view.Instalments, LetterInstalmentLine{On: p.On, Amount: p.Amount})
	}
	view.Parts, view.PromiseURL = len(plan.Data().Parts), ""
	return nil
}
