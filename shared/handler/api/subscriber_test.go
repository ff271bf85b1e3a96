package api

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"duly/shared/o2c"
	"duly/shared/o2c/fault"
)

// subscribed is a program on a world with two subscribers.
func subscribed(t *testing.T) *program {
	t.Helper()
	p := newProgram(t)
	p.Cycle.Policy.Subscribers = []o2c.Subscriber{
		{Name: "erp", URL: "https://erp.example/duly"},
		{Name: "warehouse", URL: "https://warehouse.example/duly", Events: []string{"goods.*", "order.confirmed"}},
	}
	return p
}

// told are the types that a subscriber got, sorted: their order is not promised.
func (p *program) told(to string) string {
	var all []string
	for _, one := range p.Desk.Told {
		if one.To == to {
			all = append(all, strings.TrimSuffix(strings.TrimPrefix(one.Event.Type, "duly."), ".v1"))
		}
	}
	slices.Sort(all)
	return strings.Join(all, " ")
}

// TestCap_89_EventsForSubscribers: each is told of what it wants, once; one that
// fails holds nobody up, is tried for five days, then switched off with one
// card; what happened waits and goes out when it is resumed; any event can be
// sent again, under its own id.
func TestCap_89_EventsForSubscribers(t *testing.T) {
	p := subscribed(t)
	down := map[string]bool{}
	p.Desk.Fail = func(what string) error {
		if down[what] {
			return fault.New(fault.Unavailable, "The event could not be told", "it answers 500", "look at the receiver")
		}
		return nil
	}
	p.sell("A-1")
	if got := p.told("erp"); got != "goods.shipped invoice.issued order.confirmed" {
		t.Errorf("erp was told %q", got)
	}
	if got := p.told("warehouse"); got != "goods.shipped order.confirmed" {
		t.Errorf("warehouse was told %q", got)
	}

	down["hook:erp"] = true // for a day: nothing is lost, nobody else waits
	p.sell("A-2")
	p.Advance(20 * time.Hour)
	p.Settle(t)
	if got := strings.Count(p.told("warehouse"), "order.confirmed"); got != 2 {
		t.Errorf("warehouse was told of %d orders", got)
	}
	delete(down, "hook:erp")
	p.Advance(25 * time.Hour)
	p.Settle(t)
	if got := strings.Count(p.told("erp"), "order.confirmed"); got != 2 {
		t.Errorf("after a day, erp was told of %d orders: %s", got, p.told("erp"))
	}

	down["hook:erp"] = true // for good
	p.sell("A-3")
	p.days(7)
	p.sell("A-4")
	states := p.subscribers()
	if s := states["erp"]; s.OffSince == nil || s.Undelivered != 6 || s.Problem == "" {
		t.Errorf("after a week: %+v", s)
	}
	if s := states["warehouse"]; s.OffSince != nil || s.Undelivered != 0 {
		t.Errorf("warehouse: %+v", s)
	}
	if told := p.Desk.News("subscriber_off"); len(told) != 1 || told[0].ID != "erp" {
		t.Errorf("told %+v", told)
	}

	delete(down, "hook:erp")
	p.post("/v1/subscribers/erp/resume", nil).is(200)
	p.Settle(t)
	if got := strings.Count(p.told("erp"), "order.confirmed"); got != 4 {
		t.Errorf("resumed, erp was told of %d orders", got)
	}
	if s := p.subscribers()["erp"]; s.OffSince != nil || s.Undelivered != 0 {
		t.Errorf("resumed: %+v", s)
	}
	p.replays(t)
}

// sell takes an order, ships and invoices it.
func (p *program) sell(id string) {
	p.t.Helper()
	p.invoiced(p.customer("Buyer "+id, nil), id, 12_100)
	p.Settle(p.t)
}

// days lets time pass, with a sweep every six hours.
func (p *program) days(n int) {
	p.t.Helper()
	for range 4 * n {
		p.Advance(6 * time.Hour)
		p.Settle(p.t)
	}
}

// subscribers reads how it stands with each.
func (p *program) subscribers() map[string]Subscriber {
	p.t.Helper()
	var all page[Subscriber]
	if err := json.Unmarshal(p.get("/v1/subscribers").raw, &all); err != nil {
		p.t.Fatal(err)
	}
	by := map[string]Subscriber{}
	for _, s := range all.Items {
		by[s.Name] = s
	}
	return by
}

// replays sends one event again.
func (p *program) replays(t *testing.T) {
	t.Helper()
	first := p.Desk.Told[0]
	before, published := len(p.Desk.Told), len(p.Desk.Published)
	for range 2 { // each is an intent of its own
		p.post("/v1/events/"+first.Event.ID+"/replay", nil).is(200)
	}
	p.Settle(t)
	if got := len(p.Desk.Told) - before; got != 4 || len(p.Desk.Published)-published != 2 {
		t.Fatalf("replayed twice to two: told %d, published %d", got, len(p.Desk.Published)-published)
	}
	if again := p.Desk.Told[before]; again.Event.ID != first.Event.ID || string(again.Event.Data) != string(first.Event.Data) {
		t.Errorf("replayed %+v, it was %+v", again, first)
	}
	p.post("/v1/events/none/replay", nil).is(404)
	p.post("/v1/events/"+strings.TrimSuffix(first.Event.ID, "1")+"9/replay", nil).is(404)
	p.post("/v1/subscribers/nobody/resume", nil).is(404)
}

// A subscriber that says that it wants no more is switched off at once.
func TestASubscriberThatIsGone(t *testing.T) {
	p := subscribed(t)
	p.Desk.Fail = func(what string) error {
		if what == "hook:erp" {
			return o2c.Permanent("The event could not be told", "it answers 410 Gone", "take it out of duly.yaml", nil)
		}
		return nil
	}
	p.sell("A-1")
	if s := p.subscribers()["erp"]; s.OffSince == nil || s.Undelivered != 3 {
		t.Errorf("%+v", s)
	}
}
