package api

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"duly/infra/local/bank"
	"duly/shared/o2c"
)

func itoa(i int) string { return strconv.Itoa(i) }

func minor(t testing.TB, amount any) int64 {
	t.Helper()
	in, ok := amount.(map[string]any)
	if !ok || in["currency"] != "EUR" {
		t.Fatalf("%v is no amount in EUR", amount)
	}
	n, err := in["amount"].(json.Number).Int64()
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestTheTrialBalanceHasExactlyThisShape(t *testing.T) {
	p := newProgram(t)
	p.invoiced(p.customer("Acme BV", nil), "1", 10_000)
	list := p.get("/v1/ledger/trial-balance?as_of=2026-01-05")
	if got := slices.Sorted(maps.Keys(list.body)); !slices.Equal(got, []string{"accounts", "currency"}) || list.text("currency") != "EUR" {
		t.Errorf("fields %v", got)
	}
	roles := map[string]bool{}
	for i := range list.len("accounts") {
		row := list.at("accounts." + itoa(i)).(map[string]any)
		if got := slices.Sorted(maps.Keys(row)); !slices.Equal(got, []string{"balance", "code", "credit", "debit", "name", "role"}) {
			t.Errorf("fields %v", got)
		}
		roles[row["role"].(string)] = true
	}
	for _, role := range []string{"bank", "clearing:stripe", "receivable", "revenue", "vat", "unapplied", "fees", "rounding"} {
		if !roles[role] {
			t.Errorf("no account has the role %s", role)
		}
	}
	balances(t, p, "").want(map[string]int64{"receivable": 10_000, "revenue": -10_000, "vat": 0})
}

func TestAPastBalanceNeverChanges(t *testing.T) {
	p := newProgram(t)
	c := p.customer("Acme BV", nil)
	number := p.invoiced(c, "1", 10_000)
	p.Advance(24 * time.Hour)
	p.invoiced(c, "2", 5_000)
	p.post("/v1/invoices/"+number+"/credit-notes", nil).is(201)
	balances(t, p, "?as_of=2026-01-04").want(map[string]int64{"receivable": 0})
	balances(t, p, "?as_of=2026-01-05").want(map[string]int64{"receivable": 10_000})
	balances(t, p, "?as_of=2026-01-06").want(map[string]int64{"receivable": 5_000, "revenue": -5_000})
	if got := p.get("/v1/ledger/entries?from=2026-01-05&to=2026-01-05").len("items"); got != 1 {
		t.Errorf("%d entries on the first day", got)
	}
	second := p.get("/v1/ledger/entries?from=2026-01-06")
	if second.len("items") != 3 { // invoice, note, its assignment
		t.Errorf("entries %s", second.raw)
	}
	second.want(map[string]any{"items.0.booked_on": "2026-01-06", "items.0.legs.0.role": "receivable"})
	p.ask("GET", "/v1/ledger/trial-balance?as_of=yesterday", nil, nil).refused(422, "DULY-3001", "")
	p.ask("GET", "/v1/ledger/entries?to=2026-13-01", nil, nil).refused(422, "DULY-3001", "")
}

func TestAgeingAndFiguresOfAnyDay(t *testing.T) {
	p := newProgram(t)
	acme, other := p.customer("Acme BV", nil), p.customer("Other BV", map[string]any{"terms": 60})
	p.invoiced(acme, "1", 60_000) // due 4 February
	p.Advance(10 * 24 * time.Hour)
	p.invoiced(other, "2", 30_000) // due 16 March
	p.Advance(50 * 24 * time.Hour) // 6 March
	p.get("/v1/ageing").want(map[string]any{
		"as_of": "2026-03-06", "currency": "EUR", "total.amount": 90_000, "buckets.0.name": "not_due", "buckets.0.amount.amount": 30_000, "buckets.1.amount.amount": 60_000, "buckets.1.count": 1,
		"customers.0.name": "Acme BV", "customers.0.customer_id": acme, "customers.0.total.amount": 60_000, "customers.1.buckets.0.amount.amount": 30_000,
	})
	p.get("/v1/ageing?as_of=2026-01-10").want(map[string]any{"total.amount": 60_000, "buckets.0.amount.amount": 60_000})
	// 900.00 open, 900.00 sold in 90 days: 90 days of sales
	p.get("/v1/kpis").want(map[string]any{"to": "2026-03-06", "from": "2025-12-07", "receivable.amount": 90_000, "overdue.amount": 60_000, "sold.amount": 90_000, "dso": "90.0", "dso_count_back": "61.0"})
	// 900.00 open, 300.00 sold in 31 days: 900 / 300 × 31
	p.get("/v1/kpis?from=2026-01-10&to=2026-02-09").want(map[string]any{"sold.amount": 30_000, "dso": "93.0", "receivable.amount": 90_000})
	p.ask("GET", "/v1/kpis?from=2026-02-09&to=2026-02-08", nil, nil).refused(422, "DULY-3001", "/to")
	p.get("/v1/kpis?to=2025-12-31").want(map[string]any{"receivable.amount": 0, "dso": nil, "dso_count_back": "0.0"})
	number := p.get("/v1/invoices?customer=" + acme).text("items.0.number")
	p.post("/v1/invoices/"+number+"/credit-notes", nil).is(201)
	p.get("/v1/kpis").want(map[string]any{"receivable.amount": 30_000, "overdue.amount": 0, "sold.amount": 30_000})
	p.get("/v1/ageing?as_of=2026-03-05").want(map[string]any{"total.amount": 90_000})
	p.verified()
}

// oracle recomputes the books from the events that programs can read, knowing
// nothing of the ledger: double entry done by hand for each fact.
type oracle map[string]int64

func (o oracle) move(amount int64, debit, credit string) {
	o[debit] += amount
	o[credit] -= amount
}

// fact is what the oracle reads of an event.
type fact struct {
	Type, Subject string
	Data          json.RawMessage
}

// told is what the facts about money say.
type told struct {
	Amount, Net, Tax, Rounding, Closing, Fees struct{ Amount int64 }
	Account, Gateway, Source                  string
}

func recompute(t testing.TB, p *program) oracle {
	t.Helper()
	var facts []fact
	after := ""
	for {
		list := p.get("/v1/events?limit=1000&after=" + after)
		var body struct{ Items []fact }
		if err := json.Unmarshal(list.raw, &body); err != nil {
			t.Fatal(err)
		}
		facts = append(facts, body.Items...)
		if after = list.text("next"); after == "" {
			break
		}
	}
	slices.Reverse(facts) // oldest first
	o, account := oracle{}, map[string]string{}
	for _, f := range facts {
		o.count(t, f, account)
	}
	return o
}

var aboutMoney = []string{"invoice.issued", "credit_note.issued", "receipt.received", "receipt.applied", "receipt.unapplied", "receipt.paid_back", "receipt.regained", "receipt.held", "bank.opened", "bank.unexplained", "payout.announced", "payout.landed"}

func (o oracle) count(t testing.TB, f fact, account map[string]string) {
	var d told
	if !slices.Contains(aboutMoney, f.Type) {
		return
	}
	if err := json.Unmarshal(f.Data, &d); err != nil {
		t.Fatal(err)
	}
	amount := d.Amount.Amount
	switch f.Type {
	case "invoice.issued", "credit_note.issued":
		sign := int64(1)
		if f.Type == "credit_note.issued" {
			sign = -1
		}
		o.move(sign*d.Net.Amount, "receivable", "revenue")
		o.move(sign*d.Tax.Amount, "receivable", "vat")
		o.move(sign*d.Rounding.Amount, "receivable", "rounding")
	case "receipt.received":
		account[f.Subject] = d.Account
		if d.Source == "credit_note" { // no money came: what was owed to us is owed by us
			o.move(amount, "receivable", "unapplied")
			return
		}
		o.move(amount, d.Account, "unapplied")
	case "receipt.applied":
		o.move(amount, "unapplied", "receivable")
	case "receipt.unapplied":
		o.move(-amount, "unapplied", "receivable")
	case "receipt.paid_back":
		o.move(amount, "unapplied", account[f.Subject])
	case "receipt.regained":
		o.move(-amount, "unapplied", account[f.Subject])
	case "receipt.held":
		o.move(amount, "chargebacks", account[f.Subject])
	case "bank.opened":
		o.move(d.Closing.Amount, "bank", "opening")
	case "bank.unexplained":
		o.move(amount, "bank", "suspense")
	case "payout.announced":
		o.move(d.Fees.Amount, "fees", "clearing:"+d.Gateway)
	case "payout.landed":
		o.move(d.Net.Amount, "bank", "clearing:"+d.Gateway)
	}
}

// TestFC_72 does what a month may bring in any order, and after every step
// holds the trial balance against one that was recomputed from the events.
func TestFC_72_TheTrialBalanceIsItsRecomputationFromTheEvents(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		p := newProgram(t)
		m := month{program: p, bank: bank.New(bank.Account{IBAN: p.Cycle.Policy.Seller.IBAN, Owner: "x", OpeningMinor: 50_000, Zone: p.Cycle.Policy.Zone})}
		m.who = p.customer("Acme BV", map[string]any{"credit_limit": nil})
		for range rapid.IntRange(1, 7).Draw(r, "steps") {
			m.step(r)
			m.compare(r)
		}
		p.Settle(t)
		if report, err := p.Cycle.Verify(ctx); err != nil || !report.OK() {
			r.Fatalf("verify: %v\n%s", err, report)
		}
	})
}

