package o2c

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/cash"
	"duly/shared/o2c/credit"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/money"
	"duly/shared/o2c/order"
	"duly/shared/o2c/party"
)

// trainingEndpoint is the channel of a sandbox's orders.
const trainingEndpoint = "training"

// pupil is a make-believe customer of a sandbox. Its addresses end in .example, where nothing is delivered (RFC 2606).
type pupil struct{ id, name, mail string }

// The customers of the exercises: one who pays well, one who is far too late, one to be called, and one whose invoice is
// as large as the one that is paid.
var (
	goodPayer = pupil{"good", "TRAINING Bakkerij Vos", "vos@training.example"}
	badPayer  = pupil{"bad", "TRAINING Doorn Handel", "doorn@training.example"}
	latePayer = pupil{"late", "TRAINING Café De Kade", "kade@training.example"}
	otherOne  = pupil{"other", "TRAINING Bos Wonen", "bos@training.example"}
)

// The amounts of the exercises in minor units, tax included.
const (
	lessonGood  = 314_600 // to be approved
	lessonBad   = 605_000 // to be rejected
	lessonOwed  = 484_000 // late for two months by who asks for more
	lessonLate  = 242_000 // of the customer to be called
	lessonMatch = 121_000 // that the bank brings
)

// past is an invoice that the sandbox begins with.
type past struct {
	id     string
	of     pupil
	amount int64
	days   int // ago
}

// backstory is what happened before the tour, the oldest first: numbers follow dates.
func backstory() []past {
	return []past{
		{"SO-11", badPayer, lessonOwed, 95}, {"SO-12", latePayer, lessonLate, 63},
		{"SO-13", goodPayer, lessonMatch, 20}, {"SO-14", otherOne, lessonMatch, 19},
	}
}

// stage sets an exercise up, by the use cases that real orders and payments take. It may be asked again: what is there
// stays as it is.
func (c *Cycle) stage(ctx context.Context, step int, at time.Time) error {
	switch step {
	case ExerciseApprove:
		return errors.Join(c.enact(ctx, at), c.arrive(ctx, "SO-21", goodPayer, lessonGood, at))
	case ExerciseReject:
		return c.arrive(ctx, "SO-22", badPayer, lessonBad, at)
	case ExerciseTake:
		return c.bringLate(ctx, at)
	case ExerciseMatch:
		return c.bringMoney(ctx, at)
	}
	return nil
}

// enact makes the history: nothing of it leaves, not even into the sandbox's own room.
func (c *Cycle) enact(ctx context.Context, at time.Time) error {
	back, policy := *c, *c.Policy
	policy.Credit.AutoApprove = money.Of(trainingLimit, policy.Currency) // nobody was asked
	back.Store, back.Policy = muted{c.Store}, &policy
	for _, h := range backstory() {
		then := c.Policy.Days.Next(c.today(at).AddDays(-h.days)).Start(c.Policy.Zone).Add(10 * time.Hour)
		if err := back.arrive(ctx, h.id, h.of, h.amount, then); err != nil {
			return err
		}
		if err := back.bill(ctx, OrderID(trainingEndpoint, h.id), then); err != nil {
			return err
		}
	}
	return nil
}

// arrive takes an order as a shop would bring it.
func (c *Cycle) arrive(ctx context.Context, id string, of pupil, minor int64, at time.Time) error {
	in := order.Incoming{
		ExternalID: id, Number: TrainingNumbers + id, Currency: c.Policy.Currency, PricesIncludeTax: true, PlacedAt: at, UpdatedAt: at,
		Buyer: order.Buyer{
			ExternalID: of.id, Company: of.name, Email: of.mail, Language: c.Policy.Language, Kind: party.Company,
			Address: party.Address{Street: "Oefenkade 1", PostalCode: "1000 AA", City: "Training", Country: c.Policy.Country},
		},
		Lines: []order.IncomingLine{{ExternalID: "1", SKU: "TRAINING", Name: "TRAINING", Quantity: 1, UnitPrice: decimal.New(minor, -2), Untaxed: true}},
	}
	_, err := c.HandleShop(ctx, Arrival{At: at, Endpoint: trainingEndpoint, Platform: "training", Seen: Name("seen", trainingEndpoint, id), Message: order.Message{Verb: order.Create, Topic: "training", Order: in}})
	return err
}

// bill ships an order of the history and issues its invoice, unless that is done.
func (c *Cycle) bill(ctx context.Context, orderID string, at time.Time) error {
	tx := NewTx(c.Store)
	o, err := get[order.Order](ctx, tx, orderID)
	if err != nil {
		return err
	}
	s := Stamp{At: at, Actor: "system:training"}
	if len(o.Data().Shipments) == 0 {
		if _, err := c.Ship(ctx, s, orderID, order.IncomingShipment{}); err != nil {
			return err
		}
	}
	if o, err = get[order.Order](ctx, NewTx(c.Store), orderID); err != nil {
		return err
	}
	return c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		for _, id := range o.Data().Invoices {
			if err := c.issue(ctx, tx, id); err != nil {
				return err
			}
		}
		return nil
	})
}

// lessonDoc is what the sandbox keeps of itself.
type lessonDoc struct {
	Name string `json:"name"`
}

// Kind and ID make it a document.
func (l *lessonDoc) Kind() string { return "lesson" }
func (l *lessonDoc) ID() string   { return l.Name }

