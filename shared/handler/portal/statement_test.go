package portal

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"duly/shared/o2c"
	"duly/shared/o2c/cash"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/order"
	"duly/shared/testkit"
)

// billed is an invoice of one line at a net price.
func (d door) billed(id, net string) invoice.Data {
	d.t.Helper()
	in := testkit.Order(id, 100, d.Now())
	in.Lines[0].Quantity, in.Lines[0].UnitPrice = 1, decimal.RequireFromString(net)
	taken, err := d.Cycle.HandleShop(d.t.Context(), d.Arrive(order.Create, in))
	if err != nil {
		d.t.Fatal(err)
	}
	if _, err := d.Cycle.Ship(d.t.Context(), d.Stamp("api:test"), taken.OrderID, order.IncomingShipment{}); err != nil {
		d.t.Fatal(err)
	}
	d.Settle(d.t)
	o, err := o2c.Read[order.Order](d.t.Context(), d.Cycle, taken.OrderID)
	if err != nil {
		d.t.Fatal(err)
	}
	return d.invoiceNow(o.Data().Invoices[0])
}

func (d door) statementOf(doc invoice.Data) string {
	d.t.Helper()
	token, err := d.Cycle.Links.Token(o2c.StatementScope(doc.CustomerID, doc.Buyer.Email))
	if err != nil {
		d.t.Fatal(err)
	}
	return d.path(d.Cycle.Policy.URL(o2c.LinkStatement, token), nil)
}

// basketKey is the request of the one payment page for several invoices.
func (d door) basketKey() string {
	for key := range d.Desk.Pages {
		if strings.HasPrefix(key, "duly-b_") {
			return key
		}
	}
	d.t.Fatalf("no page for several invoices: %v", d.Desk.Pages)
	return ""
}

// TestCap_46_OneLinkForTheWholeOverdueBalance: 149.00 and 6.00 make 155.00; one
// payment settles both, a third invoice that is not due stays open.
func TestCap_46_OneLinkForTheWholeOverdueBalance(t *testing.T) {
	d := open(t)
	first, second := d.billed("1", "123.14"), d.billed("2", "4.96")
	if first.Total != testkit.EUR(14_900) || second.Total != testkit.EUR(600) {
		t.Fatalf("%s and %s", first.Total, second.Total)
	}
	d.Advance(31 * 24 * time.Hour)
	later := d.billed("3", "1000.00")
	path := d.statementOf(first)
	d.wants("statement", d.get(path), 200, "Pay €155.00, all that is overdue", first.Number, second.Number, later.Number, "€1,365.00")
	d.leads("pay", d.post(path+"/pay", nil), "https://pay.example/cs_test_1")
	d.leads("pressed twice", d.post(path+"/pay", url.Values{"currency": {"EUR"}}), "https://pay.example/cs_test_1")
	d.leads("nothing in dollars", d.post(path+"/pay", url.Values{"currency": {"USD"}}), path+"?said=refused#problem")
	d.wants("no such link", d.post("/s/t1nothing/pay", nil), 404, "This link is not valid")
	key := d.basketKey()
	id := strings.Split(key, "-")[1]
	if !strings.HasSuffix(key, "-15500") {
		t.Fatalf("the page asks for %s", key)
	}
	pending := o2c.MoneyPending{Gateway: "stripe", Ref: "pi_1", InvoiceID: id, Amount: testkit.EUR(15_500), Method: "sepa_debit", At: d.Now()}
	if err := d.Cycle.HandlePayment(t.Context(), d.Now(), "seen-1", pending); err != nil {
		t.Fatal(err)
	}
	d.wants("under way", d.get(path), 200, "Pay €1,210.00, all that is open")
	in := o2c.MoneyIn{Gateway: "stripe", Ref: "pi_1", InvoiceID: id, Amount: testkit.EUR(15_500), Method: "sepa_debit", Payer: "Acme BV", At: d.Now()}
	for range 2 {
		if err := d.Cycle.HandlePayment(t.Context(), d.Now(), "seen-2", in); err != nil {
			t.Fatal(err)
		}
		d.Settle(t)
	}
	for _, doc := range []invoice.Data{first, second} {
		if got := d.invoiceNow(doc.ID); got.Status != invoice.Paid || !got.Open.IsZero() {
			t.Errorf("%s is %s, %s open", doc.Number, got.Status, got.Open)
		}
	}
	r, err := o2c.Read[cash.Receipt](t.Context(), d.Cycle, o2c.ReceiptID("stripe", "pi_1"))
	if err != nil || r.Unapplied().IsPositive() || len(r.Data().Applications) != 2 {
		t.Errorf("%+v %v", r.Data(), err)
	}
	d.wants("paid", d.get(path), 200, "Pay €1,210.00, all that is open", "Paid</h2>", first.Number, "€149.00")
}