// month is a company whose month goes as it may.
type month struct {
	*program
	bank           *bank.Bank
	who            string
	orders, pays   int
	numbers, money []string
	settled        int64 // charges that no payout has taken yet
}

func (m *month) step(r *rapid.T) {
	m.Advance(time.Duration(rapid.IntRange(1, 50).Draw(r, "hours")) * time.Hour)
	acts := map[string]func(*rapid.T){"sell": m.sell, "charge": m.charge, "transfer": m.transfer, "credit": m.credit, "apply": m.apply, "undo": m.undo, "refund": m.refund, "payout": m.payout}
	acts[rapid.SampledFrom(slices.Sorted(maps.Keys(acts))).Draw(r, "act")](r)
	m.Settle(m.t)
}

func (m *month) compare(r *rapid.T) {
	want := recompute(m.t, m.program)
	list := m.get("/v1/ledger/trial-balance")
	got := oracle{}
	for i := range list.len("accounts") {
		row := list.at("accounts." + itoa(i)).(map[string]any)
		got[row["role"].(string)] = minor(m.t, row["balance"])
	}
	for _, o := range []oracle{got, want} {
		maps.DeleteFunc(o, func(_ string, n int64) bool { return n == 0 })
	}
	if diff := cmp.Diff(want, got); diff != "" {
		r.Fatalf("the books differ from the events (-events +books):\n%s", diff)
	}
}

