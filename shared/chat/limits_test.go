package chat

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"duly/infra/local/loopback"
	"duly/infra/local/slack"
	"duly/shared/o2c"
	"duly/shared/o2c/cash"
	"duly/shared/o2c/credit"
	"duly/shared/o2c/delivery"
	"duly/shared/o2c/fulfilment"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/money"
	"duly/shared/o2c/order"
	"duly/shared/o2c/party"
)

// workspace is a loopback Slack, which refuses whatever breaks a limit of Slack's, our client against it, and the trigger
// of what a colleague did last.
func workspace(t *testing.T, v Voice) (s *slack.Server, c *Client, trigger *string) {
	t.Helper()
	now, trigger := time.Unix(1767600000, 0), new(string)
	s = slack.New(slack.Options{
		Now: func() time.Time { return now }, SigningSecret: "s", BotToken: "xoxb-1", Team: "T1", AppID: "A1", BaseURL: "http://slack.local",
		Users:    []slack.User{{ID: "U01", Name: "Mira", Role: "approver"}},
		Channels: map[string]string{"credit": "C01", "collections": "C02"},
		Deliver: func(_ context.Context, _ string, _ http.Header, body []byte) (int, []byte, error) {
			form, err := url.ParseQuery(string(body))
			*trigger = form.Get("trigger_id")
			return 200, nil, err
		},
	})
	return s, Connect(Access{
		Token: "xoxb-1", APIURL: "http://slack.local/api/", HTTP: &http.Client{Transport: loopback.Transport{"slack.local": s}},
	}, v), trigger
}

// TestLimits posts every card, form and Home, in every language and with monstrous contents, to a Slack that is strict.
func TestLimits(t *testing.T) {
	all := cards()
	for name, card := range monsters() {
		all["monster_"+name] = card
	}
	for language := range catalogue {
		v := NewVoice(policy(language))
		s, client, _ := workspace(t, v)
		for name, card := range all {
			if _, err := client.Post(t.Context(), "C01", card); err != nil {
				t.Errorf("%s %s: %v", language, name, err)
			}
			m, err := v.Render(card)
			if err != nil {
				t.Fatal(err)
			}
			if len(m.Blocks) > cardBlocksMax {
				t.Errorf("%s %s has %d blocks, more than %d", language, name, len(m.Blocks), cardBlocksMax)
			}
			if strings.TrimSpace(m.Text) == "" || strings.ContainsAny(m.Text, "{}") {
				t.Errorf("%s %s: text %q is no sentence", language, name, m.Text)
			}
		}
		for name, form := range forms(v) {
			checkView(t, v, language+" "+name, form)
		}
		huge := monsterOrder()
		for name, form := range map[string]Modal{
			"approve": v.ApproveWith(Meta{}, huge, sampleCredit().Request), "ship": v.ShipPart(Meta{}, huge),
			"substitute": v.Substitute(Meta{}, huge, long), "cancel line": v.CancelLine(Meta{}, huge), "receive": v.Receive(Meta{}, long, long, 1<<60),
			"promise": v.Promise(Meta{}, long, monsterInvoices(300), on("2026-01-06")), "word": v.Word(long), "split": v.Split(Meta{}, monsterReceipt()),
			"link": v.PayLink(long, "https://pay.example/"+strings.Repeat("x", 5000)),
		} {
			checkView(t, v, language+" monster "+name, form)
		}
		for _, home := range []Home{sampleHome(v), v.Stranger(), v.Home(o2c.Person{Name: long, Role: o2c.Admin}, monstrousWorkday(), o2c.TourData{}, at("2026-01-05T09:00:00Z"), true, HomeExtras{Views: []o2c.SavedView{{Name: long, Path: "/invoices?q=" + strings.Repeat("x", 480)}}}), v.Home(o2c.Person{Name: long}, o2c.Workday{}, o2c.TourData{}, at("2026-01-05T09:00:00Z"), false, HomeExtras{})} {
			if err := client.Publish(t.Context(), "U01", home); err != nil {
				t.Errorf("%s home: %v", language, err)
			}
		}
		for _, broken := range s.Violations() {
			t.Errorf("%s: %s %s: %s", language, broken.Method, broken.Where, broken.Message)
		}
	}
}

