package api

import (
	"crypto/sha256"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"duly/infra/local/bank"
	"duly/shared/o2c"
	"duly/shared/o2c/cash"
	"duly/shared/o2c/invoice"
	"duly/shared/testkit"
)

// till is a program with a bank account of its own.
type till struct {
	*program
	ours *bank.Bank
}

func newTill(t *testing.T) *till {
	p := newProgram(t)
	return &till{program: p, ours: bank.New(bank.Account{IBAN: p.Cycle.Policy.Seller.IBAN, Owner: p.Cycle.Policy.Seller.Name, Zone: p.Cycle.Policy.Zone})}
}

// transfers lets money arrive and uploads the day's statement.
func (w *till) transfers(entries ...bank.Entry) answered {
	w.t.Helper()
	if _, err := w.ours.Book(w.Now(), entries); err != nil {
		w.t.Fatal(err)
	}
	file, err := w.ours.Statement(w.Now())
	if err != nil {
		w.t.Fatal(err)
	}
	a := w.ask("POST", "/v1/bank-statements", string(file), lines{"Content-Type", "application/xml"}).is(201)
	w.Settle(w.t)
	return a
}

// stands compares an invoice's status and what is open of it.
func (w *till) stands(number, status string, open int64) {
	w.t.Helper()
	w.get("/v1/invoices/" + number).want(map[string]any{"status": status, "open.amount": open})
}

// asked are the cards that ask where money belongs.
func (w *till) asked() (open []o2c.CashCard) {
	for _, c := range testkit.CardsOf[o2c.CashCard](w.Desk) {
		if !c.Settled {
			open = append(open, c)
		}
	}
	return open
}

func (w *till) reference(number string) string { return w.invoice(number).Reference }

func TestCap_70_OneCertainMatchIsAppliedAndTheRestAsks(t *testing.T) {
	w := newTill(t)
	acme, bakery := w.customer("Acme BV", nil), w.customer("Bakkerij de Gist", nil)
	a, b, c := w.invoiced(acme, "1", 10_000), w.invoiced(acme, "2", 15_000), w.invoiced(acme, "3", 7_700)
	twin := w.invoiced(bakery, "4", 10_000)

	w.transfers( // by reference, by the sum of two under the customer's name, and what two customers owe
		bank.Entry{Amount: 10_000, Reference: w.reference(a), Name: "Somebody"},
		bank.Entry{Amount: 22_700, Reference: "for the chairs", Name: "ACME B.V.", IBAN: "NL20INGB0001234567"},
	).want(map[string]any{"applied": 2, "unmatched": 0})
	for _, number := range []string{a, b, c} {
		w.stands(number, invoice.Paid, 0)
	}
	rows := w.get("/v1/receipts")
	for i := range rows.len("items") {
		for n := range rows.len(fmt.Sprintf("items.%d.applications", i)) {
			if why := rows.text(fmt.Sprintf("items.%d.applications.%d.why", i, n)); why == "" {
				t.Error("an application does not say why")
			}
		}
	}
	d, e := w.invoiced(acme, "5", 10_000), w.invoiced(acme, "6", 10_000)
	w.transfers(bank.Entry{Amount: 10_000, Reference: "thanks", Name: "Holding Zee", IBAN: "NL91ABNA0417164300"}).want(map[string]any{"applied": 0, "unmatched": 1})
	cards := w.asked()
	if len(cards) != 1 || len(cards[0].Candidates) != 3 {
		t.Fatalf("asked %+v", cards)
	}
	for _, k := range cards[0].Candidates {
		if k.Score != 40 || !strings.Contains(k.Why, "the amount is exactly what is open") {
			t.Errorf("%d: %s", k.Score, k.Why)
		}
	}
	w.post("/v1/receipts/"+cards[0].Receipt.ID+"/applications", map[string]any{"invoice": twin}).is(201)
	w.stands(twin, invoice.Paid, 0)
	w.stands(d, invoice.Issued, 10_000)

	f := w.invoiced(bakery, "7", 4_400) // the account is known by a person's word now
	w.transfers(bank.Entry{Amount: 4_400, Reference: "again", Name: "Holding Zee", IBAN: "NL91ABNA0417164300"}).want(map[string]any{"applied": 1})
	w.stands(f, invoice.Paid, 0)
	w.transfers(bank.Entry{Amount: 10_000, Reference: "one of two", Name: "Acme BV"}).want(map[string]any{"applied": 0, "unmatched": 1})
	w.stands(e, invoice.Issued, 10_000)
	w.verified()
}

