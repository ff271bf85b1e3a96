package o2c

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/cash"
	"duly/shared/o2c/credit"
	"duly/shared/o2c/dunning"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/kpi"
	"duly/shared/o2c/money"
)

// contribution reads what a document adds to the figures; ok is false for a
// document that adds nothing ever. books is the currency of the books.
func contribution(ctx context.Context, tx *Tx, of Key, books string) (add kpi.Contribution, version int64, ok bool, err error) {
	switch of.Kind {
	case "invoice":
		inv, err := get[invoice.Invoice](ctx, tx, of.ID)
		if err != nil {
			return add, 0, false, err
		}
		return ofInvoice(inv), tx.Version(inv), true, nil
	case "credit":
		req, err := get[credit.Request](ctx, tx, of.ID)
		if err != nil {
			return add, 0, false, err
		}
		if req.Data().Status == credit.Pending {
			add.Waiting = 1
		}
		return add, tx.Version(req), true, nil
	case "alert":
		a, err := get[Alert](ctx, tx, of.ID)
		if err != nil {
			return add, 0, false, err
		}
		if a.Open() {
			add.Low = 1
		}
		return add, tx.Version(a), true, nil
	case "promise":
		p, err := get[dunning.Promise](ctx, tx, of.ID)
		if err != nil {
			return add, 0, false, err
		}
		if p.Data().Status == dunning.PromiseOpen {
			add.PromisedOn = p.Data().Date
		}
		return add, tx.Version(p), true, nil
	case "payout":
		p, err := get[cash.Payout](ctx, tx, of.ID)
		if err != nil {
			return add, 0, false, err
		}
		add.Unexplained = p.Data().Unexplained().Minor
		return add, tx.Version(p), true, nil
	case "receipt":
		r, err := get[cash.Receipt](ctx, tx, of.ID)
		if err != nil {
			return add, 0, false, err
		}
		add.Unexplained = unhomed(r.Data())
		if in := r.Data(); in.Amount.Currency == books {
			add.CashOn, add.Cash = in.ValueOn, in.Amount.Minor
		}
		return add, tx.Version(r), true, nil
	case "bankline":
		l, err := get[bankLine](ctx, tx, of.ID)
		if err != nil {
			return add, 0, false, err
		}
		add.Unexplained = l.data.Unexplained.Abs().Minor
		return add, tx.Version(l), true, nil
	}
	return add, 0, false, nil
}

func ofInvoice(inv *invoice.Invoice) kpi.Contribution {
	d := inv.Data()
	if d.Number == "" || d.Status == invoice.Void { // a draft, or an import that was undone
		return kpi.Contribution{}
	}
	add := kpi.Contribution{
		CustomerID: d.CustomerID, Customer: d.Buyer.Name,
		SoldOn: d.IssuedOn, Sold: d.InBooks(d.Total).Minor, DueOn: d.DueOn, Open: d.InBooks(d.Open).Minor,
	}
	add.Parts = duesAt(d, d.Open)
	if inv.IsCreditNote() {
		add.Sold, add.Open = -add.Sold, 0
	}
	return add
}

// duesAt is what is due when, of an invoice with instalments of which so much is
// open.
func duesAt(d invoice.Data, open money.Amount) []kpi.Due {
	if len(d.Instalments) == 0 {
		return nil
	}
	var all []kpi.Due
	for _, p := range d.PartsInBooks(open) {
		all = append(all, kpi.Due{On: p.On, Open: p.Amount.Minor})
	}
	return all
}

