package bank

import (
	"strings"

	"duly/shared/o2c/lazy"
)

// readDetails reads what field 86 says about an entry, in whichever of the structures its bank uses.
func readDetails(lines []string, m *movement) {
	joined := strings.Join(lines, "")
	var d details
	switch {
	case germanDetails().MatchString(joined):
		d = readGerman(joined)
	case slashDetails().MatchString(joined):
		d = readSlashes(joined)
	default:
		d.text = strings.Join(lines, " ")
	}
	m.Name = clean(d.name, nameCharsMax)
	if account := compact(d.account); account != "" {
		m.IBAN = account
	}
	m.Reference = compact(d.reference)
	if text := clean(d.text, textCharsMax); text != "" {
		m.Text = text
	}
	if endToEnd := meaningful(d.endToEnd); endToEnd != "" {
		m.EndToEnd = endToEnd
	}
	m.Reversal = m.Reversal || d.returned
	m.Fee = m.Fee || d.fee && m.Amount.IsNegative()
	if m.Reference == "" && creditorReference().MatchString(compact(m.Text)) {
		m.Reference = compact(m.Text) // the payer wrote nothing else
	}
}

// details are the parts of a field 86.
type details struct {
	text, name, account, endToEnd, reference string
	returned, fee                            bool
}

var (
	germanDetails     = lazy.Pattern(`^\d{3}([?^<>@%\x1d])\d\d`)
	slashDetails      = lazy.Pattern(`/(EREF|REMI|NAME|IBAN|CNTP|ORDP|BENM|TRTP|RTRN|MARF|CSID)/`)
	creditorReference = lazy.Pattern(`^RF\d\d[A-Z0-9]{1,21}$`)
	sepaMark          = lazy.Pattern(`(EREF|KREF|MREF|CRED|DEBT|COAM|OAMT|SVWZ|ABWA|ABWE|IBAN|BIC)\+`)
)

// germanFee are the transaction codes of what a bank charges for itself (DK, DFÜ-Abkommen, annex 3: business transaction
// codes 805 closing of the account, 808 charges, 809 commissions).
var germanFee = map[string]bool{"805": true, "808": true, "809": true}

// readGerman reads the structure of the Deutsche Kreditwirtschaft: a transaction code, then numbered parts behind a sign of the
// bank's choice. 20 to 29 and 60 to 63 are one text cut into pieces of 27, 31 the other party's account, 32 and 33 its name.
func readGerman(s string) details {
	sign := s[3:4]
	var d details
	d.fee = germanFee[s[:3]]
	var text strings.Builder
	for _, part := range strings.Split(s[4:], sign) {
		if len(part) < 2 {
			continue
		}
		number, content := part[:2], part[2:]
		switch {
		case number >= "20" && number <= "29", number >= "60" && number <= "63":
			text.WriteString(content)
		case number == "00" && strings.HasPrefix(strings.ToUpper(content), "RETOURE"):
			d.returned = true
		case number == "31":
			d.account = content
		case number == "32", number == "33":
			d.name += content
		}
	}
	d.text = text.String()
	marks := sepaMark().FindAllStringSubmatchIndex(d.text, -1)
	if len(marks) == 0 {
		return d
	}
	all := d.text
	d.text = all[:marks[0][0]]
	for i, m := range marks {
		end := len(all)
		if i+1 < len(marks) {
			end = marks[i+1][0]
		}
		switch content := all[m[1]:end]; all[m[2]:m[3]] {
		case "EREF":
			d.endToEnd = content
		case "SVWZ":
			d.text = content
		case "IBAN":
			d.account = content
		}
	}
	return d
}

// slashKeys are the code words of the Dutch structure; anything else between slashes is text.
var slashKeys = lazy.Pattern(`/(TRTP|TRCD|IBAN|BIC|NAME|REMI|EREF|BENM|ORDP|CSID|MARF|ISDT|RTRN|CNTP|ULTD|ULTB|ULTC|PURP|SVCL|ADDR|PREF|OPAM|CREF|NRTX)/`)

// readSlashes reads the code words of Rabobank, ING, ABN AMRO and others.
func readSlashes(s string) details {
	var d details
	marks := slashKeys().FindAllStringSubmatchIndex(s, -1)
	if len(marks) > 0 {
		d.text = s[:marks[0][0]]
	}
	for i, m := range marks {
		end := len(s)
		if i+1 < len(marks) {
			end = marks[i+1][0]
		}
		content := strings.Trim(s[m[1]:max(m[1], end)], "/")
		switch s[m[2]:m[3]] {
		case "CNTP": // account/BIC/name/city
			parts := strings.Split(s[m[1]:max(m[1], end)], "/")
			d.account = parts[0]
			if len(parts) > 2 {
				d.name = parts[2]
			}
		case "IBAN":
			d.account = content
		case "NAME":
			d.name = content
		case "EREF":
			d.endToEnd = content
		case "REMI":
			d.remittance(content)
		case "RTRN":
			d.returned = true
		}
	}
	return d
}

// remittance is free text, behind USTD at ING, or a creditor reference behind STRD and its issuer.
func (d *details) remittance(s string) {
	if parts := strings.Split(s, "/"); len(parts) > 2 && parts[0] == "STRD" {
		d.reference = parts[2]
		return
	}
	d.text = strings.Trim(strings.TrimPrefix(s, "USTD//"), "/")
}
