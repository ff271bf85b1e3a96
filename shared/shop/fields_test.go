package shop

import (
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"
)

// figure draws what shops write for numbers, sound or not, about the bounds too.
func figure(t *rapid.T) Text {
	return Text(rapid.SampledFrom([]string{"", "-", "+", " ", "00"}).Draw(t, "sign") +
		rapid.StringMatching(`[0-9]{0,17}`).Draw(t, "digits") +
		rapid.SampledFrom([]string{"", ".", ".0", ".5", ".00", "e3", "e-2", "_0", "x", " "}).Draw(t, "end"))
}

// A quantity is what its decimal says, or refused as that would be.
func TestAQuantityIsItsDecimal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		said := figure(t)
		var quick, slow figures
		n, d := quick.whole("/quantity", said), slow.decimal("/quantity", said)
		if refused := slow.problem != nil || !d.IsInteger(); refused != (quick.problem != nil) || !refused && n != d.IntPart() {
			t.Fatalf("%q: %d, %v; %s, %v", said, n, quick.problem, d, slow.problem)
		}
	})
}

func TestBeyondIsMoreThanThePower(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		power := rapid.Int32Range(0, 18).Draw(t, "power")
		near := rapid.SampledFrom([]int64{-10_001, -10_000, -9_999, 0, 1, 9_999, 10_000, 10_001, 123_456}).Draw(t, "near")
		d := decimal.New(near, rapid.Int32Range(-25, 20).Draw(t, "exponent"))
		if got, want := beyond(d, power), d.Abs().GreaterThan(decimal.New(1, power)); got != want {
			t.Fatalf("%s beyond 1e%d: %v", d, power, got)
		}
	})
}
