package slack

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	workspace "duly/infra/local/slack"
	"duly/shared/o2c"
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/credit"
	"duly/shared/o2c/fulfilment"
	"duly/shared/o2c/order"
	"duly/shared/o2c/party"
	"duly/shared/testkit"
)

// worth is an order of about so many euros that a person must decide on, with its card.
func (r *room) worth(number string, euros int64) (id string, card workspace.Message) {
	r.t.Helper()
	taken, err := r.Cycle.HandleShop(r.t.Context(), r.Arrive(order.Create, testkit.Order(number, euros*50, r.Now())))
	if err != nil {
		r.t.Fatal(err)
	}
	r.Settle(r.t)
	return taken.OrderID, r.card("C01CREDIT")
}

func (r *room) stake(customer string) o2c.Exposure {
	r.t.Helper()
	c, err := o2c.Read[party.Customer](r.t.Context(), r.Cycle, customer)
	if err != nil {
		r.t.Fatal(err)
	}
	all, err := r.Cycle.Exposures(r.t.Context(), r.Now(), c.Data())
	if err != nil {
		r.t.Fatal(err)
	}
	return all[0]
}

// threads are the lines below the cards.
func (r *room) threads() []string {
	var said []string
	for _, m := range r.slack.Messages() {
		if m.ThreadTS != "" && m.EphemeralFor == "" {
			said = append(said, m.Text)
		}
	}
	return said
}

func (r *room) last(user string) string {
	r.t.Helper()
	told := r.whispers(user)
	if len(told) == 0 {
		r.t.Fatalf("%s was told nothing", user)
	}
	return told[len(told)-1]
}

func (r *room) tend() {
	r.t.Helper()
	if _, err := r.Cycle.TendCredit(r.t.Context(), r.Now()); err != nil {
		r.t.Fatal(err)
	}
	r.Settle(r.t)
}

func (r *room) own(customer, owner string) {
	r.t.Helper()
	if _, err := r.Cycle.AmendCustomer(r.t.Context(), r.Stamp("api:test"), customer, func(d *party.Data) { d.Owner = owner }); err != nil {
		r.t.Fatal(err)
	}
}

// TestFC_26_RoleAmountRequester is the matrix: who may, up to which amount, and never on one's own. Everybody who may not
// is told why and whom to ask, the press is in the trail, and the card stays good for who may.
func TestFC_26_RoleAmountRequester(t *testing.T) {
	for _, tt := range []struct {
		name, user string
		euros      int64
		own        string // who looks after the customer
		by         string // who entered the order
		want       string // status after the press
		told       string
	}{
		{"an approver within the own limit", mira, 3000, "", "", credit.Approved, ""},
		{"an approver above the own limit is the first of two", bram, 9000, "", "", credit.Pending, ""},
		{"an admin above the house's amount is the first of two", sam, 60000, "", "", credit.Pending, ""},
		{"a sales", lena, 3000, "", "", credit.Pending, "Only approvers can approve credit. You are *sales*. Ask Mira or Bram or Sam, or press *Ask for approval*."},
		{"a viewer", vera, 3000, "", "", credit.Pending, "Only approvers can approve credit. You are *viewer*."},
		{"a collector", joost, 3000, "", "", credit.Pending, "Only approvers can approve credit. You are *collector*."},
		{"a bookkeeper", noor, 3000, "", "", credit.Pending, "Only approvers can approve credit. You are *bookkeeper*."},
		{"an approver's own customer", mira, 3000, mira, "", credit.Pending, "You look after this customer yourself, so somebody else decides. Ask Bram or Sam. Nothing changed."},
		{"an admin's own customer", sam, 3000, "slack:" + sam, "", credit.Pending, "You look after this customer yourself, so somebody else decides. Ask Mira or Bram. Nothing changed."},
		{"an approver's own order", mira, 3000, "", "slack:" + mira, credit.Pending, "You entered this order yourself, so somebody else decides. Ask Bram or Sam. Nothing changed."},
		{"somebody else's order", mira, 3000, "", "slack:" + bram, credit.Approved, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := open(t)
			r.limited(bram, 500_000)
			a := r.Arrive(order.Create, testkit.Order("1", tt.euros*50, r.Now()))
			a.Actor = tt.by
			taken, err := r.Cycle.HandleShop(t.Context(), a)
			if err != nil {
				t.Fatal(err)
			}
			r.own(r.order(taken.OrderID).CustomerID, tt.own)
			r.Settle(t)
			card := r.card("C01CREDIT")
			r.press(tt.user, card, "credit.approve", "")
			if got := r.credit(taken.OrderID); got.Status != tt.want {
				t.Errorf("the order is %s", got.Status)
			}
			refused := 0
			if tt.told != "" {
				if refused = 1; !strings.HasPrefix(r.last(tt.user), tt.told) {
					t.Errorf("told %q", r.last(tt.user))
				}
				if !asks(r.card("C01CREDIT")) {
					t.Error("the card asks no more")
				}
			}
			ofRole := strings.HasPrefix(tt.told, "Only") // the door refuses it before the order is read
			if n := r.facts("denial", taken.OrderID, "credit.denied"); !ofRole && n != refused {
				t.Errorf("%d refusals in the trail, want %d", n, refused)
			}
			r.noViolations()
		})
	}
}