func (m *month) sell(r *rapid.T) {
	m.orders++
	body := sale(m.who, "S-"+itoa(m.orders), rapid.Int64Range(1, 9_999).Draw(r, "price"))
	line := body["lines"].([]any)[0].(map[string]any)
	line["quantity"], line["tax_rate"] = rapid.IntRange(1, 7).Draw(r, "quantity"), rapid.SampledFrom([]string{"0", "9", "21"}).Draw(r, "rate")
	o := m.post("/v1/orders", body).is(201)
	m.post("/v1/orders/"+o.text("id")+"/shipments", map[string]any{"lines": []any{map[string]any{"sku": "CHAIR", "quantity": 1}}}).is(201)
	if o.at("lines.0.quantity").(json.Number) != "1" {
		m.post("/v1/orders/"+o.text("id")+"/shipments", nil).is(201)
	}
	m.Settle(m.t)
	for _, n := range m.get("/v1/orders/" + o.text("id")).at("invoices").([]any) {
		m.numbers = append(m.numbers, n.(string))
	}
}

// any draws one of what there is; false when there is nothing.
func drawn(r *rapid.T, from []string, what string) (string, bool) {
	if len(from) == 0 {
		return "", false
	}
	return rapid.SampledFrom(from).Draw(r, what), true
}

func (m *month) charge(r *rapid.T) {
	number, ok := drawn(r, m.numbers, "invoice")
	if !ok {
		return
	}
	m.pays++
	amount := rapid.Int64Range(1, 20_000).Draw(r, "amount")
	ref := fmt.Sprintf("pi_%d", m.pays)
	in := o2c.MoneyIn{Gateway: "stripe", Ref: ref, InvoiceID: m.invoice(number).ID, Amount: testMoney(amount), At: m.Now()}
	m.handle("evt_"+ref, in)
	m.settled += amount
	m.money = append(m.money, o2c.ReceiptID("stripe", ref))
}

