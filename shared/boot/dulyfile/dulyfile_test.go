package dulyfile

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"duly/shared/boot/config"
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/credit"
	"duly/shared/o2c/money"
)

func TestDemoPolicyIsRight(t *testing.T) {
	p, err := Load(config.Demo())
	if err != nil {
		t.Fatal(err)
	}
	if p.Seller.IBAN == "" || p.TermsDays != 30 || len(p.Ladder.Steps) != 7 || p.Credit.DefaultLimit.Minor != 1_000_000 {
		t.Errorf("read %+v", p)
	}
}

func TestMistakesNameLineAndColumnAndComeTogether(t *testing.T) {
	raw := bytes.Replace(config.Demo(), []byte("default_days: 30 "), []byte("default_days: thirty "), 1)
	raw = bytes.Replace(raw, []byte(`auto_approve: "2500.00"`), []byte(`auto_approve: "much"`), 1)
	_, err := Load(raw)
	if err == nil {
		t.Fatal("accepted")
	}
	for _, want := range []string{fmt.Sprintf(`duly.yaml:%d:17: terms.default_days is "thirty"; write a whole number from 0 to 120`, lineWith(string(raw), "default_days")), `credit.auto_approve is "much"`, "DULY-1003"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error lacks %q:\n%v", want, err)
		}
	}
}

// lineWith is the line that something stands in.
func lineWith(raw, what string) int { return strings.Count(raw[:strings.Index(raw, what)], "\n") + 1 }

// Each mistake has its place, an unknown key its
// likely meaning, and a rule of the house the column of its wrong word.
func TestMistakesAreToldFromTopToBottom(t *testing.T) {
	raw := strings.Replace(string(config.Demo()), "  overdue_days: 14 ", "  overdeu_days: 14 ", 1)
	raw = strings.Replace(raw, "day: 10,", "day: ten,", 1)
	raw = strings.Replace(raw, "role: admin", "role: boss", 1)
	raw = strings.Replace(raw, "dunning:\n", `  rules:
    - { code: abroad, when: 'country != "NL" && amuont > 500', then: refer, say: Large order from abroad }
    - code: late
      when: |
        days_late > 5 and
        band > 3
      then: maybe
      say: Late
dunning:
`, 1)
	_, err := LoadFile("mine.yaml", []byte(raw))
	if err == nil {
		t.Fatal("accepted")
	}
	lines := strings.Split(err.Error(), "\n")
	at := lineWith(raw, "  rules:")
	for i, want := range []string{
		fmt.Sprintf("mine.yaml:%d:3: credit.overdeu_days is no key of duly.yaml; did you mean overdue_days? [DULY-1003]", lineWith(raw, "overdeu_days")),
		fmt.Sprintf("mine.yaml:%d:49: credit.rules[0].when: amuont is no fact; did you mean amount? [DULY-1003]", at+1),
		fmt.Sprintf("mine.yaml:%d:14: credit.rules[1].when: a text cannot be compared with a whole number by >", at+5),
		fmt.Sprintf(`mine.yaml:%d:13: credit.rules[1].then is "maybe"; write refer or decline [DULY-1003]`, at+6),
	} {
		if !slices.ContainsFunc(lines, func(l string) bool { return strings.HasPrefix(l, want) }) {
			t.Errorf("%d: %q is not among\n%s", i, want, err)
		}
	}
	for _, want := range []string{`dunning.ladder[3].day is "ten"; write a whole number from -30 to 365, e.g. 30`, `people[6].role is "boss"`} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error lacks %q:\n%v", want, err)
		}
	}
	if !slices.IsSortedFunc(lines, func(a, b string) int { return cmp.Compare(lineIn(a), lineIn(b)) }) {
		t.Errorf("not from top to bottom:\n%v", err)
	}
}

func lineIn(said string) int {
	parts := strings.SplitN(said, ":", 3)
	n, _ := strconv.Atoi(parts[1])
	return n
}

