package bank

import "strings"

// The XML of a transaction: only what we use. Parties stand under Dbtr/Nm up to version 7 and under Dbtr/Pty/Nm from version 8.
type (
	camtTransaction struct {
		Ref          string           `xml:"Refs>AcctSvcrRef"`
		EndToEnd     string           `xml:"Refs>EndToEndId"`
		Amount       camtAmount       `xml:"Amt"`               // version 3 and later
		Detailed     camtAmount       `xml:"AmtDtls>TxAmt>Amt"` // version 2
		Instructed   camtAmount       `xml:"AmtDtls>InstdAmt>Amt"`
		Direction    string           `xml:"CdtDbtInd"`
		Debtor       camtParty        `xml:"RltdPties>Dbtr"`
		DebtorLast   camtParty        `xml:"RltdPties>UltmtDbtr"`
		DebtorAcct   camtAccount      `xml:"RltdPties>DbtrAcct"`
		Creditor     camtParty        `xml:"RltdPties>Cdtr"`
		CreditorLast camtParty        `xml:"RltdPties>UltmtCdtr"`
		CreditorAcct camtAccount      `xml:"RltdPties>CdtrAcct"`
		Lines        []string         `xml:"RmtInf>Ustrd"`
		Structured   []camtStructured `xml:"RmtInf>Strd"`
		Return       *struct{}        `xml:"RtrInf"`
		Text         string           `xml:"AddtlTxInf"`
	}
	camtParty struct {
		Name  string `xml:"Nm"`
		Party string `xml:"Pty>Nm"`
	}
	camtStructured struct {
		Documents []string `xml:"RfrdDocInf>Nb"`
		Reference string   `xml:"CdtrRefInf>Ref"`
		Lines     []string `xml:"AddtlRmtInf"`
	}
)

// read makes the transaction small.
func (x camtTransaction) read() transaction {
	tx := transaction{
		amount: x.Amount, sent: x.Instructed, direction: strings.TrimSpace(x.Direction),
		ref: clean(x.Ref, nameCharsMax), endToEnd: clean(x.EndToEnd, nameCharsMax),
		payer:    party{firstName(x.Debtor.Name, x.Debtor.Party, x.DebtorLast.Name, x.DebtorLast.Party), x.DebtorAcct.number()},
		payee:    party{firstName(x.Creditor.Name, x.Creditor.Party, x.CreditorLast.Name, x.CreditorLast.Party), x.CreditorAcct.number()},
		returned: x.Return != nil,
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
