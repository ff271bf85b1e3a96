package slack

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"duly/shared/o2c"
	"duly/shared/o2c/cash"
	"duly/shared/o2c/dossier"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/party"
	"duly/shared/o2c/recovery"
	"duly/shared/testkit"
)

// claimed is an invoice of 1,210.00, six weeks late, with its claim's card.
func (r *room) claimed(change func(*party.Data)) invoice.Data {
	r.t.Helper()
	if change == nil {
		change = func(*party.Data) {}
	}
	inv := r.billed("1", change)
	r.Advance(75 * 24 * time.Hour)
	if _, all := r.typed(joost, "claim "+inv.Number); !strings.Contains(all, "6:119") {
		r.t.Fatalf("no computation: %s", all)
	}
	r.Settle(r.t)
	return inv
}

func (r *room) file(id string) recovery.Data {
	r.t.Helper()
	f, err := o2c.Read[recovery.File](r.t.Context(), r.Cycle, id)
	if err != nil {
		r.t.Fatal(err)
	}
	return f.Data()
}

// to counts the letters to an address.
func (r *room) to(address string) (n int) {
	for _, l := range r.Desk.Letters {
		if l.To == address {
			n++
		}
	}
	return n
}

const noord = "dossiers@incassonoord.example"

// TestCap_65_TwoPeopleHandAClaimOver: a collector proposes, two different
// approvers agree; the dossier holds what a court asks for, and any flipped byte
// of it is found.
func TestCap_65_TwoPeopleHandAClaimOver(t *testing.T) {
	r := open(t)
	inv := r.claimed(nil)
	card := r.find("handover.propose")
	r.press(lena, card, "handover.propose", "")
	r.press(joost, card, "handover.propose", "")
	r.submit(joost, map[string]any{"agency": "Incasso Noord BV", "note": "Handle with care"})
	card = r.find("handover.approve")
	if f := r.file(inv.ID); f.HandOver.Status != recovery.Proposed || len(f.HandOver.Approvals) != 0 {
		t.Fatalf("%+v", f.HandOver)
	}
	for _, code := range []string{"✓ Open and overdue", "✓ Agency registered", "✓ Nothing of it is disputed", "– Formal notice sent"} {
		if !strings.Contains(string(card.Blocks), code) {
			t.Errorf("the checklist lacks %q: %s", code, card.Blocks)
		}
	}
	r.press(joost, card, "handover.approve", "") // may not
	r.press(mira, card, "handover.approve", "")
	r.press(mira, card, "handover.approve", "") // again
	if f := r.file(inv.ID); f.HandOver.Status != recovery.Proposed || len(f.HandOver.Approvals) != 1 || r.to(noord) != 0 {
		t.Fatalf("after one approver: %+v", f.HandOver)
	}
	if told := r.whispers(mira); len(told) != 1 || !strings.HasPrefix(told[0], "You have approved already") {
		t.Errorf("Mira was told %q", told)
	}
	r.press(bram, card, "handover.approve", "")
	f := r.file(inv.ID)
	if f.HandOver.Status != recovery.HandedOver || f.HandOver.Head == "" || r.to(noord) != 1 {
		t.Fatalf("after two: %+v, %d letters", f.HandOver, r.to(noord))
	}
	if r.invoiceNow(inv.ID).Dunning.PausedBy != "agency" {
		t.Error("our own letters go on")
	}
	r.dossierHolds(inv, f)
	r.noViolations()
	r.verified()
}

// dossierHolds looks into the dossier that was kept, and tampers with it.
func (r *room) dossierHolds(inv invoice.Data, f recovery.Data) {
	r.t.Helper()
	archive := r.Desk.Papers[f.HandOver.Dossier]
	m, pieces, err := dossier.Verify(archive)
	if err != nil || m.Head != f.HandOver.Head {
		r.t.Fatalf("%v, head %s", err, m.Head)
	}
	has := map[string]bool{}
	for _, p := range pieces {
		has[p.Name] = true
	}
	for _, name := range []string{
		"claim/computation.pdf", "claim/computation.json", "invoice/" + inv.Number + ".pdf", "invoice/" + inv.Number + ".xml", "order/order.json", "order/delivery.json",
		"letters/reminders.json", "letters/deliveries.json", "trail/invoice.json", "trail/order.json", "trail/recovery.json",
	} {
		if !has[name] {
			r.t.Errorf("the dossier lacks %s", name)
		}
	}
	if n, err := o2c.CheckTrails(pieces); err != nil || n < 5 {
		r.t.Errorf("%d events, %v", n, err)
	}
	for i := 0; i < len(archive); i += 97 {
		flipped := bytes.Clone(archive)
		flipped[i] ^= 1
		if _, _, err := dossier.Verify(flipped); !errors.Is(err, dossier.ErrChanged) {
			r.t.Fatalf("byte %d was flipped and nobody noticed", i)
		}
	}
}

