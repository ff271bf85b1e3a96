package money

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/shopspring/decimal"

	"duly/shared/currency"
)

// Misread is what a person typed that is no number, or could be two of them:
// then Large and Small say which, and Write how to spell the likelier one.
type Misread struct {
	Typed               string
	Large, Small, Write string
}

// Ambiguous reports whether it could be two numbers.
func (e *Misread) Ambiguous() bool { return e.Write != "" }

func (e *Misread) Error() string {
	if e.Ambiguous() {
		return fmt.Sprintf("is this %s or %s?", e.Large, e.Small)
	}
	return fmt.Sprintf("%q is no amount", e.Typed)
}

// Read reads a number in major units of a currency as people type it:
// "1.240,00", "1,240.00", "1240", "€ 1 240,5", "1'240". One separator before
// three digits could be either kind, so it is asked back and never guessed. It
// may have more decimals than the currency, as unit prices do. Its error is a
// *Misread.
func Read(s, code string) (decimal.Decimal, error) {
	typed := bare(s, code)
	points, commas := strings.Count(typed, "."), strings.Count(typed, ",")
	plain, err := "", error(nil)
	switch {
	case typed == "" || strings.Trim(typed, "0123456789.,") != "" || strings.Trim(typed, "0123456789") == typed:
	case points == 0 && commas == 0:
		plain = typed
	case points > 0 && commas > 0:
		plain = mixed(typed)
	case points+commas > 1: // only a thousands separator stands more than once
		plain = ungroup(typed, typed[strings.IndexAny(typed, ".,"):][:1])
	default:
		plain, err = single(typed, code)
	}
	if err != nil {
		return decimal.Zero, err
	}
	d, err := decimal.NewFromString(plain)
	if plain == "" || err != nil {
		return decimal.Zero, &Misread{Typed: s}
	}
	return d, nil
}

// bare is the number without blanks of any kind, currency code, symbol and
// apostrophes.
func bare(s, code string) string {
	s = strings.ToUpper(strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == '\'' || r == '’' || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, s))
	for _, m := range []string{code, currency.Symbol(code, "en")} {
		s = strings.TrimSuffix(strings.TrimPrefix(s, m), m)
	}
	return s
}

// mixed has both separators: the last one is the decimal mark and stands once,
// the other one groups.
func mixed(typed string) string {
	at := strings.LastIndexAny(typed, ".,")
	whole, fraction := typed[:at], typed[at+1:]
	group := "."
	if typed[at] == '.' {
		group = ","
	}
	if strings.Contains(whole, typed[at:at+1]) || fraction == "" {
		return ""
	}
	if whole = ungroup(whole, group); whole == "" {
		return ""
	}
	return whole + "." + fraction
}

// single has one separator once.
func single(typed, code string) (string, error) {
	whole, fraction, _ := strings.Cut(strings.Replace(typed, ",", ".", 1), ".")
	groups := len(fraction) == 3 && len(whole) >= 1 && len(whole) <= 3 && whole[0] != '0'
	switch {
	case whole == "" || fraction == "":
		return "", nil
	case groups && Digits(code) == 0: // no decimals to confuse it with
		return whole + fraction, nil
	case groups:
		return "", ambiguous(typed, whole, fraction, code)
	}
	return whole + "." + fraction, nil
}

// ambiguous asks which of the two was meant and shows how to write the likelier
// one.
func ambiguous(typed, whole, fraction, code string) *Misread {
	zeros := strings.Repeat("0", int(Digits(code)))
	small := whole + "." + fraction
	if strings.HasSuffix(small, "0") && Digits(code) < 3 {
		small = strings.TrimSuffix(small, "0")
	}
	return &Misread{Typed: typed, Large: whole + fraction + "." + zeros, Small: small, Write: whole + fraction + "," + zeros}
}

// ungroup takes a thousands separator out; "" when the groups are not of three
// digits.
func ungroup(s, separator string) string {
	parts := strings.Split(s, separator)
	for i, p := range parts {
		if (i > 0 && len(p) != 3) || (i == 0 && (p == "" || len(p) > 3 || p[0] == '0')) {
			return ""
		}
	}
	return strings.Join(parts, "")
}
