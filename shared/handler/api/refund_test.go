package api

import (
	"encoding/xml"
	"slices"
	"strings"
	"testing"
	"time"

	"duly/infra/local/bank"
	"duly/shared/o2c/cash"
	"duly/shared/o2c/invoice"
	"duly/shared/testkit"
)

// TestFC_63: a refund is bounded by what has no home, goes back by a file that
// the bank takes, and one that comes back is money without a home again.
func TestFC_63_RefundsAreBoundedAndReversible(t *testing.T) {
	w := newTill(t)
	a := w.invoiced(w.customer("Acme BV", nil), "1", 10_000)
	w.transfers(bank.Entry{Amount: 16_000, Reference: w.reference(a), Name: "Acme & Zn. BV", IBAN: "NL20INGB0001234567"})
	w.stands(a, invoice.Paid, 0)
	id := w.asked()[0].Receipt.ID
	refund := func(amount int64, more map[string]any) answered {
		body := map[string]any{"amount": eur(amount), "reason": "paid too much"}
		for k, v := range more {
			body[k] = v
		}
		return w.post("/v1/receipts/"+id+"/refunds", body)
	}
	refund(6_001, nil).refused(422, "DULY-3001", "/amount")
	refund(1_000, map[string]any{"iban": "NL20INGB0001234568"}).refused(422, "DULY-3001", "/iban")
	first := refund(2_000, nil).is(201).want(map[string]any{"status": "approved", "elsewhere": false, "iban": "NL20INGB0001234567"})

	other := refund(4_000, map[string]any{"iban": "NL91 ABNA 0417 1643 00", "name": "A. Cme"}).is(201).want(map[string]any{"status": "asked", "elsewhere": true})
	refund(1_000, nil).refused(409, "DULY-3003", "")
	asker := "api:test"
	for _, tt := range []struct {
		by string
		ok bool
	}{{asker, false}, {"slack:U03COLLECT", true}} { // never by whoever asked
		s := w.Stamp(tt.by)
		if tt.by == asker {
			s.Actor = w.cashRefund(other.text("id")).AskedBy
		}
		if _, err := w.Cycle.DecideRefund(ctx, s, other.text("id"), true); (err == nil) != tt.ok {
			t.Errorf("%s: %v", s.Actor, err)
		}
	}
	refund(1, nil).refused(422, "DULY-3001", "/amount")
	balances(t, w.program, "").want(map[string]int64{"unapplied": 0, "refunds": -6_000, "bank": 16_000})
	w.verified()

	made := w.post("/v1/payment-files", nil).is(201).want(map[string]any{"total.amount": 6_000})
	w.post("/v1/payment-files", nil).refused(409, "DULY-3003", "")
	content := w.get(made.text("url"))
	readPain(t, string(content.raw), "60.00", first.text("end_to_end"), other.text("end_to_end"))

	w.Advance(24 * time.Hour)
	w.transfers(bank.Entry{Amount: -2_000, Name: "Acme", EndToEnd: first.text("end_to_end")}, bank.Entry{Amount: -4_000, Name: "A. Cme", EndToEnd: other.text("end_to_end")})
	balances(t, w.program, "").want(map[string]int64{"unapplied": 0, "refunds": 0, "bank": 10_000, "suspense": 0})
	w.Advance(24 * time.Hour)
	w.transfers(bank.Entry{Amount: 4_000, Name: "Return", EndToEnd: other.text("end_to_end")})
	balances(t, w.program, "").want(map[string]int64{"unapplied": -4_000, "bank": 14_000})
	w.get("/v1/receipts/" + id).want(map[string]any{"unapplied.amount": 4_000, "refunded.amount": 2_000})
	if cards := w.asked(); len(cards) != 1 || cards[0].Refund == nil || cards[0].Refund.Status != "failed" {
		t.Errorf("asked %+v", cards)
	}
	w.stands(a, invoice.Paid, 0)
	w.verified()
}

