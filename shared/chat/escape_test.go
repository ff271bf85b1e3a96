package chat

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"duly/shared/o2c"
	"duly/shared/o2c/cash"
	"duly/shared/o2c/credit"
	"duly/shared/o2c/delivery"
	"duly/shared/o2c/fulfilment"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/money"
	"duly/shared/o2c/party"
)

// live is markup that Slack would act upon: a mention, a link, a command.
var live = regexp.MustCompile(`<[@#!]|<[a-z]+:|<https?:`)

// TestFC_28_NoForeignTextBecomesMarkup draws every card, form and Home with hostile names, numbers, notes and addresses
// in every place: none survives as markup, and no URL or @name is made into a link by Slack either.
func TestFC_28_NoForeignTextBecomesMarkup(t *testing.T) {
	v := NewVoice(policy("en"))
	hostile := rapid.OneOf(
		rapid.SampledFrom([]string{"<!channel>", "<@U01>", "<https://evil.example|Pay>", "<!subteam^S1>", "<#C01>", "&lt;!here&gt;", "a\n✓ Approved by Mira", "\u202e<!here>", "<\u200b!channel>", "{amount}{customer}"}),
		rapid.StringMatching(`[<>&!@#|a-z{}*_]{0,40}`),
		rapid.String(),
	)
	rapid.Check(t, func(t *rapid.T) {
		foreign := hostile.Draw(t, "foreign")
		for name, drawn := range drawnWith(t, v, foreign) {
			raw, err := json.Marshal(drawn)
			if err != nil {
				t.Fatal(err)
			}
			var tree any
			if err := json.Unmarshal(raw, &tree); err != nil {
				t.Fatal(err)
			}
			checkTexts(t, name, tree)
		}
	})
}

// drawnWith is everything that people see, with one foreign string wherever one can come from.
func drawnWith(t *rapid.T, v Voice, foreign string) map[string]any {
	drawn := map[string]any{}
	for name, card := range poisoned(foreign) {
		m, err := v.Render(card)
		if err != nil {
			t.Fatal(err)
		}
		drawn[name] = m
	}
	o := sampleOrder()
	o.Number, o.CustomerName, o.Lines[0].Name = foreign, foreign, foreign
	r := sampleReceipt()
	r.Payer = foreign
	drawn["approve_with"] = v.ApproveWith(Meta{}, o, sampleCredit().Request)
	drawn["reject"] = v.Reject(Meta{}, o, r.Amount, Mailed{Language: foreign, Text: foreign + "\n" + foreign})
	customer := sampleCustomer()
	customer.Name = foreign
	drawn["customer"] = v.Customer(customer, foreign, o2c.Exposure{}, []invoice.Data{sampleInvoice(foreign, 1, "2026-01-01")})
	drawn["ship"] = v.ShipPart(Meta{}, o)
	drawn["substitute"], drawn["cancel line"], drawn["receive"] = v.Substitute(Meta{}, o, foreign), v.CancelLine(Meta{}, o), v.Receive(Meta{}, foreign, foreign, 1)
	drawn["call"], drawn["pause"], drawn["stop"] = v.Call(Meta{}, foreign, foreign), v.Pause(Meta{}, foreign, on("2026-01-06")), v.Stop(Meta{}, foreign)
	drawn["snooze"] = v.Snooze(Meta{}, foreign, on("2026-01-06"))
	drawn["split"] = v.Split(Meta{}, r)
	drawn["word"] = v.Word(foreign)
	drawn["home"] = v.Home(o2c.Person{Name: foreign, Role: o2c.Role(foreign)}, sampleWorkday(foreign), o2c.TourData{}, at("2026-01-05T09:00:00Z"), true, HomeExtras{Views: []o2c.SavedView{{Name: foreign, Path: foreign}}})
	for name, answer := range sampleAnswers(v, foreign) {
		drawn["/duly "+name] = answer
	}
	return drawn
}

