package portal

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"duly/shared/handler/api"
	"duly/shared/handler/dunning"
	"duly/shared/handler/trigger"
	"duly/shared/o2c"
	"duly/shared/o2c/order"
	"duly/shared/o2c/quote"
)

const programKey = "duly_test_0123456789abcdef0123456789abcdef"

// shop is a portal with the API and the calendar beside it, all on one world.
type shop struct {
	door
	api     trigger.Handler
	dunning trigger.Handler
}

func openShop(t *testing.T) shop {
	t.Helper()
	d := open(t)
	if _, err := d.Cycle.CreateKey(t.Context(), d.Stamp("system:test"), "test", []string{o2c.ScopeRead, o2c.ScopeWrite}, programKey); err != nil {
		t.Fatal(err)
	}
	silent := slog.New(slog.DiscardHandler)
	return shop{
		door: d, api: api.New(api.Deps{Cycle: d.Cycle, Files: d.Desk, Papers: d.Desk, Now: d.Now, Log: silent}),
		dunning: dunning.New(dunning.Deps{Cycle: d.Cycle, Now: d.Now, Log: silent}),
	}
}

// program asks the API and reads the answer into out.
func (s shop) program(method, path, body string, out any) events.APIGatewayV2HTTPResponse {
	s.t.Helper()
	r, err := http.NewRequestWithContext(context.Background(), method, "https://duly.example"+path, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+programKey)
	r.Header.Set("Content-Type", "application/json")
	got, err := s.api.HTTP(context.Background(), trigger.Request(r, []byte(body)))
	if err != nil {
		s.t.Fatal(err)
	}
	raw := got.Body
	if out != nil && got.StatusCode < 300 {
		if err := json.Unmarshal([]byte(raw), out); err != nil {
			s.t.Fatalf("%s %s answered %d %s", method, path, got.StatusCode, raw)
		}
	}
	return got
}

// offered is what tests read of a quote.
type offered struct {
	ID, Number, Status, CustomerID string
	Version, Terms, Reminders      int
	Holds                          []string
	Total                          struct{ Amount int64 }
	ValidUntil                     string `json:"valid_until"`
	TermsVersion                   string `json:"terms_version"`
	Document                       string `json:"document_sha256"`
	PortalURL                      string `json:"portal_url"`
	OrderID                        string `json:"order_id"`
	Taxes                          []struct {
		Rate string
		Tax  struct{ Amount int64 }
	}
	Credit *struct {
		Decision, Status string
		Reasons          []struct{ Code string }
	}
	Acceptance *struct {
		Name, IP, Contact string
		At                time.Time
		Document          string `json:"document_sha256"`
		TermsVersion      string `json:"terms_version"`
	}
	Contract *struct {
		ID, Hash string
	}
}

// draft asks for a quote of so many chairs at 500.00 without tax, with fields of
// its own.
func (s shop) draft(chairs int, more string) offered {
	s.t.Helper()
	s.Advance(time.Second) // the same request at the same time would be the same quote
	body := fmt.Sprintf(`{"customer": {"name": "Acme BV", "email": "finance@acme.example", "kvk": "87654321", "language": "en",
		"address": {"street": "Dam 1", "postal_code": "1012 JS", "city": "Amsterdam", "country": "NL"}}, %s
		"lines": [{"sku": "CHAIR", "name": "Chair", "quantity": %d, "unit_price": {"amount": 50000, "currency": "EUR"}, "tax_rate": "21"},
		          {"name": "Manual", "quantity": 1, "unit_price": {"amount": 1000, "currency": "EUR"}, "tax_rate": "9"}]}`, more, chairs)
	var q offered
	if r := s.program("POST", "/v1/quotes", body, &q); r.StatusCode != 201 {
		s.t.Fatalf("draft: %d %s", r.StatusCode, r.Body)
	}
	return q
}

// sent drafts and sends, and gives the path of the customer's page.
func (s shop) sent(chairs int, more string) (offered, string) {
	s.t.Helper()
	q := s.draft(chairs, more)
	s.send(q.ID)
	s.Settle(s.t)
	q = s.read(q.ID)
	return q, s.path(q.PortalURL, nil)
}

func (s shop) send(id string) (offered, events.APIGatewayV2HTTPResponse) {
	s.t.Helper()
	var q offered
	r := s.program("POST", "/v1/quotes/"+id+"/send", "", &q)
	return q, r
}

func (s shop) read(id string) offered {
	s.t.Helper()
	var q offered
	s.program("GET", "/v1/quotes/"+id, "", &q)
	return q
}

