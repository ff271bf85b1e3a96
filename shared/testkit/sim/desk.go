package sim

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"duly/shared/document"
	"duly/shared/o2c"
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/invoice"
	"duly/shared/testkit"
)

// desk is where the vendors stand: it hands on to testkit.Desk, with faults,
// and counts what left apart from the table, because an invariant that reads
// what a defect wrote is blind to the defect.
type desk struct {
	*testkit.Desk
	world *world
	times map[string]int // how often each message left
	heard map[string]int // how often the team was told that a cancellation came late
	doubt map[string]int // how often its sender could not know
	mails []mailed
}

// sending is a message that left in an invocation.
type sending struct{ message, effect string }

// mailed is a letter with its instant.
type mailed struct {
	at time.Time
	o2c.Letter
	view letterText
}

func newDesk(w *world) *desk {
	return &desk{Desk: testkit.NewDesk(), world: w, times: map[string]int{}, heard: map[string]int{}, doubt: map[string]int{}}
}

var (
	errVendor  = errors.New("the service answers 500")
	errTimeout = errors.New("the service did not answer in time")
	errTooMany = errors.New("the service answers 429")
)

// call is one call to a vendor. What it does may happen without its caller
// hearing of it.
func (d *desk) call(what string, do func() error) error {
	w := d.world
	place := w.input(what)
	switch {
	case w.away(serviceOf(what), VendorOutage, place, 2*time.Hour):
		return errVendor
	case w.strikes(Vendor5xx, place):
		return errVendor
	case w.strikes(Vendor429, place):
		return &o2c.Later{After: w.faults.chance.between(time.Second, 2*time.Minute), Cause: errTooMany}
	}
	if err := do(); err != nil {
		return err
	}
	w.output(place)
	if w.strikes(VendorTimeout, place) {
		return errTimeout
	}
	return nil
}

// serviceOf is who is called, by the first word of the call.
func serviceOf(what string) string {
	verb, _, _ := strings.Cut(what, " ")
	switch verb {
	case "post", "update", "reply", "whisper", "views.open", "views.publish":
		return "slack"
	}
	return verb
}

// claim is the effect that the running invocation has claimed.
func (d *desk) claim() string { return d.world.running.effect }

// left counts a message that an effect sent.
func (d *desk) left(message, effect string) {
	d.times[message]++
	d.world.note("  left: %s", message)
	d.world.digest.text(message)
	v := d.world.running
	v.sent = append(v.sent, sending{message, effect})
}

// account looks, when an invocation has ended, which of the messages that it
// sent are marked in the table. For every other one its sender died or failed
// between the vendor's work and the mark: such a message may go out once more.
func (d *desk) account(v *invocation) {
	for _, s := range v.sent {
		effect, known := d.world.effect(s.effect)
		if !known {
			d.world.breaks("I6: %s left without an effect that was claimed", s.message)
		} else if effect.Status != o2c.EffectDone {
			d.doubt[s.message]++
			d.world.note("  in doubt: %s", s.message)
		}
		d.bounded(s.message)
	}
}

// bounded: I6, a message leaves once, and once more for each time its sender
// could not know. What an invocation sent that has not ended is not judged yet.
func (d *desk) bounded(message string) {
	n, may := d.times[message], 1+d.doubt[message]
	for v := range d.world.live {
		for _, s := range v.sent {
			if s.message == message {
				n--
			}
		}
	}
	if n > may {
		d.world.breaks("I6: %s left %d times, %d were excused", message, n, may)
	}
}

// Send takes a letter; the customer reads it.
func (d *desk) Send(ctx context.Context, l o2c.Letter) (id string, err error) {
	err = d.call("mail "+l.Subject, func() error {
		id, err = d.Desk.Send(ctx, l)
		if err != nil {
			return err
		}
		m := mailed{at: d.world.now, Letter: l}
		if err := json.Unmarshal([]byte(l.Text), &m.view); err != nil {
			return fmt.Errorf("letter %s: %w", l.Tag, err)
		}
		d.mails = append(d.mails, m)
		d.left("mail "+l.Tag, l.Tag)
		d.world.customers.reads(m)
		return nil
	})
	return id, err
}

// Post shows a card; the team reads it.
func (d *desk) Post(ctx context.Context, channel string, c o2c.Card) (at o2c.Place, err error) {
	err = d.call("post", func() error {
		at, err = d.Desk.Post(ctx, channel, c)
		if err == nil {
			name := d.nameOf(c)
			d.left("card "+name, d.claim())
			if n, ok := c.(o2c.NoticeCard); ok && n.Title == "An order was cancelled too late" && d.times["card "+name] == 1 {
				d.heard[n.Text]++
			}
			d.world.team.reads(name, at, c)
		}
		return err
	})
	return at, err
}

// Update draws a card anew.
func (d *desk) Update(ctx context.Context, at o2c.Place, c o2c.Card) error {
	return d.call("update", func() error {
		err := d.Desk.Update(ctx, at, c)
		if err == nil {
			d.world.team.reads(d.nameOf(c), at, c)
		}
		return err
	})
}

