package o2c

import (
	"context"
	"encoding/json"
	"time"

	"duly/shared/o2c/credit"
	"duly/shared/o2c/dunning"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/kpi"
	"duly/shared/o2c/order"
	"duly/shared/o2c/party"
)

// CreditCard asks for, or reports, a decision on credit (M1).
type CreditCard struct {
	Order     order.Data
	Customer  party.Data
	Request   credit.RequestData
	DecidedBy string // the name, when decided
	Owner     string // the name of who looks after the customer
	Snoozer   string // the name of who snoozed it
	Ageing    []Bucket
	Promises  []PromiseLine // the newest first
	Accounts  []int         // the years whose annual accounts it gave us, the newest first
	Approvers int           // who must still agree
	Solo      bool          // the rule of two is switched off
	Version   int64         // of the request: a button of another version only refreshes
	CanUndo   bool
	Deposit   *invoice.Data // that the order waits for, or waited for
	CanExtend bool          // a part is approved and the rest of it waits
}

func (CreditCard) card() {}

func creditCard(ctx context.Context, o *Outbox, e Effect, _ cardArgs) (Card, error) {
	tx := NewTx(o.Cycle.Store)
	tx.By(Stamp{At: o.Now(), Actor: "system:outbox"})
	q, err := o.Cycle.question(ctx, tx, e.Subject.ID)
	if err != nil {
		return nil, err
	}
	r, ord := q.req.Data(), q.about
	card := CreditCard{
		Order: ord, Customer: q.cust.Data(), Request: r, Version: tx.Version(q.req), Solo: o.Cycle.Policy.Approval.Solo,
		DecidedBy: r.DecidedAs, Owner: nameIn(q.people, q.cust.Data().Owner), Approvers: 1,
		CanExtend: r.Status == credit.Approved && ord.ShipMost != nil && (ord.Status == order.Confirmed || ord.Status == order.PartShipped),
	}
	if card.DecidedBy == "" {
		card.DecidedBy = nameIn(q.people, r.DecidedBy)
	}
	if r.Snoozed != nil {
		card.Snoozer = nameIn(q.people, r.Snoozed.By)
	}
	if r.TwoPeople && r.First == nil {
		card.Approvers = 2
	}
	if d := ord.Deposit; d != nil {
		inv, err := get[invoice.Invoice](ctx, tx, d.InvoiceID)
		if err != nil {
			return nil, err
		}
		now := inv.Data()
		card.Deposit = &now
	}
	_, cannot := o.Cycle.undoable(tx, q)
	card.CanUndo = cannot == nil
	if r.Status != credit.Pending {
		return card, nil
	}
	if card.Ageing, err = o.Cycle.ageingOf(ctx, tx, r.CustomerID); err != nil {
		return nil, err
	}
	if card.Promises, err = o.Cycle.promisesOf(ctx, tx, r.CustomerID, q.people); err != nil {
		return nil, err
	}
	card.Accounts, err = o.Cycle.accountsOf(ctx, r.CustomerID)
	return card, err
}

// nameIn is what to call an actor or a colleague's id: the name, or what it is.
func nameIn(all []Person, actor string) string {
	id := personID(actor)
	for _, p := range all {
		if p.ID == id || p.Name == id {
			return p.Name
		}
	}
	return actor
}

// personID is the id in an actor, "slack:U01" or "U01".
func personID(actor string) string {
	if len(actor) > 6 && actor[:6] == "slack:" {
		return actor[6:]
	}
	return actor
}

// ageingOf sorts a customer's open items by how late they are.
func (c *Cycle) ageingOf(ctx context.Context, tx *Tx, customerID string) ([]Bucket, error) {
	open, err := c.openInvoices(ctx, tx, customerID)
	if err != nil || len(open) == 0 {
		return nil, err
	}
	today := c.today(tx.At())
	f := kpi.NewFigures(c.Policy.Currency)
	for _, inv := range open {
		f.Swap(kpi.Contribution{}, ofInvoice(inv))
	}
	var all []Bucket
	for _, b := range f.Ageing(today) {
		all = append(all, Bucket(b))
	}
	return all, nil
}

