package web

import (
	"encoding/csv"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"duly/infra/local/bank"
	workspace "duly/infra/local/slack"
	"duly/shared/o2c"
	"duly/shared/o2c/cash"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/ledger"
	"duly/shared/o2c/order"
	"duly/shared/testkit"
	"duly/shared/text"
)

// everyPage is a house where something is on every page, and the pages' addresses.
func (h *house) everyPage() []string {
	h.t.Helper()
	first, second := h.sold("1", 50_000), h.sold("2", 80_000)
	h.ordered("3", 900_000)
	inv, err := o2c.Read[invoice.Invoice](h.t.Context(), h.Cycle, first)
	if err != nil {
		h.t.Fatal(err)
	}
	d := inv.Data()
	for i, amount := range []int64{30_000, 7_700} { // a part of an invoice, and money that nobody knows
		in := o2c.MoneyIn{Gateway: "stripe", Ref: "pi_" + string(rune('1'+i)), Amount: testkit.EUR(amount), At: h.Now()}
		if i == 0 {
			in.InvoiceID = second
		}
		if err := h.Cycle.HandlePayment(h.t.Context(), h.Now(), in.Ref, in); err != nil {
			h.t.Fatal(err)
		}
	}
	if err := h.Cycle.Park(h.t.Context(), h.Now(), o2c.ParkedData{Function: "order-webhook", Endpoint: "demo-shopify", Topic: "orders/create", Body: []byte(`{"odd":true}`), Problem: "no order number"}); err != nil {
		h.t.Fatal(err)
	}
	today := h.today()
	if _, err := h.Cycle.ImportStatement(h.t.Context(), h.Stamp("bank"), cash.Statement{
		ID: "s1", Account: h.Cycle.Policy.Seller.IBAN, Currency: "EUR", From: today, To: today, Opening: testkit.EUR(0), Closing: testkit.EUR(0),
	}); err != nil {
		h.t.Fatal(err)
	}
	h.Settle(h.t)
	return []string{
		"/", "/customers", "/customers?q=acme", "/customers/" + d.CustomerID, "/invoices", "/invoices?status=open", "/invoices?status=overdue", "/invoices?customer=" + d.CustomerID,
		"/invoices?from=2026-01-01&to=2026-12-31", "/invoices?number=" + d.Number, "/invoices/" + d.Number, "/cash", "/cash?show=payouts", "/cash?show=bank", "/cash?show=lines", "/cash?show=lines&state=asks&text=a&from=2026-01-01&to=2026-12-31", "/deliveries", "/deliveries?show=in", "/deliveries?show=out", "/settings",
	}
}

// bankDay is a day on which somebody paid and money left, and the address of the page that says what it was.
func (h *house) bankDay() string {
	h.t.Helper()
	b := h.signedIn(joost)
	sent := b.upload("day.xml", h.statement(bank.Entry{Amount: 7_700, Name: "Somebody <b>", Text: "for a chair"}, bank.Entry{Amount: -4_500, Name: "Papier BV"}), "once", "1")
	if sent.StatusCode != 303 {
		h.t.Fatalf("%d %s", sent.StatusCode, sent.Body)
	}
	return sent.Headers["location"]
}

var (
	rawKey   = regexp.MustCompile(`>[^<]*\b(web|page|pdf|format|month)\.[a-z_]+`)
	leftover = regexp.MustCompile(`\{[A-Z][a-z]+\}`)
)

// TestEveryPageInEveryLanguage: each page is whole, says nothing in keys, allows no script, and is kept nowhere.
func TestEveryPageInEveryLanguage(t *testing.T) {
	h := open(t)
	pages := append(h.everyPage(), h.bankDay())
	h.Advance(40 * 24 * time.Hour)
	b := h.signedIn(sam)
	h.Meter.Writes = 0
	for _, lang := range text.Languages() {
		b.cookies[languageCookie] = lang
		for _, path := range pages {
			r := b.get(path)
			if r.StatusCode != http.StatusOK {
				t.Fatalf("%s: %d", path, r.StatusCode)
			}
			_, body, _ := strings.Cut(r.Body, "</style>")
			if m := rawKey.FindString(body); m != "" {
				t.Errorf("%s %s says %s", lang, path, m)
			}
			if m := leftover.FindString(body); m != "" {
				t.Errorf("%s %s leaves %s", lang, path, m)
			}
			if !strings.Contains(r.Body, `<html lang="`+lang+`">`) || strings.Contains(r.Body, "<script") || strings.Contains(body, ` style="`) || strings.Count(body, "<h1>") != 1 || r.Headers["cache-control"] != "no-store" {
				t.Errorf("%s %s: %v", lang, path, r.Headers)
			}
		}
	}
	if h.Meter.Writes != 0 {
		t.Errorf("looking wrote %d times", h.Meter.Writes)
	}
}

