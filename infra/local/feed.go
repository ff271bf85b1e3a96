package local

import (
	"context"
	"fmt"
	"time"

	"duly/functions"
	"duly/infra/local/bank"
)

// statementHour is when the bank delivers, in the seller's zone: before the
// working day begins.
const statementHour = 7

// morningAfter is the next banking day's delivery after t.
func (r *Runtime) morningAfter(t time.Time) time.Time {
	local := t.In(r.Policy.Zone)
	for day := 0; ; day++ {
		at := time.Date(local.Year(), local.Month(), local.Day()+day, statementHour, 0, 0, 0, r.Policy.Zone)
		if at.After(t) && r.Bank.BankingDay(at) {
			return at.UTC()
		}
	}
}

// feedBank delivers the morning's statement, which is empty on most days: an
// empty one says that nothing came.
func (r *Runtime) feedBank() error {
	r.morning = r.morningAfter(r.Clock.Now())
	r.followStatements()
	statement, err := r.Bank.Next(r.Clock.Now())
	if err != nil {
		return err
	}
	return r.deliverStatement(statement)
}

// followStatements lets the bank go on from the newest statement of its account
// where somebody else brought that: there is but one balance. It waits until the
// bank's own last one is imported.
func (r *Runtime) followStatements() {
	closing, ok, err := r.Cycle.AccountEnds(context.Background(), r.Policy.Seller.IBAN, r.Bank.Last)
	if err == nil && ok {
		r.Bank.Follow(closing.Minor)
	}
}

// deliverStatement drops a file where the bank's courier does.
func (r *Runtime) deliverStatement(statement []byte) error {
	at := r.Clock.Now()
	key := fmt.Sprintf("%s%s-%09d.xml", functions.PrefixBank, at.Format("20060102T150405Z"), at.Nanosecond())
	return r.Files.Put(intakeBucket, key, "application/xml", statement)
}

// Book books entries at the bank and delivers the statement that has them.
func (r *Runtime) Book(entries []bank.Entry) (booked []bank.Booked, statement []byte, err error) {
	r.take()
	defer r.drive.Unlock()
	if booked, err = r.Bank.Book(r.Clock.Now(), entries); err != nil {
		return nil, nil, err
	}
	r.followStatements()
	if statement, err = r.Bank.Next(r.Clock.Now()); err != nil {
		return booked, nil, err
	}
	return booked, statement, r.deliverStatement(statement)
}

// Upload delivers a bank file from elsewhere.
func (r *Runtime) Upload(file []byte) error { return r.deliverStatement(file) }

// ReplyTo lets the recipient of a mail answer it: the answer arrives where SES
// puts received mail.
func (r *Runtime) ReplyTo(mailID, text string) error {
	raw, err := r.Mail.Reply(mailID, text)
	if err != nil {
		return err
	}
	key := fmt.Sprintf("%s%s-%d.eml", functions.PrefixMail, mailID, r.Clock.Now().UnixNano())
	return r.Files.Put(intakeBucket, key, "message/rfc822", raw)
}

// StripeIBAN is the account that Stripe's payouts come from.
const StripeIBAN = "IE29AIBK93115212345678"

// Inboxes lists the queues, with their dead letters.
func (r *Runtime) Inboxes() []string {
	var names []string
	for _, f := range functions.All() {
		if f.Inbox {
			names = append(names, inbox(f.Name), inbox(f.Name)+"-dead")
		}
	}
	return names
}
