package api

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"duly/shared/o2c"
	"duly/shared/o2c/invoice"
)

func TestFC_56_AnInvoiceIsNeverDeletedButCredited(t *testing.T) {
	p := newProgram(t)
	c := p.customer("Acme BV", nil)
	number := p.invoiced(c, "1", 12_100)
	before := p.invoice(number)
	p.Advance(3 * 24 * time.Hour)
	path := "/v1/invoices/" + number
	note := p.post(path+"/credit-notes", map[string]any{"reason": "wrong chairs"}).is(201)
	note.want(map[string]any{
		"number": "CN2026-0001", "invoice": number, "status": "paid", "total.amount": 12_100, "issued_on": "2026-01-08", "customer_id": c, "lines.0.name": "Chair", "taxes.0.base.amount": 12_100,
		"documents.0.url": "/v1/credit-notes/CN2026-0001/pdf",
	})
	p.get(path).want(map[string]any{"status": "credited", "open.amount": 0, "total.amount": 12_100, "credit_notes.0": "CN2026-0001", "dunning.next_step": nil, "issued_on": "2026-01-05"})
	if again := p.post(path+"/credit-notes", nil).is(201); string(again.raw) != string(note.raw) {
		t.Errorf("another note: %s", again.raw)
	}
	p.Settle(t)
	p.get("/v1/credit-notes/CN2026-0001").want(map[string]any{"id": note.text("id"), "invoice": number})
	if pdf := p.get("/v1/credit-notes/CN2026-0001/pdf"); pdf.header["content-type"] != "application/pdf" || !strings.HasPrefix(string(pdf.raw), "CN2026-0001") {
		t.Errorf("pdf %q", pdf.raw)
	}
	p.ask("GET", "/v1/invoices/CN2026-0001", nil, nil).refused(404, "DULY-3002", "")
	p.ask("GET", "/v1/credit-notes/"+number, nil, nil).refused(404, "DULY-3002", "")
	p.post("/v1/invoices/CN2026-0001/credit-notes", nil).refused(404, "DULY-3002", "")
	if got := p.get("/v1/invoices").len("items"); got != 1 {
		t.Errorf("%d invoices: a note is none", got)
	}
	after := p.invoice(number)
	if after.Hash != before.Hash {
		t.Error("the invoice was changed")
	}
	if n := len(slices.DeleteFunc(slices.Clone(p.Desk.Letters), func(l o2c.Letter) bool { return !strings.Contains(l.Subject, "CN2026-0001") })); n != 1 {
		t.Errorf("%d letters with the note", n)
	}
	p.get("/v1/orders?customer=" + c).want(map[string]any{"items.0.status": "closed", "items.0.invoices.0": number})
	p.get("/v1/customers/" + c).want(map[string]any{"exposure.total.amount": 0})
	balances(t, p, "").want(map[string]int64{"receivable": 0, "revenue": 0, "unapplied": 0})
	if _, err := p.Cycle.RunDunning(ctx, p.Now().Add(60*24*time.Hour), func() bool { return true }); err != nil {
		t.Fatal(err)
	}
	if link := strings.TrimPrefix(note.text("portal_url"), "https://duly.example/i/"); link != "" {
		if key, err := p.Cycle.OpenLink(ctx, o2c.LinkInvoice, link); err != nil || key.ID != note.text("id") {
			t.Errorf("the note's link opens %v, %v", key, err)
		}
	}
	p.verified()
}

func TestACreditNoteOfWhatIsNotThereIsRefused(t *testing.T) {
	p := newProgram(t)
	number := p.invoiced(p.customer("Acme BV", nil), "1", 100)
	path := "/v1/invoices/" + number + "/credit-notes"
	a := p.post(path, map[string]any{"lines": []any{map[string]any{"n": 1, "quantity": 2}}})
	a.refused(422, "DULY-3001", "/lines")
	if !strings.Contains(a.text("detail"), "1 are left") {
		t.Errorf("detail %s", a.text("detail"))
	}
	p.post("/v1/invoices/2026-9999/credit-notes", nil).refused(404, "DULY-3002", "")
	p.post(path, map[string]any{"lines": []any{}}).is(201)
}

