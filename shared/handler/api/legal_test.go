package api

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"
	"unicode"

	papers "duly/shared/document"
	"duly/shared/o2c"
	"duly/shared/o2c/invoice"
	"duly/shared/testkit"
)

// TestFC_57: a number belongs to the series of its own date, which is the date
// where the seller is: half past eleven at night in UTC is next year there.
func TestFC_57_TheYearTurnsAtLocalMidnight(t *testing.T) {
	p := newProgram(t)
	c := p.customer("Acme BV", nil)
	if number := p.invoiced(c, "1", 1_000); number != "2026-0001" {
		t.Error(number)
	}
	p.Advance(time.Date(2026, 12, 31, 22, 59, 59, 0, time.UTC).Sub(p.Now()))
	last := p.invoiced(c, "2", 1_000)
	p.Advance(time.Second)
	first := p.invoiced(c, "3", 1_000)
	if last != "2026-0002" || first != "2027-0001" || p.invoice(last).IssuedOn.String() != "2026-12-31" || p.invoice(first).IssuedOn.String() != "2027-01-01" {
		t.Errorf("%s on %s, %s on %s", last, p.invoice(last).IssuedOn, first, p.invoice(first).IssuedOn)
	}
	note := p.post("/v1/invoices/"+last+"/credit-notes", nil).is(201).want(map[string]any{"number": "CN2027-0001", "invoice": last, "issued_on": "2027-01-01"})
	if _, err := time.Parse(time.DateOnly, note.text("issued_on")); err != nil {
		t.Error(err)
	}
	p.Cycle.Policy.Numbers = invoice.Numbers{invoice.Invoices: {Prefix: "F{year}/", StartYear: 2028, Start: 118}}
	p.Advance(366 * 24 * time.Hour) // a prefix and a first number of the house's own
	if number := p.invoiced(c, "4", 1_000); number != "F2028/0118" {
		t.Error(number)
	}
	p.verified()
}

// TestCap_37: nothing that can be asked for changes an issued document, and a
// change behind the product's back is noticed, in the document and in its trail.
func TestCap_37_AnIssuedInvoiceIsImmutable(t *testing.T) {
	p := newProgram(t)
	c := p.customer("Acme BV", nil)
	number := p.invoiced(c, "1", 121_000)
	before := p.invoice(number)
	paper := string(p.get("/v1/invoices/" + number + "/pdf").raw)
	elsewhere := map[string]any{"street": "Elsewhere 9", "postal_code": "1000 AA", "city": "Ede", "country": "NL"}
	p.ask("PATCH", "/v1/customers/"+c, map[string]any{"name": "Other BV", "address": elsewhere, "vat_id": "NL004495445B01"}, nil).is(200)
	p.Cycle.Policy.Seller.Name = "Renamed BV"
	p.post("/v1/invoices/"+number+"/promises", map[string]any{"date": "2026-01-09"}).is(201)
	p.post("/v1/invoices/"+before.ID+"/issue", nil).refused(409, "DULY-3003", "")
	p.post("/v1/invoices/"+number+"/credit-notes", map[string]any{"lines": []any{map[string]any{"n": 1, "unit_price": eur(1_000)}}}).is(201).want(map[string]any{"invoice": number})
	p.Advance(40 * 24 * time.Hour)
	p.Settle(t)
	after := p.invoice(number)
	same := func(d invoice.Data) string {
		raw, err := json.Marshal([]any{d.Number, d.IssuedOn, d.Seller, d.Buyer, d.Lines, d.Taxes, d.Net, d.Tax, d.Total, d.DueOn, d.Reference, d.SuppliedOn})
		if err != nil {
			t.Fatal(err)
		}
		return string(raw)
	}
	if after.Hash != before.Hash || same(after) != same(before) || string(p.get("/v1/invoices/"+number+"/pdf").raw) != paper {
		t.Errorf("was %s\nis  %s", same(before), same(after))
	}
	p.verified()

	stored, err := o2c.Read[invoice.Invoice](ctx, p.Cycle, after.ID)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(stored)
	if err != nil {
		t.Fatal(err)
	}
	var forged invoice.Invoice
	if err := json.Unmarshal([]byte(strings.Replace(string(raw), `"city":"Amsterdam"`, `"city":"Antwerpen"`, 1)), &forged); err != nil || forged.Intact() || !stored.Intact() {
		t.Errorf("another address goes unnoticed: %v", err)
	}
	if err := p.Cycle.Store.Update(ctx, func(ctx context.Context, tx *o2c.Tx) error {
		tx.By(p.Stamp("forger"))
		if err := tx.Fetch(ctx, o2c.KeyOf(&forged)); err != nil {
			return err
		}
		return tx.Save(&forged)
	}); err != nil {
		t.Fatal(err)
	}
	if report, err := p.Cycle.Verify(ctx); err != nil || report.OK() || !strings.Contains(report.String(), "invoice "+number+" is not what was issued") {
		t.Errorf("the forgery goes unnoticed: %v\n%s", err, report)
	}
}

// TestFC_81: a name that would become another header, read backwards or hide
// letters stands on documents, mails and e-invoices as what it is: one line,
// composed, in the order in which it is read.
func TestFC_81_NamesStayNames(t *testing.T) {
	w := testkit.NewWorld(t)
	p := newProgramWith(t, w, papers.Papers{})
	w.Outbox.Papers = papers.Papers{}
	hostile := "Cafe\u0301 A\u200bcme\r\nBcc: all@x.example\u202egnp.\u2066 BV\x00"
	c := p.customer(hostile, map[string]any{"address": map[string]any{"street": "Dam 1\r\nX: 1", "postal_code": "1012 JS", "city": "Am\u00adsterdam\u2028", "country": "NL"}})
	sold := sale(c, "1", 20_000)
	sold["lines"].([]any)[0].(map[string]any)["name"] = "Chair\u202e\nX-Header: 1"
	o := p.post("/v1/orders", sold).is(201)
	p.post("/v1/orders/"+o.text("id")+"/shipments", nil).is(201)
	p.Settle(t)
	clean := func(what, s string) {
		t.Helper()
		if i := strings.IndexFunc(s, func(r rune) bool {
			return r != '\n' && r != '\r' && r != '\t' && (unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) || r == '\u0301')
		}); i >= 0 {
			t.Errorf("%s has %q in %q", what, s[i:min(len(s), i+4)], s[max(0, i-30):min(len(s), i+30)])
		}
	}
	ubl := string(p.get("/v1/invoices/2026-0001/ubl").raw)
	clean("the e-invoice", ubl)
	for _, want := range []string{"Café Acme Bcc: all@x.examplegnp. BV<", "<cbc:StreetName>Dam 1 X: 1<", "<cbc:CityName>Amsterdam<", "<cbc:Name>Chair X-Header: 1<"} {
		if !strings.Contains(ubl, want) {
			t.Errorf("the e-invoice does not say %q", want)
		}
	}
	if len(p.Desk.Letters) == 0 {
		t.Fatal("no letter")
	}
	for _, l := range p.Desk.Letters {
		clean("a letter", l.Subject+l.Text+l.HTML)
		if strings.ContainsAny(l.Subject, "\r\n") {
			t.Errorf("subject %q", l.Subject)
		}
	}
}