func (s shop) tick() {
	s.t.Helper()
	if err := s.dunning.Tick(context.Background(), trigger.Tick{Schedule: "dunning"}); err != nil {
		s.t.Fatal(err)
	}
	s.Settle(s.t)
}

// letters counts the letters of a template.
func (s shop) letters(template string) int {
	n := 0
	for _, l := range s.Desk.Letters {
		if strings.HasPrefix(l.Subject, template+" ") {
			n++
		}
	}
	return n
}

func yes(name string) url.Values { return url.Values{"name": {name}, "agree": {"1"}} }

// TestCap_01_AQuoteHasItsParticularsAndExpires: number, validity, VAT split; it
// is expired on the day after its validity and not before.
func TestCap_01_AQuoteHasItsParticularsAndExpires(t *testing.T) {
	s := openShop(t)
	q, path := s.sent(2, `"valid_until": "2026-01-09",`)
	// 2 × 500.00 + 21 % = 1,210.00; 10.00 + 9 % = 10.90
	if q.Number != "Q2026-0001" || q.Status != "sent" || q.Total.Amount != 122_090 || q.ValidUntil != "2026-01-09" || q.Terms != 30 || q.TermsVersion != "2026-01" {
		t.Errorf("sent as %+v", q)
	}
	if len(q.Taxes) != 2 || q.Taxes[0].Rate != "21" || q.Taxes[0].Tax.Amount != 21_000 || q.Taxes[1].Rate != "9" || q.Taxes[1].Tax.Amount != 90 {
		t.Errorf("VAT split %+v", q.Taxes)
	}
	if second := s.draft(1, ""); second.Number != "Q2026-0002" || second.ValidUntil != "2026-02-04" {
		t.Errorf("the second is %+v", second)
	}
	if s.letters("quote") != 1 || len(s.Desk.Letters[0].Attachments) != 1 {
		t.Fatalf("letters %+v", s.Desk.Letters)
	}
	s.wants("its page", s.get(path), 200, "Quote Q2026-0001", "€1,220.90", "valid until 9 January 2026", "Accept for €1,220.90", `type="checkbox"`)
	for _, at := range []struct {
		hours int
		want  string
	}{{0, "sent"}, {4*24 + 13, "sent"}, {1, "expired"}, {24, "expired"}} { // the world starts on Monday 5 January, 10:00 in Amsterdam; then Friday 23:00, Saturday 00:00
		s.Advance(time.Duration(at.hours) * time.Hour)
		s.tick()
		if got := s.read(q.ID).Status; got != at.want {
			t.Errorf("%s: %s, want %s", s.Now(), got, at.want)
		}
	}
	s.wants("its page", s.get(path), 200, "was valid until 9 January 2026")
}

// TestCap_38_AnOfferedDiscountIsOrdered: what was offered with a discount and a
// surcharge of the whole is ordered so, to the cent.
func TestCap_38_AnOfferedDiscountIsOrdered(t *testing.T) {
	s := openShop(t)
	q, path := s.sent(2, `"allowances": [{"reason": "Second order", "percent": "7.5"}], "charges": [{"reason": "Small order", "amount": {"amount": 750, "currency": "EUR"}}],`)
	s.wants("its page", s.get(path), 200, "Second order (VAT 21%)", "-€75.00", "Small order (VAT 21%)")
	s.leads("yes", s.post(path+"/accept", yes("Eline Vos")), path)
	var o struct {
		Total struct{ Amount int64 }
		Lines []struct {
			Name    string
			Overall bool
		}
	}
	s.program("GET", "/v1/orders/"+s.read(q.ID).OrderID, "", &o)
	if o.Total.Amount != q.Total.Amount || len(o.Lines) != 6 || !o.Lines[2].Overall || o.Lines[2].Name != "Second order" {
		t.Errorf("ordered %+v, offered %d", o, q.Total.Amount)
	}
}

