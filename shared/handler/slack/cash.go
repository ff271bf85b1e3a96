package slack

import (
	"cmp"
	"context"
	"strings"

	"duly/shared/chat"
	"duly/shared/o2c"
	"duly/shared/o2c/cash"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/money"
)

// receipt reads money that still looks for a home; whoever presses second is told that it found one.
func (d desk) receipt(ctx context.Context, id string) (cash.ReceiptData, error) {
	r, err := o2c.Read[cash.Receipt](ctx, d.Cycle, id)
	if err != nil {
		return cash.ReceiptData{}, err
	}
	if r.Unapplied().IsZero() || r.Data().Kept {
		return r.Data(), chat.Told(d.voice.AlreadyApplied(r.Data()))
	}
	return r.Data(), nil
}

// match gives the money to the invoices of a candidate, as much of it as fits.
func (d desk) match(ctx context.Context, p press) error {
	pair, ok := chat.ParsePair(p.Value)
	if !ok {
		return errNoRef
	}
	r, err := d.receipt(ctx, pair.ReceiptID)
	if err != nil && !d.awaited(ctx, r, pair.InvoiceID) {
		return err
	}
	_, err = d.Cycle.MatchReceipt(ctx, p.Stamp, r.ID, strings.Split(pair.InvoiceID, ","), cash.MatchedBy+p.Who.Name)
	return err
}

// awaited reports whether money that was kept as a credit is what a letter about the invoice waits for.
func (d desk) awaited(ctx context.Context, r cash.ReceiptData, invoiceID string) bool {
	inv, err := o2c.Read[invoice.Invoice](ctx, d.Cycle, invoiceID)
	return err == nil && r.Kept && r.Unapplied.IsPositive() && inv.Data().PausedBy() == o2c.PausedByCheck
}

// apply gives money to an invoice of its currency.
func (d desk) apply(ctx context.Context, p press, r cash.ReceiptData, inv invoice.Data, amount money.Amount) error {
	if err := money.Same(r.Unapplied, inv.Open); err != nil {
		return fault.By("/invoice", err, "name an invoice in "+r.Amount.Currency)
	}
	_, err := d.Cycle.ApplyReceipt(ctx, p.Stamp, r.ID, inv.ID, amount, cash.MatchedBy+p.Who.Name)
	return err
}

func (d desk) openSplit(ctx context.Context, p press) error {
	b, err := ref(p)
	if err != nil {
		return err
	}
	r, err := d.receipt(ctx, b.ID)
	if err != nil {
		return err
	}
	return d.Views.Open(ctx, p.TriggerID, d.voice.Split(about(p, b), r))
}

func (d desk) split(ctx context.Context, p press) (chat.Errors, error) {
	r, err := d.receipt(ctx, p.Place.ID)
	if err != nil {
		return nil, err
	}
	number, amount, wrong := d.voice.Part(p.Fields, r.Amount.Currency)
	inv, err := d.Cycle.InvoiceByNumber(ctx, number)
	if fault.Is(err, fault.NotFound) {
		return d.voice.NoInvoice(number), nil
	}
	if err != nil || len(wrong) > 0 {
		return wrong, err
	}
	return nil, d.apply(ctx, p, r, inv, amount)
}

func (d desk) keep(ctx context.Context, p press) error {
	b, err := ref(p)
	if err != nil {
		return err
	}
	r, err := d.receipt(ctx, b.ID)
	if err != nil {
		return err
	}
	return d.Cycle.KeepOnAccount(ctx, p.Stamp, r.ID, r.CustomerID)
}

// openRefund opens the form that gives money back.
func (d desk) openRefund(ctx context.Context, p press) error {
	return d.openOnReceipt(ctx, p, d.voice.Refund)
}

func (d desk) openOther(ctx context.Context, p press) error {
	return d.openOnReceipt(ctx, p, d.voice.Other)
}

func (d desk) openOnReceipt(ctx context.Context, p press, form func(chat.Meta, cash.ReceiptData) chat.Modal) error {
	b, err := ref(p)
	if err != nil {
		return err
	}
	r, err := d.receipt(ctx, b.ID)
	if err != nil {
		return err
	}
	return d.Views.Open(ctx, p.TriggerID, form(about(p, b), r))
}

func (d desk) refund(ctx context.Context, p press) (chat.Errors, error) {
	r, err := d.receipt(ctx, p.Place.ID)
	if err != nil {
		return nil, err
	}
	ask, wrong := d.voice.Refunded(p.Fields, r)
	if len(wrong) > 0 {
		return wrong, nil
	}
	_, err = d.Cycle.AskRefund(ctx, p.Stamp, ask)
	return nil, err
}

func (d desk) approveRefund(ctx context.Context, p press) error { return d.decideRefund(ctx, p, true) }
func (d desk) refuseRefund(ctx context.Context, p press) error  { return d.decideRefund(ctx, p, false) }

func (d desk) decideRefund(ctx context.Context, p press, approve bool) error {
	r, err := ref(p)
	if err != nil {
		return err
	}
	_, err = d.Cycle.DecideRefund(ctx, p.Stamp, r.ID, approve)
	return err
}

// other books money that is no customer's.
func (d desk) other(ctx context.Context, p press) (chat.Errors, error) {
	r, err := d.receipt(ctx, p.Place.ID)
	if err != nil {
		return nil, err
	}
	_, err = d.Cycle.BookOther(ctx, p.Stamp, d.voice.Said(p.Fields, r.ID))
	return nil, err
}

func (d desk) openExplainLine(ctx context.Context, p press) error {
	b, err := ref(p)
	if err != nil {
		return err
	}
	l, err := d.Cycle.BankLine(ctx, b.ID)
	if err != nil {
		return err
	}
	return d.Views.Open(ctx, p.TriggerID, d.voice.ExplainLine(about(p, b), l))
}

// explainLine books a line that took money away.
func (d desk) explainLine(ctx context.Context, p press) (chat.Errors, error) {
	if note := strings.TrimSpace(p.Fields[chat.FieldCredited]); note != "" {
		_, err := d.Cycle.RepayLine(ctx, p.Stamp, p.Place.ID, note, cmp.Or(strings.TrimSpace(p.Fields[chat.FieldReason]), cash.MatchedBy+p.Who.Name))
		return nil, err
	}
	if p.Fields[chat.FieldAccount] == "" {
		return d.voice.NoKind(), nil
	}
	_, err := d.Cycle.ExplainLine(ctx, p.Stamp, d.voice.Said(p.Fields, p.Place.ID))
	return nil, err
}

// repayLine says whose money a line gave back.
func (d desk) repayLine(ctx context.Context, p press) error {
	r, ok := chat.ParseRepay(p.Value)
	if !ok {
		return errNoRef
	}
	_, err := d.Cycle.RepayLine(ctx, p.Stamp, r.LineID, r.ReceiptID, cash.MatchedBy+p.Who.Name)
	return err
}

func (d desk) undoLine(ctx context.Context, p press) error {
	b, err := ref(p)
	if err != nil {
		return err
	}
	_, err = d.Cycle.UndoLine(ctx, p.Stamp, b.ID)
	return err
}

// undoCash takes an application or a booking back; the money asks for its home again.
func (d desk) undoCash(ctx context.Context, p press) error {
	u, ok := chat.ParseUndo(p.Value)
	if !ok {
		return errNoRef
	}
	var err error
	if u.Booking {
		_, err = d.Cycle.UndoBooking(ctx, p.Stamp, u.ReceiptID, u.N)
	} else {
		_, err = d.Cycle.UndoApplication(ctx, p.Stamp, u.ReceiptID, u.N)
	}
	return err
}
