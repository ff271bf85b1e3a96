package portal

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"duly/shared/o2c"
	"duly/shared/o2c/dunning"
	"duly/shared/o2c/invoice"
	"duly/shared/testkit"
)

// pays lets money for an invoice arrive.
func (d door) pays(invoiceID string, cents int64, ref string) {
	d.t.Helper()
	in := o2c.MoneyIn{Gateway: "stripe", Ref: ref, InvoiceID: invoiceID, Amount: testkit.EUR(cents), Method: "ideal", Payer: "Acme BV", At: d.Now()}
	if err := d.Cycle.HandlePayment(d.t.Context(), d.Now(), "seen-"+ref, in); err != nil {
		d.t.Fatal(err)
	}
	d.Settle(d.t)
}

// TestCap_59_InstalmentsStandInForTheDueDate: asked for on the page, agreed by a
// person; while the instalments come nobody is dunned, each is announced, and
// one that does not come is asked for, ends the plan and re-arms the ladder.
func TestCap_59_InstalmentsStandInForTheDueDate(t *testing.T) {
	d := open(t)
	doc, path, _ := d.sold()
	for _, wrong := range []string{"", "1", "7", "three"} {
		d.leads("parts "+wrong, d.post(path+"/instalments", url.Values{"parts": {wrong}}), path+"?said=parts#problem")
	}
	d.leads("instalments", d.post(path+"/instalments", url.Values{"parts": {"3"}, "text": {"We wait for our own customer."}}), path)
	d.leads("asked twice", d.post(path+"/instalments", url.Values{"parts": {"3"}}), path+"?said=refused#problem")
	d.Settle(t)
	d.wants("asked", d.get(path), 200, "You asked to pay in 3 instalments. We answer you by mail; until then nothing changes.", "Pay €1,210.00")
	card := testkit.CardsOf[o2c.PlanCard](d.Desk)[0]
	parts := card.Plan.Parts
	if len(parts) != 3 || parts[0].Amount != testkit.EUR(40_334) || parts[2].Amount != testkit.EUR(40_333) || parts[0].On.String() != "2026-01-12" || parts[1].On.String() != "2026-02-12" {
		t.Fatalf("%+v", parts)
	}
	if _, err := d.Cycle.DecidePlan(t.Context(), d.Stamp("slack:U04APPROVE"), o2c.PlanChange{PlanID: card.Plan.ID}); err != nil {
		t.Fatal(err)
	}
	d.Settle(t)
	d.wants("agreed", d.get(path), 200, "You pay this invoice in 3 instalments", "Pay €403.34", "12 March 2026", "At most €1,210.00")
	if mails := d.lettersOf("plan_agreed"); len(mails) != 1 || d.invoiceNow(doc.ID).PausedBy() != "plan "+card.Plan.ID {
		t.Fatalf("%d mails, paused by %q", len(mails), d.invoiceNow(doc.ID).PausedBy())
	}
	d.leads("no promise beside it", d.post(path+"/promise", url.Values{"date": {"2026-01-15"}}), path+"?said=refused#problem")
	d.live(5)
	if n := len(d.lettersOf("instalment ")); n != 1 {
		t.Errorf("the first instalment was announced %d times", n)
	}
	d.pays(doc.ID, 40_334, "t1")
	d.wants("paid the first", d.get(path), 200, ">paid<", "Pay €403.33")
	d.live(38) // 17 February: the second was due on the 12th and announced on the 9th
	if n, missed := len(d.lettersOf("instalment ")), d.lettersOf("instalment_missed"); n != 2 || len(missed) != 1 || !strings.Contains(missed[0].Text, "403.33") {
		t.Errorf("announced %d, asked for %+v", n, missed)
	}
	if n := len(d.lettersOf("reminder_")); n != 0 {
		t.Errorf("%d reminders while the plan stands; the invoice was due on 4 February", n)
	}
	d.live(10)
	now := d.invoiceNow(doc.ID)
	if plan, _ := d.Cycle.PlanOf(t.Context(), doc.ID); plan.Status != dunning.PlanBroken || now.PausedBy() != "" || now.Dunning.NextStep == "" && len(now.Dunning.Sent) == 0 {
		t.Fatalf("plan %s, dunning %+v", plan.Status, now.Dunning)
	}
	if len(d.lettersOf("plan_broken")) != 1 {
		t.Error("the customer does not know that the plan ended")
	}
	d.live(5)
	if letters := d.lettersOf("reminder_"); len(letters) == 0 || !strings.Contains(letters[0].Text, "806.66") {
		t.Errorf("the ladder did not go on: %+v", letters)
	}
}