// readPain checks the shape of a payment file: the elements in the schema's
// order, its sums, and its transfers.
func readPain(t *testing.T, file, sum string, ids ...string) {
	t.Helper()
	var doc struct {
		XMLName xml.Name
		Sum     string   `xml:"CstmrCdtTrfInitn>GrpHdr>CtrlSum"`
		Count   int      `xml:"CstmrCdtTrfInitn>PmtInf>NbOfTxs"`
		IDs     []string `xml:"CstmrCdtTrfInitn>PmtInf>CdtTrfTxInf>PmtId>EndToEndId"`
		Names   []string `xml:"CstmrCdtTrfInitn>PmtInf>CdtTrfTxInf>Cdtr>Nm"`
	}
	if err := xml.Unmarshal([]byte(file), &doc); err != nil {
		t.Fatal(err)
	}
	if doc.XMLName.Space != "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09" || doc.Sum != sum || doc.Count != len(ids) || !slices.Equal(slices.Sorted(slices.Values(doc.IDs)), slices.Sorted(slices.Values(ids))) || !slices.Contains(doc.Names, "Acme + Zn. BV") {
		t.Errorf("%+v of\n%s", doc, file)
	}
	at := 0
	for _, element := range []string{"GrpHdr", "MsgId", "CreDtTm", "NbOfTxs", "CtrlSum", "InitgPty", "PmtInf", "PmtInfId", "PmtMtd", "BtchBookg", "NbOfTxs", "CtrlSum", "PmtTpInf", "ReqdExctnDt", "Dbtr", "DbtrAcct", "DbtrAgt", "ChrgBr", "CdtTrfTxInf", "PmtId", "Amt", "Cdtr", "CdtrAcct", "RmtInf"} {
		next := strings.Index(file[at:], "<"+element+">")
		if next < 0 {
			t.Fatalf("%s does not stand where the schema has it:\n%s", element, file)
		}
		at += next + 1
	}
}

func TestMoneyThatIsNoCustomersGoesToAnAccount(t *testing.T) {
	w := newTill(t)
	w.transfers(bank.Entry{Amount: 1_234, Reference: "interest 2025", Name: "ABN AMRO"})
	id := w.asked()[0].Receipt.ID
	w.post("/v1/receipts/"+id+"/bookings", map[string]any{"account": "receivable"}).is(422)
	w.post("/v1/receipts/"+id+"/bookings", map[string]any{"account": "interest_income", "reason": "interest of the year"}).is(201).want(map[string]any{"unapplied.amount": 0, "bookings.0.account": "interest_income"})
	balances(t, w.program, "").want(map[string]int64{"unapplied": 0, "interest_income": -1_234})
	w.Settle(t)
	if n := len(w.asked()); n != 0 {
		t.Errorf("%d cards ask", n)
	}
	w.ask("DELETE", "/v1/receipts/"+id+"/bookings/1", nil, nil).is(200).want(map[string]any{"unapplied.amount": 1_234})
	w.ask("DELETE", "/v1/receipts/"+id+"/bookings/1", nil, nil).refused(409, "DULY-3003", "")
	balances(t, w.program, "").want(map[string]int64{"unapplied": -1_234, "interest_income": 0})
	w.verified()
}

// TestFC_65_WhatACreditNoteLeftGoesBack by transfer to the account that is named, which a second person approves.
func TestFC_65_WhatACreditNoteLeftGoesBack(t *testing.T) {
	w := newTill(t)
	a := w.invoiced(w.customer("Acme BV", nil), "1", 10_000)
	w.transfers(bank.Entry{Amount: 10_000, Reference: w.reference(a), Name: "Acme BV", IBAN: "NL20INGB0001234567"})
	w.stands(a, invoice.Paid, 0)
	w.post("/v1/invoices/"+a+"/credit-notes", map[string]any{"reason": "returned"}).is(201)
	w.Settle(t)
	id := ""
	for _, r := range testkit.Listed[cash.Receipt](t, w.World, "receipt") {
		if r.Data().Source == "credit_note" {
			id = r.ID()
		}
	}
	ask := map[string]any{"reason": "returned", "iban": ""}
	w.post("/v1/receipts/"+id+"/refunds", ask).refused(422, "DULY-3001", "/iban")
	ask["iban"] = "NL20INGB0001234567"
	asked := w.post("/v1/receipts/"+id+"/refunds", ask).is(201).want(map[string]any{"status": "asked", "via": "transfer", "amount.amount": 10_000})
	if _, err := w.Cycle.DecideRefund(ctx, w.Stamp("slack:U03COLLECT"), asked.text("id"), true); err != nil {
		t.Fatal(err)
	}
	balances(t, w.program, "").want(map[string]int64{"unapplied": 0, "refunds": -10_000})
	w.post("/v1/payment-files", nil).is(201).want(map[string]any{"total.amount": 10_000})
	w.Advance(24 * time.Hour)
	w.transfers(bank.Entry{Amount: -10_000, Name: "Acme", EndToEnd: asked.text("end_to_end")})
	balances(t, w.program, "").want(map[string]int64{"unapplied": 0, "refunds": 0, "bank": 0, "receivable": 0})
	w.verified()
}
