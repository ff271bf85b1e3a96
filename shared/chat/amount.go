package chat

import (
	"strings"
	"unicode"

	"github.com/bojanz/currency"

	"duly/shared/o2c/money"
)

// Misread is what a person typed that cannot be used: a key of words.go and its values, to be shown beside the field.
type Misread struct {
	Key   string
	Pairs []any
}

// ParseAmount reads an amount as people type it: "1.240,00", "1,240.00", "1240", "€ 1 240,5", "1'240". One separator
// before three digits could be either kind, so it is asked back and never guessed: "Is this 1240.00 or 1.24?".
func ParseAmount(s, code string) (money.Amount, *Misread) {
	typed := bare(s, code)
	points, commas := strings.Count(typed, "."), strings.Count(typed, ",")
	switch {
	case typed == "" || strings.Trim(typed, "0123456789.,") != "" || strings.Trim(typed, "0123456789") == typed:
		return money.Amount{}, notAnAmount(s)
	case points == 0 && commas == 0:
		return exact(typed, code, s)
	case points > 0 && commas > 0:
		return mixed(typed, code, s)
	case points+commas > 1: // only a thousands separator stands more than once
		return exact(ungroup(typed, typed[strings.IndexAny(typed, ".,"):][:1]), code, s)
	}
	return single(typed, code, s)
}

// bare is the number without blanks of any kind, currency code, symbol and apostrophes.
func bare(s, code string) string {
	s = strings.ToUpper(strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == '\'' || r == '’' || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, s))
	marks := []string{code}
	if symbol, ok := currency.GetSymbol(code, currency.NewLocale("en")); ok {
		marks = append(marks, symbol)
	}
	for _, m := range marks {
		s = strings.TrimSuffix(strings.TrimPrefix(s, m), m)
	}
	return s
}

// mixed has both separators: the last one is the decimal mark and stands once, the other one groups.
func mixed(typed, code, said string) (money.Amount, *Misread) {
	at := strings.LastIndexAny(typed, ".,")
	whole, fraction := typed[:at], typed[at+1:]
	group := "."
	if typed[at] == '.' {
		group = ","
	}
	if strings.Contains(whole, typed[at:at+1]) || fraction == "" {
		return money.Amount{}, notAnAmount(said)
	}
	whole = ungroup(whole, group)
	if whole == "" {
		return money.Amount{}, notAnAmount(said)
	}
	return exact(whole+"."+fraction, code, said)
}

// single has one separator once.
func single(typed, code, said string) (money.Amount, *Misread) {
	whole, fraction, _ := strings.Cut(strings.Replace(typed, ",", ".", 1), ".")
	groups := len(fraction) == 3 && len(whole) >= 1 && len(whole) <= 3 && whole[0] != '0'
	switch {
	case whole == "" || fraction == "":
		return money.Amount{}, notAnAmount(said)
	case groups && money.Digits(code) == 0: // no decimals to confuse it with
		return exact(whole+fraction, code, said)
	case groups:
		return money.Amount{}, ambiguous(whole, fraction, code)
	}
	return exact(whole+"."+fraction, code, said)
}

// ambiguous asks which of the two was meant and shows how to write the likelier one.
func ambiguous(whole, fraction, code string) *Misread {
	zeros := strings.Repeat("0", int(money.Digits(code)))
	small := whole + "." + fraction
	if strings.HasSuffix(small, "0") && money.Digits(code) < 3 {
		small = strings.TrimSuffix(small, "0")
	}
	return &Misread{Key: "amount.ambiguous", Pairs: []any{"large", whole + fraction + "." + zeros, "small", small, "write", whole + fraction + "," + zeros}}
}

// ungroup takes a thousands separator out; "" when the groups are not of three digits.
func ungroup(s, separator string) string {
	parts := strings.Split(s, separator)
	for i, p := range parts {
		if (i > 0 && len(p) != 3) || (i == 0 && (p == "" || len(p) > 3 || p[0] == '0')) {
			return ""
		}
	}
	return strings.Join(parts, "")
}

// exact is the amount, which is above zero and has no more decimals than the currency.
func exact(plain, code, said string) (money.Amount, *Misread) {
	if plain == "" {
		return money.Amount{}, notAnAmount(said)
	}
	amount, err := money.Parse(plain, code)
	switch {
	case err != nil:
		return money.Amount{}, notAnAmount(said)
	case !amount.IsPositive():
		return money.Amount{}, &Misread{Key: "amount.zero"}
	}
	return amount, nil
}

func notAnAmount(said string) *Misread {
	return &Misread{Key: "amount.unreadable", Pairs: []any{"typed", clip(clean(said), placeholderMax)}}
}
