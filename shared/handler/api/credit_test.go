package api

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"duly/shared/o2c"
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/credit"
	"duly/shared/o2c/money"
)

// saleIn is a sale in any currency.
func saleIn(customer, externalID string, minor int64, currency string) map[string]any {
	o := sale(customer, externalID, minor)
	o["currency"] = currency
	o["lines"].([]any)[0].(map[string]any)["unit_price"] = map[string]any{"amount": minor, "currency": currency}
	return o
}

// pay lets money arrive for an invoice, as a transfer with its reference.
func (p *program) paid(number string, cents int64) {
	p.t.Helper()
	inv := p.invoice(number)
	r := o2c.MoneyIn{Gateway: "stripe", Ref: fmt.Sprintf("pi_%s_%d", number, cents), InvoiceID: inv.ID, Amount: testMoney(cents), At: p.Now()}
	if err := p.Cycle.HandlePayment(ctx, p.Now(), "evt_"+r.Ref, r); err != nil {
		p.t.Fatal(err)
	}
	p.Settle(p.t)
}

func reasonsOf(a answered, path string) string {
	var all []string
	for i := range a.len(path) {
		all = append(all, a.text(fmt.Sprintf("%s.%d.code", path, i)))
	}
	return strings.Join(all, ",")
}

// TestCap_17: prepaid orders pass whatever is open, and what was delivered is
// invoiced however far the limit was lowered since.
func TestCap_17_CreditIsAskedAtTheOrderAndNeverAtTheInvoice(t *testing.T) {
	p := newProgram(t)
	c := p.customer("Acme BV", map[string]any{"credit_limit": eur(10_000)})
	one := p.post("/v1/orders", sale(c, "1", 6_000)).is(201).text("id")
	two := p.post("/v1/orders", sale(c, "2", 4_000)).is(201).text("id")
	p.post("/v1/orders/"+one+"/shipments", nil).is(201)
	p.ask("PATCH", "/v1/customers/"+c, map[string]any{"credit_limit": eur(0), "blocked": true}, nil).is(200)
	p.post("/v1/orders/"+two+"/shipments", nil).is(201)
	p.Settle(t)
	for _, id := range []string{one, two} { // delivered, so invoiced: 100.00 open at a limit of nothing
		p.get("/v1/orders/" + id).want(map[string]any{"status": "shipped"})
	}
	p.get("/v1/customers/" + c).want(map[string]any{"exposure.receivable.amount": 10_000, "exposure.headroom.amount": -10_000})
	p.ask("PATCH", "/v1/customers/"+c, map[string]any{"blocked": false}, nil).is(200)
	paid := sale(c, "3", 5_000)
	paid["payment"] = map[string]any{"gateway": "mollie", "reference": "tr_1", "amount": eur(5_000)}
	p.post("/v1/orders", paid).is(201).want(map[string]any{"status": "confirmed", "credit.decision": "approve", "credit.reasons.0.code": "prepaid"})
	p.post("/v1/orders", sale(c, "4", 1)).is(201).want(map[string]any{"credit.decision": "approve", "credit.reasons.0.code": "prepay_only", "credit.conditions.prepay": true, "holds.0": "deposit"})
	p.verified()
}

