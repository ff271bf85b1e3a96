package api

import (
	"testing"
	"time"

	"duly/infra/local/bank"
	"duly/shared/o2c"
)

func TestCap_15_ExposureIsOpenPlusConfirmedPlusThisOrder(t *testing.T) {
	for _, tt := range []struct {
		name     string
		limit    int64
		decision string
		code     string
	}{
		{"limit 100, invoiced 100, sale 50: referred", 10_000, "refer", "over_limit"},
		{"limit 200, invoiced 100, sale 50: 150 of 200", 20_000, "approve", "within_limit"},
		{"limit 150, invoiced 100, sale 50: just", 15_000, "approve", "within_limit"},
		{"limit 149.99: one cent over", 14_999, "refer", "over_limit"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := newProgram(t)
			c := p.customer("Acme BV", map[string]any{"credit_limit": eur(tt.limit)})
			p.invoiced(c, "1", 10_000)
			p.get("/v1/customers/" + c).want(map[string]any{"exposure.receivable.amount": 10_000, "exposure.confirmed.amount": 0})
			o := p.post("/v1/orders", sale(c, "2", 5_000)).is(201)
			o.want(map[string]any{"credit.decision": tt.decision, "credit.reasons.0.code": tt.code, "credit.exposure.amount": 15_000, "credit.limit.amount": tt.limit, "credit.reasons.0.numbers.exposure": "150.00 EUR"})
			if tt.decision == "approve" {
				p.get("/v1/customers/" + c).want(map[string]any{"exposure.receivable.amount": 10_000, "exposure.confirmed.amount": 5_000, "exposure.total.amount": 15_000, "exposure.headroom.amount": tt.limit - 15_000})
			}
			p.verified()
		})
	}
}

func TestCap_15_ConfirmedOrdersCountUntilTheyAreInvoiced(t *testing.T) {
	p := newProgram(t)
	c := p.customer("Acme BV", map[string]any{"credit_limit": eur(10_000)})
	o := p.post("/v1/orders", sale(c, "1", 6_000)).is(201)
	p.post("/v1/orders", sale(c, "2", 4_001)).is(201).want(map[string]any{"credit.decision": "refer", "credit.exposure.amount": 10_001})
	p.post("/v1/orders", sale(c, "3", 4_000)).is(201).want(map[string]any{"credit.decision": "approve"})
	p.post("/v1/orders/"+o.text("id")+"/shipments", nil).is(201)
	p.Settle(t)
	p.get("/v1/customers/" + c).want(map[string]any{"exposure.receivable.amount": 6_000, "exposure.confirmed.amount": 4_000, "exposure.headroom.amount": 0})
	p.verified()
}

func TestCap_16_NoLimitIsUnlimitedAndZeroIsPrepayOnly(t *testing.T) {
	p := newProgram(t)
	unlimited := p.customer("Unlimited BV", map[string]any{"credit_limit": nil})
	p.get("/v1/customers/" + unlimited).want(map[string]any{"credit_limit": nil, "exposure.headroom": nil})
	for i, id := range []string{"1", "2", "3", "4", "5", "6"} { // each below the ceiling, together far above any default
		p.post("/v1/orders", sale(unlimited, id, 250_000)).is(201).want(map[string]any{
			"credit.decision": "approve", "credit.reasons.0.code": "unlimited", "credit.limit": nil, "credit.exposure.amount": 250_000 * (i + 1),
		})
	}
	none := p.customer("Prepay BV", map[string]any{"credit_limit": eur(0)})
	p.get("/v1/customers/" + none).want(map[string]any{"credit_limit.amount": 0, "exposure.headroom.amount": 0})
	unpaid := p.post("/v1/orders", sale(none, "7", 1)).is(201) // no credit at all: nothing leaves before the money is there
	unpaid.want(map[string]any{"credit.decision": "approve", "credit.reasons.0.code": "prepay_only", "credit.conditions.prepay": true, "holds.0": "deposit", "deposit.status": "waiting", "deposit.amount.amount": 1})
	p.post("/v1/orders/"+unpaid.text("id")+"/shipments", nil).refused(409, "DULY-3007", "")
	paid := sale(none, "8", 1_000)
	paid["payment"] = map[string]any{"gateway": "mollie", "reference": "tr_1", "amount": eur(1_000)}
	p.post("/v1/orders", paid).is(201).want(map[string]any{"credit.decision": "approve", "credit.reasons.0.code": "prepaid", "status": "confirmed", "paid_at_shop.gateway": "mollie"})
	p.ask("PATCH", "/v1/customers/"+none, map[string]any{"credit_limit": nil}, nil).is(200)
	p.post("/v1/orders", sale(none, "9", 1_000)).is(201).want(map[string]any{"credit.decision": "approve", "credit.reasons.0.code": "unlimited"})
	p.verified()
}

