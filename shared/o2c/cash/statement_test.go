package cash_test

import (
	"math"
	"testing"

	"duly/shared/o2c/cash"
	"duly/shared/o2c/money"
)

func TestStatementCheck(t *testing.T) {
	eur := func(minor int64) money.Amount { return money.Of(minor, "EUR") }
	entries := func(amounts ...money.Amount) (all []cash.Entry) {
		for _, a := range amounts {
			all = append(all, cash.Entry{Amount: a})
		}
		return all
	}
	tests := []struct {
		name             string
		opening, closing money.Amount
		entries          []cash.Entry
		want             string // "" = accepted
	}{
		{name: "4433.52 + 400.00 − 34.61 = 4798.91", opening: eur(443352), closing: eur(479891), entries: entries(eur(40000), eur(-3461))},
		{name: "no entries", opening: eur(-5), closing: eur(-5)},
		{name: "one cent off", opening: eur(443352), closing: eur(479892), entries: entries(eur(40000), eur(-3461)),
			want: "it opens with 4433.52 EUR, its 2 entries make that 4798.91, but it closes with 4798.92 EUR: 0.01 is missing"},
		{name: "an entry too many", opening: eur(0), closing: eur(0), entries: entries(eur(1)),
			want: "it opens with 0.00 EUR, its 1 entries make that 0.01, but it closes with 0.00 EUR: -0.01 is missing"},
		{name: "balance in another currency", opening: eur(0), closing: money.Of(0, "SEK"), want: "a balance is in SEK, the account in EUR"},
		{name: "entry in another currency", opening: eur(0), closing: eur(0), entries: entries(eur(0), money.Of(0, "USD")),
			want: "entry 2 is in USD, the account in EUR"},
		{name: "a sum beyond 64 bits does not wrap", opening: eur(math.MaxInt64), closing: eur(math.MinInt64), entries: entries(eur(1)),
			want: "it opens with 92233720368547758.07 EUR, its 1 entries make that 92233720368547758.08, but it closes with -92233720368547758.08 EUR: -184467440737095516.16 is missing"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := cash.Statement{Currency: "EUR", Opening: tt.opening, Closing: tt.closing, Entries: tt.entries}.Check()
			if got := text(err); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