// promisesOf are the newest promises about what a customer has open, kept or not.
func (c *Cycle) promisesOf(ctx context.Context, tx *Tx, customerID string, people []Person) ([]PromiseLine, error) {
	k, err := c.caseOf(ctx, tx, customerID)
	if err != nil || k.data.Promise == "" {
		return nil, err
	}
	p, err := find[dunning.Promise](ctx, tx, k.data.Promise)
	if err != nil || p == nil {
		return nil, err
	}
	d := p.Data()
	return []PromiseLine{{Amount: d.Amount, Date: d.Date.String(), Status: d.Status, By: nameIn(people, d.By)}}, nil
}

// The lines of a credit card's thread.
const (
	LineBackup      = "backup"       // nobody has answered yet
	LineEndedHold   = "ended_hold"   // nobody answered in time: it stays on hold
	LineEndedReject = "ended_reject" // … it is declined
	LineExpired     = "expired"      // the approval ran out
	LineAskSales    = "ask_sales"    // an approver has a question
)

// CreditLine is a line of a credit card's thread.
type CreditLine struct {
	What    string
	Order   order.Data
	Request credit.RequestData
	People  []string // whom it mentions, ids in Slack
	By      string   // the name of who asks
}

func (CreditLine) card() {}

// say stages a line of the card's thread.
func (c *Cycle) say(tx *Tx, q question, what string, people []string) error {
	return tx.ask(doReply, KeyOf(q.req), replyArgs{Purpose: "credit", Line: what, People: people})
}

func creditLine(ctx context.Context, o *Outbox, e Effect, args replyArgs) (Card, error) {
	tx := NewTx(o.Cycle.Store)
	q, err := o.Cycle.question(ctx, tx, e.Subject.ID)
	if err != nil {
		return nil, err
	}
	line := CreditLine{What: args.Line, Order: q.about, Request: q.req.Data(), By: args.By}
	for _, id := range args.People {
		line.People = append(line.People, personID(id))
	}
	return line, nil
}

// AskSales puts an approver's question to who looks after the customer, or to the
// people of sales, in the card's thread. It returns whom it asks.
func (c *Cycle) AskSales(ctx context.Context, s Stamp, a CreditAnswer) ([]string, error) {
	var names []string
	err := c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		q, err := c.question(ctx, tx, a.OrderID)
		if err != nil {
			return err
		}
		var ids []string
		names = nil
		for _, p := range present(q.people, c.today(tx.At())) {
			owned := q.cust.Data().Owner != ""
			if (owned && owns(p, q.cust.Data()) || !owned && p.Role == Sales) && len(ids) < backupMax {
				ids, names = append(ids, p.ID), append(names, p.Name)
			}
		}
		if len(ids) == 0 {
			return nil
		}
		args := replyArgs{Purpose: "credit", Line: LineAskSales, People: ids, By: nameIn(q.people, a.By.ID)}
		return tx.saying(doReply, KeyOf(q.req), args)
	})
	return names, err
}

// RedrawCredit asks for a credit card to be drawn anew, because somebody pressed
// what it showed before.
func (c *Cycle) RedrawCredit(ctx context.Context, s Stamp, orderID string) error {
	return c.Store.Update(ctx, func(_ context.Context, tx *Tx) error {
		tx.By(s)
		return tx.saying(doCard, Key{Kind: "credit", ID: orderID}, cardArgs{Purpose: "credit", Refresh: true})
	})
}

// saying stages an effect of a commit that changes nothing else: it happens once
// per instant.
func (tx *Tx) saying(what string, subject Key, args any) error {
	raw, err := json.Marshal(args)
	if err != nil {
		return err
	}
	row, _ := effectOf(what)
	id := Name("e", what, subject.String(), string(raw), tx.At().UTC().Format(time.RFC3339Nano))
	return tx.Do(Effect{Name: id, Does: what, Rank: row.rank, Subject: subject, Args: raw})
}