// TestCap_02_AcceptedOnceHoweverOftenPressed: the evidence of the acceptance is
// kept, and one order comes of it, however many press at once.
func TestCap_02_AcceptedOnceHoweverOftenPressed(t *testing.T) {
	s := openShop(t)
	q, path := s.sent(2, "")
	const presses = 8
	var all sync.WaitGroup
	answers := make([]events.APIGatewayV2HTTPResponse, presses)
	for i := range presses {
		all.Add(1)
		go func() {
			defer all.Done()
			r, _ := http.NewRequestWithContext(context.Background(), "POST", "https://duly.example"+path+"/accept", nil)
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.RemoteAddr = "198.51.100.7:41000"
			answers[i], _ = s.h.HTTP(context.Background(), trigger.Request(r, []byte(yes("Eline Vos").Encode())))
		}()
	}
	all.Wait()
	s.leads("once more", s.post(path+"/accept", yes("Somebody Else")), path)
	for i, r := range answers {
		s.leads(fmt.Sprintf("press %d", i), r, path)
	}
	s.Settle(t)
	orders, err := o2c.ListOf[order.Order](t.Context(), s.Cycle, 10, "")
	if err != nil || len(orders.Items) != 1 {
		t.Fatalf("%d orders, %v", len(orders.Items), err)
	}
	o := orders.Items[0].Data()
	if o.Status != "confirmed" || o.Total.Minor != 122_090 || o.QuoteID != q.ID || o.Number != q.Number {
		t.Errorf("order %+v", o)
	}
	after := s.read(q.ID)
	a := after.Acceptance
	if after.Status != "accepted" || after.OrderID != o.ID || a == nil || a.Name != "Eline Vos" || a.IP != "198.51.100.7" || !a.At.Equal(s.Now()) || a.Document != q.Document || a.Contact != "finance@acme.example" || a.TermsVersion != "2026-01" {
		t.Errorf("kept %+v", after)
	}
	if got := fmt.Sprintf("%x", sum(s.Desk.Letters[0].Attachments[0].Content)); got != q.Document {
		t.Errorf("the mailed document is %s, the accepted one %s", got, q.Document)
	}
	if s.letters("quote_accepted") != 1 || s.letters("confirmation") != 1 {
		t.Errorf("letters %+v", s.Desk.Letters)
	}
	s.wants("its page", s.get(path), 200, "by Eline Vos", q.Document, "/contract", "/o/")
	s.verified()
}

// TestCap_03_OneReminderBeforeTheEnd: three days before a quote expires its
// customer is reminded, once, however often the schedule ticks.
func TestCap_03_OneReminderBeforeTheEnd(t *testing.T) {
	s := openShop(t)
	q, path := s.sent(2, `"valid_until": "2026-01-16",`)
	late, _ := s.sent(1, `"valid_until": "2026-01-07",`) // sent within the three days: none
	answered, other := s.sent(1, `"valid_until": "2026-01-16",`)
	s.leads("declined", s.post(other+"/decline", url.Values{"reason": {"Too dear"}}), other)
	for range 9 * 24 { // to Wednesday the 14th
		s.Advance(time.Hour)
		s.tick()
		s.tick()
	}
	if s.letters("quote_reminder") != 1 || s.read(q.ID).Reminders != 1 {
		t.Errorf("%d reminders", s.letters("quote_reminder"))
	}
	if r := s.read(late.ID); r.Reminders != 0 || r.Status != "expired" {
		t.Errorf("the late one %+v", r)
	}
	if r := s.read(answered.ID); r.Reminders != 0 || r.Status != "declined" {
		t.Errorf("the declined one %+v", r)
	}
	sentOn := o2c.Letter{}
	for _, l := range s.Desk.Letters {
		if strings.HasPrefix(l.Subject, "quote_reminder ") {
			sentOn = l
		}
	}
	if !strings.Contains(sentOn.Text, path) {
		t.Errorf("the reminder lacks the link: %+v", sentOn)
	}
}

// TestCap_04_TermsAreFrozenAtAcceptance: what was agreed stays, whatever becomes
// of the texts and the customer's terms.
func TestCap_04_TermsAreFrozenAtAcceptance(t *testing.T) {
	s := openShop(t)
	q, path := s.sent(2, `"terms": 14,`)
	s.leads("accepted", s.post(path+"/accept", yes("Eline Vos")), path)
	s.Settle(t)
	before := s.order(q.ID)
	k := s.contract(q.ID)
	changed := s.Cycle.Policy.Terms[1]
	changed.General += "\n# 14. Surprise\nEverything is different now.\n"
	s.Cycle.Policy.Terms[1] = changed
	s.program("PATCH", "/v1/customers/"+before.CustomerID, `{"terms": 60}`, nil)
	s.Settle(t)
	if after := s.order(q.ID); after.TermsDays != 14 || after.Terms != before.Terms || after.Terms.Version != "2026-01" || after.Terms.Hash == changed.Hash() {
		t.Errorf("order %+v, before %+v", after.Terms, before.Terms)
	}
	if now := s.contract(q.ID); now != k || k.Terms.Hash != before.Terms.Hash || k.TermsDays != 14 || k.Document.Hash == "" {
		t.Errorf("contract %+v, before %+v", now, k)
	}
	// The same version with other words goes to nobody.
	refused := s.draft(1, "")
	if _, r := s.send(refused.ID); r.StatusCode != 409 || !strings.Contains(r.Body, "version of their own") {
		t.Errorf("changed texts: %d %s", r.StatusCode, r.Body)
	}
	changed.Version = "2026-02"
	s.Cycle.Policy.Terms[1] = changed
	s.program("PATCH", "/v1/customers/"+before.CustomerID, `{"terms": null}`, nil)
	next, path := s.sent(1, "")
	s.leads("accepted", s.post(path+"/accept", yes("Eline Vos")), path)
	if o := s.order(next.ID); o.Terms.Version != "2026-02" || o.Terms.Hash != changed.Hash() || o.TermsDays != 30 {
		t.Errorf("the next order %+v", o.Terms)
	}
}