// TestCap_59_AKeptPlanEndsWithTheMoney, and one that is declined changes nothing
// but the three days in which somebody could decide.
func TestCap_59_AKeptPlanEndsWithTheMoney(t *testing.T) {
	d := open(t)
	doc, path, _ := d.sold()
	made, err := d.Cycle.AskPlan(t.Context(), d.Stamp("api:erp"), o2c.PlanInput{InvoiceID: doc.ID, Parts: 2, By: "Eline", Agreed: true})
	if err != nil || made.Status != dunning.PlanActive {
		t.Fatalf("%s %v", made.Status, err)
	}
	d.live(6)
	d.pays(doc.ID, 60_500, "t1")
	d.live(20)
	d.pays(doc.ID, 60_500, "t2")
	d.live(20)
	if plan, _ := d.Cycle.PlanOf(t.Context(), doc.ID); plan.Status != dunning.PlanKept {
		t.Errorf("the plan is %s", plan.Status)
	}
	if n := len(d.lettersOf("reminder_")) + len(d.lettersOf("instalment_missed")); n != 0 {
		t.Errorf("%d letters to who paid in time", n)
	}
	d.wants("kept", d.get(path), 200, "You paid all instalments.")
}

func TestCap_59_ADeclinedPlanIsAnswered(t *testing.T) {
	d := open(t)
	doc, path, _ := d.sold()
	d.live(30) // 4 February: due
	d.post(path+"/instalments", url.Values{"parts": {"2"}})
	d.Settle(t)
	card := testkit.CardsOf[o2c.PlanCard](d.Desk)[0]
	d.live(3) // the friendly reminder would go out on the 9th
	if _, err := d.Cycle.DecidePlan(t.Context(), d.Stamp("slack:U04APPROVE"), o2c.PlanChange{PlanID: card.Plan.ID, Decline: true, Answer: "It is too small for a plan."}); err != nil {
		t.Fatal(err)
	}
	d.Settle(t)
	d.wants("declined", d.get(path), 200, "Our answer: “It is too small for a plan.”")
	d.live(5)
	if len(d.lettersOf("plan_declined")) != 1 || len(d.lettersOf("reminder_friendly")) != 1 || d.invoiceNow(doc.ID).PausedBy() != "" {
		t.Errorf("letters %d %d", len(d.lettersOf("plan_declined")), len(d.lettersOf("reminder_friendly")))
	}
}

// TestThePageTakesAnOrderNumberAndForwards: a copy with the number, the legal
// document untouched; a colleague gets the invoice with a link of its own.
func TestThePageTakesAnOrderNumberAndForwards(t *testing.T) {
	d := open(t)
	doc, path, _ := d.sold()
	legal := d.get(path + "/pdf").Body
	for _, wrong := range []string{"", "   ", strings.Repeat("x", 51), "a\nb"} {
		d.leads("number", d.post(path+"/po-number", url.Values{"po_number": {wrong}}), path+"?said=po_number#problem")
	}
	for range 2 {
		d.leads("number", d.post(path+"/po-number", url.Values{"po_number": {" PO <4711> "}}), path)
		d.Settle(t)
	}
	after := d.invoiceNow(doc.ID)
	inv, err := o2c.Read[invoice.Invoice](t.Context(), d.Cycle, doc.ID)
	if err != nil || !inv.Intact() || after.Number != doc.Number || after.PONumber != doc.PONumber || after.BuyerPO != "PO <4711>" {
		t.Fatalf("the legal document changed: %+v", after)
	}
	if got, err := d.Desk.Get(t.Context(), o2c.PaperName(doc)); err != nil || string(got) != legal {
		t.Error("the legal document is another one")
	}
	if mails := d.lettersOf("invoice_copy"); len(mails) != 1 || len(mails[0].Attachments) != 1 || mails[0].To != "finance@acme.example" {
		t.Fatalf("%+v", mails)
	}
	d.wants("told", d.get(path), 200, "Your order number PO &lt;4711&gt; stands on the copy")
	for _, wrong := range []string{"", "x", "a b@c", "Eve <eve@evil.example>", "a@b.example, c@d.example"} {
		d.leads("address", d.post(path+"/forward?lang=nl", url.Values{"email": {wrong}}), path+"?lang=nl&said=email#problem")
	}
	for range 2 {
		d.leads("forward", d.post(path+"/forward", url.Values{"email": {"Board@Acme.example"}}), path+"?done=forwarded")
		d.Settle(t)
	}
	mails := d.lettersOf("invoice_forward")
	if len(mails) != 1 || mails[0].To != "board@acme.example" || len(mails[0].Attachments) != 1 {
		t.Fatalf("%+v", mails)
	}
	_, link, _ := strings.Cut(mails[0].Text, "https://duly.example")
	link, _, _ = strings.Cut(link, " ")
	if link == path {
		t.Error("the colleague got the customer's own link")
	}
	d.wants("the colleague's page", d.get(link), 200, doc.Number)
	for i := range 6 {
		d.post(path+"/forward", url.Values{"email": {string(rune('a'+i)) + "@acme.example"}})
	}
	d.Settle(t)
	if n := len(d.lettersOf("invoice_forward")); n != 5 {
		t.Errorf("sent to %d strangers", n)
	}
	d.Advance(time.Hour)
	for _, l := range testkit.Lines(d.Desk) {
		if l.What == o2c.LinePONumber && strings.Contains(l.Note, "PO <4711>") {
			return
		}
	}
	t.Errorf("the team reads %+v", testkit.Lines(d.Desk))
}