// Fold brings the figures up to date with the documents that events are about.
// Each document replaces what it contributed before, so that events may come
// twice, late or in any order. Orders are listed under their customers on the way.
func (c *Cycle) Fold(ctx context.Context, at time.Time, of ...Key) error {
	if err := c.listOrders(ctx, at, of); err != nil {
		return err
	}
	return c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(Stamp{At: at, Actor: "system:digest"})
		need := []Key{{Kind: "figures", ID: c.Policy.Currency}}
		for _, k := range of {
			need = append(need, k, Key{Kind: "fold", ID: k.String()})
		}
		if err := tx.Fetch(ctx, need...); err != nil {
			return err
		}
		figures, err := find[kpi.Figures](ctx, tx, c.Policy.Currency)
		if err != nil {
			return err
		}
		if figures == nil {
			figures = kpi.NewFigures(c.Policy.Currency)
		}
		var moves []move
		for _, k := range of {
			m, moved, err := foldOne(ctx, tx, k, c.Policy.Currency)
			if err != nil {
				return err
			}
			if moved {
				figures.Swap(m.former, m.next)
				moves = append(moves, m)
			}
		}
		if len(moves) == 0 {
			return nil
		}
		figures.Close(c.today(at))
		figures.Forget(c.today(at))
		return errors.Join(tx.Save(figures), foldDebtors(ctx, tx, moves))
	})
}

// move is what a document contributed before, and does now.
type move struct{ former, next kpi.Contribution }

func foldOne(ctx context.Context, tx *Tx, of Key, books string) (move, bool, error) {
	add, version, ok, err := contribution(ctx, tx, of, books)
	if err != nil || !ok {
		return move{}, false, err
	}
	fold, err := find[kpi.Fold](ctx, tx, of.String())
	if err != nil {
		return move{}, false, err
	}
	if fold == nil {
		fold = kpi.NewFold(of.String())
	}
	former, newer := fold.Replace(version, add)
	if !newer {
		return move{}, false, nil
	}
	return move{former, add}, true, tx.Save(fold)
}

// foldDebtors carries the moves over to the customers whose debts they are.
func foldDebtors(ctx context.Context, tx *Tx, moves []move) error {
	var keys []Key
	for _, m := range moves {
		for _, id := range []string{m.former.CustomerID, m.next.CustomerID} {
			if k := (Key{Kind: "debtor", ID: id}); id != "" && !slices.Contains(keys, k) {
				keys = append(keys, k)
			}
		}
	}
	if len(keys) == 0 {
		return nil
	}
	if err := tx.Fetch(ctx, keys...); err != nil {
		return err
	}
	for _, k := range keys {
		debtor, err := find[kpi.Debtor](ctx, tx, k.ID)
		if err != nil {
			return err
		}
		if debtor == nil {
			debtor = kpi.NewDebtor(k.ID)
		}
		for _, m := range moves {
			debtor.Swap(m.former, m.next)
		}
		if err := tx.Save(debtor); err != nil {
			return err
		}
	}
	return nil
}

// Figures are the running totals as they stand.
func (c *Cycle) Figures(ctx context.Context) (*kpi.Figures, error) {
	f, err := find[kpi.Figures](ctx, NewTx(c.Store), c.Policy.Currency)
	if err == nil && f == nil {
		f = kpi.NewFigures(c.Policy.Currency)
	}
	return f, err
}

// Digest asks for the morning message of a working day, once, and for the charts on the first of a week where the house
// wants them. Where the room sits in another time zone they come at its morning.
func (c *Cycle) Digest(ctx context.Context, at time.Time) error {
	rules, err := c.Room(ctx)
	if err != nil {
		return err
	}
	if rules.Zone == nil {
		return c.morningOf(ctx, at, c.today(at), time.Time{}, rules)
	}
	today := calendar.On(at, rules.Zone)
	if err := c.morningOf(ctx, at, today, halfPastEight(today, rules.Zone), rules); err != nil {
		return err
	}
	next := c.Policy.Days.Next(today.AddDays(1))
	due := halfPastEight(next, rules.Zone)
	if again := halfPastEight(c.Policy.Days.Next(c.today(at).AddDays(1)), c.Policy.Zone); !due.Before(again) {
		return nil // the schedule wakes us before that
	}
	return c.morningOf(ctx, at, next, due, rules)
}

// halfPastEight is when a room's morning message comes (ux.md §2.7).
func halfPastEight(day calendar.Date, zone *time.Location) time.Time {
	return atHour(day, 8, zone).Add(30 * time.Minute)
}