// limited gives an approver a limit of their own, in cents.
func (r *room) limited(user string, cents int64) {
	for i, p := range r.Cycle.Policy.People {
		if p.ID == user {
			most := testkit.EUR(cents)
			r.Cycle.Policy.People[i].Limit = &most
		}
	}
}

// TestCap_19_TwoDifferentPeople: above the house's amount two different people agree on the same thing.
func TestCap_19_TwoDifferentPeople(t *testing.T) {
	r := open(t)
	id, card := r.worth("1", 30000)
	if !strings.Contains(string(card.Blocks), "waits for 2 approvers") {
		t.Errorf("the card says %s", card.Blocks)
	}
	r.press(mira, card, "credit.approve_with", "")
	if reply := r.submit(mira, map[string]any{"mode": "deposit", "value": "50", "reason": "half of it up front"}); len(reply.Body) > 0 {
		t.Fatalf("got %s", reply.Body)
	}
	card = r.card("C01CREDIT")
	if !strings.Contains(string(card.Blocks), "✓ Mira approved at 10:00 (deposit 50 %, “half of it up front”). A second, different approver must agree.") || !asks(card) {
		t.Fatalf("the card says %s", card.Blocks)
	}
	r.press(mira, card, "credit.approve", "") // Mira again, now without the deposit: that is another thing to agree on
	card = r.card("C01CREDIT")
	r.press(mira, card, "credit.approve", "")
	if got := r.last(mira); !strings.HasPrefix(got, "You have approved this already; €36,300.00 takes two different people. Ask Bram or Sam.") {
		t.Errorf("Mira was told %q", got)
	}
	if got := r.credit(id); got.Status != credit.Pending || r.order(id).Status != order.Received {
		t.Fatalf("%s after one person", got.Status)
	}
	r.press(bram, r.card("C01CREDIT"), "credit.approve", "")
	got := r.credit(id)
	if got.Status != credit.Approved || got.DecidedBy != "slack:"+bram || got.First.By != "slack:"+mira || !got.Conditions.IsZero() {
		t.Errorf("got %+v", got)
	}
	if after := r.card("C01CREDIT"); !strings.Contains(string(after.Blocks), "✓ Approved by Mira, Bram 10:00") {
		t.Errorf("the card says %s", after.Blocks)
	}
	r.noViolations()
}

// TestCap_19_SoloSaysSo: without the rule of two, one person decides all, and card and digest say it aloud.
func TestCap_19_SoloSaysSo(t *testing.T) {
	r := open(t)
	r.Cycle.Policy.Approval.Solo = true
	id, card := r.worth("1", 60000)
	if !strings.Contains(string(card.Blocks), "Four-eyes is off") {
		t.Errorf("the card says %s", card.Blocks)
	}
	if err := r.Cycle.Digest(t.Context(), r.Now()); err != nil {
		t.Fatal(err)
	}
	r.Settle(t)
	if digest := r.card("C04DIGEST"); !strings.Contains(string(digest.Blocks), "Four-eyes is off") {
		t.Errorf("the digest says %s", digest.Blocks)
	}
	r.own(r.order(id).CustomerID, mira)
	r.press(mira, card, "credit.approve", "")
	if got := r.credit(id); got.Status != credit.Approved {
		t.Errorf("the order is %s", got.Status)
	}
}

