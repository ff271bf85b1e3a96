package sim

import (
	"encoding/json"
	"slices"
	"time"

	"duly/shared/o2c"
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/cash"
	"duly/shared/o2c/credit"
	"duly/shared/o2c/dunning"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/life"
	"duly/shared/o2c/money"
	"duly/shared/o2c/order"
	"duly/shared/o2c/party"
)

// oracle keeps a second set of books: it folds the facts and bookings that the
// table's stream brings, each transaction whole, and compares the two after
// every commit. It never reads a document.
type oracle struct {
	world    *world
	heads    map[o2c.Key]head
	orders   map[string]*orderFacts
	invoices map[string]*invoiceFacts
	receipts map[string]*receiptFacts
	parties  map[string]party.Data
	series   map[string]*seriesFacts
	letters  map[string]time.Time // the last reminder, by customer
	balances map[string]int64     // by account
	open     map[string]int64     // receivable by document
	fresh    []*orderFacts        // confirmed by the commit that is being read
	ended    []*orderFacts        // closed by it
	news     bool
	checks   int
}

// head is the end of a document's audit trail.
type head struct {
	seq  int64
	hash string
}

type orderFacts struct {
	order.Data
	status    string
	approved  string // by whom: "policy", "slack:…"
	committed int64
	card      bool // a person was asked
}

type invoiceFacts struct {
	invoice.Data
	settled int64 // by receipts and credit notes
	steps   []calendar.Date
	codes   []string
}

type receiptFacts struct {
	cash.ReceiptData
	applied map[int]cash.Application
	back    int64

	refunded int64 // by transfer, or by hand at the bank
}

type seriesFacts struct {
	last int64
	on   calendar.Date
}

func newOracle(w *world) *oracle {
	return &oracle{
		world: w, heads: map[o2c.Key]head{}, orders: map[string]*orderFacts{}, invoices: map[string]*invoiceFacts{}, receipts: map[string]*receiptFacts{},
		parties: map[string]party.Data{}, series: map[string]*seriesFacts{}, letters: map[string]time.Time{}, balances: map[string]int64{}, open: map[string]int64{},
	}
}

// event folds one fact.
func (o *oracle) event(body []byte) {
	var e o2c.Event
	o.world.must(json.Unmarshal(body, &e))
	o.news = true
	o.chain(e)
	switch e.Of.Kind {
	case "order":
		o.orderEvent(e)
	case "credit":
		o.creditEvent(e)
	case "invoice":
		o.invoiceEvent(e)
	case "receipt":
		o.receiptEvent(e)
	case "customer":
		if e.Type == "customer.created" || e.Type == "customer.amended" {
			o.parties[e.Of.ID] = facts[party.Data](o, e)
		}
	}
}

// facts are what an event says.
func facts[T any](o *oracle, e o2c.Event) T {
	var v T
	o.world.must(json.Unmarshal(e.Data, &v))
	return v
}

// chain: I9, each document's trail is one chain.
func (o *oracle) chain(e o2c.Event) {
	last := o.heads[e.Of]
	if e.Seq != last.seq+1 || e.Prev != last.hash || !e.Intact() {
		o.world.breaks("I9: event %d (%s) of %s does not follow event %d", e.Seq, e.Type, e.Of, last.seq)
	}
	o.heads[e.Of] = head{e.Seq, e.Hash}
}

// ends are the statuses that an event of an order leads to, by its type.
var ends = map[string]string{
	"order.received": order.Received, "order.confirmed": order.Confirmed, "order.declined": order.Declined, "order.cancelled": order.Cancelled,
	"order.part_shipped": order.PartShipped, "order.shipped": order.Shipped, "order.cut": order.Shipped, "order.closed": order.Closed,
}

