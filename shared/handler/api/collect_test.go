package api

import (
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"duly/infra/local/bank"
	papers "duly/shared/document"
	"duly/shared/handler/dunning"
	"duly/shared/handler/trigger"
	"duly/shared/o2c"
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/invoice"
	"duly/shared/testkit"
)

// collecting is a program whose calendar wakes the function dunning as well.
type collecting struct {
	*program
	ticks trigger.Handler
}

func newCollecting(t *testing.T) collecting {
	w := testkit.NewWorld(t)
	w.Outbox.Papers = papers.Papers{}
	return collecting{newProgramWith(t, w, papers.Papers{}), dunning.New(dunning.Deps{Cycle: w.Cycle, Now: w.Now, Log: slog.New(slog.DiscardHandler)})}
}

// until moves the clock to a day's morning and wakes the calendar, twice.
func (c collecting) until(day string) {
	c.t.Helper()
	on, err := calendar.Parse(day)
	if err != nil {
		c.t.Fatal(err)
	}
	c.Advance(on.At(9, 30, c.Cycle.Policy.Zone).Sub(c.Now()))
	for range 2 {
		if err := c.ticks.Tick(ctx, trigger.Tick{}); err != nil {
			c.t.Fatal(err)
		}
		c.Settle(c.t)
	}
}

// left sells and ships; it returns the order's id.
func (c collecting) left(customer, id string, cents int64, rate string) string {
	c.t.Helper()
	in := sale(customer, id, cents)
	line := in["lines"].([]any)[0].(map[string]any)
	line["tax_rate"], line["quantity"] = rate, 3
	in["po_number"] = "PO-" + id
	o := c.post("/v1/orders", in).is(201).text("id")
	c.post("/v1/orders/"+o+"/shipments", nil).is(201)
	c.Settle(c.t)
	return o
}

func (c collecting) stake(customer string) (receivable, confirmed string) {
	v := c.get("/v1/customers/" + customer)
	return v.text("exposure.receivable.amount"), v.text("exposure.confirmed.amount")
}

func (c collecting) issued() []invoice.Data {
	c.t.Helper()
	var all []invoice.Data
	page, err := c.Cycle.Store.List(ctx, o2c.Query{Kind: "invoice"})
	if err != nil {
		c.t.Fatal(err)
	}
	for _, s := range page.Items {
		inv, err := o2c.Read[invoice.Invoice](ctx, c.Cycle, s.Key.ID)
		if err != nil {
			c.t.Fatal(err)
		}
		if inv.Number() != "" {
			all = append(all, inv.Data())
		}
	}
	slices.SortFunc(all, func(a, b invoice.Data) int { return strings.Compare(a.Number, b.Number) })
	return all
}

// newest is the last invoice by number.
func newest(all []invoice.Data) (last invoice.Data) {
	for _, d := range all {
		if d.Type == invoice.Invoices {
			last = d
		}
	}
	return last
}

// TestCap_42: what left in a period is one invoice per customer, with its lines
// by delivery; credit counts it as confirmed until then, whoever pays or sends
// back in between.
func TestCap_42_OneInvoicePerPeriodAndCustomer(t *testing.T) {
	c := newCollecting(t)
	c.until("2026-03-02")
	monthly := map[string]any{"invoice_on": "month", "vat_id": "NL123456782B90", "credit_limit": eur(10_000_000)}
	a := c.customer("Acme BV", monthly)
	b := c.customer("Bakker BV", map[string]any{"invoice_on": "month", "credit_limit": eur(10_000_000)})
	first := c.left(a, "1", 3_333, "21")
	c.until("2026-03-10")
	second := c.left(a, "2", 1_111, "9")
	c.left(b, "3", 50_000, "21")
	third := c.left(a, "4", 777, "21")
	if n := len(c.issued()); n != 0 {
		t.Fatalf("%d invoices before the period is over", n)
	}
	// 3 × 33.33 + 21 % = 120.99; 3 × 11.11 + 9 % = 36.33; 3 × 7.77 + 21 % = 28.21
	if open, confirmed := c.stake(a); open != "0" || confirmed != "18553" {
		t.Errorf("receivable %s, confirmed %s", open, confirmed)
	}
	c.verified()
	c.until("2026-03-31")
	if n := len(c.issued()); n != 0 {
		t.Fatalf("%d invoices on the last day of the period", n)
	}
	c.until("2026-04-01")
	all := c.issued()
	if len(all) != 2 {
		t.Fatalf("%d invoices for two customers", len(all))
	}
	d := all[slices.IndexFunc(all, func(d invoice.Data) bool { return d.CustomerID == a })]
	if d.Total != testkit.EUR(18_553) || d.Rounding != testkit.EUR(1) || len(d.Supplies) != 3 || d.IssuedOn.String() != "2026-04-01" || d.DueOn.String() != "2026-05-01" {
		t.Errorf("%s of %d deliveries, rounding %s, issued %s, due %s", d.Total, len(d.Supplies), d.Rounding, d.IssuedOn, d.DueOn)
	}
	if d.SuppliedFrom.String() != "2026-03-02" || d.SuppliedOn.String() != "2026-03-10" || d.PONumber != "" || d.Supplies[1].PONumber != "PO-2" {
		t.Errorf("supplied %s to %s, PO %q", d.SuppliedFrom, d.SuppliedOn, d.PONumber)
	}
	if open, confirmed := c.stake(a); open != "18553" || confirmed != "0" {
		t.Errorf("receivable %s, confirmed %s", open, confirmed)
	}
	for _, o := range []string{first, second, third} {
		c.get("/v1/orders/" + o).want(map[string]any{"invoices.0": d.Number, "status": "shipped"})
	}
	c.get("/v1/invoices/" + d.Number).want(map[string]any{"order_id": "", "supplies.2.order_id": third, "lines.2.supply": 3, "period_end": "2026-03-31"})
	ubl := string(c.get("/v1/invoices/" + d.Number + "/ubl").raw)
	for _, want := range []string{"<cbc:StartDate>2026-03-02<", "<cbc:EndDate>2026-03-10<", "PO-4"} {
		if !strings.Contains(ubl, want) {
			t.Errorf("the e-invoice lacks %q", want)
		}
	}
	c.get("/v1/invoices/" + d.Number + "/pdf")
	c.get("/v1/invoices/" + d.Number + "/cii")
	c.verified()

	back := c.post("/v1/orders/"+second+"/returns", map[string]any{"lines": []any{map[string]any{"sku": "CHAIR", "quantity": 3}}}).is(201)
	note := c.get("/v1/credit-notes/" + back.text("credit_notes.0"))
	note.want(map[string]any{"total.amount": 3633, "invoice": d.Number})
	w := c.invoice(d.Number)
	ours := &till{program: c.program, ours: bank.New(bank.Account{IBAN: c.Cycle.Policy.Seller.IBAN, Owner: c.Cycle.Policy.Seller.Name, Zone: c.Cycle.Policy.Zone})}
	ours.transfers(bank.Entry{Amount: w.Open.Minor, Reference: w.Reference, Name: "Acme BV"}).want(map[string]any{"applied": 1})
	for _, o := range []string{first, second, third} {
		c.get("/v1/orders/" + o).want(map[string]any{"status": "closed"})
	}
	c.left(a, "5", 1_000, "21")
	c.until("2026-05-01")
	if n := len(c.issued()); n != 4 { // with the note
		t.Errorf("%d documents", n)
	}
	c.verified()
}

