package dynamo

import (
	"bytes"
	"fmt"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"
)

func randomNumber(random *rand.Rand) string {
	digits := make([]byte, 1+random.IntN(38))
	for i := range digits {
		digits[i] = '0' + byte(random.IntN(10))
	}
	sign := []string{"", "-"}[random.IntN(2)]
	switch random.IntN(3) {
	case 0:
		return sign + string(digits)
	case 1:
		at := random.IntN(len(digits))
		return sign + string(digits[:at]) + "." + string(digits[at:])
	}
	return fmt.Sprintf("%s%sE%d", sign, digits, random.IntN(60)-30)
}

func rational(t *testing.T, text string) *big.Rat {
	t.Helper()
	r, ok := new(big.Rat).SetString(text)
	if !ok {
		t.Fatalf("%q is no number", text)
	}
	return r
}

// TestNumbersAgainstRationals compares form, order, key order, sum and
// difference with math/big on random numbers of up to 38 digits.
func TestNumbersAgainstRationals(t *testing.T) {
	random := rand.New(rand.NewPCG(38, 0))
	for range 20000 {
		a, b := randomNumber(random), randomNumber(random)
		x, errX := parseNumber(a)
		y, errY := parseNumber(b)
		if errX != nil || errY != nil {
			t.Fatalf("%s or %s refused: %v %v", a, b, errX, errY)
		}
		exactX, exactY := rational(t, a), rational(t, b)
		if rational(t, x.String()).Cmp(exactX) != 0 {
			t.Fatalf("%s reads as %s", a, x)
		}
		if again, err := parseNumber(x.String()); err != nil || again != x {
			t.Fatalf("%s is not canonical: %v", x, again)
		}
		order := exactX.Cmp(exactY)
		if sign(x.compare(y)) != order || bytes.Compare(x.sortable(), y.sortable()) != order {
			t.Fatalf("%s against %s: compared %d, keys %d, want %d", a, b, x.compare(y), bytes.Compare(x.sortable(), y.sortable()), order)
		}
		checkArithmetic(t, a+"+"+b, new(big.Rat).Add(exactX, exactY), func() (number, error) { return x.plus(y) })
		checkArithmetic(t, a+"-"+b, new(big.Rat).Sub(exactX, exactY), func() (number, error) { return x.minus(y) })
	}
}

func sign(order int) int {
	switch {
	case order < 0:
		return -1
	case order > 0:
		return 1
	}
	return 0
}

// checkArithmetic demands the exact result, or a refusal when it needs more than 38 digits.
func checkArithmetic(t *testing.T, what string, exact *big.Rat, compute func() (number, error)) {
	t.Helper()
	result, err := compute()
	significant := strings.Trim(strings.Replace(exact.FloatString(80), ".", "", 1), "-0")
	if tooLong := len(significant) > numberDigitsMax; tooLong != (err != nil) {
		t.Fatalf("%s = %s (%d digits): error %v", what, exact.FloatString(40), len(significant), err)
	}
	if err == nil && rational(t, result.String()).Cmp(exact) != 0 {
		t.Fatalf("%s = %s, want %s", what, result, exact.FloatString(40))
	}
}

// TestKeyOrderOfExtremes: every number sorts by value next to its neighbours.
func TestKeyOrderOfExtremes(t *testing.T) {
	ascending := []string{"-9.9E125", "-1E125", "-10", "-2", "-1.1", "-1.01", "-1", "-0.5", "-1E-130", "0", "1E-130", "0.5", "0.51", "1", "1.01", "1.1", "2", "10", "1E125", "9.9E125"}
	var before []byte
	for _, text := range ascending {
		n, err := parseNumber(text)
		if err != nil {
			t.Fatal(err)
		}
		key := appendKeyPart(nil, n.sortable())
		if bytes.Compare(before, key) >= 0 {
			t.Errorf("%s does not sort after what is less", text)
		}
		before = key
	}
}

func TestSizesOfNumbers(t *testing.T) {
	for text, want := range map[string]int{"0": 1, "1": 2, "-1": 3, "12": 2, "123": 3, "1200": 2, "0.0012": 2, "-12.345": 5} {
		v := value{kind: kindNumber, text: text}
		if got := v.size(); got != want {
			t.Errorf("%s takes %d bytes, want %d", text, got, want)
		}
	}
}
