package o2c

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/money"
	"duly/shared/o2c/party"
)

// CustomerRow is a customer in the team's list.
type CustomerRow struct {
	Customer party.Data
	Exposure Exposure
}

// CustomerList is a page of customers, the newest first.
type CustomerList struct {
	Rows   []CustomerRow
	Next   string
	Looked int // customers that were looked at
}

// customerPage is how many customers are read at a time, and shown at least when
// there are so many.
const customerPage = 50

// TeamCustomers lists customers whose name holds some words, any when there are
// none. It looks at so many at most and says where to go on.
func (c *Cycle) TeamCustomers(ctx context.Context, at time.Time, words, after string) (CustomerList, error) {
	var v CustomerList
	var found []party.Data
	words = strings.ToLower(words)
	for {
		page, err := ListOf[party.Customer](ctx, c, customerPage, after)
		if err != nil {
			return v, err
		}
		for _, one := range page.Items {
			if d := one.Data(); strings.Contains(strings.ToLower(d.Name), words) && d.JoinedInto == "" {
				found = append(found, d)
			}
		}
		v.Looked += len(page.Items)
		v.Next, after = page.Next, page.Next
		if v.Next == "" || len(found) >= customerPage || v.Looked >= teamLooks {
			break
		}
	}
	at0, err := c.Exposures(ctx, at, found...)
	for i, x := range at0 {
		v.Rows = append(v.Rows, CustomerRow{found[i], x})
	}
	return v, err
}

// Happened is a line of a timeline: a fact in words that a page has for it.
type Happened struct {
	At     time.Time
	Type   string // of the event
	Of     Key
	About  string // number of the order or document
	Actor  string
	Amount *money.Amount
	Date   calendar.Date // promised, or until when
	Code   string        // of a step, a reason, an outcome
	Note   string        // in somebody's own words
}

// TeamCustomer is one customer as the team sees it.
type TeamCustomer struct {
	Customer party.Data
	Exposure Exposure
	Today    calendar.Date
	Open     []invoice.Data
	Owner    string // who looks after the case; "": nobody
	Hold     calendar.Date
	HoldWhy  string
	CallBy   calendar.Date
	Timeline []Happened // newest first
	Next     string     // older orders, with what happened to them
}

// timelineOrders is how many orders a page of a timeline reaches back.
const timelineOrders = 12

// TeamCustomer reads a customer with all that happened between us: orders,
// letters, calls, promises, disputes and payments.
func (c *Cycle) TeamCustomer(ctx context.Context, at time.Time, id, after string) (TeamCustomer, error) {
	v := TeamCustomer{Today: c.today(at)}
	cust, err := Read[party.Customer](ctx, c, id)
	if err != nil {
		return v, err
	}
	v.Customer = cust.Data()
	exposures, err := c.Exposures(ctx, at, v.Customer)
	if err != nil {
		return v, err
	}
	v.Exposure = exposures[0]
	if v.Open, err = c.OpenOf(ctx, id); err != nil {
		return v, err
	}
	k, err := c.caseOf(ctx, NewTx(c.Store), id)
	if err != nil {
		return v, err
	}
	v.Owner, v.Hold, v.HoldWhy, v.CallBy = k.owner(v.Today), k.data.HoldUntil, k.data.HoldWhy, k.data.CallBy
	return v, c.addTimeline(ctx, &v, after)
}

// addTimeline merges the trails of the customer, its case and a page of its
// orders with their documents.
func (c *Cycle) addTimeline(ctx context.Context, v *TeamCustomer, after string) error {
	orders, next, err := c.ordersOf(ctx, v.Customer.ID, timelineOrders, after)
	if err != nil {
		return err
	}
	type about struct {
		of     Key
		number string
	}
	var all []about
	seen := map[string]bool{}
	for _, o := range orders {
		d := o.Data()
		all = append(all, about{KeyOf(o), d.Number}, about{Key{Kind: "credit", ID: d.ID}, d.Number})
		for _, id := range d.Invoices {
			seen[id] = true
			all = append(all, about{Key{Kind: "invoice", ID: id}, ""})
		}
	}
	if after == "" {
		all = append(all, about{Key{Kind: "customer", ID: v.Customer.ID}, ""}, about{Key{Kind: "case", ID: v.Customer.ID}, ""})
		for _, d := range v.Open[:min(len(v.Open), timelineOrders)] { // imported ones have no order
			if !seen[d.ID] {
				all = append(all, about{Key{Kind: "invoice", ID: d.ID}, d.Number})
			}
		}
	}
	for _, a := range all {
		some, err := c.trail(ctx, a.of, a.number, inTimeline)
		if err != nil {
			return err
		}
		v.Timeline = append(v.Timeline, some...)
	}
	newestFirst(v.Timeline)
	v.Next = next
	return nil
}

// newestFirst turns around what was read from the oldest on; what happened at one
// instant stays in the order in which one thing led to the other.
func newestFirst(all []Happened) {
	slices.Reverse(all)
	slices.SortStableFunc(all, func(a, b Happened) int { return b.At.Compare(a.At) })
}

// inTimeline reports whether people want to read of a type of event in a
// customer's timeline; the rest stands on the documents' own pages.
func inTimeline(kind string) bool { return slices.Contains(timeline, kind) }

func anyFact(string) bool { return true }

var timeline = []string{
	"order.received", "order.confirmed", "order.held", "order.declined", "order.cancelled", "order.shipped", "goods.shipped", "goods.delivered", "goods.returned",
	"credit.approved", "credit.declined", "credit.first_approved", "credit.undone",
	"invoice.issued", "invoice.part_paid", "invoice.paid", "invoice.credited", "invoice.part_credited", "invoice.reopened", "invoice.written_off", "credit_note.issued",
	"dunning.step_taken", "dunning.step_skipped", "dunning.called", "dunning.called_instead", "dunning.held", "dunning.released", "dunning.taken",
	"dunning.paused", "dunning.resumed", "dunning.disputed", "dunning.undisputed", "dunning.planned", "supply.stop_proposed", "supply.stopped", "supply.resumed",
	"customer.created", "customer.limit_changed", "mail.received",
}

// TimelineTypes lists the types of events that a timeline tells of.
func TimelineTypes() []string { return slices.Clone(timeline) }

// trail reads what happened to a document. What an event says is read loosely:
// the trail keeps what older versions wrote.
func (c *Cycle) trail(ctx context.Context, of Key, about string, wanted func(string) bool) ([]Happened, error) {
	events, err := c.Store.Events(ctx, of)
	if err != nil {
		return nil, err
	}
	var all []Happened
	for _, e := range events {
		var said struct {
			Number  string        `json:"number"`
			Step    string        `json:"step"`
			Outcome string        `json:"outcome"`
			Note    string        `json:"note"`
			Decider string        `json:"decided_by"`
			Until   calendar.Date `json:"until"`
			Date    calendar.Date `json:"date"`
			Amount  *money.Amount `json:"amount"`
			Total   *money.Amount `json:"total"`
		}
		_ = json.Unmarshal(e.Data, &said) // what does not fit is left out
		about = cmp.Or(about, said.Number)
		if !wanted(e.Type) {
			continue
		}
		h := Happened{At: e.At, Type: e.Type, Of: of, About: about, Actor: e.Actor, Amount: said.Amount, Code: cmp.Or(said.Step, said.Outcome), Note: said.Note, Date: said.Date}
		if h.Amount == nil {
			h.Amount = said.Total
		}
		if said.Decider == "policy" {
			h.Actor = said.Decider
		}
		if h.Date.IsZero() {
			h.Date = said.Until
		}
		all = append(all, h)
	}
	return all, nil
}
