package o2c

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/delivery"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/recovery"
	"duly/shared/o2c/statute"
)

// performNotice writes, keeps and sends a letter with legal effect. A consumer's
// letter that a court would not accept fails in Papers.Letter and is not sent.
func performNotice(ctx context.Context, o *Outbox, e Effect) (func(context.Context, *Tx) error, error) {
	var args noticeArgs
	if err := json.Unmarshal(e.Args, &args); err != nil {
		return nil, damaged("The letter cannot be written", err)
	}
	now := NewTx(o.Cycle.Store)
	now.By(Stamp{At: o.Now(), Actor: "system:outbox"})
	k, err := o.Cycle.caseOf(ctx, now, e.Subject.ID)
	if err != nil {
		return nil, err
	}
	if err := o.oneADay(k, args.Step); err != nil {
		return nil, err
	}
	why, err := o.Cycle.unsettled(ctx, now, e.Subject.ID, args.Invoices...)
	if err != nil {
		return nil, err
	}
	if why != nil { // money came since the letter was asked for
		return func(ctx context.Context, tx *Tx) error { return o.Cycle.unsend(ctx, tx, e.Subject.ID, args, why) }, nil
	}
	view, sheets, err := o.aboutNotice(ctx, e, args)
	if err != nil || view == nil {
		return nil, err
	}
	subject, text, html, err := o.Papers.Letter(args.Template, args.Language, *view)
	if err != nil {
		return nil, fmt.Errorf("write the %s letter: %w", args.Kind, err)
	}
	sum := sha256.Sum256([]byte(text))
	hash := hex.EncodeToString(sum[:])
	name := fmt.Sprintf("letters/%04d/%s-%s-%s.txt", args.On.Year, view.Number, args.Kind, hash[:12])
	if err := o.Files.Put(ctx, name, "text/plain; charset=utf-8", []byte(text), calendar.Date{}); err != nil {
		return nil, err
	}
	about, err := o.Cycle.aboutEffect(ctx, NewTx(o.Cycle.Store), e)
	if err != nil {
		return nil, err
	}
	gone, err := o.mail(ctx, e, Letter{To: args.To, Subject: subject, Text: text, HTML: html, Attachments: sheets}, about)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, tx *Tx) error {
		if err := gone(ctx, tx); err != nil {
			return err
		}
		if d, err := find[delivery.Delivery](ctx, tx, e.Name); err != nil || d == nil || d.Data().Status == delivery.Failed {
			return errors.Join(err, o.Cycle.noticeNews(ctx, tx, args, "bounce"))
		}
		return errors.Join(o.Cycle.noticeSent(ctx, tx, args, name, hash), o.Cycle.letterLeft(ctx, tx, e.Subject.ID))
	}, nil
}

// aboutNotice is what the letter says, with the computation of each claim; nil
// when all was paid meanwhile.
func (o *Outbox) aboutNotice(ctx context.Context, e Effect, args noticeArgs) (*LetterView, []Attachment, error) {
	c, tx := o.Cycle, NewTx(o.Cycle.Store)
	var view *LetterView
	var sheets []Attachment
	for _, id := range args.Invoices {
		inv, err := get[invoice.Invoice](ctx, tx, id)
		if err != nil {
			return nil, nil, err
		}
		if !inv.Collectable() {
			continue
		}
		d := inv.Data()
		url, err := c.InvoiceURL(d)
		if err != nil {
			return nil, nil, err
		}
		if view == nil {
			v := o.aboutInvoice(d, url, args.To)
			if err := o.payTo(ctx, tx, &v); err != nil {
				return nil, nil, err
			}
			v.Amount, v.Costs, v.TaxOnCosts, v.PayBy = d.Open.Zero(), d.Open.Zero(), d.Open.Zero(), args.PayBy
			view = &v
		}
		since, err := o.addClaim(ctx, tx, view, d, args)
		if err != nil {
			return nil, nil, err
		}
		for _, course := range d.Courses() {
			if (!course.Behind || course.On.Before(view.Today)) && !course.On.Before(since) {
				view.Items = append(view.Items, o.item(d, course, view.Today, url))
			}
		}
		sheet, err := o.claimSheet(ctx, tx, d, args.On, args.Language)
		if err != nil {
			return nil, nil, err
		}
		sheets = append(sheets, Attachment{Name: "claim-" + d.Number + ".pdf", ContentType: "application/pdf", Content: sheet})
	}
	if view != nil && view.Invoices() > 1 {
		url, err := o.statementURL(ctx, e.Subject.ID, args.To)
		if err != nil {
			return nil, nil, err
		}
		view.PayURL, view.PromiseURL = url, ""
	}
	return view, sheets, nil
}

// addClaim adds one invoice's claim to a letter, and tells from which due date on
// the letter speaks of its instalments.
func (o *Outbox) addClaim(ctx context.Context, tx *Tx, view *LetterView, d invoice.Data, args noticeArgs) (since calendar.Date, err error) {
	c := o.Cycle
	f, err := find[recovery.File](ctx, tx, d.ID)
	if err != nil {
		return since, err
	}
	claim, err := c.claimIn(ctx, tx, d, f, latestDay(args.On, d.DueOn))
	if err != nil {
		return since, err
	}
	before, _ := lastLetter(f, args.Kind)
	since = before.SentOn
	view.Amount = view.Amount.Plus(namedBy(d, f, args.Kind, view.Today))
	view.Claims = append(view.Claims, LetterClaim{Number: d.Number, Principal: claim.Principal, Interest: claim.Interest, Costs: claim.Costs, Total: claim.Total})
	view.VerifiedUntil, view.Extrapolated = claim.VerifiedUntil, view.Extrapolated || claim.Extrapolated
	if f == nil {
		return since, nil
	}
	i := slices.IndexFunc(f.Data().Letters, func(l recovery.Letter) bool { return l.Ref == args.Ref })
	if i >= 0 && args.Kind == recovery.FourteenDays {
		view.Costs = view.Costs.Plus(f.Data().Letters[i].Costs)
		if rate := c.Policy.Recovery.TaxOnCosts; rate.IsPositive() {
			net := statute.NetOf(view.Costs, rate)
			view.TaxOnCosts = view.Costs.Minus(net)
		}
	}
	return since, nil
}

// claimSheet prints a claim's computation.
func (o *Outbox) claimSheet(ctx context.Context, tx *Tx, d invoice.Data, on calendar.Date, language string) ([]byte, error) {
	f, err := find[recovery.File](ctx, tx, d.ID)
	if err != nil {
		return nil, err
	}
	view, err := o.Cycle.claimView(ctx, tx, d, f, latestDay(on, d.DueOn))
	if err != nil {
		return nil, err
	}
	return o.Papers.ClaimPDF(ClaimSheetView{View: view, Seller: o.Cycle.Policy.Seller, Language: language})
}
