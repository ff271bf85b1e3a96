package slack

import (
	"strings"
	"testing"
	"time"

	"duly/shared/o2c"
	"duly/shared/o2c/party"
)

// opened is the Home of somebody who looks at it now.
func (r *room) opened(user string) string {
	r.t.Helper()
	r.Advance(2 * time.Minute)
	if _, err := r.slack.OpenHome(r.t.Context(), user); err != nil {
		r.t.Fatal(err)
	}
	h, _ := r.slack.Home(user)
	return string(h.Blocks)
}

// TestCap_88_WhatAsksStandsOnHome: a question of the room stands on the Home of those whose work it is, with the buttons
// they may press; the morning message counts it; answered, it is on neither.
func TestCap_88_WhatAsksStandsOnHome(t *testing.T) {
	r := open(t)
	inv, made := r.contested(36_300)
	if h := r.opened(joost); !strings.Contains(h, "My work (1)") || !strings.Contains(h, "*Asked of you*") || !strings.Contains(h, "disputes €363.00 of invoice "+inv.Number) || !strings.Contains(h, "dispute.accept") || strings.Contains(h, `"url"`) {
		t.Errorf("the collector's Home: %s", h)
	}
	for _, user := range []string{mira, sam, lena, vera} {
		if h := r.opened(user); strings.Contains(h, "dispute.") {
			t.Errorf("a dispute is none of %s's work: %s", user, h)
		}
	}
	if asked, err := r.Cycle.Asked(t.Context()); err != nil || len(asked) != 1 || asked[0] != (o2c.Asking{Purpose: "dispute", Count: 1}) {
		t.Errorf("the room asks %v %v", asked, err)
	}
	morning := func() string {
		r.Advance(24 * time.Hour)
		if err := r.Cycle.Digest(t.Context(), r.Now()); err != nil {
			t.Fatal(err)
		}
		r.Settle(t)
		return r.card("C04DIGEST").Text + string(r.card("C04DIGEST").Blocks)
	}
	if said := morning(); !strings.Contains(said, "1 question waits") || !strings.Contains(said, "disputes (1)") {
		t.Errorf("the morning message: %s", said)
	}
	if _, err := r.slack.Press(t.Context(), joost, "", "", "dispute.reject", ""); err != nil {
		t.Fatal(err)
	}
	r.submit(joost, map[string]any{"reason": "Three chairs are on the slip that your colleague signed."})
	if h, _ := r.slack.Home(joost); strings.Contains(string(h.Blocks), "dispute.") {
		t.Errorf("it is answered, and asked on: %s", h.Blocks)
	}
	r.Settle(t)
	if asked, err := r.Cycle.Asked(t.Context()); err != nil || len(asked) != 0 {
		t.Errorf("after the answer to %s the room asks %v %v", made.ID, asked, err)
	}
	r.noViolations()
}

// TestCap_88_ALateCustomerRests: who was called, snoozed or has promised all that is late is nobody's work until that
// ends; a call that is due is.
func TestCap_88_ALateCustomerRests(t *testing.T) {
	for name, do := range map[string]func(*room, string){
		"called": func(r *room, id string) {
			who := o2c.Person{ID: joost, Role: o2c.Collector}
			if err := r.Cycle.LogCall(t.Context(), r.Stamp("slack:"+joost), who, o2c.CallInput{CustomerID: id, Outcome: o2c.CallReached}); err != nil {
				t.Fatal(err)
			}
		},
		"snoozed": func(r *room, id string) {
			if err := r.Cycle.HoldCustomer(t.Context(), r.Stamp("slack:"+joost), id, r.today().AddDays(1), "in talks"); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := open(t)
			inv, _ := r.overdueCard()
			cust, err := o2c.Read[party.Customer](t.Context(), r.Cycle, inv.CustomerID)
			if err != nil || !strings.Contains(r.opened(joost), "overdue.take") {
				t.Fatalf("nobody took it: %v", err)
			}
			do(r, cust.ID())
			r.Settle(t)
			if h := r.opened(joost); !strings.Contains(h, "My work (0)") {
				t.Errorf("it rests: %s", h)
			}
			r.Advance(5 * 24 * time.Hour)
			if h := r.opened(joost); !strings.Contains(h, "My work (1)") {
				t.Errorf("it rests no more: %s", h)
			}
		})
	}
}

// TestCap_88_MoneyIsPlacedFromHome: money without a home says on the Home where it belongs most likely, and one press puts
// it there.
func TestCap_88_MoneyIsPlacedFromHome(t *testing.T) {
	r := open(t)
	inv := r.shipped("1", 50_000)
	r.received("m1", inv.Total.Minor, "Somebody")
	if h := r.opened(noor); !strings.Contains(h, "Match 1") || !strings.Contains(h, inv.Number) {
		t.Fatalf("the bookkeeper's Home: %s", h)
	}
	if _, err := r.slack.Press(t.Context(), noor, "", "", "cash.match", ""); err != nil {
		t.Fatal(err)
	}
	r.Settle(t)
	if got := r.invoice(inv.ID); !got.Open.IsZero() {
		t.Errorf("%s of it is open", got.Open)
	}
	if h := r.opened(noor); !strings.Contains(h, "My work (0)") {
		t.Errorf("it asks on: %s", h)
	}
	r.noViolations()
}
