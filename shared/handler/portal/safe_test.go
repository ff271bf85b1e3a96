package portal

import (
	"context"
	"net/url"
	"strings"
	"testing"

	"duly/shared/document"
	"duly/shared/o2c"
	"duly/shared/o2c/order"
	"duly/shared/testkit"
)

// allFacts counts everything that was ever recorded.
func (d door) allFacts() int {
	d.t.Helper()
	n, q := 0, o2c.Query{Kind: "event", Limit: 100}
	for {
		page, err := d.Cycle.Store.List(context.Background(), q)
		if err != nil {
			d.t.Fatal(err)
		}
		n += len(page.Items)
		if q.After = page.Next; q.After == "" {
			return n
		}
	}
}

// TestFC_85_LinksOpenTheirDocumentAndNothingElse: whoever follows a link, as the
// scanners of mails do, changes nothing; a link that was changed, or belongs to
// another page, is answered like one that never was; no page is indexed, kept,
// or told to the next site.
func TestFC_85_LinksOpenTheirDocumentAndNothingElse(t *testing.T) {
	d := open(t)
	doc, inv, ord := d.sold()
	statement := d.statementOf(doc)
	paths := []string{inv, inv + "/pdf", inv + "/ubl", ord, ord + "/packing-slip?parcel=1", statement, statement + "/csv"}
	before := d.allFacts()
	for range 3 {
		for _, p := range paths {
			r := d.get(p)
			if r.StatusCode != 200 || r.Headers["referrer-policy"] != "no-referrer" || !strings.HasPrefix(r.Headers["x-robots-tag"], "noindex") || !strings.Contains(r.Headers["cache-control"], "no-store") {
				t.Errorf("%s: %d %v", p, r.StatusCode, r.Headers)
			}
		}
		for _, verb := range []string{"/pay", "/promise", "/dispute", "/po-number", "/instalments", "/forward"} {
			if r := d.get(inv + verb); r.StatusCode != 404 {
				t.Errorf("GET %s: %d", verb, r.StatusCode)
			}
		}
	}
	if after := d.allFacts(); after != before {
		t.Errorf("reading recorded %d facts", after-before)
	}
	token := strings.TrimPrefix(inv, "/i/")
	text := d.get("/i/t1nonsense").Body
	for what, p := range map[string]string{
		"one letter changed": "/i/" + token[:len(token)-1] + string(token[len(token)-1]^1), "cut": "/i/" + token[:12], "longer": inv + "a", "another page's": "/s/" + token, "an order's": "/o/" + token,
		"a statement's": "/i/" + strings.TrimPrefix(statement, "/s/"), "upper case": "/i/" + strings.ToUpper(token),
	} {
		r := d.get(p)
		if r.StatusCode != 404 || strings.ReplaceAll(r.Body, p, "") != strings.ReplaceAll(text, "/i/t1nonsense", "") {
			t.Errorf("%s: %d", what, r.StatusCode)
		}
		for _, verb := range []string{"/pay", "/promise", "/dispute", "/po-number", "/instalments", "/forward"} {
			if r := d.post(p+verb, url.Values{"amount": {"100"}, "reason": {"price"}, "date": {"2026-01-10"}, "parts": {"3"}, "po_number": {"1"}, "email": {"a@b.example"}}); r.StatusCode != 404 {
				t.Errorf("%s %s: %d", what, verb, r.StatusCode)
			}
		}
	}
	if after := d.allFacts(); after != before {
		t.Errorf("bad links recorded %d facts", after-before)
	}
	if strings.Contains(d.log.String(), token) {
		t.Error("the log has a token")
	}
}

// TestFC_80_NamesBringNoMarkupAlong: whatever a customer is called or writes, its
// pages and mails have the same elements as for anybody else.
func TestFC_80_NamesBringNoMarkupAlong(t *testing.T) {
	elements := func(name, product, words string) map[string]int {
		d := open(t)
		d.Outbox.Papers = document.Papers{}
		in := testkit.Order("1", 50_000, d.Now())
		in.Buyer.Company, in.Lines[0].Name = name, product
		taken, err := d.Cycle.HandleShop(t.Context(), d.Arrive(order.Create, in))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.Cycle.Ship(t.Context(), d.Stamp("api:test"), taken.OrderID, order.IncomingShipment{}); err != nil {
			t.Fatal(err)
		}
		d.Settle(t)
		o, err := o2c.Read[order.Order](t.Context(), d.Cycle, taken.OrderID)
		if err != nil {
			t.Fatal(err)
		}
		doc := d.invoiceNow(o.Data().Invoices[0])
		path := d.path(d.Cycle.InvoiceURL(doc))
		d.post(path+"/dispute", url.Values{"amount": {"100"}, "reason": {"price"}, "text": {words}})
		d.post(path+"/po-number", url.Values{"po_number": {words[:min(len(words), 50)]}})
		d.Settle(t)
		if _, err := d.Cycle.RejectDispute(t.Context(), d.Stamp("slack:U03COLLECT"), d.invoiceNow(doc.ID).Dunning.DisputeID, words); err != nil {
			t.Fatal(err)
		}
		d.Settle(t)
		count := map[string]int{}
		for what, p := range map[string]string{"invoice": path, "statement": d.statementOf(doc)} {
			r := d.get(p)
			if strings.Contains(r.Headers["content-security-policy"], "script-src") || !strings.Contains(r.Headers["content-security-policy"], "default-src 'none'") {
				t.Errorf("%s may run scripts: %v", what, r.Headers)
			}
			count[what] = strings.Count(r.Body, "<")
		}
		for i, l := range d.Desk.Letters {
			count["letter "+string(rune('0'+i))] = strings.Count(l.HTML, "<")
		}
		return count
	}
	plain := elements("Acme BV", "Chair", "It is wrong")
	for _, odd := range []string{"<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "</title><svg/onload=alert(1)>", "{{.}} ${7*7} javascript:alert(1)"} {
		for what, n := range elements(odd, odd, odd) {
			if n != plain[what] {
				t.Errorf("%q on the %s: %d elements, want %d", odd, what, n, plain[what])
			}
		}
	}
}
