package o2c

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/dossier"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/order"
	"duly/shared/o2c/quote"
	"duly/shared/o2c/recovery"
)

// doDossier makes the evidence of a claim that was handed over, keeps it, and has
// it sent.
const doDossier = "claim.dossier"

// dossierName is under which name the evidence of an invoice's nth hand-over is
// kept.
func dossierName(d invoice.Data, n int) string {
	return fmt.Sprintf("dossiers/%04d/%s-%d.zip", d.IssuedOn.Year, d.Number, n)
}

// performDossier gathers, chains and keeps the evidence; the agency's mail
// follows. A claim that was recalled meanwhile is not sent.
func performDossier(ctx context.Context, o *Outbox, e Effect) (func(context.Context, *Tx) error, error) {
	tx := NewTx(o.Cycle.Store)
	inv, err := get[invoice.Invoice](ctx, tx, e.Subject.ID)
	if err != nil {
		return nil, err
	}
	f, err := get[recovery.File](ctx, tx, e.Subject.ID)
	if err != nil || !f.Data().Out() || f.Data().HandOver.Head != "" {
		return nil, err
	}
	if held, err := o.Cycle.heldOf(ctx, tx, inv.Data().CustomerID); err != nil || len(held) > 0 {
		return o.notYet(inv.ID(), held), err
	}
	g := gathering{o: o, ctx: ctx, tx: tx, inv: inv.Data(), file: f}
	archive, head, err := g.dossier()
	if err != nil {
		return nil, err
	}
	if err := o.Files.Put(ctx, f.Data().HandOver.Dossier, "application/zip", archive, calendar.Date{}); err != nil {
		return nil, err
	}
	return func(ctx context.Context, tx *Tx) error {
		now, err := get[recovery.File](ctx, tx, inv.ID())
		if err != nil || now.Data().HandOver.Dossier != f.Data().HandOver.Dossier {
			return err
		}
		now.Seal(head)
		fact := Fact{Type: "dossier.sealed", Data: map[string]any{"name": now.Data().HandOver.Dossier, "head": head, "bytes": len(archive)}}
		if err := tx.Save(now, fact); err != nil {
			return err
		}
		if now.Data().Out() && now.Data().HandOver.Agency.Email != "" {
			if err := tx.ask(doAgency, KeyOf(inv), agencyArgs{Template: LetterAgencyDossier}); err != nil {
				return err
			}
		}
		return o.Cycle.refreshCard(tx, "claim", KeyOf(inv))
	}, nil
}

// notYet takes a claim back before anything of it left the house, as money of the
// customer came that has no home: the claim would be too high.
func (o *Outbox) notYet(invoiceID string, held []Held) func(context.Context, *Tx) error {
	return func(ctx context.Context, tx *Tx) error {
		inv, err := get[invoice.Invoice](ctx, tx, invoiceID)
		if err != nil {
			return err
		}
		f, err := get[recovery.File](ctx, tx, invoiceID)
		if err != nil || !f.Data().Out() {
			return err
		}
		why := "we hold " + sumsOf(held)[0].String() + " of the customer that has no home; nothing has left the house"
		if err := f.Stop("recall", "system:outbox", why, tx.At()); err != nil {
			return refused(err)
		}
		return errors.Join(
			tx.Save(f, Fact{Type: "hand_over.recalled", Data: map[string]string{"why": why}}), o.Cycle.unpauseAgency(tx, inv),
			o.Cycle.showCard(tx, "claim", KeyOf(inv)), o.Cycle.refreshCard(tx, "invoice", KeyOf(inv)), o.Cycle.publish(tx, KeyOf(inv)),
		)
	}
}

// gathering collects one claim's evidence.
type gathering struct {
	o       *Outbox
	ctx     context.Context
	tx      *Tx
	inv     invoice.Data
	file    *recovery.File
	pieces  []dossier.Piece
	missing []dossier.Gap
}

