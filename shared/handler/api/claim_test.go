package api

import (
	"testing"
	"time"

	"duly/infra/local/bank"
)

// TestCap_57_InterestRunsOnWhatIsOpenAndSurvivesPayment: 30 days on 1,000.00 at
// 10.15: 8.34; 116 days on 600.00: 19.35; ten days past the last verified rate:
// 1.67; €40 from the first day (L13).
func TestCap_57_InterestRunsOnWhatIsOpenAndSurvivesPayment(t *testing.T) {
	p := newProgram(t)
	number := p.invoiced(p.customer("Acme BV", nil), "1", 100_000)
	ours := bank.New(bank.Account{IBAN: p.Cycle.Policy.Seller.IBAN, Owner: p.Cycle.Policy.Seller.Name, OpeningMinor: 0, Zone: p.Cycle.Policy.Zone})
	pay := func(on time.Time, cents int64) {
		t.Helper()
		p.Advance(on.Sub(p.Now()))
		if _, err := ours.Book(p.Now(), []bank.Entry{{Amount: cents, Reference: p.invoice(number).Reference, Name: "Acme BV"}}); err != nil {
			t.Fatal(err)
		}
		file, err := ours.Statement(p.Now())
		if err != nil {
			t.Fatal(err)
		}
		p.post("/v1/bank-statements", string(file)).is(201).want(map[string]any{"applied": 1})
	}
	claim := func(asOf string) answered { return p.get("/v1/invoices/" + number + "/claim?as_of=" + asOf) }

	claim("2026-02-04").want(map[string]any{"principal": eur(100_000), "interest": eur(0), "costs": eur(0), "sheet": "[]"})
	claim("2026-02-05").want(map[string]any{"interest": eur(28), "costs": eur(4_000), "extrapolated": false, "verified_until": "2026-06-30"})
	pay(time.Date(2026, 3, 6, 10, 0, 0, 0, time.UTC), 40_000)
	claim("2026-07-10").want(map[string]any{
		"as_of": "2026-07-10", "principal": eur(60_000), "interest": eur(834 + 1_935 + 167), "costs": eur(4_000), "total": eur(66_936), "extrapolated": true,
		"sheet.0.from": "2026-02-05", "sheet.0.to": "2026-03-06", "sheet.0.days": 30, "sheet.0.rate": "10.15", "sheet.0.base": eur(100_000), "sheet.0.amount": eur(834), "sheet.0.rule": "6:119a BW",
	})
	claim("2026-03-06").want(map[string]any{"principal": eur(60_000), "interest": eur(834)})
	pay(time.Date(2026, 7, 10, 10, 0, 0, 0, time.UTC), 60_000)
	p.get("/v1/invoices/" + number).want(map[string]any{"status": "paid"})
	claim("2026-07-31").want(map[string]any{"principal": eur(0), "interest": eur(2_936), "costs": eur(4_000), "total": eur(6_936)})

	p.ask("GET", "/v1/invoices/"+number+"/claim?as_of=2026-02-03", nil, nil).refused(422, "DULY-3001", "/as_of")
	p.ask("GET", "/v1/invoices/2026-9999/claim", nil, nil).is(404)
}

// TestConsumersWithoutALetterOweNoCosts: interest runs, costs do not
// (article 6:96(6) BW).
func TestConsumersWithoutALetterOweNoCosts(t *testing.T) {
	p := newProgram(t)
	number := p.invoiced(p.customer("Jo Doe", map[string]any{"kind": "consumer"}), "1", 100_000)
	p.get("/v1/invoices/" + number + "/claim?as_of=2026-03-06").want(map[string]any{"costs": eur(0), "interest": eur(329), "extrapolated": true, "sheet.0.rule": "6:119 BW"})
}