// TestCap_19_Deputy: who stands in for an approver on holiday decides in their place, on those days alone.
func TestCap_19_Deputy(t *testing.T) {
	r := open(t)
	today := calendar.On(r.Now(), r.Cycle.Policy.Zone)
	for i, p := range r.Cycle.Policy.People {
		if p.ID == bram {
			r.Cycle.Policy.People[i].Away = []o2c.Absence{{From: today, To: today.AddDays(1), Deputy: lena}}
		}
	}
	id, card := r.worth("1", 3000)
	r.press(lena, card, "credit.approve", "")
	if got := r.credit(id); got.Status != credit.Approved || got.DecidedFor != "Bram" {
		t.Fatalf("%s: told %q", got.Status, r.whispers(lena))
	}
	if after := r.card("C01CREDIT"); !strings.Contains(string(after.Blocks), "✓ Approved by Lena for Bram 10:00") {
		t.Errorf("the card says %s", after.Blocks)
	}
	r.Advance(48 * time.Hour)
	id, card = r.worth("2", 3000)
	r.press(lena, card, "credit.approve", "")
	if got := r.credit(id); got.Status != credit.Pending || !strings.HasPrefix(r.last(lena), "Only approvers") {
		t.Errorf("after the holiday: %s, told %q", got.Status, r.last(lena))
	}
}

// TestCap_19_RolesFromSlack: a user group's members have its role, an admin may give one, and both are written down.
func TestCap_19_RolesFromSlack(t *testing.T) {
	r := open(t)
	r.Cycle.Policy.Approval.Groups = map[o2c.Role]string{o2c.Approver: "S0APPROVER"}
	r.Cycle.Policy.People = r.Cycle.Policy.People[:0:0] // nobody is named but by the group
	id, card := r.worth("1", 3000)
	r.press(mira, card, "credit.approve", "")
	if got := r.credit(id); got.Status != credit.Approved || got.DecidedAs != "Mira" {
		t.Fatalf("%s: told %q", got.Status, r.whispers(mira))
	}

	r = open(t)
	for _, who := range []string{bram, sam} {
		reply, err := r.slack.Command(t.Context(), who, "role <@"+eve+"|eve> approver 5000,00")
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]string{bram: "Only admins give roles. You are *approver*. Ask Sam.", sam: "Eve is *approver* from now on, alone up to €5,000.00. It is written down who did this."}[who]
		if !strings.Contains(string(reply.Body), want) {
			t.Errorf("%s was told %s", who, reply.Body)
		}
	}
	id, card = r.worth("1", 3000)
	r.press(eve, card, "credit.approve", "")
	if got := r.credit(id); got.Status != credit.Approved || r.facts("team", "team", "team.role_given") != 1 {
		t.Errorf("%s: told %q", got.Status, r.whispers(eve))
	}
}

