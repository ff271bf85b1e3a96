package portal

import (
	"context"
	"log/slog"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	dunningtick "duly/shared/handler/dunning"
	"duly/shared/handler/trigger"
	"duly/shared/o2c"
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/cash"
	"duly/shared/o2c/dunning"
	"duly/shared/o2c/invoice"
	"duly/shared/testkit"
)

// live lets days pass with the dunning schedule and an empty statement a day.
func (d door) live(days int) {
	d.t.Helper()
	tick := dunningtick.New(dunningtick.Deps{Cycle: d.Cycle, Now: d.Now, Log: slog.New(slog.DiscardHandler)})
	for range days {
		for range 24 {
			if err := tick.Tick(context.Background(), trigger.Tick{Schedule: "dunning"}); err != nil {
				d.t.Fatal(err)
			}
			d.Advance(time.Hour)
		}
		d.Settle(d.t)
		today := calendar.On(d.Now(), d.Cycle.Policy.Zone)
		if _, err := d.Cycle.ImportStatement(context.Background(), d.Stamp("bank"), cash.Statement{
			ID: "empty-" + today.String(), Account: d.Cycle.Policy.Seller.IBAN, Currency: "EUR", From: today, To: today, Opening: testkit.EUR(0), Closing: testkit.EUR(0),
		}); err != nil {
			d.t.Fatal(err)
		}
	}
}

// invoiceNow reads an invoice again.
func (d door) invoiceNow(id string) invoice.Data {
	d.t.Helper()
	inv, err := o2c.Read[invoice.Invoice](context.Background(), d.Cycle, id)
	if err != nil {
		d.t.Fatal(err)
	}
	return inv.Data()
}

// lettersOf lists the letters of a kind that were sent.
func (d door) lettersOf(prefix string) []o2c.Letter {
	var some []o2c.Letter
	for _, l := range d.Desk.Letters {
		if strings.HasPrefix(l.Subject, prefix) {
			some = append(some, l)
		}
	}
	return some
}

// TestCap_52_ADisputePausesItsPartAlone: of 1210.00 the customer disputes
// 363.00; the other 847.00 stay payable and are dunned, and nothing else is.
func TestCap_52_ADisputePausesItsPartAlone(t *testing.T) {
	d := open(t)
	doc, path, _ := d.sold()
	for _, c := range []struct{ form, said string }{
		{"amount=0", "disputed"}, {"amount=-5", "disputed"}, {"amount=121001", "disputed"}, {"other=1.240&reason=price", "disputed"}, {"other=abc&reason=price", "disputed"},
		{"amount=36300&reason=other", "wrong"}, {"amount=36300", "wrong"}, {"amount=36300&reason=price&text=" + strings.Repeat("x", 1001), "wrong"},
	} {
		form, err := url.ParseQuery(c.form)
		if err != nil {
			t.Fatal(err)
		}
		if c.said == "disputed" && !form.Has("reason") {
			form.Set("reason", dunning.WrongPrice)
		}
		d.leads(c.form, d.post(path+"/dispute?lang=nl", form), path+"?lang=nl&said="+c.said+"#problem")
	}
	d.wants("what is wrong", d.get(path+"?said=disputed"), 200, "Write an amount up to €1,210.00", `href="#disputed"`, `id="dispute" open`)
	asked := url.Values{"other": {"363,00"}, "reason": {dunning.TooFew}, "text": {"5 of 8 came <b>&"}}
	d.leads("dispute", d.post(path+"/dispute", asked), path)
	d.leads("pressed twice", d.post(path+"/dispute", asked), path+"?said=refused#problem")
	d.Settle(t)
	d.wants("disputed", d.get(path), 200, "You told us on 5 January 2026 that €363.00 of this invoice is wrong. We answer you by 12 January 2026", "The rest, €847.00, stays due", "Pay €847.00")
	cards := testkit.CardsOf[o2c.DisputeCard](d.Desk)
	if len(cards) != 1 || cards[0].Dispute.Reason != dunning.TooFew || cards[0].Dispute.Text != "5 of 8 came <b>&" || cards[0].By != "finance@acme.example" || cards[0].Dispute.AnswerBy.String() != "2026-01-12" {
		t.Fatalf("the team sees %+v", cards)
	}
	if r := d.post(path+"/pay", nil); r.StatusCode != 303 {
		t.Fatalf("pay: %d", r.StatusCode)
	}
	for key := range d.Desk.Pages {
		if !strings.HasSuffix(key, "-84700") {
			t.Errorf("the payment page asks for %s", key)
		}
	}
	d.live(40)
	letters := d.lettersOf("reminder_")
	if len(letters) == 0 || !strings.Contains(letters[0].Text, "847.00 EUR") {
		t.Fatalf("letters %+v", letters)
	}
	for _, l := range letters {
		if strings.Contains(l.Text, "1210.00") {
			t.Errorf("a letter asks for what is disputed: %s", l.Text)
		}
	}
	if got := d.invoiceNow(doc.ID); got.Dunning.Disputed != testkit.EUR(36_300) || got.PausedBy() != "" {
		t.Errorf("%+v", got.Dunning)
	}
	if cards = testkit.CardsOf[o2c.DisputeCard](d.Desk); !cards[0].Late || !slices.ContainsFunc(testkit.Lines(d.Desk), func(l o2c.CaseLine) bool { return l.What == o2c.LineAnswerDue }) {
		t.Error("nobody was reminded of the answer")
	}
}

