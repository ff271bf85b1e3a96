package o2c

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/dunning"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/money"
)

// DisputeInput is what a customer says is wrong, on our page, in a mail or to a
// colleague.
type DisputeInput struct {
	InvoiceID string
	Amount    *money.Amount // with tax; nil: all that is open
	Reason    string        // one of dunning.DisputeReasons; anything else is other, and is kept as words
	Text      string
	By        string
}

// OpenDispute writes down that a part of an invoice is said to be wrong. That
// part is not asked for until a person decides; the rest is due as before.
func (c *Cycle) OpenDispute(ctx context.Context, s Stamp, in DisputeInput) (dunning.DisputeData, error) {
	var made dunning.DisputeData
	reason, words, err := disputeWords(in)
	if err != nil {
		return made, err
	}
	err = c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		inv, err := get[invoice.Invoice](ctx, tx, in.InvoiceID)
		if err != nil {
			return err
		}
		d := inv.Data()
		switch {
		case !inv.Collectable() || d.Number == "":
			return fault.New(fault.Refused, "There is nothing to dispute", "invoice {number} has nothing open", "ask for a credit note instead").Keyed("dispute.nothing").With("number", d.Number)
		case d.Dunning.Disputed.IsPositive():
			return fault.New(fault.Refused, "A dispute is open already", "invoice {number} has one that waits for its answer", "decide that one first").Keyed("dispute.open").With("number", d.Number)
		case d.Dunning.Disputes >= dunning.DisputesMax && strings.HasPrefix(s.Actor, actorPortal):
			return fault.New(fault.Refused, "This was disputed before", "invoice {number} has had its disputes", "call us, we will find a way").Keyed("dispute.before").With("number", d.Number)
		}
		amount := d.Open
		if in.Amount != nil {
			amount = *in.Amount
		}
		answerBy := c.Policy.Days.Add(c.today(s.At), dunning.AnswerDays)
		dispute, err := dunning.NewDispute(dunning.DisputeData{
			ID: Name("d", d.ID, s.At.UTC().Format(time.RFC3339Nano)), InvoiceID: d.ID, Number: d.Number, CustomerID: d.CustomerID, Amount: amount,
			Reason: reason, Text: words, By: in.By, OpenedAt: s.At.UTC(), AnswerBy: answerBy, RemindAt: answerBy.At(letterHour, 0, c.Policy.Zone),
		}, d.Open)
		if err != nil {
			return fault.By("/amount", err, "dispute at most what is open")
		}
		made = dispute.Data()
		inv.Dispute(made.ID, amount)
		return errors.Join(
			tx.Save(dispute, Fact{Type: "dispute.opened", Data: made}),
			tx.Save(inv, Fact{Type: "dunning.disputed", Data: map[string]any{"dispute": made.ID, "amount": amount, "demandable": inv.Data().Demandable()}}),
			c.remember(ctx, tx, d.CustomerID, c.today(s.At), map[string]int64{didDispute: 1}),
			c.showCard(tx, "dispute", KeyOf(dispute)),
			c.refreshCard(tx, "invoice", KeyOf(inv)),
			c.refreshCard(tx, "overdue", Key{Kind: "customer", ID: d.CustomerID}),
		)
	})
	return made, err
}

// disputeWords is the reason that was chosen and what was written. A reason of
// the customer's own making is a part of its words.
func disputeWords(in DisputeInput) (reason, words string, err error) {
	reason, words = strings.TrimSpace(in.Reason), strings.TrimSpace(strings.ToValidUTF8(in.Text, ""))
	if !slices.Contains(dunning.DisputeReasons(), reason) {
		words, reason = strings.TrimSpace(strings.ToValidUTF8(reason, "")+"\n"+words), dunning.OtherReason
	}
	if n := utf8.RuneCountInString(words); n > dunning.DisputeWords {
		return "", "", fault.Bad("/text", "{n} characters are too many", "write up to 1000 characters").Keyed("text.long").With("n", n)
	}
	if reason == dunning.OtherReason && words == "" {
		return "", "", fault.Bad("/text", "nothing says what is wrong", "choose a reason, or write what is wrong").Keyed("dispute.text")
	}
	return reason, words, nil
}