// TestCap_20_PartShips: a part is approved. Whole units that fit may leave, in the order of the lines; the rest is held and
// not cut, counts for nothing, and can be approved later.
func TestCap_20_PartShips(t *testing.T) {
	r := open(t)
	id, card := r.worth("1", 6000) // 2 × 3000.00 + 21 %
	r.press(mira, card, "credit.approve_with", "")
	for value, want := range map[string]string{"": "Write the percentage or the amount", "7260,00": "Write less than the order's €7,260.00", "4.000": "Is this 4000.00 or 4.00?"} {
		if reply := r.submit(mira, map[string]any{"mode": "part", "value": value}); !strings.Contains(string(reply.Body), want) {
			t.Errorf("%q: %s", value, reply.Body)
		}
	}
	if reply := r.submit(mira, map[string]any{"mode": "part", "value": "4000,00"}); len(reply.Body) > 0 {
		t.Fatalf("got %s", reply.Body)
	}
	customer := r.order(id).CustomerID
	if x := r.stake(customer); x.Confirmed != testkit.EUR(400_000) {
		t.Errorf("%s counts", x.Confirmed)
	}
	card = r.card("C01CREDIT")
	for _, want := range []string{"a part of €4,000.00", "€3,260.00 of the order waits", "not cut", "Approve the rest"} {
		if !strings.Contains(string(card.Blocks), want) {
			t.Errorf("the card lacks %q: %s", want, card.Blocks)
		}
	}
	if _, err := r.Cycle.Ship(t.Context(), r.Stamp("api:test"), id, order.IncomingShipment{Lines: []order.ShippedLine{{SKU: "CHAIR", Quantity: 2}}}); err == nil || !strings.Contains(err.Error(), "approved in part") {
		t.Errorf("both chairs may leave: %v", err)
	}
	if _, err := r.Cycle.Ship(t.Context(), r.Stamp("api:test"), id, order.IncomingShipment{}); err != nil {
		t.Fatal(err)
	}
	r.Settle(t)
	if o := r.order(id); o.Status != order.PartShipped || o.Lines[0].Shipped != 1 || o.Lines[0].Quantity != 2 {
		t.Errorf("%s, %d of %d left", o.Status, o.Lines[0].Shipped, o.Lines[0].Quantity)
	}
	if _, err := r.Cycle.Ship(t.Context(), r.Stamp("api:test"), id, order.IncomingShipment{}); err == nil {
		t.Error("the rest may leave unasked")
	}
	r.press(bram, r.card("C01CREDIT"), "credit.approve", "")
	if _, err := r.Cycle.Ship(t.Context(), r.Stamp("api:test"), id, order.IncomingShipment{}); err != nil {
		t.Fatal(err)
	}
	r.Settle(t)
	if x := r.stake(customer); x.Open != testkit.EUR(726_000) || !x.Confirmed.IsZero() {
		t.Errorf("%s open, %s confirmed", x.Open, x.Confirmed)
	}
	r.verified()
}

// TestCap_20_RaisedLimit: the limit rises in the commit that approves, audited, and the next order finds it.
func TestCap_20_RaisedLimit(t *testing.T) {
	r := open(t)
	id, card := r.worth("1", 9000) // 10 890.00
	r.press(mira, card, "credit.approve_with", "")
	if reply := r.submit(mira, map[string]any{"mode": "raise", "value": "9000,00", "reason": "they have grown"}); !strings.Contains(string(reply.Body), "The limit is €10,000.00; write more.") {
		t.Errorf("got %s", reply.Body)
	}
	if reply := r.submit(mira, map[string]any{"mode": "raise", "value": "25.000,00", "reason": "they have grown"}); len(reply.Body) > 0 {
		t.Fatalf("got %s", reply.Body)
	}
	customer := r.order(id).CustomerID
	if x := r.stake(customer); x.Limit == nil || *x.Limit != testkit.EUR(2_500_000) || r.facts("customer", customer, "customer.limit_changed") != 1 {
		t.Errorf("the limit is %v", x.Limit)
	}
	if !strings.Contains(string(r.card("C01CREDIT").Blocks), "limit raised to €25,000.00") {
		t.Error("the card does not tell")
	}
	r.press(mira, r.card("C01CREDIT"), "credit.undo", "")
	if x := r.stake(customer); *x.Limit != testkit.EUR(1_000_000) || !x.Confirmed.IsZero() {
		t.Errorf("after the undo: %s, %s confirmed", x.Limit, x.Confirmed)
	}
	r.verified()
}