// TestCap_52_AllDisputedMeansNoLetter until it is rejected; then the ladder goes
// on where it was, and the rating of the payer counts one dispute.
func TestCap_52_AllDisputedMeansNoLetter(t *testing.T) {
	d := open(t)
	doc, path, _ := d.sold()
	d.live(35) // due 4 February; the nudge and the friendly reminder went out
	before := len(d.lettersOf("reminder_"))
	if before != 2 {
		t.Fatalf("%d letters", before)
	}
	d.leads("dispute", d.post(path+"/dispute", url.Values{"reason": {"the colour is wrong"}}), path)
	d.Settle(t)
	made := testkit.CardsOf[o2c.DisputeCard](d.Desk)[0].Dispute
	if made.Reason != dunning.OtherReason || made.Text != "the colour is wrong" || made.Amount != testkit.EUR(121_000) {
		t.Fatalf("%+v", made)
	}
	if page := d.get(path); strings.Contains(page.Body, "/pay?") || d.invoiceNow(doc.ID).PausedBy() != "dispute "+made.ID {
		t.Error("what is disputed is still asked for")
	}
	d.live(20)
	if n := len(d.lettersOf("reminder_")); n != before {
		t.Errorf("%d letters about what is disputed", n-before)
	}
	if _, err := d.Cycle.RejectDispute(t.Context(), d.Stamp("slack:U03COLLECT"), made.ID, "It is the colour that you ordered."); err != nil {
		t.Fatal(err)
	}
	d.Settle(t)
	if mails := d.lettersOf("dispute_rejected"); len(mails) != 1 || mails[0].To != "finance@acme.example" {
		t.Fatalf("%+v", mails)
	}
	d.wants("answered", d.get(path), 200, "Our answer: “It is the colour that you ordered.”", "Pay €1,210.00")
	if next := d.invoiceNow(doc.ID).Dunning; next.NextStep != "firm" {
		t.Errorf("the ladder goes on with %q", next.NextStep)
	}
	d.live(4)
	if all := d.lettersOf("reminder_"); len(all) <= before || !strings.HasPrefix(all[before].Subject, "reminder_firm") {
		t.Errorf("%d letters after the answer", len(all)-before)
	}
	if h := d.disputesOf(doc.CustomerID); h != 1 {
		t.Errorf("the payer's history counts %d disputes", h)
	}
}

// disputesOf is what the payer's history counts.
func (d door) disputesOf(customerID string) int64 {
	d.t.Helper()
	counters, err := d.Cycle.Store.Count(context.Background(), o2c.Key{Kind: "payer", ID: customerID})
	if err != nil {
		d.t.Fatal(err)
	}
	var n int64
	for name, value := range counters[0].Values {
		if strings.HasSuffix(name, "/disputed") {
			n += value
		}
	}
	return n
}
