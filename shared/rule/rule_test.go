package rule

import (
	"errors"
	"strings"
	"testing"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/credit"
	"duly/shared/o2c/money"
	"duly/shared/o2c/party"
)

func input() credit.Input {
	limit := money.Of(1_000_000, "EUR")
	return credit.Input{
		Amount: money.Of(49_995, "EUR"), Receivable: money.Of(100_000, "EUR"), Confirmed: money.Of(0, "EUR"), Overdue: money.Of(0, "EUR"), Limit: &limit,
		Rating: credit.Rating{Band: "C", Score: 55, DaysLate: 12}, Orders: 2, Kind: party.Consumer, Country: "BE", Channel: "demo-shopify",
		On: calendar.Date{Year: 2026, Month: 1, Day: 5}, Since: calendar.Date{Year: 2025, Month: 12, Day: 26},
	}
}

func TestRules(t *testing.T) {
	for text, want := range map[string]bool{
		`amount > 499`:                                      true,
		`headroom > -1 and days_late - 20 == -8`:            true,
		`!(orders in [1, 3]) and weekday * 2 + 1 == 3`:      true,
		`true != unlimited`:                                 true,
		`amount > 500`:                                      false,
		`amount >= sum("499.95")`:                           true,
		`amount > sum("499.95")`:                            false,
		`499 < amount`:                                      true,
		`exposure > limit`:                                  false,
		`exposure * 8 > limit`:                              true,
		`limit - exposure == headroom`:                      true,
		`receivable + confirmed == 1000`:                    true,
		`kind == "consumer" && country in ["BE", "LU"]`:     true,
		`business || unlimited`:                             false,
		`band in ["D", "E"] or days_late > 10`:              true,
		`orders < 3 and days_known == 10`:                   true,
		`weekday == 1 && channel == "demo-shopify"`:         true,
		`not (currency == "EUR")`:                           false,
		`overdue == 0 ? promises_broken == 0 : score < 100`: true,
	} {
		c, err := Compile(text, "EUR")
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got, _, err := c.Holds(input()); err != nil || got != want {
			t.Errorf("%s is %v (%v)", text, got, err)
		}
	}
}

func TestNoLimitIsAboveEverything(t *testing.T) {
	c, err := Compile(`exposure < limit and headroom > 1000000 and unlimited`, "EUR")
	if err != nil {
		t.Fatal(err)
	}
	in := input()
	in.Limit = nil
	if holds, _, err := c.Holds(in); !holds || err != nil {
		t.Error(holds, err)
	}
}

func TestReasonsShowTheFactsOfTheRule(t *testing.T) {
	c, err := Compile(`amount > 100 && band == "C" && amount < 900`, "EUR")
	if err != nil {
		t.Fatal(err)
	}
	_, numbers, err := c.Holds(input())
	if err != nil || len(numbers) != 2 || numbers["amount"] != "499.95 EUR" || numbers["band"] != "C" {
		t.Errorf("%v %v", numbers, err)
	}
}

func TestMistakesAreFoundWhenThePolicyIsLoaded(t *testing.T) {
	for text, want := range map[string][2]int{
		`amuont > 5`:                    {1, 1},
		`amount > "5"`:                  {1, 8},
		`amount > 5.5`:                  {1, 8},
		`amount >`:                      {1, 8},
		`amount`:                        {1, 1},
		`band == "C" && amount`:         {1, 13},
		"band == \"C\" &&\nsocre > 1":   {2, 1},
		`amount > sum("ten")`:           {1, 10},
		`len(band) > 0`:                 {1, 1},
		`(amount > 5`:                   {1, 11},
		`amount > 5)`:                   {1, 11},
		`band in ["D", 5]`:              {1, 15},
		`band in [D]`:                   {1, 10},
		`band in "D"`:                   {1, 6},
		`band < true`:                   {1, 6},
		`unlimited > business`:          {1, 11},
		`not band`:                      {1, 1},
		`orders > 5 ? 1`:                {1, 14},
		`orders > 99999999999999999999`: {1, 10},
		`band == "D`:                    {1, 9},
		`orders / 2 > 1`:                {1, 8},
		``:                              {1, 1},
	} {
		_, err := Compile(text, "EUR")
		var m *Mistake
		if !errors.As(err, &m) || [2]int{m.Line, m.Column} != want || m.What == "" {
			t.Errorf("%s: %v, want it at %v", text, err, want)
		}
	}
}

// TestAnAmountBeyondMeasureIsNoPanic: the rule cannot be applied, the program goes on.
func TestAnAmountBeyondMeasureIsNoPanic(t *testing.T) {
	c, err := Compile(`exposure * 9000000000000 * 9000000 > limit`, "EUR")
	if err != nil {
		t.Fatal(err)
	}
	if holds, _, err := c.Holds(input()); holds || err == nil {
		t.Error(holds, err)
	}
}

func TestAllFactsAreExplained(t *testing.T) {
	if len(order) != len(table) {
		t.Errorf("%d facts, %d explained", len(table), len(order))
	}
	for _, name := range Facts() {
		if table[name] == nil {
			t.Errorf("%s is no fact", name)
		}
	}
}

func TestARuleHasAnEnd(t *testing.T) {
	if _, err := Compile(strings.Repeat("orders > 1 and ", nodesMax)+"true", "EUR"); err == nil {
		t.Error("a rule of any length was taken")
	}
}

// FuzzCompile: whatever is written, the answer is a rule or a mistake with its
// place, and a rule can be applied or says why not.
func FuzzCompile(f *testing.F) {
	for _, text := range []string{`amount > 499 and band in ["D"]`, `sum("1") < limit ? true : not unlimited`, `((`, `"`} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := Compile(text, "EUR")
		if err != nil {
			var m *Mistake
			if !errors.As(err, &m) || m.Line < 1 || m.Column < 1 || m.What == "" {
				t.Fatal(err)
			}
			return
		}
		_, _, _ = c.Holds(input())
	})
}

func BenchmarkHolds(b *testing.B) {
	c, err := Compile(`amount > 100 && band == "C" && exposure > limit`, "EUR")
	if err != nil {
		b.Fatal(err)
	}
	in := input()
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := c.Holds(in); err != nil {
			b.Fatal(err)
		}
	}
}