func TestRulesOfTheHouseDecide(t *testing.T) {
	raw := strings.Replace(string(config.Demo()), "dunning:\n", `  new_customers: { orders: 2, days: 30, auto_approve: "100.00" }
  bands: { A: "5000.00", E: "0.00" }
  uninsured: "1000.00"
  channels:
    - { endpoint: demo-woocommerce, auto_approve: "50.00" }
  rules:
    - { code: abroad, when: 'country != "NL" && amount > 500', then: decline, say: Large order from abroad }
dunning:
`, 1)
	p, err := Load([]byte(raw))
	if err != nil {
		t.Fatal(err)
	}
	in := credit.Input{Amount: money.Of(60_000, "EUR"), Country: "DE", Orders: 9, On: calendar.Date{Year: 2026, Month: 1, Day: 5}, Since: calendar.Date{Year: 2024, Month: 1, Day: 5}}
	d := p.Credit.Decide(in)
	if d.Verdict != credit.Decline || d.Reasons[0].Code != "abroad" || d.Reasons[0].Numbers["country"] != "DE" || d.Reasons[0].Numbers["amount"] != "600.00 EUR" {
		t.Errorf("%+v", d)
	}
	in.Country, in.Orders, in.Channel, in.Rating.Band = "NL", 1, "demo-woocommerce", "E"
	var codes []string
	for _, r := range p.Credit.Decide(in).Reasons {
		codes = append(codes, r.Code)
	}
	if !slices.Equal(codes, []string{"new_customer", "above_channel", "above_band"}) {
		t.Errorf("%v", codes)
	}
}

// Nobody is told to pay to an account whose digits were mistyped.
func TestTheAccountIsProven(t *testing.T) {
	for _, iban := range []string{"NL91ABNA0417164301", "NL91 ABNA 0417 1643 00", "", "nl91abna0417164300"} {
		raw := strings.Replace(string(config.Demo()), "iban: NL91ABNA0417164300", `iban: "`+iban+`"`, 1)
		if _, err := Load([]byte(raw)); err == nil || !strings.Contains(err.Error(), "company.iban") {
			t.Errorf("%q: %v", iban, err)
		}
	}
}

func TestUnknownKeyIsRefused(t *testing.T) {
	if _, err := Load(append(config.Demo(), []byte("\nsurprise: 1\n")...)); err == nil || !strings.Contains(err.Error(), "surprise") {
		t.Errorf("got %v", err)
	}
}

// TestCap_88_OneChannelByDefault: a house that says nothing has one channel for everything; what gets a channel of its
// own moves there alone.
func TestCap_88_OneChannelByDefault(t *testing.T) {
	p, err := Load(config.Demo())
	if err != nil {
		t.Fatal(err)
	}
	one := p.Channel("digest")
	for _, purpose := range []string{"credit", "collections", "exceptions", "shipping", "sales"} {
		if got := p.Channel(purpose); got != one || one == "" {
			t.Errorf("%s goes to %q, the rest to %q", purpose, got, one)
		}
	}
	p.Channels["credit"] = "C01CREDIT"
	if p.Channel("credit") != "C01CREDIT" || p.Channel("collections") != one {
		t.Errorf("credit goes to %q, collections to %q", p.Channel("credit"), p.Channel("collections"))
	}
}

func TestTheLookIsChecked(t *testing.T) {
	shipped := string(config.Demo())
	for wrong, says := range map[string]string{
		"  logo: none.png":                            "look.logo",
		"  logo: logo.png\n  colour: blue":            "look.colour",
		"  logo: logo.png\n  colour: \"#ffcc00\"":     "contrast on white is 1.5 to 1",
		"  logo: logo.png\n  window: top":             "look.window",
		"  logo: ../terms/general.nl.txt":             "look.logo",
		"  logo: logo.png\n  color: \"#144ea0\"":      "look.color",
		"  logo: logo.png\n  colour: \"#1b6b3a\"":     "",
		"  logo: logo.png\n  sender: Voorbeeld Facts": "",
	} {
		_, err := Load([]byte(strings.Replace(shipped, "  logo: logo.png ", wrong+" ", 1)))
		if (says == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", wrong, err)
		}
	}
	p, err := Load(config.Demo())
	if err != nil || !p.Look.HasLogo() || p.Look.Kind != "png" || p.Look.Accent() != "#144ea0" {
		t.Errorf("%+v %v", p.Look.Kind, err)
	}
}