// TestCap_84_TheStatementIsAllThatIsOpenAndPaid, on a page and for a spreadsheet.
func TestCap_84_TheStatementIsAllThatIsOpenAndPaid(t *testing.T) {
	d := open(t)
	first, second := d.billed("1", "123.14"), d.billed("2", "4.96")
	d.pays(second.ID, 600, "pi_9")
	path := d.statementOf(first)
	d.wants("page", d.get(path+"?lang=nl"), 200, "Betaal €\u00a0149,00, alles wat openstaat", "Betaald</h2>", second.Number, "Downloaden als CSV")
	r := d.get(path + "/csv?lang=nl")
	want := "\ufeffFactuur;Datum;Vervalt;Totaal;Open;Betaald op;Bedrag;Betalingskenmerk\n" +
		first.Number + ";2026-01-05;2026-02-04;149,00;149,00;;EUR;" + first.Reference + "\n" +
		second.Number + ";2026-01-05;2026-02-04;6,00;0,00;2026-01-05;EUR;" + second.Reference + "\n"
	if r.StatusCode != 200 || !strings.HasPrefix(r.Headers["content-type"], "text/csv") || r.Body != want {
		t.Errorf("%d %q\nwant %q", r.StatusCode, r.Body, want)
	}
	if r.Headers["x-robots-tag"] != "noindex, nofollow" || r.Headers["referrer-policy"] != "no-referrer" {
		t.Errorf("%v", r.Headers)
	}
}

// TestFC_69_AFailedDebitOpensItsInvoicesAgain: a debit over several invoices
// succeeds and fails days later; each of them is open again, its payer is told,
// and the ladder goes on at the step where it was.
func TestFC_69_AFailedDebitOpensItsInvoicesAgain(t *testing.T) {
	d := open(t)
	first, second := d.billed("1", "123.14"), d.billed("2", "4.96")
	d.live(36) // due 4 February; the friendly reminder has gone out
	sent := len(d.invoiceNow(first.ID).Dunning.Sent)
	path := d.statementOf(first)
	if r := d.post(path+"/pay", nil); r.StatusCode != 303 {
		t.Fatalf("%d", r.StatusCode)
	}
	id := strings.Split(d.basketKey(), "-")[1]
	in := o2c.MoneyIn{Gateway: "stripe", Ref: "pi_1", InvoiceID: id, Amount: testkit.EUR(15_500), Method: "sepa_debit", Payer: "Acme BV", At: d.Now()}
	if err := d.Cycle.HandlePayment(t.Context(), d.Now(), "seen-1", in); err != nil {
		t.Fatal(err)
	}
	d.Settle(t)
	d.live(3)
	failed := o2c.MoneyFailed{Gateway: "stripe", Ref: "pi_1", InvoiceID: id, Reason: "insufficient funds", At: d.Now()}
	if err := d.Cycle.HandlePayment(t.Context(), d.Now(), "seen-2", failed); err != nil {
		t.Fatal(err)
	}
	d.Settle(t)
	for _, doc := range []invoice.Data{first, second} {
		got := d.invoiceNow(doc.ID)
		if got.Status != invoice.Issued || got.Open != doc.Total || got.Dunning.NextStep != "firm" || len(got.Dunning.Sent) != sent {
			t.Errorf("%s is %s, %s open, next %q", doc.Number, got.Status, got.Open, got.Dunning.NextStep)
		}
	}
	if n := len(d.lettersOf("payment_failed")); n != 2 {
		t.Errorf("%d letters about the failed debit", n)
	}
	before := len(d.lettersOf("reminder_firm"))
	d.live(5)
	if n := len(d.lettersOf("reminder_firm")); n != before+1 {
		t.Errorf("%d firm reminders", n-before)
	}
}