// morningOf asks for the messages of a day, if it is a working one.
func (c *Cycle) morningOf(ctx context.Context, at time.Time, day calendar.Date, due time.Time, rules RoomRules) error {
	if !c.Policy.Days.Works(day) {
		return nil
	}
	if rules.Weekly && c.Policy.Days.Next(kpi.Monday(day)) == day {
		if err := c.morning(ctx, at, day, due, "weekly"); err != nil {
			return err
		}
	}
	return c.morning(ctx, at, day, due, "digest")
}

// morning asks for one of a day's messages, once; due is when it comes, or has come already.
func (c *Cycle) morning(ctx context.Context, at time.Time, today calendar.Date, due time.Time, purpose string) error {
	return c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(Stamp{At: at, Actor: "system:digest"})
		e := Effect{Name: Name("e", doCard, purpose, today.String()), Does: doCard, Rank: RankChat, Subject: Key{Kind: "day", ID: today.String()}, Args: []byte(`{"purpose":"` + purpose + `"}`)}
		if due.After(at) {
			e.NextAt = due
		}
		if known, err := find[Effect](ctx, tx, e.Name); err != nil || known != nil {
			return err
		}
		return tx.Do(e)
	})
}

func digestCard(ctx context.Context, o *Outbox, e Effect, _ cardArgs) (Card, error) {
	day, err := calendar.Parse(e.Subject.ID)
	if err != nil {
		return nil, fmt.Errorf("digest of %q: %w", e.Subject.ID, err)
	}
	f, err := o.Cycle.Figures(ctx)
	if err != nil {
		return nil, err
	}
	asked, err := o.Cycle.Asked(ctx)
	if err != nil {
		return nil, err
	}
	if !pressing(asked) && f.Waiting() == 0 && f.Low() == 0 && f.PromisesOn(day) == 0 && f.Overdue(day).IsZero() && f.Unexplained().IsZero() {
		return nil, nil // nothing to do, nothing to read (ux.md §2.7)
	}
	card := o.Cycle.todaysFigures(f, day).DigestCard
	card.Asked = asked
	if card.MadeOf, err = o.Cycle.unexplainedOf(ctx, card.Unexplained); err != nil {
		return nil, err
	}
	if card.Top, err = o.Cycle.TopDebtors(ctx, day.At(23, 59, o.Cycle.Policy.Zone), topMax); err != nil {
		return nil, err
	}
	if v, err := find[Verified](ctx, NewTx(o.Cycle.Store), booksID); err != nil {
		return nil, err
	} else if v != nil {
		card.Verified = &v.data
	}
	return card, nil
}

// topMax is how many late customers the morning message names.
const topMax = 5

// WeeklyCard is the week that ended, with charts.
type WeeklyCard struct {
	TodaysFigures
	Top   []Debtor
	Weeks []WeekLine // the oldest first
}

// WeekLine is what came in during a week, and what the forecast had expected.
type WeekLine struct {
	From     calendar.Date
	Cash     money.Amount
	Expected *money.Amount // nil: no forecast was kept that foresaw the whole week
}

func (WeeklyCard) card() {}

// weeksShown is how many weeks the charts go back.
const weeksShown = 8

func weeklyCard(ctx context.Context, o *Outbox, e Effect, _ cardArgs) (Card, error) {
	day, err := calendar.Parse(e.Subject.ID)
	if err != nil {
		return nil, fmt.Errorf("week of %q: %w", e.Subject.ID, err)
	}
	return o.Cycle.WeekReport(ctx, day)
}

// WeekReport is the week up to a day.
func (c *Cycle) WeekReport(ctx context.Context, day calendar.Date) (WeeklyCard, error) {
	f, err := c.Figures(ctx)
	if err != nil {
		return WeeklyCard{}, err
	}
	card := WeeklyCard{TodaysFigures: c.todaysFigures(f, day)}
	if card.Top, err = c.TopDebtors(ctx, day.At(23, 59, c.Policy.Zone), topMax); err != nil {
		return WeeklyCard{}, err
	}
	monday := day.AddDays(-(int(day.Weekday()) + 6) % 7)
	for n := weeksShown; n > 0; n-- {
		from := monday.AddDays(-7 * n)
		card.Weeks = append(card.Weeks, WeekLine{From: from, Cash: f.Cash(from, from.AddDays(6))})
	}
	return card, c.addExpected(ctx, card.Weeks)
}