// poisoned puts the foreign string into each card, by way of its JSON: whatever string a card has, it may be hostile.
func poisoned(foreign string) map[string]o2c.Card {
	c := sampleCredit()
	c.Order.Number, c.Order.Lines[0].Name, c.Order.Source.Endpoint, c.Customer.Name, c.Customer.Owner = foreign, foreign, foreign, foreign, foreign
	done := decidedCredit("declined", c.Request.Conditions, foreign)
	done.DecidedBy, done.Customer.Name = foreign, foreign
	first := waitingCredit(func(c *o2c.CreditCard) {
		c.Request.First, c.Snoozer, c.Request.Snoozed = &credit.Approval{Name: foreign, For: foreign, Reason: foreign}, foreign, &credit.Snooze{By: foreign}
		c.Promises[0].Date, c.Promises[0].Status, c.Owner, c.Request.RequestedBy, c.Customer.Owner = foreign, foreign, foreign, foreign, foreign
	})
	line := o2c.CreditLine{What: o2c.LineAskSales, Order: c.Order, Request: c.Request, By: foreign, People: []string{foreign}}
	line.Order.CustomerName = foreign
	late := sampleOverdue()
	late.Customer.Name, late.Customer.Phone, late.Customer.Emails, late.Owner = foreign, foreign, []string{foreign}, foreign
	late.Call, late.HoldWhy, late.HoldUntil, late.State = &o2c.CallNote{By: foreign, Outcome: foreign, Note: foreign}, foreign, on("2026-01-05"), foreign
	late.Stop = &o2c.StopAsk{By: foreign, Why: foreign}
	late.Invoices[0].Number, late.Invoices[0].Dunning.Sent[0].Step, late.Promise.By, late.Promise.Date = foreign, foreign, foreign, foreign
	inv := sampleInvoice(foreign, 1, "2026-01-01")
	inv.Buyer.Name, inv.OrderNo, inv.Missing = foreign, foreign, []string{foreign}
	draft := inv
	draft.Status = "draft"
	r := sampleReceipt()
	r.Payer, r.Text, r.Reference, r.IBAN = foreign, foreign, foreign, "NL00"+foreign
	o := sampleOrder()
	o.Number, o.CustomerName, o.Lines[0].Name, o.Lines[0].SKU = foreign, foreign, foreign, foreign
	return map[string]o2c.Card{
		"credit": c, "decided": done, "first": first, "line": line, "overdue": late, "invoice": o2c.InvoiceCard{Invoice: inv}, "draft": o2c.DraftCard{Invoice: draft, Order: foreign},
		"morning": o2c.DigestCard{Date: foreign, DSO: foreign, Top: sampleDebtors(foreign)}, "weekly": sampleWeek(foreign),
		"letters": o2c.LettersCard{All: []o2c.Coming{{CustomerID: "c", Customer: foreign, Step: foreign, Numbers: []string{foreign}, Totals: []money.Amount{eur(1)}, Status: foreign, By: foreign}}},
		"check":   o2c.CheckCard{Invoice: inv, Doubts: []string{foreign}}, "case": o2c.CaseLine{What: o2c.LineHeld, By: foreign, Code: foreign, Numbers: []string{foreign}, Note: foreign},
		"cash":     o2c.CashCard{Receipt: r, Candidates: []o2c.Candidate{{InvoiceID: "i", Number: foreign, Customer: foreign, Why: foreign, Open: eur(1)}}},
		"delivery": o2c.DeliveryCard{Delivery: delivery.Data{ID: "e", What: foreign, Numbers: []string{foreign}, Customer: foreign, Channel: delivery.Mail, To: foreign, Status: delivery.Bounced, Code: foreign, Reason: foreign}, By: foreign},
		"stock":    o2c.StockCard{Order: o, Lines: o.Lines, Shelves: map[string]o2c.Shelf{foreign: {OnHand: 1}}, Waiting: map[string]int{foreign: 2}, WaitsBy: foreign},
		"reorder":  o2c.ReorderCard{Product: fulfilment.ProductData{SKU: foreign, Name: foreign, Substitute: foreign}, Waiting: []o2c.WaitingOrder{{Order: o, Units: 1}}, SeenBy: foreign},
		"parked":   o2c.ParkedCard{Parked: o2c.ParkedData{ID: "pk", Endpoint: foreign, Topic: foreign, Problem: foreign}},
		"likeness": o2c.LikenessCard{Likeness: o2c.LikenessData{ID: "lk", Why: []string{"mail", foreign}, Status: o2c.LikeSame}, By: foreign, Customer: party.Data{Name: foreign, Emails: []string{foreign}, Kind: party.Kind(foreign)}, Other: party.Data{Name: foreign, KVK: foreign}},
		"lapse":    o2c.ShopCard{Lapse: o2c.LapseData{Endpoint: foreign, Cause: o2c.LapseSilence, Fetched: []string{foreign}, Count: 1, SwitchedOn: []string{foreign}, Problem: foreign}},
		"payout":   o2c.PayoutCard{Payout: cash.PayoutData{Reference: foreign, Gateway: "stripe", Code: cash.WhyBooks, Causes: []cash.Movement{{Kind: cash.MovementCharge, Customer: foreign, Ref: foreign}}}, Owner: foreign}, "notice": o2c.NoticeCard{Title: foreign, Text: foreign},
		"digest": o2c.DigestCard{Date: foreign, DSO: foreign, Ageing: []o2c.Bucket{{Name: foreign, Amount: eur(1)}}},
	}
}

// checkTexts walks the JSON: each text object and the message's own text.
func checkTexts(t *rapid.T, name string, node any) {
	switch node := node.(type) {
	case []any:
		for _, n := range node {
			checkTexts(t, name, n)
		}
	case map[string]any:
		if said, ok := node["text"].(string); ok {
			checkText(t, name, said)
			if node["type"] == "mrkdwn" && node["verbatim"] != true {
				t.Fatalf("%s: %q lets Slack make links of its own", name, said)
			}
		}
		for _, n := range node {
			checkTexts(t, name, n)
		}
	}
}

var entity = regexp.MustCompile(`&(amp|lt|gt);`)

func checkText(t *rapid.T, name, said string) {
	switch bare := entity.ReplaceAllString(said, ""); {
	case live.MatchString(said), strings.ContainsAny(said, "<>"):
		t.Fatalf("%s: markup survives in %q", name, said)
	case strings.Contains(bare, "&"):
		t.Fatalf("%s: a bare & in %q", name, said)
	case strings.ContainsAny(said, "\u202e\u202d\u2066\u200b\r"):
		t.Fatalf("%s: an invisible character in %q", name, said)
	}
}

func TestClean(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"  Acme\tBV\n✓ Approved ", "Acme BV ✓ Approved"},
		{"\u202eevil\u200b\x00", "evil"},
		{"👩‍👩‍👧 Vos & Zn", "👩‍👩‍👧 Vos & Zn"},
		{"bad \xff utf-8", "bad utf-8"},
	} {
		if got := clean(tt.in); got != tt.want {
			t.Errorf("clean(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}