// AcceptDispute gives the customer right, wholly or in part: a credit note takes
// that part off, and the rest of the invoice is due.
func (c *Cycle) AcceptDispute(ctx context.Context, s Stamp, disputeID string, part *money.Amount, answer string) (dunning.DisputeData, error) {
	return c.closeDispute(ctx, s, disputeID, func(ctx context.Context, tx *Tx, dispute *dunning.Dispute, inv *invoice.Invoice) error {
		d := dispute.Data()
		amount := d.Amount
		if part != nil {
			amount = *part
		}
		if err := money.Same(amount, d.Amount); err != nil || !amount.IsPositive() || amount.Cmp(d.Amount) > 0 {
			return fault.Bad("/amount", "{amount} is not a part of {total}", "credit at most what is disputed").Keyed("dispute.part").With("amount", amount, "total", d.Amount)
		}
		r := CreditRequest{InvoiceID: d.InvoiceID, Key: "dispute:" + d.ID, Reason: "dispute: " + d.Reason}
		if left := inv.Data().Worth().Minus(inv.Data().Credited()); amount.Cmp(left) < 0 {
			r.Lines, r.Total = allowanceOf(inv.Data(), amount, "")
		}
		note, err := c.credit(ctx, tx, r)
		if err != nil {
			return err
		}
		if err := dispute.Accept(amount, note.Number(), s.Actor, answer, s.At); err != nil {
			return refused(err)
		}
		if amount != d.Amount {
			return nil
		}
		return c.remember(ctx, tx, d.CustomerID, c.today(d.OpenedAt), map[string]int64{didDispute: -1}) // the customer was right
	})
}

// RejectDispute tells the customer why the invoice stands; letters go on where
// they stopped.
func (c *Cycle) RejectDispute(ctx context.Context, s Stamp, disputeID, answer string) (dunning.DisputeData, error) {
	answer = strings.TrimSpace(answer)
	if answer == "" || utf8.RuneCountInString(answer) > dunning.DisputeWords {
		return dunning.DisputeData{}, fault.Bad("/reason", "the customer is to be told why", "write a sentence or two").Keyed("reason.customer")
	}
	return c.closeDispute(ctx, s, disputeID, func(_ context.Context, tx *Tx, dispute *dunning.Dispute, inv *invoice.Invoice) error {
		if err := dispute.Reject(s.Actor, answer, s.At); err != nil {
			return refused(err)
		}
		d := dispute.Data()
		if err := tx.Save(dispute); err != nil {
			return err
		}
		return c.mailAbout(tx, inv.Data(), aboutArgs{Template: LetterDisputeRejected, Note: answer, Amount: d.Amount})
	})
}

// closeDispute ends an open dispute, once, and sets its part of the invoice free.
func (c *Cycle) closeDispute(ctx context.Context, s Stamp, id string, decide func(context.Context, *Tx, *dunning.Dispute, *invoice.Invoice) error) (dunning.DisputeData, error) {
	var after dunning.DisputeData
	err := c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		dispute, err := get[dunning.Dispute](ctx, tx, id)
		if err != nil {
			return err
		}
		d := dispute.Data()
		if d.Status != dunning.DisputeOpen {
			return fault.New(fault.Refused, "This dispute is decided", "it was {verdict} by {name}", "nothing changed").Keyed("dispute.decided").With("verdict", d.Status, "name", c.Policy.NameOf(d.ClosedBy))
		}
		if err := tx.Fetch(ctx, Key{Kind: "invoice", ID: d.InvoiceID}, Key{Kind: "checkout", ID: d.InvoiceID}); err != nil {
			return err
		}
		inv, err := get[invoice.Invoice](ctx, tx, d.InvoiceID)
		if err != nil {
			return err
		}
		inv.Undispute()
		if err := tx.Save(inv, Fact{Type: "dunning.undisputed", Data: map[string]string{"dispute": d.ID}}); err != nil {
			return err
		}
		if err := decide(ctx, tx, dispute, inv); err != nil {
			return err
		}
		if inv.Collectable() && inv.Data().Dunning.PausedBy == "" {
			if err := c.planNext(ctx, tx, inv); err != nil {
				return err
			}
		}
		after = dispute.Data()
		return errors.Join(
			tx.Save(inv), tx.Save(dispute, Fact{Type: "dispute." + after.Status, Data: after}),
			c.showCard(tx, "dispute", KeyOf(dispute)),
			c.refreshCard(tx, "invoice", KeyOf(inv)),
			c.refreshCard(tx, "overdue", Key{Kind: "customer", ID: d.CustomerID}),
		)
	})
	return after, err
}

// AskAboutDispute mails the customer a question; the dispute stays open.
func (c *Cycle) AskAboutDispute(ctx context.Context, s Stamp, disputeID, question string) error {
	question = strings.TrimSpace(question)
	if question == "" || utf8.RuneCountInString(question) > dunning.DisputeWords {
		return fault.Bad("/note", "there is no question, or too much of it", "write a sentence or two").Keyed("dispute.question")
	}
	return c.changeDispute(ctx, s, disputeID, "dispute.asked", map[string]string{"question": question}, func(ctx context.Context, tx *Tx, d *dunning.Dispute) error {
		inv, err := get[invoice.Invoice](ctx, tx, d.Data().InvoiceID)
		if err != nil {
			return err
		}
		return errors.Join(
			c.mailAbout(tx, inv.Data(), aboutArgs{Template: LetterDisputeAsked, Note: question, Amount: d.Data().Amount}),
			tx.ask(doReply, KeyOf(d), replyArgs{Purpose: "dispute", Case: &CaseLine{What: LineAsked, By: s.Actor, Note: question}}),
		)
	})
}

