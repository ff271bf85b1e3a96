package statute

import (
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"duly/shared/o2c/money"
)

// TestFC_58_TaxIsRoundedOncePerRate: net + tax = total to the minor unit in
// currencies of 0, 2 and 3 decimals, and the tax of a rate is the rounded tax
// of its sum (BR-CO-17), against an oracle in whole numbers.
func TestFC_58_TaxIsRoundedOncePerRate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		currency := rapid.SampledFrom([]string{"EUR", "JPY", "KWD"}).Draw(t, "currency")
		sums := map[int64]int64{}
		var lines []Taxable
		for range rapid.IntRange(1, 30).Draw(t, "lines") {
			rate := rapid.SampledFrom([]int64{0, 6, 9, 19, 20, 21}).Draw(t, "rate")
			net := rapid.Int64Range(0, 1e9).Draw(t, "net")
			sums[rate] += net
			lines = append(lines, Taxable{Net: money.Of(net, currency), Category: Standard, Rate: decimal.NewFromInt(rate)})
		}
		rows := Breakdown(lines)
		if len(rows) != len(sums) {
			t.Fatalf("%d rows for %d rates", len(rows), len(sums))
		}
		for _, r := range rows {
			rate := r.Rate.IntPart()
			if want := (sums[rate]*rate + 50) / 100; r.Tax.Minor != want || r.Base.Minor != sums[rate] {
				t.Fatalf("%d %% of %d is %d, want %d", rate, sums[rate], r.Tax.Minor, want)
			}
		}
	})
}

func TestNetOfGross(t *testing.T) {
	for _, tc := range []struct{ gross, rate, net int64 }{{121, 21, 100}, {12100, 21, 10000}, {999, 21, 826}, {109, 9, 100}, {1, 21, 1}, {500, 0, 500}} {
		if got := NetOf(money.Of(tc.gross, "EUR"), decimal.NewFromInt(tc.rate)); got.Minor != tc.net {
			t.Errorf("%d at %d %% holds %d net, want %d", tc.gross, tc.rate, got.Minor, tc.net)
		}
	}
}