func (o *oracle) orderEvent(e o2c.Event) {
	next, moves := ends[e.Type]
	f := o.orders[e.Of.ID]
	switch {
	case e.Type == "order.received" && f == nil:
		f = &orderFacts{Data: facts[order.Data](o, e)}
		o.orders[e.Of.ID] = f
	case e.Type == "order.received" || f == nil:
		o.world.breaks("I4: %s of order %s, which was received %v", e.Type, e.Of.ID, f != nil)
		return
	}
	if e.Type == "order.paid_at_shop" && facts[order.Payment](o, e).Amount.Cmp(f.Total) >= 0 {
		f.committed = 0
	}
	if !moves {
		return
	}
	if f.status != "" && !slices.ContainsFunc(order.Life, func(r life.Row) bool { return r.From == f.status && r.To == next }) {
		o.world.breaks("I4: order %s went from %s to %s", f.Number, f.status, next)
	}
	f.status = next
	switch next {
	case order.Confirmed:
		d := facts[order.Data](o, e)
		f.committed = d.Committed.Minor
		o.fresh = append(o.fresh, f)
	case order.Cancelled, order.Declined:
		f.committed = 0
	case order.Shipped:
		if e.Type == "order.cut" {
			f.committed = 0
		}
	case order.Closed:
		o.ended = append(o.ended, f)
	}
}

// closed: I4, an order ends when every invoice of it is settled.
func (o *oracle) closed(f *orderFacts) {
	for _, inv := range o.invoices {
		if inv.OrderID == f.ID && inv.settled != inv.Total.Minor {
			o.world.breaks("I4: order %s was closed with %d open of invoice %s", f.Number, inv.Total.Minor-inv.settled, inv.Number)
		}
	}
}

// confirmed: I7, what the policy approves alone stays within the limit; I8,
// everything else was approved by somebody who may.
func (o *oracle) confirmed(f *orderFacts) {
	switch f.approved {
	case "":
		o.world.breaks("I8: order %s is confirmed and nobody approved it", f.Number)
		return
	case "policy":
	default:
		return
	}
	cust := o.parties[f.CustomerID]
	limit := o.world.policy.Credit.DefaultLimit
	if cust.CreditLimit != nil {
		limit = cust.CreditLimit
	}
	if limit == nil || cust.Unlimited || f.committed == 0 {
		return
	}
	var exposure int64
	for _, other := range o.orders {
		if other.CustomerID == f.CustomerID {
			exposure += other.committed
		}
	}
	for _, inv := range o.invoices {
		if inv.CustomerID == f.CustomerID && inv.Type == invoice.Invoices {
			exposure += inv.Total.Minor - inv.settled
		}
	}
	if exposure > limit.Minor {
		o.world.breaks("I7: order %s was confirmed by the policy and brings customer %s to %d of %d", f.Number, f.CustomerID, exposure, limit.Minor)
	}
}

func (o *oracle) creditEvent(e o2c.Event) {
	f := o.orders[e.Of.ID]
	if f == nil {
		o.world.breaks("I4: %s of order %s, which was never received", e.Type, e.Of.ID)
		return
	}
	switch e.Type {
	case "credit.referred":
		f.card = true
	case "credit.approved", "credit.declined":
		by := facts[credit.RequestData](o, e).DecidedBy
		if by == "" {
			by = "policy"
		}
		if f.approved != "" {
			o.world.breaks("I8: order %s was decided by %s and again by %s", f.Number, f.approved, by)
		}
		f.approved = by
		if by == "policy" {
			return
		}
		who, known := o.world.policy.Person(by[len("slack:"):])
		if e.Actor != by || !known || (who.Role != o2c.Approver && who.Role != o2c.Admin) {
			o.world.breaks("I8: order %s was decided by %s, acting as %s", f.Number, by, e.Actor)
		}
	}
}