// TestCap_18: only what is both late enough and large enough blocks.
func TestCap_18_OverdueBlocksByAgeAndAmount(t *testing.T) {
	p := newProgram(t)
	day := 24 * time.Hour
	old := p.customer("Late BV", nil)
	number := p.invoiced(old, "1", 20_000) // due in 30 days
	p.Advance(44 * day)                    // 14 days late: not more than the policy's 14
	p.post("/v1/orders", sale(old, "2", 1_000)).is(201).want(map[string]any{"credit.decision": "approve"})
	p.Advance(day)
	a := p.post("/v1/orders", sale(old, "3", 1_000)).is(201)
	a.want(map[string]any{
		"credit.decision": "refer", "credit.reasons.0.code": "overdue", "credit.reasons.0.numbers.overdue": "200.00 EUR", "credit.reasons.0.numbers.days": "15",
		"credit.reasons.0.numbers.after": "14", "credit.reasons.0.numbers.ignored": "50.00 EUR",
	})
	p.paid(number, 15_000) // 50.00 is left: a residual
	p.post("/v1/orders", sale(old, "4", 1_000)).is(201).want(map[string]any{"credit.decision": "approve"})

	// A residual that is old and a large invoice that fell due yesterday are two
	// things, and neither blocks.
	young := p.customer("Young BV", nil)
	residual := p.invoiced(young, "5", 10_000)
	p.paid(residual, 9_900)
	p.Advance(20 * day)
	p.invoiced(young, "6", 100_000)
	p.Advance(31 * day)
	p.post("/v1/orders", sale(young, "7", 1_000)).is(201).want(map[string]any{"credit.decision": "approve"})
	e := p.get("/v1/orders/" + p.get("/v1/orders?customer="+young).text("items.0.id") + "/credit-decision")
	e.want(map[string]any{"inputs.overdue.amount": 100_100, "inputs.overdue_days": 21, "inputs.late.0.days": 21, "inputs.late.0.open.amount": 100, "inputs.late.1.days": 1})
	p.verified()
}

// TestCap_21: three invoices paid 0, 10 and 20 days late, a promise broken: the
// rating and the limit it proposes can be worked out by hand.
func TestCap_21_RatingFromOwnHistoryProposesALimit(t *testing.T) {
	p := newProgram(t)
	day := 24 * time.Hour
	c := p.customer("Acme BV", nil)
	p.get("/v1/customers/" + c).want(map[string]any{"rating": nil, "orders": 0, "since": "2026-01-05"})
	first, second, third := p.invoiced(c, "1", 100_000), p.invoiced(c, "2", 100_000), p.invoiced(c, "3", 200_000)
	p.Advance(30 * day)
	p.paid(first, 100_000) // on its day
	p.Advance(10 * day)
	p.paid(second, 100_000) // 10 days late
	p.post("/v1/invoices/"+third+"/promises", map[string]any{"date": calendar.On(p.Now(), p.Cycle.Policy.Zone).AddDays(2).String(), "by": "Acme"}).is(201)
	p.Advance(5 * day)
	if _, err := p.Cycle.RunDunning(ctx, p.Now(), func() bool { return true }); err != nil { // judges the promise
		t.Fatal(err)
	}
	p.Advance(5 * day)
	p.paid(third, 200_000) // 20 days late
	// (1000 × 0 + 1000 × 10 + 2000 × 20) ÷ 4000 = 12.5, so 13 days: 26 points; a broken promise: 5.
	// 4000 in 2 months × (30 + 13) ÷ 30 × 100 % = 2866.67, so 2800.
	p.get("/v1/customers/" + c).want(map[string]any{
		"orders": 3, "rating.band": "C", "rating.score": 69, "rating.points.lateness": 26, "rating.points.promises": 5, "rating.points.disputes": 0,
		"rating.days_late": 13, "rating.payments": 3, "rating.paid.amount": 400_000, "rating.promises_broken": 1, "rating.promises_kept": 0,
		"rating.limit_proposal.limit.amount": 280_000,
		"rating.limit_proposal.arithmetic":   "4000.00 EUR paid in 2 months × (30 + 13) days ÷ 30 × 100 %, rounded down to hundreds = 2800.00 EUR",
	})
	o := p.post("/v1/orders", sale(c, "4", 1_000)).is(201)
	p.get("/v1/orders/" + o.text("id") + "/credit-decision").want(map[string]any{
		"inputs.rating.band": "C", "inputs.rating.days_late": 13, "inputs.orders": 3, "inputs.since": "2026-01-05", "policy_version": "2026-01",
	})
	p.verified()
}