// TestTheSumsAgreeWithTheBooks: what the pages add up is what the trial balance says, to the cent.
func TestTheSumsAgreeWithTheBooks(t *testing.T) {
	h := open(t)
	pages := h.everyPage()
	balance, err := h.Cycle.TrialBalance(t.Context(), h.today())
	if err != nil {
		t.Fatal(err)
	}
	minor := func(role string) (sum int64) {
		for _, a := range balance {
			if a.Account.Role == role {
				sum += a.Balance.Minor
			}
		}
		return sum
	}
	of := func(role string) string { return text.In("en").Money(minor(role), "EUR") }
	b := h.signedIn(joost)
	b.wants("receivable", b.get("/"), 200, "<dt>To receive</dt><dd>"+of(ledger.Receivable)+"</dd>")
	b.wants("what is asked in Slack", b.get("/"), 200, "<h2>Asked in Slack</h2>", "messages not understood (1)")
	unapplied := strings.Replace(of(ledger.Unapplied), "-", "", 1) // we owe it
	b.wants("money without a home", b.get("/cash"), 200, "<dt>Money without a home</dt><dd>"+unapplied+"</dd>", `<div>`+unapplied+`</div></td>`)
	b.wants("one customer's open invoices", b.get(pages[3]), 200, "<dt>Open</dt><dd>"+of(ledger.Receivable)+"</dd>")
	file := b.get("/csv/ageing")
	rows, err := csv.NewReader(strings.NewReader(file.Body)).ReadAll()
	if err != nil || len(rows) != 6 || rows[1][0] != "Not due" || rows[1][1] != testkit.EUR(minor(ledger.Receivable)).Decimal().String() {
		t.Errorf("the file says %v %v", rows, err)
	}
}

// TestAFilterNobodyForesaw: what a page does not know is said, and what to do instead.
func TestAFilterNobodyForesaw(t *testing.T) {
	h := open(t)
	b := h.signedIn(vera)
	for path, status := range map[string]int{
		"/invoices?colour=red": 422, "/invoices?status=blue": 422, "/invoices?from=yesterday": 422, "/invoices?after=zzz": 422, "/cash?show=gold": 422, "/deliveries?show=all": 422,
		"/customers?q=a&q=b": 422, "/nowhere": 404, "/invoices/2099-0001": 404, "/customers/c_none": 404, "/cash/payouts/po_none": 404, "/csv/weather": 404, "/invoices/2099-0001/pdf": 404,
	} {
		said := "filter is not known"
		if status == 404 {
			said = "There is no such page"
		}
		b.wants(path, b.get(path), status, said, `href="/invoices"`)
	}
}

// TestWhatIsDoneOnThePages: calls, promises, disputes and replays by the roles that may, each once however often it is sent.
func TestWhatIsDoneOnThePages(t *testing.T) {
	h := open(t)
	first, second := h.sold("1", 50_000), h.sold("2", 80_000)
	inv, err := o2c.Read[invoice.Invoice](t.Context(), h.Cycle, first)
	if err != nil {
		t.Fatal(err)
	}
	customer := inv.Data().CustomerID
	b := h.signedIn(joost)
	for range 2 {
		r := b.post("/customers/"+customer+"/call", "outcome", "reached", "note", "pays <b>soon</b>", "again", "2026-01-09", "once", "x", "back", "/customers/"+customer)
		if r.StatusCode != 303 || r.Headers["location"] != "/customers/"+customer+"?done=call" {
			t.Fatalf("call: %d %s", r.StatusCode, r.Body)
		}
	}
	b.wants("the call", b.get("/customers/"+customer), 200, "Spoke to them", "“pays &lt;b&gt;soon&lt;/b&gt;”", "Joost", "To be called by")
	if n := strings.Count(b.get("/customers/"+customer).Body, "Spoke to them ·"); n != 1 {
		t.Errorf("%d calls", n)
	}
	back := "/invoices/" + inv.Data().Number
	b.wants("an odd amount", b.post("/invoices/"+first+"/promise", "date", "2026-02-20", "amount", "1.240", "back", back), 422, "This is no amount", "Invoice 2026-0001")
	if r := b.post("/invoices/"+first+"/promise", "date", "2026-01-15", "once", "y", "back", back); r.StatusCode != 303 {
		t.Errorf("promise: %d %s", r.StatusCode, r.Body)
	}
	if r := b.post("/invoices/"+second+"/dispute", "reason", "price", "amount", "10,00", "text", "too dear", "once", "z", "back", back); r.StatusCode != 303 {
		t.Errorf("dispute: %d %s", r.StatusCode, r.Body)
	}
	h.Settle(t)
	b.wants("promised", b.get(back), 200, "promised", "Payment promised")
	b.wants("disputed", b.get("/"), 200, "Open disputes", "€10.00")
	b.wants("elsewhere", b.post("/customers/"+customer+"/call", "outcome", "odd", "back", "https://evil.example/"), 422, "Today")

	if err := h.Cycle.Park(t.Context(), h.Now(), o2c.ParkedData{Function: "order-webhook", Endpoint: "demo-shopify", Topic: "orders/create", Body: []byte(`{}`), Problem: "no number"}); err != nil {
		t.Fatal(err)
	}
	admin := h.signedIn(sam)
	path := "/deliveries/parked/" + between(admin.get("/deliveries").Body, `action="/deliveries/parked/`, `"`)
	b.wants("as a collector", b.post(path, "back", "/deliveries"), 403, "Your role does not allow this")
	if r := admin.post(path, "back", "/deliveries"); r.StatusCode != 303 || len(h.again) != 1 {
		t.Errorf("replay: %d %v", r.StatusCode, h.again)
	}
	admin.wants("replayed", admin.get("/deliveries"), 200, "handled again on")
	out := between(admin.get("/deliveries?show=out").Body, `action="/deliveries/events/`, `"`)
	if r := admin.post("/deliveries/events/"+out, "back", "/deliveries?show=out"); r.StatusCode != 303 {
		t.Errorf("replay of an event: %d %s", r.StatusCode, r.Body)
	}
}