// TestFC_65 credits invoices of which any part was paid: what was paid becomes
// the customer's credit, and no open item is below zero.
func TestFC_65_CreditAfterPaymentIsTheCustomersMoney(t *testing.T) {
	for _, tt := range []struct{ total, paid int64 }{{1, 0}, {1, 1}, {12_345, 1}, {12_345, 6_172}, {12_345, 12_345}, {12_345, 12_346}, {12_345, 24_690}} {
		t.Run(fmt.Sprintf("%d of %d", tt.paid, tt.total), func(t *testing.T) {
			p := newProgram(t)
			c := p.customer("Acme BV", nil)
			number := p.invoiced(c, "1", tt.total)
			if tt.paid > 0 {
				in := o2c.MoneyIn{Gateway: "stripe", Ref: "pi_1", InvoiceID: p.invoice(number).ID, Amount: testMoney(tt.paid), At: p.Now()}
				if err := p.Cycle.HandlePayment(ctx, p.Now(), "evt_1", in); err != nil {
					t.Fatal(err)
				}
			}
			p.post("/v1/invoices/"+number+"/credit-notes", nil).is(201)
			p.get("/v1/invoices/" + number).want(map[string]any{"status": "credited", "open.amount": 0})
			balances(t, p, "").want(map[string]int64{"receivable": 0, "revenue": 0, "clearing:stripe": tt.paid, "unapplied": -tt.paid})
			id, credit := p.onAccount(c)
			if want := min(tt.paid, tt.total); credit != want {
				t.Fatalf("%d on account, want %d", credit, want)
			}
			if credit > 0 { // and it pays the next invoice
				next := p.invoiced(c, "2", credit)
				p.post("/v1/receipts/"+id+"/applications", map[string]any{"invoice": next}).is(201).want(map[string]any{"unapplied.amount": 0})
				p.get("/v1/invoices/" + next).want(map[string]any{"status": "paid", "open.amount": 0})
			}
			p.verified()
		})
	}
}

// onAccount is the credit that credit notes gave a customer.
func (p *program) onAccount(customer string) (id string, credit int64) {
	p.t.Helper()
	list := p.get("/v1/receipts?customer=" + customer)
	for i := range list.len("items") {
		if at := "items." + itoa(i); list.text(at+".source") == "credit_note" {
			id, credit = list.text(at+".id"), credit+minor(p.t, list.at(at+".unapplied"))
		}
	}
	return id, credit
}

// TestMoneyTakenBackAfterTheCredit: the debit that had paid a credited invoice
// fails; what the note had left to the customer settles the invoice instead.
func TestMoneyTakenBackAfterTheCredit(t *testing.T) {
	p := newProgram(t)
	number := p.invoiced(p.customer("Acme BV", nil), "1", 10_000)
	in := o2c.MoneyIn{Gateway: "stripe", Ref: "pi_1", InvoiceID: p.invoice(number).ID, Amount: testMoney(4_000), At: p.Now()}
	if err := p.Cycle.HandlePayment(ctx, p.Now(), "evt_1", in); err != nil {
		t.Fatal(err)
	}
	p.post("/v1/invoices/"+number+"/credit-notes", nil).is(201)
	if err := p.Cycle.HandlePayment(ctx, p.Now(), "evt_2", o2c.MoneyFailed{Gateway: "stripe", Ref: "pi_1", InvoiceID: in.InvoiceID, Reason: "no funds", At: p.Now().Add(time.Second)}); err != nil {
		t.Fatal(err)
	}
	p.get("/v1/invoices/" + number).want(map[string]any{"status": "credited", "open.amount": 0})
	balances(t, p, "").want(map[string]int64{"receivable": 0, "unapplied": 0, "clearing:stripe": 0})
	p.verified()
}

func TestAPaymentPageOfACreditedInvoiceIsClosed(t *testing.T) {
	p := newProgram(t)
	number := p.invoiced(p.customer("Acme BV", nil), "1", 10_000)
	token := strings.TrimPrefix(p.get("/v1/invoices/"+number).text("portal_url"), "https://duly.example/i/")
	if _, err := p.Cycle.StartPayment(ctx, p.Now(), token, nil, nil); err != nil {
		t.Fatal(err)
	}
	p.post("/v1/invoices/"+number+"/credit-notes", nil).is(201)
	p.Settle(t)
	if !slices.Equal(p.Desk.Expired, []string{"cs_test_1"}) {
		t.Errorf("closed %v", p.Desk.Expired)
	}
	if _, err := p.Cycle.StartPayment(ctx, p.Now(), token, nil, nil); err == nil {
		t.Error("a credited invoice can be paid")
	}
	p.verified()
}

// TestCreditNotesHaveASeriesOfTheirOwn that runs without gaps, however many are
// issued at once.
func TestCreditNotesHaveASeriesOfTheirOwn(t *testing.T) {
	p := newProgram(t)
	c := p.customer("Acme BV", map[string]any{"credit_limit": nil})
	var want []string
	for i := range 5 {
		number := p.invoiced(c, itoa(i), 1_000)
		got := p.post("/v1/invoices/"+number+"/credit-notes", nil).is(201).text("number")
		want = append(want, "CN2026-000"+itoa(i+1))
		if got != want[i] {
			t.Errorf("note %s, want %s", got, want[i])
		}
	}
	p.Advance(365 * 24 * time.Hour)
	p.post("/v1/invoices/"+p.invoiced(c, "next year", 1_000)+"/credit-notes", nil).is(201).want(map[string]any{"number": "CN2027-0001", "invoice": "2027-0001"})
	if d := p.invoice("CN2026-0003"); d.Type != invoice.CreditNotes || d.Refers != "2026-0003" {
		t.Errorf("note %+v", d)
	}
	p.verified()
}
