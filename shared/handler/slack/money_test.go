package slack

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"duly/infra/local/loopback"
	workspace "duly/infra/local/slack"
	"duly/shared/o2c"
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/cash"
	"duly/shared/o2c/credit"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/order"
	"duly/shared/o2c/party"
	"duly/shared/testkit"
)

// shipped is an order that went out, with its invoice issued.
func (r *room) shipped(id string, cents int64) invoice.Data {
	r.t.Helper()
	taken, err := r.Cycle.HandleShop(r.t.Context(), r.Arrive(order.Create, testkit.Order(id, cents, r.Now())))
	if err != nil {
		r.t.Fatal(err)
	}
	if taken.Status == order.Received {
		who, _ := r.Cycle.Policy.Person(mira)
		if _, err := r.Cycle.DecideCredit(r.t.Context(), r.Stamp("slack:"+mira), o2c.CreditAnswer{OrderID: taken.OrderID, By: who, Verdict: credit.Approve}); err != nil {
			r.t.Fatal(err)
		}
	}
	if _, err := r.Cycle.Ship(r.t.Context(), r.Stamp("slack:"+lena), taken.OrderID, order.IncomingShipment{}); err != nil {
		r.t.Fatal(err)
	}
	r.Settle(r.t)
	o, err := o2c.Read[order.Order](r.t.Context(), r.Cycle, taken.OrderID)
	if err != nil {
		r.t.Fatal(err)
	}
	inv, err := o2c.Read[invoice.Invoice](r.t.Context(), r.Cycle, o.Data().Invoices[0])
	if err != nil {
		r.t.Fatal(err)
	}
	return inv.Data()
}

// overdueCard is the card of a customer who has not paid for six weeks.
func (r *room) overdueCard() (invoice.Data, workspace.Message) {
	r.t.Helper()
	inv := r.shipped("1", 100_000)
	r.Advance(42 * 24 * time.Hour)
	line := cash.Statement{ID: "s-1", Account: r.Cycle.Policy.Seller.IBAN, Currency: "EUR", From: r.today(), To: r.today(), Opening: testkit.EUR(0), Closing: testkit.EUR(0)}
	if _, err := r.Cycle.ImportStatement(r.t.Context(), r.Stamp("bank"), line); err != nil { // letters wait for bank data
		r.t.Fatal(err)
	}
	if _, err := r.Cycle.RunDunning(r.t.Context(), r.Now(), func() bool { return true }); err != nil {
		r.t.Fatal(err)
	}
	r.Settle(r.t)
	return inv, r.card("C02COLLECT")
}

func (r *room) today() calendar.Date { return calendar.On(r.Now(), r.Cycle.Policy.Zone) }

// received is money on the bank account that nobody can place by itself.
func (r *room) received(key string, cents int64, name string) workspace.Message {
	r.t.Helper()
	entry := cash.Entry{Key: key, BookedOn: r.today(), ValueOn: r.today(), Amount: testkit.EUR(cents), Name: name, Text: "thanks"}
	if _, err := r.Cycle.ImportStatement(r.t.Context(), r.Stamp("bank"), cash.Statement{
		ID: "s-" + key, Account: r.Cycle.Policy.Seller.IBAN, Currency: "EUR", From: r.today(), To: r.today(),
		Opening: testkit.EUR(0), Closing: testkit.EUR(cents), Entries: []cash.Entry{entry},
	}); err != nil {
		r.t.Fatal(err)
	}
	r.Settle(r.t)
	return r.card("C02COLLECT")
}

func (r *room) invoice(id string) invoice.Data {
	r.t.Helper()
	inv, err := o2c.Read[invoice.Invoice](r.t.Context(), r.Cycle, id)
	if err != nil {
		r.t.Fatal(err)
	}
	return inv.Data()
}