// TestCap_22: above 500.00 the policy wants a report of at most 90 days. The
// first such order finds none and asks for it; until it is old it is not asked
// for again, and what it says decides.
func TestCap_22_ExternalReportsAreAskedOnceAndAge(t *testing.T) {
	p := newProgram(t)
	p.Cycle.Policy.Credit.Report = &credit.ReportRules{Above: testMoney(50_000), AgeDays: 90, ScoreMin: 50}
	asked := func(c string) int {
		t.Helper()
		trail, err := p.Cycle.Store.Events(ctx, o2c.Key{Kind: "credit-report", ID: c})
		if err != nil {
			t.Fatal(err)
		}
		return len(trail)
	}
	c := p.customer("Krause Handels GmbH", map[string]any{"vat_id": "DE136695976", "credit_limit": nil})
	p.post("/v1/orders", sale(c, "1", 50_000)).is(201).want(map[string]any{"credit.decision": "approve"}) // not above
	p.Settle(t)
	if raw := string(p.get("/v1/customers/" + c + "/credit-report").raw); asked(c) != 0 || strings.TrimSpace(raw) != "null" {
		t.Errorf("asked without need: %s", raw)
	}
	p.post("/v1/orders", sale(c, "2", 1_000)).is(201).want(map[string]any{"credit.decision": "refer", "credit.reasons.0.code": "report_missing", "credit.reasons.0.numbers.above": "500.00 EUR"})
	p.Settle(t)
	p.get("/v1/customers/" + c + "/credit-report").want(map[string]any{"source": "offline sample", "known": true, "score": 88, "grade": "very low risk", "limit.amount": 4_000_000, "on": "2026-01-05", "age_days": 0, "fresh": true})
	for _, id := range []string{"3", "4"} {
		o := p.post("/v1/orders", sale(c, id, 1_000)).is(201).want(map[string]any{"credit.decision": "approve"})
		p.get("/v1/orders/" + o.text("id") + "/credit-decision").want(map[string]any{"inputs.report.score": 88, "inputs.report.on": "2026-01-05", "inputs.report.source": "offline sample"})
	}
	p.Settle(t)
	if n := asked(c); n != 1 {
		t.Errorf("asked %d times", n)
	}
	p.Advance(91 * 24 * time.Hour)
	p.get("/v1/customers/" + c + "/credit-report").want(map[string]any{"age_days": 91, "fresh": false})
	p.post("/v1/orders", sale(c, "5", 1_000)).is(201).want(map[string]any{"credit.decision": "refer", "credit.reasons.0.code": "report_old", "credit.reasons.0.numbers.age": "91", "credit.reasons.0.numbers.most": "90"})
	p.Settle(t)
	p.post("/v1/orders", sale(c, "6", 1_000)).is(201).want(map[string]any{"credit.decision": "approve"})
	if n := asked(c); n != 2 {
		t.Errorf("asked %d times", n)
	}

	poor := p.customer("Atelier Lumière SARL", map[string]any{"vat_id": "FR40303265045", "credit_limit": nil})
	p.post("/v1/customers/"+poor+"/credit-report", nil).is(202)
	p.Settle(t)
	p.post("/v1/orders", sale(poor, "7", 60_000)).is(201).want(map[string]any{"credit.decision": "refer", "credit.reasons.0.code": "report_score", "credit.reasons.0.numbers.score": "34", "credit.reasons.0.numbers.least": "50"})
	nobody := p.customer("Nobody BV", map[string]any{"kvk": "11111111", "credit_limit": nil})
	p.post("/v1/customers/"+nobody+"/credit-report", nil).is(202)
	p.Settle(t)
	p.get("/v1/customers/" + nobody + "/credit-report").want(map[string]any{"known": false})
	p.post("/v1/orders", sale(nobody, "8", 60_000)).is(201).want(map[string]any{"credit.decision": "refer", "credit.reasons.0.code": "report_unknown"})
	consumer := p.customer("Sanne de Wit", map[string]any{"kind": "consumer"})
	p.post("/v1/customers/"+consumer+"/credit-report", nil).refused(409, "DULY-3003", "")
	p.ask("GET", "/v1/customers/c_none/credit-report", nil, nil).is(404)
	p.verified()
}