// TestCap_20_ExpiredApproval: nothing left in time, so it is asked again; where goods left in time, the approval stands.
func TestCap_20_ExpiredApproval(t *testing.T) {
	for _, shipped := range []bool{false, true} {
		r := open(t)
		id, card := r.worth("1", 3000)
		r.press(mira, card, "credit.approve_with", "")
		if reply := r.submit(mira, map[string]any{"expires": "2026-01-04"}); !strings.Contains(string(reply.Body), "Choose today or a later day.") {
			t.Errorf("got %s", reply.Body)
		}
		if reply := r.submit(mira, map[string]any{"expires": "2026-01-06"}); len(reply.Body) > 0 {
			t.Fatalf("got %s", reply.Body)
		}
		if shipped {
			if _, err := r.Cycle.Ship(t.Context(), r.Stamp("api:test"), id, order.IncomingShipment{}); err != nil {
				t.Fatal(err)
			}
		}
		r.Advance(36 * time.Hour) // Tuesday evening
		r.tend()
		if got := r.credit(id); got.Status != credit.Approved {
			t.Fatalf("expired too early: %s", got.Status)
		}
		r.Advance(3 * time.Hour) // Wednesday
		r.tend()
		r.tend() // a second tick changes nothing
		got := r.credit(id)
		if want := map[bool]string{false: credit.Pending, true: credit.Approved}[shipped]; got.Status != want {
			t.Fatalf("shipped %v: %s", shipped, got.Status)
		}
		if shipped {
			continue
		}
		if o := r.order(id); o.Status != order.Received || !r.stake(o.CustomerID).Confirmed.IsZero() {
			t.Errorf("the order is %s", o.Status)
		}
		card = r.card("C01CREDIT")
		if !asks(card) || !strings.Contains(string(card.Blocks), "the approval expired before anything was shipped") {
			t.Errorf("the card says %s", card.Blocks)
		}
		if diff := cmp.Diff([]string{"<@" + mira + "> your approval of SO-1 expired before anything was shipped. It is asked again above."}, r.threads()); diff != "" {
			t.Error(diff)
		}
		r.press(bram, card, "credit.approve", "")
		if got := r.credit(id); got.Status != credit.Approved {
			t.Errorf("the order is %s", got.Status)
		}
		r.verified()
	}
}

func (r *room) verified() {
	r.t.Helper()
	report, err := r.Cycle.Verify(r.t.Context())
	if err != nil || !report.OK() {
		r.t.Errorf("verify: %v\n%s", err, report)
	}
	r.noViolations()
}

// shelved makes the chair a product with stock, and tells how many are on the shelf and held.
func (r *room) shelved(units int64) func() string {
	r.t.Helper()
	if _, err := r.Cycle.SaveProduct(r.t.Context(), r.Stamp("api:test"), fulfilment.ProductData{SKU: "CHAIR", Name: "Chair", Price: testkit.EUR(50_000)}, &units); err != nil {
		r.t.Fatal(err)
	}
	return func() string {
		shelves, err := r.Cycle.Shelves(r.t.Context(), "CHAIR")
		if err != nil {
			r.t.Fatal(err)
		}
		return fmt.Sprintf("%d/%d/%d", shelves[0].OnHand, shelves[0].Reserved, shelves[0].Available)
	}
}

// TestUndo: within ten minutes the order, its stock, its terms and the customer's credit are as they were, and the customer
// was told nothing.
func TestUndo(t *testing.T) {
	for _, action := range []string{"credit.approve_with", "credit.reject"} {
		t.Run(action, func(t *testing.T) {
			r := open(t)
			shelf := r.shelved(5)
			id, card := r.worth("1", 3000)
			before, stake := r.order(id), r.stake(r.order(id).CustomerID)
			if shelf() != "5/2/3" {
				t.Fatalf("shelf %s", shelf())
			}
			r.press(mira, card, action, "")
			if reply := r.submit(mira, map[string]any{"reason": "a slip of the finger"}); len(reply.Body) > 0 {
				t.Fatalf("got %s", reply.Body)
			}
			if after := r.card("C01CREDIT"); !strings.Contains(string(after.Blocks), "The customer is told at 10:10. Until then it can be undone.") {
				t.Errorf("the card says %s", after.Blocks)
			}
			r.Advance(9 * time.Minute)
			r.press(lena, r.card("C01CREDIT"), "credit.undo", "")
			if !strings.HasPrefix(r.last(lena), "Only approvers") {
				t.Errorf("Lena was told %q", r.last(lena))
			}
			r.press(bram, r.card("C01CREDIT"), "credit.undo", "")
			if diff := cmp.Diff(before, r.order(id)); diff != "" {
				t.Errorf("the order is not as it was:\n%s", diff)
			}
			if diff := cmp.Diff(stake, r.stake(before.CustomerID)); diff != "" {
				t.Errorf("the credit is not as it was:\n%s", diff)
			}
			if shelf() != "5/2/3" {
				t.Errorf("shelf %s", shelf())
			}
			again := r.card("C01CREDIT")
			if again.TS != card.TS || !asks(again) || !strings.Contains(string(again.Blocks), "the decision was undone") {
				t.Errorf("the card says %s", again.Blocks)
			}
			r.Advance(time.Hour)
			r.Settle(t)
			if len(r.Desk.Letters) > 0 {
				t.Errorf("the customer was told %s", r.Desk.Letters[0].Subject)
			}
			r.press(mira, again, "credit.approve", "")
			if got := r.credit(id); got.Status != credit.Approved {
				t.Errorf("the order is %s", got.Status)
			}
			r.verified()
		})
	}
}