// TestADraftIsRetriedOnItsPage: what it lacked is there by then.
func TestADraftIsRetriedOnItsPage(t *testing.T) {
	h := open(t)
	in := testkit.Order("1", 50_000, h.Now())
	in.Buyer.Address.City = ""
	taken, err := h.Cycle.HandleShop(t.Context(), h.Arrive(order.Create, in))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Cycle.Ship(t.Context(), h.Stamp("api:t"), taken.OrderID, order.IncomingShipment{}); err != nil {
		t.Fatal(err)
	}
	h.Settle(t)
	o, err := o2c.Read[order.Order](t.Context(), h.Cycle, taken.OrderID)
	if err != nil {
		t.Fatal(err)
	}
	id := o.Data().Invoices[0]
	b := h.signedIn(joost)
	b.wants("the draft", b.get("/invoices/"+id), 200, "It cannot be issued yet", "/retry")
	if r := b.post("/invoices/"+id+"/retry", "back", "/invoices/"+id); r.StatusCode != 303 {
		t.Errorf("retry: %d %s", r.StatusCode, r.Body)
	}
}

// TestSettingsAreAnAdminsToChange: an override is audited and shows who gave it; anybody else is told so.
func TestSettingsAreAnAdminsToChange(t *testing.T) {
	h := open(t)
	reader, admin := h.signedIn(joost), h.signedIn(sam)
	if body := reader.get("/settings").Body; strings.Contains(body, `action="/settings"`) {
		t.Error("a collector is offered the form")
	}
	reader.wants("forged", reader.post("/settings", "weekly", "true", "back", "/settings"), 403, "Your role does not allow this")
	admin.wants("half", admin.post("/settings", "from", "9", "back", "/settings"), 422, "Settings")
	admin.wants("no hour", admin.post("/settings", "from", "nine", "until", "17", "back", "/settings"), 422, "whole hours")
	if r := admin.post("/settings", "weekly", "true", "from", "9", "until", "17", "once", "1", "back", "/settings"); r.StatusCode != 303 {
		t.Fatalf("%d %s", r.StatusCode, r.Body)
	}
	admin.wants("changed", admin.get("/settings"), 200, "Slack, Sam on ", "Messages from, hour", `value="17"`)
	if rules, err := h.Cycle.Room(t.Context()); err != nil || rules.Hours.From != 9 || rules.Hours.To != 17 || !rules.Weekly {
		t.Errorf("%+v %v", rules, err)
	}
	trail, err := h.Cycle.Store.Events(t.Context(), o2c.Key{Kind: "settings", ID: "house"})
	if err != nil || len(trail) != 1 || trail[0].Actor != "slack:"+sam {
		t.Errorf("the trail is %v %v", trail, err)
	}
}

