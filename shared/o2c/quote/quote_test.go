package quote

import (
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/money"
	"duly/shared/o2c/party"
)

var start = time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)

func day(n int) calendar.Date { return calendar.On(start, time.UTC).AddDays(n) }

func content(validDays int) Data {
	return Data{
		ID: "q_1", Number: "Q2026-0001", CustomerID: "c_1", ValidUntil: day(validDays), TermsDays: 30, Total: money.Of(12100, "EUR"),
		Lines:  []Line{{N: 1, Name: "Chair", Quantity: 1, Price: decimal.NewFromInt(100)}},
		Seller: party.Seller{Name: "Us", KVK: "1", VATID: "2", Address: party.Address{Street: "Kade 1", City: "Rotterdam"}},
		Buyer:  Buyer{Name: "Acme", Email: "a@acme.example", Address: party.Address{Street: "Dam 1", City: "Amsterdam", Country: "NL"}},
	}
}

// TestWhateverHappensAQuoteIsAnsweredOnce walks a quote through any verbs at any
// times: what is final stays, nothing is accepted after its day or by an earlier
// version, and the evidence is of the version that stands.
func TestWhateverHappensAQuoteIsAnsweredOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q, err := New(content(rapid.IntRange(0, 20).Draw(t, "valid")))
		if err != nil {
			t.Fatal(err)
		}
		at, sends, final := start, 0, ""
		for range rapid.IntRange(1, 25).Draw(t, "steps") {
			at = at.Add(time.Duration(rapid.IntRange(0, 60).Draw(t, "hours")) * time.Hour)
			before := q.Data()
			var err error
			switch verb := rapid.SampledFrom([]string{"revise", "send", "accept", "decline", "expire", "hold"}).Draw(t, "verb"); verb {
			case "revise":
				err = q.Revise(content(rapid.IntRange(0, 40).Draw(t, "valid again")))
			case "send":
				if err = q.Send(at, calendar.On(at, time.UTC), TermsRef{Version: "1"}, time.Time{}, time.UTC); err == nil {
					sends++
					q.Filed(Paper{Name: "x", Hash: string(rune('a' + sends))}, "k1")
				}
			case "accept":
				err = q.Accept(Acceptance{Name: "Eline", Agreed: true, At: at}, "o_1", "k_1")
				if err == nil && !at.Before(before.ExpiresAt) {
					t.Fatalf("accepted at %s, valid until %s", at, before.ValidUntil)
				}
			case "decline":
				err = q.Decline(Refusal{Reason: "no", At: at})
			case "expire":
				if q.Over(at) {
					err = q.Expire()
				}
			case "hold":
				q.Hold(CreditHold)
				q.Release(CreditHold)
			}
			after := q.Data()
			if err != nil && after.Status != before.Status {
				t.Fatalf("a refused verb led from %s to %s", before.Status, after.Status)
			}
			if final != "" && after.Status != final {
				t.Fatalf("%s became %s", final, after.Status)
			}
			if len(Life.Verbs(after.Status)) == 0 {
				final = after.Status
			}
			if a := after.Acceptance; a != nil && (after.Status != Accepted || a.Document != after.Document.Hash || a.Version != after.Version || a.TermsVersion != after.Terms.Version) {
				t.Fatalf("the evidence is of something else: %+v", after)
			}
			if after.Version > sends+1 || after.Number != "Q2026-0001" {
				t.Fatalf("version %d after %d sends", after.Version, sends)
			}
		}
	})
}

func TestAContractIsWhatWasAgreed(t *testing.T) {
	d := content(10)
	d.ContractID, d.Period = "k_1", &Period{StartOn: day(1), EndOn: day(366), NoticeDays: 30}
	d.Acceptance = &Acceptance{Name: "Eline", At: start}
	k := Agree(d, day(0), start)
	if !k.Intact() || k.Data().NoticeOn != day(336) {
		t.Errorf("agreed %+v", k.Data())
	}
	k.Filed(Paper{Name: "x", Hash: "y"})
	k.Warned(start)
	k.Reminded()
	if err := k.Renewed("q_2"); err != nil || !k.Intact() {
		t.Errorf("what moves later is part of what was agreed: %v", err)
	}
	k.data.TermsDays = 90
	if k.Intact() {
		t.Error("other terms pass for what was agreed")
	}
}

func TestClausesWithNothingToSayAreLeftOut(t *testing.T) {
	all := Clauses("# A\nFrom {Start}.\n\nMore\nof it.\n\n# B\nUntil {End}.\n", map[string]string{"Start": "today"})
	if len(all) != 1 || all[0].Heading != "A" || len(all[0].Paragraphs) != 2 || all[0].Paragraphs[1] != "More of it." || all[0].Paragraphs[0] != "From today." {
		t.Errorf("read %+v", all)
	}
	if err := (TermsData{Version: "1", Agreement: "# A\n{Surprise}", General: "x"}).Check(); err == nil {
		t.Error("a placeholder that nothing fills passes")
	}
}

func TestWhatNoQuoteCanBe(t *testing.T) {
	for name, spoil := range map[string]func(*Data){
		"nothing":      func(d *Data) { d.Total = money.Of(0, "EUR") },
		"no lines":     func(d *Data) { d.Lines = nil },
		"no validity":  func(d *Data) { d.ValidUntil = calendar.Date{} },
		"ends first":   func(d *Data) { d.Period = &Period{StartOn: day(5), EndOn: day(4)} },
		"notice early": func(d *Data) { d.Period = &Period{StartOn: day(5), EndOn: day(15), NoticeDays: 11} },
	} {
		d := content(10)
		spoil(&d)
		if _, err := New(d); err == nil {
			t.Errorf("%s passes", name)
		}
	}
}