// TestCap_23: the insurer's cover stands apart from the house's limit: it raises
// no limit, and what would be at stake beyond it asks a person where the policy
// says so.
func TestCap_23_InsuredLimitApartFromTheHousesOwn(t *testing.T) {
	p := newProgram(t)
	beyond := money.Of(20_000, "EUR")
	p.Cycle.Policy.Credit.Uninsured = &beyond
	cover := map[string]any{"limit": eur(50_000), "insurer": "Voorbeeld Kredietverzekering", "number": "KV-118", "valid_to": "2026-01-31"}
	c := p.customer("Acme BV", map[string]any{"credit_limit": eur(100_000), "insured_limit": cover})
	p.get("/v1/customers/" + c).want(map[string]any{"credit_limit.amount": 100_000, "exposure.headroom.amount": 100_000, "insured_limit.limit.amount": 50_000, "insured_limit.insurer": "Voorbeeld Kredietverzekering", "insured_limit.valid_to": "2026-01-31"})
	p.post("/v1/orders", sale(c, "1", 70_000)).is(201).want(map[string]any{"credit.decision": "approve"}) // 200.00 beyond the cover
	p.post("/v1/orders", sale(c, "2", 10_000)).is(201).want(map[string]any{
		"credit.decision": "refer", "credit.reasons.0.code": "uninsured", "credit.reasons.0.numbers.uninsured": "300.00 EUR", "credit.reasons.0.numbers.insured": "500.00 EUR", "credit.limit.amount": 100_000,
	})
	p.Advance(27 * 24 * time.Hour) // 1 February: the cover has ended
	a := p.post("/v1/orders", sale(c, "3", 100)).is(201)
	a.want(map[string]any{"credit.decision": "refer", "credit.reasons.0.code": "uninsured", "credit.reasons.0.numbers.uninsured": "701.00 EUR", "credit.reasons.0.numbers.insured": "0.00 EUR"})
	if !strings.Contains(a.text("credit.reasons.0.text"), "ended on 2026-01-31") {
		t.Error(a.text("credit.reasons.0.text"))
	}
	p.ask("PATCH", "/v1/customers/"+c, map[string]any{"insured_limit": nil}, nil).is(200).want(map[string]any{"insured_limit": nil})
	p.post("/v1/orders", sale(c, "4", 100)).is(201).want(map[string]any{"credit.decision": "approve"})
	bad := map[string]any{"limit": eur(1), "insurer": "x", "number": "y", "valid_to": "soon"}
	p.ask("PATCH", "/v1/customers/"+c, map[string]any{"insured_limit": bad}, nil).is(422)
	p.verified()
}