func TestCap_71_ToleranceIsExactAndDefinedOnce(t *testing.T) {
	for _, tt := range []struct {
		paid, open int64
		status     string
		unapplied  int64
	}{
		{10_000, 0, invoice.Paid, 0}, {9_995, 0, invoice.Paid, 0}, {9_994, 6, invoice.PartPaid, 0}, {10_005, 0, invoice.Paid, 0}, {10_006, 0, invoice.Paid, 6},
	} {
		t.Run(fmt.Sprint(tt.paid), func(t *testing.T) {
			w := newTill(t)
			a := w.invoiced(w.customer("Acme BV", nil), "1", 10_000)
			w.transfers(bank.Entry{Amount: tt.paid, Reference: w.reference(a), Name: "Acme BV"})
			w.stands(a, tt.status, tt.open)
			balances(t, w.program, "").want(map[string]int64{"bank": tt.paid, "receivable": tt.open, "unapplied": -tt.unapplied, "differences": 10_000 - tt.open + tt.unapplied - tt.paid})
			if got := int64(len(w.asked())); got != min(tt.unapplied, 1) {
				t.Errorf("%d cards ask", got)
			}
			w.verified()
		})
	}
}

func TestCap_72_OneTransferForSeveralPaysTheOldestFirst(t *testing.T) {
	w := newTill(t)
	acme := w.customer("Acme BV", nil)
	a := w.invoiced(acme, "1", 10_000)
	w.Advance(24 * time.Hour)
	b := w.invoiced(acme, "2", 15_000)
	w.transfers(bank.Entry{Amount: 18_000, Reference: "invoices " + w.reference(b) + " and " + w.reference(a), Name: "Acme BV"}).want(map[string]any{"applied": 1, "unmatched": 0})
	w.stands(a, invoice.Paid, 0)
	w.stands(b, invoice.PartPaid, 7_000)
	w.transfers(bank.Entry{Amount: 3_000, Reference: w.reference(b), Name: "Acme BV"}, bank.Entry{Amount: 4_000, Reference: w.reference(b), Name: "Acme BV"})
	w.stands(b, invoice.Paid, 0) // several receipts for one
	w.verified()
}

func TestCap_73_WhatIsPaidTooMuchIsTheCustomers(t *testing.T) {
	w := newTill(t)
	acme := w.customer("Acme BV", nil)
	a := w.invoiced(acme, "1", 10_000)
	w.transfers(bank.Entry{Amount: 11_000, Reference: w.reference(a), Name: "Acme BV"})
	w.stands(a, invoice.Paid, 0)
	cards := w.asked()
	if len(cards) != 1 || cards[0].Receipt.Unapplied != testMoney(1_000) || cards[0].Receipt.CustomerID != acme {
		t.Fatalf("asked %+v", cards)
	}
	if err := w.Cycle.KeepOnAccount(ctx, w.Stamp("slack:U03COLLECT"), cards[0].Receipt.ID, ""); err != nil {
		t.Fatal(err)
	}
	w.Settle(t)
	w.get("/v1/receipts/" + cards[0].Receipt.ID).want(map[string]any{"unapplied.amount": 1_000, "kept": true, "customer_id": acme})
	balances(t, w.program, "").want(map[string]int64{"bank": 11_000, "receivable": 0, "unapplied": -1_000})
	w.transfers(bank.Entry{Amount: 10_000, Reference: w.reference(a), Name: "Acme BV"}) // the same invoice again: nothing is booked away
	if cards := w.asked(); len(cards) != 1 || cards[0].Receipt.CustomerID != acme {
		t.Errorf("asked %+v", cards)
	}
	w.verified()
}

// state is everything that an application moves, in one hash: the invoice and
// its reminders, credit, ageing, figures and books.
func (w *till) state(t *testing.T, customer string, numbers ...string) string {
	w.t.Helper()
	w.Settle(w.t)
	sum := sha256.New()
	for _, number := range numbers {
		sum.Write(w.get("/v1/invoices/" + number).raw)
	}
	for _, path := range []string{"/v1/customers/" + customer, "/v1/ageing", "/v1/kpis"} {
		sum.Write(w.get(path).raw)
	}
	fmt.Fprint(sum, balances(t, w.program, "").rows)
	return fmt.Sprintf("%x", sum.Sum(nil))
}

