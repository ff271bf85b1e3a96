package o2c

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"duly/shared/o2c/credit"
)

// chatPatience is how long a question may be kept from the team's room before
// those who decide get a mail (row 24 of the failure catalogue).
const chatPatience = 15 * time.Minute

// doAlert tells the admins by mail that Slack keeps from the room what cannot wait.
const doAlert = "mail.alert"

// waitingArgs are whom to tell that a question cannot be shown.
type waitingArgs struct {
	To string `json:"to"`
	Of string `json:"of,omitempty"` // the effect of the card that waits
}

// standIn asks for a mail to those who decide when the card of a question has
// waited too long for Slack. The card itself is tried on: nothing is lost. A
// failed attempt asks again, for the same mail.
func (o *Outbox) standIn(ctx context.Context, tx *Tx, e Effect) error {
	var args cardArgs
	if e.Does != doCard || tx.At().Sub(e.CreatedAt) < chatPatience || json.Unmarshal(e.Args, &args) != nil || args.Refresh {
		return nil
	}
	if cards()[args.Purpose].urgent() {
		return o.alert(ctx, tx, e)
	}
	if args.Purpose != "credit" {
		return nil
	}
	q, err := o.Cycle.question(ctx, tx, e.Subject.ID)
	if err != nil || q.req.Data().Status != credit.Pending {
		return err
	}
	var to []string
	for _, p := range o.Cycle.deciders(tx, q) {
		if p.Email != "" && !slices.Contains(to, p.Email) {
			to = append(to, p.Email)
		}
	}
	if len(to) == 0 {
		to = append(to, o.Cycle.Policy.Seller.Email)
	}
	for _, address := range to {
		raw, err := json.Marshal(waitingArgs{To: address})
		if err != nil {
			return err
		}
		name := Name("e", doWaiting, e.Name, address)
		if known, err := find[Effect](ctx, tx, name); err != nil || known != nil {
			return err
		}
		if err := tx.Do(Effect{Name: name, Does: doWaiting, Rank: RankMail, Subject: e.Subject, Args: raw, Depth: e.Depth + 1}); err != nil {
			return err
		}
	}
	return nil
}

// alert asks for a mail to the admins about a card that cannot wait for Slack;
// however many cards wait, an hour has one mail to each.
func (o *Outbox) alert(ctx context.Context, tx *Tx, e Effect) error {
	var to []string
	for _, p := range o.Cycle.Policy.People {
		if p.Role == Admin && p.Email != "" {
			to = append(to, p.Email)
		}
	}
	if len(to) == 0 {
		to = append(to, o.Cycle.Policy.Seller.Email)
	}
	for _, address := range to {
		raw, err := json.Marshal(waitingArgs{To: address, Of: e.Name})
		if err != nil {
			return err
		}
		name := Name("e", doAlert, tx.At().UTC().Format("2006-01-02T15"), address)
		if known, err := find[Effect](ctx, tx, name); err != nil || known != nil {
			return err
		}
		if err := tx.Do(Effect{Name: name, Does: doAlert, Rank: RankMail, Subject: e.Subject, Args: raw, Depth: e.Depth + 1}); err != nil {
			return err
		}
	}
	return nil
}

// performAlert writes to an admin, unless the card has come meanwhile.
func performAlert(ctx context.Context, o *Outbox, e Effect) (func(context.Context, *Tx) error, error) {
	var args waitingArgs
	if err := json.Unmarshal(e.Args, &args); err != nil {
		return nil, damaged("The mail cannot be written", err)
	}
	card, err := find[Effect](ctx, NewTx(o.Cycle.Store), args.Of)
	if err != nil || card == nil || card.Status == EffectDone {
		return nil, err
	}
	p := o.Cycle.Policy
	view := LetterView{Seller: p.Seller, Language: p.Language, Today: o.Cycle.today(o.Now()), Note: card.Problem, Reason: card.Reason}
	subject, text, html, err := o.Papers.Letter(LetterAlert, p.Language, view)
	if err != nil {
		return nil, fmt.Errorf("write the letter %s: %w", LetterAlert, err)
	}
	_, err = o.Mail.Send(ctx, Letter{Tag: e.Name, To: args.To, Subject: subject, Text: text, HTML: html})
	return nil, err
}

// performWaiting writes to one who decides, unless somebody has decided.
func performWaiting(ctx context.Context, o *Outbox, e Effect) (func(context.Context, *Tx) error, error) {
	var args waitingArgs
	if err := json.Unmarshal(e.Args, &args); err != nil {
		return nil, damaged("The mail cannot be written", err)
	}
	q, err := o.Cycle.question(ctx, NewTx(o.Cycle.Store), e.Subject.ID)
	if err != nil || q.req.Data().Status != credit.Pending {
		return nil, err
	}
	p := o.Cycle.Policy
	view := LetterView{
		Seller: p.Seller, Customer: q.about.CustomerName, Language: p.Language, Today: o.Cycle.today(o.Now()),
		OrderNumber: q.about.Number, Amount: q.about.Total, Note: q.about.CustomerName,
	}
	subject, text, html, err := o.Papers.Letter(LetterWaiting, p.Language, view)
	if err != nil {
		return nil, fmt.Errorf("write the letter %s: %w", LetterWaiting, err)
	}
	_, err = o.Mail.Send(ctx, Letter{Tag: e.Name, To: args.To, Subject: subject, Text: text, HTML: html})
	return nil, err
}