func TestOverdueTakePromiseSnooze(t *testing.T) {
	r := open(t)
	inv, card := r.overdueCard()
	if !strings.Contains(card.Text, "Acme BV has €2,420.00 overdue") {
		t.Fatalf("the card says %s", card.Text)
	}
	r.press(joost, card, "overdue.take", "")
	if after := r.card("C02COLLECT"); !strings.Contains(string(after.Blocks), "owner Joost") || strings.Contains(string(after.Blocks), "overdue.take") {
		t.Errorf("got %s", after.Blocks)
	}
	r.press(joost, card, "overdue.promise", "")
	if reply := r.submit(joost, map[string]any{"amount": "1.240"}); !strings.Contains(string(reply.Body), "Is this 1240.00 or 1.24? Write 1240,00.") {
		t.Fatalf("got %s", reply.Body)
	}
	if got := r.form(joost).State["amount"]["amount"]; !strings.Contains(cmp.Diff(nil, got), "1.240") {
		t.Errorf("what was typed is lost: %v", got)
	}
	if reply := r.submit(joost, map[string]any{"amount": "9.999,00"}); !strings.Contains(string(reply.Body), `"errors":{"amount"`) {
		t.Fatalf("more than is open: %s", reply.Body)
	}
	if reply := r.submit(joost, map[string]any{"amount": "1.240,00", "date": r.today().AddDays(30).String()}); !strings.Contains(string(reply.Body), `"errors":{"date"`) {
		t.Fatalf("too far ahead: %s", reply.Body)
	}
	if reply := r.submit(joost, map[string]any{"amount": "1.240,00", "date": r.today().AddDays(5).String()}); len(reply.Body) > 0 {
		t.Fatalf("got %s", reply.Body)
	}
	if got := r.invoice(inv.ID).Dunning.PausedBy; !strings.HasPrefix(got, "promise") {
		t.Errorf("reminders go on: %q", got)
	}
	if after := r.card("C02COLLECT"); !strings.Contains(string(after.Blocks), "Joost noted a promise of €1,240.00") {
		t.Errorf("got %s", after.Blocks)
	}
	r.press(joost, card, "overdue.snooze", "")
	if reply := r.submit(joost, map[string]any{"until": r.today().AddDays(8).String(), "reason": "holiday"}); !strings.Contains(string(reply.Body), `"until"`) {
		t.Fatalf("got %s", reply.Body)
	}
	if reply := r.submit(joost, map[string]any{"until": r.today().AddDays(7).String(), "reason": "holiday"}); len(reply.Body) > 0 {
		t.Fatalf("got %s", reply.Body)
	}
	if n := r.facts("case", inv.CustomerID, "dunning.held"); n != 1 {
		t.Errorf("held %d times", n)
	}
	r.noViolations()
}

// TestSalesOwnCustomers: sales may act for their own customers, and is told otherwise for others.
func TestSalesOwnCustomers(t *testing.T) {
	r := open(t)
	inv, card := r.overdueCard()
	r.press(lena, card, "overdue.take", "")
	if diff := cmp.Diff([]string{"Only collectors, approvers, admins can do this. You are *sales*. Ask Joost or Mira or Bram."}, r.whispers(lena)); diff != "" {
		t.Error(diff)
	}
	if _, err := r.Cycle.AmendCustomer(t.Context(), r.Stamp("slack:"+sam), inv.CustomerID, func(d *party.Data) { d.Owner = lena }); err != nil {
		t.Fatal(err)
	}
	r.press(lena, card, "overdue.take", "")
	if after := r.card("C02COLLECT"); !strings.Contains(string(after.Blocks), "owner Lena") {
		t.Errorf("got %s; whispers %q", after.Blocks, r.whispers(lena))
	}
}

// TestPromiseAboutAnothersInvoice: a form that names an invoice of somebody else records nothing.
func TestPromiseAboutAnothersInvoice(t *testing.T) {
	r := open(t)
	inv, _ := r.overdueCard()
	status, answer := r.signed("/slack/actions", payload(t, map[string]any{
		"type": "view_submission", "api_app_id": "A1", "team": map[string]string{"id": "T1"}, "user": map[string]string{"id": joost, "team_id": "T1"},
		"view": map[string]any{"id": "V1", "callback_id": "overdue.promise", "private_metadata": `{"id":"c_other"}`, "state": map[string]any{"values": map[string]any{
			"invoice": map[string]any{"invoice": map[string]any{"selected_option": map[string]string{"value": inv.ID}}},
			"date":    map[string]any{"date": map[string]string{"selected_date": r.today().AddDays(2).String()}},
		}}},
	}))
	if status != 200 || !strings.Contains(answer, "There is no invoice") {
		t.Errorf("%d %s", status, answer)
	}
	if got := r.invoice(inv.ID).Dunning.PausedBy; got != "" {
		t.Errorf("paused by %s", got)
	}
}

