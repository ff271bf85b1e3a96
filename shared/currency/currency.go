// Package currency owns what a currency's code says: its decimals by ISO 4217, and
// how the four languages write its sign and its sums by CLDR 47. It does not own
// amounts. Its tables are text that is searched when somebody asks, so that a
// function has nothing to build at its start; bojanz/currency, which is right about
// the whole world, holds it to its word in the tests.
package currency

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// decimals is every code with its number of decimals, the commonest first.
const decimals = "" +
	"EUR2USD2GBP2CHF2AED2AFN2ALL2AMD2ANG2AOA2ARS2AUD2AWG2AZN2BAM2BBD2BDT2BGN2BHD3BIF0BMD2BND2BOB2BOV2" +
	"BRL2BSD2BTN2BWP2BYN2BZD2CAD2CDF2CHE2CHW2CLF4CLP0CNY2COP2COU2CRC2CUP2CVE2CZK2DJF0DKK2DOP2DZD2EGP2" +
	"ERN2ETB2FJD2FKP2GEL2GHS2GIP2GMD2GNF0GTQ2GYD2HKD2HNL2HTG2HUF2IDR2ILS2INR2IQD3IRR2ISK0JMD2JOD3JPY0" +
	"KES2KGS2KHR2KMF0KPW2KRW0KWD3KYD2KZT2LAK2LBP2LKR2LRD2LSL2LYD3MAD2MDL2MGA2MKD2MMK2MNT2MOP2MRU2MUR2" +
	"MVR2MWK2MXN2MXV2MYR2MZN2NAD2NGN2NIO2NOK2NPR2NZD2OMR3PAB2PEN2PGK2PHP2PKR2PLN2PYG0QAR2RON2RSD2RUB2" +
	"RWF0SAR2SBD2SCR2SDG2SEK2SGD2SHP2SLE2SOS2SRD2SSP2STN2SVC2SYP2SZL2THB2TJS2TMT2TND3TOP2TRY2TTD2TWD2" +
	"TZS2UAH2UGX0USN2UYI0UYU2UYW4UZS2VED2VES2VND0VUV0WST2XAF0XCD2XOF0XPF0YER2ZAR2ZMW2ZWG2"

// How the languages write a currency's sign where it is not its code.
const (
	english = "|AUD A$|BRL R$|CAD CA$|CNY CN¥|EUR €|GBP £|HKD HK$|ILS ₪|INR ₹|JPY ¥|KRW ₩|MXN MX$|NZD NZ$|PHP ₱|TWD NT$|USD $|VND ₫|XAF FCFA|XCD EC$|XOF F\u202fCFA|XPF CFPF|"
	dutch   = "|AUD AU$|BRL R$|CAD C$|CNY CN¥|EUR €|FJD FJ$|GBP £|HKD HK$|ILS ₪|INR ₹|JPY JP¥|KRW ₩|MXN MX$|NZD NZ$|PHP ₱|SBD SI$|THB ฿|TWD NT$|USD US$|VND ₫|XAF FCFA|XCD EC$|XOF F\u202fCFA|XPF CFPF|"
	german  = "|AUD AU$|BRL R$|CAD CA$|CNY CN¥|EUR €|GBP £|HKD HK$|ILS ₪|INR ₹|JPY ¥|KRW ₩|MXN MX$|NZD NZ$|PHP ₱|THB ฿|TWD NT$|USD $|VND ₫|XAF FCFA|XCD EC$|XOF F\u202fCFA|XPF CFPF|"
	french  = "|ARS $AR|AUD $AU|BMD $BM|BND $BN|BRL R$|BZD $BZ|CAD $CA|CLP $CL|CNY CN¥|COP $CO|EUR €|FJD $FJ|FKP £FK|GBP £GB|GIP £GI|HKD HK$|ILS ₪|INR ₹|JPY ¥|KRW ₩|LBP £LB|MXN $MX|NAD $NA|NZD $NZ|PHP ₱|SBD $SB|SGD $SG|SRD $SR|TTD $TT|TWD NT$|USD $US|UYU $UY|VND ₫|WST $WS|XAF FCFA|XCD EC$|XOF F\u202fCFA|XPF FCFP|"
)

// Digits is the number of decimals of a currency by ISO 4217: 2 for EUR, 0 for
// JPY, 3 for KWD.
func Digits(code string) (n int, known bool) {
	if len(code) != 3 || strings.ContainsFunc(code, func(r rune) bool { return r < 'A' || r > 'Z' }) {
		return 0, false
	}
	at := strings.Index(decimals, code)
	if at < 0 {
		return 0, false
	}
	return int(decimals[at+len(code)] - '0'), true
}

// Symbol is how a language writes a currency: "€", "US$", or its code.
func Symbol(code, lang string) string {
	_, after, found := strings.Cut(spelling(lang).symbols, "|"+code+" ")
	if !found {
		return code
	}
	symbol, _, _ := strings.Cut(after, "|")
	return symbol
}

// spelled is how a language writes a sum.
type spelled struct {
	symbols, group, point string
	before                bool   // the sign, before the figure
	gap                   string // between the two
	minusInside           bool   // the minus stands at the figure, after the sign
}

// spelling is that of a language; English for one that we do not have.
func spelling(lang string) spelled {
	switch lang {
	case "nl":
		return spelled{dutch, ".", ",", true, "\u00a0", true}
	case "de":
		return spelled{german, ".", ",", false, "\u00a0", false}
	case "fr":
		return spelled{french, "\u202f", ",", false, "\u00a0", false}
	}
	return spelled{symbols: english, group: ",", point: ".", before: true}
}

// Format spells minor units of a currency as a language does: "€1,240.00",
// "€ 1.240,00", "1.240,00 €", "1 240,00 €". The blanks in it do not break (U+00A0,
// U+202F). What is no currency stays a figure with what was said.
func Format(minor int64, code, lang string) string {
	digits, known := Digits(code)
	if !known {
		return strings.TrimSpace(strconv.FormatInt(minor, 10) + " " + code)
	}
	as, symbol := spelling(lang), Symbol(code, lang)
	figure, minus := as.figure(minor, digits), ""
	if minor < 0 {
		minus = "-"
	}
	switch last, _ := utf8.DecodeLastRuneInString(symbol); {
	case !as.before:
		return minus + figure + as.gap + symbol
	case as.minusInside:
		return symbol + as.gap + minus + figure
	case unicode.IsLetter(last): // CLDR: letters do not touch figures
		symbol += "\u00a0"
	}
	return minus + symbol + figure
}

// figure groups the digits of an amount without its sign.
func (as spelled) figure(minor int64, digits int) string {
	all := strings.TrimPrefix(strconv.FormatInt(minor, 10), "-")
	if missing := digits + 1 - len(all); missing > 0 {
		all = strings.Repeat("0", missing) + all
	}
	whole, fraction := all[:len(all)-digits], all[len(all)-digits:]
	var b strings.Builder
	for i := range len(whole) {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteString(as.group)
		}
		b.WriteByte(whole[i])
	}
	if digits > 0 {
		b.WriteString(as.point + fraction)
	}
	return b.String()
}