// TestCap_24: limit 50.00; what is open is 45 and 65 of a currency that is worth
// half: 55.00 is more than 50.00. The rate is the order date's, and stays it.
func TestCap_24_ExposureInOtherCurrenciesAtTheOrderDatesRate(t *testing.T) {
	p := newProgram(t)
	asText := lines{"Content-Type", "text/csv"}
	sheet := "Date,TRY,USD,\n2026-01-05,2.0,1.2,\n2026-01-02,4.0,1.1,\n"
	p.ask("POST", "/v1/rates", sheet, asText).is(201).want(map[string]any{"days": 2, "new": 2, "newest": "2026-01-05"})
	p.ask("POST", "/v1/rates", sheet, asText).is(200).want(map[string]any{"new": 0})
	p.ask("POST", "/v1/rates", "no rates", asText).refused(400, "DULY-2003", "")
	p.get("/v1/rates").want(map[string]any{"items.0.on": "2026-01-05", "items.0.per.TRY": "2", "items.0.base": "EUR"})

	c := p.customer("Acme BV", map[string]any{"credit_limit": eur(5_000)})
	o := p.post("/v1/orders", saleIn(c, "1", 4_500, "TRY")).is(201)
	o.want(map[string]any{"total.amount": 4_500, "currency": "TRY", "credit.decision": "approve", "credit.amount.amount": 4_500, "credit.amount.currency": "TRY", "credit.exposure.amount": 2_250, "credit.exposure.currency": "EUR"})
	p.post("/v1/orders", saleIn(c, "2", 6_500, "TRY")).is(201).want(map[string]any{
		"credit.decision": "refer", "credit.reasons.0.code": "over_limit", "credit.exposure.amount": 5_500, "credit.reasons.0.numbers.over": "5.00 EUR",
	})
	earlier := saleIn(c, "3", 6_500, "TRY") // placed on Saturday: Friday's rate of 4.0
	earlier["placed_at"] = "2026-01-03T12:00:00Z"
	third := p.post("/v1/orders", earlier).is(201)
	third.want(map[string]any{"credit.decision": "approve", "credit.exposure.amount": 2_250 + 1_625})
	p.get("/v1/orders/" + third.text("id") + "/credit-decision").want(map[string]any{
		"inputs.foreign.amount.amount": 6_500, "inputs.foreign.rate.per": "0.25", "inputs.foreign.rate.on": "2026-01-02", "inputs.foreign.rate.source": "ECB euro foreign exchange reference rates", "inputs.amount.amount": 1_625,
	})
	p.get("/v1/customers/" + c).want(map[string]any{"exposure.confirmed.amount": 3_875, "exposure.headroom.amount": 1_125})

	p.ask("POST", "/v1/rates", "Date,TRY,\n2026-01-06,8.0,\n", asText).is(201) // a later rate changes nothing that was counted
	p.Advance(24 * time.Hour)
	p.post("/v1/orders/"+o.text("id")+"/cancel", map[string]any{"reason": "agreed on euros"}).is(200)
	p.get("/v1/customers/" + c).want(map[string]any{"exposure.confirmed.amount": 1_625})
	p.verified()
}