func TestCashMatchKeepSplit(t *testing.T) {
	r := open(t)
	inv := r.shipped("1", 100_000)
	card := r.received("e1", 242_000, "Holding Zee")
	if !strings.Contains(string(card.Blocks), "cash.match") {
		t.Fatalf("no candidate: %s", card.Blocks)
	}
	r.press(noor, card, "cash.match", "")
	if got := r.invoice(inv.ID); got.Status != invoice.Paid {
		t.Fatalf("the invoice is %s; %q", got.Status, r.whispers(noor))
	}
	if after := r.card("C02COLLECT"); strings.Contains(string(after.Blocks), "cash.match") || !strings.Contains(string(after.Blocks), "matched by Noor") {
		t.Errorf("got %s", after.Blocks)
	}
	pressed := strings.Split(strings.SplitN(string(card.Blocks), `"value":"`, 2)[1], `"`)[0]
	status, _ := r.signed("/slack/actions", payload(t, map[string]any{
		"type": "block_actions", "api_app_id": "A1", "team": map[string]string{"id": "T1"}, "user": map[string]string{"id": joost, "team_id": "T1"},
		"channel": map[string]string{"id": card.Channel}, "actions": []map[string]string{{"action_id": "cash.match", "value": pressed}},
	}))
	r.Settle(t)
	if told := r.whispers(joost); status != 200 || len(told) != 1 || !strings.Contains(told[0], "has found its place already. Nothing changed.") {
		t.Errorf("the second one was told %q", told)
	}
	r.noViolations()
}

func TestCashSplitByNumber(t *testing.T) {
	r := open(t)
	inv := r.shipped("1", 100_000)
	card := r.received("e1", 50_000, "Somebody")
	r.press(noor, card, "cash.split", "")
	if reply := r.submit(noor, map[string]any{"invoice": "2026-9999"}); !strings.Contains(string(reply.Body), "There is no invoice 2026-9999.") {
		t.Fatalf("got %s", reply.Body)
	}
	if reply := r.submit(noor, map[string]any{"invoice": inv.Number, "amount": "600,00"}); !strings.Contains(string(reply.Body), `"errors":{"amount"`) {
		t.Fatalf("more than there is: %s", reply.Body)
	}
	if reply := r.submit(noor, map[string]any{"invoice": inv.Number, "amount": "200,00"}); len(reply.Body) > 0 {
		t.Fatalf("got %s", reply.Body)
	}
	if got := r.invoice(inv.ID); got.Open != testkit.EUR(222_000) {
		t.Errorf("%s is open", got.Open)
	}
	after := r.card("C02COLLECT")
	if !strings.Contains(after.Text, "€300.00") || !strings.Contains(string(after.Blocks), "cash.keep") {
		t.Fatalf("got %s", after.Blocks)
	}
	r.press(noor, after, "cash.keep", "")
	kept := r.card("C02COLLECT")
	if strings.Contains(string(kept.Blocks), "cash.keep") || !strings.Contains(string(kept.Blocks), "is kept as the customer’s credit") {
		t.Errorf("got %s; %q", kept.Blocks, r.whispers(noor))
	}
	r.press(noor, kept, "cash.undo", "")
	if got := r.invoice(inv.ID); got.Open != testkit.EUR(242_000) {
		t.Errorf("%s is open after the undo", got.Open)
	}
	if again := r.card("C02COLLECT"); !strings.Contains(again.Text, "€500.00") || !strings.Contains(string(again.Blocks), "cash.split") {
		t.Errorf("got %s", again.Blocks)
	}
	r.noViolations()
}

// TestCashRefundNeedsASecondPersonForAnotherAccount presses every button of M6 that gives money away.
func TestCashRefundNeedsASecondPersonForAnotherAccount(t *testing.T) {
	r := open(t)
	r.shipped("1", 100_000)
	card := r.received("e1", 50_000, "Somebody")
	r.press(noor, card, "cash.refund", "")
	if reply := r.submit(noor, map[string]any{"holder": "S. Omebody", "iban": "NL91ABNA0417164301", "reason": "not ours"}); !strings.Contains(string(reply.Body), `"errors":{"iban"`) {
		t.Fatalf("a wrong account: %s", reply.Body)
	}
	if reply := r.submit(noor, map[string]any{"holder": "S. Omebody", "iban": "NL91 ABNA 0417 1643 00", "reason": "not ours"}); len(reply.Body) > 0 {
		t.Fatalf("got %s", reply.Body)
	}
	asked := r.card("C02COLLECT")
	if !strings.Contains(string(asked.Blocks), "A second person decides") || strings.Contains(string(asked.Blocks), `"cash.refund"`) {
		t.Fatalf("got %s", asked.Blocks)
	}
	r.press(noor, asked, "cash.approve_refund", "")
	if told := r.whispers(noor); len(told) != 1 || !strings.Contains(told[0], "second person") {
		t.Errorf("whoever asked was told %q", told)
	}
	r.press(joost, asked, "cash.approve_refund", "")
	if after := r.card("C02COLLECT"); !strings.Contains(string(after.Blocks), "approved, waits for the next payment file") || strings.Contains(string(after.Blocks), "cash.approve_refund") {
		t.Errorf("got %s; %q", after.Blocks, r.whispers(joost))
	}
	r.noViolations()
}