func TestCap_79_UndoRestoresDunningCreditAndFigures(t *testing.T) {
	w := newTill(t)
	acme := w.customer("Acme BV", map[string]any{"credit_limit": eur(50_000)})
	a, b := w.invoiced(acme, "1", 10_000), w.invoiced(acme, "2", 15_000)
	w.Advance(35 * 24 * time.Hour)
	w.transfers(bank.Entry{Amount: 24_997, Reference: "thanks", Name: "Holding Zee", IBAN: "NL91ABNA0417164300"})
	if _, err := w.Cycle.RunDunning(ctx, w.Now(), func() bool { return true }); err != nil {
		t.Fatal(err)
	}
	before := w.state(t, acme, a, b)
	id := w.asked()[0].Receipt.ID
	if _, err := w.Cycle.MatchReceipt(ctx, w.Stamp("slack:U03COLLECT"), id, []string{w.invoice(a).ID, w.invoice(b).ID}, "matched by Joost"); err != nil {
		t.Fatal(err)
	}
	w.stands(a, invoice.Paid, 0)
	w.stands(b, invoice.Paid, 0)
	balances(t, w.program, "").want(map[string]int64{"receivable": 0, "unapplied": 0, "differences": 3})
	if w.state(t, acme, a, b) == before {
		t.Fatal("the application moved nothing")
	}
	w.verified()
	for n := 2; n >= 1; n-- {
		w.ask("DELETE", fmt.Sprintf("/v1/receipts/%s/applications/%d", id, n), nil, nil).is(200)
	}
	if after := w.state(t, acme, a, b); after != before {
		t.Errorf("after the undo it is not as it was:\n%s\n%s", w.get("/v1/invoices/"+a).raw, w.get("/v1/customers/"+acme).raw)
	}
	if cards := w.asked(); len(cards) != 1 || cards[0].Receipt.Unapplied != testMoney(24_997) {
		t.Errorf("asked %+v", cards)
	}
	w.transfers(bank.Entry{Amount: 10_000, Reference: "x", Name: "Holding Zee", IBAN: "NL91ABNA0417164300"}).want(map[string]any{"applied": 0}) // what was learnt is forgotten
	w.ask("DELETE", "/v1/receipts/"+id+"/applications/1", nil, nil).is(409)
	w.verified()
}

func TestFC_61_NoMoneyIsGivenTwiceOrBeyondWhatIsOwed(t *testing.T) {
	w := newTill(t)
	a := w.invoiced(w.customer("Acme BV", nil), "1", 10_000)
	paid := func(amount int64) bank.Entry {
		return bank.Entry{Amount: amount, Reference: w.reference(a), Name: "Acme BV"}
	}
	w.transfers(paid(6_000))
	w.stands(a, invoice.PartPaid, 4_000)
	w.transfers(paid(6_000), paid(6_000)) // over, and once more
	w.stands(a, invoice.Paid, 0)
	balances(t, w.program, "").want(map[string]int64{"bank": 18_000, "receivable": 0, "unapplied": -8_000})
	if cards := w.asked(); len(cards) != 2 {
		t.Errorf("%d cards ask", len(cards))
	}
	for _, c := range w.asked() {
		w.post("/v1/receipts/"+c.Receipt.ID+"/applications", map[string]any{"invoice": a}).refused(422, "DULY-3001", "/invoice")
	}
	b := w.invoiced(w.customer("Bakkerij de Gist", nil), "2", 5_000)
	for _, wrong := range []map[string]any{{"amount": 0, "currency": "EUR"}, {"amount": -1, "currency": "EUR"}, {"amount": 1, "currency": "USD"}} {
		w.post("/v1/receipts/"+w.asked()[0].Receipt.ID+"/applications", map[string]any{"invoice": b, "amount": wrong}).refused(422, "DULY-3001", "/amount")
	}
	w.stands(b, invoice.Issued, 5_000)
	w.verified()
}

func TestFC_62_AWrongReferenceAsks(t *testing.T) {
	w := newTill(t)
	acme := w.customer("Acme BV", nil)
	a, b := w.invoiced(acme, "1", 10_000), w.invoiced(acme, "2", 15_000)
	w.transfers(
		bank.Entry{Amount: 15_000, Reference: "payment " + a, Name: "Acme BV"},             // names one, is the other
		bank.Entry{Amount: 5_000, Reference: "RF00" + w.reference(b)[4:], Name: "Someone"}, // check digits that do not fit
		bank.Entry{Amount: 15_000, Reference: w.reference(a) + " " + b, Name: "Acme BV"},   // too little for both, exactly one
	).want(map[string]any{"applied": 0, "unmatched": 3})
	cards := w.asked()
	if len(cards) != 3 {
		t.Fatalf("%d cards ask", len(cards))
	}
	first := cards[0]
	w.post("/v1/receipts/"+first.Receipt.ID+"/applications", map[string]any{"invoice": b}).is(201)
	w.stands(b, invoice.Paid, 0)
	w.ask("DELETE", "/v1/receipts/"+first.Receipt.ID+"/applications/1", nil, nil).is(200)
	w.stands(b, invoice.Issued, 15_000)
	w.verified()
}

func (w *till) cashRefund(id string) cash.RefundData {
	w.t.Helper()
	r, err := o2c.Read[cash.Refund](ctx, w.Cycle, id)
	if err != nil {
		w.t.Fatal(err)
	}
	return r.Data()
}