// checkView opens a form as the answer to a command.
func checkView(t *testing.T, v Voice, name string, m Modal) {
	t.Helper()
	s, client, trigger := workspace(t, v)
	if _, err := s.Command(t.Context(), "U01", "help"); err != nil {
		t.Fatal(err)
	}
	if err := client.Open(t.Context(), *trigger, m); err != nil {
		t.Errorf("%s: %v", name, err)
	}
	for _, broken := range s.Violations() {
		t.Errorf("%s: %s", name, broken.Message)
	}
}

// long is what a hostile or a careless customer is called.
var long = strings.Repeat("&<🧑🏽‍🚀 Verylongname & Sons> ", 160)

func monsterOrder() order.Data {
	o := sampleOrder()
	o.Number, o.CustomerName, o.Note, o.Status = long, long, long, order.Confirmed
	o.Lines = nil
	for i := range 60 {
		o.Lines = append(o.Lines, order.Line{N: i + 1, SKU: long, Name: long, Quantity: 1_000_000, Tracked: true, Reserved: 7, Waiting: 9})
	}
	return o
}

func monsterInvoices(n int) []invoice.Data {
	all := make([]invoice.Data, n)
	for i := range all {
		d := sampleInvoice("2026-"+long, 1<<60, "2025-12-03")
		d.ID, d.Buyer.Name, d.OrderNo = "i_1", long, long
		d.Dunning = invoice.Dunning{Sent: []invoice.Sent{{Step: long, On: on("2025-12-08")}}, PausedBy: long}
		all[i] = d
	}
	return all
}

func monsterReceipt() cash.ReceiptData {
	r := sampleReceipt()
	r.Payer, r.Text, r.Reference = long, long, long
	return r
}