// TestCap_42: goods that come back before the invoice are billed and credited by
// themselves; the rest of the period waits. A week ends with its month, and a
// colleague may end a period early.
func TestCap_42_WhatComesBackLeavesTheCollection(t *testing.T) {
	c := newCollecting(t)
	c.until("2026-03-30")
	a := c.customer("Acme BV", map[string]any{"invoice_on": "week", "credit_limit": eur(10_000_000)})
	stays, returns := c.left(a, "1", 10_000, "21"), c.left(a, "2", 5_000, "21")
	c.post("/v1/orders/"+returns+"/returns", map[string]any{"lines": []any{map[string]any{"sku": "CHAIR", "quantity": 3}}}).is(201).len("credit_notes")
	c.Settle(t)
	if _, confirmed := c.stake(a); confirmed != "36300" || len(c.issued()) != 2 {
		t.Errorf("confirmed %s, %d documents", confirmed, len(c.issued()))
	}
	c.verified()
	c.until("2026-04-01") // the month ended on Tuesday
	late := c.left(a, "3", 2_000, "9")
	all := c.issued()
	if d := newest(all); len(all) != 3 || d.Orders()[0] != stays || d.CollectsTo.String() != "2026-03-31" {
		t.Fatalf("%d documents", len(all))
	}
	draft := c.get("/v1/orders/" + late)
	id := o2c.Name("", "") // its draft has no number yet
	page, err := c.Cycle.Store.List(ctx, o2c.Query{Kind: "invoice"})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range page.Items {
		if inv, err := o2c.Read[invoice.Invoice](ctx, c.Cycle, s.Key.ID); err == nil && inv.Collecting() {
			id = inv.ID()
		}
	}
	c.post("/v1/invoices/"+id+"/issue", nil).is(200)
	c.Settle(t)
	if all = c.issued(); len(all) != 4 || draft.text("status") != "shipped" {
		t.Errorf("%d documents", len(all))
	}
	again := c.left(a, "4", 2_000, "9")
	c.until("2026-04-06")
	if all = c.issued(); len(all) != 5 || newest(all).Orders()[0] != again {
		t.Errorf("%d documents", len(all))
	}
	c.verified()
}

// TestCap_42: a draft that cannot be issued is told of before the law's last day,
// every working day, until it is issued.
func TestCap_42_TheLastDayOfIssueIsWatched(t *testing.T) {
	c := newCollecting(t)
	c.until("2026-03-02")
	a := c.customer("Acme BV", map[string]any{"address": map[string]any{}, "credit_limit": eur(10_000_000)})
	c.left(a, "1", 20_000, "21")
	days := func() string {
		cards := testkit.CardsOf[o2c.DeadlineCard](c.Desk)
		if len(cards) == 0 {
			return "none"
		}
		last := cards[len(cards)-1]
		return fmt.Sprint(last.By, " ", last.Days, " ", last.Invoice.Status)
	}
	for _, step := range [][2]string{{"2026-04-02", "none"}, {"2026-04-10", "2026-04-15 5 draft"}, {"2026-04-14", "2026-04-15 1 draft"}, {"2026-04-15", "2026-04-15 0 draft"}, {"2026-04-20", "2026-04-15 -5 draft"}} {
		c.until(step[0])
		if got := days(); got != step[1] {
			t.Errorf("on %s: %s, want %s", step[0], got, step[1])
		}
	}
	c.ask("PATCH", "/v1/customers/"+a, map[string]any{"address": dam}, nil).is(200)
	c.until("2026-04-21")
	if got := days(); got != "2026-04-15 -6 issued" || len(c.issued()) != 1 {
		t.Errorf("%s; %d invoices", got, len(c.issued()))
	}
	c.verified()
}