// TestCap_26: neither cancelling, nor declining, nor copying, nor sending the
// order again makes room that is not there.
func TestCap_26_NoTrickGetsAroundTheLimit(t *testing.T) {
	p := newProgram(t)
	c := p.customer("Acme BV", map[string]any{"credit_limit": eur(10_000)})
	one := p.post("/v1/orders", sale(c, "1", 8_000)).is(201).text("id")
	over := p.post("/v1/orders", sale(c, "2", 3_000)).is(201).want(map[string]any{"credit.decision": "refer"}).text("id")
	decide := func(id, decision string) answered {
		return p.post("/v1/orders/"+id+"/credit-decision", map[string]any{"decision": decision, "as_user": "U04APPROVE", "reason": "because of the test"})
	}
	decide(over, "decline").is(200)
	decide(over, "approve").is(409)                                                                           // a declined order is not approved by asking again
	p.post("/v1/orders", sale(c, "2", 3_000)).is(201).want(map[string]any{"id": over, "status": "declined"})  // nor by sending it again
	p.post("/v1/orders/"+over+"/shipments", nil).is(409)                                                      // nor by shipping it
	p.post("/v1/orders", sale(c, "2-copy", 3_000)).is(201).want(map[string]any{"credit.decision": "refer"})   // a copy is decided like the original
	p.post("/v1/orders", sale(c, "2-half", 2_000)).is(201).want(map[string]any{"credit.decision": "approve"}) // what fits, fits
	p.post("/v1/orders", sale(c, "2-other", 1)).is(201).want(map[string]any{"credit.decision": "refer"})      // and no cent more, in however many parts
	p.post("/v1/orders/"+one+"/cancel", map[string]any{"reason": "changed their mind"}).is(200)
	p.post("/v1/orders/"+one+"/cancel", map[string]any{"reason": "changed their mind"}).is(200) // twice frees once
	p.get("/v1/customers/" + c).want(map[string]any{"exposure.confirmed.amount": 2_000, "exposure.headroom.amount": 8_000})
	decide(one, "approve").is(409) // a cancelled order does not come back
	p.post("/v1/orders/"+one+"/shipments", nil).is(409)
	number := p.invoiced(c, "3", 8_000)
	p.post("/v1/orders", sale(c, "4", 1)).is(201).want(map[string]any{"credit.decision": "refer"}) // invoiced is no less open than confirmed
	p.post("/v1/invoices/"+number+"/credit-notes", map[string]any{}).is(201)
	p.get("/v1/customers/" + c).want(map[string]any{"exposure.receivable.amount": 0, "exposure.headroom.amount": 8_000}) // a credit note does

	// A new customer of the same owner does not double the group's limit.
	head := p.customer("Holding BV", map[string]any{"group_limit": eur(10_000)})
	daughter := p.customer("Daughter BV", map[string]any{"group": head})
	p.post("/v1/orders", sale(daughter, "5", 7_000)).is(201).want(map[string]any{"credit.decision": "approve"})
	p.post("/v1/orders", sale(head, "6", 4_000)).is(201).want(map[string]any{"credit.decision": "refer", "credit.reasons.0.code": "over_group_limit", "credit.reasons.0.numbers.over": "10.00 EUR"})
	niece := p.customer("Niece BV", map[string]any{"group": head})
	p.post("/v1/orders", sale(niece, "7", 3_001)).is(201).want(map[string]any{"credit.decision": "refer"})
	p.get("/v1/customers/" + niece).want(map[string]any{"group": head, "group_limit.amount": 10_000, "group_exposure.confirmed.amount": 7_000, "group_exposure.headroom.amount": 3_000})
	p.ask("PATCH", "/v1/customers/"+daughter, map[string]any{"group": nil}, nil).is(200).want(map[string]any{"group": nil})
	p.get("/v1/customers/" + niece).want(map[string]any{"group_exposure.confirmed.amount": 0})
	p.ask("PATCH", "/v1/customers/"+daughter, map[string]any{"group": head}, nil).is(200).want(map[string]any{"group_exposure.confirmed.amount": 7_000})
	p.ask("PATCH", "/v1/customers/"+head, map[string]any{"group": niece}, nil).is(422)
	p.ask("PATCH", "/v1/customers/"+niece, map[string]any{"group": daughter}, nil).is(422)
	p.verified()
}

// TestEveryDecisionCanBeExplained: what is stored is enough to decide again.
func TestEveryDecisionCanBeExplained(t *testing.T) {
	p := newProgram(t)
	c := p.customer("Acme BV", map[string]any{"credit_limit": eur(10_000)})
	var want []string
	for i, cents := range []int64{6_000, 3_000, 2_000, 300_000, 1_000} {
		want = append(want, p.post("/v1/orders", sale(c, fmt.Sprint(i), cents)).is(201).text("id"))
		p.Advance(time.Hour)
	}
	list := p.get("/v1/credit-decisions?from=2026-01-05&to=2026-01-05&limit=3")
	rest := p.get("/v1/credit-decisions?from=2026-01-05&to=2026-01-05&limit=3&after=" + list.text("next"))
	var got []string
	for _, page := range []answered{list, rest} {
		for i := range page.len("items") {
			got = append(got, page.text(fmt.Sprintf("items.%d.order_id", i)))
		}
	}
	slices.Reverse(got)
	if !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	list.want(map[string]any{"items.1.decision": "refer", "items.1.inputs.receivable.amount": 0, "items.1.inputs.confirmed.amount": 9_000, "items.1.inputs.channel": "api", "items.1.outcome.paid": false})
	if c := reasonsOf(list, "items.1.reasons"); c != "over_limit,above_auto_approve" {
		t.Error(c)
	}
	if n := p.get("/v1/credit-decisions?from=2026-01-06").len("items"); n != 0 {
		t.Errorf("%d decisions on a day without any", n)
	}
	p.ask("GET", "/v1/credit-decisions?from=yesterday", nil, nil).is(422)
	p.ask("GET", "/v1/orders/o_none/credit-decision", nil, nil).is(404)
}