func TestCashThatIsNoCustomers(t *testing.T) {
	r := open(t)
	r.shipped("1", 100_000)
	r.press(noor, r.received("e1", 1_234, "The bank"), "cash.other", "")
	if reply := r.submit(noor, map[string]any{"account": "interest", "reason": "interest of 2025"}); len(reply.Body) > 0 {
		t.Fatalf("got %s", reply.Body)
	}
	booked := r.card("C02COLLECT")
	if !strings.Contains(string(booked.Blocks), "€12.34: *Interest received*, account 8800: interest of 2025") {
		t.Fatalf("got %s; %q", booked.Blocks, r.whispers(noor))
	}
	r.press(noor, booked, "cash.undo", "")
	if again := r.card("C02COLLECT"); !strings.Contains(string(again.Blocks), "cash.other") {
		t.Errorf("got %s; %q", again.Blocks, r.whispers(noor))
	}
	r.noViolations()
}

// TestCap_79_MoneyThatLeftIsExplainedWithPresses: who it went to, what it was, for once or for ever, and back.
func TestCap_79_MoneyThatLeftIsExplainedWithPresses(t *testing.T) {
	r := open(t)
	r.shipped("1", 100_000)
	left := r.received("e1", -4_500, "Papier BV")
	if !strings.Contains(left.Text, "€45.00 left the bank to Papier BV") {
		t.Fatalf("got %s", left.Text)
	}
	r.press(lena, left, "bank.explain", "")
	if told := r.whispers(lena); len(told) != 1 {
		t.Errorf("sales was told %q", told)
	}
	r.press(noor, left, "bank.explain", "")
	if form := string(r.form(noor).Blocks); !strings.Contains(form, "Supplier · 1610") || strings.Contains(form, "Interest received") || !strings.Contains(form, "Always book Papier BV like this") {
		t.Fatalf("the form is %s", form)
	}
	if reply := r.submit(noor, map[string]any{"account": "supplier", "reason": "", "always": "yes"}); len(reply.Body) > 0 {
		t.Fatalf("got %s", reply.Body)
	}
	booked := r.card("C02COLLECT")
	if !strings.Contains(string(booked.Blocks), "*Supplier*, account 1610, by Noor") || !strings.Contains(string(booked.Blocks), "always booked like this") {
		t.Fatalf("got %s; %q", booked.Blocks, r.whispers(noor))
	}
	r.press(noor, booked, "bank.undo", "")
	if again := r.card("C02COLLECT"); !strings.Contains(string(again.Blocks), "bank.explain") {
		t.Errorf("got %s; %q", again.Blocks, r.whispers(noor))
	}
	r.noViolations()
}

// issued is the newest invoice of a day's thread.
func (r *room) issued() workspace.Message {
	r.t.Helper()
	line, all := r.card("C04DIGEST"), r.slack.Messages()
	for _, m := range slices.Backward(all) {
		if m.ThreadTS == line.TS && m.EphemeralFor == "" {
			return m
		}
	}
	r.t.Fatalf("no invoice below %q", line.Text)
	return workspace.Message{}
}

