package slack

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	papers "duly/shared/document"
	"duly/shared/handler/api"
	"duly/shared/handler/trigger"
	"duly/shared/o2c"
	"duly/shared/o2c/cash"
)

const (
	oldIBAN = "NL91ABNA0417164300"
	newIBAN = "NL02ABNA0123456789"
)

// program calls the API with a key.
func (r *room) program(method, path string, body any) (int, string) {
	r.t.Helper()
	const key = "duly_test_0123456789abcdef0123456789abcdef"
	if r.api == nil {
		h := api.New(api.Deps{Cycle: r.Cycle, Files: r.Desk, Papers: papers.Papers{}, Now: r.Now, Log: slog.New(slog.DiscardHandler)})
		r.api = &h
		if _, err := r.Cycle.CreateKey(r.t.Context(), r.Stamp("system:test"), "test", []string{o2c.ScopeRead, o2c.ScopeWrite}, key); err != nil {
			r.t.Fatal(err)
		}
	}
	raw, err := json.Marshal(body)
	if err != nil {
		r.t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(r.t.Context(), method, "https://duly.example"+path, nil)
	if err != nil {
		r.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+key)
	req.Header.Set("Content-Type", "application/json")
	answer, err := r.api.HTTP(r.t.Context(), trigger.Request(req, raw))
	if err != nil {
		r.t.Fatal(err)
	}
	return answer.StatusCode, answer.Body
}

// alerts are the subjects of the mails about the account to an address.
func (r *room) alerts(to string) (all []string) {
	for _, l := range r.Desk.Letters {
		if l.To == to && strings.Contains(l.Text, newIBAN) && !strings.Contains(l.Text, "RF") {
			all = append(all, l.Subject)
		}
	}
	return all
}

// TestFC_94: nobody alone, and nobody at once, makes customers pay elsewhere:
// two people, a time to cool off, word to the owner at the address known so far;
// invoices, letters and payment files name the old account meanwhile.
func TestFC_94_OurOwnAccountChangesByTwoPeopleAndSlowly(t *testing.T) {
	r := open(t)
	r.Outbox.Papers = papers.Papers{}
	owner := r.Cycle.Policy.Seller.Email
	r.tick()
	before := r.shipped("1", 20_000)
	if code, body := r.program("POST", "/v1/company/bank-details", map[string]any{"iban": newIBAN, "as_user": lena}); code != 403 {
		t.Fatalf("sales asks: %d %s", code, body)
	}
	if code, body := r.program("POST", "/v1/company/bank-details", map[string]any{"iban": "NL00ABNA0123456789", "as_user": bram}); code != 422 {
		t.Fatalf("a wrong IBAN: %d %s", code, body)
	}
	code, body := r.program("POST", "/v1/company/bank-details", map[string]any{"iban": newIBAN, "as_user": bram})
	r.Settle(t)
	if code != 200 || !strings.Contains(body, `"iban":"`+oldIBAN+`"`) || !strings.Contains(body, `"status":"asked"`) {
		t.Fatalf("%d %s", code, body)
	}
	if got := r.alerts(owner); len(got) != 1 {
		t.Errorf("the owner hears %q", got)
	}
	card := r.find("payee.approve")
	r.press(bram, card, "payee.approve", cash.PayeeID)  // who asked
	r.press(joost, card, "payee.approve", cash.PayeeID) // no approver
	if d := r.payee(); d.Change.Status != cash.ChangeAsked {
		t.Fatalf("%+v", d.Change)
	}
	r.press(mira, card, "payee.approve", cash.PayeeID)
	if d := r.payee(); d.Change.Status != cash.ChangeCooling || d.InForce.IBAN != oldIBAN {
		t.Fatalf("%+v", d)
	}
	r.Advance(71 * time.Hour)
	r.tick()
	between := r.shipped("2", 20_000)
	if between.Seller.IBAN != oldIBAN || r.payee().InForce.IBAN != oldIBAN {
		t.Errorf("before the time is over, invoices name %s", between.Seller.IBAN)
	}
	r.Advance(2 * time.Hour)
	after := r.shipped("3", 20_000) // before the calendar wakes
	r.tick()
	if after.Seller.IBAN != newIBAN || r.payee().InForce.IBAN != newIBAN || r.invoice(before.ID).Seller.IBAN != oldIBAN {
		t.Errorf("then invoices name %s, %s is in force", after.Seller.IBAN, r.payee().InForce.IBAN)
	}
	if got := r.alerts(owner); len(got) != 3 {
		t.Errorf("the owner heard %q", got)
	}
	r.cardWith("C03EXCEPT", "Our customers pay to")
	r.tick() // duly.yaml still has the old one, which is no news
	if d := r.payee(); d.Change.Status != cash.ChangeDone {
		t.Errorf("%+v", d.Change)
	}
	r.verified()
}

// TestFC_94: another account in duly.yaml, and another address of the owner with
// it, is a question to two people; whoever notices stops it, and letters of the
// time between name the old account.
func TestFC_94_AnAccountInThePolicyIsAskedAbout(t *testing.T) {
	r := open(t)
	r.Outbox.Papers = papers.Papers{}
	owner := r.Cycle.Policy.Seller.Email
	r.tick()
	r.shipped("1", 20_000)
	r.Cycle.Policy.Seller.IBAN, r.Cycle.Policy.Seller.Email = newIBAN, "thief@elsewhere.example"
	r.tick()
	r.tick()
	if got, thief := r.alerts(owner), r.alerts("thief@elsewhere.example"); len(got) != 1 || len(thief) != 0 {
		t.Errorf("the owner hears %q, the other address %q", got, thief)
	}
	card := r.find("payee.approve")
	r.press(mira, card, "payee.approve", cash.PayeeID)
	r.press(mira, card, "payee.approve", cash.PayeeID)
	if d := r.payee(); d.Change.Status != cash.ChangeAsked || d.Change.AskedBy != cash.FromPolicy {
		t.Fatalf("one person is enough: %+v", d.Change)
	}
	r.press(bram, card, "payee.approve", cash.PayeeID)
	if inv := r.shipped("2", 20_000); r.payee().Change.Status != cash.ChangeCooling || inv.Seller.IBAN != oldIBAN {
		t.Errorf("%+v; an invoice names %s", r.payee().Change, inv.Seller.IBAN)
	}
	r.press(joost, card, "payee.stop", cash.PayeeID)
	r.Cycle.Policy.Freshness = 0
	r.Advance(42 * 24 * time.Hour)
	r.tick()
	reminded := 0
	for _, l := range r.Desk.Letters {
		if strings.Contains(l.Text, newIBAN) && l.To != owner {
			t.Errorf("a letter names the new account: %s", l.Subject)
		}
		if strings.Contains(strings.ReplaceAll(l.Text, " ", ""), oldIBAN) && l.To != owner {
			reminded++
		}
	}
	if reminded < 3 || r.payee().Change.Status != cash.ChangeStopped || r.payee().InForce.IBAN != oldIBAN {
		t.Errorf("%d letters name the old account; %+v", reminded, r.payee())
	}
	r.verified()
}

func (r *room) payee() cash.PayeeData {
	r.t.Helper()
	d, err := r.Cycle.Payee(r.t.Context(), r.Now())
	if err != nil {
		r.t.Fatal(err)
	}
	return d
}
