package sim

import (
	"context"
	"encoding/json"
	"time"

	"duly/shared/chat"
	"duly/shared/o2c"
	"duly/shared/o2c/credit"
)

// team are the colleagues: they look at the room and press what they see.
type team struct {
	world  *world
	places map[string]o2c.Place // of each card, where it was posted last
	cards  map[o2c.Place]o2c.Card
	asked  map[string]bool // cards that somebody has begun to act on
	chance chance
}

func newTeam(w *world) *team {
	return &team{world: w, places: map[string]o2c.Place{}, cards: map[o2c.Place]o2c.Card{}, asked: map[string]bool{}, chance: chance{w.seed ^ 0x7ea0}}
}

// reads is a card appearing or changing.
func (t *team) reads(name string, at o2c.Place, c o2c.Card) {
	t.places[name], t.cards[at] = at, c
	if t.asked[name] {
		return
	}
	switch c := c.(type) {
	case o2c.CreditCard:
		t.asked[name] = true
		t.decides(name, c)
	case o2c.DraftCard:
		t.asked[name] = true
		t.world.after(t.chance.between(time.Hour, day), "Noor completes the customer of "+c.Order, func() {
			t.world.warehouse.complete(c.Invoice.CustomerID, c.Order, func() { t.retry(at, c.Invoice.ID, 0) })
		})
	case o2c.BankLineCard:
		if c.Line.Booked == nil {
			t.asked[name] = true
			t.explains(name)
		}
	case o2c.CashCard:
		if !c.Settled {
			t.asked[name] = true
			t.matches(name)
		}
	}
}

// decides lets a colleague answer a credit card, or two at once, or one twice.
func (t *team) decides(name string, c o2c.CreditCard) {
	p := t.world.shops.purposes[c.Order.Number]
	if p == nil || p.verdict == silentForEver || c.Request.Status != credit.Pending {
		return
	}
	say := map[verdict]credit.Verdict{approves: credit.Approve, declines: credit.Decline}[p.verdict]
	pause := t.chance.between(time.Minute, 5*time.Hour)
	press := func(user string, say credit.Verdict, pause time.Duration) {
		t.world.after(pause, user+" presses", func() { t.press(name, user, say, 0) })
	}
	press("U04APPROVE", say, pause)
	if t.world.faults.hit(DoubleClick) {
		press("U04APPROVE", say, pause+t.chance.between(0, 300*time.Millisecond))
	}
	if t.world.faults.hit(RacingApprovers) {
		other := map[credit.Verdict]credit.Verdict{credit.Approve: credit.Decline, credit.Decline: credit.Approve}[say]
		press("U05APPROVE", other, pause+t.chance.between(0, 100*time.Millisecond))
	}
	if t.chance.in(50) {
		press("U02SALES", credit.Approve, pause/2) // who may not
	}
}

// press is one press on the card as it stands. Who sees an hour later that
// nothing came of it presses again. Of two cards, which a crash may leave (row
// 25), people look at the newer one.
func (t *team) press(name, user string, say credit.Verdict, tries int) {
	at := t.places[name]
	card, ok := t.cards[at].(o2c.CreditCard)
	if !ok || card.Request.Status != credit.Pending || tries > 60 {
		return
	}
	payload := t.button(at, user, chat.ActCreditApprove, chat.Ref{ID: card.Order.ID, Version: card.Version}.String())
	if say == credit.Decline {
		payload = t.form(at, user, chat.ActCreditReject, chat.Meta{ID: card.Order.ID, Version: card.Version}, map[string]string{chat.FieldReason: "two broken promises"})
	}
	t.post(user+" presses on "+card.Order.Number, payload)
	if user != "U02SALES" {
		t.world.after(time.Hour, user+" looks again", func() { t.press(name, user, say, tries+1) })
	}
}

// button is a press as Slack tells it.
func (t *team) button(at o2c.Place, user, action, value string) map[string]any {
	return map[string]any{
		"type": chat.Pressed, "user": map[string]string{"id": user, "team_id": workspace.Team}, "channel": map[string]string{"id": at.Channel},
		"container": map[string]string{"message_ts": at.TS}, "actions": []map[string]string{{"action_id": action, "value": value}},
	}
}

