package bank

import (
	"bytes"
	"strings"
)

// What we use of a transaction. Parties stand under Dbtr/Nm up to version 7 and under Dbtr/Pty/Nm from version 8.
type (
	camtTransaction struct {
		Ref, EndToEnd            string
		Amount                   camtAmount // version 3 and later
		Detailed                 camtAmount // version 2
		Instructed               camtAmount
		Direction                string
		Debtor, DebtorLast       camtParty
		Creditor, CreditorLast   camtParty
		DebtorAcct, CreditorAcct camtAccount
		Lines                    []string
		Structured               []camtStructured
		Return                   bool
		Text                     string

		reading camtStructured // the one that has not ended
	}
	camtParty      struct{ Name, Party string }
	camtStructured struct {
		Documents []string
		Reference string
		Lines     []string
	}
)

func (x *camtTransaction) set(path, text []byte, currency string) {
	switch string(path) {
	case "Refs/AcctSvcrRef":
		x.Ref = string(text)
	case "Refs/EndToEndId":
		x.EndToEnd = string(text)
	case "Amt":
		x.Amount.set(nil, text, currency)
	case "AmtDtls/TxAmt/Amt":
		x.Detailed.set(nil, text, currency)
	case "AmtDtls/InstdAmt/Amt":
		x.Instructed.set(nil, text, currency)
	case "CdtDbtInd":
		x.Direction = string(text)
	case "RtrInf":
		x.Return = true
	case "AddtlTxInf":
		x.Text = string(text)
	default:
		if rest, ok := bytes.CutPrefix(path, []byte("RltdPties/")); ok {
			x.setParty(rest, text)
		} else if rest, ok := bytes.CutPrefix(path, []byte("RmtInf/")); ok {
			x.setRemittance(rest, text)
		}
	}
}

func (x *camtTransaction) setParty(path, text []byte) {
	who, rest, _ := bytes.Cut(path, []byte("/"))
	switch string(who) {
	case "Dbtr":
		x.Debtor.set(rest, text)
	case "UltmtDbtr":
		x.DebtorLast.set(rest, text)
	case "DbtrAcct":
		x.DebtorAcct.set(rest, text, "")
	case "Cdtr":
		x.Creditor.set(rest, text)
	case "UltmtCdtr":
		x.CreditorLast.set(rest, text)
	case "CdtrAcct":
		x.CreditorAcct.set(rest, text, "")
	}
}

func (p *camtParty) set(path, text []byte) {
	switch string(path) {
	case "Nm":
		p.Name = string(text)
	case "Pty/Nm":
		p.Party = string(text)
	}
}

func (x *camtTransaction) setRemittance(path, text []byte) {
	switch string(path) {
	case "Ustrd":
		x.Lines = append(x.Lines, string(text))
	case "Strd/RfrdDocInf/Nb":
		x.reading.Documents = append(x.reading.Documents, string(text))
	case "Strd/CdtrRefInf/Ref":
		x.reading.Reference = string(text)
	case "Strd/AddtlRmtInf":
		x.reading.Lines = append(x.reading.Lines, string(text))
	case "Strd":
		x.Structured, x.reading = append(x.Structured, x.reading), camtStructured{}
	}
}

// read makes the transaction small.
func (x camtTransaction) read() transaction {
	tx := transaction{
		amount: x.Amount, sent: x.Instructed, direction: strings.TrimSpace(x.Direction),
		ref: clean(x.Ref, nameCharsMax), endToEnd: clean(x.EndToEnd, nameCharsMax),
		payer:    party{firstName(x.Debtor.Name, x.Debtor.Party, x.DebtorLast.Name, x.DebtorLast.Party), x.DebtorAcct.number()},
		payee:    party{firstName(x.Creditor.Name, x.Creditor.Party, x.CreditorLast.Name, x.CreditorLast.Party), x.CreditorAcct.number()},
		returned: x.Return,
	}
	if strings.TrimSpace(tx.amount.Value) == "" {
		tx.amount = x.Detailed
	}
	words := x.Lines
	for _, s := range x.Structured {
		words = append(words, s.Documents...)
		if tx.reference == "" {
			tx.reference = compact(s.Reference)
		} else {
			words = append(words, s.Reference)
		}
		words = append(words, s.Lines...)
	}
	// What the payer wrote: the free lines, then whatever the structured ones name beside the first creditor reference. Only when
	// that is nothing, it is what the bank wrote.
	if tx.text = clean(strings.Join(words, " "), textCharsMax); tx.text == "" {
		tx.text = clean(x.Text, textCharsMax)
	}
	return tx
}

// number is the IBAN, else the account's number in its own country.
func (a camtAccount) number() string {
	if iban := compact(a.IBAN); iban != "" {
		return iban
	}
	return compact(a.Other)
}

func firstName(names ...string) string {
	for _, name := range names {
		if name = clean(name, nameCharsMax); name != "" {
			return name
		}
	}
	return ""
}
