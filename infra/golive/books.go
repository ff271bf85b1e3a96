package golive

import (
	"context"
	"strings"
	"time"

	"duly/shared/o2c"
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/invoice"
)

// Specimen is the name below which the account remembers when a specimen of an
// invoice was sent, and to whom (duly specimen).
const Specimen = "specimen"

// Books is what the list looks at of what a deployment has booked.
type Books interface {
	// Bank is how fresh the bank data is.
	Bank(ctx context.Context) (o2c.Pulse, error)
	// Newest is the number of the newest document that was issued here; "" before the first.
	Newest(ctx context.Context) (string, error)
	// SafeMode says whether letters wait for a press.
	SafeMode(ctx context.Context) (o2c.SafeModeData, error)
}

// Table are the books as they stand in a deployment's table.
func Table(c *o2c.Cycle) Books { return table{c} }

type table struct{ cycle *o2c.Cycle }

func (t table) Bank(ctx context.Context) (o2c.Pulse, error) {
	return t.cycle.BankPulse(ctx, time.Now())
}

func (t table) SafeMode(ctx context.Context) (o2c.SafeModeData, error) { return t.cycle.SafeMode(ctx) }

func (t table) Newest(ctx context.Context) (string, error) {
	issued, err := o2c.ListOf[invoice.Invoice](ctx, t.cycle, 1, "")
	if err != nil {
		return "", err
	}
	for _, i := range issued.Items {
		if d := i.Data(); d.Forward == nil {
			return d.Number, nil
		}
	}
	return "", nil
}

// openBooks finds the books once.
func (s *Site) openBooks(ctx context.Context) (Books, error) {
	if s.books != nil || s.Books == nil {
		return s.books, nil
	}
	var err error
	s.books, err = s.Books(ctx)
	return s.books, err
}

// bank wants a first statement: letters wait for bank data, and an account that
// nobody feeds would dun who has paid.
func (s *Site) bank(ctx context.Context) (string, error) {
	where := "s3://" + s.outputs["IntakeName"] + "/bank/"
	books, err := s.openBooks(ctx)
	if err != nil {
		return "", err
	}
	if books == nil {
		return "statements of " + s.policy.Seller.IBAN + ": " + where + " or POST /v1/bank-statements", nil
	}
	p, err := books.Bank(ctx)
	switch {
	case err != nil:
		return "", err
	case s.policy.Freshness == 0:
		return p.Found + "; letters do not wait for one (dunning.bank_data_hours: 0)", nil
	case p.Last.IsZero():
		return "", fault.New(fault.Refused, "No statement of "+s.policy.Seller.IBAN+" has come in", "letters wait until what customers paid is known", "export one from the bank (CAMT.053, MT940 or its CSV), then run: duly bank FILE "+s.where()+" — later ones go to "+where)
	case !p.OK:
		return "", fault.New(fault.Refused, "The bank data is old", p.Found, "run: duly bank FILE "+s.where()+", or have the bank's files put into "+where)
	}
	return p.Found, nil
}

// numbers says where each series begins, which cannot be changed after the first
// document.
func (s *Site) numbers(ctx context.Context) (string, error) {
	books, err := s.openBooks(ctx)
	if err != nil {
		return "", err
	}
	if books != nil {
		if newest, err := books.Newest(ctx); err != nil || newest != "" {
			return "begun: the newest is " + newest, err
		}
	}
	return "see numbers in duly.yaml: they cannot change after the first invoice" + firstNumbers(s.policy), nil
}

// firstNumbers are the numbers that the first documents of today get.
func firstNumbers(p *o2c.Policy) string {
	today := calendar.On(time.Now(), p.Zone)
	line := ""
	for _, docType := range []string{invoice.Invoices, invoice.CreditNotes, invoice.Quotes} {
		series := p.Numbers.Series(docType, today)
		line += "; " + strings.ReplaceAll(docType, "_", " ") + " " + series.Number(series.First())
	}
	return line
}

// specimen wants the owner to have seen an invoice as customers will.
func (s *Site) specimen(ctx context.Context) (string, error) {
	sent, err := s.account.Secret(ctx, Specimen)
	if err != nil {
		return "", err
	}
	if sent == "" {
		return "", fault.New(fault.Refused, "Nobody has seen an invoice yet", "its paper, its sender and its mail are what customers see first", "run: duly specimen --stage "+s.Stage+" — it goes to "+s.policy.Seller.Email+" and spends no number")
	}
	return "sent " + sent, nil
}

// safeMode wants letters to wait for a press in the first weeks.
func (s *Site) safeMode(ctx context.Context) (string, error) {
	switchOn := "run: duly safe-mode on " + s.where()
	books, err := s.openBooks(ctx)
	if err != nil {
		return "", err
	}
	if books == nil {
		return "not looked at; letters wait for a press after: " + switchOn, nil
	}
	mode, err := books.SafeMode(ctx)
	switch {
	case err != nil:
		return "", err
	case !mode.On && mode.Since.IsZero():
		return "", fault.New(fault.Refused, "Letters would go out by themselves", "safe mode is off, and nobody has seen yet what they say", switchOn+" — switch it off when a month went well")
	case !mode.On:
		return "off since " + mode.Since.Format(time.DateOnly) + ": letters go out by themselves", nil
	}
	return "on: letters wait for a press", nil
}
