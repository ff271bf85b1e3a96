package api

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"duly/shared/handler/digest"
	"duly/shared/handler/trigger"
	"duly/shared/o2c"
)

// TestCap_81_OpenItemsAreTheReceivableOfAnyDay: yesterday's number stays what it
// was, whatever happens later, and the list is the account.
func TestCap_81_OpenItemsAreTheReceivableOfAnyDay(t *testing.T) {
	p := newProgram(t)
	acme := p.customer("Acme BV", nil)
	first := p.invoiced(acme, "1", 60_000)
	p.Advance(10 * 24 * time.Hour)
	p.invoiced(acme, "2", 30_000)
	told := map[string][]byte{}
	for _, day := range []string{"2026-01-04", "2026-01-05", "2026-01-14", "2026-01-15"} {
		list := p.get("/v1/ledger/open-items?as_of=" + day)
		if minor(t, list.at("total")) != minor(t, list.at("account")) {
			t.Errorf("%s: items %v, account %v", day, list.at("total"), list.at("account"))
		}
		told[day] = list.raw
	}
	p.Advance(5 * 24 * time.Hour)
	p.post("/v1/invoices/"+first+"/credit-notes", nil).is(201)
	p.Settle(t)
	for day, before := range told {
		if after := p.get("/v1/ledger/open-items?as_of=" + day).raw; !bytes.Equal(before, after) {
			t.Errorf("%s was %s and is %s", day, before, after)
		}
	}
	p.get("/v1/ledger/open-items").want(map[string]any{"total.amount": 30_000, "account.amount": 30_000, "items.0.open.amount": 30_000})
	p.get("/v1/ledger/accounts/1300?from=2026-01-06&to=2026-01-31").want(map[string]any{"opening.amount": 60_000, "closing.amount": 30_000, "account.role": "receivable"})
	p.ask("GET", "/v1/ledger/accounts/0815", nil, nil).is(404)
	p.verified()
}

// TestFC_64_ClosedBooksStayClosed: a day that has not ended is not closed; what
// comes later, be it a chargeback of money from before, is booked today.
func TestFC_64_ClosedBooksStayClosed(t *testing.T) {
	p := newProgram(t)
	number := p.invoiced(p.customer("Acme BV", nil), "1", 12_100)
	p.handleIn(t, "pi_1", number, 12_100)
	p.ask("POST", "/v1/ledger/closings", map[string]any{"through": "2026-01-05"}, nil).refused(422, "DULY-3001", "/through")
	p.Advance(30 * 24 * time.Hour)
	closed := p.post("/v1/ledger/closings", map[string]any{"through": "2026-01-31"}).is(201)
	p.Advance(24 * time.Hour)
	if err := p.Cycle.HandlePayment(ctx, p.Now(), "evt_lost", o2c.Chargeback{Gateway: "stripe", Ref: "pi_1", ID: "dp_1", Amount: testMoney(12_100), Status: "lost", At: p.Now()}); err != nil {
		t.Fatal(err)
	}
	p.Settle(t)
	again := p.post("/v1/ledger/closings", map[string]any{"through": "2026-01-31"}).is(201)
	if !bytes.Equal(closed.raw, again.raw) {
		t.Errorf("closed as %s, now %s", closed.raw, again.raw)
	}
	balances(t, p, "?as_of=2026-01-31").want(map[string]int64{"receivable": 0, "clearing:stripe": 12_100})
	balances(t, p, "").want(map[string]int64{"receivable": 12_100, "clearing:stripe": 0})
	if list := p.get("/v1/ledger/closings"); list.len("items") != 1 {
		t.Errorf("%s", list.raw)
	}
	p.verified()
}

// handleIn books a card payment of an invoice.
func (p *program) handleIn(t *testing.T, ref, number string, amount int64) {
	t.Helper()
	in := o2c.MoneyIn{Gateway: "stripe", Ref: ref, InvoiceID: p.invoice(number).ID, Amount: testMoney(amount), At: p.Now()}
	if err := p.Cycle.HandlePayment(ctx, p.Now(), "evt_"+ref, in); err != nil {
		t.Fatal(err)
	}
	p.Settle(t)
}