// TakeDispute makes a colleague the owner of an open dispute.
func (c *Cycle) TakeDispute(ctx context.Context, s Stamp, disputeID string, who Person) error {
	return c.changeDispute(ctx, s, disputeID, "dispute.taken", map[string]string{"owner": who.ID}, func(_ context.Context, tx *Tx, d *dunning.Dispute) error {
		d.Take(who.ID)
		return tx.Save(d)
	})
}

// changeDispute changes an open dispute that stays open.
func (c *Cycle) changeDispute(ctx context.Context, s Stamp, id, fact string, about any, change func(context.Context, *Tx, *dunning.Dispute) error) error {
	return c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		d, err := get[dunning.Dispute](ctx, tx, id)
		if err != nil {
			return err
		}
		if d.Data().Status != dunning.DisputeOpen {
			return fault.New(fault.Refused, "This dispute is decided", "it was {verdict} by {name}", "nothing changed").Keyed("dispute.decided").With("verdict", d.Data().Status, "name", c.Policy.NameOf(d.Data().ClosedBy))
		}
		if err := tx.Save(d, Fact{Type: fact, Data: about}); err != nil {
			return err
		}
		return errors.Join(change(ctx, tx, d), c.showCard(tx, "dispute", KeyOf(d)))
	})
}

// remindDisputes tells the team of the disputes whose answer is due.
func (c *Cycle) remindDisputes(ctx context.Context, at time.Time) (int, error) {
	return c.eachDue(ctx, dunning.DisputeQueue, at, func(id string) error {
		return c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
			tx.By(Stamp{At: at, Actor: "system:dunning"})
			dispute, err := get[dunning.Dispute](ctx, tx, id)
			if err != nil {
				return err
			}
			d := dispute.Data()
			if d.Status != dunning.DisputeOpen || d.RemindAt.IsZero() || at.Before(d.RemindAt) {
				return nil
			}
			dispute.Reminded()
			return errors.Join(
				tx.Save(dispute, Fact{Type: "dispute.answer_due", Data: map[string]calendar.Date{"answer_by": d.AnswerBy}}),
				c.showCard(tx, "dispute", KeyOf(dispute)),
				tx.ask(doReply, KeyOf(dispute), replyArgs{Purpose: "dispute", Case: &CaseLine{What: LineAnswerDue, Numbers: []string{d.Number}}}),
			)
		})
	})
}

// DisputeOf reads the newest dispute of an invoice; nil when there was none.
func (c *Cycle) DisputeOf(ctx context.Context, invoiceID string) (*dunning.DisputeData, error) {
	tx := NewTx(c.Store)
	inv, err := get[invoice.Invoice](ctx, tx, invoiceID)
	if err != nil {
		return nil, err
	}
	return disputeOf(ctx, tx, inv.Data())
}

// disputeOf is the newest dispute of an invoice; nil when there was none.
func disputeOf(ctx context.Context, tx *Tx, d invoice.Data) (*dunning.DisputeData, error) {
	if d.Dunning.DisputeID == "" {
		return nil, nil
	}
	dispute, err := get[dunning.Dispute](ctx, tx, d.Dunning.DisputeID)
	if err != nil {
		return nil, err
	}
	made := dispute.Data()
	return &made, nil
}

// DisputeCard asks what becomes of a dispute (M3).
type DisputeCard struct {
	Dispute  dunning.DisputeData
	Invoice  invoice.Data
	Owner    string // by name
	ClosedBy string
	By       string
	Late     bool // the answer is due
	PayURL   string
}

func (DisputeCard) card() {}

func disputeCard(ctx context.Context, o *Outbox, e Effect, _ cardArgs) (Card, error) {
	tx := NewTx(o.Cycle.Store)
	dispute, err := get[dunning.Dispute](ctx, tx, e.Subject.ID)
	if err != nil {
		return nil, err
	}
	d := dispute.Data()
	inv, err := get[invoice.Invoice](ctx, tx, d.InvoiceID)
	if err != nil {
		return nil, err
	}
	url, err := o.Cycle.InvoiceURL(inv.Data())
	card := DisputeCard{Dispute: d, Invoice: inv.Data(), By: o.Cycle.sayer(d.By), PayURL: url, Late: d.Status == dunning.DisputeOpen && !o.Cycle.today(o.Now()).Before(d.AnswerBy)}
	if d.Owner != "" {
		card.Owner = o.Cycle.Policy.NameOf("slack:" + d.Owner)
	}
	if d.ClosedBy != "" {
		card.ClosedBy = o.Cycle.Policy.NameOf(d.ClosedBy)
	}
	return card, err
}

// sayer is who said something, by name where it was a colleague, and by address
// where the customer did on its page.
func (c *Cycle) sayer(by string) string {
	if address, ok := strings.CutPrefix(by, actorPortal); ok {
		return address
	}
	return c.Policy.NameOf(by)
}