// TestFC_95_WhoMayAcceptWhatAndWhen: another's token, another version, no name,
// no tick, too late, after a no: each is refused and changes nothing.
func TestFC_95_WhoMayAcceptWhatAndWhen(t *testing.T) {
	s := openShop(t)
	q, path := s.sent(2, `"valid_until": "2026-01-09",`)
	other, otherPath := s.sent(1, `"valid_until": "2026-01-09",`)
	if path == otherPath {
		t.Fatal("two quotes have one token")
	}
	for name, form := range map[string]url.Values{"name": {"agree": {"1"}, "name": {" "}}, "agree": {"name": {"Eline Vos"}}, "changed": {"name": {"Eline Vos"}, "agree": {"1"}, "document": {other.Document}}} {
		s.leads(name, s.post(path+"/accept", form), path+"?said="+name+"#problem")
		s.wants(name, s.get(path+"?said="+name), 200, "There is a problem")
	}
	for _, wrong := range []string{strings.Replace(path, "/q/", "/i/", 1) + "/accept", "/q/t1aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/accept", path[:len(path)-1] + "x/accept"} {
		if r := s.post(wrong, yes("Eline Vos")); r.StatusCode != 404 {
			t.Errorf("%s answered %d", wrong, r.StatusCode)
		}
	}
	// A revised quote is accepted by its own document alone.
	page := s.get(path).Body
	revised := s.draft(3, fmt.Sprintf(`"revises": %q, "valid_until": "2026-01-09",`, q.ID))
	if revised.Number != q.Number || revised.Version != 2 || revised.ID != q.ID {
		t.Errorf("revised to %+v", revised)
	}
	s.leads("being revised", s.post(path+"/accept", yes("Eline Vos")), path+"?said=refused#problem")
	s.send(q.ID)
	s.Settle(t)
	old := yes("Eline Vos")
	old.Set("document", hidden(t, page))
	s.leads("the page of the version before", s.post(path+"/accept", old), path+"?said=changed#problem")
	s.leads("a no", s.post(otherPath+"/decline", url.Values{"reason": {"Too dear"}}), otherPath)
	s.leads("a yes after the no", s.post(otherPath+"/accept", yes("Eline Vos")), otherPath+"?said=refused#problem")
	s.Advance(4*24*time.Hour + 14*time.Hour) // Saturday, 00:00 in Amsterdam: no tick has come yet
	s.leads("too late", s.post(path+"/accept", yes("Eline Vos")), path+"?said=refused#problem")
	s.Settle(t)
	orders, err := o2c.ListOf[order.Order](t.Context(), s.Cycle, 10, "")
	if err != nil || len(orders.Items) != 0 {
		t.Errorf("%d orders, %v", len(orders.Items), err)
	}
	if got := s.read(q.ID); got.Status != "sent" || got.Acceptance != nil {
		t.Errorf("after all that: %+v", got)
	}
	if d, err := o2c.Read[quote.Quote](t.Context(), s.Cycle, other.ID); err != nil || d.Data().Refusal.Reason != "Too dear" {
		t.Errorf("the no: %v", err)
	}
}

// hidden is the document that a page would accept.
func hidden(t *testing.T, page string) string {
	_, rest, ok := strings.Cut(page, `name="document" value="`)
	if !ok {
		t.Fatal("the page names no document")
	}
	value, _, _ := strings.Cut(rest, `"`)
	return value
}

