package sim

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"duly/shared/o2c"
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/ledger"
	"duly/shared/o2c/order"
)

// judge looks at the world at the end, when the faults have been over for the
// time that liveness allows.
func (w *world) judge() {
	if len(w.broken) > 0 {
		return // what was broken on the way comes first
	}
	ctx := context.Background()
	w.judgeRest()
	w.judgeParked()
	w.judgeMessages()
	w.judgeOrders()
	w.judgeMoney()
	w.judgeStock(ctx)
	w.judgeCards(ctx)
	w.judgeDeployment()
	report, err := w.look.Verify(ctx)
	w.must(err)
	for _, c := range report.Checks {
		for _, broken := range c.Broken {
			w.breaks("verify: %s: %s", c.Name, broken)
		}
	}
}

// judgeRest: liveness, nobody is still trying.
func (w *world) judgeRest() {
	for d := range w.retrying {
		w.breaks("liveness: still trying: %s", d.what)
	}
	if len(w.live) > 0 {
		w.breaks("liveness: %d invocations have not ended", len(w.live))
	}
	for _, kind := range []string{"effect", "event"} {
		for _, s := range w.stream.shards[kind] {
			if len(s.waiting) > 0 {
				w.breaks("liveness: %d records wait for %s", len(s.waiting), s.function)
			}
		}
	}
}

// judgeParked: what our vendors send is understood; only a shop may ask for what
// is not possible, such as a parcel of a cancelled order.
func (w *world) judgeParked() {
	w.scan("parked", func(body []byte) {
		var d o2c.ParkedData
		w.must(json.Unmarshal(body, &d))
		w.note("parked: %s %s: %s", d.Function, d.Topic, d.Problem)
		if d.Function != "order-webhook" || strings.Contains(d.Problem, "DULY-5") {
			w.breaks("I6: %s parked a message of %s: %s", d.Function, d.Topic, d.Problem)
		}
	})
}

// judgeMessages: I6, each message left at most once and once more for each time
// its sender could not know; what is marked as done was done; nothing waits.
func (w *world) judgeMessages() {
	for _, m := range slices.Sorted(maps.Keys(w.desk.times)) {
		w.desk.bounded(m)
	}
	for _, text := range slices.Sorted(maps.Keys(w.desk.heard)) {
		if n := w.desk.heard[text]; n > 1 {
			w.breaks("I6: the team was told %d times: %s", n, text) // the shop said so once
		}
	}
	w.scan("effect", func(body []byte) {
		var e o2c.Effect
		w.must(json.Unmarshal(body, &e))
		switch e.Status {
		case o2c.EffectPending:
			if w.awaitsMorning(e) {
				return
			}
			w.breaks("liveness: effect %s (%s of %s) waits since %s: %s", e.Name, e.Does, e.Subject, e.CreatedAt.Format("01-02 15:04"), e.Problem)
		case o2c.EffectFailed:
			w.judgeGivenUp(e)
		case o2c.EffectDone:
			w.judgeDone(e)
		}
	})
}

// awaitsMorning: a reminder that was held up does not go out on a day off.
func (w *world) awaitsMorning(e o2c.Effect) bool {
	return e.Does == "mail.letter" && e.NextAt.After(w.now) && !w.policy.Days.Works(calendar.On(w.now, w.policy.Zone))
}

// judgeGivenUp: row 13, an effect is given up after its attempts alone, and the
// team is told, unless it was the chat that failed.
func (w *world) judgeGivenUp(e o2c.Effect) {
	w.givenUp[e.Subject.ID] = true
	told := strings.HasPrefix(e.Does, "chat.") || e.Does == "event.publish"
	w.scan("effect", func(body []byte) {
		var notice o2c.Effect
		w.must(json.Unmarshal(body, &notice))
		told = told || (notice.Subject == o2c.KeyOf(&e) && w.desk.times["card notice:"+notice.Name] > 0)
	})
	if e.Attempts < o2c.AttemptsMax || !told {
		w.breaks("liveness: effect %s (%s of %s) was given up after %d attempts, the team told %v: %s", e.Name, e.Does, e.Subject, e.Attempts, told, e.Problem)
	}
}

// judgeDone: row 47, done means that it was done.
func (w *world) judgeDone(e o2c.Effect) {
	var args struct {
		Purpose string
		Refresh bool
		Order   string
	}
	if len(e.Args) > 0 {
		w.must(json.Unmarshal(e.Args, &args))
	}
	message := ""
	switch {
	case e.Does == "mail.invoice", e.Does == "mail.letter" && args.Order != "":
		message = "mail " + e.Name
	case e.Does == "chat.card" && args.Purpose == "notice":
		message = "card notice:" + e.Name
	case e.Does == "chat.card" && slices.Contains([]string{"payout", "digest", "letters"}, args.Purpose):
		return // one goes by another name, the others may have nothing to say
	case e.Does == "chat.card" && !args.Refresh:
		message = "card " + args.Purpose + ":" + e.Subject.String()
	default:
		return
	}
	if w.desk.times[message] == 0 {
		w.breaks("I6: effect %s (%s of %s) is marked as done and nothing left", e.Name, e.Does, e.Subject)
	}
}

// texts are a row's attributes that are texts.
type texts map[string]struct{ S string }

// question is a request of DynamoDB's.
type question map[string]any