func (g *gathering) dossier() (archive []byte, head string, err error) {
	c := g.o.Cycle
	today := c.today(g.file.Data().HandOver.HandedAt) // of the hand-over: a second try gives the same bytes
	for _, part := range []func() error{g.claim, g.documents, g.order, g.quote, g.letters, g.trails} {
		if err := part(); err != nil {
			return nil, "", err
		}
	}
	return dossier.Pack(dossier.Manifest{Claim: g.inv.Number, Debtor: g.inv.Buyer.Name, Seller: c.Policy.Seller.Name, MadeOn: today.String(), Missing: g.missing}, g.pieces)
}

func (g *gathering) add(name, about string, content []byte) {
	g.pieces = append(g.pieces, dossier.Piece{Name: name, About: about, Content: content})
}

func (g *gathering) json(name, about string, value any) error {
	b, err := json.MarshalIndent(value, "", "  ")
	if err == nil {
		g.add(name, about, append(b, '\n'))
	}
	return err
}

func (g *gathering) lacks(name, why string) {
	g.missing = append(g.missing, dossier.Gap{Name: name, Why: why})
}

// kept adds a file of the archive, or says that it is not there.
func (g *gathering) kept(name, from, about string) error {
	content, err := g.o.Files.Get(g.ctx, from)
	if fault.Is(err, fault.NotFound) {
		g.lacks(name, "it is not in the archive")
		return nil
	}
	if err == nil {
		g.add(name, about, content)
	}
	return err
}

// claim is the computation on the day of the hand-over.
func (g *gathering) claim() error {
	c := g.o.Cycle
	view, err := c.claimView(g.ctx, g.tx, g.inv, g.file, latestDay(c.today(g.file.Data().HandOver.HandedAt), g.inv.DueOn))
	if err != nil {
		return err
	}
	pdf, err := g.o.Papers.ClaimPDF(ClaimSheetView{View: view, Seller: c.Policy.Seller, Language: g.inv.Buyer.Language})
	if err != nil {
		return err
	}
	g.add("claim/computation.pdf", "principal, interest and costs, step by step", pdf)
	return g.json("claim/computation.json", "the same for machines", view.Claim)
}

// documents are the invoice as it was sent, and its credit notes.
func (g *gathering) documents() error {
	if err := errors.Join(
		g.kept("invoice/"+g.inv.Number+".pdf", PaperName(g.inv), "the invoice as it was sent"),
		g.kept("invoice/"+g.inv.Number+".xml", EInvoiceName(g.inv), "its e-invoice (UBL)"),
	); err != nil {
		return err
	}
	for _, n := range g.inv.Notes {
		note, err := get[invoice.Invoice](g.ctx, g.tx, n.ID)
		if err != nil {
			return err
		}
		if err := g.kept("invoice/"+n.Number+".pdf", PaperName(note.Data()), "a credit note on it"); err != nil {
			return err
		}
	}
	return nil
}

// order is what was ordered, and the proof of its delivery.
func (g *gathering) order() error {
	o, err := find[order.Order](g.ctx, g.tx, g.inv.OrderID)
	if err != nil {
		return err
	}
	if o == nil {
		g.lacks("order", "the invoice has none")
		return nil
	}
	shipments, err := g.o.Cycle.ShipmentsOf(g.ctx, o.Data())
	if err != nil {
		return err
	}
	if len(shipments) == 0 {
		g.lacks("order/delivery.json", "nothing was shipped")
	} else if err := g.json("order/delivery.json", "parcels: carrier, tracking, and when they were delivered", shipments); err != nil {
		return err
	}
	return g.json("order/order.json", "what was ordered, when, and on which terms", o.Data())
}

// quote is the offer, its acceptance, and the terms that hold.
func (g *gathering) quote() error {
	o, err := find[order.Order](g.ctx, g.tx, g.inv.OrderID)
	if err != nil {
		return err
	}
	if o == nil || o.Data().QuoteID == "" {
		g.lacks("quote", "the order came without one")
		return g.terms("")
	}
	q, err := get[quote.Quote](g.ctx, g.tx, o.Data().QuoteID)
	if err != nil {
		return err
	}
	d := q.Data()
	if err := errors.Join(
		g.kept("quote/"+d.Number+".pdf", d.Document.Name, "the quote that was accepted"),
		g.json("quote/acceptance.json", "who accepted it, when, from where, and the hash of what was accepted", d.Acceptance),
	); err != nil {
		return err
	}
	if k, err := find[quote.Contract](g.ctx, g.tx, o.Data().ContractID); err != nil {
		return err
	} else if k != nil {
		if err := g.kept("quote/contract.pdf", k.Data().Document.Name, "the contract"); err != nil {
			return err
		}
	}
	return g.terms(quote.TermsID(d.Terms.Version, d.Terms.Language))
}