// TestUndoEnds: after ten minutes, or once goods have left, an answer is final: the customer is told, the button is gone.
func TestUndoEnds(t *testing.T) {
	r := open(t)
	id, card := r.worth("1", 3000)
	r.press(mira, card, "credit.approve", "")
	old := r.card("C01CREDIT")
	r.Advance(10 * time.Minute)
	r.Settle(t)
	if after := r.card("C01CREDIT"); hasButtons(after) {
		t.Errorf("the card still offers %s", after.Blocks)
	}
	if len(r.Desk.Letters) != 1 {
		t.Errorf("%d letters", len(r.Desk.Letters))
	}
	r.replay(mira, old, "credit.undo", id, 0)
	if got := r.last(mira); !strings.Contains(got, "cannot be undone any more") {
		t.Errorf("Mira was told %q", got)
	}
	id, card = r.worth("2", 3000)
	r.press(mira, card, "credit.approve", "")
	if _, err := r.Cycle.Ship(t.Context(), r.Stamp("api:test"), id, order.IncomingShipment{}); err != nil {
		t.Fatal(err)
	}
	r.Settle(t)
	r.replay(mira, old, "credit.undo", id, 0)
	if got := r.last(mira); !strings.Contains(got, "goods have left") {
		t.Errorf("Mira was told %q", got)
	}
	if got := r.credit(id); got.Status != credit.Approved || len(r.Desk.Letters) < 3 {
		t.Errorf("%s, %d letters", got.Status, len(r.Desk.Letters))
	}
}

// TestNobodyAnswers: after four office hours a backup is called in the thread, once; after a day the policy's word holds.
func TestNobodyAnswers(t *testing.T) {
	for _, rejects := range []bool{false, true} {
		r := open(t)
		r.Cycle.Policy.Approval.EndRejects = rejects
		id, _ := r.worth("1", 3000) // Monday 10:00
		r.own(r.order(id).CustomerID, bram)
		for range 31 { // to Tuesday 17:00, hour by hour
			r.Advance(time.Hour)
			r.tend()
			r.tend()
		}
		said := r.threads()
		call := "<@" + mira + "> <@" + sam + "> nobody has decided on SO-1 of Acme BV for €3,630.00 yet. It has waited since Mon 5 Jan 10:00."
		if len(said) != 2 || said[0] != call {
			t.Fatalf("the thread says %q", said)
		}
		card := r.card("C01CREDIT")
		if rejects {
			if got := r.credit(id); got.Status != credit.Declined || r.order(id).Status != order.Declined || !strings.HasPrefix(said[1], "Nobody decided in time. SO-1 was declined") || hasButtons(card) {
				t.Errorf("%s: %q", got.Status, said[1])
			}
			continue
		}
		if !strings.HasPrefix(said[1], "Nobody decided in time. SO-1 stays on hold") || !strings.Contains(string(card.Blocks), "Nobody answered in time (Tue 6 Jan 10:00)") {
			t.Errorf("%q\n%s", said[1], card.Blocks)
		}
		r.press(mira, card, "credit.approve", "")
		if got := r.credit(id); got.Status != credit.Approved {
			t.Errorf("the order is %s", got.Status)
		}
		r.noViolations()
	}
}