// TestCap_88_ADaysInvoicesTakeOneLineOfTheChannel: each stands in the day's thread, with its buttons, and is redrawn there;
// what is said about it goes below the day's line too. A line that somebody deleted comes again.
func TestCap_88_ADaysInvoicesTakeOneLineOfTheChannel(t *testing.T) {
	r := open(t)
	first, second := r.shipped("1", 100_000), r.shipped("2", 120_000)
	line := r.card("C04DIGEST")
	if line.Text != "Invoices issued on 5 January 2026: each is in this thread." {
		t.Errorf("the line is %q", line.Text)
	}
	if got := r.issued(); !strings.Contains(got.Text, second.Number) || !strings.Contains(string(got.Blocks), "invoice.copy_link") {
		t.Errorf("the thread ends in %q", got.Text)
	}
	if _, err := r.Cycle.RecordPromise(t.Context(), r.Stamp("slack:"+lena), o2c.PromiseInput{InvoiceID: first.ID, By: "slack:" + lena, Date: calendar.On(r.Now(), r.Cycle.Policy.Zone).AddDays(7)}); err != nil {
		t.Fatal(err)
	}
	r.Settle(t)
	if got := r.issued(); got.ThreadTS != line.TS || !strings.Contains(got.Text, first.Number) {
		t.Errorf("the promise was told as %+v", got)
	}
	r.Advance(24 * time.Hour)
	r.shipped("3", 90_000)
	if next := r.card("C04DIGEST"); next.TS == line.TS || next.Text != "Invoices issued on 6 January 2026: each is in this thread." {
		t.Errorf("the next day's line is %q", next.Text)
	}
	if n := strings.Count(fmt.Sprint(r.top("C04DIGEST")), "Invoices issued"); n != 2 {
		t.Errorf("%d lines for two days: %q", n, r.top("C04DIGEST"))
	}
	form := url.Values{"channel": {"C04DIGEST"}, "ts": {r.card("C04DIGEST").TS}}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://slack.local/api/chat.delete", strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.Header = http.Header{"Authorization": {"Bearer xoxb-1"}, "Content-Type": {"application/x-www-form-urlencoded"}}
	if _, err := (loopback.Transport{"slack.local": r.slack}).RoundTrip(req); err != nil {
		t.Fatal(err)
	}
	r.shipped("4", 80_000)
	r.Advance(10 * time.Second)
	r.Settle(t)
	if got := r.issued(); !strings.Contains(got.Text, "2026-0004") {
		t.Errorf("after the line was deleted the newest is %q", got.Text)
	}
	r.noViolations()
}

// top is what a channel shows outside of threads.
func (r *room) top(channel string) []string {
	var all []string
	for _, m := range r.slack.Messages() {
		if m.Channel == channel && m.EphemeralFor == "" && m.ThreadTS == "" {
			all = append(all, m.Text)
		}
	}
	return all
}

// TestCopyPayLink: the link is shown to whoever pressed, and lies in no effect.
func TestCopyPayLink(t *testing.T) {
	r := open(t)
	inv := r.shipped("1", 100_000)
	card := r.issued()
	url, err := r.Cycle.InvoiceURL(inv)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(card.Text, url) {
		t.Error("the link is in the sentence that telephones show")
	}
	before := r.Meter.Writes
	r.press(lena, card, "invoice.copy_link", "")
	if got := r.form(lena); !strings.Contains(string(got.Blocks), "`"+url+"`") {
		t.Errorf("got %s", got.Blocks)
	}
	if r.Meter.Writes != before {
		t.Error("showing a link wrote something")
	}
	r.press(vera, card, "invoice.copy_link", "")
	if told := r.whispers(vera); len(told) != 1 || len(r.slack.Views()) != 1 {
		t.Errorf("a viewer was told %q and sees %d forms", told, len(r.slack.Views()))
	}
	r.press(lena, card, "invoice.open", "")
	r.noViolations()
}

func TestRetryDraft(t *testing.T) {
	r := open(t)
	in := testkit.Order("1", 100_000, r.Now())
	in.Buyer.Address = party.Address{}
	taken, err := r.Cycle.HandleShop(t.Context(), r.Arrive(order.Create, in))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Cycle.Ship(t.Context(), r.Stamp("slack:"+lena), taken.OrderID, order.IncomingShipment{}); err != nil {
		t.Fatal(err)
	}
	r.Settle(t)
	card := r.card("C03EXCEPT")
	if !strings.Contains(string(card.Blocks), "the customer's address") {
		t.Fatalf("the card says %s", card.Blocks)
	}
	o, err := o2c.Read[order.Order](t.Context(), r.Cycle, taken.OrderID)
	if err != nil {
		t.Fatal(err)
	}
	r.press(joost, card, "invoice.retry", "") // too early: it still lacks the address
	if got := r.invoice(o.Data().Invoices[0]); got.Status != invoice.Draft {
		t.Errorf("the draft is %s", got.Status)
	}
	address := party.Address{Street: "Dam 1", PostalCode: "1012 JS", City: "Amsterdam", Country: "NL"}
	if _, err := r.Cycle.AmendCustomer(t.Context(), r.Stamp("slack:"+sam), o.Data().CustomerID, func(d *party.Data) { d.Address = address }); err != nil {
		t.Fatal(err)
	}
	r.press(joost, card, "invoice.retry", "")
	if got := r.invoice(o.Data().Invoices[0]); got.Status != invoice.Issued || got.Number != "2026-0001" {
		t.Errorf("the draft is %s; whispers %q", got.Status, r.whispers(joost))
	}
}

