package portal

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"duly/shared/handler/trigger"
	"duly/shared/o2c"
	"duly/shared/o2c/dunning"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/order"
	"duly/shared/page"
	"duly/shared/testkit"
)

// door is the portal of a world, and its log.
type door struct {
	*testkit.World
	t   *testing.T
	h   trigger.Handler
	log *bytes.Buffer
}

func open(t *testing.T) door {
	t.Helper()
	w, log := testkit.NewWorld(t), &bytes.Buffer{}
	h := New(Deps{
		Cycle: w.Cycle, Files: w.Desk, Slips: w.Desk, Now: w.Now, Log: slog.New(slog.NewTextHandler(log, nil)),
		Pages: page.New(page.Options{CheckoutOrigin: "https://pay.example", Brand: "iDEAL | Wero", Seller: w.Cycle.Policy.Seller}),
	})
	return door{World: w, t: t, h: h, log: log}
}

// ask sends a request as API Gateway passes it on.
func (d door) ask(method, path string, form url.Values, headers ...string) events.APIGatewayV2HTTPResponse {
	d.t.Helper()
	r, err := http.NewRequestWithContext(context.Background(), method, "https://duly.example"+path, nil)
	if err != nil {
		d.t.Fatal(err)
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	out, err := d.h.HTTP(context.Background(), trigger.Request(r, []byte(form.Encode())))
	if err != nil {
		d.t.Fatal(err)
	}
	return out
}

func (d door) get(path string) events.APIGatewayV2HTTPResponse { return d.ask("GET", path, nil) }

func (d door) post(path string, form url.Values) events.APIGatewayV2HTTPResponse {
	if form == nil {
		form = url.Values{}
	}
	return d.ask("POST", path, form)
}

// path is the path of an address.
func (d door) path(address string, err error) string {
	d.t.Helper()
	u, parsed := url.Parse(address)
	if err = errors.Join(err, parsed); err != nil {
		d.t.Fatal(err)
	}
	return u.Path
}

// sold orders, ships and issues; it gives the invoice and the paths of both
// links.
func (d door) sold() (inv invoice.Data, invoicePath, orderPath string) {
	d.t.Helper()
	ctx := context.Background()
	taken, err := d.Cycle.HandleShop(ctx, d.Arrive(order.Create, testkit.Order("1042", 50_000, d.Now())))
	if err != nil {
		d.t.Fatal(err)
	}
	if _, err := d.Cycle.Ship(ctx, d.Stamp("api:test"), taken.OrderID, order.IncomingShipment{Carrier: "PostNL", Tracking: "3SABC"}); err != nil {
		d.t.Fatal(err)
	}
	d.Settle(d.t)
	o, err := o2c.Read[order.Order](ctx, d.Cycle, taken.OrderID)
	if err != nil {
		d.t.Fatal(err)
	}
	i, err := o2c.Read[invoice.Invoice](ctx, d.Cycle, o.Data().Invoices[0])
	if err != nil {
		d.t.Fatal(err)
	}
	token, err := d.Cycle.Links.Token(o2c.Scope{Page: o2c.LinkOrder, Subject: o2c.KeyOf(o), Contact: "finance@acme.example"})
	return i.Data(), d.path(d.Cycle.InvoiceURL(i.Data())), d.path(d.Cycle.Policy.URL(o2c.LinkOrder, token), err)
}

func (d door) wants(what string, r events.APIGatewayV2HTTPResponse, status int, said ...string) {
	d.t.Helper()
	if r.StatusCode != status {
		d.t.Errorf("%s: status %d, want %d", what, r.StatusCode, status)
	}
	for _, s := range said {
		if !strings.Contains(r.Body, s) {
			_, body, _ := strings.Cut(r.Body, "</style>")
			d.t.Errorf("%s: %q is missing in\n%s", what, s, body)
		}
	}
}

// leads checks a 303 and gives where it leads.
func (d door) leads(what string, r events.APIGatewayV2HTTPResponse, want string) {
	d.t.Helper()
	if r.StatusCode != http.StatusSeeOther || r.Headers["location"] != want {
		d.t.Errorf("%s: %d to %q, want 303 to %q", what, r.StatusCode, r.Headers["location"], want)
	}
}

func TestPages(t *testing.T) {
	d := open(t)
	_, inv, ord := d.sold()
	r := d.get(inv)
	d.wants("invoice", r, 200, "Invoice 2026-0001", "€1,210.00", "Pay €1,210.00", "<svg", `action="`+inv+`/pay?lang=en"`)
	if csp := r.Headers["content-security-policy"]; !strings.Contains(csp, "default-src 'none'") || !strings.Contains(csp, "form-action 'self' https://pay.example;") || r.Headers["referrer-policy"] != "no-referrer" {
		t.Errorf("headers %v", r.Headers)
	}
	d.wants("invoice in Dutch", d.get(inv+"?lang=nl"), 200, `<html lang="nl">`, "Betaal €\u00a01.210,00")
	d.wants("back from the payment page", d.get(inv+"?returned=1"), 200, "Have you just paid?")
	d.wants("order", d.get(ord), 200, "Order SO-1042", "PostNL 3SABC", "Invoice 2026-0001", inv)
}

func TestGettingChangesNothing(t *testing.T) {
	d := open(t)
	_, inv, ord := d.sold()
	d.Meter.Writes = 0
	for _, path := range []string{inv, inv + "/pdf", inv + "/ubl", ord, inv + "/pay", inv + "/promise", "/i/nonsense"} {
		for range 3 { // as mail scanners do
			d.get(path)
			d.ask("HEAD", path, nil)
		}
	}
	if d.Meter.Writes != 0 {
		t.Errorf("%d writes", d.Meter.Writes)
	}
}

// A guessed token, one of another page, one with a changed letter, a page that
// is not there: all look the same.
func TestWhatALinkDoesNotOpen(t *testing.T) {
	d := open(t)
	_, inv, ord := d.sold()
	first := d.get("/i/t1aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")
	d.wants("guessed", first, 404, "This link is not valid", "administratie@voorbeeld.example")
	for name, path := range map[string]string{
		"another page's token": strings.Replace(ord, "/o/", "/i/", 1), "statement by an invoice's token": strings.Replace(inv, "/i/", "/s/", 1),
		"changed": inv[:len(inv)-1] + "2", "longer": inv + "a", "pdf": "/i/t1b/pdf", "not built yet": inv + "/dispute", "upper case": strings.ToUpper(inv), "quote": "/q/t1b",
	} {
		r := d.get(path)
		if r.StatusCode != 404 || r.Body != first.Body {
			t.Errorf("%s: %d\n%s", name, r.StatusCode, r.Body)
		}
	}
	d.wants("pay", d.post("/i/t1b/pay", nil), 404, "This link is not valid")
	d.wants("promise", d.post("/i/t1b/promise", url.Values{"date": {"2026-01-07"}}), 404, "This link is not valid")
	d.wants("by the reader's language", d.ask("GET", "/i/t1b", nil, "Accept-Language", "de-AT,de;q=0.9"), 404, `<html lang="de">`)
	if strings.Contains(d.log.String(), "t1") {
		t.Errorf("a token is in the log: %s", d.log)
	}
}

func TestPay(t *testing.T) {
	d := open(t)
	doc, inv, _ := d.sold()
	d.leads("all", d.post(inv+"/pay", nil), "https://pay.example/cs_test_1")
	d.leads("the same page again", d.post(inv+"/pay", nil), "https://pay.example/cs_test_1")
	d.leads("a part in cents", d.post(inv+"/pay", url.Values{"amount": {"10000"}}), "https://pay.example/cs_test_2")
	d.leads("a part as people write it", d.post(inv+"/pay?lang=nl", url.Values{"other": {" 250,50 "}}), "https://pay.example/cs_test_3")
	for _, wrong := range []url.Values{
		{"amount": {"0"}}, {"amount": {"-1"}}, {"amount": {"121001"}}, {"amount": {"12.50"}}, {"amount": {"9223372036854775808"}},
		{"other": {""}}, {"other": {"1.240"}}, {"other": {"1.240,00"}}, {"other": {"€ 5"}}, {"other": {"9999,99"}}, {"other": {"0"}},
	} {
		d.leads(wrong.Encode(), d.post(inv+"/pay?lang=nl", wrong), inv+"?lang=nl&said=amount#problem")
	}
	d.wants("what is wrong", d.get(inv+"?said=amount"), 200, "There is a problem", `href="#amount"`, "<details open>", `aria-invalid="true"`)
	d.wants("nobody else's words", d.get(inv+"?said=%3Cscript%3E"), 200, "Pay €1,210.00")

	d.Desk.Fail = func(what string) error { return errors.New(what + " is down") }
	d.leads("the provider is down", d.post(inv+"/pay", url.Values{"amount": {"777"}}), inv+"?said=later#problem")
	d.wants("it says so", d.get(inv+"?said=later"), 200, "The payment page cannot be reached just now.")
	d.Desk.Fail = nil

	pending := o2c.MoneyPending{Gateway: "stripe", Ref: "pi_1", InvoiceID: doc.ID, Amount: doc.Total, Method: "sepa_debit", At: d.Now()}
	if err := d.Cycle.HandlePayment(context.Background(), d.Now(), "seen-1", pending); err != nil {
		t.Fatal(err)
	}
	d.leads("nothing is asked for twice", d.post(inv+"/pay", nil), inv+"?said=refused#problem")
	if r := d.get(inv); strings.Contains(r.Body, inv+"/pay") || strings.Contains(r.Body, inv+"/promise") || !strings.Contains(r.Body, "payment being confirmed by your bank") {
		t.Errorf("under way: %s", r.Body)
	}
	in := o2c.MoneyIn{Gateway: "stripe", Ref: "pi_1", InvoiceID: doc.ID, Amount: doc.Total, Method: "sepa_debit", At: d.Now()}
	if err := d.Cycle.HandlePayment(context.Background(), d.Now(), "seen-2", in); err != nil {
		t.Fatal(err)
	}
	d.Settle(t)
	d.wants("paid", d.get(inv), 200, "Paid on 5 January 2026. Thank you.")
}

func TestPromise(t *testing.T) {
	d := open(t)
	doc, inv, _ := d.sold()
	for _, wrong := range []string{"", "tomorrow", "2026-01-04", "2026-01-20", "2026-02-30"} {
		d.leads("promise "+wrong, d.post(inv+"/promise?lang=fr", url.Values{"date": {wrong}}), inv+"?lang=fr&said=date#problem")
	}
	d.wants("what is wrong", d.get(inv+"?said=date"), 200, "Choose a day from today to 19 January 2026.", `href="#date"`)
	for range 2 { // the second press changes nothing
		d.leads("promise", d.post(inv+"/promise", url.Values{"date": {"2026-01-15"}}), inv)
	}
	d.wants("promised", d.get(inv), 200,
		"You promised to pay €1,210.00 on 15 January 2026. Your due date stays 4 February 2026; we will not mail you before 17 January 2026.")
	promises, err := o2c.ListOf[dunning.Promise](context.Background(), d.Cycle, 10, "")
	if err != nil || len(promises.Items) != 1 {
		t.Fatalf("%d promises, %v", len(promises.Items), err)
	}
	if p := promises.Items[0].Data(); p.By != "portal:finance@acme.example" || p.InvoiceID != doc.ID || p.Date.String() != "2026-01-15" {
		t.Errorf("%+v", p)
	}
}

func TestPDF(t *testing.T) {
	d := open(t)
	doc, inv, _ := d.sold()
	if r := d.get(inv + "/ubl"); r.StatusCode != 200 || r.Headers["content-type"] != "application/xml" || !strings.Contains(r.Body, doc.Number) || r.Headers["content-disposition"] != `inline; filename="2026-0001.xml"` {
		t.Errorf("e-invoice: %d %v %q", r.StatusCode, r.Headers, r.Body)
	}
	r := d.get(inv + "/pdf")
	if r.StatusCode != 200 || r.Headers["content-type"] != "application/pdf" || !strings.HasPrefix(r.Body, doc.Number) || r.Headers["content-disposition"] != `inline; filename="2026-0001.pdf"` {
		t.Errorf("%d %v %s", r.StatusCode, r.Headers, r.Body)
	}
	clear(d.Desk.Papers)
	d.wants("not rendered yet", d.get(inv+"/pdf"), 503, "The document is being prepared", inv)
}

func TestStatement(t *testing.T) {
	d := open(t)
	doc, inv, _ := d.sold()
	scope := o2c.StatementScope(doc.CustomerID, doc.Buyer.Email)
	token, err := d.Cycle.Links.Token(scope)
	if err != nil {
		t.Fatal(err)
	}
	path := d.path(d.Cycle.Policy.URL(o2c.LinkStatement, token), nil)
	d.wants("statement", d.get(path), 200, "Your open invoices", "2026-0001", "€1,210.00", "not due yet", inv)
	d.wants("the way to it", d.get(inv), 200, path, "All your open invoices (1, €1,210.00)")
}

func TestTooLarge(t *testing.T) {
	d := open(t)
	_, inv, _ := d.sold()
	d.wants("256 KiB", d.post(inv+"/promise", url.Values{"date": {strings.Repeat("x", 256<<10)}}), 413)
}

func TestTheTableIsDown(t *testing.T) {
	d := open(t)
	_, inv, _ := d.sold()
	d.h = New(Deps{
		Cycle: &o2c.Cycle{Store: broken{d.Cycle.Store}, Policy: d.Cycle.Policy, Links: d.Cycle.Links}, Files: d.Desk, Now: d.Now, Log: slog.New(slog.NewTextHandler(d.log, nil)),
		Pages: page.New(page.Options{Seller: d.Cycle.Policy.Seller}),
	})
	d.wants("page", d.get(inv), 500, "Something went wrong on our side", "Nothing was changed.")
	if strings.Contains(d.log.String(), inv[3:]) || !strings.Contains(d.log.String(), "the table is away") {
		t.Errorf("log: %s", d.log)
	}
}

// broken is a table that does not answer.
type broken struct{ o2c.Store }

func (broken) Resolve(context.Context, ...o2c.Alias) ([]o2c.Key, error) {
	return nil, errors.New("the table is away")
}