// form is a form that was filled in and sent.
func (t *team) form(at o2c.Place, user, callback string, about chat.Meta, fields map[string]string) map[string]any {
	about.Channel, about.TS = at.Channel, at.TS
	meta, err := json.Marshal(about)
	t.world.must(err)
	values := map[string]any{}
	for name, value := range fields {
		values[name] = map[string]any{name: map[string]string{"value": value}}
	}
	return map[string]any{
		"type": chat.Submitted, "user": map[string]string{"id": user, "team_id": workspace.Team},
		"view": map[string]any{"id": "V1", "callback_id": callback, "private_metadata": string(meta), "state": map[string]any{"values": values}},
	}
}

// post brings it to the function. Slack does not repeat an interaction.
func (t *team) post(what string, payload map[string]any) {
	t.world.send(&delivery{what: what, to: "slack", attempts: 1, back: []time.Duration{time.Minute},
		call: func(ctx context.Context, e *environment) error {
			return answered(e.handler.HTTP(ctx, t.world.interaction(payload)))
		}})
}

// retry issues a draft whose customer was completed, until it has a number.
func (t *team) retry(at o2c.Place, invoiceID string, tries int) {
	if t.world.oracle.invoices[invoiceID] != nil || tries > 20 {
		return
	}
	t.post("Noor retries "+invoiceID, t.button(at, "U06BOOKS", chat.ActInvoiceRetry, chat.Ref{ID: invoiceID}.String()))
	t.world.after(2*time.Hour, "Noor looks again", func() { t.retry(at, invoiceID, tries+1) })
}

// matches lets a colleague find a home for money: the best candidate, or the
// customer's account; of some nobody takes care.
func (t *team) matches(name string) {
	if what := t.chance.below(3); what < 2 {
		t.world.after(t.chance.between(time.Hour, 2*day), "Joost looks at money", func() { t.match(name, what == 0, 0) })
	}
}

func (t *team) match(name string, best bool, tries int) {
	at := t.places[name]
	card, ok := t.cards[at].(o2c.CashCard)
	if !ok || card.Settled || tries > 10 {
		return
	}
	switch {
	case best && len(card.Candidates) > 0:
		t.post("Joost matches "+card.Receipt.ID, t.button(at, "U03COLLECT", chat.ActCashMatch, chat.Pair{ReceiptID: card.Receipt.ID, InvoiceID: card.Candidates[0].InvoiceID}.String()))
	case card.Receipt.CustomerID != "":
		t.post("Joost keeps "+card.Receipt.ID, t.button(at, "U03COLLECT", chat.ActCashKeep, chat.Ref{ID: card.Receipt.ID}.String()))
	default:
		return
	}
	t.world.after(6*time.Hour, "Joost looks again", func() { t.match(name, best, tries+1) })
}

// explains lets the bookkeeper say what money was that left the bank, once or for ever, and now and then take that back; of
// some nobody takes care.
func (t *team) explains(name string) {
	chance := &t.world.teller.chance
	if chance.in(200) {
		return
	}
	fields := map[string]string{chat.FieldAccount: []string{"supplier", "owner"}[chance.below(2)]}
	if chance.in(400) {
		fields[chat.FieldAlways] = "yes"
	}
	undo := chance.in(150)
	t.world.after(chance.between(time.Hour, 2*day), "Noor looks at money that left", func() { t.explain(name, fields, undo, 0) })
}

func (t *team) explain(name string, fields map[string]string, undo bool, tries int) {
	at := t.places[name]
	card, ok := t.cards[at].(o2c.BankLineCard)
	if !ok || tries > 10 {
		return
	}
	id := card.Line.ID
	switch {
	case card.Line.Booked == nil && len(card.Refunds) > 0:
		t.post("Noor says whose money "+id+" was", t.button(at, "U06BOOKS", chat.ActBankRefund, chat.Repay{LineID: id, ReceiptID: card.Refunds[0].ReceiptID}.String()))
	case card.Line.Booked == nil:
		t.post("Noor explains "+id, t.form(at, "U06BOOKS", chat.ActBankExplain, chat.Meta{ID: id}, fields))
	case undo:
		t.post("Noor takes back "+id, t.button(at, "U06BOOKS", chat.ActBankUndo, chat.Ref{ID: id}.String()))
		return
	default:
		return
	}
	t.world.after(6*time.Hour, "Noor looks again", func() { t.explain(name, fields, undo, tries+1) })
}