// terms are the general terms of the quote, or the house's own.
func (g *gathering) terms(id string) error {
	if id != "" {
		t, err := get[quote.TermsText](g.ctx, g.tx, id)
		if err != nil {
			return err
		}
		d := t.Data()
		g.add("terms/"+d.Version+"-"+d.Language+".txt", "the general terms that were agreed", []byte(d.General))
		return nil
	}
	i := slices.IndexFunc(g.o.Cycle.Policy.Terms, func(t quote.TermsData) bool { return t.Language == g.inv.Buyer.Language })
	if i < 0 {
		g.lacks("terms", "none in "+g.inv.Buyer.Language)
		return nil
	}
	t := g.o.Cycle.Policy.Terms[i]
	g.add("terms/"+t.Version+"-"+t.Language+".txt", "the house's general terms, version "+t.Version, []byte(t.General))
	return nil
}

// letters are the reminders that were sent, and those with legal effect as they
// went out.
func (g *gathering) letters() error {
	if err := g.json("letters/reminders.json", "every reminder: its step and its day", g.inv.Dunning.Sent); err != nil {
		return err
	}
	sent, err := g.o.Cycle.DeliveriesOf(g.ctx, g.inv.ID)
	if err != nil {
		return err
	}
	if err := g.json("letters/deliveries.json", "what became of the invoice and of each reminder, by recipient", sent); err != nil {
		return err
	}
	letters := g.file.Data().Letters
	if len(letters) == 0 {
		g.lacks("letters/formal", "no letter with legal effect was sent")
		return nil
	}
	for i, l := range letters {
		if l.Name != "" {
			if err := g.kept(fmt.Sprintf("letters/%d-%s.txt", i+1, l.Kind), l.Name, "a "+l.Kind+" letter as it was sent on "+l.SentOn.String()); err != nil {
				return err
			}
		}
	}
	return g.json("letters/formal.json", "letters with legal effect: to whom, when sent, when received, how that is known", letters)
}

// trails are the audit trails, each a chain of its own.
func (g *gathering) trails() error {
	keys := []Key{{Kind: "invoice", ID: g.inv.ID}, {Kind: "order", ID: g.inv.OrderID}, {Kind: "case", ID: g.inv.CustomerID}, {Kind: "recovery", ID: g.inv.ID}}
	receipts, err := g.o.Cycle.receiptsOf(g.ctx, g.tx, g.inv)
	if err != nil {
		return err
	}
	for _, k := range append(keys, receipts...) {
		if k.ID == "" {
			continue
		}
		trail, err := g.o.Cycle.Store.Events(g.ctx, k)
		if err != nil {
			return err
		}
		if len(trail) == 0 {
			continue
		}
		name := k.Kind
		if k.Kind == "receipt" {
			name += "-" + k.ID
		}
		if err := g.json("trail/"+name+".json", "what happened, in order; each event holds the hash of the one before", trail); err != nil {
			return err
		}
	}
	return nil
}

// CheckTrails proves the audit trails in a dossier, and counts their events.
func CheckTrails(pieces []dossier.Piece) (events int, err error) {
	for _, p := range pieces {
		if len(p.Name) < 6 || p.Name[:6] != "trail/" {
			continue
		}
		var trail []Event
		if err := json.Unmarshal(p.Content, &trail); err != nil {
			return events, fmt.Errorf("%s cannot be read: %w", p.Name, err)
		}
		prev := ""
		for i, e := range trail {
			if !e.Intact() || e.Prev != prev || e.Seq != int64(i+1) {
				return events, fmt.Errorf("%s: event %d is broken", p.Name, i+1)
			}
			prev = e.Hash
			events++
		}
	}
	return events, nil
}