func (m *month) handle(seen string, ev o2c.PaymentEvent) {
	m.t.Helper()
	if err := m.Cycle.HandlePayment(ctx, m.Now(), seen, ev); err != nil {
		m.t.Fatal(err)
	}
}

func (m *month) transfer(r *rapid.T) {
	e := bank.Entry{Amount: rapid.Int64Range(1, 20_000).Draw(r, "amount"), Name: "Acme BV", Reference: "thanks"}
	if rapid.IntRange(0, 3).Draw(r, "out") == 0 {
		e = bank.Entry{Amount: -e.Amount, Name: "Landlord", Reference: "rent"}
	}
	if number, ok := drawn(r, m.numbers, "invoice"); ok && e.Amount > 0 && rapid.Bool().Draw(r, "referenced") {
		e.Reference = m.invoice(number).Reference
	}
	m.book(e)
}

func (m *month) book(e bank.Entry) {
	m.t.Helper()
	if _, err := m.bank.Book(m.Now(), []bank.Entry{e}); err != nil {
		m.t.Fatal(err)
	}
	file, err := m.bank.Statement(m.Now())
	if err != nil {
		m.t.Fatal(err)
	}
	m.post("/v1/bank-statements", string(file)).is(201)
}

func (m *month) credit(r *rapid.T) {
	if number, ok := drawn(r, m.numbers, "invoice"); ok {
		m.post("/v1/invoices/"+number+"/credit-notes", nil).is(201)
	}
}

func (m *month) apply(r *rapid.T) {
	list := m.get("/v1/unapplied")
	number, ok := drawn(r, m.numbers, "invoice")
	if ok && list.len("items") > 0 {
		a := m.post("/v1/receipts/"+list.text("items.0.id")+"/applications", map[string]any{"invoice": number})
		if a.status != 201 && a.status != 422 {
			r.Fatalf("applied: %d %s", a.status, a.raw)
		}
	}
}

func (m *month) undo(*rapid.T) {
	list := m.get("/v1/receipts")
	for i := range list.len("items") {
		if path := "items." + itoa(i); list.len(path+".applications") > 0 {
			a := m.ask("DELETE", "/v1/receipts/"+list.text(path+".id")+"/applications/"+list.text(path+".applications.0.n"), nil, nil)
			if a.status != 200 && a.status != 409 {
				m.t.Fatalf("undone: %d %s", a.status, a.raw)
			}
			return
		}
	}
}

func (m *month) refund(r *rapid.T) {
	id, ok := drawn(r, m.money, "receipt")
	if !ok {
		return
	}
	list := m.get("/v1/receipts/" + id)
	amount, back := minor(m.t, list.at("amount")), minor(m.t, list.at("refunded"))
	if back == amount {
		return
	}
	total := rapid.Int64Range(back+1, amount).Draw(r, "refunded")
	ref := m.refOf(id)
	m.handle(fmt.Sprintf("evt_back_%s_%d", ref, total), o2c.MoneyBack{Gateway: "stripe", Ref: ref, Total: testMoney(total), At: m.Now()})
	m.settled -= total - back
}

func (m *month) refOf(id string) string {
	for i := 1; i <= m.pays; i++ {
		if ref := fmt.Sprintf("pi_%d", i); o2c.ReceiptID("stripe", ref) == id {
			return ref
		}
	}
	m.t.Fatalf("no payment made receipt %s", id)
	return ""
}

func (m *month) payout(r *rapid.T) {
	if m.settled < 100 {
		return
	}
	fees := rapid.Int64Range(0, 99).Draw(r, "fees")
	id := fmt.Sprintf("po_%d", m.orders*1000+m.pays*10+int(m.Now().Unix()%10))
	net := m.settled - fees
	m.Desk.Payouts[id] = o2c.PayoutFacts{ID: id, Charges: testMoney(m.settled), Fees: testMoney(fees), Refunds: testMoney(0), Net: testMoney(net), Reference: strings.ToUpper("stripe " + id), ArrivesAt: m.Now()}
	m.handle("evt_"+id, o2c.PayoutPaid{Gateway: "stripe", ID: id, At: m.Now()})
	m.Settle(m.t)
	m.book(bank.Entry{Amount: net, Name: "Stripe", Reference: strings.ToUpper("stripe " + id)})
	m.settled = 0
}