// TestCap_69 uploads files of several formats: what is known stays known, a
// missing day shows once, and what only tells of entries books nothing.
func TestCap_69_FilesOfEveryFormat(t *testing.T) {
	w := newTill(t)
	file := func(name string) string {
		b, err := os.ReadFile("../../bank/testdata/" + name)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	upload := func(body string, status int) answered {
		t.Helper()
		return w.ask("POST", "/v1/bank-statements", body, lines{"Content-Type", "application/octet-stream"}).is(status)
	}
	for _, name := range []string{"csv_ing.csv", "csv_bunq.csv", "csv_n26.csv", "ofx_sgml.ofx", "csv_wise.csv", "rabobank.mt940"} {
		first := upload(file(name), 201)
		if n := upload(file(name), 200).want(map[string]any{"new": 0}); n.text("id") != first.text("id") {
			t.Errorf("%s again is %s", name, n.text("id"))
		}
		w.verified()
	}
	upload(file("csv_rabobank.csv"), 422) // the account was told in OFX, whose entries have other names
	w.Settle(t)
	before := len(w.Desk.News("statement_gap"))
	later := strings.NewReplacer("2026-01-06", "2026-01-09", "2026-01-07", "2026-01-09", "2026-01-08", "2026-01-09", "2026010", "2026010").Replace(file("ofx_sgml.ofx"))
	later = strings.NewReplacer("20260106", "20260109", "20260107", "20260109", "F-1", "F-3", "F-2", "F-4").Replace(later)
	upload(later, 201) // opens at 4,433.52, and the one before closed at 4,798.91
	upload(later, 200)
	w.Settle(t)
	if missing := w.Desk.News("statement_gap"); len(missing) != before+1 {
		t.Errorf("%d cards tell of the missing day", len(missing)-before)
	}
}

// TestANotificationExplainsABatchAndBooksNothing: a camt.054 comes before its
// camt.053, which has the batch as one sum; and in the other order.
func TestANotificationExplainsABatchAndBooksNothing(t *testing.T) {
	entry := func(parts string) string {
		return `<Ntry><Amt Ccy="EUR">250.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-01-05</Dt></BookgDt><AcctSvcrRef>B-1</AcctSvcrRef><NtryDtls>` + parts + `</NtryDtls></Ntry>`
	}
	part := func(amount, reference string) string {
		return `<TxDtls><Amt Ccy="EUR">` + amount + `</Amt><CdtDbtInd>CRDT</CdtDbtInd><RmtInf><Strd><CdtrRefInf><Ref>` + reference + `</Ref></CdtrRefInf></Strd></RmtInf></TxDtls>`
	}
	balance := func(kind, amount string) string {
		return `<Bal><Tp><CdOrPrtry><Cd>` + kind + `</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">` + amount + `</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-01-05</Dt></Dt></Bal>`
	}
	account := `<Acct><Id><IBAN>NL91ABNA0417164300</IBAN></Id></Acct>`
	for _, adviceFirst := range []bool{true, false} {
		w := newTill(t)
		acme := w.customer("Acme BV", nil)
		a, b := w.invoiced(acme, "1", 10_000), w.invoiced(acme, "2", 15_000)
		opened := entry(part("100.00", w.reference(a)) + part("150.00", w.reference(b)))
		notification := `<Document><BkToCstmrDbtCdtNtfctn><Ntfctn><Id>N</Id>` + account + opened + `</Ntfctn></BkToCstmrDbtCdtNtfctn></Document>`
		statement := `<Document><BkToCstmrStmt><Stmt><Id>S</Id>` + account + balance("OPBD", "0") + entry("") + balance("CLBD", "250.00") + `</Stmt></BkToCstmrStmt></Document>`
		files := []string{notification, statement, notification, statement, strings.Replace(statement, entry(""), opened, 1)}
		if !adviceFirst {
			files = files[1:]
		}
		for _, file := range files {
			w.ask("POST", "/v1/bank-statements", file, lines{"Content-Type", "application/xml"})
		}
		w.Settle(t)
		balances(t, w.program, "").want(map[string]int64{"bank": 25_000})
		if adviceFirst {
			w.stands(a, invoice.Paid, 0)
			w.stands(b, invoice.Paid, 0)
		} else if got := len(w.asked()); got != 1 {
			t.Errorf("%d cards ask", got)
		}
		w.verified()
	}
}

// The customer's own order number is the one told last, though the legal document keeps its own.
func TestAnInvoiceShowsTheOrderNumberThatItsCopyBears(t *testing.T) {
	w := newTill(t)
	a := w.invoiced(w.customer("Acme BV", nil), "1", 10_000)
	if err := w.Cycle.GivePONumber(t.Context(), w.Stamp("customer:acme"), w.invoice(a).ID, "PO-77"); err != nil {
		t.Fatal(err)
	}
	w.get("/v1/invoices/" + a).want(map[string]any{"po_number": "PO-77"})
}