// TestCap_68 uploads a statement, the same again, and one that overlaps it.
func TestCap_68_AMoneyEventCountsOnceBySourceID(t *testing.T) {
	p := newProgram(t)
	c := p.customer("Acme BV", nil)
	one, two := p.invoiced(c, "1", 10_000), p.invoiced(c, "2", 5_000)
	ours := bank.New(bank.Account{IBAN: p.Cycle.Policy.Seller.IBAN, Owner: p.Cycle.Policy.Seller.Name, OpeningMinor: 100_000, Zone: p.Cycle.Policy.Zone})
	book := func(entries ...bank.Entry) string {
		t.Helper()
		if _, err := ours.Book(p.Now(), entries); err != nil {
			t.Fatal(err)
		}
		file, err := ours.Statement(p.Now())
		if err != nil {
			t.Fatal(err)
		}
		return string(file)
	}
	asXML := lines{"Content-Type", "application/xml"}
	first := book(bank.Entry{Amount: 10_000, Reference: p.invoice(one).Reference, Name: "Acme BV", IBAN: "NL20INGB0001234567"}, bank.Entry{Amount: 777, Reference: "who knows", Name: "Nobody"})
	done := p.ask("POST", "/v1/bank-statements", first, asXML).is(201)
	done.want(map[string]any{"account": p.Cycle.Policy.Seller.IBAN, "entries": 2, "new": 2, "applied": 1, "unmatched": 1, "statements.0.opening.amount": 100_000, "statements.0.closing.amount": 110_777})
	p.ask("POST", "/v1/bank-statements", first, asXML).is(200).want(map[string]any{"id": done.text("id"), "entries": 2, "new": 0, "applied": 0, "unmatched": 0})
	p.Advance(time.Hour)
	longer := book(bank.Entry{Amount: 5_000, Reference: p.invoice(two).Reference, Name: "Acme BV"}) // the same day, two lines known
	p.ask("POST", "/v1/bank-statements", longer, asXML).is(201).want(map[string]any{"entries": 3, "new": 1, "applied": 1, "unmatched": 0})
	p.ask("POST", "/v1/bank-statements", longer, asXML).is(200).want(map[string]any{"new": 0})
	for _, number := range []string{one, two} {
		p.get("/v1/invoices/" + number).want(map[string]any{"status": "paid", "open.amount": 0})
	}
	if got := p.get("/v1/receipts").len("items"); got != 3 {
		t.Errorf("%d receipts", got)
	}
	p.get("/v1/unapplied").want(map[string]any{"items.0.amount.amount": 777, "items.0.payer": "Nobody"})
	balances(t, p, "").want(map[string]int64{"bank": 115_777, "receivable": 0, "unapplied": -777, "opening": -100_000})

	in := o2c.MoneyIn{Gateway: "stripe", Ref: "pi_1", Amount: testMoney(2_000), At: p.Now()}
	for _, message := range []string{"evt_1", "evt_1", "evt_2"} { // twice, and another message about the same payment
		if err := p.Cycle.HandlePayment(ctx, p.Now(), message, in); err != nil {
			t.Fatal(err)
		}
	}
	balances(t, p, "").want(map[string]int64{"clearing:stripe": 2_000, "unapplied": -2_777})
	p.verified()
}

func TestBankFilesThatCannotBeRead(t *testing.T) {
	p := newProgram(t)
	for _, bad := range []string{"", "hello", "<Document/>", "PK\x03\x04"} {
		a := p.ask("POST", "/v1/bank-statements", bad, lines{"Content-Type", "application/octet-stream"})
		a.refused(400, "DULY-2003", "")
	}
	foreign := bank.New(bank.Account{IBAN: "NL91ABNA0417164300", Currency: "USD", Owner: "x", OpeningMinor: 5})
	file, err := foreign.Statement(p.Now())
	if err != nil {
		t.Fatal(err)
	}
	p.post("/v1/bank-statements", string(file)).is(200).want(map[string]any{"statements.0.closing.currency": "USD"}) // an account of its own
}

// byRole is a trial balance by role, in minor units.
type byRole struct {
	t    *testing.T
	rows map[string]int64
}

func balances(t *testing.T, p *program, query string) byRole {
	t.Helper()
	list := p.get("/v1/ledger/trial-balance" + query)
	out := byRole{t, map[string]int64{}}
	var sum int64
	for i := range list.len("accounts") {
		row := list.at("accounts." + itoa(i)).(map[string]any)
		debit, credit, balance := minor(t, row["debit"]), minor(t, row["credit"]), minor(t, row["balance"])
		if balance != debit-credit || debit < 0 || credit < 0 {
			t.Errorf("row %v", row)
		}
		out.rows[row["role"].(string)] = balance
		sum += balance
	}
	if sum != 0 {
		t.Errorf("the books are off by %d", sum)
	}
	return out
}

func (b byRole) want(rows map[string]int64) {
	b.t.Helper()
	for role, want := range rows {
		if got, ok := b.rows[role]; !ok || got != want {
			b.t.Errorf("%s stands at %d, want %d", role, got, want)
		}
	}
}
