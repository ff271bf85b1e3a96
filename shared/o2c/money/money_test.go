package money

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"
)

func TestParse(t *testing.T) {
	for _, tc := range []struct {
		text, currency string
		want           int64
		ok             bool
	}{
		{"1240.00", "EUR", 124_000, true},
		{"1240", "EUR", 124_000, true},
		{"0.1", "EUR", 10, true},
		{"-3.50", "EUR", -350, true},
		{"1240", "JPY", 1240, true},
		{"1.234", "KWD", 1234, true},
		{"12.340", "EUR", 1234, true}, // zeros beyond the cents say nothing
		{"12.345", "EUR", 0, false},
		{"1.5", "JPY", 0, false},
		{"1,240.00", "EUR", 0, false},
		{"", "EUR", 0, false},
		{"NaN", "EUR", 0, false},
		{"1e30", "EUR", 0, false},
		{"12.00", "XXQ", 0, false},
		{"12.00", "", 0, false},
	} {
		got, err := Parse(tc.text, tc.currency)
		if (err == nil) != tc.ok || got.Minor != tc.want {
			t.Errorf("Parse(%q, %q) = %v, %v", tc.text, tc.currency, got, err)
		}
	}
}

func TestRoundIsHalfAwayFromZero(t *testing.T) {
	for text, want := range map[string]int64{"0.005": 1, "0.004": 0, "-0.005": -1, "2.675": 268, "1.115": 112} {
		d, err := decimal.NewFromString(text)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := Round(d, "EUR"); err != nil || got.Minor != want {
			t.Errorf("Round(%s) = %v, %v; want %d", text, got, err, want)
		}
	}
}

func TestSplitSumsToTheWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		whole := Of(rapid.Int64Range(-1e12, 1e12).Draw(t, "whole"), "EUR")
		weights := rapid.SliceOfN(rapid.Int64Range(0, 1000), 1, 12).Draw(t, "weights")
		weights[0]++ // not all zero
		var sum Amount
		for i, p := range whole.Split(weights...) {
			if weights[i] == 0 && !p.IsZero() {
				t.Fatalf("part %d weighs nothing and got %s", i, p)
			}
			sum = sum.Plus(p)
		}
		if sum.Minor != whole.Minor {
			t.Fatalf("%s was split into %s", whole, sum)
		}
	})
}

func TestMixingAndOverflowAreAssertions(t *testing.T) {
	for name, do := range map[string]func(){
		"mixing":   func() { Of(1, "EUR").Plus(Of(1, "USD")) },
		"overflow": func() { Of(math.MaxInt64, "EUR").Plus(Of(1, "EUR")) },
		"weights":  func() { Of(1, "EUR").Split(0) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s went through", name)
				}
			}()
			do()
		}()
	}
}

func TestNothingAddsToAnything(t *testing.T) {
	if got := (Amount{}).Plus(Of(5, "USD")); got != Of(5, "USD") {
		t.Errorf("got %v", got)
	}
}

func TestJSONIsTheInterface(t *testing.T) {
	b, err := json.Marshal(Of(124_000, "EUR"))
	if err != nil || string(b) != `{"amount":124000,"currency":"EUR"}` {
		t.Fatalf("%s %v", b, err)
	}
	var back Amount
	if err := json.Unmarshal(b, &back); err != nil || back != Of(124_000, "EUR") {
		t.Errorf("%v %v", back, err)
	}
	big := Of(math.MaxInt64, "EUR")
	b, err = json.Marshal(big)
	if err == nil {
		err = json.Unmarshal(b, &back)
	}
	if err != nil || back != big {
		t.Errorf("64 bits: %v %v", back, err)
	}
}

func TestSpellingIsThatOfTheDecimal(t *testing.T) {
	spell := func(a Amount) string { return a.Decimal().StringFixed(Digits(a.Currency)) + " " + a.Currency }
	codes := []string{"EUR", "JPY", "KWD", "CLF", "XQQ"}
	for _, minor := range []int64{0, 1, -1, 9, -10, 99, 100, -100, 12345, math.MaxInt64, math.MinInt64} {
		for _, code := range codes {
			if a := Of(minor, code); a.String() != spell(a) {
				t.Errorf("%s, want %s", a, spell(a))
			}
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		a := Of(rapid.Int64().Draw(t, "minor"), rapid.SampledFrom(codes).Draw(t, "currency"))
		if a.String() != spell(a) {
			t.Fatalf("%s, want %s", a, spell(a))
		}
	})
}

func TestWhatDoesNotFitIsRefused(t *testing.T) {
	for text, ok := range map[string]bool{
		"92233720368547758.07": true, "-92233720368547758.07": true, "92233720368547758.08": false, "-92233720368547758.08": false, "1e17": false, "9e16": true, "1e30": false,
	} {
		d, err := decimal.NewFromString(text)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Round(d, "EUR"); (err == nil) != ok {
			t.Errorf("Round(%s): %v", text, err)
		}
		if a, err := FromDecimal(d, "EUR"); (err == nil) != ok || ok && !a.Decimal().Equal(d) {
			t.Errorf("FromDecimal(%s) = %s, %v", text, a, err)
		}
	}
}
