package demo

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"duly/shared/o2c"
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/credit"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/order"
)

type flowView struct {
	Traces []trace
	Next   string
}

// trace is one order as it went.
type trace struct {
	Number, Customer, Total, Endpoint string
	Status                            tag
	Stops                             []stop
	Facts                             []factLine
}

// stop is one moment of an order's way.
type stop struct {
	Title, Note, URL string
	At               time.Time
	State            string // "" done, wait, bad, todo
}

type factLine struct {
	At                    time.Time
	Type, Of, Actor, Data string
}

// tracesShown is how many orders one page has.
const tracesShown = 12

func today(s *site) calendar.Date {
	return calendar.On(s.runtime.Clock.Now(), s.runtime.Policy.Zone)
}

func (s *site) flowPage(r *http.Request) (any, error) {
	page, err := o2c.ListOf[order.Order](r.Context(), s.runtime.Cycle, tracesShown, r.URL.Query().Get("after"))
	if err != nil {
		return nil, err
	}
	var v flowView
	for _, o := range page.Items {
		t, err := s.trace(r, o.Data())
		if err != nil {
			return nil, err
		}
		v.Traces = append(v.Traces, t)
	}
	if page.Next != "" {
		v.Next = "/demo/pages/flow?after=" + url.QueryEscape(page.Next)
	}
	return v, nil
}

func (s *site) trace(r *http.Request, d order.Data) (trace, error) {
	t := trace{Number: d.Number, Customer: d.CustomerName, Total: pretty(d.Total), Endpoint: d.Source.Endpoint, Status: tagOf(d.Status)}
	keys := []o2c.Key{{Kind: "order", ID: d.ID}, {Kind: "credit", ID: d.ID}}
	for _, id := range d.Invoices {
		keys = append(keys, o2c.Key{Kind: "invoice", ID: id})
	}
	var all []o2c.Event
	for _, k := range keys {
		events, err := s.runtime.Cycle.Store.Events(r.Context(), k)
		if err != nil {
			return t, err
		}
		all = append(all, events...)
	}
	slices.SortStableFunc(all, func(a, b o2c.Event) int { return a.At.Compare(b.At) })
	for _, e := range all {
		var data bytes.Buffer
		if json.Indent(&data, e.Data, "", "  ") != nil {
			data.Write(e.Data)
		}
		t.Facts = append(t.Facts, factLine{At: e.At, Type: e.Type, Of: e.Of.Kind, Actor: s.runtime.Policy.NameOf(e.Actor), Data: data.String()})
	}
	view, err := s.runtime.Cycle.OrderWithCredit(r.Context(), d.ID)
	if err != nil {
		return t, err
	}
	received := stop{Title: "Received", At: d.ReceivedAt, Note: d.Source.Platform + ", signature verified", URL: "/demo/pages/deliveries"}
	if d.Source.Platform == "api" {
		received.Note, received.URL = "through the API, by key", ""
	}
	t.Stops = append([]stop{received}, s.creditStops(view.Credit)...)
	if d.Status == order.Cancelled || d.Status == order.Declined {
		t.Stops = append(t.Stops, stop{Title: capital(d.Status), State: "bad", At: lastOf(all, "order."+d.Status)})
		return t, nil
	}
	shipped := stop{Title: "Shipped", At: lastOf(all, "goods.shipped", "order.shipped"), State: "todo"}
	if d.Status != order.Received && d.Status != order.Confirmed {
		shipped.State = map[bool]string{true: "wait"}[d.Status == order.PartShipped]
	}
	t.Stops = append(t.Stops, shipped)
	if len(d.Invoices) == 0 {
		t.Stops = append(t.Stops, stop{Title: "Invoice", State: "todo"}, stop{Title: "Paid", State: "todo"})
	}
	for _, id := range d.Invoices {
		stops, err := s.invoiceStops(r, id, all)
		if err != nil {
			return t, err
		}
		t.Stops = append(t.Stops, stops...)
	}
	return t, nil
}

// creditStops tell what the policy said and, if it asked, what a person did.
func (s *site) creditStops(c *credit.RequestData) []stop {
	if c == nil {
		return nil
	}
	slack := s.slackDoor()
	asked := stop{Title: "Credit", At: c.AskedAt}
	if len(c.Decision.Reasons) > 0 {
		asked.Note = c.Decision.Reasons[0].Text
	}
	if c.Decision.Verdict != credit.Refer {
		return []stop{asked}
	}
	answer := stop{Title: "Slack: waits", State: "wait", URL: slack, Note: "for an approver"}
	if c.Status != credit.Pending {
		answer = stop{Title: "Slack: " + c.Status, At: c.DecidedAt, URL: slack, Note: "by " + s.runtime.Policy.NameOf(c.DecidedBy)}
	}
	if c.Status == credit.Declined || c.Status == credit.Void {
		answer.State = "bad"
	}
	return []stop{asked, answer}
}

func (s *site) invoiceStops(r *http.Request, id string, all []o2c.Event) ([]stop, error) {
	inv, err := o2c.Read[invoice.Invoice](r.Context(), s.runtime.Cycle, id)
	if err != nil {
		return nil, err
	}
	d := inv.Data()
	if d.Number == "" {
		return []stop{{Title: "Invoice: draft", State: "wait", Note: strings.Join(d.Missing, ", ")}, {Title: "Paid", State: "todo"}}, nil
	}
	link, err := s.runtime.Cycle.InvoiceURL(d)
	if err != nil {
		return nil, err
	}
	mine := slices.DeleteFunc(slices.Clone(all), func(e o2c.Event) bool { return e.Of.ID != id })
	issued := stop{Title: "Invoice " + d.Number, At: lastOf(mine, "invoice.issued"), URL: link, Note: pretty(d.Total)}
	stops := []stop{issued}
	if n := len(d.Dunning.Sent); n > 0 {
		last := d.Dunning.Sent[n-1]
		stops = append(stops, stop{Title: "Reminded", Note: last.Step + ", " + last.On.String(), State: "wait"})
	}
	paid := stop{Title: capital(d.Status), At: lastOf(mine, "invoice.paid", "invoice.part_paid", "invoice.credited", "invoice.part_credited")}
	switch {
	case inv.Overdue(today(s)):
		paid.Title, paid.State, paid.Note = "Overdue", "bad", pretty(d.Open)+" since "+d.DueOn.String()
	case d.Open.IsPositive():
		paid.Title, paid.State, paid.Note = "Open", "todo", pretty(d.Open)+" due "+d.DueOn.String()
	}
	return append(stops, paid), nil
}

// lastOf is when one of the facts was last recorded.
func lastOf(all []o2c.Event, types ...string) time.Time {
	for _, e := range slices.Backward(all) {
		if slices.Contains(types, e.Type) {
			return e.At
		}
	}
	return time.Time{}
}

func capital(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + words(s[1:])
}