// TestAQuoteOverTheLimitAsksFirst: it waits as a draft for the same decision as
// an order, says why, and the approval holds for the order too.
func TestAQuoteOverTheLimitAsksFirst(t *testing.T) {
	s := openShop(t)
	q := s.draft(20, "") // 12,110.90, over the limit of 10,000
	held, r := s.send(q.ID)
	if r.StatusCode != 200 || held.Status != "draft" || fmt.Sprint(held.Holds) != "[credit]" || held.Credit.Decision != "refer" || held.Credit.Status != "pending" || held.Credit.Reasons[0].Code != "over_limit" {
		t.Fatalf("%d %+v", r.StatusCode, held)
	}
	s.Settle(t)
	if s.letters("quote") != 0 {
		t.Fatal("mailed before the approval")
	}
	s.send(q.ID) // again: nothing more
	var decided offered
	answer := `{"decision": "approve_with", "conditions": {"terms": 14, "deposit_percent": "30"}, "reason": "Known for years", "as_user": "U04APPROVE"}`
	if r := s.program("POST", "/v1/quotes/"+q.ID+"/credit-decision", answer, &decided); r.StatusCode != 200 || decided.Status != "sent" || decided.Terms != 14 {
		t.Fatalf("decided: %d %s", r.StatusCode, r.Body)
	}
	s.Settle(t)
	sent := s.read(q.ID)
	path := s.path(sent.PortalURL, nil)
	s.wants("what is paid in advance", s.get(path), 200, "€3,633.27 of it is to be paid in advance")
	s.leads("accepted", s.post(path+"/accept", yes("Eline Vos")), path)
	s.Settle(t)
	if o := s.order(q.ID); o.Status != "confirmed" || o.TermsDays != 14 || o.Deposit == nil || o.Deposit.Amount.Minor != 363_327 {
		t.Errorf("the order is %s, %d days", o.Status, o.TermsDays)
	}
	s.verified()

	// The next one finds more at stake than its approval saw.
	third, _ := s.send(s.draft(5, "").ID)
	fourth, _ := s.send(s.draft(6, "").ID)
	for _, q := range []offered{third, fourth} {
		s.program("POST", "/v1/quotes/"+q.ID+"/credit-decision", answer, nil)
	}
	s.Settle(t)
	for i, want := range []string{"confirmed", "received"} {
		id := []string{third.ID, fourth.ID}[i]
		path := s.path(s.read(id).PortalURL, nil)
		s.leads("accepted", s.post(path+"/accept", yes("Eline Vos")), path)
		if o := s.order(id); o.Status != want {
			t.Errorf("order %d is %s, want %s", i, o.Status, want)
		}
	}
	s.verified()
}

// TestTermsWithinTheLaw: what the law or the customer's own agreement does not
// allow is not sent.
func TestTermsWithinTheLaw(t *testing.T) {
	s := openShop(t)
	for _, tc := range []struct {
		customer, terms string
		status          int
	}{
		{`{}`, `"terms": 60,`, 200},
		{`{}`, `"terms": 61,`, 422},
		{`{"large": true}`, `"terms": 31,`, 422},
		{`{"large": true}`, `"terms": 30,`, 200},
		{`{"large": false, "terms": 21}`, `"terms": 30,`, 422},
		{`{"terms": 21}`, ``, 200},
		{`{"kind": "public_body", "terms": null}`, `"terms": 45,`, 422},
	} {
		q := s.draft(1, tc.terms)
		s.program("PATCH", "/v1/customers/"+s.customerOf(q.ID), tc.customer, nil)
		q = s.draft(1, tc.terms)
		if _, r := s.send(q.ID); r.StatusCode != tc.status {
			t.Errorf("%s %s: %d %s", tc.customer, tc.terms, r.StatusCode, r.Body)
		}
	}
}

func (s shop) customerOf(id string) string {
	s.t.Helper()
	q, err := o2c.Read[quote.Quote](s.t.Context(), s.Cycle, id)
	if err != nil {
		s.t.Fatal(err)
	}
	return q.Data().CustomerID
}

func (s shop) order(quoteID string) order.Data {
	s.t.Helper()
	o, err := o2c.Read[order.Order](s.t.Context(), s.Cycle, o2c.OrderID("quote", quoteID))
	if err != nil {
		s.t.Fatal(err)
	}
	return o.Data()
}

func (s shop) contract(quoteID string) quote.ContractData {
	s.t.Helper()
	v, err := s.Cycle.QuoteWithCredit(s.t.Context(), quoteID)
	if err != nil || v.Contract == nil {
		s.t.Fatalf("no contract, %v", err)
	}
	return *v.Contract
}

func (s shop) verified() {
	s.t.Helper()
	s.Settle(s.t)
	if r, err := s.Cycle.Verify(s.t.Context()); err != nil || !r.OK() {
		s.t.Errorf("verify: %v\n%s", err, r)
	}
}

func sum(b []byte) [sha256.Size]byte { return sha256.Sum256(b) }