// bringLate puts the card of the late customer into the room.
func (c *Cycle) bringLate(ctx context.Context, at time.Time) error {
	id, err := c.pupilID(ctx, latePayer)
	if err != nil {
		return err
	}
	return c.onlyOnce(ctx, "late", at, func(tx *Tx) error { return c.showCard(tx, "overdue", Key{Kind: "customer", ID: id}) })
}

// onlyOnce does a thing of the sandbox once.
func (c *Cycle) onlyOnce(ctx context.Context, name string, at time.Time, do func(*Tx) error) error {
	return c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(Stamp{At: at, Actor: "system:training"})
		known, err := find[lessonDoc](ctx, tx, name)
		if err != nil || known != nil {
			return err
		}
		return errors.Join(tx.Save(&lessonDoc{Name: name}), do(tx))
	})
}

// bringMoney lets the bank bring a transfer that names nobody.
func (c *Cycle) bringMoney(ctx context.Context, at time.Time) error {
	today, amount := c.today(at), money.Of(lessonMatch, c.Policy.Currency)
	_, err := c.ImportStatement(ctx, Stamp{At: at, Actor: "system:training"}, cash.Statement{
		ID: "TRAINING", Account: "TRAINING", Currency: c.Policy.Currency, From: today, To: today, Opening: amount.Zero(), Closing: amount, Format: "training",
		Entries: []cash.Entry{{Key: lessonTransfer, BookedOn: today, ValueOn: today, Amount: amount, Name: "Bakkerij Vos", IBAN: "NL00TRAINING0001", Text: "TRAINING"}},
	})
	return err
}

// lessonTransfer is the bank's key of the transfer.
const lessonTransfer = "TRAINING-1"

// pupilID is the id of a customer of the sandbox.
func (c *Cycle) pupilID(ctx context.Context, p pupil) (string, error) {
	for _, h := range backstory() {
		if h.of == p {
			o, err := get[order.Order](ctx, NewTx(c.Store), OrderID(trainingEndpoint, h.id))
			if err != nil {
				return "", err
			}
			return o.Data().CustomerID, nil
		}
	}
	return "", fault.Missing("customer", p.name)
}

// lessonInvoice is the number and id of the invoice of the exercises' history.
func (c *Cycle) lessonInvoice(ctx context.Context, id string) (invoice.Data, error) {
	o, err := get[order.Order](ctx, NewTx(c.Store), OrderID(trainingEndpoint, id))
	if err != nil {
		return invoice.Data{}, err
	}
	if len(o.Data().Invoices) == 0 {
		return invoice.Data{}, fault.Missing("invoice", id)
	}
	inv, err := get[invoice.Invoice](ctx, NewTx(c.Store), o.Data().Invoices[0])
	if err != nil {
		return invoice.Data{}, err
	}
	return inv.Data(), nil
}

// lessonDone looks in the sandbox whether an exercise is done, and whether it went right.
func (c *Cycle) lessonDone(ctx context.Context, step int, user, found string, today calendar.Date) (done, right bool, err error) {
	switch step {
	case ExerciseApprove:
		return c.answered(ctx, "SO-21", credit.Approved)
	case ExerciseReject:
		return c.answered(ctx, "SO-22", credit.Declined)
	case ExerciseTake, ExercisePromise:
		id, err := c.pupilID(ctx, latePayer)
		if err != nil {
			return false, false, err
		}
		k, err := c.caseOf(ctx, NewTx(c.Store), id)
		if err != nil {
			return false, false, err
		}
		done = k.owner(today) == user
		if step == ExercisePromise {
			done = k.data.Promise != ""
		}
		return done, done, nil
	case ExerciseMatch:
		return c.matched(ctx)
	}
	inv, err := c.lessonInvoice(ctx, "SO-13")
	return err == nil && strings.EqualFold(found, inv.Number), true, err
}

// answered reports whether the question of an order was answered, and whether as it should be.
func (c *Cycle) answered(ctx context.Context, id, as string) (done, right bool, err error) {
	req, err := find[credit.Request](ctx, NewTx(c.Store), OrderID(trainingEndpoint, id))
	if err != nil || req == nil {
		return false, false, err
	}
	status := req.Data().Status
	return status != credit.Pending, status == as, nil
}

// matched reports whether the money of the exercise has a home, and whether it is its payer's.
func (c *Cycle) matched(ctx context.Context) (done, right bool, err error) {
	inv, err := c.lessonInvoice(ctx, "SO-13")
	if err != nil {
		return false, false, err
	}
	r, err := find[cash.Receipt](ctx, NewTx(c.Store), ReceiptID("bank", lessonTransfer))
	if err != nil || r == nil {
		return false, false, err
	}
	d := r.Data()
	done = r.Unapplied().IsZero() || d.Kept
	right = slices.ContainsFunc(d.Applications, func(a cash.Application) bool { return a.InvoiceID == inv.ID && !a.Undone })
	return done, done && right, nil
}

// muted is a store in which nothing is left to be done: every effect is done as soon as it is asked for.
type muted struct{ Store }

// Update commits with its effects done.
func (m muted) Update(ctx context.Context, decide func(context.Context, *Tx) error) error {
	return m.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		if err := decide(ctx, tx); err != nil {
			return err
		}
		for i := range tx.plan.Saves {
			if e, ok := tx.plan.Saves[i].Doc.(*Effect); ok && e.Status == EffectPending {
				e.Status, e.DoneAt = EffectDone, tx.At()
			}
		}
		return nil
	})
}