// TestCap_65_Refusals: no consumer's debt without a valid letter whose days are
// over, no natural person's to an agency without a register number.
func TestCap_65_Refusals(t *testing.T) {
	r := open(t)
	inv := r.claimed(func(d *party.Data) { d.Kind, d.VATID, d.KVK = party.Consumer, "", "" })
	card := r.find("handover.propose")
	propose := func(agency string) string {
		t.Helper()
		r.press(joost, card, "handover.propose", "")
		return string(r.submit(joost, map[string]any{"agency": agency}).Body)
	}
	if said := propose("Incasso Noord BV"); !strings.Contains(said, "no valid 14-day letter") {
		t.Errorf("got %s", said)
	}
	if err := r.Cycle.SendNotice(t.Context(), r.Stamp("slack:"+joost), inv.ID, recovery.FourteenDays); err != nil {
		t.Fatal(err)
	}
	r.Settle(t)
	if said := propose("Incasso Noord BV"); !strings.Contains(said, "no valid 14-day letter") {
		t.Errorf("before the days are over: %s", said)
	}
	r.Advance(21 * 24 * time.Hour)
	if said := propose("Buitenland Inkasso"); !strings.Contains(said, "Wki register") {
		t.Errorf("got %s", said)
	}
	if said := propose("Incasso Noord BV"); said != "" {
		t.Errorf("got %s", said)
	}
	if r.file(inv.ID).HandOver.Status != recovery.Proposed {
		t.Error("it was not proposed")
	}
	r.noViolations()
}

// TestFC_70_PaymentRecallsTheClaim: the customer pays while the agency has the
// claim: it is recalled, with one notice, however often the money is told.
func TestFC_70_PaymentRecallsTheClaim(t *testing.T) {
	r := open(t)
	inv := r.claimed(nil)
	r.press(mira, r.find("handover.propose"), "handover.propose", "")
	r.submit(mira, map[string]any{"agency": "Incasso Noord BV"})
	r.press(bram, r.find("handover.approve"), "handover.approve", "")
	if r.file(inv.ID).HandOver.Status != recovery.HandedOver {
		t.Fatalf("%+v", r.file(inv.ID).HandOver)
	}
	pay := func(key string, cents int64) {
		t.Helper()
		for range 2 {
			if _, err := r.Cycle.ImportStatement(t.Context(), r.Stamp("bank"), cash.Statement{
				ID: key, Account: r.Cycle.Policy.Seller.IBAN, Currency: "EUR", From: r.today(), To: r.today(), Opening: testkit.EUR(0), Closing: testkit.EUR(cents),
				Entries: []cash.Entry{{Key: key, Amount: testkit.EUR(cents), BookedOn: r.today(), ValueOn: r.today(), Reference: inv.Reference, Name: "Acme BV"}},
			}); err != nil {
				t.Fatal(err)
			}
			r.Settle(t)
		}
	}
	pay("p1", inv.Total.Minor)
	f := r.file(inv.ID)
	if f.HandOver.Status != recovery.Recalled || r.to(noord) != 2 {
		t.Errorf("%s, %d letters to the agency", f.HandOver.Status, r.to(noord))
	}
	if n := r.facts("recovery", inv.ID, "hand_over.recalled"); n != 1 {
		t.Errorf("recalled %d times", n)
	}
	if r.invoiceNow(inv.ID).Dunning.PausedBy != "" {
		t.Error("our own letters still rest")
	}
	r.replay(sam, r.find("handover.propose"), "handover.approve", inv.ID, 0) // a press on the card as it stood
	if told := r.last(sam); !strings.HasPrefix(told, "No hand-over is proposed now") || r.to(noord) != 2 {
		t.Errorf("Sam was told %q", told)
	}
	r.noViolations()
	r.verified()
}