// scan reads every document of a kind, as only an observer may.
func (w *world) scan(kind string, see func(body []byte)) {
	ask := question{
		"TableName": tableName, "FilterExpression": "#k = :k AND sk = :doc", "ExpressionAttributeNames": map[string]string{"#k": "kind"},
		"ExpressionAttributeValues": texts{":k": {kind}, ":doc": {"doc"}},
	}
	for {
		var page struct {
			Items            []texts
			LastEvaluatedKey texts
		}
		w.must(w.api.Ask(context.Background(), "Scan", ask, &page))
		for _, it := range page.Items {
			see([]byte(it["body"].S))
		}
		if page.LastEvaluatedKey == nil {
			return
		}
		ask["ExclusiveStartKey"] = page.LastEvaluatedKey
	}
}

// judgeOrders: I4 and I6, every order that a shop knows as taken is there, in
// one state, and in a last one unless a person keeps it waiting.
func (w *world) judgeOrders() {
	byNumber := map[string]*orderFacts{}
	for _, id := range slices.Sorted(maps.Keys(w.oracle.orders)) {
		f := w.oracle.orders[id]
		if byNumber[f.Number] != nil {
			w.breaks("I4: there are two orders %s", f.Number)
		}
		byNumber[f.Number] = f
	}
	for _, number := range w.shops.numbers {
		if !w.shops.acked[number] {
			continue
		}
		f := byNumber[number]
		if f == nil {
			w.breaks("I6: order %s was taken and is not there", number)
			continue
		}
		w.ended[f.status]++
		o, err := o2c.Read[order.Order](context.Background(), w.look, f.ID)
		w.must(err)
		if p := w.shops.purposes[number]; o.Data().UpdatedAt.Before(p.newest) {
			w.breaks("row 04: order %s was told as of %s and stands at %s", number, p.newest, o.Data().UpdatedAt)
		}
		if w.givenUp[f.ID] {
			continue // its card or its letter never came
		}
		if why := w.waits(w.shops.purposes[number], f); why != "" {
			w.breaks("I4: order %s is %s: %s", number, f.status, why)
		}
	}
}

// waits says why an order should not be where it is; "" when it may.
func (w *world) waits(p *purpose, f *orderFacts) string {
	switch f.status {
	case order.Closed, order.Declined:
		return ""
	case order.Cancelled:
		if p.cancels == 0 {
			return "nobody cancelled it"
		}
		return ""
	}
	if p.told[cancelled] > 0 && f.status != order.Shipped && f.status != order.PartShipped {
		return "its cancellation was taken"
	}
	switch {
	case p.unsaid:
		return "" // a message was lost for good
	case f.status == order.Received && f.card && p.verdict == silentForEver:
		return ""
	case f.status == order.Received:
		return "nobody kept it waiting"
	case f.status == order.Confirmed || f.status == order.PartShipped:
		if last := p.ships[len(p.ships)-1]; len(last.lines) > 0 || !p.order.CancelledAt.IsZero() {
			return "" // the rest never leaves
		}
		return "everything has left"
	}
	return w.unpaid(p, f)
}

// unpaid says why a shipped order should be closed; "" when money is missing.
func (w *world) unpaid(p *purpose, f *orderFacts) string {
	open, drafts := int64(0), 0
	for _, id := range slices.Sorted(maps.Keys(w.oracle.invoices)) {
		inv := w.oracle.invoices[id]
		if inv.OrderID != f.ID {
			continue
		}
		left := inv.Total.Minor - inv.settled
		open += left
		b := w.customers.bills[inv.Number]
		switch {
		case b == nil && w.givenUp[id]:
			return ""
		case b == nil:
			return "its invoice " + inv.Number + " never reached the customer"
		case left > 0 && b.named >= inv.Total.Minor && !b.returned:
			return "its invoice " + inv.Number + " was paid in words that name it"
		}
		drafts++
	}
	switch {
	case drafts == 0:
		return "it has no invoice"
	case open == 0:
		return "all of it is settled"
	case p.pays.way == atTheShop && p.told[paid] > 0:
		return "the shop has the money"
	}
	return ""
}

// judgeMoney: I1, I5 and I6, every payment is one receipt, and the accounts
// agree with the bank and the gateway, who keep their own books.
func (w *world) judgeMoney() {
	byRef, fromBank, fromStripe := map[string]*receiptFacts{}, 0, 0
	for _, r := range w.oracle.receipts {
		byRef[r.Source+" "+r.Ref] = r
		switch r.Source {
		case "bank":
			fromBank++
		case "stripe":
			fromStripe++
		}
	}
	if fromBank != w.teller.transfers {
		w.breaks("I5: %d transfers came in, %d receipts are booked", w.teller.transfers, fromBank)
	}
	if fromStripe != len(w.provider.charges) {
		w.breaks("I5: %d payments were made, %d receipts are booked", len(w.provider.charges), fromStripe)
	}
	w.provider.judge(byRef)
	w.oracle.compare(ledger.Bank, w.teller.bank.Balance(), "the bank")
	w.oracle.compare(ledger.Charges, w.teller.charged, "what the bank charged")
	var left int64
	for _, role := range []string{ledger.Suspense, "payables", ledger.Owner} {
		left += w.oracle.balances[ledger.Code(role)]
	}
	for _, r := range w.oracle.receipts {
		left += r.refunded
	}
	if out := w.teller.spent + w.teller.returned; left != out {
		w.breaks("I1: %d left for suppliers and back to customers, %d of it is booked, explained or not", out, left)
	}
}