// Thread takes a card in another one's thread.
func (d *desk) Thread(ctx context.Context, over o2c.Place, c o2c.Card) (at o2c.Place, err error) {
	err = d.call("reply", func() error {
		at, err = d.Desk.Thread(ctx, over, c)
		if _, stands := c.(o2c.InvoiceCard); stands && err == nil {
			d.left("card "+d.nameOf(c), d.claim())
			d.world.team.reads(d.nameOf(c), at, c)
		} else {
			d.left("reply "+d.claim(), d.claim())
		}
		return err
	})
	return at, err
}

// Whisper takes a sentence for one person.
func (d *desk) Whisper(ctx context.Context, channel, user, text string, offers ...o2c.Offer) error {
	return d.call("whisper", func() error {
		d.left("whisper "+d.claim(), d.claim())
		return d.Desk.Whisper(ctx, channel, user, text, offers...)
	})
}

// Publish takes events; the warehouse listens.
func (d *desk) Publish(ctx context.Context, events []o2c.Published) error {
	return d.call("publish", func() error {
		for _, e := range events {
			d.left("event "+e.ID, d.claim())
			d.world.warehouse.hears(e)
		}
		return d.Desk.Publish(ctx, events)
	})
}

// Put keeps a document.
func (d *desk) Put(ctx context.Context, name, kind string, content []byte, until calendar.Date) error {
	return d.call("put "+name, func() error { return d.Desk.Put(ctx, name, kind, content, until) })
}

// Get gives a document back.
func (d *desk) Get(ctx context.Context, name string) (content []byte, err error) {
	err = d.call("get "+name, func() error { content, err = d.Desk.Get(ctx, name); return err })
	return content, err
}

// nameOf names a card by what it is about: there may be one of each.
func (d *desk) nameOf(c o2c.Card) string {
	switch c := c.(type) {
	case o2c.CreditCard:
		return "credit:credit:" + c.Order.ID
	case o2c.OverdueCard:
		return "overdue:customer:" + c.Customer.ID
	case o2c.InvoiceCard:
		return "invoice:invoice:" + c.Invoice.ID
	case o2c.IssuedCard:
		return "issued:day:" + c.On.String()
	case o2c.PayeeCard:
		return "payee:payee:own"
	case o2c.DeadlineCard:
		return "deadline:invoice:" + c.Invoice.ID
	case o2c.DraftCard:
		return "draft:invoice:" + c.Invoice.ID
	case o2c.CashCard:
		return "cash:receipt:" + c.Receipt.ID
	case o2c.BankLineCard:
		return "bankline:bankline:" + c.Line.ID
	case o2c.StockCard:
		return "stock:order:" + c.Order.ID
	case o2c.ParkedCard:
		return "parked:parked:" + c.Parked.ID
	case o2c.LikenessCard:
		return "likeness:likeness:" + c.Likeness.ID
	case o2c.ShopCard:
		return "lapse:lapse:" + c.Lapse.ID
	case o2c.DigestCard:
		return "digest:day:" + c.Date
	case o2c.PayoutCard:
		return "payout:payout:" + c.Payout.ID
	case o2c.ChargebackCard:
		return "chargeback:evidence:" + c.Case.ID
	case o2c.ClaimCard:
		return "claim:invoice:" + c.View.Invoice.ID
	case o2c.AwaitingCard:
		return "awaiting:awaiting:" + c.Letter.ID
	case o2c.CheckCard:
		return "check:invoice:" + c.Invoice.ID
	case o2c.DeliveryCard:
		return "delivery:delivery:" + c.Delivery.ID
	case o2c.DisputeCard:
		return "dispute:dispute:" + c.Dispute.ID
	case o2c.PlanCard:
		return "plan:plan:" + c.Plan.ID
	case o2c.TourCard:
		return "tour:" + c.Tour.Part() + ":" + strconv.Itoa(c.Step)
	case o2c.QuizCard:
		return "quiz:" + c.User + ":" + strconv.Itoa(c.Index)
	case o2c.ReorderCard:
		return "reorder:alert:" + c.Alert.ID
	}
	return "notice:" + d.claim()
}

// letterText is a letter as the run's customers read it.
type letterText struct {
	Template  string
	Number    string
	Order     string
	Minor     int64
	Reference string
	PayURL    string
}

// papers writes what customers of the run can read: JSON.
type papers struct{ document.Papers }

// InvoicePDF is the same for the same invoice.
func (papers) InvoicePDF(in invoice.Data, link string) ([]byte, error) {
	return []byte(in.Number + " " + in.Total.String() + " " + link), nil
}

// InvoiceUBL and InvoiceCII are too.
func (papers) InvoiceUBL(in invoice.Data) ([]byte, error) {
	return []byte(in.Number + " " + in.Total.String()), nil
}

func (p papers) InvoiceCII(in invoice.Data) ([]byte, error) { return p.InvoiceUBL(in) }

// Letter is the same for the same facts.
func (papers) Letter(template, _ string, v o2c.LetterView) (subject, text, html string, err error) {
	body, err := json.Marshal(letterText{template, v.Number, v.OrderNumber, v.Amount.Minor, v.Reference, v.PayURL})
	return template + " " + v.Number + v.OrderNumber, string(body), "", err
}
