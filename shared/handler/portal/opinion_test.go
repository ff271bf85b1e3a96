package portal

import (
	"net/url"
	"strings"
	"testing"

	"duly/shared/o2c"
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/invoice"
	"duly/shared/testkit"
)

// asked is what the retro says of who was asked, in this month.
func (d door) asked(who string) o2c.Scored {
	d.t.Helper()
	r, err := d.Cycle.Retro(d.t.Context(), d.Now(), calendar.On(d.Now(), d.Cycle.Policy.Zone))
	if err != nil {
		d.t.Fatal(err)
	}
	for _, o := range r.Opinions {
		if o.Who == who {
			return o.Now
		}
	}
	d.t.Fatalf("the retro knows nothing of %s", who)
	return o2c.Scored{}
}

// TestCap_86_OneQuestionToWhoPaid: off until it is switched on; the page of a
// paid invoice asks once, a GET answers nothing, and the team reads the words.
func TestCap_86_OneQuestionToWhoPaid(t *testing.T) {
	d := open(t)
	doc, path, _ := d.sold()
	silent := func(what string) {
		t.Helper()
		if r := d.get(path); strings.Contains(r.Body, "How was it?") {
			t.Errorf("%s: the page asks", what)
		}
	}
	answer := url.Values{"score": {"4"}, "text": {"Fast, but the box was <big>."}}
	d.Cycle.Policy.Room.AskCustomers = true
	silent("not paid")
	d.leads("not paid", d.post(path+"/opinion?lang=en", answer), path+"?lang=en&said=refused#problem")
	d.pays(doc.ID, doc.Total.Minor, "pi_1")
	d.Cycle.Policy.Room.AskCustomers = false
	silent("switched off")
	d.leads("switched off", d.post(path+"/opinion?lang=en", answer), path+"?lang=en&said=refused#problem")
	d.Cycle.Policy.Room.AskCustomers = true
	for lang, said := range map[string]string{"en": "How was it?", "nl": "Hoe was het?", "de": "Wie war es?", "fr": "Comment était-ce"} {
		d.wants(lang, d.get(path+"?lang="+lang), 200, said, `type="radio"`, `id="opinion"`)
	}
	d.leads("nothing chosen", d.post(path+"/opinion?lang=en", nil), path+"?lang=en&said=score#problem")
	d.wants("nothing chosen", d.get(path+"?lang=en&said=score"), 200, "Choose a number from 1 to 5", `id="score-wrong"`)
	d.leads("six", d.post(path+"/opinion?lang=en", url.Values{"score": {"6"}}), path+"?lang=en&said=score#problem")
	d.get(path + "/opinion?score=5")
	if got := d.asked(o2c.AskedCustomers); got.Answers != 0 {
		t.Errorf("%d answers before any", got.Answers)
	}
	d.leads("answered", d.post(path+"/opinion?lang=en", answer), path+"?lang=en")
	d.leads("again", d.post(path+"/opinion?lang=en", url.Values{"score": {"1"}}), path+"?lang=en")
	d.wants("thanked", d.get(path+"?lang=en"), 200, "Thank you for your answer: 4 of 5.")
	silent("answered")
	if got := d.asked(o2c.AskedCustomers); got.Answers != 1 || got.Mean.Value.String() != "4" {
		t.Errorf("the retro says %+v", got)
	}
	d.Settle(t)
	told := testkit.CardsOf[o2c.NoticeCard](d.Desk)
	if len(told) != 1 || told[0].Notice.Why != answer.Get("text") || told[0].Notice.Score != 4 {
		t.Errorf("told %+v", told)
	}
}

// TestCap_86_NobodyIsAskedAfterTrouble: not who said that something was wrong,
// who took the money back, or who had a formal letter.
func TestCap_86_NobodyIsAskedAfterTrouble(t *testing.T) {
	for name, trouble := range map[string]func(door, string, string, int64){
		"none": func(d door, id, _ string, cents int64) { d.pays(id, cents, "pi_1") },
		"a dispute": func(d door, id, path string, cents int64) {
			d.post(path+"/dispute", url.Values{"reason": {"price"}, "amount": {"1000"}, "text": {"Too dear."}})
			d.pays(id, cents, "pi_1")
		},
		"a formal letter": func(d door, id, _ string, cents int64) {
			d.live(75)
			d.pays(id, cents, "pi_1")
		},
		"a chargeback": func(d door, id, _ string, cents int64) {
			d.pays(id, cents, "pi_1")
			back := o2c.Chargeback{Gateway: "stripe", Ref: "pi_1", ID: "dp_1", Amount: testkit.EUR(cents), Status: "open", At: d.Now(), DueAt: d.Now()}
			if err := d.Cycle.HandlePayment(t.Context(), d.Now(), "seen-dp", back); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := open(t)
			d.t = t
			d.Cycle.Policy.Room.AskCustomers = true
			doc, path, _ := d.sold()
			trouble(d, doc.ID, path, doc.Total.Minor)
			if got := d.invoiceNow(doc.ID); got.Status != invoice.Paid {
				t.Errorf("it is %s", got.Status)
			}
			asks := strings.Contains(d.get(path).Body, "How was it?")
			d.post(path+"/opinion", url.Values{"score": {"1"}})
			if got := d.asked(o2c.AskedCustomers).Answers; asks != (name == "none") || (got == 1) != (name == "none") {
				t.Errorf("asked: %v, answers %d; the invoice is %s of %v", asks, got, d.invoiceNow(doc.ID).Status, d.invoiceNow(doc.ID).Dunning)
			}
		})
	}
}
