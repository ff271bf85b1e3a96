package shop

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/money"
	"duly/shared/o2c/order"
	"duly/shared/o2c/party"
	words "duly/shared/text"
)

// What is kept of a text, in characters. No shop sends more on purpose, and an
// item of the table holds 400 KB.
const (
	nameMax = 250
	noteMax = 4000
)

// Beyond these powers of ten a figure is a mistake, and sums could overflow:
// lineDigits bounds what one line comes to, in major units, figureDigits any
// number at all.
const (
	lineDigits   = 10
	figureDigits = 15
)

// beyond reports whether a number is more than a power of ten, either side of
// zero. Most have fewer digits before the point, which tells it at once.
func beyond(d decimal.Decimal, power int32) bool {
	return int32(d.NumDigits())+d.Exponent() > power && d.Abs().GreaterThan(decimal.New(1, power))
}

// figures turns texts into numbers that count. It remembers the first that
// cannot be used, so that a caller asks once, at the end.
type figures struct{ problem error }

func (f *figures) refuse(pointer, why, do string) {
	if f.problem == nil {
		f.problem = fault.Bad(pointer, why, do).Keyed("shop.field").With("field", pointer)
	}
}

// decimal is a number that must be there.
func (f *figures) decimal(pointer string, t Text) decimal.Decimal {
	if t == "" {
		f.refuse(pointer, "the number is missing or not a number", "write it as \"12.50\"")
		return decimal.Zero
	}
	d, err := decimal.NewFromString(strings.TrimSpace(string(t)))
	if err != nil || len(t) > numberMax || d.Exponent() < -numberMax || d.Exponent() > numberMax || beyond(d, figureDigits) {
		f.refuse(pointer, fmt.Sprintf("%q is not a number up to %s", shorten(string(t), 40), decimal.New(1, figureDigits)), "write it as \"12.50\"")
		return decimal.Zero
	}
	return d
}

// optional is a number that counts as zero when it is not there.
func (f *figures) optional(pointer string, t Text) decimal.Decimal {
	if strings.TrimSpace(string(t)) == "" {
		return decimal.Zero
	}
	return f.decimal(pointer, t)
}

// whole is a quantity, which the product counts in whole units.
func (f *figures) whole(pointer string, t Text) int64 {
	if n, err := strconv.ParseInt(string(t), 10, 64); err == nil && len(t) <= figureDigits {
		return n
	}
	d := f.decimal(pointer, t)
	if !d.IsInteger() {
		f.refuse(pointer, fmt.Sprintf("a quantity of %s", d), "order whole units")
		return 0
	}
	return d.IntPart()
}

// amount is money in major units.
func (f *figures) amount(pointer string, t Text, currency string) *money.Amount {
	a, err := money.Round(f.decimal(pointer, t), currency)
	if err != nil {
		f.refuse(pointer, err.Error(), "look at the order in the shop")
	}
	return &a
}

// finish bounds an order whose lines were each within bounds, and gives the
// first problem of all.
func (f *figures) finish(lines []order.IncomingLine) error {
	for i, l := range lines {
		if beyond(l.UnitPrice.Mul(decimal.NewFromInt(l.Quantity)), lineDigits) {
			f.refuse(fmt.Sprintf("/lines/%d", i), "the line comes to more than "+decimal.New(1, lineDigits).String(), "look at the order in the shop")
		}
	}
	return f.problem
}

// when reads an instant: RFC 3339, or without an offset, as WooCommerce writes
// its times in GMT, or as BigCommerce does, "Tue, 20 Nov 2012 00:00:00 +0000".
// Anything else is no instant.
func when(t Text) time.Time {
	if t == "" {
		return time.Time{}
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05", time.RFC1123Z} {
		if at, err := time.Parse(layout, string(t)); err == nil {
			return at.UTC()
		}
	}
	return time.Time{}
}

// day reads a date; nothing said is none.
func (f *figures) day(pointer string, t Text) calendar.Date {
	if t == "" {
		return calendar.Date{}
	}
	d, err := calendar.Parse(trimmed(t))
	if err != nil {
		f.refuse(pointer, err.Error(), "write it as 2026-12-04")
	}
	return d
}

// name is the first text that says something, in one clean line.
func name(texts ...Text) string {
	for _, t := range texts {
		if s := words.Plain(string(t)); s != "" {
			return shorten(s, nameMax)
		}
	}
	return ""
}

// note is a text of several lines.
func note(parts ...string) string {
	parts = slices.DeleteFunc(parts, func(s string) bool { return strings.TrimSpace(s) == "" })
	lines := strings.Split(strings.Join(parts, "\n"), "\n")
	for i := range lines {
		lines[i] = words.Plain(lines[i])
	}
	return shorten(strings.TrimSpace(strings.Join(lines, "\n")), noteMax)
}

// email is the first text that is a mail address.
func email(texts ...Text) string {
	for _, t := range texts {
		s := strings.TrimSpace(string(t))
		if party.CheckEmail(s) == nil {
			return s
		}
	}
	return ""
}

// Language is the one of ours that a program means by a locale such as "nl-BE".
func Language(locale string) string { return language(Text(locale)) }

// language is ours that comes nearest to a locale such as "nl-BE"; none said is
// none.
func language(locale Text) string {
	if tag := spoken(locale); tag == "" || slices.Contains(words.Languages(), tag) {
		return tag
	}
	return words.Fallback
}

// spoken is the language of a locale.
func spoken(locale Text) string {
	tag, _, _ := strings.Cut(strings.ReplaceAll(strings.ToLower(strings.TrimSpace(string(locale))), "_", "-"), "-")
	return tag
}

// kind is a kind that the product knows; anything else is not declared.
func kind(t Text) party.Kind {
	if k := party.Kind(strings.ToLower(string(t))); slices.Contains(party.Kinds(), k) {
		return k
	}
	return ""
}

// address joins what platforms keep in two lines.
func address(street, extra, postalCode, city, country Text) party.Address {
	a := party.Address{Street: name(street), PostalCode: name(postalCode), City: name(city), Country: strings.ToUpper(name(country))}
	if more := name(extra); more != "" {
		a.Street = strings.TrimPrefix(a.Street+", "+more, ", ")
	}
	if len(a.Country) != 2 {
		a.Country = ""
	}
	return a
}
