package api

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"duly/infra/local/bank"
	paper "duly/shared/document"
	"duly/shared/handler/dunning"
	"duly/shared/handler/trigger"
	"duly/shared/o2c"
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/ledger"
)

const (
	joost = "U03COLLECT"
	mira  = "U04APPROVE"
	bram  = "U05APPROVE"
	sam   = "U07ADMIN"
)

// creditor is a program whose customers do not pay, with its bank and its
// calendar.
type creditor struct {
	*program
	bank    *bank.Bank
	dunning trigger.Handler
}

func newCreditor(t *testing.T) *creditor {
	t.Helper()
	c := &creditor{program: newProgram(t)}
	seller := c.Cycle.Policy.Seller
	c.bank = bank.New(bank.Account{IBAN: seller.IBAN, Owner: seller.Name, Zone: c.Cycle.Policy.Zone})
	c.Cycle.Policy.Freshness = 0
	c.dunning = dunning.New(dunning.Deps{Cycle: c.Cycle, Now: c.Now, Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	return c
}

// until moves the clock to 10:00 UTC of a day.
func (c *creditor) until(year int, month time.Month, day int) {
	c.t.Helper()
	c.Advance(time.Date(year, month, day, 10, 0, 0, 0, time.UTC).Sub(c.Now()))
}

// tick lets the calendar turn.
func (c *creditor) tick() {
	c.t.Helper()
	if err := c.dunning.Tick(context.Background(), trigger.Tick{}); err != nil {
		c.t.Fatal(err)
	}
	c.Settle(c.t)
}

// owes takes an order with tax, ships it and lets its invoice be issued on
// 2026-01-05, due 2026-02-04.
func (c *creditor) owes(customer, id string, net int64, rate string) (number string) {
	c.t.Helper()
	o := sale(customer, id, net)
	o["lines"].([]any)[0].(map[string]any)["tax_rate"] = rate
	made := c.post("/v1/orders", o).is(201)
	c.post("/v1/orders/"+made.text("id")+"/shipments", nil).is(201)
	c.Settle(c.t)
	return c.get("/v1/orders/" + made.text("id")).text("invoices.0")
}

// pays sends money by bank, today.
func (c *creditor) pays(number string, cents int64) {
	c.t.Helper()
	if _, err := c.bank.Book(c.Now(), []bank.Entry{{Amount: cents, Reference: c.invoice(number).Reference, Name: "Acme BV"}}); err != nil {
		c.t.Fatal(err)
	}
	file, err := c.bank.Statement(c.Now())
	if err != nil {
		c.t.Fatal(err)
	}
	c.post("/v1/bank-statements", string(file)).is(201).want(map[string]any{"applied": 1})
	c.Settle(c.t)
}

func (c *creditor) claim(number, asOf string) answered {
	c.t.Helper()
	return c.get("/v1/invoices/" + number + "/claim?as_of=" + asOf)
}

func (c *creditor) act(number, what string, body any) answered {
	c.t.Helper()
	a := c.post("/v1/invoices/"+number+"/"+what, body)
	c.Settle(c.t)
	return a
}

func (c *creditor) today() calendar.Date { return calendar.On(c.Now(), c.Cycle.Policy.Zone) }

// books compares accounts with what they should hold.
func (c *creditor) books(want map[string]int64) {
	c.t.Helper()
	for role, cents := range want {
		if got := c.balance(role); got != cents {
			c.t.Errorf("%s: %d, want %d", role, got, cents)
		}
	}
}

// balance is debit − credit of an account.
func (c *creditor) balance(role string) int64 {
	c.t.Helper()
	rows, err := c.Cycle.TrialBalance(ctx, c.today())
	if err != nil {
		c.t.Fatal(err)
	}
	for _, r := range rows {
		if r.Role == role {
			return r.Balance.Minor
		}
	}
	return 0
}

// TestCap_56_FeesAndInterestStandBesideTheInvoice: what the law adds is a claim
// of its own, printed step by step; the invoice stays as it was issued.
func TestCap_56_FeesAndInterestStandBesideTheInvoice(t *testing.T) {
	c := newCreditor(t)
	number := c.owes(c.customer("Acme BV", nil), "1", 100_000, "0")
	before := c.invoice(number)
	c.until(2026, 3, 6)
	c.act(number, "claim/raise", nil).is(200).want(map[string]any{"principal": eur(100_000), "interest": eur(834), "costs": eur(4_000), "total": eur(104_834), "recovery.raised_on": "2026-03-06"})
	c.get("/v1/invoices/" + number).want(map[string]any{"total": eur(100_000), "open": eur(100_000)})
	if after := c.invoice(number); after.Hash != before.Hash || len(after.Lines) != len(before.Lines) {
		t.Error("the invoice has changed")
	}
	c.ask("GET", "/v1/invoices/"+number+"/claim/pdf?as_of=2026-03-06", nil, nil).is(200)
	v, err := c.Cycle.ClaimOn(ctx, c.invoice(number), calendar.Date{Year: 2026, Month: time.March, Day: 6})
	if err != nil {
		t.Fatal(err)
	}
	sheet, err := (paper.Papers{}).ClaimPDF(o2c.ClaimSheetView{View: v, Seller: c.Cycle.Policy.Seller, Language: "nl"})
	if err != nil || !bytes.HasPrefix(sheet, []byte("%PDF")) {
		t.Errorf("no PDF: %v", err)
	}
	c.verified()
}

// TestCap_62_NoCostsBeforeAValidLetter: a consumer owes none until the letter has
// been received and its fourteen days are over; 15 % of 1,000.00 (L11, L12). The
// letter went out on a Tuesday: received on Thursday 26 February (HR
// 2016-11-25), the days are 27 February to 12 March.
func TestCap_62_NoCostsBeforeAValidLetter(t *testing.T) {
	c := newCreditor(t)
	c.Outbox.Papers = paper.Papers{}
	number := c.owes(c.customer("Jo Doe", map[string]any{"kind": "consumer", "language": "nl"}), "1", 100_000, "0")
	c.until(2026, 2, 24)
	c.claim(number, "2026-12-31").want(map[string]any{"costs": eur(0)})
	c.act(number, "claim/letters", map[string]any{"kind": "formal"}).refused(422, "DULY-3001", "/kind")
	c.act(number, "claim/letters", map[string]any{"kind": "fourteen_day"}).is(200)
	c.get("/v1/invoices/" + number + "/claim").want(map[string]any{"recovery.letters.0.costs": eur(15_000), "recovery.letters.0.arrived_on": "2026-02-26", "recovery.letters.0.presumed": true})
	letter := c.Desk.Letters[len(c.Desk.Letters)-1]
	for _, said := range []string{"veertien dagen vanaf de dag nadat deze brief bij u is bezorgd", "€ 1.000,00", "incassokosten verschuldigd: € 150,00", "geen juridisch advies"} {
		if !strings.Contains(strings.ReplaceAll(letter.Text, "\u00a0", " "), said) {
			t.Errorf("the letter does not say %q:\n%s", said, letter.Text)
		}
	}
	if len(letter.Attachments) != 1 || !bytes.HasPrefix(letter.Attachments[0].Content, []byte("%PDF")) {
		t.Error("the letter lacks its computation")
	}
	c.claim(number, "2026-03-12").want(map[string]any{"costs": eur(0)})
	c.claim(number, "2026-03-13").want(map[string]any{"costs": eur(15_000)})
	c.until(2026, 3, 2) // its receipt is confirmed for a later day: the days move
	c.act(number, "claim/letters", map[string]any{"arrived_on": "2026-03-02"}).is(200)
	c.claim(number, "2026-03-16").want(map[string]any{"costs": eur(0)})
	c.claim(number, "2026-03-17").want(map[string]any{"costs": eur(15_000)})
	c.act(number, "claim/letters", map[string]any{"kind": "fourteen_day"}).refused(409, "DULY-3003", "")
}

// TestCap_62_OneLetterForAllDebts: several debts are demanded in one letter, whose
// costs are those of their sum: 15 % of 150.00 = 22.50, at least 40.00 once, not
// 80.00 (article 6:96(7) BW); with the VAT that the creditor cannot deduct 48.40.
func TestCap_62_OneLetterForAllDebts(t *testing.T) {
	c := newCreditor(t)
	c.Outbox.Papers = paper.Papers{}
	c.Cycle.Policy.Recovery.TaxOnCosts = decimal.NewFromInt(21)
	jo := c.customer("Jo Doe", map[string]any{"kind": "consumer", "language": "en"})
	first, second := c.owes(jo, "1", 10_000, "0"), c.owes(jo, "2", 5_000, "0")
	c.until(2026, 2, 24)
	c.act(first, "claim/letters", map[string]any{"kind": "fourteen_day"}).is(200)
	letter := c.Desk.Letters[len(c.Desk.Letters)-1]
	for _, said := range []string{"€150.00", "€48.40, of which €8.40 is VAT"} {
		if !strings.Contains(strings.ReplaceAll(letter.Text, "\u00a0", " "), said) {
			t.Errorf("the letter does not say %q:\n%s", said, letter.Text)
		}
	}
	c.claim(first, "2026-03-13").want(map[string]any{"costs": eur(3_227)})
	c.claim(second, "2026-03-13").want(map[string]any{"costs": eur(1_613)})
}

// TestCap_63_CollectionCosts: 40.00 between businesses from the first day of
// delay, without any letter (L13); the scale of L12 after a formal notice.
func TestCap_63_CollectionCosts(t *testing.T) {
	c := newCreditor(t)
	scale := []struct{ principal, costs int64 }{{10_000, 4_000}, {100_000, 15_000}, {240_000, 36_000}}
	numbers := make([]string, len(scale))
	for i, tc := range scale {
		id := string(rune('1' + i))
		numbers[i] = c.owes(c.customer("Acme "+id, map[string]any{"credit_limit": eur(5_000_000)}), id, tc.principal, "0")
		c.claim(numbers[i], "2026-02-04").want(map[string]any{"costs": eur(0)})
		c.claim(numbers[i], "2026-02-05").want(map[string]any{"costs": eur(4_000)})
	}
	c.until(2026, 3, 6)
	for i, tc := range scale {
		c.act(numbers[i], "claim/letters", map[string]any{"kind": "formal"}).is(200)
		c.claim(numbers[i], "2026-03-06").want(map[string]any{"costs": eur(4_000)})
		c.claim(numbers[i], "2026-03-07").want(map[string]any{"costs": eur(tc.costs)})
	}
}

// TestCap_64_CostsThenInterestThenPrincipal: 500.00 on 1,000.00 with 40.00 and
// 8.34 (L18): 451.66 is left for the invoice. Undone, all of it comes back;
// forgiven, what had gone to the costs goes to the invoice.
func TestCap_64_CostsThenInterestThenPrincipal(t *testing.T) {
	c := newCreditor(t)
	number := c.owes(c.customer("Acme BV", nil), "1", 100_000, "0")
	c.until(2026, 3, 6)
	c.act(number, "claim/raise", nil).is(200)
	c.pays(number, 50_000)
	c.get("/v1/invoices/" + number).want(map[string]any{"open": eur(54_834), "status": "part_paid"})
	c.claim(number, "2026-03-06").want(map[string]any{"principal": eur(54_834), "interest": eur(0), "costs": eur(0), "total": eur(54_834)})
	if c.balance(ledger.ClaimCosts) != -4_000 || c.balance(ledger.ClaimInterest) != -834 || c.balance(ledger.Receivable) != 54_834 {
		t.Errorf("costs %d, interest %d, receivable %d", c.balance(ledger.ClaimCosts), c.balance(ledger.ClaimInterest), c.balance(ledger.Receivable))
	}
	c.verified()
	receipt := c.get("/v1/receipts").want(map[string]any{"items.0.applications.0.part": "costs", "items.0.applications.1.part": "interest", "items.0.applications.2.amount": eur(45_166)}).text("items.0.id")

	c.ask("DELETE", "/v1/receipts/"+receipt+"/applications/3", nil, nil)
	c.get("/v1/invoices/" + number).want(map[string]any{"open": eur(100_000), "status": "issued"})
	c.get("/v1/receipts/" + receipt).want(map[string]any{"unapplied": eur(50_000)})
	if c.balance(ledger.ClaimCosts) != 0 || c.balance(ledger.ClaimInterest) != 0 {
		t.Error("the books keep what was undone")
	}
	c.verified()

	c.post("/v1/receipts/"+receipt+"/applications", map[string]any{"invoice": number}).is(201)
	c.get("/v1/invoices/" + number).want(map[string]any{"open": eur(54_834)})
	c.act(number, "claim/forgive", map[string]any{"part": "costs", "reason": "a good customer", "as_user": joost}).refused(403, "DULY-3005", "")
	c.act(number, "claim/forgive", map[string]any{"part": "costs", "reason": "a good customer", "as_user": mira}).is(200).want(map[string]any{"principal": eur(50_834), "costs": eur(0)})
	c.act(number, "claim/forgive", map[string]any{"part": "interest", "reason": "a good customer", "as_user": mira}).is(200).want(map[string]any{
		"principal": eur(50_000), "interest": eur(0), "recovery.forgiven.0.why": "forgiven by Mira: a good customer",
	})
	c.act(number, "claim/forgive", map[string]any{"part": "interest", "reason": "again", "as_user": mira}).refused(409, "DULY-3003", "")
	c.claim(number, "2026-06-30").want(map[string]any{"total": eur(50_000)})
	c.pays(number, 50_000)
	c.get("/v1/invoices/" + number).want(map[string]any{"status": "paid"})
	c.verified()
}

// TestCap_66_LimitationAndItsInterruptions: five years between businesses; a
// letter, a promise and a part payment start them again, each on record (L20).
func TestCap_66_LimitationAndItsInterruptions(t *testing.T) {
	c := newCreditor(t)
	number := c.owes(c.customer("Acme BV", nil), "1", 100_000, "0")
	consumer := c.owes(c.customer("Jo Doe", map[string]any{"kind": "consumer"}), "2", 10_000, "0")
	c.claim(number, "2026-02-05").want(map[string]any{"lapses_on": "2031-02-04", "lapse_rule": "3:307 BW", "recovery": nil})
	c.claim(consumer, "2026-02-05").want(map[string]any{"lapses_on": "2028-02-04", "lapse_rule": "7:28 BW"})
	c.until(2026, 3, 6)
	c.act(number, "claim/letters", map[string]any{"kind": "formal"}).is(200)
	c.claim(number, "2026-03-06").want(map[string]any{"lapses_on": "2031-03-06", "recovery.clock.0.kind": "letter"})
	c.until(2026, 4, 7)
	c.act(number, "promises", map[string]any{"date": "2026-04-10"}).is(201)
	c.claim(number, "2026-04-07").want(map[string]any{"lapses_on": "2031-04-07", "recovery.clock.1.kind": "acknowledgement"})
	c.until(2026, 5, 7)
	c.pays(number, 10_000)
	c.claim(number, "2026-05-07").want(map[string]any{"lapses_on": "2031-05-07", "recovery.clock.2.kind": "part_payment"})
	c.until(2026, 6, 8)
	c.act(number, "claim/steps", map[string]any{"kind": "summons", "on": "2026-06-05", "status": "served", "costs": eur(12_000)}).is(200)
	c.act(number, "claim/steps", map[string]any{"kind": "judgment", "status": "granted", "awarded": eur(30_000), "documents": []any{map[string]any{"name": "Judgment", "ref": "ECLI:NL:RBROT:2026:1"}}}).is(200)
	c.claim(number, "2026-06-08").want(map[string]any{"lapses_on": "2031-06-08", "recovery.steps.1.awarded": eur(30_000)})
	c.act(number, "claim/steps", map[string]any{"kind": "summons", "on": "2027-01-01"}).refused(422, "DULY-3001", "/on")
	c.verified()
}

// TestCap_67_WriteOffAndTheVATThatComesBack: 1,210.00 of which 210.00 is VAT, due
// 2026-02-04: reclaimed in the return of the first quarter of 2027, not a day
// sooner; due again when the customer pays after all (L21).
func TestCap_67_WriteOffAndTheVATThatComesBack(t *testing.T) {
	c := newCreditor(t)
	number := c.owes(c.customer("Acme BV", nil), "1", 100_000, "21")
	c.until(2026, 6, 1)
	c.tick()
	c.act(number, "write-off", map[string]any{"reason": "", "as_user": joost}).refused(422, "DULY-3001", "/reason")
	c.act(number, "write-off", map[string]any{"reason": "dissolved", "as_user": "U02SALES"}).refused(403, "DULY-3005", "")
	c.act(number, "write-off", map[string]any{"reason": "dissolved", "as_user": mira}).is(200).want(map[string]any{"recovery.write_off.status": "asked"})
	c.act(number, "write-off", map[string]any{"as_user": mira}).refused(403, "DULY-3005", "")
	c.act(number, "write-off", map[string]any{"as_user": joost}).refused(403, "DULY-3005", "")
	c.act(number, "write-off", map[string]any{"as_user": bram}).is(200).want(map[string]any{"recovery.write_off.status": "written_off", "recovery.write_off.amount": eur(121_000)})
	c.get("/v1/invoices/" + number).want(map[string]any{"status": "written_off", "open": eur(0)})
	c.books(map[string]int64{ledger.Receivable: 0, ledger.BadDebts: 100_000, ledger.BadDebtVAT: 21_000, ledger.VAT: -21_000})
	c.act(number, "vat-relief", nil).refused(409, "DULY-3003", "")

	c.until(2027, 2, 3)
	c.tick()
	c.claim(number, "2027-02-03").want(map[string]any{"recovery.vat_relief.status": "waits", "recovery.vat_relief.on": "2027-02-04"})
	c.until(2027, 2, 4)
	c.tick()
	c.tick()
	c.claim(number, "2027-02-04").want(map[string]any{"recovery.vat_relief.status": "due", "recovery.vat_relief.period": "2027-Q1"})
	c.act(number, "vat-relief", nil).is(200).want(map[string]any{"recovery.vat_relief.status": "claimed", "recovery.vat_relief.tax": eur(21_000)})
	c.act(number, "vat-relief", nil).refused(409, "DULY-3003", "")
	c.books(map[string]int64{ledger.VAT: 0, ledger.BadDebtVAT: 0})
	c.verified()

	c.pays(number, 60_500)
	c.get("/v1/invoices/" + number).want(map[string]any{"status": "written_off", "open": eur(0)})
	c.books(map[string]int64{ledger.VAT: -10_500, ledger.BadDebts: 50_000, ledger.BadDebtVAT: 0, ledger.Receivable: 0})
	c.pays(number, 60_500)
	c.get("/v1/invoices/" + number).want(map[string]any{"status": "paid"})
	c.books(map[string]int64{ledger.VAT: -21_000, ledger.BadDebts: 0, ledger.BadDebtVAT: 0, ledger.Unapplied: 0})
	c.claim(number, "2027-02-04").want(map[string]any{"recovery.vat_relief.status": "repaid", "recovery.write_off.back": eur(121_000), "principal": eur(0)})
	c.verified()
}

// TestCap_67_BankruptcyGivesTheVATBackAtOnce, written off or not.
func TestCap_67_BankruptcyGivesTheVATBackAtOnce(t *testing.T) {
	c := newCreditor(t)
	number := c.owes(c.customer("Acme BV", nil), "1", 100_000, "21")
	c.until(2026, 3, 10)
	c.act(number, "claim/steps", map[string]any{"kind": "bankruptcy", "on": "2026-03-09", "status": "declared"}).is(200)
	c.tick()
	c.claim(number, "2026-03-10").want(map[string]any{"recovery.vat_relief.status": "due", "recovery.vat_relief.period": "2026-Q1"})
	c.act(number, "vat-relief", nil).is(200)
	c.books(map[string]int64{ledger.VAT: 0, ledger.BadDebtVAT: -21_000, ledger.Receivable: 121_000})
	c.pays(number, 121_000)
	c.books(map[string]int64{ledger.VAT: -21_000, ledger.BadDebtVAT: 0, ledger.Receivable: 0})
	c.verified()
}

// TestEnteredRates: a rate that an admin read moves the day until which claims
// are verified.
func TestEnteredRates(t *testing.T) {
	c := newCreditor(t)
	number := c.owes(c.customer("Acme BV", nil), "1", 100_000, "0")
	c.claim(number, "2026-07-10").want(map[string]any{"extrapolated": true, "verified_until": "2026-06-30"})
	rate := map[string]any{"regime": "commercial", "from": "2026-07-01", "percent": "10.40", "source": "Staatscourant 2026", "as_user": mira}
	c.post("/v1/law/rates", rate).refused(403, "DULY-3005", "")
	rate["as_user"] = sam
	c.post("/v1/law/rates", rate).is(201).want(map[string]any{"interest.0.verified_until": "2026-12-31"})
	// 146 days at 10.15: 40.60; 10 at 10.40: 2.85
	c.claim(number, "2026-07-10").want(map[string]any{"extrapolated": false, "verified_until": "2026-12-31", "interest": eur(4_060 + 285)})
	rate["source"] = ""
	c.post("/v1/law/rates", rate).refused(422, "DULY-3001", "/source")
	rate["source"], rate["from"] = "Staatscourant 2027", "2027-07-01"
	c.post("/v1/law/rates", rate).refused(422, "DULY-3001", "/from")
	c.get("/v1/law").want(map[string]any{"country": "NL", "interest.1.regime": "consumer"})
}