// monsters are cards of what nobody hopes to see: 60 lines, 4,000 characters of note, names of emoji.
func monsters() map[string]o2c.Card {
	week := sampleWeek(long)
	for range 30 {
		week.Weeks, week.Top, week.Ageing = append(week.Weeks, week.Weeks[0]), append(week.Top, week.Top[0]), append(week.Ageing, o2c.Bucket{Name: long, Amount: eur(1 << 60)})
	}
	c := sampleCredit()
	c.Order, c.Customer.Name, c.Customer.Owner, c.Order.Source.Endpoint = monsterOrder(), long, long, long
	for range 20 {
		c.Request.Decision.Reasons = append(c.Request.Decision.Reasons, credit.Reason{Code: "x", Text: long})
	}
	decided := c
	decided.Request.Status, decided.Request.Reason, decided.DecidedBy = credit.Declined, long, long
	draft := monsterInvoices(1)[0]
	draft.Status = invoice.Draft
	for range 60 {
		draft.Missing = append(draft.Missing, long)
	}
	settled := monsterReceipt()
	for i := range 60 {
		settled.Applications = append(settled.Applications, cash.Application{N: i + 1, Number: long, Amount: eur(1), Why: long})
	}
	var guesses []o2c.Candidate
	for range 9 {
		guesses = append(guesses, o2c.Candidate{InvoiceID: "i_1", Number: long, Customer: long, Open: eur(1), Why: long})
	}
	var buckets []o2c.Bucket
	for range 60 {
		buckets = append(buckets, o2c.Bucket{Name: long, Amount: eur(1 << 60), Count: 1 << 40})
	}
	return map[string]o2c.Card{
		"weekly": week,
		"credit": c, "credit_decided": decided,
		"overdue": o2c.OverdueCard{Customer: party.Data{ID: "c", Name: long, Phone: long, Emails: []string{long}}, Invoices: monsterInvoices(60), Overdue: eur(1 << 60), Oldest: 1 << 30,
			Promise: &o2c.PromiseLine{Amount: eur(1), Date: long, Status: long, By: long}, Settled: monsterInvoices(60), HoldUntil: on("2026-01-05"), HoldWhy: long, State: long,
			Call: &o2c.CallNote{By: long, Outcome: long, Note: long}, Stop: &o2c.StopAsk{By: long, Why: long}},
		"letters":  o2c.LettersCard{More: 1 << 40, All: slices.Repeat([]o2c.Coming{{CustomerID: "c", Customer: long, Step: long, Numbers: slices.Repeat([]string{long}, 60), Totals: []money.Amount{eur(1 << 60)}}}, 60)},
		"check":    o2c.CheckCard{Invoice: monsterInvoices(1)[0], Doubts: slices.Repeat([]string{long}, 60)},
		"case":     o2c.CaseLine{What: o2c.LineCalled, By: long, Code: long, Numbers: slices.Repeat([]string{long}, 60), Note: long, Date: on("2026-01-05")},
		"invoice":  o2c.InvoiceCard{Invoice: monsterInvoices(1)[0], PayURL: "https://pay.example/" + strings.Repeat("x", 5000)},
		"draft":    o2c.DraftCard{Invoice: draft, Order: long},
		"cash":     o2c.CashCard{Receipt: monsterReceipt(), Candidates: guesses},
		"settled":  o2c.CashCard{Receipt: settled, Settled: true, Refund: &cash.RefundData{ID: "rf", Name: long, IBAN: long, Reason: long, Status: cash.RefundAsked, Amount: eur(1 << 60)}, AskedBy: long},
		"delivery": o2c.DeliveryCard{Delivery: delivery.Data{ID: "e", What: long, Numbers: slices.Repeat([]string{long}, 60), Customer: long, Channel: delivery.Mail, To: long, Status: delivery.Bounced, Code: long, Reason: long}, By: long},
		"stock":    o2c.StockCard{Order: monsterOrder(), Lines: monsterOrder().Lines, Waiting: map[string]int{long: 1 << 40}, Shelves: map[string]o2c.Shelf{long: {OnHand: 1 << 60}}, WaitsBy: long},
		"reorder":  o2c.ReorderCard{Product: fulfilment.ProductData{SKU: long, Name: long, Substitute: long}, Waiting: slices.Repeat([]o2c.WaitingOrder{{Order: monsterOrder(), Units: 1 << 60}}, 60), SeenBy: long},
		"parked":   o2c.ParkedCard{Parked: o2c.ParkedData{ID: long, Endpoint: long, Topic: long, Problem: long}},
		"likeness": o2c.LikenessCard{Likeness: o2c.LikenessData{ID: "lk", Why: []string{"mail", "name"}, Status: o2c.LikeOpen}, By: long, Customer: party.Data{Name: long, Emails: []string{long}, Kind: party.Kind(long), VATID: long}, Other: party.Data{Name: long, Address: party.Address{Street: long, City: long}}},
		"lapse":    o2c.ShopCard{Lapse: o2c.LapseData{Endpoint: long, Cause: o2c.LapseGap, Missing: make([]int64, 60), Lost: make([]int64, 60), Fetched: slices.Repeat([]string{long}, 60), Count: 1 << 40, SwitchedOn: []string{long, long}, Problem: long}},
		"payout":   o2c.PayoutCard{Payout: cash.PayoutData{Reference: long, Gateway: long, Code: cash.WhyBooks, Causes: []cash.Movement{{Kind: cash.MovementCharge, Customer: long, Ref: long}}}, Owner: long},
		"notice":   o2c.NoticeCard{Title: long, Text: strings.Repeat(long, 10)},
		"digest":   o2c.DigestCard{Date: long, DSO: long, Ageing: buckets, Receivable: money.Of(1, long)},
	}
}

func TestLongListsSayHowManyAreLeftOut(t *testing.T) {
	m, err := NewVoice(policy("en")).Render(monsters()["stock"])
	if err != nil {
		t.Fatal(err)
	}
	if raw, _ := json.Marshal(m); !strings.Contains(string(raw), "… 50 more") {
		t.Errorf("60 lines are cut without a word: %s", raw)
	}
}

func TestClipEscaped(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"short", "a &amp; b", "a &amp; b"},
		{"cut between words", "abcdefghijklmno", "abcdefghi…"},
		{"never through an entity", "abcdefg&amp;xyz", "abcdefg…"},
		{"after an entity", "ab&amp;cdefghij", "ab&amp;cd…"},
		{"counts characters, not bytes", "ééééééééééé", "ééééééééé…"},
	} {
		if got := clipEscaped(tt.in, 10); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}