// TestCap_88_AColleaguesViewsStandOnTheirHome: a list that was narrowed down is saved from its page, stands on the pages and
// on the Home of its owner alone, opens from there by a link of their own, and is removed again.
func TestCap_88_AColleaguesViewsStandOnTheirHome(t *testing.T) {
	h := open(t)
	mine, other := h.signedIn(joost), h.signedIn(mira)
	mine.wants("the form", mine.get("/invoices?status=overdue"), 200, `action="/views"`, `value="/invoices?status=overdue"`)
	if body := mine.get("/invoices").Body; strings.Contains(body, `action="/views"`) {
		t.Error("a list that is not narrowed down can be saved")
	}
	save := func(name, path string) events.APIGatewayV2HTTPResponse {
		return mine.post("/views", "name", name, "path", path, "back", "/invoices?status=overdue")
	}
	if r := save("Late <ones>", "/invoices?status=overdue"); r.StatusCode != 303 {
		t.Fatalf("%d %s", r.StatusCode, r.Body)
	}
	mine.wants("saved", mine.get("/invoices?status=overdue&done=view"), 200, "The view is saved", "Late &lt;ones&gt;", `action="/views/remove"`)
	mine.wants("today", mine.get("/"), 200, `href="/invoices?status=overdue"`)
	for what, path := range map[string]string{"elsewhere": "https://evil.example/invoices?status=overdue", "another page": "/settings?x=1", "no filter": "/invoices", "two slashes": "//evil.example/invoices?a=b"} {
		if r := save("x", path); r.StatusCode != 422 {
			t.Errorf("%s: %d", what, r.StatusCode)
		}
	}
	if r := save("", "/invoices?status=open"); r.StatusCode != 422 {
		t.Errorf("without a name: %d", r.StatusCode)
	}
	if strings.Contains(other.get("/").Body, "Late &lt;ones&gt;") {
		t.Error("a colleague sees it")
	}
	home := func(user string) workspace.View {
		t.Helper()
		if reply, err := h.slack.OpenHome(t.Context(), user); err != nil || reply.Status != 200 {
			t.Fatalf("%v %v", reply, err)
		}
		view, _ := h.slack.Home(user)
		return view
	}
	if got := string(home(joost).Blocks); !strings.Contains(got, "ones") || !strings.Contains(got, " · invoices") || !strings.Contains(got, "Duly this month: about €") {
		t.Errorf("the Home is %s", got)
	}
	if got := string(home(mira).Blocks); strings.Contains(got, "web.view") {
		t.Error("it stands on a colleague's Home")
	}
	if _, err := h.slack.Press(t.Context(), joost, "", "", "web.view", ""); err != nil {
		t.Fatal(err)
	}
	again := h.browser()
	link := ""
	for _, v := range h.slack.Views() {
		if _, rest, ok := strings.Cut(string(v.Blocks), "https://duly.example/sign-in/"); ok && v.User == joost {
			token, _, _ := strings.Cut(rest, `"`)
			link = "/sign-in/" + token
		}
	}
	if r := again.post(link); r.StatusCode != 303 || r.Headers["location"] != "/invoices?status=overdue" {
		t.Errorf("the link leads to %d %s", r.StatusCode, r.Headers["location"])
	}
	if r := mine.post("/views/remove", "name", "Late <ones>", "back", "/"); r.StatusCode != 303 || strings.Contains(mine.get("/").Body, "Late &lt;") {
		t.Errorf("it stays: %d", r.StatusCode)
	}
}

// TestThePagesSpeakTheColleaguesOwnLanguage: the one that they set in Slack, unless this browser chose another.
func TestThePagesSpeakTheColleaguesOwnLanguage(t *testing.T) {
	h := open(t)
	b := h.signedIn(joost)
	b.wants("the team's", b.get("/settings"), 200, `lang="en"`, "Said in", "duly.yaml")
	if err := h.Cycle.SetPersonal(t.Context(), h.Stamp("slack:"+joost), joost, o2c.Personal{Language: "de"}); err != nil {
		t.Fatal(err)
	}
	b.wants("the own", b.get("/settings"), 200, `lang="de"`, "Gesagt in")
	b.post("/language", "lang", "fr", "back", "/settings")
	b.wants("the browser's", b.get("/settings"), 200, `lang="fr"`)
}

// TestSettingsSayWhatTheEnvironmentSets: a value that a variable prevails with is not said to be the file's.
func TestSettingsSayWhatTheEnvironmentSets(t *testing.T) {
	h := open(t)
	h.Cycle.Policy.Pinned = []string{"terms.default_days", "channels.digest", "room.loud_from"}
	b := h.signedIn(sam)
	if n := strings.Count(b.get("/settings").Body, "the environment"); n != 3 {
		t.Errorf("%d values are the environment's, want 3", n)
	}
}