// TestMenu: what the card's menu offers, each with an answer.
func TestMenu(t *testing.T) {
	r := open(t)
	id, card := r.worth("1", 3000)
	r.press(mira, card, "credit.snooze", "")
	if got := r.last(mira); got != "Snoozed until Mon 5 Jan 14:00. The order waits; nobody is reminded before then." {
		t.Errorf("Mira was told %q", got)
	}
	card = r.card("C01CREDIT")
	if !strings.Contains(string(card.Blocks), "Snoozed by Mira until Mon 5 Jan 14:00: no reminder before then. The stock goes back Thu 8 Jan 10:00 all the same.") {
		t.Errorf("the card says %s", card.Blocks)
	}
	r.press(mira, card, "credit.ask_sales", "")
	r.own(r.order(id).CustomerID, joost)
	r.press(mira, card, "credit.ask_sales", "")
	want := []string{"<@" + lena + "> Mira has a question about SO-1 of Acme BV before deciding. Please answer here.", "<@" + joost + "> Mira has a question about SO-1 of Acme BV before deciding. Please answer here."}
	if diff := cmp.Diff(want, r.threads()); diff != "" {
		t.Error(diff)
	}
	r.press(lena, card, "credit.customer", "")
	if got := r.form(lena); !strings.Contains(string(got.Blocks), "Acme BV") || !strings.Contains(string(got.Blocks), "Nothing is open.") {
		t.Errorf("the sheet says %s", got.Blocks)
	}
	for _, action := range []string{"credit.snooze", "credit.ask_sales", "credit.undo"} {
		r.replay(lena, card, action, id, 0)
		if !strings.HasPrefix(r.last(lena), "Only approvers") {
			t.Errorf("%s: Lena was told %q", action, r.last(lena))
		}
	}
	r.noViolations()
}

// TestAskForApprovalInstead: whoever may not decide is offered to ask, below the sentence that says why.
func TestAskForApprovalInstead(t *testing.T) {
	r := open(t)
	_, card := r.worth("1", 3000)
	r.press(lena, card, "credit.approve", "")
	var told workspace.Message
	for _, m := range r.slack.Messages() {
		if m.EphemeralFor == lena {
			told = m
		}
	}
	if !hasButtons(told) {
		t.Fatalf("no button below %q", told.Text)
	}
	r.press(lena, told, "credit.ask", "")
	if got := r.last(mira); got != "Lena asks you to decide on SO-1 of Acme BV for €3,630.00." {
		t.Errorf("Mira was told %q", got)
	}
	if got := r.last(lena); got != "Asked Mira, Bram." {
		t.Errorf("Lena was told %q", got)
	}
	r.noViolations()
}

// TestRejectKeepsStock: a refusal gives the stock back unless whoever refuses keeps it, and then only until its deadline.
func TestRejectKeepsStock(t *testing.T) {
	r := open(t)
	shelf := r.shelved(5)
	_, card := r.worth("1", 3000)
	r.press(mira, card, "credit.reject", "")
	form := r.form(mira)
	for _, want := range []string{"What Acme BV is told", "&gt; "} {
		if !strings.Contains(string(form.Blocks), want) {
			t.Errorf("the form lacks %q: %s", want, form.Blocks)
		}
	}
	if reply := r.submit(mira, map[string]any{}); !strings.Contains(string(reply.Body), "Choose why above, or write it here.") {
		t.Errorf("got %s", reply.Body)
	}
	if reply := r.submit(mira, map[string]any{"why": "overdue", "reason": "two of them", "release": ""}); len(reply.Body) > 0 {
		t.Fatalf("got %s", reply.Body)
	}
	if shelf() != "5/2/3" {
		t.Errorf("shelf %s", shelf())
	}
	if after := r.card("C01CREDIT"); !strings.Contains(string(after.Blocks), "✗ Declined by Mira 10:00 (“older invoices are unpaid: two of them”)") {
		t.Errorf("the card says %s", after.Blocks)
	}
	r.Advance(73 * time.Hour)
	r.tend()
	if shelf() != "5/0/5" {
		t.Errorf("after the deadline: shelf %s", shelf())
	}
	r.verified()
}