// TestTheVATReturnIsTheVATAccount by boxes.
func TestTheVATReturnIsTheVATAccount(t *testing.T) {
	p := newProgram(t)
	who := p.customer("Acme BV", nil)
	for i, rate := range []string{"21", "9", "0"} {
		body := sale(who, "V-"+itoa(i), 10_000)
		body["lines"].([]any)[0].(map[string]any)["tax_rate"] = rate
		p.post("/v1/orders/"+p.post("/v1/orders", body).is(201).text("id")+"/shipments", nil).is(201)
		p.Settle(t)
	}
	p.post("/v1/invoices/2026-0001/credit-notes", nil).is(201)
	p.Settle(t)
	r := p.get("/v1/ledger/vat-return?from=2026-01-01&to=2026-03-31")
	r.want(map[string]any{
		"boxes.0.box": "1a", "boxes.0.base.amount": 0, "boxes.0.tax.amount": 0, "boxes.1.box": "1b", "boxes.1.base.amount": 10_000, "boxes.1.tax.amount": 900,
		"boxes.3.box": "1e", "boxes.3.base.amount": 10_000, "due.amount": 900, "booked.amount": 900, "agrees": true,
	})
	p.get("/v1/ledger/vat-return?from=2026-04-01&to=2026-06-30").want(map[string]any{"due.amount": 0, "agrees": true})
}

// TestExportsAreMadeOnceAndAgainTheSame: what was exported counts as exported,
// the next is what is new, and the file is the same for ever.
func TestExportsAreMadeOnceAndAgainTheSame(t *testing.T) {
	p := newProgram(t)
	who := p.customer("=Acme BV", nil)
	p.invoiced(who, "1", 12_100)
	p.post("/v1/exports", map[string]any{"profile": "journal", "to": "2026-01-05"}).is(201).want(map[string]any{"marked": false})
	p.Advance(24 * time.Hour)
	one := p.post("/v1/exports", map[string]any{"profile": "journal"}).is(201)
	one.want(map[string]any{"marked": true, "from": "2026-01-05", "to": "2026-01-05", "rows": 2})
	p.ask("POST", "/v1/exports", map[string]any{"profile": "journal"}, nil).refused(422, "DULY-3001", "/from")
	p.invoiced(who, "2", 5_000)
	p.Advance(24 * time.Hour)
	p.post("/v1/exports", map[string]any{"profile": "journal"}).is(201).want(map[string]any{"from": "2026-01-06", "rows": 2})
	p.post("/v1/exports", map[string]any{"profile": "journal", "from": "2026-01-05", "to": "2026-01-05"}).is(201).want(map[string]any{"sha256": one.text("sha256")})
	if list := p.get("/v1/exports"); list.len("items") != 2 {
		t.Errorf("%s", list.raw)
	}
	file := p.get(one.text("url"))
	if !strings.Contains(string(file.raw), "'=Acme BV") || file.header["content-type"] != "text/csv; charset=utf-8" {
		t.Errorf("%v\n%s", file.header, file.raw)
	}
	p.ask("POST", "/v1/exports", map[string]any{"profile": "lotus"}, nil).is(422)
	p.verified()
}

// TestTheAccountantGetsTheMonthByItself, once, and no month twice.
func TestTheAccountantGetsTheMonthByItself(t *testing.T) {
	p := newProgram(t)
	p.Cycle.Policy.Accounting = o2c.AccountingPolicy{Accountant: "books@accountant.example", Package: "datev", Consultant: "1001", Client: "1"}
	p.invoiced(p.customer("Acme BV", nil), "1", 12_100)
	morning := digest.New(digest.Deps{Cycle: p.Cycle, Now: p.Now, Seals: p.Desk})
	sent := func() (files []string) {
		for range 2 {
			if err := morning.Tick(ctx, trigger.Tick{}); err != nil {
				t.Fatal(err)
			}
			p.Settle(t)
		}
		for _, l := range p.Desk.Letters {
			if l.To == "books@accountant.example" {
				files = append(files, l.Attachments[0].Name)
			}
		}
		return files
	}
	if got := sent(); len(got) != 0 {
		t.Errorf("in the first month %v", got)
	}
	p.Advance(30 * 24 * time.Hour) // 4 February
	if got := strings.Join(sent(), " "); got != "EXTF_Buchungsstapel-2026-01-05-2026-01-31.csv" {
		t.Errorf("in February %s", got)
	}
	p.Advance(24 * time.Hour)
	p.invoiced(p.customer("Other BV", nil), "2", 100)
	p.Advance(30 * 24 * time.Hour) // 7 March
	if got := strings.Join(sent(), " "); got != "EXTF_Buchungsstapel-2026-01-05-2026-01-31.csv EXTF_Buchungsstapel-2026-02-01-2026-02-28.csv" {
		t.Errorf("in March %s", got)
	}
	p.verified()
}