func (o *oracle) invoiceEvent(e o2c.Event) {
	switch e.Type {
	case "invoice.issued":
		d := facts[invoice.Data](o, e)
		if o.invoices[d.ID] != nil {
			o.world.breaks("I3: invoice %s was issued twice, at last as %s", d.ID, d.Number)
		}
		o.invoices[d.ID] = &invoiceFacts{Data: d}
		o.numbered(d)
		if f := o.orders[d.OrderID]; f != nil {
			f.committed -= min(d.Total.Minor, f.committed)
		}
	case "credit_note.issued":
		o.numbered(facts[invoice.Data](o, e))
	case "invoice.credited", "invoice.part_credited":
		o.invoices[e.Of.ID].settled += facts[struct{ Settled money.Amount }](o, e).Settled.Minor
	case "dunning.step_taken":
		step := facts[struct{ Step string }](o, e).Step
		on := calendar.On(e.At, o.world.policy.Zone)
		if f := o.invoices[e.Of.ID]; f != nil {
			if rung, _ := o.world.policy.Rung(step); rung.Calls() {
				o.reminded(f, step, on)
				return
			}
			last, some := o.letters[f.CustomerID]
			gap := calendar.On(last, o.world.policy.Zone).AddDays(o.world.policy.Ladder.MinGapDays)
			if some && !last.Equal(e.At) && on.Before(gap) {
				o.world.breaks("dunning: customer %s got a letter on %s, too soon after %s", f.CustomerID, on, last.Format(time.DateTime))
			}
			o.letters[f.CustomerID] = e.At
		}
		o.reminded(o.invoices[e.Of.ID], step, on)
	}
}

// invoiceID is the id behind a number.
func (o *oracle) invoiceID(number string) string {
	for id, inv := range o.invoices {
		if inv.Number == number {
			return id
		}
	}
	return ""
}

// numbered: I3, the numbers of a series run 1 … n in the order in which they
// were committed, and dates never go back.
func (o *oracle) numbered(d invoice.Data) {
	s := o.series[d.Series]
	if s == nil {
		s = &seriesFacts{}
		o.series[d.Series] = s
	}
	s.last++
	if want := (invoice.Numbers{}).Series(d.Type, d.IssuedOn).Number(s.last); d.Number != want {
		o.world.breaks("I3: %s was issued where %s was due in series %s", d.Number, want, d.Series)
	}
	if d.IssuedOn.Before(s.on) {
		o.world.breaks("I3: %s is dated %s, after %s was given", d.Number, d.IssuedOn, s.on)
	}
	s.on = d.IssuedOn
}

// reminded: rows 31 and 32, each step once, in order, on working days, with the
// gap, and only while money is open. A word before the due date may be left out,
// and a call that is for larger amounts.
func (o *oracle) reminded(f *invoiceFacts, step string, on calendar.Date) {
	w := o.world
	if f == nil {
		w.breaks("dunning: step %s of an invoice that was never issued", step)
		return
	}
	ladder := o.ladderOf(f)
	n, at, next := len(f.codes), ladder.Level(step), 0
	if n > 0 {
		next = ladder.Level(f.codes[n-1]) + 1
	}
	for next < at && (ladder.Steps[next].Before() || ladder.Steps[next].Calls()) {
		next++
	}
	switch {
	case at < 0 || at != next:
		w.breaks("dunning: %s got step %s after %v", f.Number, step, f.codes)
	case n > 0 && on.Before(f.steps[n-1].AddDays(ladder.MinGapDays)):
		w.breaks("dunning: %s got step %s on %s, too soon after %s", f.Number, step, on, f.steps[n-1])
	case on.Before(f.DueOn.AddDays(ladder.Steps[at].Day)) || ladder.Steps[at].Before() && !on.Before(f.DueOn) || !w.policy.Days.Works(on):
		w.breaks("dunning: %s, due on %s, got step %s on %s", f.Number, f.DueOn, step, on)
	case f.settled >= f.Total.Minor:
		w.breaks("dunning: %s got step %s with nothing open", f.Number, step)
	}
	f.codes, f.steps = append(f.codes, step), append(f.steps, on)
}

// ladderOf is the ladder that an invoice's customer climbs.
func (o *oracle) ladderOf(f *invoiceFacts) dunning.Ladder {
	return o.world.policy.LadderOf(o.parties[f.CustomerID])
}
