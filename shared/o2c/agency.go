package o2c

import (
	"context"
	"encoding/json"
	"fmt"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/recovery"
)

// doAgency writes to an agency.
const doAgency = "mail.agency"

// The letters to agencies, in the team's language.
const (
	LetterAgencyDossier = "agency_dossier" // here is a claim
	LetterAgencyRecall  = "agency_recall"  // stop: it is ours again
	LetterAgencyPayment = "agency_payment" // a part was paid to us
)

type agencyArgs struct {
	Template string        `json:"template"`
	Why      string        `json:"why,omitempty"`
	On       calendar.Date `json:"on,omitzero"`
}

// performAgency mails an agency; the dossier goes with the first letter. What was
// recalled before the dossier went out is not sent at all.
func performAgency(ctx context.Context, o *Outbox, e Effect) (func(context.Context, *Tx) error, error) {
	var args agencyArgs
	if err := json.Unmarshal(e.Args, &args); err != nil {
		return nil, damaged("The agency cannot be told", err)
	}
	tx := NewTx(o.Cycle.Store)
	inv, err := get[invoice.Invoice](ctx, tx, e.Subject.ID)
	if err != nil {
		return nil, err
	}
	f, err := get[recovery.File](ctx, tx, e.Subject.ID)
	if err != nil {
		return nil, err
	}
	h := f.Data().HandOver
	if h.Agency.Email == "" || args.Template == LetterAgencyDossier && !f.Data().Out() {
		return nil, nil
	}
	d := inv.Data()
	view := LetterView{
		Seller: o.Cycle.Policy.Seller, Customer: d.Buyer.Name, Language: o.Cycle.Policy.Language, Today: o.Cycle.today(o.Now()), Number: d.Number,
		Amount: h.Claim, DueOn: d.DueOn, Note: args.Why, Reference: d.Reference,
	}
	var attached []Attachment
	if args.Template == LetterAgencyDossier {
		archive, err := o.Files.Get(ctx, h.Dossier)
		if err != nil {
			return nil, err
		}
		view.Note = h.Note
		attached = []Attachment{{Name: "dossier-" + d.Number + ".zip", ContentType: "application/zip", Content: archive}}
		view.Head = h.Head
	}
	subject, text, html, err := o.Papers.Letter(args.Template, view.Language, view)
	if err != nil {
		return nil, fmt.Errorf("write to %s: %w", h.Agency.Name, err)
	}
	return nil, o.write(ctx, Letter{Tag: e.Name, To: h.Agency.Email, Subject: subject, Text: text, HTML: html, Attachments: attached})
}