// TestFC_63_RefundThroughTheGateway: what came through our payment page goes back there, from the same button.
func TestFC_63_RefundThroughTheGateway(t *testing.T) {
	r := open(t)
	in := o2c.MoneyIn{Gateway: "stripe", Ref: "pi_twice", Amount: testkit.EUR(24_200), Method: "card", Payer: "Acme BV", At: r.Now()}
	if err := r.Cycle.HandlePayment(t.Context(), r.Now(), "seen-twice", in); err != nil {
		t.Fatal(err)
	}
	r.Settle(t)
	card := r.card("C02COLLECT")
	r.press(joost, card, "cash.refund", "")
	if _, asks := r.form(joost).State["iban"]; asks || !strings.Contains(string(r.form(joost).Blocks), "through Stripe") {
		t.Errorf("the form: %s", r.form(joost).Blocks)
	}
	if reply := r.submit(joost, map[string]any{"reason": "paid twice"}); len(reply.Body) > 0 {
		t.Fatalf("got %s", reply.Body)
	}
	if len(r.Desk.Refunds) != 1 || r.Desk.Refunds[0].Payment != "pi_twice" || r.Desk.Refunds[0].Amount != testkit.EUR(24_200) {
		t.Fatalf("asked for %+v", r.Desk.Refunds)
	}
	if after := r.card("C02COLLECT"); !strings.Contains(string(after.Blocks), "Stripe has it") {
		t.Errorf("got %s", after.Blocks)
	}
	r.noViolations()
}

// TestCap_79_ARefundByHandIsPressed: money left the bank to a customer whose credit note holds as much; one press says that it
// was the refund, and one takes that back. The form takes the note's number too, and asks for one of the two.
func TestCap_79_ARefundByHandIsPressed(t *testing.T) {
	r := open(t)
	inv := r.shipped("1", 100_000)
	if err := r.Cycle.HandlePayment(t.Context(), r.Now(), "evt_1", o2c.MoneyIn{Gateway: "stripe", Ref: "pi_1", InvoiceID: inv.ID, Amount: inv.Total, At: r.Now()}); err != nil {
		t.Fatal(err)
	}
	if got := r.invoice(inv.ID); !got.Open.IsZero() {
		t.Fatalf("%s is open", got.Open)
	}
	note, err := r.Cycle.IssueCreditNote(t.Context(), r.Stamp("slack:"+noor), o2c.CreditRequest{InvoiceID: inv.ID, Reason: "sent back"})
	if err != nil {
		t.Fatal(err)
	}
	r.Settle(t)
	left := r.received("e2", -inv.Total.Minor, inv.Buyer.Name)
	if !strings.Contains(string(left.Blocks), note.Number) || !strings.Contains(string(left.Blocks), "the amount is exactly what is left of") {
		t.Fatalf("got %s", left.Blocks)
	}
	r.press(lena, left, "bank.refund", "")
	if told := r.whispers(lena); len(told) != 1 {
		t.Errorf("sales was told %q", told)
	}
	r.press(noor, left, "bank.refund", "")
	booked := r.card("C02COLLECT")
	if !strings.Contains(string(booked.Blocks), "*Given back to a customer*, account 1600, by Noor") {
		t.Fatalf("got %s; %q", booked.Blocks, r.whispers(noor))
	}
	r.press(noor, booked, "bank.undo", "")
	again := r.card("C02COLLECT")
	if !strings.Contains(string(again.Blocks), "bank.refund") {
		t.Fatalf("got %s; %q", again.Blocks, r.whispers(noor))
	}
	r.press(noor, again, "bank.explain", "")
	if reply := r.submit(noor, map[string]any{"reason": "x"}); !strings.Contains(string(reply.Body), "name the credit note") {
		t.Fatalf("neither: %s", reply.Body)
	}
	if reply := r.submit(noor, map[string]any{"credit_note": note.Number}); len(reply.Body) > 0 {
		t.Fatalf("got %s", reply.Body)
	}
	if f, err := r.Cycle.Figures(t.Context()); err != nil || !f.Unexplained().IsZero() {
		t.Errorf("unexplained %s, %v", f.Unexplained(), err)
	}
	r.noViolations()
}
