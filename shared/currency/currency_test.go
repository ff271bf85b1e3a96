package currency

import (
	"math"
	"testing"

	referee "github.com/bojanz/currency"
)

// TestAsCLDRSays holds every currency in every language to bojanz/currency.
func TestAsCLDRSays(t *testing.T) {
	codes := referee.GetCurrencyCodes()
	if len(decimals) != 4*len(codes) {
		t.Errorf("%d currencies, want %d", len(decimals)/4, len(codes))
	}
	for _, code := range codes {
		want, _ := referee.GetDigits(code)
		if got, known := Digits(code); !known || got != int(want) {
			t.Errorf("%s has %d decimals, want %d", code, got, want)
		}
		for _, lang := range []string{"en", "nl", "de", "fr"} {
			locale := referee.NewLocale(lang)
			if want, _ := referee.GetSymbol(code, locale); Symbol(code, lang) != want {
				t.Errorf("%s in %s is %q, want %q", code, lang, Symbol(code, lang), want)
			}
			for _, minor := range []int64{0, 5, -5, 99, 100, -1000, 12345, 999999, 1000000, -123456789, math.MaxInt64, math.MinInt64 + 1, math.MinInt64} {
				amount, err := referee.NewAmountFromInt64(minor, code)
				if err != nil {
					t.Fatal(err)
				}
				if want := referee.NewFormatter(locale).Format(amount); Format(minor, code, lang) != want {
					t.Errorf("%d %s in %s is %q, want %q", minor, code, lang, Format(minor, code, lang), want)
				}
			}
		}
	}
}

func TestWhatIsNoCurrency(t *testing.T) {
	for _, code := range []string{"", "EU", "eur", "EURO", "XYZ", "R2U", "2US", "€"} {
		if n, known := Digits(code); known {
			t.Errorf("%q has %d decimals", code, n)
		}
	}
	if got := Format(7, "", "en"); got != "7" {
		t.Errorf("%q", got)
	}
	if got := Format(-7, "XYZ", "nl"); got != "-7 XYZ" {
		t.Errorf("%q", got)
	}
}
