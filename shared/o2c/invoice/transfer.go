package invoice

import (
	"fmt"
	"strings"

	"duly/shared/o2c/money"
	"duly/shared/o2c/party"
)

// The limits of a code for a transfer (EPC069-12 version 2.1).
const (
	transferBytesMax = 331
	transferNameMax  = 70
	transferMinorMax = 999_999_999_99
)

// TransferCode is what a banking app reads from a QR code to prepare a SEPA
// credit transfer, by EPC069-12 version 002 in UTF-8: a structured reference or
// a text, never both. ok is false where the guideline has no code: in another
// currency than the euro, without an amount to pay or an account, or when it
// would be too long.
func TransferCode(to party.Seller, amount money.Amount, reference string) (code string, ok bool) {
	iban := compact(to.IBAN)
	if amount.Currency != "EUR" || amount.Minor <= 0 || amount.Minor > transferMinorMax || iban == "" || to.Name == "" {
		return "", false
	}
	structured, plain := compact(reference), ""
	if !ValidReference(structured) {
		structured, plain = "", strings.TrimSpace(reference)
	}
	fields := []string{
		"BCD", "002", "1", "SCT", // service tag, version, UTF-8, SEPA credit transfer
		compact(to.BIC), firstRunes(oneLine(to.Name), transferNameMax), iban,
		fmt.Sprintf("EUR%d.%02d", amount.Minor/100, amount.Minor%100),
		"", structured, oneLine(plain), // purpose, structured, unstructured
	}
	code = strings.TrimRight(strings.Join(fields, "\n"), "\n")
	return code, len(code) <= transferBytesMax
}

// Grouped spells an account or a reference in blocks of four, as ISO 13616 and
// ISO 11649 want it on paper.
func Grouped(s string) string {
	var out strings.Builder
	for i, r := range []rune(compact(s)) {
		if i > 0 && i%4 == 0 {
			out.WriteByte(' ')
		}
		out.WriteRune(r)
	}
	return out.String()
}

func compact(s string) string { return strings.ToUpper(strings.Join(strings.Fields(s), "")) }

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

func firstRunes(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n])
	}
	return s
}
