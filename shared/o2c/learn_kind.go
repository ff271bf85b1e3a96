package o2c

import (
	"context"

	"duly/shared/o2c/cash"
	"duly/shared/o2c/money"
)

// What was learnt of another party that is no customer: from its account, or its name where it has none, a link to the
// kind that its money is, apart for each direction.
const (
	linkKindIn  = "kind-in"
	linkKindOut = "kind-out"
)

// kindLink is the link of a kind; ok is false when the other party has neither account nor name.
func kindLink(iban, name, kind string, amount money.Amount) (l Link, ok bool) {
	l = Link{Name: linkKindOut, To: Key{Kind: "bankkind", ID: kind}}
	if amount.IsPositive() {
		l.Name = linkKindIn
	}
	plain := cash.PlainName(name)
	switch {
	case iban != "":
		l.Parent = accountKey(iban)
	case plain != "":
		l.Parent = nameKey(plain)
	default:
		return l, false
	}
	return l, true
}

// learntKind is what the money of another party was said to be always.
func (c *Cycle) learntKind(ctx context.Context, tx *Tx, iban, name string, amount money.Amount) (cash.Kind, bool, error) {
	l, ok := kindLink(iban, name, "", amount)
	if !ok {
		return cash.Kind{}, false, nil
	}
	known, err := tx.Links(ctx, l.Parent, l.Name)
	if err != nil || len(known) != 1 {
		return cash.Kind{}, false, err
	}
	kind, ok := cash.KindOf(known[0].To.ID, amount)
	return kind, ok, nil
}

// teachKind remembers what the money of another party is; the newest word counts. It reports whether that is news.
func (c *Cycle) teachKind(ctx context.Context, tx *Tx, iban, name, kind string, amount money.Amount) (bool, error) {
	l, ok := kindLink(iban, name, kind, amount)
	if !ok {
		return false, nil
	}
	known, err := tx.Links(ctx, l.Parent, l.Name)
	if err != nil || hasLink(known, l) {
		return false, err
	}
	for _, old := range known {
		tx.Unlink(old)
	}
	tx.Link(l)
	return true, nil
}

func (c *Cycle) unteachKind(tx *Tx, iban, name, kind string, amount money.Amount) {
	if l, ok := kindLink(iban, name, kind, amount); ok {
		tx.Unlink(l)
	}
}

// bookLearnt books money that came in as what its payer's money was said to be always, and reports whether it was.
func (c *Cycle) bookLearnt(ctx context.Context, tx *Tx, r *cash.Receipt) (bool, error) {
	d := r.Data()
	if d.Source != "bank" {
		return false, nil
	}
	kind, ok, err := c.learntKind(ctx, tx, d.IBAN, d.Payer, d.Amount)
	if err != nil || !ok {
		return false, err
	}
	return true, c.bookRest(tx, r, cash.Booking{Role: kind.Account, Kind: kind.Name, Amount: r.Unapplied(), Why: "as learnt from an earlier payment"})
}
