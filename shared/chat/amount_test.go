package chat

import (
	"testing"

	"pgregory.net/rapid"

	"duly/shared/o2c/money"
)

func TestParseAmount(t *testing.T) {
	for _, tt := range []struct {
		typed, code string
		want        money.Amount
		wantErr     string
	}{
		{typed: "1.240,00", code: "EUR", want: eur(124000)},
		{typed: "1,240.00", code: "EUR", want: eur(124000)},
		{typed: "1240", code: "EUR", want: eur(124000)},
		{typed: "1240,5", code: "EUR", want: eur(124050)},
		{typed: "1240.50", code: "EUR", want: eur(124050)},
		{typed: " € 1 240,00 ", code: "EUR", want: eur(124000)},
		{typed: "1\u202f240,00 EUR", code: "EUR", want: eur(124000)},
		{typed: "eur 12.345.678,90", code: "EUR", want: eur(1234567890)},
		{typed: "12.345.678", code: "EUR", want: eur(1234567800)},
		{typed: "1'240.00", code: "EUR", want: eur(124000)},
		{typed: "0,240", code: "EUR", want: eur(24)},
		{typed: "$1,240.00", code: "USD", want: money.Of(124000, "USD")},
		{typed: "1.240", code: "JPY", want: money.Of(1240, "JPY")},
		{typed: "1,240.500", code: "KWD", want: money.Of(1240500, "KWD")},
		{typed: "1.240", code: "EUR", wantErr: "Is this 1240.00 or 1.24? Write 1240,00."},
		{typed: "1,240", code: "EUR", wantErr: "Is this 1240.00 or 1.24? Write 1240,00."},
		{typed: "12.345", code: "EUR", wantErr: "Is this 12345.00 or 12.345? Write 12345,00."},
		{typed: "1.240", code: "KWD", wantErr: "Is this 1240.000 or 1.240? Write 1240,000."},
		{typed: "1240.555", code: "EUR", wantErr: "“1240.555” is no amount. Write 1240,00."},
		{typed: "12.34.56", code: "EUR", wantErr: "“12.34.56” is no amount. Write 1240,00."},
		{typed: "1,24.00", code: "EUR", wantErr: "“1,24.00” is no amount. Write 1240,00."},
		{typed: "1.240,", code: "EUR", wantErr: "“1.240,” is no amount. Write 1240,00."},
		{typed: ",50", code: "EUR", wantErr: "“,50” is no amount. Write 1240,00."},
		{typed: "-5", code: "EUR", wantErr: "“-5” is no amount. Write 1240,00."},
		{typed: "1e3", code: "EUR", wantErr: "“1e3” is no amount. Write 1240,00."},
		{typed: "", code: "EUR", wantErr: "“” is no amount. Write 1240,00."},
		{typed: "a lot", code: "EUR", wantErr: "“a lot” is no amount. Write 1240,00."},
		{typed: "99999999999999999999", code: "EUR", wantErr: "“99999999999999999999” is no amount. Write 1240,00."},
		{typed: "0,00", code: "EUR", wantErr: "Write an amount above zero."},
	} {
		got, misread := ParseAmount(tt.typed, tt.code)
		said := ""
		if misread != nil {
			said = NewVoice(policy("en")).Say(misread.Key, misread.Pairs...)
		}
		if got != tt.want || said != tt.wantErr {
			t.Errorf("%q %s: got %v %q, want %v %q", tt.typed, tt.code, got, said, tt.want, tt.wantErr)
		}
	}
}

// TestParseAmountReadsWhatWeWrite: an amount as any of the languages spells it is read back, or asked back, never
// misread.
func TestParseAmountReadsWhatWeWrite(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := eur(rapid.Int64Range(1, 1<<50).Draw(t, "minor"))
		language := rapid.SampledFrom([]string{"en", "nl", "de", "fr"}).Draw(t, "language")
		spelled := NewVoice(policy(language)).spell(want)
		if got, misread := ParseAmount(spelled, "EUR"); misread != nil || got != want {
			t.Fatalf("%q was read as %v %v, want %v", spelled, got, misread, want)
		}
	})
}

func FuzzParseAmount(f *testing.F) {
	for _, s := range []string{"1.240,00", "1,240.00", "1.240", "€ 1 240,5", ".,.", "0,240"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		if got, misread := ParseAmount(typed, "EUR"); misread == nil && !got.IsPositive() {
			t.Errorf("%q was read as %v", typed, got)
		}
	})
}
