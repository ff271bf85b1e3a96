package slack

import (
	"strings"
	"testing"
	"time"

	workspace "duly/infra/local/slack"
	"duly/shared/o2c"
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/fulfilment"
	"duly/shared/o2c/party"
	"duly/shared/o2c/quote"
	"duly/shared/testkit"
)

// salesroom is a room with a customer and a product.
func salesroom(t *testing.T) *room {
	t.Helper()
	r := open(t)
	stock := int64(500)
	if _, err := r.Cycle.SaveProduct(t.Context(), r.Stamp("api:test"), fulfilment.ProductData{SKU: "CHAIR", Name: "Chair", Price: testkit.EUR(50_000)}, &stock); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"Acme BV", "Acme Holding BV", "Bakkerij Vos"} {
		d := party.Data{
			Name: name, Kind: party.Company, Emails: []string{strings.ToLower(strings.ReplaceAll(name, " ", ".")) + "@klant.example"}, Language: "en",
			Address: party.Address{Street: "Dam 1", PostalCode: "1012 JS", City: "Amsterdam", Country: "NL"},
		}
		if _, err := r.Cycle.SaveCustomer(t.Context(), r.Stamp("api:test"), d); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

// quoting opens the form by command.
func (r *room) quoting(user string) {
	r.t.Helper()
	reply, err := r.slack.Command(r.t.Context(), user, "quote")
	if err != nil || reply.Status != 200 || len(reply.Body) > 0 {
		r.t.Fatalf("/duly quote: %d %s %v", reply.Status, reply.Body, err)
	}
}

func (r *room) quotes() []quote.Data {
	r.t.Helper()
	list, err := o2c.ListOf[quote.Quote](r.t.Context(), r.Cycle, 100, "")
	if err != nil {
		r.t.Fatal(err)
	}
	var all []quote.Data
	for _, q := range list.Items {
		all = append(all, q.Data())
	}
	return all
}

// TestQuoteFromSlack: the form says at its fields what is wrong, keeps what was typed, and tells the sender what came of
// it; submitted twice it is one quote.
func TestQuoteFromSlack(t *testing.T) {
	r := salesroom(t)
	r.quoting(lena)
	good := map[string]any{"customer": "bakkerij", "lines": "2 x CHAIR\n1 x Delivery @ 45,00 9%", "until": "2026-02-04", "subject": "Chairs", "terms": ""}
	with := func(field string, value any) map[string]any {
		values := map[string]any{}
		for k, v := range good {
			values[k] = v
		}
		values[field] = value
		return values
	}
	for _, wrong := range []struct{ field, value, says string }{
		{"customer", "nobody", "I know no customer called nobody."},
		{"customer", "acme", "Which one: Acme"},
		{"lines", "chairs, many", "cannot be read"},
		{"lines", "2 x Table", "the price is missing"},
		{"lines", "2 x Table @ 1.240", "Is this 1240.00 or 1.24?"},
		{"until", "2025-12-31", "has passed"},
		{"terms", "61", "at most 60 days"},
	} {
		reply := r.submit(lena, with(wrong.field, wrong.value))
		if !strings.Contains(string(reply.Body), `"`+wrong.field+`":`) || !strings.Contains(string(reply.Body), wrong.says) {
			t.Errorf("%s %q is answered %s", wrong.field, wrong.value, reply.Body)
		}
	}
	reply := r.submit(lena, good)
	if !strings.Contains(string(reply.Body), "Quote Q2026-0001 to Bakkerij Vos for €1,259.05 is sent") || !strings.Contains(string(reply.Body), "Credit: approved by the policy") {
		t.Errorf("the sender is told %s", reply.Body)
	}
	if _, err := r.slack.Redeliver(t.Context(), 1, "http_timeout"); err != nil {
		t.Fatal(err)
	}
	r.Settle(t)
	if all := r.quotes(); len(all) != 1 || all[0].Status != quote.Sent || all[0].Version != 1 || all[0].Owner != "slack:"+lena || len(r.Desk.Letters) != 1 {
		t.Errorf("quotes %+v, %d letters", all, len(r.Desk.Letters))
	}
	if _, all := r.typed(vera, "quote q2026-0001"); !strings.Contains(all, "is sent, valid until 4 February 2026") || strings.Contains(all, `"button"`) {
		t.Errorf("/duly quote Q2026-0001 is answered %s", all)
	}
	if said, _ := r.typed(vera, "quote"); !strings.Contains(said, "You are viewer") && !strings.Contains(said, "You are *viewer*") {
		t.Errorf("a viewer is told %q", said)
	}
	card := r.card("C04DIGEST")
	r.press(lena, card, "quote.remind", "")
	r.press(vera, card, "quote.remind", "")
	if n := len(r.Desk.Letters); n != 2 || !strings.HasPrefix(r.Desk.Letters[1].Subject, "quote_reminder") {
		t.Errorf("%d letters after the reminder", n)
	}
	if told := r.whispers(vera); len(told) == 0 || !strings.Contains(told[len(told)-1], "You are") {
		t.Errorf("a viewer who pressed was told %q", told)
	}
	r.noViolations()
}

// TestQuoteOverTheLimitFromSlack: the same card as for an order asks, and the decision sends the quote.
func TestQuoteOverTheLimitFromSlack(t *testing.T) {
	r := salesroom(t)
	r.quoting(lena)
	reply := r.submit(lena, map[string]any{"customer": "Bakkerij Vos", "lines": "20 x CHAIR", "until": "2026-02-04"})
	if !strings.Contains(string(reply.Body), "waits for credit approval") || !strings.Contains(string(reply.Body), "over the limit by €2,100.00") {
		t.Errorf("the sender is told %s", reply.Body)
	}
	card := r.card("C01CREDIT")
	if !strings.Contains(card.Text, "Q2026-0001") || len(r.Desk.Letters) != 0 {
		t.Fatalf("the card says %q; %d letters", card.Text, len(r.Desk.Letters))
	}
	r.press(lena, card, "credit.approve", "")
	if len(r.Desk.Letters) != 0 {
		t.Fatal("sales approved its own quote")
	}
	r.press(mira, card, "credit.approve", "")
	if all := r.quotes(); all[0].Status != quote.Sent || len(r.Desk.Letters) != 1 {
		t.Errorf("after the approval it is %s, %d letters", all[0].Status, len(r.Desk.Letters))
	}
	if own := r.card("C04DIGEST"); !strings.Contains(own.Text, "is sent") || !strings.Contains(string(own.Blocks), "approved by Mira") {
		t.Errorf("the quote's card says %s", own.Blocks)
	}
	r.noViolations()
}

// TestContractsEndInGoodTime (M11): before the notice day a card says so, once; the customer can be asked, and the next
// period offered from it.
func TestContractsEndInGoodTime(t *testing.T) {
	r := salesroom(t)
	r.quoting(lena)
	r.submit(lena, map[string]any{"customer": "Bakkerij Vos", "lines": "2 x CHAIR", "until": "2026-01-31", "start": "2026-02-01", "end": "2026-07-31", "notice": "30", "terms": "21"})
	q := r.quotes()[0]
	url, err := r.Cycle.QuoteURL(q)
	if err != nil {
		t.Fatal(err)
	}
	token := url[strings.LastIndexByte(url, '/')+1:]
	if _, err := r.Cycle.AcceptQuote(t.Context(), r.Now(), o2c.QuoteAnswer{Token: token, Name: "Eline Vos", Agree: true, IP: "198.51.100.7"}); err != nil {
		t.Fatal(err)
	}
	r.Settle(t)
	if card := r.card("C04DIGEST"); !strings.Contains(card.Text, "accepted quote Q2026-0001") {
		t.Errorf("the card says %q", card.Text)
	}
	// Notice is possible until 1 July; the team is told 14 days before: on Wednesday 17 June.
	warned := func() int { return r.facts("contract", q.ContractID, "contract.ending") }
	q = r.quotes()[0]
	for _, step := range []struct {
		on   string
		want int
	}{{"2026-06-16", 0}, {"2026-06-17", 1}, {"2026-06-18", 1}} {
		day, err := calendar.Parse(step.on)
		if err != nil {
			t.Fatal(err)
		}
		r.Advance(day.At(10, 0, r.Cycle.Policy.Zone).Sub(r.Now()))
		for range 2 {
			if _, err := r.Cycle.RunQuotes(t.Context(), r.Now()); err != nil {
				t.Fatal(err)
			}
		}
		r.Settle(t)
		if got := warned(); got != step.want {
			t.Errorf("%s: warned %d times", step.on, got)
		}
	}
	card := r.card("C04DIGEST")
	if !strings.Contains(card.Text, "ends on 31 July 2026") || !strings.Contains(card.Text, "until 1 July 2026") {
		t.Fatalf("the card says %q", card.Text)
	}
	r.press(lena, card, "contract.remind", "")
	if l := r.Desk.Letters[len(r.Desk.Letters)-1]; !strings.HasPrefix(l.Subject, "contract_ends") || len(l.Attachments) != 1 {
		t.Errorf("the customer is asked by %+v", l)
	}
	r.press(lena, card, "contract.renew", "")
	if form := string(r.form(lena).Blocks); !strings.Contains(form, "2026-08-01") || !strings.Contains(form, "2027-01-31") {
		t.Errorf("the form proposes %s", form)
	}
	r.submit(lena, map[string]any{"start": "2026-08-01", "end": "2027-01-31", "until": "2026-06-30"})
	all := r.quotes()
	if len(all) != 2 || all[0].Renews != q.ContractID || all[0].Status != quote.Sent || all[0].TermsDays != 21 || all[0].Period.EndOn.String() != "2027-01-31" {
		t.Fatalf("renewed to %+v", all[0])
	}
	if card := r.card("C04DIGEST"); card.TS == "" || strings.Contains(string(r.find("contract.remind").Blocks), "contract.renew") {
		t.Error("the contract can be renewed twice")
	}
	// An expired quote is offered again.
	r.Advance(30 * 24 * time.Hour)
	if _, err := r.Cycle.RunQuotes(t.Context(), r.Now()); err != nil {
		t.Fatal(err)
	}
	r.Settle(t)
	expired := r.find("quote.renew")
	r.press(lena, expired, "quote.renew", "")
	r.submit(lena, map[string]any{"until": "2026-08-15"})
	if all := r.quotes(); len(all) != 3 || all[0].Status != quote.Sent || all[0].ValidUntil.String() != "2026-08-15" || all[0].Total != all[1].Total {
		t.Errorf("offered anew as %+v", all[0])
	}
	r.noViolations()
}

// find is the newest card with a button.
func (r *room) find(action string) (found workspace.Message) {
	r.t.Helper()
	for _, m := range r.slack.Messages() {
		if strings.Contains(string(m.Blocks), `"`+action+`"`) {
			found = m
		}
	}
	if found.TS == "" {
		r.t.Fatalf("no card offers %s", action)
	}
	return found
}
