package invoice

import (
	"strings"
	"testing"

	"duly/shared/o2c/money"
	"duly/shared/o2c/party"
)

func TestTransferCode(t *testing.T) {
	seller := party.Seller{Name: "Voorbeeld  Groothandel BV", IBAN: "NL91 ABNA 0417 1643 00", BIC: "ABNANL2A"}
	with := func(change func(*party.Seller)) party.Seller {
		s := seller
		change(&s)
		return s
	}
	reference := Reference("2026-0042")
	tests := []struct {
		name      string
		to        party.Seller
		amount    money.Amount
		reference string
		want      string // "": none
	}{
		{"structured", seller, money.Of(124000, "EUR"), reference, "BCD\n002\n1\nSCT\nABNANL2A\nVoorbeeld Groothandel BV\nNL91ABNA0417164300\nEUR1240.00\n\n" + reference},
		{"reference in groups", seller, money.Of(5, "EUR"), Grouped(reference), "BCD\n002\n1\nSCT\nABNANL2A\nVoorbeeld Groothandel BV\nNL91ABNA0417164300\nEUR0.05\n\n" + reference},
		{"text instead", seller, money.Of(100, "EUR"), "invoice 2026-0042", "BCD\n002\n1\nSCT\nABNANL2A\nVoorbeeld Groothandel BV\nNL91ABNA0417164300\nEUR1.00\n\n\ninvoice 2026-0042"},
		{"no reference, no BIC", with(func(s *party.Seller) { s.BIC = "" }), money.Of(100, "EUR"), "", "BCD\n002\n1\nSCT\n\nVoorbeeld Groothandel BV\nNL91ABNA0417164300\nEUR1.00"},
		{"a name cannot add a field", with(func(s *party.Seller) { s.Name = "A\nB" }), money.Of(100, "EUR"), "", "BCD\n002\n1\nSCT\nABNANL2A\nA B\nNL91ABNA0417164300\nEUR1.00"},
		{"dollars", seller, money.Of(100, "USD"), reference, ""},
		{"nothing to pay", seller, money.Of(0, "EUR"), reference, ""},
		{"a credit", seller, money.Of(-100, "EUR"), reference, ""},
		{"more than a transfer carries", seller, money.Of(100_000_000_000, "EUR"), reference, ""},
		{"no account", with(func(s *party.Seller) { s.IBAN = "" }), money.Of(100, "EUR"), reference, ""},
		{"too long a text", seller, money.Of(100, "EUR"), strings.Repeat("é", 150), ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, ok := TransferCode(test.to, test.amount, test.reference)
			if ok != (test.want != "") {
				t.Fatalf("ok = %v: %q", ok, got)
			}
			if ok && got != test.want {
				t.Errorf("\ngot  %q\nwant %q", got, test.want)
			}
		})
	}
}

func TestLongestNameStillFits(t *testing.T) {
	code, ok := TransferCode(party.Seller{Name: strings.Repeat("ß", 100), IBAN: "MT31MALT01100000000000000000123", BIC: "MALTMTMTXXX"}, money.Of(99_999_999_999, "EUR"), "RF18539007547034")
	if !ok || len(code) > transferBytesMax || strings.Count(code, "ß") != 70 {
		t.Errorf("ok %v, %d bytes: %q", ok, len(code), code)
	}
}

func TestGrouped(t *testing.T) {
	for in, want := range map[string]string{"NL91ABNA0417164300": "NL91 ABNA 0417 1643 00", " rf18 5390 07547034": "RF18 5390 0754 7034", "": ""} {
		if got := Grouped(in); got != want {
			t.Errorf("Grouped(%q) = %q, want %q", in, got, want)
		}
	}
}
