package bank

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"strings"
	"unicode/utf8"

	"duly/shared/o2c/cash"
)

// The XML of a customer credit transfer initiation, pain.001.001.09, as the European Payments Council wants it for SEPA credit
// transfers (EPC132-08, customer-to-bank implementation guidelines 2023): elements in the schema's order, only what it needs.
type (
	painDocument struct {
		XMLName xml.Name    `xml:"urn:iso:std:iso:20022:tech:xsd:pain.001.001.09 Document"`
		Header  painHeader  `xml:"CstmrCdtTrfInitn>GrpHdr"`
		Payment painPayment `xml:"CstmrCdtTrfInitn>PmtInf"`
	}
	painHeader struct {
		ID      string `xml:"MsgId"`
		Created string `xml:"CreDtTm"`
		Count   int    `xml:"NbOfTxs"`
		Sum     string `xml:"CtrlSum"`
		Name    string `xml:"InitgPty>Nm"`
	}
	painPayment struct {
		ID        string         `xml:"PmtInfId"`
		Method    string         `xml:"PmtMtd"`
		Batch     bool           `xml:"BtchBookg"` // false: the statement shows each transfer, by its end-to-end id
		Count     int            `xml:"NbOfTxs"`
		Sum       string         `xml:"CtrlSum"`
		Service   string         `xml:"PmtTpInf>SvcLvl>Cd"`
		On        string         `xml:"ReqdExctnDt>Dt"`
		Name      string         `xml:"Dbtr>Nm"`
		IBAN      string         `xml:"DbtrAcct>Id>IBAN"`
		Agent     painAgent      `xml:"DbtrAgt>FinInstnId"`
		Charges   string         `xml:"ChrgBr"`
		Transfers []painTransfer `xml:"CdtTrfTxInf"`
	}
	painAgent struct {
		BIC   string     `xml:"BICFI,omitempty"`
		Other *painOther `xml:"Othr,omitempty"` // "NOTPROVIDED" where no BIC is known
	}
	painOther struct {
		ID string `xml:"Id"`
	}
	painTransfer struct {
		ID     string     `xml:"PmtId>EndToEndId"`
		Amount painAmount `xml:"Amt>InstdAmt"`
		Name   string     `xml:"Cdtr>Nm"`
		IBAN   string     `xml:"CdtrAcct>Id>IBAN"`
		Text   string     `xml:"RmtInf>Ustrd"`
	}
	painAmount struct {
		Currency string `xml:"Ccy,attr"`
		Value    string `xml:",chardata"`
	}
)

// Transfers writes a payment file as banks take it: SEPA credit transfers in pain.001.001.09. The same file gives the same bytes.
func Transfers(f cash.PaymentFileData) ([]byte, error) {
	sum := f.Total.Decimal().StringFixed(2)
	id := "DULY-" + cash.Squash(f.ID)
	p := painPayment{
		ID: id, Method: "TRF", Count: len(f.Refunds), Sum: sum, Service: "SEPA", On: f.On.String(), Name: sepaText(f.Name, 70), IBAN: cash.Squash(f.IBAN), Charges: "SLEV",
		Agent: painAgent{BIC: f.BIC},
	}
	if f.BIC == "" {
		p.Agent.Other = &painOther{ID: "NOTPROVIDED"}
	}
	for _, r := range f.Refunds {
		p.Transfers = append(p.Transfers, painTransfer{
			ID: sepaText(r.EndToEnd, 35), Amount: painAmount{Currency: "EUR", Value: r.Amount.Decimal().StringFixed(2)}, Name: sepaText(r.Name, 70), IBAN: r.IBAN,
			Text: sepaText("Refund "+r.Reason, 140),
		})
	}
	header := painHeader{ID: id, Created: f.CreatedAt.UTC().Format("2006-01-02T15:04:05Z"), Count: len(f.Refunds), Sum: sum, Name: p.Name}
	body, err := xml.MarshalIndent(painDocument{Header: header, Payment: p}, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write payment file %s: %w", f.ID, err)
	}
	return bytes.Join([][]byte{[]byte(xml.Header), body, []byte("\n")}, nil), nil
}

// sepaText keeps the character set that every bank of the area takes (EPC217-08), and an end. It begins and ends with no slash.
func sepaText(s string, charsMax int) string {
	s = strings.Map(func(r rune) rune {
		if r < utf8.RuneSelf && (r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("/-?:().,'+ ", r)) {
			return r
		}
		if plain, ok := transliterated[r]; ok {
			return plain
		}
		return ' '
	}, s)
	s = strings.Trim(strings.ReplaceAll(strings.Join(strings.Fields(s), " "), "//", "/"), "/ ")
	if len(s) > charsMax {
		s = strings.TrimSpace(s[:charsMax])
	}
	if s == "" {
		return "NOTPROVIDED"
	}
	return s
}

// transliterated are the letters of the four languages that SEPA lacks, as EPC217-08 proposes.
var transliterated = map[rune]rune{
	'à': 'a', 'á': 'a', 'â': 'a', 'ä': 'a', 'ã': 'a', 'å': 'a', 'ç': 'c', 'è': 'e', 'é': 'e', 'ê': 'e', 'ë': 'e', 'ì': 'i', 'í': 'i', 'î': 'i', 'ï': 'i', 'ñ': 'n',
	'ò': 'o', 'ó': 'o', 'ô': 'o', 'ö': 'o', 'õ': 'o', 'ø': 'o', 'ß': 's', 'ù': 'u', 'ú': 'u', 'û': 'u', 'ü': 'u', 'ý': 'y', 'ÿ': 'y', 'À': 'A', 'Á': 'A', 'Â': 'A',
	'Ä': 'A', 'Ç': 'C', 'È': 'E', 'É': 'E', 'Ê': 'E', 'Ë': 'E', 'Î': 'I', 'Ï': 'I', 'Ô': 'O', 'Ö': 'O', 'Ù': 'U', 'Û': 'U', 'Ü': 'U', '&': '+', '’': '\'', '–': '-',
}
